//! The provider of Network Direct as NDIS sees it: its handlers and its capabilities.

use core::mem::offset_of;
use core::ptr::NonNull;

use super::{header, miniport::miniport};
use crate::ndk::{self, OpenError};
use crate::nt::Ref;
use crate::sys::{
    NDIS_HANDLE, NDIS_NDK_CAPABILITIES, NDIS_NDK_CAPABILITIES_REVISION_1,
    NDIS_NDK_PERFORMANCE_COUNTERS, NDIS_NDK_PROVIDER_CHARACTERISTICS,
    NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1, NDIS_OBJECT_TYPE_DEFAULT,
    NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS, NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1, NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
    NDIS_STATUS, NDIS_STATUS_ADAPTER_NOT_READY, NDIS_STATUS_BAD_VERSION,
    NDIS_STATUS_INVALID_PARAMETER, NDIS_STATUS_RESOURCES, NDIS_STATUS_SUCCESS, NDK_ADAPTER,
    NDK_ADAPTER_INFO, NdisSetOptionalHandlers, PVOID,
};

/// NDK-NDIS-01, called inside the registration of the miniport.
pub(super) unsafe extern "win64" fn set_options(
    driver: NDIS_HANDLE,
    _context: PVOID,
) -> NDIS_STATUS {
    let mut provider = NDIS_NDK_PROVIDER_CHARACTERISTICS {
        Header: header(
            NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS,
            NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
            NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
        ),
        Flags: 0,
        OpenNDKAdapterHandler: Some(open),
        CloseNDKAdapterHandler: Some(close),
    };
    #[cfg(feature = "chimney")]
    // SAFETY: the handle NDIS passes.
    unsafe {
        super::chimney::register_provider(driver);
    }
    // SAFETY: the handle NDIS passes, and a local that it copies.
    unsafe { NdisSetOptionalHandlers(driver, (&raw mut provider).cast()) }
}

/// NDK-VER-01, NDK-ADP-01. `PASSIVE_LEVEL`.
unsafe extern "win64" fn open(
    context: PVOID,
    parameters: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    out: *mut *mut NDK_ADAPTER,
) -> NDIS_STATUS {
    // NDK-VER-10: there is one VPort, the default one, so the rest is not read.
    // SAFETY: NDIS passes the context of a live adapter, and parameters valid for the call.
    let (miniport, asked) = unsafe { (miniport(context), parameters.as_ref()) };
    let (Some(asked), Some(out)) = (asked, NonNull::new(out)) else {
        return NDIS_STATUS_INVALID_PARAMETER;
    };
    let Some(host) = miniport.enter_network_direct() else {
        return NDIS_STATUS_ADAPTER_NOT_READY;
    };
    match ndk::open(host, asked.Version) {
        Ok(adapter) => {
            // SAFETY: NDIS lends it for the call.
            unsafe { out.write(adapter.as_ptr()) };
            NDIS_STATUS_SUCCESS
        }
        Err(error) => {
            miniport.leave_network_direct();
            status(error)
        }
    }
}

/// NDK-LIFE-21: returns when everything below the adapter is closed. `PASSIVE_LEVEL`.
unsafe extern "win64" fn close(context: PVOID, adapter: *mut NDK_ADAPTER) {
    // SAFETY: NDIS passes the context of a live adapter.
    let borrowed = unsafe { miniport(context) };
    // NDK-NDIS-13: the last close lets a waiting halt go on, which gives NDIS's own reference back.
    let miniport = Ref::clone(&borrowed);
    if let Some(adapter) = NonNull::new(adapter) {
        // SAFETY: NDIS closes each adapter it opened once.
        unsafe { ndk::close(adapter) };
        miniport.leave_network_direct();
    }
}

fn status(error: OpenError) -> NDIS_STATUS {
    match error {
        OpenError::BadVersion => NDIS_STATUS_BAD_VERSION,
        OpenError::NotReady => NDIS_STATUS_ADAPTER_NOT_READY,
        OpenError::Resources => NDIS_STATUS_RESOURCES,
    }
}

/// NDK-NDIS-03: counts are bounded by memory; what is said are the limits consumers plan with.
pub(super) fn capabilities(information: *mut NDK_ADAPTER_INFO) -> NDIS_NDK_CAPABILITIES {
    let limits = ndk::info::limits();
    NDIS_NDK_CAPABILITIES {
        Header: header(
            NDIS_OBJECT_TYPE_DEFAULT,
            NDIS_NDK_CAPABILITIES_REVISION_1,
            NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1,
        ),
        Flags: 0,
        MaxQpCount: limits.queue_pairs,
        MaxCqCount: limits.completion_queues,
        MaxMrCount: limits.memory_regions,
        MaxPdCount: limits.protection_domains,
        // No limit of the adapter beside each connection's.
        MaxInboundReadLimit: 0,
        MaxOutboundReadLimit: 0,
        MaxMwCount: limits.memory_windows,
        MaxSrqCount: limits.shared_receive_queues,
        MissingCounterMask: MISSING_COUNTERS,
        NdkInfo: information,
    }
}

/// NDK-ADP-19: octets and frames are TCP/IP's to count; above sockets they cannot be seen.
const MISSING_COUNTERS: u64 = counter(offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAInOctets))
    | counter(offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAOutOctets))
    | counter(offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAInFrames))
    | counter(offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAOutFrames));

const fn counter(offset: usize) -> u64 {
    1 << (offset / size_of::<u64>())
}
