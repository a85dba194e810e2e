//! What the comments above tests say that the tests provoke, and whether the tests name it.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    ImplItemFn, ItemConst, ItemFn, ItemStatic,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::registry::{Status, is_status};
use crate::{Tree, cases::Cases, conformance::coverage::Citing, source::Source};

/// A test says that it provokes a status.
#[derive(Clone, Debug)]
pub struct Citation {
    /// The test.
    pub test: Citing,
    /// The function.
    pub function: String,
    /// Its status.
    pub status: String,
    /// The test, or what it uses of its file, names the status. Success needs no name: a consumer's call that gives an object
    /// says it so.
    pub names_it: bool,
}

impl Citation {
    /// Whether it is of that line.
    #[must_use]
    pub fn is_of(&self, line: &Status) -> bool {
        (&self.function, &self.status) == (&line.function, &line.status)
    }
}

/// The citations of tests that run the image.
pub(super) fn read(tree: &Tree, functions: &BTreeSet<&str>) -> Vec<Citation> {
    let mut citations = Vec::new();
    for source in &tree.sources {
        for case in Cases::of(source).written {
            let test = Citing {
                path: source.path.clone(),
                name: [&case.modules[..], std::slice::from_ref(&case.name)]
                    .concat()
                    .join("::"),
            };
            let cited = cited(&case.comment, functions);
            if cited.is_empty() || case.is_ignored || !test.is_witness() {
                continue;
            }
            let named = words_of(source, &case.name);
            citations.extend(cited.into_iter().map(|(function, status)| Citation {
                test: test.clone(),
                names_it: status == "STATUS_SUCCESS" || named.contains(&constant(&status)),
                function,
                status,
            }));
        }
    }
    citations
}

/// `NdkSend, NdkWrite: STATUS_A, STATUS_B` are four.
fn cited(comment: &str, functions: &BTreeSet<&str>) -> Vec<(String, String)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let words = comment.split(|c: char| !is_part(c));
    let words = words.map(|word| word.trim_matches('.'));
    let (mut subjects, mut cited) = (Vec::new(), Vec::new());
    let mut is_complete = false;
    for word in words.filter(|word| !word.is_empty()) {
        if functions.contains(word) {
            if std::mem::take(&mut is_complete) {
                subjects.clear();
            }
            subjects.push(word.to_owned());
        } else if is_status(word) {
            is_complete = true;
            cited.extend(
                subjects
                    .iter()
                    .map(|function| (function.clone(), word.to_owned())),
            );
        } else if word != "and" {
            subjects.clear();
        }
    }
    cited
}

/// How a test writes it: `IO_TIMEOUT` for `STATUS_IO_TIMEOUT`, `NDIS_BAD_VERSION` for `NDIS_STATUS_BAD_VERSION`.
fn constant(status: &str) -> String {
    status.replacen("STATUS_", "", 1)
}

/// The words of the test, and of whatever it uses of its file; of numbers without their separators.
fn words_of(source: &Source, test: &str) -> BTreeSet<String> {
    let mut items = Items {
        lines: source.text.lines().collect(),
        by_name: BTreeMap::new(),
    };
    items.visit_file(&source.syntax);
    let own = items.by_name.get(test).cloned().unwrap_or_default();
    let used = own.iter().filter(|word| *word != test);
    let used = used.filter_map(|word| items.by_name.get(word)).flatten();
    used.chain(&own).cloned().collect()
}

/// The functions and constants of a file: the words of each.
struct Items<'a> {
    lines: Vec<&'a str>,
    by_name: BTreeMap<String, BTreeSet<String>>,
}

impl Items<'_> {
    fn keep(&mut self, name: &syn::Ident, item: &impl Spanned) {
        let span = item.span();
        let lines = &self.lines[span.start().line - 1..span.end().line];
        let code = lines.iter().map(|line| line.split("//").next());
        let code = code.flatten().flat_map(|line| {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.filter(|word| !word.is_empty())
        });
        let words = code.map(|word| match word.strip_prefix("0x") {
            Some(digits) => format!("0x{}", digits.replace('_', "")),
            None => word.to_owned(),
        });
        let known = self.by_name.entry(name.to_string()).or_default();
        known.extend(words);
    }
}

impl<'ast> Visit<'ast> for Items<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.keep(&item.sig.ident, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.keep(&item.sig.ident, item);
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.keep(&item.ident, item);
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        self.keep(&item.ident, item);
    }
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, cited};

    #[test]
    fn functions_and_statuses_may_be_listed() {
        let functions = BTreeSet::from(["NdkSend", "NdkWrite", "Listener.NdkGetLocalAddress"]);
        let of = |comment: &str| {
            let pairs = cited(comment, &functions).into_iter();
            pairs
                .map(|(function, status)| format!("{function} {status}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(
                "NDK-A-01. NdkSend, NdkWrite: STATUS_A and STATUS_B. Listener.NdkGetLocalAddress: STATUS_C."
            ),
            [
                "NdkSend STATUS_A",
                "NdkWrite STATUS_A",
                "NdkSend STATUS_B",
                "NdkWrite STATUS_B",
                "Listener.NdkGetLocalAddress STATUS_C"
            ]
        );
        assert_eq!(of("NdkSend fails with STATUS_A"), [""; 0]);
        assert_eq!(of("NdkRead: STATUS_A"), [""; 0]);
        assert_eq!(
            of("NdkSend: STATUS_A when it may. STATUS_B"),
            ["NdkSend STATUS_A"]
        );
    }
}
