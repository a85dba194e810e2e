//! What `ndk` is written against: the traits it implements, and the words both sides use.
//!
//! No kernel and no protocol here: another transport can stand behind the same words.

pub(crate) use crate::iwarp::{ReadyKinds, Revision};
use crate::rdma::stag::{Grant, Table};
use crate::rdma::{
    Access, Cause, Completion, Draft, Fault, NotEnacted, QueuePair, ReceiveRequest, Sge, Stag,
};
use crate::sync::Allocate;

/// Why something about a connection did not work. `ndk` turns it into NTSTATUS, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    NoResources,
    NetworkUnreachable,
    HostUnreachable,
    /// No listener, a paused or closing one, or the peer's consumer said no.
    Refused,
    TimedOut,
    /// The local address and port are in use.
    AddressInUse,
    /// There is a connection between the two addresses, or was until just now.
    PairInUse,
    /// The local address is not this adapter's.
    AddressInvalid,
    /// No ephemeral port is left.
    AddressesExhausted,
    /// The peer gave up, or the connection is lost.
    Aborted,
    /// The call does not fit the connection's state.
    ConnectionInvalid,
    /// The queue pair is connected or connecting.
    ConnectionActive,
    /// Private data longer than a connection carries.
    PrivateDataTooLong,
    /// The stream ended with a Terminate, the peer's or ours: its layer and type, and its code.
    Terminated {
        by_peer: bool,
        layer_and_type: u8,
        code: u8,
    },
    /// The peer does not speak the protocol.
    Protocol,
    /// Closed or cancelled from this side.
    Cancelled,
}

impl Failure {
    /// What it is to the requests that fail with it.
    pub(crate) fn cause(self) -> Cause {
        match self {
            Self::Terminated {
                by_peer,
                layer_and_type,
                code,
            } => Cause::Terminate {
                by_peer,
                layer_and_type,
                code,
            },
            Self::TimedOut => Cause::TimedOut,
            Self::Protocol => Cause::Protocol,
            Self::Cancelled | Self::Refused => Cause::Own,
            Self::NoResources
            | Self::NetworkUnreachable
            | Self::HostUnreachable
            | Self::AddressInUse
            | Self::PairInUse
            | Self::AddressInvalid
            | Self::AddressesExhausted
            | Self::Aborted
            | Self::ConnectionInvalid
            | Self::ConnectionActive
            | Self::PrivateDataTooLong => Cause::Lost,
        }
    }
}

/// How connections are made and ended, as an administrator has it (`docs/settings.md`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preferences {
    /// TCP's maximum segment size: no FPDU is larger (RFC 5044: one FPDU a segment).
    pub max_segment: u32,
    /// CRC32C; off only by an administrator's choice.
    pub crc: bool,
    /// Markers in what we receive.
    pub markers: bool,
    /// The MPA revision we ask in.
    pub revision: Revision,
    /// Whether a peer that knows only revision 1 is tried again in it.
    pub fall_back: bool,
    /// The ready-to-receive frames we offer and prefer; `None`: we do not ask for one.
    pub ready: Option<ReadyKinds>,
    /// SMB Direct's header of revision 1, on its port.
    pub legacy_reads: bool,
    /// TCP's connect.
    pub connect_seconds: u32,
    /// Passive: from TCP's connection to the peer's request.
    pub request_seconds: u32,
    /// Active: from our request to the peer's answer, which its consumer gives.
    pub reply_seconds: u32,
    /// Passive: from our answer to the peer's ready-to-receive frame.
    pub ready_seconds: u32,
    /// From a local disconnect to the peer's end.
    pub disconnect_seconds: u32,
    /// A Terminate or a reject on its way out.
    pub farewell_seconds: u32,
}

/// Simultaneous RDMA reads: `inbound` served (IRD), `outbound` outstanding (ORD).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ReadLimits {
    pub inbound: u16,
    pub outbound: u16,
}

/// The most private data a frame carries.
pub(crate) const PRIVATE_DATA: usize = 512;

/// A side's private data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivateData {
    bytes: [u8; PRIVATE_DATA],
    length: u16,
}

impl Default for PrivateData {
    fn default() -> Self {
        Self {
            bytes: [0; PRIVATE_DATA],
            length: 0,
        }
    }
}

