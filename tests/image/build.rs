//! What the root build script does on Windows.

mod version;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=version.rs");
    wdk_build::configure_wdk_binary_build()?;
    version::link_version_resource()?;
    Ok(())
}
