//! On Windows: tells rustc and the linker what the WDK needs, and links the image's resources.
//! Elsewhere: nothing.

#[cfg(windows)]
#[path = "tests/image/messages.rs"]
mod messages;
#[cfg(windows)]
#[path = "tests/image/resources.rs"]
mod resources;
#[cfg(windows)]
#[path = "tests/image/version.rs"]
mod version;

#[cfg(windows)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    wdk_build::configure_wdk_binary_build()?;
    resources::link()?;
    Ok(())
}

#[cfg(not(windows))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
