//! What becomes of frames that fit in no batch, of regions that batches keep, and of a batch that comes back.

use super::super::pins::PINS;
use super::*;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
}

#[test]
fn what_fits_in_no_batch_is_cut() {
    const ROOM: usize = 2048;
    for (markers, length) in [(false, 10_000), (true, 10_000), (false, 40_000)] {
        let mut pair = Pair::new(64_768);
        pair.active.connection.config.markers = markers;
        pair.passive.connection.config.markers = markers;
        pair.open();
        pair.establish();
        pair.up.borrow_mut().room = ROOM;
        pair.acknowledge = false;
        let (source, _) = pair.active.region(pattern(length), Access::empty());
        let (sink, memory) = pair.passive.region(vec![0; length], Access::LOCAL_WRITE);
        pair.passive.post_receive(1, &[sge(sink, 0, length as u32)]);
        let sges = [sge(source, 0, length as u32)];
        pair.active.post(2, Op::Send, Flags::empty(), &sges);
        {
            let up = pair.up.borrow();
            let lengths: Vec<_> = up
                .unacknowledged
                .iter()
                .map(|(_, sent)| sent.length())
                .collect();
            assert_eq!(lengths.len(), 1, "what follows waits for it: {lengths:?}");
            assert!(lengths[0] <= ROOM, "{lengths:?}");
        }
        assert!(pair.active.connection.awaits_sent());
        pair.acknowledge = true;
        pair.run();
        let done = [(1, Kind::Receive, Status::Ok, length as u32)];
        assert_eq!(pair.passive.completions(), done);
        assert_eq!(pair.active.completions(), [(2, Kind::Send, Status::Ok, 0)]);
        assert_eq!(*memory.0.borrow(), pattern(length), "markers: {markers}");
    }
}

#[test]
fn who_sent_much_asks_for_a_large_batch() {
    let mut pair = Pair::ready(64_768);
    let (source, _) = pair.active.region(pattern(4096), Access::empty());
    let (sink, _) = pair.passive.region(vec![0; 4096], Access::LOCAL_WRITE);
    for (length, large) in [
        (64, false),
        (4096, false),
        (4096, true),
        (64, true),
        (64, false),
    ] {
        pair.passive.post_receive(1, &[sge(sink, 0, length)]);
        pair.active
            .post(2, Op::Send, Flags::empty(), &[sge(source, 0, length)]);
        pair.run();
        assert_eq!(pair.up.borrow().large, large, "{length} bytes");
    }
}

#[test]
fn reads_are_answered_in_what_fits() {
    let mut pair = Pair::ready(64_768);
    pair.down.borrow_mut().room = 2048;
    let (sink, memory) = pair.active.region(vec![0; 30_000], Access::LOCAL_WRITE);
    let remote = Access::LOCAL_WRITE | Access::REMOTE_READ;
    let (source, _) = pair.passive.region(pattern(30_000), remote);
    let from = Remote {
        address: BASE,
        token: source,
    };
    let sges = [sge(sink, 0, 30_000)];
    pair.active.post(1, Op::Read(from), Flags::empty(), &sges);
    pair.run();
    assert_eq!(pair.active.completions(), [(1, Kind::Read, Status::Ok, 0)]);
    assert_eq!(*memory.0.borrow(), pattern(30_000));
}

