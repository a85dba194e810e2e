//! Polling a CQ: results get the consumer's QP context back and are checked against the ledger.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::ledger::Queue;
use super::record::{Kind, Record, filled};
use crate::bridge::{self, aside};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// What the two result structures share.
trait Outcome {
    fn qp_context(&mut self) -> &mut PVOID;
    fn request_context(&self) -> PVOID;
    fn check(&self) {}
}

impl Outcome for NDK_RESULT {
    fn qp_context(&mut self) -> &mut PVOID {
        &mut self.QPContext
    }

    fn request_context(&self) -> PVOID {
        self.RequestContext
    }
}

impl Outcome for NDK_RESULT_EX {
    fn qp_context(&mut self) -> &mut PVOID {
        &mut self.QPContext
    }

    fn request_context(&self) -> PVOID {
        self.RequestContext
    }

    fn check(&self) {
        if self.Status == STATUS_SUCCESS && self.ProviderErrorCode != 0 {
            violation(
                "NDK-VER-06",
                "ProviderErrorCode of a successful result is not zero",
            );
        }
        let known = [
            NdkOperationTypeReceive,
            NdkOperationTypeSend,
            NdkOperationTypeFastRegister,
            NdkOperationTypeBind,
            NdkOperationTypeInvalidate,
            NdkOperationTypeRead,
            NdkOperationTypeWrite,
            NdkOperationTypeReceiveAndInvalidate,
        ];
        if !known.contains(&self.Type) {
            let kind = self.Type;
            aside(move || {
                let text = format!("a result of operation type {kind:#x}");
                violation("NDK-CQ-16", &text)
            });
        }
    }
}

/// NDK-CQ-13: at most `asked` results.
#[inline(always)]
fn hand_over<R: Outcome>(cq: &'static Record, results: *mut R, asked: u32, got: u32) -> u32 {
    if got > asked {
        aside(move || {
            let text = format!("{got} results for an array of {asked}");
            violation("NDK-CQ-13", &text)
        });
    }
    if got == 0 {
        return 0;
    }
    // SAFETY: the consumer's array, of which the provider wrote `got` entries.
    for result in unsafe { std::slice::from_raw_parts_mut(results, got as usize) } {
        result.check();
        let qp = Record::from_context(*result.qp_context(), "a result's QPContext");
        if qp.kind != Kind::Qp {
            violation(
                "NDK-CQ-14",
                "a result's QPContext is not the one given for a QP",
            );
        }
        if qp.checked {
            let context = result.request_context();
            aside(move || complete(cq, qp, context));
        }
        *result.qp_context() = qp.context.load(Ordering::Acquire);
    }
    got
}

/// The result is the next of its queue.
fn complete(cq: &Record, qp: &Record, context: PVOID) {
    let this = std::ptr::from_ref(cq) as usize;
    let receive = qp.receive_cq.load(Ordering::Acquire) == this;
    let initiator = qp.initiator_cq.load(Ordering::Acquire) == this;
    let queues: &[Queue] = match (receive, initiator) {
        (true, true) => &[Queue::Initiator, Queue::Receive],
        (true, false) => &[Queue::Receive],
        (false, true) => &[Queue::Initiator],
        (false, false) => violation("NDK-CQ-14", "a result on a CQ that is not its QP's"),
    };
    qp.ledger.lock().complete(queues, context);
}

pub(super) unsafe extern "win64" fn get_cq_results(
    cq: *mut NDK_CQ,
    results: *mut NDK_RESULT,
    asked: u32,
) -> u32 {
    let _ = thread::enter("NdkGetCqResults", DISPATCH_LEVEL);
    let record = Record::of(cq.cast(), Kind::Cq, "NdkGetCqResults");
    let got = bridge::call_down("NdkGetCqResults", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe { filled(record.provider::<NDK_CQ_DISPATCH>().NdkGetCqResults)(cq, results, asked) }
    });
    hand_over(record, results, asked, got)
}

pub(super) unsafe extern "win64" fn get_cq_results_ex(
    cq: *mut NDK_CQ,
    results: *mut NDK_RESULT_EX,
    asked: u32,
) -> u32 {
    let _ = thread::enter("NdkGetCqResultsEx", DISPATCH_LEVEL);
    let record = Record::of(cq.cast(), Kind::Cq, "NdkGetCqResultsEx");
    let got = bridge::call_down("NdkGetCqResultsEx", || {
        // SAFETY: as above.
        unsafe {
            filled(record.provider::<NDK_CQ_DISPATCH>().NdkGetCqResultsEx)(cq, results, asked)
        }
    });
    hand_over(record, results, asked, got)
}
