//! Debian packages, downloaded by an apt of our own into the cache and unpacked from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{SetupError, failed, run};

/// What runs in the guest; apt adds what they depend on.
pub(crate) const PROGRAMS: &[&str] = &[
    "bash",
    "busybox-static",
    "ethtool",
    "ibverbs-providers",
    "ibverbs-utils",
    "iproute2",
    "kmod",
    "perftest",
    "procps",
    "rdmacm-utils",
    "socat",
];
/// What our own program of the guest is compiled against.
pub(crate) const HEADERS: &[&str] = &["libibverbs-dev", "librdmacm-dev"];

/// The packages that were downloaded.
#[derive(Debug)]
pub(crate) struct Kernel {
    /// The kernel's release, for example `6.1.0-56-amd64`.
    pub(crate) release: String,
    /// Kernel image, headers and the tools that build modules.
    pub(crate) kernel: Vec<PathBuf>,
    /// The kernel's source.
    pub(crate) source: PathBuf,
    /// Programs and libraries of the guest.
    pub(crate) programs: Vec<PathBuf>,
}

/// Downloads what the guest needs and the cache does not have.
pub(crate) fn download(cache: &Path) -> Result<Kernel, SetupError> {
    let apt = Apt::new(cache)?;
    eprintln!("guest: package lists …");
    run(apt.get().arg("update"))?;
    let image = apt.current_kernel()?;
    let release = image.trim_start_matches("linux-image-").to_owned();
    let series = series(&release)?;
    let flavourless = release
        .rsplit_once('-')
        .map_or(release.as_str(), |(version, _)| version);
    eprintln!("guest: packages of Linux {release} and of the programs …");
    let programs = apt.with_dependencies(&[PROGRAMS, HEADERS].concat())?;
    let kernel = [
        image,
        format!("linux-headers-{release}"),
        format!("linux-headers-{flavourless}-common"),
        format!("linux-kbuild-{series}"),
        format!("linux-source-{series}"),
    ];
    let mut kernel = apt.alone(&kernel)?;
    let source = kernel
        .iter()
        .position(|path| file_name(path).starts_with("linux-source-"))
        .ok_or_else(|| SetupError("apt brought no kernel source".to_owned()))?;
    let source = kernel.swap_remove(source);
    Ok(Kernel {
        release,
        kernel,
        source,
        programs,
    })
}

/// `6.1` of `6.1.0-56-amd64`.
pub(crate) fn series(release: &str) -> Result<String, SetupError> {
    let mut parts = release.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => {
            let minor: String = minor.chars().take_while(char::is_ascii_digit).collect();
            Ok(format!("{major}.{minor}"))
        }
        _ => Err(SetupError(format!("`{release}` is no kernel release"))),
    }
}

/// Unpacks `package` into `folder`, without the paths that match `left_out`.
pub(crate) fn unpack(package: &Path, folder: &Path, left_out: &[&str]) -> Result<(), SetupError> {
    fs::create_dir_all(folder).map_err(|e| failed("unpacking", &e))?;
    let mut open = Command::new("dpkg-deb");
    open.arg("--fsys-tarfile").arg(package);
    let mut archive = open
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| failed("dpkg-deb", &e))?;
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(folder);
    tar.args(["--keep-directory-symlink", "--no-same-owner", "-xf", "-"]);
    tar.args(left_out.iter().map(|path| format!("--exclude={path}")));
    let piped = archive.stdout.take().map_or(Stdio::null(), Stdio::from);
    let unpacked = tar.stdin(piped).status();
    let opened = archive.wait();
    match (opened, unpacked) {
        (Ok(a), Ok(b)) if a.success() && b.success() => Ok(()),
        _ => Err(SetupError(format!("cannot unpack {}", file_name(package)))),
    }
}

pub(crate) fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// apt with a package database of its own, where nothing is installed.
struct Apt {
    configuration: PathBuf,
    archives: PathBuf,
    /// An option that hides the downloaded packages: of those that are there apt lists no address.
    as_if_empty: String,
}

impl Apt {
    fn new(cache: &Path) -> Result<Self, SetupError> {
        let top = cache.join("apt");
        let archives = top.join("cache/archives");
        let empty = top.join("empty");
        for folder in [&archives, &empty, &top.join("state/lists")] {
            let folder = folder.join("partial");
            fs::create_dir_all(folder).map_err(|e| failed("apt", &e))?;
        }
        let status = top.join("status");
        fs::write(&status, "").map_err(|e| failed("apt", &e))?;
        let settings = [
            ("Dir::State", top.join("state").display().to_string()),
            ("Dir::State::status", status.display().to_string()),
            ("Dir::Cache", top.join("cache").display().to_string()),
            ("APT::Sandbox::User", String::new()),
            ("APT::Install-Recommends", "false".to_owned()),
            ("Acquire::Languages", "none".to_owned()),
            ("Acquire::Retries", "3".to_owned()),
            ("APT::Keep-Downloaded-Packages", "true".to_owned()),
            ("Debug::NoLocking", "true".to_owned()),
        ];
        let text: String = settings
            .iter()
            .map(|(name, value)| format!("{name} \"{value}\";\n"))
            .collect();
        let configuration = top.join("apt.conf");
        fs::write(&configuration, text).map_err(|e| failed("apt", &e))?;
        Ok(Self {
            configuration,
            archives,
            as_if_empty: format!("Dir::Cache::archives={}", empty.display()),
        })
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("APT_CONFIG", &self.configuration);
        command.env("LC_ALL", "C");
        command
    }

    fn get(&self) -> Command {
        let mut get = self.command("apt-get");
        get.args(["-y", "-q"]);
        get
    }

    /// The package of the distribution's current kernel.
    fn current_kernel(&self) -> Result<String, SetupError> {
        let text = run(self
            .command("apt-cache")
            .args(["depends", "linux-image-amd64"]))?;
        text.lines()
            .filter_map(|line| line.trim().strip_prefix("Depends: "))
            .find(|package| package.starts_with("linux-image-"))
            .map(str::to_owned)
            .ok_or_else(|| SetupError("this distribution has no linux-image-amd64".to_owned()))
    }

    /// Downloads `packages` and everything they depend on.
    fn with_dependencies(&self, packages: &[&str]) -> Result<Vec<PathBuf>, SetupError> {
        let list = run(self
            .get()
            .args(["-o", &self.as_if_empty, "--print-uris", "install"])
            .args(packages))?;
        run(self
            .get()
            .args(["--download-only", "install"])
            .args(packages))?;
        self.listed(&list)
    }

    /// Downloads just `packages`.
    fn alone(&self, packages: &[String]) -> Result<Vec<PathBuf>, SetupError> {
        let list = run(self
            .get()
            .args(["-o", &self.as_if_empty, "--print-uris", "download"])
            .args(packages))?;
        run(self
            .get()
            .arg("download")
            .args(packages)
            .current_dir(&self.archives))?;
        self.listed(&list)
    }

    /// The files of a list of addresses: `'http://…' name_1.0_amd64.deb 1234 …`.
    fn listed(&self, list: &str) -> Result<Vec<PathBuf>, SetupError> {
        let files: Vec<PathBuf> = list
            .lines()
            .filter(|line| line.starts_with('\''))
            .filter_map(|line| line.split(' ').nth(1))
            .map(|name| self.archives.join(name))
            .collect();
        match files.iter().find(|file| !file.exists()) {
            Some(file) => Err(SetupError(format!("apt did not bring {}", file.display()))),
            None => Ok(files),
        }
    }
}
