//! A protocol that does the least a protocol must, but for one flaw.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use crate::Case;
use crate::chimney;
use crate::kernel::{ExFreePool, IoAllocateMdl, IoFreeMdl, MmBuildMdlForNonPagedPool};
use crate::sys::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("protocol-nothing", register),
    ("protocol-wrong-type", || with(Flaw::WrongType)),
    ("protocol-no-receive", || with(Flaw::NoReceive)),
    ("protocol-wrong-name", || with(Flaw::WrongName)),
    ("protocol-left-registered", || with(Flaw::LeftRegistered)),
    ("protocol-unknown", || unknown()),
    ("protocol-opens-outside", || with(Flaw::OpensOutside)),
    ("protocol-binds-unopened", || with(Flaw::BindsUnopened)),
    ("protocol-enumerates-inside", || {
        with(Flaw::EnumeratesInside)
    }),
    ("protocol-filter-left", || with(Flaw::FilterLeft)),
    ("protocol-used-after-close", || with(Flaw::UsedAfterClose)),
    ("protocol-unbinds-open", || with(Flaw::UnbindsOpen)),
    ("protocol-sends-paused", || with(Flaw::SendsPaused)),
    ("protocol-pauses-early", || with(Flaw::PausesEarly)),
    ("protocol-event-refused", || with(Flaw::EventRefused)),
    ("protocol-event-unasked", || with(Flaw::EventUnasked)),
    ("protocol-returns-twice", || with(Flaw::ReturnsTwice)),
    ("protocol-returns-resources", || {
        with(Flaw::ReturnsResources)
    }),
    ("protocol-returns-changed", || with(Flaw::ReturnsChanged)),
    ("protocol-unlinks-resources", || {
        with(Flaw::UnlinksResources)
    }),
    ("protocol-sends-foreign", || with(Flaw::SendsForeign)),
    ("protocol-asks-unoffered", || with(Flaw::AsksUnoffered)),
    ("protocol-asks-early", || with(Flaw::AsksEarly)),
    ("protocol-sends-nothing", || with(Flaw::SendsNothing)),
    ("protocol-sends-at-no-dispatch", || {
        with(Flaw::SendsAtNoDispatch)
    }),
    ("protocol-frees-twice", || with(Flaw::FreesTwice)),
    ("protocol-pool-left", || with(Flaw::PoolLeft)),
    ("protocol-request-wrong", || with(Flaw::RequestWrong)),
    ("protocol-request-freed-twice", || {
        with(Flaw::RequestFreedTwice)
    }),
    ("protocol-request-asleep", || with(Flaw::RequestAsleep)),
];

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum Flaw {
    None,
    WrongType,
    NoReceive,
    WrongName,
    LeftRegistered,
    OpensOutside,
    BindsUnopened,
    EnumeratesInside,
    FilterLeft,
    UsedAfterClose,
    UnbindsOpen,
    SendsPaused,
    PausesEarly,
    EventRefused,
    EventUnasked,
    ReturnsTwice,
    ReturnsResources,
    ReturnsChanged,
    UnlinksResources,
    SendsForeign,
    AsksUnoffered,
    AsksEarly,
    SendsNothing,
    SendsAtNoDispatch,
    FreesTwice,
    PoolLeft,
    RequestWrong,
    RequestFreedTwice,
    RequestAsleep,
}

static FLAW: AtomicI32 = AtomicI32::new(0);
static HANDLE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static BINDING: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static POOL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Where an MDL says its address.
const MAPPED_SYSTEM_VA: usize = 24;

fn has(flaw: Flaw) -> bool {
    FLAW.load(Ordering::Relaxed) == flaw as i32
}

pub(crate) fn binding() -> NDIS_HANDLE {
    BINDING.load(Ordering::Relaxed)
}

fn unknown() {
    // SAFETY: no handle, on purpose.
    unsafe { NdisDeregisterProtocolDriver(0x1230 as NDIS_HANDLE) };
}

/// Registers the protocol, without a flaw of its own.
pub(crate) fn register() {
    with(Flaw::None);
}

/// Registers the protocol with that flaw.
fn with(flaw: Flaw) {
    FLAW.store(flaw as i32, Ordering::Relaxed);
    let mut name = [0_u16; 11];
    for (unit, byte) in name.iter_mut().zip(*b"bad-drivers") {
        *unit = byte.into();
    }
    if has(Flaw::WrongName) {
        name[0] = u16::from(b'd');
    }
    let mut wanted = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: match has(Flaw::WrongType) {
                true => NDIS_OBJECT_TYPE_DEFAULT,
                false => NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
            },
            Revision: NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
            Size: NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
        },
        MajorNdisVersion: 6,
        MinorNdisVersion: 80,
        Name: UNICODE_STRING {
            Length: 22,
            MaximumLength: 22,
            Buffer: name.as_mut_ptr(),
        },
        SetOptionsHandler: chimney::protocol_options(),
        BindAdapterHandlerEx: Some(bind),
        UnbindAdapterHandlerEx: Some(unbind),
        OpenAdapterCompleteHandlerEx: Some(opened),
        CloseAdapterCompleteHandlerEx: Some(closed),
        NetPnPEventHandler: Some(event),
        OidRequestCompleteHandler: Some(requested),
        StatusHandlerEx: Some(status),
        ReceiveNetBufferListsHandler: match has(Flaw::NoReceive) {
            true => None,
            false => Some(receive),
        },
        SendNetBufferListsCompleteHandler: Some(sent),
        ..Default::default()
    };
    let mut handle = null_mut();
    // SAFETY: all arguments are local.
    unsafe {
        make_pool();
        NdisRegisterProtocolDriver(null_mut(), &mut wanted, &mut handle);
        HANDLE.store(handle, Ordering::Relaxed);
        if has(Flaw::OpensOutside) {
            open(null_mut(), null_mut());
        }
    }
}

