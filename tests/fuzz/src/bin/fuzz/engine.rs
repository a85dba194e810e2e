//! Building with the compiler's coverage counters, and running libFuzzer on one target.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use nix::sys::resource::{UsageWho, getrusage};

use softrnic_build::root;
use softrnic_fuzz::totals::{self, Total};
use softrnic_fuzz::{Target, corpus};

use crate::stop;

/// Counters on every edge, and a look at what is compared.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// A host triple keeps the flags from build scripts.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// The image's target runs no longer at a time, in seconds: an emulated machine's memory is its process's to the end.
const IMAGE_AT_A_TIME: u64 = 60;

/// One input takes no longer, in seconds.
const LONGEST: &str = "60";

fn target_folder() -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR");
    folder
        .map_or_else(|| root().join("target"), PathBuf::from)
        .join("fuzz")
}

/// Builds, runs for `seconds`, minimises, adds to the totals; the findings.
pub(crate) fn run(target: &Target, seconds: u64) -> Result<Option<String>, String> {
    let program = build(target)?;
    if stop::is_asked() {
        return Ok(None);
    }
    let work = target_folder().join("work").join(target.name);
    let _alone = alone(target, &work)?;
    let found = work.join("found");
    let failed = |error| format!("{}: {error}", target.name);
    let kept = corpus::read(target.name).map_err(failed)?;
    corpus::unpack(&kept, &found).map_err(failed)?;
    corpus::unpack(&(target.seeds)(), &found).map_err(failed)?;
    let before = spent_by_children()?;
    let log = rounds(&program, target, &work, seconds)?;
    let spent = spent_by_children()?.saturating_sub(before);
    let finding = finding(&log);
    let mut total = measured(target, &log, spent);
    let minimised = match finding {
        None => minimise(&program, target, &work),
        Some(_) => Ok(kept.len() as u64),
    };
    total.inputs = *minimised.as_ref().unwrap_or(&(kept.len() as u64));
    totals::add(total).map_err(failed)?;
    minimised?;
    Ok(finding.map(|place| format!("{}: {place}", target.name)))
}

