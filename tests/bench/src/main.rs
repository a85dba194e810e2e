//! `cargo dev bench`: runs the comparison and prints it.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use softrnic_bench::{
    callgrind, machine, plot,
    point::{self, Kind},
    provider::{self, Provider},
    reference::{FRAMED, Reference},
    report::Report,
    rounds::{self, Contender},
};

/// Benchmarks of softrnic.sys beside raw TCP, interleaved in one run.
#[derive(Parser)]
#[command(name = "cargo dev bench", bin_name = "cargo dev bench")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    comparison: Comparison,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a fixed number of round trips: what callgrind counts instructions of.
    #[command(hide = true)]
    Count {
        #[arg(long)]
        image: PathBuf,
        #[arg(long)]
        size: usize,
        #[arg(long)]
        operations: usize,
    },
}

#[derive(Args)]
struct Comparison {
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
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Count {
            image,
            size,
            operations,
        }) => provider::round_trips(&image, size, operations),
        None => compare(&arguments.comparison),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: &Comparison) -> Result<(), String> {
    let image = softrnic_build::image().map_err(|error| error.to_string())?;
    eprintln!("softrnic.sys {}, {}", image.sha256, image.built_by);
    let mut points = point::all();
    points.retain(|point| point.name.contains(&arguments.only));
    if points.iter().any(|point| point.kind == Kind::Instructions) {
        callgrind::prepare();
    }
    let network = machine::private_network();
    let mut plain = Reference::plain();
    let mut framed = Reference::framed();
    let mut acknowledged = Provider::acknowledged(&image.path)?;
    let mut handed_over = Provider::handed_over(&image.path)?;
    let mut contenders: Vec<&mut dyn Contender> =
        vec![&mut plain, &mut framed, &mut acknowledged, &mut handed_over];
    let names: Vec<String> = contenders.iter().map(|one| one.name().to_owned()).collect();
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
    acknowledged.stop()?;
    handed_over.stop()?;
    let report = Report {
        rows: &rows,
        contenders: &names,
        references: 2,
        network: &network,
        image_sha256: &image.sha256,
    };
    show(&report, arguments)
}

fn show(report: &Report<'_>, arguments: &Comparison) -> Result<(), String> {
    eprintln!("{}", report.table());
    if let Some(file) = &arguments.svg {
        plot::draw(report, FRAMED, file)?;
        eprintln!("drawn: {}", file.display());
    }
    if arguments.json {
        println!("{}", report.json());
    }
    Ok(())
}
