//! What completions say, and who hears of them.

use std::sync::Arc;

use softrnic_functional::consumer::abi::NDK_CQ_NOTIFY_ANY;
use softrnic_functional::consumer::{NtStatus, Pd, Qp, QpLimits};
use softrnic_functional::quiet::Quiet;
use softrnic_functional::{A_WHILE, SOON, Stage, plain_results, raw};

// NDK-CQ-14: both contexts come back with all of their bits, from plain polls too.
#[test]
fn contexts_come_back_bit_by_bit() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (receives, initiated) = (Quiet::new(&adapter, 8), Quiet::new(&adapter, 8));
    let pd = Pd::new(&adapter).expect("a PD is made");
    let own = 0x8123_4567_89AB_CDEF_u64 as usize;
    let limits = QpLimits::default();
    let qp = Qp::new(&pd, &receives.cq, &initiated.cq, limits, own).expect("a QP is made");
    let contexts = [usize::MAX, 1 << 63, 1 << 32, 0, 0x0102_0304_0506_0708];
    for context in contexts {
        assert_eq!(qp.handle().receive(context, &[]), NtStatus::SUCCESS);
    }
    qp.handle().flush();
    let mut plain = plain_results::<2>();
    assert_eq!(receives.cq.handle().poll(&mut plain), 2);
    let extended = receives.poll::<8>();
    let polled = plain.iter().map(|result| result.RequestContext as usize);
    let polled: Vec<usize> = polled
        .chain(extended.iter().map(|done| done.context))
        .collect();
    assert_eq!(polled, contexts);
    assert!(plain.iter().all(|result| result.QPContext as usize == own));
}

// NDK-CQ-28: a queue whose close has begun tells nobody of what still comes into it, armed as it was.
#[test]
fn a_closing_queue_tells_nobody() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let queue = Quiet::new(&adapter, 8);
    let pd = Pd::new(&adapter).expect("a PD is made");
    let limits = QpLimits::default();
    let qp = Qp::new(&pd, &queue.cq, &queue.cq, limits, 1).expect("a QP is made");
    queue.arm(NDK_CQ_NOTIFY_ANY);
    assert_eq!(qp.handle().receive(1, &[]), NtStatus::SUCCESS);
    let closing = raw::close(queue.cq.raw().cast());
    queue.cq.is_closed_already();
    assert_eq!(
        closing.returned,
        NtStatus::PENDING,
        "its queue pair is open"
    );
    qp.handle().flush();
    assert!(!queue.reaches(1, A_WHILE));
    drop(qp);
    assert!(closing.is_over(SOON));
    assert_eq!(queue.count(), 0);
}

// NDK-DISC-12, NDK-POST-31, NDK-POST-28: a read that the peer refuses fails with an error of its own; what was posted
// behind it comes back cancelled, and both sides are told.
#[test]
fn the_guilty_request_is_told_from_the_others() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    passive.post_receive(9, 0, 64);
    active.post_receive(8, 0, 64);
    let sge = [active.mr.sge(&active.buffer, 0, 64)];
    let post = active.qp.handle();
    let beyond = passive.buffer.virtual_address() + (1 << 20) - 32;
    let token = passive.mr.remote_token();
    assert_eq!(post.read(1, &sge, beyond, token, 0), NtStatus::SUCCESS);
    active.post_read(2, &passive, 0, 64);
    let done = active.done.take(2);
    let first = (done[0].context, done[0].status);
    assert_eq!(first.0, 1);
    assert!(
        !first.1.is_success() && first.1 != NtStatus::CANCELLED,
        "{first:?}"
    );
    assert_eq!((done[1].context, done[1].status), (2, NtStatus::CANCELLED));
    assert!(active.gone.wait(SOON) && passive.gone.wait(SOON));
    let cancelled = |end: &Arc<softrnic_functional::Results>| end.take(1)[0].status;
    assert_eq!(cancelled(&active.received), NtStatus::CANCELLED);
    assert_eq!(cancelled(&passive.received), NtStatus::CANCELLED);
}

// NDK-FLUSH-01: a flush brings back everything, sends that TCP does not take and receives, whatever the peer does.
#[test]
fn a_flush_does_not_wait_for_the_peer() {
    let stage = Stage::configured(&[("NetworkDirectDisconnectTimeout", 120)]);
    let (active, passive) = stage.connected();
    for n in 0..8 {
        active.post_receive(n, 0, 64);
    }
    active.post_read(100, &passive, 0, 1 << 20);
    active.qp.handle().flush();
    let flushed = active.received.take(8);
    assert!(
        flushed
            .iter()
            .all(|done| done.status == NtStatus::CANCELLED)
    );
    assert_eq!(active.done.take(1)[0].context, 100);
}

// NDK-FLUSH-08, NDK-CQ-30: what is left when a queue pair closes comes back, and can be polled after it.
#[test]
fn a_close_brings_back_what_is_left() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let queue = Quiet::new(&adapter, 8);
    let pd = Pd::new(&adapter).expect("a PD is made");
    let limits = QpLimits::default();
    let qp = Qp::new(&pd, &queue.cq, &queue.cq, limits, 1).expect("a QP is made");
    for context in 1..4 {
        assert_eq!(qp.handle().receive(context, &[]), NtStatus::SUCCESS);
    }
    drop(qp);
    let left = queue.poll::<8>();
    let left: Vec<_> = left
        .iter()
        .map(|done| (done.context, done.status))
        .collect();
    assert_eq!(
        left,
        [1, 2, 3].map(|context| (context, NtStatus::CANCELLED))
    );
}
