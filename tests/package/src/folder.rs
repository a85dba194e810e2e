//! The package's folder: what Windows' tools check, catalogue and sign, and what an administrator gets.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use softrnic_build::Image;

use crate::{
    inf::Inf,
    rules::{self, Package},
    stamp::Stamp,
};

/// The INFs' sources, and what they are in the package.
pub const INFS: &[(&str, &str)] = &[
    ("inf/softrnic.inx", "softrnic.inf"),
    ("inf/softrnic_protocol.inx", "softrnic_protocol.inf"),
];

/// What goes along as it is.
const COPIED: &[(&str, &str)] = &[
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("inf/README.md", "README.md"),
    ("inf/Softrnic.psd1", "Softrnic.psd1"),
    ("inf/Softrnic.psm1", "Softrnic.psm1"),
];

/// The list of hashes, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// An INF breaks a rule, or is none.
    #[error("the INFs are not those of a driver package:\n{}", .0.join("\n"))]
    Inf(Vec<String>),
    /// Nobody knows which version this is.
    #[error("{0}")]
    Stamp(String),
    /// The folder is there and nobody made it here.
    #[error("{}: not a package made before; it is left alone: name a new folder", .0.display())]
    Foreign(PathBuf),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { path, source }
}

/// A package that is there.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its folder.
    pub dir: PathBuf,
    /// Its version and date.
    pub stamp: Stamp,
    /// The SHA-256 of each file but the list of them.
    pub hashes: BTreeMap<String, String>,
}

/// Reads and stamps the INFs below `root`, and holds them to the rules.
///
/// # Errors
///
/// [`Error::Inf`] with what is wrong; [`Error::Stamp`] without a version.
pub fn infs(root: &Path) -> Result<(Stamp, BTreeMap<&'static str, String>), Error> {
    let stamp = Stamp::of(root).map_err(Error::Stamp)?;
    let mut texts = BTreeMap::new();
    for (source, name) in INFS {
        let path = root.join(source);
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        let stamped = stamp.put_into(&text);
        let stamped = stamped.map_err(|what| Error::Inf(vec![format!("{source}: {what}")]))?;
        texts.insert(*name, stamped);
    }
    let broken = rules::broken(&read(&texts)?);
    if broken.is_empty() {
        Ok((stamp, texts))
    } else {
        Err(Error::Inf(broken))
    }
}

fn read(texts: &BTreeMap<&'static str, String>) -> Result<Package, Error> {
    let parse = |name: &str| Inf::parse(&texts[name]).map_err(Error::Inf);
    Ok(Package {
        adapter: parse(INFS[0].1)?,
        protocol: parse(INFS[1].1)?,
    })
}

/// Makes the package of the tree in `root` and of `image`, which goes in byte for byte, in the folder `dir`.
///
/// # Errors
///
/// When an INF breaks a rule, or a file cannot be read or written. A folder that was no package before is left alone.
pub fn make(root: &Path, image: &Image, dir: &Path) -> Result<Made, Error> {
    let (stamp, infs) = infs(root)?;
    if dir.exists() && !is_package(dir) {
        return Err(Error::Foreign(dir.to_path_buf()));
    }
    let partial = dir.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(at(&partial))?;
    }
    fs::create_dir_all(&partial).map_err(at(&partial))?;

    let mut contents = BTreeMap::new();
    for (name, text) in infs {
        contents.insert(name, text.into_bytes());
    }
    let copied = COPIED.iter().map(|(from, to)| (root.join(from), *to));
    let built = [(&image.path, "softrnic.sys"), (&image.pdb, "softrnic.pdb")];
    let built = built.map(|(from, to)| (from.clone(), to));
    for (from, to) in copied.chain(built) {
        contents.insert(to, fs::read(&from).map_err(at(&from))?);
    }
    let mut hashes = BTreeMap::new();
    let mut sums = String::new();
    for (name, bytes) in contents {
        let path = partial.join(name);
        fs::write(&path, &bytes).map_err(at(&path))?;
        let hash = sha256(&bytes);
        sums.push_str(&format!("{hash}  {name}\n"));
        hashes.insert(name.to_owned(), hash);
    }
    let path = partial.join(SUMS);
    fs::write(&path, sums).map_err(at(&path))?;
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(at(dir))?;
    }
    fs::rename(&partial, dir).map_err(at(dir))?;
    Ok(Made {
        dir: dir.to_path_buf(),
        stamp,
        hashes,
    })
}

/// Whether nothing is in `dir` but what its list names, and what Windows' tools add.
fn is_package(dir: &Path) -> bool {
    let sums = fs::read_to_string(dir.join(SUMS)).unwrap_or_default();
    let listed: Vec<&str> = sums
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    let is_ours = |name: &str| {
        name == SUMS || listed.contains(&name) || name.ends_with(".cat") || name.ends_with(".cer")
    };
    let entries = dir.read_dir().into_iter().flatten().flatten();
    !listed.is_empty()
        && entries
            .into_iter()
            .all(|it| it.file_name().to_str().is_some_and(is_ours))
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
