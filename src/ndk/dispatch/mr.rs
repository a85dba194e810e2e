//! Entry points of the memory region.

use core::ffi::c_void;

use super::{RequestCompletion, close, code, hold, query_extension};
use crate::ndk::mr::Mr;
use crate::ndk::object::Face;
use crate::nt::Status;
use crate::nt::mdl::Chain;
use crate::rdma::Access;
use crate::sys::{
    NDK_FN_REQUEST_COMPLETION, NDK_MR, NDK_MR_DISPATCH, NDK_MR_FLAG_ALLOW_LOCAL_WRITE,
    NDK_MR_FLAG_ALLOW_REMOTE_READ, NDK_MR_FLAG_ALLOW_REMOTE_WRITE, NDK_OBJECT_TYPE, NTSTATUS,
    NdkObjectTypeMr, PMDL,
};

impl Face for Mr {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeMr;
    type Dispatch = NDK_MR_DISPATCH;
    const TABLE: &'static NDK_MR_DISPATCH = &TABLE;
}

static TABLE: NDK_MR_DISPATCH = NDK_MR_DISPATCH {
    NdkCloseMr: Some(close::<Mr>),
    NdkQueryExtension: Some(query_extension),
    NdkRegisterMr: Some(register_mr),
    NdkDeregisterMr: Some(deregister_mr),
    NdkInitializeFastRegisterMr: Some(initialize_fast_register_mr),
    NdkGetRemoteTokenFromMr: Some(get_remote_token_from_mr),
    NdkGetLocalTokenFromMr: Some(get_local_token_from_mr),
};

unsafe extern "win64" fn register_mr(
    mr: *mut NDK_MR,
    mdl: PMDL,
    length: usize,
    flags: u32,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(mr) = (unsafe { hold::<Mr, _>(mr) }) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    if mdl.is_null() {
        return Status::INVALID_PARAMETER.to_raw();
    }
    // SAFETY: NDK-MR-05: the pages stay locked and the chain as it is until deregistration.
    let chain = unsafe { Chain::from_raw(mdl) };
    code(Mr::register(&mr, chain, length as u64, access_of(flags)))
}

unsafe extern "win64" fn deregister_mr(
    mr: *mut NDK_MR,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    // SAFETY: the caller.
    match unsafe { hold::<Mr, _>(mr) } {
        Some(mr) => mr.deregister(completion).to_raw(),
        None => Status::INVALID_PARAMETER.to_raw(),
    }
}

unsafe extern "win64" fn initialize_fast_register_mr(
    mr: *mut NDK_MR,
    page_count: u32,
    remote_access: u8,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let mr = unsafe { hold::<Mr, _>(mr) }.ok_or(Status::INVALID_PARAMETER);
    code(mr.and_then(|mr| mr.initialize(page_count, remote_access != 0)))
}

unsafe extern "win64" fn get_remote_token_from_mr(mr: *mut NDK_MR) -> u32 {
    // SAFETY: the caller.
    unsafe { hold::<Mr, _>(mr) }.map_or(0, |mr| mr.token().0)
}

unsafe extern "win64" fn get_local_token_from_mr(mr: *mut NDK_MR) -> u32 {
    // SAFETY: the caller.
    unsafe { hold::<Mr, _>(mr) }.map_or(0, |mr| mr.token().0)
}

/// NDK-ABI-09: remote write is a mask of two bits and includes local write. NDK-MR-09: a read sink
/// needs no right of its own here.
fn access_of(flags: u32) -> Access {
    let grants = [
        (NDK_MR_FLAG_ALLOW_LOCAL_WRITE, Access::LOCAL_WRITE),
        (NDK_MR_FLAG_ALLOW_REMOTE_READ, Access::REMOTE_READ),
        (NDK_MR_FLAG_ALLOW_REMOTE_WRITE, Access::REMOTE_WRITE),
    ];
    grants
        .into_iter()
        .filter(|(mask, _)| flags & mask == *mask)
        .map(|(_, access)| access)
        .collect()
}
