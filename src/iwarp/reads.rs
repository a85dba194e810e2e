//! RDMA Reads in flight: the peer's that we answer (bounded by IRD), ours that it answers (ORD).
//! RFC 5040 section 5.2, RFC 6581 section 6.

use super::error::Error;
use super::fifo::Fifo;
use super::wire::ddp::{Tagged, Untagged};
use super::wire::head::Head;
use super::wire::rdmap::{Opcode, QUEUE_READ_REQUEST, READ_REQUEST_LEN, ReadRequest};
use super::wire::terminate::QuotedRead;
use crate::rdma::Stag;

/// A Read of ours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outbound {
    pub(super) sequence: u32,
    pub(super) sink_stag: Stag,
    pub(super) sink_to: u64,
    pub(super) len: u32,
    /// The ready-to-receive frame: nobody is told of its completion.
    pub(super) silent: bool,
}

pub(super) struct Reads {
    /// Those of the peer's that are not answered, in the order of their sequence numbers.
    inbound: Fifo<ReadRequest>,
    /// Of the oldest: its sequence number, and how many bytes are answered.
    sequence: u32,
    answered: u32,
    outbound: Fifo<Outbound>,
    /// Bytes of the oldest one's response that are here.
    placed: u32,
    /// How many inbound ones we take: at least what was told to the peer.
    inbound_limit: u16,
    /// How many of ours may be out.
    outbound_limit: u16,
}

/// What is left of a Read of the peer's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    pub(super) request: ReadRequest,
    sequence: u32,
}

impl Reads {
    pub(super) fn new(inbound_limit: u16, outbound_limit: u16) -> Self {
        Self {
            inbound: Fifo::new(),
            sequence: 0,
            answered: 0,
            outbound: Fifo::new(),
            placed: 0,
            inbound_limit,
            outbound_limit,
        }
    }

    /// May another Read of ours go out?
    pub(super) fn may_request(&self) -> bool {
        self.outbound.len() < usize::from(self.outbound_limit)
    }

    /// Reads of ours that are not answered.
    pub(super) fn outstanding(&self) -> usize {
        self.outbound.len()
    }

    /// A Read of ours went out; false without room for it.
    pub(super) fn requested(&mut self, read: Outbound) -> bool {
        self.outbound.push(read).is_ok()
    }

    /// Takes a delivered Read Request, whose sequence number is the next. `ready`: it is the ready-to-receive frame, which
    /// is always taken.
    pub(super) fn accept(
        &mut self,
        request: ReadRequest,
        sequence: u32,
        ready: bool,
    ) -> Result<(), Error> {
        if !ready && self.inbound.len() >= usize::from(self.inbound_limit) {
            return Err(Error::ReadRequestsExceeded);
        }
        if self.inbound.is_empty() {
            self.sequence = sequence;
        }
        self.inbound
            .push(request)
            .map_err(|_| Error::ReadRequestsExceeded)
    }

    /// Whether there is anything to answer.
    pub(super) fn owes_response(&self) -> bool {
        !self.inbound.is_empty()
    }

    /// What is left to answer of the peer's oldest Read.
    pub(super) fn owed(&self) -> Option<Rest> {
        let request = self.inbound.front()?;
        let done = u64::from(self.answered);
        Some(Rest {
            request: ReadRequest {
                sink_to: request.sink_to.wrapping_add(done),
                source_to: request.source_to.wrapping_add(done),
                len: request.len.saturating_sub(self.answered),
                ..*request
            },
            sequence: self.sequence,
        })
    }

    /// The next `len` bytes of the response are written, `last` with the end of it.
    pub(super) fn answered(&mut self, len: u32, last: bool) {
        self.answered = self.answered.saturating_add(len);
        if last {
            let _answered = self.inbound.pop();
            self.sequence = self.sequence.wrapping_add(1);
            self.answered = 0;
        }
    }

    /// Which of our Reads that the driver knows of this is, the oldest being 0; the oldest if it is
    /// none of them.
    pub(super) fn position(&self, quoted: QuotedRead) -> Option<usize> {
        let told = || self.outbound.iter().filter(|read| !read.silent);
        let position = told().position(|read| match quoted.sink {
            Some(sink) => read.sink_stag == sink,
            None => read.sequence == quoted.sequence,
        });
        position.or(told().next().map(|_| 0))
    }

    /// Is this the next segment of the response to our oldest Read? Returns its offset there.
    pub(super) fn match_response(&self, header: &Tagged, len: u32) -> Result<u32, Error> {
        let read = self
            .outbound
            .front()
            .ok_or(Error::ReadResponseUnsolicited)?;
        // RFC 5041 section 5.2: STag and TO of a zero-length message are not checked.
        if read.len > 0 {
            if header.stag != read.sink_stag {
                return Err(Error::ReadResponseStag);
            }
            if Some(header.to) != read.sink_to.checked_add(u64::from(self.placed)) {
                return Err(Error::ReadResponseRange);
            }
        }
        let end = self
            .placed
            .checked_add(len)
            .filter(|end| *end <= read.len)
            .ok_or(Error::ReadResponseRange)?;
        let empty_and_more = len == 0 && !header.last;
        let short = header.last && end != read.len;
        if empty_and_more || short {
            return Err(Error::ReadResponseRange);
        }
        Ok(self.placed)
    }

    /// The segment that matched is delivered. Returns the Read if it completed it.
    pub(super) fn deliver_response(&mut self, len: u32, last: bool) -> Option<Outbound> {
        self.placed = self.placed.saturating_add(len);
        if !last {
            return None;
        }
        self.placed = 0;
        self.outbound.pop()
    }
}

impl Rest {
    /// The request's own headers as they would read if the answered part had not been asked for:
    /// what a Terminate quotes (RFC 5040 section 4.8).
    pub(super) fn head(&self) -> Head {
        let header = Untagged {
            last: true,
            opcode: Opcode::ReadRequest,
            invalidate: Stag(0),
            queue: QUEUE_READ_REQUEST,
            sequence: self.sequence,
            offset: 0,
        };
        let mut head = Head::new();
        head.push(&header.emit(READ_REQUEST_LEN));
        head.push(&self.request.emit());
        head
    }
}
