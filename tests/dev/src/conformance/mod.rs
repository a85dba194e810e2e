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
        registry::{Kept, Rule},
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
    let mutants = if options.mutants {
        mutate::run(&tree, &read, options)
    } else {
        Ok(())
    };
    let report = Report::run(&tree, &read, options)?;
    report.print(options.json);
    mutants.and(report.verdict())
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
    /// By mutant: what is known of it.
    mutants: Vec<(String, Fate)>,
}

/// What the kept results say of a mutant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// No test has met it as it is now.
    NeverRun,
    Met {
        is_caught: bool,
        /// The driver's other sources have changed since.
        other_driver: bool,
        /// Its tests have.
        other_tests: bool,
    },
}

impl Fate {
    fn of(kept: Option<&Outcome>, [driver, mutant, tests]: &[String; 3]) -> Self {
        match kept {
            Some(kept) if kept.of[1] == *mutant => Self::Met {
                is_caught: kept.is_caught,
                other_driver: kept.of[0] != *driver,
                other_tests: kept.of[2] != *tests,
            },
            _ => Self::NeverRun,
        }
    }

    fn is_never_run(self) -> bool {
        self == Self::NeverRun
    }

    fn is_caught(self) -> bool {
        matches!(
            self,
            Self::Met {
                is_caught: true,
                ..
            }
        )
    }

    fn is_missed(self) -> bool {
        matches!(
            self,
            Self::Met {
                is_caught: false,
                ..
            }
        )
    }

    fn is_stale(self) -> bool {
        self.is_of_another_driver() || self.is_of_other_tests()
    }

    fn is_of_another_driver(self) -> bool {
        matches!(
            self,
            Self::Met {
                other_driver: true,
                ..
            }
        )
    }

    fn is_of_other_tests(self) -> bool {
        matches!(
            self,
            Self::Met {
                other_tests: true,
                ..
            }
        )
    }
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
            mutants: Vec::new(),
        };
        for rule in rules {
            report.judge(rule, tests_of(read, rule), &verdicts);
        }
        report.judge_mutants(tree, read);
        Ok(report)
    }

    fn judge(&mut self, rule: &Rule, tests: Vec<Citing>, verdicts: &BTreeMap<Citing, Verdict>) {
        let failed = tests.iter().find(|test| match verdicts.get(test) {
            Some(Verdict::Passed) => false,
            // Those that run the image must be there.
            Some(Verdict::Absent) => test.is_witness(),
            Some(Verdict::Failed | Verdict::Hung) | None => true,
        });
        let verdict = match (failed, &rule.kept) {
            (Some(test), _) => {
                self.count("violations");
                format!("VIOLATED: {test}")
            }
            (None, Kept::Consumer) if tests.is_empty() => "consumer".to_owned(),
            (None, Kept::Ndis) if tests.is_empty() => "NDIS".to_owned(),
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

    fn judge_mutants(&mut self, tree: &Tree, read: &Conformance) {
        let text = fs::read_to_string(root().join(results_path())).unwrap_or_default();
        let kept = results(&text);
        let hashes = mutate::Hashes::of(tree, read);
        for mutant in &read.mutants {
            let fate = Fate::of(kept.get(&mutant.name), &hashes.mutant(mutant));
            self.mutants.push((mutant.name.clone(), fate));
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
        table += &self.summary();
        if as_json {
            eprint!("{table}");
            println!("{}", self.json());
        } else {
            print!("{table}");
        }
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} rules, {} of them observable; {} checked, {} violated\n{} of {} mutants caught",
            self.get("rules"),
            self.get("observable"),
            self.get("checked"),
            self.get("violations"),
            self.named(Fate::is_caught).len(),
            self.mutants.len(),
        );
        let others = [
            ("missed", self.named(Fate::is_missed).len()),
            ("never run", self.named(Fate::is_never_run).len()),
            (
                "met in another driver",
                self.named(Fate::is_of_another_driver).len(),
            ),
            (
                "met by other tests",
                self.named(Fate::is_of_other_tests).len(),
            ),
        ];
        for (what, count) in others.iter().filter(|(_, count)| *count > 0) {
            text += &format!("; {count} {what}");
        }
        text + "\n"
    }

    /// The mutants of which `is` is true.
    fn named(&self, is: impl Fn(Fate) -> bool) -> Vec<&str> {
        let named = self.mutants.iter().filter(|(_, fate)| is(*fate));
        named.map(|(name, _)| name.as_str()).collect()
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "rules": self.get("rules"),
            "observable": self.get("observable"),
            "checked": self.get("checked"),
            "violations": self.get("violations"),
            "mutants": self.mutants.len(),
            "mutants_caught": self.named(Fate::is_caught).len(),
            "mutants_missed": self.named(Fate::is_missed),
            "mutants_never_run": self.named(Fate::is_never_run),
            "mutants_stale": self.named(Fate::is_stale).len(),
            "stale_driver": self.named(Fate::is_of_another_driver).len(),
            "stale_tests": self.named(Fate::is_of_other_tests).len(),
        })
    }

    fn verdict(&self) -> Result<(), Failed> {
        match self.get("violations") {
            0 => Ok(()),
            count => Err(Failed(format!("{count} rules violated"))),
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
