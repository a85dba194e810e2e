//! The driver, its installation file and its documents agree on the keywords: which, what by default, and in what range.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::RangeInclusive,
    path::Path,
};

use softrnic_build::root;
use softrnic_package::{
    folder,
    inf::Inf,
    rules::{Keyword, Package},
};

/// What a keyword may be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Its default, and its range.
    Number(u32, RangeInclusive<u32>),
    /// Of so many characters at most, and absent by default.
    Text(usize),
}

type Keywords = BTreeMap<String, Kind>;

/// Texts that the driver reads: by a keyword of its own, or as NDIS has a function for it. How long each may be is the
/// INF's and the document's to say.
const READ_BY_NDIS: (&str, &str) = ("NdisReadNetworkAddress", "NetworkAddress");

fn number(text: &str) -> u32 {
    let text = text.trim();
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

/// Every source of the driver's NDIS layer, as one text.
fn sources(folder: &Path) -> String {
    let entries = folder
        .read_dir()
        .expect("a folder of the driver")
        .map(|entry| entry.expect("there").path());
    let texts = entries.map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            fs::read_to_string(path).expect("UTF-8")
        }
    });
    texts.collect()
}

/// `number!("name", default, least..=most)`
fn numbers_of_the_driver(text: &str) -> Keywords {
    let of = |call: &str| {
        let (arguments, _) = call.split_once(')')?;
        let [name, default, range] = arguments.splitn(3, ',').collect::<Vec<_>>()[..] else {
            return None;
        };
        let (least, most) = range.split_once("..=")?;
        let kind = Kind::Number(number(default), number(least)..=number(most));
        Some((name.trim().trim_matches('"').to_owned(), kind))
    };
    let numbers: Keywords = text.split("number!(").skip(1).filter_map(of).collect();
    assert!(numbers.len() > 10, "{numbers:?}");
    numbers
}

/// `keyword!("name")` elsewhere, and what NDIS reads for us.
fn texts_of_the_driver(text: &str) -> BTreeSet<String> {
    let names = text
        .split("keyword!(\"")
        .skip(1)
        .filter_map(|call| call.split_once('"'));
    let names = names.map(|(name, _)| name.to_owned());
    let (function, name) = READ_BY_NDIS;
    let by_ndis = text.contains(function).then(|| name.to_owned());
    names.chain(by_ndis).collect()
}

/// `| keyword | default | least–most | … |` or `| keyword | none | text of so many | … |` of the document.
fn documented() -> Keywords {
    let text = fs::read_to_string(root().join("docs/settings.md")).expect("the document");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let name = cells
            .get(1)?
            .strip_prefix('`')?
            .strip_suffix('`')?
            .to_owned();
        let (default, range) = (*cells.get(2)?, *cells.get(3)?);
        let kind = match range.strip_prefix("text of ") {
            Some(most) => Kind::Text(number(most) as usize),
            None => {
                let (least, most) = range.split_once('–')?;
                Kind::Number(number(default), number(least)..=number(most))
            }
        };
        Some((name, kind))
    });
    rows.collect()
}

fn offered() -> BTreeMap<String, Keyword> {
    let (_, texts) = folder::infs(root()).unwrap_or_else(|error| panic!("{error}"));
    let parse = |name: &str| Inf::parse(&texts[name]).expect("checked");
    let [adapter, protocol] = [folder::INFS[0].1, folder::INFS[1].1].map(parse);
    Package { adapter, protocol }.keywords()
}

fn of_the_driver() -> (Keywords, BTreeSet<String>) {
    let text = sources(&root().join("src/ndis"));
    (numbers_of_the_driver(&text), texts_of_the_driver(&text))
}

// INF-12: the document says what the driver reads, no more and no less.
#[test]
fn the_document_says_what_the_driver_reads() {
    let (numbers, texts) = of_the_driver();
    let is_number = |kind: &Kind| matches!(kind, Kind::Number(..));
    let (documented_numbers, documented_texts): (Keywords, Keywords) = documented()
        .into_iter()
        .partition(|(_, kind)| is_number(kind));
    assert_eq!(documented_numbers, numbers);
    assert_eq!(documented_texts.into_keys().collect::<BTreeSet<_>>(), texts);
}

// INF-11, INF-12: what an administrator is offered, the driver reads, and takes.
#[test]
fn keywords_defaults_and_ranges_offered_are_the_drivers() {
    let documented = documented();
    let offered = offered();
    let names = |keys: BTreeSet<&String>| keys.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(offered.keys().collect()),
        names(documented.keys().collect())
    );
    for (name, keyword) in &offered {
        let value = |of: &str| keyword.value(of);
        match (&documented[name], value("Type")) {
            (Kind::Number(default, range), Some("int")) => {
                assert_eq!(value("Default").map(number), Some(*default), "{name}");
                let there = value("Min").map(number).zip(value("Max").map(number));
                assert_eq!(there, Some((*range.start(), *range.end())), "{name}");
            }
            (Kind::Number(default, range), Some("enum")) => {
                assert_eq!(value("Default").map(number), Some(*default), "{name}");
                let choices: Vec<u32> = keyword
                    .choices
                    .keys()
                    .map(|choice| number(choice))
                    .collect();
                assert!(choices.contains(default), "{name}");
                assert!(
                    choices.iter().all(|choice| range.contains(choice)),
                    "{name}: {choices:?}"
                );
            }
            (Kind::Text(most), Some("edit")) => {
                assert_eq!(value("LimitText").map(number), Some(*most as u32), "{name}");
                assert_eq!(
                    (value("Default"), value("Optional")),
                    (Some(""), Some("1")),
                    "{name}"
                );
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}
