//! A memory, a sink, and two machines joined by a pipe in virtual time.

use crate::crc32c;
use crate::iwarp::{
    AccessError, Config, Event, FrameSize, Frames, InvalidateError, Machine, NoReceive,
    PayloadError, ReadLimits, ReadyKinds, ReceiveBuffer, ReceiveFault, Received, Request, Revision,
    Source, Ticks, Timeouts, Trailer, Transmit, Upper,
};
use crate::rdma::Stag;
use std::collections::VecDeque;

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}

/// Bytes `i & 0xff`.
pub(super) fn rising(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

pub(super) const LIMITS: ReadLimits = ReadLimits { ird: 16, ord: 16 };

pub(super) fn config() -> Config {
    Config {
        crc: true,
        markers: false,
        revision: Revision::Two,
        peer_to_peer: true,
        ready: ReadyKinds::DEFAULT,
        legacy_reads: false,
        emss: 1460,
        caps: ReadLimits { ird: 16, ord: 16 },
        timeouts: Timeouts {
            request: 10,
            reply: 60,
            first_fpdu: 60,
        },
    }
}

#[derive(Clone, Copy, Default)]
pub(super) struct Rights {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) invalidatable: bool,
}

#[derive(Clone)]
pub(super) struct Region {
    pub(super) stag: Stag,
    pub(super) foreign: bool,
    pub(super) valid: bool,
    pub(super) rights: Rights,
    pub(super) base: u64,
    pub(super) bytes: Vec<u8>,
}

/// What the consumer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Received {
        bytes: Vec<u8>,
        solicited: bool,
        invalidated: Option<Stag>,
    },
    ReceiveFailed(ReceiveFault),
    Read(Vec<u8>),
}

/// The memory and queues above one machine.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) regions: Vec<Region>,
    /// Posted receives, by capacity.
    pub(super) receives: VecDeque<usize>,
    pub(super) refuse: bool,
    current: Option<Vec<u8>>,
    /// Sinks of our outstanding Reads.
    pub(super) sinks: VecDeque<Vec<u8>>,
    pub(super) sink_gone: bool,
    pub(super) receive_gone: bool,
    pub(super) seen: Vec<Seen>,
    /// The payload of requests given to `start`.
    pub(super) outgoing: Vec<u8>,
    /// Our own payload may not be read.
    pub(super) outgoing_broken: bool,
}

#[derive(Clone, Copy)]
enum Wanted {
    Read,
    Write,
}

impl Memory {
    fn find(
        &self,
        stag: Stag,
        to: u64,
        len: usize,
        wanted: Wanted,
    ) -> Result<(usize, usize), AccessError> {
        let index = self
            .regions
            .iter()
            .position(|region| region.stag == stag && region.valid)
            .ok_or(AccessError::InvalidStag)?;
        let region = &self.regions[index];
        if region.foreign {
            return Err(AccessError::NotAssociated);
        }
        let granted = match wanted {
            Wanted::Read => region.rights.read,
            Wanted::Write => region.rights.write,
        };
        if !granted {
            return Err(AccessError::Rights);
        }
        let end = to.checked_add(len as u64).ok_or(AccessError::Wrap)?;
        if to < region.base || end > region.base + region.bytes.len() as u64 {
            return Err(AccessError::Bounds);
        }
        Ok((index, (to - region.base) as usize))
    }

    pub(super) fn region(&self, stag: u32) -> &Region {
        self.regions
            .iter()
            .find(|region| region.stag == Stag(stag))
            .unwrap()
    }

    pub(super) fn region_mut(&mut self, stag: u32) -> &mut Region {
        self.regions
            .iter_mut()
            .find(|region| region.stag == Stag(stag))
            .unwrap()
    }

    fn source(&self, source: Source, len: usize) -> Result<&[u8], AccessError> {
        match source {
            Source::Request { .. } if self.outgoing_broken => Err(AccessError::InvalidStag),
            Source::Request { offset } => Ok(&self.outgoing[offset as usize..][..len]),
            Source::Region { stag, to } => {
                let (index, at) = self.find(stag, to, len, Wanted::Read)?;
                Ok(&self.regions[index].bytes[at..][..len])
            }
        }
    }
}

