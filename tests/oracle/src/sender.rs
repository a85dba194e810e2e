//! What a stream says from its sender's side: FPDUs, and the messages they make up.

use crate::ddp::{self, Place, Read, Segment};
use crate::mpa::{self, Framing, Next, Writer};

/// A message, put together from its segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub opcode: u8,
    pub what: What,
    pub data: Vec<u8>,
    /// Where in the stream its first FPDU begins.
    pub at: usize,
    /// Its last segment is there.
    pub whole: bool,
}

/// Where a message goes, or what it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Tagged { stag: u32, to: u64 },
    Send { word: u32, msn: u32 },
    Read(Read),
    Other,
}

/// The ULPDUs of a stream of FPDUs, each with the place it begins at; what is cut off or broken ends
/// the list.
#[must_use]
pub fn ulpdus(stream: &[u8], framing: Framing) -> Vec<(usize, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Next::Ulpdu { ulpdu, end, .. } = mpa::next(stream, at, framing) {
        found.push((at, ulpdu));
        at = end;
    }
    found
}

/// The messages of a stream, by the order in which they begin. Segments of one opcode belong to the
/// message of it that is open.
#[must_use]
pub fn messages(stream: &[u8], framing: Framing) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for (at, ulpdu) in ulpdus(stream, framing) {
        let Ok(segment) = Segment::parse(&ulpdu) else {
            break;
        };
        let mut open = messages.iter_mut().rev();
        match open.find(|message| message.opcode == segment.opcode && !message.whole) {
            Some(message) => {
                message.data.extend(&segment.data);
                message.whole = segment.last;
            }
            None => messages.push(first(segment, at)),
        }
    }
    messages
}

fn first(segment: Segment, at: usize) -> Message {
    let what = match segment.place {
        Place::Tagged { stag, to } => What::Tagged { stag, to },
        Place::Untagged { word, msn, .. } if segment.is_send() => What::Send { word, msn },
        Place::Untagged { .. } if segment.opcode == ddp::READ_REQUEST => {
            Read::parse(&segment.data).map_or(What::Other, What::Read)
        }
        Place::Untagged { .. } => What::Other,
    };
    Message {
        opcode: segment.opcode,
        what,
        data: segment.data,
        at,
        whole: segment.last,
    }
}

/// These ULPDUs as a stream whose pad is zero, as is its CRC field where none was agreed on.
#[must_use]
pub fn framed<'a>(ulpdus: impl IntoIterator<Item = &'a [u8]>, framing: Framing) -> Vec<u8> {
    let mut writer = Writer::new(framing);
    for ulpdu in ulpdus {
        writer.fpdu(ulpdu, 0, 0, mpa::Fault::default());
    }
    writer.bytes
}
