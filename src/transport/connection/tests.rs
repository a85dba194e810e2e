//! Two connections over a pipe in memory, in virtual time: the real machine, the real queues.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::*;
use crate::crc32c;
use crate::iwarp::{ReadLimits as WireLimits, ReadyKinds, Revision, Timeouts, Trailer};
use crate::rdma::qp::State;
use crate::rdma::stag::{Grant, Table};
use crate::rdma::{
    Access, Completion, Domain, Draft, Fault, Flags, Kind, NotEnacted, Op, Payload, QueuePair,
    Region, Remote, Sge, SgeList, Stag, Status,
};
use crate::sync::storage::Heap;
use crate::transport::api::{Memory, Side, Sides};
use crate::transport::link::{BATCHES, Gone};

mod batches;
mod data;
mod ends;
mod fallback;
mod memory;
mod states;
mod stories;

/// SMB Direct's.
const PORT: u16 = 5445;
const DOMAIN: Domain = Domain(7);
const BASE: u64 = 0xFFFF_0000_1234_5678;

#[derive(Clone)]
struct Bytes(Rc<RefCell<Vec<u8>>>);

impl Memory for Bytes {
    fn write(&self, offset: u64, bytes: &[u8]) -> bool {
        let at = offset as usize;
        self.0.borrow_mut()[at..at + bytes.len()].copy_from_slice(bytes);
        true
    }
}

/// A queue pair with its completions.
struct Qp {
    pair: QueuePair<Heap>,
    regions: Table<Bytes, Heap>,
    done: RefCell<Vec<Completion>>,
    notified: Cell<usize>,
    /// Completions the queues take before they overrun.
    room: Cell<usize>,
}

#[derive(Clone)]
struct Handle(Rc<Qp>);

impl Queues for Handle {
    type Allocator = Heap;
    type Memory = Bytes;

    fn queue_pair(&self) -> &QueuePair<Heap> {
        &self.0.pair
    }
    fn regions(&self) -> &Table<Bytes, Heap> {
        &self.0.regions
    }
    fn local(&self, sge: &Sge, need: Access) -> Result<Grant<'_, Bytes>, Fault> {
        let (at, length) = (sge.address, u64::from(sge.length));
        self.0
            .regions
            .access(sge.token, &[DOMAIN], at, length, need)
    }
    fn invalidate(&self, stag: Stag, need: Access) -> Result<bool, Fault> {
        let regions = &self.0.regions;
        regions.invalidate(stag, &[DOMAIN], need)?;
        Ok(!regions.is_leaving(stag))
    }
    fn enact(&self, draft: Draft) -> Result<(), NotEnacted> {
        self.0.regions.enact(draft, |_| true)
    }
    fn complete(&self, _side: Side, completion: Completion, _solicited: bool) -> bool {
        self.0.done.borrow_mut().push(completion);
        self.0.done.borrow().len() <= self.0.room.get()
    }
    fn notify(&self, _: Sides) {
        self.0.notified.set(self.0.notified.get() + 1);
    }
}

struct Buffer {
    bytes: Vec<u8>,
    frame: usize,
    room: usize,
}

impl Batch<Bytes> for Buffer {
    fn begin(&mut self, copied: usize, described: usize, _: bool) -> bool {
        self.frame = self.bytes.len();
        self.bytes.len() + copied + described <= self.room
    }
    fn is_small(&self) -> bool {
        false
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    fn copy(&mut self, memory: &Bytes, offset: u64, length: u32) -> bool {
        let at = offset as usize;
        self.bytes
            .extend_from_slice(&memory.0.borrow()[at..at + length as usize]);
        true
    }
    fn describe(&mut self, memory: &Bytes, offset: u64, length: u32) -> Result<bool, Gone> {
        Ok(self.copy(memory, offset, length))
    }
    fn end(&mut self, trailer: Trailer) {
        match trailer {
            Trailer::Crc => {
                let crc = crc32c::update(0, &self.bytes[self.frame..]);
                self.bytes.extend_from_slice(&crc.to_le_bytes());
            }
            Trailer::Zero => self.bytes.extend_from_slice(&[0; 4]),
            Trailer::None => {}
        }
    }
    fn cancel(&mut self) {
        self.bytes.truncate(self.frame);
    }
    fn length(&self) -> usize {
        self.bytes.len()
    }
    fn room(&self) -> usize {
        self.room - self.bytes.len()
    }
}

/// One direction's stream and what its sender's link did.
#[derive(Default)]
struct Pipe {
    stream: VecDeque<u8>,
    /// Sent, not yet told so.
    unacknowledged: VecDeque<(usize, Buffer)>,
    home: usize,
    /// Bytes a batch takes.
    room: usize,
    /// Whether the last one was asked for as a large one.
    large: bool,
    fin: bool,
    fin_told: bool,
    reset: bool,
    close_asked: bool,
    resumed: bool,
    redialed: bool,
}

struct TestLink(Rc<RefCell<Pipe>>);

impl Link for TestLink {
    type Batch = Buffer;