impl Upper for Memory {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        assert!(self.current.is_none());
        match self.receives.pop_front() {
            Some(capacity) => {
                self.current = Some(vec![0xee; capacity]);
                ReceiveBuffer::Ready {
                    capacity: capacity as u64,
                }
            }
            None if self.refuse => ReceiveBuffer::Refused(NoReceive),
            None => ReceiveBuffer::Wait,
        }
    }

    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        if self.receive_gone {
            return Err(AccessError::InvalidStag);
        }
        let buffer = self.current.as_mut().unwrap();
        buffer[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn receive_done(&mut self, received: Received) {
        let mut bytes = self.current.take().unwrap();
        bytes.truncate(received.len as usize);
        self.seen.push(Seen::Received {
            bytes,
            solicited: received.solicited,
            invalidated: received.invalidated,
        });
    }

    fn receive_failed(&mut self, fault: ReceiveFault) {
        self.current.take().unwrap();
        self.seen.push(Seen::ReceiveFailed(fault));
    }

    fn check_write(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        assert!(len > 0);
        self.find(stag, to, len as usize, Wanted::Write).map(|_| ())
    }

    fn write_place(&mut self, stag: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError> {
        let (index, at) = self.find(stag, to, bytes.len(), Wanted::Write)?;
        self.regions[index].bytes[at..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn check_read(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        assert!(len > 0);
        self.find(stag, to, len as usize, Wanted::Read).map(|_| ())
    }

    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        if self.sink_gone {
            return Err(AccessError::InvalidStag);
        }
        let sink = self.sinks.front_mut().unwrap();
        sink[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn read_done(&mut self) {
        self.seen.push(Seen::Read(self.sinks.pop_front().unwrap()));
    }

    fn invalidate(&mut self, stag: Stag) -> Result<(), InvalidateError> {
        let region = self
            .regions
            .iter_mut()
            .find(|region| region.stag == stag && region.valid);
        let region = region.ok_or(InvalidateError::InvalidStag)?;
        if region.foreign {
            return Err(InvalidateError::NotAssociated);
        }
        if !region.rights.read && !region.rights.write {
            return Err(InvalidateError::Rights);
        }
        if !region.rights.invalidatable {
            return Err(InvalidateError::NotInvalidatable);
        }
        region.valid = false;
        Ok(())
    }
}

/// A sink of limited size that builds the bytes of the stream.
pub(super) struct Sink<'a> {
    pub(super) memory: &'a Memory,
    pub(super) bytes: Vec<u8>,
    pub(super) room: usize,
    /// Say `Full` from `payload` this many times.
    pub(super) descriptors_short: u32,
    start: usize,
    size: Option<FrameSize>,
    copied: usize,
    placed: usize,
}

impl<'a> Sink<'a> {
    pub(super) fn new(memory: &'a Memory, room: usize) -> Self {
        Self {
            memory,
            bytes: Vec::new(),
            room,
            descriptors_short: 0,
            start: 0,
            size: None,
            copied: 0,
            placed: 0,
        }
    }
}

impl Frames for Sink<'_> {
    fn begin(&mut self, size: FrameSize) -> bool {
        assert!(self.size.is_none());
        if self.bytes.len() + size.copied + size.payload > self.room {
            return false;
        }
        self.start = self.bytes.len();
        self.size = Some(size);
        (self.copied, self.placed) = (0, 0);
        true
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.copied += bytes.len();
        self.bytes.extend(bytes);
    }

    fn payload(&mut self, source: Source, len: u32) -> Result<(), PayloadError> {
        assert!(len > 0);
        if self.descriptors_short > 0 {
            self.descriptors_short -= 1;
            return Err(PayloadError::Full);
        }
        self.placed += len as usize;
        let bytes = self
            .memory
            .source(source, len as usize)
            .map_err(PayloadError::Access)?;
        self.bytes.extend(bytes);
        Ok(())
    }

    fn end(&mut self, trailer: Trailer) {
        let size = self.size.take().unwrap();
        match trailer {
            Trailer::Crc => {
                let crc = crc32c::update(0, &self.bytes[self.start..]);
                self.bytes.extend(crc.to_le_bytes());
                self.copied += 4;
            }
            Trailer::Zero => {
                self.bytes.extend([0; 4]);
                self.copied += 4;
            }
            Trailer::None => {}
        }
        // The room asked for is exactly the room used.
        assert_eq!((self.copied, self.placed), (size.copied, size.payload));
    }

    fn cancel(&mut self) {
        self.size.take().unwrap();
        self.bytes.truncate(self.start);
    }
}

/// One end: a machine, its memory, and what it has not sent yet.
pub(super) struct End {
    pub(super) machine: Machine,
    pub(super) memory: Memory,
    pub(super) requests: VecDeque<(Request, Vec<u8>)>,
    pub(super) events: Vec<Event>,
    /// The peer's private data, as the event was there that announces it.
    pub(super) said: Vec<u8>,
    /// Bytes of the stream that the machine has not taken.
    pub(super) inbox: Vec<u8>,
    pub(super) finished: bool,
    /// Requests whose last byte is in a sink.
    pub(super) sent: usize,
}

impl End {
    pub(super) fn new(machine: Machine) -> Self {
        Self {
            machine,
            memory: Memory::default(),
            requests: VecDeque::new(),
            events: Vec::new(),
            said: Vec::new(),
            inbox: Vec::new(),
            finished: false,
            sent: 0,
        }
    }

    pub(super) fn send(&mut self, payload: &[u8], solicited: bool, invalidate: Option<Stag>) {
        let len = payload.len() as u32;
        self.requests.push_back((
            Request::Send {
                len,
                solicited,
                invalidate,
            },
            payload.to_vec(),
        ));
    }

    pub(super) fn write(&mut self, stag: u32, to: u64, payload: &[u8]) {
        let len = payload.len() as u32;
        let stag = Stag(stag);
        self.requests
            .push_back((Request::Write { len, stag, to }, payload.to_vec()));
    }

    pub(super) fn read(&mut self, stag: u32, to: u64, len: u32) {
        let request = Request::Read {
            len,
            stag: Stag(stag),
            to,
            sink_stag: Stag(0x0c00_0001),
            sink_to: 0x1_0000,
        };
        self.requests.push_back((request, vec![0xee; len as usize]));
    }

    /// Gives stream bytes to the machine, in pieces of `piece`; what it holds back stays.
    pub(super) fn take(&mut self, bytes: &[u8], piece: usize) {
        self.inbox.extend(bytes);
        let mut given = 0;
        while given < self.inbox.len() {
            let end = (given + piece).min(self.inbox.len());
            let mut at = given;
            let taken = self.machine.receive(&self.inbox[at..end], &mut self.memory);
            at += taken;
            self.collect();
            if at < end {
                given = at;
                break;
            }
            given = at;
        }
        self.inbox.drain(..given);
    }

    pub(super) fn collect(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            if let Event::PeerRequest { .. } | Event::PeerReply { .. } | Event::PeerReject { .. } =
                event
            {
                self.said = self.machine.private_data().to_vec();
            }
            self.events.push(event);
        }
    }

    /// Everything the machine has to send now, through sinks of `room` bytes.
    pub(super) fn transmit(&mut self, room: usize) -> Vec<u8> {
        let mut stream = Vec::new();
        loop {
            self.start_next();
            let mut sink = Sink::new(&self.memory, room);
            let result = self.machine.poll_transmit(&mut sink);
            assert!(sink.size.is_none(), "a frame was begun and not ended");
            stream.extend(&sink.bytes);
            self.collect();
            match result {
                Transmit::MessageDone => self.sent += 1,
                Transmit::Full => {}
                Transmit::Idle => return stream,
                Transmit::Finished => {
                    self.finished = true;
                    return stream;
                }
            }
        }
    }

    /// What one sink of `room` bytes takes.
    pub(super) fn one_sink(&mut self, room: usize) -> Vec<u8> {
        let mut stream = Vec::new();
        loop {
            self.start_next();
            let mut sink = Sink::new(&self.memory, room - stream.len());
            let result = self.machine.poll_transmit(&mut sink);
            assert!(sink.size.is_none(), "a frame was begun and not ended");
            stream.extend(&sink.bytes);
            self.collect();
            match result {
                Transmit::MessageDone => self.sent += 1,
                Transmit::Full | Transmit::Idle => return stream,
                Transmit::Finished => {
                    self.finished = true;
                    return stream;
                }
            }
        }
    }

    fn start_next(&mut self) {
        let Some((request, _)) = self.requests.front() else {
            return;
        };
        if !self.machine.can_start(request) {
            return;
        }
        let (request, payload) = self.requests.pop_front().unwrap();
        self.machine.start(request).unwrap();
        match request {
            Request::Read { .. } => self.memory.sinks.push_back(payload),
            Request::Send { .. } | Request::Write { .. } => self.memory.outgoing = payload,
        }
    }
}

/// How a pipe cuts the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) piece: usize,
    pub(super) room: usize,
}

