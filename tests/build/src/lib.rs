//! Builds drivers for 64-bit Windows on this machine: `softrnic.sys`, the image that ships, and
//! the small drivers of the emulator's own tests.
//!
//! Called by tests and by the project's commands, never by a build script. It finds a compiler
//! ([`toolchain`]), builds in a target folder of its own, and does nothing when the image is
//! already made of the sources as they are. Callers in other processes wait: one build at a time.

mod c;
mod cargo;
pub mod packages;
mod sources;
pub mod toolchain;

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::SystemTime,
};

use sha2::{Digest, Sha256};

pub use c::c_driver;
pub use cargo::target_dir;
pub use toolchain::{Tool, Toolchain};

/// A driver image and its symbols.
#[derive(Clone, Debug)]
pub struct Image {
    /// The PE file, `<name>.sys`.
    pub path: PathBuf,
    /// Its symbols.
    pub pdb: PathBuf,
    /// SHA-256 of the PE file, in hexadecimal.
    pub sha256: String,
    /// What built it: one line for people.
    pub built_by: String,
    /// Whether this call built it, rather than found it up to date.
    pub rebuilt: bool,
}

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No compiler for Windows on this machine, and it may not be installed unasked.
    #[error(
        "no Rust compiler for x86_64-pc-windows-msvc is installed. Either of these installs one:\n  \
         {rustup}\n  {debian}\n{reason}"
    )]
    NoToolchain {
        /// The command for a machine with rustup.
        rustup: &'static str,
        /// The command for a Debian machine.
        debian: String,
        /// What was tried and what came of it.
        reason: String,
    },
    /// A tool of the toolchain is missing and could not be installed.
    #[error("`{command}` is needed: {reason}")]
    NoTool {
        /// The command that installs it.
        command: String,
        /// Why it was not run, or what it said.
        reason: String,
    },
    /// The build failed.
    #[error("building {driver} failed ({command}):\n{output}")]
    Build {
        /// The driver's name.
        driver: String,
        /// The command that failed.
        command: String,
        /// What it printed.
        output: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
}

impl Error {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// The project's root folder: where cargo says the running package is, so that a clone may be moved
/// after it was built; without cargo, where it was built.
#[must_use]
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = Path::new(env!("CARGO_MANIFEST_DIR"));
        let running = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = running.as_deref().and_then(root_above);
        root.or_else(|| root_above(built))
            .unwrap_or(Path::new("."))
            .to_path_buf()
    });
    &ROOT
}

/// The folder at or above `folder` that has this package in its place.
fn root_above(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join("tests/build/Cargo.toml").is_file())
}

/// A driver that the sources make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// The image that ships.
    Shipped,
    /// The second image, with the feature [`CHIMNEY`].
    Chimney,
}

impl Variant {
    /// The environment variable that names an image to take instead of it: how the behaviour tests are run against another
    /// driver.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Shipped => "SOFTRNIC_IMAGE",
            Self::Chimney => "SOFTRNIC_CHIMNEY_IMAGE",
        }
    }

    fn feature(self) -> Option<&'static str> {
        match self {
            Self::Shipped => None,
            Self::Chimney => Some(CHIMNEY),
        }
    }

    /// Builds it when it is stale; takes the one that is named, if one is.
    fn image(self) -> Result<Image, Error> {
        match env::var_os(self.variable()) {
            Some(path) => named(path.into()),
            None => image_of(root(), &target_dir(), (Profile::Image, self)),
        }
    }
}

/// Builds `softrnic.sys` when it is stale; takes the one that its [variable](Variant::variable) names, if it names one.
///
/// # Errors
///
/// When no compiler can be had, or when the driver does not build.
pub fn image() -> Result<Image, Error> {
    Variant::Shipped.image()
}

/// As [`image`], of the second image, in its own place. It shares with the first all that is not the driver's own code.
///
/// # Errors
///
/// When no compiler can be had, or when the driver does not build.
pub fn chimney_image() -> Result<Image, Error> {
    Variant::Chimney.image()
}

/// The feature that no image which ships has: TCP chimney offload (docs/chimney.md).
pub const CHIMNEY: &str = "chimney";

/// How an image is built: a profile of `tests/image/Cargo.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The one that ships.
    Image,
    /// The same code, built again and again in a hurry.
    Hasty,
}

/// Builds `softrnic.sys` of the tree in `tree`, which has this one's `src`, `tests/image` and `tests/wdk` or others in
/// their places, with `folder` as its target folder.
///
/// # Errors
///
/// When no compiler can be had, or when the driver does not build.
pub fn image_of(
    tree: &Path,
    folder: &Path,
    (profile, variant): (Profile, Variant),
) -> Result<Image, Error> {
    let manifest_dir = tree.join("tests/image");
    let more = [tree.join("src")];
    let recipe = Recipe {
        folder,
        profile,
        feature: variant.feature(),
    };
    build("softrnic", &manifest_dir, &more, recipe)
}

/// The image at `path`, with its symbols beside it, as somebody else built it.
///
/// # Errors
///
/// When it cannot be read.
pub fn named(path: PathBuf) -> Result<Image, Error> {
    Ok(Image {
        sha256: sha256(&path)?,
        pdb: path.with_extension("pdb"),
        built_by: format!("{} was named", path.display()),
        path,
        rebuilt: false,
    })
}

