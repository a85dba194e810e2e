//! A folder with the generated declarations, and the crates that the compiler checks with them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use quote::ToTokens;
use softrnic_build::{packages, root, toolchain};

use crate::{check::cargo, steps::show};

use super::{OUR_FOLDER, OURS};

/// What bindgen parses with, and the compiler's own headers; from Debian.
const LIBRARY: &str = "/usr/lib/llvm-19/lib/libclang-19.so.1";
const LIBRARY_PACKAGE: &str = "libclang1-19";
const HEADERS: &str = "/usr/lib/llvm-19/lib/clang/19/include/stddef.h";
const HEADERS_PACKAGE: &str = "libclang-common-19-dev";

/// One that cannot be taken for the stand-in, and that the driver's manifest accepts.
const VERSION: &str = "0.5.999";

pub(super) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    pub(super) fn new() -> Result<Self, String> {
        let folder = softrnic_build::target_dir().with_file_name("wdk-check");
        let scratch = Self { folder };
        for folder in [
            scratch.generated(),
            scratch.folder.join("wdk-sys/src"),
            scratch.folder.join("check/src"),
        ] {
            fs::create_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(scratch)
    }

    pub(super) fn generated(&self) -> PathBuf {
        self.folder.join("generated")
    }

    /// Runs bindgen, as wdk-sys does.
    pub(super) fn generate(&self, include: &Path) -> Result<(), String> {
        for (file, package) in [(LIBRARY, LIBRARY_PACKAGE), (HEADERS, HEADERS_PACKAGE)] {
            packages::require(file, package).map_err(|error| error.to_string())?;
        }
        let mut run = cargo();
        run.args([
            "run",
            "--quiet",
            "--release",
            "--manifest-path",
            "tests/bindings/Cargo.toml",
        ]);
        run.arg("--target-dir").arg(self.folder.join("target"));
        run.env("LIBCLANG_PATH", LIBRARY);
        show(run.arg("--").arg(include).arg(self.generated()))
    }

    /// Has the compiler check `assertions` over both crates, and the driver with the generated one. `absent` are items that the
    /// headers lack: the generated crate has them from the stand-in.
    pub(super) fn check(&self, assertions: &str, absent: &[String]) -> Result<(), String> {
        self.write_crate(absent)?;
        self.write("check/src/lib.rs", assertions)?;
        let stand_in = root().join("tests/wdk/wdk-sys");
        let manifest = format!(
            "[package]\nname = \"check\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
             ours = {{ package = \"wdk-sys\", path = {stand_in:?} }}\n\
             theirs = {{ package = \"wdk-sys\", path = \"../wdk-sys\" }}\n[workspace]\n"
        );
        self.write("check/Cargo.toml", &manifest)?;
        self.compile("check")?;
        self.write_driver()?;
        self.compile("driver")
    }

    /// Has the compiler check `assertions` over the driver's own declarations and the generated ones.
    pub(super) fn check_own(&self, sys: &Path, assertions: &str) -> Result<(), String> {
        let feature = softrnic_build::CHIMNEY;
        let manifest = format!(
            "[package]\nname = \"own\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [features]\ndefault = [\"{feature}\"]\n{feature} = []\n[workspace]\n"
        );
        self.write("own/Cargo.toml", &manifest)?;
        let theirs = self.generated().join("network.rs");
        let text =
            super::network::crate_of(&format!("{sys:?}"), &format!("{theirs:?}"), assertions);
        self.write("own/src/lib.rs", &text)?;
        self.compile("own")
    }

    /// The crate `wdk-sys` of the generated declarations.
    fn write_crate(&self, absent: &[String]) -> Result<(), String> {
        let manifest = format!(
            "[package]\nname = \"wdk-sys\"\nversion = \"{VERSION}\"\nedition = \"2024\"\n\
             [features]\nnightly = []\ntest-stubs = []\n[workspace]\n"
        );
        self.write("wdk-sys/Cargo.toml", &manifest)?;
        // The stand-in's root has what wdk-sys writes by hand; its modules are replaced.
        let stand_in = root().join(OUR_FOLDER).join("lib.rs");
        let text = fs::read_to_string(&stand_in)
            .map_err(|error| format!("{}: {error}", stand_in.display()))?;
        let by_hand = text.find("/// Whether `nt_status`").map(|at| &text[at..]);
        let by_hand = by_hand.ok_or(format!("{}: nothing by hand in it", stand_in.display()))?;
        let [types, constants, functions] =
            ["types", "constants", "ntddk"].map(|name| self.generated().join(format!("{name}.rs")));
        let (mut others, mut imports) = (String::new(), String::new());
        for item in stand_ins(absent)? {
            match item {
                syn::Item::ForeignMod(block) => {
                    imports.push_str(&block.to_token_stream().to_string())
                }
                item => others.push_str(&item.to_token_stream().to_string()),
            }
        }
        let text = format!(
            "#![no_std]\n#![allow(warnings)]\n\
             pub mod types {{ include!({types:?}); use super::newer::*; }}\n\
             pub mod newer {{ use super::types::*; {others} }}\n\
             pub mod constants {{ use super::{{types::*, newer::*}}; include!({constants:?}); }}\n\
             pub mod ntddk {{ use super::{{types::*, newer::*}}; include!({functions:?}); {imports} }}\n\
             pub use {{constants::*, newer::*, types::*}};\n{by_hand}"
        );
        self.write("wdk-sys/src/lib.rs", &text)
    }

    /// The Linux recipe of the driver with this crate in the stand-in's place.
    fn write_driver(&self) -> Result<(), String> {
        let recipe = root().join("tests/image");
        let text =
            fs::read_to_string(recipe.join("Cargo.toml")).map_err(|error| error.to_string())?;
        let absolute = |path: &str| format!("{:?}", root().join(path));
        let text = text
            .replace("\"../../src/lib.rs\"", &absolute("src/lib.rs"))
            .replace(
                "\"../wdk/wdk-sys\"",
                &format!("{:?}", self.folder.join("wdk-sys")),
            )
            .replace("\"../wdk/wdk-build\"", &absolute("tests/wdk/wdk-build"))
            .replace("\"build.rs\"", &absolute("tests/image/build.rs"));
        self.write("driver/Cargo.toml", &text)
    }

    fn compile(&self, name: &str) -> Result<(), String> {
        let toolchain = toolchain::find_or_install().map_err(|error| error.to_string())?;
        let mut cargo = toolchain.cargo();
        cargo.args(["check", "--quiet", "--target", toolchain::TARGET]);
        cargo.args(toolchain.build_arguments());
        cargo
            .arg("--manifest-path")
            .arg(self.folder.join(name).join("Cargo.toml"));
        show(cargo.arg("--target-dir").arg(self.folder.join("target")))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The stand-in's declarations of `names`, imports in blocks of their own.
fn stand_ins(names: &[String]) -> Result<Vec<syn::Item>, String> {
    let is_named = |ident: &syn::Ident| names.iter().any(|name| ident == name);
    let mut found = Vec::new();
    for file in OURS {
        let path = root().join(OUR_FOLDER).join(format!("{file}.rs"));
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let file =
            syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for mut item in file.items {
            let is_wanted = match &mut item {
                syn::Item::Const(it) => is_named(&it.ident),
                syn::Item::Type(it) => is_named(&it.ident),
                syn::Item::Struct(it) => is_named(&it.ident),
                syn::Item::Union(it) => is_named(&it.ident),
                syn::Item::ForeignMod(block) => {
                    block.items.retain(
                        |it| matches!(it, syn::ForeignItem::Fn(it) if is_named(&it.sig.ident)),
                    );
                    !block.items.is_empty()
                }
                _ => false,
            };
            found.extend(is_wanted.then_some(item));
        }
    }
    Ok(found)
}
