//! Outbound FPDUs: requests and Read Responses cut into segments, each written straight to the
//! sink.
//!
//! A message, once begun, is finished before another begins (peers rely on it); between messages
//! Read Responses and requests take turns.

use super::api::{AccessError, Frames, Request, Source};
use super::reads::{Outbound, Reads};
use super::wire::ddp::{TAGGED_LEN, Tagged, UNTAGGED_LEN, Untagged};
use super::wire::fpdu;
use super::wire::head::Head;
use super::wire::rdmap::{Opcode, QUEUE_READ_REQUEST, QUEUE_SEND, READ_REQUEST_LEN, ReadRequest};
use crate::rdma::Stag;
use writer::{Payload, Writer};

mod writer;

/// What became of one FPDU, or of a whole round.
pub(super) enum Emitted {
    Frame,
    Full,
    /// The payload may not be read.
    Fault(AccessError),
}

/// What [`Tx::poll`] came to.
pub(super) enum Polled {
    RequestDone,
    Full,
    Idle,
    /// Our request's memory may not be read.
    RequestFault(AccessError),
    /// The region that the peer reads is gone; the head quotes the rest of its request.
    ResponseFault(AccessError, Head),
}

/// Whose message is being cut into segments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    Nobody,
    /// Our request, framed up to here.
    Request(u32),
    /// The response to the peer's oldest Read.
    Response,
}

/// The outbound half of the stream.
pub(super) struct Tx {
    writer: Writer,
    emss: u32,
    mulpdu: usize,
    send_sequence: u32,
    read_sequence: u32,
    request: Option<Request>,
    sending: Sending,
    /// Between messages: a response goes next if there is one.
    response_next: bool,
    /// Finish what was begun, begin nothing more.
    ending: bool,
}

impl Tx {
    pub(super) fn new(emss: u32) -> Self {
        Self {
            writer: Writer {
                crc: true,
                marker_phase: None,
            },
            emss,
            mulpdu: fpdu::mulpdu(emss, false),
            send_sequence: 1,
            read_sequence: 1,
            request: None,
            sending: Sending::Nobody,
            response_next: true,
            ending: false,
        }
    }

    /// What the startup frames agreed on.
    pub(super) fn negotiated(&mut self, crc: bool, markers: bool) {
        self.writer.crc = crc;
        self.writer.marker_phase = markers.then_some(0);
        self.mulpdu = fpdu::mulpdu(self.emss, markers);
    }

    /// Pretends that so many Sends went before.
    #[cfg(test)]
    pub(super) fn number_sends_from(&mut self, sequence: u32) {
        self.send_sequence = sequence;
    }

    pub(super) fn has_request(&self) -> bool {
        self.request.is_some()
    }

    pub(super) fn is_silent(&self) -> bool {
        self.request.is_none() && self.sending == Sending::Nobody
    }

    pub(super) fn start(&mut self, request: Request) {
        self.request = Some(request);
    }

    pub(super) fn end(&mut self) {
        self.ending = true;
    }

    /// Writes FPDUs until the sink is full, our request is done, or there is nothing to do.
    pub(super) fn poll<F: Frames>(&mut self, reads: &mut Reads, frames: &mut F) -> Polled {
        loop {
            if self.sending == Sending::Nobody {
                self.choose(reads);
            }
            match (self.sending, self.request) {
                (Sending::Request(offset), Some(request)) => {
                    match self.request_segment(request, offset, reads, frames) {
                        Emitted::Frame if self.request.is_none() => return Polled::RequestDone,
                        Emitted::Frame => {}
                        Emitted::Full => return Polled::Full,
                        Emitted::Fault(error) => return Polled::RequestFault(error),
                    }
                }
                (Sending::Response, _) => match self.response_segment(reads, frames) {
                    Some(Emitted::Frame) => {}
                    Some(Emitted::Full) => return Polled::Full,
                    Some(Emitted::Fault(error)) => {
                        let quote = reads.owed().map_or(Head::new(), |rest| rest.head());
                        return Polled::ResponseFault(error, quote);
                    }
                    None => self.sending = Sending::Nobody,
                },
                (Sending::Nobody | Sending::Request(_), _) => return Polled::Idle,
            }
        }
    }

    /// Whose message goes next.
    fn choose(&mut self, reads: &Reads) {
        if self.ending {
            return;
        }
        let request = self.request.is_some();
        let response = reads.owes_response();
        self.sending = match (response, request) {
            (false, false) => Sending::Nobody,
            (true, false) => Sending::Response,
            (false, true) => Sending::Request(0),
            (true, true) if self.response_next => Sending::Response,
            (true, true) => Sending::Request(0),
        };
        self.response_next = self.sending != Sending::Response;
    }

    /// The next FPDU of our request.
    fn request_segment<F: Frames>(
        &mut self,
        request: Request,
        offset: u32,
        reads: &mut Reads,
        frames: &mut F,
    ) -> Emitted {
        match request {
            Request::Send {
                len,
                solicited,
                invalidate,
            } => {
                let header = Untagged {
                    last: false,
                    opcode: Opcode::send(solicited, invalidate.is_some()),
                    invalidate: invalidate.unwrap_or(Stag(0)),
                    queue: QUEUE_SEND,
                    sequence: self.send_sequence,
                    offset,
                };
                self.send_segment(header, len, frames)
            }
            Request::Write { len, stag, to } => {
                let piece = self.piece(len, offset, TAGGED_LEN, frames.largest());
                let header = Tagged {
                    last: piece.last,
                    opcode: Opcode::Write,
                    stag,
                    to: to.wrapping_add(u64::from(offset)),
                };
                let head = header.emit(piece.len);
                self.request_frame(&head, offset, piece, frames)
            }
            Request::Read {
                len,
                stag,
                to,
                sink_stag,
                sink_to,
            } => {
                let read = ReadRequest {
                    sink_stag,
                    sink_to,
                    len,
                    source_stag: stag,
                    source_to: to,
                };
                let emitted = self.read_request(read, false, reads, frames);
                if matches!(emitted, Emitted::Frame) {
                    self.request = None;
                    self.sending = Sending::Nobody;
                }
                emitted
            }
        }
    }

