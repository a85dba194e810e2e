//! Generates `constants.rs`, `types.rs` and `ntddk.rs` as the build script of wdk-sys 0.5.2 does for a WDM driver, from the
//! headers of a WDK on any host.
//!
//! `softrnic-wdk-generate INCLUDE OUT`: INCLUDE is the folder of one version (with `km` and `shared`), OUT an existing folder.
//! The options are those of `wdk_build::BuilderExt::wdk_default` of wdk-build 0.6; what is added is what a Windows host has by
//! itself: the target, and file names in any case.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use bindgen::{Builder, CodegenConfig, EnumVariation, Formatter, RustEdition, RustTarget};
use serde_json::{Value, json};

/// `ApiSubset::Base` of a WDM driver.
const HEADERS: &[&str] = &["ntifs.h", "ntddk.h", "ntstrsafe.h"];

/// What the driver declares by itself in `src/sys`: NDIS 6.80, NDKPI, Winsock Kernel, and what it takes of IP Helper and CNG. The order
/// is that of their needs.
const NETWORK: &str = "#define NDIS680_MINIPORT 1\n#define NDIS680 1\n#define NDIS_MINIPORT_DRIVER 1\n\
    #include <ntifs.h>\n#include <ndis.h>\n#include <ndischimney.h>\n#include <ndkinfo.h>\n#include <ndkpi.h>\n#include <ndisndk.h>\n\
    #include <netioddk.h>\n#include <netioapi.h>\n#include <wsk.h>\n#include <wskndk.h>\n#include <bcrypt.h>\n";

/// Below the folder of one version, in the order they are searched.
const FOLDERS: &[&str] = &["km/crt", "km", "shared"];

const DEFINITIONS: &[&str] = &["_WIN64", "_AMD64_", "AMD64", "_KERNEL_MODE"];

const COMPILER: &[&str] = &[
    "-fms-compatibility",
    "-fms-extensions",
    "-fdelayed-template-parsing",
    "--warn-=no-nonportable-include-path",
    "--warn-=no-pragma-pack",
    "--warn-=no-ignored-attributes",
    "--warn-=no-ignored-pragma-intrinsic",
    "--warn-=no-visibility",
    "--warn-=no-switch",
    "--warn-=no-comment",
    "--warn-=no-deprecated-declarations",
    "--warn-=no-invalid-token-paste",
    "--warn-=no-microsoft",
    // Not among wdk-build's: assertions of ntdef.h, once for each use.
    "-Wno-gnu-folding-constant",
];

const BLOCKED: &[&str] = &[
    "ExAllocatePoolWithTag",
    "ExAllocatePoolWithQuotaTag",
    "ExAllocatePoolWithTagPriority",
    "ExAllocatePool",
    ".*MCG_CAP(?:__bindgen.*)?",
    ".*WHEA_XPF_MCA_SECTION",
    ".*WHEA_ARM_BUS_ERROR(?:__bindgen.*)?",
    ".*WHEA_ARM_PROCESSOR_ERROR",
    ".*WHEA_ARM_CACHE_ERROR",
];

const OPAQUE: &[&str] = &["_KGDTENTRY64", "_KIDTENTRY64"];

