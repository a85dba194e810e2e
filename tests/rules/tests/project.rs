//! The project keeps its own rules.

use softrnic_rules::{RULES, Tree, check_all, lint};

#[test]
fn the_project_keeps_every_rule() {
    let tree = Tree::project().expect("readable");
    if let Err(broken) = check_all(&tree) {
        panic!("rules broken:\n{broken}");
    }
}

#[test]
fn every_rule_sees_the_project() {
    let tree = Tree::project().expect("readable");
    assert!(!RULES.is_empty());
    assert!(
        tree.driver()
            .any(|(source, layer)| layer == "ndk" && source.path == "src/ndk/mod.rs")
    );
    assert!(tree.texts.iter().any(|text| text.path == "README.md"));
}

#[test]
fn every_source_is_formatted() {
    if let Err(text) = lint::format() {
        panic!("cargo fmt:\n{text}");
    }
}

#[test]
fn clippy_is_content_on_this_host() {
    if let Err(text) = lint::clippy_host() {
        panic!("cargo clippy:\n{text}");
    }
}

#[test]
fn clippy_is_content_with_the_driver_for_windows() {
    if let Err(text) = lint::clippy_windows() {
        panic!("cargo clippy for Windows:\n{text}");
    }
}
