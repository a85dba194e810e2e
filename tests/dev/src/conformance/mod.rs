//! `cargo dev conformance`: runs every test that cites a rule against the image that ships, and says which rules hold.
//! With `--mutants` it runs them against drivers with one rule broken each, and says which of those they catch.

mod mutate;
mod suite;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use clap::Args;
use serde_json::json;
use softrnic_build::root;
use softrnic_rules::{
    Tree,
    conformance::{
        Conformance,
        coverage::Citing,
        document,
        mutants::{Outcome, results, results_path},
        registry::{Kept, Rule, owed},
    },
    statuses::{self, Statuses},
};

use crate::steps::Failed;
use suite::{Suite, Verdict};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// One line of JSON last on standard output; everything else goes to standard error.
    #[arg(long)]
    json: bool,
    /// Run the tests against drivers with one rule broken each; results that still hold are kept.
    #[arg(long)]
    mutants: bool,
    /// Only write docs/conformance.md and docs/statuses.md anew.
    #[arg(long, conflicts_with_all = ["json", "mutants"])]
    write: bool,
    /// Only rules whose id begins so: NDK-CQ, NDK-CON-05.
    rules: Vec<String>,
}

impl Options {
    fn wants(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|start| rule.starts_with(start))
    }
}

/// Runs what `options` say.
///
/// # Errors
///
/// When a rule is violated or has no test, or a mutant is missed.
pub fn conformance(options: &Options) -> Result<(), Failed> {
    let tree = Tree::project().map_err(|error| Failed(error.to_string()))?;
    let read = Conformance::read(&tree);
    if options.write {
        return write(&tree, &read);
    }
    let wrong: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
    if !wrong.is_empty() {
        return Err(Failed(wrong.join("\n")));
    }
    if !read.rules.iter().any(|rule| options.wants(&rule.id)) {
        return Err(Failed(format!("no rule begins with {:?}", options.rules)));
    }
    if options.mutants {
        mutate::run(&tree, &read, options)?;
    }
    let report = Report::run(&tree, &read, options)?;
    report.print(options.json);
    report.verdict()
}

fn write(tree: &Tree, read: &Conformance) -> Result<(), Failed> {
    let statuses = Statuses::read(tree);
    let documents = [
        (document::PATH, document::of(tree, read)),
        (statuses::document::PATH, statuses::document::of(&statuses)),
    ];
    for (path, text) in documents {
        let path = root().join(path);
        fs::write(&path, text).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

/// What came of the rules.
struct Report {
    /// By rule: the verdict, and the tests that were run for it.
    rows: Vec<(Rule, String, Vec<Citing>)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Report {
    fn run(tree: &Tree, read: &Conformance, options: &Options) -> Result<Self, Failed> {
        let rules: Vec<&Rule> = read
            .rules
            .iter()
            .filter(|rule| options.wants(&rule.id))
            .collect();
        let tests: BTreeSet<Citing> = rules.iter().flat_map(|rule| tests_of(read, rule)).collect();
        softrnic_build::image().map_err(|error| Failed(error.to_string()))?;
        let suite = Suite::build(&tests).map_err(Failed)?;
        let verdicts = suite.run(&tests, &suite::Run::default()).map_err(Failed)?;
        let mut report = Self {
            rows: Vec::new(),
            counts: BTreeMap::from([("rules", rules.len())]),
        };
        let owed = owed(tree);
        for rule in rules {
            report.judge(rule, tests_of(read, rule), &owed, &verdicts);
        }
        report.count_mutants(tree, read);
        Ok(report)
    }

    fn judge(
        &mut self,
        rule: &Rule,
        tests: Vec<Citing>,
        owed: &BTreeSet<String>,
        verdicts: &BTreeMap<Citing, Verdict>,
    ) {
        let failed = tests
            .iter()
            .find(|test| verdicts.get(test) != Some(&Verdict::Passed));
        let verdict = match (failed, &rule.kept) {
            (Some(test), _) => {
                self.count("violations");
                format!("VIOLATED: {test}")
            }
            (None, Kept::Observed) if owed.contains(&rule.id) => {
                self.count("untested");
                "NO TEST".to_owned()
            }
            (None, Kept::Consumer) if tests.is_empty() => "consumer".to_owned(),
            (None, Kept::Lint(_) | Kept::Review(_)) if tests.is_empty() => "reviewed".to_owned(),
            (None, _) => {
                self.count("checked");
                "ok".to_owned()
            }
        };
        if rule.kept == Kept::Observed {
            self.count("observable");
        }
        self.rows.push((rule.clone(), verdict, tests));
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn count_mutants(&mut self, tree: &Tree, read: &Conformance) {
        let text = fs::read_to_string(root().join(results_path())).unwrap_or_default();
        let kept = results(&text);
        let hashes = mutate::Hashes::of(tree, read);
        for mutant in &read.mutants {
            self.count("mutants");
            let Some(outcome) = kept.get(&mutant.name) else {
                continue;
            };
            let now = hashes.mutant(mutant);
            if outcome.is_caught && outcome.of[1] == now[1] {
                self.count("mutants_caught");
            }
            if outcome.of != now {
                self.count("mutants_stale");
            }
        }
    }

    fn get(&self, what: &str) -> usize {
        self.counts.get(what).copied().unwrap_or(0)
    }

    fn print(&self, as_json: bool) {
        let mut table = String::new();
        for (rule, verdict, tests) in &self.rows {
            let tests: Vec<String> = tests.iter().map(ToString::to_string).collect();
            table += &format!("{:<12} {verdict:<9} {}\n", rule.id, tests.join(" "));
        }
        table += &format!(
            "{} rules, {} of them observable; {} checked, {} violated, {} without a test; {} of {} mutants caught, {} of these \
             results older than the sources\n",
            self.get("rules"),
            self.get("observable"),
            self.get("checked"),
            self.get("violations"),
            self.get("untested"),
            self.get("mutants_caught"),
            self.get("mutants"),
            self.get("mutants_stale"),
        );
        if as_json {
            eprint!("{table}");
            println!("{}", self.json());
        } else {
            print!("{table}");
        }
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "rules": self.get("rules"),
            "observable": self.get("observable"),
            "checked": self.get("checked"),
            "violations": self.get("violations"),
            "untested": self.get("untested"),
            "mutants": self.get("mutants"),
            "mutants_caught": self.get("mutants_caught"),
            "mutants_stale": self.get("mutants_stale"),
        })
    }

    fn verdict(&self) -> Result<(), Failed> {
        let wrong = [
            (self.get("violations"), "rules violated"),
            (self.get("untested"), "rules without a test"),
        ];
        let wrong = wrong.into_iter().filter(|(count, _)| *count > 0);
        let wrong: Vec<String> = wrong
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Failed(wrong.join(", ")))
        }
    }
}

/// The tests that speak of a rule: those that cite it, and the one that keeps it.
fn tests_of(read: &Conformance, rule: &Rule) -> Vec<Citing> {
    let mut tests: Vec<Citing> = read.coverage.of(&rule.id).cloned().collect();
    if let Kept::Test(name) = &rule.kept
        && let Some((path, name)) = name.split_once("::")
    {
        let keeping = Citing {
            path: path.to_owned(),
            name: name.to_owned(),
        };
        if !tests.contains(&keeping) {
            tests.push(keeping);
        }
    }
    tests
}

/// Whether a kept outcome is of the sources as they are.
fn holds(outcome: Option<&Outcome>, now: &[String; 3]) -> bool {
    outcome.is_some_and(|outcome| outcome.of == *now)
}
