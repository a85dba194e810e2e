//! Many seeds, as many at once as the host has processors.

use std::io;

use softrnic_emulator::sched::Ended;

use crate::fork::{self, Child, Outcome};
use crate::scenario::{Choice, Scenario};
use crate::shrink::{Part, shrink};

/// A seed that failed.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What it can go without and still fail.
    pub needless: Vec<Part>,
    /// What the run wrote: the broken rule, the stack, the timeline.
    pub report: String,
}

/// What many seeds came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Seeds run.
    pub seeds: u64,
    /// Those that failed.
    pub failures: Vec<Failure>,
}

/// Failures after which no further seeds are tried.
const ENOUGH: usize = 10;

/// Runs `count` seeds from `first` on. `each` hears of every one that ends.
///
/// # Errors
/// When the host gives no process.
pub fn run(
    first: u64,
    count: u64,
    choice: Choice,
    mut each: impl FnMut(&Tally),
) -> io::Result<Tally> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    let mut running: Vec<(u64, Child)> = Vec::new();
    let mut seeds = (0..count).map(|n| first.wrapping_add(n));
    loop {
        while running.len() < at_once && tally.failures.len() < ENOUGH {
            let Some(seed) = seeds.next() else { break };
            running.push((seed, fork::start(|| one(&Scenario::new(seed, choice)))?));
        }
        if running.is_empty() {
            return Ok(tally);
        }
        let (seed, outcome) = fork::wait(&mut running)?;
        tally.seeds += 1;
        tally
            .failures
            .extend(complaint(outcome).map(|report| Failure {
                seed,
                needless: Vec::new(),
                report,
            }));
        each(&tally);
    }
}

/// Leaves out of each failure what it does not need.
///
/// # Errors
/// When the host gives no process.
pub fn shrink_all(tally: &mut Tally, choice: Choice) -> io::Result<()> {
    for failure in &mut tally.failures {
        let whole = Scenario::new(failure.seed, choice);
        (failure.needless, failure.report) = shrink(&whole, &failure.report)?;
    }
    Ok(())
}

/// What is wrong with a run that ended so; `None` when nothing is.
pub(crate) fn complaint(outcome: Outcome) -> Option<String> {
    let why = match outcome.status {
        Some(0) => return None,
        Some(softrnic_emulator::verifier::EXIT_STATUS) => "the verifier found something".to_owned(),
        Some(fork::PANICKED) => "a promise was broken".to_owned(),
        Some(other) => format!("exit status {other}"),
        None => "ended by a signal: a crash, or a loop that never gives way".to_owned(),
    };
    Some(format!("{why}\n{}", outcome.output))
}

/// Plays one, in a process of its own.
pub(crate) fn one(scenario: &Scenario) -> i32 {
    println!("{scenario}");
    say(scenario.play());
    0
}

/// Says what a run came to: equal for equal runs.
fn say(ended: Ended) {
    let Ended {
        switches,
        nanoseconds,
        digest,
    } = ended;
    println!("{switches} switches, {nanoseconds} ns of virtual time, digest {digest:016x}");
}
