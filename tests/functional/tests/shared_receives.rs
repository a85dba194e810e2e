//! Shared receive queues: one queue of receives for several queue pairs.

use std::sync::Arc;

use softrnic_functional::consumer::{NtStatus, Pd, Qp, QpLimits, Srq};
use softrnic_functional::{A_WHILE, End, Flag, SOON, Stage, connect, listen, pattern};

const SIZE: usize = 1024;

/// Ends on one adapter that share an SRQ, and their peers.
struct Shared {
    // Field order: what closes first, stands first.
    pairs: Vec<(End, End)>,
    srq: Arc<Srq>,
    below: Arc<Flag>,
}

impl Shared {
    fn new(stage: &Stage, count: usize, depth: u32, threshold: u32) -> Self {
        let adapter = stage.open(1);
        let pd = Pd::new(&adapter).expect("a PD");
        let below = Arc::new(Flag::default());
        let told = below.clone();
        let on_below = move |status| {
            assert_eq!(status, NtStatus::SUCCESS);
            told.set();
        };
        let srq = Arc::new(Srq::new(&pd, (depth, 2, threshold), on_below).expect("an SRQ"));
        let (listener, incoming) = listen(&adapter, stage.address(1, 0));
        let to = listener.local_address().expect("an address");
        let client = stage.open(0);
        let limits = QpLimits::default();
        let mut pairs: Vec<(End, End)> = Vec::new();
        for n in 0..count {
            let (mut active, mut passive) =
                (End::new(&client, limits), End::within(pd.clone(), limits));
            let cqs = passive.qp.cqs();
            let qp = Qp::with_srq(&pd, cqs, &srq, limits, n).expect("a QP");
            passive.qp = qp;
            connect(
                &mut active,
                &mut passive,
                stage.address(0, 0),
                to,
                &incoming,
            );
            pairs.push((active, passive));
        }
        if let Some((_, first)) = pairs.last_mut() {
            first.listener = Some(listener);
        }
        Self { pairs, srq, below }
    }

    /// Posts a receive into the first end's memory.
    fn post(&self, context: usize) -> NtStatus {
        let (_, end) = &self.pairs[0];
        let sge = end.mr.sge(&end.buffer, context * SIZE, SIZE);
        self.srq.receive(context, &[sge])
    }

    fn send(&self, n: usize, seed: u8) {
        let (active, _) = &self.pairs[n];
        active.buffer.write(0, &pattern(seed, SIZE));
        active.post_send(1, 0, SIZE, 0);
        let _ = active.done.take(1);
    }

    /// The context of the receive that end `n` completed.
    fn received(&self, n: usize, seed: u8) -> usize {
        let done = self.pairs[n].1.received.take(1)[0];
        assert_eq!((done.status, done.bytes), (NtStatus::SUCCESS, SIZE as u32));
        let memory = &self.pairs[0].1.buffer;
        assert!(memory.read(done.context * SIZE, SIZE) == pattern(seed, SIZE));
        done.context
    }
}

// NDK-SRQ-01, NDK-ADP-05, NDK-ADP-08
// NdkCreateSrq: STATUS_SUCCESS, STATUS_INVALID_PARAMETER. NdkModifySrq: STATUS_SUCCESS, STATUS_INVALID_PARAMETER.
#[test]
fn the_limits_are_exact() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let info = adapter.info().expect("info");
    let pd = Pd::new(&adapter).expect("a PD");
    let make = |depth, sge| Srq::new(&pd, (depth, sge, 0), |_| {}).map(drop);
    let (most, sges) = (info.MaxSrqDepth, info.MaxReceiveRequestSge);
    assert_ne!(most, 0);
    assert_eq!(make(most, sges), Ok(()));
    for (depth, sge) in [(most + 1, 1), (1, sges + 1), (u32::MAX, u32::MAX)] {
        assert_eq!(make(depth, sge), Err(NtStatus::INVALID_PARAMETER));
    }
    let srq = Srq::new(&pd, (4, 1, 0), |_| {}).expect("an SRQ");
    let modify = |depth| srq.modify(depth, 0).wait();
    assert_eq!(modify(most), NtStatus::SUCCESS);
    assert_eq!(modify(most + 1), NtStatus::INVALID_PARAMETER);
}

// NDK-SRQ-05, NDK-POST-36: whoever needs a receive takes the oldest; it completes with that queue pair's results.
#[test]
fn receives_go_to_whoever_needs_them() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 3, 64, 0);
    for context in 0..30 {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    for round in 0..30 {
        let n = [0, 2, 1, 1, 0][round % 5];
        shared.send(n, round as u8);
        assert_eq!(shared.received(n, round as u8), round);
    }
}

// NDK-SRQ-05, NDK-POST-33: queue pairs that found nothing go on when a receive is posted, every one of them.
#[test]
fn queue_pairs_wait_for_receives() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 4, 64, 0);
    for round in 0..20 {
        for n in 0..4 {
            let (active, _) = &shared.pairs[n];
            active.buffer.write(0, &pattern(round, SIZE));
            active.post_send(1, 0, SIZE, 0);
        }
        for context in 0..4 {
            assert_eq!(shared.post(context), NtStatus::SUCCESS);
        }
        let mut contexts: Vec<_> = (0..4).map(|n| shared.received(n, round)).collect();
        contexts.sort_unstable();
        assert_eq!(contexts, [0, 1, 2, 3]);
        for (active, _) in &shared.pairs {
            let _ = active.done.take(1);
        }
    }
}

