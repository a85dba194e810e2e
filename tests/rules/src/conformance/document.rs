//! `docs/conformance.md`: rule by rule, what keeps it. Made of the registry, the tests' comments and the kept results.

use std::fmt::Write as _;

use super::{
    Conformance,
    coverage::Citing,
    mutants::{results, results_path},
    registry::{Kept, Rule},
};
use crate::Tree;

/// Where it is.
pub const PATH: &str = "docs/conformance.md";

const NEAR: &str = "tests/functional/tests/";

const HEAD: &str = "# Conformance

Every rule of the platform's contracts, and what keeps it. Written by `cargo dev conformance --write`; a test in `tests/rules`
fails when it is not current. How to run, and to add to it: [testing.md](testing.md).

- **tests**: the tests that cite the rule's id; those written `file::name` are in `tests/functional/tests`. They run the image that
  ships in the emulated kernel, with its verifier on.
- Rules nothing outside can see name the test, lint or review that keeps them, or say that they bind the consumer, or are what NDIS promises the
  driver.
";

/// The document.
#[must_use]
pub fn of(tree: &Tree, read: &Conformance) -> String {
    let mut text = format!("{HEAD}\n{}", totals(read));
    let mut group = "";
    for rule in &read.rules {
        if rule.group() != group {
            group = rule.group();
            let _ = write!(
                text,
                "\n## {group}\n\n| rule | says | tests |\n|---|---|---|\n"
            );
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            rule.id,
            rule.says,
            cell(rule, read)
        );
    }
    text + &broken(tree, read)
}

fn totals(read: &Conformance) -> String {
    let count = |is: fn(&Kept) -> bool| read.rules.iter().filter(|rule| is(&rule.kept)).count();
    format!(
        "{} rules: {} observed, {} kept by a test, lint or review, {} that bind the consumer, {} that NDIS keeps.\n",
        read.rules.len(),
        count(|kept| *kept == Kept::Observed),
        count(|kept| matches!(kept, Kept::Test(_) | Kept::Lint(_) | Kept::Review(_))),
        count(|kept| *kept == Kept::Consumer),
        count(|kept| *kept == Kept::Ndis),
    )
}

fn cell(rule: &Rule, read: &Conformance) -> String {
    let tests: Vec<String> = read.coverage.of(&rule.id).map(short).collect();
    let kept = match &rule.kept {
        Kept::Observed if tests.is_empty() => "**none yet**".to_owned(),
        Kept::Observed => return tests.join(", "),
        Kept::Test(name) | Kept::Lint(name) | Kept::Review(name) => {
            format!("`{name}`: {}", rule.why)
        }
        Kept::Consumer => format!("consumer: {}", rule.why),
        Kept::Ndis => format!("NDIS: {}", rule.why),
    };
    [vec![kept], tests].concat().join("; ")
}

/// `` `connect::refused` `` for a test of `tests/functional/tests/connect.rs`.
pub(crate) fn short(citing: &Citing) -> String {
    let near = citing.path.strip_prefix(NEAR);
    match near.and_then(|file| file.strip_suffix(".rs")) {
        Some(file) => format!("`{file}::{}`", citing.name),
        None => format!("`{citing}`"),
    }
}

/// The mutants, and what the tests said to them.
fn broken(tree: &Tree, read: &Conformance) -> String {
    if read.mutants.is_empty() {
        return String::new();
    }
    let kept = tree.texts.iter().find(|text| text.path == results_path());
    let kept = results(kept.map_or("", |text| &text.text));
    let caught = read.mutants.iter();
    let caught = caught.filter(|mutant| {
        kept.get(&mutant.name)
            .is_some_and(|outcome| outcome.is_caught)
    });
    let mut text = format!(
        "\n## Broken on purpose\n\n{} drivers with one rule broken each, in `tests/conformance/mutants`; {} of them caught by the tests \
         that cite the rule.\n\n| mutant | rule | what is broken | caught by |\n|---|---|---|---|\n",
        read.mutants.len(),
        caught.count(),
    );
    for mutant in &read.mutants {
        let by = match kept.get(&mutant.name) {
            Some(outcome) if outcome.is_caught => format!("`{}`", outcome.by),
            Some(_) => "**nothing**".to_owned(),
            None => "not run yet".to_owned(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {by} |",
            mutant.name, mutant.rule, mutant.why
        );
    }
    text
}
