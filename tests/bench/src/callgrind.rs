//! Instructions of the provider, counted by callgrind: exact, whatever else the machine does.
//!
//! The benchmark runs itself below valgrind with a fixed number of operations, twice; the
//! difference is what the operations took, without start-up and end. The image is mapped by the
//! emulated kernel, not by the host's loader, so that valgrind knows no file for its code: what it
//! counts under no object is the driver, and nothing else is.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use softrnic_build::packages;

const DEBIAN_VALGRIND: &str = "/usr/bin/valgrind";
/// Names another valgrind; that one is never installed.
const FORCE: &str = "SOFTRNIC_VALGRIND";
const FEW: usize = 200;
const MANY: usize = 1200;

/// Installs valgrind where that is allowed. Called while the process still has the machine's
/// network; without valgrind [`instructions`] says what is missing.
pub fn prepare() {
    if env::var_os(FORCE).is_none() {
        let _ = packages::require(DEBIAN_VALGRIND, "valgrind");
    }
}

fn valgrind() -> Result<PathBuf, String> {
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

/// Instructions of both sides' providers for one round trip of `size` bytes, halved: one send and
/// one receive.
///
/// # Errors
///
/// When valgrind is missing, or the run fails.
pub fn instructions(image: &Path, size: usize) -> Result<f64, String> {
    let valgrind = valgrind()?;
    let few = count(&valgrind, image, size, FEW)?;
    let many = count(&valgrind, image, size, MANY)?;
    let difference = many
        .checked_sub(few)
        .ok_or("callgrind counted fewer for more operations")?;
    Ok(difference as f64 / (2 * (MANY - FEW)) as f64)
}

fn count(valgrind: &Path, image: &Path, size: usize, operations: usize) -> Result<u64, String> {
    let folder = env::temp_dir();
    let file = folder.join(format!(
        "softrnic-callgrind.{}.{operations}",
        std::process::id()
    ));
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(valgrind)
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(this)
        .args(["count", "--image"])
        .arg(image)
        .args([
            "--size",
            &size.to_string(),
            "--operations",
            &operations.to_string(),
        ])
        .output()
        .map_err(|error| format!("{}: {error}", valgrind.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}: {said}", valgrind.display(), output.status));
    }
    let counted = read(&file);
    let _ = fs::remove_file(&file);
    counted
}

fn read(file: &Path) -> Result<u64, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(own_cost_of_no_object(&text))
}

/// Sums the own cost of every function that belongs to no object file.
fn own_cost_of_no_object(text: &str) -> u64 {
    let mut unknown = None; // the number callgrind gave the object `???`
    let (mut inside, mut skip, mut sum) = (false, false, 0);
    for line in text.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            let (number, name) = object.split_once(' ').unwrap_or((object, ""));
            if name == "???" {
                unknown = Some(number.to_owned());
            }
            inside = unknown.as_deref() == Some(number);
        } else if line.starts_with("cob=") && line.ends_with(" ???") {
            unknown = line
                .strip_prefix("cob=")
                .and_then(|rest| rest.split(' ').next())
                .map(str::to_owned);
        } else if line.starts_with("calls=") {
            skip = true; // the next line is the callee's cost
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            if inside && !skip {
                sum += line
                    .split(' ')
                    .nth(1)
                    .and_then(|cost| cost.parse::<u64>().ok())
                    .unwrap_or(0);
            }
            skip = false;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::own_cost_of_no_object;

    #[test]
    fn only_own_costs_of_code_without_a_file_count() {
        let text = "events: Ir\n\nob=(1) /usr/bin/bench\nfl=(1) a.rs\nfn=(1) main\n10 100\n\
                    cob=(2) ???\ncfn=(2) 0x1000\ncalls=1 0\n12 5000\n\n\
                    ob=(2)\nfl=(2) ???\nfn=(2)\n0 40\n+3 2\n\
                    cob=(1)\ncfn=(1)\ncalls=2 10\n* 900\n* 8\n\n\
                    ob=(1)\nfn=(1)\n10 7\n";
        assert_eq!(own_cost_of_no_object(text), 50);
    }
}
