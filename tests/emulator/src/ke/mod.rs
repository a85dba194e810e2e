//! `Ke…`: the core kernel.

pub(crate) mod block;
pub mod bug_check;
pub mod dpc;
pub mod event;
pub mod irql;
pub mod region;
pub mod spin_lock;
pub mod time;
pub mod timer;

#[cfg(test)]
mod tests;
