//! The tests of a source: what they are called, and what the comments above them say.

use std::collections::BTreeSet;

use syn::{
    ItemFn, ItemMod, Macro,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::source::Source;

/// A function with `#[test]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The modules it is in within its file, outermost first.
    pub modules: Vec<String>,
    /// The comment above it, without the slashes.
    pub comment: String,
    /// Whether it is skipped unless asked for.
    pub is_ignored: bool,
}

/// What makes tests in a source.
#[derive(Default)]
pub struct Cases {
    /// Functions with `#[test]`, outside of macros.
    pub written: Vec<Case>,
    /// Calls of macros outside of functions, by name: the words in each. Some make tests of them.
    pub made: Vec<(String, BTreeSet<String>)>,
}

impl Cases {
    /// The tests of `source`.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        let mut finder = Finder {
            lines: source.text.lines().collect(),
            modules: Vec::new(),
            found: Self::default(),
        };
        finder.visit_file(&source.syntax);
        finder.found
    }
}

struct Finder<'a> {
    lines: Vec<&'a str>,
    modules: Vec<String>,
    found: Cases,
}

impl Finder<'_> {
    /// The comment that ends above `first`, and what of it stands between `first` and `last`; lines from 0.
    fn comment(&self, first: usize, last: usize) -> String {
        let is_comment = |line: &&&str| line.trim_start().starts_with("//");
        let above = self.lines[..first].iter().rev().take_while(is_comment);
        let mut lines: Vec<&str> = above.copied().collect();
        lines.reverse();
        lines.extend(self.lines[first..last].iter().filter(is_comment));
        let text = |line: &&str| line.trim_start().trim_start_matches('/').trim().to_owned();
        lines.iter().map(text).collect::<Vec<_>>().join(" ")
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let has = |name| item.attrs.iter().any(|attr| attr.path().is_ident(name));
        if !has("test") {
            return;
        }
        let last = item.sig.fn_token.span().start().line - 1;
        let starts = item
            .attrs
            .iter()
            .map(|attr| attr.pound_token.span().start().line - 1);
        let first = starts.min().unwrap_or(last);
        self.found.written.push(Case {
            name: item.sig.ident.to_string(),
            modules: self.modules.clone(),
            comment: self.comment(first, last),
            is_ignored: has("ignore"),
        });
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac.path.segments.last();
        let text = mac.tokens.to_string();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
        let name = name.map_or_else(String::new, |segment| segment.ident.to_string());
        self.found.made.push((name, words.collect()));
    }
}