/// Builds the driver package `name` whose manifest is in `manifest_dir`, the way the image is
/// built: a `cdylib` with a `DriverEntry`, a build script that calls
/// `wdk_build::configure_wdk_binary_build`, and a profile named `image`.
///
/// # Errors
///
/// When no compiler can be had, or when the driver does not build.
pub fn driver(manifest_dir: &Path, name: &str) -> Result<Image, Error> {
    driver_with(manifest_dir, name, &[])
}

/// As [`driver`], of a package that is made of the sources at `shared`, too.
///
/// # Errors
///
/// When no compiler can be had, or when the driver does not build.
pub fn driver_with(manifest_dir: &Path, name: &str, shared: &[PathBuf]) -> Result<Image, Error> {
    let recipe = Recipe {
        folder: &target_dir(),
        profile: Profile::Image,
        feature: None,
    };
    build(name, manifest_dir, shared, recipe)
}

/// Whether every source of `softrnic.sys` is older than `image`.
///
/// # Errors
///
/// When a source cannot be read.
pub fn is_newer_than_sources(image: &Image) -> Result<bool, Error> {
    let sources = sources::Sources::read(&root().join("tests/image"), &[root().join("src")])?;
    Ok(modified(&image.path)? >= sources.newest)
}

/// What beside its sources makes an image.
#[derive(Clone, Copy)]
pub(crate) struct Recipe<'a> {
    /// The target folder.
    pub(crate) folder: &'a Path,
    pub(crate) profile: Profile,
    pub(crate) feature: Option<&'a str>,
}

fn build(
    name: &str,
    manifest_dir: &Path,
    more: &[PathBuf],
    recipe: Recipe<'_>,
) -> Result<Image, Error> {
    let folder = recipe.folder;
    let variant = recipe.feature.map(|feature| format!("{name}-{feature}"));
    let out = folder
        .join("drivers")
        .join(variant.as_deref().unwrap_or(name));
    fs::create_dir_all(&out).map_err(Error::io(&out))?;
    let lock_path = folder.join("lock");
    let lock = File::create(&lock_path).map_err(Error::io(&lock_path))?;
    wait_for(&lock).map_err(Error::io(&lock_path))?;

    let toolchain = toolchain::find_or_install()?;
    let sources = sources::Sources::read(manifest_dir, more)?;
    let stamp = format!("{}\n{}\n", sources.hash, toolchain.id);
    let stamp_path = out.join("stamp");
    let path = out.join(format!("{name}.sys"));
    let pdb = out.join(format!("{name}.pdb"));

    let fresh = path.exists()
        && pdb.exists()
        && fs::read_to_string(&stamp_path).is_ok_and(|found| found == stamp);
    if !fresh {
        let _ = fs::remove_file(&stamp_path);
        let built = cargo::build(toolchain, manifest_dir, name, recipe)?;
        replace(&built.dll, &path, sources.newest)?;
        replace(&built.pdb, &pdb, sources.newest)?;
        fs::write(&stamp_path, &stamp).map_err(Error::io(&stamp_path))?;
    } else if modified(&path)? < sources.newest {
        touch(&path, sources.newest)?;
    }
    Ok(Image {
        sha256: sha256(&path)?,
        path,
        pdb,
        built_by: toolchain.to_string(),
        rebuilt: !fresh,
    })
}

/// Puts `new` where `old` is in one step: a process that has the old image mapped keeps it.
fn replace(new: &Path, old: &Path, newest: SystemTime) -> Result<(), Error> {
    let partial = old.with_extension("partial");
    fs::copy(new, &partial).map_err(Error::io(new))?;
    touch(&partial, newest)?;
    fs::rename(&partial, old).map_err(Error::io(old))
}

/// Takes the lock of a file; a signal does not end the wait.
fn wait_for(lock: &File) -> std::io::Result<()> {
    loop {
        match lock.lock() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            taken => return taken,
        }
    }
}

/// Sets the time of change to now, or to that of the newest source when it comes from a clock that is ahead: the file was
/// found to be made of the sources as they are.
fn touch(path: &Path, newest: SystemTime) -> Result<(), Error> {
    let file = File::options()
        .write(true)
        .open(path)
        .map_err(Error::io(path))?;
    file.set_modified(SystemTime::now().max(newest))
        .map_err(Error::io(path))
}

fn modified(path: &Path) -> Result<SystemTime, Error> {
    fs::metadata(path)
        .and_then(|data| data.modified())
        .map_err(Error::io(path))
}

fn sha256(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    Ok(Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    #[test]
    fn the_root_is_above_every_package_and_nowhere_else() {
        let root = super::root();
        assert!(root.join("Cargo.lock").is_file());
        assert_eq!(super::root_above(&root.join("tests/demo")), Some(root));
        assert_eq!(super::root_above(Path::new("/proc/self")), None);
    }

    #[test]
    fn a_source_from_the_future_is_not_newer_than_what_was_made_of_it() {
        let path = std::env::temp_dir().join(format!("softrnic-touch.{}", std::process::id()));
        std::fs::write(&path, "").expect("a folder for temporary files");
        let ahead = SystemTime::now() + Duration::from_secs(3600);
        super::touch(&path, ahead).expect("ours");
        let touched = super::modified(&path).expect("ours");
        std::fs::remove_file(&path).expect("ours");
        // A file system may round to two seconds.
        assert!(touched + Duration::from_secs(2) >= ahead);
    }
}
