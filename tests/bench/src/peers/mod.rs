//! Peers: what does the same job elsewhere, in the versions that package registries have.
//!
//! `libfabric` (its `tcp` provider, measured by a small program of our own) and `UCX` (measured by its `ucx_perftest`),
//! each as Debian has it and as the newest Python wheel brings it. They are downloaded into the target folder; nothing
//! is installed. What cannot be had is named, and the comparison goes on without it.

pub mod fabric;
mod packages;
mod running;
mod ucx;

use std::path::{Path, PathBuf};

use crate::rounds::{Contender, Missing};

/// A program or library of a peer's, and where the libraries it needs lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    /// Its name in tables, with the version.
    pub(crate) name: String,
    /// The library or the program.
    pub(crate) path: PathBuf,
    /// Folders for the loader.
    pub(crate) libraries: Vec<PathBuf>,
}

impl Installed {
    /// What `LD_LIBRARY_PATH` is to be.
    pub(crate) fn search_path(&self) -> String {
        let folders = self.libraries.iter().map(|it| it.display().to_string());
        folders.collect::<Vec<_>>().join(":")
    }
}

/// Finds or downloads every peer. Called while the process still has the machine's network.
pub fn obtain(folder: &Path) -> (Vec<Box<dyn Contender>>, Vec<Missing>) {
    let mut peers: Vec<Box<dyn Contender>> = Vec::new();
    let mut missing = Vec::new();
    for source in packages::SOURCES {
        match source.obtain(folder) {
            Ok(found) => {
                peers.push(Box::new(fabric::Fabric::new(found.fabric)));
                peers.push(Box::new(ucx::Ucx::new(found.ucx, found.is_old)));
            }
            Err(why) => missing.push(Missing {
                contender: source.name.to_owned(),
                why,
            }),
        }
    }
    (peers, missing)
}
