//! The statuses: a line each.

use super::REGISTRY;
use crate::{Finding, Tree, conformance::registry::contents};

/// By what a status is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Tests provoke it.
    Observed,
    /// The contract lets us never say it, and we never do.
    Never,
}

/// One status of one function.
#[derive(Clone, Debug)]
pub struct Status {
    /// `NdkConnect`, or `Listener.NdkGetLocalAddress` where several tables have a function of that name.
    pub function: String,
    /// `STATUS_IO_TIMEOUT`, or a provider's code; `-` for a function that returns none.
    pub status: String,
    /// By what it is kept.
    pub kept: Kept,
    /// When it comes, or why it never does.
    pub says: String,
    /// The line, from 1.
    pub at: usize,
}

impl Status {
    pub(super) fn finding(&self, what: &str) -> Finding {
        let what = format!("{}: {}: {what}", self.function, self.status);
        Finding::new(REGISTRY, self.at, what)
    }
}

pub(super) fn read(tree: &Tree, findings: &mut Vec<Finding>) -> Vec<Status> {
    let file = tree.texts.iter().find(|text| text.path == REGISTRY);
    let mut statuses: Vec<Status> = Vec::new();
    for (number, line) in contents(file.map_or("", |file| &file.text)) {
        let Some(status) = parse(line, number) else {
            findings.push(Finding::new(REGISTRY, number, "no status"));
            continue;
        };
        let is_same =
            |other: &Status| (&other.function, &other.status) == (&status.function, &status.status);
        if statuses.iter().any(is_same) {
            findings.push(status.finding("twice"));
        }
        statuses.push(status);
    }
    statuses
}

fn parse(line: &str, at: usize) -> Option<Status> {
    let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
    let [function, status, kept, says] = cells[..] else {
        return None;
    };
    let kept = match kept {
        "observed" => Kept::Observed,
        "never" => Kept::Never,
        _ => return None,
    };
    let is_none = status == "-" && kept == Kept::Never;
    (!function.is_empty() && (is_none || is_status(status)) && !says.is_empty()).then(|| Status {
        function: function.to_owned(),
        status: status.to_owned(),
        kept,
        says: says.to_owned(),
        at,
    })
}

/// An NTSTATUS by name, or a number.
pub(super) fn is_status(word: &str) -> bool {
    ["STATUS_", "NDIS_STATUS_", "0x"]
        .iter()
        .any(|start| word.starts_with(start))
}
