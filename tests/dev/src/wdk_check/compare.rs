//! The stand-in's declarations against those made of the headers, item by item.

use std::collections::BTreeMap;

use super::items::{Item, Items};

/// What was found, by name of the item.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Equal to the headers'.
    pub(super) equal: Vec<String>,
    /// In the headers, and another there.
    pub(super) different: BTreeMap<String, String>,
    /// Not in the headers.
    pub(super) absent: Vec<String>,
}

/// Compares every item of `ours`. An aggregate may leave out members of a union, or be opaque: sizes and offsets are for the
/// compiler to compare.
pub(super) fn compare(ours: &Items, theirs: &Items) -> Comparison {
    let mut comparison = Comparison::default();
    for (name, item) in ours {
        match theirs.get(name) {
            None => comparison.absent.push(name.clone()),
            Some(there) => match difference(item, there) {
                None => comparison.equal.push(name.clone()),
                Some(what) => {
                    comparison.different.insert(name.clone(), what);
                }
            },
        }
    }
    comparison
}

fn difference(ours: &Item, theirs: &Item) -> Option<String> {
    let (
        Item::Aggregate {
            is_union,
            fields,
            is_opaque,
        },
        Item::Aggregate {
            is_union: union,
            fields: there,
            ..
        },
    ) = (ours, theirs)
    else {
        return (ours != theirs).then(|| format!("{ours:?}, but the headers say {theirs:?}"));
    };
    if *is_opaque {
        return None;
    }
    if is_union != union {
        return Some("a structure here, a union there, or the other way round".to_owned());
    }
    let wrong = fields
        .iter()
        .filter(|(name, _)| !name.starts_with("__reserved"));
    let wrong =
        wrong.filter_map(
            |(name, ty)| match there.iter().find(|(other, _)| other == name) {
                None => Some(format!("no field {name}")),
                Some((_, other)) if other != ty => {
                    Some(format!("{name}: {ty}, but the headers say {other}"))
                }
                Some(_) => None,
            },
        );
    let mut wrong: Vec<String> = wrong.collect();
    if !is_union {
        let missing = there
            .iter()
            .filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        wrong.extend(missing.map(|(name, _)| format!("{name} is left out")));
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// Assertions for the compiler, over the crates `ours` and `theirs`: values, sizes, alignments and offsets of all that both
/// have.
pub(super) fn assertions(ours: &Items, theirs: &Items) -> String {
    let mut text = String::from("#![no_std]\n");
    for (name, item) in ours {
        match (item, theirs.get(name)) {
            (Item::Constant(_), Some(Item::Constant(_))) => {
                text.push_str(&format!(
                    "const _: () = assert!(ours::{name} as i128 == theirs::{name} as i128, \"{name}\");\n"
                ));
            }
            (
                Item::Aggregate {
                    fields,
                    is_opaque: false,
                    ..
                },
                Some(Item::Aggregate { fields: there, .. }),
            ) => {
                for what in ["size_of", "align_of"] {
                    text.push_str(&format!(
                        "const _: () = assert!(core::mem::{what}::<ours::{name}>() == core::mem::{what}::<theirs::{name}>(), \
                         \"{what} {name}\");\n"
                    ));
                }
                let both = fields
                    .iter()
                    .filter(|(field, _)| there.iter().any(|(other, _)| other == field));
                for (field, _) in both {
                    text.push_str(&format!(
                        "const _: () = assert!(core::mem::offset_of!(ours::{name}, {field}) == \
                         core::mem::offset_of!(theirs::{name}, {field}), \"{name}.{field}\");\n"
                    ));
                }
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::items::of, assertions, compare};

    #[test]
    fn each_item_is_equal_different_or_absent() {
        let ours = of("
            pub type A = i8; pub type B = u8; pub struct O { _unused: [u8; 0] }
            pub struct S { pub a: u8, pub b: u16 } pub union U { pub a: u8, pub __reserved: [u8; 4] }
            pub const C: u32 = 1; pub type N = i8;
        ");
        let theirs = of("
            pub type A = i8; pub type B = u16; pub struct O { pub x: u8 }
            pub struct S { pub a: u8, pub c: u16 } pub union U { pub a: u8, pub b: u32 }
            pub const C: u32 = 1;
        ");
        let (ours, theirs) = (ours.expect("Rust"), theirs.expect("Rust"));
        let found = compare(&ours, &theirs);
        assert_eq!(found.equal, ["A", "C", "O", "U"]);
        assert_eq!(found.absent, ["N"]);
        let different: Vec<_> = found.different.keys().map(String::as_str).collect();
        assert_eq!(different, ["B", "S"]);
        assert_eq!(found.different["S"], "no field b; c is left out");
        let text = assertions(&ours, &theirs);
        for part in [
            "ours::C as i128",
            "size_of::<ours::U>",
            "offset_of!(ours::S, a)",
        ] {
            assert!(text.contains(part), "{part}");
        }
        assert!(
            !text.contains("ours::O") && !text.contains("__reserved"),
            "{text}"
        );
    }
}
