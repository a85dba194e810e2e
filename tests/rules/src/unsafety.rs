//! Where `unsafe` may be, and that each block says which invariant it rests on and who keeps it.

use syn::{
    Attribute, ExprUnsafe, ImplItemFn, Item, ItemFn, ItemForeignMod, ItemImpl, ItemTrait,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::{
    Finding, Tree,
    source::{Source, attributes, is_for_tests},
};

/// Layers that may use it anywhere.
const LAYERS: &[&str] = &["nt", "wsk", "sync", "sys", "crc32c"];
/// Files that may use it in the other layers.
const FILES: &[&str] = &["src/ndk/dispatch.rs", "src/ndk/object.rs", "src/driver.rs"];
/// File names that may use it anywhere below `src/ndis`.
const NDIS_FILES: &[&str] = &["/dispatch.rs"];
/// Layers that say so in their own source.
const FORBIDDING: &[&str] = &["rdma", "iwarp"];

/// Finds `unsafe` where it may not be, and blocks that do not say why they hold.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, layer) in tree.driver() {
        let found = uses(source);
        if !may(layer, &source.path) {
            let misplaced = |line: &usize| {
                Finding::new(
                    &source.path,
                    *line,
                    format!("{layer} may not use unsafe here"),
                )
            };
            findings.extend(found.all.iter().map(misplaced));
        }
        findings.extend(unexplained(source, &found.blocks));
        if FORBIDDING.contains(&layer) && source.path.ends_with("/mod.rs") && !forbids(source) {
            let what = format!("{layer} does not say #![forbid(unsafe_code)]");
            if source.path == format!("src/{layer}/mod.rs") {
                findings.push(Finding::new(&source.path, 1, what));
            }
        }
    }
    findings
}

fn may(layer: &str, path: &str) -> bool {
    LAYERS.contains(&layer)
        || FILES.contains(&path)
        || path.starts_with("src/ndk/object/")
        || path.starts_with("src/ndk/dispatch/")
        || path.starts_with("src/ndis/dispatch/")
        || path.starts_with("src/ndis/nbl/")
        || layer == "ndis" && NDIS_FILES.iter().any(|name| path.ends_with(name))
}

fn forbids(source: &Source) -> bool {
    source.syntax.attrs.iter().any(|attribute| {
        let list = attribute
            .meta
            .require_list()
            .map(|list| list.tokens.to_string());
        attribute.path().is_ident("forbid") && list.is_ok_and(|list| list.contains("unsafe_code"))
    })
}

fn unexplained(source: &Source, blocks: &[usize]) -> Vec<Finding> {
    let lines: Vec<&str> = source.text.lines().collect();
    let silent = blocks.iter().filter(|line| !has_reason(&lines, **line));
    silent
        .map(|line| Finding::new(&source.path, *line, "an unsafe block without // SAFETY:"))
        .collect()
}

/// Whether the comment above the statement that holds line `line` (from 1) has a reason.
fn has_reason(lines: &[&str], line: usize) -> bool {
    let above = lines.iter().take(line).rev();
    for (distance, text) in above.enumerate() {
        let text = text.trim();
        if let Some(reason) = text.split("SAFETY:").nth(1) {
            let reason = reason.trim();
            return reason.len() >= "as above".len() && !reason.starts_with("this is safe");
        }
        if distance > 0 && ends_the_search(text) {
            return false;
        }
    }
    false
}

/// Whether a line above belongs to another statement. A struct literal's opening brace does not.
fn ends_the_search(text: &str) -> bool {
    const BLOCKS: &[&str] = &[
        "fn ", "if ", "else", "match ", "loop ", "for ", "while ", "impl ",
    ];
    if text.starts_with("//") || text.starts_with("#[") {
        return false;
    }
    let opens_a_block = text.ends_with('{') && BLOCKS.iter().any(|word| text.contains(word));
    text.is_empty() || opens_a_block || text.ends_with([';', '}'])
}

#[derive(Default)]
struct Uses {
    all: Vec<usize>,
    blocks: Vec<usize>,
}

fn uses(source: &Source) -> Uses {
    let mut uses = Uses::default();
    uses.visit_file(&source.syntax);
    uses
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        let line = block.unsafe_token.span.start().line;
        self.all.push(line);
        self.blocks.push(line);
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.all
            .extend(item.sig.unsafety.map(|token| token.span.start().line));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.all
            .extend(item.sig.unsafety.map(|token| token.span.start().line));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        self.all
            .extend(item.unsafety.map(|token| token.span.start().line));
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.all
            .extend(item.unsafety.map(|token| token.span.start().line));
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast ItemForeignMod) {
        self.all.push(item.span().start().line);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("unsafe") {
            self.all.push(attribute.span().start().line);
        }
    }
}