// NDK-SRQ-02: below the threshold, not at it; once.
// RFC5040-8.1.2-8, RFC5041-8.3.2-6, RFC5042-6.4.3.1-1.
// NdkSrqNotificationCallback: STATUS_SUCCESS.
#[test]
fn the_notification_comes_once_below_the_threshold() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 1, 64, 4);
    for context in 0..6 {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    for round in 0..2 {
        shared.send(0, round);
        let _ = shared.received(0, round);
    }
    assert!(!shared.below.wait(A_WHILE), "four are not below four");
    for round in 2..5 {
        shared.send(0, round);
        let _ = shared.received(0, round);
        assert!(shared.below.wait(SOON));
    }
    assert_eq!(shared.below.count(), 1);
}

// C04, NDK-SRQ-02, NDK-SRQ-05: a peer that takes every shared receive is told of below the threshold;
// the others wait for the next one, and lose nothing.
#[test]
fn c04_one_peer_drains_the_shared_receives() {
    const RECEIVES: usize = 8;
    let stage = Stage::new();
    let shared = Shared::new(&stage, 2, 64, 4);
    for context in 0..RECEIVES {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    for context in 0..RECEIVES {
        shared.send(0, 1);
        assert_eq!(shared.received(0, 1), context);
    }
    assert!(shared.below.wait(SOON));
    let (quiet, end) = &shared.pairs[1];
    quiet.buffer.write(0, &pattern(2, SIZE));
    quiet.post_send(1, 0, SIZE, 0);
    assert!(end.received.settle_now().is_empty(), "there is no receive");
    assert_eq!(shared.post(RECEIVES), NtStatus::SUCCESS);
    assert_eq!(shared.received(1, 2), RECEIVES);
    let _ = quiet.done.take(1);
}

// NDK-SRQ-03: a threshold arms again, and is answered at once when there are too few; zero changes nothing.
#[test]
fn modifying_arms_again() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 1, 64, 0);
    for context in 0..6 {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    let modify = |depth, threshold| {
        assert_eq!(
            shared.srq.modify(depth, threshold).wait(),
            NtStatus::SUCCESS
        );
    };
    modify(0, 6);
    assert_eq!(shared.below.count(), 0);
    shared.send(0, 1);
    let _ = shared.received(0, 1);
    assert!(shared.below.wait(SOON));
    // Neither zero nor a new depth arms.
    modify(0, 0);
    modify(32, 0);
    assert_eq!(shared.below.count(), 1);
    modify(0, 6);
    // A callback that has not quite returned delays the next (NDK-SRQ-02).
    assert!(shared.below.wait_for(2, SOON), "five are below six");
    // An arm survives a change of the depth.
    modify(0, 5);
    modify(16, 0);
    shared.send(0, 2);
    let _ = shared.received(0, 2);
    assert!(shared.below.wait_for(3, SOON));
}

// NDK-POST-10, NDK-SRQ-03: as many as the depth; more after the depth grew; never fewer than there are.
// NdkSrqReceive: STATUS_SUCCESS, STATUS_NO_MORE_ENTRIES, STATUS_DATA_OVERRUN.
#[test]
fn the_depth_bounds_what_is_posted() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 1, 3, 0);
    for context in 0..3 {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    assert_eq!(shared.post(3), NtStatus::NO_MORE_ENTRIES);
    assert_eq!(shared.srq.modify(5, 0).wait(), NtStatus::SUCCESS);
    assert_eq!(shared.post(3), NtStatus::SUCCESS);
    assert_eq!(shared.post(4), NtStatus::SUCCESS);
    assert_eq!(shared.post(5), NtStatus::NO_MORE_ENTRIES);
    assert!(!shared.srq.modify(4, 0).wait().is_success());
    for round in 0..5 {
        shared.send(0, round);
        assert_eq!(shared.received(0, round), usize::from(round), "in order");
    }
    assert_eq!(shared.srq.modify(1, 0).wait(), NtStatus::SUCCESS);
    assert_eq!(shared.post(0), NtStatus::SUCCESS);
    assert_eq!(shared.post(1), NtStatus::NO_MORE_ENTRIES);
    // NDK-POST-11
    let (_, end) = &shared.pairs[0];
    let sges = [end.mr.sge(&end.buffer, 0, 8); 3];
    assert_eq!(shared.srq.receive(9, &sges), NtStatus::DATA_OVERRUN);
}

