//! Rules that nothing keeps and mutants that fit nowhere are caught, once for each way.

use std::{fs, path::PathBuf};

use softrnic_rules::{
    Tree,
    conformance::{self, Conformance, document, mutants},
};

const RULES: &str =
    "NDK-A-01 | observed | it works\nNDK-A-02 | consumer | they behave | the consumer's promise\n";
const TESTS: &str = "//! Tests.\n// NDK-A-01, -02: works.\n#[test]\nfn works() {}\n";
const DRIVER: &str = "//! Driver.\nfn f() -> u8 {\n    1\n}\n";
const MUTANT: &str =
    "rule: NDK-A-01\nfile: src/ndk/mod.rs\nwhy: wrong\nfind:\n    1\nreplace:\n    2\n";

/// A tree with these rules, tests and this mutant, and a current document.
fn found(name: &str, rules: &str, tests: &str, mutant: &str) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    let write = |path: &str, contents: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, contents).expect("writable");
    };
    write("tests/conformance/rules/ndk.txt", rules);
    write("tests/conformance/mutants/m.txt", mutant);
    write("tests/functional/tests/t.rs", tests);
    write("src/ndk/mod.rs", DRIVER);
    let tree = Tree::read(&root).expect("readable");
    write(
        document::PATH,
        &document::of(&tree, &Conformance::read(&tree)),
    );
    let tree = Tree::read(&root).expect("readable");
    let findings = conformance::check(&tree);
    findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn rules_that_are_kept_are_in_order() {
    assert_eq!(found("kept", RULES, TESTS, MUTANT), [""; 0]);
}

#[test]
fn a_rule_nobody_cites_is_caught() {
    let uncited = TESTS.replace("-01, ", "-02, ");
    let expected = [
        "NDK-A-01: no test that runs the image cites it",
        "no test looks at NDK-A-01",
    ];
    assert_eq!(found("uncited", RULES, &uncited, MUTANT), expected);
    let ignored = TESTS.replace("#[test]", "#[test]\n#[ignore]");
    assert_eq!(found("ignored", RULES, &ignored, MUTANT), expected);
}

#[test]
fn citations_of_rules_that_are_none_are_caught() {
    let tests = format!("{TESTS}// NDK-A-03\n");
    assert_eq!(
        found("unknown", RULES, &tests, MUTANT),
        ["NDK-A-03 is no rule"]
    );
}

#[test]
fn lines_that_are_no_rules_are_caught() {
    for line in [
        "NDK-A-03 | observed",
        "NDK-A-03 | seen | it works",
        "NDK-A-03 | observed | it works | for a reason",
        "NDK-A-03 | review | it works | for a reason",
        "NDK-A-x | observed | it works",
    ] {
        let rules = format!("{RULES}{line}\n");
        assert_eq!(
            found("no_rule", &rules, TESTS, MUTANT),
            ["no rule"],
            "{line}"
        );
    }
    let rules = format!("{RULES}{RULES}");
    let twice = ["NDK-A-01: twice", "NDK-A-02: twice"];
    assert_eq!(found("twice", &rules, TESTS, MUTANT), twice);
}

#[test]
fn what_keeps_a_rule_must_be_there() {
    let rules = format!(
        "{RULES}NDK-A-03 | test tests/t.rs::gone | it works | nobody can see it\n\
         NDK-A-04 | review docs/gone.md | it works | nobody can see it\nNDK-A-05 | consumer | it works | no\n"
    );
    let expected = [
        "NDK-A-03: tests/t.rs::gone is no test",
        "NDK-A-04: docs/gone.md does not exist",
        "NDK-A-05: no reason",
    ];
    assert_eq!(found("gone", &rules, TESTS, MUTANT), expected);
}

#[test]
fn mutants_that_do_not_fit_are_caught() {
    let other = MUTANT.replace("    1", "    7");
    let expected = ["its text is 0 times in src/ndk/mod.rs"];
    assert_eq!(found("rotten", RULES, TESTS, &other), expected);
    let same = MUTANT.replace("    2", "    1");
    assert_eq!(found("same", RULES, TESTS, &same), ["changes nothing"]);
    let consumer = MUTANT.replace("A-01", "A-02");
    assert_eq!(
        found("consumer", RULES, TESTS, &consumer),
        ["no test looks at NDK-A-02"]
    );
    let short = MUTANT.replace("find:", "look for:");
    assert_eq!(found("short", RULES, TESTS, &short), ["no mutant"]);
}

#[test]
fn a_document_of_other_rules_is_caught() {
    found("stale", RULES, TESTS, MUTANT);
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stale");
    fs::write(root.join(document::PATH), "# Conformance\n").expect("writable");
    let findings = conformance::check(&Tree::read(&root).expect("readable"));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].file, document::PATH);
}

#[test]
fn results_are_read_as_they_were_written() {
    let outcome = |is_caught, by: &str| mutants::Outcome {
        is_caught,
        by: by.to_owned(),
        of: ["a", "b", "c"].map(str::to_owned),
    };
    let results = [
        ("m".to_owned(), outcome(true, "tests/t.rs::works")),
        ("n".to_owned(), outcome(false, "nothing")),
    ];
    let results = results.into();
    assert_eq!(mutants::results(&mutants::written(&results)), results);
}
