//! `cargo dev mutate`: does some test of the driver's own fail when an operator, a call or a value of its core is another?

mod build;
mod plant;
mod suite;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use softrnic_build::root;
use softrnic_rules::Tree;

use self::{
    build::Mutants,
    plant::Mutant,
    suite::{Fate, Met},
};
use crate::{scratch::hash, steps::Failed};

/// Outcomes that are kept, a line each.
const RESULTS: &str = "tests/mutation/results.txt";
/// Why a mutant that survives changes nothing that counts: `name: reason`.
const ARGUED: &str = "tests/mutation/argued.txt";

/// What `cargo dev mutate` is told.
#[derive(clap::Args)]
pub struct Options {
    /// Only mutants whose name contains this, such as `src/iwarp/rx` or `Ring::push`.
    filter: Option<String>,
    /// Runs at most so many, then ends; what was found is kept.
    #[arg(long)]
    most: Option<usize>,
    /// Runs those too whose kept outcome still holds.
    #[arg(long)]
    again: bool,
    /// Ends with one line of JSON on standard output: `mutants`, `caught`, `argued`, `survived`, `not_run`.
    #[arg(long)]
    json: bool,
}

/// Of each mutant, by name: its fate, and the hash of the source it stands in.
type Outcomes = BTreeMap<String, (Fate, String)>;

/// Builds all mutants of the core, and runs those whose outcome is not known.
///
/// # Errors
///
/// When something cannot be built or read, or a mutant survives that nobody has argued about.
pub fn mutate(options: &Options) -> Result<(), Failed> {
    let tree = Tree::project().map_err(|error| Failed(error.to_string()))?;
    let mutants = build::build(&tree).map_err(Failed)?;
    let sources: BTreeMap<&str, String> = tree
        .sources
        .iter()
        .map(|source| (source.path.as_str(), hash([source.text.as_str()])))
        .collect();
    let of = |mutant: &Mutant| {
        let path = mutant.name.split("::").next().unwrap_or_default();
        sources.get(path).cloned().unwrap_or_default()
    };
    let mut outcomes = read();
    outcomes.retain(|name, _| mutants.all.iter().any(|mutant| mutant.name == *name));
    let holds = |mutant: &Mutant| {
        let known = outcomes.get(&mutant.name);
        known.is_some_and(|(fate, hash)| *fate == Fate::Caught && *hash == of(mutant))
    };
    let wanted = mutants.all.iter().enumerate().filter(|(_, mutant)| {
        let is_meant = options
            .filter
            .as_ref()
            .is_none_or(|filter| mutant.name.contains(filter.as_str()));
        is_meant && (options.again || !holds(mutant))
    });
    let wanted: Vec<usize> = wanted
        .map(|(number, _)| number)
        .take(options.most.unwrap_or(usize::MAX))
        .collect();
    let met = suite::note(&mutants).map_err(Failed)?;
    run(&mutants, &met, &wanted, &mut |mutant, fate| {
        outcomes.insert(mutant.name.clone(), (fate, of(mutant)));
        write(&outcomes)
    })
    .map_err(Failed)?;
    write(&outcomes).map_err(Failed)?;
    report(&mutants, &outcomes, options.json)
}

/// Runs the mutants of these numbers, one on each processor.
fn run(
    mutants: &Mutants,
    met: &Met,
    wanted: &[usize],
    keep: &mut (dyn FnMut(&Mutant, Fate) -> Result<(), String> + Send),
) -> Result<(), String> {
    let (next, keep) = (AtomicUsize::new(0), Mutex::new(keep));
    let work = || {
        while let Some(number) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            let fate = suite::fate(mutants, met, *number)?;
            let mutant = &mutants.all[*number];
            if fate != Fate::Caught {
                eprintln!("{} {}", word(fate), mutant.name);
            }
            let mut keep = keep.lock().unwrap_or_else(PoisonError::into_inner);
            (*keep)(mutant, fate)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let ends = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err("a worker ended".to_owned()))
        });
        ends.collect()
    })
}

fn report(mutants: &Mutants, outcomes: &Outcomes, json: bool) -> Result<(), Failed> {
    let argued = argued();
    let (mut caught, mut excused, mut open, mut not_run) = (0, 0, Vec::new(), 0);
    for mutant in &mutants.all {
        match outcomes.get(&mutant.name) {
            None => not_run += 1,
            Some((Fate::Caught, _)) => caught += 1,
            Some(_) if argued.contains_key(&mutant.name) => excused += 1,
            Some(_) => open.push(mutant.name.as_str()),
        }
    }
    let total = mutants.all.len();
    eprintln!(
        "{total} mutants: {caught} caught, {excused} argued, {} survived, {not_run} not run",
        open.len()
    );
    if json {
        let counts = serde_json::json!({
            "mutants": total, "caught": caught, "argued": excused, "survived": open.len(), "not_run": not_run,
        });
        println!("{counts}");
    }
    let is_needless = |name: &String| match outcomes.get(name) {
        Some((fate, _)) => *fate == Fate::Caught,
        None => !mutants.all.iter().any(|mutant| mutant.name == *name),
    };
    let needless = argued.keys().filter(|name| is_needless(name));
    let needless: Vec<&str> = needless.map(String::as_str).collect();
    if !needless.is_empty() {
        return Err(Failed(format!(
            "{ARGUED}: these do not survive: {}",
            needless.join("; ")
        )));
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(Failed(format!(
            "not caught, and not in {ARGUED}:\n  {}",
            open.join("\n  ")
        )))
    }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Caught => "caught",
        Fate::Survived => "survived",
        Fate::Unmet => "unmet",
    }
}

/// `caught 0123456789ab src/…::f < to <=`.
fn read() -> Outcomes {
    let text = fs::read_to_string(path(RESULTS)).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let (fate, rest) = line.split_once(' ')?;
        let (hash, name) = rest.split_once(' ')?;
        let fates = [Fate::Caught, Fate::Survived, Fate::Unmet];
        let fate = fates.into_iter().find(|known| word(*known) == fate)?;
        Some((name.to_owned(), (fate, hash.to_owned())))
    });
    lines.collect()
}

fn write(outcomes: &Outcomes) -> Result<(), String> {
    let mut text = String::new();
    for (name, (fate, hash)) in outcomes {
        let _infallible = writeln!(text, "{} {hash} {name}", word(*fate));
    }
    let path = path(RESULTS);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn argued() -> BTreeMap<String, String> {
    let text = fs::read_to_string(path(ARGUED)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| line.rsplit_once(" : "));
    lines
        .map(|(name, why)| (name.to_owned(), why.to_owned()))
        .collect()
}

fn path(name: &str) -> PathBuf {
    root().join(name)
}
