//! The least driver over Winsock Kernel: what any driver's messages cost before it does anything of its own.
//!
//! The values of its service key say what it does (`settings`). A server listens in `DriverEntry`, tells its port and serves one
//! connection, or answers many; a client connects, moves messages for as long as it was told, and has told what came of it when `DriverEntry`
//! returns. Everything else happens in WSK's callbacks, as in a driver that waits for nobody.

#![no_std]
#![cfg(target_os = "windows")]

extern crate wdk_sys;

mod block;
mod calls;
mod connection;
mod consumer;
mod events;
mod frame;
mod outgoing;
mod registry;
mod settings;
mod socket;
mod table;

#[path = "../../../../src/crc32c.rs"]
#[expect(unreachable_pub, reason = "the driver that ships shows it to its tests")]
mod crc32c;
#[path = "../../../../src/sys/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::upper_case_acronyms,
    reason = "a driver of WSK needs a part of it"
)]
mod sys;

use core::{
    ptr::null_mut,
    sync::atomic::{AtomicPtr, Ordering},
};

use wdk_sys::{DRIVER_OBJECT, NTSTATUS, PCUNICODE_STRING, STATUS_SUCCESS};

use calls::Answering;
use connection::Connection;
use settings::{Settings, Work};

/// What the server serves, from `DriverEntry` to unload. A client's is over when `DriverEntry` returns, unless a consumer
/// has its queues.
static SERVED: AtomicPtr<Connection> = AtomicPtr::new(null_mut());

/// What answers calls, if that is the work.
static ANSWERING: AtomicPtr<Answering> = AtomicPtr::new(null_mut());

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
    driver.DriverUnload = Some(unload);
    // SAFETY: the kernel's own argument.
    let result = unsafe { start(registry_path) };
    settle();
    result.err().unwrap_or(STATUS_SUCCESS)
}

/// # Safety
/// As `driver_entry`.
unsafe fn start(registry_path: PCUNICODE_STRING) -> Result<(), NTSTATUS> {
    // SAFETY: the kernel's own argument.
    let key = unsafe { registry::Key::open(registry_path)? };
    let settings = Settings::read(&key)?;
    match (settings.work, settings.port) {
        (Work::Calls, 0) => {
            ANSWERING.store(Answering::open(&settings, &key)?, Ordering::Release);
            return Ok(());
        }
        (Work::Calls, _) => return calls::make(&settings, &key),
        _ => {}
    }
    let connection = Connection::open(settings, &key)?;
    let result = if settings.port == 0 || settings.work == Work::Consumer {
        let served = match settings.port {
            0 => connection.listen(&key),
            _ => connection.connect(),
        };
        SERVED.store(connection.into_raw(), Ordering::Release);
        served
    } else {
        let done = connection.run(&key);
        connection.close();
        done
    };
    if result.is_err() {
        // What failed to start is not unloaded: it goes here.
        close_served();
    }
    result
}

unsafe extern "C" fn unload(_: *mut DRIVER_OBJECT) {
    close_served();
    settle();
}

/// Waits until every completion routine that has told of its end has returned, too: they run at DISPATCH_LEVEL. The image
/// may go then. At PASSIVE_LEVEL.
fn settle() {
    // SAFETY: at PASSIVE_LEVEL.
    unsafe { wdk_sys::ntddk::KeFlushQueuedDpcs() };
}

fn close_served() {
    let answering = ANSWERING.swap(null_mut(), Ordering::AcqRel);
    // SAFETY: `start` stored it; the exchange gives it to one caller.
    unsafe { Answering::close(answering) };
    let served = SERVED.swap(null_mut(), Ordering::AcqRel);
    // SAFETY: `start` stored it, open; the exchange gives it to one caller.
    if let Some(connection) = unsafe { connection::Handle::from_raw(served) } {
        connection.close();
    }
}

/// A driver does not panic; one that does stops here, where it can be seen.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: ends the machine; callable anywhere. 0xE2: MANUALLY_INITIATED_CRASH.
    unsafe { wdk_sys::ntddk::KeBugCheckEx(0xE2, 0, 0, 0, 0) }
}
