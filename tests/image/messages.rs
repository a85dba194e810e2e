//! The message table of the image: the texts of its entries in the event log, of the driver's own list.

use crate::resources::{Resource, pad, wide};

use self::list::Message;

#[path = "../../src/nt/event_log/messages.rs"]
mod list;

/// `RT_MESSAGETABLE`.
pub(crate) fn resource() -> Resource {
    let mut messages = list::ALL.to_vec();
    messages.sort_by_key(Message::code);
    Resource {
        kind: 11,
        name: 1,
        data: table(&messages),
    }
}

/// `MESSAGE_RESOURCE_DATA`: how many blocks, the blocks, their entries. A block has the messages
/// whose codes follow one another.
fn table(messages: &[Message]) -> Vec<u8> {
    let blocks: Vec<&[Message]> = messages
        .chunk_by(|one, next| one.code() + 1 == next.code())
        .collect();
    let mut table = (blocks.len() as u32).to_le_bytes().to_vec();
    let mut entries = Vec::new();
    for block in &blocks {
        // `MESSAGE_RESOURCE_BLOCK`: the lowest code, the highest, and where the entries are.
        let at = 4 + 12 * blocks.len() + entries.len();
        for number in [block[0].code(), block[block.len() - 1].code(), at as u32] {
            table.extend(number.to_le_bytes());
        }
        for message in *block {
            entries.extend(entry(message.text));
        }
    }
    table.extend(entries);
    table
}

/// `MESSAGE_RESOURCE_ENTRY`: its length, that it is UTF-16, and the text, which ends its line.
fn entry(text: &str) -> Vec<u8> {
    const UNICODE: u16 = 1;
    let mut entry = vec![0; 2];
    entry.extend(UNICODE.to_le_bytes());
    entry.extend(wide(&format!("{text}\r\n")));
    pad(&mut entry);
    let length = (entry.len() as u16).to_le_bytes();
    entry[..2].copy_from_slice(&length);
    entry
}
