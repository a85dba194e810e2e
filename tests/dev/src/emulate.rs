//! `cargo dev emulate`: runs driver images beside softrnic.sys in the emulated kernel.

use crate::{
    check::cargo,
    steps::{Failed, show},
};

/// Builds what is stale and runs the images; their output is this command's.
///
/// # Errors
///
/// When something does not build, or the run fails.
pub fn emulate(options: &[String]) -> Result<(), Failed> {
    let softrnic = softrnic_build::image().map_err(|why| Failed(why.to_string()))?;
    let mut run = cargo();
    run.args([
        "run",
        "--quiet",
        "--package",
        "softrnic-emulator",
        "--bin",
        "emulate",
        "--",
        "--softrnic",
    ]);
    show(run.arg(&softrnic.path).args(options)).map_err(Failed)
}
