//! The machine of one connection: inputs move its phase, effects are polled.

use super::MAX_READS;
use super::api::{Config, Event, Frames, ReadLimits, Request, Revision, Ticks, Transmit, Upper};
use super::error::{CallError, Error};
use super::phase::{Input, Phase};
use super::reads::Reads;
use super::rx::Rx;
use super::startup::{Frame, Parsed, Ready};
use super::tx::{Emitted, Tx};
use super::wire::head::Head;
use super::wire::terminate::Quote;
use events::Events;

mod events;
mod transitions;

/// What is held by value, one after the other.
#[expect(
    clippy::large_enum_variant,
    reason = "nothing is allocated here, and a machine is made once for a connection"
)]
enum Held {
    /// The startup frame in hand: an initiator's own until it is in the sink, then the peer's; of a responder the peer's
    /// until it is answered, then our own.
    Startup(Frame),
    /// From the last startup frame on: Reads in flight.
    Stream(Reads),
}

impl Held {
    fn frame(&self) -> Option<&Frame> {
        match self {
            Self::Startup(frame) => Some(frame),
            Self::Stream(_) => None,
        }
    }

    fn frame_mut(&mut self) -> Option<&mut Frame> {
        match self {
            Self::Startup(frame) => Some(frame),
            Self::Stream(_) => None,
        }
    }

    fn reads(&self) -> Option<&Reads> {
        match self {
            Self::Startup(_) => None,
            Self::Stream(reads) => Some(reads),
        }
    }

    fn reads_mut(&mut self) -> Option<&mut Reads> {
        match self {
            Self::Startup(_) => None,
            Self::Stream(reads) => Some(reads),
        }
    }
}

/// One iWARP connection, either role. See the module for how it is driven.
pub struct Machine {
    config: Config,
    phase: Phase,
    held: Held,
    /// What the peer's says, while it is there and whole.
    peer: Option<Parsed>,
    /// The frame we agreed to start with.
    ready: Option<Ready>,
    /// In force; before the negotiation, the caps.
    limits: ReadLimits,
    /// The most inbound Reads we let pass.
    inbound_limit: u16,
    rx: Rx,
    tx: Tx,
    deadline: Option<Ticks>,
    terminate: Option<Head>,
    /// The peer's FIN came at a clean boundary.
    peer_closed: bool,
    /// See `may_fall_back`.
    unanswered: bool,
    events: Events,
}

impl Machine {
    /// The side that connected TCP. Follow with `request`.
    pub fn initiator(config: &Config) -> Self {
        Self::new(config, Phase::Idle)
    }

    /// The side that accepted TCP, at `now`. Waits for the peer's Request.
    pub fn responder(config: &Config, now: Ticks) -> Self {
        let mut machine = Self::new(config, Phase::AwaitRequest);
        machine.deadline = Some(now.saturating_add(config.timeouts.request));
        machine
    }

    fn new(config: &Config, phase: Phase) -> Self {
        let most = u16::try_from(MAX_READS).unwrap_or(u16::MAX);
        let caps = ReadLimits {
            ird: config.caps.ird.min(most),
            ord: config.caps.ord.min(most),
        };
        Self {
            config: Config { caps, ..*config },
            phase,
            held: Held::Startup(Frame::new()),
            peer: None,
            ready: None,
            limits: caps,
            inbound_limit: caps.ird,
            rx: Rx::new(),
            tx: Tx::new(config.emss),
            deadline: None,
            terminate: None,
            peer_closed: false,
            unanswered: false,
            events: Events::default(),
        }
    }

    /// Initiator: queue the MPA Request. `reads` are the consumer's limits; the caps apply.
    pub fn request(
        &mut self,
        now: Ticks,
        private_data: &[u8],
        reads: ReadLimits,
    ) -> Result<(), CallError> {
        let next = self.legal(Input::Request)?;
        let frame = self.held.frame_mut().ok_or(CallError::Phase)?;
        self.limits = frame.build_request(&self.config, private_data, reads)?;
        self.deadline = Some(now.saturating_add(self.config.timeouts.reply));
        self.phase = next;
        Ok(())
    }

    /// Initiator, after `PeerReply`: open the stream (NdkCompleteConnect).
    pub fn complete(&mut self) -> Result<(), CallError> {
        match self.ready {
            Some(_) => self.phase = self.legal(Input::CompleteReady)?,
            None => {
                self.phase = self.legal(Input::Complete)?;
                self.events.established();
            }
        }
        self.open_stream();
        Ok(())
    }

    /// Responder, after `PeerRequest`: queue the accepting Reply.
    pub fn accept(
        &mut self,
        now: Ticks,
        private_data: &[u8],
        reads: ReadLimits,
    ) -> Result<(), CallError> {
        let next = self.legal(Input::Accept)?;
        let request = self.peer.ok_or(CallError::Phase)?;
        let frame = self.held.frame_mut().ok_or(CallError::Phase)?;
        let agreement = frame.build_reply(&self.config, &request, private_data, reads)?;
        self.peer = None;
        self.agreed(agreement);
        self.deadline = self
            .ready
            .map(|_| now.saturating_add(self.config.timeouts.first_fpdu));
        self.phase = next;
        Ok(())
    }

