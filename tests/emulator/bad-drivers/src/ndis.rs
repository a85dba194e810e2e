//! A miniport that does the least a miniport must, but for one flaw; and netio's address tables.

use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use crate::Case;
use crate::chimney;
use crate::kernel::{
    KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock, PsCreateSystemThread, ZwClose, pause as sleep,
};
use crate::ndk_miniport as ndk;
use crate::sys::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("ndis-nothing", || with(Flaw::None)),
    ("ndis-wrong-type", || with(Flaw::WrongType)),
    ("ndis-old-version", || with(Flaw::OldVersion)),
    ("ndis-no-pause", || with(Flaw::NoPause)),
    ("ndis-half-direct", || with(Flaw::HalfDirect)),
    ("ndis-late-options", || with(Flaw::LateOptions)),
    ("ndis-left-registered", || with(Flaw::LeftRegistered)),
    ("ndis-unknown-driver", || unknown_driver()),
    ("ndis-bus-master", || with(Flaw::BusMaster)),
    ("ndis-no-pause-on-suspend", || with(Flaw::NoPauseOnSuspend)),
    ("ndis-bug-check-callback", || with(Flaw::BugCheckCallback)),
    ("ndis-general-first", || with(Flaw::GeneralFirst)),
    ("ndis-no-general", || with(Flaw::NoGeneral)),
    ("ndis-no-oids", || with(Flaw::NoOids)),
    ("ndis-late-attributes", || with(Flaw::LateAttributes)),
    ("ndis-configuration-open", || with(Flaw::ConfigurationOpen)),
    ("ndis-configuration-closed-twice", || {
        with(Flaw::ConfigurationClosedTwice)
    }),
    ("ndis-oid-unasked", || with(Flaw::OidUnasked)),
    ("ndis-pause-fails", || with(Flaw::PauseFails)),
    ("ndis-send-twice", || with(Flaw::SendTwice)),
    ("ndis-send-pending", || with(Flaw::SendPending)),
    ("ndis-send-locked", || with(Flaw::SendLocked)),
    ("ndis-receive-early", || with(Flaw::ReceiveEarly)),
    ("ndis-receive-miscounted", || with(Flaw::ReceiveMiscounted)),
    ("ndis-receive-told", || with(Flaw::ReceiveTold)),
    ("ndis-offloads-wrong", || with(Flaw::OffloadsWrong)),
    ("ndis-offloads-beyond", || with(Flaw::OffloadsBeyond)),
    ("ndis-restart-unasked", || with(Flaw::RestartUnasked)),
    ("ndis-status-wrong", || with(Flaw::StatusWrong)),
    ("ndis-status-asleep", || with(Flaw::StatusAsleep)),
    ("ndis-oid-too-long", || with(Flaw::OidTooLong)),
    ("ndis-oid-unknown-bytes", || with(Flaw::OidUnknownBytes)),
    ("ndis-halted", || with(Flaw::Halted)),
    ("ndis-oid-kept", || with(Flaw::OidKept)),
    ("ndis-oid-waits", || with(Flaw::OidWaits)),
    ("ndis-send-kept", || with(Flaw::SendKept)),
    ("ndis-send-late", || with(Flaw::SendLate)),
    ("ndis-power-refused", || with(Flaw::PowerRefused)),
    ("ip-notification-left", || notification_left()),
    ("ip-notification-unknown", || notification_unknown()),
    ("ip-table-twice", || table_twice()),
];

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum Flaw {
    None,
    WrongType,
    OldVersion,
    NoPause,
    HalfDirect,
    LateOptions,
    LeftRegistered,
    BusMaster,
    NoPauseOnSuspend,
    BugCheckCallback,
    GeneralFirst,
    NoGeneral,
    NoOids,
    LateAttributes,
    ConfigurationOpen,
    ConfigurationClosedTwice,
    OidUnasked,
    PauseFails,
    SendTwice,
    SendPending,
    SendLocked,
    ReceiveEarly,
    ReceiveMiscounted,
    RestartUnasked,
    StatusWrong,
    StatusAsleep,
    OidTooLong,
    OidUnknownBytes,
    Halted,
    OidKept,
    OidWaits,
    SendKept,
    SendLate,
    PowerRefused,
    ReceiveTold,
    OffloadsWrong,
    OffloadsBeyond,
}

