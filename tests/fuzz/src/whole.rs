//! Target `machine`: an input is a list of what peer and consumer do, so that most inputs get far.

use crate::bench::{Bench, Outcome, stags};
use crate::cursor::Cursor;
use crate::iwarp::{Event, Machine};
use crate::peer;
use crate::rdma::Stag;
use crate::startup::configured;
use crate::support::LIMITS;
use softrnic_oracle::ddp::{self, Place, Read, Segment};
use softrnic_oracle::mpa::{Fault, Framing, Writer};

/// The same list twice, the peer's bytes whole and in pieces.
pub(crate) fn run(input: &[u8]) {
    let whole = Run::new(input, 0).finished();
    let cut = input.get(5).copied().unwrap_or(0).max(1);
    let split = Run::new(input, cut).finished();
    whole.assert_same(split);
}

struct Run<'a> {
    input: Cursor<'a>,
    bench: Bench,
    initiator: bool,
    now: u64,
    /// The peer's frames, as it believes them to be framed.
    writer: Writer,
    /// The peer's next message of each queue.
    sequence: [u32; 3],
}

impl<'a> Run<'a> {
    fn new(input: &'a [u8], cut: u8) -> Self {
        let mut input = Cursor::new(input);
        let (config, initiator) = configured(&mut input);
        let (_, flags) = (input.byte(), input.byte());
        let machine = match initiator {
            true => Machine::initiator(&config),
            false => Machine::responder(&config, 0),
        };
        let mut bench = Bench::new(machine, cut);
        bench.end.memory.refuse = flags & 1 != 0;
        let mut run = Self {
            input,
            bench,
            initiator,
            now: 0,
            writer: Writer::new(Framing {
                crc: config.crc,
                markers: config.markers,
            }),
            sequence: [1; 3],
        };
        // Most lists begin with a start-up that succeeds.
        if flags & 2 == 0 {
            run.ask();
            run.peer_starts();
            run.answer();
        }
        run
    }

    fn finished(mut self) -> Outcome {
        while !self.input.is_empty() {
            self.step();
        }
        self.bench.transmit(1 << 16);
        self.bench.finish();
        self.bench.transmit(1 << 16);
        self.bench.outcome()
    }

    fn step(&mut self) {
        match self.input.byte() % 20 {
            0..6 => self.segment(Fault::default()),
            6 => {
                let fault = self.fault();
                self.segment(fault);
            }
            7 => self.raw(),
            8 => self.peer_starts(),
            9 => self.ask(),
            10 => self.answer(),
            11..13 => self.post_receive(),
            13..15 => self.post(),
            15..17 => self.transmit(),
            17 => self.time_passes(),
            18 => self.ends(),
            _ => self.invalidates(),
        }
    }

    fn peer_starts(&mut self) {
        let start = peer::start(self.initiator, &mut self.input);
        self.writer.framing.crc |= start.crc;
        self.bench.give(&start.bytes());
    }

    fn ask(&mut self) {
        if self.initiator {
            let len = usize::from(self.input.byte());
            let _refused = self
                .bench
                .end
                .machine
                .request(self.now, &vec![0xda; len], LIMITS);
            self.bench.transmit(1 << 16);
        }
    }

    fn answer(&mut self) {
        let choice = self.input.byte();
        let data = vec![0xda; usize::from(choice >> 3)];
        let machine = &mut self.bench.end.machine;
        match self.bench.end.events.last() {
            Some(Event::PeerRequest { .. }) if choice & 7 == 7 => {
                let _refused = machine.reject(&data);
            }
            Some(Event::PeerRequest { .. }) => {
                let _refused = machine.accept(self.now, &data, LIMITS);
            }
            _ => {
                let _refused = machine.complete();
            }
        }
        self.bench.collect();
        self.bench.transmit(1 << 16);
        self.bench.push();
    }

    /// A segment whose fields are mostly those that are due.
    fn segment(&mut self, fault: Fault) {
        let [opcode, shape] = [self.input.byte(), self.input.byte()];
        let opcode = opcode % 9;
        let place = match opcode {
            ddp::WRITE | ddp::READ_RESPONSE => self.tagged(opcode, shape),
            _ => self.untagged(opcode, shape),
        };
        let data = match opcode {
            ddp::READ_REQUEST => self.read_request(),
            _ => {
                let len = usize::from(self.input.byte()) << (shape >> 6);
                vec![0xa5; len]
            }
        };
        let mut segment = Segment::new(opcode, shape & 3 != 3, place, data);
        if shape & 0x3c == 0x3c {
            let [versions, opcode] = [self.input.byte(), self.input.byte()];
            segment.version = versions & 3;
            segment.rdmap_version = versions >> 2 & 3;
            segment.opcode = opcode & 15;
        }
        self.frame(&segment.bytes(), fault);
    }

