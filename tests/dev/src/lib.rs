//! The developer's commands: `cargo dev check`, `cargo dev setup`, `cargo dev image`, `cargo dev conformance`,
//! `cargo dev bench`, `cargo dev interop`, `cargo dev emulate`, `cargo dev fuzz`.

pub mod bench;
pub mod check;
pub mod conformance;
pub mod emulate;
pub mod steps;
