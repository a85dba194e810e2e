//! Steps of a command: each is named, timed, and the first that fails ends the command.

use std::{
    fmt,
    process::Command,
    time::{Duration, Instant},
};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// Why a command ended early.
#[derive(Debug)]
pub struct Failed(pub String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was spent: time on the clock, and time of processors, which does not grow when others use
/// the machine too.
#[derive(Clone, Copy)]
struct Spent {
    clock: Instant,
    processors: Duration,
}

impl Spent {
    /// Up to now, by this process and its children that have ended.
    fn now() -> Self {
        let of = |who| {
            getrusage(who).map(|usage| duration(usage.user_time()) + duration(usage.system_time()))
        };
        let both = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN];
        Self {
            clock: Instant::now(),
            processors: both.into_iter().flat_map(of).sum(),
        }
    }

    /// `12.3 s, 20.4 s of CPU`: since then.
    fn since(self) -> String {
        let now = Self::now();
        format!(
            "{:.1} s, {:.1} s of CPU",
            (now.clock - self.clock).as_secs_f64(),
            now.processors.saturating_sub(self.processors).as_secs_f64()
        )
    }
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0))
}

/// Runs steps one after the other and says how long each took.
pub struct Steps {
    started: Spent,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            started: Spent::now(),
        }
    }
}

impl Steps {
    /// Runs one step.
    ///
    /// # Errors
    ///
    /// [`Failed`] when the step does.
    pub fn run(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), Failed> {
        eprintln!("{name} …");
        let started = Spent::now();
        let result = step();
        let verdict = if result.is_ok() { "ok" } else { "failed" };
        eprintln!("{name}: {verdict} ({})", started.since());
        result.map_err(Failed)
    }

    /// Says how long everything took.
    pub fn finish(self) {
        eprintln!("all ok ({})", self.started.since());
    }
}

/// Runs `command` with its output where people see it.
///
/// # Errors
///
/// When it cannot be started or fails.
pub fn show(command: &mut Command) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {status}"))
    }
}
