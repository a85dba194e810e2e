//! The version resource of the image, as a `.res` file for the linker.
//!
//! Included by both build scripts (the Windows one and the Linux recipe), so that both images say
//! the same. Written here because the resource compiler is part of the Windows SDK.

use std::{env, fs, io, path::PathBuf};

/// The driver file's name: what the resource calls the original.
const FILE_NAME: &str = "softrnic.sys";
const PRODUCT: &str = "softrnic";

/// Writes the resource into the build script's output folder and hands it to the linker.
pub(crate) fn link_version_resource() -> io::Result<()> {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let description = env::var("CARGO_PKG_DESCRIPTION").unwrap_or_default();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("version.res");
    fs::write(&out, resource_file(&version, &description))?;
    println!("cargo::rustc-cdylib-link-arg={}", out.display());
    Ok(())
}

/// A `.res` file: an empty first resource, which marks the 32-bit format, then ours.
fn resource_file(version: &str, description: &str) -> Vec<u8> {
    const RT_VERSION: u16 = 16;
    const VS_VERSION_INFO: u16 = 1;
    const ENGLISH_US: u16 = 0x0409;

    let block = version_info(version, description);
    let mut file = Vec::new();
    file.extend(resource_header(0, 0, 0, 0));
    file.extend(resource_header(
        block.len(),
        RT_VERSION,
        VS_VERSION_INFO,
        ENGLISH_US,
    ));
    file.extend(block);
    pad(&mut file);
    file
}

fn resource_header(data_len: usize, kind: u16, name: u16, language: u16) -> Vec<u8> {
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

fn version_info(version: &str, description: &str) -> Vec<u8> {
    let strings = [
        ("CompanyName", PRODUCT),
        ("FileDescription", description),
        ("FileVersion", version),
        ("InternalName", PRODUCT),
        ("LegalCopyright", "MIT OR Apache-2.0"),
        ("OriginalFilename", FILE_NAME),
        ("ProductName", PRODUCT),
        ("ProductVersion", version),
    ];
    let strings = strings.map(|(name, value)| text_node(name, value)).to_vec();
    let table = node("040904b0", Value::None, vec![node_list(strings)]);
    let string_info = node("StringFileInfo", Value::None, vec![table]);
    let translation = node(
        "Translation",
        Value::Binary(&[0x09, 0x04, 0xb0, 0x04]),
        vec![],
    );
    let var_info = node("VarFileInfo", Value::None, vec![translation]);
    let fixed = fixed_info(version);
    node(
        "VS_VERSION_INFO",
        Value::Binary(&fixed),
        vec![string_info, var_info],
    )
}

/// `VS_FIXEDFILEINFO` of a network driver.
fn fixed_info(version: &str) -> Vec<u8> {
    const VFT_DRV: u32 = 3;
    const VFT2_DRV_NETWORK: u32 = 6;
    const VOS_NT_WINDOWS32: u32 = 0x0004_0004;

    let mut parts = version
        .split(['.', '-'])
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0) & 0xffff;
    let high = next() << 16 | next();
    let low = next() << 16;
    let fields = [
        0xfeef_04bd,
        0x0001_0000,
        high,
        low,
        high,
        low,
        0x3f,
        0,
        VOS_NT_WINDOWS32,
        VFT_DRV,
        VFT2_DRV_NETWORK,
        0,
        0,
    ];
    fields
        .iter()
        .flat_map(|field| field.to_le_bytes())
        .collect()
}

enum Value<'a> {
    None,
    Binary(&'a [u8]),
    Text(&'a str),
}

fn text_node(name: &str, value: &str) -> Vec<u8> {
    node(name, Value::Text(value), vec![])
}

/// Joins nodes, each on a 4-byte boundary.
fn node_list(nodes: Vec<Vec<u8>>) -> Vec<u8> {
    let mut joined = Vec::new();
    for node in nodes {
        pad(&mut joined);
        joined.extend(node);
    }
    joined
}

/// One node of the tree: length, value length, whether text, key, value, children.
fn node(key: &str, value: Value<'_>, children: Vec<Vec<u8>>) -> Vec<u8> {
    let (is_text, length, bytes) = match value {
        Value::None => (1u16, 0, Vec::new()),
        Value::Binary(bytes) => (0, bytes.len(), bytes.to_vec()),
        Value::Text(text) => (1, text.encode_utf16().count() + 1, wide(text)),
    };
    let mut node = vec![0; 2];
    node.extend((length as u16).to_le_bytes());
    node.extend(is_text.to_le_bytes());
    node.extend(wide(key));
    pad(&mut node);
    node.extend(bytes);
    for child in children {
        pad(&mut node);
        node.extend(child);
    }
    let total = (node.len() as u16).to_le_bytes();
    node[..2].copy_from_slice(&total);
    node
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
