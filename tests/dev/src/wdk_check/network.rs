//! What the driver declares by itself, `src/sys`, against the headers of NDIS, NDKPI and Winsock Kernel: for the compiler to
//! compare, since names of types and of unions differ there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::items::{Item, Items};

/// What the compiler is to compare, and what the headers don't have.
pub(super) struct Comparison {
    /// Assertions over `crate::sys` and `crate::theirs`.
    pub(super) assertions: String,
    /// How many items both have.
    pub(super) both: usize,
    /// Not in the headers.
    pub(super) absent: Vec<String>,
}

/// Compares values, sizes, alignments, offsets of fields that both name alike, and how large arguments are. Types that are
/// `grown`, by later kits, may be larger here.
pub(super) fn compare(ours: &Items, theirs: &Items, grown: &dyn Fn(&str) -> bool) -> Comparison {
    let theirs = Theirs::of(theirs);
    let mut found = Comparison {
        assertions: String::new(),
        both: 0,
        absent: Vec::new(),
    };
    for (path, item) in ours {
        let name = path.rsplit("::").next().unwrap_or(path);
        let there = theirs.find(name, item);
        let Some((place, there)) = there else {
            // A name for a type of ours, or an opaque one: nothing to compare.
            if !is_plain(item) {
                found.absent.push(name.to_owned());
            }
            continue;
        };
        found.both += 1;
        found.assertions += &assertion((path, name, item), (place, there), grown(name));
    }
    found
}

fn is_plain(item: &Item) -> bool {
    match item {
        Item::Alias(_) => true,
        Item::Aggregate { is_opaque, .. } => *is_opaque,
        _ => false,
    }
}

struct Theirs<'a> {
    items: &'a Items,
    /// Constants of enumerations, by their own names.
    constants: BTreeMap<&'a str, &'a str>,
}

impl<'a> Theirs<'a> {
    fn of(items: &'a Items) -> Self {
        let constants = items
            .iter()
            .filter(|(_, item)| matches!(item, Item::Constant(_)));
        let by_name =
            constants.map(|(path, _)| (path.rsplit("::").next().unwrap_or(path), path.as_str()));
        Self {
            items,
            constants: by_name.collect(),
        }
    }

    /// The item of this name and kind, behind the aliases that lead to it.
    fn find(&self, name: &'a str, like: &Item) -> Option<(&'a str, &'a Item)>
    where
        'a: 'a,
    {
        if matches!(like, Item::Constant(_)) {
            let path = *self.constants.get(name)?;
            return self
                .items
                .get_key_value(path)
                .map(|(path, item)| (path.as_str(), item));
        }
        let mut place = name.to_owned();
        for _ in 0..4 {
            let (path, item) = self.items.get_key_value(&place)?;
            match item {
                Item::Alias(of) => place = of.clone(),
                item => return Some((path, item)),
            }
        }
        None
    }
}

fn assertion(
    (path, name, ours): (&str, &str, &Item),
    (place, theirs): (&str, &Item),
    grown: bool,
) -> String {
    match (ours, theirs) {
        (Item::Constant(_), _) => format!(
            "const _: () = assert!(sys::{path} as i128 & {MASK} == theirs::{place} as i128 & {MASK}, \"{name}\");\n"
        ),
        (Item::Function(here), Item::Function(there)) => {
            let sizes = |module: &str, signature: &str| {
                let sizes: Vec<String> = types(signature)
                    .iter()
                    .map(|ty| format!("size_of::<{ty}>()"))
                    .collect();
                format!("{{ use {module}::*; &[{}] as &[usize] }}", sizes.join(", "))
            };
            format!(
                "const _: () = assert!(same({}, {}), \"{name}\");\n",
                sizes("crate::sys", here),
                sizes("crate::theirs", there)
            )
        }
        (
            Item::Aggregate {
                is_opaque: true, ..
            },
            _,
        )
        | (
            _,
            Item::Aggregate {
                is_opaque: true, ..
            },
        ) => String::new(),
        (Item::Aggregate { fields, .. }, Item::Aggregate { fields: there, .. }) => {
            let mut text = String::new();
            let relation = if grown { ">" } else { "==" };
            for (what, relation) in [("size_of", relation), ("align_of", "==")] {
                text += &format!(
                    "const _: () = assert!({what}::<sys::{path}>() {relation} {what}::<theirs::{place}>(), \"{what} {name}\");\n"
                );
            }
            for (field, _) in fields
                .iter()
                .filter(|(field, _)| there.iter().any(|(other, _)| other == field))
            {
                text += &format!(
                    "const _: () = assert!(offset_of!(sys::{path}, {field}) == offset_of!(theirs::{place}, {field}), \
                     \"{name}.{field}\");\n"
                );
            }
            text
        }
        _ => String::new(),
    }
}

/// The names of all macros of the headers.
pub(super) fn macros(include: &Path) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for folder in ["km", "shared"] {
        let folder = include.join(folder);
        let entries = folder
            .read_dir()
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file())
        {
            let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let text = String::from_utf8_lossy(&bytes);
            let defined = text.lines().filter_map(|line| {
                line.trim_start()
                    .strip_prefix('#')?
                    .trim_start()
                    .strip_prefix("define ")
            });
            let names = defined.filter_map(|rest| {
                rest.trim_start()
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
            });
            found.extend(names.map(str::to_owned));
        }
    }
    Ok(found)
}

