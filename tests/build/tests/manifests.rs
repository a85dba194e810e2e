//! The Linux recipe builds the same package as the root manifest.

use toml::Table;

fn manifest(path: &str) -> Table {
    let text = std::fs::read_to_string(softrnic_build::root().join(path)).expect("readable");
    text.parse().expect("a manifest")
}

/// What goes into the image: the dependencies of every host and those for Windows.
fn dependencies(manifest: &Table) -> [Option<&toml::Value>; 2] {
    let windows = manifest
        .get("target")
        .and_then(|target| target.get("cfg(windows)"));
    [
        manifest.get("dependencies"),
        windows.and_then(|table| table.get("dependencies")),
    ]
}

#[test]
fn both_manifests_have_the_same_dependencies() {
    let (root, image) = (manifest("Cargo.toml"), manifest("tests/image/Cargo.toml"));
    assert!(dependencies(&root).iter().all(Option::is_some));
    assert_eq!(dependencies(&root), dependencies(&image));
}

#[test]
fn both_manifests_have_the_same_build_dependency() {
    let (root, image) = (manifest("Cargo.toml"), manifest("tests/image/Cargo.toml"));
    assert_eq!(
        root["target"]["cfg(windows)"].get("build-dependencies"),
        image.get("build-dependencies")
    );
}

#[test]
fn both_manifests_describe_the_same_package() {
    let (root, image) = (manifest("Cargo.toml"), manifest("tests/image/Cargo.toml"));
    for field in ["name", "version", "description", "metadata"] {
        assert_eq!(
            root["package"].get(field),
            image["package"].get(field),
            "{field}"
        );
    }
    let workspace = &root["workspace"]["package"];
    for field in ["edition", "rust-version", "license"] {
        assert_eq!(workspace.get(field), image["package"].get(field), "{field}");
    }
}

#[test]
fn both_manifests_have_the_same_features_and_none_by_default() {
    let (root, image) = (manifest("Cargo.toml"), manifest("tests/image/Cargo.toml"));
    assert_eq!(root["features"], image["features"]);
    let features = root["features"].as_table().expect("a table");
    assert_eq!(
        features.keys().collect::<Vec<_>>(),
        [softrnic_build::CHIMNEY]
    );
}

#[test]
fn both_manifests_have_the_same_lints() {
    let (root, image) = (manifest("Cargo.toml"), manifest("tests/image/Cargo.toml"));
    assert_eq!(root["workspace"]["lints"], image["lints"]);
}

#[test]
fn only_the_two_crates_that_need_windows_are_stood_in_for() {
    let image = manifest("tests/image/Cargo.toml");
    let patched = image["patch"]["crates-io"].as_table().expect("a table");
    assert_eq!(patched.keys().collect::<Vec<_>>(), ["wdk-build", "wdk-sys"]);
}
