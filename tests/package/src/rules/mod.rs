//! The rules of network driver packages that an INF can break, each by its id in `tests/conformance/rules/inf.txt`.
//!
//! They are those of the network driver design guide and of driver package isolation. The rules of a MUX intermediate
//! driver don't bind this one; `docs/decisions/two-infs.md` says what stands in their place, and that is checked here.

mod keywords;
mod sections;
mod service;

use crate::inf::{Inf, Registry};

pub use keywords::Keyword;

/// The INFs of the package.
#[derive(Clone, Debug)]
pub struct Package {
    /// The adapter, the service and the driver: class Net.
    pub adapter: Inf,
    /// The lower edge: class NetTrans.
    pub protocol: Inf,
}

impl Package {
    fn infs(&self) -> [(&'static str, &Inf); 2] {
        [(ADAPTER, &self.adapter), (PROTOCOL, &self.protocol)]
    }
}

/// A rule, and what of it a package breaks.
pub struct Rule {
    /// `INF-02`
    pub id: &'static str,
    /// A line for each thing that is wrong.
    pub check: fn(&Package) -> Vec<String>,
}

/// All that can be checked in an INF.
pub const RULES: &[Rule] = &[
    Rule {
        id: "INF-01",
        check: sections::two_classes,
    },
    Rule {
        id: "INF-02",
        check: sections::version,
    },
    Rule {
        id: "INF-03",
        check: sections::characteristics,
    },
    Rule {
        id: "INF-04",
        check: sections::excluded_from_select,
    },
    Rule {
        id: "INF-05",
        check: service::ndi_keys,
    },
    Rule {
        id: "INF-06",
        check: sections::ranges,
    },
    Rule {
        id: "INF-07",
        check: sections::mandatory_keywords,
    },
    Rule {
        id: "INF-08",
        check: keywords::network_direct,
    },
    Rule {
        id: "INF-09",
        check: keywords::technology,
    },
    Rule {
        id: "INF-10",
        check: keywords::nothing_of_roce,
    },
    Rule {
        id: "INF-11",
        check: keywords::parameters,
    },
    Rule {
        id: "INF-13",
        check: sections::isolation,
    },
    Rule {
        id: "INF-14",
        check: sections::protocol_without_files,
    },
    Rule {
        id: "INF-15",
        check: service::service,
    },
    Rule {
        id: "INF-18",
        check: service::one_service,
    },
];

/// Everything that is wrong with `package`, a line each.
#[must_use]
pub fn broken(package: &Package) -> Vec<String> {
    let of = |rule: &'static Rule| {
        let findings = (rule.check)(package);
        findings
            .into_iter()
            .map(move |what| format!("{}: {what}", rule.id))
    };
    RULES.iter().flat_map(of).collect()
}

const ADAPTER: &str = "softrnic";
const PROTOCOL: &str = "softrnic_protocol";

/// What a line of a models section installs.
struct Install {
    /// The DDInstall section, with its platform's decoration if that is what there is.
    section: String,
    /// The hardware ids.
    ids: Vec<String>,
}

/// Everything that can be installed on 64-bit Windows.
fn installs(inf: &Inf) -> Vec<Install> {
    let manufacturers = inf.section("Manufacturer").into_iter();
    let models = manufacturers
        .flat_map(|section| &section.lines)
        .flat_map(|line| {
            let (name, platforms) = line.values.split_first()?;
            Some(
                platforms
                    .iter()
                    .map(move |platform| format!("{name}.{platform}")),
            )
        });
    let lines = models.flatten().filter_map(|name| inf.section(&name));
    let lines = lines.flat_map(|section| &section.lines);
    lines
        .filter_map(|line| {
            let (name, ids) = line.values.split_first()?;
            let section = install_section(inf, name)?;
            let ids = ids.to_vec();
            Some(Install { section, ids })
        })
        .collect()
}

fn install_section(inf: &Inf, name: &str) -> Option<String> {
    let decorations = ["NTamd64", "NT"].map(|platform| format!("{name}.{platform}"));
    let mut candidates = decorations.into_iter().chain([name.to_owned()]);
    candidates.find(|candidate| inf.section(candidate).is_some())
}

/// All that an INF writes below the keys of its devices.
fn registry(inf: &Inf) -> Vec<Registry<'_>> {
    installs(inf)
        .iter()
        .flat_map(|install| inf.registry(&install.section))
        .collect()
}

/// The value `name` of the key `key` of a device.
fn written(inf: &Inf, key: &str, name: &str) -> Option<String> {
    let is_it =
        |it: &Registry<'_>| it.key.eq_ignore_ascii_case(key) && it.name.eq_ignore_ascii_case(name);
    let found = registry(inf).into_iter().find(is_it)?;
    Some(found.value.join(","))
}

fn unless(holds: bool, what: impl Into<String>) -> Option<String> {
    (!holds).then(|| what.into())
}
