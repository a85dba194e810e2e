//! On Windows: tells rustc and the linker what the WDK needs, and links the version resource.
//! Elsewhere: nothing.

#[cfg(windows)]
#[path = "tests/image/version.rs"]
mod version;

#[cfg(windows)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    wdk_build::configure_wdk_binary_build()?;
    version::link_version_resource()?;
    Ok(())
}

#[cfg(not(windows))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
