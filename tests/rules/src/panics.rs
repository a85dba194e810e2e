//! What a driver never does: panic on purpose, allocate infallibly, or silence a lint for good.

use syn::{
    Attribute, ExprMethodCall, Item, Macro, Path,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::{
    Finding, Tree,
    source::{attributes, is_for_tests},
};

const METHODS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
const MACROS: &[&str] = &["panic", "todo", "unimplemented", "unreachable"];
/// Crates whose collections panic when the pool is empty. (`wdk_alloc` is named by the driver all
/// the same, as the allocator nothing uses.)
const CRATES: &[&str] = &["alloc", "std"];

/// Finds panics and infallible allocations in the driver's sources.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, _) in tree.driver() {
        let mut search = Search::default();
        search.visit_file(&source.syntax);
        let found = search.found.into_iter();
        findings.extend(found.map(|(line, what)| Finding::new(&source.path, line, what)));
    }
    findings
}

#[derive(Default)]
struct Search {
    found: Vec<(usize, String)>,
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if METHODS.contains(&name.as_str()) {
            self.found
                .push((call.method.span().start().line, format!("{name} may panic")));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac
            .path
            .segments
            .last()
            .map(|part| part.ident.to_string())
            .unwrap_or_default();
        if MACROS.contains(&name.as_str()) {
            self.found
                .push((mac.span().start().line, format!("{name}! panics")));
        }
        visit::visit_macro(self, mac);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.check_crate(
            path.segments.first().map(|part| part.ident.to_string()),
            path.span(),
        );
        visit::visit_path(self, path);
    }

    fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
        // Only the first name of a path is a crate; the visitor starts there and goes no deeper.
        self.check_crate(Some(path.ident.to_string()), path.span());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("allow") {
            let what = "allow: say expect, with a reason";
            self.found
                .push((attribute.span().start().line, what.to_owned()));
        }
    }
}

impl Search {
    fn check_crate(&mut self, name: Option<String>, span: proc_macro2::Span) {
        if let Some(name) = name.filter(|name| CRATES.contains(&name.as_str())) {
            let what = format!("{name}: not in a driver; memory comes from nt::pool");
            self.found.push((span.start().line, what));
        }
    }
}
