//! The message table of an image: the texts of its entries in the event log.

use std::collections::BTreeMap;

use object::LittleEndian as LE;
use object::read::pe::{PeFile64, ResourceDirectory, ResourceDirectoryTable};

use super::LoadError;
use super::load::format;

const RT_MESSAGETABLE: u16 = 11;

/// Texts by their codes, without the ends of lines.
pub(super) type Messages = BTreeMap<u32, String>;

/// Of the first message table there is.
pub(super) fn of(pe: &PeFile64<'_>) -> Result<Messages, LoadError> {
    let sections = pe.section_table();
    let resources = pe.data_directories();
    let resources = resources.resource_directory(pe.data(), &sections);
    let Some(resources) = resources.map_err(format)? else {
        return Ok(Messages::new());
    };
    let root = resources.root().map_err(format)?;
    let mut kinds = root.entries.iter();
    let Some(kind) = kinds.find(|kind| kind.name_or_id().id() == Some(RT_MESSAGETABLE)) else {
        return Ok(Messages::new());
    };
    let kind = kind.data(resources).map_err(format)?.table();
    let (at, size) = kind
        .and_then(|kind| first(resources, &kind))
        .ok_or_else(|| format("its message table is none"))?;
    let table = sections.pe_data_at(pe.data(), at);
    table
        .and_then(|table| read(table.get(..size)?))
        .ok_or_else(|| format("its message table is broken"))
}

/// Where the first resource below is: its first name, in its first language.
fn first(
    resources: ResourceDirectory<'_>,
    kind: &ResourceDirectoryTable<'_>,
) -> Option<(u32, usize)> {
    let name = kind.entries.first()?.data(resources).ok()?.table()?;
    let data = name.entries.first()?.data(resources).ok()?.data()?;
    Some((data.offset_to_data.get(LE), data.size.get(LE) as usize))
}

/// `MESSAGE_RESOURCE_DATA`.
fn read(table: &[u8]) -> Option<Messages> {
    let mut messages = Messages::new();
    for block in 0..number(table, 0)? as usize {
        let block = 4 + 12 * block;
        let (low, high) = (number(table, block)?, number(table, block + 4)?);
        let mut at = number(table, block + 8)? as usize;
        for code in low..=high {
            let head = number(table, at)?;
            let (length, flags) = ((head & 0xFFFF) as usize, head >> 16);
            let text = table.get(at + 4..at + length)?;
            messages.insert(code, text_of(text, flags));
            at += length;
        }
    }
    Some(messages)
}

fn number(table: &[u8], at: usize) -> Option<u32> {
    let bytes = table.get(at..at + 4)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// Flags 1: UTF-16; 0: as the system's code page has it, of which this knows ASCII.
fn text_of(bytes: &[u8], flags: u32) -> String {
    let text = match flags {
        1 => {
            let units = bytes.chunks_exact(2);
            let units: Vec<u16> = units.map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.trim_end_matches(['\0', '\r', '\n']).to_owned()
}
