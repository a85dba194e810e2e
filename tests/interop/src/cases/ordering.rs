//! What comes before what: fences, solicited events, invalidation, the first FPDU, both directions at once.

use softrnic_consumer::abi::{
    NDK_CQ_NOTIFY_SOLICITED, NDK_OP_FLAG_ALLOW_REMOTE_WRITE, NDK_OP_FLAG_READ_FENCE,
    NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT, NDK_OP_FLAG_SILENT_SUCCESS,
    NdkOperationTypeReceiveAndInvalidate,
};
use softrnic_consumer::{Buffer, FastRegister, Lam, Mr, NtStatus};
use softrnic_functional::pattern;
use softrnic_functional::quiet::{self, Quiet};

use super::{Case, both_roles};
use crate::pair::{IN, MEMORY, OUT, Pair, REGION, Role, Terms};
use crate::peer::Peer;
use crate::world::{SOON, World, disconnect, wait_for_end};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_roles("ordering", "fence", fence));
    cases.extend(both_roles("ordering", "both-at-once", both_at_once));
    cases.extend(both_roles("ordering", "solicited-by-us", solicited_by_us));
    cases.extend(both_roles(
        "ordering",
        "invalidated-by-us",
        invalidated_by_us,
    ));
    cases.extend(both_roles(
        "ordering",
        "invalidated-by-siw",
        invalidated_by_siw,
    ));
    cases.extend(both_roles("ordering", "held", held));
    cases.push(Case::new("ordering/siw-initiates/first-fpdu", first_fpdu));
    cases.push(Case::new(
        "ordering/siw-initiates/solicited-by-siw",
        solicited_by_siw,
    ));
    cases
}

/// A fenced send leaves after the read before it has come in, on either side.
fn fence(world: &World, role: Role) {
    const LEN: usize = 200_000;
    let mut pair = Pair::new(world, role);
    pair.peer.receive(1, REGION, OUT + LEN, 16);
    pair.peer.fill(REGION, OUT, LEN, 5);
    pair.read_from(OUT, IN, LEN);
    pair.end.post_send(1, OUT, 16, NDK_OP_FLAG_READ_FENCE);
    assert_eq!(pair.peer.done("recv"), 16);
    let done = pair.end.done.take(2);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
    assert!(pair.end.buffer.read(IN, LEN) == pattern(5, LEN));

    pair.end.post_receive(2, OUT + LEN, 16);
    pair.end.buffer.write(OUT, &pattern(6, LEN));
    let from = pair.ours(OUT);
    pair.peer.transfer("read", (REGION, IN, LEN), from);
    pair.peer.send(2, REGION, OUT, 16, "f");
    assert_eq!(pair.end.received.take(1)[0].status, NtStatus::SUCCESS);
    pair.peer.done("read");
    pair.peer.done("send");
    pair.peer.check(REGION, IN, LEN, 6);
    pair.we_disconnect();
}

/// Long writes, reads and messages cross each other.
fn both_at_once(world: &World, role: Role) {
    const LEN: usize = 60_001;
    const COUNT: usize = 4;
    let mut pair = Pair::new(world, role);
    let half = (MEMORY - IN) / 2;
    for n in 0..COUNT {
        pair.peer.receive(1, REGION, IN + half + n * 64, 64);
        pair.end.post_receive(2, IN + half + n * 64, 64);
    }
    pair.end.buffer.write(OUT, &pattern(1, LEN));
    pair.peer.fill(REGION, OUT, LEN, 2);
    for n in 0..COUNT {
        let there = pair.ours(IN + n * LEN);
        pair.peer.transfer("write", (REGION, OUT, LEN), there);
        pair.write_to(IN + n * LEN, LEN);
        pair.peer.send(3, REGION, OUT, 40, "-");
        pair.end.post_send(1, OUT, 40, 0);
    }
    let done = pair.end.done.take(2 * COUNT);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
    let received = pair.end.received.take(COUNT);
    assert!(received.iter().all(|done| done.bytes == 40));
    for _ in 0..3 * COUNT {
        assert_eq!(pair.peer.poll().status, 0);
    }
    for n in 0..COUNT {
        assert!(pair.end.buffer.read(IN + n * LEN, LEN) == pattern(2, LEN));
        pair.peer.check(REGION, IN + n * LEN, LEN, 1);
    }
    pair.they_disconnect();
}

/// A send that asks for an event is taken as a send. (siw itself never wakes a receiver that waits for solicited events:
/// it takes every receive for an unsolicited one.)
fn solicited_by_us(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.peer.receive(1, REGION, IN, 5000);
    pair.peer.ask("arm all");
    pair.end
        .post_send(1, OUT, 5000, NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT);
    assert_eq!(pair.peer.ask("notified 20000"), ["yes"]);
    assert_eq!(pair.peer.done("recv"), 5000);
    assert_eq!(pair.done().status, NtStatus::SUCCESS);
    pair.we_disconnect();
}

