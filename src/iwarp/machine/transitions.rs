//! What an input does to the phase, and what the machine writes of its own accord.

use super::super::api::{Event, FrameSize, Frames, Revision, Trailer, Transmit, Upper};
use super::super::error::{CallError, Error};
use super::super::phase::{Input, Phase};
use super::super::reads::Reads;
use super::super::startup::{self, Agreement, Frame, Ready};
use super::super::tx::{Emitted, Polled};
use super::super::wire::ddp::Tagged;
use super::super::wire::mpa;
use super::super::wire::rdmap::{Opcode, ReadRequest};
use super::super::wire::terminate::{self, Quote};
use super::{Held, Machine};
use crate::rdma::Stag;

impl Machine {
    pub(super) fn legal(&self, input: Input) -> Result<Phase, CallError> {
        self.phase.on(input).ok_or(CallError::Phase)
    }

    pub(super) fn agreed(&mut self, agreement: Agreement) {
        self.rx.negotiated(agreement.crc, agreement.markers_in);
        self.tx.negotiated(agreement.crc, agreement.markers_out);
        self.ready = agreement.ready;
        self.limits = agreement.reads;
        self.inbound_limit = agreement.inbound_limit;
    }

    /// No startup frame follows. Out of line: the Reads are made on the stack.
    #[inline(never)]
    pub(super) fn open_stream(&mut self) {
        self.peer = None;
        self.held = Held::Stream(Reads::new(self.inbound_limit, self.limits.ord));
    }

    /// Responder: bytes of the MPA Request.
    pub(super) fn incoming_request(&mut self, bytes: &[u8]) -> usize {
        let Some(frame) = self.held.frame_mut() else {
            return bytes.len();
        };
        let (taken, parsed) = match frame.gather(bytes, &mpa::REQUEST_KEY, &self.config) {
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
            let reads = parsed.reads();
            self.events.startup(Event::PeerRequest { reads });
        }
        taken
    }

    /// Initiator: bytes of the MPA Reply.
    pub(super) fn reply(&mut self, bytes: &[u8]) -> usize {
        let Some(frame) = self.held.frame_mut() else {
            return bytes.len();
        };
        let (taken, parsed) = match frame.gather(bytes, &mpa::REPLY_KEY, &self.config) {
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
            self.events.startup(Event::PeerReject { reads });
            return bytes.len();
        }
        // A Terminate too is framed as the peer expects it.
        let crc = self.config.crc || parsed.header.crc;
        self.tx.negotiated(crc, parsed.header.markers);
        match startup::agree(&self.config, self.limits, &parsed) {
            Ok(agreement) => {
                self.agreed(agreement);
                self.step(Input::GoodReply);
                self.events.startup(Event::PeerReply { reads });
                taken
            }
            Err(error) => {
                self.failed(error, &Quote::NONE);
                bytes.len()
            }
        }
    }

    /// Bytes of the FPDU stream.
    pub(super) fn stream<U: Upper>(&mut self, bytes: &[u8], upper: &mut U) -> usize {
        let Some(reads) = self.held.reads_mut() else {
            return bytes.len();
        };
        let taken = self.rx.receive(bytes, upper, reads);
        if self.rx.started && self.phase == Phase::AwaitFirst {
            self.first_fpdu();
        }
        if let Err(failure) = taken.result {
            self.failed(failure.error, &failure.quote);
        }
        taken.bytes
    }

    /// Responder: the initiator is there, so we may send.
    pub(super) fn first_fpdu(&mut self) {
        self.step(Input::FirstFpdu);
        self.deadline = None;
        if self.ready.is_some() {
            self.events.established();
        }
    }

    pub(super) fn stream_fin(&mut self) {
        let owed = (self.reads_outstanding() > 0).then_some(Error::FinWithReads);
        match self.rx.unfinished().or(owed) {
            Some(error) => self.broken(error),
            None => {
                self.peer_closed = true;
                // Who has ended its own direction waits for nothing else.
                if self.phase != Phase::HalfClosed {
                    self.events.peer_closed();
                }
                self.step(Input::Fin);
            }
        }
    }

