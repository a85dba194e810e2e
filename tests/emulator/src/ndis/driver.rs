//! Registration of a miniport driver: NDIS-REG-02..05, NDK-NDIS-01.

use crate::sync::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys::*;

use super::chimney::{Provider, set_handlers};
use super::{State, succeeded};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DRIVER_OBJECT, PASSIVE_LEVEL};

/// A registered miniport driver. Its address is the handle the driver gets.
pub(crate) struct MiniportDriver {
    object: usize,
    pub(super) context: PVOID,
    pub(super) handlers: NDIS_MINIPORT_DRIVER_CHARACTERISTICS,
    in_set_options: AtomicBool,
    ndk: Mutex<Option<NDIS_NDK_PROVIDER_CHARACTERISTICS>>,
    pub(super) provider: Mutex<Provider>,
}

// SAFETY: the pointers are the driver's own, which it uses from any thread.
unsafe impl Send for MiniportDriver {}
// SAFETY: as above.
unsafe impl Sync for MiniportDriver {}

impl MiniportDriver {
    pub(super) fn ndk(&self) -> Option<NDIS_NDK_PROVIDER_CHARACTERISTICS> {
        *self.ndk.lock()
    }

    /// Whether its handlers lie in `[base, end)`.
    pub(super) fn is_within(&self, base: usize, end: usize) -> bool {
        self.handlers
            .InitializeHandlerEx
            .is_some_and(|handler| (base..end).contains(&(handler as usize)))
    }
}

/// PASSIVE_LEVEL, in DriverEntry. Calls the driver's SetOptions before it returns (NDIS-REG-04).
pub(super) unsafe extern "win64" fn NdisMRegisterMiniportDriver(
    object: PDRIVER_OBJECT,
    _registry_path: *mut UNICODE_STRING,
    context: PVOID,
    characteristics: *mut NDIS_MINIPORT_DRIVER_CHARACTERISTICS,
    handle: *mut NDIS_HANDLE,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisMRegisterMiniportDriver", PASSIVE_LEVEL);
    // SAFETY: the driver passes its characteristics; the size says how long they are.
    let handlers = unsafe { read_characteristics(characteristics) };
    check_handlers(&handlers);
    if thread.machine.ndis.fails("NdisMRegisterMiniportDriver") {
        return NDIS_STATUS_RESOURCES;
    }
    let driver = Arc::new(MiniportDriver {
        object: object as usize,
        context,
        handlers,
        in_set_options: AtomicBool::new(true),
        ndk: Mutex::new(None),
        provider: Mutex::default(),
    });
    let address: NDIS_HANDLE = Arc::as_ptr(&driver).cast_mut().cast();
    thread.machine.ndis.drivers().push(Arc::clone(&driver));
    let status = match driver.handlers.SetOptionsHandler {
        None => NDIS_STATUS_SUCCESS,
        Some(set_options) => bridge::callback("MiniportSetOptions", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { set_options(address, context) }
        }),
    };
    driver.in_set_options.store(false, Ordering::Release);
    if !succeeded(status) {
        forget(&thread.machine.ndis, &driver);
        return status;
    }
    // SAFETY: the driver passes its driver object and an out parameter.
    unsafe {
        (*object.cast::<DRIVER_OBJECT>()).DriverUnload = Some(unload);
        handle.write(address);
    }
    NDIS_STATUS_SUCCESS
}

/// Reads as many bytes as the header says: the structure grew with the versions.
unsafe fn read_characteristics(
    from: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS,
) -> NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
    // SAFETY: every version begins with the header.
    let header = unsafe { (*from).Header };
    let sizes = [
        (
            NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
            NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
        ),
        (
            NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2,
            NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2,
        ),
        (
            NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
            NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
        ),
    ];
    let known = sizes
        .iter()
        .any(|&(revision, size)| header.Revision == revision && header.Size >= size);
    if header.Type != NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS || !known {
        violation(
            "NDIS-REG-02",
            &format!(
                "miniport characteristics of type {:#x}, revision {}, size {:#x}",
                header.Type, header.Revision, header.Size
            ),
        );
    }
    let mut all = NDIS_MINIPORT_DRIVER_CHARACTERISTICS::default();
    let length = usize::from(header.Size).min(size_of_val(&all));
    // SAFETY: the header vouches for the length; the copy is as long.
    unsafe {
        std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut all).cast::<u8>(), length)
    };
    all
}

