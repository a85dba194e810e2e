//! What perftest's programs say to each other beside the transfers: version 4.5's exchange over rdma_cm (`-R`).
//!
//! A first connection carries the exchange, a second one the transfers. In each step of the exchange the client speaks
//! first and the server answers in the same form. Numbers are big-endian.

use softrnic_consumer::{Connector, NtStatus, QpLimits};
use softrnic_emulator::sync::Receiver;
use softrnic_functional::{Done, End};

use crate::shell::Process;
use crate::world::{World, disconnect, wait_for_end};

/// Receives that either side has posted when a bandwidth run begins.
pub(crate) const DEPTH: usize = 512;
/// Where in our memory what leaves is, and where the peer writes and reads.
pub(crate) const OUT: usize = 0;
pub(crate) const IN: usize = 512 * 1024;

/// Of either side's version; programs refuse those before 5.70.
const VERSION: &[u8; 16] = b"6.00\0\0\0\0\0\0\0\0\0\0\0\0";
/// The exchanged description of a side: five numbers of which the key is the last, a gap, the address, a GID, two
/// numbers.
const SIDE: usize = 56;
const KEY: usize = 16;
const ADDRESS: usize = 24;
/// Where in the memory of the exchange's connection messages lie.
const OUTBOX: usize = 0;
const INBOX: usize = 4096;
const LONGEST: usize = 64;

/// Memory of the peer that it told us.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) key: u32,
    pub(crate) address: u64,
}

/// A run against one of the programs. The fields close in their order: the listener is the exchange's.
pub(crate) struct Perftest {
    /// The connection of the transfers.
    pub(crate) data: End,
    /// What the peer told last.
    pub(crate) theirs: Place,
    /// Where the peer writes and reads.
    lent: usize,
    exchange: End,
    is_client: bool,
    program: Process,
}

impl Perftest {
    /// The guest runs `program` as the client.
    pub(crate) fn serve(world: &World, program: &str) -> Self {
        let exchange = world.end();
        let (listener, incoming) = world.listen(&exchange);
        let command = format!("{program} -R -p {} {}", world.port(), world.ours());
        let mut run = Self::new(exchange, false, world.guest.start(&command));
        world.accept(&mut run.exchange, &incoming, &[]);
        run.exchange.listener = Some(listener);
        run.connect_transfers(world, Some(&incoming));
        run
    }

    /// The guest runs `program` as the server.
    pub(crate) fn ask(world: &World, program: &str) -> Self {
        let command = format!("{program} -R -p {}", world.port());
        let mut run = Self::new(world.end(), true, world.guest.start(&command));
        world.guest.wait_for_listener(world.port());
        let connected = world.connect(&mut run.exchange, &[]);
        connected.expect("siw accepts");
        run.connect_transfers(world, None);
        run
    }

    fn new(exchange: End, is_client: bool, program: Process) -> Self {
        let limits = QpLimits {
            receive_depth: DEPTH as u32,
            ..QpLimits::default()
        };
        let data = End::new(&exchange.adapter, limits);
        exchange.post_receive(0, INBOX, LONGEST);
        Self {
            data,
            theirs: Place::default(),
            lent: IN,
            exchange,
            is_client,
            program,
        }
    }

    /// Versions, sizes of buffers and cache lines, the MTU's code; then, between two descriptions, the second connection.
    fn connect_transfers(&mut self, world: &World, incoming: Option<&Receiver<Connector>>) {
        let version = self.step(VERSION);
        assert_eq!(version.len(), VERSION.len(), "{version:?}");
        self.step(&4096_u32.to_be_bytes());
        self.step(&64_u32.to_be_bytes());
        self.step(b"3\0");
        self.meet();
        if let Some(incoming) = incoming {
            world.accept(&mut self.data, incoming, &[]);
        } else {
            world.guest.wait_for_listener(world.port());
            let connected = world.connect(&mut self.data, &[]);
            connected.expect("siw accepts");
        }
        self.meet();
    }

    /// One step of the exchange; what the peer said.
    pub(crate) fn step(&mut self, ours: &[u8]) -> Vec<u8> {
        if self.is_client {
            self.tell(ours);
        }
        let done = self.exchange.received.take(1)[0];
        let told = (done.status, done.bytes as usize);
        assert_eq!(told, (NtStatus::SUCCESS, ours.len()), "a step's answer");
        let theirs = self.exchange.buffer.read(INBOX, ours.len());
        self.exchange.post_receive(0, INBOX, LONGEST);
        if !self.is_client {
            self.tell(ours);
        }
        theirs
    }

    fn tell(&self, ours: &[u8]) {
        self.exchange.buffer.write(OUTBOX, ours);
        self.exchange.post_send(1, OUTBOX, ours.len(), 0);
        let done = self.exchange.done.take(1)[0];
        assert_eq!(done.status, NtStatus::SUCCESS, "a step is sent");
    }

    /// From now on the peer is told of our memory from its beginning.
    pub(crate) fn lend_all(&mut self) {
        self.lent = 0;
    }

    /// The step in which the sides tell of their memory, and by which they wait for each other.
    pub(crate) fn meet(&mut self) {
        let mut ours = [0; SIDE];
        ours[KEY..KEY + 4].copy_from_slice(&self.data.mr.remote_token().to_be_bytes());
        let address = self.data.buffer.virtual_address() + self.lent as u64;
        ours[ADDRESS..ADDRESS + 8].copy_from_slice(&address.to_be_bytes());
        let theirs = self.step(&ours);
        let key = theirs[KEY..KEY + 4].try_into().expect("4 bytes");
        let address = theirs[ADDRESS..ADDRESS + 8].try_into().expect("8 bytes");
        self.theirs = Place {
            key: u32::from_be_bytes(key),
            address: u64::from_be_bytes(address),
        };
    }

    /// The step after a bandwidth run of writes or reads: size, count, peak, average, messages a second.
    pub(crate) fn report(&mut self, size: usize, count: usize, megabytes: f64) {
        self.step(&(size as u64).to_be_bytes());
        self.step(&(count as u64).to_be_bytes());
        self.step(&megabytes.to_be_bytes());
        self.step(&megabytes.to_be_bytes());
        self.step(&(megabytes / size as f64).to_be_bytes());
    }

    /// Posts a write of `len` bytes from our `OUT` to the peer's memory.
    pub(crate) fn write(&self, len: usize) {
        let sge = self.data.mr.sge(&self.data.buffer, OUT, len);
        let Place { address, key } = self.theirs;
        let posted = self.data.qp.handle().write(3, &[sge], address, key, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// Posts a read of `len` bytes of the peer's memory to our `IN`.
    pub(crate) fn read(&self, len: usize) {
        let sge = self.data.mr.sge(&self.data.buffer, IN, len);
        let Place { address, key } = self.theirs;
        let posted = self.data.qp.handle().read(4, &[sge], address, key, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// `count` requests have succeeded.
    pub(crate) fn done(&self, count: usize) {
        let is_good = |done: &Done| done.status == NtStatus::SUCCESS;
        assert!(self.data.done.take(count).iter().all(is_good));
    }

    /// The program ends both connections; what it printed.
    pub(crate) fn finish(self) -> String {
        for end in [&self.data, &self.exchange] {
            wait_for_end(end);
            disconnect(end);
        }
        self.program.succeed()
    }
}
