//! The installation file names the keywords that the driver reads, each whole.

use std::collections::BTreeSet;

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

fn read_by_the_driver() -> BTreeSet<&'static str> {
    let calls = SETTINGS.split("keyword!(\"").skip(1);
    calls.filter_map(|call| call.split('"').next()).collect()
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