static FLAW: AtomicI32 = AtomicI32::new(0);
pub(crate) static DRIVER: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static HANDLE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static ADAPTER: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static IF_INDEX: AtomicU32 = AtomicU32::new(0);

fn has(flaw: Flaw) -> bool {
    FLAW.load(Ordering::Relaxed) == flaw as i32
}

/// Registers the miniport with that flaw.
fn with(flaw: Flaw) {
    FLAW.store(flaw as i32, Ordering::Relaxed);
    register();
}

/// Registers the miniport.
pub(crate) fn register() {
    let mut wanted = NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: match has(Flaw::WrongType) {
                true => NDIS_OBJECT_TYPE_DEFAULT,
                false => NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
            },
            Revision: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2,
            Size: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2,
        },
        MajorNdisVersion: 6,
        MinorNdisVersion: if has(Flaw::OldVersion) { 0 } else { 80 },
        SetOptionsHandler: chimney::options().or(ndk::options()),
        InitializeHandlerEx: Some(initialize),
        HaltHandlerEx: Some(halt),
        UnloadHandler: Some(unload),
        PauseHandler: if has(Flaw::NoPause) {
            None
        } else {
            Some(pause)
        },
        RestartHandler: Some(restart),
        OidRequestHandler: Some(oid_request),
        SendNetBufferListsHandler: Some(send),
        ReturnNetBufferListsHandler: Some(return_lists),
        CancelSendHandler: Some(cancel),
        DevicePnPEventNotifyHandler: Some(pnp_event),
        ShutdownHandlerEx: Some(shutdown),
        CancelOidRequestHandler: Some(cancel),
        DirectOidRequestHandler: if has(Flaw::HalfDirect) {
            Some(oid_request)
        } else {
            None
        },
        ..Default::default()
    };
    let mut handle = null_mut();
    let driver = DRIVER.load(Ordering::Relaxed);
    // SAFETY: the driver object of this driver; all else is local.
    unsafe {
        NdisMRegisterMiniportDriver(driver, null_mut(), null_mut(), &mut wanted, &mut handle);
        HANDLE.store(handle, Ordering::Relaxed);
        if has(Flaw::LateOptions) {
            NdisSetOptionalHandlers(handle, &mut wanted.Header);
        }
    }
}

fn unknown_driver() {
    // SAFETY: no handle, on purpose.
    unsafe { NdisMDeregisterMiniportDriver(0x1230 as NDIS_HANDLE) };
}

unsafe extern "win64" fn initialize(
    adapter: NDIS_HANDLE,
    _: PVOID,
    parameters: *mut NDIS_MINIPORT_INIT_PARAMETERS,
) -> NDIS_STATUS {
    ADAPTER.store(adapter, Ordering::Relaxed);
    // SAFETY: the adapter that is being initialised, and its parameters.
    unsafe {
        IF_INDEX.store((*parameters).IfIndex, Ordering::Relaxed);
        if has(Flaw::GeneralFirst) {
            set_general(adapter);
        }
        set_registration(adapter);
        chimney::initialized(adapter);
        if !has(Flaw::NoGeneral) {
            set_general(adapter);
        }
        if has(Flaw::OffloadsWrong) || has(Flaw::OffloadsBeyond) {
            set_offloads(adapter);
        }
        ndk::set_attributes(adapter);
        if has(Flaw::ConfigurationOpen) || has(Flaw::ConfigurationClosedTwice) {
            let configuration = open_configuration(adapter);
            if has(Flaw::ConfigurationClosedTwice) {
                NdisCloseConfiguration(configuration);
                NdisCloseConfiguration(configuration);
            }
        }
        if has(Flaw::ReceiveEarly) {
            NdisMIndicateReceiveNetBufferLists(adapter, null_mut(), 0, 0, 0);
        }
        if has(Flaw::RestartUnasked) {
            NdisMRestartComplete(adapter, NDIS_STATUS_SUCCESS);
        }
        if has(Flaw::StatusWrong) {
            NdisMIndicateStatusEx(adapter, &mut NDIS_STATUS_INDICATION::default());
        }
        if has(Flaw::OidUnasked) {
            NdisMOidRequestComplete(adapter, null_mut(), NDIS_STATUS_SUCCESS);
        }
    }
    NDIS_STATUS_SUCCESS
}

