//! Rules of keywords: what is below `Ndi\Params`.

use std::collections::BTreeMap;

use super::{Package, registry, unless};
use crate::inf::{Inf, number};

/// Names that Windows keeps for itself in an adapter's key.
const RESERVED: &[&str] = &[
    "*IfType",
    "*MediaType",
    "*PhysicalMediaType",
    "BundleId",
    "BusType",
    "Characteristics",
    "ComponentId",
    "Description",
    "DeviceInstanceId",
    "DriverDate",
    "DriverDesc",
    "DriverVersion",
    "InfPath",
    "InfSection",
    "InfSectionExt",
    "InstallTimeStamp",
    "Manufacturer",
    "NetCfgInstanceId",
    "NetLuidIndex",
    "Provider",
    "ProviderName",
];

const NUMBERS: &[&str] = &["int", "long", "word", "dword"];

/// What an INF says of a keyword.
#[derive(Clone, Debug, Default)]
pub struct Keyword {
    /// `ParamDesc`, `Type`, `Default` and so on.
    pub values: BTreeMap<String, String>,
    /// The choices of an `enum`, with their names.
    pub choices: BTreeMap<String, String>,
}

impl Keyword {
    /// The value `name`, if there is one.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

impl Package {
    /// The adapter's keywords, by name.
    #[must_use]
    pub fn keywords(&self) -> BTreeMap<String, Keyword> {
        keywords(&self.adapter)
    }
}

fn keywords(inf: &Inf) -> BTreeMap<String, Keyword> {
    let mut found: BTreeMap<String, Keyword> = BTreeMap::new();
    for it in registry(inf) {
        let Some(name) = it.key.strip_prefix(r"Ndi\Params\") else {
            continue;
        };
        let value = it.value.join(",");
        match name.strip_suffix(r"\enum") {
            Some(name) => {
                let keyword = found.entry(name.to_owned()).or_default();
                keyword.choices.insert(it.name.to_owned(), value);
            }
            None => {
                let keyword = found.entry(name.to_owned()).or_default();
                keyword.values.insert(it.name.to_owned(), value);
            }
        }
    }
    found
}

fn choices_of(package: &Package, keyword: &str) -> Option<(Keyword, Vec<String>)> {
    let keyword = keywords(&package.adapter).remove(keyword)?;
    let choices = keyword.choices.keys().cloned().collect();
    Some((keyword, choices))
}

pub(super) fn network_direct(package: &Package) -> Vec<String> {
    let Some((keyword, choices)) = choices_of(package, "*NetworkDirect") else {
        return vec!["there is no *NetworkDirect".to_owned()];
    };
    let names =
        [keyword.choices.get("0"), keyword.choices.get("1")].map(|it| it.map(String::as_str));
    let holds = [
        ("Type", keyword.value("Type") == Some("enum")),
        ("Default", keyword.value("Default") == Some("1")),
        ("choices", choices == ["0", "1"]),
        ("names", names == [Some("Disabled"), Some("Enabled")]),
    ];
    holds
        .iter()
        .filter_map(|(what, holds)| unless(*holds, *what))
        .collect()
}

/// 1 is iWARP; what isn't there isn't offered.
pub(super) fn technology(package: &Package) -> Vec<String> {
    let Some((keyword, choices)) = choices_of(package, "*NetworkDirectTechnology") else {
        return vec!["there is no *NetworkDirectTechnology".to_owned()];
    };
    let holds = [
        ("Type", keyword.value("Type") == Some("enum")),
        ("Default", keyword.value("Default") == Some("1")),
        ("Optional", keyword.value("Optional") == Some("0")),
        ("choices", choices == ["1"]),
        (
            "its name",
            keyword.choices.get("1").map(String::as_str) == Some("iWARP"),
        ),
    ];
    holds
        .iter()
        .filter_map(|(what, holds)| unless(*holds, *what))
        .collect()
}

pub(super) fn nothing_of_roce(package: &Package) -> Vec<String> {
    let keywords = keywords(&package.adapter);
    let of_roce = keywords
        .keys()
        .filter(|name| name.to_lowercase().contains("roce"));
    of_roce.map(|name| format!("{name} is of RoCE")).collect()
}

/// Every keyword is described, typed, and has a default that may be chosen.
pub(super) fn parameters(package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, keyword) in keywords(&package.adapter) {
        let reserved = RESERVED.iter().any(|it| it.eq_ignore_ascii_case(&name));
        findings.extend(unless(!reserved, format!("{name} is reserved")));
        let described = keyword
            .value("ParamDesc")
            .is_some_and(|text| !text.is_empty());
        findings.extend(unless(described, format!("{name} has no ParamDesc")));
        let optional = keyword.value("Optional") == Some("1");
        let default = keyword.value("Default");
        findings.extend(unless(
            optional || default.is_some(),
            format!("{name} has no Default"),
        ));
        let fits = default.is_none_or(|default| is_allowed(&keyword, default));
        findings.extend(unless(
            fits,
            format!("{name}: {default:?} cannot be chosen"),
        ));
    }
    findings
}

fn is_allowed(keyword: &Keyword, value: &str) -> bool {
    let limit = |name| keyword.value(name).and_then(number);
    match keyword.value("Type") {
        Some("enum") => keyword.choices.contains_key(value),
        Some("edit") => limit("LimitText").is_some_and(|most| value.len() <= most as usize),
        Some(kind) if NUMBERS.contains(&kind) => {
            let step = limit("Step").is_some_and(|step| step > 0);
            let range = limit("Min").zip(limit("Max"));
            step && number(value)
                .zip(range)
                .is_some_and(|(value, (least, most))| (least..=most).contains(&value))
        }
        _ => false,
    }
}
