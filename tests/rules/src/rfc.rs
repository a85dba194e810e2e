//! Every requirement of the protocol's documents is kept: by a test that exists, or for a reason.
//!
//! `docs/rfc/` has a table a document, a row a requirement: `id | clause | requirement | cover`.
//! An id is the document, the clause and a number that counts up within the clause. The cover is
//! one test or more, or one reason. `docs/rfc/counts.txt` says how many rows each clause has, so
//! that none is lost unseen. A test cites the ids of the rows that name it, and no others.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Finding, Tree,
    cases::Cases,
    source::{Source, Text},
};

const FOLDER: &str = "docs/rfc/";
const COUNTS: &str = "docs/rfc/counts.txt";
const REASONS: &[&str] = &["not ours: ", "by construction: ", "by review: "];
const LEVELS: &[&str] = &[
    "MUST",
    "SHALL",
    "SHOULD",
    "REQUIRED",
    "RECOMMENDED",
    "MAY",
    "OPTIONAL",
];

/// A requirement and who sees that it is kept.
struct Row<'a> {
    file: &'a str,
    line: usize,
    id: &'a str,
    clause: &'a str,
    requirement: &'a str,
    cover: &'a str,
}

impl<'a> Row<'a> {
    fn finding(&self, what: String) -> Finding {
        Finding::new(self.file, self.line, format!("{}: {what}", self.id))
    }

    /// `path::name` of each test that covers it.
    fn tests(&self) -> impl Iterator<Item = &'a str> {
        self.cover.split('`').skip(1).step_by(2)
    }

    fn is_reasoned(&self) -> bool {
        REASONS
            .iter()
            .any(|reason| self.cover.len() > reason.len() && self.cover.starts_with(reason))
    }
}

/// Finds rows that nothing covers, covers that are not there, and rows that are lost.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut rows = Vec::new();
    for table in tree.texts.iter().filter(|text| is_table(&text.path)) {
        let of_file = rows_of(table, &mut findings);
        findings.extend(numbering(table, &of_file));
        rows.extend(of_file);
    }
    let tests = tests_of(tree);
    for row in &rows {
        findings.extend(keeping(row, &tests));
        findings.extend(uncited(tree, row));
    }
    findings.extend(counted(tree, &rows));
    findings.extend(citations(tree, &rows));
    findings
}

fn is_table(path: &str) -> bool {
    path.strip_prefix(FOLDER)
        .is_some_and(|name| name.ends_with(".md") && name != "README.md")
}

fn rows_of<'a>(table: &'a Text, findings: &mut Vec<Finding>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (index, line) in table.text.lines().enumerate() {
        let Some(inside) = line.strip_prefix('|') else {
            continue;
        };
        let cells: Vec<&str> = inside
            .trim_end()
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        match cells[..] {
            ["id" | "---", ..] => {}
            [id, clause, requirement, cover] => rows.push(Row {
                file: &table.path,
                line: index + 1,
                id,
                clause,
                requirement,
                cover,
            }),
            _ => {
                let what = format!("{} cells; a row has four", cells.len());
                findings.push(Finding::new(&table.path, index + 1, what));
            }
        }
    }
    rows
}

/// `RFC5044` for `docs/rfc/rfc5044.md`.
fn document(path: &str) -> String {
    let name = path.strip_prefix(FOLDER).unwrap_or(path);
    name.trim_end_matches(".md").to_uppercase()
}

