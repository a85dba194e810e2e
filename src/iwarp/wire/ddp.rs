//! DDP segment headers (RFC 5041 section 4), as they follow the ULPDU_Length field.

use super::fpdu;
use super::rdmap::{self, Opcode};
use crate::iwarp::Error;
use crate::rdma::Stag;
use zerocopy::byteorder::big_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

const TAGGED: u8 = 0x80;
const LAST: u8 = 0x40;
const VERSION_MASK: u8 = 0x03;
const VERSION: u8 = 1;

/// Bytes of a tagged header.
pub(crate) const TAGGED_LEN: usize = size_of::<TaggedView>();
/// Bytes of an untagged header.
pub(crate) const UNTAGGED_LEN: usize = size_of::<UntaggedView>();

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct TaggedView {
    control: u8,
    rdmap: u8,
    stag: U32,
    to: U64,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct UntaggedView {
    control: u8,
    rdmap: u8,
    /// RsvdULP: the STag to invalidate, or 0.
    invalidate: U32,
    queue: U32,
    sequence: U32,
    offset: U32,
}

/// A header with the ULPDU_Length in front: how every FPDU begins.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Framed<T> {
    length: U16,
    header: T,
}

/// Bytes of the length field and a tagged or untagged header.
const TAGGED_FPDU: usize = fpdu::LENGTH + TAGGED_LEN;
const UNTAGGED_FPDU: usize = fpdu::LENGTH + UNTAGGED_LEN;

/// The two control bytes: enough to know which header follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Control {
    pub(crate) tagged: bool,
    pub(crate) last: bool,
    pub(crate) opcode: Opcode,
}

/// A tagged segment: its payload goes to `to` of `stag`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) last: bool,
    pub(crate) opcode: Opcode,
    pub(crate) stag: Stag,
    pub(crate) to: u64,
}

/// An untagged segment: its payload goes to `offset` of message `sequence` of `queue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Untagged {
    pub(crate) last: bool,
    pub(crate) opcode: Opcode,
    pub(crate) invalidate: Stag,
    pub(crate) queue: u32,
    pub(crate) sequence: u32,
    pub(crate) offset: u32,
}

/// Either header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    Tagged(Tagged),
    Untagged(Untagged),
}

impl Control {
    /// Checks, in this order: ULPDU length against the header this model has, DDP version, RDMAP
    /// version, opcode, and the length the opcode needs. Reserved bits are not looked at.
    pub(crate) fn parse(length: u16, ddp: u8, rdmap: u8) -> Result<Self, Error> {
        let tagged = ddp & TAGGED != 0;
        let header = if tagged { TAGGED_LEN } else { UNTAGGED_LEN };
        if usize::from(length) < header {
            return Err(Error::UlpduLength { length });
        }
        if ddp & VERSION_MASK != VERSION {
            return Err(match tagged {
                true => Error::TaggedVersion,
                false => Error::UntaggedVersion,
            });
        }
        let control = Self {
            tagged,
            last: ddp & LAST != 0,
            opcode: rdmap::parse_control(rdmap)?,
        };
        if usize::from(length) < control.required_len() {
            return Err(Error::UlpduLength { length });
        }
        Ok(control)
    }

    /// Bytes of ULPDU without which the opcode makes no sense. A Terminate is read as far as it goes.
    fn required_len(self) -> usize {
        match (self.tagged, self.opcode) {
            (true, _) => TAGGED_LEN,
            (false, Opcode::ReadRequest) => rdmap::READ_REQUEST_ULPDU,
            (
                false,
                Opcode::Write
                | Opcode::ReadResponse
                | Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Terminate,
            ) => UNTAGGED_LEN,
        }
    }

    /// Bytes of ULPDU to have in hand before the segment can be judged: the rest is payload.
    pub(crate) fn header_len(self, length: u16) -> usize {
        let wanted = match self.opcode {
            Opcode::Terminate if !self.tagged => super::terminate::ULPDU_READ,
            Opcode::Terminate
            | Opcode::Write
            | Opcode::ReadRequest
            | Opcode::ReadResponse
            | Opcode::Send
            | Opcode::SendInvalidate
            | Opcode::SendSolicited
            | Opcode::SendSolicitedInvalidate => self.required_len(),
        };
        wanted.min(usize::from(length))
    }
}

impl Header {
    /// Reads the header whose control bytes gave `control`; `None` if `ulpdu` is shorter than it.
    #[inline]
    pub(crate) fn parse(control: Control, ulpdu: &[u8]) -> Option<Self> {
        let Control {
            tagged,
            last,
            opcode,
        } = control;
        if tagged {
            let (view, _) = TaggedView::ref_from_prefix(ulpdu).ok()?;
            return Some(Self::Tagged(Tagged {
                last,
                opcode,
                stag: Stag(view.stag.get()),
                to: view.to.get(),
            }));
        }
        let (view, _) = UntaggedView::ref_from_prefix(ulpdu).ok()?;
        Some(Self::Untagged(Untagged {
            last,
            opcode,
            invalidate: Stag(view.invalidate.get()),
            queue: view.queue.get(),
            sequence: view.sequence.get(),
            offset: view.offset.get(),
        }))
    }

    pub(crate) fn opcode(&self) -> Opcode {
        match self {
            Self::Tagged(header) => header.opcode,
            Self::Untagged(header) => header.opcode,
        }
    }

    pub(crate) fn last(&self) -> bool {
        match self {
            Self::Tagged(header) => header.last,
            Self::Untagged(header) => header.last,
        }
    }
}

/// Segments are at most MULPDU_MAX long, so the field always holds them.
fn length_field(ulpdu: usize) -> U16 {
    u16::try_from(ulpdu).unwrap_or(u16::MAX).into()
}

const fn control_byte(tagged: bool, last: bool) -> u8 {
    VERSION | if tagged { TAGGED } else { 0 } | if last { LAST } else { 0 }
}

impl Tagged {
    /// The beginning of an FPDU whose ULPDU goes on for `rest` bytes after this header.
    #[inline]
    pub(crate) fn emit(&self, rest: usize) -> [u8; TAGGED_FPDU] {
        zerocopy::transmute!(Framed {
            length: length_field(TAGGED_LEN + rest),
            header: TaggedView {
                control: control_byte(true, self.last),
                rdmap: rdmap::control_byte(self.opcode),
                stag: self.stag.0.into(),
                to: self.to.into(),
            },
        })
    }
}

impl Untagged {
    /// The beginning of an FPDU whose ULPDU goes on for `rest` bytes after this header.
    #[inline]
    pub(crate) fn emit(&self, rest: usize) -> [u8; UNTAGGED_FPDU] {
        zerocopy::transmute!(Framed {
            length: length_field(UNTAGGED_LEN + rest),
            header: UntaggedView {
                control: control_byte(false, self.last),
                rdmap: rdmap::control_byte(self.opcode),
                invalidate: self.invalidate.0.into(),
                queue: self.queue.into(),
                sequence: self.sequence.into(),
                offset: self.offset.into(),
            },
        })
    }
}
