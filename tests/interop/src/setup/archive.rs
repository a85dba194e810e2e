//! The guest's initial RAM disk: programs, modules, and an init of our own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use cpio::newc::{Builder, ModeFileType, trailer};

use super::packages::{self, Kernel};
use super::{SetupError, empty, failed};

/// What the layer of Debian's is made of.
pub(crate) const DEBIAN: (&[&str], &[&str]) = (MODULES, LEFT_OUT);
/// What our own layer is made of, beside our program.
pub(crate) const OWN: (&str, &str) = (INIT, AGENT);

const INIT: &str = include_str!("../../guest/init.sh");
const AGENT: &str = include_str!("../../guest/agent.sh");

/// Modules of the guest; those they need come along.
const MODULES: &[&str] = &[
    "virtio_pci",
    "virtio_net",
    "virtio_rng",
    "crc32c_generic",
    "crc32c_intel",
    "ib_core",
    "ib_uverbs",
    "rdma_cm",
    "rdma_ucm",
    "iw_cm",
];

/// What nobody reads in a guest without people.
const LEFT_OUT: &[&str] = &[
    "./usr/share/*",
    "./var",
    "./boot",
    "./usr/include",
    "./usr/bin/perl*",
    "./usr/lib/x86_64-linux-gnu/perl*",
    "./usr/lib/x86_64-linux-gnu/gconv",
    "./usr/lib/x86_64-linux-gnu/*.a",
    "./usr/lib/locale",
    "./usr/lib/systemd",
    "./usr/lib/udev",
    "./lib/systemd",
    "./lib/udev",
];

/// Packs Debian's programs and the modules, and puts `vmlinuz` beside them.
pub(crate) fn pack_debian(cache: &Path, kernel: &Kernel, siw: &Path) -> Result<(), SetupError> {
    eprintln!("guest: initial RAM disk …");
    let root = cache.join("root");
    empty(&root)?;
    unpack_programs(&root, kernel)?;
    let pack = || -> io::Result<()> {
        install_modules(&root, &cache.join("kernel"), kernel, siw)?;
        write_archive(&root, &cache.join("debian.cpio"))?;
        let image = format!("kernel/boot/vmlinuz-{}", kernel.release);
        fs::copy(cache.join(image), cache.join("vmlinuz"))?;
        for folder in ["root", "kernel", "source"] {
            fs::remove_dir_all(cache.join(folder))?;
        }
        Ok(())
    };
    pack().map_err(|e| failed("initial RAM disk", &e))
}

/// Packs our own files behind Debian's: the kernel unpacks one archive after the other.
pub(crate) fn pack_own(cache: &Path, peer: &Path) -> Result<(), SetupError> {
    let root = cache.join("own");
    empty(&root)?;
    let pack = || -> io::Result<()> {
        install_own(&root, peer)?;
        write_archive(&root, &cache.join("own.cpio"))?;
        let mut whole = File::create(cache.join("initrd.new"))?;
        for part in ["debian.cpio", "own.cpio"] {
            io::copy(&mut File::open(cache.join(part))?, &mut whole)?;
        }
        fs::rename(cache.join("initrd.new"), cache.join("initrd.cpio"))
    };
    pack().map_err(|e| failed("initial RAM disk", &e))
}

fn unpack_programs(root: &Path, kernel: &Kernel) -> Result<(), SetupError> {
    let made = || -> io::Result<()> {
        for folder in ["bin", "sbin", "lib", "lib64"] {
            fs::create_dir_all(root.join("usr").join(folder))?;
            symlink(format!("usr/{folder}"), root.join(folder))?;
        }
        for folder in ["etc", "proc", "sys", "dev", "tmp", "run"] {
            fs::create_dir_all(root.join(folder))?;
        }
        Ok(())
    };
    made().map_err(|e| failed("initial RAM disk", &e))?;
    kernel
        .programs
        .iter()
        .filter(|package| !packages::file_name(package).contains("-dev_"))
        .try_for_each(|package| packages::unpack(package, root, LEFT_OUT))
}

