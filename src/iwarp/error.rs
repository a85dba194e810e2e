//! Every way a stream can end early, one variant per rule that is broken, and the Terminate code
//! each becomes on the wire (once, here).

use super::api::{AccessError, InvalidateError, PeerTerminate};
use super::wire::terminate::Code;

/// How TCP is to be closed after the machine has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// FIN, drain what still arrives, RST after a bounded time.
    Graceful,
    /// RST at once.
    Reset,
}

/// Why the stream ended. Those of the first group are local or TCP's, the others the peer's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// TCP was reset or gave up.
    Reset,
    /// The driver gave up ([`super::Machine::fail`]).
    Local,
    /// It gave up between a revision 2 Reply and the first FPDU.
    LocalInStartup,
    /// Our own request named memory that may not be read.
    LocalAccess(AccessError),
    /// A posted receive's memory could not be written.
    ReceivePlacement(AccessError),
    /// The MPA Request did not come in time.
    RequestTimeout,
    /// The MPA Reply did not come in time.
    ReplyTimeout,
    /// The ready-to-receive frame did not come in time.
    FirstFpduTimeout,

    /// The peer closed TCP during start-up.
    FinInStartup,
    /// The peer closed TCP in the middle of an FPDU.
    FinInFpdu,
    /// The peer closed TCP in the middle of a message.
    FinInMessage,
    /// The peer closed TCP and owes us Read Responses.
    FinWithReads,

    /// The startup frame's key is not the one expected (or it is no iWARP peer at all).
    StartupKey,
    /// A startup revision we do not speak, or a Reply in a later one than our Request.
    StartupRevision { revision: u8 },
    /// More private data declared than allowed.
    StartupLength { declared: u16 },
    /// An enhanced frame too short for its IRD/ORD block.
    StartupBlock,
    /// A Reply without the IRD/ORD block that our Request had.
    ReplyNotEnhanced,
    /// Bytes after the Request, before our Reply.
    EarlyData,
    /// The peer wants more outstanding Reads than we can take.
    InsufficientIrd { wanted: u16 },
    /// The Reply names no ready-to-receive frame that we can send, or disagrees on the model.
    NoMatchingRtr,

    /// ULPDU length 0, above 64768, or shorter than the headers it announces.
    UlpduLength { length: u16 },
    /// CRC32C mismatch.
    Crc,
    /// A marker that does not point to the beginning of the FPDU it stands in.
    Marker,
    /// Tagged segment of another DDP version.
    TaggedVersion,
    /// Untagged segment of another DDP version.
    UntaggedVersion,
    /// Another RDMAP version.
    RdmapVersion,
    /// An opcode that is not defined or not supported.
    Opcode { opcode: u8 },
    /// The opcode contradicts the tagged bit.
    OpcodeModel { opcode: u8 },
    /// The queue number is not the one of this opcode.
    QueueNumber,
    /// The message sequence number is not the next one.
    SequenceNumber,
    /// The message offset is not where the last segment ended.
    MessageOffset,
    /// The opcode changed in the middle of a message.
    OpcodeChanged,
    /// A Send longer than the receive it arrived in.
    MessageTooLong,
    /// A Send, and no receive for it.
    NoReceive,

    /// A Read Request not of exactly one segment without payload.
    ReadRequestShape,
    /// More Read Requests outstanding than agreed.
    ReadRequestsExceeded,
    /// A Read Request for memory the peer may not read.
    ReadAccess(AccessError),
    /// A Read Response, and no Read outstanding.
    ReadResponseUnsolicited,
    /// A Read Response to another sink STag than the oldest Read's.
    ReadResponseStag,
    /// A Read Response that does not continue or complete the oldest Read exactly.
    ReadResponseRange,
    /// The sink of our Read is gone.
    ReadSink(AccessError),
    /// An RDMA Write to memory the peer may not write.
    WriteAccess(AccessError),
    /// A Send with Invalidate of an STag the peer may not invalidate.
    Invalidate(InvalidateError),
    /// The peer ended the stream with a Terminate.
    PeerTerminated(PeerTerminate),
    /// A Terminate that is itself malformed.
    TerminateShape,
}

impl Error {
    /// How to close TCP once `poll_transmit` said `Finished`.
    pub fn close(&self) -> Close {
        match self.startup() {
            true => Close::Reset,
            false => Close::Graceful,
        }
    }

    /// Layer and type, then the code, of the Terminate that tells the peer, if one may be sent.
    pub fn told(&self) -> Option<(u8, u8)> {
        self.terminate()
            .map(|code| (code.layer_and_type, code.code))
    }