unsafe fn set_registration(adapter: NDIS_HANDLE) {
    let flags = match FLAW.load(Ordering::Relaxed) {
        f if f == Flaw::BusMaster as i32 => NDIS_MINIPORT_ATTRIBUTES_BUS_MASTER,
        f if f == Flaw::NoPauseOnSuspend as i32 => NDIS_MINIPORT_ATTRIBUTES_NO_PAUSE_ON_SUSPEND,
        f if f == Flaw::BugCheckCallback as i32 => {
            NDIS_MINIPORT_ATTRIBUTES_REGISTER_BUGCHECK_CALLBACK
        }
        _ => 0,
    };
    let mut attributes = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
            Size: size_of::<NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES>() as u16,
        },
        MiniportAdapterContext: adapter,
        AttributeFlags: flags,
        ..Default::default()
    };
    // SAFETY: the adapter that is being initialised.
    unsafe { NdisMSetMiniportAttributes(adapter, (&raw mut attributes).cast()) };
}

unsafe fn set_general(adapter: NDIS_HANDLE) {
    let oids = ndk::oids();
    let mut attributes = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
        },
        MtuSize: 1500,
        SupportedOidList: oids.as_ptr().cast_mut(),
        SupportedOidListLength: match has(Flaw::NoOids) {
            true => 0,
            false => size_of_val(oids) as u32,
        },
        ..Default::default()
    };
    // SAFETY: the adapter that is being initialised, or not on purpose.
    unsafe { NdisMSetMiniportAttributes(adapter, (&raw mut attributes).cast()) };
}

unsafe fn set_offloads(adapter: NDIS_HANDLE) {
    let kind = match has(Flaw::OffloadsWrong) {
        true => NDIS_OBJECT_TYPE_DEFAULT,
        false => NDIS_OBJECT_TYPE_OFFLOAD,
    };
    let mut possible = NDIS_OFFLOAD {
        Header: NDIS_OBJECT_HEADER {
            Type: kind,
            Revision: NDIS_OFFLOAD_REVISION_5,
            Size: NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5,
        },
        ..Default::default()
    };
    let mut current = possible;
    current.Rsc.IPv4 = has(Flaw::OffloadsBeyond).into();
    let mut attributes = NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1,
        },
        DefaultOffloadConfiguration: &mut current,
        HardwareOffloadCapabilities: &mut possible,
        ..Default::default()
    };
    // SAFETY: the adapter that is being initialised.
    unsafe { NdisMSetMiniportAttributes(adapter, (&raw mut attributes).cast()) };
}

unsafe fn open_configuration(adapter: NDIS_HANDLE) -> NDIS_HANDLE {
    let mut wanted = NDIS_CONFIGURATION_OBJECT {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT,
            Revision: NDIS_CONFIGURATION_OBJECT_REVISION_1,
            Size: NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1,
        },
        NdisHandle: adapter,
        ..Default::default()
    };
    let mut handle = null_mut();
    // SAFETY: the adapter that is being initialised.
    unsafe { NdisOpenConfigurationEx(&mut wanted, &mut handle) };
    handle
}

unsafe extern "win64" fn halt(_: PVOID, _: NDIS_HALT_ACTION) {}

