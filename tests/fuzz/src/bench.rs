//! A machine under watch: what it asks of the memory above it, in which order its events come, and
//! what it sends, are held to the contract whatever the peer says.

use crate::iwarp::{
    AccessError, Error, Event, InvalidateError, Machine, ReceiveBuffer, ReceiveFault, Received,
    Upper,
};
use crate::rdma::Stag;
use crate::support::{End, Memory, Region, Rights, Seen};
use softrnic_oracle::ddp;
use softrnic_oracle::mpa::{self, Framing, Next, Start};
use softrnic_oracle::receiver::{self, Delivery};
use std::ops::Range;

/// Size of the posted receives.
pub const RECEIVES: [usize; 4] = [64, 256, 0, 4096];

type Row = (u32, u64, usize, [bool; 4]);

/// STag, first address, length; remote read, remote write, of another domain, valid: the regions
/// of the hostile rows.
const REGIONS: [Row; 6] = [
    (0x1234_5601, 0x1000, 0x1000, [true, true, false, true]),
    (0x2222_2202, 0x1000, 0x1000, [true, false, false, true]),
    (0x3333_3303, 0x1000, 0x1000, [false, true, false, true]),
    (0x4444_4404, 0x1000, 0x1000, [true, true, true, true]),
    (0x5555_5505, 0x1000, 0x1000, [true, true, false, false]),
    (0x6666_6606, 0x2000, 0x100, [false, false, false, true]),
];

/// The STags of [`REGIONS`].
#[must_use]
pub fn stags() -> [u32; 6] {
    REGIONS.map(|(stag, ..)| stag)
}

/// The regions as the machine's memory has them.
pub(crate) fn regions() -> Vec<Region> {
    let region = |(stag, base, len, [read, write, foreign, valid]): Row| Region {
        stag: Stag(stag),
        foreign,
        valid,
        rights: Rights {
            read,
            write,
            invalidatable: true,
        },
        base,
        bytes: vec![0x55; len],
    };
    REGIONS.map(region).into()
}

/// The same for the oracle.
#[must_use]
pub fn oracle_regions() -> Vec<receiver::Region> {
    let region = |(stag, base, len, [read, write, other, valid]): Row| receiver::Region {
        stag,
        base,
        bytes: vec![0x55; len],
        read,
        write,
        other,
        valid,
    };
    REGIONS.map(region).into()
}

/// What was granted and begun.
#[derive(Default)]
struct Watch {
    /// Where the peer may write now: the last good `check_write`.
    granted: Option<(Stag, Range<u64>)>,
    /// Bytes in the current receive, and its size.
    receive: Option<(u32, u64)>,
    /// Bytes of the oldest Read answered.
    answered: u32,
    /// A receive has failed: nothing may be placed any more.
    over: bool,
}

struct Watched<'a> {
    memory: &'a mut Memory,
    watch: &'a mut Watch,
}

impl Upper for Watched<'_> {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        assert!(!self.watch.over, "a receive begins after the end");
        assert!(self.watch.receive.is_none(), "two receives at once");
        let buffer = self.memory.receive_begin();
        if let ReceiveBuffer::Ready { capacity } = buffer {
            self.watch.receive = Some((0, capacity));
        }
        buffer
    }

    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        assert!(!self.watch.over, "placed after the end");
        let (filled, capacity) = self.watch.receive.as_mut().expect("a receive has begun");
        assert_eq!(offset, *filled, "placed out of order");
        *filled += bytes.len() as u32;
        assert!(u64::from(*filled) <= *capacity, "placed beyond the receive");
        self.memory.receive_place(offset, bytes)
    }

    fn receive_done(&mut self, received: Received) {
        let (filled, _) = self.watch.receive.take().expect("a receive has begun");
        assert_eq!(filled, received.len, "all of it was placed");
        self.memory.receive_done(received);
    }

    fn receive_failed(&mut self, fault: ReceiveFault) {
        self.watch.receive.take().expect("a receive has begun");
        self.watch.over = true;
        self.memory.receive_failed(fault);
    }

    fn check_write(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        self.watch.granted = None;
        self.memory.check_write(stag, to, len)?;
        self.watch.granted = Some((stag, to..to + u64::from(len)));
        Ok(())
    }

    fn write_place(&mut self, stag: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError> {
        let (granted, range) = self.watch.granted.as_ref().expect("a write was granted");
        assert_eq!(*granted, stag, "written by another STag than granted");
        let inside = to >= range.start && to + bytes.len() as u64 <= range.end;
        assert!(inside, "written at {to:#x}, granted {range:x?}");
        self.memory.write_place(stag, to, bytes)
    }

    fn check_read(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        self.memory.check_read(stag, to, len)
    }

    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        assert_eq!(offset, self.watch.answered, "answered out of order");
        self.watch.answered += bytes.len() as u32;
        self.memory.read_place(offset, bytes)
    }

    fn read_done(&mut self) {
        let sink = self.memory.sinks.front().expect("a Read is outstanding");
        assert_eq!(self.watch.answered as usize, sink.len(), "answered in part");
        self.watch.answered = 0;
        self.memory.read_done();
    }

    fn invalidate(&mut self, stag: Stag) -> Result<(), InvalidateError> {
        self.memory.invalidate(stag)
    }
}

