//! What a stream means to its receiver: everything placed and delivered, in order, and how it ends.
//!
//! The whole stream is judged at once, FPDU by FPDU. Where the RFCs leave a receiver the choice, the
//! project's decisions hold (`docs/decisions/iwarp-stream.md`): segments of a message come without
//! gaps and in order, Read Responses answer the oldest Read exactly.

use std::collections::VecDeque;

use crate::ddp::{self, Place, Read, Segment};
use crate::mpa::{self, Framing, Next};

/// A rule that a sender can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// ULPDU_Length is 0, too large, or below what its headers need.
    Length,
    Crc,
    Marker,
    TaggedVersion,
    UntaggedVersion,
    RdmapVersion,
    Opcode,
    /// The opcode is of the other buffer model.
    Model,
    OpcodeChanged,
    Queue,
    Sequence,
    Offset,
    NoReceive,
    TooLong,
    /// A Read Request of more than its header.
    ReadShape,
    /// More Read Requests than IRD.
    ReadsExceeded,
    /// No Read is outstanding.
    Unsolicited,
    /// A Read Response to another sink, place or length.
    ResponseStag,
    ResponsePlace,
    Write(Access),
    Read(Access),
    Invalidate(Access),
}

/// Why memory may not be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Stag,
    Bounds,
    Rights,
    Other,
    Wrap,
}

impl Rule {
    /// Layer, type and code of the Terminate that tells it (RFC 5040 section 4.8, RFC 5041 section
    /// 7.2, RFC 5044 section 8; what they leave open is in the decisions).
    #[must_use]
    pub fn terminate(self) -> (u8, u8, u8) {
        match self {
            Self::Length | Self::ReadShape => (1, 0, 0),
            Self::Crc => (2, 0, 2),
            Self::Marker => (2, 0, 3),
            Self::TaggedVersion => (1, 1, 4),
            Self::UntaggedVersion => (1, 2, 6),
            Self::RdmapVersion => (0, 2, 5),
            Self::Opcode | Self::Model | Self::OpcodeChanged | Self::Unsolicited => (0, 2, 6),
            Self::Queue => (1, 2, 1),
            Self::NoReceive | Self::ReadsExceeded => (1, 2, 2),
            Self::Sequence => (1, 2, 3),
            Self::Offset => (1, 2, 4),
            Self::TooLong => (1, 2, 5),
            Self::ResponseStag => (1, 1, 0),
            Self::ResponsePlace => (1, 1, 1),
            Self::Write(Access::Stag) => (1, 1, 0),
            Self::Write(Access::Bounds) => (1, 1, 1),
            Self::Write(Access::Other) => (1, 1, 2),
            Self::Write(Access::Wrap) => (1, 1, 3),
            Self::Write(Access::Rights) | Self::Invalidate(Access::Rights) => (0, 1, 2),
            Self::Read(Access::Stag) => (0, 1, 0),
            Self::Read(Access::Bounds) => (0, 1, 1),
            Self::Read(Access::Rights) => (0, 1, 2),
            Self::Read(Access::Other) => (0, 1, 3),
            Self::Read(Access::Wrap) => (0, 1, 4),
            Self::Invalidate(Access::Other) => (0, 1, 9),
            Self::Invalidate(Access::Stag | Access::Bounds | Access::Wrap) => (0, 2, 9),
        }
    }
}

/// Memory a peer may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub stag: u32,
    pub base: u64,
    pub bytes: Vec<u8>,
    pub read: bool,
    pub write: bool,
    /// Of another protection domain.
    pub other: bool,
    pub valid: bool,
}

/// A Read of the receiver's own that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    pub sink_stag: u32,
    pub sink_to: u64,
    pub len: u32,
}

/// One thing the receiver is told, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Received {
        bytes: Vec<u8>,
        solicited: bool,
        invalidated: Option<u32>,
    },
    /// Its oldest Read is answered.
    Read(Vec<u8>),
    /// The peer reads from it.
    Asked(Read),
}

/// How a stream ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Between two messages, nothing owed.
    Clean,
    /// Inside an FPDU or a message.
    Cut,
    /// With Read Responses still owed.
    Owing,
    /// The peer sent a Terminate: layer, type, code.
    Terminated(u8, u8, u8),
    Broken(Rule),
}

/// What a receiver has for its peer's messages.
#[derive(Clone, Debug, Default)]
pub struct Means {
    pub regions: Vec<Region>,
    /// Sizes of posted receives.
    pub receives: VecDeque<usize>,
    pub outstanding: VecDeque<Outstanding>,
    /// Read Requests that may be unanswered at a time.
    pub ird: usize,
}

