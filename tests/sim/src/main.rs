//! `cargo dev sim`: runs seeds, and says which failed and why.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use softrnic_sim::scenario::{Scenario, Workload};
use softrnic_sim::seeds::{self, Tally};

/// Runs softrnic.sys in simulations: one thread at a time, virtual time, a simulated network; every choice comes from
/// a seed.
#[derive(Parser)]
#[command(name = "cargo dev sim", bin_name = "cargo dev sim")]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this workload; otherwise each seed says which.
    #[arg(long)]
    workload: Option<Workload>,
    /// Runs one seed in this process and lets everything be seen.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    replay: Option<u64>,
    /// With `--replay`: prints all that happened, a line each.
    #[arg(long, requires = "replay")]
    log: bool,
    /// Ends with one line of JSON on standard output: `seeds`, `failures`, `seeds_per_second`.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(seed) = arguments.replay {
        let scenario = Scenario::new(seed, arguments.workload);
        eprintln!("{scenario}");
        let ended = scenario.play();
        eprintln!("{ended:?}");
        if arguments.log {
            let log = softrnic_emulator::sched::simulation().map(|simulation| simulation.log());
            log.iter().flatten().for_each(|line| println!("{line}"));
        }
        return ExitCode::SUCCESS;
    }
    // Built once, not by every run.
    if let Err(why) = softrnic_build::image() {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    let started = Instant::now();
    let progress = |tally: &Tally| {
        if tally.seeds.is_multiple_of(100) {
            eprint!("\r{} seeds, {} failed", tally.seeds, tally.failures.len());
            let _ = std::io::stderr().flush();
        }
    };
    let tally = match seeds::run(
        arguments.from,
        arguments.seeds,
        arguments.workload,
        progress,
    ) {
        Ok(tally) => tally,
        Err(why) => {
            eprintln!("no process for a seed: {why}");
            return ExitCode::FAILURE;
        }
    };
    let rate = tally.seeds as f64 / started.elapsed().as_secs_f64();
    report(&tally, rate);
    if arguments.json {
        let result = serde_json::json!({
            "seeds": tally.seeds,
            "failures": tally.failures.len(),
            "seeds_per_second": rate,
        });
        println!("{result}");
    }
    if tally.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn report(tally: &Tally, rate: f64) {
    for failure in &tally.failures {
        eprintln!("\nseed {} failed: {}", failure.seed, failure.report);
        eprintln!("again: cargo dev sim --replay {}", failure.seed);
    }
    eprintln!(
        "\r{} seeds, {} failed, {rate:.1} seeds a second",
        tally.seeds,
        tally.failures.len()
    );
}
