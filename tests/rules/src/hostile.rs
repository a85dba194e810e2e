//! The table of hostile inputs is complete and current.
//!
//! `docs/hostile.md` has a row for each input; its last two cells say how it is tested, on the
//! protocol machine and through the image that ships: names of tests, or the reason why there is
//! none. A name like `framing::f01_a_length_of_zero` is a test in the column's own files, one with a
//! path is a test anywhere. Every test named has the row's id in its name or in the comment above.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Finding, Tree, cases::Cases};

const TABLE: &str = "docs/hostile.md";
/// Where the tests of the two columns are.
const COLUMNS: [&str; 2] = [
    "src/iwarp/tests/hostile/",
    "tests/functional/tests/hostile_",
];
/// How many inputs there are of each kind.
const KINDS: [(char, usize); 9] = [
    ('M', 36),
    ('F', 26),
    ('D', 39),
    ('T', 22),
    ('R', 26),
    ('I', 10),
    ('X', 17),
    ('C', 15),
    ('S', 14),
];
/// A reason shorter than this gives none.
const REASON: usize = 12;

/// Finds inputs without a test and without a reason, and tests that are not in the table.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.texts.iter().find(|text| text.path == TABLE) else {
        return Vec::new();
    };
    let tests = Tests::of(tree);
    let mut findings = Vec::new();
    let mut rows = BTreeMap::new();
    let lines = table.text.lines().enumerate();
    for (line, cells) in lines.filter_map(|(line, text)| Some((line + 1, cells(text)?))) {
        let id = cells[0];
        findings.extend(
            faults(&cells, &tests)
                .into_iter()
                .map(|what| Finding::new(TABLE, line, format!("{id}: {what}"))),
        );
        let named = cells[3..].iter().flat_map(|cell| quoted(cell));
        if rows.insert(id, named.collect::<Vec<_>>()).is_some() {
            findings.push(Finding::new(TABLE, line, format!("{id}: twice")));
        }
    }
    for id in ids().filter(|id| !rows.contains_key(id.as_str())) {
        findings.push(Finding::new(TABLE, 1, format!("{id}: no row")));
    }
    findings.extend(tests.unnamed(&rows));
    findings
}

/// The five cells of an input's row.
fn cells(line: &str) -> Option<[&str; 5]> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<&str> = inner.split(" | ").map(str::trim).collect();
    let cells: [&str; 5] = cells.try_into().ok()?;
    is_id(cells[0]).then_some(cells)
}

fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    let kind = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    kind && text.len() == 3 && chars.all(|c| c.is_ascii_digit())
}

fn ids() -> impl Iterator<Item = String> {
    let of_kind = |(kind, count)| (1..=count).map(move |n| format!("{kind}{n:02}"));
    KINDS.into_iter().flat_map(of_kind)
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with a row.
fn faults(cells: &[&str; 5], tests: &Tests) -> Vec<String> {
    let id = cells[0];
    let mut faults = Vec::new();
    if cells[1].is_empty() || cells[2].is_empty() {
        faults.push("no input or no outcome".to_owned());
    }
    for (cell, base) in cells[3..].iter().zip(COLUMNS) {
        let mut names = quoted(cell).filter(|name| name.contains("::")).peekable();
        if names.peek().is_none() && cell.len() < REASON {
            faults.push("neither test nor reason".to_owned());
        }
        for name in names {
            match tests.cited.get(&full_name(name, base)) {
                None => faults.push(format!("`{name}` is no test")),
                Some(cited) if !cited.contains(id) => {
                    faults.push(format!("`{name}` does not name {id}"));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// `path::test`, whichever way the table writes it.
fn full_name(name: &str, base: &str) -> String {
    match name.split_once("::") {
        Some((file, test)) if !file.contains('/') => format!("{base}{file}.rs::{test}"),
        _ => name.to_owned(),
    }
}

/// Every test of the project by `path::name`, with the ids its name and comment have.
struct Tests {
    cited: BTreeMap<String, BTreeSet<String>>,
}

impl Tests {
    fn of(tree: &Tree) -> Self {
        let mut cited = BTreeMap::new();
        for source in &tree.sources {
            let cases = Cases::of(source);
            let made = cases.made.iter().filter(|(name, _)| name == "row_tests");
            let made = made.flat_map(|(_, words)| words.iter().map(|word| (word, "")));
            let made = made.filter(|(word, _)| !ids_in_name(word).is_empty());
            let written = cases.written.iter();
            let written = written.map(|case| (&case.name, case.comment.as_str()));
            for (name, comment) in made.chain(written) {
                let ids = ids_of(name, comment);
                cited.insert(format!("{}::{name}", source.path), ids);
            }
        }
        Self { cited }
    }

    /// Tests among the hostile ones whose row does not name them.
    fn unnamed(&self, rows: &BTreeMap<&str, Vec<&str>>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for test in self.cited.keys() {
            let (path, name) = test.split_once("::").unwrap_or((test, ""));
            let Some(base) = COLUMNS.iter().find(|base| path.starts_with(**base)) else {
                continue;
            };
            for id in ids_in_name(name) {
                let named = rows
                    .get(id.as_str())
                    .is_some_and(|names| names.iter().any(|named| full_name(named, base) == *test));
                if !named {
                    let what = format!("{name}: the row {id} of {TABLE} does not name it");
                    findings.push(Finding::new(path, 1, what));
                }
            }
        }
        findings
    }
}

/// `F01` and `F02` of `f01_f02_lengths`.
fn ids_in_name(name: &str) -> Vec<String> {
    let words = name.split('_').map(str::to_uppercase);
    words.take_while(|word| is_id(word)).collect()
}

/// Ids in a test's name and in the comment above it.
fn ids_of(name: &str, comment: &str) -> BTreeSet<String> {
    let words = comment.split(|c: char| !c.is_alphanumeric());
    let in_comment = words.filter(|word| is_id(word)).map(str::to_owned);
    ids_in_name(name).into_iter().chain(in_comment).collect()
}
