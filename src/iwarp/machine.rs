//! The machine of one connection: inputs move its phase, effects are polled.

use super::MAX_READS;
use super::api::{
    Config, Event, FrameSize, Frames, ReadLimits, Request, Ticks, Trailer, Transmit, Upper,
};
use super::error::{CallError, Error};
use super::phase::{Input, Phase};
use super::reads::Reads;
use super::rx::Rx;
use super::startup::{self, Agreement, Frame, Parsed, Ready};
use super::tx::{Emitted, Polled, Tx};
use super::wire::ddp::{TAGGED_LEN, Tagged};
use super::wire::head::Head;
use super::wire::mpa;
use super::wire::rdmap::{Opcode, ReadRequest};
use super::wire::terminate::{self, Quote};
use crate::rdma::Stag;

/// One iWARP connection, either role. See the module for how it is driven.
pub struct Machine {
    config: Config,
    phase: Phase,
    /// Our startup frame, until it is in the sink.
    ours: Frame,
    /// The peer's, and what it says once it is whole.
    theirs: Frame,
    peer: Option<Parsed>,
    /// The frame we agreed to start with.
    ready: Option<Ready>,
    reads: Reads,
    rx: Rx,
    tx: Tx,
    deadline: Option<Ticks>,
    terminate: Option<Head>,
    events: Events,
}