/// A receiver before the stream's first byte, and after what it was given.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub framing: Framing,
    pub regions: Vec<Region>,
    pub receives: VecDeque<usize>,
    pub outstanding: VecDeque<Outstanding>,
    pub ird: usize,
    /// So many of the Read Requests are answered before the others come.
    pub answered: usize,
    pub delivered: Vec<Delivery>,
    asked: usize,
    message: Option<Message>,
    response: Vec<u8>,
    writing: bool,
    sequence: [u32; 2],
}

/// A Send of which more is to come.
#[derive(Clone, Debug)]
struct Message {
    opcode: u8,
    capacity: usize,
    bytes: Vec<u8>,
}

impl Receiver {
    #[must_use]
    pub fn new(framing: Framing, means: Means) -> Self {
        Self {
            framing,
            regions: means.regions,
            receives: means.receives,
            outstanding: means.outstanding,
            ird: means.ird,
            answered: 0,
            delivered: Vec::new(),
            asked: 0,
            message: None,
            response: Vec::new(),
            writing: false,
            sequence: [1, 1],
        }
    }

    /// Takes a whole stream, from its first FPDU (or marker) to its end.
    pub fn judge(&mut self, stream: &[u8]) -> End {
        let mut at = 0;
        loop {
            match mpa::next(stream, at, self.framing) {
                Next::Ulpdu { ulpdu, end, .. } => {
                    at = end;
                    match self.segment(&ulpdu) {
                        Ok(None) => {}
                        Ok(Some((layer, kind, code))) => return End::Terminated(layer, kind, code),
                        Err(rule) => return End::Broken(rule),
                    }
                }
                Next::Partial => return End::Cut,
                Next::Broken(rule) => return End::Broken(rule),
                Next::End if self.message.is_some() || self.writing => return End::Cut,
                Next::End if !self.outstanding.is_empty() => return End::Owing,
                Next::End => return End::Clean,
            }
        }
    }

    /// One ULPDU; the peer's Terminate comes back.
    pub fn segment(&mut self, ulpdu: &[u8]) -> Result<Option<(u8, u8, u8)>, Rule> {
        let segment = Segment::parse(ulpdu)?;
        let tagged = matches!(segment.place, Place::Tagged { .. });
        if segment.version != 1 {
            return Err(match tagged {
                true => Rule::TaggedVersion,
                false => Rule::UntaggedVersion,
            });
        }
        if segment.rdmap_version != 1 {
            return Err(Rule::RdmapVersion);
        }
        match (segment.opcode, segment.place) {
            (8.., _) => return Err(Rule::Opcode),
            (ddp::WRITE, Place::Tagged { stag, to }) => self.write(&segment, stag, to)?,
            (ddp::READ_RESPONSE, Place::Tagged { stag, to }) => self.answer(&segment, stag, to)?,
            (ddp::READ_REQUEST, Place::Untagged { qn, msn, mo, .. }) => {
                self.asked(&segment, qn, msn, mo)?;
            }
            (ddp::TERMINATE, Place::Untagged { .. }) => {
                let word = segment.data.get(..2).ok_or(Rule::Length)?;
                return Ok(Some((word[0] >> 4, word[0] & 15, word[1])));
            }
            (3..=6, Place::Untagged { word, qn, msn, mo }) => {
                self.send(&segment, word, [qn, msn, mo])?;
            }
            (0..=7, _) => return Err(Rule::Model),
        }
        Ok(None)
    }

    /// RFC 5041 section 8.2: STag, then range; none of it for no data (section 5.2).
    fn write(&mut self, segment: &Segment, stag: u32, to: u64) -> Result<(), Rule> {
        if !segment.data.is_empty() {
            let may = |region: &Region| region.write;
            let at = find(&self.regions, stag, to, segment.data.len(), may).map_err(Rule::Write)?;
            let (region, at) = (&mut self.regions[at.0], at.1);
            region.bytes[at..at + segment.data.len()].copy_from_slice(&segment.data);
        }
        self.writing = !segment.last;
        Ok(())
    }

