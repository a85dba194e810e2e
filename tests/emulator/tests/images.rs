//! What the loader does with an image, on one that was built for Windows.

use std::path::{Path, PathBuf};

use softrnic_emulator::image::{Image, LoadError, image_at};
use softrnic_emulator::{Machine, Options};

fn image() -> PathBuf {
    let folder = softrnic_build::root().join("tests/emulator/bad-drivers");
    softrnic_build::driver(&folder, "bad-drivers")
        .expect("the bad drivers build")
        .path
}

/// A copy of the image in which `change` was made.
fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(image()).expect("the image is there");
    change(&mut bytes);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    path
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes
        .windows(from.len())
        .position(|w| w == from)
        .expect("it is in the image");
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn unknown_imports_are_all_named() {
    let path = changed("unknown.sys", |bytes| {
        replace(bytes, b"IoFreeMdl\0", b"IoFreeXxx\0");
        replace(bytes, b"KeSetTimer\0", b"KeSetXxxxx\0");
    });
    match Image::load(&path, "unknown.sys") {
        Err(LoadError::Imports(mut names)) => {
            names.sort();
            assert_eq!(names, ["ntoskrnl.exe!IoFreeXxx", "ntoskrnl.exe!KeSetXxxxx"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_truncated_image_is_refused() {
    let path = changed("truncated.sys", |bytes| bytes.truncate(3000));
    assert!(matches!(
        Image::load(&path, "truncated.sys"),
        Err(LoadError::Format(_))
    ));
}

#[test]
fn a_file_that_is_no_image_is_refused() {
    let path = changed("text.sys", |bytes| *bytes = b"not an image".to_vec());
    assert!(matches!(
        Image::load(&path, "text.sys"),
        Err(LoadError::Format(_))
    ));
}

/// The protections of the host's mappings within an image, from the host's own list.
fn protections(image: &Image) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux");
    let inside = |line: &&str| {
        let start = line
            .split('-')
            .next()
            .and_then(|s| usize::from_str_radix(s, 16).ok());
        start.is_some_and(|s| (image.base..image.base + image.size).contains(&s))
    };
    let protection = |line: &str| line.split(' ').nth(1).unwrap_or_default().to_owned();
    maps.lines().filter(inside).map(protection).collect()
}

#[test]
fn no_page_is_both_writable_and_executable() {
    let image = Image::load(&image(), "bad-drivers.sys").expect("it loads");
    let protections = protections(&image);
    assert!(
        protections.iter().any(|p| p.starts_with("r-x")),
        "{protections:?}"
    );
    assert!(
        !protections.iter().any(|p| p.contains("wx")),
        "{protections:?}"
    );
}

#[test]
fn every_load_is_an_instance_of_its_own() {
    let path = image();
    let one = Image::load(&path, "one.sys").expect("it loads");
    let other = Image::load(&path, "other.sys").expect("it loads");
    assert_ne!(one.base, other.base);
    assert_eq!(
        image_at(one.entry).map(|i| i.name.as_str()),
        Some("one.sys")
    );
    assert_eq!(
        image_at(other.entry).map(|i| i.name.as_str()),
        Some("other.sys")
    );
}

#[test]
fn a_failed_start_tells_its_status_and_leaves_nothing() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let mut driver = machine.load(&image(), "bad-drivers.sys").expect("it loads");
    // Without a case in the registry the driver refuses to start.
    assert_eq!(driver.start(), softrnic_emulator::wdm::STATUS_UNSUCCESSFUL);
    let entry = driver.image.entry;
    drop(driver);
    assert!(image_at(entry).is_none());
    machine.stop();
}
