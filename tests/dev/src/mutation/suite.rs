//! Runs the driver's own tests with one mutant switched on.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::build::Mutants;

/// Longer than all tests and the models take together, also on a busy machine: what takes longer does not end.
const LIMIT: Duration = Duration::from_secs(600);
/// What the models are of, and where they are.
const MODELLED: &str = "src/sync/";
const MODELS: &str = "sync::tests::models";
/// Kilobytes of address space: a loop that allocates ends.
const MEMORY: &str = "6000000";

/// Which tests meet which mutants.
pub(super) type Met = BTreeMap<usize, BTreeSet<String>>;

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Some test failed, or did not end.
    Caught,
    /// All tests that meet it passed.
    Survived,
    /// No test meets it.
    Unmet,
}

/// Runs all tests without a mutant, and notes who meets which.
pub(super) fn note(mutants: &Mutants) -> Result<Met, String> {
    let notes = mutants.tests.with_extension("met");
    let mut run = Command::new(&mutants.tests);
    run.current_dir(&mutants.tree)
        .env("SOFTRNIC_MET", &notes)
        // Each test on a thread of its own, that has its name.
        .arg("--test-threads=2")
        .stdout(Stdio::piped());
    let output = run.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        return Err(format!("without a mutant the tests fail:\n{said}"));
    }
    let text = fs::read_to_string(&notes).map_err(|error| error.to_string())?;
    let mut met = Met::new();
    for line in text.lines() {
        if let Some((test, number)) = line.rsplit_once(' ')
            && let Ok(number) = number.parse()
        {
            met.entry(number).or_default().insert(test.to_owned());
        }
    }
    Ok(met)
}

/// Runs the tests that meet mutant `number`, until one fails; then the models, if it is of what they model.
pub(super) fn fate(mutants: &Mutants, met: &Met, number: usize) -> Result<Fate, String> {
    let fate = match met.get(&number) {
        Some(tests) => {
            // On a thread without a test's name any test may have met it.
            let is_named = tests.iter().all(|test| test.contains("::"));
            let exact = ["--exact"]
                .into_iter()
                .chain(tests.iter().map(String::as_str));
            let tests: Vec<&str> = if is_named {
                exact.collect()
            } else {
                Vec::new()
            };
            run(mutants, &mutants.tests, number, &tests)?
        }
        None => Fate::Unmet,
    };
    let is_modelled = mutants.all[number].name.starts_with(MODELLED);
    Ok(if fate != Fate::Caught && is_modelled {
        match run(mutants, &mutants.models, number, &[MODELS])? {
            Fate::Caught => Fate::Caught,
            Fate::Survived | Fate::Unmet => fate,
        }
    } else {
        fate
    })
}

fn run(
    mutants: &Mutants,
    executable: &Path,
    number: usize,
    tests: &[&str],
) -> Result<Fate, String> {
    let mut run = Command::new("sh");
    run.args(["-c", "ulimit -v \"$0\"; exec \"$@\"", MEMORY])
        .arg(executable)
        .current_dir(&mutants.tree)
        .env("SOFTRNIC_MUTANT", number.to_string())
        .arg("--test-threads=1")
        .args(tests)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = run.spawn().map_err(|error| error.to_string())?;
    let failed = watch(&mut child);
    let status = child.wait().map_err(|error| error.to_string())?;
    let is_caught = failed || !status.success() || status.signal().is_some();
    Ok(if is_caught {
        Fate::Caught
    } else {
        Fate::Survived
    })
}

/// Ends the tests as soon as one has failed, or time is up; whether that was so.
fn watch(child: &mut Child) -> bool {
    let Some(output) = child.stdout.take() else {
        return true;
    };
    let id = Pid::from_raw(child.id().cast_signed());
    let end = Instant::now() + LIMIT;
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let guard = thread::spawn(move || {
        let left = end.saturating_duration_since(Instant::now());
        let is_over = is_done.recv_timeout(left) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if is_over {
            let _gone = kill(id, Signal::SIGKILL);
        }
        is_over
    });
    let failed = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("test ") && line.ends_with("FAILED"));
    if failed {
        let _gone = kill(id, Signal::SIGKILL);
    }
    drop(done);
    guard.join().unwrap_or(true) || failed
}
