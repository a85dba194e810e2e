//! `Ex…`: pool, lookaside lists, rundown protection, work items.

pub mod pool;
pub mod work;
