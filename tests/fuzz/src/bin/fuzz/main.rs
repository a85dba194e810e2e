//! `cargo dev fuzz`: runs the targets one after the other, keeps what they find, and adds to the
//! totals. A run may be stopped at any time: what was done until then is kept.

mod engine;
mod stop;

use std::process::ExitCode;

use clap::Parser;
use serde_json::json;
use softrnic_fuzz::{TARGETS, Target, totals};

/// Coverage-guided fuzzing. Inputs and totals are kept in `tests/fuzz`.
#[derive(Parser)]
#[command(name = "cargo dev fuzz", bin_name = "cargo dev fuzz")]
struct Options {
    /// Names the targets and their totals, and runs nothing.
    #[arg(long)]
    list: bool,
    /// Only this target; may be given more than once.
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
    /// How long each target runs, by the clock. The totals count seconds of processors.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// One line of JSON at the end.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether there was no finding.
fn run(options: &Options) -> Result<bool, String> {
    let targets = chosen(&options.only)?;
    let mut findings = Vec::new();
    if !options.list {
        stop::listen()?;
        for target in targets.iter().take_while(|_| !stop::is_asked()) {
            findings.extend(engine::run(target, options.seconds)?);
        }
    }
    tell(&targets, &findings, options.json)?;
    Ok(findings.is_empty())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Target>, String> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let found = |name: &String| {
        let all = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>();
        softrnic_fuzz::target(name)
            .ok_or_else(|| format!("no target {name}; there are {:?}", all()))
    };
    names.iter().map(found).collect()
}

fn tell(targets: &[&Target], findings: &[String], as_json: bool) -> Result<(), String> {
    let totals = totals::read().map_err(|error| format!("totals: {error}"))?;
    let mut rows = Vec::new();
    for target in targets {
        let total = totals.iter().find(|total| total.target == target.name);
        let total = total.cloned().unwrap_or_default();
        eprintln!(
            "{:9} {:>12} runs {:>6} s of CPU {:>6} of {:>6} places {:>5} inputs  {}",
            target.name,
            total.executions,
            total.cpu_seconds,
            total.covered,
            total.places,
            total.inputs,
            target.about
        );
        rows.push(json!({
            "target": target.name, "executions": total.executions, "cpu_seconds": total.cpu_seconds,
            "covered": total.covered, "places": total.places, "inputs": total.inputs,
        }));
    }
    for finding in findings {
        eprintln!("finding: {finding}");
    }
    if as_json {
        println!("{}", json!({ "targets": rows, "findings": findings }));
    }
    Ok(())
}