unsafe fn make_pool() {
    let mut pool = NET_BUFFER_LIST_POOL_PARAMETERS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_DEFAULT,
            Revision: NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
            Size: NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
        },
        fAllocateNetBuffer: 1,
        PoolTag: u32::from_le_bytes(*b"BadP"),
        ..Default::default()
    };
    // SAFETY: the parameters are local.
    let pool = unsafe { NdisAllocateNetBufferListPool(null_mut(), &mut pool) };
    POOL.store(pool, Ordering::Relaxed);
}

/// What `DriverUnload` has to undo.
pub(crate) fn unload() {
    let handle = HANDLE.load(Ordering::Relaxed);
    // SAFETY: the handles from registration.
    unsafe {
        if !handle.is_null() && !has(Flaw::LeftRegistered) {
            NdisDeregisterProtocolDriver(handle);
        }
        if !handle.is_null() && !has(Flaw::PoolLeft) {
            NdisFreeNetBufferListPool(POOL.load(Ordering::Relaxed));
        }
    }
}

unsafe fn open(context: NDIS_HANDLE, name: *mut UNICODE_STRING) -> NDIS_STATUS {
    let (mut medium, mut index, mut handle) = (NdisMedium802_3, 0, null_mut());
    let mut wanted = NDIS_OPEN_PARAMETERS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_OPEN_PARAMETERS,
            Revision: NDIS_OPEN_PARAMETERS_REVISION_1,
            Size: NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1,
        },
        AdapterName: name,
        MediumArray: &mut medium,
        MediumArraySize: 1,
        SelectedMediumIndex: &mut index,
        ..Default::default()
    };
    let protocol = HANDLE.load(Ordering::Relaxed);
    // SAFETY: the NIC opens inside the call.
    unsafe {
        let status = NdisOpenAdapterEx(protocol, null_mut(), &mut wanted, context, &mut handle);
        BINDING.store(handle, Ordering::Relaxed);
        status
    }
}

unsafe extern "win64" fn bind(
    _: NDIS_HANDLE,
    context: NDIS_HANDLE,
    parameters: *mut NDIS_BIND_PARAMETERS,
) -> NDIS_STATUS {
    if has(Flaw::BindsUnopened) {
        return NDIS_STATUS_SUCCESS;
    }
    // SAFETY: NDIS passes parameters.
    if chimney::declines(unsafe { &*parameters }) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    // SAFETY: NDIS passes parameters; the NIC answers inside its calls.
    unsafe {
        if has(Flaw::EnumeratesInside) {
            NdisReEnumerateProtocolBindings(HANDLE.load(Ordering::Relaxed));
        }
        let opened = open(context, (*parameters).AdapterName);
        if opened != NDIS_STATUS_SUCCESS {
            return opened;
        }
        if has(Flaw::SendsPaused) {
            send();
        }
        if has(Flaw::EventUnasked) {
            NdisCompleteNetPnPEvent(binding(), null_mut(), NDIS_STATUS_SUCCESS);
        }
        set_filter(NDIS_PACKET_TYPE_PROMISCUOUS);
    }
    NDIS_STATUS_SUCCESS
}

unsafe fn set_filter(filter: u32) {
    let mut filter = filter;
    let mut request = NDIS_OID_REQUEST {
        Header: NDIS_OBJECT_HEADER {
            Type: match has(Flaw::RequestWrong) {
                true => NDIS_OBJECT_TYPE_DEFAULT,
                false => NDIS_OBJECT_TYPE_OID_REQUEST,
            },
            Revision: NDIS_OID_REQUEST_REVISION_1,
            Size: NDIS_SIZEOF_OID_REQUEST_REVISION_1,
        },
        RequestType: NdisRequestSetInformation,
        ..Default::default()
    };
    request.DATA.SET_INFORMATION = NDIS_OID_REQUEST_SET {
        Oid: OID_GEN_CURRENT_PACKET_FILTER,
        InformationBuffer: (&raw mut filter).cast(),
        InformationBufferLength: 4,
        ..Default::default()
    };
    let mut clone = null_mut();
    // SAFETY: the NIC answers inside the call.
    unsafe {
        NdisOidRequest(binding(), &mut request);
        if has(Flaw::RequestFreedTwice) {
            NdisAllocateCloneOidRequest(binding(), &mut request, 0x4443_4241, &mut clone);
            NdisFreeCloneOidRequest(binding(), clone);
            NdisFreeCloneOidRequest(binding(), clone);
        }
    }
}