/// A machine, its memory, and all that went to and fro.
pub(crate) struct Bench {
    pub(crate) end: End,
    watch: Watch,
    /// All that the machine sent.
    pub(crate) sent: Vec<u8>,
    /// All that the peer did.
    pub(crate) given: Vec<u8>,
    fin: bool,
    /// The machine was told.
    fin_given: bool,
    /// The connection was ended from this side, or reset, while bytes waited for a receive.
    dropped: bool,
    cut: u8,
}

/// What a run came to, all that others can see.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    failure: Option<Error>,
    /// Bytes wait for a receive, or did when the connection was ended.
    held: bool,
    events: Vec<Event>,
    seen: Vec<Seen>,
    sent: Vec<u8>,
    finished: bool,
    /// Of each region whether it is valid, and a sum over its bytes where those are settled.
    memory: Vec<(bool, Option<u32>)>,
}

impl Outcome {
    /// A run of the same bytes otherwise split came to the same.
    pub(crate) fn assert_same(mut self, split: Self) {
        let is_sum = |error: Option<Error>| matches!(error, Some(Error::Crc | Error::Marker));
        let either = is_sum(self.failure) || is_sum(split.failure);
        if either {
            self.assert_same_until_the_sum(split);
            return;
        }
        // Of an FPDU that is held, the header may have been taken.
        self.held = split.held;
        assert_eq!(self, split, "a split changes nothing");
    }

    /// One of the two found a wrong sum or marker. Headers of an FPDU that is not there whole are judged before the sum
    /// over them is, and it may wait for a receive before that (`docs/decisions/iwarp-stream.md`): which fault is told,
    /// and what of the FPDU is placed, depends on the split. What is delivered, told before and ended does not.
    fn assert_same_until_the_sum(mut self, mut split: Self) {
        // More is sent before the fault is told; what is held is judged later.
        let judged = |run: &Self| run.failure.is_some() || run.held;
        let failures = (self.failure, split.failure);
        assert!(judged(&self) && judged(&split), "{failures:?}");
        for run in [&mut self, &mut split] {
            run.seen
                .retain(|seen| !matches!(seen, Seen::ReceiveFailed(_)));
            run.events
                .retain(|event| !matches!(event, Event::Failed(_)));
        }
        assert_eq!(self.seen, split.seen, "a split changes nothing");
        assert_eq!(self.events, split.events, "a split changes nothing");
        let valid = |run: &Self| run.memory.iter().map(|(valid, _)| *valid).collect();
        let valid: [Vec<bool>; 2] = [valid(&self), valid(&split)];
        assert_eq!(valid[0], valid[1], "a split invalidates nothing");
    }
}

impl Bench {
    /// `machine` above the regions and receives. `cut` is how the peer's bytes are split; 0 is not
    /// at all.
    pub(crate) fn new(machine: Machine, cut: u8) -> Self {
        let mut end = End::new(machine);
        end.memory.regions = regions();
        Self {
            end,
            watch: Watch::default(),
            sent: Vec::new(),
            given: Vec::new(),
            fin: false,
            fin_given: false,
            dropped: false,
            cut,
        }
    }

