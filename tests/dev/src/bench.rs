//! `cargo dev bench`: builds the benchmark with optimisation and runs it.

use crate::{
    check::cargo,
    steps::{Failed, show},
};

/// Runs the benchmark with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be built or fails.
pub fn bench(options: &[String]) -> Result<(), Failed> {
    let mut run = cargo();
    run.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "softrnic-bench",
        "--bin",
        "bench",
        "--",
    ]);
    show(run.args(options)).map_err(Failed)
}
