//! A rule broken on purpose, in a scratch tree, is caught: once for each way to break it.

use std::{fs, path::PathBuf};

use softrnic_rules::{
    Finding, Tree, docs, hostile, layers, panics, sizes, text, unsafety, verifier,
};

/// A scratch tree with these files.
fn tree(name: &str, files: &[(&str, &str)]) -> Tree {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, contents) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, contents).expect("writable");
    }
    Tree::read(&root).expect("readable")
}

fn whats(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.what.as_str())
        .collect()
}

#[test]
fn an_import_upwards_is_caught() {
    let tree = tree(
        "upwards",
        &[(
            "src/iwarp/mod.rs",
            "//! Protocol.\nuse crate::wsk::Socket;\n",
        )],
    );
    assert_eq!(whats(&layers::check(&tree)), ["iwarp must not import wsk"]);
}

#[test]
fn an_import_is_caught_however_it_is_written() {
    let sources = [
        "use crate::{rdma::Stag, nt};",
        "use super::super::nt::Event;",
        "fn f() { crate::nt::now(); }",
        "fn f(e: &crate::nt::Event) {}",
        "fn f() { log!(crate::nt::now()); }",
        "use crate::nt as kernel;",
        "use crate::nt::*;",
    ];
    for source in sources {
        let tree = tree(
            "written",
            &[(
                "src/iwarp/machine.rs",
                &format!("//! Protocol.\n{source}\n"),
            )],
        );
        assert_eq!(
            whats(&layers::check(&tree)),
            ["iwarp must not import nt"],
            "{source}"
        );
    }
}

#[test]
fn sys_is_for_the_named_files_only() {
    let source = "//! Object.\nuse crate::sys::ndk::NDK_CQ;\n";
    let files = [("src/ndk/cq.rs", source), ("src/ndk/object.rs", source)];
    let findings = layers::check(&tree("sys", &files));
    assert_eq!(whats(&findings), ["ndk must not import sys"]);
    assert_eq!(findings[0].file, "src/ndk/cq.rs");
}

#[test]
fn the_kernel_s_raw_declarations_are_for_the_named_files_only() {
    let source = "//! Object.\nuse wdk_sys::ntddk::KeSetEvent;\n";
    let findings = layers::check(&tree("wdk", &[("src/transport/mod.rs", source)]));
    assert_eq!(whats(&findings), ["transport must not import wdk_sys"]);
}

#[test]
fn a_folder_that_is_no_layer_is_caught() {
    let findings = layers::check(&tree("layer", &[("src/misc/mod.rs", "//! Things.\n")]));
    assert_eq!(whats(&findings), ["misc is not a layer"]);
}

#[test]
fn imports_of_tests_are_their_own_affair() {
    let source = "//! Protocol.\n#[cfg(test)]\nmod tests { use crate::nt::Event; }\n";
    assert!(layers::check(&tree("tests", &[("src/iwarp/machine.rs", source)])).is_empty());
}

#[test]
fn unsafe_is_caught_where_it_may_not_be() {
    let source = "//! Runner.\n// SAFETY: the caller keeps it alive.\nfn f() { unsafe { g() } }\n";
    let findings = unsafety::check(&tree("unsafe", &[("src/transport/run.rs", source)]));
    assert_eq!(whats(&findings), ["transport may not use unsafe here"]);
    assert!(unsafety::check(&tree("unsafe", &[("src/nt/pool.rs", source)])).is_empty());
}

#[test]
fn an_unsafe_block_without_its_reason_is_caught() {
    let silent = "//! Pool.\nfn f() {\n    let a = 1;\n    unsafe { g() }\n}\n";
    let empty = "//! Pool.\nfn f() {\n    // SAFETY: this is safe\n    unsafe { g() }\n}\n";
    for source in [silent, empty] {
        let findings = unsafety::check(&tree("silent", &[("src/nt/pool.rs", source)]));
        assert_eq!(whats(&findings), ["an unsafe block without // SAFETY:"]);
    }
}

#[test]
fn a_layer_that_must_forbid_unsafe_says_so() {
    let findings = unsafety::check(&tree("forbid", &[("src/rdma/mod.rs", "//! Words.\n")]));
    assert_eq!(
        whats(&findings),
        ["rdma does not say #![forbid(unsafe_code)]"]
    );
}

