//! What the sources declare: types with their fields, constants, imports and function types.

use std::{collections::BTreeMap, fs, path::Path};

use quote::ToTokens;
use syn::{Fields, FnArg, ForeignItem, GenericArgument, Item, PathArguments, ReturnType, Type};

/// One of the two places with declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `src/sys`: NDIS, NDKPI, WSK, netio.
    Sys,
    /// `tests/wdk/wdk-sys`: WDM.
    Wdk,
}

impl Place {
    pub const ALL: [Self; 2] = [Self::Sys, Self::Wdk];

    /// The crate path its names are used by.
    #[must_use]
    pub fn root(self) -> &'static str {
        match self {
            Self::Sys => "softrnic::sys",
            Self::Wdk => "wdk_sys",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Sys => "../../src/sys",
            Self::Wdk => "../wdk/wdk-sys/src",
        }
    }
}

/// A `repr(C)` structure or union.
#[derive(Clone, Debug)]
pub struct Aggregate {
    pub name: String,
    pub fields: Vec<(String, String)>,
    pub repr_c: bool,
}

/// The argument types and the return type, as written.
#[derive(Clone, Debug)]
pub struct Prototype {
    pub name: String,
    pub arguments: Vec<String>,
    pub returns: Option<String>,
}

/// Everything one place declares.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    pub types: BTreeMap<String, Aggregate>,
    /// By the path below the crate root (constants of an enumeration live in its module).
    pub constants: Vec<(String, String)>,
    pub functions: Vec<Prototype>,
}

/// Reads every source file of `place`.
#[must_use]
pub fn read(place: Place) -> Declarations {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(place.folder());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of the declarations")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| path.file_name().is_some_and(|name| name != "support.rs"))
        .collect();
    files.sort();
    let mut declarations = Declarations::default();
    for path in files {
        let text = fs::read_to_string(&path).expect("a readable source file");
        let file = syn::parse_file(&text).expect("a source file that parses");
        add(&file.items, "", &mut declarations);
    }
    declarations
}

fn add(items: &[Item], module: &str, to: &mut Declarations) {
    for item in items {
        match item {
            Item::Struct(item) => add_aggregate(&item.ident, &item.fields, &item.attrs, to),
            Item::Union(item) => {
                let fields = Fields::Named(item.fields.clone());
                add_aggregate(&item.ident, &fields, &item.attrs, to);
            }
            Item::Const(item) if item.ident != "_" => {
                let path = format!("{module}{}", item.ident);
                to.constants.push((path, text(&item.ty)));
            }
            Item::ForeignMod(block) => to.functions.extend(block.items.iter().filter_map(import)),
            Item::Type(item) => {
                if let Some(prototype) = function_type(&item.ident.to_string(), &item.ty) {
                    to.functions.push(prototype);
                }
            }
            Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    add(items, &format!("{module}{}::", item.ident), to);
                }
            }
            _ => {}
        }
    }
}

fn add_aggregate(
    name: &syn::Ident,
    fields: &Fields,
    attributes: &[syn::Attribute],
    to: &mut Declarations,
) {
    let public = |field: &&syn::Field| matches!(field.vis, syn::Visibility::Public(_));
    let fields = fields
        .iter()
        .filter(public)
        .filter_map(|field| Some((field.ident.as_ref()?.to_string(), text(&field.ty))))
        .collect();
    let repr_c = attributes.iter().any(|attribute| {
        attribute.path().is_ident("repr")
            && attribute.meta.to_token_stream().to_string().contains('C')
    });
    let name = name.to_string();
    to.types.insert(
        name.clone(),
        Aggregate {
            name,
            fields,
            repr_c,
        },
    );
}

fn import(item: &ForeignItem) -> Option<Prototype> {
    let ForeignItem::Fn(function) = item else {
        return None;
    };
    let signature = &function.sig;
    // PANIC: a test. `DbgPrint` and its like are compared by their fixed arguments.
    let arguments = signature.inputs.iter().map(|argument| match argument {
        FnArg::Typed(argument) => text(&argument.ty),
        FnArg::Receiver(_) => unreachable!("an import has no receiver"),
    });
    Some(Prototype {
        name: signature.ident.to_string(),
        arguments: arguments.collect(),
        returns: returned(&signature.output),
    })
}

/// `Option<unsafe extern fn(..)>`: how a nullable function pointer is written.
fn function_type(name: &str, ty: &Type) -> Option<Prototype> {
    let Type::Path(path) = ty else { return None };
    let option = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(inner) = &option.arguments else {
        return None;
    };
    let Some(GenericArgument::Type(Type::BareFn(function))) = inner.args.first() else {
        return None;
    };
    Some(Prototype {
        name: name.to_owned(),
        arguments: function
            .inputs
            .iter()
            .map(|argument| text(&argument.ty))
            .collect(),
        returns: returned(&function.output),
    })
}

fn returned(output: &ReturnType) -> Option<String> {
    match output {
        ReturnType::Type(_, ty) if !matches!(**ty, Type::Never(_)) => Some(text(ty)),
        _ => None,
    }
}

fn text(of: &impl ToTokens) -> String {
    of.to_token_stream().to_string()
}
