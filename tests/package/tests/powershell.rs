//! The PowerShell module, as far as it can be checked without PowerShell: its grammar, its help, and that it speaks of the
//! same things as the INFs. `inf/Softrnic.Tests.ps1` has the tests of what it does, for Windows.

use std::fs;

use softrnic_build::root;
use softrnic_package::{folder, stamp::Stamp};
use tree_sitter::{Node, Parser};

const FILES: &[&str] = &[
    "inf/Softrnic.psm1",
    "inf/Softrnic.psd1",
    "inf/Softrnic.Tests.ps1",
];
const EXPORTED: &[&str] = &[
    "Install-Softrnic",
    "Get-Softrnic",
    "Test-Softrnic",
    "Uninstall-Softrnic",
];
/// Those that change something.
const CHANGING: &[&str] = &["Install-Softrnic", "Test-Softrnic", "Uninstall-Softrnic"];

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Where the grammar of PowerShell doesn't fit.
fn mistakes(text: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("a grammar of this version");
    let tree = parser.parse(text, None).expect("no limit of time");
    let mut found = Vec::new();
    collect(tree.root_node(), text, &mut found);
    found
}

fn collect(node: Node<'_>, text: &str, found: &mut Vec<String>) {
    if node.is_error() || node.is_missing() {
        let line = text
            .lines()
            .nth(node.start_position().row)
            .unwrap_or_default();
        found.push(format!("line {}: {line}", node.start_position().row + 1));
        return;
    }
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        collect(child, text, found);
    }
}

/// The text of a function of the module, to the next one.
fn function<'a>(module: &'a str, name: &str) -> &'a str {
    let from = module
        .find(&format!("\nfunction {name} {{"))
        .unwrap_or_else(|| panic!("no {name}"));
    let rest = &module[from + 1..];
    &rest[..rest.find("\n}\n").expect("it ends")]
}

#[test]
fn every_file_is_powershell() {
    for file in FILES {
        assert_eq!(mistakes(&text(file)), [""; 0], "{file}");
    }
    assert!(!mistakes("function A { if ($x { } }\n").is_empty());
}

#[test]
fn every_command_has_help_and_asks_before_it_changes_anything() {
    let module = text("inf/Softrnic.psm1");
    for name in EXPORTED {
        let function = function(&module, name);
        for part in [".SYNOPSIS", ".EXAMPLE", "[CmdletBinding("] {
            assert!(function.contains(part), "{name} has no {part}");
        }
        let parameters = function.split("param(").nth(1).expect("parameters");
        let parameters = parameters
            .split("$ErrorActionPreference")
            .next()
            .unwrap_or_default();
        for parameter in parameters.split("] $").skip(1) {
            let parameter = parameter
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or_default();
            assert!(
                function.contains(&format!(".PARAMETER {parameter}")),
                "{name}: no help for {parameter}"
            );
        }
        let asks = function.contains("SupportsShouldProcess")
            && function.contains("$PSCmdlet.ShouldProcess(");
        assert_eq!(asks, CHANGING.contains(name), "{name}");
    }
}

#[test]
fn every_error_names_its_cause_and_its_cure() {
    let module = text("inf/Softrnic.psm1");
    for throw in module.split("throw ").skip(1) {
        let named = ["(New-SoftrnicError '", "(New-SoftrnicError $Id "];
        let is_named = named.iter().any(|start| throw.starts_with(start));
        // The C# says what Windows said, and its caller the cure.
        let is_windows = ["Failed(\"", "why;"]
            .iter()
            .any(|start| throw.starts_with(start));
        assert!(is_named || is_windows, "{}", &throw[..60]);
    }
}

#[test]
fn the_manifest_exports_the_commands_and_has_the_drivers_version() {
    let (manifest, module) = (text("inf/Softrnic.psd1"), text("inf/Softrnic.psm1"));
    let quoted = EXPORTED
        .iter()
        .map(|name| format!("'{name}'"))
        .collect::<Vec<_>>()
        .join(", ");
    assert!(manifest.contains(&format!("FunctionsToExport    = @({quoted})")));
    assert!(module.contains(&format!("Export-ModuleMember -Function {quoted}")));
    let stamp = Stamp::of(root()).expect("a version");
    let version = stamp.version.trim_end_matches(".0").to_owned() + ".0";
    let version = version.split('.').take(3).collect::<Vec<_>>().join(".");
    assert!(
        manifest.contains(&format!("ModuleVersion        = '{version}'")),
        "{version}"
    );
}

#[test]
fn the_module_and_the_infs_use_the_same_names() {
    let module = text("inf/Softrnic.psm1");
    let (_, infs) = folder::infs(root()).unwrap_or_else(|error| panic!("{error}"));
    let value = |name: &str| {
        let line = module
            .lines()
            .find_map(|line| line.strip_prefix(&format!("$script:{name} = '")));
        line.and_then(|rest| rest.strip_suffix('\''))
            .unwrap_or_else(|| panic!("no {name}"))
    };
    let (adapter, protocol) = (&infs["softrnic.inf"], &infs["softrnic_protocol.inf"]);
    assert!(adapter.contains(&format!("%Adapter% = Adapter, {}", value("HardwareId"))));
    assert!(adapter.contains(&format!("AddService = {}, 2", value("Service"))));
    assert!(protocol.contains(&format!("%Protocol% = Protocol, {}", value("Component"))));
    for keyword in [value("PairKeyword"), value("SharedKeyword")] {
        assert!(
            adapter.contains(&format!("HKR, Ndi\\Params\\{keyword}, ParamDesc")),
            "{keyword}"
        );
    }
    for (source, name) in folder::INFS {
        assert!(module.contains(&format!("'{name}'")), "{source}");
    }
}
