//! Finds a Rust compiler for 64-bit Windows on this machine, or installs one.
//!
//! In this order: the target of an installed rustup toolchain; the target fetched by rustup; the
//! compiler, library sources and linker of Debian, with which the core library is built along.
//! What needs an install says its command first, and installs only as root or where `CI` is set.
//! `SOFTRNIC_TOOLCHAIN=rustup` or `debian` forces one.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{
    Error,
    cargo::clean,
    packages::{self, output},
};

/// The target every driver is built for.
pub const TARGET: &str = "x86_64-pc-windows-msvc";

const RUSTUP_COMMAND: &str = "rustup target add x86_64-pc-windows-msvc";
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_LINKER: &str = "/usr/lib/llvm-19/bin/lld";
/// `rust-version` of the workspace.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
const FORCE: &str = "SOFTRNIC_TOOLCHAIN";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rustup,
    Debian,
}

/// A compiler and a linker that build drivers.
#[derive(Clone, Debug)]
pub struct Toolchain {
    kind: Kind,
    /// Compiler version: part of what makes an image stale.
    pub(crate) id: String,
    pub(crate) linker: PathBuf,
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.kind {
            Kind::Rustup => "the rustup target",
            Kind::Debian => "Debian's compiler and library sources",
        };
        write!(f, "{} for {TARGET}, with {way}", self.id)
    }
}

impl Toolchain {
    /// The cargo of this toolchain, in a clean environment.
    #[must_use]
    pub fn cargo(&self) -> Command {
        match self.kind {
            Kind::Rustup => clean("cargo"),
            Kind::Debian => {
                let mut cargo = clean("/usr/bin/cargo");
                let path = env::var("PATH").unwrap_or_default();
                cargo
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("PATH", format!("/usr/bin:{path}"));
                cargo
            }
        }
    }

    /// Makes sure that `clippy` or `rustfmt` is there, installing it as the compiler would be.
    /// Threads take turns.
    ///
    /// # Errors
    ///
    /// [`Error::NoTool`] with the command that installs it.
    pub fn require(&self, tool: Tool) -> Result<(), Error> {
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let name = tool.subcommand();
        if output(self.cargo().args([name, "--version"])).is_ok() {
            return Ok(());
        }
        if self.kind == Kind::Debian {
            return packages::install(&[tool.debian_package()]);
        }
        let command = format!("rustup component add {}", tool.component());
        eprintln!("softrnic: set-up: {command}");
        let added = output(clean("rustup").args(["component", "add", tool.component()]));
        added
            .map(drop)
            .map_err(|reason| Error::NoTool { command, reason })
    }

    /// What `cargo` needs to be told so that it finds a core library for the target.
    #[must_use]
    pub fn build_arguments(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Rustup => &[],
            Kind::Debian => &["-Zbuild-std=core,alloc,compiler_builtins"],
        }
    }
}

/// What lints and formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The lints.
    Clippy,
    /// The formatter.
    Rustfmt,
}

impl Tool {
    fn subcommand(self) -> &'static str {
        match self {
            Self::Clippy => "clippy",
            Self::Rustfmt => "fmt",
        }
    }

    fn component(self) -> &'static str {
        match self {
            Self::Clippy => "clippy",
            Self::Rustfmt => "rustfmt",
        }
    }

    fn debian_package(self) -> &'static str {
        match self {
            Self::Clippy => "rust-web-clippy",
            Self::Rustfmt => "rustfmt-web",
        }
    }
}

/// The toolchain of this machine; found, or installed, once per process, by one thread.
///
/// # Errors
///
/// [`Error::NoToolchain`] with the commands that install one.
pub fn find_or_install() -> Result<&'static Toolchain, Error> {
    static FOUND: OnceLock<Toolchain> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = FOUND.get() {
        return Ok(found);
    }
    let found = look()?;
    Ok(FOUND.get_or_init(|| found))
}

