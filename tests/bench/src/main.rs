//! `cargo dev bench`: runs the comparison and prints it.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use softrnic_bench::{
    machine, plot, point,
    reference::Reference,
    report::Report,
    rounds::{self, Contender},
};

/// Benchmarks of softrnic.sys beside raw TCP, interleaved in one run.
#[derive(Parser)]
#[command(name = "cargo dev bench", bin_name = "cargo dev bench")]
struct Arguments {
    /// Rounds; the median of their ratios counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds for each contender at each point in each round.
    #[arg(long, default_value_t = 0.25)]
    seconds: f64,
    /// Only points whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Draws the ratios into this SVG file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Ends standard output with one JSON object on one line.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let network = machine::private_network();
    let mut contenders: Vec<Box<dyn Contender>> =
        vec![Box::new(Reference::plain()), Box::new(Reference::framed())];
    let names: Vec<String> = contenders.iter().map(|one| one.name().to_owned()).collect();
    let mut points = point::all();
    points.retain(|point| point.name.contains(&arguments.only));
    let time = Duration::from_secs_f64(arguments.seconds);
    let rows = rounds::run(
        &mut contenders,
        points,
        arguments.rounds,
        time,
        |round, point| {
            eprintln!(
                "round {} of {}: {}",
                round + 1,
                arguments.rounds,
                point.name
            );
        },
    )?;
    let report = Report {
        rows: &rows,
        contenders: &names,
        references: 2,
        network: &network,
        image_sha256: "",
    };
    eprintln!("{}", report.table());
    if let Some(file) = &arguments.svg {
        plot::draw(&report, "TCP framed+CRC", file)?;
        eprintln!("drawn: {}", file.display());
    }
    if arguments.json {
        println!("{}", report.json());
    }
    Ok(())
}
