//! One machine a process for a long time: round after round of workloads in one simulation, and after each the driver must
//! hold what it held before.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use softrnic_emulator::sched::{self, set_faults, simulate};
use softrnic_emulator::wsk::simulated;
use softrnic_functional::Stage;
use softrnic_soak::memory::{Sample, Samples};

use crate::fork::{self, Child};
use crate::scenario::{Choice, Road, Scenario, calm, tell_the_end};
use crate::seeds::complaint;
use crate::workload::probe;

/// What all processes came to.
#[derive(Debug, Default)]
pub struct Soaked {
    /// What each says of its rounds and its memory.
    pub processes: Vec<Value>,
    /// What those wrote that failed.
    pub failures: Vec<String>,
}

/// The samples that are kept of the beginning, and of the end.
const KEPT: usize = 40;
/// How long a process may take beyond its time: a round, and the end of it.
const LONGEST_ROUND: Duration = Duration::from_secs(120);

/// Plays seeds from `first` on for `time`, in as many processes as there are processors.
///
/// # Errors
/// When the host gives no process.
pub fn run(first: u64, time: Duration, choice: Choice) -> io::Result<Soaked> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let mut running: Vec<((), Child)> = Vec::new();
    for n in 0..at_once {
        let seeds = (first + n..).step_by(at_once as usize);
        let body = || one(seeds, choice, Instant::now() + time);
        running.push(((), fork::start_for(time + LONGEST_ROUND, body)?));
    }
    let mut soaked = Soaked::default();
    while !running.is_empty() {
        let ((), outcome) = fork::wait(&mut running)?;
        let last = outcome.output.lines().last().unwrap_or_default().to_owned();
        match complaint(outcome) {
            Some(report) => soaked.failures.push(report),
            None => soaked.processes.push(serde_json::from_str(&last)?),
        }
    }
    Ok(soaked)
}

/// One process; its last line says what it came to.
fn one(seeds: impl Iterator<Item = u64>, choice: Choice, until: Instant) -> i32 {
    let mut seeds = seeds.peekable();
    // One machine, and so one road.
    let choice = Choice {
        road: choice.road.or(Some(Road::Sockets)),
        ..choice
    };
    let first = Scenario::new(seeds.peek().copied().unwrap_or(1), choice);
    let simulation = simulate(first.plan.clone());
    tell_the_end();
    let mut stage = first.stage().expect("the image starts");
    let (mut rounds, mut early, mut late) = (0_u64, Vec::new(), VecDeque::new());
    while Instant::now() < until {
        let Some(seed) = seeds.next() else { break };
        let scenario = Scenario::new(seed, choice);
        sched::note(|| format!("{scenario}"));
        round(&scenario, &mut stage);
        rounds += 1;
        let sample = Sample::take(stage.machine());
        if early.len() < KEPT {
            early.push(sample);
        } else {
            late.push_back(sample);
            late.drain(..late.len().saturating_sub(KEPT));
        }
        simulation.forget();
        simulated::forget();
    }
    drop(stage);
    early.extend(late);
    let samples = Samples(early);
    let told = json!({
        "rounds": rounds,
        "virtual_seconds": simulation.so_far().nanoseconds / 1_000_000_000,
        "flat": samples.is_flat(),
        "memory": samples.report(),
    });
    println!("{told}");
    i32::from(!samples.is_flat())
}

fn round(scenario: &Scenario, stage: &mut Stage) {
    simulated::change_weather(scenario.weather.clone());
    set_faults(scenario.faults.as_ref().map(|(faults, _)| faults.clone()));
    scenario.act(stage);
    calm(stage);
    probe::run(stage);
}
