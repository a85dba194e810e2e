//! Entry points of the memory region.

use core::ffi::c_void;

use super::{close, code, hold, query_extension};
use crate::ndk::object::Face;
use crate::ndk::mr::Mr;
use crate::nt::{MdlChain, Status};
use crate::sys::{NDK_OBJECT_TYPE, NdkObjectTypeMr, NDK_FN_REQUEST_COMPLETION, NDK_MR, NDK_MR_DISPATCH, NTSTATUS, PMDL};

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
    length: u64,
    flags: u32,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(mr) = (unsafe { hold::<Mr, _>(mr) }) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    // SAFETY: NDK-MR-05: the pages stay locked and the chain as it is until deregistration.
    let Some(chain) = (unsafe { MdlChain::new(mdl.cast()) }) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    code(mr.register(&chain, length, flags))
}

unsafe extern "win64" fn deregister_mr(
    mr: *mut NDK_MR,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let mr = unsafe { hold::<Mr, _>(mr) };
    code(mr.ok_or(Status::INVALID_PARAMETER).and_then(|mr| mr.deregister()))
}

unsafe extern "win64" fn initialize_fast_register_mr(
    _mr: *mut NDK_MR,
    _page_count: u32,
    _remote_access: u8,
    _completion: NDK_FN_REQUEST_COMPLETION,
    _context: *mut c_void,
) -> NTSTATUS {
    // NDK-FR-01: no page count is supported, so any is above what is.
    Status::IMPLEMENTATION_LIMIT.to_raw()
}

unsafe extern "win64" fn get_remote_token_from_mr(mr: *mut NDK_MR) -> u32 {
    // SAFETY: the caller.
    unsafe { hold::<Mr, _>(mr) }.map_or(0, |mr| mr.remote_token())
}

unsafe extern "win64" fn get_local_token_from_mr(mr: *mut NDK_MR) -> u32 {
    // SAFETY: the caller.
    unsafe { hold::<Mr, _>(mr) }.map_or(0, |mr| mr.local_token())
}
