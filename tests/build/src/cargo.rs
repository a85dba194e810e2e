//! The nested cargo: its environment, its arguments, its target folder.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Profile, Recipe, Toolchain, root, toolchain::TARGET};

/// What the compiler is told on top of the profile.
const RUSTFLAGS: &[&str] = &["-Ccontrol-flow-guard=yes", "-Ctarget-feature=+crt-static"];

/// More of it for [`Profile::Hasty`]: without link-time optimization the linker meets a function of `tracelogging` that nothing
/// calls, and what it wants of `rpcrt4.dll`. It is dropped, whatever it is said to be.
const HASTY_RUSTFLAGS: &[&str] = &["-Clink-arg=/alternatename:__imp_UuidCreate=_fltused"];

pub(crate) struct Built {
    pub(crate) dll: PathBuf,
    pub(crate) pdb: PathBuf,
}

/// A folder of our own under the workspace's target folder: the cargo that runs us may hold the
/// lock on its own.
#[must_use]
pub fn target_dir() -> PathBuf {
    let marked = |folder: &&Path| folder.join("CACHEDIR.TAG").exists();
    let running = env::current_exe().ok();
    let own = running
        .as_deref()
        .and_then(|exe| exe.ancestors().find(marked).map(Path::to_path_buf));
    let named = || env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    own.or_else(named)
        .unwrap_or_else(|| root().join("target"))
        .join("image")
}

pub(crate) fn build(
    toolchain: &Toolchain,
    manifest_dir: &Path,
    name: &str,
    recipe: Recipe<'_>,
) -> Result<Built, Error> {
    let folder = recipe.folder;
    let profile = match recipe.profile {
        Profile::Image => "image",
        Profile::Hasty => "hasty",
    };
    let mut command = toolchain.cargo();
    command
        .arg("build")
        .args(["--quiet", "--profile", profile, "--target", TARGET])
        .args(toolchain.build_arguments())
        .arg("--manifest-path")
        .arg(manifest_dir.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(folder)
        .args(
            recipe
                .feature
                .into_iter()
                .flat_map(|name| ["--features", name]),
        )
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            rustflags(toolchain, recipe.profile).join("\x1f"),
        );
    run(&mut command, name)?;
    let built = folder.join(TARGET).join(profile);
    let file = name.replace('-', "_");
    Ok(Built {
        dll: built.join(format!("{file}.dll")),
        pdb: built.join(format!("{file}.pdb")),
    })
}

/// Flags with this machine's folders taken out of the image and its symbols.
fn rustflags(toolchain: &Toolchain, profile: Profile) -> Vec<String> {
    let more = match profile {
        Profile::Image => &[],
        Profile::Hasty => HASTY_RUSTFLAGS,
    };
    let all = RUSTFLAGS.iter().chain(more);
    let mut flags: Vec<String> = all.map(ToString::to_string).collect();
    flags.push(format!("-Clinker={}", toolchain.linker.display()));
    flags.push("-Clinker-flavor=lld-link".to_owned());
    flags.push(format!(
        "--remap-path-prefix={}=/softrnic",
        root().display()
    ));
    if let Some(home) = cargo_home() {
        flags.push(format!(
            "--remap-path-prefix={}/registry/src=/crates",
            home.display()
        ));
    }
    flags
}

fn cargo_home() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

pub(crate) fn run(command: &mut Command, name: &str) -> Result<(), Error> {
    let output = command.output().map_err(Error::io(command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Build {
        driver: name.to_owned(),
        command: format!("{command:?}"),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// A command free of what the cargo around us says about its own build.
pub(crate) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_about_the_outer_build) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_the_outer_build(name: &str) -> bool {
    const KEPT: &[&str] = &[
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_NET_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
    ];
    const CLEARED: &[&str] = &["CARGO", "__CARGO", "RUSTC", "RUSTDOC", "RUSTFLAGS"];
    const CLEARED_EXACTLY: &[&str] = &[
        "RUSTUP_TOOLCHAIN",
        "RUST_RECURSION_COUNT",
        "LD_LIBRARY_PATH",
        "MAKEFLAGS",
        "MFLAGS",
    ];
    let starts = |list: &[&str]| list.iter().any(|prefix| name.starts_with(prefix));
    CLEARED_EXACTLY.contains(&name) || starts(CLEARED) && !starts(KEPT)
}

#[cfg(test)]
mod tests {
    use super::is_about_the_outer_build;

    #[test]
    fn the_outer_build_does_not_leak_in() {
        for name in [
            "CARGO",
            "CARGO_PKG_NAME",
            "CARGO_TARGET_DIR",
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
            "RUSTUP_TOOLCHAIN",
        ] {
            assert!(is_about_the_outer_build(name), "{name}");
        }
    }

    #[test]
    fn the_machine_s_own_settings_stay() {
        for name in ["CARGO_HOME", "CARGO_HTTP_PROXY", "RUSTUP_HOME", "PATH"] {
            assert!(!is_about_the_outer_build(name), "{name}");
        }
    }
}
