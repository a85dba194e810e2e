//! The completion queue's functions, but for polling.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::pending::request;
use super::record::{Kind, Record};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

fn enter(cq: *mut NDK_CQ, name: &'static str) -> (&'static Record, &'static NDK_CQ_DISPATCH) {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    let record = Record::of(cq.cast(), Kind::Cq, name);
    (record, record.provider())
}

pub(super) unsafe extern "win64" fn resize(
    cq: *mut NDK_CQ,
    depth: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(cq, "NdkResizeCq");
    request(
        "NdkResizeCq",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkResizeCq.expect("seen to be filled")(cq, depth, completion, context)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn arm(cq: *mut NDK_CQ, kind: u32) {
    let (record, provider) = enter(cq, "NdkArmCq");
    // Counted before the provider knows: the notification may come at once.
    record.arms.fetch_add(1, Ordering::AcqRel);
    bridge::callback("NdkArmCq", || {
        // SAFETY: the provider's slot, seen to be filled.
        unsafe { provider.NdkArmCq.expect("seen to be filled")(cq, kind) }
    });
}

/// NDK-CQ-25: never PENDING.
pub(super) unsafe extern "win64" fn control_moderation(
    cq: *mut NDK_CQ,
    interval: u32,
    count: u32,
) -> NTSTATUS {
    let (_, provider) = enter(cq, "NdkControlCqInterruptModeration");
    let status = bridge::callback("NdkControlCqInterruptModeration", || {
        // SAFETY: the provider's slot, seen to be filled.
        unsafe {
            provider
                .NdkControlCqInterruptModeration
                .expect("seen to be filled")(cq, interval, count)
        }
    });
    if status == STATUS_PENDING {
        violation(
            "NDK-CQ-25",
            "NdkControlCqInterruptModeration returned PENDING",
        );
    }
    status
}
