//! Debian packages: installed only as root or where `CI` is set, and never without saying so.

use std::{
    env,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::Error;

/// The command that installs `packages`.
#[must_use]
pub fn command(packages: &[&str]) -> String {
    format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// How long `apt-get` waits for another one: a fresh machine may be updating itself.
const PATIENCE: &str = "DPkg::Lock::Timeout=300";

/// Installs `packages`, after printing the command. Threads take turns.
///
/// # Errors
///
/// [`Error::NoTool`] when that is not allowed here, or fails.
pub fn install(packages: &[&str]) -> Result<(), Error> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let command = command(packages);
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root && env::var_os("CI").is_none() {
        let reason = "only root (or CI) installs packages".to_owned();
        return Err(Error::NoTool { command, reason });
    }
    eprintln!("softrnic: set-up: {command}");
    // Lists that are not all fresh may do; the install knows.
    let updated = output(apt(root).arg("update"));
    let install = ["install", "-y", "--no-install-recommends"];
    let installed = output(apt(root).args(install).args(packages));
    installed.map(drop).map_err(|reason| Error::NoTool {
        command,
        reason: [updated.err(), Some(reason)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
    })
}

fn apt(root: bool) -> Command {
    let mut apt = Command::new(if root { "apt-get" } else { "sudo" });
    if !root {
        apt.args(["-n", "apt-get"]);
    }
    apt.args(["-o", PATIENCE]);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
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
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
