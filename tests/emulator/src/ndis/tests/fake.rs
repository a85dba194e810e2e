//! The small miniport driver. [`Mood`] says which rule it breaks.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use softrnic::sys::*;

use super::super::adapter::{Adapter, AdapterOptions};
use super::super::attributes::NdisMSetMiniportAttributes;
use super::super::configuration::{
    NdisCloseConfiguration, NdisOpenConfigurationEx, NdisReadConfiguration,
};
use super::super::driver::{
    NdisMDeregisterMiniportDriver, NdisMRegisterMiniportDriver, NdisSetOptionalHandlers,
};
use super::super::event::NdisMNetPnPEvent;
use super::super::nbl::NdisMSendNetBufferListsComplete;
use super::super::oid::NdisMOidRequestComplete;
use super::super::slot::NdisMPauseComplete;
use crate::pool::PoolMode;
use crate::wdm::DRIVER_OBJECT;
use crate::{Attachment, Machine, Options};

/// What the driver does wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Good,
    OldVersion,
    NoPauseHandler,
    GeneralFirst,
    NoNdkAttributes,
    LeavesConfigurationOpen,
    PausePends,
    PauseFails,
    OidPends,
    OidCompletedTwice,
    OidWritesTooMuch,
    SetStatePends,
    EventInOid,
    SendCompletedTwice,
    NotRegisteredWithNdk,
}

/// The state the handlers find: tests run in threads of their own.
pub(crate) struct World {
    pub(crate) mood: Mood,
    pub(crate) adapter: AtomicPtr<c_void>,
    pub(crate) keyword: AtomicU32,
}

thread_local! {
    static WORLD: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

pub(crate) fn world() -> Arc<World> {
    WORLD
        .with_borrow(|world| world.clone())
        .expect("a test made one")
}

/// A machine with the driver registered.
pub(crate) struct FakeDriver {
    pub(crate) machine: &'static Machine,
    handle: NDIS_HANDLE,
    _object: Box<DRIVER_OBJECT>,
    _attached: Attachment,
}

unsafe extern "win64" fn no_open(
    _: PVOID,
    _: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    _: *mut *mut NDK_ADAPTER,
) -> i32 {
    NDIS_STATUS_ADAPTER_NOT_READY
}

unsafe extern "win64" fn no_close(_: PVOID, _: *mut NDK_ADAPTER) {}

impl FakeDriver {
    pub(crate) fn new(mood: Mood) -> Self {
        let machine = Machine::new(Options {
            pool: PoolMode::Special,
            ..Options::default()
        });
        let attached = machine.attach();
        let world = World {
            mood,
            adapter: AtomicPtr::default(),
            keyword: AtomicU32::new(u32::MAX),
        };
        WORLD.set(Some(Arc::new(world)));
        // SAFETY: all fields are integers, nullable pointers or `Option` of functions.
        let mut object: Box<DRIVER_OBJECT> = Box::new(unsafe { std::mem::zeroed() });
        let mut characteristics = characteristics(mood);
        let mut handle = std::ptr::null_mut();
        let place: *mut DRIVER_OBJECT = &raw mut *object;
        // SAFETY: as documented.
        let status = unsafe {
            NdisMRegisterMiniportDriver(
                place.cast(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                &raw mut characteristics,
                &raw mut handle,
            )
        };
        assert_eq!(status, NDIS_STATUS_SUCCESS);
        Self {
            machine,
            handle,
            _object: object,
            _attached: attached,
        }
    }

    pub(crate) fn start(&self, options: AdapterOptions) -> Result<Adapter, NDIS_STATUS> {
        let driver = self
            .machine
            .ndis
            .drivers()
            .first()
            .cloned()
            .expect("registered");
        Adapter::start(self.machine, driver, options)
    }

    pub(crate) fn finish(self) {
        // SAFETY: registered by `new`, all adapters halted.
        unsafe { NdisMDeregisterMiniportDriver(self.handle) };
    }
}

fn characteristics(mood: Mood) -> NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
            Revision: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
            Size: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
        },
        MajorNdisVersion: 6,
        MinorNdisVersion: if mood == Mood::OldVersion { 20 } else { 80 },
        SetOptionsHandler: Some(set_options),
        InitializeHandlerEx: Some(initialize),
        HaltHandlerEx: Some(halt),
        UnloadHandler: Some(unload),
        PauseHandler: if mood == Mood::NoPauseHandler {
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
        ..Default::default()
    }
}

