//! What a flush leaves behind: statuses, memory, and a queue pair that is done.

use softrnic_functional::consumer::abi::NDK_CQ_NOTIFY_ANY;
use softrnic_functional::consumer::{NtStatus, QpLimits};
use softrnic_functional::peer;
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{A_WHILE, End, SOON, Stage};

// NDK-FLUSH-03, NDK-FLUSH-09: what was finished before the flush says so after it, what was not is cancelled, and nothing
// comes twice.
#[test]
fn a_finished_receive_keeps_its_status() {
    let stage = Stage::new();
    let mut active = End::new(&stage.open(0), QpLimits::default());
    let adapter = stage.open(1);
    let receives = Quiet::new(&adapter, 16);
    let mut passive = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    stage.join(&mut active, &mut passive);
    for context in 1..=3 {
        passive.post_receive(context, context * 64, 64);
    }
    receives.arm(NDK_CQ_NOTIFY_ANY);
    active.post_send(1, 0, 10, 0);
    assert!(receives.reaches(1, SOON));
    passive.qp.handle().flush();
    let done = receives.take(3).into_iter();
    let told: Vec<_> = done.map(|done| (done.context, done.status)).collect();
    let cancelled = NtStatus::CANCELLED;
    let expected = [(1, NtStatus::SUCCESS), (2, cancelled), (3, cancelled)];
    assert_eq!(told, expected);
    passive.qp.handle().flush();
    std::thread::sleep(A_WHILE);
    assert!(receives.poll::<4>().is_empty(), "nothing comes twice");
}

/// A Send of two segments, of which this is the `n`th, with `byte`s.
fn segment(n: u32, byte: u8) -> Vec<u8> {
    let mut ulpdu = peer::send(2, &[byte; 1000]);
    if n == 0 {
        ulpdu[0] = 0x01;
    }
    ulpdu[14..18].copy_from_slice(&(n * 1000).to_be_bytes());
    peer::fpdu(&ulpdu)
}

// NDK-FLUSH-04: a message half of which has come is cancelled; its other half goes nowhere.
#[test]
fn a_cancelled_receives_memory_is_left_alone() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 4096);
    peer.send(&segment(0, 0xAA));
    let until = std::time::Instant::now() + SOON;
    while end.buffer.read(999, 1) != [0xAA] {
        assert!(std::time::Instant::now() < until, "the first half comes");
        std::thread::yield_now();
    }
    end.qp.handle().flush();
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    end.buffer.write(0, &[0x55; 4096]);
    peer.send(&segment(1, 0xBB));
    std::thread::sleep(A_WHILE);
    assert_eq!(end.buffer.read(0, 4096), [0x55; 4096]);
}

// NDK-FLUSH-04: a flushed send comes back when nothing below reads its memory any more, which the emulated kernel checks
// with sums over all that is on its way.
#[test]
fn a_cancelled_sends_memory_is_the_consumers() {
    let stage = Stage::new();
    for round in 0..20 {
        let (active, _passive) = stage.connected();
        for context in 0..8 {
            active.post_send(context, 0, 100_000, 0);
        }
        if round % 2 == 1 {
            std::thread::yield_now();
        }
        active.qp.handle().flush();
        let done = active.done.take(8);
        active.buffer.write(0, &[round; 100_000]);
        let known = [NtStatus::SUCCESS, NtStatus::CANCELLED];
        assert!(done.iter().all(|done| known.contains(&done.status)));
    }
}

// NDK-FLUSH-07: a flushed queue pair takes no more work, or cancels it.
#[test]
fn a_flushed_queue_pair_is_done() {
    let stage = Stage::new();
    let (active, _passive) = stage.connected();
    active.qp.handle().flush();
    let sge = active.mr.sge(&active.buffer, 0, 8);
    for context in 0..4 {
        let posted = active.qp.handle().send(context, &[sge], 0);
        if posted == NtStatus::SUCCESS {
            assert_eq!(active.done.take(1)[0].status, NtStatus::CANCELLED);
        } else {
            assert_eq!(posted, NtStatus::CONNECTION_INVALID);
        }
        let posted = active.qp.handle().receive(context, &[sge]);
        if posted == NtStatus::SUCCESS {
            assert_eq!(active.received.take(1)[0].status, NtStatus::CANCELLED);
        }
    }
}

// NDK-FLUSH-08: what was posted when a queue pair closes can be polled as cancelled after it is gone.
#[test]
fn a_queue_pairs_close_flushes() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 16);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    for context in 1..=3 {
        end.post_receive(context, 0, 64);
    }
    assert_eq!(end.qp.close().wait(), NtStatus::SUCCESS);
    let done = receives.take(3).into_iter();
    let told: Vec<_> = done.map(|done| (done.context, done.status)).collect();
    let cancelled = NtStatus::CANCELLED;
    assert_eq!(told, [(1, cancelled), (2, cancelled), (3, cancelled)]);
}
