//! The frames of the reference (`tests/bench/src/reference/frame.rs`): a header, the payload, a CRC32C of both. Sizes are
//! multiples of four, so that nothing is padded.

use crate::{crc32c, settings::Framing};

/// MPA length and an untagged DDP header.
pub(crate) const HEADER: usize = 20;
/// What follows the header of a read's request: an address, a length and nothing, as long as an RDMA read request is.
pub(crate) const ASKED: usize = 20;
/// The checksum behind the payload.
pub(crate) const TRAILER: usize = 4;

/// The header of `payload` bytes at `offset` of message `number`.
pub(crate) fn header(payload: usize, number: u32, offset: usize, last: bool) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..2].copy_from_slice(&((HEADER - 2 + payload) as u16).to_be_bytes());
    header[2] = if last { 0x41 } else { 0x01 };
    header[3] = 0x43;
    header[12..16].copy_from_slice(&number.to_be_bytes());
    header[16..20].copy_from_slice(&(offset as u32).to_be_bytes());
    header
}

/// What a frame is, in its header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Write = 0x40,
    /// Asks for what a `Response` brings.
    Read = 0x41,
    Response = 0x42,
    Send = 0x43,
}

/// The header of `payload` bytes that are not a send, of a write to the peer's address `to`: no message ends with it.
pub(crate) fn header_of(kind: Kind, payload: usize, to: u64) -> [u8; HEADER] {
    let mut header = header(payload, 0, 0, kind != Kind::Write);
    header[3] = kind as u8;
    header[4..12].copy_from_slice(&to.to_be_bytes());
    header
}

/// What is behind a frame of these parts.
pub(crate) fn trailer(parts: &[&[u8]], framing: Framing) -> [u8; TRAILER] {
    let crc = match framing {
        Framing::Checked => parts.iter().fold(0, |crc, part| crc32c::update(crc, part)),
        Framing::Unchecked | Framing::None => 0,
    };
    crc.to_le_bytes()
}

fn payload_of(header: &[u8; HEADER]) -> usize {
    (usize::from(u16::from_be_bytes([header[0], header[1]])) + 2).saturating_sub(HEADER)
}

fn offset_of(header: &[u8; HEADER]) -> usize {
    u32::from_be_bytes([header[16], header[17], header[18], header[19]]) as usize
}

/// The stream is not what it should be.
pub(crate) struct Wrong;

/// Reads a stream of frames as it comes, in pieces of any size.
pub(crate) struct Parser {
    header: [u8; HEADER],
    trailer: [u8; TRAILER],
    /// Bytes of the frame that were seen.
    seen: usize,
    crc: u32,
    checks: bool,
}

impl Parser {
    pub(crate) fn new(framing: Framing) -> Self {
        Self {
            header: [0; HEADER],
            trailer: [0; TRAILER],
            seen: 0,
            crc: 0,
            checks: framing == Framing::Checked,
        }
    }

    /// Takes `bytes` and puts payload where it belongs in `place`; how many messages they completed.
    pub(crate) fn take(&mut self, mut bytes: &[u8], place: &mut [u8]) -> Result<usize, Wrong> {
        let mut whole = 0;
        while !bytes.is_empty() {
            let (taken, ended) = self.step(bytes, place)?;
            bytes = bytes.get(taken..).ok_or(Wrong)?;
            whole += usize::from(ended);
        }
        Ok(whole)
    }

    /// What the frame under way is, once that is known.
    pub(crate) fn kind(&self) -> Option<Kind> {
        if self.seen < HEADER {
            return None;
        }
        [Kind::Write, Kind::Read, Kind::Response].into_iter().find(|kind| *kind as u8 == self.header[3]).or(Some(Kind::Send))
    }

    /// Where the frame under way writes, and how much.
    pub(crate) fn target(&self) -> (u64, usize) {
        let [_, _, _, _, a, b, c, d, e, f, g, h, ..] = self.header;
        (u64::from_be_bytes([a, b, c, d, e, f, g, h]), payload_of(&self.header))
    }

    /// Bytes of the message that the frame before ended.
    pub(crate) fn length(&self) -> usize {
        offset_of(&self.header) + payload_of(&self.header)
    }

    /// The next part of a frame: its header, its payload or its checksum; its length, and whether it ended a message.
    pub(crate) fn step(&mut self, bytes: &[u8], place: &mut [u8]) -> Result<(usize, bool), Wrong> {
        if self.seen < HEADER {
            let taken = copy(&mut self.header[self.seen..], bytes);
            self.seen += taken;
            if self.seen == HEADER {
                self.crc = 0;
                if self.checks {
                    self.crc = crc32c::update(0, &self.header);
                }
            }
            return Ok((taken, false));
        }
        let (offset, payload) = (self.seen - HEADER, payload_of(&self.header));
        if offset < payload {
            let from = offset_of(&self.header);
            let to = place.get_mut(from + offset..from + payload).ok_or(Wrong)?;
            let taken = copy(to, bytes);
            if self.checks {
                self.crc = crc32c::update(self.crc, &bytes[..taken]);
            }
            self.seen += taken;
            return Ok((taken, false));
        }
        let there = offset - payload;
        let taken = copy(&mut self.trailer[there..], bytes);
        self.seen += taken;
        if there + taken < TRAILER {
            return Ok((taken, false));
        }
        if self.crc.to_le_bytes() != self.trailer {
            return Err(Wrong);
        }
        self.seen = 0;
        Ok((taken, self.header[2] & 0x40 != 0))
    }
}

/// Copies as much as fits; how much that was.
fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let length = to.len().min(from.len());
    to[..length].copy_from_slice(&from[..length]);
    length
}
