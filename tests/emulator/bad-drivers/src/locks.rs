//! IRQL, spin locks, other locks.

use core::ptr::null_mut;

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("wait-at-dispatch", wait_at_dispatch),
    ("delay-at-dispatch", delay_at_dispatch),
    ("set-event-above-dispatch", passive_call_at_dispatch),
    ("lower-above", lower_above),
    ("lock-recursion", lock_recursion),
    ("region-kept", region_kept),
    ("lock-not-held", lock_not_held),
    ("lock-order", lock_order),
    ("lock-kept", lock_kept),
    ("irql-kept", irql_kept),
    ("dpc-lowers", dpc_lowers),
    ("dpc-lowers-inline", || dpc(lowers_inline)),
    ("irql-none-inline", irql_none_inline),
    ("lock-freed", lock_freed),
    ("lock-at-passive", lock_at_passive),
    ("lock-lower-held", lock_lower_held),
    ("push-lock-outside-region", push_lock_outside_region),
    ("rundown-not-acquired", rundown_not_acquired),
    ("fast-mutex-twice", fast_mutex_twice),
    ("slist-unaligned", slist_unaligned),
    ("mutex-not-owned", mutex_not_owned),
    ("region-not-entered", region_not_entered),
    ("semaphore-over-limit", semaphore_over_limit),
    ("lock-at-callback", lock_at_callback),
    ("locks-too-many", locks_too_many),
];

unsafe fn wait_at_dispatch() {
    let mut event = Object::new();
    // SAFETY: waits at DISPATCH_LEVEL on purpose.
    unsafe {
        KeInitializeEvent(event.get(), 0, 0);
        KeRaiseIrqlToDpcLevel();
        KeWaitForSingleObject(event.get(), 0, 0, 0, null_mut());
    }
}

unsafe fn delay_at_dispatch() {
    // SAFETY: waits at DISPATCH_LEVEL on purpose.
    unsafe {
        KeRaiseIrqlToDpcLevel();
        pause(1);
    }
}

unsafe fn passive_call_at_dispatch() {
    // SAFETY: called at DISPATCH_LEVEL on purpose.
    unsafe {
        KeRaiseIrqlToDpcLevel();
        ZwClose(null_mut());
    }
}

unsafe fn lower_above() {
    // SAFETY: "lowers" to a higher level on purpose.
    unsafe { KeLowerIrql(2) };
}

unsafe fn region_kept() {
    // SAFETY: `DriverEntry` returns within the region on purpose.
    unsafe { KeEnterCriticalRegion() };
}

unsafe fn lock_recursion() {
    let mut lock = 0;
    // SAFETY: acquired twice on purpose.
    unsafe {
        KeAcquireSpinLockRaiseToDpc(&mut lock);
        KeAcquireSpinLockAtDpcLevel(&mut lock);
    }
}

unsafe fn lock_not_held() {
    let mut lock = 0;
    // SAFETY: released without having been acquired, on purpose.
    unsafe {
        KeRaiseIrqlToDpcLevel();
        KeReleaseSpinLockFromDpcLevel(&mut lock);
    }
}

unsafe fn lock_order() {
    let (mut one, mut other) = (0, 0);
    // SAFETY: both orders on purpose.
    unsafe {
        let old = KeAcquireSpinLockRaiseToDpc(&mut one);
        KeAcquireSpinLockAtDpcLevel(&mut other);
        KeReleaseSpinLockFromDpcLevel(&mut other);
        KeReleaseSpinLock(&mut one, old);
        let _old = KeAcquireSpinLockRaiseToDpc(&mut other);
        KeAcquireSpinLockAtDpcLevel(&mut one);
    }
}

static mut KEPT: usize = 0;

unsafe extern "system" fn keeps_a_lock(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    // SAFETY: returns with the lock held on purpose.
    unsafe { KeAcquireSpinLockAtDpcLevel(&raw mut KEPT) };
}

unsafe fn lock_kept() {
    let mut dpc = Object::new();
    // SAFETY: the DPC runs before this returns.
    unsafe {
        KeInitializeDpc(dpc.get(), keeps_a_lock, null_mut());
        KeInsertQueueDpc(dpc.get(), null_mut(), null_mut());
    }
}

