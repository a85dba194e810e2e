//! Who may import whom. The table is the one in `docs/architecture.md`.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Item, ItemUse, Path, UseTree,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::{
    Finding, Tree,
    source::{attributes, is_for_tests},
};

/// One row: a layer, what it may import, and what more some of its files may.
struct Layer {
    name: &'static str,
    may: &'static [&'static str],
    files: &'static [&'static str],
    files_may: &'static [&'static str],
}

const fn layer(name: &'static str, may: &'static [&'static str]) -> Layer {
    Layer {
        name,
        may,
        files: &[],
        files_may: &[],
    }
}

/// `wdk_sys` is the kernel's raw declarations from outside; it stands with `sys`.
const LAYERS: &[Layer] = &[
    layer("driver", &["ndis", "wsk", "nt", "wdk_sys"]),
    Layer {
        name: "ndis",
        may: &["ndk", "nt", "sync"],
        files: &["dispatch.rs", "nbl.rs"],
        files_may: &["sys", "wdk_sys"],
    },
    Layer {
        name: "ndk",
        may: &["rdma", "transport", "nt", "sync"],
        files: &["dispatch.rs", "object.rs"],
        files_may: &["sys", "wdk_sys"],
    },
    layer("transport", &["rdma", "iwarp", "wsk", "nt", "sync"]),
    layer("iwarp", &["rdma", "crc32c"]),
    layer("rdma", &["sync"]),
    layer("sync", &[]),
    layer("wsk", &["nt", "sync", "sys", "wdk_sys", "crc32c"]),
    layer("nt", &["sync", "sys", "wdk_sys", "crc32c"]),
    layer("sys", &[]),
    layer("crc32c", &[]),
];

const OUTSIDE: &[&str] = &["wdk_sys"];

/// Finds imports that go against the table.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, name) in tree.driver() {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            findings.push(Finding::new(
                &source.path,
                1,
                format!("{name} is not a layer"),
            ));
            continue;
        };
        let mut imports = Imports {
            module: module_path(&source.path),
            found: BTreeSet::new(),
        };
        imports.visit_file(&source.syntax);
        for (line, target) in imports.found {
            if target != name && !may(layer, &source.path, &target) {
                let what = format!("{name} must not import {target}");
                findings.push(Finding::new(&source.path, line, what));
            }
        }
    }
    findings
}

fn may(layer: &Layer, path: &str, target: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let special = layer.files.contains(&file) || layer.files.iter().any(|name| inside(path, name));
    layer.may.contains(&target) || special && layer.files_may.contains(&target)
}

/// Whether `path` is in the folder beside a special file: `ndk/object/` with `object.rs`.
fn inside(path: &str, name: &str) -> bool {
    path.contains(&format!("/{}/", name.trim_end_matches(".rs")))
}

/// `[ndk, cq]` for `src/ndk/cq.rs`.
fn module_path(path: &str) -> Vec<String> {
    let stem = path.trim_start_matches("src/").trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    stem.split('/').map(str::to_owned).collect()
}

/// Collects the top-level modules and the outside crates a file names.
struct Imports {
    module: Vec<String>,
    found: BTreeSet<(usize, String)>,
}

impl Imports {
    fn add(&mut self, segments: &[String], span: Span) {
        let Some(first) = segments.first() else {
            return;
        };
        let line = span.start().line;
        if OUTSIDE.contains(&first.as_str()) {
            self.found.insert((line, first.clone()));
            return;
        }
        let ups = segments
            .iter()
            .take_while(|segment| *segment == "super")
            .count();
        let top = match first.as_str() {
            "crate" => segments.get(1),
            "super" if ups >= self.module.len() => segments.get(ups),
            _ => None,
        };
        if let Some(top) = top.filter(|top| LAYERS.iter().any(|layer| layer.name == *top)) {
            self.found.insert((line, top.clone()));
        }
    }

    fn add_use(&mut self, tree: &UseTree, mut prefix: Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_use(&path.tree, prefix);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, prefix.clone());
                }
            }
            UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.add(&prefix, tree.span());
            }
            UseTree::Rename(name) => {
                prefix.push(name.ident.to_string());
                self.add(&prefix, tree.span());
            }
            UseTree::Glob(_) => self.add(&prefix, tree.span()),
        }
    }

    /// Paths inside a macro's arguments are not parsed; `crate :: name` is found all the same.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Ident(ident) => {
                    let next = tokens.get(index + 3).map(ToString::to_string);
                    let path: Vec<_> = [Some(ident.to_string()), next]
                        .into_iter()
                        .flatten()
                        .collect();
                    self.add(&path, ident.span());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, Vec::new());
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<_> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        self.add(&segments, path.span());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.add_tokens(mac.tokens.clone());
        visit::visit_macro(self, mac);
    }
}
