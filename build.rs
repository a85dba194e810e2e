//! On Windows: tells rustc and the linker what the WDK needs. Elsewhere: nothing.

#[cfg(windows)]
fn main() -> Result<(), wdk_build::ConfigError> {
    wdk_build::configure_wdk_binary_build()
}

#[cfg(not(windows))]
fn main() {}
