//! The resources of the image, as a `.res` file for the linker.
//!
//! Included by both build scripts (the Windows one and the Linux recipe), so that both images say
//! the same. Written here because the resource compiler is part of the Windows SDK.

use std::{env, fs, io, path::PathBuf};

use crate::{messages, version};

/// One resource, in American English.
pub(crate) struct Resource {
    /// `RT_…`.
    pub(crate) kind: u16,
    pub(crate) name: u16,
    pub(crate) data: Vec<u8>,
}

/// Writes the resources into the build script's output folder and hands them to the linker.
pub(crate) fn link() -> io::Result<()> {
    let own_version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let description = env::var("CARGO_PKG_DESCRIPTION").unwrap_or_default();
    let resources = [
        messages::resource(),
        version::resource(&own_version, &description),
    ];
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("softrnic.res");
    fs::write(&out, file(&resources))?;
    println!("cargo::rustc-cdylib-link-arg={}", out.display());
    Ok(())
}

/// A `.res` file: an empty first resource, which marks the 32-bit format, then ours.
fn file(resources: &[Resource]) -> Vec<u8> {
    const ENGLISH_US: u16 = 0x0409;

    let mut file = header(0, 0, 0, 0);
    for resource in resources {
        let length = resource.data.len();
        file.extend(header(length, resource.kind, resource.name, ENGLISH_US));
        file.extend(&resource.data);
        pad(&mut file);
    }
    file
}

fn header(data_len: usize, kind: u16, name: u16, language: u16) -> Vec<u8> {
    const NUMERIC: u16 = 0xffff;
    let mut header = Vec::new();
    header.extend((data_len as u32).to_le_bytes());
    header.extend(32u32.to_le_bytes());
    for word in [NUMERIC, kind, NUMERIC, name] {
        header.extend(word.to_le_bytes());
    }
    header.extend(0u32.to_le_bytes()); // data version
    header.extend(0u16.to_le_bytes()); // memory flags
    header.extend(language.to_le_bytes());
    header.extend(0u32.to_le_bytes()); // version
    header.extend(0u32.to_le_bytes()); // characteristics
    header
}

/// UTF-16, with a zero behind it.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

pub(crate) fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
