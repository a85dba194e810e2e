//! Inbound FPDUs: from bytes of the TCP stream to checked, placed and delivered segments.
//!
//! A small FPDU that lies whole in the bytes at hand is verified before anything is placed.
//! Any other one is taken as it streams by: headers gathered and checked, then payload in blocks
//! that stay in the first-level cache between checksum and copy. A bad CRC ends the stream either
//! way, and nothing is ever placed outside the range that was checked.

use super::api::{AccessError, ReceiveBuffer, ReceiveFault, Received, Upper};
use super::error::Error;
use super::reads::Reads;
use super::wire::ddp::{self, Header, Tagged, Untagged};
use super::wire::fpdu;
use super::wire::head::Head;
use super::wire::rdmap::{Opcode, QUEUE_READ_REQUEST, QUEUE_SEND, READ_REQUEST_ULPDU, ReadRequest};
use super::wire::terminate::{self, Quote};
use crate::crc32c;
use crate::rdma::Stag;

/// FPDUs up to this size are verified whole before they are placed.
const WHOLE_MAX: usize = 16 * 1024;
/// Larger ones are summed and placed in blocks of this size.
const BLOCK: usize = 8 * 1024;

/// The stream's end, and the header to quote for it.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) quote: Quote,
}

/// What `receive` came to.
pub(super) struct Taken {
    pub(super) bytes: usize,
    pub(super) result: Result<(), Failure>,
}

/// The inbound half of the stream.
pub(super) struct Rx {
    pub(super) crc: bool,
    stage: Stage,
    /// Next message of the Send and Read Request queues.
    send_sequence: u32,
    read_sequence: u32,
    /// The Send being received, if its last segment is still to come.
    message: Option<Message>,
    write_open: bool,
    /// An FPDU has been validated and delivered.
    pub(super) started: bool,
}

/// Where in an FPDU the stream stands. `Stage` holds only what the next byte needs.
#[derive(Clone, Copy)]
enum Stage {
    Head(Head),
    Payload(Segment),
    Trailer(Segment, Trailer),
}

/// Pad and CRC field, gathered.
#[derive(Clone, Copy)]
struct Trailer {
    bytes: [u8; fpdu::TRAILER_MAX],
    len: u8,
}

/// A segment whose headers passed all checks.
#[derive(Clone, Copy)]
struct Segment {
    head: Head,
    header: Header,
    target: Target,
    /// Payload bytes in all, and how many of them were placed.
    len: u32,
    placed: u32,
    pad: u8,
    /// The CRC32C up to here.
    crc: u32,
}

/// Where a segment's payload goes.
#[derive(Clone, Copy)]
enum Target {
    /// The current receive, from this offset on.
    Receive(u32),
    Write(Stag, u64),
    /// The sink of our oldest Read, from this offset on.
    Read(u32),
    /// A Read Request has none; a Terminate's tail is of no interest.
    Nowhere,
}

/// A Send of which more segments are to come.
#[derive(Clone, Copy)]
struct Message {
    opcode: Opcode,
    capacity: u64,
    received: u32,
}

/// May the segment be placed now?
enum Admitted {
    Yes(Target),
    /// No receive is posted: hold the stream.
    Wait,
}

/// An FPDU lying whole in the bytes at hand: was it taken?
enum Whole {
    Taken(usize),
    Held,
    Not,
}

impl Rx {
    pub(super) fn new() -> Self {
        Self {
            crc: true,
            stage: Stage::Head(Head::new()),
            send_sequence: 1,
            read_sequence: 1,
            message: None,
            write_open: false,
            started: false,
        }
    }

    /// Why a FIN here would be abnormal, if it would.
    pub(super) fn unfinished(&self) -> Option<Error> {
        match self.stage {
            Stage::Head(head) if head.len() == 0 => {}
            Stage::Head(_) | Stage::Payload(..) | Stage::Trailer(..) => {
                return Some(Error::FinInFpdu);
            }
        }
        let in_message = self.message.is_some() || self.write_open;
        in_message.then_some(Error::FinInMessage)
    }

