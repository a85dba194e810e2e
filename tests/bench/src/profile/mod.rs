//! Where the driver's time goes, counted and not timed: instructions of each layer, calls out, wake-ups.

pub mod budget;
mod callgrind;
mod counts;
mod places;

use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};

use serde::{Deserialize, Serialize};
use softrnic_emulator::descriptors;

use self::{counts::Counts, places::Place};
use crate::{
    point::{Verb, bytes},
    provider::{self, Fixed},
    reference,
    report::number,
};

pub use callgrind::prepare;

/// Functions of the kernel that give memory.
const ALLOCATIONS: &[&str] = &["ExAllocatePool", "IoAllocate", "NdisAllocate"];
/// Calls of Winsock Kernel's functions begin so.
const WSK: &str = "wsk_";
/// What wakes the consumer.
const NOTIFICATION: &str = "cq_notification";
/// In the name of an operation beside idle connections, behind the name of the same one alone.
const BESIDE: &str = ", one of ";
/// As many functions and places are shown.
const SHOWN: usize = 12;

/// Counts of every operation that is profiled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// One kind of operation each.
    pub operations: Vec<Operation>,
    /// Threads put to sleep for a message when nobody polls: whose, and how many.
    pub sleeps: Vec<(String, f64)>,
    /// What an idle connection's memory is, at each end: tag, bytes and number of its allocations.
    #[serde(default)]
    pub memory: Vec<(String, usize, f64)>,
    /// Why there are no counts.
    pub missing: Option<String>,
}

/// What one operation takes in the driver, both sides together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// `send 64 B`: its post, its way, its receive and both completions.
    pub name: String,
    /// Instructions of the driver.
    pub instructions: f64,
    /// The same by layer.
    pub layers: BTreeMap<String, f64>,
    /// The same by function, those that take most.
    pub functions: Vec<(String, f64)>,
    /// Calls out of the driver, by the name of what is called.
    pub calls: BTreeMap<String, f64>,
    /// Places that call out, those that do most: `KeSetEvent from ndk::cq::arm`.
    pub callers: Vec<(String, f64)>,
    /// Calls into the driver, by the part of the kernel that makes them.
    pub entries: BTreeMap<String, f64>,
    /// Bytes copied, and bytes delivered.
    pub copied: f64,
    pub delivered: usize,
}

impl Operation {
    fn calls_to(&self, wanted: impl Fn(&str) -> bool) -> f64 {
        let calls = self.calls.iter().filter(|(name, _)| wanted(name));
        calls.fold(0.0, |sum, (_, count)| sum + count)
    }

    /// Calls that ask for memory.
    #[must_use]
    pub fn allocations(&self) -> f64 {
        self.calls_to(|name| ALLOCATIONS.iter().any(|start| name.starts_with(start)))
    }
}

/// Many connections, or what the host's limit of descriptors leaves of them: both ends are in one process.
fn most_connections() -> usize {
    const MANY: usize = 10_000;
    const BESIDE: usize = 400;
    let allowed = descriptors::raise((2 * MANY + BESIDE) as u64).unwrap_or(0) as usize;
    MANY.min(allowed.saturating_sub(BESIDE) / 2).max(1)
}

/// What is profiled: its name, and the operation.
fn all() -> Vec<(String, Fixed)> {
    let one = |verb, word, size, connections| {
        let beside = if connections > 1 {
            format!("{BESIDE}{connections} connections")
        } else {
            String::new()
        };
        let fixed = Fixed {
            verb,
            size,
            connections,
        };
        (format!("{word} {}{beside}", bytes(size)), fixed)
    };
    vec![
        one(Verb::Send, "send", 64, 1),
        one(Verb::Send, "send", 4096, 1),
        one(Verb::Send, "send", 65_536, 1),
        one(Verb::Write, "write and empty send", 4096, 1),
        one(Verb::Read, "read", 64, 1),
        one(Verb::Read, "read", 4096, 1),
        one(Verb::Send, "send", 64, 256),
        one(Verb::Send, "send", 64, most_connections()),
    ]
}

/// Counts everything; `progress` is told what comes. Without valgrind it says so.
///
/// # Errors
///
/// When a run fails.
pub fn collect(
    image: &Path,
    pdb: &Path,
    mut progress: impl FnMut(&str),
) -> Result<Profile, String> {
    let mut profile = Profile::default();
    match callgrind::valgrind() {
        Err(why) => profile.missing = Some(why),
        Ok(valgrind) => {
            for (name, fixed) in all() {
                progress(&name);
                let counts = callgrind::count(&valgrind, image, fixed)?;
                // A round trip is two operations, one each way.
                let each = if fixed.verb == Verb::Read { 1.0 } else { 2.0 };
                let operations = callgrind::OPERATIONS * each;
                let operation =
                    places::with_places(pdb, |place| operation(name, &counts, operations, place))?;
                let operation = Operation {
                    delivered: fixed.size,
                    ..operation
                };
                profile.operations.push(operation);
            }
        }
    }
    Ok(profile)
}

/// Counts how often threads sleep for a message, ours and those of plain TCP.
///
/// # Errors
///
/// When a run fails.
pub fn count_sleeps(image: &Path) -> Result<Vec<(String, f64)>, String> {
    let plain = reference::sleeps_a_message(Duration::from_millis(100))?;
    let ours = provider::sleeps_a_message(image)?;
    Ok(vec![
        (reference::PLAIN.to_owned(), plain),
        (provider::names(true)[0].to_owned(), ours),
    ])
}