/// Where lints leave what they checked: apart from the builds, whose locks they would wait for.
#[must_use]
pub fn lint_dir() -> PathBuf {
    crate::cargo::target_dir().join("lint")
}

fn look() -> Result<Toolchain, Error> {
    let forced = env::var(FORCE).ok();
    let wants = |name: &str| forced.as_deref().is_none_or(|forced| forced == name);
    let mut tried = Vec::new();
    if wants("rustup") {
        match rustup() {
            Ok(found) => return Ok(found),
            Err(reason) => tried.push(reason),
        }
    }
    if wants("debian") {
        match debian() {
            Ok(found) => return Ok(found),
            Err(reason) => tried.push(reason),
        }
    }
    Err(Error::NoToolchain {
        rustup: RUSTUP_COMMAND,
        debian: packages::command(DEBIAN_PACKAGES),
        reason: tried.join("\n"),
    })
}

fn rustup() -> Result<Toolchain, String> {
    let targets = output(clean("rustup").args(["target", "list", "--installed"]))
        .map_err(|error| format!("rustup: {error}"))?;
    if !targets.lines().any(|line| line.trim() == TARGET) {
        eprintln!("softrnic: set-up: {RUSTUP_COMMAND}");
        output(clean("rustup").args(["target", "add", TARGET]))
            .map_err(|error| format!("{RUSTUP_COMMAND}: {error}"))?;
    }
    let id = output(clean("rustc").arg("--version")).map_err(|error| format!("rustc: {error}"))?;
    let sysroot = output(clean("rustc").args(["--print", "sysroot"]))
        .map_err(|error| format!("rustc: {error}"))?;
    let linker = rustup_linker(Path::new(sysroot.trim()))
        .ok_or("the rustup toolchain has no rust-lld inside")?;
    Ok(Toolchain {
        kind: Kind::Rustup,
        id: id.trim().to_owned(),
        linker,
    })
}

/// The linker as rustup ships it, under the host's own target folder.
fn rustup_linker(sysroot: &Path) -> Option<PathBuf> {
    let targets = sysroot.join("lib/rustlib").read_dir().ok()?;
    let linkers = targets
        .flatten()
        .map(|target| target.path().join("bin/rust-lld"));
    let installed = linkers.into_iter().find(|linker| linker.exists());
    installed.or_else(|| Some(PathBuf::from(DEBIAN_LINKER)).filter(|linker| linker.exists()))
}

fn debian() -> Result<Toolchain, String> {
    if let Some(missing) = debian_missing() {
        eprintln!("softrnic: set-up: {missing}");
        packages::install(DEBIAN_PACKAGES).map_err(|error| format!("{missing}; {error}"))?;
        if let Some(missing) = debian_missing() {
            return Err(format!(
                "{missing}, even after {}",
                packages::command(DEBIAN_PACKAGES)
            ));
        }
    }
    let id = output(clean("/usr/bin/rustc").arg("--version"))
        .map_err(|error| format!("rustc: {error}"))?;
    Ok(Toolchain {
        kind: Kind::Debian,
        id: id.trim().to_owned(),
        linker: DEBIAN_LINKER.into(),
    })
}

/// What the Debian way lacks, if anything.
fn debian_missing() -> Option<String> {
    for file in ["/usr/bin/rustc", "/usr/bin/cargo", DEBIAN_LINKER] {
        if !Path::new(file).exists() {
            return Some(format!("{file} is missing"));
        }
    }
    let rustc = || clean("/usr/bin/rustc");
    let version = output(rustc().arg("--version")).unwrap_or_default();
    if minor(&version) < minor(OLDEST) {
        return Some(format!("{} is too old", version.trim()));
    }
    let sysroot = output(rustc().args(["--print", "sysroot"])).ok()?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/core");
    (!library.exists()).then(|| format!("{} is missing", library.display()))
}

/// `96` of `rustc 1.96.0 (…)` and of `1.96`.
fn minor(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}
