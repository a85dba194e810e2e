//! The consumer's callbacks, as values: calling one consumes it, so it happens once.
//!
//! NDK-IRQL-02, NDK-LIFE-10: every call here is made at `DISPATCH_LEVEL`, with no lock of ours held;
//! the callers keep the second. What a callback calls is then a consumer's call at that level, which
//! calls nobody back on its stack (NDK-IRQL-05).

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr;

use crate::ndk::connector::Connector;
use crate::ndk::object::{Kind, Open};
use crate::nt::Status;
use crate::nt::irql::at_dispatch;
use crate::sys::{
    NDK_CONNECTOR, NDK_FN_CLOSE_COMPLETION, NDK_FN_CONNECT_EVENT_CALLBACK,
    NDK_FN_CQ_NOTIFICATION_CALLBACK, NDK_FN_CREATE_COMPLETION, NDK_FN_DISCONNECT_EVENT_CALLBACK,
    NDK_FN_DISCONNECT_EVENT_CALLBACK_EX, NDK_FN_REQUEST_COMPLETION,
    NDK_FN_SRQ_NOTIFICATION_CALLBACK,
};

/// The consumer's opaque context: handed back, never looked at.
#[derive(Clone, Copy, Debug)]
struct Context(*mut c_void);

// SAFETY: only the consumer follows it, and the consumer takes its callbacks on any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

/// Called with the object when a create that was answered with pending has finished (NDK-LIFE-05,
/// NDK-LIFE-06).
pub(in crate::ndk) struct CreateCompletion<T: Kind> {
    function: NDK_FN_CREATE_COMPLETION,
    context: Context,
    kind: PhantomData<fn(T)>,
}

impl<T: Kind> CreateCompletion<T> {
    /// # Safety
    /// As [`RequestCompletion::new`].
    pub(super) unsafe fn new(function: NDK_FN_CREATE_COMPLETION, context: *mut c_void) -> Self {
        Self {
            function,
            context: Context(context),
            kind: PhantomData,
        }
    }

    /// The object is the consumer's. Without a callback it is closed, for nobody would know it.
    pub(in crate::ndk) fn give(self, open: Open<T>) {
        if let Some(function) = self.function {
            let raw = open.into_raw();
            // SAFETY: the promise made to `new`; `self` is consumed, so it is the one call.
            at_dispatch(|| unsafe { function(self.context.0, Status::SUCCESS.to_raw(), raw) });
        }
    }

    pub(in crate::ndk) fn fail(self, status: Status) {
        if let Some(function) = self.function {
            // SAFETY: as in `give`.
            at_dispatch(|| unsafe { function(self.context.0, status.to_raw(), ptr::null_mut()) });
        }
    }
}

/// Called when a request that was answered with pending has finished (NDK-LIFE-08).
#[derive(Debug)]
pub(in crate::ndk) struct RequestCompletion {
    function: NDK_FN_REQUEST_COMPLETION,
    context: Context,
}

impl RequestCompletion {
    /// # Safety
    /// `function`, if given, may be called once with `context` at `DISPATCH_LEVEL` or below.
    pub(super) unsafe fn new(function: NDK_FN_REQUEST_COMPLETION, context: *mut c_void) -> Self {
        Self {
            function,
            context: Context(context),
        }
    }

    /// Tells the consumer that its request finished with `status`.
    pub(in crate::ndk) fn complete(self, status: Status) {
        if let Some(function) = self.function {
            // SAFETY: the promise made to `new`; `self` is consumed, so it is the one call.
            at_dispatch(|| unsafe { function(self.context.0, status.to_raw()) });
        }
    }
}

/// Called when an object whose close was answered with pending is gone (NDK-LIFE-16).
#[derive(Debug)]
pub(in crate::ndk) struct CloseCompletion {
    function: NDK_FN_CLOSE_COMPLETION,
    context: Context,
}

impl CloseCompletion {
    /// # Safety
    /// As [`RequestCompletion::new`]. NDK-LIFE-24: a null context is as good as any.
    pub(super) unsafe fn new(function: NDK_FN_CLOSE_COMPLETION, context: *mut c_void) -> Self {
        Self {
            function,
            context: Context(context),
        }
    }

    /// The object's last callback.
    pub(in crate::ndk) fn complete(self) {
        if let Some(function) = self.function {
            // SAFETY: as in `RequestCompletion::complete`.
            at_dispatch(|| unsafe { function(self.context.0) });
        }
    }
}

/// Called for each satisfied arm of a completion queue (NDK-CQ-02).
#[derive(Debug)]
pub(in crate::ndk) struct CqNotification {
    function: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    context: Context,
}