unsafe extern "win64" fn set_options(handle: NDIS_HANDLE, _: PVOID) -> NDIS_STATUS {
    let world = world();
    if world.mood == Mood::NotRegisteredWithNdk {
        return NDIS_STATUS_SUCCESS;
    }
    let mut ndk = NDIS_NDK_PROVIDER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS,
            Revision: NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
            Size: NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1,
        },
        Flags: 0,
        OpenNDKAdapterHandler: Some(no_open),
        CloseNDKAdapterHandler: Some(no_close),
    };
    // SAFETY: as documented.
    unsafe { NdisSetOptionalHandlers(handle, (&raw mut ndk).cast()) }
}

unsafe extern "win64" fn initialize(
    handle: NDIS_HANDLE,
    _: PVOID,
    _: *mut NDIS_MINIPORT_INIT_PARAMETERS,
) -> NDIS_STATUS {
    let world = world();
    world.adapter.store(handle, Ordering::Release);
    read_keyword(handle, &world);
    if world.mood == Mood::GeneralFirst {
        set_general(handle);
    }
    let mut registration = NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2,
        },
        MiniportAdapterContext: handle,
        ..Default::default()
    };
    // SAFETY: as documented.
    unsafe { NdisMSetMiniportAttributes(handle, (&raw mut registration).cast()) };
    set_general(handle);
    if world.mood != Mood::NoNdkAttributes {
        set_ndk(handle);
    }
    NDIS_STATUS_SUCCESS
}

fn set_general(handle: NDIS_HANDLE) {
    let mut oids = [
        OID_NDK_SET_STATE,
        OID_NDK_STATISTICS,
        OID_NDK_CONNECTIONS,
        OID_NDK_LOCAL_ENDPOINTS,
    ];
    let mut general = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
        },
        SupportedOidList: oids.as_mut_ptr(),
        SupportedOidListLength: size_of_val(&oids) as u32,
        ..Default::default()
    };
    // SAFETY: as documented.
    unsafe { NdisMSetMiniportAttributes(handle, (&raw mut general).cast()) };
}

fn set_ndk(handle: NDIS_HANDLE) {
    let mut info = NDK_ADAPTER_INFO::default();
    let mut capabilities = NDIS_NDK_CAPABILITIES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_DEFAULT,
            Revision: NDIS_NDK_CAPABILITIES_REVISION_1,
            Size: NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1,
        },
        NdkInfo: &raw mut info,
        ..Default::default()
    };
    let mut ndk = NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
            Revision: NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
            Size: NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
        },
        Enabled: 1,
        NdkCapabilities: &raw mut capabilities,
    };
    // SAFETY: as documented.
    unsafe { NdisMSetMiniportAttributes(handle, (&raw mut ndk).cast()) };
}

fn read_keyword(handle: NDIS_HANDLE, world: &World) {
    let mut object = NDIS_CONFIGURATION_OBJECT {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT,
            Revision: NDIS_CONFIGURATION_OBJECT_REVISION_1,
            Size: NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1,
        },
        NdisHandle: handle,
        Flags: 0,
    };
    let mut units: Vec<u16> = "*NetworkDirect".encode_utf16().collect();
    let bytes = (units.len() * 2) as u16;
    let mut name = UNICODE_STRING {
        Length: bytes,
        MaximumLength: bytes,
        Buffer: units.as_mut_ptr(),
    };
    let (mut open, mut status, mut value) = (std::ptr::null_mut(), 0, std::ptr::null_mut());
    // SAFETY: as documented.
    unsafe {
        assert_eq!(
            NdisOpenConfigurationEx(&raw mut object, &raw mut open),
            NDIS_STATUS_SUCCESS
        );
        NdisReadConfiguration(
            &raw mut status,
            &raw mut value,
            open,
            &raw mut name,
            NdisParameterInteger,
        );
        if status == NDIS_STATUS_SUCCESS {
            world
                .keyword
                .store((*value).ParameterData.IntegerData, Ordering::Release);
        }
        if world.mood != Mood::LeavesConfigurationOpen {
            NdisCloseConfiguration(open);
        }
    }
}

