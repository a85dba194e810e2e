//! Drivers that break one rule each; the registry value `Case` says which.

#![no_std]
#![cfg(target_os = "windows")]

extern crate wdk_sys;

mod budget;
mod case;
mod chimney;
mod io;
mod kernel;
mod lock_order;
mod locks;
mod memory;
mod ndis;
mod ndk;
mod ndk_life;
mod ndk_miniport;
mod objects;
mod protocol;
mod races;
mod wsk;
mod wsk_client;
mod wsk_close;

#[path = "../../../../src/sys/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::upper_case_acronyms,
    reason = "the cases need a part of it"
)]
mod sys;

use core::ffi::c_void;
use core::sync::atomic::Ordering;

/// What a case does, in `DriverEntry`; what it leaves behind is found when the driver is unloaded.
pub(crate) type Case = unsafe fn();

const TABLES: &[&[(&str, Case)]] = &[
    budget::CASES,
    chimney::CASES,
    io::CASES,
    lock_order::CASES,
    locks::CASES,
    memory::CASES,
    ndis::CASES,
    ndk::CASES,
    objects::CASES,
    protocol::CASES,
    races::CASES,
    wsk::CASES,
    wsk_close::CASES,
];

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Offset of `DriverUnload` in a driver object.
const DRIVER_UNLOAD: usize = 104;

/// Runs the case that the registry names.
///
/// # Safety
/// Called by the kernel.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DriverEntry(driver: *mut u8, registry_path: *const c_void) -> i32 {
    // SAFETY: the kernel passes a driver object and a registry path.
    unsafe {
        driver
            .add(DRIVER_UNLOAD)
            .cast::<unsafe extern "system" fn(*mut c_void)>()
            .write(unload);
        let mut name = [0u16; 64];
        let length = case::read(registry_path.cast(), &mut name);
        let wanted = &name[..length];
        ndis::DRIVER.store(driver.cast(), Ordering::Relaxed);
        for (name, case) in TABLES.iter().copied().flatten() {
            if name.bytes().map(u16::from).eq(wanted.iter().copied()) {
                if wanted.len() == 9 && name.starts_with("no-unload") {
                    driver.add(DRIVER_UNLOAD).cast::<usize>().write(0);
                }
                case();
                return 0;
            }
        }
    }
    kernel::STATUS_UNSUCCESSFUL
}

unsafe extern "system" fn unload(_: *mut c_void) {
    protocol::unload();
}
