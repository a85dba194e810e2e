//! Entry points of the listener.

use core::ffi::c_void;

use super::{RequestCompletion, close, hold, query_extension, read_address, write_address};
use crate::ndk::listener::Listener;
use crate::ndk::object::Face;
use crate::nt::Status;
use crate::sys::{
    NDK_FN_REQUEST_COMPLETION, NDK_LISTENER, NDK_LISTENER_DISPATCH, NDK_OBJECT_TYPE, NTSTATUS,
    NdkObjectTypeListener, SOCKADDR,
};

impl Face for Listener {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeListener;
    type Dispatch = NDK_LISTENER_DISPATCH;
    const TABLE: &'static NDK_LISTENER_DISPATCH = &TABLE;
}

static TABLE: NDK_LISTENER_DISPATCH = NDK_LISTENER_DISPATCH {
    NdkCloseListener: Some(close::<Listener>),
    NdkQueryExtension: Some(query_extension),
    NdkListen: Some(listen),
    NdkGetLocalAddress: Some(get_local_address),
    NdkControlConnectEvents: Some(control_connect_events),
};

unsafe extern "win64" fn listen(
    listener: *mut NDK_LISTENER,
    address: *const SOCKADDR,
    length: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(listener) = (unsafe { hold::<Listener, _>(listener) }) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    // SAFETY: the caller.
    let address = match unsafe { read_address(address, length) } {
        Ok(address) => address,
        Err(status) => return status.to_raw(),
    };
    // SAFETY: the caller; used once, and only after pending.
    let completion = unsafe { RequestCompletion::new(completion, context) };
    Listener::listen(&listener, address, completion).to_raw()
}

unsafe extern "win64" fn get_local_address(
    listener: *mut NDK_LISTENER,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let local =
        unsafe { hold::<Listener, _>(listener) }.and_then(|listener| listener.local_address());
    // SAFETY: the caller.
    unsafe { write_address(local, address, length) }
}

unsafe extern "win64" fn control_connect_events(listener: *mut NDK_LISTENER, pause: u8) {
    // SAFETY: the caller.
    if let Some(listener) = unsafe { hold::<Listener, _>(listener) } {
        Listener::pause(&listener, pause != 0);
    }
}