unsafe fn irql_kept() {
    // SAFETY: `DriverEntry` returns at DISPATCH_LEVEL on purpose.
    unsafe { KeRaiseIrqlToDpcLevel() };
}

unsafe extern "system" fn lowers(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    // SAFETY: lowered in a DPC on purpose.
    unsafe { KeLowerIrql(0) };
}

unsafe fn dpc_lowers() {
    dpc(lowers);
}

pub(crate) fn dpc(routine: Deferred) {
    let mut dpc = Object::new();
    // SAFETY: the DPC runs before this returns.
    unsafe {
        KeInitializeDpc(dpc.get(), routine, null_mut());
        KeInsertQueueDpc(dpc.get(), null_mut(), null_mut());
    }
}

/// A level that there is not.
unsafe fn irql_none_inline() {
    write_cr8(16);
}

unsafe extern "system" fn lowers_inline(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    write_cr8(0);
}

/// As the inline functions of the kernel's headers set the IRQL.
fn write_cr8(level: u64) {
    // SAFETY: the kernel has the instruction done.
    unsafe { core::arch::asm!("mov cr8, {}", in(reg) level) };
}

unsafe fn lock_freed() {
    // SAFETY: freed while it is held, on purpose.
    unsafe {
        let memory = pool(64);
        KeAcquireSpinLockRaiseToDpc(memory.cast());
        ExFreePool(memory);
    }
}

unsafe fn lock_at_passive() {
    let mut lock = 0;
    // SAFETY: below DISPATCH_LEVEL on purpose.
    unsafe { KeAcquireSpinLockAtDpcLevel(&mut lock) };
}

unsafe fn lock_lower_held() {
    let mut lock = 0;
    // SAFETY: lowered with the lock held, on purpose.
    unsafe {
        KeAcquireSpinLockRaiseToDpc(&mut lock);
        KeLowerIrql(0);
    }
}

unsafe fn push_lock_outside_region() {
    let mut lock = Object::new();
    // SAFETY: outside a critical region on purpose.
    unsafe { ExAcquirePushLockExclusiveEx(lock.get(), 0) };
}

unsafe fn rundown_not_acquired() {
    let mut reference = Object::new();
    // SAFETY: released without having been acquired, on purpose.
    unsafe { ExReleaseRundownProtection(reference.get()) };
}

unsafe fn fast_mutex_twice() {
    let mut mutex = Object::new();
    // SAFETY: acquired twice on purpose; a free fast mutex has the count 1.
    unsafe {
        mutex.0[0] = 1;
        ExAcquireFastMutex(mutex.get());
        ExAcquireFastMutex(mutex.get());
    }
}

unsafe fn slist_unaligned() {
    let mut head = Object::new();
    // SAFETY: not aligned to 16 bytes on purpose.
    unsafe { InitializeSListHead(head.get().byte_add(8)) };
}

unsafe fn mutex_not_owned() {
    let mut mutex = Object::new();
    // SAFETY: released without having been acquired, on purpose.
    unsafe {
        KeInitializeMutex(mutex.get(), 0);
        KeReleaseMutex(mutex.get(), 0);
    }
}

unsafe fn region_not_entered() {
    // SAFETY: left without having been entered, on purpose.
    unsafe { KeLeaveCriticalRegion() };
}

unsafe fn semaphore_over_limit() {
    let mut semaphore = Object::new();
    // SAFETY: released beyond its limit on purpose.
    unsafe {
        KeInitializeSemaphore(semaphore.get(), 1, 1);
        KeReleaseSemaphore(semaphore.get(), 0, 1, 0);
    }
}

unsafe fn lock_at_callback() {
    let mut lock = 0;
    // SAFETY: the IRP is sent with the lock held, on purpose.
    unsafe {
        KeAcquireSpinLockRaiseToDpc(&mut lock);
        crate::io::send_to_nobody();
    }
}

unsafe fn locks_too_many() {
    let mut locks = [0; 17];
    // SAFETY: more at once than the verifier allows, on purpose.
    unsafe {
        KeRaiseIrqlToDpcLevel();
        for lock in &mut locks {
            KeAcquireSpinLockAtDpcLevel(lock);
        }
    }
}