#[test]
fn a_panic_in_the_driver_is_caught() {
    let source = "//! Queue.\nfn f() {\n    a.unwrap();\n    b.expect(\"b\");\n    todo!();\n}\n";
    let findings = panics::check(&tree("panic", &[("src/rdma/queue.rs", source)]));
    assert_eq!(
        whats(&findings),
        ["unwrap may panic", "expect may panic", "todo! panics"]
    );
}

#[test]
fn an_infallible_allocation_is_caught() {
    let source = "//! Queue.\nuse alloc::vec::Vec;\nfn f() { alloc::boxed::Box::new(1); }\n";
    let findings = panics::check(&tree("alloc", &[("src/ndk/cq.rs", source)]));
    assert_eq!(
        whats(&findings),
        ["alloc: not in a driver; memory comes from nt::pool"; 2]
    );
}

#[test]
fn a_lint_silenced_for_good_is_caught() {
    let source = "//! Queue.\n#[allow(dead_code)]\nfn f() {}\n";
    let findings = panics::check(&tree("allow", &[("src/ndk/cq.rs", source)]));
    assert_eq!(whats(&findings), ["allow: say expect, with a reason"]);
}

#[test]
fn a_long_function_and_a_long_file_are_caught_unless_they_have_a_reason() {
    let body = "    g();\n".repeat(600);
    let source = format!("//! Long.\nfn f() {{\n{body}}}\n");
    let findings = sizes::check(&tree("long", &[("src/ndk/cq.rs", &source)]));
    assert_eq!(
        whats(&findings),
        [
            "603 lines; a file has at most 500",
            "f: 602 lines; at most 60"
        ]
    );

    let reasons = "src/ndk/cq.rs 700: a table\nsrc/ndk/cq.rs::f 700: the table's one function\n";
    let files = [
        ("src/ndk/cq.rs", source.as_str()),
        ("tests/rules/exceptions.txt", reasons),
    ];
    assert!(sizes::check(&tree("long", &files)).is_empty());
}

#[test]
fn an_exception_nobody_needs_is_caught() {
    let reasons = "src/ndk/gone.rs 700: a table\nno reason\n";
    let findings = sizes::check(&tree(
        "unneeded",
        &[("tests/rules/exceptions.txt", reasons)],
    ));
    assert_eq!(
        whats(&findings),
        ["path lines: reason", "src/ndk/gone.rs is not there"]
    );
}

#[test]
fn a_document_that_names_what_is_not_there_is_caught() {
    let document = "`ndk::cq::arm` is `src/ndk/cq.rs`, tested by `tests/cq.rs::arms_once`.\n\
                    `ndk::cq::gone` is `src/ndk/gone.rs`, tested by `tests/cq.rs::gone`.\n";
    let files = [
        ("docs/map.md", document),
        ("src/ndk/cq.rs", "//! Queue.\npub fn arm() {}\n"),
        ("tests/cq.rs", "//! Test.\n#[test]\nfn arms_once() {}\n"),
    ];
    let findings = docs::check(&tree("document", &files));
    let expected = [
        "`ndk::cq::gone` does not exist",
        "`src/ndk/gone.rs` does not exist",
        "`tests/cq.rs::gone` does not exist",
    ];
    assert_eq!(whats(&findings), expected);
}

/// What the rule says of a table with this line for F01, beside inputs that have no row.
fn of_hostile_row(line: &str) -> Vec<String> {
    let tests = "//! Framing.\nrow_tests! { ends: f01_a_length_of_zero }\n\
                 // F02 as well.\n#[test]\nfn other() {}\n";
    let files = [
        ("docs/hostile.md", line),
        ("src/iwarp/tests/hostile/framing.rs", tests),
    ];
    let findings = hostile::check(&tree("hostile", &files));
    let whats = findings.into_iter().map(|finding| finding.what);
    whats.filter(|what| !what.ends_with(": no row")).collect()
}

#[test]
fn a_heading_that_its_section_had_already_is_caught() {
    let document = "# One\n## A\n### Of it\n## B\n### Of it\n```\n## A\n```\n## A\n### Of it\n";
    let findings = docs::check(&tree("headings", &[("docs/notes.md", document)]));
    let expected = [
        "`## A` stands here for the second time",
        "`### Of it` stands here for the second time",
    ];
    assert_eq!(whats(&findings), expected);
    assert_eq!(findings[0].line, 9);
}

