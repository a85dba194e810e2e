//! Two threads that get into each other's way: only some orders of their steps show it.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("hang", hang),
    ("lost-update", || {
        // SAFETY: as the case's.
        unsafe { lost_update(counts_with_calls) }
    }),
    ("lost-update-between-calls", || {
        // SAFETY: as the case's.
        unsafe { lost_update(counts) }
    }),
];

/// Waits for what nobody does.
unsafe fn hang() {
    let mut event = Object::new();
    // SAFETY: never set, on purpose.
    unsafe {
        KeInitializeEvent(event.get(), 0, 0);
        KeWaitForSingleObject(event.get(), 0, 0, 0, null_mut());
    }
}

static COUNT: AtomicU32 = AtomicU32::new(0);
const TIMES: u32 = 10;

unsafe extern "system" fn counts_with_calls(_: Pointer) {
    for _ in 0..TIMES {
        let count = COUNT.load(Ordering::Relaxed);
        // SAFETY: no requirements: a place where another thread may run.
        unsafe { PsGetCurrentThreadId() };
        COUNT.store(count + 1, Ordering::Relaxed);
    }
}

/// Counts what was counted; an atomic instruction, beside which another thread may run.
static COUNTED: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn counts(_: Pointer) {
    for _ in 0..TIMES {
        let count = COUNT.load(Ordering::Relaxed);
        COUNTED.fetch_add(1, Ordering::SeqCst);
        COUNT.store(core::hint::black_box(count + 1), Ordering::Relaxed);
    }
}

/// Two threads count, and an update is lost when one reads between the other's read and write.
unsafe fn lost_update(routine: Start) {
    let mut threads = [null_mut(); 2];
    // SAFETY: each thread is waited for, and its handle closed.
    unsafe {
        for thread in &mut threads {
            let (mut handle, none) = (null_mut(), null_mut());
            PsCreateSystemThread(&mut handle, 0, none, none, none, routine, none);
            ObReferenceObjectByHandle(handle, 0, none, 0, thread, none);
            ZwClose(handle);
        }
        for thread in threads {
            KeWaitForSingleObject(thread, 0, 0, 0, null_mut());
            ObfDereferenceObject(thread);
        }
        if COUNT.load(Ordering::Relaxed) != 2 * TIMES {
            KeBugCheckEx(0xBAD, 0, 0, 0, 0);
        }
    }
}
