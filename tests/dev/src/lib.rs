//! The developer's commands: `cargo dev check`, `cargo dev setup`, `cargo dev image`, `cargo dev conformance`,
//! `cargo dev bench`, `cargo dev interop`, `cargo dev emulate`, `cargo dev fuzz`, `cargo dev mutate`, `cargo dev sim`.

pub mod bench;
pub mod check;
pub mod conformance;
pub mod emulate;
pub mod mutation;
mod proofs;
mod scratch;
pub mod steps;
