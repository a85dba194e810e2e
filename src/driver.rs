//! Load and unload, in order and in reverse.
//!
//! `DriverEntry` registers with WSK, then with NDIS; `unload` deregisters in reverse. What is below
//! starts with an adapter (`MiniportInitializeEx`) and ends with it, so at unload nothing is left.

use wdk_sys::{DRIVER_OBJECT, NTSTATUS, PCUNICODE_STRING};

use crate::{
    ndis,
    nt::{Result, SpinLock, Status, event_log, log::log, trace},
    wsk::Client,
};

/// The crates of the `wdk` family want an allocator; nothing here allocates through it.
#[global_allocator]
static ALLOCATOR: wdk_alloc::WdkAllocator = wdk_alloc::WdkAllocator;

use wdk_panic as _;

/// What the driver holds from load to unload. Field order is teardown order: the adapters' driver
/// goes before the sockets they used (NDIS-REG-08, WSK-REG-02), and what tells of them last.
struct Driver {
    _miniport: ndis::Registration,
    _client: Client,
    _trace: trace::Registration,
    _source: event_log::Source,
}

static DRIVER: SpinLock<Option<Driver>> = SpinLock::new(None);

/// The image's entry point. `PASSIVE_LEVEL`.
///
/// # Safety
///
/// Only the kernel calls it, once, with its driver object and the path of the driver's service key.
// SAFETY: the linker names this symbol as the entry point; nothing else of the image has the name.
#[unsafe(export_name = "DriverEntry")]
unsafe extern "system" fn driver_entry(
    driver: &mut DRIVER_OBJECT,
    registry_path: PCUNICODE_STRING,
) -> NTSTATUS {
    // SAFETY: the kernel's own arguments, passed on.
    let result = unsafe { load(driver, registry_path) };
    log!("loaded: {result:?}");
    Status::from(result).to_raw()
}

/// NDIS-REG-07: what was registered before a failure is deregistered by dropping it.
///
/// # Safety
/// As `driver_entry`.
unsafe fn load(driver: *mut DRIVER_OBJECT, registry_path: PCUNICODE_STRING) -> Result<()> {
    // SAFETY: the kernel's own argument.
    let source = unsafe { event_log::Source::open(driver) };
    let trace = trace::Registration::register();
    let client = Client::register().inspect_err(|status| {
        event_log::write(&event_log::WSK_NOT_REGISTERED, &[status]);
    })?;
    // SAFETY: the caller's promise.
    let miniport = unsafe {
        ndis::Registration::register(driver.cast(), registry_path.cast_mut().cast(), unload)?
    };
    *DRIVER.lock() = Some(Driver {
        _miniport: miniport,
        _client: client,
        _trace: trace,
        _source: source,
    });
    Ok(())
}

/// NDIS-REG-08: every adapter is halted already. `PASSIVE_LEVEL`.
///
/// # Safety
/// Called by NDIS, once.
unsafe extern "win64" fn unload(_driver: *mut core::ffi::c_void) {
    // Deregistering waits, so it happens after the lock is released.
    let driver = DRIVER.lock().take();
    drop(driver);
}
