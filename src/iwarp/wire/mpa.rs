//! MPA startup frames (RFC 5044 section 7.1.1, RFC 6581 section 6).

use crate::iwarp::Error;
use zerocopy::byteorder::big_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

pub(crate) const REQUEST_KEY: [u8; 16] = *b"MPA ID Req Frame";
pub(crate) const REPLY_KEY: [u8; 16] = *b"MPA ID Rep Frame";

/// Bytes before the private data.
pub(crate) const HEADER_LEN: usize = size_of::<HeaderView>();
/// Bytes of the IRD/ORD block that an enhanced frame's private data begins with.
pub(crate) const BLOCK_LEN: usize = size_of::<BlockView>();
/// The most PD_Length may say.
pub(crate) const PRIVATE_MAX: usize = 512;
pub(crate) const FRAME_MAX: usize = HEADER_LEN + PRIVATE_MAX;

const MARKERS: u8 = 0x80;
const CRC: u8 = 0x40;
const REJECT: u8 = 0x20;
const ENHANCED: u8 = 0x10;

/// In the IRD or ORD field: "do not negotiate this one".
pub(crate) const NOT_NEGOTIATED: u16 = 0x3fff;
const COUNT_MASK: u16 = 0x3fff;
const FIRST_FLAG: u16 = 0x8000;
const SECOND_FLAG: u16 = 0x4000;

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct HeaderView {
    key: [u8; 16],
    flags: u8,
    revision: u8,
    private_len: U16,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct BlockView {
    ird: U16,
    ord: U16,
}

/// The fixed part of a startup frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The sender wants markers in what it receives.
    pub(crate) markers: bool,
    /// The sender wants CRC32C.
    pub(crate) crc: bool,
    /// Reply only: refused.
    pub(crate) rejected: bool,
    /// The private data begins with a [`Block`].
    pub(crate) enhanced: bool,
    pub(crate) revision: u8,
    /// Bytes that follow, the block included.
    pub(crate) private_len: u16,
}

/// RFC 6581's negotiation: outstanding Reads, and how the initiator shows that it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// A: the peer-to-peer model; without it the three below mean nothing.
    pub(crate) peer_to_peer: bool,
    /// B, C, D: ready-to-receive as a zero-length Send, Write, Read.
    pub(crate) send: bool,
    pub(crate) write: bool,
    pub(crate) read: bool,
    pub(crate) ird: u16,
    pub(crate) ord: u16,
}

impl Header {
    /// Checks the key, then the declared length. The revision's meaning is the caller's to judge.
    pub(crate) fn parse(bytes: &[u8; HEADER_LEN], key: &[u8; 16]) -> Result<Self, Error> {
        let view: HeaderView = zerocopy::transmute!(*bytes);
        if view.key != *key {
            return Err(Error::StartupKey);
        }
        let revision = view.revision;
        if !(1..=2).contains(&revision) {
            return Err(Error::StartupRevision { revision });
        }
        let private_len = view.private_len.get();
        if usize::from(private_len) > PRIVATE_MAX {
            return Err(Error::StartupLength {
                declared: private_len,
            });
        }
        // In revision 1 the bit is reserved, and reserved bits are not looked at.
        let enhanced = revision >= 2 && view.flags & ENHANCED != 0;
        if enhanced && usize::from(private_len) < BLOCK_LEN {
            return Err(Error::StartupBlock);
        }
        Ok(Self {
            markers: view.flags & MARKERS != 0,
            crc: view.flags & CRC != 0,
            rejected: view.flags & REJECT != 0,
            enhanced,
            revision,
            private_len,
        })
    }

    pub(crate) fn emit(&self, key: &[u8; 16]) -> [u8; HEADER_LEN] {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        zerocopy::transmute!(HeaderView {
            key: *key,
            flags: flag(self.markers, MARKERS)
                | flag(self.crc, CRC)
                | flag(self.rejected, REJECT)
                | flag(self.enhanced, ENHANCED),
            revision: self.revision,
            private_len: self.private_len.into(),
        })
    }
}

impl Block {
    pub(crate) fn parse(bytes: [u8; BLOCK_LEN]) -> Self {
        let view: BlockView = zerocopy::transmute!(bytes);
        let (ird, ord) = (view.ird.get(), view.ord.get());
        let peer_to_peer = ird & FIRST_FLAG != 0;
        Self {
            peer_to_peer,
            send: peer_to_peer && ird & SECOND_FLAG != 0,
            write: peer_to_peer && ord & FIRST_FLAG != 0,
            read: peer_to_peer && ord & SECOND_FLAG != 0,
            ird: ird & COUNT_MASK,
            ord: ord & COUNT_MASK,
        }
    }

    pub(crate) fn emit(&self) -> [u8; BLOCK_LEN] {
        let flag = |set: bool, bit: u16| if set && self.peer_to_peer { bit } else { 0 };
        let ird = self.ird & COUNT_MASK;
        let ord = self.ord & COUNT_MASK;
        zerocopy::transmute!(BlockView {
            ird: (ird | flag(true, FIRST_FLAG) | flag(self.send, SECOND_FLAG)).into(),
            ord: (ord | flag(self.write, FIRST_FLAG) | flag(self.read, SECOND_FLAG)).into(),
        })
    }
}
