//! Queue pairs.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::abi::{NDK_QP, NDK_SGE};
use crate::pending::{close_completion, close_dropped, create_completion};
use crate::{Cq, NtStatus, Pd, Request};

/// The depths and limits a QP is created with.
#[derive(Clone, Copy, Debug)]
pub struct QpLimits {
    /// Receives outstanding at most.
    pub receive_depth: u32,
    /// Initiator requests outstanding at most.
    pub initiator_depth: u32,
    /// Scatter/gather elements of a receive.
    pub receive_sge: u32,
    /// Scatter/gather elements of an initiator request.
    pub initiator_sge: u32,
    /// Bytes of inline data of an initiator request.
    pub inline_data: u32,
}

impl Default for QpLimits {
    fn default() -> Self {
        Self {
            receive_depth: 256,
            initiator_depth: 256,
            receive_sge: 4,
            initiator_sge: 4,
            inline_data: 0,
        }
    }
}

/// A queue pair; closed when dropped, unless it was before.
pub struct Qp {
    handle: QpHandle,
    keep: (Arc<Pd>, Arc<Cq>, Arc<Cq>),
    closed: AtomicBool,
}

/// The posting operations of a QP.
///
/// The consumer serialises posts to each queue (NDK-POST-03): whoever uses a handle keeps that promise.
#[derive(Clone, Copy, Debug)]
pub struct QpHandle(*mut NDK_QP);

// SAFETY: an NDK QP may be used from any thread.
unsafe impl Send for QpHandle {}
// SAFETY: as above; serialisation is the consumer's duty and documented on the type.
unsafe impl Sync for QpHandle {}

/// An element of `len` bytes at virtual address `address` under `token`.
#[must_use]
pub(crate) fn sge(address: u64, len: u32, token: u32) -> NDK_SGE {
    let mut sge = NDK_SGE::default();
    sge.Address.VirtualAddress = address as *mut c_void;
    sge.Length = len;
    sge.MemoryRegionToken = token;
    sge
}

impl Qp {
    /// `NdkCreateQp`. `context` comes back in every result.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(
        pd: &Arc<Pd>,
        receive_cq: &Arc<Cq>,
        initiator_cq: &Arc<Cq>,
        limits: QpLimits,
        context: usize,
    ) -> Result<Arc<Self>, NtStatus> {
        let request = Request::create("NdkCreateQp", |pending, out| {
            // SAFETY: the PD and the CQs are open and kept open by the QP made here.
            unsafe {
                ((*(*pd.raw()).Dispatch).NdkCreateQp.expect("NDK-VER-05"))(
                    pd.raw(),
                    receive_cq.raw(),
                    initiator_cq.raw(),
                    context as *mut c_void,
                    limits.receive_depth,
                    limits.initiator_depth,
                    limits.receive_sge,
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

    pub(crate) fn open(
        raw: *mut NDK_QP,
        pd: &Arc<Pd>,
        receive_cq: &Arc<Cq>,
        initiator_cq: &Arc<Cq>,
    ) -> Arc<Self> {
        Arc::new(Self {
            handle: QpHandle(raw),
            keep: (pd.clone(), receive_cq.clone(), initiator_cq.clone()),
            closed: AtomicBool::new(false),
        })
    }

    /// The receive and the initiator CQ.
    #[must_use]
    pub fn cqs(&self) -> (&Arc<Cq>, &Arc<Cq>) {
        (&self.keep.1, &self.keep.2)
    }

    /// The copyable operations.
    #[must_use]
    pub fn handle(&self) -> QpHandle {
        self.handle
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_QP {
        self.handle.0
    }

    /// The protection domain.
    #[must_use]
    pub fn pd(&self) -> &Arc<Pd> {
        &self.keep.0
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseQp`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.closed.store(true, Ordering::Release);
        Request::start("NdkCloseQp", |pending| {
            // SAFETY: the QP is open and is closed once.
            unsafe {
                ((*(*self.raw()).Dispatch).NdkCloseQp.expect("NDK-VER-05"))(
                    self.raw().cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Qp {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.keep.0.clone(), || self.close());
        }
    }
}

impl QpHandle {
    /// The operations of a queue pair that no adapter was asked for (`softrnic_emulator::ndk::Lent`).
    ///
    /// # Safety
    /// A queue pair at that address that the OS has adopted, and that stays as long as the handle is used.
    #[must_use]
    pub unsafe fn at(address: usize) -> Self {
        Self(address as *mut NDK_QP)
    }

    /// Of a queue pair that the caller made, and keeps open.
    #[must_use]
    pub fn of(qp: *mut NDK_QP) -> Self {
        Self(qp)
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(self) -> *mut NDK_QP {
        self.0
    }

    /// `NdkReceive`.
    #[must_use]
    pub fn receive(self, context: usize, sgl: &[NDK_SGE]) -> NtStatus {
        // SAFETY: the QP is open; the list is read during the call only (NDK-FR-07).
        NtStatus(unsafe {
            ((*(*self.0).Dispatch).NdkReceive.expect("NDK-VER-05"))(
                self.0,
                context as *mut c_void,
                sgl.as_ptr().cast_mut(),
                sgl.len() as u32,
            )
        })
    }

    /// `NdkSend`.
    #[must_use]
    pub fn send(self, context: usize, sgl: &[NDK_SGE], flags: u32) -> NtStatus {
        // SAFETY: as for `receive`.
        NtStatus(unsafe {
            ((*(*self.0).Dispatch).NdkSend.expect("NDK-VER-05"))(
                self.0,
                context as *mut c_void,
                sgl.as_ptr().cast_mut(),
                sgl.len() as u32,
                flags,
            )
        })
    }

    /// `NdkSendAndInvalidate`.
    #[must_use]
    pub fn send_and_invalidate(
        self,
        context: usize,
        sgl: &[NDK_SGE],
        flags: u32,
        token: u32,
    ) -> NtStatus {
        // SAFETY: as for `receive`.
        NtStatus(unsafe {
            ((*(*self.0).Dispatch)
                .NdkSendAndInvalidate
                .expect("NDK-VER-05"))(
                self.0,
                context as *mut c_void,
                sgl.as_ptr().cast_mut(),
                sgl.len() as u32,
                flags,
                token,
            )
        })
    }

    /// `NdkWrite` to `address` under `token` at the peer.
    #[must_use]
    pub fn write(
        self,
        context: usize,
        sgl: &[NDK_SGE],
        address: u64,
        token: u32,
        flags: u32,
    ) -> NtStatus {
        // SAFETY: as for `receive`.
        NtStatus(unsafe {
            ((*(*self.0).Dispatch).NdkWrite.expect("NDK-VER-05"))(
                self.0,
                context as *mut c_void,
                sgl.as_ptr().cast_mut(),
                sgl.len() as u32,
                address,
                token,
                flags,
            )
        })
    }

    /// `NdkRead` from `address` under `token` at the peer.
    #[must_use]
    pub fn read(
        self,
        context: usize,
        sgl: &[NDK_SGE],
        address: u64,
        token: u32,
        flags: u32,
    ) -> NtStatus {
        // SAFETY: as for `receive`.
        NtStatus(unsafe {
            ((*(*self.0).Dispatch).NdkRead.expect("NDK-VER-05"))(
                self.0,
                context as *mut c_void,
                sgl.as_ptr().cast_mut(),
                sgl.len() as u32,
                address,
                token,
                flags,
            )
        })
    }

    /// `NdkFlush`.
    pub fn flush(self) {
        // SAFETY: the QP is open.
        unsafe { ((*(*self.0).Dispatch).NdkFlush.expect("NDK-VER-05"))(self.0) }
    }
}
