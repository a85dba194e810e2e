//! Callgrind: exact counts, whatever else the machine does.
//!
//! The benchmark runs itself below valgrind and makes a fixed number of operations, and then more; the
//! difference is what the operations took, without beginning and end.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use softrnic_build::packages;

use super::counts::Counts;
use crate::{point::Verb, provider::Fixed};

const DEBIAN_VALGRIND: &str = "/usr/bin/valgrind";
/// Names another valgrind; that one is never installed.
const FORCE: &str = "SOFTRNIC_VALGRIND";
const FEW: usize = 100;
const MANY: usize = 500;
/// What is counted between: round trips, or reads.
pub(super) const OPERATIONS: f64 = (MANY - FEW) as f64;

/// Installs valgrind where that is allowed. Called while the process still has the machine's
/// network; without valgrind [`count`] says what is missing.
pub fn prepare() {
    if env::var_os(FORCE).is_none() {
        let _ = packages::require(DEBIAN_VALGRIND, "valgrind");
    }
}

pub(super) fn valgrind() -> Result<PathBuf, String> {
    let path = env::var_os(FORCE).map_or_else(|| DEBIAN_VALGRIND.into(), PathBuf::from);
    if path.exists() {
        return Ok(path);
    }
    Err(format!(
        "{} is missing: {}",
        path.display(),
        packages::command(&["valgrind"])
    ))
}

/// What [`OPERATIONS`] of `fixed` take.
pub(super) fn count(valgrind: &Path, image: &Path, fixed: Fixed) -> Result<Counts, String> {
    let name = format!("softrnic-callgrind.{}", std::process::id());
    let file = env::temp_dir().join(name);
    let counts = run(valgrind, image, fixed, &file);
    for file in [dump(&file, 1), dump(&file, 2), file] {
        let _ = fs::remove_file(&file);
    }
    let [few, many] = counts?;
    Ok(many.less(&few))
}

/// The file of the nth dump of a run whose last one is `file`.
fn dump(file: &Path, nth: usize) -> PathBuf {
    file.with_extension(format!("{}.{nth}", std::process::id()))
}

fn run(valgrind: &Path, image: &Path, fixed: Fixed, file: &Path) -> Result<[Counts; 2], String> {
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--quiet", "--dump-instr=yes"])
        .arg("--instr-atstart=no")
        .args(["--compress-pos=no", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(&this)
        .args(["count", "--image"])
        .arg(image)
        .args(["--verb", word(fixed.verb)])
        .args(["--size", &fixed.size.to_string()])
        .args(["--connections", &fixed.connections.to_string()])
        .args(["--operations", &FEW.to_string(), &MANY.to_string()])
        .output()
        .map_err(|error| format!("{}: {error}", valgrind.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}: {said}", valgrind.display(), output.status));
    }
    let [client, server, few, many] = said(&String::from_utf8_lossy(&output.stdout))?;
    let read = |nth: usize, copied: u64| -> Result<Counts, String> {
        let file = dump(file, nth);
        let text = fs::read_to_string(&file);
        let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
        let counts = Counts::read(&text, &this.display().to_string(), &[client, server]);
        Ok(Counts { copied, ..counts })
    };
    Ok([read(1, few)?, read(2, many)?])
}

/// As the command line has it.
fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Send => "send",
        Verb::Write => "write",
        Verb::Read => "read",
    }
}

/// Where the run says that images lay, and how much they copied for few and for many operations.
fn said(text: &str) -> Result<[u64; 4], String> {
    let numbers = text.split_whitespace().map(str::parse);
    let numbers: Result<Vec<u64>, _> = numbers.collect();
    let numbers = numbers.map_err(|error| format!("{text:?}: {error}"))?;
    numbers
        .try_into()
        .map_err(|numbers| format!("a run said {numbers:?}"))
}
