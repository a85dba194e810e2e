//! The developer's commands: `cargo dev check`, `cargo dev setup`, `cargo dev image`.

pub mod check;
pub mod steps;
