//! Where the notifications of a completion queue come: on the processors its consumer named, if it named any that exist.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use softrnic_emulator::ke::irql::KeGetCurrentProcessorNumberEx;
use softrnic_emulator::wdm::GROUP_AFFINITY;
use softrnic_functional::consumer::abi::NDK_CQ_NOTIFY_ANY;
use softrnic_functional::consumer::{Buffer, Cq, Mr, NtStatus, Pd, Qp, QpLimits};
use softrnic_functional::{ALL_ACCESS, SOON, Stage, at_dispatch, plain_results};

fn processors(mask: u64) -> GROUP_AFFINITY {
    GROUP_AFFINITY {
        Mask: mask,
        Group: 0,
        Reserved: [0; 3],
    }
}

/// The processors, as a mask, on which `rounds` notifications of a queue came that was made with `affinity`.
fn seen(stage: &Stage, affinity: Option<GROUP_AFFINITY>, rounds: usize) -> u64 {
    let adapter = stage.open(0);
    let on = Arc::new(AtomicU64::new(0));
    let (came, notified) = mpsc::channel();
    let (mask, came) = (on.clone(), std::sync::Mutex::new(came));
    let cq = Cq::wanted_on(&adapter, 8, affinity, move |cq, status| {
        assert_eq!(status, NtStatus::SUCCESS);
        // SAFETY: the number is not asked for in parts.
        let here = unsafe { KeGetCurrentProcessorNumberEx(std::ptr::null_mut()) };
        mask.fetch_or(1 << here, Ordering::SeqCst);
        assert_eq!(cq.poll(&mut plain_results::<4>()), 1, "NDK-CQ-03");
        cq.arm(NDK_CQ_NOTIFY_ANY);
        let _ = came.lock().expect("no panic").send(());
    });
    let cq = Arc::new(cq.expect("a wish never fails a queue"));
    let pd = Pd::new(&adapter).expect("a PD");
    let qp = Qp::new(&pd, &cq, &cq, QpLimits::default(), 1).expect("a QP");
    let buffer = Buffer::new(64);
    let mr = Mr::of(&pd, &buffer, ALL_ACCESS).expect("an MR");
    cq.handle().arm(NDK_CQ_NOTIFY_ANY);
    for round in 0..rounds {
        let sge = [mr.sge(&buffer, 0, 64)];
        assert_eq!(qp.handle().receive(round, &sge), NtStatus::SUCCESS);
        at_dispatch(|| qp.handle().flush());
        notified.recv_timeout(SOON).expect("NDK-CQ-08");
    }
    on.load(Ordering::SeqCst)
}

// NDK-CQ-23: each processor by itself, then two of them; never another, whoever completes.
#[test]
fn notifications_come_where_they_are_wanted() {
    let stage = Stage::new();
    let count = stage.machine().processor_count();
    assert!(count >= 2, "processors to choose from");
    for number in 0..count.min(4) {
        let wanted = 1 << number;
        assert_eq!(seen(&stage, Some(processors(wanted)), 20), wanted);
    }
    assert_eq!(seen(&stage, Some(processors(3)), 20) & !3, 0);
    // Some of these exist.
    let all = (1_u64 << count) - 1;
    let high = 1 << (count - 1) | all << count & 1 << 63;
    assert_eq!(seen(&stage, Some(processors(high)), 5), 1 << (count - 1));
}

// NDK-CQ-23: a wish that cannot be had is none: the page names no status for it, and no consumer relies on it.
#[test]
fn processors_that_do_not_exist_are_no_wish() {
    let stage = Stage::new();
    let elsewhere = GROUP_AFFINITY {
        Group: 7,
        ..processors(1)
    };
    for affinity in [processors(0), processors(1 << 63), elsewhere] {
        assert_ne!(seen(&stage, Some(affinity), 3), 0);
    }
    assert_ne!(seen(&stage, None, 3), 0);
}
