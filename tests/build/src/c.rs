//! Drivers in C: compiled by clang, linked by the linker that drivers in Rust have.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error, cargo,
    packages::{self, output},
    toolchain::{self, TARGET},
};

const PACKAGE: &str = "clang-19";
const COMPILERS: &[&str] = &["clang-19", "clang"];

/// As a driver kit's compiler is told: no library, stack protection, warnings are errors.
const FLAGS: &[&str] = &[
    "-std=c17",
    "-O1",
    "-g",
    "-gcodeview",
    "-ffreestanding",
    "-fno-builtin",
    "-fshort-wchar",
    "-fstack-protector-strong",
    "-mno-implicit-float",
    "-Wall",
    "-Wextra",
    "-Werror",
];

/// Builds `<name>.sys` of the C sources in `folder`; each `.def` file there is a module's imports. `link` is said to the
/// linker on top.
///
/// # Errors
///
/// [`Error::NoTool`] when there is no clang and none may be installed; others when the driver does not build.
pub fn c_driver(folder: &Path, name: &str, link: &[&str]) -> Result<PathBuf, Error> {
    let target = cargo::target_dir();
    let out = target.join("drivers").join(name);
    fs::create_dir_all(&out).map_err(Error::io(&out))?;
    let lock_path = target.join("c-lock");
    let lock = File::create(&lock_path).map_err(Error::io(&lock_path))?;
    crate::wait_for(&lock).map_err(Error::io(&lock_path))?;

    let clang = compiler()?;
    let linker = || {
        let mut command = Command::new(&toolchain::find_or_install()?.linker);
        command.args(["-flavor", "link"]);
        Ok::<_, Error>(command)
    };
    let mut inputs = Vec::new();
    for file in with_extension(folder, "c")? {
        let object = out
            .join(file.file_stem().unwrap_or_default())
            .with_extension("obj");
        let mut compile = Command::new(clang);
        compile.arg(format!("--target={TARGET}")).args(FLAGS);
        cargo::run(compile.arg("-c").arg(&file).arg("-o").arg(&object), name)?;
        inputs.push(object);
    }
    for file in with_extension(folder, "def")? {
        let library = out
            .join(file.file_stem().unwrap_or_default())
            .with_extension("lib");
        let mut make = linker()?;
        make.args(["/lib", "/machine:x64"])
            .arg(format!("/def:{}", file.display()));
        cargo::run(make.arg(format!("/out:{}", library.display())), name)?;
        inputs.push(library);
    }
    let (path, partial) = (out.join(format!("{name}.sys")), out.join("partial.sys"));
    let mut all = linker()?;
    all.args([
        "/driver",
        "/subsystem:native",
        "/entry:DriverEntry",
        "/nodefaultlib",
        "/debug",
    ])
    .arg(format!("/pdb:{}", path.with_extension("pdb").display()))
    .args(link)
    .arg(format!("/out:{}", partial.display()));
    cargo::run(all.args(&inputs), name)?;
    fs::rename(&partial, &path).map_err(Error::io(&path))?;
    Ok(path)
}

/// The first compiler there is; else it is installed.
fn compiler() -> Result<&'static str, Error> {
    let works = |name: &&&str| output(Command::new(name).arg("--version")).is_ok();
    if let Some(found) = COMPILERS.iter().find(works) {
        return Ok(found);
    }
    packages::install(&[PACKAGE])?;
    Ok(PACKAGE)
}

/// The files of `folder` that end so, in order.
fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io(folder))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    Ok(files)
}
