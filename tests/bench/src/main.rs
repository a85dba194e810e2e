//! `cargo dev bench`: runs the comparison and prints it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use softrnic_bench::{
    crc::Checksum,
    document,
    least::Least,
    machine,
    peers::{self, fabric},
    point::Verb,
    profile::{self, Profile, budget},
    provider::{self, Fixed, Provider, lent::Lent},
    reference::Reference,
    report,
    results::Results,
    rounds::{self, Contender, Missing, Row},
    targets,
};
use softrnic_build::Image;

/// Benchmarks of softrnic.sys beside raw TCP, libfabric and UCX, interleaved in one run.
#[derive(Parser)]
#[command(name = "cargo dev bench", bin_name = "cargo dev bench")]
struct Arguments {
    #[command(subcommand)]
    job: Option<Job>,
    #[command(flatten)]
    comparison: Comparison,
}

#[derive(Subcommand)]
enum Job {
    /// Counts instructions, calls and allocations of each operation, and compares them with their budgets.
    Budgets,
    /// Makes a fixed number of operations: what callgrind counts instructions of.
    #[command(hide = true)]
    Count(Count),
    /// Measures libfabric.
    #[command(hide = true)]
    Fabric(fabric::Job),
}

#[derive(Args)]
struct Count {
    #[arg(long)]
    image: PathBuf,
    #[arg(long, value_enum)]
    verb: Word,
    #[arg(long)]
    size: usize,
    #[arg(long)]
    connections: usize,
    /// Of the first run and of the second.
    #[arg(long, num_args = 2)]
    operations: Vec<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Word {
    Send,
    Write,
    Read,
}

#[derive(Args)]
struct Comparison {
    /// Rounds; the median of their ratios counts.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds for each contender at each point in each round.
    #[arg(long, default_value_t = 0.25)]
    secs: f64,
    /// Only points whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Lists the points and their targets, and measures nothing.
    #[arg(long)]
    list: bool,
    /// Without libfabric and UCX; nothing is downloaded.
    #[arg(long)]
    no_peers: bool,
    /// Without counting instructions, calls and sleeps.
    #[arg(long)]
    no_profile: bool,
    /// Writes docs/performance.md, its pictures and its figures.
    #[arg(long)]
    write: bool,
    /// Measures nothing: takes the figures of this file, which an earlier run wrote.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Ends standard output with one JSON object on one line.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.job {
        Some(Job::Count(count)) => run_count(count),
        Some(Job::Fabric(job)) => fabric::run(job),
        Some(Job::Budgets) => budgets(),
        None if arguments.comparison.list => list(&arguments.comparison.only),
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

fn run_count(count: &Count) -> Result<(), String> {
    let fixed = Fixed {
        verb: match count.verb {
            Word::Send => Verb::Send,
            Word::Write => Verb::Write,
            Word::Read => Verb::Read,
        },
        size: count.size,
        connections: count.connections,
    };
    let said = provider::run_fixed(&count.image, fixed, &count.operations)?;
    let [client, server] = said.bases;
    print!("{client} {server}");
    said.copied.iter().for_each(|bytes| print!(" {bytes}"));
    println!();
    Ok(())
}

fn image() -> Result<Image, String> {
    let image = softrnic_build::image().map_err(|error| error.to_string())?;
    eprintln!("softrnic.sys {}, {}", image.sha256, image.built_by);
    Ok(image)
}

fn count(image: &Image) -> Result<Profile, String> {
    profile::collect(&image.path, &image.pdb, |name| {
        eprintln!("counting: {name}")
    })
}

fn budgets() -> Result<(), String> {
    let image = image()?;
    profile::prepare();
    let mut counted = count(&image)?;
    counted.memory = provider::idle_memory(&image.path)?.allocations;
    eprintln!("{}", profile::report(&counted));
    let file = softrnic_build::root().join(budget::FILE);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    budget::check(&counted, &text)
}

fn list(only: &str) -> Result<(), String> {
    let chosen = targets::all();
    for target in chosen.iter().filter(|it| it.point.name.contains(only)) {
        println!(
            "{:>2}  {:<45} {}",
            target.row,
            target.point.name,
            target.point.unit.symbol()
        );
    }
    Ok(())
}

fn compare(arguments: &Comparison) -> Result<(), String> {
    let results = match &arguments.from {
        Some(file) => {
            let text = fs::read_to_string(file);
            let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
            Results::from_json(&text)?
        }
        None => measure(arguments)?,
    };
    eprintln!("{}", report::markdown(&results));
    if arguments.write {
        document::write(&results, softrnic_build::root())?;
    }
    if arguments.json {
        println!("{}", results.json()?);
    }
    Ok(())
}

fn measure(arguments: &Comparison) -> Result<Results, String> {
    let image = image()?;
    // All that needs the machine's network comes first.
    let (peers, missing) = if arguments.no_peers {
        (Vec::new(), Vec::new())
    } else {
        peers::obtain(&softrnic_build::target_dir().join("peers"))
    };
    if !arguments.no_profile {
        profile::prepare();
    }
    let network = machine::private_network();
    let rows = rows(arguments, &image.path, peers)?;
    let mut profile = Profile::default();
    if !arguments.no_profile {
        profile = count(&image)?;
        profile.sleeps = profile::count_sleeps(&image.path)?;
        profile.memory = provider::idle_memory(&image.path)?.allocations;
    }
    Ok(Results {
        date: today(),
        machine: machine::description(),
        network,
        image_sha256: image.sha256,
        verifier: provider::VERIFIER.to_owned(),
        command: command(),
        rounds: arguments.rounds,
        seconds: arguments.secs,
        missing: report_missing(missing),
        rows,
        profile,
    })
}

fn rows(
    arguments: &Comparison,
    image: &Path,
    mut peers: Vec<Box<dyn Contender>>,
) -> Result<Vec<Row>, String> {
    let points = targets::all().into_iter().map(|target| target.point);
    let points = points.filter(|point| point.name.contains(&arguments.only));
    let mut references = [
        Reference::plain(),
        Reference::framed(),
        Reference::buffered(),
    ];
    let mut least = Least::all()?;
    let mut lent = Lent::all()?;
    let mut checksums = Checksum::all();
    let mut ours = Provider::all(image);
    let mut contenders: Vec<&mut dyn Contender> = Vec::new();
    contenders.extend(references.iter_mut().map(|one| one as &mut dyn Contender));
    contenders.extend(least.iter_mut().map(|one| one as &mut dyn Contender));
    contenders.extend(lent.iter_mut().map(|one| one as &mut dyn Contender));
    contenders.extend(ours.iter_mut().map(|one| one as &mut dyn Contender));
    contenders.extend(checksums.iter_mut().map(|one| one as &mut dyn Contender));
    contenders.extend(
        peers
            .iter_mut()
            .map(|one| one.as_mut() as &mut dyn Contender),
    );
    let time = Duration::from_secs_f64(arguments.secs);
    let progress = |round, point: &softrnic_bench::point::Point| {
        eprintln!(
            "round {} of {}: {}",
            round + 1,
            arguments.rounds,
            point.name
        );
    };
    let rows = rounds::run(
        &mut contenders,
        points.collect(),
        arguments.rounds,
        time,
        progress,
    )?;
    least.into_iter().for_each(Least::stop);
    lent.into_iter().for_each(Lent::stop);
    ours.into_iter().try_for_each(Provider::stop)?;
    Ok(rows)
}

fn report_missing(missing: Vec<Missing>) -> Vec<Missing> {
    for one in &missing {
        eprintln!("bench: without {}: {}", one.contender, one.why);
    }
    missing
}

/// The command as people type it.
fn command() -> String {
    let options = std::env::args().skip(1);
    let words = ["cargo", "dev", "bench"].map(str::to_owned).into_iter();
    words.chain(options).collect::<Vec<_>>().join(" ")
}

/// The day in UTC.
fn today() -> String {
    let date = Command::new("date").args(["-u", "+%F"]).output();
    let date = date.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    date.unwrap_or_default()
}