    /// Responder, after `PeerRequest`: queue the refusing Reply; then `poll_transmit` says
    /// `Finished`.
    pub fn reject(&mut self, private_data: &[u8]) -> Result<(), CallError> {
        let next = self.legal(Input::Reject)?;
        let request = self.peer.ok_or(CallError::Phase)?;
        let frame = self.held.frame_mut().ok_or(CallError::Phase)?;
        frame.build_reject(&self.config, &request, private_data)?;
        self.peer = None;
        self.phase = next;
        Ok(())
    }

    /// Ends our direction: messages already begun are finished, then `poll_transmit` says
    /// `Finished`. What was given to `start` but not begun is dropped.
    pub fn disconnect(&mut self) {
        if let Some(next) = self.phase.on(Input::Disconnect) {
            self.phase = next;
            self.tx.end();
            self.deadline = None;
        }
    }

    /// The driver cannot go on (a completion queue overran, say): Terminate where the stream is
    /// up, then `Finished`. An error that was told before stays the one that is told.
    pub fn fail(&mut self) {
        match self.phase {
            // RFC 5044 section 7.1.2: nothing goes out before the first FPDU came in, nor before
            // the Reply.
            Phase::AwaitFirst | Phase::AwaitReply => self.broken(Error::Local),
            // RFC 6581 section 9.3: start-up has a code of its own.
            Phase::Replied | Phase::ReadyQueued if self.config.revision == Revision::Two => {
                self.failed(Error::LocalInStartup, &Quote::NONE);
            }
            // RFC 5040 section 7.1: the first error is the one that is told.
            Phase::TerminateQueued | Phase::Finished => {}
            Phase::Idle
            | Phase::RequestQueued
            | Phase::Replied
            | Phase::ReadyQueued
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::ReplyQueued
            | Phase::RejectQueued
            | Phase::Streaming
            | Phase::PeerClosed
            | Phase::Ending
            | Phase::HalfClosed => self.failed(Error::Local, &Quote::NONE),
        }
    }

    /// Bytes of the TCP stream, in order. Returns how many were taken; fewer than given means the
    /// stream is held (no receive posted, or `complete` not called yet): give the rest again when
    /// that has changed.
    pub fn receive<U: Upper>(&mut self, bytes: &[u8], upper: &mut U) -> usize {
        match self.phase {
            Phase::AwaitFirst | Phase::Streaming | Phase::Ending | Phase::HalfClosed => {
                self.stream(bytes, upper)
            }
            Phase::AwaitReply => self.reply(bytes),
            Phase::AwaitRequest => self.incoming_request(bytes),
            Phase::Replied | Phase::ReadyQueued => 0,
            // RFC 5044 section 7.1.2: the initiator sends nothing before our Reply.
            Phase::Requested | Phase::ReplyQueued => {
                if !bytes.is_empty() {
                    self.broken(Error::EarlyData);
                }
                bytes.len()
            }
            // Nothing is due: RequestQueued's peer has nothing to reply to yet.
            Phase::Idle | Phase::RequestQueued => {
                if !bytes.is_empty() {
                    self.broken(Error::EarlyData);
                }
                bytes.len()
            }
            Phase::RejectQueued | Phase::PeerClosed | Phase::TerminateQueued | Phase::Finished => {
                bytes.len()
            }
        }
    }

    /// May `start` be called with this request now? `false` may change with `poll_transmit`
    /// (another message is being sent) and `receive` (a Read was answered).
    pub fn can_start(&self, request: &Request) -> bool {
        self.may_start(request).is_ok()
    }

    /// Gives the next message to send; its bytes are asked for from `poll_transmit`.
    pub fn start(&mut self, request: Request) -> Result<(), CallError> {
        self.may_start(&request)?;
        self.tx.start(request);
        Ok(())
    }

    fn may_start(&self, request: &Request) -> Result<(), CallError> {
        match self.phase {
            Phase::AwaitFirst | Phase::Streaming | Phase::PeerClosed => {}
            Phase::Idle
            | Phase::RequestQueued
            | Phase::AwaitReply
            | Phase::Replied
            | Phase::ReadyQueued
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::ReplyQueued
            | Phase::RejectQueued
            | Phase::Ending
            | Phase::HalfClosed
            | Phase::TerminateQueued
            | Phase::Finished => return Err(CallError::Phase),
        }
        if self.tx.has_request() {
            return Err(CallError::Busy);
        }
        match request {
            Request::Read { .. } => {
                let may = self.held.reads().is_some_and(Reads::may_request);
                may.then_some(()).ok_or(CallError::Reads)
            }
            Request::Send { .. } | Request::Write { .. } => Ok(()),
        }
    }

    /// Whether messages may be sent, and there is none: neither a request of ours nor an answer to a Read.
    pub fn is_silent(&self) -> bool {
        self.phase == Phase::Streaming
            && self.tx.is_silent()
            && !self.held.reads().is_some_and(Reads::owes_response)
    }

