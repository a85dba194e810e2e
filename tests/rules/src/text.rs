//! What no file of the project says: folders of somebody's machine, unfinished business, and names
//! that say nothing.

use crate::{Finding, Tree};

/// Split, so that this file does not break its own rule.
const FORBIDDEN: &[(&[&str], &str)] = &[
    (&["/ro", "ot/"], "a folder of somebody's machine"),
    (&["/ho", "me/"], "a folder of somebody's machine"),
    (&["/wo", "rk/"], "a folder of somebody's machine"),
    (&["C:\\Us", "ers"], "a folder of somebody's machine"),
    (&["../sha", "red"], "a folder outside of the project"),
    (&["FIX", "ME"], "unfinished business: write an issue"),
    (&["TO", "DO"], "unfinished business: write an issue"),
    (&["XX", "X"], "unfinished business: write an issue"),
];

/// File names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "manager", "helper", "helpers", "util", "utils", "common", "misc", "process",
];

/// Finds forbidden text, files without a first word on what they are, and empty names.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in &tree.texts {
        for (index, line) in text.text.lines().enumerate() {
            for (parts, why) in FORBIDDEN {
                if line.contains(&parts.concat()) {
                    let what = format!("{:?}: {why}", parts.concat());
                    findings.push(Finding::new(&text.path, index + 1, what));
                }
            }
        }
    }
    for source in &tree.sources {
        if !source.is_unit_test() && !source.text.trim_start().starts_with("//!") {
            findings.push(Finding::new(
                &source.path,
                1,
                "the file does not begin with what it is",
            ));
        }
        let name = source
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if EMPTY_NAMES.contains(&name) {
            findings.push(Finding::new(
                &source.path,
                1,
                format!("{name} says nothing"),
            ));
        }
    }
    findings
}
