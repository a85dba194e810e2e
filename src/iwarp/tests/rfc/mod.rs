//! The requirements of the protocol's documents, by theme. Each test names the rows of `docs/rfc`
//! that it covers. Frames are built and taken apart here, by the documents alone.

use super::support::*;
use crate::crc32c;
use crate::iwarp::{Config, Error, Event, Machine, Revision};
use crate::rdma::Stag;

mod close;
mod enhanced;
mod framing;
mod markers;
mod ordering;
mod placement;
mod reads;
mod sends;
mod startup;
mod terminate;

const WHOLE: usize = usize::MAX >> 1;
const CUTS: [usize; 3] = [WHOLE, 1, 7];
const REQUEST: &str = "4d504120 49442052 65712046 72616d65";
const REPLY: &str = "4d504120 49442052 65702046 72616d65";
/// A region of ours that the peer may read and write: 4 KiB at 0x1000.
const REGION: u32 = 0x1234_5601;

fn startup_frame(key: &str, rest: &str) -> Vec<u8> {
    hex(&format!("{key} {rest}"))
}

/// Revision 1: no ready-to-receive frame comes before what is looked at.
fn plain() -> Config {
    Config {
        revision: Revision::One,
        ..config()
    }
}

/// An initiator whose Reply said `rest`, completed; region and receives are there, nothing is sent.
fn initiator(config: &Config, rest: &str) -> End {
    let mut end = End::new(Machine::initiator(config));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end.take(&startup_frame(REPLY, rest), WHOLE);
    end.machine.complete().unwrap();
    end.collect();
    equipped(end)
}

/// A responder that accepted a Request that said `rest`; its Reply is out.
fn responder(config: &Config, rest: &str) -> End {
    let mut end = End::new(Machine::responder(config, 0));
    end.take(&startup_frame(REQUEST, rest), WHOLE);
    end.machine.accept(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    equipped(end)
}

/// The stream is up; CRC on, no markers.
fn up() -> End {
    initiator(&plain(), "40010000")
}

fn up_with(emss: u32) -> End {
    initiator(&Config { emss, ..plain() }, "40010000")
}

fn equipped(mut end: End) -> End {
    end.memory.regions.push(region(REGION));
    end.memory.receives.extend([0x1_0000; 64]);
    end
}

fn region(stag: u32) -> Region {
    Region {
        stag: Stag(stag),
        foreign: false,
        valid: true,
        rights: Rights {
            read: true,
            write: true,
            invalidatable: true,
        },
        base: 0x1000,
        bytes: vec![0x55; 0x1000],
    }
}

/// An FPDU without markers: length, ULPDU, zeros, CRC.
fn fpdu(ulpdu: &[u8]) -> Vec<u8> {
    let mut frame = (ulpdu.len() as u16).to_be_bytes().to_vec();
    frame.extend(ulpdu);
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame.extend(crc32c::update(0, &frame).to_le_bytes());
    frame
}

/// An untagged segment's ULPDU. `control` is the DDP control byte.
fn untagged(
    control: u8,
    opcode: u8,
    queue: u32,
    sequence: u32,
    offset: u32,
    payload: &[u8],
) -> Vec<u8> {
    let mut ulpdu = vec![control, 0x40 | opcode];
    for word in [0, queue, sequence, offset] {
        ulpdu.extend(word.to_be_bytes());
    }
    ulpdu.extend(payload);
    ulpdu
}

/// A Send of one segment.
fn send(sequence: u32, payload: &[u8]) -> Vec<u8> {
    fpdu(&untagged(0x41, 3, 0, sequence, 0, payload))
}

/// A tagged segment's ULPDU.
fn tagged(control: u8, opcode: u8, stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    let mut ulpdu = vec![control, 0x40 | opcode];
    ulpdu.extend(stag.to_be_bytes());
    ulpdu.extend(to.to_be_bytes());
    ulpdu.extend(payload);
    ulpdu
}

/// An RDMA Write of one segment.
fn write(stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    fpdu(&tagged(0xc1, 0, stag, to, payload))
}

/// A Read Request's ULPDU.
fn read_request(sequence: u32, sink: (u32, u64), len: u32, source: (u32, u64)) -> Vec<u8> {
    let mut header = sink.0.to_be_bytes().to_vec();
    header.extend(sink.1.to_be_bytes());
    header.extend(len.to_be_bytes());
    header.extend(source.0.to_be_bytes());
    header.extend(source.1.to_be_bytes());
    untagged(0x41, 1, 1, sequence, 0, &header)
}

/// A segment as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    ulpdu: Vec<u8>,
}

impl Segment {
    fn word(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.ulpdu[at..at + 4].try_into().unwrap())
    }

    fn is_tagged(&self) -> bool {
        self.ulpdu[0] & 0x80 != 0
    }

    fn is_last(&self) -> bool {
        self.ulpdu[0] & 0x40 != 0
    }

    fn opcode(&self) -> u8 {
        self.ulpdu[1] & 0x0f
    }

    /// Or the Invalidate STag of an untagged one.
    fn stag(&self) -> u32 {
        self.word(2)
    }

    fn to(&self) -> u64 {
        u64::from(self.word(6)) << 32 | u64::from(self.word(10))
    }

    fn queue(&self) -> u32 {
        self.word(6)
    }

    fn sequence(&self) -> u32 {
        self.word(10)
    }

    fn offset(&self) -> u32 {
        self.word(14)
    }

    fn payload(&self) -> &[u8] {
        &self.ulpdu[if self.is_tagged() { 14 } else { 18 }..]
    }
}

/// The segments of a stream without markers; pad and CRC of each must be right.
fn segments(stream: &[u8]) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let len = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        let summed = (2 + len).next_multiple_of(4);
        let (frame, after) = rest.split_at(summed + 4);
        assert!(frame[2 + len..summed].iter().all(|byte| *byte == 0));
        let sum = crc32c::update(0, &frame[..summed]);
        assert_eq!(frame[summed..], sum.to_le_bytes());
        found.push(Segment {
            ulpdu: frame[2..2 + len].to_vec(),
        });
        rest = after;
    }
    found
}

/// The error the stream ended with, if it did.
fn failure(end: &End) -> Option<Error> {
    match end.events.last() {
        Some(Event::Failed(error)) => Some(*error),
        _ => None,
    }
}

fn received(bytes: &[u8]) -> Seen {
    Seen::Received {
        bytes: bytes.to_vec(),
        solicited: false,
        invalidated: None,
    }
}

/// The Terminate that is all of `stream`: its control word, and what it quotes.
fn terminate(stream: &[u8]) -> (String, Vec<u8>) {
    let segments = segments(stream);
    let [only] = &segments[..] else {
        panic!("{segments:?}");
    };
    assert_eq!(
        only.ulpdu[..18],
        hex("4147 00000000 00000002 00000001 00000000")
    );
    let control = only.ulpdu[18..22].iter();
    let control = control.map(|byte| format!("{byte:02x}")).collect();
    (control, only.ulpdu[22..].to_vec())
}
