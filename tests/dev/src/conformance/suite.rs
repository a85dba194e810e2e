//! The tests' executables: built once, run as often as needed, each test by its full name.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::Value;
use softrnic_build::{Variant, root};
use softrnic_rules::conformance::coverage::Citing;

use crate::check::cargo;

/// What a test said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It was still running when its time was over.
    Hung,
    /// It is not in its executable: built for models only, for one.
    Absent,
}

impl Verdict {
    /// Whether it says nothing against the driver.
    pub(super) fn is_well(&self) -> bool {
        matches!(self, Self::Passed | Self::Absent)
    }
}

/// Against what tests run, and for how long.
pub(super) struct Run<'a> {
    /// An image, and which one it stands for; those that the sources make, if none is named.
    pub(super) image: Option<(Variant, &'a Path)>,
    /// How long the tests of one executable may take.
    pub(super) limit: Duration,
    /// Whether the first test that does not pass ends the run.
    pub(super) stops: bool,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self {
            image: None,
            limit: Duration::from_secs(900),
            stops: false,
        }
    }
}

/// What cargo calls an executable of tests: the package's folder, and its target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    folder: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Library,
    Program,
    Tests(String),
}

/// What a driver built in haste may take of a stack, in bytes: no test of it is about that.
const HASTY_STACK: &str = "65536";

/// Where a test is: its executable, and its name there.
fn place(test: &Citing) -> (Target, String) {
    let parts: Vec<&str> = test.path.trim_end_matches(".rs").split('/').collect();
    let (folder, inside) = match parts[..] {
        ["tests", package, ..] => (format!("tests/{package}"), &parts[2..]),
        _ => (String::new(), &parts[..]),
    };
    let (kind, modules) = match inside {
        ["tests", target, modules @ ..] => (Kind::Tests((*target).to_owned()), modules),
        ["src", modules @ ..] if root().join(&folder).join("src/lib.rs").exists() => {
            (Kind::Library, modules)
        }
        [_, modules @ ..] => (Kind::Program, modules),
        [] => (Kind::Library, inside),
    };
    let modules = modules
        .iter()
        .filter(|name| !["mod", "lib", "main"].contains(name));
    let name = modules
        .copied()
        .chain([test.name.as_str()])
        .collect::<Vec<_>>();
    (Target { folder, kind }, name.join("::"))
}

/// The options of `cargo test` that select `targets`, each once: it takes `--lib` only once, for all packages.
fn selection(targets: &BTreeSet<Target>) -> BTreeSet<String> {
    let options = targets.iter().flat_map(|target| {
        let package = target.folder.strip_prefix("tests/");
        let package = package.map_or("softrnic".to_owned(), |name| format!("softrnic-{name}"));
        let kind = match &target.kind {
            Kind::Library => "--lib".to_owned(),
            Kind::Program => "--bins".to_owned(),
            Kind::Tests(name) => format!("--test={name}"),
        };
        [format!("--package={package}"), kind]
    });
    options.collect()
}

/// The executables of some tests.
pub(super) struct Suite {
    executables: BTreeMap<Target, PathBuf>,
}

impl Suite {
    /// Builds the executables that `tests` are in.
    pub(super) fn build(tests: &BTreeSet<Citing>) -> Result<Self, String> {
        let wanted: BTreeSet<Target> = tests.iter().map(|test| place(test).0).collect();
        let mut build = cargo();
        build.args([
            "test",
            "--quiet",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ]);
        build.args(selection(&wanted));
        let output = build.stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| format!("{build:?}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{build:?}: {}", output.status));
        }
        let lines = String::from_utf8_lossy(&output.stdout);
        let executables: BTreeMap<_, _> = lines.lines().filter_map(artifact).collect();
        match wanted
            .iter()
            .find(|target| !executables.contains_key(target))
        {
            Some(target) => Err(format!("{target:?}: no executable")),
            None => Ok(Self { executables }),
        }
    }

    /// Runs `tests`; those that were not run, because one before them ended the run, are not in the answer.
    pub(super) fn run(
        &self,
        tests: &BTreeSet<Citing>,
        run: &Run<'_>,
    ) -> Result<BTreeMap<Citing, Verdict>, String> {
        let mut by_target: BTreeMap<Target, BTreeMap<String, Citing>> = BTreeMap::new();
        for test in tests {
            let (target, name) = place(test);
            by_target
                .entry(target)
                .or_default()
                .insert(name, test.clone());
        }
        let mut verdicts = BTreeMap::new();
        for (target, mut left) in by_target {
            let there = self.listed(&target)?;
            let is_absent = |name: &String, _: &mut Citing| !there.contains(name);
            let absent = left.extract_if(.., is_absent);
            verdicts.extend(absent.map(|(_, test)| (test, Verdict::Absent)));
            if left.is_empty() {
                continue;
            }
            let mut said = self.ask(&target, left.keys().map(String::as_str), run)?;
            let is_told = |name: &String| said.contains_key(name);
            let untold: Vec<String> = left.keys().filter(|name| !is_told(name)).cloned().collect();
            // One of them ended the process: each by itself, then.
            for name in &untold {
                if run.stops && said.values().any(|verdict| !verdict.is_well()) {
                    break;
                }
                let alone = self.ask(&target, [name.as_str()], run)?;
                let verdict = alone.get(name).cloned().unwrap_or(Verdict::Failed);
                said.insert(name.clone(), verdict);
            }
            let is_over = run.stops && said.values().any(|verdict| !verdict.is_well());
            for (name, verdict) in said {
                verdicts.extend(left.remove(&name).map(|test| (test, verdict)));
            }
            if is_over {
                break;
            }
        }
        Ok(verdicts)
    }

    /// The names of the tests in an executable.
    fn listed(&self, target: &Target) -> Result<BTreeSet<String>, String> {
        let executable = &self.executables[target];
        let listing = Command::new(executable)
            .args(["--list", "--format", "terse"])
            .output()
            .map_err(|error| format!("{}: {error}", executable.display()))?;
        let lines = String::from_utf8_lossy(&listing.stdout);
        let names = lines.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(str::to_owned).collect())
    }

    /// Runs the tests of one executable by their names there; a test that ended the process says nothing.
    fn ask<'a>(
        &self,
        target: &Target,
        names: impl IntoIterator<Item = &'a str>,
        run: &Run<'_>,
    ) -> Result<BTreeMap<String, Verdict>, String> {
        let names: Vec<&str> = names.into_iter().collect();
        let executable = &self.executables[target];
        static LOGS: AtomicUsize = AtomicUsize::new(0);
        let log = LOGS.fetch_add(1, Ordering::Relaxed);
        let log = env::temp_dir().join(format!("softrnic-conformance.{}.{log}", process::id()));
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut command = Command::new(executable);
        command
            .current_dir(root().join(&target.folder))
            .process_group(0);
        command
            .arg("--exact")
            .args(&names)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::null());
        if let Some((variant, image)) = run.image {
            command
                .env(variant.variable(), image)
                .env("SOFTRNIC_IMAGE_STACK", HASTY_STACK);
        }
        let child = command
            .spawn()
            .map_err(|error| format!("{}: {error}", executable.display()))?;
        let status = within(child, run.limit)?;
        let output =
            fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let _gone = fs::remove_file(&log);
        let mut said: BTreeMap<String, Verdict> = output.lines().filter_map(told).collect();
        if status.is_none() {
            for name in names {
                said.entry(name.to_owned()).or_insert(Verdict::Hung);
            }
        }
        Ok(said)
    }
}

