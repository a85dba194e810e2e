//! Which tests cite which rules: ids in the comment above a test, `NDK-CQ-07` or `NDK-CQ-07, -08`.

use std::collections::{BTreeMap, BTreeSet};

use super::registry::Rule;
use crate::{Finding, Tree, cases::Cases, source::Source};

/// Tests that run the image that ships.
const WITNESSES: &[&str] = &[
    "tests/build/tests/",
    "tests/demo/",
    "tests/emulator/tests/",
    "tests/functional/",
];

/// A test that cites a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citing {
    /// Its file.
    pub path: String,
    /// Its name, with the modules of its file before it: `tests::posts_twice`.
    pub name: String,
}

impl Citing {
    /// Whether it runs the image.
    #[must_use]
    pub fn is_witness(&self) -> bool {
        WITNESSES.iter().any(|folder| self.path.starts_with(folder))
    }
}

impl std::fmt::Display for Citing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{}", self.path, self.name)
    }
}

/// Every test, and the rules they cite.
#[derive(Default)]
pub struct Coverage {
    /// By rule.
    citing: BTreeMap<String, BTreeSet<Citing>>,
    /// `path::name` of every test.
    all: BTreeSet<String>,
}

impl Coverage {
    pub(super) fn read(tree: &Tree, rules: &[Rule], findings: &mut Vec<Finding>) -> Self {
        let known: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let families: BTreeSet<&str> = rules.iter().map(Rule::family).collect();
        let mut read = Self::default();
        let sources = tree.sources.iter().filter(|source| !is_of_rules(source));
        for source in sources {
            for case in Cases::of(source).written {
                let citing = Citing {
                    path: source.path.clone(),
                    name: [&case.modules[..], &[case.name]].concat().join("::"),
                };
                read.all.insert(citing.to_string());
                if !case.is_ignored {
                    for id in cited(&case.comment, &families) {
                        read.citing.entry(id).or_default().insert(citing.clone());
                    }
                }
            }
            findings.extend(unknown(source, &known, &families));
        }
        read
    }

    /// The tests that cite `rule`.
    pub fn of(&self, rule: &str) -> impl Iterator<Item = &Citing> {
        self.citing.get(rule).into_iter().flatten()
    }

    /// Those of them that run the image.
    pub fn witnesses(&self, rule: &str) -> impl Iterator<Item = &Citing> {
        self.of(rule).filter(|citing| citing.is_witness())
    }

    /// Whether `path::name` is a test.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all.contains(name)
    }
}

/// This rule's own tests cite rules that are not there.
fn is_of_rules(source: &Source) -> bool {
    source.path.starts_with("tests/rules/")
}

/// Ids anywhere in a source that no registry has.
fn unknown(source: &Source, known: &BTreeSet<&str>, families: &BTreeSet<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let ids = words(line).filter(|word| is_id(word, families) && !known.contains(word));
        let found = ids.map(|id| Finding::new(&source.path, index + 1, format!("{id} is no rule")));
        findings.extend(found);
    }
    findings
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words
        .map(|word| word.trim_end_matches('-'))
        .filter(|word| !word.is_empty())
}

/// `NDK-CQ-07` where a registry has rules of NDK.
fn is_id(word: &str, families: &BTreeSet<&str>) -> bool {
    let family = word.split_once('-').map(|(family, _)| family);
    let number = word.rsplit_once('-').map_or("", |(_, number)| number);
    family.is_some_and(|family| families.contains(family)) && is_number(number)
}

fn is_number(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|c| c.is_ascii_digit())
}

/// The ids in a comment, those written short included.
fn cited(comment: &str, families: &BTreeSet<&str>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut group: Option<&str> = None;
    for word in words(comment) {
        if is_id(word, families) {
            group = word.rsplit_once('-').map(|(group, _)| group);
            ids.push(word.to_owned());
        } else if let Some(number) = word.strip_prefix('-').filter(|number| is_number(number)) {
            ids.extend(group.map(|group| format!("{group}-{number}")));
        } else if word != "and" {
            group = None;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, cited};

    #[test]
    fn ids_may_be_written_short() {
        let families = BTreeSet::from(["NDK", "INF"]);
        let of = |comment| cited(comment, &families);
        assert_eq!(
            of("NDK-CQ-01, -02 and -03: so. INF-04"),
            ["NDK-CQ-01", "NDK-CQ-02", "NDK-CQ-03", "INF-04"]
        );
        assert_eq!(of("NDK-CQ-01: at -02, RFC5044-7.1-04"), ["NDK-CQ-01"]);
        assert_eq!(of("WSK-TX-01"), [""; 0]);
    }
}
