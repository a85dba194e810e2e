//! Inbound FPDUs: from bytes of the TCP stream to checked, placed and delivered segments.
//!
//! A small FPDU that lies whole in the bytes at hand is verified before anything is placed.
//! Any other one is taken as it streams by: headers gathered and checked, then payload in blocks
//! that stay in the first-level cache between checksum and copy. A bad CRC ends the stream either
//! way, and nothing is ever placed outside the range that was checked. Markers, if we asked for
//! them, are taken out first and counted in the CRC where they stand.

use super::api::{AccessError, ReceiveFault, Upper};
use super::error::Error;
use super::reads::Reads;
use super::wire::ddp::{self, Header};
use super::wire::fpdu;
use super::wire::head::Head;
use super::wire::rdmap::Opcode;
use super::wire::terminate::{Quote, QuotedRead};
use crate::crc32c;
use crate::rdma::Stag;
use markers::Markers;
use pieces::{Parsed, Trailer, parse_head};
use rules::Admitted;

mod markers;
mod pieces;
mod rules;

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
    /// Those the peer puts in because we asked.
    markers: Option<Markers>,
    stage: Stage,
    /// The CRC32C of the current FPDU so far, a marker in front included; 0 between FPDUs.
    sum: u32,
    /// Next message of the Send and Read Request queues.
    send_sequence: u32,
    read_sequence: u32,
    /// The Send being received, if its last segment is still to come.
    message: Option<Message>,
    write_open: bool,
    /// An FPDU has been validated and delivered.
    pub(super) started: bool,
    /// The Read that the peer's Terminate quotes.
    pub(super) blamed: Option<QuotedRead>,
}

