//! `Io…`: drivers, IRPs, MDLs, work items.

pub mod device;
pub mod driver;
pub mod irp;
pub mod remove_lock;
pub mod work_item;

#[cfg(test)]
mod tests;