/// `rust-version` of wdk-build 0.6.
const RUST: u64 = 91;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [include, out] = &arguments[..] else {
        return Err("usage: softrnic-wdk-generate INCLUDE OUT".into());
    };
    let include = fs::canonicalize(include)?;
    let overlay = out.join("any-case.yaml");
    fs::write(&overlay, any_case(&include, None)?.to_string())?;
    let with_ndis = out.join("any-case-ndis.yaml");
    let ndis = fs::canonicalize(out)?.join("ndis.h");
    fs::write(&with_ndis, any_case(&include, Some(&ndis))?.to_string())?;
    let functions = (CodegenConfig::TYPES | CodegenConfig::VARS).complement();
    for (name, what) in [
        ("constants", CodegenConfig::VARS),
        ("types", CodegenConfig::TYPES),
        ("ntddk", functions),
    ] {
        let includes: String = HEADERS
            .iter()
            .map(|it| format!("#include \"{it}\"\n"))
            .collect();
        let builder = builder(&include, &overlay)?
            .with_codegen_config(what)
            .header_contents(&format!("{name}-input.h"), &includes);
        builder
            .generate()?
            .write_to_file(out.join(format!("{name}.rs")))?;
    }
    // What follows is no part of wdk-sys.
    fs::write(out.join("ndis.h"), pasted_as_msvc_does(&include)?)?;
    // Bindgen gets two of these headers' layouts wrong, and its own tests say so; nobody uses the two.
    let network = builder(&include, &with_ndis)?
        .layout_tests(false)
        .header_contents("network-input.h", NETWORK);
    network.generate()?.write_to_file(out.join("network.rs"))?;
    Ok(())
}

/// `ndis.h` with the one macro that pastes its arguments unexpanded: MSVC expands them before, the standard doesn't. Written so
/// that both do.
fn pasted_as_msvc_does(include: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    const PASTED: &str = "((((0x ## major) << 8) + (0x ## minor)) >= NDIS_MIN_API)";
    const EXPANDED: &str = "(((SOFTRNIC_HEX(major) << 8) + SOFTRNIC_HEX(minor)) >= NDIS_MIN_API)\n#define SOFTRNIC_HEX(x) (0x ## x)";
    let text = fs::read(include.join("km/ndis.h"))?;
    // The file is not UTF-8 to the last byte; Latin-1 keeps it as it is.
    let text: String = text.into_iter().map(char::from).collect();
    let text = text.replacen(PASTED, EXPANDED, 1);
    Ok(text.chars().map(|character| character as u8).collect())
}

fn builder(include: &Path, overlay: &Path) -> Result<Builder, Box<dyn Error>> {
    let target = RustTarget::stable(RUST, 0).map_err(|error| error.to_string())?;
    let mut builder = Builder::default()
        .use_core()
        .derive_default(true)
        .generate_cstr(true)
        .detect_include_paths(false)
        .clang_arg("-fno-builtin")
        .clang_arg("--target=x86_64-pc-windows-msvc")
        .clang_args(["-ivfsoverlay", &overlay.display().to_string()])
        .clang_args(
            FOLDERS
                .iter()
                .map(|it| format!("--include-directory={}", include.join(it).display())),
        )
        .clang_args(DEFINITIONS.iter().map(|it| format!("--define-macro={it}")))
        .clang_args(COMPILER)
        .must_use_type("NTSTATUS")
        .must_use_type("HRESULT")
        .default_enum_style(EnumVariation::ModuleConsts)
        .formatter(Formatter::Prettyplease)
        .rust_target(target)
        .rust_edition(RustEdition::Edition2024);
    for item in BLOCKED {
        builder = builder.blocklist_item(item);
    }
    for ty in OPAQUE {
        builder = builder.opaque_type(ty);
    }
    Ok(builder)
}

/// What the compiler calls an overlay of the file system: the same files, found by names in any case, as on Windows.
/// `ndis` stands in for the file of that name.
fn any_case(include: &Path, ndis: Option<&Path>) -> Result<Value, Box<dyn Error>> {
    let mut roots = Vec::new();
    for folder in FOLDERS {
        roots.push(listed(&include.join(folder), ndis)?);
    }
    Ok(json!({ "version": 0, "case-sensitive": "false", "roots": roots }))
}

fn listed(folder: &Path, ndis: Option<&Path>) -> Result<Value, Box<dyn Error>> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let is_ndis = entry.file_name().eq_ignore_ascii_case("ndis.h");
            contents.push(json!({
                "name": entry.file_name().to_string_lossy(),
                "type": "file",
                "external-contents": ndis.filter(|_| is_ndis).map_or(entry.path(), Path::to_path_buf),
            }));
        }
    }
    Ok(json!({ "name": folder, "type": "directory", "contents": contents }))
}