/// Only siw's solicited send notifies a queue that is armed for those.
fn solicited_by_siw(world: &World) {
    let adapter = world.end().adapter;
    let (receives, sends) = (Quiet::new(&adapter, 64), Quiet::new(&adapter, 64));
    let mut end = quiet::end(&adapter, &receives, &sends, Default::default());
    (0..3).for_each(|n| end.post_receive(n, IN, 64));
    let (listener, incoming) = world.listen(&end);
    let mut peer = Peer::start(world.guest);
    peer.open(world.ours(), world.port());
    peer.region(REGION, MEMORY, "l");
    peer.begin("connect", (8, 8), &[]);
    world.accept(&mut end, &incoming, &[]);
    end.listener = Some(listener);
    peer.begun();
    receives.arm(NDK_CQ_NOTIFY_SOLICITED);
    peer.send(1, REGION, OUT, 10, "-");
    assert_eq!(receives.take(1)[0].status, NtStatus::SUCCESS);
    assert_eq!(receives.count(), 0, "an unsolicited message notified");
    peer.send(2, REGION, OUT, 10, "s");
    assert!(receives.reaches(1, SOON), "a solicited message notifies");
    assert_eq!(receives.take(1)[0].status, NtStatus::SUCCESS);
    peer.ask("disconnect");
    wait_for_end(&end);
    disconnect(&end);
}

/// A send with invalidate ends the peer's key: a later write under it ends the connection. (Which key it was, siw's
/// library does not tell.)
fn invalidated_by_us(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    let second = pair.peer.region(1, 4096, "lrw");
    pair.peer.receive(1, REGION, IN, 64);
    let sge = pair.end.mr.sge(&pair.end.buffer, OUT, 30);
    let posted = pair.end.qp.handle();
    let posted = posted.send_and_invalidate(1, &[sge], 0, second.key);
    assert_eq!(posted, NtStatus::SUCCESS);
    assert_eq!(pair.done().status, NtStatus::SUCCESS);
    assert_eq!(pair.peer.done("recv"), 30);
    pair.region = second;
    pair.write_to(0, 100);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
    wait_for_end(&pair.end);
}

/// A responder holds its messages back until the initiator's first FPDU.
fn first_fpdu(world: &World) {
    let terms = Terms {
        opened: false,
        ..Terms::default()
    };
    let (mut pair, _) = Pair::on(world, Role::SiwInitiates, terms);
    pair.peer.receive(1, REGION, IN, 64);
    pair.end.post_receive(1, IN, 64);
    pair.end.post_send(1, OUT, 33, 0);
    pair.peer.send(2, REGION, OUT, 20, "-");
    assert_eq!(pair.end.received.take(1)[0].bytes, 20);
    assert_eq!(pair.done().status, NtStatus::SUCCESS);
    let mut seen = [pair.peer.poll(), pair.peer.poll()].map(|c| (c.status, c.operation));
    seen.sort();
    assert_eq!(seen, [(0, "recv".to_owned()), (0, "send".to_owned())]);
    pair.we_disconnect();
}

/// siw's send with invalidate ends a fast registration of ours; the consumer is told which.
fn invalidated_by_siw(world: &World, role: Role) {
    const BASE: u64 = 0x7777_0000_0000;
    let mut pair = Pair::new(world, role);
    let buffer = Buffer::new(8192);
    let lam = Lam::of(&pair.end.adapter, &buffer).expect("a LAM");
    let mr = Mr::fast(&pair.end.pd, 2).expect("a fast-register region");
    let ask = FastRegister {
        pages: lam.pages(),
        offset: 0,
        len: buffer.len(),
        base: BASE,
        flags: NDK_OP_FLAG_ALLOW_REMOTE_WRITE | NDK_OP_FLAG_SILENT_SUCCESS,
    };
    let posted = pair.end.qp.handle().fast_register(0, &mr, &ask);
    assert_eq!(posted, NtStatus::SUCCESS);
    let key = mr.remote_token();
    pair.end.post_receive(1, IN, 64);
    pair.peer.fill(REGION, OUT, 5000, 7);
    pair.peer
        .transfer("write", (REGION, OUT, 5000), (BASE, key));
    pair.peer.send_and_invalidate(2, REGION, 40, key);
    let done = pair.end.received.take(1)[0];
    assert_eq!((done.status, done.bytes), (NtStatus::SUCCESS, 40));
    assert_eq!(done.kind, NdkOperationTypeReceiveAndInvalidate);
    assert_eq!(done.output, u64::from(key));
    assert!(buffer.read(0, 5000) == pattern(7, 5000), "written before");
    pair.peer.done("write");
    pair.peer.done("send");
    pair.peer.transfer("write", (REGION, OUT, 100), (BASE, key));
    wait_for_end(&pair.end);
    assert_eq!(pair.peer.event().name, "RDMA_CM_EVENT_DISCONNECTED");
}

/// A message that finds no receive is held until there is one (NDK-POST-33).
fn held(world: &World, role: Role) {
    let mut pair = Pair::new(world, role);
    pair.peer.fill(REGION, OUT, 3000, 8);
    pair.peer.send(1, REGION, OUT, 3000, "-");
    let sent = pair.peer.poll();
    assert_eq!(sent.status, 0);
    pair.end.post_receive(1, IN, 4000);
    assert_eq!(pair.end.received.take(1)[0].bytes, 3000);
    assert!(pair.end.buffer.read(IN, 3000) == pattern(8, 3000));
    pair.they_disconnect();
}
