//! What the NIC tells of offloaded objects: events, received data, and that a neighbor may be gone.

use core::mem::ManuallyDrop;
use core::ptr;

use super::{entry::Entry, state};
use crate::ndis::dispatch::{ends::Open, protocol::binding};
use crate::sys::{
    self, NDIS_HANDLE, NDIS_STATUS, NDIS_STATUS_FAILURE, NDIS_STATUS_SUCCESS, NET_BUFFER_LIST,
    PVOID,
};

/// The entry behind a context that NDIS passes.
///
/// # Safety
/// `context` is the handle of an object that is offloaded: its termination waits for indications.
unsafe fn entry<'a>(context: PVOID) -> &'a Entry {
    // SAFETY: the caller's promise; the handle is the entry's first field.
    unsafe { &*context.cast_const().cast() }
}

/// `ProtocolTcpOffloadEvent`. `DISPATCH_LEVEL`.
pub(super) unsafe extern "win64" fn event(context: PVOID, event: u32, information: u32) {
    // SAFETY: NDIS passes the handle of an offloaded connection.
    let entry = unsafe { entry(context) };
    let pair = entry.pair();
    let _call = pair.offloads_come_in();
    let handlers = pair.offload_handlers();
    if let Some(up) = handlers.and_then(|all| all.0.NdisTcpOffloadEventHandler) {
        // SAFETY: TCP/IP's own handle, alive as long as the connection is offloaded.
        unsafe { up(entry.above(), event, information) };
    }
}

/// `ProtocolTcpOffloadReceiveIndicate`. `DISPATCH_LEVEL`.
pub(super) unsafe extern "win64" fn received(
    context: PVOID,
    list: *mut NET_BUFFER_LIST,
    status: NDIS_STATUS,
    consumed: *mut u32,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes the handle of an offloaded connection.
    let entry = unsafe { entry(context) };
    let pair = entry.pair();
    let _call = pair.offloads_come_in();
    let handlers = pair.offload_handlers();
    let Some(up) = handlers.and_then(|all| all.0.NdisTcpOffloadReceiveHandler) else {
        return NDIS_STATUS_FAILURE;
    };
    // If TCP/IP keeps the list, it may give it back before it returns.
    let kept = ManuallyDrop::new(pair.offloads_come_in());
    // SAFETY: TCP/IP's own handle, as above; list and count are lent for the call at least.
    let answer = unsafe { up(entry.above(), list, status, consumed) };
    if answer != NDIS_STATUS_SUCCESS {
        drop(ManuallyDrop::into_inner(kept));
    }
    answer
}

/// `ProtocolIndicateOffloadEvent`: that a neighbor, which the node names, may be gone; other events
/// have no node. `DISPATCH_LEVEL`.
pub(super) unsafe extern "win64" fn neighbor(
    context: NDIS_HANDLE,
    node: *mut sys::NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    code: u32,
) {
    // SAFETY: NDIS passes the context of an open binding.
    let binding = unsafe { binding(context) };
    let Some(inside) = binding.pair().hears() else {
        return;
    };
    let adapter = Open::of(&inside.passing()).adapter;
    if node.is_null() {
        // SAFETY: the adapter is there meanwhile.
        unsafe { sys::NdisMOffloadEventIndicate(adapter, ptr::null_mut(), code) };
        return;
    }
    // SAFETY: the node is lent for the call, and is as it was afterwards.
    unsafe {
        let before = node.read();
        state::restore(node.cast(), before.SourceHandle);
        sys::NdisMOffloadEventIndicate(adapter, node.cast(), code);
        (*node).NdisReserved = before.NdisReserved;
        (*node).OffloadHandle = before.OffloadHandle;
        (*node).SourceHandle = before.SourceHandle;
    }
}