    fn batch(&mut self, large: bool) -> Option<Buffer> {
        let mut pipe = self.0.borrow_mut();
        pipe.large = large;
        pipe.home = pipe.home.checked_sub(1)?;
        Some(Buffer {
            bytes: Vec::new(),
            frame: 0,
            room: pipe.room,
        })
    }
    fn keep(&mut self, _: Buffer) {
        self.0.borrow_mut().home += 1;
    }
    fn send(&mut self, lot: usize, batch: Buffer) -> bool {
        let mut pipe = self.0.borrow_mut();
        pipe.stream.extend(&batch.bytes);
        pipe.unacknowledged.push_back((lot, batch));
        true
    }
    fn resume(&mut self) {
        self.0.borrow_mut().resumed = true;
    }
    fn disconnect(&mut self) {
        self.0.borrow_mut().fin = true;
    }
    fn close(&mut self) {
        self.0.borrow_mut().close_asked = true;
    }
    fn redial(&mut self) {
        let (home, room) = (self.0.borrow().home, self.0.borrow().room);
        *self.0.borrow_mut() = Pipe {
            home,
            room,
            redialed: true,
            ..Pipe::default()
        };
    }
}

#[derive(Default)]
struct Log(
    RefCell<Vec<String>>,
    RefCell<Vec<u8>>,
    Cell<ReadLimits>,
    Cell<Option<Failure>>,
    RefCell<Vec<(bool, u8, u8)>>,
    /// No room for what the peer says.
    Cell<bool>,
);

impl Log {
    fn add(&self, text: impl Into<String>) {
        self.0.borrow_mut().push(text.into());
    }
    fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

impl Up for Log {
    fn offered(&self) {
        self.add("offered");
    }
    fn peer_said(&self, private_data: &[u8]) -> bool {
        *self.1.borrow_mut() = private_data.to_vec();
        !self.5.get()
    }
    fn reads_in_force(&self, reads: ReadLimits) {
        self.2.set(reads);
    }
    fn connect_done(&self, result: Result<(), Failure>) {
        self.add(format!("connect {result:?}"));
    }
    fn accept_done(&self, result: Result<(), Failure>) {
        self.add(format!("accept {result:?}"));
    }
    fn complete_done(&self, result: Result<(), Failure>) {
        self.add(format!("complete {result:?}"));
    }
    fn disconnect_done(&self, result: Result<(), Failure>) {
        self.add(format!("disconnect {result:?}"));
    }
    fn disconnected(&self, lost: Option<Failure>) {
        self.add("disconnected");
        self.3.set(lost);
    }
    fn terminated(&self, by_peer: bool, layer_and_type: u8, code: u8) {
        let terminated = (by_peer, layer_and_type, code);
        self.4.borrow_mut().push(terminated);
    }
    fn closed(&self) {
        self.add("closed");
    }
}

/// One end.
struct End {
    connection: Connection<Handle>,
    link: TestLink,
    log: Log,
    qp: Rc<Qp>,
    now: Ticks,
}

impl End {
    fn new(emss: u32, pipe: &Rc<RefCell<Pipe>>) -> Self {
        let config = Config {
            crc: true,
            markers: false,
            revision: Revision::Two,
            peer_to_peer: true,
            ready: ReadyKinds::DEFAULT,
            legacy_reads: false,
            emss,
            caps: WireLimits { ird: 16, ord: 16 },
            timeouts: Timeouts {
                request: 10 * SECOND,
                reply: 90 * SECOND,
                first_fpdu: 60 * SECOND,
            },
        };
        pipe.borrow_mut().home = BATCHES;
        pipe.borrow_mut().room = 300_000;
        let qp = Qp {
            pair: QueuePair::new(64, 64, [DOMAIN, Domain(8)]).unwrap(),
            regions: Table::new([0x1234_5678, 1]).unwrap(),
            done: RefCell::default(),
            notified: Cell::new(0),
            room: Cell::new(usize::MAX),
        };
        Self {
            connection: Connection::new(&config, Patience::default()),
            link: TestLink(pipe.clone()),
            log: Log::default(),
            qp: Rc::new(qp),
            now: 0,
        }
    }