    /// Our direction ends here.
    pub(super) fn drained(&mut self) {
        self.step(Input::Drained);
        if self.peer_closed {
            self.step(Input::Fin);
        }
    }

    /// The startup frame goes out in one piece: some peers parse it per TCP segment.
    pub(super) fn startup_frame<F: Frames>(&mut self, frames: &mut F) -> Emitted {
        let frame = self.held.frame().map_or(&[][..], Frame::as_slice);
        debug_assert!(!frame.is_empty());
        let size = FrameSize {
            copied: frame.len(),
            payload: 0,
            summed: false,
        };
        if !frames.begin(size) {
            return Emitted::Full;
        }
        frames.bytes(frame);
        frames.end(Trailer::None);
        Emitted::Frame
    }

    /// The ready-to-receive FPDU. The tags are those that other implementations send.
    pub(super) fn ready_frame<F: Frames>(&mut self, frames: &mut F) -> Emitted {
        match self.ready {
            Some(Ready::Read) => {
                let read = ReadRequest {
                    sink_stag: Stag(1),
                    sink_to: 1,
                    len: 0,
                    source_stag: Stag(1),
                    source_to: 1,
                };
                let Some(reads) = self.held.reads_mut() else {
                    return Emitted::Frame;
                };
                self.tx.read_request(read, true, reads, frames)
            }
            Some(Ready::Send) => self.tx.ready_send(frames),
            Some(Ready::Write) | None => {
                let header = Tagged {
                    last: true,
                    opcode: Opcode::Write,
                    stag: Stag(1),
                    to: 0,
                };
                self.tx.bare(&header.emit(0), frames)
            }
        }
    }

    /// The frame that was waiting is in the sink.
    pub(super) fn framed(&mut self) {
        match self.phase {
            Phase::ReadyQueued => self.events.established(),
            // The next one is the peer's.
            Phase::RequestQueued => {
                if let Some(frame) = self.held.frame_mut() {
                    frame.clear();
                }
            }
            Phase::ReplyQueued => {
                self.open_stream();
                // Without an agreed frame the Reply is all there is.
                if self.ready.is_none() {
                    self.events.established();
                }
            }
            Phase::Idle
            | Phase::AwaitReply
            | Phase::Replied
            | Phase::AwaitRequest
            | Phase::Requested
            | Phase::RejectQueued
            | Phase::AwaitFirst
            | Phase::Streaming
            | Phase::PeerClosed
            | Phase::Ending
            | Phase::HalfClosed
            | Phase::TerminateQueued
            | Phase::Finished => {}
        }
        self.step(Input::Framed);
    }

    pub(super) fn messages<F: Frames>(&mut self, frames: &mut F) -> Transmit {
        let Some(reads) = self.held.reads_mut() else {
            return Transmit::Idle;
        };
        match self.tx.poll(reads, frames) {
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

    pub(super) fn step(&mut self, input: Input) {
        let next = self.phase.on(input);
        debug_assert!(next.is_some(), "{:?} in {:?}", input, self.phase);
        if let Some(next) = next {
            self.phase = next;
        }
    }

    /// The stream ends with `error`; the peer is told if that is possible.
    pub(super) fn failed(&mut self, error: Error, quote: &Quote) {
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
    pub(super) fn broken(&mut self, error: Error) {
        let over = matches!(self.phase, Phase::Finished | Phase::TerminateQueued);
        self.unanswered |= self.phase == Phase::AwaitReply
            && self.config.revision == Revision::Two
            && matches!(error, Error::Reset | Error::FinInStartup)
            && self.held.frame().is_some_and(Frame::is_empty);
        if let Some(next) = self.phase.on(Input::Break) {
            self.phase = next;
        }
        // Only the first error counts.
        if !over {
            self.report(error);
        }
    }

    pub(super) fn report(&mut self, error: Error) {
        self.deadline = None;
        self.events.failed(error);
    }
}
