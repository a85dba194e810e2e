//! Rundown protection. The word is as on Windows: bit 0 says that the object runs down, the
//! rest counts users in steps of two.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::export::Export;
use crate::import_with_caller;
use crate::pool::Request;
use crate::sched;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{APC_LEVEL, BOOLEAN, DISPATCH_LEVEL, EX_RUNDOWN_REF};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ExInitializeRundownProtection, ExReInitializeRundownProtection,
        ExAcquireRundownProtection, ExAcquireRundownProtectionEx, ExReleaseRundownProtection,
        ExReleaseRundownProtectionEx, ExRundownCompleted, ExWaitForRundownProtectionRelease,
        ExAllocateCacheAwareRundownProtection, ExFreeCacheAwareRundownProtection,
        ExAcquireRundownProtectionCacheAware, ExReleaseRundownProtectionCacheAware,
        ExWaitForRundownProtectionReleaseCacheAware, ExReInitializeRundownProtectionCacheAware,
        ExRundownCompletedCacheAware;
};

const ACTIVE: usize = 1;
const ONE: usize = 2;

fn word(reference: *mut EX_RUNDOWN_REF) -> &'static AtomicUsize {
    // SAFETY: the driver passes its rundown reference, alive during the call.
    unsafe { &(*reference).Count }
}

pub extern "win64" fn ExInitializeRundownProtection(reference: *mut EX_RUNDOWN_REF) {
    let _ = enter("ExInitializeRundownProtection", DISPATCH_LEVEL);
    word(reference).store(0, Ordering::SeqCst);
}

pub extern "win64" fn ExReInitializeRundownProtection(reference: *mut EX_RUNDOWN_REF) {
    let _ = enter("ExReInitializeRundownProtection", APC_LEVEL);
    if word(reference).swap(0, Ordering::SeqCst) != ACTIVE {
        violation(
            "EX-RUNDOWN",
            "rundown protection is re-initialised that was not run down",
        );
    }
}

pub extern "win64" fn ExAcquireRundownProtection(reference: *mut EX_RUNDOWN_REF) -> BOOLEAN {
    let _ = enter("ExAcquireRundownProtection", DISPATCH_LEVEL);
    ExAcquireRundownProtectionEx(reference, 1)
}

pub extern "win64" fn ExAcquireRundownProtectionEx(
    reference: *mut EX_RUNDOWN_REF,
    count: u32,
) -> BOOLEAN {
    let _ = enter("ExAcquireRundownProtectionEx", DISPATCH_LEVEL);
    let more = |old: usize| (old & ACTIVE == 0).then_some(old + ONE * count as usize);
    word(reference)
        .fetch_update(Ordering::SeqCst, Ordering::Relaxed, more)
        .is_ok()
        .into()
}

pub extern "win64" fn ExReleaseRundownProtection(reference: *mut EX_RUNDOWN_REF) {
    let _ = enter("ExReleaseRundownProtection", DISPATCH_LEVEL);
    ExReleaseRundownProtectionEx(reference, 1);
}

pub extern "win64" fn ExReleaseRundownProtectionEx(reference: *mut EX_RUNDOWN_REF, count: u32) {
    let _ = enter("ExReleaseRundownProtectionEx", DISPATCH_LEVEL);
    let less = |old: usize| old.checked_sub(ONE * count as usize);
    match word(reference).fetch_update(Ordering::SeqCst, Ordering::Relaxed, less) {
        Ok(old) if old == ACTIVE + ONE * count as usize => sched::unpark_all(reference as usize),
        Ok(_) => {}
        Err(_) => violation(
            "EX-RUNDOWN",
            "rundown protection is released that was not acquired",
        ),
    }
}

pub extern "win64" fn ExRundownCompleted(reference: *mut EX_RUNDOWN_REF) {
    let _ = enter("ExRundownCompleted", APC_LEVEL);
    word(reference).store(ACTIVE, Ordering::SeqCst);
}

pub extern "win64" fn ExWaitForRundownProtectionRelease(reference: *mut EX_RUNDOWN_REF) {
    let _ = enter("ExWaitForRundownProtectionRelease", APC_LEVEL);
    let word = word(reference);
    word.fetch_or(ACTIVE, Ordering::SeqCst);
    while word.load(Ordering::SeqCst) != ACTIVE {
        sched::park(reference as usize, None, || {
            word.load(Ordering::SeqCst) != ACTIVE
        });
    }
}

import_with_caller! {
    /// The cache-aware kind is one word here as well: opaque to drivers.
    ExAllocateCacheAwareRundownProtection(pool_type: i32, tag: u32) -> *mut EX_RUNDOWN_REF => 2, allocate
}

unsafe extern "win64" fn allocate(_pool_type: i32, tag: u32, caller: usize) -> *mut EX_RUNDOWN_REF {
    let thread = enter("ExAllocateCacheAwareRundownProtection", APC_LEVEL);
    let request = Request {
        size: size_of::<EX_RUNDOWN_REF>(),
        tag,
        caller,
        zeroed: true,
    };
    thread.machine.pool.allocate(request).cast()
}

import_with_caller! {
    /// Frees what [`ExAllocateCacheAwareRundownProtection`] made.
    ExFreeCacheAwareRundownProtection(reference: *mut EX_RUNDOWN_REF) => 1, free
}

unsafe extern "win64" fn free(reference: *mut EX_RUNDOWN_REF, caller: usize) {
    let thread = enter("ExFreeCacheAwareRundownProtection", APC_LEVEL);
    thread.machine.pool.free(reference as usize, 0, caller);
}

pub extern "win64" fn ExAcquireRundownProtectionCacheAware(
    reference: *mut EX_RUNDOWN_REF,
) -> BOOLEAN {
    ExAcquireRundownProtectionEx(reference, 1)
}

pub extern "win64" fn ExReleaseRundownProtectionCacheAware(reference: *mut EX_RUNDOWN_REF) {
    ExReleaseRundownProtectionEx(reference, 1);
}

pub extern "win64" fn ExWaitForRundownProtectionReleaseCacheAware(reference: *mut EX_RUNDOWN_REF) {
    ExWaitForRundownProtectionRelease(reference);
}

pub extern "win64" fn ExReInitializeRundownProtectionCacheAware(reference: *mut EX_RUNDOWN_REF) {
    ExReInitializeRundownProtection(reference);
}

pub extern "win64" fn ExRundownCompletedCacheAware(reference: *mut EX_RUNDOWN_REF) {
    ExRundownCompleted(reference);
}
