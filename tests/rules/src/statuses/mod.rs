//! Every status that NDKPI documents of a function is provoked by a test, or there is a reason why it never comes.
//!
//! `tests/conformance/statuses/ndk.txt` has a line for each status of each function: of the dispatch tables, of the
//! handlers that open and close an adapter, and of what comes later (results, provider codes, notifications). An
//! `observed` one is provoked by a test that runs the image and cites the two in the comment above it,
//! `// NdkConnect: STATUS_IO_TIMEOUT`; the test, or something of its file that it uses, names the status. `docs/statuses.md`
//! is made of that.

pub mod citations;
pub mod document;
pub mod registry;

use std::collections::BTreeSet;

use crate::{Finding, Tree};

use citations::Citation;
use registry::{Kept, Status};

/// The registry.
pub const REGISTRY: &str = "tests/conformance/statuses/ndk.txt";

/// Where the dispatch tables are, a file an object.
const TABLES: &str = "src/ndk/dispatch/";

/// What has statuses and is in no table.
const BESIDE: [&str; 6] = [
    "OPEN_NDK_ADAPTER_HANDLER",
    "CLOSE_NDK_ADAPTER_HANDLER",
    "NDK_RESULT",
    "ProviderErrorCode",
    "NdkCqNotificationCallback",
    "NdkSrqNotificationCallback",
];

/// What is known without running anything.
pub struct Statuses {
    /// The registry, in its order.
    pub lines: Vec<Status>,
    /// What tests cite.
    pub citations: Vec<Citation>,
    /// Lines that cannot be read, or are there twice.
    findings: Vec<Finding>,
}

impl Statuses {
    /// Reads the registry and the comments above all tests.
    #[must_use]
    pub fn read(tree: &Tree) -> Self {
        let mut findings = Vec::new();
        let lines = registry::read(tree, &mut findings);
        let functions: BTreeSet<&str> = lines.iter().map(|line| line.function.as_str()).collect();
        let citations = citations::read(tree, &functions);
        Self {
            lines,
            citations,
            findings,
        }
    }

    /// The tests that provoke this status.
    pub fn of<'a>(&'a self, line: &'a Status) -> impl Iterator<Item = &'a Citation> {
        let is_of = |citation: &&Citation| citation.is_of(line) && citation.names_it;
        self.citations.iter().filter(is_of)
    }
}

/// Finds functions that are not in the registry, statuses that nothing provokes, citations of what is not there, and a
/// document that is not of them.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    if !tree.has(REGISTRY) {
        return Vec::new();
    }
    let read = Statuses::read(tree);
    let mut findings = functions(tree, &read.lines);
    findings.extend(read.lines.iter().filter_map(|line| unkept(line, &read)));
    findings.extend(
        read.citations
            .iter()
            .filter_map(|citation| wrong(citation, &read)),
    );
    let written = tree.texts.iter().find(|text| text.path == document::PATH);
    if written.is_none_or(|text| text.text != document::of(&read)) {
        let what =
            "is not of these statuses and tests; `cargo dev conformance --write` makes it anew";
        findings.push(Finding::new(document::PATH, 1, what));
    }
    findings.extend(read.findings);
    findings
}

/// The registry has every function there is, and no other.
fn functions(tree: &Tree, lines: &[Status]) -> Vec<Finding> {
    let mut listed: BTreeSet<&str> = lines.iter().map(|line| line.function.as_str()).collect();
    let mut findings = Vec::new();
    for (path, number, slot) in slots(tree) {
        let table = camel(&path);
        let of_table = format!("{table}.{slot}");
        let known = lines
            .iter()
            .any(|line| line.function == slot || line.function == of_table);
        if !known {
            findings.push(Finding::new(
                &path,
                number,
                format!("{of_table} is not in {REGISTRY}"),
            ));
        }
        listed.remove(slot);
        listed.remove(of_table.as_str());
    }
    for name in BESIDE {
        if !listed.remove(name) {
            findings.push(Finding::new(REGISTRY, 1, format!("{name} is missing")));
        }
    }
    let unknown = listed.into_iter();
    findings.extend(
        unknown.map(|name| Finding::new(REGISTRY, 1, format!("{name} is no function of a table"))),
    );
    findings
}

/// File, line and name of each slot of the tables.
fn slots(tree: &Tree) -> Vec<(String, usize, &str)> {
    let files = tree.texts.iter();
    let files = files.filter(|text| text.path.starts_with(TABLES) && text.path.ends_with(".rs"));
    let mut slots = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some((slot, _)) = line.trim_start().split_once(": Some(")
                && slot.starts_with("Ndk")
            {
                slots.push((file.path.clone(), index + 1, slot));
            }
        }
    }
    slots
}

/// `SharedEndpoint` for `src/ndk/dispatch/shared_endpoint.rs`.
fn camel(path: &str) -> String {
    let name = path.trim_start_matches(TABLES).trim_end_matches(".rs");
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

/// Nothing provokes it, or something does what cannot be done.
fn unkept(line: &Status, read: &Statuses) -> Option<Finding> {
    let is_provoked = read.of(line).next().is_some();
    match (line.kept, is_provoked) {
        (Kept::Observed, false) => Some(line.finding("no test that runs the image provokes it")),
        (Kept::Never, true) => Some(line.finding("never comes, and a test provokes it")),
        _ => None,
    }
}

/// It is not in the registry, or the test does not name what it cites.
fn wrong(citation: &Citation, read: &Statuses) -> Option<Finding> {
    let (function, status) = (&citation.function, &citation.status);
    let what = if !read.lines.iter().any(|line| citation.is_of(line)) {
        format!("{function}: {status} is not in {REGISTRY}")
    } else if !citation.names_it {
        let test = &citation.test;
        format!("{test} cites {function}: {status} and does not name it")
    } else {
        return None;
    };
    Some(Finding::new(&citation.test.path, 1, what))
}
