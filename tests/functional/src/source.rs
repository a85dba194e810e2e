//! The driver's sources, as the debug information of its image names them.

/// The path of one from `src/` on; `None` for a library's.
#[must_use]
pub fn of_driver(file: &str) -> Option<&str> {
    const LAYERS: [&str; 9] = [
        "driver",
        "iwarp",
        "ndis",
        "ndk",
        "nt",
        "rdma",
        "sync",
        "transport",
        "wsk",
    ];
    let (before, within) = file.split_once("src/")?;
    let layer = within.split(['/', '.']).next()?;
    let library = file.contains("/rustc/") || file.contains("/registry/");
    (LAYERS.contains(&layer) && !library).then(|| &file[before.len()..])
}
