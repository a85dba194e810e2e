//! `cargo dev sim`: runs seeds, and says which failed and why.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use softrnic_emulator::verifier::depth;
use softrnic_sim::coverage::{self, Tally as Lines};
use softrnic_sim::exhaust;
use softrnic_sim::scenario::{Choice, Scenario};
use softrnic_sim::seeds::{self, Tally};
use softrnic_sim::shrink::{self, Part};
use softrnic_sim::soak;
use softrnic_sim::trace;

/// Runs softrnic.sys in simulations: one thread at a time, virtual time, a simulated network; every choice comes from
/// a seed.
#[derive(Parser)]
#[command(name = "cargo dev sim", bin_name = "cargo dev sim")]
struct Arguments {
    /// How many seeds; 200 unless told otherwise.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    #[command(flatten)]
    choice: Choice,
    /// Runs one seed in this process and lets everything be seen.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    replay: Option<u64>,
    /// With `--replay`: prints all that happened, a line each.
    #[arg(long, requires = "replay")]
    log: bool,
    /// Fails every call that may fail, once for each stack that makes it, until no stack is new: in each workload, over
    /// `--seeds` seeds (2 unless told otherwise).
    #[arg(long, conflicts_with = "replay")]
    exhaust_faults: bool,
    /// Steps through every instruction of the image, and prints what each callback took of stack and of time at
    /// DISPATCH_LEVEL: in each workload but storms, over `--seeds` seeds (2 unless told otherwise).
    #[arg(long, conflicts_with_all = ["replay", "exhaust_faults"])]
    trace: bool,
    /// For so many minutes, round after round on the same machines; their memory must stay as it is.
    #[arg(long, value_name = "MINUTES", conflicts_with_all = ["replay", "seeds", "exhaust_faults", "coverage", "trace"])]
    soak: Option<f64>,
    /// With `--replay`: leaves these parts out, as a failure that was shrunk says.
    #[arg(long, requires = "replay", value_delimiter = ',')]
    without: Vec<Part>,
    /// With `--replay`: fails the first call with this stack.
    #[arg(long, requires = "replay")]
    fault: Option<String>,
    /// Counts the lines of the driver that are reached, adds them to what is kept in this folder, and writes there which
    /// ones nothing reaches, and which only failing calls do.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["replay", "trace"])]
    coverage: Option<PathBuf>,
    /// Ends with one line of JSON on standard output: `seeds`, `failures`, `seeds_per_second`.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(seed) = arguments.replay {
        return replay(seed, &arguments);
    }
    // Built once, not by every run.
    if let Err(why) = softrnic_build::image() {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing failed.
fn run(arguments: &Arguments) -> io::Result<bool> {
    let folder = arguments.coverage.as_deref();
    if arguments.exhaust_faults || folder.is_some() {
        coverage::start(folder)?;
    }
    let whole = if let Some(minutes) = arguments.soak {
        soak(arguments, Duration::from_secs_f64(minutes * 60.0))?
    } else if arguments.exhaust_faults {
        exhaust(arguments)?
    } else if arguments.trace {
        traced(arguments)?
    } else {
        simulate(arguments)?
    };
    if let Some(folder) = folder {
        coverage::write(folder)?;
        tell_lines(coverage::tally());
        eprintln!("which: {}/*.txt", folder.display());
    }
    Ok(whole)
}

fn tell_lines(lines: Lines) {
    eprintln!(
        "{} of {} lines of the driver reached, {} of them only under failing calls",
        lines.reached, lines.lines, lines.only_under_faults
    );
}

fn replay(seed: u64, arguments: &Arguments) -> ExitCode {
    let mut scenario = Scenario::new(seed, arguments.choice);
    if let Some(stack) = &arguments.fault {
        let Ok(stack) = u64::from_str_radix(stack, 16) else {
            eprintln!("{stack} is no number of a stack");
            return ExitCode::FAILURE;
        };
        let choice = Choice {
            workload: Some(scenario.workload),
            road: Some(scenario.road),
        };
        scenario = exhaust::scenario(seed, choice, stack);
    }
    scenario = shrink::without(&scenario, &arguments.without);
    eprintln!("{scenario}");
    let ended = scenario.play();
    eprintln!("{ended:?}");
    if arguments.log {
        let log = softrnic_emulator::sched::simulation().map(|simulation| simulation.log());
        log.iter().flatten().for_each(|line| println!("{line}"));
    }
    ExitCode::SUCCESS
}

/// Whether no seed failed.
fn simulate(arguments: &Arguments) -> io::Result<bool> {
    let started = Instant::now();
    let progress = |tally: &Tally| {
        if tally.seeds.is_multiple_of(100) {
            eprint!("\r{} seeds, {} failed", tally.seeds, tally.failures.len());
            let _ = io::stderr().flush();
        }
    };
    let count = arguments.seeds.unwrap_or(200);
    let mut tally = seeds::run(arguments.from, count, arguments.choice, progress)?;
    let rate = tally.seeds as f64 / started.elapsed().as_secs_f64();
    seeds::shrink_all(&mut tally, arguments.choice)?;
    report(&tally, arguments.choice, rate);
    if arguments.json {
        let result = serde_json::json!({
            "seeds": tally.seeds,
            "failures": tally.failures.len(),
            "seeds_per_second": rate,
        });
        println!("{result}");
    }
    Ok(tally.failures.is_empty())
}

/// Whether the driver kept to its budgets.
fn traced(arguments: &Arguments) -> io::Result<bool> {
    let seeds = arguments.from..arguments.from + arguments.seeds.unwrap_or(2);
    let found = trace::run(seeds, arguments.choice)?;
    for failure in &found.failures {
        eprintln!("{failure}");
    }
    eprintln!("{:>12} {:>12}", "stack", "instructions");
    for mark in &found.marks {
        eprintln!(
            "{:>12} {:>12} {}",
            mark.stack, mark.instructions, mark.chain
        );
    }
    let stack = found.marks.iter().map(|mark| mark.stack).max();
    let dispatch = found.marks.iter().map(|mark| mark.instructions).max();
    eprintln!("{} instructions looked at", found.instructions);
    if arguments.json {
        let result = serde_json::json!({
            "stack_bytes": stack,
            "stack_limit": depth::STACK_LIMIT,
            "dispatch_instructions": dispatch,
            "dispatch_limit": depth::DISPATCH_LIMIT,
            "instructions": found.instructions,
            "failures": found.failures.len(),
        });
        println!("{result}");
    }
    Ok(found.failures.is_empty())
}

/// Whether the driver bore every failure.
fn exhaust(arguments: &Arguments) -> io::Result<bool> {
    let seeds = arguments.from..arguments.from + arguments.seeds.unwrap_or(2);
    let found = exhaust::run(seeds, arguments.choice, |found| {
        eprint!(
            "\r{} stacks failed, {} badly",
            found.stacks,
            found.failures.len()
        );
        let _ = io::stderr().flush();
    })?;
    for failure in &found.failures {
        eprintln!("\n{}\nagain: {}", failure.report, failure.again);
    }
    eprintln!(
        "\r{} stacks failed, {} badly",
        found.stacks,
        found.failures.len()
    );
    for (call, stacks) in &found.calls {
        eprintln!("{stacks:>6} {call}");
    }
    let lines = coverage::tally();
    if arguments.coverage.is_none() {
        tell_lines(lines);
    }
    if arguments.json {
        let result = serde_json::json!({
            "lines": lines.lines,
            "lines_reached": lines.reached,
            "lines_reached_only_under_faults": lines.only_under_faults,
            "stacks": found.stacks,
            "calls": found.calls,
            "runs": found.runs,
            "failures": found.failures.len(),
        });
        println!("{result}");
    }
    Ok(found.failures.is_empty())
}

/// Whether nothing failed, and memory stayed flat.
fn soak(arguments: &Arguments, time: Duration) -> io::Result<bool> {
    let soaked = soak::run(arguments.from, time, arguments.choice)?;
    for report in &soaked.failures {
        eprintln!("{report}");
    }
    let result = serde_json::json!({
        "processes": soaked.processes,
        "failures": soaked.failures.len(),
    });
    eprintln!("{result:#}");
    if arguments.json {
        println!("{result}");
    }
    Ok(soaked.failures.is_empty())
}

fn report(tally: &Tally, choice: Choice, rate: f64) {
    for failure in &tally.failures {
        eprintln!("\nseed {} failed: {}", failure.seed, failure.report);
        let needless: Vec<_> = failure.needless.iter().map(Part::to_string).collect();
        let without = match needless.is_empty() {
            true => String::new(),
            false => format!(" --without {}", needless.join(",")),
        };
        eprintln!(
            "again: cargo dev sim --replay {}{choice}{without}",
            failure.seed
        );
    }
    eprintln!(
        "\r{} seeds, {} failed, {rate:.1} seeds a second",
        tally.seeds,
        tally.failures.len()
    );
}