    /// The Terminate that tells the peer, if one may be sent: RFC 5040 section 4.8, RFC 5041
    /// section 7.2, RFC 5044 section 8, RFC 6581 section 8.
    pub(super) fn terminate(&self) -> Option<Code> {
        // Layer and type, code, whether the offending header goes along.
        let (layer_and_type, code, quote) = match self {
            Self::Local | Self::LocalAccess(_) => (0x00, 0x00, false),
            Self::ReceivePlacement(_) => (0x10, 0x00, true),
            Self::UlpduLength { .. } => (0x10, 0x00, false),
            Self::ReadRequestShape => (0x10, 0x00, true),
            Self::Crc => (0x20, 0x02, false),
            Self::Marker => (0x20, 0x03, false),
            Self::LocalInStartup => (0x20, 0x05, false),
            Self::InsufficientIrd { .. } => (0x20, 0x06, false),
            Self::NoMatchingRtr => (0x20, 0x07, false),
            Self::TaggedVersion => (0x11, 0x04, false),
            Self::UntaggedVersion => (0x12, 0x06, false),
            Self::RdmapVersion => (0x02, 0x05, false),
            Self::Opcode { .. } => (0x02, 0x06, false),
            Self::OpcodeModel { .. } | Self::OpcodeChanged | Self::ReadResponseUnsolicited => {
                (0x02, 0x06, true)
            }
            Self::QueueNumber => (0x12, 0x01, true),
            Self::NoReceive | Self::ReadRequestsExceeded => (0x12, 0x02, true),
            Self::SequenceNumber => (0x12, 0x03, true),
            Self::MessageOffset => (0x12, 0x04, true),
            Self::MessageTooLong => (0x12, 0x05, true),
            Self::ReadAccess(error) => (0x01, remote_protection(*error), true),
            Self::ReadResponseStag | Self::ReadSink(_) => (0x11, 0x00, true),
            Self::ReadResponseRange => (0x11, 0x01, true),
            Self::WriteAccess(error) => {
                let (layer_and_type, code) = tagged_buffer(*error);
                (layer_and_type, code, true)
            }
            Self::Invalidate(InvalidateError::InvalidStag | InvalidateError::NotInvalidatable) => {
                (0x02, 0x09, true)
            }
            Self::Invalidate(InvalidateError::NotAssociated) => (0x01, 0x09, true),
            Self::Invalidate(InvalidateError::Rights) => (0x01, 0x02, true),
            // TCP is gone, start-up never got as far as FPDUs, or the peer terminated itself.
            Self::Reset
            | Self::RequestTimeout
            | Self::ReplyTimeout
            | Self::FirstFpduTimeout
            | Self::FinInStartup
            | Self::FinInFpdu
            | Self::FinInMessage
            | Self::FinWithReads
            | Self::StartupKey
            | Self::StartupRevision { .. }
            | Self::StartupLength { .. }
            | Self::StartupBlock
            | Self::ReplyNotEnhanced
            | Self::EarlyData
            | Self::PeerTerminated(_)
            | Self::TerminateShape => return None,
        };
        Some(Code {
            layer_and_type,
            code,
            quote,
        })
    }

    fn startup(&self) -> bool {
        matches!(
            self,
            Self::Reset
                | Self::RequestTimeout
                | Self::ReplyTimeout
                | Self::FirstFpduTimeout
                | Self::FinInStartup
                | Self::StartupKey
                | Self::StartupRevision { .. }
                | Self::StartupLength { .. }
                | Self::StartupBlock
                | Self::ReplyNotEnhanced
                | Self::EarlyData
        )
    }
}

/// Layer, type and code of DDP's tagged buffer errors; it has none for a missing right.
fn tagged_buffer(error: AccessError) -> (u8, u8) {
    match error {
        AccessError::InvalidStag => (0x11, 0x00),
        AccessError::Bounds => (0x11, 0x01),
        AccessError::NotAssociated => (0x11, 0x02),
        AccessError::Wrap => (0x11, 0x03),
        AccessError::Rights => (0x01, remote_protection(error)),
    }
}

/// The code of RDMAP's remote protection errors.
fn remote_protection(error: AccessError) -> u8 {
    match error {
        AccessError::InvalidStag => 0x00,
        AccessError::Bounds => 0x01,
        AccessError::Rights => 0x02,
        AccessError::NotAssociated => 0x03,
        AccessError::Wrap => 0x04,
    }
}

/// A call that does not fit the machine's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// Not now: the phase does not allow it (the stream may have ended meanwhile).
    Phase,
    /// Private data longer than the frame can carry.
    PrivateData,
    /// A message is being sent already.
    Busy,
    /// A Read, and none may be outstanding (now, or ever if the limit is 0).
    Reads,
}