impl Default for Cut {
    fn default() -> Self {
        Self {
            piece: 1 << 20,
            room: 1 << 20,
        }
    }
}

/// Two machines and the pipe between them.
pub(super) struct Pair {
    pub(super) client: End,
    pub(super) server: End,
    pub(super) cut: Cut,
    pub(super) now: Ticks,
}

impl Pair {
    /// TCP is connected, nothing else.
    pub(super) fn new(client: &Config, server: &Config, cut: Cut) -> Self {
        Self {
            client: End::new(Machine::initiator(client)),
            server: End::new(Machine::responder(server, 0)),
            cut,
            now: 0,
        }
    }

    /// The stream is up on both sides.
    pub(super) fn connected(client: &Config, server: &Config, cut: Cut) -> Self {
        let mut pair = Self::new(client, server, cut);
        pair.client
            .machine
            .request(pair.now, b"hello", LIMITS)
            .unwrap();
        pair.drive();
        pair.server
            .machine
            .accept(pair.now, b"welcome", LIMITS)
            .unwrap();
        pair.drive();
        pair.client.machine.complete().unwrap();
        pair.drive();
        assert!(
            pair.client.events.contains(&Event::Established),
            "{:?}",
            pair.client.events
        );
        assert!(
            pair.server.events.contains(&Event::Established),
            "{:?}",
            pair.server.events
        );
        pair
    }

    /// Carries bytes both ways until nothing moves.
    pub(super) fn drive(&mut self) {
        loop {
            let there = self.client.transmit(self.cut.room);
            self.server.take(&there, self.cut.piece);
            let back = self.server.transmit(self.cut.room);
            self.client.take(&back, self.cut.piece);
            if there.is_empty() && back.is_empty() {
                return;
            }
        }
    }
}
