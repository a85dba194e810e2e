//! Requests and answers: a fixed header, then descriptors or data. Little-endian.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::wire::Descriptor;

/// What every request and answer begins with.
const MAGIC: [u8; 8] = *b"softfile";
/// Bytes of a header.
const HEADER: usize = size_of::<Header>();

/// `STATUS_INVALID_PARAMETER`
pub const STATUS_INVALID_PARAMETER: u32 = 0xC000_000D;
/// `STATUS_ACCESS_DENIED`
pub const STATUS_ACCESS_DENIED: u32 = 0xC000_0022;

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    command: U16,
    /// 1: the first descriptor's token is to be invalidated by the answer.
    invalidate: U16,
    status: U32,
    session: U64,
    id: U64,
    offset: U64,
    length: U64,
    descriptors: U32,
    reserved: U32,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Command {
    /// This channel belongs to a session: a new one if it is 0.
    Bind = 1,
    /// The session's file has `length` bytes, all 0.
    Create = 2,
    /// `length` bytes at `offset` of the file into the memory described, or into the answer.
    Read = 3,
    /// `length` bytes at `offset` of the file from the memory described, or from the request.
    Write = 4,
    /// The file's SHA-256.
    Digest = 5,
    /// This channel has done its work.
    Leave = 6,
}

impl Command {
    fn of(value: u16) -> Option<Self> {
        use Command::{Bind, Create, Digest, Leave, Read, Write};
        [Bind, Create, Read, Write, Digest, Leave]
            .into_iter()
            .find(|command| *command as u16 == value)
    }
}

/// A request, or the answer to it: the same header, with its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub command: Command,
    /// Whether the answer is to invalidate the first descriptor's token.
    pub invalidate: bool,
    /// 0 in a request; of an answer, an NTSTATUS.
    pub status: u32,
    /// The session.
    pub session: u64,
    /// The same in the answer.
    pub id: u64,
    /// Where in the file.
    pub offset: u64,
    /// Bytes of the file.
    pub length: u64,
    /// The client's memory.
    pub descriptors: Vec<Descriptor>,
    /// What travels in the message.
    pub data: Vec<u8>,
}

impl Request {
    /// A request without memory or data.
    #[must_use]
    pub fn new(command: Command, session: u64) -> Self {
        Self {
            command,
            invalidate: false,
            status: 0,
            session,
            id: 0,
            offset: 0,
            length: 0,
            descriptors: Vec::new(),
            data: Vec::new(),
        }
    }

    /// The answer to it.
    #[must_use]
    pub fn answer(&self, status: u32, data: Vec<u8>) -> Self {
        Self {
            status,
            descriptors: Vec::new(),
            data,
            ..self.clone()
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let header = Header {
            magic: MAGIC,
            command: (self.command as u16).into(),
            invalidate: u16::from(self.invalidate).into(),
            status: self.status.into(),
            session: self.session.into(),
            id: self.id.into(),
            offset: self.offset.into(),
            length: self.length.into(),
            descriptors: (self.descriptors.len() as u32).into(),
            reserved: 0.into(),
        };
        [header.as_bytes(), self.descriptors.as_bytes(), &self.data].concat()
    }

    /// Reads it back; `None` when the bytes are none.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (header, rest) = Header::read_from_prefix(bytes).ok()?;
        let count = header.descriptors.get() as usize;
        let described = count.checked_mul(size_of::<Descriptor>())?;
        let (descriptors, data) = rest.split_at_checked(described)?;
        let descriptors = <[Descriptor]>::ref_from_bytes(descriptors).ok()?;
        (header.magic == MAGIC).then_some(())?;
        Some(Self {
            command: Command::of(header.command.get())?,
            invalidate: header.invalidate != 0,
            status: header.status.get(),
            session: header.session.get(),
            id: header.id.get(),
            offset: header.offset.get(),
            length: header.length.get(),
            descriptors: descriptors.to_vec(),
            data: data.to_vec(),
        })
    }

    /// Data that a message of `most` bytes has room for.
    #[must_use]
    pub fn room(most: u32) -> usize {
        (most as usize).saturating_sub(HEADER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Request {
        Request {
            invalidate: true,
            status: 3,
            id: 4,
            offset: 5,
            length: 6,
            descriptors: vec![Descriptor::new(7, 8, 9), Descriptor::new(10, 11, 12)],
            data: b"data".to_vec(),
            ..Request::new(Command::Write, 2)
        }
    }

    #[test]
    fn every_field_survives_the_wire() {
        assert_eq!(Request::decode(&full().encode()), Some(full()));
        let empty = Request::new(Command::Leave, 0);
        assert_eq!(Request::decode(&empty.encode()), Some(empty));
    }

    #[test]
    fn what_is_none_is_refused() {
        let good = full().encode();
        for len in 0..good.len() - b"data".len() {
            assert_eq!(Request::decode(&good[..len]), None, "{len}");
        }
        for (at, byte) in [(0, 0), (8, 7), (51, 0xFF)] {
            let mut bad = good.clone();
            bad[at] = byte;
            assert_eq!(Request::decode(&bad), None, "{at}");
        }
    }
}
