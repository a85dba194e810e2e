//! `cargo dev wdk-check`: the declarations that stand in for the WDK's on Linux, against those that wdk-sys makes of a tree of
//! headers, item by item; and the whole driver, type-checked with the latter.

mod compare;
mod items;
mod network;
mod scratch;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use softrnic_build::root;

use crate::steps::Failed;
use compare::Comparison;

/// The stand-in's sources with declarations.
const OURS: &[&str] = &[
    "constants",
    "drivers",
    "etw",
    "ntddk",
    "processors",
    "types",
    "wdm",
];
const OUR_FOLDER: &str = "tests/wdk/wdk-sys/src";
/// What the driver declares by itself.
const OWN_FOLDER: &str = "src/sys";
/// What the headers don't have, and where it was taken from.
const NOT_GENERATED: &str = "tests/bindings/not-generated.txt";

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    /// The WDK: a folder with `Include`. By default what `WDKContentRoot` names.
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// Ends with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Generates, compares, and type-checks.
///
/// # Errors
///
/// When an item differs from the headers', is in neither the headers nor the list, or the driver does not type-check.
pub fn wdk_check(options: &Options) -> Result<(), Failed> {
    check(options).map_err(Failed)
}

fn check(options: &Options) -> Result<(), String> {
    let include = include(options.root.clone())?;
    let version = include
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    eprintln!("headers: {version}");
    let scratch = scratch::Scratch::new()?;
    scratch.generate(&include)?;

    let ours = items::read(&root().join(OUR_FOLDER), OURS)?;
    let theirs = items::read(&scratch.generated(), &["constants", "types", "ntddk"])?;
    let found = compare::compare(&ours, &theirs);
    let listed = not_generated()?;
    let wrong = wrong(&found, &listed);
    say(&found, &listed);
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    eprintln!("values, sizes and offsets, and the whole driver with these declarations …");
    scratch.check(&compare::assertions(&ours, &theirs), &found.absent)?;
    eprintln!("the driver type-checks with the declarations of {version}");
    let network = own(&scratch, &include, &listed)?;
    if options.json {
        let said = json!({
            "headers": version,
            "equal": found.equal.len(),
            "not_generated": found.absent,
            "driver": "type-checks",
            "own_equal": network.both,
            "own_not_generated": network.absent,
        });
        println!("{said}");
    }
    Ok(())
}

/// The driver's own declarations against the headers of NDIS, NDKPI and Winsock Kernel.
fn own(
    scratch: &scratch::Scratch,
    include: &Path,
    listed: &BTreeMap<String, String>,
) -> Result<network::Comparison, String> {
    let folder = root().join(OWN_FOLDER);
    let names = stems(&folder)?;
    let ours = items::read(
        &folder,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )?;
    let theirs = items::read(&scratch.generated(), &["network"])?;
    let mut found = network::compare(&ours, &theirs, &|name| listed.contains_key(name));
    let macros = network::macros(include)?;
    let written = found
        .absent
        .extract_if(.., |name| macros.contains(name))
        .count();
    for name in &found.absent {
        let from = listed.get(name).map_or("from nowhere", String::as_str);
        eprintln!("not in these headers: {name} ({from})");
    }
    let unlisted: Vec<&String> = found
        .absent
        .iter()
        .filter(|name| !listed.contains_key(*name))
        .collect();
    if !unlisted.is_empty() {
        return Err(format!(
            "neither in the headers nor in {NOT_GENERATED}: {unlisted:?}"
        ));
    }
    eprintln!(
        "{} of the driver's own declarations: values, sizes, offsets and arguments …; {written} more are macros that bindgen \
         makes nothing of (tests/abi has their values)",
        found.both
    );
    scratch.check_own(&folder.join("mod.rs"), &found.assertions)?;
    eprintln!("equal to the headers'");
    Ok(found)
}

/// The names of the sources in `folder`, without their root.
fn stems(folder: &Path) -> Result<Vec<String>, String> {
    let entries = folder
        .read_dir()
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".rs")
            .filter(|name| *name != "mod")
            .map(str::to_owned)
    });
    Ok(names.collect())
}

/// The folder of the newest version that has kernel-mode headers.
fn include(named: Option<PathBuf>) -> Result<PathBuf, String> {
    let named = named.or_else(|| env::var_os("WDKContentRoot").map(PathBuf::from));
    let root = named.ok_or("where is the WDK? Give --root FOLDER or set WDKContentRoot: a folder with Include/10.0.…/km")?;
    let folder = root.join("Include");
    let entries = folder
        .read_dir()
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let versions = entries.flatten().map(|entry| entry.path());
    let versions =
        versions.filter(|path| path.join("km/wdm.h").is_file() && path.join("shared").is_dir());
    let newest = versions.max_by_key(|path| numbers(path));
    newest.ok_or(format!(
        "{}: no version in it has km/wdm.h and shared",
        folder.display()
    ))
}

fn numbers(path: &Path) -> Vec<u32> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// `name | where from` of each line.
fn not_generated() -> Result<BTreeMap<String, String>, String> {
    let path = root().join(NOT_GENERATED);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let parts = line
                .split_once(" | ")
                .ok_or(format!("{NOT_GENERATED}: {line}"))?;
            Ok((parts.0.to_owned(), parts.1.to_owned()))
        })
        .collect()
}

fn wrong(found: &Comparison, listed: &BTreeMap<String, String>) -> Vec<String> {
    let is_unlisted = |name: &&String| !listed.contains_key(*name);
    let different = found.different.iter().filter(|(name, _)| is_unlisted(name));
    let different = different.map(|(name, what)| format!("{name}: {what}"));
    let unlisted = found.absent.iter().filter(is_unlisted);
    let unlisted =
        unlisted.map(|name| format!("{name}: neither in the headers nor in {NOT_GENERATED}"));
    different.chain(unlisted).collect()
}

fn say(found: &Comparison, listed: &BTreeMap<String, String>) {
    eprintln!("{} items are equal to the headers'", found.equal.len());
    for name in &found.absent {
        let from = listed.get(name).map_or("from nowhere", String::as_str);
        eprintln!("not in these headers: {name} ({from})");
    }
    for (name, reason) in found
        .different
        .keys()
        .filter_map(|name| Some((name, listed.get(name)?)))
    {
        eprintln!("different in these headers: {name} ({reason})");
    }
}
