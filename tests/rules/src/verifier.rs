//! The tables of the verifier are complete and current.
//!
//! A rule is what the emulator's sources name in a string, like `VERIF-LEAK`. The last table of
//! `docs/verifier.md` has a row for each, with the cases of the bad drivers that break it, as their tests say; and
//! the tables above name every rule that is the emulator's own, and no other. The cases are those of the image.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Finding, Tree};

const TABLES: &str = "docs/verifier.md";
const TESTS: &str = "tests/emulator/tests/bad_drivers.rs";
const EMULATOR: &str = "tests/emulator/src/";
const CASES: &str = "tests/emulator/bad-drivers/src/";
/// Where the last table begins.
const LAST: &str = "## Every rule";

const FAMILIES: [&str; 10] = [
    "CHIM-", "VERIF-", "KE-", "EX-", "IO-", "IP-", "NDIS-", "NDK-", "SIM-", "WSK-",
];
/// Those that no other document explains.
const OWN: [&str; 4] = ["VERIF-", "KE-", "EX-", "IO-"];

type Rows = BTreeMap<String, BTreeSet<String>>;

/// Finds rules without a row or a bad driver, and rows and cases of what does not exist.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(document) = tree.texts.iter().find(|text| text.path == TABLES) else {
        return Vec::new();
    };
    let (explained, last) = document
        .text
        .split_once(LAST)
        .unwrap_or((&document.text, ""));
    let rules = rules(tree);
    let tested = tested(tree);
    let rows = rows(last);
    let mut wrong = Vec::new();
    for rule in &rules {
        match (rows.get(rule), tested.get(rule)) {
            (_, None) => wrong.push(format!("{rule}: no bad driver breaks it")),
            (None, _) => wrong.push(format!("{rule}: no row")),
            (Some(row), Some(cases)) if row != cases => {
                let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
                wrong.push(format!("{rule}: the cases are {}", cases.join(", ")));
            }
            _ => {}
        }
    }
    let unknown = |known: &BTreeSet<String>, named: &str| {
        let (is_rule, named) = (known.contains(named), named.to_owned());
        (!is_rule).then(|| format!("{named}: the emulator has no such rule"))
    };
    wrong.extend(rows.keys().filter_map(|rule| unknown(&rules, rule)));
    let named: BTreeSet<String> = words(explained).map(str::to_owned).collect();
    wrong.extend(named.iter().filter_map(|rule| unknown(&rules, rule)));
    let own = |rule: &&String| OWN.iter().any(|family| rule.starts_with(family));
    let silent = rules
        .iter()
        .filter(own)
        .filter(|rule| !named.contains(*rule));
    wrong.extend(silent.map(|rule| format!("{rule}: not explained")));
    wrong.extend(missing_cases(tree, &tested));
    let finding = |what| Finding::new(TABLES, 1, what);
    wrong.into_iter().map(finding).collect()
}

fn is_rule(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    FAMILIES
        .iter()
        .any(|family| word.starts_with(family) && word.len() > family.len())
        && word.chars().all(plain)
        && !word.ends_with('-')
}

/// The rules that the emulator can report.
fn rules(tree: &Tree) -> BTreeSet<String> {
    let sources = tree.sources.iter();
    let sources = sources.filter(|source| source.path.starts_with(EMULATOR));
    let words = sources.flat_map(|source| source.text.split('"'));
    words
        .filter(|word| is_rule(word))
        .map(str::to_owned)
        .collect()
}

/// The rules that a text names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.split(move |c: char| !inside(c))
        .filter(|word| is_rule(word))
}

/// What the tests run: the cases of each rule.
fn tested(tree: &Tree) -> Rows {
    let tests = tree.sources.iter().find(|source| source.path == TESTS);
    let mut found = Rows::new();
    for line in tests.iter().flat_map(|source| source.text.lines()) {
        // `name: "case" "option" => "RULE";`, or a call with case and rule.
        let mut quoted = line.split('"').skip(1).step_by(2);
        if let Some(case) = quoted.next()
            && let Some(rule) = quoted.last().filter(|rule| is_rule(rule))
        {
            let cases = found.entry(rule.to_owned()).or_default();
            cases.insert(case.to_owned());
        }
    }
    found
}

/// The rows of the last table.
fn rows(table: &str) -> Rows {
    let cells = |line: &str| {
        let (rule, cases) = line
            .strip_prefix("| ")?
            .strip_suffix(" |")?
            .split_once(" | ")?;
        let cases = cases.split(", ").map(str::to_owned).collect();
        is_rule(rule).then(|| (rule.to_owned(), cases))
    };
    table.lines().filter_map(cells).collect()
}

/// Cases that tests name and the image does not have.
fn missing_cases(tree: &Tree, tested: &Rows) -> Vec<String> {
    let sources = tree.sources.iter();
    let sources: Vec<&str> = sources
        .filter(|source| source.path.starts_with(CASES))
        .map(|source| source.text.as_str())
        .collect();
    let there = |case: &str| {
        sources
            .iter()
            .any(|text| text.contains(&format!("\"{case}\"")))
    };
    let cases: BTreeSet<&String> = tested.values().flatten().collect();
    let missing = cases.into_iter().filter(|case| !there(case));
    missing
        .map(|case| format!("{case}: the bad drivers have no such case"))
        .collect()
}
