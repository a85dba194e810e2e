//! The miniport's entry points.

use core::mem::ManuallyDrop;

use super::{Handle, ends::cancel_sends, request};
use crate::ndis::{
    nbl::{self, Lists},
    upper::{Miniport, Start},
};
use crate::nt::{Ref, event_log};
use crate::sys::{
    NDIS_HALT_ACTION, NDIS_HANDLE, NDIS_MINIPORT_INIT_PARAMETERS, NDIS_MINIPORT_PAUSE_PARAMETERS,
    NDIS_MINIPORT_RESTART_PARAMETERS, NDIS_OID_REQUEST, NDIS_SHUTDOWN_ACTION, NDIS_STATUS,
    NDIS_STATUS_FAILURE, NDIS_STATUS_SUCCESS, NET_BUFFER_LIST, NET_DEVICE_PNP_EVENT,
    NdisDevicePnPEventSurpriseRemoved, PVOID,
};

/// The miniport behind an adapter context.
///
/// # Safety
/// `context` is one [`initialize`] registered, and `MiniportHaltEx` has not returned.
pub(super) unsafe fn miniport(context: PVOID) -> ManuallyDrop<Ref<Miniport>> {
    // SAFETY: `initialize` gave NDIS this reference, and `halt` takes it back; here it is only
    // borrowed, for the call.
    ManuallyDrop::new(unsafe { Ref::from_raw(context.cast_const().cast()) })
}

pub(super) unsafe extern "win64" fn initialize(
    handle: NDIS_HANDLE,
    _driver: PVOID,
    parameters: *mut NDIS_MINIPORT_INIT_PARAMETERS,
) -> NDIS_STATUS {
    if parameters.is_null() {
        return NDIS_STATUS_FAILURE;
    }
    // SAFETY: NDIS; every member of the union is the same number.
    let (luid, index) = unsafe { ((*parameters).NetLuid.Value, (*parameters).IfIndex) };
    let start = Start {
        handle: Handle::new(handle, index),
        luid,
    };
    // NDIS-LIFE-06: what was made before a failure is undone by dropping it.
    match Miniport::initialize(start) {
        Ok(miniport) => {
            // The context registered is this address; `halt` takes the reference back.
            let _ = Ref::into_raw(miniport);
            NDIS_STATUS_SUCCESS
        }
        Err(status) => {
            event_log::write(&event_log::ADAPTER_NOT_STARTED, &[&index, &status]);
            status.to_raw()
        }
    }
}

pub(super) unsafe extern "win64" fn halt(context: PVOID, _action: NDIS_HALT_ACTION) {
    // NDIS-LIFE-14: every action is the same for a device without hardware.
    // SAFETY: NDIS; given away by `initialize`, and halted once.
    let miniport = unsafe { Ref::from_raw(context.cast_const().cast::<Miniport>()) };
    miniport.halt();
}

pub(super) unsafe extern "win64" fn pause(
    context: PVOID,
    _parameters: *mut NDIS_MINIPORT_PAUSE_PARAMETERS,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of a live adapter.
    unsafe { miniport(context) }.pause();
    NDIS_STATUS_SUCCESS
}

pub(super) unsafe extern "win64" fn restart(
    context: PVOID,
    _parameters: *mut NDIS_MINIPORT_RESTART_PARAMETERS,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of a live adapter.
    unsafe { miniport(context) }.restart();
    NDIS_STATUS_SUCCESS
}

pub(super) unsafe extern "win64" fn send_net_buffer_lists(
    context: PVOID,
    lists: *mut NET_BUFFER_LIST,
    _port: u32,
    flags: u32,
) {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    // SAFETY: NDIS gives the whole chain away; it comes back through `complete`.
    let lists = unsafe { Lists::sent(miniport.handle(), lists, flags) };
    miniport.send(lists);
}

pub(super) unsafe extern "win64" fn return_net_buffer_lists(
    context: PVOID,
    lists: *mut NET_BUFFER_LIST,
    flags: u32,
) {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    // SAFETY: lists this driver indicated for the adapter, its own again.
    unsafe { nbl::returned(miniport.pair(), lists, flags) };
}

pub(super) unsafe extern "win64" fn cancel_send(context: PVOID, cancel_id: PVOID) {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    // NDIS-NBL-04: the NIC has what is queued, or we hold it while it is being reset.
    miniport.pair().cancel_held(cancel_id.addr());
    if let Ok(passing) = miniport.pair().enter().passing() {
        cancel_sends(&passing, cancel_id);
    }
}

pub(super) unsafe extern "win64" fn device_pnp_event_notify(
    context: PVOID,
    event: *mut NET_DEVICE_PNP_EVENT,
) {
    // SAFETY: NDIS passes the context of a live adapter, and an event valid for the call.
    let (miniport, event) = unsafe { (miniport(context), event.as_ref()) };
    if event.is_some_and(|event| event.DevicePnPEvent == NdisDevicePnPEventSurpriseRemoved) {
        Miniport::remove(&miniport);
    }
}

pub(super) unsafe extern "win64" fn shutdown(_context: PVOID, _action: NDIS_SHUTDOWN_ACTION) {
    // NDIS-LIFE-15: there is no hardware to stop.
}

pub(super) unsafe extern "win64" fn oid_request(
    context: PVOID,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    // SAFETY: NDIS passes a request that is valid for the call.
    unsafe { request::answer(&miniport, request) }
}

pub(super) unsafe extern "win64" fn direct_oid_request(
    context: PVOID,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    // NDK-OID-02, NDIS-OID-06: the same table; nothing in it waits, and DISPATCH_LEVEL will do.
    // SAFETY: NDIS passes a request that is valid for the call.
    unsafe { request::answer(&miniport, request) }
}

pub(super) unsafe extern "win64" fn cancel_oid_request(_context: PVOID, _request_id: PVOID) {
    // NDIS-OID-05: no request is ever pended, so every id is unknown.
}
