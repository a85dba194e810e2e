//! What the completion queue promises beside arming: what results say, how many there are, and whose they are.

use std::sync::Arc;

use softrnic_functional::consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_ERRORS};
use softrnic_functional::consumer::{Mr, NtStatus, Pd, Qp, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{A_WHILE, ALL_ACCESS, SOON, Stage, raw};

// NDK-CQ-05: what was there at the last notification answers no further arm; what comes after it does.
#[test]
fn an_arm_for_what_was_told_already_waits_for_more() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let cq = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &cq, &cq, QpLimits::default());
    let complete = |context| {
        end.post_receive(context, 0, 64);
        end.qp.handle().flush();
    };
    cq.arm(NDK_CQ_NOTIFY_ANY);
    complete(1);
    assert!(cq.reaches(1, SOON));
    for _ in 0..3 {
        cq.arm(NDK_CQ_NOTIFY_ANY);
    }
    assert!(!cq.reaches(2, A_WHILE));
    complete(2);
    assert!(cq.reaches(2, SOON));
    assert_eq!(cq.take(2).len(), 2);
    assert_eq!(cq.count(), 2, "NDK-CQ-02");
}

// NDK-CQ-15: the bytes of the message, not of the buffer, nothing and everything included.
#[test]
fn a_receive_tells_the_length_of_its_message() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for (context, length) in [0, 1, 255, 4096, 70_000].into_iter().enumerate() {
        passive.post_receive(context, 0, 70_000);
        active.post_send(context, 0, length, 0);
        let done = passive.received.take(1)[0];
        assert_eq!((done.context, done.bytes as usize), (context, length));
    }
}

// NDK-CQ-21: queues as deep as the requests that may be outstanding do not overrun, whatever becomes of the requests.
#[test]
fn a_request_completes_once_and_needs_one_entry() {
    const DEPTH: u32 = 16;
    let limits = QpLimits {
        receive_depth: DEPTH,
        initiator_depth: DEPTH,
        ..QpLimits::default()
    };
    let stage = Stage::new();
    let adapters = [stage.open(0), stage.open(1)];
    let queues = [0, 1, 2, 3].map(|n| Quiet::new(&adapters[n / 2], DEPTH));
    let [mut active, mut passive] =
        [0, 1].map(|n| quiet::end(&adapters[n], &queues[2 * n], &queues[2 * n + 1], limits));
    queues.iter().for_each(|cq| cq.arm(NDK_CQ_NOTIFY_ERRORS));
    stage.join(&mut active, &mut passive);
    for round in 0..4 {
        for context in 0..DEPTH as usize {
            passive.post_receive(context, 0, 64);
        }
        for context in 0..DEPTH as usize {
            active.post_send(context, 0, 8, 0);
        }
        // Full queues: every request of both sides is a result now.
        assert_eq!(queues[1].take(16).len(), 16, "round {round}");
        assert_eq!(queues[2].take(16).len(), 16, "round {round}");
    }
    for context in 0..DEPTH as usize {
        passive.post_receive(context, 0, 64);
        active.post_receive(context, 0, 64);
        active.post_send(context, 0, 8, 0);
    }
    active.qp.handle().flush();
    passive.qp.handle().flush();
    for n in [0, 1, 2] {
        assert_eq!(queues[n].take(16).len(), 16, "queue {n}");
    }
    for cq in &queues {
        assert_eq!(cq.poll::<1>(), [], "NDK-POST-01");
        assert_eq!(cq.count(), 0, "overrun");
    }
}

// NDK-CQ-22, NDK-CQ-14, NDK-FLUSH-06: one queue for both roles of several queue pairs; each result says whose it is.
#[test]
fn one_queue_serves_many_queue_pairs_in_both_roles() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let cq = Quiet::new(&adapter, 64);
    let pd = Pd::new(&adapter).expect("a PD is made");
    let buffer = softrnic_functional::consumer::Buffer::new(4096);
    let mr = Mr::of(&pd, &buffer, ALL_ACCESS).expect("an MR is registered");
    let pairs: Vec<Arc<Qp>> = [0x71, 0x72, 0x73]
        .map(|context| {
            Qp::new(&pd, &cq.cq, &cq.cq, QpLimits::default(), context).expect("a QP is made")
        })
        .into();
    for (n, pair) in pairs.iter().enumerate() {
        let sge = [mr.sge(&buffer, 0, 64)];
        assert_eq!(pair.handle().receive(n, &sge), NtStatus::SUCCESS);
    }
    for n in [2, 0, 1] {
        pairs[n].handle().flush();
        let mut results = softrnic_functional::plain_results::<4>();
        assert_eq!(cq.cq.handle().poll(&mut results), 1);
        assert_eq!(results[0].QPContext as usize, 0x71 + n);
        assert_eq!(results[0].RequestContext as usize, n);
    }
}

// NDK-CQ-29: a queue is closed with results that nobody has polled.
#[test]
fn a_queue_is_closed_with_results_in_it() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let cq = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &cq, &cq, QpLimits::default());
    for context in 0..5 {
        end.post_receive(context, 0, 64);
    }
    end.qp.handle().flush();
    cq.arm(NDK_CQ_NOTIFY_ERRORS);
    assert_eq!(end.qp.close().wait(), NtStatus::SUCCESS);
    assert!(raw::close(cq.cq.raw().cast()).is_over(SOON));
    cq.cq.is_closed_already();
    assert_eq!(cq.count(), 0, "NDK-CQ-28");
}
