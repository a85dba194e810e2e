//! Debian packages: installed only as root or where `CI` is set, and never without saying so.

use std::{env, path::Path, process::Command};

use crate::Error;

/// The command that installs `packages`.
#[must_use]
pub fn command(packages: &[&str]) -> String {
    format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// Installs `packages`, after printing the command.
///
/// # Errors
///
/// [`Error::NoTool`] when that is not allowed here, or fails.
pub fn install(packages: &[&str]) -> Result<(), Error> {
    let command = command(packages);
    let no_tool = |reason: String| Error::NoTool {
        command: command.clone(),
        reason,
    };
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root && env::var_os("CI").is_none() {
        return Err(no_tool("only root (or CI) installs packages".to_owned()));
    }
    eprintln!("softrnic: set-up: {command}");
    let apt = || {
        let mut apt = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            apt.args(["-n", "apt-get"]);
        }
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    output(apt().arg("update")).map_err(no_tool)?;
    let install = ["install", "-y", "--no-install-recommends"];
    output(apt().args(install).args(packages))
        .map(drop)
        .map_err(no_tool)
}

/// Makes sure that the program at `path` is there, which `package` brings.
///
/// # Errors
///
/// As [`install`].
pub fn require(path: &str, package: &str) -> Result<(), Error> {
    if Path::new(path).exists() {
        Ok(())
    } else {
        install(&[package])
    }
}

/// What `command` prints, or why it failed.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
