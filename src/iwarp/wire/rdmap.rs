//! RDMAP: opcodes and the Read Request header (RFC 5040 section 4).

use super::ddp::UNTAGGED_LEN;
use crate::iwarp::Error;
use crate::rdma::Stag;
use zerocopy::byteorder::big_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

const VERSION_MASK: u8 = 0xc0;
const VERSION: u8 = 0x40;
const OPCODE_MASK: u8 = 0x0f;

/// Bytes of the Read Request header after the DDP header.
pub(crate) const READ_REQUEST_LEN: usize = size_of::<ReadRequestView>();
/// A Read Request's ULPDU: header and nothing else.
pub(crate) const READ_REQUEST_ULPDU: usize = UNTAGGED_LEN + READ_REQUEST_LEN;

/// The untagged queues.
pub(crate) const QUEUE_SEND: u32 = 0;
pub(crate) const QUEUE_READ_REQUEST: u32 = 1;
pub(crate) const QUEUE_TERMINATE: u32 = 2;

/// The opcodes we speak. RFC 7306's immediate data (8, 9) and atomics (A, B) are not among them:
/// NDKPI has no verb for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opcode {
    Write = 0,
    ReadRequest = 1,
    ReadResponse = 2,
    Send = 3,
    SendInvalidate = 4,
    SendSolicited = 5,
    SendSolicitedInvalidate = 6,
    Terminate = 7,
}

impl Opcode {
    const ALL: [Self; 8] = [
        Self::Write,
        Self::ReadRequest,
        Self::ReadResponse,
        Self::Send,
        Self::SendInvalidate,
        Self::SendSolicited,
        Self::SendSolicitedInvalidate,
        Self::Terminate,
    ];

    /// The Send of these properties.
    pub(crate) fn send(solicited: bool, invalidate: bool) -> Self {
        match (solicited, invalidate) {
            (false, false) => Self::Send,
            (false, true) => Self::SendInvalidate,
            (true, false) => Self::SendSolicited,
            (true, true) => Self::SendSolicitedInvalidate,
        }
    }

    /// Does the receiver get a solicited event?
    pub(crate) fn solicited(self) -> bool {
        match self {
            Self::SendSolicited | Self::SendSolicitedInvalidate => true,
            Self::Write
            | Self::ReadRequest
            | Self::ReadResponse
            | Self::Send
            | Self::SendInvalidate
            | Self::Terminate => false,
        }
    }

    /// Does it invalidate an STag of the receiver?
    pub(crate) fn invalidates(self) -> bool {
        match self {
            Self::SendInvalidate | Self::SendSolicitedInvalidate => true,
            Self::Write
            | Self::ReadRequest
            | Self::ReadResponse
            | Self::Send
            | Self::SendSolicited
            | Self::Terminate => false,
        }
    }
}

/// The opcode of a received RDMAP control byte; the reserved bits are not looked at.
pub(crate) fn parse_control(byte: u8) -> Result<Opcode, Error> {
    if byte & VERSION_MASK != VERSION {
        return Err(Error::RdmapVersion);
    }
    let opcode = byte & OPCODE_MASK;
    Opcode::ALL
        .get(usize::from(opcode))
        .copied()
        .ok_or(Error::Opcode { opcode })
}

pub(crate) const fn control_byte(opcode: Opcode) -> u8 {
    VERSION | opcode as u8
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct ReadRequestView {
    sink_stag: U32,
    sink_to: U64,
    len: U32,
    source_stag: U32,
    source_to: U64,
}

/// A Read Request: `len` bytes from the source here to the sink there. The sink is echoed in the
/// response and means nothing to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReadRequest {
    pub(crate) sink_stag: Stag,
    pub(crate) sink_to: u64,
    pub(crate) len: u32,
    pub(crate) source_stag: Stag,
    pub(crate) source_to: u64,
}

impl ReadRequest {
    /// From a whole ULPDU; `None` if it is too short.
    pub(crate) fn parse(ulpdu: &[u8]) -> Option<Self> {
        let (view, _) = ReadRequestView::ref_from_prefix(ulpdu.get(UNTAGGED_LEN..)?).ok()?;
        Some(Self {
            sink_stag: Stag(view.sink_stag.get()),
            sink_to: view.sink_to.get(),
            len: view.len.get(),
            source_stag: Stag(view.source_stag.get()),
            source_to: view.source_to.get(),
        })
    }

    pub(crate) fn emit(&self) -> [u8; READ_REQUEST_LEN] {
        zerocopy::transmute!(ReadRequestView {
            sink_stag: self.sink_stag.0.into(),
            sink_to: self.sink_to.into(),
            len: self.len.into(),
            source_stag: self.source_stag.0.into(),
            source_to: self.source_to.into(),
        })
    }
}
