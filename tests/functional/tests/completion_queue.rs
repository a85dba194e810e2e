//! Arming and polling, by the completion handling page.

use softrnic_functional::consumer::abi::{
    NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_ERRORS, NDK_CQ_NOTIFY_SOLICITED,
    NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT,
};
use softrnic_functional::consumer::{Cq, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{A_WHILE, End, SOON, Stage, plain_results};

/// A connection whose passive end's receives complete into a queue that the test arms.
fn connected(stage: &Stage) -> (End, End, Quiet) {
    let (mut active, adapter) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let receives = Quiet::new(&adapter, 256);
    let mut passive = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    stage.join(&mut active, &mut passive);
    (active, passive, receives)
}

/// One message from `active` to `passive`, and the wait until it is a completion.
fn message(active: &End, passive: &End, receives: &Quiet, flags: u32) {
    passive.post_receive(7, 0, 64);
    active.post_send(8, 0, 5, flags);
    assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
    // The peer's TCP has it; its completion follows at once.
    let _ = receives.reaches(usize::MAX, A_WHILE / 10);
}

// NDK-CQ-02, NDK-CQ-03: never armed, never called; armed once, called once.
// NDK-CQ-04, NDK-CQ-06: the first arm is answered by what is there already.
// NdkCqNotificationCallback: STATUS_SUCCESS.
#[test]
fn an_arm_is_answered_once_however_many_completions_come() {
    let stage = Stage::new();
    let (active, passive, receives) = connected(&stage);
    message(&active, &passive, &receives, 0);
    assert_eq!(receives.count(), 0);
    receives.arm(NDK_CQ_NOTIFY_ANY);
    assert!(receives.reaches(1, SOON));
    let notices = receives.notices.lock().expect("no panic").clone();
    assert_eq!(notices, [NtStatus::SUCCESS]);
    for _ in 0..20 {
        message(&active, &passive, &receives, 0);
    }
    assert_eq!(receives.count(), 1);
    assert_eq!(receives.take(21).len(), 21);
}

// NDK-CQ-09: the nine cells, each against a plain and a solicited completion (NDK-CQ-10, -11, -12).
// RFC5040-5.3-5.
#[test]
fn two_arms_merge_into_the_more_permissive() {
    const ERRORS: u32 = NDK_CQ_NOTIFY_ERRORS;
    const ANY: u32 = NDK_CQ_NOTIFY_ANY;
    const SOLICITED: u32 = NDK_CQ_NOTIFY_SOLICITED;
    // First arm, second arm, fires for a plain message, fires for a solicited one.
    let table = [
        (ANY, ANY, true, true),
        (ANY, ERRORS, true, true),
        (ANY, SOLICITED, true, true),
        (ERRORS, ANY, true, true),
        (ERRORS, ERRORS, false, false),
        (ERRORS, SOLICITED, false, true),
        (SOLICITED, ANY, true, true),
        (SOLICITED, ERRORS, false, true),
        (SOLICITED, SOLICITED, false, true),
    ];
    let stage = Stage::new();
    for (first, second, plain, solicited) in table {
        let (active, passive, receives) = connected(&stage);
        receives.arm(first);
        receives.arm(second);
        message(&active, &passive, &receives, 0);
        assert_eq!(
            receives.reaches(1, A_WHILE),
            plain,
            "{first}+{second}, plain"
        );
        message(
            &active,
            &passive,
            &receives,
            NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT,
        );
        assert_eq!(
            receives.reaches(1, A_WHILE),
            solicited,
            "{first}+{second}, solicited"
        );
        assert!(receives.count() <= 1, "NDK-CQ-02");
    }
}

/// The notifications of a queue armed as `kind` when two receives are flushed into it.
fn flushed(stage: &Stage, kind: u32) -> Quiet {
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    receives.arm(kind);
    end.post_receive(1, 0, 64);
    end.post_receive(2, 0, 64);
    end.qp.handle().flush();
    let done = receives.take(2);
    assert!(done.iter().all(|done| done.status == NtStatus::CANCELLED));
    assert_eq!((done[0].context, done[1].context), (1, 2), "NDK-FLUSH-09");
    receives
}

// NDK-FLUSH-02, NDK-CQ-10, NDK-CQ-12
#[test]
fn flushed_requests_wake_any_and_solicited_arms() {
    let stage = Stage::new();
    assert_eq!(flushed(&stage, NDK_CQ_NOTIFY_ANY).count(), 1);
    assert_eq!(flushed(&stage, NDK_CQ_NOTIFY_SOLICITED).count(), 1);
}

// NDK-CQ-11
#[test]
fn flushed_requests_do_not_wake_an_errors_arm() {
    let stage = Stage::new();
    assert_eq!(flushed(&stage, NDK_CQ_NOTIFY_ERRORS).count(), 0);
}

// NDK-CQ-20
// RFC5040-8.1.1-10, RFC5042-6.4.6-1.
// NdkCqNotificationCallback: STATUS_BUFFER_OVERFLOW.
#[test]
fn an_overrun_is_told_and_loses_nothing_that_was_there() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 1);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    receives.arm(NDK_CQ_NOTIFY_ERRORS);
    end.post_receive(1, 0, 64);
    end.post_receive(2, 0, 64);
    end.qp.handle().flush();
    assert!(receives.reaches(1, SOON));
    assert_eq!(
        *receives.notices.lock().expect("no panic"),
        [NtStatus::BUFFER_OVERFLOW]
    );
    let done = receives.poll::<4>();
    assert!(done.len() <= 1);
}