/// Waits for `child`; ends it, and what it started, when its time is over.
fn within(mut child: Child, limit: Duration) -> Result<Option<ExitStatus>, String> {
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let group = i32::try_from(child.id()).map_err(|error| error.to_string())?;
    // It may have ended meanwhile.
    let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    child.wait().map_err(|error| error.to_string())?;
    Ok(None)
}

/// `test name ... ok`
fn told(line: &str) -> Option<(String, Verdict)> {
    let (name, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let name = name.split(" - ").next()?.trim();
    let verdict = match verdict.trim() {
        "ok" => Verdict::Passed,
        _ => Verdict::Failed,
    };
    Some((name.to_owned(), verdict))
}

/// The executable a line of cargo's tells of.
fn artifact(line: &str) -> Option<(Target, PathBuf)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let executable = message["executable"].as_str()?;
    if message["profile"]["test"] != true {
        return None;
    }
    let manifest = Path::new(message["manifest_path"].as_str()?).parent()?;
    let folder = manifest.strip_prefix(root()).ok()?.to_str()?.to_owned();
    let kind = match message["target"]["kind"][0].as_str()? {
        "test" => Kind::Tests(message["target"]["name"].as_str()?.to_owned()),
        "bin" => Kind::Program,
        _ => Kind::Library,
    };
    Some((Target { folder, kind }, executable.into()))
}

#[cfg(test)]
mod tests {
    use super::{Citing, Kind, Target, Verdict, place, selection, told};

    fn placed(path: &str, name: &str) -> (String, Kind, String) {
        let (target, name) = place(&Citing {
            path: path.to_owned(),
            name: name.to_owned(),
        });
        (target.folder, target.kind, name)
    }

    #[test]
    fn libraries_of_several_packages_are_asked_for_once() {
        let target = |folder: &str, kind| Target {
            folder: folder.to_owned(),
            kind,
        };
        let wanted = [
            target("", Kind::Library),
            target("tests/emulator", Kind::Library),
            target("tests/emulator", Kind::Tests("exports".to_owned())),
        ];
        let options: Vec<String> = selection(&wanted.into()).into_iter().collect();
        let expected = [
            "--lib",
            "--package=softrnic",
            "--package=softrnic-emulator",
            "--test=exports",
        ];
        assert_eq!(options, expected);
    }

    #[test]
    fn a_test_is_found_in_its_executable() {
        let of_connect = Kind::Tests("connect".to_owned());
        assert_eq!(
            placed("tests/functional/tests/connect.rs", "refused"),
            (
                "tests/functional".to_owned(),
                of_connect,
                "refused".to_owned()
            )
        );
        assert_eq!(
            placed("src/sync/tests/models.rs", "arms"),
            (
                String::new(),
                Kind::Library,
                "sync::tests::models::arms".to_owned()
            )
        );
        assert_eq!(
            placed("src/ndk/mod.rs", "tests::arms"),
            (String::new(), Kind::Library, "ndk::tests::arms".to_owned())
        );
    }

    #[test]
    fn what_a_test_said() {
        let passed = ("a::b".to_owned(), Verdict::Passed);
        assert_eq!(told("test a::b ... ok"), Some(passed.clone()));
        assert_eq!(told("test a::b - should panic ... ok"), Some(passed));
        assert_eq!(
            told("test a::b ... FAILED"),
            Some(("a::b".to_owned(), Verdict::Failed))
        );
        assert_eq!(told("running 2 tests"), None);
    }
}
