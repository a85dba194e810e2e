//! The version resource: what the image says of itself.

use crate::resources::{Resource, pad, wide};

/// The driver file's name: what the resource calls the original.
const FILE_NAME: &str = "softrnic.sys";
const PRODUCT: &str = "softrnic";

/// `RT_VERSION`, `VS_VERSION_INFO`.
pub(crate) fn resource(version: &str, description: &str) -> Resource {
    Resource {
        kind: 16,
        name: 1,
        data: version_info(version, description),
    }
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
