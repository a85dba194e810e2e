//! Steps of a command: each is named, timed, and the first that fails ends the command.

use std::{
    fmt,
    process::Command,
    time::{Duration, Instant},
};

/// Why a command ended early.
#[derive(Debug)]
pub struct Failed(pub String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs steps one after the other and says how long each took.
#[derive(Default)]
pub struct Steps {
    done: Duration,
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
        let started = Instant::now();
        let result = step();
        let took = started.elapsed();
        self.done += took;
        let verdict = if result.is_ok() { "ok" } else { "failed" };
        eprintln!("{name}: {verdict} ({:.1} s)", took.as_secs_f64());
        result.map_err(Failed)
    }

    /// Says how long everything took.
    pub fn finish(self) {
        eprintln!("all ok ({:.1} s)", self.done.as_secs_f64());
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
