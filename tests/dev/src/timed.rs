//! Steps of a command: each is named, timed, and the first that fails ends the command.

use std::time::{Duration, Instant};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

use crate::steps::Failed;

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
pub(crate) struct Steps {
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
    pub(crate) fn run(
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
    pub(crate) fn finish(self) {
        eprintln!("all ok ({})", self.started.since());
    }
}
