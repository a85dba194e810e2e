//! Formatting and lints, as functions: `cargo test` runs them as tests, `cargo dev check` as steps.

use std::process::Command;

use softrnic_build::{Tool, toolchain};

const CLIPPY_DENIES: &[&str] = &["--", "--deny", "warnings"];

/// Every source is formatted.
///
/// # Errors
///
/// What is not.
pub fn format() -> Result<(), String> {
    let toolchain = toolchain::find_or_install().map_err(|error| error.to_string())?;
    toolchain
        .require(Tool::Rustfmt)
        .map_err(|error| error.to_string())?;
    run(toolchain.cargo().args(["fmt", "--all", "--check"]))?;
    let image = "tests/image/Cargo.toml";
    run(toolchain
        .cargo()
        .args(["fmt", "--manifest-path", image, "--check"]))
}

/// Clippy has nothing to say about the workspace on this host.
///
/// # Errors
///
/// What it says.
pub fn clippy_host() -> Result<(), String> {
    let toolchain = toolchain::find_or_install().map_err(|error| error.to_string())?;
    toolchain
        .require(Tool::Clippy)
        .map_err(|error| error.to_string())?;
    let mut cargo = toolchain.cargo();
    cargo.args(["clippy", "--quiet", "--workspace", "--all-targets"]);
    cargo.arg("--target-dir").arg(toolchain::lint_dir());
    run(cargo.args(CLIPPY_DENIES))
}

/// Clippy has nothing to say about the driver, built for Windows, with and without its feature.
///
/// # Errors
///
/// What it says.
pub fn clippy_windows() -> Result<(), String> {
    let toolchain = toolchain::find_or_install().map_err(|error| error.to_string())?;
    toolchain
        .require(Tool::Clippy)
        .map_err(|error| error.to_string())?;
    for features in [&[][..], &["--features", softrnic_build::CHIMNEY]] {
        let mut cargo = toolchain.cargo();
        cargo.args(["clippy", "--quiet"]).args(features);
        cargo.args(["--manifest-path", "tests/image/Cargo.toml"]);
        cargo
            .args(["--target", toolchain::TARGET])
            .args(toolchain.build_arguments());
        cargo.arg("--target-dir").arg(toolchain::lint_dir());
        run(cargo.args(CLIPPY_DENIES))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&text).into_owned())
}
