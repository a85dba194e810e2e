//! Writes `measured.rs`: one line for every type, field, constant and function the sources
//! declare, in the words of the compiler (`offset_of!`, `size_of`).

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use crate::{
    declared::{self, Aggregate, Declarations, Place},
    facts::{self, Fact},
};

/// Types of ours that stand for a type with another name in the headers.
pub const RENAMED: &[(&str, &str)] = &[
    ("NDIS_OID_REQUEST_DATA", "_REQUEST_DATA"),
    ("NDIS_OID_REQUEST_QUERY", "_QUERY"),
    ("NDIS_OID_REQUEST_SET", "_SET"),
    ("NDIS_OID_REQUEST_METHOD", "_METHOD"),
];

/// Structures of one union, which we declare as the union itself, and that member's name.
pub const UNWRAPPED: &[(&str, &str)] = &[("IN_ADDR", "S_un."), ("IN6_ADDR", "u.")];

/// Where `measured.rs` is kept.
#[must_use]
pub fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/measured.rs"))
}

/// The headers' name for a declared type, if they have one.
#[must_use]
pub fn header_name(name: &str, known: impl Fn(&str) -> bool) -> Option<&str> {
    if let Some((_, renamed)) = RENAMED.iter().find(|(ours, _)| *ours == name) {
        return Some(renamed);
    }
    [name, name.trim_start_matches('_')]
        .into_iter()
        .find(|name| known(name))
}

/// The text `measured.rs` should have.
#[must_use]
pub fn text() -> String {
    let mut out = String::from(
        "//! Written by `generate`: do not edit. `UPDATE_ABI=1 cargo test -p softrnic-abi` renews it.\n\n\
         #![cfg_attr(rustfmt, rustfmt_skip)]\n\n\
         use crate::{Constant, Function, Layout};\n\
         use std::mem::{align_of, offset_of, size_of};\n\n\
         const fn field<T, F>(_: fn(*const T) -> *const F) -> usize {\n    size_of::<F>()\n}\n",
    );
    let known = facts::structs();
    for place in Place::ALL {
        let declarations = declared::read(place);
        let module = if place == Place::Sys { "sys" } else { "wdk" };
        let _ = writeln!(
            out,
            "\npub mod {module} {{\n    use super::*;\n    use {}::*;\n",
            place.root()
        );
        write_layouts(&mut out, &declarations, &known);
        write_constants(&mut out, &declarations);
        write_functions(&mut out, &declarations);
        out.push_str("}\n");
    }
    out
}

type Known = BTreeMap<&'static str, BTreeMap<&'static str, Fact>>;

fn write_layouts(out: &mut String, declarations: &Declarations, known: &Known) {
    out.push_str("    pub const LAYOUTS: &[Layout] = &[\n");
    for (name, aggregate) in &declarations.types {
        let header = header_name(name, |name| known.contains_key(name));
        let Some(header) = header.filter(|_| !aggregate.fields.is_empty()) else {
            continue;
        };
        let _ = writeln!(
            out,
            "        Layout {{ owner: \"{header}\", path: \"\", offset: 0, \
             size: size_of::<{name}>(), align: align_of::<{name}>() }},"
        );
        let facts = &known[header];
        let walk = Walk {
            root: name,
            header,
            declarations,
            known,
            facts,
        };
        let wrapper = UNWRAPPED.iter().find(|(owner, _)| owner == name);
        write_fields(
            out,
            &walk,
            aggregate,
            "",
            wrapper.map_or("", |(_, member)| member),
        );
    }
    out.push_str("    ];\n\n");
}

struct Walk<'a> {
    root: &'a str,
    header: &'a str,
    declarations: &'a Declarations,
    known: &'a Known,
    facts: &'a BTreeMap<&'static str, Fact>,
}

/// `ours` is the path of `aggregate` in our type, `theirs` in the headers', where members of an
/// anonymous aggregate belong to the one around it.
fn write_fields(out: &mut String, walk: &Walk, aggregate: &Aggregate, ours: &str, theirs: &str) {
    for (field, ty) in &aggregate.fields {
        let our_path = format!("{ours}{field}");
        let their_path = format!("{theirs}{field}");
        let anonymous = !walk.facts.contains_key(their_path.as_str());
        let root = walk.root;
        let inner = walk.declarations.types.get(ty);
        let inner =
            inner.filter(|_| header_name(ty, |name| walk.known.contains_key(name)).is_none());
        if !(anonymous && inner.is_some()) {
            let _ = writeln!(
                out,
                "        Layout {{ owner: \"{}\", path: \"{their_path}\", \
                 offset: offset_of!({root}, {our_path}), \
                 // SAFETY: only the type of the place is used.\n            \
                 size: field(|it: *const {root}| unsafe {{ &raw const (*it).{our_path} }}), align: 0 }},",
                walk.header
            );
        }
        if let Some(inner) = inner {
            let theirs = if anonymous {
                theirs.to_owned()
            } else {
                format!("{their_path}.")
            };
            write_fields(out, walk, inner, &format!("{our_path}."), &theirs);
        }
    }
}

fn write_constants(out: &mut String, declarations: &Declarations) {
    out.push_str("    pub const CONSTANTS: &[Constant] = &[\n");
    for (path, ty) in &declarations.constants {
        if ty == "GUID" {
            continue;
        }
        let name = path.rsplit("::").next().unwrap_or(path);
        let _ = writeln!(
            out,
            "        Constant {{ name: \"{name}\", value: {path} as i128 }},"
        );
    }
    out.push_str("    ];\n\n");
}

fn write_functions(out: &mut String, declarations: &Declarations) {
    out.push_str("    pub const FUNCTIONS: &[Function] = &[\n");
    for prototype in &declarations.functions {
        let sizes: Vec<_> = prototype
            .arguments
            .iter()
            .map(|ty| format!("size_of::<{ty}>()"))
            .collect();
        let returns = prototype
            .returns
            .as_ref()
            .map_or("0".into(), |ty| format!("size_of::<{ty}>()"));
        let _ = writeln!(
            out,
            "        Function {{ name: \"{}\", arguments: &[{}], returns: {returns} }},",
            prototype.name,
            sizes.join(", ")
        );
    }
    out.push_str("    ];\n");
}
