//! A table of requirements that is not kept is caught, once for each way to break it.

use std::{fs, path::PathBuf};

use softrnic_rules::{Tree, rfc};

const TESTS: &str = "//! Test.\n#[test]\nfn frames() {}\n#[test]\n#[ignore]\nfn slow() {}\n\
                     fn plain() {}\ncases! { made }\n";
const CITING: &str = "//! Test.\n// RFC1-3-1\n#[test]\nfn frames() {}\ncases! { made }\n";
const HEAD: &str = "# MPA\n\n| id | clause | requirement | cover |\n| --- | --- | --- | --- |\n";
const KEPT: &str = "| RFC1-3-1 | 3 | MUST frame | `tests/t.rs::frames`, `tests/t.rs::made` |\n";

/// What is found in a tree with these rows, these counts and this test file.
fn found(name: &str, rows: &str, counts: &str, tests: &str) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    let table = format!("{HEAD}{rows}");
    let files = [
        ("docs/rfc/rfc1.md", table.as_str()),
        ("docs/rfc/README.md", "| not | a table of ours |\n"),
        ("docs/rfc/counts.txt", counts),
        ("tests/t.rs", tests),
    ];
    for (path, contents) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, contents).expect("writable");
    }
    let tree = Tree::read(&root).expect("readable");
    let findings = rfc::check(&tree);
    findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn kept_requirements_are_in_order() {
    let rows = format!(
        "{KEPT}| RFC1-3-2 | 3 | SHOULD pad | by review: no |\n\
         | RFC1-A.1-1 | A.1 | MAY hurry | not ours: the peer |\n"
    );
    let none: [&str; 0] = [];
    assert_eq!(
        found(
            "kept",
            &rows,
            "# how many\n\nRFC1 3 2\nRFC1 A.1 1\n",
            CITING
        ),
        none
    );
}

#[test]
fn a_row_without_cover_is_caught() {
    let covers = ["", "later", "by review: ", "because: so", "`"];
    for cover in covers {
        let rows = format!("| RFC1-3-1 | 3 | MUST frame | {cover} |\n");
        let found = found("uncovered", &rows, "RFC1 3 1\n", TESTS);
        assert!(
            found.iter().any(|what| what.contains("RFC1-3-1: ")),
            "{cover}: {found:?}"
        );
    }
}

#[test]
fn a_cover_that_is_no_test_is_caught() {
    for test in [
        "tests/t.rs::gone",
        "tests/t.rs::slow",
        "tests/t.rs::plain",
        "tests/t.rs",
    ] {
        let rows = format!("| RFC1-3-1 | 3 | MUST frame | `{test}` |\n");
        let expected = format!("RFC1-3-1: {test} is no test");
        assert!(found("no_test", &rows, "RFC1 3 1\n", TESTS).contains(&expected));
    }
}

#[test]
fn ids_are_unique_and_count_up() {
    let twice = format!("{KEPT}{KEPT}");
    let expected = ["RFC1-3-1: the id is RFC1-3-2 here"];
    assert_eq!(found("twice", &twice, "RFC1 3 2\n", CITING), expected);
    let other = "| RFC2-3-1 | 3 | MUST frame | by review: so |\n";
    let expected = ["RFC2-3-1: the id is RFC1-3-1 here"];
    assert_eq!(found("other", other, "RFC1 3 1\n", TESTS), expected);
}

#[test]
fn a_row_that_vanished_is_caught() {
    let expected = ["RFC1 3 2, and 1 are there", "RFC1 4 1, and 0 are there"];
    assert_eq!(
        found("vanished", KEPT, "RFC1 3 2\nRFC1 4 1\n", CITING),
        expected
    );
    assert_eq!(
        found("uncounted", KEPT, "", CITING),
        ["RFC1 3 1 is missing"]
    );
}

#[test]
fn a_row_that_is_not_whole_is_caught() {
    let rows = "| RFC1-3-1 | 3 | MUST frame |\n";
    assert_eq!(found("cells", rows, "", TESTS), ["3 cells; a row has four"]);
    let rows = "| RFC1-3-1 | 3 | frames | by review: so |\n";
    let expected = ["RFC1-3-1: it does not say how binding it is"];
    assert_eq!(found("level", rows, "RFC1 3 1\n", TESTS), expected);
}

#[test]
fn a_citation_that_leads_nowhere_is_caught() {
    let tests = format!("{CITING}// See RFC1-3-1, RFC1-3-9 and RFC5044.\n");
    let expected = ["RFC1-3-9 is no requirement"];
    assert_eq!(found("cited", KEPT, "RFC1 3 1\n", &tests), expected);
    let rows = "| RFC1-3-1 | 3 | MUST frame | by review: so |\n";
    let tests = format!("{TESTS}// RFC1-3-1\n");
    let expected = ["RFC1-3-1 does not name a test of this file"];
    assert_eq!(found("not_named", rows, "RFC1 3 1\n", &tests), expected);
}

#[test]
fn a_test_that_does_not_cite_its_row_is_caught() {
    let expected = ["RFC1-3-1: tests/t.rs does not cite it"];
    assert_eq!(found("uncited", KEPT, "RFC1 3 1\n", TESTS), expected);
    let other = format!("{TESTS}// RFC1-3-10\n");
    assert!(found("uncited", KEPT, "RFC1 3 1\n", &other).contains(&expected[0].to_owned()));
}
