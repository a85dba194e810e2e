//! Shared receive queues.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::abi::{NDK_SGE, NDK_SRQ};
use crate::adapter::context_of;
use crate::pending::{close_completion, close_dropped, create_completion, request_completion};
use crate::{Cq, NtStatus, Pd, Qp, QpLimits, Request};

type Handler = Box<dyn Fn(NtStatus) + Send + Sync>;

/// A shared receive queue; closed when dropped.
pub struct Srq {
    raw: *mut NDK_SRQ,
    handler: Arc<Handler>,
    pd: Arc<Pd>,
    closed: AtomicBool,
}

// SAFETY: an NDK SRQ may be used from any thread; posts are serialised by whoever posts.
unsafe impl Send for Srq {}
// SAFETY: as above.
unsafe impl Sync for Srq {}

impl Srq {
    /// `NdkCreateSrq`. `handler` is the notification callback.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(
        pd: &Arc<Pd>,
        (depth, max_sge, threshold): (u32, u32, u32),
        handler: impl Fn(NtStatus) + Send + Sync + 'static,
    ) -> Result<Self, NtStatus> {
        let handler: Arc<Handler> = Arc::new(Box::new(handler));
        let request = Request::create("NdkCreateSrq", |pending, out| {
            // SAFETY: the PD is open; the handler lives until the SRQ's close has completed.
            unsafe {
                ((*(*pd.raw()).Dispatch).NdkCreateSrq.expect("NDK-VER-05"))(
                    pd.raw(),
                    depth,
                    max_sge,
                    threshold,
                    Some(notification),
                    context_of(&handler),
                    ptr::null_mut(),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Self {
            raw: request.object()?,
            handler,
            pd: pd.clone(),
            closed: AtomicBool::new(false),
        })
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_SRQ {
        self.raw
    }

    /// `NdkModifySrq`.
    pub fn modify(&self, depth: u32, threshold: u32) -> Request {
        Request::start("NdkModifySrq", |pending| {
            // SAFETY: the SRQ is open.
            unsafe {
                ((*(*self.raw).Dispatch).NdkModifySrq.expect("NDK-VER-05"))(
                    self.raw,
                    depth,
                    threshold,
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// `NdkSrqReceive`.
    #[must_use]
    pub fn receive(&self, context: usize, sgl: &[NDK_SGE]) -> NtStatus {
        // SAFETY: the SRQ is open; the list is read during the call only (NDK-FR-07).
        NtStatus(unsafe {
            ((*(*self.raw).Dispatch).NdkSrqReceive.expect("NDK-VER-05"))(
                self.raw,
                context as *mut c_void,
                sgl.as_ptr(),
                sgl.len() as u32,
            )
        })
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseSrq`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.is_closed_already();
        Request::start("NdkCloseSrq", |pending| {
            // SAFETY: the SRQ is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch).NdkCloseSrq.expect("NDK-VER-05"))(
                    self.raw.cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Srq {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.handler.clone(), || self.close());
        }
        let _ = (&self.pd, &self.handler);
    }
}

impl Qp {
    /// `NdkCreateQpWithSrq`; the receive limits are the SRQ's.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn with_srq(
        pd: &Arc<Pd>,
        (receive_cq, initiator_cq): (&Arc<Cq>, &Arc<Cq>),
        srq: &Srq,
        limits: QpLimits,
        context: usize,
    ) -> Result<Arc<Self>, NtStatus> {
        let request = Request::create("NdkCreateQpWithSrq", |pending, out| {
            // SAFETY: the PD and the CQs are open and kept open by the QP made here; the SRQ is open.
            unsafe {
                ((*(*pd.raw()).Dispatch)
                    .NdkCreateQpWithSrq
                    .expect("NDK-VER-05"))(
                    pd.raw(),
                    receive_cq.raw(),
                    initiator_cq.raw(),
                    srq.raw,
                    context as *mut c_void,
                    limits.initiator_depth,
                    limits.initiator_sge,
                    limits.inline_data,
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Self::open(request.object()?, pd, receive_cq, initiator_cq))
    }
}

unsafe extern "win64" fn notification(context: *mut c_void, status: i32) {
    // SAFETY: the context is the handler given at creation, which outlives the SRQ.
    let handler = unsafe { &*context.cast::<Handler>() };
    handler(NtStatus(status));
}
