//! Either side breaks a rule: the other answers by a Terminate, both are told, and the next connection is a good one.
//!
//! siw exchanges the nibbles of layer and error type in what it sends, and places the flags wrongly; what it means is
//! then not what RFC 5040 reads. Whatever comes, it ends the connection.

use softrnic_consumer::NtStatus;
use softrnic_oracle::ddp::{Place, Segment, TERMINATE};
use softrnic_oracle::receiver::{Access, Rule};

use super::{Case, Siw, both_roles};
use crate::net;
use crate::pair::{IN, MEMORY, OUT, Pair, REGION, Role};
use crate::wire::Wire;
use crate::world::{World, wait_for_end};

/// A key nobody gave out.
const NO_KEY: u32 = 0xDEAD_BE00;

/// What is broken.
#[derive(Clone, Copy, Debug)]
enum Fault {
    WriteKey,
    WriteBounds,
    ReadKey,
    ReadBounds,
    NoReceive,
    TooLong,
}

const FAULTS: [(&str, Fault); 6] = [
    ("write-key", Fault::WriteKey),
    ("write-bounds", Fault::WriteBounds),
    ("read-key", Fault::ReadKey),
    ("read-bounds", Fault::ReadBounds),
    ("no-receive", Fault::NoReceive),
    ("too-long", Fault::TooLong),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, fault) in FAULTS {
        let what = format!("ours/{name}");
        cases.extend(both_roles("faults", &what, move |world, role| {
            our_fault(world, role, fault);
        }));
        if matches!(fault, Fault::NoReceive) {
            continue;
        }
        let what = format!("theirs/{name}");
        cases.extend(both_roles("faults", &what, move |world, role| {
            their_fault(world, role, fault);
        }));
    }
    cases.extend(both_roles("faults", "theirs/invalidate-key", invalidate));
    let split = Siw::STOCK.crc().with_split_trailers();
    cases.push(Case::new("faults/siw-responds/false-crc-error", false_crc_error).with(split));
    cases
}

/// We break it; siw terminates.
fn our_fault(world: &World, role: Role, fault: Fault) {
    let wire = Wire::open();
    let mut pair = Pair::new(world, role);
    let good = pair.region;
    match fault {
        Fault::WriteKey => {
            pair.region.key = NO_KEY;
            pair.write_to(0, 100);
        }
        Fault::WriteBounds => pair.write_to(MEMORY - 50, 5000),
        Fault::ReadKey => {
            pair.region.key = NO_KEY;
            pair.read_from(0, IN, 100);
        }
        Fault::ReadBounds => pair.read_from(MEMORY - 50, IN, 5000),
        Fault::NoReceive => pair.end.post_send(1, OUT, 64, 0),
        Fault::TooLong => {
            pair.peer.receive(1, REGION, IN, 64);
            pair.end.post_send(1, OUT, 5000, 0);
        }
    }
    pair.region = good;
    wait_for_end(&pair.end);
    let done = pair.done();
    if matches!(fault, Fault::ReadKey | Fault::ReadBounds) {
        assert_ne!(done.status, NtStatus::SUCCESS, "a read that was refused");
    }
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    let terminate = terminate(&wire.said(world).by_them);
    assert_eq!(terminate.data[..2], fault.as_siw_tells());
    after(world, pair);
}

/// They break it; we terminate. (A send that finds no receive is no fault here: `ordering/…/held`.)
fn their_fault(world: &World, role: Role, fault: Fault) {
    let wire = Wire::open();
    let mut pair = Pair::new(world, role);
    let (good, (address, _)) = (pair.ours(IN), pair.ours(MEMORY - 50));
    let before = pair.end.buffer.read(0, MEMORY);
    match fault {
        Fault::WriteKey => pair
            .peer
            .transfer("write", (REGION, OUT, 100), (good.0, NO_KEY)),
        Fault::WriteBounds => pair
            .peer
            .transfer("write", (REGION, OUT, 5000), (address, good.1)),
        Fault::ReadKey => pair
            .peer
            .transfer("read", (REGION, IN, 100), (good.0, NO_KEY)),
        Fault::ReadBounds => pair
            .peer
            .transfer("read", (REGION, IN, 5000), (address, good.1)),
        Fault::NoReceive => unreachable!("a case of ordering"),
        Fault::TooLong => {
            pair.end.post_receive(1, IN, 64);
            pair.peer.send(1, REGION, OUT, 5000, "-");
        }
    }
    wait_for_end(&pair.end);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    if matches!(fault, Fault::ReadKey | Fault::ReadBounds) {
        assert_ne!(pair.peer.poll().status, 0, "a read that was refused");
    }
    if !matches!(fault, Fault::WriteBounds | Fault::TooLong) {
        assert!(
            pair.end.buffer.read(0, MEMORY) == before,
            "nothing was placed"
        );
    }
    assert_told(wire, world, fault.rule());
    after(world, pair);
}

