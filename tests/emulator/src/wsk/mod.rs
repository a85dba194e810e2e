//! Filled by the network side of the emulator.

use crate::export::Export;

pub const EXPORTS: &[Export] = &[];

/// The per-machine state.
#[derive(Default)]
pub struct State {}
