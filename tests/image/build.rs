//! What the root build script does on Windows.

mod messages;
mod resources;
mod version;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../../src/nt/event_log/messages.rs");
    for source in ["build.rs", "messages.rs", "resources.rs", "version.rs"] {
        println!("cargo::rerun-if-changed={source}");
    }
    wdk_build::configure_wdk_binary_build()?;
    resources::link()?;
    Ok(())
}
