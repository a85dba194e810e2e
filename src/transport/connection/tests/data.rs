//! Moving data.

use super::*;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
}

#[test]
fn start_up_carries_private_data_and_limits_both_ways() {
    let pair = Pair::ready(1448);
    assert_eq!(*pair.passive.log.1.borrow(), b"hello");
    assert_eq!(*pair.active.log.1.borrow(), b"welcome");
    let four = ReadLimits {
        inbound: 4,
        outbound: 4,
    };
    assert_eq!(
        (pair.active.log.2.get(), pair.passive.log.2.get()),
        (four, four)
    );
    assert_eq!(pair.active.qp.pair.state(), State::Ready);
    assert_eq!(pair.passive.qp.pair.state(), State::Ready);
}

#[test]
fn send_fills_the_posted_receive_across_its_buffers() {
    let mut pair = Pair::ready(1448);
    let (source, _) = pair.active.region(pattern(5000), Access::empty());
    let (sink, memory) = pair.passive.region(vec![0; 6000], Access::LOCAL_WRITE);
    pair.passive
        .post_receive(1, &[sge(sink, 100, 3000), sge(sink, 3500, 2500)]);
    pair.active.post(
        2,
        Op::Send,
        Flags::empty(),
        &[sge(source, 0, 1000), sge(source, 1000, 4000)],
    );
    pair.run();
    assert_eq!(pair.active.completions(), [(2, Kind::Send, Status::Ok, 0)]);
    assert_eq!(
        pair.passive.completions(),
        [(1, Kind::Receive, Status::Ok, 5000)]
    );
    let memory = memory.0.borrow();
    assert_eq!(
        (&memory[100..3100], &memory[3500..5500]),
        (&pattern(5000)[..3000], &pattern(5000)[3000..])
    );
}

#[test]
fn write_lands_in_the_peers_region_and_read_brings_it_back() {
    for emss in [536, 1448, 64_768] {
        let mut pair = Pair::ready(emss);
        let data = pattern(200_000);
        let (source, _) = pair.active.region(data.clone(), Access::empty());
        let (back, memory) = pair.active.region(vec![0; 200_000], Access::LOCAL_WRITE);
        let remote = Access::LOCAL_WRITE | Access::REMOTE_WRITE | Access::REMOTE_READ;
        let (target, there) = pair.passive.region(vec![0; 200_000], remote);
        let peer = Remote {
            address: BASE,
            token: target,
        };
        pair.active.post(
            1,
            Op::Write(peer),
            Flags::empty(),
            &[sge(source, 0, 200_000)],
        );
        pair.active.post(
            2,
            Op::Read(peer),
            Flags::empty(),
            &[sge(back, 0, 150_000), sge(back, 150_000, 50_000)],
        );
        pair.run();
        let expected = [
            (1, Kind::Write, Status::Ok, 0),
            (2, Kind::Read, Status::Ok, 0),
        ];
        assert_eq!(pair.active.completions(), expected, "{emss}");
        assert!(
            *there.0.borrow() == data && *memory.0.borrow() == data,
            "{emss}"
        );
    }
}

// RFC5044-5.1-5.
#[test]
fn every_split_of_the_stream_gives_the_same() {
    for piece in [1, 2, 3, 7, 100, 1449] {
        let mut pair = Pair::ready(1448);
        pair.piece = piece;
        let data = pattern(4000);
        let (source, _) = pair.active.region(data.clone(), Access::empty());
        let (sink, memory) = pair.passive.region(vec![0; 4000], Access::LOCAL_WRITE);
        pair.passive.post_receive(1, &[sge(sink, 0, 4000)]);
        pair.active
            .post(2, Op::Send, Flags::empty(), &[sge(source, 0, 4000)]);
        pair.run();
        assert_eq!(
            pair.passive.completions(),
            [(1, Kind::Receive, Status::Ok, 4000)],
            "{piece}"
        );
        assert!(*memory.0.borrow() == data, "{piece}");
    }
}