fn operation(
    name: String,
    counts: &Counts,
    operations: f64,
    place: &dyn Fn(u64) -> Place,
) -> Operation {
    let mut found = Operation {
        name,
        copied: counts.copied as f64 / operations,
        ..Operation::default()
    };
    let mut functions = BTreeMap::new();
    for (offset, count) in &counts.instructions {
        let (place, each) = (place(*offset), *count as f64 / operations);
        found.instructions += each;
        *found.layers.entry(place.layer).or_default() += each;
        *functions.entry(place.function).or_default() += each;
    }
    let mut callers = BTreeMap::new();
    for ((callee, offset), count) in &counts.out {
        let each = *count as f64 / operations;
        *found.calls.entry(callee.clone()).or_default() += each;
        if *offset != 0 {
            let caller = format!("{callee} from {}", place(*offset).function);
            *callers.entry(caller).or_default() += each;
        }
    }
    for (caller, count) in &counts.into {
        found
            .entries
            .insert(caller.clone(), *count as f64 / operations);
    }
    found.functions = largest(functions);
    found.callers = largest(callers);
    found
}

fn largest(all: BTreeMap<String, f64>) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = all.into_iter().collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.truncate(SHOWN);
    all
}

/// The part of the report, in Markdown.
#[must_use]
pub fn report(profile: &Profile) -> String {
    let mut text = "\n## Where time goes\n\n".to_owned();
    if let Some(why) = &profile.missing {
        let _ = writeln!(text, "Not counted: {why}");
        return text;
    }
    if profile.operations.is_empty() {
        return String::new();
    }
    text += "One operation at a time, both sides together, counted by callgrind in the driver alone: \
             its post, its way, its receive and the completions.\n\n";
    text += &summary(&profile.operations);
    text += &columns(
        "instructions by layer",
        &profile.operations,
        |it| &it.layers,
        0.5,
    );
    text += &columns("calls out", &profile.operations, |it| &it.calls, 0.05);
    text += &columns("calls in", &profile.operations, |it| &it.entries, 0.05);
    for (whose, count) in &profile.sleeps {
        let _ = writeln!(
            text,
            "\n{whose}: {} sleeps a message when nobody polls.",
            number(*count)
        );
    }
    text += &memory(&profile.memory);
    for operation in &profile.operations {
        let _ = writeln!(
            text,
            "\n{}: functions that take most, and who calls out most\n",
            operation.name
        );
        text += "| instructions | | calls | |\n|---|---|---|---|\n";
        let pair = |at: usize, all: &[(String, f64)]| match all.get(at) {
            Some((name, count)) => format!("{} | {name}", number(*count)),
            None => " | ".to_owned(),
        };
        for at in 0..operation.functions.len().max(operation.callers.len()) {
            let (left, right) = (pair(at, &operation.functions), pair(at, &operation.callers));
            let _ = writeln!(text, "| {left} | {right} |");
        }
    }
    text
}

/// The allocations of an idle connection, largest first.
fn memory(allocations: &[(String, usize, f64)]) -> String {
    if allocations.is_empty() {
        return String::new();
    }
    let whole = |(_, bytes, count): &(String, usize, f64)| *bytes as f64 * count;
    let mut all: Vec<_> = allocations.iter().collect();
    all.sort_by(|a, b| whole(b).total_cmp(&whole(a)));
    let mut text = "\nAn idle connection's memory, beside the queues asked for:\n\n\
                    | allocations | B each | B in all |\n|---|---|---|\n"
        .to_owned();
    for one in all {
        let (tag, bytes, count) = one;
        let (count, sum) = (number(*count), number(whole(one)));
        let _ = writeln!(text, "| {count} `{tag}` | {bytes} | {sum} |");
    }
    text
}

fn summary(operations: &[Operation]) -> String {
    let mut text =
        "| operation | instructions | calls out | of them to WSK | notifications | allocations | bytes copied a byte |\n\
                    |---|---|---|---|---|---|---|\n"
            .to_owned();
    for one in operations {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {} | {} | {} | {} | {:.2} |",
            one.name,
            one.instructions,
            number(one.calls_to(|_| true)),
            number(one.calls_to(|name| name.starts_with(WSK))),
            number(one.calls_to(|name| name == NOTIFICATION)),
            number(one.allocations()),
            one.copied / one.delivered.max(1) as f64,
        );
    }
    text
}

/// A table with a line a name and a column an operation; names that nowhere reach `least` are left out.
fn columns(
    title: &str,
    operations: &[Operation],
    of: impl Fn(&Operation) -> &BTreeMap<String, f64>,
    least: f64,
) -> String {
    let mut names: BTreeMap<&str, f64> = BTreeMap::new();
    for (name, count) in operations.iter().flat_map(&of) {
        let most = names.entry(name).or_default();
        *most = most.max(*count);
    }
    let mut text = format!("\n| {title} |");
    for one in operations {
        let _ = write!(text, " {} |", one.name);
    }
    text += "\n|---|";
    text += &"---|".repeat(operations.len());
    for (name, _) in names.into_iter().filter(|(_, most)| *most >= least) {
        let _ = write!(text, "\n| {name} |");
        for one in operations {
            let count = of(one).get(name).copied();
            let _ = write!(text, " {} |", count.map_or("–".to_owned(), number));
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests;
