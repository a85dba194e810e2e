//! The declarations of a crate of bindings: what there is, by name, each as a text that is the same for the same declaration
//! however it is spelled.

use std::{collections::BTreeMap, fs, path::Path};

use quote::ToTokens;
use syn::{Fields, ForeignItem, Item as SynItem, ReturnType, UseTree, Visibility};

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Its signature, names of arguments included.
    Function(String),
    /// What it stands for.
    Alias(String),
    /// Its type. The value is the compiler's to compare.
    Constant(String),
    /// A structure or union, with its fields and their types; none when nobody may look inside.
    Aggregate {
        is_union: bool,
        fields: Vec<(String, String)>,
        is_opaque: bool,
    },
}

/// The declarations, by path from the root: `_KDPC_IMPORTANCE::MediumHighImportance`.
pub(super) type Items = BTreeMap<String, Item>;

/// Reads the files of `folder` with these names; what they declare is read as if it all stood at the root.
pub(super) fn read(folder: &Path, names: &[&str]) -> Result<Items, String> {
    let mut items = Items::new();
    for name in names {
        let file = folder.join(format!("{name}.rs"));
        let at = |error: String| format!("{}: {error}", file.display());
        let text = fs::read_to_string(&file).map_err(|error| at(error.to_string()))?;
        items.extend(of(&text).map_err(at)?);
    }
    Ok(items)
}

pub(super) fn of(text: &str) -> Result<Items, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut items = Items::new();
    collect(&file.items, "", &mut items);
    Ok(items)
}

fn collect(from: &[SynItem], path: &str, items: &mut Items) {
    for item in from {
        match item {
            SynItem::ForeignMod(block) => {
                let functions = block.items.iter().filter_map(|item| match item {
                    ForeignItem::Fn(function) if is_public(&function.vis) => Some(&function.sig),
                    _ => None,
                });
                items.extend(functions.map(|sig| {
                    let ty = (&sig.inputs, &sig.variadic, &sig.output);
                    (
                        format!("{path}{}", sig.ident),
                        Item::Function(signature(ty)),
                    )
                }));
            }
            SynItem::Type(alias) if is_public(&alias.vis) => {
                items.insert(
                    format!("{path}{}", alias.ident),
                    Item::Alias(text(&alias.ty)),
                );
            }
            SynItem::Const(constant) if is_public(&constant.vis) => {
                let item = Item::Constant(text(&constant.ty));
                items.insert(format!("{path}{}", constant.ident), item);
            }
            SynItem::Struct(it) if is_public(&it.vis) => {
                items.insert(format!("{path}{}", it.ident), aggregate(false, &it.fields));
            }
            SynItem::Union(it) if is_public(&it.vis) => {
                let fields = Fields::Named(it.fields.clone());
                items.insert(format!("{path}{}", it.ident), aggregate(true, &fields));
            }
            SynItem::Mod(module) if is_public(&module.vis) => {
                if let Some((_, inside)) = &module.content {
                    collect(inside, &format!("{path}{}::", module.ident), items);
                }
            }
            // `pub use self::_EVENT_TYPE::Type as EVENT_TYPE;`
            SynItem::Use(it) if is_public(&it.vis) => renamed(&it.tree, &mut Vec::new(), items),
            _ => {}
        }
    }
}

fn renamed(tree: &UseTree, path: &mut Vec<String>, items: &mut Items) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            renamed(&part.tree, path, items);
        }
        UseTree::Rename(last) => {
            let of = path.iter().filter(|part| *part != "self");
            let whole: Vec<String> = of.cloned().chain([last.ident.to_string()]).collect();
            items.insert(last.rename.to_string(), Item::Alias(whole.join("::")));
        }
        _ => {}
    }
}

type Signature<'a> = (
    &'a syn::punctuated::Punctuated<syn::FnArg, syn::Token![,]>,
    &'a Option<syn::Variadic>,
    &'a ReturnType,
);

fn signature((inputs, variadic, output): Signature<'_>) -> String {
    let inputs: Vec<String> = inputs.iter().map(text).collect();
    let variadic = if variadic.is_some() { ", ..." } else { "" };
    format!("({}{variadic}) {}", inputs.join(", "), text(output))
}

