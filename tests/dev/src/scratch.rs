//! Copies of sources, to build changed.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// Makes `to` the same as `from`; files that are the same already are left alone, and so is what was built of them.
pub(crate) fn mirror(from: &Path, to: &Path) -> io::Result<()> {
    let inside = |folder: &Path| -> BTreeMap<PathBuf, PathBuf> {
        let files = WalkDir::new(folder).into_iter().flatten();
        let files = files.filter(|entry| entry.file_type().is_file());
        let named = files.filter_map(|entry| {
            let name = entry.path().strip_prefix(folder).ok()?.to_path_buf();
            Some((name, entry.into_path()))
        });
        named
            .filter(|(name, _)| !name.starts_with("target"))
            .collect()
    };
    let wanted = inside(from);
    for (name, path) in inside(to) {
        if !wanted.contains_key(&name) {
            fs::remove_file(path)?;
        }
    }
    for (name, path) in wanted {
        let (new, to) = (fs::read(path)?, to.join(name));
        if fs::read(&to).is_ok_and(|old| old == new) {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(&to))?;
        fs::write(to, new)?;
    }
    Ok(())
}

/// The first bytes of a hash, in hexadecimal: enough to tell what has changed.
pub(crate) fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    let bytes = hash.finalize();
    bytes[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
