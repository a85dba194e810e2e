//! Shared endpoints.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::abi::NDK_SHARED_ENDPOINT;
use crate::pending::{close_completion, close_dropped, create_completion};
use crate::{Adapter, NtStatus, Request};

/// A shared endpoint; closed when dropped, unless it was before.
pub struct SharedEndpoint {
    raw: *mut NDK_SHARED_ENDPOINT,
    closed: bool,
    adapter: Arc<Adapter>,
}

// SAFETY: an NDK shared endpoint may be used from any thread.
unsafe impl Send for SharedEndpoint {}
// SAFETY: as above.
unsafe impl Sync for SharedEndpoint {}

impl SharedEndpoint {
    /// `NdkCreateSharedEndpoint` at `address`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>, address: SocketAddr) -> Result<Self, NtStatus> {
        let (mut at, length) = crate::connector::encode_address(address);
        let request = Request::create("NdkCreateSharedEndpoint", |pending, out| {
            // SAFETY: the adapter is open; the address is read during the call only (NDK-CON-27).
            unsafe {
                ((*(*adapter.raw()).Dispatch)
                    .NdkCreateSharedEndpoint
                    .expect("NDK-VER-05"))(
                    adapter.raw(),
                    at.as_mut_ptr().cast(),
                    length,
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        at.fill(0xCC);
        Ok(Self {
            raw: request.object()?,
            closed: false,
            adapter: adapter.clone(),
        })
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_SHARED_ENDPOINT {
        self.raw
    }

    /// `NdkGetLocalAddress`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn local_address(&self) -> Result<SocketAddr, NtStatus> {
        crate::connector::decode_address(|buffer, length| {
            // SAFETY: the endpoint is open; the buffer has `length` bytes.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkGetLocalAddress
                    .expect("NDK-VER-05"))(self.raw, buffer.cast(), length)
            }
        })
    }

    /// `NdkCloseSharedEndpoint`, as a request whose completion can be watched.
    pub fn close(&mut self) -> Request {
        self.closed = true;
        Request::start("NdkCloseSharedEndpoint", |pending| {
            // SAFETY: the endpoint is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkCloseSharedEndpoint
                    .expect("NDK-VER-05"))(
                    self.raw.cast(), Some(close_completion), pending
                )
            }
        })
    }
}

impl Drop for SharedEndpoint {
    fn drop(&mut self) {
        if !self.closed {
            close_dropped(&self.adapter.clone(), || self.close());
        }
        let _ = &self.adapter;
    }
}
