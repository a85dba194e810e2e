//! The project's rules, as code: who may import whom, where `unsafe` may be, what a driver never
//! does, how long a function gets, which names documents may use, and which test keeps which
//! requirement of the protocol.
//!
//! Called by this package's tests and by `cargo dev check`. A rule takes a [`Tree`] and gives
//! back [`Finding`]s; a tree is the project's own folder or a scratch one, so that each rule is
//! itself tested with sources that break it.

pub mod cases;
pub mod conformance;
pub mod docs;
pub mod hostile;
pub mod layers;
pub mod lint;
pub mod panics;
pub mod rfc;
pub mod sizes;
pub mod source;
pub mod statuses;
pub mod text;
pub mod unsafety;
pub mod verifier;

use std::fmt;

pub use source::Tree;

/// A rule broken at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the project's root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl Finding {
    pub(crate) fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// One rule.
pub struct Rule {
    /// What people call it.
    pub name: &'static str,
    /// Finds where a tree breaks it.
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        name: "layers",
        check: layers::check,
    },
    Rule {
        name: "unsafe",
        check: unsafety::check,
    },
    Rule {
        name: "panics",
        check: panics::check,
    },
    Rule {
        name: "sizes",
        check: sizes::check,
    },
    Rule {
        name: "conformance",
        check: conformance::check,
    },
    Rule {
        name: "statuses",
        check: statuses::check,
    },
    Rule {
        name: "documents",
        check: docs::check,
    },
    Rule {
        name: "hostile",
        check: hostile::check,
    },
    Rule {
        name: "requirements",
        check: rfc::check,
    },
    Rule {
        name: "verifier",
        check: verifier::check,
    },
    Rule {
        name: "text",
        check: text::check,
    },
];

/// Checks every rule; the text lists what is broken, a line each.
///
/// # Errors
///
/// When a rule is broken.
pub fn check_all(tree: &Tree) -> Result<(), String> {
    let broken: Vec<String> = RULES
        .iter()
        .flat_map(|rule| {
            (rule.check)(tree)
                .into_iter()
                .map(move |finding| format!("{finding} [{}]", rule.name))
        })
        .collect();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}
