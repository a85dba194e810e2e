//! The rules: `tests/conformance/rules/*.txt`, a line each.

use super::{FOLDER, coverage::Coverage};
use crate::{Finding, Tree};

/// A reason shorter than this gives none.
const REASON: usize = 12;

/// A rule of a contract.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `NDK-CQ-07`
    pub id: String,
    /// By what it is kept.
    pub kept: Kept,
    /// What it says, in brief.
    pub says: String,
    /// Why nothing outside can see it; empty when it is observed.
    pub why: String,
    /// Where it stands.
    pub at: (String, usize),
}

/// By what a rule is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Tests that run the image cite it.
    Observed,
    /// A test that does not run the image: `path::name`.
    Test(String),
    /// A lint of this package, by its file.
    Lint(String),
    /// A review, by the document that tells of it.
    Review(String),
    /// It binds the consumer, or permits the provider something.
    Consumer,
    /// It is NDIS's promise to the driver.
    Ndis,
}

impl Kept {
    fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
        Some(match (kind, name.is_empty()) {
            ("observed", true) => Self::Observed,
            ("consumer", true) => Self::Consumer,
            ("ndis", true) => Self::Ndis,
            ("test", false) => Self::Test(name.to_owned()),
            ("lint", false) => Self::Lint(name.to_owned()),
            ("review", false) => Self::Review(name.to_owned()),
            _ => return None,
        })
    }
}

impl Rule {
    fn finding(&self, what: impl std::fmt::Display) -> Finding {
        Finding::new(&self.at.0, self.at.1, format!("{}: {what}", self.id))
    }

    /// `NDK-CQ` of `NDK-CQ-07`.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id
            .rsplit_once('-')
            .map_or(&self.id, |(group, _)| group)
    }

    /// `NDK` of `NDK-CQ-07`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }
}

/// Reads every registry there is.
pub(super) fn read(tree: &Tree, findings: &mut Vec<Finding>) -> Vec<Rule> {
    let folder = format!("{FOLDER}/rules/");
    let files = tree
        .texts
        .iter()
        .filter(|text| text.path.starts_with(&folder));
    let mut rules: Vec<Rule> = Vec::new();
    for file in files {
        for (index, line) in contents(&file.text) {
            match parse(line) {
                Some(mut rule) => {
                    rule.at = (file.path.clone(), index);
                    if rules.iter().any(|other| other.id == rule.id) {
                        findings.push(rule.finding("twice"));
                    }
                    rules.push(rule);
                }
                None => findings.push(Finding::new(&file.path, index, "no rule")),
            }
        }
    }
    rules
}

/// Lines that are neither empty nor comments, from 1.
pub(crate) fn contents(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn parse(line: &str) -> Option<Rule> {
    let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
    let (id, kept, says, why) = match cells[..] {
        [id, kept, says] => (id, kept, says, ""),
        [id, kept, says, why] => (id, kept, says, why),
        _ => return None,
    };
    let kept = Kept::parse(kept)?;
    let is_reasoned = (kept == Kept::Observed) == why.is_empty();
    let number = id.rsplit_once('-')?.1;
    let is_id = number.len() >= 2 && number.chars().all(|c| c.is_ascii_digit());
    (is_id && is_reasoned && !says.is_empty()).then(|| Rule {
        id: id.to_owned(),
        kept,
        says: says.to_owned(),
        why: why.to_owned(),
        at: Default::default(),
    })
}

/// What is wrong with the rules by themselves: nothing keeps them, or what keeps them is not there.
pub(super) fn check(tree: &Tree, rules: &[Rule], coverage: &Coverage) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules {
        let wrong = match &rule.kept {
            Kept::Observed if coverage.witnesses(&rule.id).next().is_some() => None,
            Kept::Observed => Some("no test that runs the image cites it".to_owned()),
            Kept::Test(name) if !coverage.has(name) => Some(format!("{name} is no test")),
            Kept::Lint(name) | Kept::Review(name) if !tree.has(name) => {
                Some(format!("{name} does not exist"))
            }
            _ if rule.why.len() < REASON => Some("no reason".to_owned()),
            _ => None,
        };
        findings.extend(wrong.map(|what| rule.finding(what)));
    }
    findings
}
