//! The driver's own tests run in other ways: its queues and lifetimes in every interleaving, and all that runs on this host with
//! every access to memory checked.

use std::{path::Path, process::Command};

use softrnic_build::target_dir;

use crate::{check::cargo, steps::show};

/// The triple of this host.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// Runs the models of `src/sync` with loom: all interleavings of their threads, all values that their loads may see.
pub(crate) fn models() -> Result<(), String> {
    let mut test = own_tests("models");
    test.env("RUSTFLAGS", "--cfg loom")
        .arg("sync::tests::models");
    show(&mut test)
}

/// Runs the driver's own tests under AddressSanitizer, with its leak check. Where the compiler comes without its run time (Debian's
/// does), says so and is content.
pub(crate) fn sanitized() -> Result<(), String> {
    let mut ask = Command::new("rustc");
    let answer = ask
        .args(["--print", "target-libdir"])
        .output()
        .map_err(|error| format!("{ask:?}: {error}"))?;
    let folder = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    if !has_run_time(Path::new(&folder)) {
        eprintln!("left out: {folder} has no run time of AddressSanitizer");
        return Ok(());
    }
    let mut test = own_tests("asan");
    test.env("RUSTFLAGS", "-Zsanitizer=address")
        // The flag is the same in every compiler, but asks for leave.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["--target", HOST]);
    show(&mut test)
}

fn has_run_time(folder: &Path) -> bool {
    let files = folder.read_dir().into_iter().flatten().flatten();
    files
        .map(|file| file.file_name())
        .any(|name| name.to_string_lossy().ends_with("_rt.asan.a"))
}

/// `cargo test` of the driver's package alone, in a folder of its own.
fn own_tests(folder: &str) -> Command {
    let mut test = cargo();
    test.args(["test", "--quiet", "--lib", "--package", "softrnic"])
        .env("CARGO_TARGET_DIR", target_dir().join(folder))
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1");
    test
}
