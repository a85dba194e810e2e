//! Requests that change what tokens give access to, beside sends that still read the memory.

use super::*;

const REMOTE: Access = Access::REMOTE_READ
    .union(Access::REMOTE_INVALIDATE)
    .union(Access::INVALIDATE);

/// The peer reads all of a region of `passive`; TCP has the response and does not let go of it.
fn read_and_kept(pair: &mut Pair) -> Stag {
    let (token, _) = pair.passive.region(vec![7; 100_000], REMOTE);
    let (sink, memory) = pair.active.region(vec![0; 100_000], Access::LOCAL_WRITE);
    pair.acknowledge = false;
    let peer = Remote {
        address: BASE,
        token,
    };
    pair.active
        .post(1, Op::Read(peer), Flags::empty(), &[sge(sink, 0, 100_000)]);
    pair.run();
    assert_eq!(pair.active.completions(), [(1, Kind::Read, Status::Ok, 0)]);
    assert_eq!(*memory.0.borrow(), vec![7; 100_000]);
    token
}

fn let_go(pair: &mut Pair) {
    pair.acknowledge = true;
    pair.run();
    // The doorbell that the region's last user rings.
    pair.passive.input(|connection, _| connection.doorbell());
    pair.active.input(|connection, _| connection.doorbell());
    pair.run();
}

// NDK-MW-07: a retransmission would send what the memory holds then.
#[test]
fn an_invalidation_completes_when_tcp_has_let_go_of_the_memory() {
    let mut pair = Pair::ready(64_768);
    let token = read_and_kept(&mut pair);
    pair.passive
        .post(2, Op::Invalidate(token), Flags::empty(), &[]);
    pair.run();
    assert_eq!(pair.passive.completions(), []);
    // No access from now on all the same.
    let regions = &pair.passive.qp.regions;
    let access = regions.access(token, &[DOMAIN], BASE, 1, Access::empty());
    assert_eq!(access.err(), Some(Fault::Token));
    let_go(&mut pair);
    assert_eq!(
        pair.passive.completions(),
        [(2, Kind::Invalidate, Status::Ok, 0)]
    );
}

// NDK-CQ-18: the same when the peer invalidates; what it sends next waits, and FIN behind it (NDK-DISC-10).
#[test]
fn an_invalidating_receive_waits_for_the_memory_and_holds_what_follows() {
    let mut pair = Pair::ready(64_768);
    let token = read_and_kept(&mut pair);
    pair.passive.post_receive(3, &[]);
    pair.passive.post_receive(4, &[]);
    pair.active
        .post(2, Op::SendAndInvalidate(token), Flags::empty(), &[]);
    pair.active.post(5, Op::Send, Flags::empty(), &[]);
    pair.active
        .input(|connection, around| connection.disconnect(around));
    pair.run();
    assert_eq!(pair.passive.completions(), []);
    assert_eq!(pair.passive.log.take(), Vec::<String>::new());
    let_go(&mut pair);
    assert_eq!(
        pair.passive.completions(),
        [
            (3, Kind::ReceiveAndInvalidate, Status::Ok, 0),
            (4, Kind::Receive, Status::Ok, 0)
        ]
    );
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
}

// NDK-FLUSH-01: a flush does not wait for it.
#[test]
fn a_flush_gives_back_what_waits_for_memory() {
    let mut pair = Pair::ready(64_768);
    let token = read_and_kept(&mut pair);
    pair.passive.post_receive(3, &[]);
    let (other, _) = pair.passive.region(vec![0; 8], REMOTE);
    pair.passive
        .post(2, Op::Invalidate(token), Flags::empty(), &[]);
    pair.active
        .post(4, Op::SendAndInvalidate(other), Flags::empty(), &[]);
    pair.run();
    pair.passive.completions();
    let now = pair.passive.now;
    pair.passive.input(|connection, _| connection.flush(now));
    let done = pair.passive.completions();
    assert!(
        done.contains(&(2, Kind::Invalidate, Status::Cancelled, 0)),
        "{done:?}"
    );
}

fn draft(end: &End, stag: Stag, base: u64) -> Draft {
    let region = Region {
        base,
        length: 8,
        access: REMOTE,
        domain: DOMAIN,
        memory: Bytes(Rc::new(RefCell::new(vec![0; 8]))),
    };
    end.qp.regions.prepare(stag, region).ok().unwrap()
}

// NDK-FR-10, NDK-FR-11: registering again waits behind the invalidation before it, however long that takes.
#[test]
fn a_registration_waits_for_the_memory_before_it() {
    let mut pair = Pair::ready(64_768);
    let token = read_and_kept(&mut pair);
    let next = draft(&pair.passive, token, BASE + 1);
    pair.passive
        .post(2, Op::Invalidate(token), Flags::DEFER, &[]);
    pair.passive
        .post(3, Op::FastRegister(next), Flags::empty(), &[]);
    pair.passive.post(4, Op::Send, Flags::empty(), &[]);
    pair.active.post_receive(5, &[]);
    pair.run();
    assert_eq!(pair.passive.completions(), []);
    assert_eq!(pair.active.completions(), [], "NDK-FR-10");
    let_go(&mut pair);
    let kinds: Vec<_> = pair.passive.completions().iter().map(|d| d.0).collect();
    assert_eq!(kinds, [2, 3, 4]);
    let regions = &pair.passive.qp.regions;
    assert!(
        regions
            .access(token, &[DOMAIN], BASE + 1, 8, REMOTE)
            .is_ok()
    );
}

// NDK-FR-11: what is valid is not replaced, and what was laid ready does not stay behind.
#[test]
fn a_valid_region_is_not_replaced() {
    let mut pair = Pair::ready(1448);
    let (token, _) = pair.active.region(vec![0; 8], REMOTE);
    let next = draft(&pair.active, token, BASE);
    pair.active
        .post(1, Op::FastRegister(next), Flags::empty(), &[]);
    pair.run();
    assert_eq!(
        pair.active.completions()[0],
        (1, Kind::FastRegister, Status::InvalidToken, 0)
    );
    assert!(pair.active.qp.regions.discard(next).is_none());
}

// NDK-FR-15: and the read's completion waits for the memory like an invalidation's.
#[test]
fn a_read_takes_its_sink_away() {
    let mut pair = Pair::ready(1448);
    let remote = Access::LOCAL_WRITE | Access::REMOTE_READ;
    let (source, _) = pair.passive.region(vec![5; 3000], remote);
    let (sink, _) = pair
        .active
        .region(vec![0; 3000], REMOTE | Access::LOCAL_WRITE);
    let peer = Remote {
        address: BASE,
        token: source,
    };
    pair.active.post(
        1,
        Op::Read(peer),
        Flags::INVALIDATE_LOCAL,
        &[sge(sink, 0, 3000)],
    );
    pair.run();
    assert_eq!(pair.active.completions(), [(1, Kind::Read, Status::Ok, 0)]);
    let regions = &pair.active.qp.regions;
    let access = regions.access(sink, &[DOMAIN], BASE, 1, Access::empty());
    assert_eq!(access.err(), Some(Fault::Token));
}
