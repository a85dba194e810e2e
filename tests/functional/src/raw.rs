//! NDK calls without the consumer's wrappers, for tests that close objects in unusual orders or from unusual places.

pub mod attempt;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use softrnic_consumer::abi::{
    GUID, NDK_CONNECTOR, NDK_CQ, NDK_EXTENSION_INTERFACE, NDK_FN_CLOSE_OBJECT,
    NDK_FN_CONNECT_EVENT_CALLBACK, NDK_FN_QUERY_EXTENSION_INTERFACE, NDK_FN_REQUEST_COMPLETION,
    NDK_FN_SRQ_NOTIFICATION_CALLBACK, NDK_LISTENER, NDK_MR, NDK_MW, NDK_OBJECT_HEADER, NDK_PD,
    NDK_QP, NDK_SHARED_ENDPOINT, NDK_SRQ, NDK_VERSION,
};
use softrnic_consumer::{Adapter, NtStatus};

use crate::Flag;

thread_local! {
    static NESTED: Cell<usize> = const { Cell::new(0) };
}

/// How many callbacks were on one stack at most.
#[derive(Default)]
pub struct Depth(AtomicUsize);

impl Depth {
    /// Runs a callback's body.
    pub fn count<R>(&self, callback: impl FnOnce() -> R) -> R {
        let depth = NESTED.get() + 1;
        self.0.fetch_max(depth, Ordering::SeqCst);
        NESTED.set(depth);
        let result = callback();
        NESTED.set(depth - 1);
        result
    }