unsafe extern "win64" fn halt(_: PVOID, _: NDIS_HALT_ACTION) {}

unsafe extern "win64" fn unload(_: PDRIVER_OBJECT) {}

unsafe extern "win64" fn pause(
    context: PVOID,
    _: *mut NDIS_MINIPORT_PAUSE_PARAMETERS,
) -> NDIS_STATUS {
    match world().mood {
        Mood::PausePends => {
            // SAFETY: the context is the handle; completing before returning is allowed.
            unsafe { NdisMPauseComplete(context) };
            NDIS_STATUS_PENDING
        }
        Mood::PauseFails => NDIS_STATUS_FAILURE,
        _ => NDIS_STATUS_SUCCESS,
    }
}

unsafe extern "win64" fn restart(
    _: PVOID,
    _: *mut NDIS_MINIPORT_RESTART_PARAMETERS,
) -> NDIS_STATUS {
    NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn oid_request(
    context: PVOID,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    // SAFETY: NDIS passes a request; query and set have one layout.
    let query = unsafe { &mut (*request).DATA.QUERY_INFORMATION };
    let complete = |status| {
        // SAFETY: the context is the handle.
        unsafe { NdisMOidRequestComplete(context, request, status) };
    };
    match world().mood {
        Mood::OidPends => {
            complete(NDIS_STATUS_SUCCESS);
            return NDIS_STATUS_PENDING;
        }
        Mood::OidCompletedTwice => {
            complete(NDIS_STATUS_SUCCESS);
            return NDIS_STATUS_SUCCESS;
        }
        Mood::SetStatePends if query.Oid == OID_NDK_SET_STATE => return NDIS_STATUS_PENDING,
        Mood::EventInOid => {
            let mut event = NET_PNP_EVENT_NOTIFICATION::default();
            // SAFETY: the context is the handle.
            unsafe { NdisMNetPnPEvent(context, &raw mut event) };
        }
        Mood::OidWritesTooMuch => {
            // SAFETY: wrong on purpose: one byte behind the buffer, which the guard takes.
            unsafe {
                *query
                    .InformationBuffer
                    .cast::<u8>()
                    .add(query.InformationBufferLength as usize) = 0
            };
        }
        _ => {}
    }
    if query.Oid != OID_GEN_VENDOR_ID {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    if query.InformationBufferLength < 4 {
        query.BytesNeeded = 4;
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    // SAFETY: the buffer has four bytes.
    unsafe {
        query
            .InformationBuffer
            .cast::<u32>()
            .write_unaligned(0x0055_AA00)
    };
    query.BytesWritten = 4;
    NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn send(context: PVOID, lists: *mut NET_BUFFER_LIST, _: u32, _: u32) {
    // SAFETY: NDIS passes lists; the context is the handle.
    unsafe {
        let mut next = lists;
        while !next.is_null() {
            (*next).Status = NDIS_STATUS_MEDIA_DISCONNECTED;
            next = (*next).Next;
        }
        NdisMSendNetBufferListsComplete(context, lists, 0);
        if world().mood == Mood::SendCompletedTwice {
            NdisMSendNetBufferListsComplete(context, lists, 0);
        }
    }
}

unsafe extern "win64" fn return_lists(_: PVOID, _: *mut NET_BUFFER_LIST, _: u32) {}

unsafe extern "win64" fn cancel(_: PVOID, _: PVOID) {}

unsafe extern "win64" fn pnp_event(_: PVOID, _: *mut NET_DEVICE_PNP_EVENT) {}

unsafe extern "win64" fn shutdown(_: PVOID, _: NDIS_SHUTDOWN_ACTION) {}