impl PrivateData {
    /// A copy; `None` when it is too long for any frame.
    pub(crate) fn copy(bytes: &[u8]) -> Option<Self> {
        let mut copy = Self {
            length: u16::try_from(bytes.len()).ok()?,
            ..Self::default()
        };
        copy.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(copy)
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        // PANIC: `copy` took no more than there is room for.
        &self.bytes[..usize::from(self.length)]
    }
}

/// Private data that a consumer has given, until it is in a frame; it takes no more memory than it is long.
pub(crate) struct Said<A: Allocate>(Option<A::Slice<u8>>);

impl<A: Allocate> Said<A> {
    pub(crate) fn nothing() -> Self {
        Self(None)
    }

    /// A copy; refused when it is too long for any frame, or when there is no memory.
    pub(crate) fn copy(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.len() > PRIVATE_DATA {
            return Err(Failure::PrivateDataTooLong);
        }
        if bytes.is_empty() {
            return Ok(Self::nothing());
        }
        let mut copy = A::slice(bytes.len(), |_| 0).ok_or(Failure::NoResources)?;
        copy.copy_from_slice(bytes);
        Ok(Self(Some(copy)))
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// What a consumer says with a connect or an accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Params<'a> {
    pub private_data: &'a [u8],
    pub reads: ReadLimits,
}

/// What NdkGetConnectionData tells (NDK-CON-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ConnectionData {
    /// The peer's.
    pub private_data: PrivateData,
    /// In force, or what would be in force if this side asks for the most.
    pub reads: ReadLimits,
}

/// Which completion queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Initiator,
    Receive,
}

/// Those whose completion queues have something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sides {
    pub initiator: bool,
    pub receive: bool,
}

impl Sides {
    pub(crate) const BOTH: Self = Self {
        initiator: true,
        receive: true,
    };

    pub(crate) fn add(&mut self, side: Side) {
        match side {
            Side::Initiator => self.initiator = true,
            Side::Receive => self.receive = true,
        }
    }

    pub(crate) fn any(self) -> bool {
        self.initiator || self.receive
    }
}

/// A region's bytes, as the transport reaches them.
pub(crate) trait Memory {
    /// Copies `bytes` to `offset` of the region; the range was checked against the region. False:
    /// what is behind it is gone.
    #[must_use]
    fn write(&self, offset: u64, bytes: &[u8]) -> bool;
}

/// A queue pair in the transport's hands: `ndk` gives it with connect or accept; dropping it is the
/// transport's last touch.
pub(crate) trait Queues {
    type Allocator: Allocate;
    type Memory: Memory;

    fn queue_pair(&self) -> &QueuePair<Self::Allocator>;

    /// The adapter's tokens.
    fn regions(&self) -> &Table<Self::Memory, Self::Allocator>;

    /// Access to a local buffer of a request (NDK-MR-07, NDK-LAM-08).
    fn local(&self, sge: &Sge, need: Access) -> Result<Grant<'_, Self::Memory>, Fault>;

    /// The token gives no access from now on. False: somebody is still using the region; the
    /// doorbell rings when nobody is (`Table::is_leaving`). NDK-FR-14: an error if it gave none.
    fn invalidate(&self, stag: Stag, need: Access) -> Result<bool, Fault>;

    /// A fast-register or bind has its turn. Leaving: the doorbell rings when it can.
    fn enact(&self, draft: Draft) -> Result<(), NotEnacted>;

    /// Whether receives come from a queue shared with others; then the pair's own is not used.
    fn shares_receives(&self) -> bool {
        false
    }

    /// The next shared receive; without one the doorbell rings when there may be.
    fn take_shared(&self) -> Option<ReceiveRequest> {
        None
    }

    /// Whether a receive could be had now, of the kind in use. As with `take_shared`, the doorbell
    /// rings otherwise.
    fn has_receive(&self) -> bool {
        !self.queue_pair().receive.is_empty()
    }

    /// Puts a completion (its `qp_context` is filled in here) into the queue of that side; calls
    /// nobody. False: the completion queue overran, and the queue pair is dead (NDK-CQ-20).
    #[must_use]
    fn complete(&self, side: Side, completion: Completion, solicited: bool) -> bool;

    /// Calls the notifications that are due, of the queues of these sides. The consumer may re-enter.
    fn notify(&self, sides: Sides);
}