/// Ids count up within their clause.
fn numbering(table: &Text, rows: &[Row<'_>]) -> Vec<Finding> {
    let document = document(&table.path);
    let mut numbers = BTreeMap::new();
    let mut findings = Vec::new();
    for row in rows {
        let number = numbers.entry(row.clause).or_insert(0);
        *number += 1;
        let id = format!("{document}-{}-{number}", row.clause);
        if row.id != id {
            findings.push(row.finding(format!("the id is {id} here")));
        }
    }
    findings
}

/// What is wrong with one row by itself.
fn keeping(row: &Row<'_>, tests: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut words = row.requirement.split(|c: char| !c.is_alphabetic());
    if !words.any(|word| LEVELS.contains(&word)) {
        findings.push(row.finding("it does not say how binding it is".to_owned()));
    }
    if row.tests().next().is_none() && !row.is_reasoned() {
        findings.push(row.finding("neither a test nor a reason".to_owned()));
    }
    if !row.is_reasoned() {
        let unknown = row.tests().filter(|test| !tests.contains(*test));
        findings.extend(unknown.map(|test| row.finding(format!("{test} is no test"))));
    }
    findings
}

/// A file whose test covers a row has the row's id in it.
fn uncited(tree: &Tree, row: &Row<'_>) -> Vec<Finding> {
    let documents = BTreeSet::from([format!("{}-", document(row.file))]);
    let cites = |source: &Source| {
        let mut lines = source.text.lines();
        lines.any(|line| cited(line, &documents).contains(&row.id))
    };
    let covering = tree
        .sources
        .iter()
        .filter(|source| names_file(row, &source.path));
    covering
        .filter(|source| !cites(source))
        .map(|source| row.finding(format!("{} does not cite it", source.path)))
        .collect()
}

/// The rows of each clause are as many as `counts.txt` says.
fn counted(tree: &Tree, rows: &[Row<'_>]) -> Vec<Finding> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let clause = format!("{} {}", document(row.file), row.clause);
        *there.entry(clause).or_default() += 1;
    }
    let counts = tree.texts.iter().find(|text| text.path == COUNTS);
    let lines = counts.map_or("", |text| &text.text).lines().enumerate();
    let mut findings = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.starts_with('#') && !line.is_empty()) {
        let said = line.rsplit_once(' ').unwrap_or((line, ""));
        let found = there.remove(said.0).unwrap_or(0);
        if said.1 != found.to_string() {
            let what = format!("{line}, and {found} are there");
            findings.push(Finding::new(COUNTS, index + 1, what));
        }
    }
    let missing = there
        .iter()
        .map(|(clause, count)| Finding::new(COUNTS, 1, format!("{clause} {count} is missing")));
    findings.extend(missing);
    findings
}

/// An id in a source is the id of a row; one in a test, of a row that names a test of that file.
fn citations(tree: &Tree, rows: &[Row<'_>]) -> Vec<Finding> {
    let known: BTreeMap<&str, &Row<'_>> = rows.iter().map(|row| (row.id, row)).collect();
    let documents: BTreeSet<String> = rows
        .iter()
        .map(|row| format!("{}-", document(row.file)))
        .collect();
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| !is_of_rules(source)) {
        for (index, line) in source.text.lines().enumerate() {
            for id in cited(line, &documents) {
                let what = match known.get(id) {
                    None => "is no requirement",
                    Some(row) if source.is_test && !names_file(row, &source.path) => {
                        "does not name a test of this file"
                    }
                    Some(_) => continue,
                };
                findings.push(Finding::new(
                    &source.path,
                    index + 1,
                    format!("{id} {what}"),
                ));
            }
        }
    }
    findings
}

/// This rule's own tests cite documents that are not there.
fn is_of_rules(source: &Source) -> bool {
    source.path.starts_with("tests/rules/")
}

fn names_file(row: &Row<'_>, path: &str) -> bool {
    row.tests().any(|test| {
        test.strip_prefix(path)
            .is_some_and(|rest| rest.starts_with("::"))
    })
}

/// The ids in a line: words that begin with a document's name and end with a number.
fn cited<'a>(line: &'a str, documents: &BTreeSet<String>) -> Vec<&'a str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.')
        .map(|word| word.trim_end_matches(['.', '-']))
        .filter(|word| documents.iter().any(|document| word.starts_with(document)))
        .collect()
}

/// `path::name` of every test. Inside a macro every word counts: some make tests of them.
fn tests_of(tree: &Tree) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for source in &tree.sources {
        let cases = Cases::of(source);
        let written = cases.written.iter().filter(|case| !case.is_ignored);
        let written = written.map(|case| &case.name);
        let made = cases.made.iter().flat_map(|(_, words)| words);
        let named = written.chain(made);
        all.extend(named.map(|test| format!("{}::{test}", source.path)));
    }
    all
}
