//! Entry points of the shared receive queue.

use core::ffi::c_void;

use super::qp::{entries, gather};
use super::{close, code, hold, query_extension};
use crate::ndk::object::Face;
use crate::ndk::srq::Srq;
use crate::nt::Status;
use crate::sys::{
    NDK_FN_REQUEST_COMPLETION, NDK_OBJECT_TYPE, NDK_SGE, NDK_SRQ, NDK_SRQ_DISPATCH, NTSTATUS,
    NdkObjectTypeSrq,
};

impl Face for Srq {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeSrq;
    type Dispatch = NDK_SRQ_DISPATCH;
    const TABLE: &'static NDK_SRQ_DISPATCH = &TABLE;
}

static TABLE: NDK_SRQ_DISPATCH = NDK_SRQ_DISPATCH {
    NdkCloseSrq: Some(close::<Srq>),
    NdkQueryExtension: Some(query_extension),
    NdkModifySrq: Some(modify_srq),
    NdkSrqReceive: Some(srq_receive),
};

unsafe extern "win64" fn modify_srq(
    srq: *mut NDK_SRQ,
    depth: u32,
    threshold: u32,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let srq = unsafe { hold::<Srq, _>(srq) }.ok_or(Status::INVALID_PARAMETER);
    code(srq.and_then(|srq| Srq::modify(&srq, depth, threshold)))
}

unsafe extern "win64" fn srq_receive(
    srq: *mut NDK_SRQ,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(srq) = (unsafe { hold::<Srq, _>(srq) }) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    // SAFETY: the caller; copied before the call ends (NDK-FR-07).
    let sgl = unsafe { entries(sgl, count) };
    srq.post(context as u64, |list| gather(list, sgl)).to_raw()
}
