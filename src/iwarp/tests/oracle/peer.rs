//! A peer made of the independent model: start-up frames, and any legal stream of FPDUs.

use super::super::support::rising;
use proptest::prelude::*;
use softrnic_oracle::ddp::{self, Place, Read, Segment};
use softrnic_oracle::mpa::{Enhanced, Fault, Framing, Start, Writer};
use std::collections::VecDeque;

/// The memory both sides know: `A` may be written, `B` read, `C` nothing, `D` is of another
/// protection domain; from `SPARE` on each may be invalidated once.
pub(super) const A: u32 = 0x0a00_0001;
pub(super) const B: u32 = 0x0b00_0002;
pub(super) const C: u32 = 0x0c00_0003;
pub(super) const D: u32 = 0x0d00_0004;
pub(super) const SPARE: u32 = 0x0e00_0000;
pub(super) const SPARES: u32 = 8;
pub(super) const BASE: u64 = 0xffff_ffff_0000_0000;
pub(super) const LEN: usize = 128 * 1024;

/// A message of the peer's.
#[derive(Clone, Debug)]
pub(super) enum Message {
    Send { opcode: u8, len: usize },
    Write { at: usize, len: usize },
    Read { at: usize, len: u32 },
}

/// Numbers to decide layout by; the case's seed makes them.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// Below `limit`.
    pub(super) fn roll(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit.max(1)
    }
}

/// How the connection is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// We are the responder.
    pub(super) responder: bool,
    pub(super) revision: u8,
    /// Revision 2: with the block of RFC 6581.
    pub(super) enhanced: bool,
    pub(super) peer_to_peer: bool,
    /// Asked for by us, by the peer.
    pub(super) crc: [bool; 2],
    pub(super) markers: [bool; 2],
    pub(super) emss: u32,
}

pub(super) fn options() -> impl Strategy<Value = Options> {
    let emss = prop_oneof![Just(0u32), Just(536), Just(1448), Just(8948), Just(65_483)];
    let way = prop_oneof![Just((1, false)), Just((2, false)), Just((2, true))];
    (any::<[bool; 6]>(), way, emss).prop_map(|(bits, (revision, enhanced), emss)| {
        let [responder, peer_to_peer, a, b, c, d] = bits;
        Options {
            responder,
            revision,
            // An initiator of ours always sends it.
            enhanced: enhanced || revision == 2 && !responder,
            peer_to_peer,
            crc: [a, b],
            markers: [c, d],
            emss,
        }
    })
}

pub(super) fn message() -> impl Strategy<Value = Message> {
    let len = prop_oneof![2 => Just(0usize), 3 => 1..8usize, 4 => 8..2000usize,
        2 => 2000..20_000usize, 1 => 20_000..70_000usize];
    (0..6u8, len, 0..LEN - 70_000).prop_map(|(kind, len, at)| match kind {
        0 => Message::Write { at, len },
        1 => Message::Read {
            at,
            len: len as u32,
        },
        kind => Message::Send {
            opcode: kind + 1,
            len,
        },
    })
}

impl Options {
    /// The peer's startup frame: its Request, or its Reply to `ours`.
    pub(super) fn start(&self, ours: Option<&Start>, dice: &mut Dice) -> Start {
        let block = Enhanced {
            peer: self.peer_to_peer,
            write: self.peer_to_peer && dice.roll(2) == 0,
            ird: 16,
            ord: 16,
            ..Enhanced::default()
        };
        let block = Enhanced {
            read: self.peer_to_peer && !block.write,
            ..block
        };
        Start {
            reply: ours.is_some(),
            markers: self.markers[1],
            crc: self.crc[1],
            reject: false,
            revision: self.revision,
            enhanced: match ours {
                Some(ours) => ours.enhanced.map(|_| block),
                None => self.enhanced.then_some(block),
            },
            private: rising(dice.roll(508)),
        }
    }

    /// The peer's direction, and ours.
    pub(super) fn framing(&self) -> [Framing; 2] {
        let [ours, theirs] = self.markers;
        let crc = self.crc[0] || self.crc[1];
        [ours, theirs].map(|markers| Framing { crc, markers })
    }
}

/// The peer's messages as segments, by lanes whose order is free among each other: Writes, Read
/// Responses, Sends, Read Requests.
pub(super) struct Lanes {
    lanes: [VecDeque<Segment>; 4],
    dice: Dice,
    sends: u32,
    reads: u32,
    spares: u32,
}

impl Lanes {
    pub(super) fn new(dice: Dice) -> Self {
        Self {
            lanes: Default::default(),
            dice,
            sends: 1,
            reads: 1,
            spares: 0,
        }
    }

