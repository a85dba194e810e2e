//! Rules of the service: one, made by the adapter's INF, named by both.

use super::{ADAPTER, PROTOCOL, Package, installs, registry, unless, written};
use crate::inf::{Inf, number};

const SPSVCINST_ASSOCSERVICE: u32 = 2;
const SERVICE_KERNEL_DRIVER: u32 = 1;
const SERVICE_DEMAND_START: u32 = 3;
const SERVICE_ERROR_NORMAL: u32 = 1;

/// The `AddService` directives of an INF.
fn added(inf: &Inf) -> Vec<Vec<String>> {
    let sections = installs(inf)
        .into_iter()
        .map(|install| format!("{}.Services", install.section));
    sections
        .flat_map(|section| {
            inf.all(&section, "AddService")
                .map(<[String]>::to_vec)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Both name the service; only a protocol has a text of help, and neither has others beside the service.
pub(super) fn ndi_keys(package: &Package) -> Vec<String> {
    let services = added(&package.adapter);
    let service = services.first().and_then(|it| it.first().cloned());
    let mut findings = Vec::new();
    for (name, inf) in package.infs() {
        let there = written(inf, "Ndi", "Service");
        let same = there.is_some() && there == service;
        findings.extend(unless(
            same,
            format!("{name}: Service is {there:?}, not {service:?}"),
        ));
        let others = written(inf, "Ndi", "CoServices").is_some();
        findings.extend(unless(!others, format!("{name}: CoServices")));
    }
    let help = written(&package.protocol, "Ndi", "HelpText").is_some_and(|text| !text.is_empty());
    findings.extend(unless(help, format!("{PROTOCOL}: no HelpText")));
    findings
}

/// A kernel driver, started by PnP, that the system starts without.
pub(super) fn service(package: &Package) -> Vec<String> {
    let inf = &package.adapter;
    let mut findings = Vec::new();
    for directive in added(inf) {
        let part = |index: usize| directive.get(index).map_or("", String::as_str);
        let section = part(2);
        let value = |key| inf.value(section, key).and_then(number);
        let binary = inf.value(section, "ServiceBinary").unwrap_or_default();
        let stays = binary.strip_prefix(r"%13%\").is_some_and(|file| {
            inf.section("SourceDisksFiles").is_some_and(|files| {
                let mut names = files.lines.iter().filter_map(|line| line.key.as_deref());
                names.any(|name| name.eq_ignore_ascii_case(file))
            })
        });
        let flags = number(part(1)).unwrap_or(0);
        let holds = [
            (
                "it isn't the device's own",
                flags & SPSVCINST_ASSOCSERVICE != 0,
            ),
            (
                "ServiceType",
                value("ServiceType") == Some(SERVICE_KERNEL_DRIVER),
            ),
            (
                "StartType",
                value("StartType") == Some(SERVICE_DEMAND_START),
            ),
            (
                "ErrorControl",
                value("ErrorControl") == Some(SERVICE_ERROR_NORMAL),
            ),
            ("ServiceBinary", stays),
            ("NdisImPlatformBindingOptions", teams(inf, section)),
            (
                "its events have no source",
                has_events(inf, part(3), binary),
            ),
        ];
        findings.extend(
            holds
                .iter()
                .filter_map(|(what, holds)| unless(*holds, *what)),
        );
    }
    let bus = registry(inf)
        .iter()
        .any(|it| it.name.eq_ignore_ascii_case("BusType"))
        || installs(inf)
            .iter()
            .any(|install| inf.value(&install.section, "BusType").is_some());
    findings.extend(unless(!bus, "BusType: a virtual adapter is on none"));
    findings
}

/// Whether it says what becomes of the bindings when NICs are teamed.
fn teams(inf: &Inf, section: &str) -> bool {
    let written = inf.registry(section);
    let options = written
        .iter()
        .find(|it| it.name == "NdisImPlatformBindingOptions");
    options.is_some_and(|it| {
        let value = it.value.first().and_then(|value| number(value));
        it.key == "Parameters" && it.flags == 0x0001_0001 && value.is_some_and(|value| value <= 3)
    })
}

/// Whether the event log knows whose texts to show: the driver's own are in its image, `binary`.
fn has_events(inf: &Inf, section: &str, binary: &str) -> bool {
    const FLG_ADDREG_TYPE_EXPAND_SZ: u32 = 0x0002_0000;
    const FLG_ADDREG_TYPE_DWORD: u32 = 0x0001_0001;
    /// Errors, warnings and information.
    const EVERY_LEVEL: u32 = 7;

    let written = inf.registry(section);
    let value = |name: &str, flags: u32| {
        let found = written.iter().find(|it| it.name == name)?;
        let is_the_sources = found.key.is_empty() && found.flags == flags;
        found.value.first().filter(|_| is_the_sources)
    };
    let files = value("EventMessageFile", FLG_ADDREG_TYPE_EXPAND_SZ);
    let has_texts = files.is_some_and(|files| files.split(';').any(|file| file == binary));
    let types = value("TypesSupported", FLG_ADDREG_TYPE_DWORD);
    has_texts && types.and_then(|types| number(types)) == Some(EVERY_LEVEL)
}

pub(super) fn one_service(package: &Package) -> Vec<String> {
    let (adapter, protocol) = (
        added(&package.adapter).len(),
        added(&package.protocol).len(),
    );
    let wrong = [
        unless(adapter == 1, format!("{ADAPTER}: {adapter} services")),
        unless(
            protocol == 0,
            format!("{PROTOCOL}: {protocol} services of its own"),
        ),
    ];
    wrong.into_iter().flatten().collect()
}