unsafe extern "win64" fn unload(_: PDRIVER_OBJECT) {
    crate::protocol::unload();
    // SAFETY: the handle from registration; the adapter's is stale, on purpose.
    unsafe {
        if has(Flaw::Halted) {
            NdisMPauseComplete(ADAPTER.load(Ordering::Relaxed));
        }
        if !has(Flaw::LeftRegistered) {
            NdisMDeregisterMiniportDriver(HANDLE.load(Ordering::Relaxed));
        }
    }
}

unsafe extern "win64" fn pause(_: PVOID, _: *mut NDIS_MINIPORT_PAUSE_PARAMETERS) -> NDIS_STATUS {
    if has(Flaw::PauseFails) {
        NDIS_STATUS_FAILURE
    } else {
        NDIS_STATUS_SUCCESS
    }
}

unsafe extern "win64" fn restart(
    adapter: PVOID,
    _: *mut NDIS_MINIPORT_RESTART_PARAMETERS,
) -> NDIS_STATUS {
    if has(Flaw::LateAttributes) {
        // SAFETY: the adapter is no longer being initialised, on purpose.
        unsafe { set_general(adapter) };
    }
    if has(Flaw::ReceiveTold) {
        let mut list = NET_BUFFER_LIST {
            SourceHandle: adapter,
            ..Default::default()
        };
        // TCP's checksum is right, says an adapter that looks at none.
        list.NetBufferListInfo[TcpIpChecksumNetBufferListInfo] = 0b1000 as PVOID;
        // SAFETY: one list, with what nobody was told to expect, on purpose.
        unsafe { NdisMIndicateReceiveNetBufferLists(adapter, &mut list, 0, 1, 2) };
    }
    if has(Flaw::ReceiveMiscounted) {
        let mut list = NET_BUFFER_LIST::default();
        // SAFETY: one list, not two, on purpose.
        unsafe { NdisMIndicateReceiveNetBufferLists(adapter, &mut list, 0, 2, 2) };
    }
    // SAFETY: the adapter that restarts.
    unsafe { ndk::restarted(adapter) };
    NDIS_STATUS_SUCCESS
}

/// Awake the first time, asleep the second.
unsafe fn indicate(adapter: NDIS_HANDLE) {
    let mut indication = NDIS_STATUS_INDICATION {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_STATUS_INDICATION,
            Revision: NDIS_STATUS_INDICATION_REVISION_1,
            Size: NDIS_SIZEOF_STATUS_INDICATION_REVISION_1,
        },
        SourceHandle: adapter,
        ..Default::default()
    };
    // SAFETY: an indication of no code that NDIS knows.
    unsafe { NdisMIndicateStatusEx(adapter, &mut indication) };
}

const STATUS_PENDING: i32 = 0x103;

unsafe extern "win64" fn oid_request(
    adapter: PVOID,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    // SAFETY: the request is the driver's until it returns.
    match unsafe { (*request).DATA.QUERY_INFORMATION.Oid } {
        OID_PNP_SET_POWER if has(Flaw::PowerRefused) => return NDIS_STATUS_FAILURE,
        OID_PNP_QUERY_POWER if has(Flaw::StatusAsleep) => {
            // SAFETY: the adapter of this call.
            unsafe { indicate(adapter) };
            return NDIS_STATUS_SUCCESS;
        }
        OID_PNP_SET_POWER | OID_PNP_QUERY_POWER => return NDIS_STATUS_SUCCESS,
        // SAFETY: a moment at PASSIVE_LEVEL.
        _ if has(Flaw::OidWaits) => unsafe { sleep(1) },
        _ => {}
    }
    // SAFETY: the arguments of this call.
    let ndk = unsafe { ndk::oid_request(adapter, IF_INDEX.load(Ordering::Relaxed), request) };
    if let Some(status) = ndk {
        return status;
    }
    // SAFETY: a query; the request is the driver's until it returns.
    let query = unsafe { &mut (*request).DATA.QUERY_INFORMATION };
    if has(Flaw::OidKept) {
        return STATUS_PENDING;
    }
    if has(Flaw::OidTooLong) {
        query.BytesWritten = query.InformationBufferLength + 1;
        return NDIS_STATUS_SUCCESS;
    }
    if has(Flaw::OidUnknownBytes) {
        query.BytesWritten = 1;
    }
    NDIS_STATUS_NOT_SUPPORTED
}

