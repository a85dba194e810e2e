//! What the emulated kernel exports exists on Windows, under the module and with the IRQL rule
//! that the headers give it. `facts.tsv` is taken from the headers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use softrnic_emulator::export;

/// Exports that the headers do not declare, or declare as inline functions; the kernel has them
/// all the same.
const UNDECLARED: &[&str] = &[
    "ExAcquirePushLockExclusiveEx",
    "ExAcquirePushLockSharedEx",
    "ExAllocatePool2",
    "ExReleasePushLockExclusiveEx",
    "ExReleasePushLockSharedEx",
    "KeGetCurrentIrql",
    "KeGetCurrentThread",
    "KeQueryInterruptTime",
    "KeRaiseIrqlToDpcLevel",
    "PsGetCurrentProcess",
    "PsGetCurrentThread",
    "PsThreadType",
    "__C_specific_handler",
    "__chkstk",
];

struct Fact {
    module: String,
    irql: String,
}

fn facts() -> BTreeMap<String, Fact> {
    let lines = include_str!("facts.tsv").lines().skip(1);
    let fact = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut field = || fields.next().unwrap_or_default();
        (
            field(),
            Fact {
                module: field(),
                irql: field(),
            },
        )
    };
    lines.map(fact).collect()
}

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder)
        .expect("the sources are there")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            *found += &fs::read_to_string(&path).expect("a source can be read");
        }
    }
}

#[test]
fn every_export_exists_on_windows() {
    let facts = facts();
    let unknown =
        |e: &&export::Export| !facts.contains_key(e.name) && !UNDECLARED.contains(&e.name);
    let unknown: Vec<&str> = export::all().filter(unknown).map(|e| e.name).collect();
    assert!(unknown.is_empty(), "not in facts.tsv: {unknown:?}");
}

#[test]
fn every_export_is_found_in_the_module_it_has_on_windows() {
    for (name, fact) in facts() {
        let Some(export) = export::all().find(|e| e.name == name) else {
            continue;
        };
        assert!(
            fact.module == "?" || export::find(&fact.module, &name).is_some(),
            "{name} is in {}, not in {}",
            fact.module,
            export.module
        );
    }
}

#[test]
fn no_export_is_there_twice() {
    let mut names: Vec<&str> = export::all().map(|e| e.name).collect();
    names.sort_unstable();
    let twice: Vec<&[&str]> = names.windows(2).filter(|w| w[0] == w[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// The first line of an import is `enter("Name", HIGHEST)`: the level must be the header's.
#[test]
fn every_import_checks_the_irql_the_headers_state() {
    let mut source = String::new();
    sources(
        &softrnic_build::root().join("tests/emulator/src"),
        &mut source,
    );
    let source: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut wrong = Vec::new();
    for (name, fact) in facts() {
        let Some(level) = fact.irql.split("<=").nth(1) else {
            continue;
        };
        let quoted = format!("\"{name}\"");
        if !source.contains(&quoted) {
            wrong.push(format!("{name} is never named to the verifier"));
        }
        let level: String = level
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let simple = !fact.irql.contains("when") && !EXCEPTIONS.contains(&name.as_str());
        for at in [format!("enter({quoted}, "), format!("enter( {quoted}, ")] {
            for (start, _) in source.match_indices(&at).filter(|_| simple) {
                let stated = &source[start + at.len()..];
                if stated.starts_with(char::is_uppercase) && !stated.starts_with(&level) {
                    wrong.push(format!("{name}: {level} in the headers"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The documentation says PASSIVE_LEVEL where the header's annotation is wider.
const EXCEPTIONS: &[&str] = &["KeFlushQueuedDpcs"];
