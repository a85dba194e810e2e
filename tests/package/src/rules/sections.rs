//! Rules of whole sections: version, classes, ranges, isolation.

use super::{ADAPTER, PROTOCOL, Package, installs, registry, unless, written};
use crate::inf::{Inf, number};

const NET: &str = "{4D36E972-E325-11CE-BFC1-08002BE10318}";
const NET_TRANS: &str = "{4D36E975-E325-11CE-BFC1-08002BE10318}";

const NCF_VIRTUAL: u32 = 0x1;
const NCF_SOFTWARE_ENUMERATED: u32 = 0x2;
const NCF_PHYSICAL: u32 = 0x4;
const NCF_HIDDEN: u32 = 0x8;
const NCF_NO_SERVICE: u32 = 0x10;
const NCF_NOT_USER_REMOVABLE: u32 = 0x20;
const NCF_HAS_UI: u32 = 0x80;

/// The driver store: where an isolated package runs.
const DRIVER_STORE: &str = "13";

/// Directives that write outside of what an isolated package may.
const NOT_ISOLATED: &[&str] = &[
    "BitReg",
    "DelFiles",
    "DelReg",
    "Ini2Reg",
    "ProfileItems",
    "RegisterDlls",
    "RenFiles",
    "UnregisterDlls",
    "UpdateIniFields",
    "UpdateInis",
];

/// A NetTrans INF and a Net INF. Of a MUX it has no notify object.
pub(super) fn two_classes(package: &Package) -> Vec<String> {
    let wanted = [
        (ADAPTER, &package.adapter, "Net", NET),
        (PROTOCOL, &package.protocol, "NetTrans", NET_TRANS),
    ];
    let mut findings = Vec::new();
    for (name, inf, class, guid) in wanted {
        let is = |key, wanted: &str| {
            inf.value("Version", key)
                .is_some_and(|there| there.eq_ignore_ascii_case(wanted))
        };
        findings.extend(unless(
            is("Class", class),
            format!("{name}: Class is not {class}"),
        ));
        findings.extend(unless(
            is("ClassGuid", guid),
            format!("{name}: ClassGuid is not {guid}"),
        ));
        for value in ["ClsID", "ComponentDll"] {
            let there = written(inf, "Ndi", value).is_some();
            findings.extend(unless(
                !there,
                format!("{name}: {value}: there is no notify object"),
            ));
        }
    }
    findings
}

pub(super) fn version(package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, inf) in package.infs() {
        let value = |key| inf.value("Version", key).unwrap_or_default();
        let catalog = format!("{name}.cat");
        let holds = [
            (
                "Signature",
                value("Signature").eq_ignore_ascii_case("$Windows NT$"),
            ),
            ("Provider", !value("Provider").is_empty()),
            ("CatalogFile", value("CatalogFile") == catalog),
            ("PnpLockDown", value("PnpLockDown") == "1"),
            ("DriverVer", is_driver_version(inf)),
        ];
        findings.extend(
            holds
                .iter()
                .filter_map(|(key, holds)| unless(*holds, format!("{name}: {key}"))),
        );
    }
    let stamp = |inf: &Inf| {
        inf.all("Version", "DriverVer")
            .next()
            .map(<[String]>::to_vec)
    };
    let same = stamp(&package.adapter) == stamp(&package.protocol);
    findings.extend(unless(same, "the two DriverVer differ"));
    findings
}

