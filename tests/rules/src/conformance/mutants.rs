//! Drivers with one rule broken each: `tests/conformance/mutants/*.txt`, and what came of them: `results.txt`.
//!
//! A file names the rule, a source, why the change breaks the rule, the text to find in that source (it is there once),
//! and what stands there instead.

use std::collections::BTreeMap;

use super::{
    Conformance, FOLDER,
    registry::{Kept, contents},
};
use crate::{Finding, Tree};

/// One rule broken.
#[derive(Clone, Debug, Default)]
pub struct Mutant {
    /// The name of its file.
    pub name: String,
    /// The rule it breaks.
    pub rule: String,
    /// The source it changes.
    pub file: String,
    /// Why that breaks the rule.
    pub why: String,
    /// What is replaced.
    pub find: String,
    /// By what.
    pub replace: String,
}

impl Mutant {
    fn parse(name: &str, text: &str) -> Option<Self> {
        let (head, change) = text.split_once("\nfind:\n")?;
        let (find, replace) = change.split_once("\nreplace:\n")?;
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.strip_prefix(": ")?.trim().to_owned()).filter(|value| !value.is_empty())
        };
        Some(Self {
            name: name.to_owned(),
            rule: field("rule")?,
            file: field("file")?,
            why: field("why")?,
            find: find.trim_end_matches('\n').to_owned(),
            replace: replace.trim_end_matches('\n').to_owned(),
        })
    }

    /// Whether it is one of the second image, which alone has the chimney.
    #[must_use]
    pub fn is_of_chimney(&self) -> bool {
        self.rule.starts_with("CHIM-")
    }

    /// `source` with the rule broken.
    #[must_use]
    pub fn applied_to(&self, source: &str) -> Option<String> {
        let once = source.matches(&self.find).count() == 1;
        once.then(|| source.replacen(&self.find, &self.replace, 1))
    }

    fn finding(&self, what: impl std::fmt::Display) -> Finding {
        let path = format!("{FOLDER}/mutants/{}.txt", self.name);
        Finding::new(&path, 1, what.to_string())
    }
}

/// Reads every mutant.
pub(super) fn read(tree: &Tree, findings: &mut Vec<Finding>) -> Vec<Mutant> {
    let folder = format!("{FOLDER}/mutants/");
    let mut mutants = Vec::new();
    for text in &tree.texts {
        let name = text.path.strip_prefix(&folder);
        let Some(name) = name.and_then(|name| name.strip_suffix(".txt")) else {
            continue;
        };
        match Mutant::parse(name, &text.text) {
            Some(mutant) => mutants.push(mutant),
            None => findings.push(Finding::new(&text.path, 1, "no mutant")),
        }
    }
    mutants
}

/// What is wrong with the mutants: what they change is not there, or nobody looks at what they break.
pub(super) fn check(tree: &Tree, read: &Conformance) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mutant in &read.mutants {
        let source = tree.texts.iter().find(|text| text.path == mutant.file);
        let found = source.map_or(0, |source| source.text.matches(&mutant.find).count());
        if found != 1 || !mutant.file.starts_with("src/") {
            let what = format!("its text is {found} times in {}", mutant.file);
            findings.push(mutant.finding(what));
        }
        if mutant.find == mutant.replace {
            findings.push(mutant.finding("changes nothing"));
        }
        let observed = read
            .rule(&mutant.rule)
            .is_some_and(|rule| rule.kept == Kept::Observed);
        if !observed || read.coverage.witnesses(&mutant.rule).next().is_none() {
            let what = format!("no test looks at {}", mutant.rule);
            findings.push(mutant.finding(what));
        }
    }
    findings
}

/// What the tests said to a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether a test failed, or never ended.
    pub is_caught: bool,
    /// The test that failed, or what happened else.
    pub by: String,
    /// Hashes: of the driver's sources, of the mutant, of its tests' sources.
    pub of: [String; 3],
}

/// What stands behind the name of a test that was still running when its time was over.
pub const DID_NOT_END: &str = " (did not end)";

impl Outcome {
    /// Whether the test with this name caught it.
    #[must_use]
    pub fn is_by(&self, test: &str) -> bool {
        self.is_caught && self.by.trim_end_matches(DID_NOT_END) == test
    }
}

/// The kept results, by mutant.
#[must_use]
pub fn results(text: &str) -> BTreeMap<String, Outcome> {
    let rows = contents(text).filter_map(|(_, line)| {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [name, verdict, by, driver, mutant, tests] = cells[..] else {
            return None;
        };
        let outcome = Outcome {
            is_caught: verdict == "caught",
            by: by.to_owned(),
            of: [driver, mutant, tests].map(str::to_owned),
        };
        Some((name.to_owned(), outcome))
    });
    rows.collect()
}

/// The file of kept results.
#[must_use]
pub fn written(results: &BTreeMap<String, Outcome>) -> String {
    let mut text = String::from(
        "# What the tests said to each mutant: its name, the verdict, the test that failed, and hashes of the driver's\n\
         # sources, the mutant and its tests' sources. Written by `cargo dev conformance --mutants`.\n\n",
    );
    for (name, outcome) in results {
        let verdict = if outcome.is_caught {
            "caught"
        } else {
            "missed"
        };
        let [driver, mutant, tests] = &outcome.of;
        text += &format!(
            "{name} | {verdict} | {} | {driver} | {mutant} | {tests}\n",
            outcome.by
        );
    }
    text
}

/// The path of the kept results.
#[must_use]
pub fn results_path() -> String {
    format!("{FOLDER}/results.txt")
}
