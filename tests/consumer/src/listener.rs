//! Listeners.

use std::ffi::c_void;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::abi::{NDK_CONNECTOR, NDK_LISTENER};
use crate::adapter::context_of;
use crate::connector::{decode_address, encode_address};
use crate::pending::{close_completion, close_dropped, create_completion, request_completion};
use crate::{Adapter, Connector, NtStatus, Request};

/// A listener; closed when dropped, unless it was before.
pub struct Listener {
    raw: *mut NDK_LISTENER,
    context: Arc<Context>,
    closed: AtomicBool,
}

struct Context {
    adapter: Arc<Adapter>,
    handler: Box<dyn Fn(Connector) + Send + Sync>,
}

// SAFETY: an NDK listener may be used from any thread.
unsafe impl Send for Listener {}
// SAFETY: as above.
unsafe impl Sync for Listener {}

impl Listener {
    /// `NdkCreateListener`. `handler` is the connect event callback; it owns the connector it gets.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(
        adapter: &Arc<Adapter>,
        handler: impl Fn(Connector) + Send + Sync + 'static,
    ) -> Result<Self, NtStatus> {
        let context = Arc::new(Context {
            adapter: adapter.clone(),
            handler: Box::new(handler),
        });
        let request = Request::create("NdkCreateListener", |pending, out| {
            // SAFETY: the adapter is open; the event context lives until the listener's close has completed.
            unsafe {
                ((*(*adapter.raw()).Dispatch)
                    .NdkCreateListener
                    .expect("NDK-VER-05"))(
                    adapter.raw(),
                    Some(connect_event),
                    context_of(&context),
                    Some(create_completion),
                    pending,
                    out.cast(),
                )
            }
        });
        Ok(Self {
            raw: request.object()?,
            context,
            closed: AtomicBool::new(false),
        })
    }

    /// `NdkListen` on `address`.
    pub fn listen(&self, address: SocketAddr) -> Request {
        let (mut bytes, len) = encode_address(address);
        let request = Request::start("NdkListen", |pending| {
            // SAFETY: the listener is open; the address is read during the call only (NDK-CON-27).
            unsafe {
                ((*(*self.raw).Dispatch).NdkListen.expect("NDK-VER-05"))(
                    self.raw,
                    bytes.as_mut_ptr().cast(),
                    len,
                    Some(request_completion),
                    pending,
                )
            }
        });
        bytes.fill(0xCC);
        self.context.adapter.record(format_args!(
            "NdkListen({address}) → {}",
            request.returned()
        ));
        request
    }

    /// `NdkGetLocalAddress`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn local_address(&self) -> Result<SocketAddr, NtStatus> {
        decode_address(|buffer, len| {
            // SAFETY: the listener is open and the buffer has `len` bytes.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkGetLocalAddress
                    .expect("NDK-VER-05"))(self.raw, buffer.cast(), len)
            }
        })
    }

    /// `NdkControlConnectEvents`.
    pub fn pause(&self, pause: bool) {
        // SAFETY: the listener is open.
        unsafe {
            ((*(*self.raw).Dispatch)
                .NdkControlConnectEvents
                .expect("NDK-VER-05"))(self.raw, u8::from(pause))
        }
    }

    /// The handle for the provider.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_LISTENER {
        self.raw
    }

    /// For a test that closed the handle by itself.
    pub fn is_closed_already(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// `NdkCloseListener`, as a request whose completion can be watched.
    pub fn close(&self) -> Request {
        self.closed.store(true, Ordering::Release);
        Request::start("NdkCloseListener", |pending| {
            // SAFETY: the listener is open and is closed once.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkCloseListener
                    .expect("NDK-VER-05"))(
                    self.raw.cast(), Some(close_completion), pending
                )
            }
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            close_dropped(&self.context.clone(), || self.close());
        }
        self.context.adapter.record("NdkCloseListener completed");
    }
}

unsafe extern "win64" fn connect_event(context: *mut c_void, connector: *mut NDK_CONNECTOR) {
    // SAFETY: the context is the `Context` given at creation; `Listener` keeps it until the close has completed.
    let context = unsafe { &*context.cast::<Context>() };
    context.adapter.record("NdkConnectEventCallback");
    (context.handler)(Connector::from_event(&context.adapter, connector));
}