impl Fault {
    /// Of theirs, which rule it breaks.
    fn rule(self) -> Rule {
        match self {
            Self::WriteKey => Rule::Write(Access::Stag),
            Self::WriteBounds => Rule::Write(Access::Bounds),
            Self::ReadKey => Rule::Read(Access::Stag),
            Self::ReadBounds => Rule::Read(Access::Bounds),
            Self::NoReceive => Rule::NoReceive,
            Self::TooLong => Rule::TooLong,
        }
    }

    /// Of ours, the first two bytes of siw's control word: the error's type, the layer, the code.
    fn as_siw_tells(self) -> [u8; 2] {
        match self {
            Self::WriteKey => [0x11, 0],
            Self::WriteBounds => [0x11, 1],
            Self::ReadKey => [0x10, 0],
            Self::ReadBounds => [0x10, 1],
            Self::NoReceive | Self::TooLong => [0x21, 2],
        }
    }
}

/// The Terminate that ends what one side said.
fn terminate(said: &[Vec<u8>]) -> Segment {
    let last = said.last().expect("it said something");
    let terminate = Segment::parse(last).expect("a segment");
    assert_eq!((terminate.opcode, terminate.last), (TERMINATE, true));
    let Place::Untagged { qn, msn, mo, .. } = terminate.place else {
        panic!("a Terminate is untagged: {last:02x?}");
    };
    assert_eq!((qn, msn, mo), (2, 1, 0));
    terminate
}

/// On the wire our last word is the Terminate that tells of `rule`, with a copy of the headers of siw's segment that broke
/// it (RFC 5040 section 4.8).
fn assert_told(wire: Wire, world: &World, rule: Rule) {
    /// Flags of the control word: the segment's length, its DDP header and a Read Request's header follow.
    const LENGTH: u8 = 0x80;
    const DDP: u8 = 0x40;
    const READ: u8 = 0x20;
    let said = wire.said(world);
    let terminate = terminate(&said.by_us);
    let told = &terminate.data;
    let [first, code, flags, _, copied @ ..] = &told[..] else {
        panic!("a Terminate without its control word: {told:02x?}");
    };
    assert_eq!((first >> 4, first & 15, *code), rule.terminate());
    assert_eq!(flags & (LENGTH | DDP), LENGTH | DDP, "{told:02x?}");
    let (length, headers) = copied.split_at(2);
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    let is_copied = |ulpdu: &&Vec<u8>| ulpdu.len() == length && ulpdu.starts_with(headers);
    let broken = said.by_them.iter().find(is_copied);
    let broken = broken.unwrap_or_else(|| panic!("of no segment of theirs: {told:02x?}"));
    let segment = Segment::parse(broken).expect("a segment");
    let is_read = matches!(rule, Rule::Read(_));
    let ddp = if matches!(segment.place, Place::Tagged { .. }) {
        14
    } else {
        18
    };
    assert_eq!(flags & READ != 0, is_read, "{told:02x?}");
    assert_eq!(headers.len(), if is_read { ddp + 28 } else { ddp });
}

/// They ask for the end of a key nobody gave out.
fn invalidate(world: &World, role: Role) {
    let wire = Wire::open();
    let mut pair = Pair::new(world, role);
    pair.end.post_receive(1, IN, 64);
    pair.peer.send_and_invalidate(1, REGION, 30, NO_KEY);
    wait_for_end(&pair.end);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    assert_told(wire, world, Rule::Invalidate(Access::Stag));
    after(world, pair);
}

/// The consumer ends what the fault left, and connects anew.
fn after(world: &World, mut pair: Pair) {
    let _ = pair.end.disconnect().wait();
    pair.peer.say("exit");
    drop(pair);
    let mut pair = Pair::new(world, Role::SiwInitiates);
    pair.sends(3000, 1);
    pair.they_disconnect();
}

/// As Linux has it, siw finds a wrong checksum where a trailer is cut by a segment's end. Segments of an odd size see to
/// that; our side is told of the end.
fn false_crc_error(world: &World) {
    world.guest.run("ethtool -K eth1 gro off rx-gro-hw off");
    net::set_mtu(701);
    let mut pair = Pair::new(world, Role::SiwResponds);
    let sge = pair.end.mr.sge(&pair.end.buffer, OUT, 200_000);
    for n in 0..8 {
        pair.peer.receive(n, REGION, IN, MEMORY - IN);
    }
    for n in 0..8 {
        // Once siw has ended the connection it is refused.
        let _ = pair.end.qp.handle().send(n, &[sge], 0);
    }
    wait_for_end(&pair.end);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    let _ = pair.end.disconnect().wait();
}
