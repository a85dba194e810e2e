//! `Ex…`: pool, lookaside lists, rundown protection, locks, work items.

pub mod lock;
pub mod lookaside;
pub mod pool;
pub mod rundown;
pub mod work;

#[cfg(test)]
mod tests;
