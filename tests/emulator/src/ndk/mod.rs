//! Filled by the network side of the emulator.

/// The per-machine state.
#[derive(Default)]
pub struct State {}
