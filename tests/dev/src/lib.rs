//! The developer's commands: `cargo dev check`, `cargo dev setup`, `cargo dev image`, `cargo dev bench`.

pub mod bench;
pub mod check;
pub mod emulate;
pub mod steps;