/// NDK-MR-13: what a batch was described from stays until it is back, and no longer; with room for no more regions the rest
/// waits.
#[test]
fn batches_keep_so_many_regions() {
    const LENGTH: u32 = 20_000;
    let mut pair = Pair::ready(64_768);
    pair.acknowledge = false;
    let (sink, _) = pair
        .passive
        .region(vec![0; 2 * LENGTH as usize], Access::LOCAL_WRITE);
    let mut sources = Vec::new();
    for context in 0..60 {
        pair.passive
            .post_receive(context, &[sge(sink, 0, 2 * LENGTH)]);
        let [one, two] = [0; 2].map(|_| {
            let bytes = pattern(LENGTH as usize);
            pair.active.region(bytes, Access::empty()).0
        });
        let sges = [sge(one, 0, LENGTH), sge(two, 0, LENGTH)];
        pair.active.queue(context, Op::Send, Flags::empty(), &sges);
        sources.extend([one, two]);
    }
    pair.active.input(|connection, _| connection.doorbell());
    let out = {
        let up = pair.up.borrow();
        let batches = up.unacknowledged.iter();
        batches.map(|(_, batch)| batch.length()).sum::<usize>()
    };
    let message = 2 * LENGTH as usize + 24;
    assert_eq!(out, PINS / 2 * message, "two regions a message");
    let regions = &pair.active.qp.regions;
    let leaving = |stag: Stag| {
        assert!(regions.invalidate(stag, &[DOMAIN], Access::empty()).is_ok());
        regions.is_leaving(stag)
    };
    assert!(leaving(sources[0]) && leaving(sources[PINS - 1]));
    pair.acknowledge = true;
    pair.run();
    let regions = &pair.active.qp.regions;
    assert!(
        sources[..PINS]
            .iter()
            .all(|stag| !regions.is_leaving(*stag))
    );
    let done = pair.active.completions();
    assert_eq!(done.len(), 60);
    assert!(done.iter().all(|(_, _, status, _)| *status == Status::Ok));
}

#[test]
fn a_frame_that_is_given_up_keeps_no_region() {
    let mut pair = Pair::ready(64_768);
    let (first, _) = pair.active.region(pattern(20_000), Access::empty());
    let sges = [sge(first, 0, 20_000), sge(Stag(0x7777_7700), 0, 20_000)];
    pair.active.post(1, Op::Send, Flags::empty(), &sges);
    let regions = &pair.active.qp.regions;
    assert!(
        regions
            .invalidate(first, &[DOMAIN], Access::empty())
            .is_ok()
    );
    assert!(!regions.is_leaving(first));
}

/// A deferred request waits for what follows, but nothing that waits for a batch waits with it.
#[test]
fn what_a_batch_brings_back_does_not_linger() {
    let mut pair = Pair::ready(64_768);
    pair.acknowledge = false;
    let (source, _) = pair.active.region(pattern(20_000), Access::empty());
    for (length, lingers) in [(100, true), (20_000, false)] {
        let sges = [sge(source, 0, length)];
        pair.active.post(1, Op::Send, Flags::empty(), &sges);
        let (lot, _) = pair.up.borrow_mut().unacknowledged.pop_front().unwrap();
        pair.active.connection.sent(lot, true);
        assert_eq!(
            pair.active.connection.linger(&|| 0),
            lingers,
            "{length} bytes"
        );
        pair.active.input(|_, _| {});
        assert_eq!(pair.active.completions().len(), 1, "{length} bytes");
        assert!(pair.active.connection.linger(&|| 0), "done");
    }
}

/// NDK-POST-25: a request waits for the last batch that was described from its memory, and not for what was copied behind it:
/// nobody would tell of that.
#[test]
fn a_request_waits_for_the_batch_that_has_its_memory() {
    let mut pair = Pair::ready(32 * 1024);
    pair.acknowledge = false;
    pair.up.borrow_mut().room = 33 * 1024;
    let (source, _) = pair.active.region(pattern(40_000), Access::empty());
    let sges = [sge(source, 0, 40_000)];
    pair.active.post(1, Op::Send, Flags::empty(), &sges);
    let sent = |pair: &mut Pair| {
        let (lot, batch) = pair.up.borrow_mut().unacknowledged.pop_front().unwrap();
        pair.active.connection.sent(lot, true);
        pair.active.input(|_, _| {});
        batch.length()
    };
    assert!(pair.active.connection.awaits_sent());
    assert!(sent(&mut pair) > 32_000, "described");
    let done = pair.active.completions();
    assert_eq!(done, [(1, Kind::Send, Status::Ok, 0)]);
    assert!(!pair.active.connection.awaits_sent());
    assert!(sent(&mut pair) < 16_000, "copied");
}