/// Keeps other runs away from the inputs of this target, while it lives.
fn alone(target: &Target, work: &Path) -> Result<File, String> {
    let failed = |error| format!("{}: {error}", target.name);
    fs::create_dir_all(work).map_err(failed)?;
    let lock = File::create(work.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(format!(
            "{}: another run has this target; wait until it ends, or name others with --only",
            target.name
        )),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Time of processors that children which have ended took, with all their threads.
fn spent_by_children() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let [user, system] = [usage.user_time(), usage.system_time()];
    let micros = |seconds: i64, micros: i64| seconds * 1_000_000 + micros;
    let sum = micros(
        user.tv_sec() + system.tv_sec(),
        user.tv_usec() + system.tv_usec(),
    );
    Ok(Duration::from_micros(sum.unsigned_abs()))
}

/// The machine's targets with counters in the code; the image's as it is, for the image has none.
fn build(target: &Target) -> Result<PathBuf, String> {
    let mut folder = target_folder();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root())
        .args(["build", "--quiet", "--package", "softrnic-fuzz"])
        .args(["--bin", "fuzz-target"]);
    if target.name == "image" {
        // Here, so that its time does not count as fuzzing.
        softrnic_build::image().map_err(|error| error.to_string())?;
        cargo.args(["--features", "engine"]);
        folder.pop();
        folder.push("debug");
    } else {
        cargo
            .args(["--release", "--target", HOST])
            .args(["--no-default-features", "--features", "engine"])
            .arg("--target-dir")
            .arg(&folder)
            .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"))
            .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
            .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
        folder.extend([HOST, "release"]);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    match status.success() {
        true => Ok(folder.join("fuzz-target")),
        false => Err("the fuzz targets do not build; libFuzzer needs a C++ compiler".into()),
    }
}

/// Fuzzes for `seconds` in all, or until a finding; what all rounds said.
fn rounds(program: &Path, target: &Target, work: &Path, seconds: u64) -> Result<String, String> {
    let longest = match target.name {
        "image" => IMAGE_AT_A_TIME,
        _ => seconds,
    };
    let (mut log, mut left) = (String::new(), seconds);
    while left > 0 && finding(&log).is_none() && !stop::is_asked() {
        let round = left.min(longest);
        log += &fuzz(program, target, work, round)?;
        left -= round;
    }
    Ok(log)
}

/// Runs libFuzzer at the lowest priority; what it said.
fn fuzz(program: &Path, target: &Target, work: &Path, seconds: u64) -> Result<String, String> {
    let mut artifacts = OsString::from("-artifact_prefix=");
    artifacts.push(work.join("finding-"));
    let mut engine = nice(program, target);
    engine
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={}", target.longest))
        .arg(format!("-timeout={LONGEST}"))
        // At the lowest priority a busy machine makes anything slow; what does not end is found all the same.
        .arg(format!("-report_slow_units={LONGEST}"))
        .args([
            "-print_final_stats=1",
            "-use_value_profile=0",
            "-rss_limit_mb=2048",
        ])
        .arg(artifacts)
        .arg(work.join("found"));
    eprintln!("{}: {seconds} s …", target.name);
    let (status, log) = stop::until_asked(&mut engine).map_err(|e| format!("{engine:?}: {e}"))?;
    // Before it has begun it knows no request to stop, and is just ended.
    match status.success() || finding(&log).is_some() || stop::is_asked() {
        true => Ok(log),
        false => Err(format!("{engine:?}: {status}\n{log}")),
    }
}

/// Keeps the inputs that reach all that is reached; how many.
fn minimise(program: &Path, target: &Target, work: &Path) -> Result<u64, String> {
    let failed = |error| format!("{}: {error}", target.name);
    let least = work.join("least");
    let _was_not_there = fs::remove_dir_all(&least);
    fs::create_dir_all(&least).map_err(failed)?;
    let mut engine = nice(program, target);
    engine
        .args(["-merge=1", "-use_value_profile=0"])
        .arg(format!("-max_len={}", target.longest))
        .args([&least, &work.join("found")]);
    let (status, log) = stop::to_its_end(&mut engine).map_err(|e| format!("{engine:?}: {e}"))?;
    let inputs = corpus::pack(&least).map_err(failed)?;
    if !status.success() || inputs.is_empty() {
        return Err(format!("{engine:?}: {status}\n{log}"));
    }
    let count = inputs.len() as u64;
    corpus::write(target.name, inputs).map_err(failed)?;
    let _stays = fs::remove_dir_all(work.join("found"));
    fs::rename(&least, work.join("found")).map_err(failed)?;
    Ok(count)
}

fn nice(program: &Path, target: &Target) -> Command {
    let mut engine = Command::new("nice");
    engine.args(["-n", "19"]).arg(program);
    engine.env("SOFTRNIC_FUZZ_TARGET", target.name);
    engine
}

/// Where libFuzzer wrote the input that broke a rule.
fn finding(log: &str) -> Option<String> {
    let place = log
        .lines()
        .find_map(|line| line.split_once("Test unit written to "))?;
    let panic = log
        .lines()
        .skip_while(|line| !line.contains("panicked at"))
        .take(4);
    let panic: Vec<String> = panic.map(|line| line.chars().take(600).collect()).collect();
    Some(format!("{}\n{}", place.1, panic.join("\n")))
}

/// What libFuzzer says it did, in one round or several.
fn measured(target: &Target, log: &str, spent: Duration) -> Total {
    let number = |text: &str| {
        let digits = text.trim().split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let all = |mark: &'static str| {
        let said = log.lines().filter_map(move |line| line.split_once(mark));
        said.map(|(_, rest)| number(rest))
    };
    let most = |mark| all(mark).max().unwrap_or(0);
    let image = log.contains("image: reached ");
    Total {
        target: target.name.to_owned(),
        executions: all("stat::number_of_executed_units:").sum(),
        cpu_seconds: spent.as_secs(),
        covered: most("image: reached ").max(most(" cov: ")),
        places: most(if image {
            " of "
        } else {
            "Loaded 1 modules   ("
        }),
        inputs: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Loaded 1 modules   (2816 inline 8-bit counters): 2816 [0x1, 0x2),\n\
        #2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 36Mb\n\
        #99\tNEW    cov: 345 ft: 913 corp: 7/1b exec/s: 0 rss: 36Mb\n\
        Done 4242 runs in 11 second(s)\nstat::number_of_executed_units: 4242\n";

    #[test]
    fn the_engine_is_understood() {
        let spent = Duration::from_millis(7900);
        let total = measured(&softrnic_fuzz::TARGETS[0], LOG, spent);
        let told = (total.executions, total.covered, total.places);
        assert_eq!(told, (4242, 345, 2816));
        let rounds = measured(&softrnic_fuzz::TARGETS[0], &LOG.repeat(2), spent);
        assert_eq!((rounds.executions, rounds.covered), (8484, 345));
        assert_eq!(total.cpu_seconds, 7);
        assert_eq!(finding(LOG), None);
        let crash = "panicked at x.rs:1:2:\nwrong\nTest unit written to /tmp/finding-crash-1\n";
        assert!(finding(crash).is_some_and(|told| told.contains("crash-1\npanicked")));
    }
}