    fn answer(&mut self, segment: &Segment, stag: u32, to: u64) -> Result<(), Rule> {
        let read = self.outstanding.front().ok_or(Rule::Unsolicited)?;
        let done = self.response.len();
        if read.len > 0 {
            if stag != read.sink_stag {
                return Err(Rule::ResponseStag);
            }
            if to != read.sink_to.wrapping_add(done as u64) {
                return Err(Rule::ResponsePlace);
            }
        }
        let (end, all) = (done + segment.data.len(), read.len as usize);
        let short = segment.last && end != all;
        let empty = segment.data.is_empty() && !segment.last;
        if end > all || short || empty {
            return Err(Rule::ResponsePlace);
        }
        self.response.extend(&segment.data);
        if segment.last {
            self.outstanding.pop_front();
            let bytes = std::mem::take(&mut self.response);
            self.delivered.push(Delivery::Read(bytes));
        }
        Ok(())
    }

    fn asked(&mut self, segment: &Segment, qn: u32, msn: u32, mo: u32) -> Result<(), Rule> {
        if segment.data.len() < 28 {
            return Err(Rule::Length);
        }
        self.place(1, qn, msn)?;
        if mo != 0 {
            return Err(Rule::Offset);
        }
        let read = Read::parse(&segment.data).filter(|_| segment.last);
        let read = read.ok_or(Rule::ReadShape)?;
        if self.asked.saturating_sub(self.answered) >= self.ird {
            return Err(Rule::ReadsExceeded);
        }
        if read.len > 0 {
            let may = |region: &Region| region.read;
            let (stag, to) = (read.source_stag, read.source_to);
            find(&self.regions, stag, to, read.len as usize, may).map_err(Rule::Read)?;
        }
        self.asked += 1;
        self.sequence[1] = msn.wrapping_add(1);
        self.delivered.push(Delivery::Asked(read));
        Ok(())
    }

    fn send(&mut self, segment: &Segment, word: u32, [qn, msn, mo]: [u32; 3]) -> Result<(), Rule> {
        self.place(0, qn, msn)?;
        let expected = self
            .message
            .as_ref()
            .map_or(0, |message| message.bytes.len());
        // Nothing, and more to come: RFC 5041 section 5.1 has a message of no octets in one segment.
        if mo as usize != expected || segment.data.is_empty() && !segment.last {
            return Err(Rule::Offset);
        }
        let mut message = match self.message.take() {
            Some(message) if message.opcode != segment.opcode => return Err(Rule::OpcodeChanged),
            Some(message) => message,
            None => Message {
                opcode: segment.opcode,
                capacity: self.receives.pop_front().ok_or(Rule::NoReceive)?,
                bytes: Vec::new(),
            },
        };
        message.bytes.extend(&segment.data);
        if message.bytes.len() > message.capacity {
            return Err(Rule::TooLong);
        }
        if !segment.last {
            self.message = Some(message);
            return Ok(());
        }
        let invalidates = matches!(segment.opcode, 4 | 6);
        if invalidates {
            self.invalidate(word).map_err(Rule::Invalidate)?;
        }
        self.sequence[0] = msn.wrapping_add(1);
        self.delivered.push(Delivery::Received {
            bytes: message.bytes,
            solicited: matches!(segment.opcode, 5 | 6),
            invalidated: invalidates.then_some(word),
        });
        Ok(())
    }

    /// RFC 5041 section 4.2: the queue of this opcode, and its next message.
    fn place(&self, queue: u32, qn: u32, msn: u32) -> Result<(), Rule> {
        if qn != queue {
            return Err(Rule::Queue);
        }
        match msn == self.sequence[queue as usize] {
            true => Ok(()),
            false => Err(Rule::Sequence),
        }
    }

    fn invalidate(&mut self, stag: u32) -> Result<(), Access> {
        let mut regions = self.regions.iter_mut();
        let region = regions.find(|region| region.stag == stag && region.valid);
        let region = region.ok_or(Access::Stag)?;
        if region.other {
            return Err(Access::Other);
        }
        if !region.read && !region.write {
            return Err(Access::Rights);
        }
        region.valid = false;
        Ok(())
    }
}

/// The region and the place in it, if all of `len` octets there may be touched.
fn find(
    regions: &[Region],
    stag: u32,
    to: u64,
    len: usize,
    may: impl Fn(&Region) -> bool,
) -> Result<(usize, usize), Access> {
    let valid = |region: &Region| region.stag == stag && region.valid;
    let index = regions.iter().position(valid).ok_or(Access::Stag)?;
    let region = &regions[index];
    if region.other {
        return Err(Access::Other);
    }
    if !may(region) {
        return Err(Access::Rights);
    }
    let end = to.checked_add(len as u64).ok_or(Access::Wrap)?;
    if to < region.base || end > region.base + region.bytes.len() as u64 {
        return Err(Access::Bounds);
    }
    Ok((index, (to - region.base) as usize))
}
