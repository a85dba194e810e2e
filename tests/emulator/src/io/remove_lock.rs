//! `Io…RemoveLockEx`: a driver's count of operations that must end before its device goes.

use std::mem::{offset_of, size_of};
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};

use crate::export::Export;
use crate::ke::event::{KeInitializeEvent, KeSetEvent, KeWaitForSingleObject};
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{
    DISPATCH_LEVEL, KEVENT, NTSTATUS, PASSIVE_LEVEL, PVOID, STATUS_DELETE_PENDING, STATUS_SUCCESS,
};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoInitializeRemoveLockEx, IoAcquireRemoveLockEx, IoReleaseRemoveLockEx,
        IoReleaseRemoveLockAndWaitEx;
};

/// What every build of a driver has; checked builds have more behind it, which is theirs.
#[repr(C)]
pub struct IO_REMOVE_LOCK {
    removed: AtomicU8,
    reserved: [u8; 3],
    /// Operations, and one for the device itself.
    count: AtomicI32,
    event: KEVENT,
}

const _: () = assert!(size_of::<IO_REMOVE_LOCK>() == 32);
const _: () = assert!(offset_of!(IO_REMOVE_LOCK, event) == 8);

const SYNCHRONIZATION_EVENT: i32 = 1;

pub unsafe extern "win64" fn IoInitializeRemoveLockEx(
    lock: *mut IO_REMOVE_LOCK,
    _tag: u32,
    _minutes: u32,
    _high_watermark: u32,
    _size: u32,
) {
    let _ = enter("IoInitializeRemoveLockEx", PASSIVE_LEVEL);
    // SAFETY: the driver passes memory for a lock.
    unsafe {
        (*lock).removed.store(0, Ordering::Relaxed);
        (*lock).count.store(1, Ordering::Relaxed);
        KeInitializeEvent(&raw mut (*lock).event, SYNCHRONIZATION_EVENT, 0);
    }
}

/// STATUS_DELETE_PENDING once the lock was released for good.
pub unsafe extern "win64" fn IoAcquireRemoveLockEx(
    lock: *mut IO_REMOVE_LOCK,
    _tag: PVOID,
    _file: *const u8,
    _line: u32,
    _size: u32,
) -> NTSTATUS {
    let _ = enter("IoAcquireRemoveLockEx", DISPATCH_LEVEL);
    // SAFETY: the driver passes its lock.
    unsafe {
        (*lock).count.fetch_add(1, Ordering::SeqCst);
        if (*lock).removed.load(Ordering::SeqCst) == 0 {
            return STATUS_SUCCESS;
        }
        release(lock, "IoAcquireRemoveLockEx");
    }
    STATUS_DELETE_PENDING
}

pub unsafe extern "win64" fn IoReleaseRemoveLockEx(
    lock: *mut IO_REMOVE_LOCK,
    _tag: PVOID,
    _size: u32,
) {
    let _ = enter("IoReleaseRemoveLockEx", DISPATCH_LEVEL);
    // SAFETY: the driver passes its lock.
    unsafe { release(lock, "IoReleaseRemoveLockEx") };
}

/// The caller has acquired the lock; returns when every other acquisition is released.
pub unsafe extern "win64" fn IoReleaseRemoveLockAndWaitEx(
    lock: *mut IO_REMOVE_LOCK,
    _tag: PVOID,
    _size: u32,
) {
    let name = "IoReleaseRemoveLockAndWaitEx";
    let _ = enter(name, PASSIVE_LEVEL);
    // SAFETY: the driver passes its lock.
    unsafe {
        (*lock).removed.store(1, Ordering::SeqCst);
        release(lock, name);
        if (*lock).count.fetch_sub(1, Ordering::SeqCst) > 1 {
            let event = (&raw mut (*lock).event).cast();
            KeWaitForSingleObject(event, 0, 0, 0, std::ptr::null());
        }
    }
}

/// # Safety
/// The driver's lock.
unsafe fn release(lock: *mut IO_REMOVE_LOCK, function: &str) {
    // SAFETY: the caller's promise.
    unsafe {
        let removed = (*lock).removed.load(Ordering::SeqCst) != 0;
        let left = (*lock).count.fetch_sub(1, Ordering::SeqCst) - 1;
        if left < i32::from(!removed) {
            violation(
                "IO-REMOVE-LOCK",
                &format!("{function} of a remove lock that is not acquired"),
            );
        }
        if left == 0 {
            KeSetEvent(&raw mut (*lock).event, 0, 0);
        }
    }
}
