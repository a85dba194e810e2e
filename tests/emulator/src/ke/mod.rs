//! `Ke…`: the core kernel.

pub mod dpc;
pub mod irql;
pub mod spin_lock;