    /// Takes bytes of the stream until they are used up, a Send finds no receive, or a rule is
    /// broken.
    pub(super) fn receive<U: Upper>(
        &mut self,
        bytes: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Taken {
        let mut rest = bytes;
        let taken = |rest: &[u8]| bytes.len() - rest.len();
        loop {
            match self.step(rest, upper, reads) {
                Ok(Some(n)) => rest = rest.get(n..).unwrap_or_default(),
                Ok(None) => {
                    return Taken {
                        bytes: taken(rest),
                        result: Ok(()),
                    };
                }
                Err(failure) => {
                    // Later bytes do not count (RFC 5041 section 7): all are taken.
                    return Taken {
                        bytes: bytes.len(),
                        result: Err(failure),
                    };
                }
            }
        }
    }

    /// One stage's worth of `bytes`: how many were taken, or `None` if it can't go on.
    #[inline]
    fn step<U: Upper>(
        &mut self,
        bytes: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<Option<usize>, Failure> {
        match self.stage {
            Stage::Head(head) => {
                if head.len() == 0 {
                    match self.whole(bytes, upper, reads)? {
                        Whole::Taken(n) => return Ok(Some(n)),
                        Whole::Held => return Ok(None),
                        Whole::Not => {}
                    }
                }
                self.gather(head, bytes, upper, reads)
            }
            Stage::Payload(_) | Stage::Trailer(..) if bytes.is_empty() => Ok(None),
            Stage::Payload(segment) => self.stream(segment, bytes, upper).map(Some),
            Stage::Trailer(segment, trailer) => {
                let taken = self.trail(segment, trailer, bytes)?;
                self.finish(upper, reads)?;
                Ok(Some(taken))
            }
        }
    }

    /// The common case: the whole FPDU is at hand and not large. Verify, then place, then deliver.
    #[inline]
    fn whole<U: Upper>(
        &mut self,
        bytes: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<Whole, Failure> {
        let [high, low, ddp, rdmap, ..] = bytes else {
            return Ok(Whole::Not);
        };
        let plain = |error| Failure {
            error,
            quote: Quote::of(bytes),
        };
        let length = fpdu::parse_length([*high, *low]).map_err(plain)?;
        let ulpdu_len = usize::from(length);
        let total = fpdu::total(ulpdu_len);
        let Some((summed, sum)) = bytes
            .get(..total)
            .filter(|_| total <= WHOLE_MAX)
            .and_then(|frame| frame.split_last_chunk::<{ fpdu::CRC }>())
        else {
            return Ok(Whole::Not);
        };
        let control = ddp::Control::parse(length, *ddp, *rdmap).map_err(plain)?;
        if self.crc && crc32c::update(0, summed) != u32::from_le_bytes(*sum) {
            return Err(plain(Error::Crc));
        }
        let parts = summed
            .get(fpdu::LENGTH..fpdu::LENGTH + ulpdu_len)
            .and_then(|ulpdu| ulpdu.split_at_checked(control.header_len(length)));
        let Some((headers, payload)) = parts else {
            return Err(plain(Error::UlpduLength { length }));
        };
        let Some(header) = Header::parse(control, headers) else {
            return Err(plain(Error::UlpduLength { length }));
        };
        // A ULPDU is at most 65535 bytes.
        let len = payload.len() as u32;
        let target = match self.admit(&header, len, upper, reads).map_err(plain)? {
            Admitted::Yes(target) => target,
            Admitted::Wait => return Ok(Whole::Held),
        };
        if len > 0 {
            place(target, 0, payload, upper).map_err(plain)?;
        }
        self.deliver(&header, len, headers, upper, reads)
            .map_err(plain)?;
        Ok(Whole::Taken(total))
    }

    /// Collects the headers and judges them as soon as they are complete.
    fn gather<U: Upper>(
        &mut self,
        mut head: Head,
        bytes: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<Option<usize>, Failure> {
        let plain = |head: &Head| {
            let quote = Quote::of(head.as_slice());
            move |error| Failure { error, quote }
        };
        let mut taken = 0;
        loop {
            // How much must be in hand for the next judgement.
            let parsed = parse_head(head.as_slice()).map_err(plain(&head))?;
            let wanted = match parsed {
                Parsed::Need(wanted) => wanted,
                Parsed::Whole(header, len, pad) => {
                    let admitted = self.admit(&header, len, upper, reads);
                    let target = match admitted.map_err(plain(&head))? {
                        Admitted::Yes(target) => target,
                        Admitted::Wait => {
                            self.stage = Stage::Head(head);
                            return Ok((taken > 0).then_some(taken));
                        }
                    };
                    self.begin(Segment {
                        head,
                        header,
                        target,
                        len,
                        placed: 0,
                        pad,
                        crc: 0,
                    });
                    return Ok(Some(taken));
                }
            };
            let n = head.fill(wanted, bytes.get(taken..).unwrap_or_default());
            taken += n;
            if head.len() < wanted {
                self.stage = Stage::Head(head);
                return Ok((taken > 0).then_some(taken));
            }
        }
    }

    /// The headers passed: go on to the payload, or past it if there is none.
    fn begin(&mut self, mut segment: Segment) {
        if self.crc {
            segment.crc = crc32c::update(0, segment.head.as_slice());
        }
        self.stage = match segment.len {
            0 => Stage::Trailer(segment, Trailer::new()),
            _ => Stage::Payload(segment),
        };
    }

    /// Sums and places payload bytes, block by block.
    fn stream<U: Upper>(
        &mut self,
        mut segment: Segment,
        bytes: &[u8],
        upper: &mut U,
    ) -> Result<usize, Failure> {
        let missing = segment.len.saturating_sub(segment.placed) as usize;
        let here = bytes.get(..missing).unwrap_or(bytes);
        for block in here.chunks(BLOCK) {
            if self.crc {
                segment.crc = crc32c::update(segment.crc, block);
            }
            place(segment.target, segment.placed, block, upper)
                .map_err(|error| segment.failure(error))?;
            // At most `missing` in all.
            segment.placed += block.len() as u32;
        }
        self.stage = match segment.placed == segment.len {
            true => Stage::Trailer(segment, Trailer::new()),
            false => Stage::Payload(segment),
        };
        Ok(here.len())
    }

    /// Collects pad and CRC, and verifies when they are complete.
    fn trail(
        &mut self,
        segment: Segment,
        mut trailer: Trailer,
        bytes: &[u8],
    ) -> Result<usize, Failure> {
        let taken = trailer.fill(usize::from(segment.pad) + fpdu::CRC, bytes);
        if let Some((pad, sum)) = trailer.split(segment.pad)
            && self.crc
            && crc32c::update(segment.crc, pad) != sum
        {
            return Err(segment.failure(Error::Crc));
        }
        self.stage = Stage::Trailer(segment, trailer);
        Ok(taken)
    }

    /// Delivers the segment if its trailer is complete.
    fn finish<U: Upper>(&mut self, upper: &mut U, reads: &mut Reads) -> Result<(), Failure> {
        let Stage::Trailer(segment, trailer) = self.stage else {
            return Ok(());
        };
        if trailer.split(segment.pad).is_none() {
            return Ok(());
        }
        let ulpdu = segment.head.as_slice().get(fpdu::LENGTH..);
        let ulpdu = ulpdu.unwrap_or_default();
        self.deliver(&segment.header, segment.len, ulpdu, upper, reads)
            .map_err(|error| segment.failure(error))?;
        self.stage = Stage::Head(Head::new());
        Ok(())
    }

    /// All checks that come before placing. No effect unless the answer is `Yes`.
    #[inline]
    fn admit<U: Upper>(
        &mut self,
        header: &Header,
        len: u32,
        upper: &mut U,
        reads: &Reads,
    ) -> Result<Admitted, Error> {
        let opcode = header.opcode();
        let mismatch = Error::OpcodeModel {
            opcode: opcode as u8,
        };
        match (header, opcode) {
            (Header::Tagged(header), Opcode::Write) => {
                if len > 0 {
                    upper
                        .check_write(header.stag, header.to, len)
                        .map_err(Error::WriteAccess)?;
                }
                Ok(Admitted::Yes(Target::Write(header.stag, header.to)))
            }
            (Header::Tagged(header), Opcode::ReadResponse) => {
                let offset = reads.match_response(header, len)?;
                Ok(Admitted::Yes(Target::Read(offset)))
            }
            (
                Header::Untagged(header),
                Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate,
            ) => self.admit_send(header, len, upper),
            (Header::Untagged(header), Opcode::ReadRequest) => {
                self.check_read_request(header, len)?;
                Ok(Admitted::Yes(Target::Nowhere))
            }
            (Header::Untagged(_), Opcode::Terminate) => Ok(Admitted::Yes(Target::Nowhere)),
            (
                Header::Tagged(_),
                Opcode::ReadRequest
                | Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Terminate,
            )
            | (Header::Untagged(_), Opcode::Write | Opcode::ReadResponse) => Err(mismatch),
        }
    }

    /// A Send's segment: in sequence, contiguous, and inside its receive.
    fn admit_send<U: Upper>(
        &mut self,
        header: &Untagged,
        len: u32,
        upper: &mut U,
    ) -> Result<Admitted, Error> {
        check_place(header, QUEUE_SEND, self.send_sequence)?;
        let received = self.message.map_or(0, |message| message.received);
        // A message of no bytes is exactly one segment (RFC 5041 section 5.1), so an empty
        // segment that is not the last one carries a message on for ever.
        if header.offset != received || (len == 0 && !header.last) {
            return Err(Error::MessageOffset);
        }
        let message = match self.message {
            Some(message) if message.opcode != header.opcode => return Err(Error::OpcodeChanged),
            Some(message) => message,
            None => match upper.receive_begin() {
                ReceiveBuffer::Ready { capacity } => Message {
                    opcode: header.opcode,
                    capacity,
                    received: 0,
                },
                ReceiveBuffer::Wait => return Ok(Admitted::Wait),
                ReceiveBuffer::Refused(_) => return Err(Error::NoReceive),
            },
        };
        self.message = Some(message);
        let fits = received
            .checked_add(len)
            .is_some_and(|end| u64::from(end) <= message.capacity);
        if !fits {
            upper.receive_failed(ReceiveFault::Overflow);
            return Err(Error::MessageTooLong);
        }
        Ok(Admitted::Yes(Target::Receive(received)))
    }

    fn check_read_request(&self, header: &Untagged, len: u32) -> Result<(), Error> {
        check_place(header, QUEUE_READ_REQUEST, self.read_sequence)?;
        if header.offset != 0 {
            return Err(Error::MessageOffset);
        }
        if !header.last || len != 0 {
            return Err(Error::ReadRequestShape);
        }
        Ok(())
    }

    /// The segment is valid and in place; `ulpdu` holds its headers.
    #[inline]
    fn deliver<U: Upper>(
        &mut self,
        header: &Header,
        len: u32,
        ulpdu: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<(), Error> {
        let last = header.last();
        let first = !self.started;
        match header {
            Header::Tagged(Tagged { opcode, .. }) => match opcode {
                Opcode::ReadResponse => {
                    let done = reads.deliver_response(len, last);
                    if done.is_some_and(|read| !read.silent) {
                        upper.read_done();
                    }
                }
                // `admit` lets no other opcode through.
                Opcode::Write
                | Opcode::ReadRequest
                | Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Terminate => self.write_open = !last,
            },
            Header::Untagged(header) => match header.opcode {
                Opcode::ReadRequest => {
                    self.deliver_read_request(header, ulpdu, first, upper, reads)?;
                }
                Opcode::Terminate => {
                    return Err(terminate::parse(header, ulpdu)
                        .map_or_else(|error| error, Error::PeerTerminated));
                }
                // `admit` lets no other opcode through.
                Opcode::Send
                | Opcode::SendInvalidate
                | Opcode::SendSolicited
                | Opcode::SendSolicitedInvalidate
                | Opcode::Write
                | Opcode::ReadResponse => self.deliver_send(header, len, upper)?,
            },
        }
        self.started = true;
        Ok(())
    }

    fn deliver_send<U: Upper>(
        &mut self,
        header: &Untagged,
        len: u32,
        upper: &mut U,
    ) -> Result<(), Error> {
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        message.received = message.received.saturating_add(len);
        if !header.last {
            return Ok(());
        }
        let len = message.received;
        // RFC 5040 section 5.3: the STag is invalid before the message is delivered.
        let invalidated = header.opcode.invalidates().then_some(header.invalidate);
        if let Some(stag) = invalidated {
            upper.invalidate(stag).map_err(Error::Invalidate)?;
        }
        self.message = None;
        self.send_sequence = self.send_sequence.wrapping_add(1);
        upper.receive_done(Received {
            len,
            solicited: header.opcode.solicited(),
            invalidated,
        });
        Ok(())
    }

    fn deliver_read_request<U: Upper>(
        &mut self,
        header: &Untagged,
        ulpdu: &[u8],
        first: bool,
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<(), Error> {
        let Some(request) = ReadRequest::parse(ulpdu) else {
            // `Control::parse` saw to the length.
            return Err(Error::UlpduLength {
                length: READ_REQUEST_ULPDU as u16,
            });
        };
        self.read_sequence = self.read_sequence.wrapping_add(1);
        // Peers send a zero-length Read as ready-to-receive even in revision 1.
        let ready = first && request.len == 0;
        reads.accept(request, header.sequence, ready)?;
        if request.len > 0 {
            upper
                .check_read(request.source_stag, request.source_to, request.len)
                .map_err(Error::ReadAccess)?;
        }
        Ok(())
    }
}

/// Queue and sequence number, in that order.
fn check_place(header: &Untagged, queue: u32, sequence: u32) -> Result<(), Error> {
    if header.queue != queue {
        return Err(Error::QueueNumber);
    }
    if header.sequence != sequence {
        return Err(Error::SequenceNumber);
    }
    Ok(())
}

/// Copies payload to where it goes; `at` is its offset in the segment.
#[inline]
fn place<U: Upper>(target: Target, at: u32, bytes: &[u8], upper: &mut U) -> Result<(), Error> {
    match target {
        Target::Receive(offset) => upper
            .receive_place(offset.saturating_add(at), bytes)
            .map_err(|error| {
                upper.receive_failed(ReceiveFault::Access(error));
                Error::ReceivePlacement(error)
            }),
        Target::Write(stag, to) => match to.checked_add(u64::from(at)) {
            Some(to) => upper
                .write_place(stag, to, bytes)
                .map_err(Error::WriteAccess),
            None => Err(Error::WriteAccess(AccessError::Wrap)),
        },
        Target::Read(offset) => upper
            .read_place(offset.saturating_add(at), bytes)
            .map_err(Error::ReadSink),
        Target::Nowhere => Ok(()),
    }
}

/// What the head gathered so far amounts to.
enum Parsed {
    /// So many bytes are needed to say more.
    Need(usize),
    /// The header, payload length, pad.
    Whole(Header, u32, u8),
}

fn parse_head(head: &[u8]) -> Result<Parsed, Error> {
    let Some((length, ulpdu)) = head.split_first_chunk::<{ fpdu::LENGTH }>() else {
        return Ok(Parsed::Need(fpdu::LENGTH));
    };
    let length = fpdu::parse_length(*length)?;
    let [ddp, rdmap, ..] = ulpdu else {
        // One byte is no header at all, and the second control byte is not there to be waited for.
        return match length {
            0 | 1 => Err(Error::UlpduLength { length }),
            2.. => Ok(Parsed::Need(fpdu::LENGTH + 2)),
        };
    };
    let control = ddp::Control::parse(length, *ddp, *rdmap)?;
    let wanted = control.header_len(length);
    let header = match ulpdu.len() >= wanted {
        true => Header::parse(control, ulpdu),
        false => None,
    };
    let Some(header) = header else {
        return Ok(Parsed::Need(fpdu::LENGTH + wanted));
    };
    // `wanted` is at most `length`; a pad is at most 3.
    let len = u32::from(length).saturating_sub(wanted as u32);
    let pad = fpdu::pad(usize::from(length)) as u8;
    Ok(Parsed::Whole(header, len, pad))
}

impl Segment {
    fn failure(&self, error: Error) -> Failure {
        Failure {
            error,
            quote: Quote::of(self.head.as_slice()),
        }
    }
}

impl Trailer {
    fn new() -> Self {
        Self {
            bytes: [0; fpdu::TRAILER_MAX],
            len: 0,
        }
    }

    /// Takes bytes until `wanted` are there; how many were taken.
    fn fill(&mut self, wanted: usize, bytes: &[u8]) -> usize {
        let room = self.bytes.get_mut(usize::from(self.len)..wanted);
        let room = room.unwrap_or_default();
        let taken = room.len().min(bytes.len());
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        // At most TRAILER_MAX.
        self.len += taken as u8;
        taken
    }

    /// Pad and CRC, once both are complete.
    fn split(&self, pad: u8) -> Option<(&[u8], u32)> {
        let whole = self.bytes.get(..usize::from(self.len))?;
        let (pad, sum) = whole.split_at_checked(usize::from(pad))?;
        let sum = <[u8; fpdu::CRC]>::try_from(sum).ok()?;
        Some((pad, u32::from_le_bytes(sum)))
    }
}
