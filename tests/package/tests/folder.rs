//! The folder that `cargo dev package` makes.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use softrnic_build::{image, root};
use softrnic_package::folder::{self, Error, SUMS};

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("softrnic-package.{}.{name}", std::process::id()));
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

// INF-16: the catalogs cover what is here; the image in it is the one that was tested, byte for byte.
#[test]
fn the_folder_is_whole_and_has_the_image_that_is_tested() {
    let image = image().unwrap_or_else(|error| panic!("{error}"));
    let scratch = Scratch::new("whole");
    let made = folder::make(root(), &image, &scratch.0).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(made.hashes["softrnic.sys"], image.sha256);
    let there: BTreeSet<String> = fs::read_dir(&made.dir)
        .expect("made")
        .map(|entry| {
            entry
                .expect("there")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    let listed: BTreeSet<String> = made
        .hashes
        .keys()
        .cloned()
        .chain([SUMS.to_owned()])
        .collect();
    assert_eq!(there, listed);
    for needed in [
        "softrnic.inf",
        "softrnic_protocol.inf",
        "softrnic.pdb",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "README.md",
        "Softrnic.psd1",
        "Softrnic.psm1",
    ] {
        assert!(there.contains(needed), "{needed}");
    }
    let check = Command::new("sha256sum")
        .args(["--check", "--quiet", SUMS])
        .current_dir(&made.dir)
        .status();
    assert!(check.expect("coreutils").success());
    let again = folder::make(root(), &image, &scratch.0).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        again.hashes, made.hashes,
        "one state of the sources makes one package"
    );
}

#[test]
fn a_folder_of_somebody_is_left_alone() {
    let image = image().unwrap_or_else(|error| panic!("{error}"));
    let scratch = Scratch::new("foreign");
    fs::create_dir_all(&scratch.0).expect("a folder for temporary files");
    fs::write(scratch.0.join("mine"), "mine").expect("ours");
    fs::write(scratch.0.join(SUMS), "00  other\n").expect("ours");
    let refused = folder::make(root(), &image, &scratch.0);
    assert!(matches!(refused, Err(Error::Foreign(_))), "{refused:?}");
    assert_eq!(
        fs::read_to_string(scratch.0.join("mine")).expect("still there"),
        "mine"
    );
}
