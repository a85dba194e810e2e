//! Our own program of the guest, compiled against the guest's libraries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{self, Kernel};
use super::{SetupError, empty, failed, run};

/// A peer that does over verbs what it is told line by line.
pub(crate) const SOURCE: &str = include_str!("../../guest/peer.c");

/// Unpacks the libraries and headers it is compiled against.
pub(crate) fn unpack_libraries(cache: &Path, kernel: &Kernel) -> Result<(), SetupError> {
    let folder = cache.join("libraries");
    empty(&folder)?;
    let needed = [
        "libibverbs",
        "librdmacm",
        "libnl-3-200",
        "libnl-route-3-200",
    ];
    kernel
        .programs
        .iter()
        .filter(|package| {
            let name = packages::file_name(package);
            needed.iter().any(|prefix| name.starts_with(prefix))
        })
        .try_for_each(|package| packages::unpack(package, &folder, &["./usr/share"]))
}

/// Compiles it; gives its path.
pub(crate) fn build(cache: &Path) -> Result<PathBuf, SetupError> {
    let (source, program) = (cache.join("peer.c"), cache.join("peer"));
    fs::write(&source, SOURCE).map_err(|e| failed("peer.c", &e))?;
    let libraries = cache.join("libraries");
    let mut gcc = Command::new("gcc");
    gcc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-I"]);
    gcc.arg(libraries.join("usr/include"));
    gcc.arg("-o").arg(&program).arg(&source);
    for folder in ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"] {
        gcc.arg("-L").arg(libraries.join(folder));
    }
    gcc.args([
        "-Wl,--unresolved-symbols=ignore-in-shared-libs",
        "-lrdmacm",
        "-libverbs",
    ]);
    run(&mut gcc)?;
    Ok(program)
}
