//! Stand-in for `wdk-build` on hosts without the WDK.
//!
//! Called from the build scripts of `wdk`, `wdk-alloc`, `wdk-panic` and of the driver, under the
//! names the real crate has. It promises the two things they rely on: the driver-model cfg, and
//! the linker arguments of a WDM driver. The WDK's headers and libraries stay out of it.

use std::{env, error::Error, fmt, fs, io, path::PathBuf};

/// Why a build could not be configured.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// Asked to build for something other than 64-bit Windows.
    UnsupportedTarget(String),
    /// The folder for what the build makes could not be written to.
    Output(std::io::Error),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedTarget(target) => {
                write!(
                    f,
                    "a driver is built for x86_64-pc-windows-msvc, not for {target}"
                )
            }
            Self::Output(error) => write!(f, "a library for the linker was not written: {error}"),
        }
    }
}

impl Error for ConfigError {}

/// Linker arguments every WDM driver gets, as the real crate gives them. `/INTEGRITYCHECK` is
/// left to signing.
const LINKER_ARGUMENTS: &[&str] = &[
    "/DRIVER",
    "/NODEFAULTLIB",
    "/SUBSYSTEM:NATIVE,10.0",
    "/ENTRY:DriverEntry",
    "/NXCOMPAT",
    "/DYNAMICBASE",
    "/OPT:REF,ICF",
    "/MANIFEST:NO",
];

/// Linker arguments for what the WDK's libraries bring on Windows, and for an image that is the
/// same bytes wherever it was built.
const STAND_IN_ARGUMENTS: &[&str] = &[
    "/HIGHENTROPYVA",
    "/OSVERSION:10.0",
    "/GUARD:CF",
    "/INCLUDE:_load_config_used",
    "/RELEASE",
    "/BREPRO",
    "/MERGE:.00cfg=.rdata",
];

/// Import libraries of the Windows SDK that crates name though nothing of them is used in a driver
/// (`tracelogging`: UuidCreate): empty ones do.
const EMPTY_LIBRARIES: &[&str] = &["rpcrt4.lib"];

/// Configures a library that is built into a driver: the cfg only.
pub fn configure_wdk_library_build() -> Result<(), ConfigError> {
    emit_cfg();
    Ok(())
}

/// Configures the driver itself: the cfg and the linker's arguments.
pub fn configure_wdk_binary_build() -> Result<(), ConfigError> {
    emit_cfg();
    let target = env::var("TARGET").unwrap_or_default();
    if target != "x86_64-pc-windows-msvc" {
        return Err(ConfigError::UnsupportedTarget(target));
    }
    for argument in LINKER_ARGUMENTS.iter().chain(STAND_IN_ARGUMENTS) {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
    write_empty_libraries().map_err(ConfigError::Output)
}

fn write_empty_libraries() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for name in EMPTY_LIBRARIES {
        fs::write(out.join(name), "!<arch>\n")?;
    }
    println!("cargo::rustc-link-search=native={}", out.display());
    Ok(())
}

fn emit_cfg() {
    println!(
        "cargo::rustc-check-cfg=cfg(driver_model__driver_type, values(\"WDM\",\"KMDF\",\"UMDF\"))"
    );
    println!("cargo::rustc-cfg=driver_model__driver_type=\"WDM\"");
}
