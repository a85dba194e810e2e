//! Protection domains and memory regions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::abi::{NDK_MR, NDK_PD, NDK_SGE};
use crate::pending::{close_completion, close_dropped, create_completion, request_completion};
use crate::{Adapter, Buffer, NtStatus, Request};

/// A protection domain; closed when dropped, unless it was before.
pub struct Pd {
    raw: *mut NDK_PD,
    closed: AtomicBool,
    adapter: Arc<Adapter>,
}

// SAFETY: an NDK PD may be used from any thread.
unsafe impl Send for Pd {}
// SAFETY: as above.
unsafe impl Sync for Pd {}

impl Pd {
    /// `NdkCreatePd`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>) -> Result<Arc<Self>, NtStatus> {
        let request = Request::create("NdkCreatePd", |pending, out| {
            // SAFETY: the adapter is open.
            unsafe {
                ((*(*adapter.raw()).Dispatch)
                    .NdkCreatePd
                    .expect("NDK-VER-05"))(
                    adapter.raw(),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Arc::new(Self {
            raw: request.object()?,
            closed: AtomicBool::new(false),
            adapter: adapter.clone(),
        }))
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_PD {
        self.raw
    }

    /// The adapter it was made on.
    #[must_use]
    pub fn adapter(&self) -> &Arc<Adapter> {
        &self.adapter
    }

    /// `NdkGetPrivilegedMemoryRegionToken`.
    #[must_use]
    pub fn privileged_token(&self) -> u32 {
        let mut token = 0;
        // SAFETY: the PD is open and the out-parameter is writable.
        unsafe {
            ((*(*self.raw).Dispatch)
                .NdkGetPrivilegedMemoryRegionToken
                .expect("NDK-VER-05"))(self.raw, &raw mut token)
        };
        token
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkClosePd`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.is_closed_already();
        Request::start("NdkClosePd", |pending| {
            // SAFETY: the PD is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch).NdkClosePd.expect("NDK-VER-05"))(
                    self.raw.cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Pd {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.adapter.clone(), || self.close());
        }
    }
}

/// A memory region; closed when dropped, unless it was before.
pub struct Mr {
    raw: *mut NDK_MR,
    pd: Arc<Pd>,
    closed: AtomicBool,
}

// SAFETY: an NDK MR may be used from any thread.
unsafe impl Send for Mr {}
// SAFETY: as above.
unsafe impl Sync for Mr {}

impl Mr {
    /// `NdkCreateMr`: an MR that is not registered yet.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(pd: &Arc<Pd>, fast_register: bool) -> Result<Self, NtStatus> {
        let request = Request::create("NdkCreateMr", |pending, out| {
            // SAFETY: the PD is open.
            unsafe {
                ((*(*pd.raw()).Dispatch).NdkCreateMr.expect("NDK-VER-05"))(
                    pd.raw(),
                    u8::from(fast_register),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Self {
            raw: request.object()?,
            pd: pd.clone(),
            closed: AtomicBool::new(false),
        })
    }

    /// Creates an MR and registers all of `buffer` with the `NDK_MR_FLAG_…` in `flags`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn of(pd: &Arc<Pd>, buffer: &Buffer, flags: u32) -> Result<Self, NtStatus> {
        let mr = Self::new(pd, false)?;
        mr.register(buffer, buffer.len(), flags).wait().ok()?;
        Ok(mr)
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_MR {
        self.raw
    }

    /// `NdkRegisterMr` of the first `len` bytes of `buffer`.
    pub fn register(&self, buffer: &Buffer, len: usize, flags: u32) -> Request {
        Request::start("NdkRegisterMr", |pending| {
            // SAFETY: the MR is open; the MDL describes locked memory that outlives the registration.
            unsafe {
                ((*(*self.raw).Dispatch).NdkRegisterMr.expect("NDK-VER-05"))(
                    self.raw,
                    buffer.mdl(),
                    len,
                    flags,
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// `NdkDeregisterMr`.
    pub fn deregister(&self) -> Request {
        Request::start("NdkDeregisterMr", |pending| {
            // SAFETY: the MR is open.
            unsafe {
                ((*(*self.raw).Dispatch).NdkDeregisterMr.expect("NDK-VER-05"))(
                    self.raw,
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// `NdkGetLocalTokenFromMr`.
    #[must_use]
    pub fn local_token(&self) -> u32 {
        // SAFETY: the MR is open.
        unsafe {
            ((*(*self.raw).Dispatch)
                .NdkGetLocalTokenFromMr
                .expect("NDK-VER-05"))(self.raw)
        }
    }

    /// `NdkGetRemoteTokenFromMr`.
    #[must_use]
    pub fn remote_token(&self) -> u32 {
        // SAFETY: the MR is open.
        unsafe {
            ((*(*self.raw).Dispatch)
                .NdkGetRemoteTokenFromMr
                .expect("NDK-VER-05"))(self.raw)
        }
    }

    /// A scatter/gather element of `len` bytes at `offset` of `buffer`, which this MR must have registered.
    #[must_use]
    pub fn sge(&self, buffer: &Buffer, offset: usize, len: usize) -> NDK_SGE {
        crate::qp::sge(
            buffer.virtual_address() + offset as u64,
            len as u32,
            self.local_token(),
        )
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseMr`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.closed.store(true, Ordering::Release);
        Request::start("NdkCloseMr", |pending| {
            // SAFETY: the MR is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch).NdkCloseMr.expect("NDK-VER-05"))(
                    self.raw.cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Mr {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.pd.clone(), || self.close());
        }
        let _ = &self.pd;
    }
}