    pub(super) fn add(&mut self, message: &Message) {
        match *message {
            Message::Send { mut opcode, len } => {
                if matches!(opcode, 4 | 6) && self.spares == SPARES {
                    opcode -= 1;
                }
                self.send(opcode, len);
            }
            Message::Write { at, len } => {
                // Of no bytes, it names no memory.
                let (stag, to) = match len {
                    0 => (self.word(), u64::MAX),
                    _ => (A, BASE + at as u64),
                };
                self.tagged(0, ddp::WRITE, stag, to, len);
            }
            Message::Read { at, len } => {
                let read = Read {
                    sink_stag: self.word(),
                    sink_to: u64::from(self.word()),
                    len,
                    source_stag: if len == 0 { self.word() } else { B },
                    source_to: BASE + at as u64,
                };
                self.read(read);
            }
        }
    }

    fn send(&mut self, opcode: u8, len: usize) {
        let spare = SPARE + self.spares;
        let invalidates = matches!(opcode, 4 | 6);
        self.spares += u32::from(invalidates);
        let data = self.data(len);
        let (mut at, msn) = (0, self.sends);
        self.sends += 1;
        loop {
            let end = self.cut(at, len);
            let place = Place::Untagged {
                // Reserved but where it invalidates.
                word: if invalidates { spare } else { self.word() },
                qn: 0,
                msn,
                mo: at as u32,
            };
            let segment = Segment::new(opcode, end == len, place, data[at..end].to_vec());
            self.lanes[2].push_back(segment);
            at = end;
            if at == len {
                return;
            }
        }
    }

    fn read(&mut self, read: Read) {
        let place = Place::Untagged {
            word: self.word(),
            qn: 1,
            msn: self.reads,
            mo: 0,
        };
        self.reads += 1;
        self.lanes[3].push_back(Segment::new(ddp::READ_REQUEST, true, place, read.bytes()));
    }

    /// The answer to a Read of ours.
    pub(super) fn respond(&mut self, stag: u32, to: u64, len: usize) {
        self.tagged(1, ddp::READ_RESPONSE, stag, to, len);
    }

    fn tagged(&mut self, lane: usize, opcode: u8, stag: u32, to: u64, len: usize) {
        let data = self.data(len);
        let mut at = 0;
        loop {
            let end = self.cut(at, len);
            let place = Place::Tagged {
                stag,
                to: to.wrapping_add(at as u64),
            };
            let segment = Segment::new(opcode, end == len, place, data[at..end].to_vec());
            self.lanes[lane].push_back(segment);
            at = end;
            if at == len {
                return;
            }
        }
    }

    /// Where the segment that begins at `at` ends.
    fn cut(&mut self, at: usize, len: usize) -> usize {
        let most = [1, 3, 500, 1424, 9000, 64_000][self.dice.roll(6)];
        // Not thousands of segments.
        let most = most.max(len / 40);
        (at + 1 + self.dice.roll(most)).min(len)
    }

    fn data(&mut self, len: usize) -> Vec<u8> {
        let first = self.dice.roll(256);
        let data = (0..len).map(|k| (first + k + k / 251) as u8);
        data.collect()
    }

    fn word(&mut self) -> u32 {
        self.dice.roll(1 << 32) as u32
    }

    /// All segments in one order that a sender may choose, reserved bits and all.
    pub(super) fn merged(&mut self) -> Vec<Segment> {
        let mut merged = Vec::new();
        while self.lanes.iter().any(|lane| !lane.is_empty()) {
            let lane = self.dice.roll(4);
            let run = 1 + self.dice.roll(4);
            for _ in 0..run {
                let Some(mut segment) = self.lanes[lane].pop_front() else {
                    break;
                };
                segment.reserved = self.dice.roll(16) as u8;
                segment.rdmap_reserved = self.dice.roll(4) as u8;
                merged.push(segment);
            }
        }
        merged
    }
}

/// The frame that an initiator may begin with: a message of no bytes.
pub(super) fn first(lanes: &mut Lanes) -> Segment {
    match lanes.dice.roll(3) {
        0 => lanes.add(&Message::Write { at: 0, len: 0 }),
        1 => lanes.add(&Message::Read { at: 0, len: 0 }),
        _ => lanes.add(&Message::Send { opcode: 3, len: 0 }),
    }
    lanes.merged().remove(0)
}

/// The segments on the wire; `fault` is in the one of that index.
pub(super) fn stream(
    segments: &[Segment],
    framing: Framing,
    dice: &mut Dice,
    fault: Option<(usize, Fault)>,
) -> Vec<u8> {
    let mut writer = Writer::new(framing);
    for (index, segment) in segments.iter().enumerate() {
        let fault = fault.filter(|(at, _)| *at == index);
        let fault = fault.map_or(Fault::default(), |(_, fault)| fault);
        let (pad, unchecked) = (dice.roll(256) as u8, dice.roll(1 << 32) as u32);
        writer.fpdu(&segment.bytes(), pad, unchecked, fault);
    }
    writer.bytes
}
