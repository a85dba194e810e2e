//! What an image is made of: its sources' contents and their newest time of change.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::{Error, modified, root};

/// The recipe itself: a change to these rebuilds every driver.
const RECIPE: &[&str] = &["tests/wdk", "tests/build/src", "rust-toolchain.toml"];

pub(crate) struct Sources {
    pub(crate) hash: String,
    pub(crate) newest: SystemTime,
}

impl Sources {
    /// Reads the driver's folder, the folders in `more`, and the recipe.
    pub(crate) fn read(manifest_dir: &Path, more: &[PathBuf]) -> Result<Self, Error> {
        let recipe = RECIPE.iter().map(|folder| root().join(folder));
        let folders = [manifest_dir.to_path_buf()]
            .into_iter()
            .chain(more.iter().cloned());
        let mut hash = Sha256::new();
        let mut newest = SystemTime::UNIX_EPOCH;
        for folder in folders.chain(recipe) {
            for file in files(&folder)? {
                let contents = fs::read(&file).map_err(Error::io(&file))?;
                hash.update(file.as_os_str().as_encoded_bytes());
                hash.update((contents.len() as u64).to_le_bytes());
                hash.update(&contents);
                newest = newest.max(modified(&file)?);
            }
        }
        let hash = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self { hash, newest })
    }
}

/// The files under `folder`, in order. Unit tests and lock files do not go into an image, but a
/// lock file names the versions that do.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let walk = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "target");
    for entry in walk {
        let entry = entry.map_err(|error| Error::Io {
            path: folder.to_path_buf(),
            source: error.into(),
        })?;
        if entry.file_type().is_file() {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}
