//! A connection between softrnic and our verbs program, with memory at both ends, and the transfers over it.

use softrnic_consumer::{ConnectionData, NtStatus};
use softrnic_functional::{Done, End, pattern};

use crate::peer::{Asked, Event, Peer, Region};
use crate::world::{World, disconnect, wait_for_end};

/// Bytes of each end's memory.
pub(crate) const MEMORY: usize = 1 << 20;
/// Where in it what leaves is, and where what comes goes.
pub(crate) const OUT: usize = 0;
pub(crate) const IN: usize = MEMORY / 2;
/// The peer's region.
pub(crate) const REGION: usize = 0;

/// Who sends the MPA Request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    SiwInitiates,
    SiwResponds,
}

impl Role {
    /// For names of cases.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SiwInitiates => "siw-initiates",
            Self::SiwResponds => "siw-responds",
        }
    }
}

/// What the ends say when they connect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// Private data of our consumer.
    pub(crate) from_us: &'a [u8],
    /// Private data of the guest's program.
    pub(crate) from_them: &'a [u8],
    /// Read limits the guest's program asks for, inbound and outbound.
    pub(crate) reads: (u32, u32),
    /// Where siw initiates: whether it sends a first message, before which nothing of ours may leave.
    pub(crate) opened: bool,
}

impl Default for Terms<'_> {
    fn default() -> Self {
        Self {
            from_us: &[],
            from_them: &[],
            reads: (8, 8),
            opened: true,
        }
    }
}

/// What both ends learned of each other.
pub(crate) struct Learned {
    /// What our consumer was told.
    pub(crate) ours: ConnectionData,
    /// What the guest's program was told of our request, where siw responded.
    pub(crate) asked: Option<Asked>,
    /// The event that told it of the connection.
    pub(crate) event: Event,
}

/// Both ends.
pub(crate) struct Pair {
    pub(crate) end: End,
    pub(crate) peer: Peer,
    pub(crate) region: Region,
}

impl Pair {
    /// A connection on the usual terms.
    pub(crate) fn new(world: &World, role: Role) -> Self {
        Self::on(world, role, Terms::default()).0
    }

    /// A connection on `terms`.
    pub(crate) fn on(world: &World, role: Role, terms: Terms<'_>) -> (Self, Learned) {
        let Terms {
            from_us,
            from_them,
            reads,
            opened,
        } = terms;
        let (mut end, mut peer) = (world.end(), Peer::start(world.guest));
        let memory = |peer: &mut Peer| peer.region(REGION, MEMORY, "lrw");
        let (region, learned) = match role {
            Role::SiwInitiates => {
                let (listener, incoming) = world.listen(&end);
                peer.open(world.ours(), world.port());
                let region = memory(&mut peer);
                peer.begin("connect", reads, from_them);
                let ours = world.accept(&mut end, &incoming, from_us);
                end.listener = Some(listener);
                let (asked, event) = (None, peer.begun());
                (region, Learned { ours, asked, event })
            }
            Role::SiwResponds => {
                peer.listen(world.theirs(), world.port());
                let connecting = world.connecting(&end, from_us);
                let asked = Some(peer.request());
                let region = memory(&mut peer);
                peer.begin("accept", reads, from_them);
                let ours = connecting.finish(&mut end).expect("siw accepts");
                let event = peer.begun();
                (region, Learned { ours, asked, event })
            }
        };
        assert_eq!(learned.event.name, "RDMA_CM_EVENT_ESTABLISHED");
        let mut pair = Self { end, peer, region };
        if role == Role::SiwInitiates && opened {
            pair.open_our_direction();
        }
        (pair, learned)
    }

    /// A responder sends nothing before the initiator's first FPDU (RFC 5044 section 7.1.2), and without peer-to-peer mode
    /// siw sends none of its own.
    fn open_our_direction(&mut self) {
        self.end.post_receive(2, IN, 16);
        self.peer.send(2, REGION, OUT, 1, "-");
        assert_eq!(self.end.received.take(1)[0].status, NtStatus::SUCCESS);
        self.peer.done("send");
    }