// NDK-POST-33
// RFC5041-7.1-6.
#[test]
fn a_send_without_a_receive_waits_for_one() {
    let mut pair = Pair::ready(1448);
    let (source, _) = pair.active.region(pattern(10), Access::empty());
    let (sink, memory) = pair.passive.region(vec![0; 10], Access::LOCAL_WRITE);
    pair.active
        .post(1, Op::Send, Flags::empty(), &[sge(source, 0, 10)]);
    pair.run();
    assert_eq!(pair.passive.completions(), []);
    pair.passive.post_receive(2, &[sge(sink, 0, 10)]);
    pair.run();
    assert_eq!(
        pair.passive.completions(),
        [(2, Kind::Receive, Status::Ok, 10)]
    );
    assert_eq!(*memory.0.borrow(), pattern(10));
}

// NDK-POST-13
#[test]
fn empty_messages_complete() {
    let mut pair = Pair::ready(1448);
    pair.passive.post_receive(1, &[]);
    pair.active.post(2, Op::Send, Flags::empty(), &[]);
    pair.active
        .post(3, Op::Write(Remote::default()), Flags::empty(), &[]);
    pair.active
        .post(4, Op::Read(Remote::default()), Flags::empty(), &[]);
    pair.run();
    assert_eq!(
        pair.passive.completions(),
        [(1, Kind::Receive, Status::Ok, 0)]
    );
    let kinds: Vec<_> = pair
        .active
        .completions()
        .iter()
        .map(|done| (done.0, done.2))
        .collect();
    assert_eq!(kinds, [(2, Status::Ok), (3, Status::Ok), (4, Status::Ok)]);
}

// NDK-POST-34: ORD is 4.
// RFC5040-5.5-9.
#[test]
fn reads_beyond_the_limit_wait_and_complete_in_order() {
    let mut pair = Pair::ready(1448);
    let (sink, memory) = pair.active.region(vec![0; 640], Access::LOCAL_WRITE);
    let (source, _) = pair.passive.region(pattern(640), Access::REMOTE_READ);
    for n in 0..64 {
        let peer = Remote {
            address: BASE + n * 10,
            token: source,
        };
        pair.active
            .post(n, Op::Read(peer), Flags::empty(), &[sge(sink, n * 10, 10)]);
    }
    pair.run();
    let contexts: Vec<_> = pair
        .active
        .completions()
        .iter()
        .map(|done| done.0)
        .collect();
    assert_eq!(contexts, (0..64).collect::<Vec<_>>());
    assert_eq!(*memory.0.borrow(), pattern(640));
}

// NDK-POST-16, NDK-POST-17
#[test]
fn fence_holds_a_send_until_the_read_is_back() {
    let mut pair = Pair::ready(1448);
    let (sink, _) = pair.active.region(vec![0; 10], Access::LOCAL_WRITE);
    let (source, _) = pair.passive.region(pattern(10), Access::REMOTE_READ);
    pair.passive.post_receive(9, &[]);
    let before = pair.up.borrow().stream.len();
    pair.active.post(
        1,
        Op::Read(Remote {
            address: BASE,
            token: source,
        }),
        Flags::empty(),
        &[sge(sink, 0, 10)],
    );
    let read = pair.up.borrow().stream.len();
    pair.active.post(2, Op::Send, Flags::FENCE, &[]);
    assert_eq!(pair.up.borrow().stream.len(), read);
    assert!(read > before);
    pair.run();
    let order: Vec<_> = pair
        .active
        .completions()
        .iter()
        .map(|done| done.0)
        .collect();
    assert_eq!(order, [1, 2]);
}

// NDK-POST-14
#[test]
fn silent_success_is_not_seen_and_frees_its_slot() {
    let mut pair = Pair::ready(1448);
    for n in 0..640 {
        pair.passive.post_receive(n, &[]);
        pair.active.post(n, Op::Send, Flags::SILENT, &[]);
        pair.run();
    }
    assert_eq!(pair.active.completions(), []);
    assert_eq!(pair.passive.completions().len(), 640);
}

