//! `cargo dev package`: the folder that Windows' tools sign; on Windows, has them do it.

use std::path::{Path, PathBuf};

use serde_json::json;
use softrnic_build::{Image, root};
use softrnic_package::{
    folder::{self, Made},
    windows,
};

use crate::steps::Failed;

/// What is asked for.
#[derive(clap::Args)]
pub struct Options {
    /// Ends with one line of JSON: the folder, the version, the hash of every file, whether it is signed.
    #[arg(long)]
    json: bool,
    /// Where the package goes; a package that is there is replaced. By default `package` in the target folder.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Takes this image, with its symbols beside it, instead of building one: on Windows, the image that was tested on Linux.
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

/// Makes the package, and prints its folder.
///
/// # Errors
///
/// When the image does not build, an INF breaks a rule, a file cannot be written, or a tool of Windows' refuses.
pub fn package(options: &Options) -> Result<(), Failed> {
    let image = image(options.image.as_deref()).map_err(Failed)?;
    let dir = options.dir.clone().unwrap_or_else(default_folder);
    let made = folder::make(root(), &image, &dir).map_err(|error| Failed(error.to_string()))?;
    let is_signed = cfg!(windows);
    if is_signed {
        windows::run(&made.dir).map_err(Failed)?;
    }
    say(&made, &image, is_signed, options.json);
    Ok(())
}

fn image(named: Option<&Path>) -> Result<Image, String> {
    if let Some(path) = named {
        return softrnic_build::named(path.to_path_buf()).map_err(|error| error.to_string());
    }
    build()
}

#[cfg(not(windows))]
fn build() -> Result<Image, String> {
    softrnic_build::image().map_err(|error| error.to_string())
}

/// The Windows build: the root manifest, with the WDK.
#[cfg(windows)]
fn build() -> Result<Image, String> {
    use crate::steps::show;

    let target = default_folder().with_file_name("windows");
    let mut cargo =
        std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args([
        "build",
        "--release",
        "--package",
        "softrnic",
        "--target-dir",
    ]);
    show(cargo.arg(&target))?;
    let built = target.join("release");
    let path = built.join("softrnic.sys");
    let dll = built.join("softrnic.dll");
    std::fs::copy(&dll, &path).map_err(|error| format!("{}: {error}", dll.display()))?;
    softrnic_build::named(path).map_err(|error| error.to_string())
}

fn default_folder() -> PathBuf {
    softrnic_build::target_dir().with_file_name("package")
}

fn say(made: &Made, image: &Image, is_signed: bool, in_json: bool) {
    eprintln!("softrnic {}, {}", made.stamp.version, made.stamp.date);
    eprintln!("softrnic.sys: {} ({})", image.sha256, image.built_by);
    if !is_signed {
        eprintln!(
            "not signed: on Windows with the WDK, `cargo dev package --image softrnic.sys` makes and signs the catalogs"
        );
    }
    if in_json {
        let said = json!({
            "dir": made.dir,
            "version": made.stamp.version,
            "date": made.stamp.date,
            "image": image.sha256,
            "files": made.hashes,
            "signed": is_signed,
        });
        println!("{said}");
    } else {
        println!("{}", made.dir.display());
    }
}