/// Events not polled yet, each at most once a connection.
#[derive(Default)]
struct Events {
    startup: Option<Event>,
    established: bool,
    peer_closed: bool,
    failed: Option<Error>,
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
            ours: Frame::new(),
            theirs: Frame::new(),
            peer: None,
            ready: None,
            reads: Reads::new(caps),
            rx: Rx::new(),
            tx: Tx::new(config.emss),
            deadline: None,
            terminate: None,
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
        self.reads.limits = self.ours.build_request(&self.config, private_data, reads)?;
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
                self.events.established = true;
            }
        }
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
        let agreement = self
            .ours
            .build_reply(&self.config, &request, private_data, reads)?;
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
        self.ours
            .build_reject(&self.config, &request, private_data)?;
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
    /// up, then `Finished`.
    pub fn fail(&mut self) {
        match self.phase {
            // RFC 5044 section 7.1.2: nothing goes out before the first FPDU came in.
            Phase::AwaitFirst => self.broken(Error::Local),
            Phase::Idle
            | Phase::RequestQueued
            | Phase::AwaitReply
            | Phase::Replied
            | Phase::ReadyQueued
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::ReplyQueued
            | Phase::RejectQueued
            | Phase::Streaming
            | Phase::PeerClosed
            | Phase::Ending
            | Phase::TerminateQueued
            | Phase::Finished => self.failed(Error::Local, &Quote::NONE),
        }
    }

    /// Bytes of the TCP stream, in order. Returns how many were taken; fewer than given means the
    /// stream is held (no receive posted, or `complete` not called yet): give the rest again when
    /// that has changed.
    pub fn receive<U: Upper>(&mut self, bytes: &[u8], upper: &mut U) -> usize {
        match self.phase {
            Phase::AwaitFirst | Phase::Streaming | Phase::Ending => self.stream(bytes, upper),
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
            | Phase::TerminateQueued
            | Phase::Finished => return Err(CallError::Phase),
        }
        if self.tx.has_request() {
            return Err(CallError::Busy);
        }
        match request {
            Request::Read { .. } if !self.reads.may_request() => Err(CallError::Reads),
            Request::Read { .. } | Request::Send { .. } | Request::Write { .. } => Ok(()),
        }
    }

    /// Frames what there is to send, until the sink is full or a message is done.
    pub fn poll_transmit<F: Frames>(&mut self, frames: &mut F) -> Transmit {
        loop {
            let emitted = match self.phase {
                Phase::Streaming | Phase::PeerClosed => return self.messages(frames),
                Phase::Ending => match self.messages(frames) {
                    Transmit::Idle => match self.phase.on(Input::Drained) {
                        Some(next) => {
                            self.phase = next;
                            continue;
                        }
                        None => continue,
                    },
                    other => return other,
                },
                Phase::RequestQueued | Phase::ReplyQueued | Phase::RejectQueued => {
                    self.startup_frame(frames)
                }
                Phase::ReadyQueued => self.ready_frame(frames),
                Phase::TerminateQueued => match &self.terminate {
                    Some(head) => self.tx.bare(head, frames),
                    None => Emitted::Frame,
                },
                Phase::Idle
                | Phase::AwaitReply
                | Phase::Replied
                | Phase::AwaitRequest
                | Phase::Requested
                | Phase::AwaitFirst => return Transmit::Idle,
                Phase::Finished => return Transmit::Finished,
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

    /// The next event, if any. Call after every input until `None`.
    pub fn poll_event(&mut self) -> Option<Event> {
        let events = &mut self.events;
        if let Some(event) = events.startup.take() {
            return Some(event);
        }
        if core::mem::take(&mut events.established) {
            return Some(Event::Established);
        }
        if core::mem::take(&mut events.peer_closed) {
            return Some(Event::PeerClosed);
        }
        events.failed.take().map(Event::Failed)
    }

    /// TCP's FIN from the peer, after all its bytes were given to (and taken by) `receive`.
    pub fn handle_fin(&mut self) {
        match self.phase {
            Phase::AwaitFirst if self.ready.is_some() => self.broken(Error::FinInStartup),
            Phase::AwaitFirst | Phase::Streaming | Phase::Ending => self.stream_fin(),
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
            | Phase::TerminateQueued
            | Phase::Finished => {}
        }
    }

    /// When `handle_timeout` is to be called, if ever.
    pub fn poll_timeout(&self) -> Option<Ticks> {
        self.deadline
    }

    /// The peer's private data, without the IRD/ORD block, from the event that announces it on.
    pub fn private_data(&self) -> &[u8] {
        match &self.peer {
            Some(parsed) => self.theirs.private_data(parsed),
            None => &[],
        }
    }

    /// The read limits in force; before the negotiation, the caps.
    pub fn reads(&self) -> ReadLimits {
        self.reads.limits
    }

    /// Our Reads not answered yet (for the read fence).
    pub fn reads_outstanding(&self) -> usize {
        self.reads.outbound.len()
    }

    /// Is CRC32C on? Meaningful once the startup frames were exchanged.
    pub fn crc(&self) -> bool {
        self.rx.crc
    }
}

/// Transitions.
impl Machine {
    fn legal(&self, input: Input) -> Result<Phase, CallError> {
        self.phase.on(input).ok_or(CallError::Phase)
    }

    fn agreed(&mut self, agreement: Agreement) {
        self.rx.crc = agreement.crc;
        self.tx.negotiated(agreement.crc, agreement.markers);
        self.ready = agreement.ready;
        self.reads.limits = agreement.reads;
        self.reads.inbound_limit = agreement.inbound_limit;
    }

    /// Responder: bytes of the MPA Request.
    fn incoming_request(&mut self, bytes: &[u8]) -> usize {
        let (taken, parsed) = match self.theirs.gather(bytes, &mpa::REQUEST_KEY) {
            Ok((taken, Some(parsed))) => (taken, parsed),
            Ok((taken, None)) => return taken,
            Err(error) => {
                self.broken(error);
                return bytes.len();
            }
        };
        if taken < bytes.len() {
            self.broken(Error::EarlyData);
            return bytes.len();
        }
        if let Some(next) = self.phase.on(Input::GoodRequest) {
            self.phase = next;
            self.deadline = None;
            self.peer = Some(parsed);
            self.events.startup = Some(Event::PeerRequest {
                reads: parsed.reads(),
            });
        }
        taken
    }

    /// Initiator: bytes of the MPA Reply.
    fn reply(&mut self, bytes: &[u8]) -> usize {
        let (taken, parsed) = match self.theirs.gather(bytes, &mpa::REPLY_KEY) {
            Ok((taken, Some(parsed))) => (taken, parsed),
            Ok((taken, None)) => return taken,
            Err(error) => {
                self.broken(error);
                return bytes.len();
            }
        };
        self.deadline = None;
        if let Err(error) = startup::check_reply(&self.config, &parsed) {
            self.broken(error);
            return bytes.len();
        }
        self.peer = Some(parsed);
        let reads = parsed.reads();
        if parsed.header.rejected {
            self.step(Input::Refusal);
            self.events.startup = Some(Event::PeerReject { reads });
            return bytes.len();
        }
        match startup::agree(&self.config, self.reads.limits, &parsed) {
            Ok(agreement) => {
                self.agreed(agreement);
                self.step(Input::GoodReply);
                self.events.startup = Some(Event::PeerReply { reads });
                taken
            }
            Err(error) => {
                self.failed(error, &Quote::NONE);
                bytes.len()
            }
        }
    }

    /// Bytes of the FPDU stream.
    fn stream<U: Upper>(&mut self, bytes: &[u8], upper: &mut U) -> usize {
        let taken = self.rx.receive(bytes, upper, &mut self.reads);
        if self.rx.started && self.phase == Phase::AwaitFirst {
            self.first_fpdu();
        }
        if let Err(failure) = taken.result {
            self.failed(failure.error, &failure.quote);
        }
        taken.bytes
    }

    /// Responder: the initiator is there, so we may send.
    fn first_fpdu(&mut self) {
        self.step(Input::FirstFpdu);
        self.deadline = None;
        if self.ready.is_some() {
            self.events.established = true;
        }
    }

    fn stream_fin(&mut self) {
        let owed = (!self.reads.outbound.is_empty()).then_some(Error::FinWithReads);
        match self.rx.unfinished().or(owed) {
            Some(error) => self.broken(error),
            None => {
                self.step(Input::Fin);
                self.events.peer_closed = true;
            }
        }
    }

    /// The startup frame goes out in one piece: some peers parse it per TCP segment.
    fn startup_frame<F: Frames>(&mut self, frames: &mut F) -> Emitted {
        debug_assert!(!self.ours.is_empty());
        let frame = self.ours.as_slice();
        let size = FrameSize {
            copied: frame.len(),
            payload: 0,
        };
        if !frames.begin(size) {
            return Emitted::Full;
        }
        frames.bytes(frame);
        frames.end(Trailer::None);
        Emitted::Frame
    }

    /// The ready-to-receive FPDU. The tags are those that other implementations send.
    fn ready_frame<F: Frames>(&mut self, frames: &mut F) -> Emitted {
        match self.ready {
            Some(Ready::Read) => {
                let read = ReadRequest {
                    sink_stag: Stag(1),
                    sink_to: 1,
                    len: 0,
                    source_stag: Stag(1),
                    source_to: 1,
                };
                self.tx.read_request(read, true, &mut self.reads, frames)
            }
            // We never offer a Send.
            Some(Ready::Write | Ready::Send) | None => {
                let header = Tagged {
                    last: true,
                    opcode: Opcode::Write,
                    stag: Stag(1),
                    to: 0,
                };
                let mut head = Head::of_ulpdu(TAGGED_LEN);
                head.push(&header.emit());
                self.tx.bare(&head, frames)
            }
        }
    }

    /// The frame that was waiting is in the sink.
    fn framed(&mut self) {
        match self.phase {
            Phase::ReadyQueued => self.events.established = true,
            // Without an agreed frame the Reply is all there is.
            Phase::ReplyQueued => self.events.established |= self.ready.is_none(),
            Phase::Idle
            | Phase::RequestQueued
            | Phase::AwaitReply
            | Phase::Replied
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::RejectQueued
            | Phase::AwaitFirst
            | Phase::Streaming
            | Phase::PeerClosed
            | Phase::Ending
            | Phase::TerminateQueued
            | Phase::Finished => {}
        }
        self.step(Input::Framed);
    }

    fn messages<F: Frames>(&mut self, frames: &mut F) -> Transmit {
        match self.tx.poll(&mut self.reads, frames) {
            Polled::RequestDone => Transmit::MessageDone,
            Polled::Full => Transmit::Full,
            Polled::Idle => Transmit::Idle,
            Polled::RequestFault(error) => {
                self.failed(Error::LocalAccess(error), &Quote::NONE);
                self.poll_transmit(frames)
            }
            Polled::ResponseFault(error, rest) => {
                self.failed(Error::ReadAccess(error), &Quote::of(rest.as_slice()));
                self.poll_transmit(frames)
            }
        }
    }

    fn step(&mut self, input: Input) {
        let next = self.phase.on(input);
        debug_assert!(next.is_some(), "{:?} in {:?}", input, self.phase);
        if let Some(next) = next {
            self.phase = next;
        }
    }

    /// The stream ends with `error`; the peer is told if that is possible.
    fn failed(&mut self, error: Error, quote: &Quote) {
        let code = error.terminate();
        match (code, self.phase.on(Input::Terminate)) {
            (Some(code), Some(next)) => {
                self.terminate = Some(terminate::emit(code, quote));
                self.phase = next;
                self.report(error);
            }
            (None, _) | (_, None) => self.broken(error),
        }
    }

    /// The stream ends with `error`, and nothing is sent.
    fn broken(&mut self, error: Error) {
        let over = matches!(self.phase, Phase::Finished | Phase::TerminateQueued);
        if let Some(next) = self.phase.on(Input::Break) {
            self.phase = next;
        }
        // Only the first error counts.
        if !over {
            self.report(error);
        }
    }

    fn report(&mut self, error: Error) {
        self.deadline = None;
        self.events.failed = Some(error);
    }
}
