//! `NdkResizeCq`: the depth changes, whatever is queued, armed or under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic_functional::consumer::abi::{
    NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED, NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_ERRORS,
};
use softrnic_functional::consumer::{Adapter, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{A_WHILE, End, SOON, Stage, at_dispatch};

/// An unconnected end whose flushed receives go to a queue of `depth`.
fn flushing(adapter: &Arc<Adapter>, depth: u32) -> (End, Quiet) {
    let cq = Quiet::new(adapter, depth);
    (quiet::end(adapter, &cq, &cq, QpLimits::default()), cq)
}

/// Puts completions of these contexts into the queue of `end`.
fn complete(end: &End, contexts: std::ops::Range<usize>) {
    for context in contexts {
        end.post_receive(context, 0, 64);
    }
    end.qp.handle().flush();
}

fn contexts(cq: &Quiet, count: usize) -> Vec<usize> {
    cq.take(count).iter().map(|done| done.context).collect()
}

// NDK-CQ-27: what is queued stays, in order; the new depth is in force when the call has succeeded, larger or smaller.
// NdkResizeCq: STATUS_SUCCESS.
#[test]
fn a_resize_keeps_what_is_queued() {
    let stage = Stage::new();
    let (end, cq) = flushing(&stage.open(0), 3);
    let resize = |depth| cq.cq.handle().resize(depth).returned();
    // Around the end of the ring.
    complete(&end, 0..2);
    assert_eq!(contexts(&cq, 2), [0, 1]);
    complete(&end, 2..5);
    assert_eq!(at_dispatch(|| resize(8)), NtStatus::SUCCESS);
    complete(&end, 5..10);
    assert_eq!(contexts(&cq, 6), [2, 3, 4, 5, 6, 7]);
    assert_eq!(resize(2), NtStatus::SUCCESS);
    assert_eq!(contexts(&cq, 2), [8, 9]);
    cq.arm(NDK_CQ_NOTIFY_ERRORS);
    complete(&end, 10..13);
    assert!(cq.reaches(1, SOON), "NDK-CQ-20: deeper than two");
    assert_eq!(contexts(&cq, 2), [10, 11]);
}

// NDK-CQ-27: a depth below what is queued is refused, and nothing changes.
// NdkResizeCq: STATUS_INVALID_PARAMETER.
#[test]
fn a_queue_does_not_shrink_below_its_entries() {
    let stage = Stage::new();
    let (end, cq) = flushing(&stage.open(0), 4);
    complete(&end, 0..3);
    let resize = |depth| cq.cq.handle().resize(depth).returned();
    assert_eq!(resize(2), NtStatus::INVALID_PARAMETER);
    complete(&end, 3..4);
    assert_eq!(contexts(&cq, 4), [0, 1, 2, 3]);
    assert_eq!(cq.poll::<1>(), []);
}

// NDK-ADP-05, NDK-ADP-13: advertised; the limit is exact.
// NdkResizeCq: STATUS_INVALID_PARAMETER.
#[test]
fn the_limit_of_a_resize_is_exact() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let info = adapter.info().expect("information");
    assert_ne!(info.AdapterFlags & NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED, 0);
    let (end, cq) = flushing(&adapter, 1);
    let resize = |depth| cq.cq.handle().resize(depth).returned();
    assert_eq!(resize(info.MaxCqDepth), NtStatus::SUCCESS);
    assert_eq!(resize(info.MaxCqDepth + 1), NtStatus::INVALID_PARAMETER);
    complete(&end, 0..200);
    assert_eq!(contexts(&cq, 200), (0..200).collect::<Vec<_>>());
}

// NDK-CQ-27: no memory, and the queue is as it was.
// NdkResizeCq: STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_resize_without_memory_changes_nothing() {
    let stage = Stage::new();
    let (end, cq) = flushing(&stage.open(0), 2);
    complete(&end, 0..1);
    stage.machine().pool.fail_at(1);
    let resized = cq.cq.handle().resize(16).returned();
    stage.machine().pool.fail_at(0);
    assert_eq!(resized, NtStatus::INSUFFICIENT_RESOURCES);
    complete(&end, 1..2);
    assert_eq!(contexts(&cq, 2), [0, 1]);
}

// NDK-CQ-20: what has overrun stays dead.
// NdkResizeCq: STATUS_INVALID_DEVICE_STATE.
#[test]
fn a_dead_queue_is_not_resized() {
    let stage = Stage::new();
    let (end, cq) = flushing(&stage.open(0), 1);
    cq.arm(NDK_CQ_NOTIFY_ERRORS);
    complete(&end, 0..2);
    assert!(cq.reaches(1, SOON));
    let resized = cq.cq.handle().resize(16).returned();
    assert_eq!(resized, NtStatus::INVALID_DEVICE_STATE);
}

// NDK-CQ-27, NDK-CQ-02: an arm from before the resize is answered once, by what comes after it; the resize answers none.
#[test]
fn a_resize_keeps_the_arm() {
    let stage = Stage::new();
    let (end, cq) = flushing(&stage.open(0), 4);
    cq.arm(NDK_CQ_NOTIFY_ANY);
    assert_eq!(cq.cq.handle().resize(64).returned(), NtStatus::SUCCESS);
    assert!(!cq.reaches(1, A_WHILE));
    complete(&end, 0..10);
    assert!(cq.reaches(1, SOON));
    assert_eq!(contexts(&cq, 10), (0..10).collect::<Vec<_>>());
    assert_eq!(cq.count(), 1);
}

// NDK-CQ-27, NDK-CQ-08, NDK-CQ-01: resized at DISPATCH_LEVEL all the time, on another processor than the one that
// completes and the one that polls; the consumer serialises only polling and arming.
#[test]
fn resizing_beside_traffic_loses_nothing() {
    const ROUNDS: usize = 40;
    const BURST: usize = 50;
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let over = Arc::new(AtomicBool::new(false));
    let (seen, machine) = (over.clone(), stage.machine());
    let queues = [&active.qp, &passive.qp]
        .map(|qp| qp.cqs())
        .map(|(receive, initiator)| [receive.handle(), initiator.handle()])
        .concat();
    let resizer = std::thread::spawn(move || {
        let _attached = machine.attach();
        let mut times = 0_usize;
        while !seen.load(Ordering::Relaxed) {
            for cq in &queues {
                // Never below what the requests may need (NDK-CQ-21).
                let depth = if times.is_multiple_of(2) { 600 } else { 256 };
                let resized = at_dispatch(|| cq.resize(depth).returned());
                assert_eq!(resized, NtStatus::SUCCESS);
            }
            times += 1;
        }
        times
    });
    for round in 0..ROUNDS {
        let first = round * BURST;
        (first..first + BURST).for_each(|context| passive.post_receive(context, 0, 64));
        (first..first + BURST).for_each(|context| active.post_send(context, 0, 16, 0));
        let expected: Vec<_> = (first..first + BURST).collect();
        for results in [&active.done, &passive.received] {
            let done = results.take(BURST);
            let order: Vec<_> = done.iter().map(|done| done.context).collect();
            assert_eq!(order, expected, "NDK-CQ-19");
        }
    }
    over.store(true, Ordering::Relaxed);
    assert!(resizer.join().expect("no panic") > 0);
}