// NDK-POST-25: memory left in place is the consumer's again only when TCP is done with it.
// Hostile input C07.
// RFC5040-5.5-8.
#[test]
fn a_write_left_in_place_completes_when_the_link_is_done_with_it() {
    let mut pair = Pair::ready(64_768);
    let (source, _) = pair.active.region(pattern(40_000), Access::empty());
    let (target, _) = pair
        .passive
        .region(vec![0; 40_000], Access::LOCAL_WRITE | Access::REMOTE_WRITE);
    pair.acknowledge = false;
    pair.active.post(
        1,
        Op::Write(Remote {
            address: BASE,
            token: target,
        }),
        Flags::empty(),
        &[sge(source, 0, 40_000)],
    );
    pair.run();
    assert_eq!(pair.active.completions(), []);
    // NDK-MR-13: and it stays registered until then.
    assert!(pair.active.qp.regions.withdraw(source).is_none());
    pair.acknowledge = true;
    pair.run();
    assert_eq!(pair.active.completions(), [(1, Kind::Write, Status::Ok, 0)]);
}

#[test]
fn more_than_fits_in_the_batches_goes_out_as_they_come_back() {
    let mut pair = Pair::ready(64_768);
    let data = pattern(3_000_000);
    let (source, _) = pair.active.region(data.clone(), Access::empty());
    let (target, there) = pair.passive.region(
        vec![0; 3_000_000],
        Access::LOCAL_WRITE | Access::REMOTE_WRITE,
    );
    pair.active.post(
        1,
        Op::Write(Remote {
            address: BASE,
            token: target,
        }),
        Flags::empty(),
        &[sge(source, 0, 3_000_000)],
    );
    pair.run();
    assert_eq!(pair.active.completions(), [(1, Kind::Write, Status::Ok, 0)]);
    assert!(*there.0.borrow() == data);
}

// NDK-CQ-18
// RFC5040-5.3-13.
#[test]
fn send_and_invalidate_kills_the_token_first() {
    let mut pair = Pair::ready(1448);
    let access = Access::REMOTE_READ | Access::REMOTE_INVALIDATE;
    let (token, _) = pair.passive.region(vec![0; 10], access);
    pair.passive.post_receive(1, &[]);
    pair.active
        .post(2, Op::SendAndInvalidate(token), Flags::empty(), &[]);
    pair.run();
    let done = pair.passive.qp.done.take();
    assert_eq!(
        (done[0].kind, done[0].output),
        (Kind::ReceiveAndInvalidate, u64::from(token.0))
    );
    let regions = &pair.passive.qp.regions;
    assert!(
        regions
            .access(token, &[DOMAIN], BASE, 1, Access::REMOTE_READ)
            .is_err()
    );
}

// NDK-CQ-18: also when the peer has written there in the same breath, and does so again.
#[test]
fn a_write_behind_an_invalidation_is_refused() {
    let mut pair = Pair::ready(1448);
    let access = Access::REMOTE_WRITE | Access::REMOTE_INVALIDATE;
    let (token, there) = pair.passive.region(vec![0; 8], access);
    let (source, _) = pair.active.region(b"firstlast".to_vec(), Access::empty());
    pair.passive.post_receive(1, &[]);
    let write = Op::Write(Remote {
        address: BASE,
        token,
    });
    let (kill, none) = (Op::SendAndInvalidate(token), Flags::empty());
    pair.active.queue(2, write, none, &[sge(source, 0, 5)]);
    pair.active.queue(3, kill, none, &[]);
    pair.active.post(4, write, none, &[sge(source, 5, 4)]);
    let all = pair.up.borrow().stream.len();
    assert!(all > 3 * 20, "{all} bytes in one indication");
    pair.run();
    assert_eq!(
        pair.passive.completions(),
        [(1, Kind::ReceiveAndInvalidate, Status::Ok, 0)]
    );
    assert!(&there.0.borrow()[..5] == b"first", "the other went nowhere");
    let lost = pair.passive.log.3.get();
    assert!(
        matches!(lost, Some(Failure::Terminated { by_peer: false, .. })),
        "{lost:?}"
    );
}
