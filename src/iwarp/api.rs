//! What the machine and its driver (`transport`) say to each other: configuration, requests,
//! events, and the two traits the driver implements, [`Upper`] and [`Frames`].

use super::error::Error;
use crate::rdma::Stag;

/// A point in time or a duration, in any monotonic unit the driver likes; the machine only
/// adds and compares.
pub type Ticks = u64;

/// The MPA revision an initiator speaks. A responder always answers the revision it was asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// RFC 5044: nothing is negotiated but CRC and markers.
    One,
    /// RFC 6581: enhanced start-up with IRD, ORD and a ready-to-receive frame.
    Two,
}

/// The zero-length messages by which an initiator may show that it is ready to receive (RFC 6581
/// section 6): those it offers, and the ones a responder answers with first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyKinds {
    /// Uses up a receive of the peer's consumer.
    pub send: bool,
    pub write: bool,
    /// Uses up a Read slot on either side.
    pub read: bool,
}

impl ReadyKinds {
    /// What other implementations can do with, and no consumer notices.
    pub const DEFAULT: Self = Self {
        send: false,
        write: true,
        read: true,
    };
}

impl Default for ReadyKinds {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// RDMA Reads that may be outstanding: `ird` from the peer towards us, `ord` from us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadLimits {
    pub ird: u16,
    pub ord: u16,
}

/// Durations after which the machine gives up, in the driver's [`Ticks`].
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Responder: from the TCP connection to the complete MPA Request (5 to 10 s).
    pub request: Ticks,
    /// Initiator: from the MPA Request to the complete Reply; the remote accept is a consumer's
    /// decision, so be patient (60 s or more).
    pub reply: Ticks,
    /// Responder, peer-to-peer start: from the Reply to the first FPDU (60 s).
    pub first_fpdu: Ticks,
}

/// How a connection is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Ask for CRC32C (it is on if either side asks). RFC 5044: on unless an administrator says no.
    pub crc: bool,
    /// Ask for markers in what we receive (RFC 5044 section 4.3); they help only a receiver that
    /// takes TCP segments out of order, and some peers refuse. What the peer asks for is its own
    /// affair, and it gets it.
    pub markers: bool,
    /// Initiator: the revision of our Request.
    pub revision: Revision,
    /// Initiator, revision 2: ask for the peer-to-peer model (we send a ready-to-receive frame).
    pub peer_to_peer: bool,
    /// Initiator: the ready-to-receive frames we offer in that model. Responder: which we prefer of
    /// those that are offered.
    pub ready: ReadyKinds,
    /// Revision 1: tell and read IRD and ORD as SMB Direct did before RFC 6581 (see `legacy`); for
    /// its port only.
    pub legacy_reads: bool,
    /// TCP's effective maximum segment size: no FPDU is larger.
    pub emss: u32,
    /// The adapter's caps; at most [`super::MAX_READS`] each.
    pub caps: ReadLimits,
    pub timeouts: Timeouts,
}

/// One message the consumer wants sent. Lengths are whole messages; the machine cuts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    Send {
        len: u32,
        solicited: bool,
        invalidate: Option<Stag>,
    },
    Write {
        len: u32,
        stag: Stag,
        to: u64,
    },
    /// `stag`, `to` name the peer's memory. `sink_stag`, `sink_to` go on the wire for the peer to
    /// echo; they may be a cookie, for the machine places a response through
    /// [`Upper::read_place`] into the oldest outstanding Read and nowhere else.
    Read {
        len: u32,
        stag: Stag,
        to: u64,
        sink_stag: Stag,
        sink_to: u64,
    },
}

/// Where the payload of a frame comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The request last given to [`super::Machine::start`], from this offset on.
    Request { offset: u32 },
    /// Our region that the peer reads (remote-read rights must be checked again).
    Region { stag: Stag, to: u64 },
}

/// Room a frame needs: bytes handed over by value (headers, markers, pad, CRC), and payload bytes
/// named by a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    pub copied: usize,
    pub payload: usize,
    /// Whether its end asks for its CRC.
    pub summed: bool,
}

/// What [`Frames::end`] is to append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trailer {
    /// The CRC32C of everything since `begin`, least significant byte first.
    Crc,
    /// Four zero bytes (CRC negotiated off).
    Zero,
    /// Nothing: a startup frame.
    None,
}

/// Why a frame's payload could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// The sink turned out too small after all (descriptors, say). The frame is cancelled and
    /// offered again in the next `poll_transmit`; an empty sink must never say this.
    Full,
    /// The memory may not be read (any more). The stream ends with a Terminate.
    Access(AccessError),
}

/// The sink of [`super::Machine::poll_transmit`]: builds the bytes of the TCP stream.
///
/// Calls come as `begin (bytes | payload)* (end | cancel)`, frame after frame.
pub trait Frames {
    /// Is there room for a whole frame? If so the calls up to `end` or `cancel` belong to it.
    fn begin(&mut self, size: FrameSize) -> bool;
    /// Payload of the next frame at most. A segment is cut shorter for it, but not below that of a byte.
    fn largest(&self) -> usize {
        usize::MAX
    }
    /// Appends these bytes by value.
    fn bytes(&mut self, bytes: &[u8]);
    /// Appends `len` bytes of consumer memory. Several calls may make up one frame's payload.
    fn payload(&mut self, source: Source, len: u32) -> Result<(), PayloadError>;
    /// The frame is whole.
    fn end(&mut self, trailer: Trailer);
    /// Forget everything since `begin`; the stream ends where the frame before it ended.
    fn cancel(&mut self);
}