    fn tagged(&mut self, opcode: u8, shape: u8) -> Place {
        if opcode == ddp::READ_RESPONSE {
            let (stag, to) = (0x0c00_0001, 0x1_0000);
            let to = to + u64::from(self.input.byte() & 0xf0);
            return Place::Tagged { stag, to };
        }
        let stag = self.stag();
        let to = self.to(shape);
        Place::Tagged { stag, to }
    }

    fn untagged(&mut self, opcode: u8, shape: u8) -> Place {
        let queue = match opcode {
            ddp::READ_REQUEST => 1,
            ddp::TERMINATE => 2,
            _ => 0,
        };
        let msn = self.sequence[queue];
        if shape & 3 != 3 {
            self.sequence[queue] = msn.wrapping_add(1);
        }
        let odd = |bits: u8, value: u8| if shape & 0x1c == bits { value } else { 0 };
        Place::Untagged {
            word: self.stag(),
            qn: queue as u32 + u32::from(odd(0x14, 1)),
            msn: msn.wrapping_add(odd(0x18, 1).into()),
            mo: u32::from(self.input.byte()) << (shape >> 6),
        }
    }

    fn read_request(&mut self) -> Vec<u8> {
        let shape = self.input.byte();
        let read = Read {
            sink_stag: 0x11,
            sink_to: 0x22,
            len: u32::from(self.input.short() & 0x1fff),
            source_stag: self.stag(),
            source_to: self.to(shape),
        };
        let mut bytes = read.bytes();
        if shape & 0x0e == 0x0e {
            bytes.resize(bytes.len() + usize::from(shape >> 4) - 8, 0);
        }
        bytes
    }

    fn stag(&mut self) -> u32 {
        let choice = self.input.byte();
        match stags().get(usize::from(choice & 7)) {
            Some(stag) => *stag,
            None => self.input.word(),
        }
    }

    /// In the regions, at their ends, or at the end of all addresses.
    fn to(&mut self, shape: u8) -> u64 {
        let offset = u64::from(self.input.short() & 0x1fff);
        match shape & 0x30 == 0x30 {
            true => u64::MAX - offset,
            false => 0x1000 + offset,
        }
    }

    fn fault(&mut self) -> Fault {
        match self.input.byte() {
            byte if byte & 3 == 0 => Fault {
                length: i32::from(byte as i8),
                ..Fault::default()
            },
            byte if byte & 3 == 1 => Fault {
                marker: byte.into(),
                ..Fault::default()
            },
            byte => Fault {
                crc: 1 << (byte & 31),
                ..Fault::default()
            },
        }
    }

    fn frame(&mut self, ulpdu: &[u8], fault: Fault) {
        let before = self.writer.bytes.len();
        self.writer.fpdu(ulpdu, 0, 0, fault);
        let bytes = self.writer.bytes[before..].to_vec();
        self.bench.give(&bytes);
    }

    fn raw(&mut self) {
        let len = usize::from(self.input.byte());
        let bytes = self.input.take(len);
        self.writer.bytes.extend(bytes);
        self.bench.give(bytes);
    }

    fn post_receive(&mut self) {
        let size = usize::from(self.input.byte()) * 4;
        self.bench.end.memory.receives.push_back(size);
        self.bench.push();
    }

    fn post(&mut self) {
        let [kind, len] = [self.input.byte(), self.input.byte()];
        let len = usize::from(len) << (kind >> 5);
        let payload = vec![0xbe; len];
        let end = &mut self.bench.end;
        match kind % 4 {
            0 => end.send(&payload, kind & 4 != 0, None),
            1 => end.send(&payload, kind & 4 != 0, Some(Stag(0x77))),
            2 => end.write(0x88, 0x9000, &payload),
            _ => end.read(0x99, 0xa000, len as u32),
        }
    }

    fn transmit(&mut self) {
        let room = 8192 + usize::from(self.input.byte()) * 16;
        self.bench.transmit(room);
    }

    fn time_passes(&mut self) {
        self.now += u64::from(self.input.byte());
        self.bench.end.machine.handle_timeout(self.now);
        self.bench.collect();
    }

    fn ends(&mut self) {
        match self.input.byte() % 5 {
            0 => self.bench.finish(),
            1 => self.bench.ends(Machine::handle_reset),
            2 => self.bench.ends(Machine::fail),
            _ => self.bench.ends(Machine::disconnect),
        }
        self.bench.collect();
    }

    /// The consumer takes back what it granted.
    fn invalidates(&mut self) {
        let which = usize::from(self.input.byte());
        let memory = &mut self.bench.end.memory;
        match memory.regions.get_mut(which) {
            Some(region) => region.valid = false,
            None if which & 1 == 0 => memory.sink_gone = true,
            None => memory.outgoing_broken = true,
        }
    }
}
