//! The completion queue's functions, but for polling.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::record::{Kind, Record, filled};
use super::wrap::{plain, requests};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

requests! {
    resize: Cq, NDK_CQ, NDK_CQ_DISPATCH, NdkResizeCq, (depth: u32);
}

plain! {
    plain_moderation: Cq, NDK_CQ, NDK_CQ_DISPATCH, NdkControlCqInterruptModeration,
        (interval: u32, count: u32) -> NTSTATUS;
}

pub(super) unsafe extern "win64" fn arm(cq: *mut NDK_CQ, kind: u32) {
    let _ = thread::enter("NdkArmCq", DISPATCH_LEVEL);
    let record = Record::of(cq.cast(), Kind::Cq, "NdkArmCq");
    let provider = record.provider::<NDK_CQ_DISPATCH>();
    // Counted before the provider knows: the notification may come at once.
    record.arms.fetch_add(1, Ordering::AcqRel);
    bridge::call_down("NdkArmCq", || {
        // SAFETY: the provider's slot, seen to be filled.
        unsafe { filled(provider.NdkArmCq)(cq, kind) }
    });
}

/// NDK-CQ-25: never PENDING.
pub(super) unsafe extern "win64" fn control_moderation(
    cq: *mut NDK_CQ,
    interval: u32,
    count: u32,
) -> NTSTATUS {
    // SAFETY: the consumer's arguments.
    let status = unsafe { plain_moderation(cq, interval, count) };
    if status == STATUS_PENDING {
        violation(
            "NDK-CQ-25",
            "NdkControlCqInterruptModeration returned PENDING",
        );
    }
    status
}
