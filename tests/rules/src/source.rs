//! The files of a tree, and its Rust sources parsed.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use syn::{Attribute, Item};
use walkdir::{DirEntry, WalkDir};

/// A folder with the project's layout.
pub struct Tree {
    root: PathBuf,
    /// Every text file, sources included, in order of name.
    pub texts: Vec<Text>,
    /// The Rust sources.
    pub sources: Vec<Source>,
}

/// A text file.
pub struct Text {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its contents.
    pub text: String,
}

/// A Rust source file.
pub struct Source {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its contents.
    pub text: String,
    /// Its syntax tree.
    pub syntax: syn::File,
    /// Whether it is compiled for tests (or models) only.
    pub is_test: bool,
}

impl Source {
    /// Whether it holds tests and nothing else; the module beside it says what they are of.
    #[must_use]
    pub fn is_unit_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }
}

const TEXTS: &[&str] = &[
    "rs", "toml", "md", "txt", "tsv", "inx", "ps1", "psd1", "psm1", "yml", "yaml", "sh", "svg",
    "run", "snap",
];
const SKIPPED_FOLDERS: &[&str] = &["target", ".git"];

impl Tree {
    /// The project itself.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a source does not parse.
    pub fn project() -> io::Result<Self> {
        Self::read(softrnic_build::root())
    }

    /// The tree in `root`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a source does not parse.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut texts = Vec::new();
        for entry in WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(is_ours)
        {
            let entry = entry?;
            if entry.file_type().is_file() && is_text(entry.path()) {
                let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
                let path = path.to_string_lossy().replace('\\', "/");
                texts.push(Text {
                    path,
                    text: fs::read_to_string(entry.path())?,
                });
            }
        }
        let mut sources = parse(&texts)?;
        mark_tests(&mut sources);
        Ok(Self {
            root: root.to_path_buf(),
            texts,
            sources,
        })
    }

    /// Whether the tree has this file or folder.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The driver's sources that ship, with the name of their layer.
    pub fn driver(&self) -> impl Iterator<Item = (&Source, &str)> {
        let shipped = self.sources.iter().filter(|source| !source.is_test);
        shipped.filter_map(|source| Some((source, layer_of(&source.path)?)))
    }
}

/// `ndk` for `src/ndk/cq.rs` and for `src/ndk.rs`; none outside `src` and for `src/lib.rs`.
fn layer_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    let layer = first.strip_suffix(".rs").unwrap_or(first);
    (layer != "lib").then_some(layer)
}

fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    !(entry.file_type().is_dir() && SKIPPED_FOLDERS.contains(&&*name))
}

fn is_text(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().into_owned());
    let script = path.ends_with(".ci/run");
    script || extension.is_some_and(|extension| TEXTS.contains(&&*extension))
}

fn parse(texts: &[Text]) -> io::Result<Vec<Source>> {
    let rust = texts.iter().filter(|text| text.path.ends_with(".rs"));
    rust.map(|text| {
        let syntax = syn::parse_file(&text.text).map_err(|error| {
            let line = error.span().start().line;
            io::Error::other(format!("{}:{line}: {error}", text.path))
        })?;
        let (path, text) = (text.path.clone(), text.text.clone());
        let is_test = is_named_as_test(&path);
        Ok(Source {
            path,
            text,
            syntax,
            is_test,
        })
    })
    .collect()
}

fn is_named_as_test(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Marks the files behind a `#[cfg(test)] mod name;`, and those below them.
fn mark_tests(sources: &mut [Source]) {
    let mut folders = BTreeSet::new();
    for source in sources.iter() {
        let folder = folder_of_children(&source.path);
        for item in &source.syntax.items {
            if let Item::Mod(module) = item
                && module.content.is_none()
                && is_for_tests(&module.attrs)
            {
                folders.insert(format!("{folder}/{}", module.ident));
            }
        }
    }
    for source in sources {
        let stem = source.path.trim_end_matches(".rs");
        let mut above = Path::new(stem)
            .ancestors()
            .map(|path| path.to_string_lossy());
        source.is_test |= above.any(|path| folders.contains(&*path));
    }
}

/// Where the children of a module's file are: `src/ndk` for `src/ndk/mod.rs`, `src/ndk/cq` for
/// `src/ndk/cq.rs`.
fn folder_of_children(path: &str) -> &str {
    let stem = path.trim_end_matches(".rs");
    ["/mod", "/lib", "/main"]
        .iter()
        .find_map(|name| stem.strip_suffix(name))
        .unwrap_or(stem)
}

/// Whether an item is compiled for tests or models only.
#[must_use]
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        if !attribute.path().is_ident("cfg") {
            return false;
        }
        let condition = attribute
            .meta
            .require_list()
            .map(|list| list.tokens.to_string());
        let words = condition.unwrap_or_default();
        let mut words = words.split(|c: char| !c.is_alphanumeric() && c != '_');
        !words.clone().any(|word| word == "not")
            && words.any(|word| word == "test" || word == "loom")
    })
}

/// The attributes of an item.
#[must_use]
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