#[test]
fn a_hostile_input_without_test_or_reason_is_caught() {
    let test = "`framing::f01_a_length_of_zero`";
    let reason = "not yet: the image has no socket";
    let good = of_hostile_row(&format!("| F01 | length 0 | refused | {test} | {reason} |"));
    assert_eq!(good, [""; 0]);
    let unnamed = "f01_a_length_of_zero: the row F01 of docs/hostile.md does not name it";
    let rows = [
        (format!("{test} | "), "F01: neither test nor reason"),
        (
            format!("{test} | `framing::gone`"),
            "F01: `framing::gone` is no test",
        ),
        (
            format!("{test} `framing::other` | {reason}"),
            "F01: `framing::other` does not name F01",
        ),
        (format!("{reason} | {reason}"), unnamed),
    ];
    for (cells, what) in rows {
        let found = of_hostile_row(&format!("| F01 | length 0 | refused | {cells} |"));
        assert_eq!(found, [what]);
    }
}

#[test]
fn a_hostile_input_that_is_not_in_the_table_is_caught() {
    let findings = hostile::check(&tree("inputs", &[("docs/hostile.md", "Nothing.\n")]));
    assert_eq!(findings.len(), 205);
}

#[test]
fn a_folder_of_a_machine_and_unfinished_business_are_caught() {
    let note = ["See /ho", "me/me. FIX", "ME later.\n"].concat();
    let findings = text::check(&tree("text", &[("docs/notes.md", &note)]));
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn a_file_that_does_not_say_what_it_is_and_an_empty_name_are_caught() {
    let findings = text::check(&tree("names", &[("src/ndk/utils.rs", "fn f() {}\n")]));
    let expected = [
        "the file does not begin with what it is",
        "utils says nothing",
    ];
    assert_eq!(whats(&findings), expected);
}

/// What the rule says of these tables, beside an emulator with one rule and a test of it.
fn of_verifier(name: &str, document: &str, test: &str) -> Vec<String> {
    let files = [
        ("docs/verifier.md", document),
        (
            "tests/emulator/src/pool.rs",
            "const RULE: &str = \"VERIF-LEAK\";\n",
        ),
        ("tests/emulator/tests/bad_drivers.rs", test),
        (
            "tests/emulator/bad-drivers/src/memory.rs",
            "const CASES: [(&str, fn()); 1] = [(\"leak\", leak)];\n",
        ),
    ];
    let findings = verifier::check(&tree(name, &files));
    findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn a_rule_of_the_verifier_without_row_or_bad_driver_is_caught() {
    let test = "cases! { a_leak: \"leak\" => \"VERIF-LEAK\"; }\n";
    let good = "VERIF-LEAK.\n## Every rule\n| VERIF-LEAK | leak |\n";
    assert_eq!(of_verifier("verifier", good, test), [""; 0]);
    let documents = [
        ("VERIF-LEAK.\n## Every rule\n", "VERIF-LEAK: no row"),
        (
            "VERIF-LEAK.\n## Every rule\n| VERIF-LEAK | none |\n",
            "VERIF-LEAK: the cases are leak",
        ),
        (
            "## Every rule\n| VERIF-LEAK | leak |\n",
            "VERIF-LEAK: not explained",
        ),
        (
            "VERIF-LEAK, VERIF-GONE.\n## Every rule\n| VERIF-LEAK | leak |\n",
            "VERIF-GONE: the emulator has no such rule",
        ),
    ];
    for (document, what) in documents {
        assert_eq!(of_verifier("verifier", document, test), [what]);
    }
    assert_eq!(
        of_verifier("verifier", good, "// None.\n"),
        ["VERIF-LEAK: no bad driver breaks it"]
    );
}

#[test]
fn a_bad_driver_that_does_not_exist_is_caught() {
    let test = "cases! { a_leak: \"gone\" => \"VERIF-LEAK\"; }\n";
    let document = "VERIF-LEAK.\n## Every rule\n| VERIF-LEAK | gone |\n";
    assert_eq!(
        of_verifier("bad-drivers", document, test),
        ["gone: the bad drivers have no such case"]
    );
}
