//! Objects that may not be made: `NdkCreate…` without the consumer's wrappers. None of these pends here.

use std::ffi::c_void;
use std::ptr;

use softrnic_consumer::abi::{
    NDK_CONNECTOR, NDK_CQ, NDK_FN_CONNECT_EVENT_CALLBACK, NDK_FN_CQ_NOTIFICATION_CALLBACK,
    NDK_FN_SRQ_NOTIFICATION_CALLBACK, NDK_LISTENER, NDK_MR, NDK_MW, NDK_PD, NDK_QP, NDK_SRQ,
    NTSTATUS,
};
use softrnic_consumer::{Adapter, NtStatus};

/// A new object, or the status of its create call.
pub type Created<T> = Result<*mut T, NtStatus>;

/// Makes the call with a place for the object.
fn created<T>(call: impl FnOnce(*mut *mut T) -> NTSTATUS) -> Created<T> {
    let mut raw = ptr::null_mut();
    let status = NtStatus(call(&raw mut raw));
    assert!(!status.is_pending(), "made at once, or not at all");
    status.ok()?;
    Ok(raw)
}

/// `NdkCreatePd`.
///
/// # Errors
/// The provider's failure status.
pub fn pd(adapter: &Adapter) -> Created<NDK_PD> {
    let raw = adapter.raw();
    // SAFETY: the adapter is open and the out-parameter writable; so in all functions here.
    created(|out| unsafe {
        let create = (*(*raw).Dispatch).NdkCreatePd.expect("NDK-VER-05");
        create(raw, None, ptr::null_mut(), out)
    })
}

/// `NdkCreateMr`, for fast registration or not.
///
/// # Errors
/// The provider's failure status.
pub fn mr(pd: *mut NDK_PD, fast: bool) -> Created<NDK_MR> {
    // SAFETY: as for `pd`.
    created(|out| unsafe {
        let create = (*(*pd).Dispatch).NdkCreateMr.expect("NDK-VER-05");
        create(pd, u8::from(fast), None, ptr::null_mut(), out)
    })
}

/// `NdkCreateMw`.
///
/// # Errors
/// The provider's failure status.
pub fn mw(pd: *mut NDK_PD) -> Created<NDK_MW> {
    // SAFETY: as for `pd`.
    created(|out| unsafe {
        let create = (*(*pd).Dispatch).NdkCreateMw.expect("NDK-VER-05");
        create(pd, None, ptr::null_mut(), out)
    })
}

/// `NdkCreateCq`; the context is the notification's.
///
/// # Errors
/// The provider's failure status.
pub fn cq(
    adapter: &Adapter,
    depth: u32,
    notification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    context: *mut c_void,
) -> Created<NDK_CQ> {
    let (raw, none) = (adapter.raw(), ptr::null_mut());
    // SAFETY: as for `pd`; the context outlives the queue's close.
    created(|out| unsafe {
        let create = (*(*raw).Dispatch).NdkCreateCq.expect("NDK-VER-05");
        create(
            raw,
            depth,
            notification,
            context,
            ptr::null_mut(),
            None,
            none,
            out,
        )
    })
}

/// `NdkCreateQp` with a CQ for receives and one for initiator requests.
///
/// # Errors
/// The provider's failure status.
pub fn qp(
    pd: *mut NDK_PD,
    [receive, initiator]: [*mut NDK_CQ; 2],
    depth: u32,
    context: usize,
) -> Created<NDK_QP> {
    let (none, context) = (ptr::null_mut(), context as *mut c_void);
    // SAFETY: as for `pd`.
    created(|out| unsafe {
        let create = (*(*pd).Dispatch).NdkCreateQp.expect("NDK-VER-05");
        create(
            pd, receive, initiator, context, depth, depth, 4, 4, 0, None, none, out,
        )
    })
}

/// `NdkCreateQpWithSrq` with initiator depth 8.
///
/// # Errors
/// The provider's failure status.
pub fn qp_with_srq(
    pd: *mut NDK_PD,
    [receive, initiator]: [*mut NDK_CQ; 2],
    srq: *mut NDK_SRQ,
    context: usize,
) -> Created<NDK_QP> {
    let (none, context) = (ptr::null_mut(), context as *mut c_void);
    // SAFETY: as for `pd`.
    created(|out| unsafe {
        let create = (*(*pd).Dispatch).NdkCreateQpWithSrq.expect("NDK-VER-05");
        create(
            pd, receive, initiator, srq, context, 8, 4, 0, None, none, out,
        )
    })
}

/// `NdkCreateSrq` with a notification below 2 receives.
///
/// # Errors
/// The provider's failure status.
pub fn srq(
    pd: *mut NDK_PD,
    depth: u32,
    notification: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
    context: *mut c_void,
) -> Created<NDK_SRQ> {
    let none = ptr::null_mut();
    // SAFETY: as for `cq`.
    created(|out| unsafe {
        let create = (*(*pd).Dispatch).NdkCreateSrq.expect("NDK-VER-05");
        create(
            pd,
            depth,
            4,
            2,
            notification,
            context,
            none,
            None,
            none,
            out,
        )
    })
}

/// `NdkCreateConnector`.
///
/// # Errors
/// The provider's failure status.
pub fn connector(adapter: &Adapter) -> Created<NDK_CONNECTOR> {
    let raw = adapter.raw();
    // SAFETY: as for `pd`.
    created(|out| unsafe {
        let create = (*(*raw).Dispatch).NdkCreateConnector.expect("NDK-VER-05");
        create(raw, None, ptr::null_mut(), out)
    })
}

/// `NdkCreateListener`; the context is the connect event's.
///
/// # Errors
/// The provider's failure status.
pub fn listener(
    adapter: &Adapter,
    event: NDK_FN_CONNECT_EVENT_CALLBACK,
    context: *mut c_void,
) -> Created<NDK_LISTENER> {
    let raw = adapter.raw();
    // SAFETY: as for `cq`.
    created(|out| unsafe {
        let create = (*(*raw).Dispatch).NdkCreateListener.expect("NDK-VER-05");
        create(raw, event, context, None, ptr::null_mut(), out)
    })
}