    /// One input and what follows from it.
    fn input(&mut self, act: impl FnOnce(&mut Connection<Handle>, &mut Around<'_, TestLink, Log>)) {
        let now = self.now;
        let mut around = Around {
            link: &mut self.link,
            up: &self.log,
            clock: &|| now,
        };
        act(&mut self.connection, &mut around);
        self.connection.pump(&mut around);
    }

    fn handle(&self) -> Handle {
        Handle(self.qp.clone())
    }

    fn begin(&self) -> Handle {
        self.qp.pair.advance(Change::Connect).unwrap();
        self.handle()
    }

    /// A region of these bytes at `BASE`.
    fn region(&self, bytes: Vec<u8>, access: Access) -> (Stag, Bytes) {
        let memory = Bytes(Rc::new(RefCell::new(bytes)));
        let stag = self.qp.regions.reserve().unwrap();
        let length = memory.0.borrow().len() as u64;
        let region = Region {
            base: BASE,
            length,
            access,
            domain: DOMAIN,
            memory: memory.clone(),
        };
        assert!(self.qp.regions.publish(stag, region).is_ok());
        (stag, memory)
    }

    fn post(&mut self, context: u64, op: Op, flags: Flags, sges: &[Sge]) {
        self.queue(context, op, flags, sges);
        self.input(|connection, _| connection.doorbell());
    }

    /// A post that nobody has told of.
    fn queue(&mut self, context: u64, op: Op, flags: Flags, sges: &[Sge]) {
        let posted = self.qp.pair.send.post(|request| {
            let mut list = SgeList::default();
            assert!(sges.iter().all(|sge| list.push(*sge)));
            *request = crate::rdma::SendRequest {
                context,
                op,
                flags,
                payload: Payload::Sges(list),
                ..crate::rdma::SendRequest::default()
            };
            Ok(())
        });
        assert_eq!(posted, Ok(()));
    }

    fn post_receive(&mut self, context: u64, sges: &[Sge]) {
        let posted = self.qp.pair.receive.post(|request| {
            request.context = context;
            request.sges.clear();
            assert!(sges.iter().all(|sge| request.sges.push(*sge)));
            Ok(())
        });
        assert_eq!(posted, Ok(()));
        self.input(|connection, _| connection.doorbell());
    }

    fn completions(&self) -> Vec<(u64, Kind, Status, u32)> {
        let done = self.qp.done.take();
        done.into_iter()
            .map(|done| (done.context, done.kind, done.status, done.bytes))
            .collect()
    }

    fn phase(&self) -> Phase {
        self.connection.phase()
    }
}

fn sge(stag: Stag, offset: u64, length: u32) -> Sge {
    Sge {
        address: BASE + offset,
        length,
        token: stag,
    }
}

/// Two ends and the pipes between them.
struct Pair {
    active: End,
    passive: End,
    up: Rc<RefCell<Pipe>>,
    down: Rc<RefCell<Pipe>>,
    /// Most bytes of one indication.
    piece: usize,
    /// Whether sends complete.
    acknowledge: bool,
}

impl Pair {
    fn new(emss: u32) -> Self {
        let (up, down) = (
            Rc::new(RefCell::new(Pipe::default())),
            Rc::new(RefCell::new(Pipe::default())),
        );
        let (active, passive) = (End::new(emss, &up), End::new(emss, &down));
        Self {
            active,
            passive,
            up,
            down,
            piece: usize::MAX,
            acknowledge: true,
        }
    }

    /// Connected on both sides, logs and completions taken.
    fn ready(emss: u32) -> Self {
        let mut pair = Self::new(emss);
        pair.open();
        pair.establish();
        pair
    }

    fn open(&mut self) {
        self.ask();
        assert_eq!(self.passive.log.take(), ["offered"]);
    }