unsafe extern "win64" fn send(adapter: PVOID, lists: *mut NET_BUFFER_LIST, _: u32, _: u32) {
    if has(Flaw::SendKept) {
        return;
    }
    if has(Flaw::SendLate) {
        // SAFETY: the lists are the driver's until they are completed.
        return unsafe { send_late(lists) };
    }
    // SAFETY: the lists are the driver's until they are completed.
    unsafe {
        let status = if has(Flaw::SendPending) {
            STATUS_PENDING
        } else {
            NDIS_STATUS_SUCCESS
        };
        (*lists).Status = status;
        if let Some(second) = (*lists).Next.as_mut() {
            second.Status = status;
        }
        if has(Flaw::SendLocked) {
            let mut lock = 0;
            KeAcquireSpinLockRaiseToDpc(&mut lock);
            NdisMSendNetBufferListsComplete(adapter, lists, 0);
            KeReleaseSpinLock(&mut lock, 0);
        }
        NdisMSendNetBufferListsComplete(adapter, lists, 0);
        if has(Flaw::SendTwice) {
            NdisMSendNetBufferListsComplete(adapter, lists, 0);
            // No tail call: this function is to be seen on the stack.
            core::hint::black_box([0u8; 16]);
        }
    }
}

static SECOND: AtomicPtr<NET_BUFFER_LIST> = AtomicPtr::new(null_mut());

/// The second of two is completed after 20 seconds, the first never.
unsafe fn send_late(lists: *mut NET_BUFFER_LIST) {
    let mut handle = null_mut();
    // SAFETY: the lists are the driver's until they are completed.
    unsafe {
        let second = (*lists).Next;
        (*lists).Next = null_mut();
        SECOND.store(second, Ordering::Relaxed);
        let none = null_mut();
        PsCreateSystemThread(&mut handle, 0, none, none, none, completes_late, none);
        ZwClose(handle);
    }
}

unsafe extern "system" fn completes_late(_: *mut c_void) {
    // SAFETY: the second list, not completed yet.
    unsafe {
        sleep(20_000);
        let second = SECOND.load(Ordering::Relaxed);
        NdisMSendNetBufferListsComplete(ADAPTER.load(Ordering::Relaxed), second, 0);
    }
}

unsafe extern "win64" fn return_lists(_: PVOID, _: *mut NET_BUFFER_LIST, _: u32) {}

unsafe extern "win64" fn cancel(_: PVOID, _: PVOID) {}

unsafe extern "win64" fn pnp_event(_: PVOID, _: *mut NET_DEVICE_PNP_EVENT) {}

unsafe extern "win64" fn shutdown(_: PVOID, _: NDIS_SHUTDOWN_ACTION) {}

unsafe extern "win64" fn changed(_: PVOID, _: *mut MIB_UNICASTIPADDRESS_ROW, _: i32) {}

fn notification_left() {
    let mut handle = null_mut();
    // SAFETY: not cancelled on purpose.
    unsafe {
        NotifyUnicastIpAddressChange(AF_UNSPEC, Some(changed), null_mut(), 0, &mut handle);
    }
}

fn notification_unknown() {
    // SAFETY: no handle, on purpose.
    unsafe { CancelMibChangeNotify2(0x1230 as PVOID) };
}

fn table_twice() {
    let mut table = null_mut();
    // SAFETY: freed twice on purpose.
    unsafe {
        GetUnicastIpAddressTable(AF_UNSPEC, &mut table);
        FreeMibTable(table.cast());
        FreeMibTable(table.cast());
    }
}
