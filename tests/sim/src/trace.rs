//! What the driver takes of its threads' stacks, and of the time at DISPATCH_LEVEL: seeds whose every instruction of the
//! image is looked at, one by one. They do little, for that is slow.

use std::io;
use std::ops::Range;
use std::time::Duration;

use softrnic_emulator::image::steps;
use softrnic_emulator::verifier::depth::{self, Mark};

use crate::fork::{self, Child};
use crate::scenario::{Choice, Scenario, Workload};
use crate::seeds::complaint;

/// What it came to.
#[derive(Debug, Default)]
pub struct Traced {
    /// The greatest of each callback.
    pub marks: Vec<Mark>,
    /// Instructions looked at.
    pub instructions: u64,
    /// What runs wrote that a rule ended.
    pub failures: Vec<String>,
}

/// The host's time for a run: each instruction takes a signal.
const LIMIT: Duration = Duration::from_secs(1200);

/// Traces `seeds` of each workload that `choice` leaves, but storms.
///
/// # Errors
/// When the host gives no process.
pub fn run(seeds: Range<u64>, choice: Choice) -> io::Result<Traced> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    // The connects of a storm are those of the others, too many to step through unless asked for.
    let mut workloads = choice.workloads();
    workloads.retain(|&one| choice.workload.is_some() || one != Workload::Storm);
    let choices = workloads.into_iter().map(|workload| choice.of(workload));
    let choices: Vec<Choice> = choices.collect();
    let mut ahead = seeds.flat_map(|seed| choices.iter().map(move |&choice| (seed, choice)));
    let mut running: Vec<((), Child)> = Vec::new();
    let mut traced = Traced::default();
    loop {
        while running.len() < at_once
            && let Some((seed, choice)) = ahead.next()
        {
            running.push(((), fork::start_for(LIMIT, || one(&scenario(seed, choice)))?));
        }
        if running.is_empty() {
            return Ok(traced);
        }
        let ((), outcome) = fork::wait(&mut running)?;
        traced.take(&outcome.output);
        traced.failures.extend(complaint(outcome));
    }
}

/// What `seed` stands for, with little work and no switch between two instructions.
fn scenario(seed: u64, choice: Choice) -> Scenario {
    let mut scenario = Scenario::new(seed, choice);
    scenario.plan.preemption = None;
    scenario.small = true;
    scenario.traced = true;
    scenario
}

const MARK: &str = "mark";
const EXECUTED: &str = "executed";

fn one(scenario: &Scenario) -> i32 {
    println!("{scenario}");
    let _ended = scenario.play();
    for mark in depth::marks() {
        let (stack, instructions) = (mark.stack, mark.instructions);
        println!(
            "{MARK}\t{}\t{stack}\t{instructions}\t{}",
            mark.entry, mark.chain
        );
    }
    println!("{EXECUTED}\t{}", steps::executed());
    0
}

impl Traced {
    fn take(&mut self, output: &str) {
        for line in output.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match *cells.as_slice() {
                [MARK, entry, stack, instructions, chain] => depth::merge(
                    &mut self.marks,
                    Mark {
                        entry: entry.to_owned(),
                        stack: stack.parse().unwrap_or_default(),
                        chain: chain.to_owned(),
                        instructions: instructions.parse().unwrap_or_default(),
                    },
                ),
                [EXECUTED, count] => self.instructions += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}