    /// Frames what there is to send, until the sink is full or a message is done.
    pub fn poll_transmit<F: Frames>(&mut self, frames: &mut F) -> Transmit {
        loop {
            let emitted = match self.phase {
                Phase::Streaming | Phase::PeerClosed => return self.messages(frames),
                Phase::Ending => match self.messages(frames) {
                    Transmit::Idle => {
                        self.drained();
                        continue;
                    }
                    other => return other,
                },
                Phase::RequestQueued | Phase::ReplyQueued | Phase::RejectQueued => {
                    self.startup_frame(frames)
                }
                Phase::ReadyQueued => self.ready_frame(frames),
                Phase::TerminateQueued => match &self.terminate {
                    Some(head) => self.tx.bare(head.as_slice(), frames),
                    None => Emitted::Frame,
                },
                Phase::Idle
                | Phase::AwaitReply
                | Phase::Replied
                | Phase::AwaitRequest
                | Phase::Requested
                | Phase::AwaitFirst => return Transmit::Idle,
                Phase::HalfClosed | Phase::Finished => return Transmit::Finished,
            };
            match emitted {
                Emitted::Frame => self.framed(),
                Emitted::Full => return Transmit::Full,
                // None of these frames has payload.
                Emitted::Fault(error) => {
                    self.failed(Error::LocalAccess(error), &Quote::NONE);
                }
            }
        }
    }

    /// Whether `poll_event` has one.
    pub fn has_event(&self) -> bool {
        self.events.any()
    }

    /// The next event, if any. Call after every input until `None`.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.take()
    }

    /// TCP's FIN from the peer, after all its bytes were given to (and taken by) `receive`.
    pub fn handle_fin(&mut self) {
        match self.phase {
            Phase::AwaitFirst if self.ready.is_some() => self.broken(Error::FinInStartup),
            Phase::AwaitFirst | Phase::Streaming | Phase::Ending | Phase::HalfClosed => {
                self.stream_fin();
            }
            Phase::Idle
            | Phase::RequestQueued
            | Phase::AwaitReply
            | Phase::Replied
            | Phase::ReadyQueued
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::ReplyQueued
            | Phase::RejectQueued => self.broken(Error::FinInStartup),
            Phase::PeerClosed | Phase::TerminateQueued | Phase::Finished => {}
        }
    }

    /// TCP was reset or timed out.
    pub fn handle_reset(&mut self) {
        self.broken(Error::Reset);
    }

    /// It is `now`; call when `poll_timeout` has passed (earlier or later does no harm).
    pub fn handle_timeout(&mut self, now: Ticks) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        self.deadline = None;
        match self.phase {
            Phase::RequestQueued | Phase::AwaitReply => self.broken(Error::ReplyTimeout),
            Phase::AwaitRequest => self.broken(Error::RequestTimeout),
            Phase::ReplyQueued | Phase::AwaitFirst => self.broken(Error::FirstFpduTimeout),
            Phase::Idle
            | Phase::Replied
            | Phase::ReadyQueued
            | Phase::Requested
            | Phase::RejectQueued
            | Phase::Streaming
            | Phase::PeerClosed
            | Phase::Ending
            | Phase::HalfClosed
            | Phase::TerminateQueued
            | Phase::Finished => {}
        }
    }

    /// When `handle_timeout` is to be called, if ever.
    pub fn poll_timeout(&self) -> Option<Ticks> {
        self.deadline
    }

    /// The peer's private data, without the IRD/ORD block: from the event that announces it on, until it is answered.
    pub fn private_data(&self) -> &[u8] {
        match (self.held.frame(), &self.peer) {
            (Some(frame), Some(parsed)) => frame.private_data(parsed),
            _ => &[],
        }
    }

    /// The read limits in force; before the negotiation, the caps.
    pub fn reads(&self) -> ReadLimits {
        self.limits
    }

    /// Our Reads not answered yet (for the read fence).
    pub fn reads_outstanding(&self) -> usize {
        self.held.reads().map_or(0, Reads::outstanding)
    }

    /// After `Failed` with a Terminate of the peer's that quotes a Read Request: which of our Reads
    /// not answered yet it was, the oldest being 0. A later one may fail before an earlier one is
    /// answered.
    pub fn failed_read(&self) -> Option<usize> {
        self.held.reads()?.position(self.rx.blamed?)
    }

    /// Initiator, after `Failed`: TCP ended before a single byte of a Reply to our revision 2
    /// Request came, which is how peers of revision 1 answer it. RFC 6581 section 5 allows one more
    /// try with [`super::Revision::One`] on a new TCP connection (and a new machine).
    pub fn may_fall_back(&self) -> bool {
        self.unanswered
    }

    /// Is CRC32C on? Meaningful once the startup frames were exchanged.
    pub fn crc(&self) -> bool {
        self.rx.crc
    }

    #[cfg(test)]
    pub(super) fn number_sends_from(&mut self, sequence: u32) {
        self.tx.number_sends_from(sequence);
    }

    #[cfg(test)]
    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    #[cfg(test)]
    pub(super) fn expect_send(&mut self, sequence: u32) {
        self.rx.expect_send(sequence);
    }
}