fn aggregate(is_union: bool, fields: &Fields) -> Item {
    let named = fields
        .iter()
        .filter_map(|field| Some((field.ident.as_ref()?, field)));
    let fields: Vec<_> = named
        .map(|(name, field)| (name.to_string(), text(&field.ty), is_public(&field.vis)))
        .collect();
    Item::Aggregate {
        is_union,
        is_opaque: fields.iter().any(|(name, ..)| name == "_unused"),
        fields: fields
            .into_iter()
            .filter(|it| it.2)
            .map(|(name, ty, _)| (name, ty))
            .collect(),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The text of a type, spelled one way: C's numbers as they are on 64-bit Windows, names of `core` without their modules.
fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text = MODULES
        .iter()
        .fold(text, |text, module| text.replace(module, ""));
    let words = text.split(' ').map(|word| {
        let bare = word.trim_start_matches(['[', '(']);
        let number = NUMBERS.iter().find(|(c, _)| *c == bare);
        number.map_or(word.to_owned(), |(c, plain)| word.replacen(c, plain, 1))
    });
    let text = words.collect::<Vec<_>>().join(" ");
    // Lengths of arrays, and commas that only a long line has.
    let text = text.replace("usize]", "]");
    text.replace(" ,)", ")").replace(" , >", " >")
}

/// As they stand in a text of tokens; longer ones first.
const MODULES: &[&str] = &[
    ":: core :: option :: ",
    ":: core :: ffi :: ",
    "core :: option :: ",
    "core :: ffi :: ",
];

const NUMBERS: &[(&str, &str)] = &[
    ("c_char", "i8"),
    ("c_schar", "i8"),
    ("c_uchar", "u8"),
    ("c_short", "i16"),
    ("c_ushort", "u16"),
    ("c_int", "i32"),
    ("c_uint", "u32"),
    ("c_long", "i32"),
    ("c_ulong", "u32"),
    ("c_longlong", "i64"),
    ("c_ulonglong", "u64"),
    ("c_float", "f32"),
    ("c_double", "f64"),
];

#[cfg(test)]
mod tests {
    use super::{Item, of};

    #[test]
    fn the_same_declaration_is_the_same_text_however_it_is_spelled() {
        let generated = of("
            pub type CHAR = ::core::ffi::c_char;
            pub type F = ::core::option::Option<unsafe extern \"C\" fn(a: *mut ::core::ffi::c_void,) -> ::core::ffi::c_long,>;
            unsafe extern \"C\" { #[must_use] pub fn f(x: ::core::ffi::c_ulong, ...) -> NTSTATUS; }
            #[repr(C)] pub struct _S { pub a: ::core::ffi::c_int, pub b: [::core::ffi::c_ulong; 3usize] }
            pub mod _E { pub type Type = ::core::ffi::c_int; pub const A: Type = 3; }
            pub use self::_E::Type as E;
        ");
        let written = of("
            pub type CHAR = i8;
            pub type F = Option<unsafe extern \"C\" fn(a: *mut c_void) -> i32>;
            unsafe extern \"C\" { pub fn f(x: u32, ...) -> NTSTATUS; }
            #[repr(C)] pub struct _S { pub a: i32, pub b: [u32; 3] }
            pub mod _E { pub type Type = i32; pub const A: Type = 1 + 2; }
            pub use self::_E::Type as E;
        ");
        assert_eq!(generated.expect("Rust"), written.expect("Rust"));
    }

    #[test]
    fn differences_are_seen() {
        let one = |text: &str| of(text).expect("Rust").into_values().next();
        assert_ne!(one("pub type A = i8;"), one("pub type A = u8;"));
        assert_ne!(
            one("unsafe extern \"C\" { pub fn f(x: u32); }"),
            one("unsafe extern \"C\" { pub fn f(x: u32, ...); }")
        );
        assert_ne!(
            one("pub struct A { pub a: u8 }"),
            one("pub union A { pub a: u8 }")
        );
        let opaque = one("pub struct A { _unused: [u8; 0] }");
        assert!(matches!(
            opaque,
            Some(Item::Aggregate {
                is_opaque: true,
                ..
            })
        ));
    }
}
