//! `cargo dev bench`, `cargo dev interop`, `cargo dev fuzz`, `cargo dev sim` and `cargo dev soak`: build a program of their own and run it.

use std::os::unix::process::CommandExt;

use crate::{check::cargo, steps::Failed};

/// Runs the benchmark with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be started.
pub fn bench(options: &[String]) -> Result<(), Failed> {
    run(
        &["--release", "--package", "softrnic-bench"],
        "bench",
        options,
    )
}

/// Runs softrnic against a Linux guest with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be started.
pub fn interop(options: &[String]) -> Result<(), Failed> {
    run(&["--package", "softrnic-interop"], "interop", options)
}

/// Fuzzes with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be started.
pub fn fuzz(options: &[String]) -> Result<(), Failed> {
    run(&["--package", "softrnic-fuzz"], "fuzz", options)
}

/// Runs seeds with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be started.
pub fn sim(options: &[String]) -> Result<(), Failed> {
    run(&["--release", "--package", "softrnic-sim"], "sim", options)
}

/// Soaks with `options`; its standard output is this command's.
///
/// # Errors
///
/// When it cannot be started.
pub fn soak(options: &[String]) -> Result<(), Failed> {
    run(
        &["--release", "--package", "softrnic-soak"],
        "soak",
        options,
    )
}

/// Becomes the program, so that signals reach it; what comes back is a failure.
fn run(build: &[&str], binary: &str, options: &[String]) -> Result<(), Failed> {
    let mut run = cargo();
    run.args(["run", "--quiet"]).args(build);
    run.args(["--bin", binary, "--"]).args(options);
    let failure = run.exec();
    Err(Failed(format!("{run:?}: {failure}")))
}
