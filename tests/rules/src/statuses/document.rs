//! `docs/statuses.md`: function by function, each status and the tests that provoke it.

use std::fmt::Write as _;

use super::{Statuses, registry::Kept};
use crate::conformance::document::short;

/// Where it is.
pub const PATH: &str = "docs/statuses.md";

const HEAD: &str = "# Statuses

Every status of every NDKPI function: when it comes, and the tests that provoke it; or why it never comes. Those a function's page does not name
fall under its \"other status codes\". A status of a request that pended comes with its completion callback, a status of a posted request in its
`NDK_RESULT`. Written by `cargo dev conformance --write` from `tests/conformance/statuses/ndk.txt` and from what tests cite in the comments above them
(`// NdkConnect: STATUS_IO_TIMEOUT`); a test in `tests/rules` fails when a function is missing, when nothing provokes a status, or when this is not current.
Tests written `file::name` are in `tests/functional/tests`.
";

/// The document.
#[must_use]
pub fn of(read: &Statuses) -> String {
    let count = |kept| read.lines.iter().filter(|line| line.kept == kept).count();
    let mut text = format!(
        "{HEAD}\n{} provoked, {} that never come.\n",
        count(Kept::Observed),
        count(Kept::Never)
    );
    let mut function = "";
    for line in &read.lines {
        if line.function != function {
            function = &line.function;
            let _ = write!(
                text,
                "\n## {function}\n\n| status | when | tests |\n|---|---|---|\n"
            );
        }
        let tests: Vec<String> = read.of(line).map(|cited| short(&cited.test)).collect();
        let tests = match line.kept {
            Kept::Observed => tests.join(", "),
            Kept::Never => "never".to_owned(),
        };
        let _ = writeln!(text, "| {} | {} | {tests} |", line.status, line.says);
    }
    text
}
