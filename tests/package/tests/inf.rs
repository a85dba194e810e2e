//! The INFs keep every rule of network driver packages, and each check finds what it is for.

use softrnic_build::root;
use softrnic_package::{
    folder,
    inf::Inf,
    rules::{self, Package, RULES},
};

fn package() -> [String; 2] {
    let (_, texts) = folder::infs(root()).unwrap_or_else(|error| panic!("{error}"));
    folder::INFS
        .iter()
        .map(|(_, name)| texts[name].replace("\r\n", "\n"))
        .collect::<Vec<_>>()
        .try_into()
        .expect("two")
}

fn read([adapter, protocol]: &[String; 2]) -> Package {
    let parse = |text| Inf::parse(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    Package {
        adapter: parse(adapter),
        protocol: parse(protocol),
    }
}

/// Breaks an INF (0 the adapter's, 1 the protocol's) and asks for the rule.
fn broken_by(id: &str, breaks: &[(usize, &str, &str)]) {
    let whole = package();
    let rule = RULES.iter().find(|rule| rule.id == id).expect("a rule");
    assert_eq!((rule.check)(&read(&whole)), [""; 0]);
    for (which, from, to) in breaks {
        let mut texts = whole.clone();
        assert!(texts[*which].contains(from), "{from} is not there");
        texts[*which] = texts[*which].replacen(from, to, 1);
        let findings = (rule.check)(&read(&texts));
        assert!(!findings.is_empty(), "{id}: {from} -> {to} is not found");
    }
}

#[test]
fn the_package_keeps_every_rule() {
    assert_eq!(rules::broken(&read(&package())), [""; 0]);
}

// INF-01: a Net INF and a NetTrans INF; the notify object is a MUX's.
#[test]
fn there_is_an_adapter_and_a_protocol_without_notify_object() {
    broken_by(
        "INF-01",
        &[
            (0, "Class       = Net\n", "Class       = System\n"),
            (1, "{4D36E975", "{4D36E972"),
            (
                1,
                "HKR, Ndi, HelpText",
                "HKR, Ndi, ComponentDll, 0, \"a.dll\"\nHKR, Ndi, HelpText",
            ),
        ],
    );
}

// INF-02
#[test]
fn the_version_section_is_whole() {
    broken_by(
        "INF-02",
        &[
            (0, "$WINDOWS NT$", "$CHICAGO$"),
            (0, "CatalogFile = softrnic.cat\n", ""),
            (1, "PnpLockDown = 1", "PnpLockDown = 0"),
            (1, "softrnic_protocol.cat", "softrnic.cat"),
            (0, "DriverVer   = ", "DriverVer   = 13/"),
            (1, ".0\n", ".1\n"),
            (0, "Provider    = %Provider%", "Provider    ="),
        ],
    );
}

// INF-03: the adapter is virtual and has an Advanced page; the protocol has none without a notify object.
#[test]
fn characteristics_are_those_of_a_virtual_adapter() {
    broken_by(
        "INF-03",
        &[
            (0, "0x81", "0x84"),
            (0, "0x81", "0x1"),
            (0, "0x81", "0x83"),
            (0, "0x81", "0x91"),
            (1, "0x0\n", "0x80\n"),
            (1, "0x0\n", "0x10\n"),
            (1, "Characteristics = 0x0\n", ""),
        ],
    );
}

// INF-04
#[test]
fn nobody_adds_the_adapter_by_hand() {
    broken_by(
        "INF-04",
        &[(
            0,
            "ExcludeFromSelect = ROOT\\SOFTRNIC",
            "ExcludeFromSelect = ROOT\\OTHER",
        )],
    );
}

// INF-05
#[test]
fn both_edges_name_the_service() {
    broken_by(
        "INF-05",
        &[
            (
                0,
                "HKR, Ndi, Service, 0, \"softrnic\"",
                "HKR, Ndi, Service, 0, \"other\"",
            ),
            (
                1,
                "HKR, Ndi, Service, 0, \"softrnic\"",
                "HKR, Ndi, Service, 0, \"softrnic_protocol\"",
            ),
            (
                0,
                "HKR, Ndi, Service, 0",
                "HKR, Ndi, CoServices, 0x10000, \"a\"\nHKR, Ndi, Service, 0",
            ),
            (1, "HKR, Ndi, HelpText, 0, %Help%\n", ""),
        ],
    );
}

// INF-06
#[test]
fn ranges_let_network_direct_be_found() {
    broken_by(
        "INF-06",
        &[
            (0, "UpperRange, 0, \"ndis5\"", "UpperRange, 0, \"tdi\""),
            (
                0,
                "LowerRange, 0, \"ethernet\"",
                "LowerRange, 0, \"nolower\"",
            ),
            (1, "UpperRange, 0, \"noupper\"", "UpperRange, 0, \"tdi\""),
            (1, "LowerRange, 0, \"ndis5\"", "LowerRange, 0, \"ndis4\""),
        ],
    );
}

// INF-07
#[test]
fn the_mandatory_keywords_are_ethernets() {
    broken_by(
        "INF-07",
        &[
            (0, "*IfType            = 6\n", ""),
            (0, "*MediaType         = 0", "*MediaType         = 1"),
            (0, "*PhysicalMediaType = 0", "*PhysicalMediaType = 9"),
        ],
    );
}

// INF-08
#[test]
fn network_direct_can_be_switched() {
    broken_by(
        "INF-08",
        &[
            (
                0,
                r#"*NetworkDirect, Default, 0, "1""#,
                r#"*NetworkDirect, Default, 0, "0""#,
            ),
            (
                0,
                r#"*NetworkDirect, Type, 0, "enum""#,
                r#"*NetworkDirect, Type, 0, "int""#,
            ),
            (
                0,
                r#"*NetworkDirect\enum, "0", 0, %Disabled%"#,
                r#"*NetworkDirect\enum, "0", 0, %Enabled%"#,
            ),
            (
                0,
                r#"*NetworkDirect\enum, "1", 0"#,
                r#"*NetworkDirect\enum, "2", 0"#,
            ),
        ],
    );
}

// INF-09
#[test]
fn iwarp_is_the_technology_and_no_other_is_offered() {
    broken_by(
        "INF-09",
        &[
            (
                0,
                r#"Technology\enum, "1", 0, %IWarp%"#,
                r#"Technology\enum, "2", 0, %IWarp%"#,
            ),
            (
                0,
                r#"Technology, Optional, 0, "0""#,
                r#"Technology, Optional, 0, "1""#,
            ),
            (
                0,
                r#"Technology, Default, 0, "1""#,
                r#"Technology, Default, 0, "4""#,
            ),
            (0, "\"iWARP\"", "\"RoCE\""),
        ],
    );
}

// INF-10
#[test]
fn nothing_of_roce_is_offered() {
    let key = "HKR, Ndi\\Params\\*NetworkDirectTechnology, ParamDesc";
    let more = format!("HKR, Ndi\\Params\\*NetworkDirectRoCEFrameSize, ParamDesc, 0, \"x\"\n{key}");
    broken_by("INF-10", &[(0, key, &more)]);
}

// INF-11
#[test]
fn keywords_are_whole_and_their_names_free() {
    broken_by(
        "INF-11",
        &[
            (
                0,
                "HKR, Ndi\\Params\\NetworkDirectCrc, ParamDesc, 0, %Crc%\n",
                "",
            ),
            (
                0,
                "HKR, Ndi\\Params\\NetworkDirectCrc, Type, 0, \"enum\"\n",
                "",
            ),
            (
                0,
                "HKR, Ndi\\Params\\NetworkDirectCrc, Default, 0, \"1\"\n",
                "",
            ),
            (
                0,
                "NetworkDirectCrc, Default, 0, \"1\"",
                "NetworkDirectCrc, Default, 0, \"2\"",
            ),
            (
                0,
                "NetworkDirectConnectTimeout, Max, 0, \"300\"",
                "NetworkDirectConnectTimeout, Max, 0, \"29\"",
            ),
            (
                0,
                "HKR, Ndi\\Params\\NetworkDirectConnectTimeout, Step, 0, \"1\"\n",
                "",
            ),
            (
                0,
                "Ndi\\Params\\NetworkAddress, ParamDesc",
                "Ndi\\Params\\NetCfgInstanceId, ParamDesc",
            ),
        ],
    );
}

// INF-13
#[test]
fn the_package_is_isolated() {
    broken_by(
        "INF-13",
        &[
            (0, "DefaultDestDir = 13", "DefaultDestDir = 12"),
            (
                0,
                "[Files]\nsoftrnic.sys",
                "[Files]\nsoftrnic.sys,other.sys",
            ),
            (
                0,
                "[Files]\nsoftrnic.sys",
                "[Files]\nsoftrnic.sys\nsoftrnic.sys",
            ),
            (0, "softrnic.sys = 1", "softrnic.sys = 1, amd64"),
            (0, "softrnic.sys = 1", "other.sys = 1"),
            (0, "HKR, Ndi, Service", "HKLM, Ndi, Service"),
            (1, "HKR, Ndi, Service", "HKLM, Ndi, Service"),
            (
                0,
                "CopyFiles          = Files",
                "CopyFiles          = Files\nDelFiles = Files",
            ),
            (
                0,
                "\"%%SystemRoot%%\\System32\\netevent.dll;",
                "\"C:\\netevent.dll;",
            ),
        ],
    );
}

// INF-14: the network configuration installs the protocol's INF, which copies nothing, alike on every build.
#[test]
fn the_protocol_needs_no_folder_of_the_driver_store() {
    broken_by(
        "INF-14",
        &[
            (
                1,
                "Characteristics = 0x0\n",
                "Characteristics = 0x0\nCopyFiles = Files\n",
            ),
            (
                1,
                "[Manufacturer]",
                "[DestinationDirs]\nDefaultDestDir = 13\n[Manufacturer]",
            ),
            (1, "AddReg          = Binding\n", ""),
        ],
    );
}

// INF-15
#[test]
fn the_service_is_a_kernel_driver_that_plug_and_play_starts() {
    broken_by(
        "INF-15",
        &[
            (0, "AddService = softrnic, 2,", "AddService = softrnic, 0,"),
            (0, "ServiceType    = 1", "ServiceType    = 16"),
            (0, "StartType      = 3", "StartType      = 0"),
            (0, "ErrorControl   = 1", "ErrorControl   = 3"),
            (0, "%13%\\softrnic.sys", "%12%\\softrnic.sys"),
            (0, "%13%\\softrnic.sys", "%13%\\other.sys"),
            (
                0,
                "NdisImPlatformBindingOptions, 0x00010001, 0",
                "NdisImPlatformBindingOptions, 0x00010001, 4",
            ),
            (0, "Service, EventLog", "Service"),
            (0, ";%13%\\softrnic.sys\"", "\""),
            (
                0,
                "EventMessageFile, 0x00020000",
                "EventMessageFile, 0x00000000",
            ),
            (
                0,
                "TypesSupported, 0x00010001, 7",
                "TypesSupported, 0x00010001, 3",
            ),
            (
                0,
                "CopyFiles          = Files",
                "CopyFiles          = Files\nBusType = 5",
            ),
        ],
    );
}

// INF-18
#[test]
fn there_is_one_service() {
    broken_by(
        "INF-18",
        &[
            (
                0,
                "AddService = softrnic, 2",
                "AddService = other, 2, Service\nAddService = softrnic, 2",
            ),
            (
                1,
                "[Binding]",
                "[Protocol.NT.Services]\nAddService = softrnic_protocol, 0, Service\n[Binding]",
            ),
        ],
    );
}
