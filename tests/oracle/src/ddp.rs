//! DDP segments with their RDMAP headers (RFC 5041 section 4, RFC 5040 section 4).

use crate::receiver::Rule;

pub const WRITE: u8 = 0;
pub const READ_REQUEST: u8 = 1;
pub const READ_RESPONSE: u8 = 2;
pub const SEND: u8 = 3;
pub const SEND_INVALIDATE: u8 = 4;
pub const SEND_SOLICITED: u8 = 5;
pub const SEND_SOLICITED_INVALIDATE: u8 = 6;
pub const TERMINATE: u8 = 7;

/// One DDP segment, every field as on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub last: bool,
    /// DDP's reserved bits and version.
    pub reserved: u8,
    pub version: u8,
    /// RDMAP's version, reserved bits and opcode.
    pub rdmap_version: u8,
    pub rdmap_reserved: u8,
    pub opcode: u8,
    pub place: Place,
    pub data: Vec<u8>,
}

/// Where its data go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Tagged {
        stag: u32,
        to: u64,
    },
    /// `word`: the STag to invalidate, else reserved.
    Untagged {
        word: u32,
        qn: u32,
        msn: u32,
        mo: u32,
    },
}

impl Segment {
    /// A good segment.
    #[must_use]
    pub fn new(opcode: u8, last: bool, place: Place, data: Vec<u8>) -> Self {
        Self {
            last,
            reserved: 0,
            version: 1,
            rdmap_version: 1,
            rdmap_reserved: 0,
            opcode,
            place,
            data,
        }
    }

    /// The ULPDU.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let tagged = matches!(self.place, Place::Tagged { .. });
        let ddp = u8::from(tagged) << 7
            | u8::from(self.last) << 6
            | (self.reserved & 15) << 2
            | self.version & 3;
        let rdmap =
            (self.rdmap_version & 3) << 6 | (self.rdmap_reserved & 3) << 4 | self.opcode & 15;
        let mut ulpdu = vec![ddp, rdmap];
        match self.place {
            Place::Tagged { stag, to } => {
                ulpdu.extend(stag.to_be_bytes());
                ulpdu.extend(to.to_be_bytes());
            }
            Place::Untagged { word, qn, msn, mo } => {
                for field in [word, qn, msn, mo] {
                    ulpdu.extend(field.to_be_bytes());
                }
            }
        }
        ulpdu.extend(&self.data);
        ulpdu
    }

    /// Reads a ULPDU. Only its size is judged here: 14 or 18 octets of header.
    pub fn parse(ulpdu: &[u8]) -> Result<Self, Rule> {
        let tagged = ulpdu.first().ok_or(Rule::Length)? & 0x80 != 0;
        let header = if tagged { 14 } else { 18 };
        if ulpdu.len() < header {
            return Err(Rule::Length);
        }
        let word = |at: usize| u32::from_be_bytes(ulpdu[at..at + 4].try_into().unwrap());
        let place = match tagged {
            true => Place::Tagged {
                stag: word(2),
                to: u64::from(word(6)) << 32 | u64::from(word(10)),
            },
            false => Place::Untagged {
                word: word(2),
                qn: word(6),
                msn: word(10),
                mo: word(14),
            },
        };
        Ok(Self {
            last: ulpdu[0] & 0x40 != 0,
            reserved: ulpdu[0] >> 2 & 15,
            version: ulpdu[0] & 3,
            rdmap_version: ulpdu[1] >> 6,
            rdmap_reserved: ulpdu[1] >> 4 & 3,
            opcode: ulpdu[1] & 15,
            place,
            data: ulpdu[header..].to_vec(),
        })
    }

    #[must_use]
    pub fn is_send(&self) -> bool {
        (SEND..=SEND_SOLICITED_INVALIDATE).contains(&self.opcode)
    }
}

/// A Read Request's own header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    pub sink_stag: u32,
    pub sink_to: u64,
    pub len: u32,
    pub source_stag: u32,
    pub source_to: u64,
}

impl Read {
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.sink_stag.to_be_bytes().to_vec();
        bytes.extend(self.sink_to.to_be_bytes());
        bytes.extend(self.len.to_be_bytes());
        bytes.extend(self.source_stag.to_be_bytes());
        bytes.extend(self.source_to.to_be_bytes());
        bytes
    }

    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let data: &[u8; 28] = data.try_into().ok()?;
        let word = |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().unwrap());
        let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
        Some(Self {
            sink_stag: word(0),
            sink_to: long(4),
            len: word(12),
            source_stag: word(16),
            source_to: long(20),
        })
    }
}