// NDK-SRQ-07, NDK-PD-01
// NdkReceive: STATUS_INVALID_DEVICE_REQUEST. NdkCreateQpWithSrq: STATUS_INVALID_PARAMETER.
#[test]
fn what_does_not_belong_together_is_refused() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 1, 8, 0);
    let (_, end) = &shared.pairs[0];
    let own = end.qp.handle().receive(1, &[]);
    assert_eq!(own, NtStatus::INVALID_DEVICE_REQUEST);
    let other = Pd::new(&end.adapter).expect("a PD");
    let refused = Qp::with_srq(&other, end.qp.cqs(), &shared.srq, QpLimits::default(), 1);
    assert_eq!(refused.err(), Some(NtStatus::INVALID_PARAMETER));
    let most = end.adapter.info().expect("info").MaxInitiatorQueueDepth;
    let limits = QpLimits {
        initiator_depth: most + 1,
        ..QpLimits::default()
    };
    let refused = Qp::with_srq(&end.pd, end.qp.cqs(), &shared.srq, limits, 1);
    assert_eq!(refused.err(), Some(NtStatus::INVALID_PARAMETER));
}

// NDK-SRQ-06, NDK-FLUSH-06: a flush returns nothing of the shared queue, and the others go on.
#[test]
fn a_flush_leaves_the_shared_receives() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 2, 64, 0);
    for context in 0..4 {
        assert_eq!(shared.post(context), NtStatus::SUCCESS);
    }
    shared.pairs[0].1.qp.handle().flush();
    assert!(shared.pairs[0].1.received.settle().is_empty());
    for round in 0..4 {
        shared.send(1, round);
        assert_eq!(shared.received(1, round), usize::from(round));
    }
}

// NDK-SRQ-06, NDK-POST-32: a receive that a message was too long for is the one that comes back.
#[test]
fn a_failed_receive_comes_back_on_its_queue_pair() {
    let stage = Stage::new();
    let shared = Shared::new(&stage, 2, 64, 0);
    assert_eq!(shared.post(1), NtStatus::SUCCESS);
    assert_eq!(shared.post(2), NtStatus::SUCCESS);
    shared.pairs[0].0.post_send(1, 0, SIZE + 1, 0);
    let done = shared.pairs[0].1.received.take(1)[0];
    assert_eq!((done.context, done.status), (1, NtStatus::BUFFER_OVERFLOW));
    assert!(shared.pairs[0].1.gone.wait(SOON));
    shared.send(1, 3);
    assert_eq!(shared.received(1, 3), 2);
}

// NDK-SRQ-08, NDK-LIFE-17: the close waits for the queue pairs; what is left is dropped without results.
// NdkCloseSrq: STATUS_SUCCESS, STATUS_PENDING.
#[test]
fn the_close_waits_for_the_queue_pairs() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let pd = Pd::new(&adapter).expect("a PD");
    let srq = Srq::new(&pd, (4, 1, 2), |_| {}).expect("an SRQ");
    let end = End::within(pd.clone(), QpLimits::default());
    let limits = QpLimits::default();
    let qp = Qp::with_srq(&pd, end.qp.cqs(), &srq, limits, 1).expect("a QP");
    let sge = end.mr.sge(&end.buffer, 0, 8);
    assert_eq!(srq.receive(1, &[sge]), NtStatus::SUCCESS);
    let closing = srq.close();
    assert_eq!(closing.returned(), NtStatus::PENDING);
    assert_eq!(closing.wait_for(A_WHILE), None);
    drop(qp);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
    let idle = Srq::new(&pd, (4, 1, 2), |_| {}).expect("an SRQ");
    assert_eq!(idle.close().returned(), NtStatus::SUCCESS);
    assert!(end.received.settle_now().is_empty());
}

// NDK-LIFE-10, NDK-SRQ-03: the callback may modify and post; it is not called inside itself.
#[test]
fn the_callback_may_post_and_arm_again() {
    let stage = Stage::new();
    let adapter = stage.open(1);
    let pd = Pd::new(&adapter).expect("a PD");
    let (calls, depth) = (Arc::new(Flag::default()), Arc::new(Flag::default()));
    let slot: Arc<std::sync::OnceLock<usize>> = Arc::default();
    let (seen, inside, raw) = (calls.clone(), depth.clone(), slot.clone());
    let srq = Srq::new(&pd, (8, 1, 0), move |_| {
        let before = inside.count();
        inside.set();
        if seen.count() < 5 {
            let srq = *raw.get().expect("set before the arm") as *mut _;
            assert_eq!(modify(srq, 4), NtStatus::SUCCESS);
        }
        assert_eq!(inside.count(), before + 1, "not called inside itself");
        seen.set();
    })
    .expect("an SRQ");
    let _ = slot.set(srq.raw() as usize);
    assert_eq!(srq.modify(0, 4).wait(), NtStatus::SUCCESS);
    assert_eq!(calls.count(), 6);
}

/// `NdkModifySrq` of the threshold, without a callback.
fn modify(srq: *mut softrnic_functional::consumer::abi::NDK_SRQ, threshold: u32) -> NtStatus {
    // SAFETY: the SRQ is open.
    NtStatus(unsafe {
        ((*(*srq).Dispatch).NdkModifySrq.expect("NDK-VER-05"))(
            srq,
            0,
            threshold,
            None,
            std::ptr::null_mut(),
        )
    })
}