/// Where in an FPDU the stream stands. `Stage` holds only what the next byte needs.
#[derive(Clone, Copy)]
enum Stage {
    Head(Head),
    Payload(Segment),
    Trailer(Segment, Trailer),
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
            markers: None,
            stage: Stage::Head(Head::new()),
            sum: 0,
            send_sequence: 1,
            read_sequence: 1,
            message: None,
            write_open: false,
            started: false,
            blamed: None,
        }
    }

    /// What the startup frames agreed on.
    pub(super) fn negotiated(&mut self, crc: bool, markers: bool) {
        self.crc = crc;
        self.markers = markers.then(Markers::new);
    }

    /// Pretends that so many Sends came before.
    #[cfg(test)]
    pub(super) fn expect_send(&mut self, sequence: u32) {
        self.send_sequence = sequence;
    }

    /// Why a FIN here would be abnormal, if it would.
    pub(super) fn unfinished(&self) -> Option<Error> {
        // A whole marker in front of an FPDU that never comes loses nothing.
        if !self.between() || self.markers.as_ref().is_some_and(Markers::is_cut) {
            return Some(Error::FinInFpdu);
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
        loop {
            let result = match &self.markers {
                // Nothing is judged that was not when its last byte came.
                None if rest.is_empty() => Ok(None),
                None => self.step(rest, upper, reads),
                Some(markers) if markers.is_due() => self.marker(rest),
                Some(markers) => {
                    let run = markers.before(rest);
                    self.unmarked(run, upper, reads)
                }
            };
            match result {
                Ok(Some(n)) => rest = rest.get(n..).unwrap_or_default(),
                Ok(None) => {
                    return Taken {
                        bytes: bytes.len() - rest.len(),
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

    /// Is the next byte an FPDU's first?
    fn between(&self) -> bool {
        matches!(&self.stage, Stage::Head(head) if head.len() == 0)
    }

    /// Bytes of the marker that is due: like `step`.
    fn marker(&mut self, bytes: &[u8]) -> Result<Option<usize>, Failure> {
        let Some(markers) = self.markers.as_mut().filter(|_| !bytes.is_empty()) else {
            return Ok(None);
        };
        let (taken, whole) = markers.gather(bytes);
        if let Some(marker) = whole {
            // Without CRC nothing else tells that framing is lost, so nothing more is placed.
            if !self.crc && !markers.are_right() {
                return Err(self.failure(Error::Marker));
            }
            // RFC 5044 section 4.4: the CRC covers the markers, one in front included.
            self.add(&marker);
        }
        Ok(Some(taken))
    }

    /// One stage's worth of bytes between markers.
    fn unmarked<U: Upper>(
        &mut self,
        run: &[u8],
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<Option<usize>, Failure> {
        let taken = self.step(run, upper, reads)?;
        let between = self.between();
        if let (Some(count), Some(markers)) = (taken, &mut self.markers) {
            markers.passed(count, between);
        }
        Ok(taken)
    }

    #[inline]
    fn add(&mut self, bytes: &[u8]) {
        if self.crc {
            self.sum = crc32c::update(self.sum, bytes);
        }
    }

    /// The FPDU is all here, and `sum` is what it brought. Starts the next one's checksum.
    #[inline]
    fn verify(&mut self, sum: u32) -> Result<(), Error> {
        if self.crc && core::mem::take(&mut self.sum) != sum {
            return Err(Error::Crc);
        }
        match self.markers.as_ref().is_none_or(Markers::are_right) {
            true => Ok(()),
            false => Err(Error::Marker),
        }
    }

    /// The stream's end, quoting what is known of the current FPDU.
    fn failure(&self, error: Error) -> Failure {
        let head = match &self.stage {
            Stage::Head(head) => head,
            Stage::Payload(segment) | Stage::Trailer(segment, _) => &segment.head,
        };
        Failure {
            error,
            quote: Quote::of(head.as_slice()),
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
        if self.between() {
            match self.whole(bytes, upper, reads)? {
                Whole::Taken(n) => return Ok(Some(n)),
                Whole::Held => return Ok(None),
                Whole::Not => {}
            }
        }
        match &mut self.stage {
            Stage::Head(head) => {
                let head = *head;
                self.gather(head, bytes, upper, reads)
            }
            Stage::Payload(_) | Stage::Trailer(..) if bytes.is_empty() => Ok(None),
            Stage::Payload(segment) => {
                let sum = self.crc.then_some(&mut self.sum);
                let taken = segment.stream(sum, bytes, upper)?;
                if segment.placed == segment.len {
                    self.stage = Stage::Trailer(*segment, Trailer::new(segment.pad));
                }
                Ok(Some(taken))
            }
            Stage::Trailer(_, trailer) if trailer.is_padded() => {
                let pad = trailer.pad(bytes);
                let taken = pad.len();
                self.add(pad);
                Ok(Some(taken))
            }
            Stage::Trailer(segment, trailer) => {
                let taken = trailer.fill(bytes);
                let segment = *segment;
                if let Some(sum) = trailer.sum() {
                    self.verify(sum).map_err(|error| self.failure(error))?;
                    self.finish(&segment, upper, reads)?;
                }
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
        let before = self.sum;
        self.add(summed);
        self.verify(u32::from_le_bytes(*sum)).map_err(plain)?;
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
            Admitted::Wait => {
                self.sum = before;
                return Ok(Whole::Held);
            }
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
                    });
                    return Ok(Some(taken));
                }
            };
            let rest = bytes.get(taken..).unwrap_or_default();
            let n = head.fill(wanted, rest);
            self.add(rest.get(..n).unwrap_or_default());
            taken += n;
            if head.len() < wanted {
                self.stage = Stage::Head(head);
                return Ok((taken > 0).then_some(taken));
            }
        }
    }

    /// The headers passed: go on to the payload, or past it if there is none.
    fn begin(&mut self, segment: Segment) {
        self.stage = match segment.len {
            0 => Stage::Trailer(segment, Trailer::new(segment.pad)),
            _ => Stage::Payload(segment),
        };
    }

    /// Delivers a verified segment and waits for the next FPDU.
    fn finish<U: Upper>(
        &mut self,
        segment: &Segment,
        upper: &mut U,
        reads: &mut Reads,
    ) -> Result<(), Failure> {
        let ulpdu = segment.head.as_slice().get(fpdu::LENGTH..);
        let ulpdu = ulpdu.unwrap_or_default();
        self.deliver(&segment.header, segment.len, ulpdu, upper, reads)
            .map_err(|error| segment.failure(error))?;
        self.stage = Stage::Head(Head::new());
        Ok(())
    }
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

impl Segment {
    /// Sums and places payload bytes, block by block; how many there were.
    fn stream<U: Upper>(
        &mut self,
        mut sum: Option<&mut u32>,
        bytes: &[u8],
        upper: &mut U,
    ) -> Result<usize, Failure> {
        let missing = self.len.saturating_sub(self.placed) as usize;
        let here = bytes.get(..missing).unwrap_or(bytes);
        for block in here.chunks(BLOCK) {
            if let Some(sum) = sum.as_deref_mut() {
                *sum = crc32c::update(*sum, block);
            }
            place(self.target, self.placed, block, upper).map_err(|error| self.failure(error))?;
            // At most `missing` in all.
            self.placed += block.len() as u32;
        }
        Ok(here.len())
    }

    fn failure(&self, error: Error) -> Failure {
        Failure {
            error,
            quote: Quote::of(self.head.as_slice()),
        }
    }
}