    /// A message of `len` bytes from us, and one from them.
    pub(crate) fn sends(&mut self, len: usize, seed: u8) {
        self.peer.receive(1, REGION, IN, MEMORY - IN);
        self.end.buffer.write(OUT, &pattern(seed, len));
        self.end.post_send(1, OUT, len, 0);
        assert_eq!(self.done().status, NtStatus::SUCCESS, "send of {len}");
        assert_eq!(self.peer.done("recv"), len);
        self.peer.check(REGION, IN, len, seed);

        self.end.post_receive(2, IN, MEMORY - IN);
        self.peer.fill(REGION, OUT, len, seed.wrapping_add(1));
        self.peer.send(2, REGION, OUT, len, "-");
        let done = self.end.received.take(1)[0];
        assert_eq!((done.status, done.bytes as usize), (NtStatus::SUCCESS, len));
        let came = self.end.buffer.read(IN, len);
        assert!(came == pattern(seed.wrapping_add(1), len), "{len} came");
        self.peer.done("send");
    }

    /// `len` bytes written to them, and by them; a message behind each says that they are there.
    pub(crate) fn writes(&mut self, len: usize, seed: u8) {
        self.peer.receive(1, REGION, OUT, 16);
        self.end.buffer.write(OUT, &pattern(seed, len));
        self.write_to(IN, len);
        self.end.post_send(1, OUT, 1, 0);
        assert_eq!(self.done().status, NtStatus::SUCCESS, "write of {len}");
        assert_eq!(self.done().status, NtStatus::SUCCESS);
        assert_eq!(self.peer.done("recv"), 1);
        self.peer.check(REGION, IN, len, seed);

        self.end.post_receive(2, OUT, 16);
        self.peer.fill(REGION, OUT, len, seed.wrapping_add(1));
        let to = self.ours(IN);
        self.peer.transfer("write", (REGION, OUT, len), to);
        self.peer.send(2, REGION, OUT, 1, "-");
        assert_eq!(self.end.received.take(1)[0].status, NtStatus::SUCCESS);
        let came = self.end.buffer.read(IN, len);
        let wanted = pattern(seed.wrapping_add(1), len);
        assert!(came == wanted, "{len} were written here");
        self.peer.done("write");
        self.peer.done("send");
    }

    /// `len` bytes read from them, and by them.
    pub(crate) fn reads(&mut self, len: usize, seed: u8) {
        self.peer.fill(REGION, OUT, len, seed);
        self.read_from(OUT, IN, len);
        assert_eq!(self.done().status, NtStatus::SUCCESS, "read of {len}");
        assert!(self.end.buffer.read(IN, len) == pattern(seed, len), "{len}");

        let data = pattern(seed.wrapping_add(1), len);
        self.end.buffer.write(OUT, &data);
        let from = self.ours(OUT);
        self.peer.transfer("read", (REGION, IN, len), from);
        self.peer.done("read");
        self.peer.check(REGION, IN, len, seed.wrapping_add(1));
    }

    /// Posts a write from our `OUT` to their `offset`.
    pub(crate) fn write_to(&self, offset: usize, len: usize) {
        let sge = self.end.mr.sge(&self.end.buffer, OUT, len);
        let (address, key) = (self.region.address + offset as u64, self.region.key);
        let posted = self.end.qp.handle().write(3, &[sge], address, key, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// Posts a read from their `from` to our `to`.
    pub(crate) fn read_from(&self, from: usize, to: usize, len: usize) {
        let sge = self.end.mr.sge(&self.end.buffer, to, len);
        let (address, key) = (self.region.address + from as u64, self.region.key);
        let posted = self.end.qp.handle().read(4, &[sge], address, key, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }

    /// Where our `offset` is, for the peer.
    pub(crate) fn ours(&self, offset: usize) -> (u64, u32) {
        let address = self.end.buffer.virtual_address() + offset as u64;
        (address, self.end.mr.remote_token())
    }

    /// Our next completion of a send, write or read.
    pub(crate) fn done(&self) -> Done {
        self.end.done.take(1)[0]
    }

    /// We disconnect; the peer is told, nothing is left.
    pub(crate) fn we_disconnect(&mut self) {
        disconnect(&self.end);
        assert_eq!(self.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    }

    /// They disconnect; we are told and follow.
    pub(crate) fn they_disconnect(&mut self) {
        self.peer.ask("disconnect");
        wait_for_end(&self.end);
        disconnect(&self.end);
    }
}
