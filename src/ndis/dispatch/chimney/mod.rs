//! TCP chimney offload, passed through from the adapter to its NIC and back (docs/chimney.md).
//!
//! TCP/IP above has connections carried by a NIC below that can; this driver, between them, hands
//! each call on. What is offloaded has an [`entry`] here, by which both sides know it. Operations
//! come in two shapes, each a table and one way through: on trees of state ([`state`]) and on lists
//! of data ([`data`]); what the NIC tells goes up by [`indication`].
//!
//! Everything is counted in the pair's valve: an object while it is offloaded, an operation until
//! its end has gone up, a call until it returns. So an edge that pauses waits for all of it
//! (CHIM-16), and what is inside needs no leave to pass: the handles are alive. No lock is held
//! anywhere (CHIM-15). `<= DISPATCH_LEVEL` throughout.

mod capability;
mod data;
mod entry;
mod indication;
mod state;

use core::ptr;

pub(in crate::ndis) use self::capability::{Capability, Handlers, Parameters, ask_upload};
pub(super) use self::capability::{hear, query, set};

use super::header;
use crate::nt::{Status, log::notice};
use crate::sys::{self, NDIS_HANDLE, NDIS_OBJECT_HEADER, NDIS_STATUS, PVOID};

/// CHIM-01, of the miniport; inside `MiniportSetOptions`.
///
/// # Safety
/// `driver` is the handle that NDIS passes there.
pub(super) unsafe fn register_provider(driver: NDIS_HANDLE) {
    let mut state = state::provider();
    let mut data = data::provider();
    // SAFETY: the caller's promise; both have the header their type wants.
    unsafe {
        register(driver, (&raw mut state).cast());
        register(driver, (&raw mut data).cast());
    }
}

/// CHIM-01, of the protocol: `ProtocolSetOptions`.
pub(super) unsafe extern "win64" fn set_protocol_options(
    protocol: NDIS_HANDLE,
    _context: PVOID,
) -> NDIS_STATUS {
    let mut state = state::client();
    let mut data = data::client();
    // SAFETY: the handle NDIS passes; both have the header their type wants.
    unsafe {
        register(protocol, (&raw mut state).cast());
        register(protocol, (&raw mut data).cast());
    }
    sys::NDIS_STATUS_SUCCESS
}

/// A Windows without the chimney refuses, and the driver does without (CHIM-01).
///
/// # Safety
/// The handle is one for options, and `handlers` the structure its header says.
unsafe fn register(handle: NDIS_HANDLE, handlers: *mut NDIS_OBJECT_HEADER) {
    // SAFETY: the caller's promise; NDIS copies the structure.
    let status = unsafe { sys::NdisSetOptionalHandlers(handle, handlers) };
    if let Err(status) = Status::from_raw(status).ok() {
        notice!("no TCP chimney: {status:?}");
    }
}

impl Handlers {
    /// CHIM-01: NDIS's functions for this adapter, if it has them; inside `MiniportInitializeEx`.
    pub(in crate::ndis) fn of(adapter: &super::Handle) -> Option<Self> {
        let mut found: *mut sys::NDIS_OFFLOAD_EVENT_HANDLERS = ptr::null_mut();
        // SAFETY: the adapter is initializing, and a local is written.
        let status = unsafe {
            sys::NdisMGetOffloadHandlers(adapter.raw(), sys::NdisTcpChimneyOffload, &raw mut found)
        };
        Status::from_raw(status).ok().ok()?;
        // SAFETY: on success a table with this header, for as long as NDIS is there.
        let header = unsafe { found.as_ref() }?.Header;
        let right = i32::from(header.Type) == sys::NdisTcpChimneyOffload
            && header.Revision >= sys::NDIS_OBJECT_TCP_OFFLOAD_REVISION_1
            && header.Size >= sys::NDIS_SIZEOF_TCP_OFFLOAD_EVENT_HANDLERS_REVISION_1;
        // SAFETY: the header says that it is this table, at least as long as known here.
        right.then(|| Self(unsafe { found.cast::<sys::NDIS_TCP_OFFLOAD_EVENT_HANDLERS>().read() }))
    }
}
