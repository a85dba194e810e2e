//! Drivers with one rule broken each: built from a scratch copy of the tree, and run under the tests that cite the rule.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use softrnic_build::{Profile, Variant, image_of, root, target_dir};
use softrnic_rules::{
    Tree,
    conformance::{
        Conformance,
        coverage::Citing,
        mutants::{DID_NOT_END, Mutant, Outcome, results, results_path, written},
    },
};

use super::{
    Options, holds,
    suite::{Run, Suite, Verdict},
};
use crate::{
    scratch::{hash, mirror},
    steps::Failed,
};

/// What an image is built of.
const COPIED: &[&str] = &["src", "tests/image", "tests/wdk"];
/// How long the tests of one executable may take with a broken driver: longer than one wait for what does not come
/// (`softrnic_consumer::patience`), so that the test says what that was.
const LIMIT: Duration = Duration::from_secs(75);

/// Mutants whose tests run at once: much of it is waiting for what does not come.
const AT_ONCE: usize = 6;

/// Runs the mutants whose kept result is not of the sources as they are.
pub(super) fn run(tree: &Tree, read: &Conformance, options: &Options) -> Result<(), Failed> {
    let path = root().join(results_path());
    let mut kept = results(&fs::read_to_string(&path).unwrap_or_default());
    kept.retain(|name, _| read.mutants.iter().any(|mutant| mutant.name == *name));
    let hashes = Hashes::of(tree, read);
    let wanted = read
        .mutants
        .iter()
        .filter(|mutant| options.wants(&mutant.rule));
    let stale: Vec<&Mutant> = wanted
        .filter(|mutant| !holds(kept.get(&mutant.name), &hashes.mutant(mutant)))
        .collect();
    if !stale.is_empty() {
        let before = kept.clone();
        let mut keep = |mutant: &Mutant, is_caught, by| {
            let of = hashes.mutant(mutant);
            kept.insert(mutant.name.clone(), Outcome { is_caught, by, of });
            fs::write(&path, written(&kept)).map_err(|error| format!("{}: {error}", path.display()))
        };
        all(read, &stale, &before, &mut keep).map_err(Failed)?;
    }
    let missed: Vec<&str> = read
        .mutants
        .iter()
        .filter(|mutant| {
            options.wants(&mutant.rule)
                && kept
                    .get(&mutant.name)
                    .is_some_and(|outcome| !outcome.is_caught)
        })
        .map(|mutant| mutant.name.as_str())
        .collect();
    if missed.is_empty() {
        Ok(())
    } else {
        Err(Failed(format!("not caught: {}", missed.join(", "))))
    }
}

type Keep<'a> = dyn FnMut(&Mutant, bool, String) -> Result<(), String> + 'a;

/// Builds one mutant after the other, while the tests run against those before it.
fn all(
    read: &Conformance,
    stale: &[&Mutant],
    before: &BTreeMap<String, Outcome>,
    keep: &mut Keep<'_>,
) -> Result<(), String> {
    let tests_of = |mutant: &Mutant| -> BTreeSet<Citing> {
        read.coverage.witnesses(&mutant.rule).cloned().collect()
    };
    let mut tests: BTreeMap<Variant, BTreeSet<Citing>> = BTreeMap::new();
    for mutant in stale {
        let of = tests.entry(variant(mutant)).or_default();
        of.extend(tests_of(mutant));
    }
    let suite = Suite::build(&tests.values().flatten().cloned().collect())?;
    let scratch = Scratch::new()?;
    for (&variant, tests) in &tests {
        let unbroken = scratch.build(unbroken(variant), variant)?;
        eprintln!("{} tests against the unbroken driver …", tests.len());
        passes(&suite, tests, (variant, &unbroken))?;
    }
    let (built, images) = mpsc::sync_channel(0);
    let (told, outcomes) = mpsc::channel();
    let images = Mutex::new(images);
    thread::scope(|scope| {
        scope.spawn(|| {
            let built = built;
            for mutant in stale {
                if built.send((*mutant, scratch.broken(mutant))).is_err() {
                    return;
                }
            }
        });
        for _ in 0..AT_ONCE {
            let (images, suite, told) = (&images, &suite, told.clone());
            scope.spawn(move || {
                while let Ok((mutant, image)) = next(images) {
                    let last = before.get(&mutant.name);
                    let caught = image.and_then(|image| {
                        catch(suite, &tests_of(mutant), last, (variant(mutant), &image))
                    });
                    if told.send((mutant, caught)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(told);
        kept(outcomes, keep)
    })
}

/// Keeps each outcome as it comes.
fn kept<'a>(
    outcomes: impl IntoIterator<Item = (&'a Mutant, Result<Option<String>, String>)>,
    keep: &mut Keep<'_>,
) -> Result<(), String> {
    let mut broken = Vec::new();
    for (mutant, caught) in outcomes {
        match caught {
            Ok(by) => {
                let verdict = if by.is_some() { "caught" } else { "MISSED" };
                let by = by.unwrap_or_else(|| "nothing".to_owned());
                eprintln!("{}: {verdict} by {by}", mutant.name);
                keep(mutant, verdict == "caught", by)?;
            }
            Err(error) => {
                eprintln!("{error}");
                broken.push(mutant.name.as_str());
            }
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("no mutants: {}", broken.join(", ")))
    }
}

/// Which driver a mutant is one of.
fn variant(mutant: &Mutant) -> Variant {
    if mutant.is_of_chimney() {
        Variant::Chimney
    } else {
        Variant::Shipped
    }
}

/// Under what name a driver with no rule broken is kept.
fn unbroken(variant: Variant) -> &'static str {
    match variant {
        Variant::Shipped => "unbroken",
        Variant::Chimney => "unbroken-chimney",
    }
}

fn next<T>(queue: &Mutex<mpsc::Receiver<T>>) -> Result<T, mpsc::RecvError> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv()
}

/// The test that fails with the driver in `image`, which is gone afterwards. The one that did so `last` time is asked first.
fn catch(
    suite: &Suite,
    tests: &BTreeSet<Citing>,
    last: Option<&Outcome>,
    (variant, image): (Variant, &Path),
) -> Result<Option<String>, String> {
    let run = Run {
        image: Some((variant, image)),
        limit: LIMIT,
        stops: true,
    };
    let caught_it = |test: &Citing| last.is_some_and(|last| last.is_by(&test.to_string()));
    let (first, rest): (BTreeSet<_>, BTreeSet<_>) = tests.iter().cloned().partition(caught_it);
    let mut verdicts = suite.run(&first, &run)?;
    if verdicts.values().all(Verdict::is_well) {
        verdicts = suite.run(&rest, &run)?;
    }
    for file in [image, &image.with_extension("pdb")] {
        let _gone = fs::remove_file(file);
    }
    let failed = verdicts.iter().find(|(_, verdict)| !verdict.is_well());
    Ok(failed.map(|(test, verdict)| match verdict {
        Verdict::Hung => format!("{test}{DID_NOT_END}"),
        Verdict::Passed | Verdict::Failed | Verdict::Absent => test.to_string(),
    }))
}

fn passes(suite: &Suite, tests: &BTreeSet<Citing>, image: (Variant, &Path)) -> Result<(), String> {
    let run = Run {
        image: Some(image),
        ..Run::default()
    };
    let verdicts = suite.run(tests, &run)?;
    let failed = verdicts
        .iter()
        .filter(|(_, verdict)| **verdict != Verdict::Passed);
    let failed: Vec<String> = failed.map(|(test, _)| test.to_string()).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "with the unbroken driver these fail: {}",
            failed.join(", ")
        ))
    }
}

