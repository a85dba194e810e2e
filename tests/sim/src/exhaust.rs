//! Every call that may fail does: once for each stack of the driver that makes it, until no stack is new.
//!
//! A run counts the stacks it meets and fails the first call of one of them; what the driver does then may meet stacks
//! that no run has met before. Each run is a process of its own, of the same seed, so the stack is met again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::ops::Range;

use softrnic_emulator::sched::{Faults, places_met};

use crate::fork::{self, Child};
use crate::scenario::{Choice, Road, Scenario, Since};
use crate::seeds::complaint;

/// A failure that the driver did not bear.
#[derive(Debug)]
pub struct Failure {
    /// What the run wrote.
    pub report: String,
    /// The command that shows it again.
    pub again: String,
}

/// What it came to.
#[derive(Debug, Default)]
pub struct Found {
    /// Stacks whose call failed.
    pub stacks: usize,
    /// The same by function.
    pub calls: BTreeMap<String, usize>,
    /// Runs made.
    pub runs: usize,
    /// Those the driver did not bear.
    pub failures: Vec<Failure>,
}

/// Failures after which no more are looked for.
const ENOUGH: usize = 10;

/// What a run does: it meets stacks, and fails the call of one of them; 0: of none.
#[derive(Clone, Copy, Debug)]
struct Run {
    seed: u64,
    choice: Choice,
    stack: u64,
}

/// The runs to come, and what is known.
#[derive(Default)]
struct Search {
    ahead: VecDeque<Run>,
    known: BTreeSet<u64>,
    found: Found,
}

/// Fails all that may fail, in each workload and over each road that `choice` leaves. `each` hears of every run that ends.
///
/// # Errors
/// When the host gives no process.
pub fn run(seeds: Range<u64>, choice: Choice, mut each: impl FnMut(&Found)) -> io::Result<Found> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let roads = choice
        .road
        .map_or(vec![Road::Sockets, Road::Frames], |one| vec![one]);
    let mut search = Search::default();
    for seed in seeds {
        for workload in choice.workloads() {
            for &road in &roads {
                search.ahead.push_back(Run {
                    seed,
                    choice: Choice {
                        workload: Some(workload),
                        road: Some(road),
                    },
                    stack: 0,
                });
            }
        }
    }
    let mut running: Vec<(Run, Child)> = Vec::new();
    loop {
        while running.len() < at_once && search.found.failures.len() < ENOUGH {
            let Some(run) = search.ahead.pop_front() else {
                break;
            };
            running.push((run, fork::start(|| one(run))?));
        }
        if running.is_empty() {
            return Ok(search.found);
        }
        let (run, outcome) = fork::wait(&mut running)?;
        search.ended(run, outcome);
        each(&search.found);
    }
}

impl Search {
    fn ended(&mut self, run: Run, outcome: fork::Outcome) {
        self.found.runs += 1;
        for line in outcome.output.lines() {
            let Some((stack, call)) = met(line) else {
                continue;
            };
            if self.known.insert(stack) {
                self.ahead.push_back(Run { stack, ..run });
            }
            if stack == run.stack {
                self.found.stacks += 1;
                *self.found.calls.entry(call.to_owned()).or_default() += 1;
            }
        }
        if let Some(report) = complaint(outcome) {
            let Run {
                seed,
                choice,
                stack,
            } = run;
            let again = format!("cargo dev sim --replay {seed}{choice} --fault {stack:x}");
            self.found.failures.push(Failure { report, again });
        }
    }
}

/// How a run names the stacks it met.
const MET: &str = "met";

fn met(line: &str) -> Option<(u64, &str)> {
    let (stack, call) = line.strip_prefix(MET)?.trim().split_once(' ')?;
    Some((u64::from_str_radix(stack, 16).ok()?, call))
}

fn one(run: Run) -> i32 {
    let scenario = scenario(run.seed, run.choice, run.stack);
    println!("{scenario}");
    let _ended = scenario.play();
    for place in places_met() {
        println!("{MET} {:x} {}", place.stack, place.call);
    }
    0
}

/// What `seed` stands for, with a network that loses nothing and no other failure than that of `stack`.
#[must_use]
pub fn scenario(seed: u64, choice: Choice, stack: u64) -> Scenario {
    let mut scenario = Scenario::new(seed, choice);
    (scenario.weather.resets, scenario.weather.refusals) = (0, 0);
    scenario.weather.vanishes = 0;
    scenario.plan.preemption = None;
    scenario.faults = Some((Faults::Stack(stack), Since::Load));
    scenario
}
