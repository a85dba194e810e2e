//! Entry points of the protection domain.

use core::ffi::c_void;
use core::ptr::NonNull;

use super::{SrqNotification, close, give, hold, query_extension};
use crate::ndk::cq::Cq;
use crate::ndk::mr::Mr;
use crate::ndk::mw::Mw;
use crate::ndk::object::{Face, Hold};
use crate::ndk::pd::Pd;
use crate::ndk::qp::{Around, Shape};
use crate::ndk::srq::{self, Srq};
use crate::nt::Status;
use crate::sys::{
    NDK_CQ, NDK_FN_CREATE_COMPLETION, NDK_FN_SRQ_NOTIFICATION_CALLBACK, NDK_MR, NDK_MW,
    NDK_OBJECT_TYPE, NDK_PD, NDK_PD_DISPATCH, NDK_QP, NDK_SRQ, NTSTATUS, NdkObjectTypePd,
    PGROUP_AFFINITY,
};

impl Face for Pd {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypePd;
    type Dispatch = NDK_PD_DISPATCH;
    const TABLE: &'static NDK_PD_DISPATCH = &TABLE;
}

static TABLE: NDK_PD_DISPATCH = NDK_PD_DISPATCH {
    NdkClosePd: Some(close::<Pd>),
    NdkQueryExtension: Some(query_extension),
    NdkCreateMr: Some(create_mr),
    NdkCreateMw: Some(create_mw),
    NdkCreateSrq: Some(create_srq),
    NdkCreateQp: Some(create_qp),
    NdkCreateQpWithSrq: Some(create_qp_with_srq),
    NdkGetPrivilegedMemoryRegionToken: Some(get_privileged_memory_region_token),
};

unsafe extern "win64" fn create_mr(
    pd: *mut NDK_PD,
    fast_register: u8,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_MR,
) -> NTSTATUS {
    // SAFETY: the caller.
    let made = unsafe { hold::<Pd, _>(pd) }.ok_or(Status::INVALID_PARAMETER);
    let made = made.and_then(|pd| Mr::create(&pd, fast_register != 0));
    // SAFETY: the caller.
    unsafe { give(made, out) }
}

unsafe extern "win64" fn create_mw(
    pd: *mut NDK_PD,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_MW,
) -> NTSTATUS {
    // SAFETY: the caller.
    let made = unsafe { hold::<Pd, _>(pd) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    unsafe { give(made.and_then(|pd| Mw::create(&pd)), out) }
}

unsafe extern "win64" fn create_srq(
    pd: *mut NDK_PD,
    depth: u32,
    max_sge: u32,
    threshold: u32,
    notification: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
    notification_context: *mut c_void,
    _affinity: PGROUP_AFFINITY,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_SRQ,
) -> NTSTATUS {
    // SAFETY: the caller.
    let made = unsafe { hold::<Pd, _>(pd) }.ok_or(Status::INVALID_PARAMETER);
    // SAFETY: the caller.
    let notification = unsafe { SrqNotification::new(notification, notification_context) };
    let shape = srq::Shape {
        depth,
        max_sge,
        threshold,
    };
    let made = made.and_then(|pd| Srq::create(&pd, shape, notification));
    // SAFETY: the caller.
    unsafe { give(made, out) }
}

unsafe extern "win64" fn create_qp(
    pd: *mut NDK_PD,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
    qp_context: *mut c_void,
    receive_depth: u32,
    initiator_depth: u32,
    receive_sge: u32,
    initiator_sge: u32,
    inline_size: u32,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_QP,
) -> NTSTATUS {
    // SAFETY: the caller.
    let queues = unsafe { enter(pd, receive_cq, initiator_cq) };
    let shape = Shape {
        qp_context: qp_context as u64,
        receive_depth,
        initiator_depth,
        receive_sge,
        initiator_sge,
        inline_size,
    };
    let made = queues.and_then(|(pd, around)| Pd::create_qp(&pd, around, shape));
    // SAFETY: the caller.
    unsafe { give(made, out) }
}

unsafe extern "win64" fn create_qp_with_srq(
    pd: *mut NDK_PD,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
    srq: *mut NDK_SRQ,
    qp_context: *mut c_void,
    initiator_depth: u32,
    initiator_sge: u32,
    inline_size: u32,
    _completion: NDK_FN_CREATE_COMPLETION,
    _context: *mut c_void,
    out: *mut *mut NDK_QP,
) -> NTSTATUS {
    // SAFETY: the caller.
    let queues = unsafe { enter(pd, receive_cq, initiator_cq) };
    // SAFETY: the caller.
    let srq = unsafe { hold::<Srq, _>(srq) }.ok_or(Status::INVALID_PARAMETER);
    let shape = Shape {
        qp_context: qp_context as u64,
        receive_depth: 0,
        initiator_depth,
        receive_sge: 0,
        initiator_sge,
        inline_size,
    };
    let made = queues.and_then(|(pd, around)| {
        let srq = Some(srq?);
        Pd::create_qp(&pd, Around { srq, ..around }, shape)
    });
    // SAFETY: the caller.
    unsafe { give(made, out) }
}

/// # Safety
/// All are open objects of their kinds.
unsafe fn enter(
    pd: *mut NDK_PD,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
) -> Result<(Hold<Pd>, Around), Status> {
    // SAFETY: the caller's promise.
    let pd = unsafe { hold::<Pd, _>(pd) };
    // SAFETY: the caller's promise.
    let receive_cq = unsafe { hold::<Cq, _>(receive_cq) };
    // SAFETY: the caller's promise.
    let initiator_cq = unsafe { hold::<Cq, _>(initiator_cq) };
    let (Some(pd), Some(receive_cq), Some(initiator_cq)) = (pd, receive_cq, initiator_cq) else {
        return Err(Status::INVALID_PARAMETER);
    };
    let around = Around {
        receive_cq,
        initiator_cq,
        srq: None,
    };
    Ok((pd, around))
}

unsafe extern "win64" fn get_privileged_memory_region_token(pd: *mut NDK_PD, token: *mut u32) {
    // SAFETY: the caller.
    if let (Some(pd), Some(token)) = (unsafe { hold::<Pd, _>(pd) }, NonNull::new(token)) {
        // SAFETY: the caller.
        unsafe { token.write(pd.privileged_token()) };
    }
}