/// A copy of what an image is built of, and the folder it is built in.
struct Scratch {
    tree: PathBuf,
    target: PathBuf,
}

impl Scratch {
    fn new() -> Result<Self, String> {
        let folder = target_dir().join("mutants");
        let scratch = Self {
            tree: folder.join("tree"),
            target: folder.join("target"),
        };
        for name in COPIED {
            mirror(&root().join(name), &scratch.tree.join(name))
                .map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(scratch)
    }

    /// Builds what is there, and keeps the image under `name`.
    fn build(&self, name: &str, variant: Variant) -> Result<PathBuf, String> {
        let image = image_of(&self.tree, &self.target, (Profile::Hasty, variant))
            .map_err(|error| error.to_string())?;
        let kept = self.target.join(format!("{name}.sys"));
        let copies = [
            (&image.path, kept.clone()),
            (&image.pdb, kept.with_extension("pdb")),
        ];
        for (from, to) in copies {
            fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        Ok(kept)
    }

    /// Builds the driver with `mutant`'s rule broken.
    fn broken(&self, mutant: &Mutant) -> Result<PathBuf, String> {
        let path = self.tree.join(&mutant.file);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let source = fs::read_to_string(&path).map_err(failed)?;
        let broken = mutant.applied_to(&source);
        let broken =
            broken.ok_or_else(|| format!("{}: its text is not there once", mutant.name))?;
        fs::write(&path, broken).map_err(failed)?;
        let variant = variant(mutant);
        let image = self.build(&mutant.name, variant);
        fs::write(&path, source).map_err(failed)?;
        let image = image.map_err(|error| format!("{}: {error}", mutant.name))?;
        let bytes = |path: &Path| fs::read(path).map_err(|error| error.to_string());
        let same = self.target.join(unbroken(variant)).with_extension("sys");
        if bytes(&image)? == bytes(&same)? {
            return Err(format!("{}: the same image", mutant.name));
        }
        Ok(image)
    }
}

/// What results are of.
pub(super) struct Hashes {
    driver: String,
    /// Of each rule's tests' sources.
    tests: BTreeMap<String, String>,
}

impl Hashes {
    pub(super) fn of(tree: &Tree, read: &Conformance) -> Self {
        let recipe = |path: &str| COPIED[1..].iter().any(|folder| path.starts_with(folder));
        let shipped = tree
            .driver()
            .map(|(source, _)| (&source.path, &source.text));
        let recipe = tree.texts.iter().filter(|text| recipe(&text.path));
        let recipe = recipe.map(|text| (&text.path, &text.text));
        let sources: BTreeMap<&String, &String> = shipped.chain(recipe).collect();
        let driver = hash(
            sources
                .iter()
                .flat_map(|(path, text)| [path.as_str(), text]),
        );
        let tests = read.mutants.iter().map(|mutant| {
            let witnesses = read.coverage.witnesses(&mutant.rule);
            let files: BTreeSet<&str> = witnesses.map(|test| test.path.as_str()).collect();
            let texts = tree
                .texts
                .iter()
                .filter(|text| files.contains(text.path.as_str()));
            (
                mutant.rule.clone(),
                hash(texts.map(|text| text.text.as_str())),
            )
        });
        Self {
            driver,
            tests: tests.collect(),
        }
    }

    /// Of the driver's sources, of `mutant`, of its tests' sources.
    pub(super) fn mutant(&self, mutant: &Mutant) -> [String; 3] {
        let of =
            hash([&mutant.rule, &mutant.file, &mutant.find, &mutant.replace].map(String::as_str));
        let tests = self.tests.get(&mutant.rule).cloned().unwrap_or_default();
        [self.driver.clone(), of, tests]
    }
}
