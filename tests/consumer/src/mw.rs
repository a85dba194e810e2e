//! Memory windows.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::abi::NDK_MW;
use crate::pending::{close_completion, close_dropped, create_completion};
use crate::{Mr, NtStatus, Pd, QpHandle, Request};

/// A memory window; closed when dropped, unless it was before.
pub struct Mw {
    raw: *mut NDK_MW,
    pd: Arc<Pd>,
    closed: AtomicBool,
}

// SAFETY: an NDK MW may be used from any thread.
unsafe impl Send for Mw {}
// SAFETY: as above.
unsafe impl Sync for Mw {}

impl Mw {
    /// `NdkCreateMw`: unbound.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(pd: &Arc<Pd>) -> Result<Self, NtStatus> {
        let request = Request::create("NdkCreateMw", |pending, out| {
            // SAFETY: the PD is open.
            unsafe {
                ((*(*pd.raw()).Dispatch).NdkCreateMw.expect("NDK-VER-05"))(
                    pd.raw(),
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

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_MW {
        self.raw
    }

    /// `NdkGetRemoteTokenFromMw`.
    #[must_use]
    pub fn remote_token(&self) -> u32 {
        // SAFETY: the MW is open.
        unsafe {
            ((*(*self.raw).Dispatch)
                .NdkGetRemoteTokenFromMw
                .expect("NDK-VER-05"))(self.raw)
        }
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseMw`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.is_closed_already();
        Request::start("NdkCloseMw", |pending| {
            // SAFETY: the MW is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch).NdkCloseMw.expect("NDK-VER-05"))(
                    self.raw.cast(),
                    Some(close_completion),
                    pending,
                )
            }
        })
    }
}

impl Drop for Mw {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.pd.clone(), || self.close());
        }
        let _ = &self.pd;
    }
}

impl QpHandle {
    /// `NdkBind` of `len` bytes at `address` of `mr`.
    #[must_use]
    pub fn bind(
        self,
        context: usize,
        (mr, mw): (&Mr, &Mw),
        address: u64,
        len: usize,
        flags: u32,
    ) -> NtStatus {
        // SAFETY: the QP, the MR and the MW are open.
        NtStatus(unsafe {
            ((*(*self.raw()).Dispatch).NdkBind.expect("NDK-VER-05"))(
                self.raw(),
                context as *mut c_void,
                mr.raw(),
                mw.raw(),
                address as *mut c_void,
                len,
                flags,
            )
        })
    }
}
