//! `Mm…`: memory descriptor lists, physical pages and their mappings.

pub mod map;
pub mod mdl;
pub mod phys;
pub mod system;

#[cfg(test)]
mod tests;
