//! What several processors do to one queue, word or place at a time, each modelled with loom:
//! lock-free, but for the producers of a [`CompletionRing`].
//!
//! Nothing here allocates, waits or calls out: storage is the caller's ([`Allocate`]), and every
//! operation ends in a bounded number of its own steps. Imports nothing of ours.
//!
//! Models: `RUSTFLAGS="--cfg loom" cargo test --lib sync::` with a target directory of its own.

pub mod actor;
pub mod completion_ring;
pub mod gate;
pub mod mailbox;
pub mod notify;
pub mod once;
mod primitive;
pub mod revocable;
pub mod ring;
pub mod shelf;
pub mod storage;
pub mod valve;

pub use actor::{Actor, Turn};
pub use completion_ring::{CompletionRing, NotResized, Overrun};
pub use gate::{Gate, Last};
pub use mailbox::Mailbox;
pub use notify::{Arm, Notice, Notify};
pub use once::Once;
pub use revocable::Revocable;
pub use ring::Ring;
pub use shelf::Shelf;
pub use storage::{Allocate, Lock};
pub use valve::{Reasons, Valve};

#[cfg(test)]
mod tests;
