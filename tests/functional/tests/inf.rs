//! The driver, its installation file and its documents agree on the keywords: which, what by default, and in what range.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

const DOCUMENT: &str = include_str!("../../../docs/settings.md");
const INF: &str = include_str!("../../../inf/softrnic.inf");
const SETTINGS: &str = include_str!("../../../src/ndis/upper/settings.rs");

/// Values of the adapter's key that are read by other means than a keyword of ours.
const READ_OTHERWISE: &[&str] = &["NetworkAddress"];

/// `(keyword, value)` of each line below `Ndi\Params`.
fn parameters() -> impl Iterator<Item = (&'static str, &'static str)> {
    INF.lines().filter_map(|line| {
        let (key, rest) = line.strip_prefix(r"HKR, Ndi\Params\")?.split_once(", ")?;
        Some((key, rest.split(',').next()?))
    })
}

/// A keyword's default and range.
type Number = (u32, RangeInclusive<u32>);

fn number(text: &str) -> u32 {
    let text = text.trim().trim_matches('"');
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// `number!("name", default, least..=most)` in the driver's source.
fn numbers_of_the_driver() -> BTreeMap<&'static str, Number> {
    let calls = SETTINGS.split("number!(").skip(1);
    let of = |call: &'static str| {
        let (arguments, _) = call.split_once(')')?;
        let [name, default, range] = arguments.splitn(3, ',').collect::<Vec<_>>()[..] else {
            return None;
        };
        let (least, most) = range.split_once("..=")?;
        let range = number(least)..=number(most);
        Some((name.trim().trim_matches('"'), (number(default), range)))
    };
    let numbers: BTreeMap<_, _> = calls.filter_map(of).collect();
    assert!(numbers.len() > 10, "{numbers:?}");
    numbers
}

fn read_by_the_driver() -> BTreeSet<&'static str> {
    numbers_of_the_driver().into_keys().collect()
}

/// What the INF says of a keyword's value: `HKR, Ndi\Params\keyword, value, 0, "said"`.
fn said(keyword: &str, value: &str) -> Option<&'static str> {
    let line = format!("HKR, Ndi\\Params\\{keyword}, {value}, 0, ");
    INF.lines().find_map(|there| there.strip_prefix(&line))
}

/// `| keyword | default | least–most | … |` of the document.
#[test]
fn the_document_says_what_the_driver_reads() {
    let documented: BTreeMap<_, _> = DOCUMENT
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let (least, most) = cells.get(3)?.split_once('–')?;
            let name = cells[1].trim_matches('`');
            Some((name, (number(cells[2]), number(least)..=number(most))))
        })
        .collect();
    assert_eq!(documented, numbers_of_the_driver());
}

// INF-11, INF-12: what an administrator is offered, the driver takes.
#[test]
fn defaults_and_ranges_offered_are_the_drivers() {
    for (keyword, (default, range)) in numbers_of_the_driver() {
        let offered = |value| said(keyword, value).map(number);
        assert_eq!(offered("Default"), Some(default), "{keyword}");
        match said(keyword, "Type") {
            Some("\"int\"") => {
                let (least, most) = (offered("Min"), offered("Max"));
                assert_eq!((least, most), (Some(*range.start()), Some(*range.end())));
            }
            Some("\"enum\"") => {
                let choices = format!(r"{keyword}\enum");
                let choices: Vec<_> = parameters()
                    .filter(|(key, _)| *key == choices)
                    .map(|(_, choice)| number(choice))
                    .collect();
                assert!(choices.contains(&default), "{keyword}");
                let within = choices.iter().all(|choice| range.contains(choice));
                assert!(within, "{keyword}: {choices:?}");
            }
            other => panic!("{keyword}: {other:?}"),
        }
    }
}

// INF-11, INF-12.
#[test]
fn keywords_offered_are_keywords_read() {
    let offered: BTreeSet<_> = parameters()
        .map(|(key, _)| key)
        .filter(|key| !key.ends_with(r"\enum") && !READ_OTHERWISE.contains(key))
        .collect();
    assert_eq!(offered, read_by_the_driver());
}

// INF-11: each has a description, a type and a default.
#[test]
fn keywords_are_whole() {
    for keyword in read_by_the_driver() {
        let values: Vec<_> = parameters()
            .filter_map(|(key, value)| (key == keyword).then_some(value))
            .collect();
        for needed in ["ParamDesc", "Type", "Default"] {
            assert!(values.contains(&needed), "{keyword} has no {needed}");
        }
    }
}

// INF-06, INF-07, INF-08, INF-09, INF-13.
#[test]
fn what_ndis_and_isolation_demand_is_there() {
    let squeezed: Vec<String> = INF
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "PnpLockDown = 1",
        "*IfType = 6",
        "*MediaType = 0",
        "*PhysicalMediaType = 0",
        r#"HKR, Ndi\Interfaces, UpperRange, 0, "ndis5""#,
        r#"HKR, Ndi\Params\*NetworkDirect, Default, 0, "1""#,
        r#"HKR, Ndi\Params\*NetworkDirectTechnology\enum, "1", 0, %IWarp%"#,
        r"ServiceBinary = %13%\softrnic.sys",
        "DefaultDestDir = 13",
    ] {
        assert!(squeezed.iter().any(|there| there == line), "{line}");
    }
}
