//! Documents name what exists: a file, a function, a test.
//!
//! In `README.md` and everything under `docs/`, a name in backticks that looks like a path of this
//! project is a file or folder, and one that looks like `ndk::cq::arm` is a function, a type or a
//! module of the driver; `tests/…/file.rs::name` is a function in that file. No section has a heading twice, for then
//! something stands there twice.

use std::collections::BTreeSet;

use syn::{
    ImplItem, Item, TraitItem,
    visit::{self, Visit},
};

use crate::{Finding, Tree, source::Source};

const ROOTS: &[&str] = &["src/", "tests/", "docs/", "inf/", ".ci/", ".cargo/"];
const LAYERS: &[&str] = &[
    "driver",
    "ndis",
    "ndk",
    "transport",
    "iwarp",
    "rdma",
    "sync",
    "wsk",
    "nt",
    "sys",
    "crc32c",
];

/// Finds names that lead nowhere.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.texts.iter().filter(|text| is_document(&text.path));
    let mut findings = Vec::new();
    for document in documents {
        for (index, line) in prose(&document.text) {
            for name in quoted(line) {
                if !leads_somewhere(tree, name) {
                    let what = format!("`{name}` does not exist");
                    findings.push(Finding::new(&document.path, index + 1, what));
                }
            }
        }
        findings.extend(repeated_headings(&document.path, &document.text));
    }
    findings
}

/// Headings that their section had already.
fn repeated_headings(path: &str, text: &str) -> Vec<Finding> {
    let (mut known, mut section) = (BTreeSet::new(), Vec::new());
    let mut findings = Vec::new();
    for (index, line) in prose(text).filter(|(_, line)| line.starts_with('#')) {
        let depth = line.bytes().take_while(|byte| *byte == b'#').count();
        section.truncate(depth - 1);
        section.resize(depth - 1, "");
        section.push(line);
        if !known.insert(section.clone()) {
            let what = format!("`{line}` stands here for the second time");
            findings.push(Finding::new(path, index + 1, what));
        }
    }
    findings
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md") && (path.starts_with("docs/") || !path.contains('/'))
}

/// Lines outside of code blocks, from 0.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// What stands in backticks, and where links lead.
fn quoted(line: &str) -> Vec<&str> {
    let ticked = line.split('`').skip(1).step_by(2);
    let links = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next());
    let links = links.filter(|link| ROOTS.iter().any(|root| link.starts_with(root)));
    ticked.chain(links).collect()
}

fn leads_somewhere(tree: &Tree, name: &str) -> bool {
    let name = name.trim_end_matches("()");
    if name.contains([' ', '*', '<', '{', '…', '$']) {
        return true;
    }
    if ROOTS.iter().any(|root| name.starts_with(root)) {
        let (path, function) = name
            .split_once("::")
            .map_or((name, None), |(p, f)| (p, Some(f)));
        return tree.has(path) && function.is_none_or(|function| file_has(tree, path, function));
    }
    let mut parts = name.split("::");
    let layer = parts.next().unwrap_or_default();
    if !name.contains("::") || !LAYERS.contains(&layer) {
        return true;
    }
    driver_has(tree, layer, &parts.collect::<Vec<_>>())
}

fn file_has(tree: &Tree, path: &str, function: &str) -> bool {
    let last = function.rsplit("::").next().unwrap_or_default();
    tree.sources
        .iter()
        .any(|source| source.path == path && names(source).contains(last))
}

/// Whether a path like `ndk::cq::arm` names a module, or something in the deepest module there is.
fn driver_has(tree: &Tree, layer: &str, parts: &[&str]) -> bool {
    let mut folder = format!("src/{layer}");
    for (index, part) in parts.iter().enumerate() {
        let deeper = format!("{folder}/{part}");
        if tree.has(&deeper) || tree.has(&format!("{deeper}.rs")) {
            folder = deeper;
            continue;
        }
        return parts[index..]
            .iter()
            .all(|name| any_below(tree, &folder, name));
    }
    true
}

fn any_below(tree: &Tree, folder: &str, name: &str) -> bool {
    let below = tree.sources.iter().filter(|source| {
        source.path == format!("{folder}.rs") || source.path.starts_with(&format!("{folder}/"))
    });
    below.into_iter().any(|source| names(source).contains(name))
}

/// Every function, type, constant, trait and module a file declares.
fn names(source: &Source) -> BTreeSet<String> {
    let mut names = Names::default();
    names.visit_file(&source.syntax);
    names.found
}

#[derive(Default)]
struct Names {
    found: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        let name = match item {
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Const(item) => Some(&item.ident),
            Item::Static(item) => Some(&item.ident),
            Item::Mod(item) => Some(&item.ident),
            _ => None,
        };
        self.found.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if let ImplItem::Fn(function) = item {
            self.found.insert(function.sig.ident.to_string());
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if let TraitItem::Fn(function) = item {
            self.found.insert(function.sig.ident.to_string());
        }
        visit::visit_trait_item(self, item);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.found.insert(variant.ident.to_string());
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // Tests and tables made by a macro: take every identifier in it.
        let text = mac.tokens.to_string();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        self.found
            .extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
}
