//! Statuses that nothing provokes, functions nobody listed and citations of what is not there are caught.

use std::{fs, path::PathBuf};

use softrnic_rules::{
    Tree,
    statuses::{self, Statuses, document},
};

const TABLE: &str =
    "//! Cq.\nstatic TABLE: T = T {\n    NdkCloseCq: Some(close),\n    NdkArmCq: Some(arm),\n};\n";
const BESIDE: &str = "OPEN_NDK_ADAPTER_HANDLER | - | never | none\nCLOSE_NDK_ADAPTER_HANDLER | - | never | none\n\
                      NDK_RESULT | - | never | none\nProviderErrorCode | - | never | none\n\
                      NdkCqNotificationCallback | - | never | none\nNdkSrqNotificationCallback | - | never | none\n";
const LINES: &str =
    "NdkArmCq | - | never | returns nothing\nNdkCloseCq | STATUS_PENDING | observed | it is used\n";
const TESTS: &str = "//! Tests.\n// NdkCloseCq: STATUS_PENDING.\n#[test]\nfn pends() {\n    expect();\n}\n\
                     fn expect() {\n    let _ = NtStatus::PENDING;\n}\n";

/// What is found in a tree with these lines and tests, and a current document.
fn found(name: &str, lines: &str, tests: &str) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("statuses_{name}"));
    let _ = fs::remove_dir_all(&root);
    let write = |path: &str, contents: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, contents).expect("writable");
    };
    write(statuses::REGISTRY, &format!("# Statuses\n{BESIDE}{lines}"));
    write("src/ndk/dispatch/cq.rs", TABLE);
    write("tests/functional/tests/t.rs", tests);
    let tree = Tree::read(&root).expect("readable");
    write(document::PATH, &document::of(&Statuses::read(&tree)));
    let tree = Tree::read(&root).expect("readable");
    let findings = statuses::check(&tree);
    findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn statuses_that_are_provoked_are_in_order() {
    assert_eq!(found("kept", LINES, TESTS), [""; 0]);
}

#[test]
fn a_status_nothing_provokes_is_caught() {
    let expected = ["NdkCloseCq: STATUS_PENDING: no test that runs the image provokes it"];
    assert_eq!(found("uncited", LINES, "//! None.\n"), expected);
    let ignored = TESTS.replace("#[test]", "#[test]\n#[ignore]");
    assert_eq!(found("ignored", LINES, &ignored), expected);
}

#[test]
fn a_citation_alone_is_not_enough() {
    let unnamed = TESTS.replace("NtStatus::PENDING", "true");
    let expected = [
        "NdkCloseCq: STATUS_PENDING: no test that runs the image provokes it",
        "tests/functional/tests/t.rs::pends cites NdkCloseCq: STATUS_PENDING and does not name it",
    ];
    assert_eq!(found("unnamed", LINES, &unnamed), expected);
    let elsewhere = TESTS.replace("    expect();", "    true;");
    assert_eq!(found("elsewhere", LINES, &elsewhere), expected);
    let comment = unnamed.replace("true;", "true; // PENDING");
    assert_eq!(found("comment", LINES, &comment), expected);
}

#[test]
fn what_is_provoked_is_not_impossible() {
    let never = LINES.replace("observed", "never");
    let expected = ["NdkCloseCq: STATUS_PENDING: never comes, and a test provokes it"];
    assert_eq!(found("never", &never, TESTS), expected);
}

#[test]
fn a_function_nobody_listed_is_caught() {
    let (arm, close) = LINES.split_once('\n').expect("two lines");
    let missing = ["Cq.NdkArmCq is not in tests/conformance/statuses/ndk.txt"];
    assert_eq!(found("missing", close, TESTS), missing);
    let of_table = format!("Cq.{arm}\n{close}");
    assert_eq!(found("of_table", &of_table, TESTS), [""; 0]);
    let other = format!("{LINES}NdkSend | - | never | returns nothing\n");
    let expected = ["NdkSend is no function of a table"];
    assert_eq!(found("other", &other, TESTS), expected);
}

#[test]
fn citations_of_what_is_not_listed_are_caught() {
    let more = TESTS.replace("_PENDING.", "_PENDING, STATUS_SUCCESS.");
    let expected = ["NdkCloseCq: STATUS_SUCCESS is not in tests/conformance/statuses/ndk.txt"];
    assert_eq!(found("unlisted", LINES, &more), expected);
}

#[test]
fn lines_that_are_no_statuses_are_caught() {
    for line in [
        "NdkArmCq | STATUS_A | observed",
        "NdkArmCq | STATUS_A | seen | now and then",
        "NdkArmCq | A | never | it is none",
        "NdkArmCq | - | observed | nothing",
    ] {
        let lines = format!("{LINES}{line}\n");
        assert_eq!(found("no_status", &lines, TESTS), ["no status"], "{line}");
    }
    let twice = format!("{LINES}{LINES}");
    let expected = ["NdkArmCq: -: twice", "NdkCloseCq: STATUS_PENDING: twice"];
    assert_eq!(found("twice", &twice, TESTS), expected);
}

#[test]
fn a_document_of_other_statuses_is_caught() {
    found("stale", LINES, TESTS);
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("statuses_stale");
    fs::write(root.join(document::PATH), "# Statuses\n").expect("writable");
    let findings = statuses::check(&Tree::read(&root).expect("readable"));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].file, document::PATH);
}
