//! RDMA Reads in flight: the peer's that we answer (bounded by IRD), ours that it answers (ORD).
//! RFC 5040 section 5.2, RFC 6581 section 6.

use super::api::ReadLimits;
use super::error::Error;
use super::fifo::Fifo;
use super::wire::ddp::{Tagged, Untagged};
use super::wire::head::Head;
use super::wire::rdmap::{Opcode, QUEUE_READ_REQUEST, READ_REQUEST_LEN, ReadRequest};
use super::wire::terminate::QuotedRead;
use crate::rdma::Stag;

/// A Read Request of the peer's, answered up to `done`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inbound {
    pub(super) request: ReadRequest,
    pub(super) sequence: u32,
    pub(super) done: u32,
}

/// A Read of ours, its response here up to `placed`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outbound {
    pub(super) sequence: u32,
    pub(super) sink_stag: Stag,
    pub(super) sink_to: u64,
    pub(super) len: u32,
    pub(super) placed: u32,
    /// The ready-to-receive frame: nobody is told of its completion.
    pub(super) silent: bool,
}

pub(super) struct Reads {
    pub(super) inbound: Fifo<Inbound>,
    pub(super) outbound: Fifo<Outbound>,
    /// How many inbound ones we take: at least what was told to the peer.
    pub(super) inbound_limit: u16,
    /// What is in force, as the consumer sees it.
    pub(super) limits: ReadLimits,
}

impl Reads {
    pub(super) fn new(limits: ReadLimits) -> Self {
        Self {
            inbound: Fifo::new(),
            outbound: Fifo::new(),
            inbound_limit: limits.ird,
            limits,
        }
    }

    /// May another Read of ours go out?
    pub(super) fn may_request(&self) -> bool {
        self.outbound.len() < usize::from(self.limits.ord)
    }

    /// Takes a delivered Read Request. `ready`: it is the ready-to-receive frame, which is always
    /// taken.
    pub(super) fn accept(
        &mut self,
        request: ReadRequest,
        sequence: u32,
        ready: bool,
    ) -> Result<(), Error> {
        if !ready && self.inbound.len() >= usize::from(self.inbound_limit) {
            return Err(Error::ReadRequestsExceeded);
        }
        let inbound = Inbound {
            request,
            sequence,
            done: 0,
        };
        self.inbound
            .push(inbound)
            .map_err(|_| Error::ReadRequestsExceeded)
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
            if Some(header.to) != read.sink_to.checked_add(u64::from(read.placed)) {
                return Err(Error::ReadResponseRange);
            }
        }
        let end = read
            .placed
            .checked_add(len)
            .filter(|end| *end <= read.len)
            .ok_or(Error::ReadResponseRange)?;
        let empty_and_more = len == 0 && !header.last;
        let short = header.last && end != read.len;
        if empty_and_more || short {
            return Err(Error::ReadResponseRange);
        }
        Ok(read.placed)
    }

    /// The segment that matched is delivered. Returns the Read if it completed it.
    pub(super) fn deliver_response(&mut self, len: u32, last: bool) -> Option<Outbound> {
        let read = self.outbound.front_mut()?;
        read.placed = read.placed.saturating_add(len);
        match last {
            true => self.outbound.pop(),
            false => None,
        }
    }
}

impl Inbound {
    /// The request's own headers as they would read if the answered part had not been asked for:
    /// what a Terminate quotes (RFC 5040 section 4.8).
    pub(super) fn remainder(&self) -> Head {
        let done = u64::from(self.done);
        let header = Untagged {
            last: true,
            opcode: Opcode::ReadRequest,
            invalidate: Stag(0),
            queue: QUEUE_READ_REQUEST,
            sequence: self.sequence,
            offset: 0,
        };
        let request = ReadRequest {
            sink_to: self.request.sink_to.wrapping_add(done),
            source_to: self.request.source_to.wrapping_add(done),
            len: self.request.len.saturating_sub(self.done),
            ..self.request
        };
        let mut head = Head::new();
        head.push(&header.emit(READ_REQUEST_LEN));
        head.push(&request.emit());
        head
    }
}
