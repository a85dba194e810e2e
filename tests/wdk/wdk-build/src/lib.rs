//! Stand-in for `wdk-build` on hosts without the WDK.
//!
//! Called from the build scripts of `wdk`, `wdk-alloc`, `wdk-panic` and of the driver, under the
//! names the real crate has. It promises the two things they rely on: the driver-model cfg, and
//! the linker arguments of a WDM driver. The WDK's headers and libraries stay out of it.

use std::{error::Error, fmt};

/// Why a build could not be configured.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// Asked to build for something other than 64-bit Windows.
    UnsupportedTarget(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedTarget(target) => {
                write!(f, "a driver is built for x86_64-pc-windows-msvc, not for {target}")
            }
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

/// Configures a library that is built into a driver: the cfg only.
pub fn configure_wdk_library_build() -> Result<(), ConfigError> {
    emit_cfg();
    Ok(())
}

/// Configures the driver itself: the cfg and the linker's arguments.
pub fn configure_wdk_binary_build() -> Result<(), ConfigError> {
    emit_cfg();
    let target = std::env::var("TARGET").unwrap_or_default();
    if target != "x86_64-pc-windows-msvc" {
        return Err(ConfigError::UnsupportedTarget(target));
    }
    for argument in LINKER_ARGUMENTS.iter().chain(STAND_IN_ARGUMENTS) {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
    Ok(())
}

fn emit_cfg() {
    println!(
        "cargo::rustc-check-cfg=cfg(driver_model__driver_type, values(\"WDM\",\"KMDF\",\"UMDF\"))"
    );
    println!("cargo::rustc-cfg=driver_model__driver_type=\"WDM\"");
}
