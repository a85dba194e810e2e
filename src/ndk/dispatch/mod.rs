//! The edge to the consumer: every `extern "win64"` entry point, the dispatch tables (NDK-VER-05:
//! no slot is null) and the consumer's callbacks.
//!
//! Here raw pointers become values and values become NTSTATUS; what to do about them is decided in
//! the object's own module. Each entry point relies on what the interface promises of its callers,
//! said once here and meant by every `SAFETY: the caller` below: an object passed in is open and of
//! the right kind (NDK-LIFE-11, NDK-LIFE-20), memory passed in is valid for the call and resident,
//! out-parameters are writable, and a callback may be called with its context until its last
//! occasion.

pub(crate) mod adapter;
mod callback;
pub(crate) mod capabilities;
mod connector;
mod cq;
mod listener;
mod management;
mod mr;
mod mw;
mod pd;
mod qp;
mod shared_endpoint;
mod srq;

use core::ffi::c_void;
use core::net::SocketAddr;
use core::ptr::NonNull;
use core::slice;

use callback::EventCallback;
pub(super) use callback::{
    CloseCompletion, ConnectEvent, CqNotification, CreateCompletion, DisconnectEvent,
    RequestCompletion, SrqNotification,
};

use super::object::{self, Hold, Kind, Open};
use super::{address, extension};
use crate::nt::Status;
use crate::sys::{
    GUID, NDK_EXTENSION_INTERFACE, NDK_FN_CLOSE_COMPLETION, NDK_OBJECT_HEADER, NDK_VERSION,
    NTSTATUS, SOCKADDR,
};

/// `NdkQueryExtension` of all ten tables.
unsafe extern "win64" fn query_extension(
    _object: *mut NDK_OBJECT_HEADER,
    _id: *const GUID,
    _version: NDK_VERSION,
    _interface: *mut NDK_EXTENSION_INTERFACE,
) -> NTSTATUS {
    extension::query().to_raw()
}

/// `NdkClose…` of every kind but the adapter.
unsafe extern "win64" fn close<T: Kind>(
    object: *mut NDK_OBJECT_HEADER,
    completion: NDK_FN_CLOSE_COMPLETION,
    context: *mut c_void,
) -> NTSTATUS {
    // SAFETY: the caller closes its object once; the callback is good for one call.
    unsafe { object::close::<T, _>(object, CloseCompletion::new(completion, context)) }.to_raw()
}

/// Enters an object for a call that may complete a request, whose callback may close the object
/// (NDK-LIFE-09).
///
/// # Safety
/// `raw` is an open object of kind `T`.
unsafe fn hold<T: Kind, R>(raw: *mut R) -> Option<Hold<T>> {
    // SAFETY: the caller's promise.
    unsafe { Hold::from_raw(raw) }
}

/// Gives a new object to the consumer. NDK-LIFE-07: written before an inline success, and only
/// then.
///
/// # Safety
/// `out` is writable.
unsafe fn give<T: Kind, R>(made: Result<Open<T>, Status>, out: *mut *mut R) -> NTSTATUS {
    let Some(out) = NonNull::new(out) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    match made {
        Ok(open) => {
            // SAFETY: the caller's promise.
            unsafe { out.write(open.into_raw()) };
            Status::SUCCESS.to_raw()
        }
        Err(status) => status.to_raw(),
    }
}

/// The status of a call that gives nothing back.
fn code(result: Result<(), Status>) -> NTSTATUS {
    result.err().unwrap_or(Status::SUCCESS).to_raw()
}

/// The consumer's bytes, for the call; none for a null pointer.
///
/// # Safety
/// `pointer`, unless null, is readable for `length` bytes until the call ends.
unsafe fn bytes<'a>(pointer: *const c_void, length: u32) -> &'a [u8] {
    if pointer.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise; a `u32` of bytes is below `isize::MAX`.
    unsafe { slice::from_raw_parts(pointer.cast(), length as usize) }
}

/// The consumer's address, copied (NDK-CON-27); an unusable one is `STATUS_INVALID_ADDRESS`.
///
/// # Safety
/// `pointer`, unless null, is readable for `length` bytes.
unsafe fn read_address(pointer: *const SOCKADDR, length: u32) -> Result<SocketAddr, Status> {
    // SAFETY: the caller's promise.
    address::parse(unsafe { bytes(pointer.cast(), length) }).ok_or(Status::INVALID_ADDRESS)
}

/// Writes an address and its length. NDK-CON-24: a longer buffer is fine, a shorter one learns the
/// length it needs.
///
/// # Safety
/// `length` is writable, and `pointer`, unless null, for the bytes it says.
unsafe fn write_address(
    address: Option<SocketAddr>,
    pointer: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    let Some(address) = address else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    let Some(length) = NonNull::new(length) else {
        return Status::INVALID_PARAMETER.to_raw();
    };
    let raw = address::raw(address);
    // SAFETY: the caller's promise.
    let room = unsafe { length.read() };
    // SAFETY: the caller's promise.
    unsafe { length.write(raw.length as u32) };
    if pointer.is_null() || (room as usize) < raw.length {
        return Status::BUFFER_TOO_SMALL.to_raw();
    }
    // SAFETY: the room was just checked; our own copy cannot overlap the consumer's buffer.
    unsafe {
        raw.bytes
            .as_ptr()
            .copy_to_nonoverlapping(pointer.cast(), raw.length)
    };
    Status::SUCCESS.to_raw()
}
