//! `cargo dev check`: what must pass before a commit (`--quick`) and before a change is done.

use std::{collections::BTreeSet, process::Command};

use softrnic_build::{Tool, root, toolchain};
use softrnic_rules::{Tree, check_all, lint};

use crate::{
    proofs,
    steps::{Failed, show},
    timed::Steps,
};

/// Tests of `tests/rules` that are steps of their own here.
const OWN_STEPS: &[&str] = &["every_source_is_formatted", "clippy_is_content"];

/// Folders of `tests` that are workspaces of their own.
const APART: &[&str] = &["bindings", "image"];

/// The driver's package.
const DRIVER: &str = "softrnic";

/// Runs every check, or the quick ones.
///
/// # Errors
///
/// The first check that fails.
pub fn check(quick: bool) -> Result<(), Failed> {
    let mut steps = Steps::default();
    steps.run("fences", || {
        let tree = Tree::project().map_err(|error| error.to_string())?;
        check_all(&tree)
    })?;
    steps.run("formatting", lint::format)?;
    steps.run("clippy for this host", lint::clippy_host)?;
    steps.run("clippy for Windows", lint::clippy_windows)?;
    if quick {
        let changed = changed_packages().map_err(Failed)?;
        if changed.contains(DRIVER) {
            steps.run("softrnic.sys", what_the_image_is)?;
        }
        steps.run("unit tests of what changed", || unit_tests(&changed))?;
    } else {
        steps.run("softrnic.sys", build_image)?;
        steps.run("build", || {
            show(cargo().args(["build", "--workspace", "--all-targets"]))
        })?;
        steps.run("tests", || {
            let skipped = OWN_STEPS.iter().flat_map(|test| ["--skip", test]);
            show(cargo().args(["test", "--workspace", "--"]).args(skipped))
        })?;
        steps.run("budgets of instructions and allocations", budgets)?;
        steps.run("models in every interleaving", proofs::models)?;
        steps.run(
            "the driver's tests under AddressSanitizer",
            proofs::sanitized,
        )?;
    }
    steps.finish();
    Ok(())
}

/// Finds or installs the toolchain and its tools.
///
/// # Errors
///
/// When one is missing and cannot be installed.
pub fn setup() -> Result<(), Failed> {
    let toolchain = toolchain::find_or_install().map_err(|error| Failed(error.to_string()))?;
    for tool in [Tool::Clippy, Tool::Rustfmt] {
        toolchain
            .require(tool)
            .map_err(|error| Failed(error.to_string()))?;
    }
    eprintln!("{toolchain}");
    Ok(())
}

/// Builds the image when it is stale.
///
/// # Errors
///
/// When it does not build.
pub fn image() -> Result<(), Failed> {
    let image = softrnic_build::image().map_err(|error| Failed(error.to_string()))?;
    let how = if image.rebuilt { "built" } else { "up to date" };
    eprintln!("{how}: {}", image.built_by);
    println!("{}  {}", image.sha256, image.path.display());
    Ok(())
}

fn build_image() -> Result<(), String> {
    softrnic_build::image()
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Counts what each operation takes, and compares it with its budget.
fn budgets() -> Result<(), String> {
    let bench = [
        "run",
        "--quiet",
        "--package",
        "softrnic-bench",
        "--bin",
        "bench",
    ];
    show(cargo().args(bench).args(["--", "budgets"]))
}

/// The cargo this command was started with.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Builds the image and reads it: sections, imports and the rest.
fn what_the_image_is() -> Result<(), String> {
    show(cargo().args([
        "test",
        "--quiet",
        "--package",
        "softrnic-build",
        "--test",
        "pe",
    ]))
}

/// The packages that differ from the last commit; those it changed, when nothing does.
fn changed_packages() -> Result<BTreeSet<String>, String> {
    let mut changed = files(&["status", "--porcelain", "--untracked-files=all"])?;
    if changed.is_empty() {
        changed = files(&["show", "--name-only", "--format=", "HEAD"])?;
    }
    Ok(changed.iter().filter_map(|file| package_of(file)).collect())
}

fn unit_tests(packages: &BTreeSet<String>) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    let mut test = cargo();
    test.args(["test", "--quiet", "--bins"]);
    // Cargo refuses `--lib` where no package has one.
    if packages.iter().any(|package| has_library(package)) {
        test.arg("--lib");
    }
    for package in packages {
        test.args(["--package", package]);
    }
    show(&mut test)
}

fn files(arguments: &[&str]) -> Result<Vec<String>, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .output();
    let output = output.map_err(|error| format!("git: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text
        .lines()
        .filter_map(|line| line.split_whitespace().last());
    Ok(names.map(str::to_owned).collect())
}

fn has_library(package: &str) -> bool {
    let folder = package.strip_prefix("softrnic-");
    let folder = folder.map_or_else(|| root().to_owned(), |name| root().join("tests").join(name));
    folder.join("src/lib.rs").exists()
}

/// `softrnic-emulator` for a file of `tests/emulator`, `softrnic` for one of `src`.
fn package_of(file: &str) -> Option<String> {
    if file.starts_with("src/") {
        return Some(DRIVER.to_owned());
    }
    let folder = file.strip_prefix("tests/")?.split('/').next()?;
    let own = root().join("tests").join(folder).join("Cargo.toml");
    (own.exists() && !APART.contains(&folder)).then(|| format!("softrnic-{folder}"))
}