impl CqNotification {
    /// # Safety
    /// `function`, if given, may be called with `context` until the queue's close completes.
    pub(super) unsafe fn new(
        function: NDK_FN_CQ_NOTIFICATION_CALLBACK,
        context: *mut c_void,
    ) -> Self {
        Self {
            function,
            context: Context(context),
        }
    }

    pub(in crate::ndk) fn notify(&self, status: Status) {
        if let Some(function) = self.function {
            // SAFETY: the promise made to `new`; the caller holds the queue.
            at_dispatch(|| unsafe { function(self.context.0, status.to_raw()) });
        }
    }
}

/// Called when a shared receive queue has fallen below its threshold (NDK-SRQ-02). NDK-SRQ-04: may be
/// null.
#[derive(Debug)]
pub(in crate::ndk) struct SrqNotification {
    function: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
    context: Context,
}

impl SrqNotification {
    /// # Safety
    /// `function`, if given, may be called with `context` until the queue's close completes.
    pub(super) unsafe fn new(
        function: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
        context: *mut c_void,
    ) -> Self {
        Self {
            function,
            context: Context(context),
        }
    }

    pub(in crate::ndk) fn notify(&self, status: Status) {
        if let Some(function) = self.function {
            // SAFETY: the promise made to `new`; the caller holds the queue.
            at_dispatch(|| unsafe { function(self.context.0, status.to_raw()) });
        }
    }
}

/// Called for each incoming connection request of a listener.
#[derive(Debug)]
pub(in crate::ndk) struct ConnectEvent {
    function: NDK_FN_CONNECT_EVENT_CALLBACK,
    context: Context,
}

impl ConnectEvent {
    /// # Safety
    /// `function`, if given, may be called with `context` until the listener's close completes.
    pub(super) unsafe fn new(
        function: NDK_FN_CONNECT_EVENT_CALLBACK,
        context: *mut c_void,
    ) -> Self {
        Self {
            function,
            context: Context(context),
        }
    }

    /// Gives `connector` to the consumer, who owns it from the call on (NDK-LSN-01). Without a
    /// callback the connector is closed, which rejects the request.
    pub(in crate::ndk) fn deliver(&self, connector: Open<Connector>) {
        if let Some(function) = self.function {
            let raw: *mut NDK_CONNECTOR = connector.into_raw();
            // SAFETY: the promise made to `new`; the caller holds the listener.
            at_dispatch(|| unsafe { function(self.context.0, raw) });
        }
    }
}

/// Called when the peer disconnected or the connection failed. NDK-VER-11: which kind was
/// registered is part of the value. NDK-CON-25: either may be null.
#[derive(Debug)]
pub(in crate::ndk) struct DisconnectEvent {
    function: Disconnect,
    context: Context,
}

#[derive(Debug)]
enum Disconnect {
    Plain(NDK_FN_DISCONNECT_EVENT_CALLBACK),
    WithReason(NDK_FN_DISCONNECT_EVENT_CALLBACK_EX),
}

/// The two kinds of functions a consumer may register for it.
pub(super) trait EventCallback {
    /// The event for a connector.
    ///
    /// # Safety
    /// As [`CqNotification::new`], for the connector.
    unsafe fn with(self, context: *mut c_void) -> DisconnectEvent;
}

impl EventCallback for NDK_FN_DISCONNECT_EVENT_CALLBACK {
    unsafe fn with(self, context: *mut c_void) -> DisconnectEvent {
        DisconnectEvent {
            function: Disconnect::Plain(self),
            context: Context(context),
        }
    }
}

impl EventCallback for NDK_FN_DISCONNECT_EVENT_CALLBACK_EX {
    unsafe fn with(self, context: *mut c_void) -> DisconnectEvent {
        DisconnectEvent {
            function: Disconnect::WithReason(self),
            context: Context(context),
        }
    }
}

impl DisconnectEvent {
    /// NDK-DISC-06: at most once. NDK-DISC-16: the reason is 0 if there is none.
    pub(in crate::ndk) fn deliver(self, reason: u32) {
        at_dispatch(|| match self.function {
            // SAFETY: the promise made to `with`; the caller holds the connector.
            Disconnect::Plain(Some(function)) => unsafe { function(self.context.0) },
            // SAFETY: the promise made to `with`; the caller holds the connector.
            Disconnect::WithReason(Some(function)) => unsafe { function(self.context.0, reason) },
            Disconnect::Plain(None) | Disconnect::WithReason(None) => {}
        });
    }
}
