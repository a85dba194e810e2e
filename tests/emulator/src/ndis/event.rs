//! What a miniport tells NDIS: status indications and PnP events.

#![expect(
    non_upper_case_globals,
    reason = "the constants have the names of the Windows headers"
)]

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::miniport::{LifeState, Miniport};
use super::offload::Offloads;
use super::oid;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, PASSIVE_LEVEL};

/// At most DISPATCH_LEVEL. Not after HaltEx (NDIS-STAT-02; a handle of a halted adapter is none).
pub(super) unsafe extern "win64" fn NdisMIndicateStatusEx(
    handle: NDIS_HANDLE,
    indication: *mut NDIS_STATUS_INDICATION,
) {
    let thread = thread::enter("NdisMIndicateStatusEx", DISPATCH_LEVEL);
    let adapter = thread.machine.ndis.adapter(handle, "NdisMIndicateStatusEx");
    if adapter.asleep.load(Ordering::Acquire) {
        violation(
            "NDIS-STAT-02",
            "a status indication while the adapter sleeps",
        );
    }
    // SAFETY: the driver passes an indication.
    let indication = unsafe { &mut *indication };
    let right = indication.Header.Type == NDIS_OBJECT_TYPE_STATUS_INDICATION
        && indication.Header.Size >= NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    if !right {
        violation("NDIS-STAT-01", "a status indication with a wrong header");
    }
    if indication.SourceHandle != handle {
        violation(
            "NDIS-STAT-01",
            "a status indication whose SourceHandle is not the adapter's handle",
        );
    }
    if indication.StatusCode == NDIS_STATUS_LINK_STATE {
        // SAFETY: such an indication comes with a link state.
        unsafe { note_link(&adapter, indication) };
    }
    if indication.StatusCode == NDIS_STATUS_L2_MTU_SIZE_CHANGE {
        // SAFETY: such an indication comes with a number.
        unsafe { note_mtu(&adapter, indication) };
    }
    if OFFLOADS.contains(&indication.StatusCode) {
        // SAFETY: such an indication comes with offloads.
        unsafe { note_offloads(&adapter, indication) };
    }
    if indication.StatusCode == NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES {
        // SAFETY: such an indication comes with this structure.
        unsafe { note_connections(&adapter, indication) };
    }
    for binding in adapter.stack.all() {
        binding.status(indication);
    }
}

/// What the driver says of its link is what later binds are told.
unsafe fn note_link(adapter: &Miniport, indication: &NDIS_STATUS_INDICATION) {
    if (indication.StatusBufferSize as usize) < size_of::<NDIS_LINK_STATE>() {
        violation("NDIS-STAT-01", "a link state that is too short");
    }
    // SAFETY: the driver's buffer is as long as it says.
    let link = unsafe {
        indication
            .StatusBuffer
            .cast::<NDIS_LINK_STATE>()
            .read_unaligned()
    };
    let connected = link.MediaConnectState == MediaConnectStateConnected;
    adapter.attributes().link = Some((connected, link.XmitLinkSpeed));
}

/// As [`note_link`], of the bytes behind an Ethernet header.
unsafe fn note_mtu(adapter: &Miniport, indication: &NDIS_STATUS_INDICATION) {
    if indication.StatusBufferSize as usize != size_of::<u32>() {
        violation("NDIS-STAT-01", "an MTU that is no number of four bytes");
    }
    // SAFETY: the driver's buffer is as long as it says.
    let mtu = unsafe { indication.StatusBuffer.cast::<u32>().read_unaligned() };
    if mtu == 0 {
        violation("NDIS-STAT-01", "an MTU of 0");
    }
    if let Some(general) = &mut adapter.attributes().general {
        general.MtuSize = mtu;
    }
}

const OFFLOADS: [NDIS_STATUS; 2] = [
    NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES,
    NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG,
];

/// As [`note_link`], of offloads.
unsafe fn note_offloads(adapter: &Miniport, indication: &NDIS_STATUS_INDICATION) {
    let least = u32::from(NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1);
    if indication.StatusBufferSize < least {
        violation("NDIS-OFFLOAD", "an offload structure that is too short");
    }
    // SAFETY: the driver's buffer is as long as it says.
    let told = unsafe { Offloads::read(indication.StatusBuffer.cast()) };
    let mut attributes = adapter.attributes();
    if indication.StatusCode == NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG {
        told.expect_within(attributes.possible);
        attributes.offloads = told;
        attributes.ever = attributes.ever.union(told);
    } else {
        attributes.possible = told;
    }
}

/// What the driver says of offloads is what later binds are told.
unsafe fn note_connections(adapter: &Miniport, indication: &NDIS_STATUS_INDICATION) {
    if (indication.StatusBufferSize as usize) < size_of::<NDIS_TCP_CONNECTION_OFFLOAD>() {
        violation("NDIS-STAT-01", "an offload capability that is too short");
    }
    let said = indication
        .StatusBuffer
        .cast::<NDIS_TCP_CONNECTION_OFFLOAD>();
    // SAFETY: the driver's buffer is as long as it says.
    let said = unsafe { said.read_unaligned() };
    adapter.attributes().connections = said.TcpConnectionOffloadCapacity;
}

/// PASSIVE_LEVEL. NDK-NDIS-07: not inside MiniportOidRequest, nor while an OID pends.
/// Disabling NDK returns when every NDK adapter is closed (NDK-NDIS-08).
pub(super) unsafe extern "win64" fn NdisMNetPnPEvent(
    handle: NDIS_HANDLE,
    notification: *mut NET_PNP_EVENT_NOTIFICATION,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisMNetPnPEvent", PASSIVE_LEVEL);
    let adapter = thread.machine.ndis.adapter(handle, "NdisMNetPnPEvent");
    if oid::is_inside() {
        violation("NDK-NDIS-07", "NdisMNetPnPEvent inside MiniportOidRequest");
    }
    if matches!(adapter.life(), LifeState::Initializing | LifeState::Halted) {
        violation(
            "NDK-NDIS-07",
            "NdisMNetPnPEvent before the adapter is initialized or after it is halted",
        );
    }
    // SAFETY: the driver passes a notification.
    let notification = unsafe { &*notification };
    let right = notification.Header.Type == NDIS_OBJECT_TYPE_DEFAULT
        && notification.Header.Size >= NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_1;
    if !right {
        violation(
            "NDK-NDIS-08",
            "a PnP event notification with a wrong header",
        );
    }
    if thread.machine.ndis.refuses_event() || crate::sched::fails("NdisMNetPnPEvent") {
        return NDIS_STATUS_RESOURCES;
    }
    match notification.NetPnPEvent.NetEvent {
        NetEventNDKEnable => adapter.change_ndk(true),
        NetEventNDKDisable => adapter.change_ndk(false),
        NetEventPause
        | NetEventRestart
        | NetEventBindsComplete
        | NetEventPortActivation
        | NetEventPortDeactivation => violation(
            "NDIS-PROT-04",
            "NdisMNetPnPEvent with an event that is not for those above",
        ),
        _ => return adapter.stack.hear(&notification.NetPnPEvent),
    }
    NDIS_STATUS_SUCCESS
}