// NDK-CQ-07, NDK-CQ-08: re-arming inside the callback neither nests nor gets lost.
#[test]
fn a_callback_that_arms_again_is_not_called_inside_itself() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let inside = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = inside.clone();
    let receives = Quiet::with(&adapter, 256, move |cq| {
        use std::sync::atomic::Ordering;
        assert_eq!(seen.fetch_add(1, Ordering::SeqCst), 0, "nested");
        let mut results = plain_results::<4>();
        cq.arm(NDK_CQ_NOTIFY_ANY);
        while cq.poll(&mut results) > 0 {}
        cq.arm(NDK_CQ_NOTIFY_ANY);
        seen.fetch_sub(1, Ordering::SeqCst);
    });
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    receives.arm(NDK_CQ_NOTIFY_ANY);
    for round in 1..=200 {
        end.post_receive(round, 0, 64);
        end.qp.handle().flush();
        assert!(receives.reaches(round, SOON), "NDK-CQ-08: lost in {round}");
    }
}

// NDK-CQ-13, NDK-CQ-14, NDK-CQ-17: both calls take from one queue, no more than asked for.
#[test]
fn plain_and_extended_polls_alternate() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    for context in 1..=3 {
        end.post_receive(context, 0, 64);
    }
    end.qp.handle().flush();
    let mut plain = plain_results::<2>();
    plain[1].Status = 0x77;
    assert_eq!(receives.cq.handle().poll(&mut plain[..1]), 1);
    assert_eq!(plain[0].RequestContext as usize, 1);
    assert_eq!(plain[0].QPContext as usize, 0x5151);
    assert_eq!(plain[1].Status, 0x77, "not asked for");
    assert_eq!(receives.poll::<1>()[0].context, 2);
    assert_eq!(receives.cq.handle().poll(&mut plain), 1);
    assert_eq!(plain[0].RequestContext as usize, 3);
    assert_eq!(receives.cq.handle().poll(&mut plain), 0);
}

// NDK-CQ-30: results outlive the queue pair.
#[test]
fn results_can_be_polled_after_the_queue_pair_was_closed() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 8);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    end.post_receive(1, 0, 64);
    assert_eq!(end.qp.close().wait(), NtStatus::SUCCESS);
    let done = receives.take(1);
    assert_eq!((done[0].context, done[0].status), (1, NtStatus::CANCELLED));
}

// NDK-ADP-05: the limit is served, one more is not.
// RFC5040-8.1.2-5, RFC5042-6.4.3.2-1.
// RFC5040-8.1.2-6, RFC5041-8.3.2-5.
// NdkCreateCq: STATUS_INVALID_PARAMETER.
#[test]
fn the_depth_limit_is_exact() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let most = adapter.info().expect("information").MaxCqDepth;
    assert!(Cq::new(&adapter, most, |_, _| {}).is_ok());
    let refused = Cq::new(&adapter, most + 1, |_, _| {}).err();
    assert_eq!(refused, Some(NtStatus::INVALID_PARAMETER));
}
