//! The image is built from the sources as they are, and only then.

#[test]
fn the_image_is_newer_than_its_sources_and_built_once() {
    let first = softrnic_build::image().expect("builds");
    assert!(softrnic_build::is_newer_than_sources(&first).expect("sources are readable"));
    let second = softrnic_build::image().expect("builds");
    assert!(!second.rebuilt, "nothing changed, nothing to build");
    assert_eq!(first.sha256, second.sha256);
    eprintln!("{first:?}");
}
