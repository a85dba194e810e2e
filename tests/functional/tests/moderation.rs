//! Completion queue moderation, and how long one call chain notifies.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use softrnic_emulator::ke::dpc::{KeInitializeDpc, KeInsertQueueDpc};
use softrnic_emulator::wdm::KDPC;
use softrnic_functional::consumer::abi::{
    NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED, NDK_CQ, NDK_CQ_NOTIFY_ANY, NDK_RESULT,
};
use softrnic_functional::consumer::{Cq, CqHandle, NtStatus, Qp, QpHandle, QpLimits};
use softrnic_functional::{End, Flag, SOON, Stage, at_dispatch, raw};

const MAX: u32 = u32::MAX;

/// `NdkControlCqInterruptModeration`.
fn moderate(cq: *mut NDK_CQ, interval: u32, count: u32) -> NtStatus {
    // SAFETY: the CQ is open.
    NtStatus(unsafe {
        ((*(*cq).Dispatch)
            .NdkControlCqInterruptModeration
            .expect("NDK-VER-05"))(cq, interval, count)
    })
}

// NDK-CQ-24, NDK-CQ-25, NDK-ADP-13: the one pair that leaves nothing to go by is refused; never pending.
// NdkControlCqInterruptModeration: STATUS_SUCCESS, STATUS_INVALID_PARAMETER_MIX.
#[test]
fn the_table_of_intervals_and_counts() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let info = adapter.info().expect("info");
    let flag = NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED;
    assert_eq!(info.AdapterFlags & flag, flag);
    let cq = raw::cq(&adapter, 8);
    for (interval, count) in [
        (0, 0),
        (0, MAX),
        (20, MAX),
        (20, 9),
        (MAX, 8),
        (MAX, 1),
        (MAX, 0),
    ] {
        let status = moderate(cq, interval, count);
        assert_eq!(status, NtStatus::SUCCESS, "{interval}, {count}");
    }
    for count in [9, MAX] {
        assert_eq!(moderate(cq, MAX, count), NtStatus::INVALID_PARAMETER_MIX);
    }
    assert!(raw::close(cq.cast()).is_over(SOON));
}

// NDK-CQ-26: an armed queue with an entry is told no later than any setting wants.
#[test]
fn a_moderated_queue_tells_of_one_completion() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for (n, (interval, count)) in [(20, MAX), (MAX, 32), (1_000_000, 256)]
        .into_iter()
        .enumerate()
    {
        let (receives, _) = passive.qp.cqs();
        let set = moderate(receives.raw(), interval, count);
        assert_eq!(set, NtStatus::SUCCESS);
        passive.post_receive(n, 0, 64);
        active.post_send(n, 0, 8, 0);
        assert_eq!(passive.received.take(1)[0].context, n);
    }
}

/// What the notification callback of the test below uses.
struct Endless {
    qp: OnceLock<QpHandle>,
    rounds: AtomicUsize,
    /// Those on the test's own thread.
    here: AtomicUsize,
    /// Those before a DPC that the first one queued had its turn.
    before_dpc: AtomicUsize,
    over: Flag,
}

const ROUNDS: usize = 500;

impl Endless {
    fn notified(&self, cq: CqHandle, is_here: bool) {
        let mut results = [NDK_RESULT::default(); 8];
        while cq.poll(&mut results) != 0 {}
        self.here.fetch_add(usize::from(is_here), Ordering::SeqCst);
        match self.rounds.fetch_add(1, Ordering::SeqCst) {
            0 => self.queue_dpc(),
            ROUNDS => return self.over.set(),
            _ => {}
        }
        cq.arm(NDK_CQ_NOTIFY_ANY);
        // The queue pair is dead: it comes back at once (NDK-POST-09).
        let posted = self.qp.get().expect("set before").receive(1, &[]);
        assert_eq!(posted, NtStatus::SUCCESS);
    }
}

impl Endless {
    /// Queues a DPC on this processor, which outlives the test.
    fn queue_dpc(&self) {
        let context = std::ptr::from_ref(self).cast_mut().cast();
        let dpc = Box::leak(Box::new(MaybeUninit::<KDPC>::zeroed())).as_mut_ptr();
        // SAFETY: the DPC is never freed; the test waits for it before it lets go of `self`.
        unsafe {
            KeInitializeDpc(dpc, at_last, context);
            KeInsertQueueDpc(dpc, std::ptr::null_mut(), std::ptr::null_mut());
        }
    }
}

unsafe extern "win64" fn at_last(
    _dpc: *mut KDPC,
    context: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: `queue_dpc`'s.
    let endless = unsafe { &*context.cast::<Endless>() };
    let so_far = endless.rounds.load(Ordering::SeqCst);
    endless.before_dpc.store(so_far, Ordering::SeqCst);
}

// NDK-CQ-31, NDK-CQ-07, NDK-IRQL-05: a callback that always finds more is not called for ever by the one who posted or armed,
// nor by one DPC: another has its turn.
#[test]
fn one_post_does_not_pay_for_all_notifications() {
    for arms_first in [true, false] {
        notified_for_ever(arms_first);
    }
}

/// Starts the notifications by an arm and a post, in this order or the other, at DISPATCH_LEVEL.
fn notified_for_ever(arms_first: bool) {
    let stage = Stage::new();
    let limits = QpLimits::default();
    let (mut active, mut passive) = (
        End::new(&stage.open(0), limits),
        End::new(&stage.open(1), limits),
    );
    let endless = Arc::new(Endless {
        qp: OnceLock::new(),
        rounds: AtomicUsize::new(0),
        here: AtomicUsize::new(0),
        before_dpc: AtomicUsize::new(usize::MAX),
        over: Flag::default(),
    });
    let (called, thread) = (endless.clone(), std::thread::current().id());
    let cq = Cq::new(&active.adapter, 64, move |cq, _| {
        called.notified(cq, std::thread::current().id() == thread);
    });
    let cq = Arc::new(cq.expect("a CQ"));
    active.qp = Qp::new(&active.pd, &cq, &cq, limits, 1).expect("a QP");
    stage.join(&mut active, &mut passive);
    active.connector = None;
    let post = active.qp.handle();
    let _ = endless.qp.set(post);
    let during = at_dispatch(|| {
        if arms_first {
            cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        }
        assert_eq!(post.receive(1, &[]), NtStatus::SUCCESS);
        if !arms_first {
            cq.handle().arm(NDK_CQ_NOTIFY_ANY);
        }
        endless.here.load(Ordering::SeqCst)
    });
    assert_eq!(
        during, 0,
        "NDK-IRQL-05: not on the stack of a call at DISPATCH_LEVEL"
    );
    assert!(endless.over.wait(SOON));
    assert_eq!(endless.rounds.load(Ordering::SeqCst), ROUNDS + 1);
    let until = std::time::Instant::now() + SOON;
    while endless.before_dpc.load(Ordering::SeqCst) == usize::MAX {
        assert!(std::time::Instant::now() < until, "the DPC comes");
        std::thread::yield_now();
    }
    assert!(
        endless.before_dpc.load(Ordering::SeqCst) < ROUNDS,
        "NDK-CQ-31"
    );
}