    /// So far.
    #[must_use]
    pub fn deepest(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// What all NDK objects begin with.
pub type Object = *mut NDK_OBJECT_HEADER;

/// The first slots of every dispatch table but the adapter's.
#[repr(C)]
struct Dispatch {
    close: NDK_FN_CLOSE_OBJECT,
    query_extension: NDK_FN_QUERY_EXTENSION_INTERFACE,
}

#[repr(C)]
struct Start {
    header: NDK_OBJECT_HEADER,
    dispatch: *const Dispatch,
}

/// A close that was called.
pub struct Closing {
    /// What the call returned.
    pub returned: NtStatus,
    /// Set by the completion callback.
    pub completed: Arc<Flag>,
}

impl Closing {
    /// Whether the object is gone within `limit`.
    #[must_use]
    pub fn is_over(&self, limit: std::time::Duration) -> bool {
        self.returned == NtStatus::SUCCESS || self.completed.wait(limit)
    }
}

type Then = Box<dyn FnOnce() + Send>;

/// `NdkClose…`.
#[must_use]
pub fn close(object: Object) -> Closing {
    close_then(object, || {})
}

/// `NdkClose…` whose completion callback runs `then` before it counts as completed.
#[must_use]
pub fn close_then(object: Object, then: impl FnOnce() + Send + 'static) -> Closing {
    let completed = Arc::new(Flag::default());
    let seen = completed.clone();
    let callback: Then = Box::new(move || {
        then();
        seen.set();
    });
    let context = Box::into_raw(Box::new(callback));
    // SAFETY: the object is open, and every table but the adapter's begins with the close function.
    let returned = NtStatus(unsafe {
        let close = (*(*object.cast::<Start>()).dispatch)
            .close
            .expect("NDK-VER-05");
        close(object, Some(close_completion), context.cast())
    });
    if returned != NtStatus::PENDING {
        // SAFETY: no completion will take it (NDK-LIFE-16).
        drop(unsafe { Box::from_raw(context) });
    }
    Closing {
        returned,
        completed,
    }
}

/// `NdkClose…` as some consumers close: nobody waits, and the callback has no context.
pub fn close_and_forget(object: Object) {
    // SAFETY: as for `close_then`.
    let returned = NtStatus(unsafe {
        let close = (*(*object.cast::<Start>()).dispatch)
            .close
            .expect("NDK-VER-05");
        close(object, Some(nothing), ptr::null_mut())
    });
    assert!(returned.is_success(), "NDK-LIFE-12: {returned}");
}

unsafe extern "win64" fn nothing(_context: *mut c_void) {}

unsafe extern "win64" fn close_completion(context: *mut c_void) {
    // SAFETY: the context is `close_then`'s, and the completion comes once.
    let callback = unsafe { Box::from_raw(context.cast::<Then>()) };
    callback();
}

type ThenWith = Box<dyn FnOnce(NtStatus) + Send>;

/// A request whose completion callback runs `then`. What the call returned; unless that is PENDING, `then` is dropped.
#[must_use]
pub fn request(
    call: impl FnOnce(NDK_FN_REQUEST_COMPLETION, *mut c_void) -> i32,
    then: impl FnOnce(NtStatus) + Send + 'static,
) -> NtStatus {
    let callback: ThenWith = Box::new(then);
    let context = Box::into_raw(Box::new(callback));
    let returned = NtStatus(call(Some(request_completion), context.cast()));
    if returned != NtStatus::PENDING {
        // SAFETY: no completion will take it (NDK-LIFE-08).
        drop(unsafe { Box::from_raw(context) });
    }
    returned
}

unsafe extern "win64" fn request_completion(context: *mut c_void, status: i32) {
    // SAFETY: the context is `request`'s, and the completion comes once.
    let callback = unsafe { Box::from_raw(context.cast::<ThenWith>()) };
    callback(NtStatus(status));
}

/// `NdkQueryExtension` for an interface nobody has.
#[must_use]
pub fn query_extension(object: Object) -> NtStatus {
    query(object, GUID::new(0x1234_5678, 0x9ABC, 0xDEF0, [7; 8]))
}

/// `NdkQueryExtension` of anything but an adapter, which gives nothing.
///
/// # Panics
/// When it does.
#[must_use]
pub fn query(object: Object, id: GUID) -> NtStatus {
    let mut interface = NDK_EXTENSION_INTERFACE {
        Dispatch: ptr::null(),
    };
    // SAFETY: the object is open; the arguments live for the call.
    let status = NtStatus(unsafe {
        let query = (*(*object.cast::<Start>()).dispatch)
            .query_extension
            .expect("NDK-VER-05");
        let version = NDK_VERSION { Major: 1, Minor: 0 };
        query(object, &raw const id, version, &raw mut interface)
    });
    assert!(
        interface.Dispatch.is_null(),
        "NDK-VER-08: nothing is written"
    );
    status
}

/// The header of an open object.
#[must_use]
pub fn header(object: Object) -> NDK_OBJECT_HEADER {
    // SAFETY: the object is open.
    unsafe { object.read() }
}

/// What a test that wants the object made of it.
fn made<T>(call: &str, created: attempt::Created<T>) -> *mut T {
    created.unwrap_or_else(|status| panic!("{call}: {status}"))
}

/// `NdkCreatePd`, which never pends here.
#[must_use]
pub fn pd(adapter: &Adapter) -> *mut NDK_PD {
    made("NdkCreatePd", attempt::pd(adapter))
}

/// `NdkCreateMr`.
#[must_use]
pub fn mr(pd: *mut NDK_PD) -> *mut NDK_MR {
    made("NdkCreateMr", attempt::mr(pd, false))
}

/// `NdkCreateMw`.
#[must_use]
pub fn mw(pd: *mut NDK_PD) -> *mut NDK_MW {
    made("NdkCreateMw", attempt::mw(pd))
}

/// `NdkCreateCq` without notification.
#[must_use]
pub fn cq(adapter: &Adapter, depth: u32) -> *mut NDK_CQ {
    made(
        "NdkCreateCq",
        attempt::cq(adapter, depth, None, ptr::null_mut()),
    )
}

/// `NdkCreateQp` of depth 8.
#[must_use]
pub fn qp(pd: *mut NDK_PD, cq: *mut NDK_CQ) -> *mut NDK_QP {
    made("NdkCreateQp", attempt::qp(pd, [cq, cq], 8, 0))
}

/// `NdkCreateQpWithSrq` with initiator depth 8.
#[must_use]
pub fn qp_with_srq(
    pd: *mut NDK_PD,
    cqs: [*mut NDK_CQ; 2],
    srq: *mut NDK_SRQ,
    context: usize,
) -> *mut NDK_QP {
    made(
        "NdkCreateQpWithSrq",
        attempt::qp_with_srq(pd, cqs, srq, context),
    )
}

/// `NdkCreateSrq` with a notification below 2 receives.
#[must_use]
pub fn srq(
    pd: *mut NDK_PD,
    depth: u32,
    notification: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
    context: *mut c_void,
) -> *mut NDK_SRQ {
    made(
        "NdkCreateSrq",
        attempt::srq(pd, depth, notification, context),
    )
}

/// `NdkCreateConnector`.
#[must_use]
pub fn connector(adapter: &Adapter) -> *mut NDK_CONNECTOR {
    made("NdkCreateConnector", attempt::connector(adapter))
}

/// `NdkCreateListener` without event.
#[must_use]
pub fn listener(adapter: &Adapter) -> *mut NDK_LISTENER {
    listener_with(adapter, None, ptr::null_mut())
}

/// `NdkCreateListener`.
#[must_use]
pub fn listener_with(
    adapter: &Adapter,
    event: NDK_FN_CONNECT_EVENT_CALLBACK,
    context: *mut c_void,
) -> *mut NDK_LISTENER {
    made(
        "NdkCreateListener",
        attempt::listener(adapter, event, context),
    )
}

type Given = Box<dyn FnOnce(NtStatus, *mut NDK_SHARED_ENDPOINT) + Send>;

/// `NdkCreateSharedEndpoint`; `then` gets its answer, whichever way it comes.
pub fn shared_endpoint(
    adapter: &Adapter,
    (address, length): ([u8; 28], u32),
    then: impl FnOnce(NtStatus, *mut NDK_SHARED_ENDPOINT) + Send + 'static,
) {
    let then: Given = Box::new(then);
    let (raw, context, mut out) = (
        adapter.raw(),
        Box::into_raw(Box::new(then)),
        ptr::null_mut(),
    );
    // SAFETY: the adapter is open; the address is read during the call only.
    let status = NtStatus(unsafe {
        ((*(*raw).Dispatch)
            .NdkCreateSharedEndpoint
            .expect("NDK-VER-05"))(
            raw,
            address.as_ptr().cast(),
            length,
            Some(given),
            context.cast(),
            &raw mut out,
        )
    });
    if !status.is_pending() {
        // SAFETY: no completion will take it (NDK-LIFE-05).
        let then = unsafe { Box::from_raw(context) };
        then(status, out);
    }
}

unsafe extern "win64" fn given(context: *mut c_void, status: i32, object: *mut NDK_OBJECT_HEADER) {
    // SAFETY: the context is `shared_endpoint`'s, and the completion comes once.
    let then = unsafe { Box::from_raw(context.cast::<Given>()) };
    then(NtStatus(status), object.cast());
}
