//! How long a file and a function may get: what the best code of the field keeps to.

use std::collections::BTreeMap;

use syn::{
    Block, ImplItemFn, Item, ItemFn, Signature, TraitItemFn,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::{
    Finding, Tree,
    source::{Source, attributes, is_for_tests},
};

/// Lines of a file, its tests not counted.
pub const FILE: usize = 500;
/// Lines of a function, from its `fn` to its closing brace.
pub const FUNCTION: usize = 60;

const EXCEPTIONS: &str = "tests/rules/exceptions.txt";

/// Finds files and functions that are too long, and exceptions nobody needs.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let (mut exceptions, mut findings) = exceptions(tree);
    for source in tree.sources.iter().filter(|source| !source.is_unit_test()) {
        let lines = source.text.lines().count() - test_lines(source);
        let limit = exceptions.remove(&source.path).unwrap_or(FILE);
        if lines > limit {
            let what = format!("{lines} lines; a file has at most {limit}");
            findings.push(Finding::new(&source.path, 1, what));
        }
        let mut functions = Functions { found: Vec::new() };
        functions.visit_file(&source.syntax);
        for function in functions.found {
            let key = format!("{}::{}", source.path, function.name);
            let limit = exceptions.remove(&key).unwrap_or(FUNCTION);
            if function.lines > limit {
                let what = format!(
                    "{}: {} lines; at most {limit}",
                    function.name, function.lines
                );
                findings.push(Finding::new(&source.path, function.line, what));
            }
        }
    }
    let unused = exceptions.into_keys();
    findings.extend(unused.map(|key| Finding::new(EXCEPTIONS, 1, format!("{key} is not there"))));
    findings
}

fn exceptions(tree: &Tree) -> (BTreeMap<String, usize>, Vec<Finding>) {
    let mut found = BTreeMap::new();
    let mut findings = Vec::new();
    let file = tree.texts.iter().find(|text| text.path == EXCEPTIONS);
    for (index, line) in file.map_or("", |file| &file.text).lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parsed = line
            .split_once(": ")
            .filter(|(_, reason)| !reason.trim().is_empty());
        let parsed = parsed.and_then(|(entry, _)| entry.rsplit_once(' '));
        match parsed.and_then(|(key, limit)| Some((key, limit.parse().ok()?))) {
            Some((key, limit)) => {
                found.insert(key.to_owned(), limit);
            }
            None => findings.push(Finding::new(EXCEPTIONS, index + 1, "path lines: reason")),
        }
    }
    (found, findings)
}

/// Lines in `#[cfg(test)]` modules.
fn test_lines(source: &Source) -> usize {
    let tests = source
        .syntax
        .items
        .iter()
        .filter(|item| is_for_tests(attributes(item)));
    tests
        .map(|item| item.span().end().line - item.span().start().line + 1)
        .sum()
}

struct Functions {
    found: Vec<Function>,
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

impl Functions {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let start = signature.span().start().line;
        let end = block.span().end().line;
        let (name, lines) = (signature.ident.to_string(), end - start + 1);
        self.found.push(Function {
            name,
            line: start,
            lines,
        });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
