//! The shipped image in simulations: the emulated kernel runs one thread at a time, in virtual time, over a
//! simulated network, and every choice comes from a seed. A seed that fails fails again.
//!
//! [`workload`] has what the consumers do, [`scenario`] what a seed stands for, [`seeds`] runs many, each in a
//! process of its own.

pub mod coverage;
pub mod events;
pub mod exhaust;
pub mod fork;
pub mod scenario;
pub mod seeds;
pub mod shrink;
pub mod site;
pub mod soak;
pub mod trace;
pub mod workload;
