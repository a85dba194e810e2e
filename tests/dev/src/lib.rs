//! The developer's commands: `cargo dev check`, `cargo dev setup`, `cargo dev image`, `cargo dev conformance`,
//! `cargo dev bench`, `cargo dev interop`, `cargo dev emulate`, `cargo dev fuzz`, `cargo dev mutate`, `cargo dev sim`,
//! `cargo dev package`. On Windows there is only the last: the others need Linux.

#[cfg(unix)]
pub mod bench;
#[cfg(unix)]
pub mod check;
#[cfg(unix)]
pub mod conformance;
#[cfg(unix)]
pub mod emulate;
#[cfg(unix)]
pub mod mutation;
pub mod package;
#[cfg(unix)]
mod proofs;
#[cfg(unix)]
mod scratch;
pub mod steps;
#[cfg(unix)]
mod timed;
#[cfg(unix)]
pub mod wdk_check;
