//! Entry points of the shared receive queue. No SRQ is ever created (NDK-ADP-08); the table is
//! whole all the same (NDK-VER-05).

use core::ffi::c_void;

use super::{close, query_extension};
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
    _srq: *mut NDK_SRQ,
    _depth: u32,
    _threshold: u32,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    Status::NOT_SUPPORTED.to_raw()
}

unsafe extern "win64" fn srq_receive(
    _srq: *mut NDK_SRQ,
    _context: *mut c_void,
    _sgl: *const NDK_SGE,
    _count: u32,
) -> NTSTATUS {
    Status::NOT_SUPPORTED.to_raw()
}