/// Why [`super::Machine::poll_transmit`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Transmit {
    /// The last byte of the request given to `start` is in the sink: start the next, call again.
    /// (A Read is *done* only with [`Upper::read_done`].)
    MessageDone,
    /// The sink has no room: send it, call again with an empty one.
    Full,
    /// Nothing to send now.
    Idle,
    /// Nothing to send ever again: send what is in the sink, then close TCP as
    /// [`Error::close`] says (gracefully if there was no error).
    Finished,
}

/// The peer's access to memory was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessError {
    /// No such STag, wrong key, or it has been invalidated.
    InvalidStag,
    /// Outside the region.
    Bounds,
    /// The region does not grant this right.
    Rights,
    /// The STag belongs to another protection domain or queue pair.
    NotAssociated,
    /// Offset plus length exceeds 64 bits.
    Wrap,
}

/// The peer's wish to invalidate an STag was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidateError {
    /// No such STag, wrong key, or already invalid.
    InvalidStag,
    /// The STag belongs to another protection domain or queue pair.
    NotAssociated,
    /// The region has no remote rights.
    Rights,
    /// The region is of a kind that a peer may not invalidate.
    NotInvalidatable,
}

/// The next posted receive, for an incoming Send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiveBuffer {
    /// Taken: it has this many bytes. It stays current until `receive_done` or `receive_failed`.
    Ready { capacity: u64 },
    /// None posted: hold the stream. `receive` returns early; call it again with the rest of the
    /// bytes once a receive is posted.
    Wait,
    /// None posted, and the peer ought to have known: end the stream.
    Refused(NoReceive),
}

/// There is no receive for a Send, and there will be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoReceive;

/// A complete Send sits in the current receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub len: u32,
    /// The peer asked for a solicited event.
    pub solicited: bool,
    /// This STag was invalidated with the message.
    pub invalidated: Option<Stag>,
}

/// Why the current receive ends in error (the stream ends too).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiveFault {
    /// The message is longer than the buffer.
    Overflow,
    /// The consumer's memory could not be written.
    Access(AccessError),
}

/// The memory and the queues above the machine. Called from inside `receive`.
///
/// Everything else that was posted is the driver's to flush when the stream ends.
pub trait Upper {
    /// The first segment of a Send is here: take the next posted receive.
    fn receive_begin(&mut self) -> ReceiveBuffer;
    /// Payload for the current receive; `offset + bytes.len()` is within its capacity.
    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError>;
    /// The current receive is complete.
    fn receive_done(&mut self, received: Received);
    /// The current receive failed; the machine reports the stream's end next.
    fn receive_failed(&mut self, fault: ReceiveFault);

    /// May the peer write `len > 0` bytes there? Asked once a segment, before placing any of it.
    fn check_write(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError>;
    /// Payload of an RDMA Write. The region may have been invalidated since `check_write`, so
    /// this checks again.
    fn write_place(&mut self, stag: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError>;

    /// May the peer read `len > 0` bytes from there?
    fn check_read(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError>;

    /// Payload for our oldest outstanding Read; `offset + bytes.len()` is within its length.
    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError>;
    /// Our oldest outstanding Read is complete.
    fn read_done(&mut self);

    /// A Send with Invalidate has arrived whole; called right before its `receive_done`.
    fn invalidate(&mut self, stag: Stag) -> Result<(), InvalidateError>;
}

/// The Terminate the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerTerminate {
    /// Layer (high nibble) and error type (low nibble) as on the wire.
    pub layer_and_type: u8,
    pub code: u8,
    /// The peer quoted a Read Request of ours: our oldest outstanding Read failed there.
    pub quotes_read: bool,
}

/// What the driver must know, each at most once a connection, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Responder: a good MPA Request; see `private_data`. Answer with `accept` or `reject`.
    /// The limits are the peer's, `None` in revision 1. One of 0x3fff (RFC 6581 section 9.1: not
    /// negotiated) is above every limit of ours, so taking the lesser leaves ours as it is.
    PeerRequest { reads: Option<ReadLimits> },
    /// Initiator: the peer accepted; see `private_data`. Go on with `complete`.
    PeerReply { reads: Option<ReadLimits> },
    /// Initiator: the peer refused; see `private_data`. Close TCP.
    PeerReject { reads: Option<ReadLimits> },
    /// The connection is up. Initiator: after `complete`, when the ready-to-receive frame (if one
    /// was agreed on) is in the sink. Responder: when the Reply is in the sink, or when the agreed
    /// ready-to-receive frame arrived; what it starts before the first FPDU came is held back.
    Established,
    /// The peer closed its side at a clean boundary with nothing outstanding, before we were
    /// finished with ours. Nothing is flushed; finish with `disconnect`.
    PeerClosed,
    /// The stream is dead; `poll_transmit` may still have a Terminate to send.
    Failed(Error),
}
