//! Every declaration agrees with the headers: layouts, constants, imports and function types.

use std::{fs, ops::Range};

use softrnic_abi::{
    Constant, Function, Layout,
    declared::{self, Place},
    facts,
    generate::{self, header_name},
    measured::{sys, wdk},
};

/// Declared here and by no header: each with its reason.
const OURS: &[(&str, &str)] = &[
    (
        "WSK_VERSION_1_0",
        "MAKE_WSK_VERSION(1, 0), a macro with arguments",
    ),
    ("NDK_LOGICAL_ADDRESS", "a name for the 64-bit page address"),
];

/// Unions of ours the headers leave anonymous; their members are compared within their owner.
const ANONYMOUS: &[&str] = &["NDK_SGE_ADDRESS", "NDIS_CONFIGURATION_PARAMETER_DATA"];

fn layouts() -> impl Iterator<Item = &'static Layout> {
    sys::LAYOUTS.iter().chain(wdk::LAYOUTS)
}

fn constants() -> impl Iterator<Item = &'static Constant> {
    sys::CONSTANTS.iter().chain(wdk::CONSTANTS)
}

fn functions() -> impl Iterator<Item = &'static Function> {
    sys::FUNCTIONS.iter().chain(wdk::FUNCTIONS)
}

fn ours(name: &str) -> bool {
    OURS.iter().any(|(known, _)| *known == name)
}

#[test]
fn the_list_of_measurements_is_current() {
    let wanted = generate::text();
    if std::env::var_os("UPDATE_ABI").is_some() {
        fs::write(generate::path(), &wanted).expect("measured.rs is writable");
    }
    let kept = fs::read_to_string(generate::path()).expect("measured.rs is there");
    assert!(
        kept == wanted,
        "declarations changed: run `UPDATE_ABI=1 cargo test -p softrnic-abi` (twice), and add \
         their rows to tests/abi/facts"
    );
}

#[test]
fn every_declared_type_has_a_fact() {
    let known = facts::structs();
    let unknown: Vec<_> = Place::ALL
        .into_iter()
        .flat_map(|place| declared::read(place).types.into_values())
        .filter(|aggregate| !aggregate.fields.is_empty())
        .map(|aggregate| aggregate.name)
        .filter(|name| header_name(name, |name| known.contains_key(name)).is_none())
        .filter(|name| !name.contains("__bindgen_ty_") && !ANONYMOUS.contains(&name.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "no row in facts/structs.tsv for {unknown:?}"
    );
}

#[test]
fn every_declared_type_is_laid_out_as_c_does() {
    let loose: Vec<_> = Place::ALL
        .into_iter()
        .flat_map(|place| declared::read(place).types.into_values())
        .filter(|aggregate| !aggregate.repr_c)
        .map(|aggregate| aggregate.name)
        .collect();
    assert!(loose.is_empty(), "not repr(C): {loose:?}");
}

#[test]
fn layouts_are_those_of_the_headers() {
    let known = facts::structs();
    let mut wrong = Vec::new();
    for layout in layouts() {
        let Some(fact) = known[layout.owner].get(layout.path) else {
            if !layout.path.contains("__reserved") && layout.path != "__padding" {
                wrong.push(format!("{}.{}: no such field", layout.owner, layout.path));
            }
            continue;
        };
        let align = if layout.path.is_empty() {
            fact.align
        } else {
            0
        };
        if (layout.offset, layout.size, layout.align) != (fact.offset, fact.size, align) {
            wrong.push(format!("{layout:?}, but the headers say {fact:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_field_is_left_out() {
    let known = facts::structs();
    let mut missing = Vec::new();
    for owner in layouts().filter(|layout| layout.path.is_empty()) {
        let ours: Vec<_> = layouts()
            .filter(|it| it.owner == owner.owner && !it.path.is_empty())
            .collect();
        let covered = |at: &Range<usize>| {
            at.clone().all(|byte| {
                ours.iter()
                    .any(|it| (it.offset..it.offset + it.size).contains(&byte))
            })
        };
        for (path, fact) in &known[owner.owner] {
            let at = fact.offset..fact.offset + fact.size;
            if !path.is_empty() && !covered(&at) {
                missing.push(format!("{}.{path} at {at:?}", owner.owner));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn constants_are_those_of_the_headers() {
    let known = facts::constants();
    let mut wrong = Vec::new();
    for constant in constants().filter(|it| !ours(it.name)) {
        let Some((value, size)) = known.get(constant.name) else {
            wrong.push(format!("{}: no row in facts/constants.tsv", constant.name));
            continue;
        };
        let mask = (1_i128 << (8 * size)) - 1;
        if constant.value & mask != i128::from(*value) {
            wrong.push(format!("{constant:x?}, but the headers say {value:#x}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn functions_take_what_the_headers_say() {
    let known = facts::functions();
    let mut wrong = Vec::new();
    for function in functions() {
        let Some(fact) = known.get(function.name) else {
            wrong.push(format!("{}: no row in facts/functions.tsv", function.name));
            continue;
        };
        if function.arguments != fact.arguments || function.returns != fact.returns {
            wrong.push(format!("{function:?}, but the headers say {fact:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn identifiers_are_those_of_the_headers() {
    let known = facts::guids();
    let declared = [
        ("NPI_WSK_INTERFACE_ID", softrnic::sys::NPI_WSK_INTERFACE_ID),
        (
            "NDK_EXTENSION_ID_ADAPTER_RSS_DISPATCH",
            softrnic::sys::NDK_EXTENSION_ID_ADAPTER_RSS_DISPATCH,
        ),
    ];
    assert_eq!(declared.len(), known.len());
    for (name, guid) in declared {
        let node: String = guid
            .Data4
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let (clock, node) = node.split_at(4);
        let text = format!(
            "{:08x}-{:04x}-{:04x}-{clock}-{node}",
            guid.Data1, guid.Data2, guid.Data3
        );
        assert_eq!(text, known[name], "{name}");
    }
}