    /// The next FPDU of a Send of `len` bytes, whose `last` is still to be decided.
    fn send_segment<F: Frames>(&mut self, header: Untagged, len: u32, frames: &mut F) -> Emitted {
        let piece = self.piece(len, header.offset, UNTAGGED_LEN, frames.largest());
        let header = Untagged {
            last: piece.last,
            ..header
        };
        let head = header.emit(piece.len);
        let emitted = self.request_frame(&head, header.offset, piece, frames);
        if matches!(emitted, Emitted::Frame) && piece.last {
            self.send_sequence = self.send_sequence.wrapping_add(1);
        }
        emitted
    }

    /// Writes one segment of our Send or Write and moves on.
    fn request_frame<F: Frames>(
        &mut self,
        head: &[u8],
        offset: u32,
        piece: Piece,
        frames: &mut F,
    ) -> Emitted {
        let payload = Payload {
            source: Source::Request { offset },
            len: piece.len,
        };
        let emitted = self.writer.frame(head, payload, frames);
        if matches!(emitted, Emitted::Frame) {
            // A piece is at most MULPDU_MAX, and pieces add up to the message.
            self.sending = Sending::Request(offset.saturating_add(piece.len as u32));
            if piece.last {
                self.sending = Sending::Nobody;
                self.request = None;
            }
        }
        emitted
    }

    /// Writes the ready-to-receive frame that is a Send: the first message of its queue.
    pub(super) fn ready_send<F: Frames>(&mut self, frames: &mut F) -> Emitted {
        let header = Untagged {
            last: true,
            opcode: Opcode::Send,
            invalidate: Stag(0),
            queue: QUEUE_SEND,
            sequence: self.send_sequence,
            offset: 0,
        };
        let emitted = self.bare(&header.emit(0), frames);
        if matches!(emitted, Emitted::Frame) {
            self.send_sequence = self.send_sequence.wrapping_add(1);
        }
        emitted
    }

    /// Writes a Read Request and remembers it. `silent`: it is the ready-to-receive frame.
    pub(super) fn read_request<F: Frames>(
        &mut self,
        read: ReadRequest,
        silent: bool,
        reads: &mut Reads,
        frames: &mut F,
    ) -> Emitted {
        let header = Untagged {
            last: true,
            opcode: Opcode::ReadRequest,
            invalidate: Stag(0),
            queue: QUEUE_READ_REQUEST,
            sequence: self.read_sequence,
            offset: 0,
        };
        let mut head = Head::new();
        head.push(&header.emit(READ_REQUEST_LEN));
        head.push(&read.emit());
        let emitted = self.bare(head.as_slice(), frames);
        if matches!(emitted, Emitted::Frame) {
            let outbound = Outbound {
                sequence: self.read_sequence,
                sink_stag: read.sink_stag,
                sink_to: read.sink_to,
                len: read.len,
                silent,
            };
            // There is room: `Reads::may_request` was asked, or this is the first Read of all.
            let noted = reads.requested(outbound);
            debug_assert!(noted);
            self.read_sequence = self.read_sequence.wrapping_add(1);
        }
        emitted
    }

    /// The next FPDU of the response to the peer's oldest Read; `None` if there is no such Read.
    fn response_segment<F: Frames>(
        &mut self,
        reads: &mut Reads,
        frames: &mut F,
    ) -> Option<Emitted> {
        let ReadRequest {
            sink_stag,
            sink_to,
            len,
            source_stag,
            source_to,
        } = reads.owed()?.request;
        let piece = self.piece(len, 0, TAGGED_LEN, frames.largest());
        let header = Tagged {
            last: piece.last,
            opcode: Opcode::ReadResponse,
            stag: sink_stag,
            to: sink_to,
        };
        let head = header.emit(piece.len);
        let payload = Payload {
            source: Source::Region {
                stag: source_stag,
                to: source_to,
            },
            len: piece.len,
        };
        let emitted = self.writer.frame(&head, payload, frames);
        if matches!(emitted, Emitted::Frame) {
            reads.answered(piece.len as u32, piece.last);
            if piece.last {
                self.sending = Sending::Nobody;
            }
        }
        Some(emitted)
    }

    /// An FPDU that is all headers (a Terminate, a Read Request, a ready-to-receive Write).
    pub(super) fn bare<F: Frames>(&mut self, head: &[u8], frames: &mut F) -> Emitted {
        let nothing = Payload {
            source: Source::Request { offset: 0 },
            len: 0,
        };
        self.writer.frame(head, nothing, frames)
    }

    /// How much of a message of `len` bytes goes into the segment at `offset`.
    fn piece(&self, len: u32, offset: u32, header: usize, largest: usize) -> Piece {
        let left = len.saturating_sub(offset) as usize;
        let room = self.mulpdu.saturating_sub(header).min(largest.max(1));
        Piece {
            len: left.min(room),
            last: left <= room,
        }
    }
}

/// One segment's share of a message.
#[derive(Clone, Copy)]
struct Piece {
    len: usize,
    last: bool,
}
