//! Entry points of the completion queue.

use core::ffi::c_void;
use core::ptr;

use super::{close, code, hold, query_extension};
use crate::ndk::cq::Cq;
use crate::ndk::object::{self, Face};
use crate::ndk::status;
use crate::nt::Status;
use crate::rdma::{Completion, Kind};
use crate::sync::Arm;
use crate::sys::{
    NDK_CQ, NDK_CQ_DISPATCH, NDK_CQ_NOTIFY_ANY, NDK_CQ_NOTIFY_ERRORS, NDK_CQ_NOTIFY_SOLICITED,
    NDK_FN_REQUEST_COMPLETION, NDK_OBJECT_TYPE, NDK_OPERATION_TYPE, NDK_RESULT, NDK_RESULT_EX,
    NTSTATUS, NdkObjectTypeCq, NdkOperationTypeBind, NdkOperationTypeFastRegister,
    NdkOperationTypeInvalidate, NdkOperationTypeRead, NdkOperationTypeReceive,
    NdkOperationTypeReceiveAndInvalidate, NdkOperationTypeSend, NdkOperationTypeWrite,
};

impl Face for Cq {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeCq;
    type Dispatch = NDK_CQ_DISPATCH;
    const TABLE: &'static NDK_CQ_DISPATCH = &TABLE;
}

static TABLE: NDK_CQ_DISPATCH = NDK_CQ_DISPATCH {
    NdkCloseCq: Some(close::<Cq>),
    NdkQueryExtension: Some(query_extension),
    NdkResizeCq: Some(resize_cq),
    NdkArmCq: Some(arm_cq),
    NdkGetCqResults: Some(get_cq_results),
    NdkControlCqInterruptModeration: Some(control_cq_interrupt_moderation),
    NdkGetCqResultsEx: Some(get_cq_results_ex),
};

unsafe extern "win64" fn resize_cq(
    cq: *mut NDK_CQ,
    depth: u32,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let cq = unsafe { hold::<Cq, _>(cq) }.ok_or(Status::INVALID_PARAMETER);
    code(cq.and_then(|cq| cq.resize(depth)))
}

unsafe extern "win64" fn arm_cq(cq: *mut NDK_CQ, kind: u32) {
    let arm = match kind {
        NDK_CQ_NOTIFY_ERRORS => Arm::Errors,
        NDK_CQ_NOTIFY_ANY => Arm::Any,
        NDK_CQ_NOTIFY_SOLICITED => Arm::Solicited,
        _ => return,
    };
    // SAFETY: the caller.
    if let Some(cq) = unsafe { hold::<Cq, _>(cq) } {
        Cq::arm(&cq, arm);
    }
}

unsafe extern "win64" fn get_cq_results(
    cq: *mut NDK_CQ,
    results: *mut NDK_RESULT,
    count: u32,
) -> u32 {
    // SAFETY: the caller; the array has `count` entries.
    unsafe { take(cq, results, count, plain) }
}

unsafe extern "win64" fn get_cq_results_ex(
    cq: *mut NDK_CQ,
    results: *mut NDK_RESULT_EX,
    count: u32,
) -> u32 {
    // SAFETY: the caller; the array has `count` entries.
    unsafe { take(cq, results, count, extended) }
}

unsafe extern "win64" fn control_cq_interrupt_moderation(
    cq: *mut NDK_CQ,
    interval: u32,
    count: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let cq = unsafe { hold::<Cq, _>(cq) }.ok_or(Status::INVALID_PARAMETER);
    code(cq.and_then(|cq| cq.moderate(interval, count)))
}

/// Moves up to `count` completions into `results` (NDK-CQ-13) and says how many.
///
/// # Safety
/// `cq` is an open completion queue, `results` writable for `count` entries.
unsafe fn take<R>(
    cq: *mut NDK_CQ,
    results: *mut R,
    count: u32,
    convert: fn(&Cq, Completion) -> R,
) -> u32 {
    // SAFETY: the caller's promise.
    let Some(cq) = (unsafe { object::borrow::<Cq, _>(cq) }) else {
        return 0;
    };
    if results.is_null() {
        return 0;
    }
    let taken = cq.take(count as usize, |n, completion| {
        // SAFETY: `n` is below `count`; writes exactly one entry.
        unsafe { ptr::write(results.add(n), convert(cq, completion)) };
    });
    taken as u32
}

fn plain(_: &Cq, completion: Completion) -> NDK_RESULT {
    NDK_RESULT {
        Status: status::of(completion.status).to_raw(),
        BytesTransferred: completion.bytes,
        // NDK-CQ-14: bit for bit what the consumer gave.
        QPContext: completion.qp_context as *mut c_void,
        RequestContext: completion.context as *mut c_void,
    }
}

fn extended(cq: &Cq, completion: Completion) -> NDK_RESULT_EX {
    let NDK_RESULT {
        Status,
        BytesTransferred,
        QPContext,
        RequestContext,
    } = plain(cq, completion);
    NDK_RESULT_EX {
        Status,
        BytesTransferred,
        QPContext,
        RequestContext,
        Type: operation(completion.kind),
        // NDK-VER-06, NDK-VER-07: zero for success, and always where these bytes are padding.
        ProviderErrorCode: if cq.version().has_provider_codes() {
            status::provider_code(completion.status, completion.cause)
        } else {
            0
        },
        TypeSpecificCompletionOutput: completion.output,
    }
}

/// NDK-CQ-16, NDK-ABI-07.
fn operation(kind: Kind) -> NDK_OPERATION_TYPE {
    match kind {
        Kind::Receive => NdkOperationTypeReceive,
        Kind::ReceiveAndInvalidate => NdkOperationTypeReceiveAndInvalidate,
        Kind::Send => NdkOperationTypeSend,
        Kind::Write => NdkOperationTypeWrite,
        Kind::Read => NdkOperationTypeRead,
        Kind::FastRegister => NdkOperationTypeFastRegister,
        Kind::Bind => NdkOperationTypeBind,
        Kind::Invalidate => NdkOperationTypeInvalidate,
    }
}