/// Constants are compared by their low 32 bits: a status is signed here and not there, or the other way round.
const MASK: &str = "0xffff_ffff";

/// The types of the arguments and of what is returned, of `(a : A, b : B) -> C`.
fn types(signature: &str) -> Vec<String> {
    use quote::ToTokens;
    let Ok(parsed) = syn::parse_str::<syn::Signature>(&format!("fn f{signature}")) else {
        return Vec::new();
    };
    let arguments = parsed.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(typed.ty.to_token_stream().to_string()),
        syn::FnArg::Receiver(_) => None,
    });
    let returned = match &parsed.output {
        syn::ReturnType::Type(_, ty) => Some(ty.to_token_stream().to_string()),
        syn::ReturnType::Default => None,
    };
    arguments.chain(returned).collect()
}

/// The crate that the compiler checks: `sys` is the driver's own, `theirs` what bindgen made.
pub(super) fn crate_of(sys: &str, theirs: &str, assertions: &str) -> String {
    format!(
        "#![no_std]\n#![allow(warnings)]\n\
         use core::mem::{{align_of, offset_of, size_of}};\nuse core::ffi::c_void;\n\
         #[path = {sys}]\npub mod sys;\n\
         pub mod theirs {{ include!({theirs}); }}\n\
         const fn same(a: &[usize], b: &[usize]) -> bool {{\n    \
             if a.len() != b.len() {{ return false; }}\n    \
             let mut at = 0;\n    \
             while at < a.len() {{ if a[at] != b[at] {{ return false; }} at += 1; }}\n    true\n}}\n\
         {assertions}"
    )
}

#[cfg(test)]
mod tests {
    use super::{super::items::of, compare, types};

    #[test]
    fn names_lead_through_aliases_and_enumerations() {
        let ours = of("pub struct S { pub a: u8, pub x: u8 } pub const K: u32 = 1; pub const N: u32 = 2; pub type T = u8;
                       unsafe extern \"C\" { pub fn f(a: u32) -> T; pub fn g(); }");
        let theirs = of("pub struct _S { pub a: u8, pub b: u8 } pub type S = _S; pub mod _E { pub const K: i32 = 1; }
                         unsafe extern \"C\" { pub fn f(a: ULONG) -> T; }");
        let (ours, theirs) = (ours.expect("Rust"), theirs.expect("Rust"));
        let found = compare(&ours, &theirs, &|_| false);
        assert_eq!(found.absent, ["N", "g"]);
        assert_eq!(found.both, 3);
        for part in [
            "size_of::<sys::S>() == size_of::<theirs::_S>()",
            "offset_of!(theirs::_S, a)",
            "theirs::_E::K as i128",
            "size_of::<ULONG>(), size_of::<T>()",
        ] {
            assert!(
                found.assertions.contains(part),
                "{part}: {}",
                found.assertions
            );
        }
        let grown = compare(&ours, &theirs, &|name| name == "S").assertions;
        assert!(grown.contains("size_of::<sys::S>() > size_of::<theirs::_S>()"));
    }

    #[test]
    fn a_signature_has_its_types() {
        assert_eq!(types("(a : * mut X, b : u8) -> Y"), ["* mut X", "u8", "Y"]);
        assert_eq!(types("() "), [""; 0]);
    }
}