    /// The peer sends these bytes.
    pub(crate) fn give(&mut self, bytes: &[u8]) {
        if self.fin {
            return;
        }
        self.given.extend(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.piece().min(rest.len()));
            self.end.inbox.extend(piece);
            self.push();
            rest = after;
        }
    }

    /// The length of the next piece: 1 to 16 bytes, by a generator that the input seeds.
    fn piece(&mut self) -> usize {
        if self.cut == 0 {
            return usize::MAX;
        }
        self.cut = self.cut.wrapping_mul(29).wrapping_add(71).max(1);
        usize::from(self.cut >> 4) + 1
    }

    /// Offers what the machine has not taken, until it takes no more.
    pub(crate) fn push(&mut self) {
        loop {
            let mut upper = Watched {
                memory: &mut self.end.memory,
                watch: &mut self.watch,
            };
            let offered = self.end.inbox.len();
            let taken = self.end.machine.receive(&self.end.inbox, &mut upper);
            assert!(taken <= offered, "more taken than there was");
            self.end.inbox.drain(..taken);
            self.collect();
            if taken == 0 || taken == offered {
                break;
            }
        }
        if self.fin && !self.fin_given && self.end.inbox.is_empty() {
            self.fin_given = true;
            self.end.machine.handle_fin();
            self.collect();
        }
    }

    /// The peer sends FIN.
    pub(crate) fn finish(&mut self) {
        if !self.fin {
            self.fin = true;
            self.push();
        }
    }

    /// The connection ends now, from this side or by a reset: what waits is never judged.
    pub(crate) fn ends(&mut self, end: impl FnOnce(&mut Machine)) {
        self.dropped |= !self.end.inbox.is_empty();
        end(&mut self.end.machine);
    }

    /// Takes everything there is to send.
    pub(crate) fn transmit(&mut self, room: usize) {
        let stream = self.end.transmit(room);
        self.sent.extend(stream);
        self.check_events();
    }

    /// Takes the machine's events.
    pub(crate) fn collect(&mut self) {
        self.end.collect();
        self.check_events();
    }

    /// Each at most once, in the order that `Event` has them; nothing after a failure.
    fn check_events(&self) {
        let rank = |event: &Event| match event {
            Event::PeerRequest { .. } | Event::PeerReply { .. } | Event::PeerReject { .. } => 0,
            Event::Established => 1,
            Event::PeerClosed => 2,
            Event::Failed(_) => 3,
        };
        let ranks: Vec<u8> = self.end.events.iter().map(rank).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{:?}", self.end.events);
        let up = ranks.contains(&1) || ranks.contains(&2);
        assert!(!up || ranks[0] == 0, "{:?}", self.end.events);
    }

    /// The peer's start-up frame.
    pub(crate) fn peer_start(&self) -> Option<Start> {
        Start::parse(&self.given).map(|(start, _)| start)
    }

    /// The ULPDUs sent: whole FPDUs after the start-up frame, with at most one Terminate, the last.
    pub(crate) fn check_sent(&self) -> Vec<Vec<u8>> {
        let Some((own, len)) = Start::parse(&self.sent) else {
            assert!(self.sent.is_empty(), "no start-up frame: {:x?}", self.sent);
            return Vec::new();
        };
        let peer = self.peer_start().unwrap_or_default();
        let framing = Framing {
            crc: own.crc || peer.crc,
            markers: peer.markers,
        };
        let stream = &self.sent[len..];
        let (mut ulpdus, mut at) = (Vec::new(), 0);
        loop {
            match mpa::next(stream, at, framing) {
                Next::Ulpdu { ulpdu, end, .. } => {
                    ulpdus.push(ulpdu);
                    at = end;
                }
                Next::End => break,
                other => panic!("sent {other:?} at {at} of {stream:x?}, {framing:?}"),
            }
        }
        let terminate = |ulpdu: &Vec<u8>| ulpdu[1] & 15 == ddp::TERMINATE;
        let first = ulpdus.iter().position(terminate);
        assert!(
            first.is_none_or(|at| at + 1 == ulpdus.len()),
            "more behind a Terminate"
        );
        ulpdus
    }

    /// Layer, type and code of the Terminate sent.
    pub(crate) fn terminate(&self) -> Option<(u8, u8, u8)> {
        let ulpdu = self.check_sent().pop()?;
        let told = ulpdu[1] & 15 == ddp::TERMINATE;
        told.then(|| (ulpdu[18] >> 4, ulpdu[18] & 15, ulpdu[19]))
    }

    /// The stream's failure.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.end.events.iter().find_map(|event| match event {
            Event::Failed(error) => Some(*error),
            _ => None,
        })
    }

    /// What the consumer got, in the oracle's words.
    pub(crate) fn delivered(&self) -> Vec<Delivery> {
        let delivery = |seen: &Seen| match seen {
            Seen::Received {
                bytes,
                solicited,
                invalidated,
            } => Some(Delivery::Received {
                bytes: bytes.clone(),
                solicited: *solicited,
                invalidated: invalidated.map(|stag| stag.0),
            }),
            Seen::Read(bytes) => Some(Delivery::Read(bytes.clone())),
            Seen::ReceiveFailed(_) => None,
        };
        self.end.memory.seen.iter().filter_map(delivery).collect()
    }

    /// What the run came to; what was sent is well formed.
    pub(crate) fn outcome(self) -> Outcome {
        self.check_sent();
        let failure = self.failure();
        let mut events = self.end.events;
        // Bytes right behind a Request end the connection, before or after it was announced.
        if failure == Some(Error::EarlyData) {
            events.retain(|event| !matches!(event, Event::PeerRequest { .. }));
        }
        // What of an FPDU is placed that is never whole and right depends on how it comes.
        let settled = !matches!(
            failure,
            Some(Error::Crc | Error::Marker | Error::FinInFpdu | Error::Reset | Error::Local)
        );
        let sum = |region: &Region| settled.then(|| crate::crc32c::update(0, &region.bytes));
        let regions = self.end.memory.regions.iter();
        Outcome {
            failure,
            held: self.dropped || !self.end.inbox.is_empty(),
            events,
            seen: self.end.memory.seen,
            sent: self.sent,
            finished: self.end.finished,
            memory: regions.map(|region| (region.valid, sum(region))).collect(),
        }
    }
}