fn install_own(root: &Path, peer: &Path) -> io::Result<()> {
    for folder in ["usr/bin", "usr/sbin", "etc"] {
        fs::create_dir_all(root.join(folder))?;
    }
    for (name, text) in [("init", INIT), ("usr/sbin/agent", AGENT)] {
        fs::write(root.join(name), text)?;
        fs::set_permissions(root.join(name), fs::Permissions::from_mode(0o755))?;
    }
    fs::copy(peer, root.join("usr/bin/peer"))?;
    symlink("bash", root.join("usr/bin/sh"))?;
    fs::write(root.join("etc/passwd"), "root:x:0:0:root:/run:/bin/bash\n")?;
    fs::write(root.join("etc/group"), "root:x:0:\n")?;
    fs::write(root.join("etc/hosts"), "127.0.0.1 localhost\n")
}

fn install_modules(root: &Path, tree: &Path, kernel: &Kernel, siw: &Path) -> io::Result<()> {
    let from = tree.join("lib/modules").join(&kernel.release);
    let to = root.join("usr/lib/modules").join(&kernel.release);
    fs::create_dir_all(&to)?;
    let mut there = BTreeMap::new();
    each_file(&from.join("kernel"), &mut |path| {
        if let Some(name) = packages::file_name(path).strip_suffix(".ko") {
            there.insert(name.replace('-', "_"), path.to_owned());
        }
    })?;
    there.insert("siw".to_owned(), siw.to_owned());
    let mut wanted: Vec<String> = MODULES.iter().map(ToString::to_string).collect();
    wanted.push("siw".to_owned());
    while let Some(module) = wanted.pop() {
        let Some(path) = there.remove(&module) else {
            continue;
        };
        fs::copy(&path, to.join(packages::file_name(&path)))?;
        wanted.extend(dependencies(&fs::read(&path)?));
    }
    for list in [
        "modules.builtin",
        "modules.builtin.modinfo",
        "modules.order",
    ] {
        fs::copy(from.join(list), to.join(list))?;
    }
    Ok(())
}

/// The names behind `depends=` among the zero-terminated strings of a module.
fn dependencies(module: &[u8]) -> Vec<String> {
    let depends = module
        .split(|&byte| byte == 0)
        .find_map(|text| text.strip_prefix(b"depends="))
        .unwrap_or_default();
    String::from_utf8_lossy(depends)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

fn each_file(folder: &Path, found: &mut dyn FnMut(&Path)) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            each_file(&entry.path(), found)?;
        } else {
            found(&entry.path());
        }
    }
    Ok(())
}

fn write_archive(root: &Path, to: &Path) -> io::Result<()> {
    let mut archive = BufWriter::new(File::create(to)?);
    add_folder(root, Path::new(""), &mut archive, &mut 0)?;
    trailer(&mut archive)?;
    archive.flush()
}

/// Adds what is in `folder` of `root`, everything owned by the guest's root.
fn add_folder(
    root: &Path,
    folder: &Path,
    archive: &mut impl Write,
    inode: &mut u32,
) -> io::Result<()> {
    let mut names: Vec<PathBuf> = fs::read_dir(root.join(folder))?
        .map(|entry| entry.map(|entry| folder.join(entry.file_name())))
        .collect::<io::Result<_>>()?;
    names.sort();
    for name in names {
        let path = root.join(&name);
        let kind = path.symlink_metadata()?;
        *inode += 1;
        let entry = Builder::new(&name.to_string_lossy())
            .ino(*inode)
            .nlink(1)
            .mode(kind.permissions().mode() & 0o7777);
        if kind.is_dir() {
            let entry = entry.set_mode_file_type(ModeFileType::Directory);
            entry.write(&mut *archive, 0).finish()?;
            add_folder(root, &name, archive, inode)?;
        } else {
            let (entry, bytes) = if kind.is_symlink() {
                let target = fs::read_link(&path)?.to_string_lossy().into_owned();
                (
                    entry.set_mode_file_type(ModeFileType::Symlink),
                    target.into_bytes(),
                )
            } else {
                (
                    entry.set_mode_file_type(ModeFileType::Regular),
                    fs::read(&path)?,
                )
            };
            let size = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            let mut writer = entry.write(&mut *archive, size);
            writer.write_all(&bytes)?;
            writer.finish()?;
        }
    }
    Ok(())
}
