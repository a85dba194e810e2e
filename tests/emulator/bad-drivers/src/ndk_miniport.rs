//! What makes the miniport an NDK provider: what it registers, says of itself, and answers.

use core::ptr::null_mut;

use crate::kernel::STATUS_UNSUCCESSFUL;
use crate::ndk::{Flaw, close_adapter, has, open};
use crate::ndk_life;
use crate::sys::*;

/// The miniport's SetOptions, if it is an NDK provider.
pub(crate) fn options() -> Option<unsafe extern "win64" fn(NDIS_HANDLE, NDIS_HANDLE) -> NDIS_STATUS>
{
    (!has(Flaw::Absent)).then_some(set_options as _)
}

unsafe extern "win64" fn set_options(handle: NDIS_HANDLE, _: NDIS_HANDLE) -> NDIS_STATUS {
    let mut ndk = NDIS_NDK_PROVIDER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS,
            Revision: NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
            Size: NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
        },
        Flags: 0,
        OpenNDKAdapterHandler: if has(Flaw::NoHandlers) {
            None
        } else {
            Some(open)
        },
        CloseNDKAdapterHandler: Some(close_adapter),
    };
    // SAFETY: the handle of this driver.
    unsafe { NdisSetOptionalHandlers(handle, (&raw mut ndk).cast()) }
}

/// The OIDs of the general attributes.
pub(crate) fn oids() -> &'static [u32] {
    static OIDS: [u32; 5] = [
        0x0001_0101,
        OID_NDK_SET_STATE,
        OID_NDK_STATISTICS,
        OID_NDK_CONNECTIONS,
        OID_NDK_LOCAL_ENDPOINTS,
    ];
    if has(Flaw::Absent) || has(Flaw::NoOids) {
        &OIDS[..1]
    } else {
        &OIDS
    }
}

/// Sets the NDK attributes, if the miniport is an NDK provider.
pub(crate) unsafe fn set_attributes(adapter: NDIS_HANDLE) {
    if has(Flaw::Absent) || has(Flaw::NoAttributes) {
        return;
    }
    let mut info = NDK_ADAPTER_INFO::default();
    let mut capabilities = NDIS_NDK_CAPABILITIES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_DEFAULT,
            Revision: NDIS_NDK_CAPABILITIES_REVISION_1,
            Size: NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1,
        },
        NdkInfo: match has(Flaw::NoCapabilities) {
            true => null_mut(),
            false => &raw mut info,
        },
        ..Default::default()
    };
    let mut attributes = NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
        },
        Enabled: u8::from(!has(Flaw::OpensDisabled)),
        NdkCapabilities: &raw mut capabilities,
    };
    // SAFETY: the adapter that is being initialised.
    unsafe { NdisMSetMiniportAttributes(adapter, (&raw mut attributes).cast()) };
}

/// The first query is the sign to live a life; `None`: not an NDK provider's business.
pub(crate) unsafe fn oid_request(
    adapter: NDIS_HANDLE,
    if_index: u32,
    request: *mut NDIS_OID_REQUEST,
) -> Option<NDIS_STATUS> {
    if has(Flaw::Absent) {
        return None;
    }
    // SAFETY: query and set have one layout; the request is the driver's until it returns.
    let query = unsafe { &mut (*request).DATA.QUERY_INFORMATION };
    if query.Oid == OID_NDK_SET_STATE {
        return Some(match has(Flaw::SetStatePends) {
            true => NDIS_STATUS_PENDING,
            false => NDIS_STATUS_SUCCESS,
        });
    }
    if has(Flaw::ShortWithoutLength) {
        return Some(NDIS_STATUS_BUFFER_TOO_SHORT);
    }
    if has(Flaw::EventInOid) {
        // SAFETY: inside an OID request, on purpose.
        unsafe { NdisMNetPnPEvent(adapter, &mut NET_PNP_EVENT_NOTIFICATION::default()) };
    }
    // SAFETY: at PASSIVE_LEVEL.
    unsafe { ndk_life::live(if_index) };
    Some(STATUS_UNSUCCESSFUL)
}

/// After the restart: an event that is wrong, or that is NDIS's to tell.
pub(crate) unsafe fn restarted(adapter: NDIS_HANDLE) {
    if has(Flaw::EventForbidden) {
        let mut notification = NET_PNP_EVENT_NOTIFICATION {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_DEFAULT,
                Revision: NET_PNP_EVENT_NOTIFICATION_REVISION_2,
                Size: NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2,
            },
            ..Default::default()
        };
        notification.NetPnPEvent.NetEvent = NetEventPause;
        // SAFETY: a notification with its header.
        unsafe { NdisMNetPnPEvent(adapter, &mut notification) };
    }
    if has(Flaw::EventWrong) {
        // SAFETY: a notification without header, on purpose.
        unsafe { NdisMNetPnPEvent(adapter, &mut NET_PNP_EVENT_NOTIFICATION::default()) };
    }
}

/// Empties a slot of a table, or has it point behind the first instruction of its function.
///
/// # Safety
/// A slot that nobody calls.
pub(crate) unsafe fn spoil(slot: *mut NDK_FN_BUILD_LAM) {
    let place = slot.cast::<usize>();
    if has(Flaw::NullSlot) {
        // SAFETY: the caller's promise.
        unsafe { place.write(0) };
    }
    if has(Flaw::SlotInside) {
        // SAFETY: as above.
        unsafe { place.write(place.read() + 1) };
    }
}