unsafe extern "win64" fn unbind(_: NDIS_HANDLE, _: NDIS_HANDLE) -> NDIS_STATUS {
    if has(Flaw::UnbindsOpen) {
        return NDIS_STATUS_SUCCESS;
    }
    // SAFETY: the open binding.
    unsafe {
        if !has(Flaw::FilterLeft) {
            set_filter(0);
        }
        NdisCloseAdapterEx(binding());
        if has(Flaw::UsedAfterClose) {
            NdisCancelSendNetBufferLists(binding(), null_mut());
        }
    }
    NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn opened(_: NDIS_HANDLE, _: NDIS_STATUS) {}

unsafe extern "win64" fn closed(_: NDIS_HANDLE) {}

unsafe extern "win64" fn requested(_: NDIS_HANDLE, _: *mut NDIS_OID_REQUEST, _: NDIS_STATUS) {}

unsafe extern "win64" fn status(_: NDIS_HANDLE, _: *mut NDIS_STATUS_INDICATION) {
    if has(Flaw::RequestAsleep) {
        // SAFETY: the open binding.
        unsafe { set_filter(0) };
    }
}

unsafe extern "win64" fn event(
    _: NDIS_HANDLE,
    notification: *mut NET_PNP_EVENT_NOTIFICATION,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes a notification; the binding is open.
    unsafe {
        match (*notification).NetPnPEvent.NetEvent {
            NetEventRestart => send(),
            NetEventPause => chimney::pauses(),
            NetEventQueryPower if has(Flaw::EventRefused) => return NDIS_STATUS_NOT_SUPPORTED,
            _ => {}
        }
    }
    NDIS_STATUS_SUCCESS
}

/// Sends a broadcast frame.
unsafe fn send() {
    let pool = POOL.load(Ordering::Relaxed);
    // SAFETY: the list is this driver's until it is sent.
    unsafe {
        let data = crate::kernel::pool(60);
        data.write_bytes(0xFF, 60);
        let mdl = IoAllocateMdl(data, 60, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(mdl);
        let length = if has(Flaw::SendsNothing) { 0 } else { 60 };
        let list = NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, mdl.cast(), 0, length);
        (*list).SourceHandle = match has(Flaw::SendsForeign) {
            true => pool,
            false => binding(),
        };
        let beside = &raw mut (*list).NetBufferListInfo;
        if has(Flaw::AsksUnoffered) {
            // A large send of version 1.
            (*beside)[TcpLargeSendNetBufferListInfo] = 1400 as PVOID;
        }
        if has(Flaw::AsksEarly) {
            // IPv4, and TCP's checksum: nobody said how frames begin.
            (*beside)[TcpIpChecksumNetBufferListInfo] = 0b101 as PVOID;
        }
        let flags = match has(Flaw::SendsAtNoDispatch) {
            true => NDIS_SEND_FLAGS_DISPATCH_LEVEL,
            false => 0,
        };
        NdisSendNetBufferLists(binding(), list, 0, flags);
    }
}

unsafe extern "win64" fn sent(_: NDIS_HANDLE, lists: *mut NET_BUFFER_LIST, _: u32) {
    let mut next = lists;
    // SAFETY: the lists are this driver's again, one net buffer and MDL each.
    unsafe {
        while !next.is_null() {
            let list = next;
            next = (*list).Next;
            let mdl = (*(*list).FirstNetBuffer).MdlChain.cast::<u8>();
            NdisFreeNetBufferList(list);
            if has(Flaw::FreesTwice) {
                NdisFreeNetBufferList(list);
            }
            let data = mdl.add(MAPPED_SYSTEM_VA).cast::<*mut u8>().read();
            IoFreeMdl(mdl);
            ExFreePool(data);
        }
    }
}

unsafe extern "win64" fn receive(
    _: NDIS_HANDLE,
    lists: *mut NET_BUFFER_LIST,
    _: u32,
    _: u32,
    flags: u32,
) {
    // SAFETY: the lists are lent to this driver.
    unsafe {
        let keeps = flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0;
        if !keeps {
            if has(Flaw::UnlinksResources) {
                (*(*lists).FirstNetBuffer).DataOffset += 1;
            }
            if has(Flaw::ReturnsResources) {
                NdisReturnNetBufferLists(binding(), lists, 0);
                // No tail call: this function is to be seen on the stack.
                core::hint::black_box([0_u8; 16]);
            }
            return;
        }
        if has(Flaw::PausesEarly) {
            return;
        }
        if has(Flaw::ReturnsChanged) {
            (*(*lists).FirstNetBuffer).stDataLength -= 1;
        }
        NdisReturnNetBufferLists(binding(), lists, 0);
        if has(Flaw::ReturnsTwice) {
            NdisReturnNetBufferLists(binding(), lists, 0);
            // As above.
            core::hint::black_box([0_u8; 16]);
        }
    }
}
