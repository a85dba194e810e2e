//! Completion queues.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use softrnic_emulator::ndk::Notified;
use softrnic_emulator::wdm::GROUP_AFFINITY;

use crate::abi::{NDK_CQ, NDK_RESULT, NDK_RESULT_EX};
use crate::adapter::context_of;
use crate::pending::{close_completion, close_dropped, create_completion, request_completion};
use crate::{Adapter, NtStatus, Request};

type Handler = Box<dyn Fn(CqHandle, NtStatus) + Send + Sync>;

/// A completion queue; closed when dropped, unless it was before.
pub struct Cq {
    handle: CqHandle,
    context: Arc<Context>,
    adapter: Arc<Adapter>,
    closed: AtomicBool,
}

struct Context {
    raw: AtomicPtr<NDK_CQ>,
    handler: Handler,
}

/// The operations of a CQ that its notification callback needs too.
///
/// The consumer serialises polling and arming (NDK-CQ-01): whoever uses a handle keeps that promise.
#[derive(Clone, Copy, Debug)]
pub struct CqHandle(*mut NDK_CQ);

// SAFETY: an NDK CQ may be used from any thread.
unsafe impl Send for CqHandle {}
// SAFETY: as above; serialisation is the consumer's duty and documented on the type.
unsafe impl Sync for CqHandle {}

impl Cq {
    /// `NdkCreateCq`. `handler` is the notification callback.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(
        adapter: &Arc<Adapter>,
        depth: u32,
        handler: impl Fn(CqHandle, NtStatus) + Send + Sync + 'static,
    ) -> Result<Self, NtStatus> {
        Self::wanted_on(adapter, depth, None, handler)
    }

    /// The same, with the processors on which the callbacks are wanted.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn wanted_on(
        adapter: &Arc<Adapter>,
        depth: u32,
        mut affinity: Option<GROUP_AFFINITY>,
        handler: impl Fn(CqHandle, NtStatus) + Send + Sync + 'static,
    ) -> Result<Self, NtStatus> {
        let wanted = affinity.as_mut().map_or(ptr::null_mut(), ptr::from_mut);
        let context = Arc::new(Context {
            raw: AtomicPtr::new(ptr::null_mut()),
            handler: Box::new(handler),
        });
        let request = Request::create("NdkCreateCq", |pending, out| {
            // SAFETY: the adapter is open; the notification context lives until the CQ's close has completed.
            unsafe {
                ((*(*adapter.raw()).Dispatch)
                    .NdkCreateCq
                    .expect("NDK-VER-05"))(
                    adapter.raw(),
                    depth,
                    Some(notification),
                    context_of(&context),
                    wanted.cast(),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        let raw = request.object::<NDK_CQ>()?;
        context.raw.store(raw, Ordering::Release);
        Ok(Self {
            handle: CqHandle(raw),
            context,
            adapter: adapter.clone(),
            closed: AtomicBool::new(false),
        })
    }

    /// The copyable operations.
    #[must_use]
    pub fn handle(&self) -> CqHandle {
        self.handle
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_CQ {
        self.handle.0
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseCq`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.closed.store(true, Ordering::Release);
        Request::start("NdkCloseCq", |pending| {
            // SAFETY: the CQ is open and is closed once.
            unsafe {
                ((*(*self.raw()).Dispatch).NdkCloseCq.expect("NDK-VER-05"))(
                    self.raw().cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Cq {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.context.clone(), || self.close());
        }
        self.context.raw.store(ptr::null_mut(), Ordering::Release);
        let _ = &self.adapter;
    }
}

impl CqHandle {
    /// `NdkResizeCq`.
    #[must_use]
    pub fn resize(self, depth: u32) -> Request {
        Request::start("NdkResizeCq", |pending| {
            // SAFETY: the CQ is open.
            unsafe {
                ((*(*self.0).Dispatch).NdkResizeCq.expect("NDK-VER-05"))(
                    self.0,
                    depth,
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// `NdkGetCqResults` into `results`; the number removed.
    #[must_use]
    pub fn poll(self, results: &mut [NDK_RESULT]) -> usize {
        // SAFETY: the CQ is open, and `results` has room for as many entries as said.
        unsafe {
            ((*(*self.0).Dispatch).NdkGetCqResults.expect("NDK-VER-05"))(
                self.0,
                results.as_mut_ptr(),
                results.len() as u32,
            ) as usize
        }
    }

    /// `NdkGetCqResultsEx` into `results`; the number removed.
    #[must_use]
    pub fn poll_ex(self, results: &mut [NDK_RESULT_EX]) -> usize {
        // SAFETY: as for `poll`.
        unsafe {
            ((*(*self.0).Dispatch).NdkGetCqResultsEx.expect("NDK-VER-05"))(
                self.0,
                results.as_mut_ptr(),
                results.len() as u32,
            ) as usize
        }
    }

    /// `NdkArmCq` with one of the `NDK_CQ_NOTIFY_…` types.
    pub fn arm(self, kind: u32) {
        // SAFETY: the CQ is open.
        unsafe { ((*(*self.0).Dispatch).NdkArmCq.expect("NDK-VER-05"))(self.0, kind) }
    }
}

/// What is called back by a completion queue that no adapter was asked for (`softrnic_emulator::ndk::Lent`).
pub struct LentCq(Arc<Context>);

impl LentCq {
    /// `handler` is the notification callback.
    #[must_use]
    pub fn new(handler: impl Fn(CqHandle, NtStatus) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Context {
            raw: AtomicPtr::new(ptr::null_mut()),
            handler: Box::new(handler),
        }))
    }

    /// The callback and its context, which is there as long as this.
    #[must_use]
    pub fn notified(&self) -> Notified {
        (Some(notification), context_of(&self.0))
    }

    /// The queue's operations.
    ///
    /// # Safety
    /// A queue at that address that the OS has adopted, and that stays as long as the handle is used.
    #[must_use]
    pub unsafe fn at(&self, address: usize) -> CqHandle {
        let raw = address as *mut NDK_CQ;
        self.0.raw.store(raw, Ordering::Release);
        CqHandle(raw)
    }
}

unsafe extern "win64" fn notification(context: *mut c_void, status: i32) {
    // SAFETY: the context is the `Context` given at creation; `Cq` keeps it until the close has completed, after which
    // no notification comes (NDK-CQ-28).
    let context = unsafe { &*context.cast::<Context>() };
    (context.handler)(
        CqHandle(context.raw.load(Ordering::Acquire)),
        NtStatus(status),
    );
}
