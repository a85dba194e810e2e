//! Every rule of the platform's contracts is kept by something that can be named.
//!
//! `tests/conformance/rules` has a line a rule. One that can be seen from outside is `observed`: a test that runs the image
//! that ships cites its id in the comment above it. `tests/conformance/mutants` has drivers with one rule broken each, and
//! `tests/conformance/results.txt` what the tests of that rule said to them. `docs/conformance.md` is made of all that.

pub mod coverage;
pub mod document;
pub mod mutants;
pub mod registry;

use crate::{Finding, Tree};

use coverage::Coverage;
use mutants::Mutant;
use registry::Rule;

/// The folder of the rules, the mutants and their results.
pub const FOLDER: &str = "tests/conformance";

/// What is known without running anything.
pub struct Conformance {
    /// The rules, in the registry's order.
    pub rules: Vec<Rule>,
    /// Which tests cite which.
    pub coverage: Coverage,
    /// The drivers with one rule broken, by name.
    pub mutants: Vec<Mutant>,
    /// What is wrong with all that.
    pub findings: Vec<Finding>,
}

impl Conformance {
    /// Reads the registry, the mutants and the comments above all tests.
    #[must_use]
    pub fn read(tree: &Tree) -> Self {
        let mut findings = Vec::new();
        let rules = registry::read(tree, &mut findings);
        let mutants = mutants::read(tree, &mut findings);
        let coverage = Coverage::read(tree, &rules, &mut findings);
        let mut read = Self {
            rules,
            coverage,
            mutants,
            findings,
        };
        let wrong = registry::check(tree, &read.rules, &read.coverage);
        read.findings.extend(wrong);
        let wrong = mutants::check(tree, &read);
        read.findings.extend(wrong);
        read
    }

    /// The rule with this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Finds rules that nothing keeps, citations of rules that are none, mutants that fit nowhere, and a document that is
/// not of them.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    if !tree.has(FOLDER) {
        return Vec::new();
    }
    let read = Conformance::read(tree);
    let written = tree.texts.iter().find(|text| text.path == document::PATH);
    let current = written.is_some_and(|text| text.text == document::of(tree, &read));
    let mut findings = read.findings;
    if !current {
        let what = "is not of these rules and tests; `cargo dev conformance --write` makes it anew";
        findings.push(Finding::new(document::PATH, 1, what));
    }
    findings
}
