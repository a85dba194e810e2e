//! What adapters tell of offloaded objects: events, data, and that a neighbor may be gone.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lists::List;
use super::super::lower::Lower;
use super::super::protocol::Above;
use super::{Handle, Node, NodeAbove, no_lock_held};
use crate::bridge;
use crate::machine::Machine;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

/// At most DISPATCH_LEVEL; in NDIS's table for miniports.
pub(super) unsafe extern "win64" fn event_handler(handle: PVOID, kind: u32, information: u32) {
    let thread = thread::enter("NdisTcpOffloadEventHandler", DISPATCH_LEVEL);
    no_lock_held("NdisTcpOffloadEventHandler");
    event(thread.machine, handle.cast(), kind, information);
}

/// Tells who offloaded the connection.
pub(crate) fn event(machine: &Machine, handle: Handle, kind: u32, information: u32) {
    let binding = machine
        .ndis
        .chimney
        .owner(handle, "NdisTcpOffloadEventHandler");
    binding.indicating(|| match &binding.protocol.above {
        Above::Native(native) => {
            if let Some(host) = native.host() {
                host.event(handle, kind, information);
            }
        }
        Above::Driver(_) => {
            let data = binding.protocol.client.lock().data;
            if let Some(handler) = data.and_then(|data| data.TcpOffloadEventHandler) {
                bridge::callback("ProtocolTcpOffloadEvent", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(handle.cast(), kind, information) }
                });
            }
        }
    });
}

/// At most DISPATCH_LEVEL; in NDIS's table for miniports.
pub(super) unsafe extern "win64" fn receive_handler(
    handle: PVOID,
    list: List,
    status: NDIS_STATUS,
    consumed: *mut u32,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisTcpOffloadReceiveHandler", DISPATCH_LEVEL);
    no_lock_held("NdisTcpOffloadReceiveHandler");
    let (answer, taken) = received(thread.machine, handle.cast(), list, status);
    // SAFETY: the driver's out parameter.
    unsafe { consumed.write(taken) };
    answer
}

/// Data of a connection: whether it is kept, and how much was taken.
pub(crate) fn received(
    machine: &Machine,
    handle: Handle,
    list: List,
    status: NDIS_STATUS,
) -> (NDIS_STATUS, u32) {
    let ledger = &machine.ndis.chimney;
    let binding = ledger.owner(handle, "NdisTcpOffloadReceiveHandler");
    let at = list as usize;
    // Who keeps it may give it back at once.
    let mut inside = ledger.inside();
    inside
        .lent
        .entry(at)
        .or_default()
        .push(Arc::clone(&binding));
    drop(inside);
    let mut taken = 0;
    let answer = binding.indicating(|| match &binding.protocol.above {
        Above::Native(native) => match native.host() {
            Some(host) => {
                let (answer, bytes) = host.received(&binding, handle, list);
                taken = bytes;
                answer
            }
            None => NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED,
        },
        Above::Driver(_) => {
            let data = binding.protocol.client.lock().data;
            match data.and_then(|data| data.TcpOffloadReceiveIndicateHandler) {
                Some(handler) => bridge::callback("ProtocolTcpOffloadReceiveIndicate", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(handle.cast(), list, status, &raw mut taken) }
                }),
                None => NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED,
            }
        }
    });
    if answer != NDIS_STATUS_SUCCESS {
        let mut inside = ledger.inside();
        if let Some(all) = inside.lent.get_mut(&at) {
            all.pop();
        }
        if inside.lent.get(&at).is_some_and(Vec::is_empty) {
            inside.lent.remove(&at);
        }
    }
    (answer, taken)
}

/// At most DISPATCH_LEVEL.
pub(super) unsafe extern "win64" fn NdisMOffloadEventIndicate(
    handle: NDIS_HANDLE,
    node: Node,
    code: u32,
) {
    let thread = thread::enter("NdisMOffloadEventIndicate", DISPATCH_LEVEL);
    no_lock_held("NdisMOffloadEventIndicate");
    let adapter = thread
        .machine
        .ndis
        .adapter(handle, "NdisMOffloadEventIndicate");
    // SAFETY: the driver's node.
    unsafe { neighbor(&*adapter, node, code) };
}

/// Tells who offloaded the neighbor, if the event has a node.
///
/// # Safety
/// The node is null or valid.
pub(crate) unsafe fn neighbor(lower: &dyn Lower, node: Node, code: u32) {
    let ledger = &lower.machine().ndis.chimney;
    let above: NodeAbove = node.cast();
    let bindings = if node.is_null() {
        lower.stack().all()
    } else {
        // SAFETY: the caller's promise.
        let handle = unsafe { (*node).NdisOffloadHandle };
        let owner = ledger.owner(handle.cast(), "NdisMOffloadEventIndicate");
        // SAFETY: as above.
        unsafe {
            (*above).NdisReserved[2] = std::ptr::null_mut();
            (*above).OffloadHandle = handle.cast();
        }
        vec![owner]
    };
    for binding in bindings {
        binding.indicating(|| match &binding.protocol.above {
            Above::Native(native) => {
                if let Some(host) = native.host() {
                    host.neighbor(above, code);
                }
            }
            Above::Driver(_) => {
                let state = binding.protocol.client.lock().state;
                if let Some(handler) = state.and_then(|it| it.IndicateOffloadEventHandler) {
                    bridge::callback("ProtocolIndicateOffloadEvent", || {
                        // SAFETY: the driver's handler, called as documented.
                        unsafe { handler(binding.context, above, code) }
                    });
                }
            }
        });
    }
}
