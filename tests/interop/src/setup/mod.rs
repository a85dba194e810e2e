//! What the guest is made of: a Debian kernel, its siw built as a module, and Debian's RDMA programs in one archive.
//!
//! Everything lies in one cache folder and is made once: packages are downloaded by an apt of our own (an empty package
//! database, the host's sources), siw is cut out of the kernel's source package and compiled against the kernel's headers
//! (Debian's kernel leaves it out), and an initial RAM disk is packed. Nothing of it is installed on the host.

mod archive;
mod module;
mod packages;
mod programs;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fmt};

use softrnic_build::packages as host;

/// Programs of the host and the Debian packages that bring them.
const HOST_PROGRAMS: &[(&str, &str)] = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("gcc", "gcc"),
    ("make", "make"),
    ("xz", "xz-utils"),
    ("ip", "iproute2"),
    ("tar", "tar"),
    ("dpkg-deb", "dpkg"),
    ("apt-get", "apt"),
    ("unshare", "util-linux"),
    ("setpriv", "util-linux"),
];

/// Why there is no guest.
#[derive(Debug)]
pub(crate) struct SetupError(pub(crate) String);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kernel and an initial RAM disk that boot.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) kernel: PathBuf,
    pub(crate) initrd: PathBuf,
    /// Its release, as `uname -r` says.
    pub(crate) release: String,
}

/// Makes sure that the host has the programs the rig needs.
pub(crate) fn programs_of_the_host() -> Result<(), SetupError> {
    let missing: Vec<&str> = HOST_PROGRAMS
        .iter()
        .filter(|(program, _)| !is_on_path(program))
        .map(|&(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    host::install(&missing).map_err(|e| SetupError(e.to_string()))
}

/// The guest, from the cache or made now.
///
/// In two layers: what Debian brings takes a minute and seldom changes; what is ours takes a second.
pub(crate) fn guest() -> Result<Guest, SetupError> {
    let cache = cache();
    fs::create_dir_all(&cache).map_err(|e| failed("cache", &e))?;
    let lock = File::create(cache.join("lock")).map_err(|e| failed("cache", &e))?;
    lock.lock().map_err(|e| failed("cache", &e))?;
    let debian = debian_ingredients();
    let release = layer(&cache, "debian", &debian, || {
        let kernel = packages::download(&cache)?;
        let siw = module::build(&cache, &kernel)?;
        programs::unpack_libraries(&cache, &kernel)?;
        archive::pack_debian(&cache, &kernel, &siw)?;
        Ok(kernel.release)
    })?;
    let own = format!("{debian} {}", own_ingredients());
    layer(&cache, "own", &own, || {
        let peer = programs::build(&cache)?;
        archive::pack_own(&cache, &peer)?;
        Ok(String::new())
    })?;
    Ok(Guest {
        kernel: cache.join("vmlinuz"),
        initrd: cache.join("initrd.cpio"),
        release,
    })
}

/// Makes the layer `name` unless it is there, made of the same `ingredients`; gives what `make` gave when it was made.
fn layer(
    cache: &Path,
    name: &str,
    ingredients: &str,
    make: impl FnOnce() -> Result<String, SetupError>,
) -> Result<String, SetupError> {
    let stamp = cache.join(format!("{name}.stamp"));
    if let Ok(text) = fs::read_to_string(&stamp)
        && let Some((made_of, result)) = text.split_once('\n')
        && made_of == ingredients
    {
        return Ok(result.to_owned());
    }
    let _ = fs::remove_file(&stamp);
    let result = make()?;
    fs::write(stamp, format!("{ingredients}\n{result}")).map_err(|e| failed("cache", &e))?;
    Ok(result)
}

/// `$SOFTRNIC_INTEROP_CACHE`, else `softrnic/interop` in the user's cache folder.
fn cache() -> PathBuf {
    if let Some(own) = env::var_os("SOFTRNIC_INTEROP_CACHE") {
        return own.into();
    }
    let user = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_else(|| "/tmp".into()));
    user.unwrap_or_else(|| home().join(".cache"))
        .join("softrnic/interop")
}

/// What the first layer is made of, as one number: another one means another guest.
fn debian_ingredients() -> String {
    hash(&(
        packages::PROGRAMS,
        packages::HEADERS,
        module::INGREDIENTS,
        archive::DEBIAN,
    ))
}

fn own_ingredients() -> String {
    hash(&(programs::SOURCE, archive::OWN))
}

fn hash(of: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(["/usr/sbin".into(), "/sbin".into()]);
    folders.iter().any(|folder| folder.join(program).exists())
}

/// Runs `command`; gives what it printed, or its last words as the reason why not.
pub(crate) fn run(command: &mut Command) -> Result<String, SetupError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| failed(&format!("{command:?}"), &e))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = format!("{text}{errors}");
    let tail: Vec<&str> = said.lines().rev().take(25).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    Err(SetupError(format!(
        "{command:?}: {}\n{}",
        output.status,
        tail.join("\n")
    )))
}

/// Makes `folder` anew, empty.
fn empty(folder: &Path) -> Result<(), SetupError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| failed(&folder.display().to_string(), &e))?;
    }
    fs::create_dir_all(folder).map_err(|e| failed(&folder.display().to_string(), &e))
}

fn failed(what: &str, error: &dyn fmt::Display) -> SetupError {
    SetupError(format!("{what}: {error}"))
}