/// NDIS-REG-02, NDIS-REG-03, NDIS-REG-05.
fn check_handlers(handlers: &NDIS_MINIPORT_DRIVER_CHARACTERISTICS) {
    if handlers.MajorNdisVersion != 6 || handlers.MinorNdisVersion < 30 {
        violation(
            "NDIS-REG-02",
            &format!(
                "NDIS {}.{}: NDK needs 6.30",
                handlers.MajorNdisVersion, handlers.MinorNdisVersion
            ),
        );
    }
    let mandatory = [
        (
            "InitializeHandlerEx",
            handlers.InitializeHandlerEx.is_some(),
        ),
        ("HaltHandlerEx", handlers.HaltHandlerEx.is_some()),
        ("UnloadHandler", handlers.UnloadHandler.is_some()),
        ("PauseHandler", handlers.PauseHandler.is_some()),
        ("RestartHandler", handlers.RestartHandler.is_some()),
        ("OidRequestHandler", handlers.OidRequestHandler.is_some()),
        (
            "CancelOidRequestHandler",
            handlers.CancelOidRequestHandler.is_some(),
        ),
        (
            "SendNetBufferListsHandler",
            handlers.SendNetBufferListsHandler.is_some(),
        ),
        (
            "ReturnNetBufferListsHandler",
            handlers.ReturnNetBufferListsHandler.is_some(),
        ),
        ("CancelSendHandler", handlers.CancelSendHandler.is_some()),
        (
            "DevicePnPEventNotifyHandler",
            handlers.DevicePnPEventNotifyHandler.is_some(),
        ),
        ("ShutdownHandlerEx", handlers.ShutdownHandlerEx.is_some()),
    ];
    if let Some((name, _)) = mandatory.iter().find(|(_, present)| !present) {
        violation("NDIS-REG-03", &format!("the mandatory {name} is null"));
    }
    if handlers.DirectOidRequestHandler.is_some()
        != handlers.CancelDirectOidRequestHandler.is_some()
    {
        violation(
            "NDIS-REG-05",
            "DirectOidRequest and CancelDirectOidRequest are not registered together",
        );
    }
}

/// The `DriverUnload` of a miniport driver is NDIS's: it calls the driver's own.
unsafe extern "win64" fn unload(object: *mut DRIVER_OBJECT) {
    let thread = thread::enter("DriverUnload", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let driver = ndis
        .drivers()
        .iter()
        .find(|driver| driver.object == object as usize)
        .cloned();
    let Some(driver) = driver else { return };
    if let Some(handler) = driver.handlers.UnloadHandler {
        bridge::callback("MiniportUnload", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(object.cast()) }
        });
    }
    if ndis
        .drivers()
        .iter()
        .any(|other| Arc::ptr_eq(other, &driver))
    {
        violation(
            "NDIS-REG-08",
            "MiniportUnload did not call NdisMDeregisterMiniportDriver",
        );
    }
}

fn forget(ndis: &State, driver: &Arc<MiniportDriver>) {
    ndis.drivers().retain(|other| !Arc::ptr_eq(other, driver));
}

/// PASSIVE_LEVEL. All adapters are halted (NDIS-REG-08).
pub(super) unsafe extern "win64" fn NdisMDeregisterMiniportDriver(handle: NDIS_HANDLE) {
    let thread = thread::enter("NdisMDeregisterMiniportDriver", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let driver = ndis.driver(handle, "NdisMDeregisterMiniportDriver");
    if ndis
        .adapters()
        .iter()
        .any(|adapter| Arc::ptr_eq(&adapter.driver, &driver))
    {
        violation(
            "NDIS-REG-08",
            "NdisMDeregisterMiniportDriver while an adapter is not halted",
        );
    }
    forget(ndis, &driver);
}

/// PASSIVE_LEVEL, inside SetOptions.
pub(super) unsafe extern "win64" fn NdisSetOptionalHandlers(
    handle: NDIS_HANDLE,
    handlers: *mut NDIS_OBJECT_HEADER,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisSetOptionalHandlers", PASSIVE_LEVEL);
    // SAFETY: every optional handler structure begins with the header.
    if let Some(status) = unsafe { set_handlers(&thread.machine.ndis, handle, handlers) } {
        return status;
    }
    let driver = thread
        .machine
        .ndis
        .driver(handle, "NdisSetOptionalHandlers");
    if !driver.in_set_options.load(Ordering::Acquire) {
        violation(
            "NDIS-REG-04",
            "NdisSetOptionalHandlers outside of SetOptions",
        );
    }
    if crate::sched::fails("NdisSetOptionalHandlers") {
        return NDIS_STATUS_RESOURCES;
    }
    // SAFETY: every optional handler structure begins with the header.
    let header = unsafe { *handlers };
    if header.Type != NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    // SAFETY: the type says what the structure is; the size is checked below.
    let ndk = unsafe {
        handlers
            .cast::<NDIS_NDK_PROVIDER_CHARACTERISTICS>()
            .read_unaligned()
    };
    let complete = ndk.OpenNDKAdapterHandler.is_some() && ndk.CloseNDKAdapterHandler.is_some();
    let right_size = header.Size >= NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1;
    if header.Revision != NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1
        || !right_size
        || ndk.Flags != 0
        || !complete
    {
        violation(
            "NDK-NDIS-01",
            "NDK provider characteristics with a wrong header, flags, or a null handler",
        );
    }
    *driver.ndk.lock() = Some(ndk);
    NDIS_STATUS_SUCCESS
}
