//! The driver's own tests with all mutants in them: a copy of the sources, and what the compiler makes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use softrnic_build::{root, target_dir};
use softrnic_rules::Tree;

use super::plant::{Mutant, plant};
use crate::{check::cargo, scratch::mirror};

/// What is changed: the protocol, the rings and lifetimes, placement; all that has its tests on this host.
const SCOPE: &[&str] = &[
    "src/crc32c.rs",
    "src/iwarp",
    "src/rdma",
    "src/sync",
    "src/transport/connection",
    "src/transport/decision.rs",
];

/// Built only for models and this host, or only for people.
const LEFT_OUT: &[&str] = &[
    "src/sync/primitive.rs",
    "src/sync/storage.rs",
    "src/iwarp/terminated.rs",
];

/// Which mutant a run has switched on, or where it notes who meets which.
const SWITCH: &str = r#"
/// Added to a copy of the sources.
pub(crate) mod mutation {
    use std::{cell::RefCell, collections::BTreeSet, env, fs::File, io::Write, sync::{Mutex, OnceLock}};

    enum Run {
        One(usize),
        Noting(Mutex<File>),
    }

    static RUN: OnceLock<Run> = OnceLock::new();
    thread_local! {
        static MET: RefCell<BTreeSet<usize>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub(crate) fn on(number: usize) -> bool {
        let run = RUN.get_or_init(|| match env::var("SOFTRNIC_MUTANT") {
            Ok(one) => Run::One(one.parse().unwrap()),
            Err(_) => Run::Noting(Mutex::new(File::create(env::var("SOFTRNIC_MET").unwrap()).unwrap())),
        });
        match run {
            Run::One(one) => *one == number,
            Run::Noting(file) => {
                let is_new = MET.try_with(|met| met.borrow_mut().insert(number)).unwrap_or(true);
                if is_new {
                    let thread = std::thread::current();
                    let line = format!("{} {number}\n", thread.name().unwrap_or("?"));
                    file.lock().unwrap().write_all(line.as_bytes()).unwrap();
                }
                false
            }
        }
    }
}
"#;

/// An executable with all mutants, and the number of each.
pub(super) struct Mutants {
    pub(super) tests: PathBuf,
    /// The same for the models of `src/sync`.
    pub(super) models: PathBuf,
    pub(super) tree: PathBuf,
    pub(super) all: Vec<Mutant>,
}

/// Builds them; what does not compile is no mutant.
pub(super) fn build(tree: &Tree) -> Result<Mutants, String> {
    let scratch = target_dir().join("mutation");
    let copy = scratch.join("tree");
    prepare(&copy)?;
    let mut without = BTreeSet::new();
    loop {
        let all = plant_all(tree, &copy, &scratch.join("planted"), &without)?;
        let count: usize = all.values().map(Vec::len).sum();
        eprintln!("{count} mutants …");
        let errors = match compile_both(&copy, &scratch)? {
            Ok([tests, models]) => {
                let all = all.into_values().flatten().collect();
                return Ok(Mutants {
                    tests,
                    models,
                    tree: copy,
                    all,
                });
            }
            Err(errors) => errors,
        };
        let before = without.len();
        for error in &errors {
            let there = all.get(&error.path).into_iter().flatten();
            let meant = there.filter(|mutant| {
                mutant.lines.0 <= error.lines.1 && error.lines.0 <= mutant.lines.1
            });
            without.extend(meant.map(|mutant| mutant.name.clone()));
        }
        if without.len() == before {
            let said: Vec<&str> = errors.iter().map(|error| error.said.as_str()).collect();
            return Err(format!(
                "the copy does not compile, and no mutant is to blame:\n{}",
                said.join("\n")
            ));
        }
    }
}

/// All that the driver's package needs, the sources apart: they are what is written.
fn prepare(copy: &Path) -> Result<(), String> {
    fs::create_dir_all(copy).map_err(|error| error.to_string())?;
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        "build.rs",
        ".cargo",
        "rust-toolchain.toml",
    ] {
        let from = root().join(name);
        let to = copy.join(name);
        let done = if from.is_dir() {
            mirror(&from, &to)
        } else if from.exists() {
            fs::copy(&from, &to).map(drop)
        } else {
            Ok(())
        };
        done.map_err(|error| format!("{name}: {error}"))?;
    }
    let link = copy.join("tests");
    if fs::read_link(&link).ok().as_deref() != Some(&root().join("tests")) {
        let _other = fs::remove_file(&link);
        std::os::unix::fs::symlink(root().join("tests"), &link)
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Writes the sources with their mutants, and says which those are, by source.
fn plant_all(
    tree: &Tree,
    copy: &Path,
    planted: &Path,
    without: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Mutant>>, String> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    let _older = fs::remove_dir_all(planted);
    mirror(&root().join("src"), planted).map_err(failed(planted))?;
    let mut all = BTreeMap::new();
    let mut first = 0;
    for (source, _) in tree.driver().filter(|(source, _)| is_meant(&source.path)) {
        let made = plant(&source.path, &source.text, &source.syntax, first, without);
        first += made.mutants.len();
        let inside = source.path.trim_start_matches("src/");
        let path = planted.join(inside);
        fs::write(&path, made.text).map_err(failed(&path))?;
        all.insert(source.path.clone(), made.mutants);
    }
    let library = planted.join("lib.rs");
    let text = fs::read_to_string(&library).map_err(failed(&library))?;
    fs::write(&library, text + SWITCH).map_err(failed(&library))?;
    mirror(planted, &copy.join("src")).map_err(failed(copy))?;
    Ok(all)
}

fn is_meant(path: &str) -> bool {
    SCOPE.iter().any(|scope| path.starts_with(scope)) && !LEFT_OUT.contains(&path)
}

/// An executable, or why there is none.
type Compiled<T> = Result<T, Vec<CompileError>>;

struct CompileError {
    path: String,
    lines: (usize, usize),
    said: String,
}

/// The tests, then the models.
fn compile_both(copy: &Path, scratch: &Path) -> Result<Compiled<[PathBuf; 2]>, String> {
    let tests = match compile(copy, &scratch.join("target"), "-Awarnings")? {
        Ok(tests) => tests,
        Err(errors) => return Ok(Err(errors)),
    };
    let models = compile(copy, &scratch.join("models"), "-Awarnings --cfg loom")?;
    Ok(models.map(|models| [tests, models]))
}

fn compile(copy: &Path, target: &Path, flags: &str) -> Result<Compiled<PathBuf>, String> {
    let mut build: Command = cargo();
    build
        .current_dir(copy)
        .args([
            "test",
            "--lib",
            "--no-run",
            "--package",
            "softrnic",
            "--message-format=json",
        ])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1")
        .env("RUSTFLAGS", flags)
        .stderr(Stdio::inherit());
    let output = build
        .output()
        .map_err(|error| format!("{build:?}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let errors: Vec<CompileError> = messages.iter().flat_map(errors_of).collect();
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let tests = messages.iter().rev().find_map(|message| {
        let is_driver =
            message["target"]["name"] == "softrnic" && message["profile"]["test"] == true;
        message["executable"]
            .as_str()
            .filter(|_| is_driver)
            .map(PathBuf::from)
    });
    tests
        .map(Ok)
        .ok_or_else(|| format!("{build:?}: no tests were built"))
}

/// At every place that an error shows: the one to blame may be only a hint beside it.
fn errors_of(message: &Value) -> Vec<CompileError> {
    let message = &message["message"];
    if message["level"] != "error" {
        return Vec::new();
    }
    let said = message["rendered"].as_str().unwrap_or_default().to_owned();
    let spans = message["spans"].as_array().into_iter().flatten();
    let line = |span: &Value, name: &str| span[name].as_u64().unwrap_or(0) as usize;
    spans
        .map(|span| CompileError {
            path: span["file_name"].as_str().unwrap_or_default().to_owned(),
            lines: (line(span, "line_start"), line(span, "line_end")),
            said: said.clone(),
        })
        .collect()
}