    /// The request is made, and whatever follows has.
    fn ask(&mut self) {
        self.request();
        self.run();
    }

    /// The request is on its way.
    fn request(&mut self) {
        let queues = self.active.begin();
        let said = Said::copy(b"hello").unwrap();
        let reads = ReadLimits {
            inbound: 4,
            outbound: 4,
        };
        self.active.input(|connection, around| {
            connection.connect(around.now(), PORT, said, reads, queues)
        });
        self.active
            .input(|connection, around| connection.connected(Ok(()), around));
        self.passive
            .input(|connection, around| connection.accepted(around.now(), PORT));
    }

    fn accept(&mut self) {
        self.answer();
        self.run();
    }

    /// The answer is on its way.
    fn answer(&mut self) {
        let queues = self.passive.begin();
        let params = Params {
            private_data: b"welcome",
            reads: ReadLimits {
                inbound: 4,
                outbound: 4,
            },
        };
        self.passive
            .input(|connection, around| connection.accept(params, queues, around));
    }

    fn establish(&mut self) {
        self.accept();
        assert_eq!(self.active.log.take(), ["connect Ok(())"]);
        self.active
            .input(|connection, around| connection.complete(around));
        self.run();
        assert_eq!(self.active.log.take(), ["complete Ok(())"]);
        assert_eq!(self.passive.log.take(), ["accept Ok(())"]);
    }

    /// Until nothing moves any more.
    fn run(&mut self) {
        loop {
            let (piece, acknowledge) = (self.piece, self.acknowledge);
            let there = step(&mut self.active, &mut self.passive, piece, acknowledge);
            let back = step(&mut self.passive, &mut self.active, piece, acknowledge);
            if !there && !back {
                return;
            }
        }
    }

    fn wait(&mut self, time: Ticks) {
        self.active.now += time;
        self.passive.now += time;
        self.active.input(|_, _| {});
        self.passive.input(|_, _| {});
        self.run();
    }
}

/// Moves what `from` has sent; whether anything happened.
fn step(from: &mut End, to: &mut End, piece: usize, acknowledge: bool) -> bool {
    let pipe = from.link.0.clone();
    let mut moved = false;
    // The receiver's indications stop when not all was taken, until it resumes.
    let stopped = to.connection.incoming.paused;
    let bytes: Vec<u8> = pipe.borrow().stream.iter().take(piece).copied().collect();
    if !bytes.is_empty() && !stopped && !to.link.0.borrow().close_asked {
        let mut taken = 0;
        to.input(|connection, _| {
            taken = connection.received(&bytes);
            if taken < bytes.len() {
                connection.paused();
            }
        });
        pipe.borrow_mut().stream.drain(..taken);
        moved = taken > 0;
    }
    let sent = if acknowledge {
        pipe.borrow_mut().unacknowledged.pop_front()
    } else {
        None
    };
    if let Some((lot, _)) = sent {
        came_back(from, lot, true);
        moved = true;
    }
    let fin = pipe.borrow().fin && !pipe.borrow().fin_told && pipe.borrow().stream.is_empty();
    if fin {
        pipe.borrow_mut().fin_told = true;
        to.input(|connection, _| connection.fin_received());
        from.input(|connection, _| connection.fin_done());
        moved = true;
    }
    moved | close(from, to)
}

/// What closing the link does: sends come back, the peer sees a reset unless both sent FIN.
fn close(from: &mut End, to: &mut End) -> bool {
    let pipe = from.link.0.clone();
    if !pipe.borrow().close_asked || pipe.borrow().reset {
        return false;
    }
    pipe.borrow_mut().reset = true;
    loop {
        let Some((lot, _)) = pipe.borrow_mut().unacknowledged.pop_front() else {
            break;
        };
        came_back(from, lot, false);
    }
    from.input(|connection, _| connection.link_closed());
    let graceful = pipe.borrow().fin_told && to.link.0.borrow().fin_told;
    if !graceful && !to.link.0.borrow().close_asked {
        to.input(|connection, _| connection.reset());
    }
    true
}

/// A batch is home again, and its end is told of it.
fn came_back(end: &mut End, lot: usize, ok: bool) {
    end.link.0.borrow_mut().home += 1;
    end.input(|connection, _| connection.sent(lot, ok));
}
