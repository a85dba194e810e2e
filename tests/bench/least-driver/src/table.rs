//! The tables of the objects a consumer has. What the data path does not need is not supported, and says so.

use wdk_sys::{NTSTATUS, PVOID};

use crate::{consumer, sys::*};

/// Of a queue pair and of a completion queue.
pub(crate) struct Table<T>(pub(crate) T);
// SAFETY: plain data that nobody changes.
unsafe impl<T> Sync for Table<T> {}

pub(crate) static QP: Table<NDK_QP_DISPATCH> = Table(NDK_QP_DISPATCH {
    NdkCloseQp: Some(close),
    NdkQueryExtension: Some(query_extension),
    NdkFlush: Some(flush),
    NdkSend: Some(consumer::send),
    NdkReceive: Some(consumer::receive),
    NdkBind: Some(bind),
    NdkFastRegister: Some(fast_register),
    NdkInvalidate: Some(invalidate),
    NdkRead: Some(consumer::read),
    NdkWrite: Some(consumer::write),
    NdkSendAndInvalidate: Some(send_and_invalidate),
});

pub(crate) static CQ: Table<NDK_CQ_DISPATCH> = Table(NDK_CQ_DISPATCH {
    NdkCloseCq: Some(close),
    NdkQueryExtension: Some(query_extension),
    NdkResizeCq: Some(resize),
    NdkArmCq: Some(consumer::arm_cq),
    NdkGetCqResults: Some(consumer::get_cq_results),
    NdkControlCqInterruptModeration: Some(moderate),
    NdkGetCqResultsEx: Some(get_cq_results_ex),
});

/// The header of a new object (NDK-LIFE-01).
pub(crate) fn header(kind: NDK_OBJECT_TYPE) -> NDK_OBJECT_HEADER {
    NDK_OBJECT_HEADER {
        Version: NDK_VERSION { Major: 1, Minor: 2 },
        ObjectType: kind,
        NdkReserved: NDK_OBJECT_HEADER_RESERVED_BLOCK {
            rf: [core::ptr::null_mut(); 4],
        },
    }
}

macro_rules! not_supported {
    ($($name:ident($($argument:ty),*);)*) => {$(
        /// # Safety
        /// None is needed: nothing is done.
        unsafe extern "win64" fn $name($(_: $argument),*) -> NTSTATUS {
            STATUS_NOT_SUPPORTED
        }
    )*};
}

not_supported! {
    close(*mut NDK_OBJECT_HEADER, NDK_FN_CLOSE_COMPLETION, PVOID);
    query_extension(*mut NDK_OBJECT_HEADER, *const GUID, NDK_VERSION, *mut NDK_EXTENSION_INTERFACE);
    bind(*mut NDK_QP, PVOID, *mut NDK_MR, *mut NDK_MW, PVOID, usize, u32);
    fast_register(*mut NDK_QP, PVOID, *mut NDK_MR, u32, *const u64, u32, usize, PVOID, u32);
    invalidate(*mut NDK_QP, PVOID, *mut NDK_OBJECT_HEADER, u32);
    send_and_invalidate(*mut NDK_QP, PVOID, *const NDK_SGE, u32, u32, u32);
    resize(*mut NDK_CQ, u32, NDK_FN_REQUEST_COMPLETION, PVOID);
    moderate(*mut NDK_CQ, u32, u32);
}

/// # Safety
/// None is needed: nothing is done.
unsafe extern "win64" fn flush(_: *mut NDK_QP) {}

/// # Safety
/// None is needed: nothing is done.
unsafe extern "win64" fn get_cq_results_ex(_: *mut NDK_CQ, _: *mut NDK_RESULT_EX, _: u32) -> u32 {
    0
}