/// `mm/dd/yyyy,a.b.c.d`
fn is_driver_version(inf: &Inf) -> bool {
    let Some([date, version]) = inf.all("Version", "DriverVer").next() else {
        return false;
    };
    let numbers = |text: &str, between| -> Option<Vec<u16>> {
        text.split(between).map(|part| part.parse().ok()).collect()
    };
    let is_date = numbers(date, '/').is_some_and(|it| {
        matches!(it[..], [month, day, year] if (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 2000)
    });
    is_date && numbers(version, '.').is_some_and(|it| it.len() == 4)
}

/// The adapter is virtual and has an Advanced page. The protocol has no page of its own: that would need a notify object.
pub(super) fn characteristics(package: &Package) -> Vec<String> {
    let of = |inf: &Inf| {
        let flags = |section: &str| inf.value(section, "Characteristics").and_then(number);
        installs(inf)
            .iter()
            .map(|install| flags(&install.section))
            .collect::<Vec<_>>()
    };
    let is_virtual = |flags: Option<u32>| {
        flags.is_some_and(|flags| {
            let never = NCF_SOFTWARE_ENUMERATED | NCF_PHYSICAL | NCF_NO_SERVICE;
            flags & (NCF_VIRTUAL | NCF_HAS_UI) == NCF_VIRTUAL | NCF_HAS_UI && flags & never == 0
        })
    };
    let is_protocol = |flags: Option<u32>| {
        flags.is_some_and(|flags| flags & !(NCF_HIDDEN | NCF_NOT_USER_REMOVABLE) == 0)
    };
    let (adapter, protocol) = (of(&package.adapter), of(&package.protocol));
    let sound = |all: &[Option<u32>], is: &dyn Fn(Option<u32>) -> bool| {
        !all.is_empty() && all.iter().all(|flags| is(*flags))
    };
    let wrong = [
        unless(
            sound(&adapter, &is_virtual),
            format!("{ADAPTER}: {adapter:x?}"),
        ),
        unless(
            sound(&protocol, &is_protocol),
            format!("{PROTOCOL}: {protocol:x?}"),
        ),
    ];
    wrong.into_iter().flatten().collect()
}

pub(super) fn excluded_from_select(package: &Package) -> Vec<String> {
    let inf = &package.adapter;
    let excluded: Vec<&String> = inf
        .all("ControlFlags", "ExcludeFromSelect")
        .flatten()
        .collect();
    let ids = installs(inf).into_iter().flat_map(|install| install.ids);
    ids.filter_map(|id| {
        unless(
            excluded.contains(&&id),
            format!("{id} can be added by hand"),
        )
    })
    .collect()
}

/// NDK is found only above `ndis5`; lightweight filters attach only above `ethernet`.
pub(super) fn ranges(package: &Package) -> Vec<String> {
    let wanted = [
        (&package.adapter, "UpperRange", "ndis5"),
        (&package.adapter, "LowerRange", "ethernet"),
        (&package.protocol, "UpperRange", "noupper"),
        (&package.protocol, "LowerRange", "ndis5"),
    ];
    let wrong = wanted.into_iter().filter_map(|(inf, name, range)| {
        let there = written(inf, r"Ndi\Interfaces", name);
        unless(
            there.as_deref() == Some(range),
            format!("{name} is {there:?}, not {range}"),
        )
    });
    wrong.collect()
}

pub(super) fn mandatory_keywords(package: &Package) -> Vec<String> {
    let inf = &package.adapter;
    let mut findings = Vec::new();
    for install in installs(inf) {
        let value = |key| inf.value(&install.section, key).and_then(number);
        let holds = [
            ("*IfType", value("*IfType") == Some(6)),
            ("*MediaType", value("*MediaType") == Some(0)),
            (
                "*PhysicalMediaType",
                matches!(value("*PhysicalMediaType"), Some(0 | 14)),
            ),
        ];
        findings.extend(holds.iter().filter_map(|(key, holds)| unless(*holds, *key)));
    }
    findings.extend(unless(!installs(inf).is_empty(), "nothing to install"));
    findings
}

/// All files stay in the driver store under their own names, all that is written is below the device's keys.
pub(super) fn isolation(package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, inf) in package.infs() {
        let folders = inf
            .section("DestinationDirs")
            .into_iter()
            .flat_map(|it| &it.lines);
        for line in folders {
            let stays = line
                .values
                .first()
                .is_some_and(|folder| folder == DRIVER_STORE);
            findings.extend(unless(
                stays,
                format!("{name}: DestinationDirs, line {}", line.number),
            ));
        }
        findings.extend(files(inf).into_iter().map(|what| format!("{name}: {what}")));
        for section in inf.sections() {
            let keys = section.lines.iter().filter_map(|line| line.key.as_deref());
            let banned =
                keys.filter(|key| NOT_ISOLATED.iter().any(|it| it.eq_ignore_ascii_case(key)));
            findings.extend(banned.map(|key| format!("{name}: {key} is not isolated")));
            let values = section.lines.iter().flat_map(|line| &line.values);
            let fixed = values.filter(|value| value.contains(r":\") || value.starts_with(r"\\"));
            findings
                .extend(fixed.map(|value| format!("{name}: {value} is a place of one machine")));
        }
        findings.extend(
            roots(inf)
                .into_iter()
                .map(|root| format!("{name}: writes below {root}")),
        );
    }
    findings
}

/// Files that are renamed, missing, in another folder than they come from, or there twice.
fn files(inf: &Inf) -> Vec<String> {
    let sources = inf.section("SourceDisksFiles");
    let sources: Vec<_> = sources.into_iter().flat_map(|it| &it.lines).collect();
    let mut findings = Vec::new();
    let named = installs(inf);
    let copied = named
        .iter()
        .flat_map(|install| inf.all(&install.section, "CopyFiles"))
        .flatten();
    let lines: Vec<_> = copied
        .filter_map(|list| inf.section(list))
        .flat_map(|it| &it.lines)
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for line in lines {
        let file = line
            .values
            .first()
            .cloned()
            .unwrap_or_default()
            .to_lowercase();
        let renamed = line.values.get(1).is_some_and(|source| !source.is_empty());
        findings.extend(unless(!renamed, format!("{file} is renamed")));
        findings.extend(unless(
            !seen.contains(&file),
            format!("{file} is there twice"),
        ));
        let is_it = |key: &Option<String>| {
            key.as_ref()
                .is_some_and(|key| key.eq_ignore_ascii_case(&file))
        };
        let source = sources.iter().find(|line| is_it(&line.key));
        findings.extend(unless(
            source.is_some(),
            format!("{file} is in no SourceDisksFiles"),
        ));
        let subfolder = source
            .and_then(|line| line.values.get(1))
            .is_some_and(|it| !it.is_empty());
        findings.extend(unless(
            !subfolder,
            format!("{file} comes from a folder it isn't copied to"),
        ));
        seen.push(file);
    }
    findings
}

/// Roots other than the device's or the service's own.
fn roots(inf: &Inf) -> Vec<String> {
    let named = inf
        .sections()
        .iter()
        .flat_map(|section| inf.registry(&section.name));
    let foreign = named.filter(|it| !it.root.eq_ignore_ascii_case("HKR"));
    foreign.map(|it| it.root.to_owned()).collect()
}

/// What is installed by the network configuration can run from the driver store from build 25319 on only. The protocol's
/// INF copies nothing, so that it installs alike on every build.
pub(super) fn protocol_without_files(package: &Package) -> Vec<String> {
    let inf = &package.protocol;
    let mut findings = Vec::new();
    for install in installs(inf) {
        let copies = inf.all(&install.section, "CopyFiles").next().is_some();
        findings.extend(unless(!copies, format!("{} copies files", install.section)));
    }
    let names_folder = inf.section("DestinationDirs").is_some();
    findings.extend(unless(!names_folder, "DestinationDirs without files"));
    findings.extend(unless(!registry(inf).is_empty(), "nothing is installed"));
    findings
}
