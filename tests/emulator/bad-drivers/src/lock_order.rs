//! Locks of every kind: taken in both orders, twice, kept, and given back as what they are not.

use core::ptr::null_mut;

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("lock-order-three", order_of_three),
    ("lock-order-threads", order_in_threads),
    ("lock-order-sleeping", order_sleeping),
    ("lock-order-mutexes", order_of_mutexes),
    ("lock-other-level", other_level),
    ("lock-queued-not-held", queued_not_held),
    ("lock-queued-released-plain", queued_released_plain),
    ("lock-queued-and-plain", queued_and_plain),
    ("rw-lock-recursion", rw_recursion),
    ("rw-lock-kept", || crate::locks::dpc(rw_kept)),
    ("rw-lock-not-held", rw_not_held),
    ("rw-lock-other-kind", rw_other_kind),
    ("push-lock-recursion", push_recursion),
    ("push-lock-not-held", push_not_held),
    ("fast-mutex-freed", fast_mutex_freed),
    ("mutex-kept-by-thread", || {
        // SAFETY: as the case's.
        unsafe { thread(keeps_mutex) }
    }),
    ("irql-not-restored", irql_not_restored),
    ("irql-not-raised", irql_not_raised),
];

/// Takes both, the first one first.
unsafe fn both(first: *mut usize, second: *mut usize) {
    // SAFETY: spin locks, released again.
    unsafe {
        let old = KeAcquireSpinLockRaiseToDpc(first);
        KeAcquireSpinLockAtDpcLevel(second);
        KeReleaseSpinLockFromDpcLevel(second);
        KeReleaseSpinLock(first, old);
    }
}

unsafe fn order_of_three() {
    let (mut one, mut two, mut three) = (0, 0, 0);
    // SAFETY: in a circle on purpose.
    unsafe {
        both(&mut one, &mut two);
        both(&mut two, &mut three);
        both(&mut three, &mut one);
    }
}

static mut ONE: usize = 0;
static mut OTHER: usize = 0;

unsafe extern "system" fn one_way(_: Pointer) {
    // SAFETY: spin locks.
    unsafe { both(&raw mut ONE, &raw mut OTHER) };
}

unsafe extern "system" fn other_way(_: Pointer) {
    // SAFETY: spin locks.
    unsafe { both(&raw mut OTHER, &raw mut ONE) };
}

/// Runs a thread and waits for its end.
unsafe fn thread(routine: Start) {
    let (mut handle, mut object, none) = (null_mut(), null_mut(), null_mut());
    // SAFETY: the thread is waited for, and its handle closed.
    unsafe {
        PsCreateSystemThread(&mut handle, 0, none, none, none, routine, none);
        ObReferenceObjectByHandle(handle, 0, none, 0, &mut object, none);
        ZwClose(handle);
        KeWaitForSingleObject(object, 0, 0, 0, null_mut());
        ObfDereferenceObject(object);
    }
}

/// Two threads that never meet: they might.
unsafe fn order_in_threads() {
    // SAFETY: both orders on purpose.
    unsafe {
        thread(one_way);
        thread(other_way);
    }
}

unsafe fn order_sleeping() {
    let (mut mutex, mut push) = (Object::new(), Object::new());
    mutex.0[0] = 1;
    // SAFETY: both orders on purpose; a free fast mutex has the count 1.
    unsafe {
        KeEnterCriticalRegion();
        ExAcquireFastMutex(mutex.get());
        ExAcquirePushLockExclusiveEx(push.get(), 0);
        ExReleasePushLockExclusiveEx(push.get(), 0);
        ExReleaseFastMutex(mutex.get());
        ExAcquirePushLockExclusiveEx(push.get(), 0);
        ExAcquireFastMutex(mutex.get());
    }
}

unsafe fn order_of_mutexes() {
    let (mut one, mut other) = (Object::new(), Object::new());
    // SAFETY: both orders on purpose.
    unsafe {
        KeInitializeMutex(one.get(), 0);
        KeInitializeMutex(other.get(), 0);
        for [first, second] in [[one.get(), other.get()], [other.get(), one.get()]] {
            KeWaitForSingleObject(first, 0, 0, 0, null_mut());
            KeWaitForSingleObject(second, 0, 0, 0, null_mut());
            KeReleaseMutex(second, 0);
            KeReleaseMutex(first, 0);
        }
    }
}

unsafe fn other_level() {
    let mut lock = 0;
    // SAFETY: released to a level that the thread did not come from, on purpose.
    unsafe {
        KeAcquireSpinLockRaiseToDpc(&mut lock);
        KeReleaseSpinLock(&mut lock, 1);
    }
}

unsafe fn queued_not_held() {
    let mut handle = Object::new();
    // SAFETY: released without having been acquired, on purpose.
    unsafe {
        KfRaiseIrql(2);
        KeReleaseInStackQueuedSpinLock(handle.get());
    }
}

unsafe fn queued_released_plain() {
    let (mut lock, mut handle) = (0, Object::new());
    // SAFETY: released as what it was not acquired as, on purpose.
    unsafe {
        KeAcquireInStackQueuedSpinLock(&mut lock, handle.get());
        KeReleaseSpinLock(&mut lock, 0);
    }
}

unsafe fn queued_and_plain() {
    let (mut lock, mut handle) = (0, Object::new());
    // SAFETY: used as both, on purpose.
    unsafe {
        KeAcquireInStackQueuedSpinLock(&mut lock, handle.get());
        KeReleaseInStackQueuedSpinLock(handle.get());
        KeAcquireSpinLockRaiseToDpc(&mut lock);
    }
}

unsafe fn rw_recursion() {
    let mut lock = 0;
    // SAFETY: acquired twice on purpose.
    unsafe {
        ExAcquireSpinLockExclusive(&mut lock);
        ExAcquireSpinLockShared(&mut lock);
    }
}

static mut KEPT: i32 = 0;

unsafe extern "system" fn rw_kept(_: Pointer, _: Pointer, _: Pointer, _: Pointer) {
    // SAFETY: returns with the lock held on purpose.
    unsafe { ExAcquireSpinLockShared(&raw mut KEPT) };
}

unsafe fn rw_not_held() {
    let mut lock = 0;
    // SAFETY: released without having been acquired, on purpose.
    unsafe {
        KfRaiseIrql(2);
        ExReleaseSpinLockShared(&mut lock, 0);
    }
}

unsafe fn rw_other_kind() {
    let mut lock = 0;
    // SAFETY: released as what it was not acquired as, on purpose.
    unsafe {
        let old = ExAcquireSpinLockShared(&mut lock);
        ExReleaseSpinLockExclusive(&mut lock, old);
    }
}

unsafe fn push_recursion() {
    let mut lock = Object::new();
    // SAFETY: acquired twice on purpose.
    unsafe {
        KeEnterCriticalRegion();
        ExAcquirePushLockExclusiveEx(lock.get(), 0);
        ExAcquirePushLockExclusiveEx(lock.get(), 0);
    }
}

unsafe fn push_not_held() {
    let mut lock = Object::new();
    // SAFETY: released without having been acquired, on purpose.
    unsafe {
        KeEnterCriticalRegion();
        ExReleasePushLockExclusiveEx(lock.get(), 0);
    }
}

unsafe fn fast_mutex_freed() {
    // SAFETY: freed while it is held, on purpose; a free fast mutex has the count 1.
    unsafe {
        let mutex = pool(56);
        mutex.cast::<u64>().write(1);
        ExAcquireFastMutex(mutex.cast());
        ExFreePool(mutex);
    }
}

static mut MUTEX: Object = Object::new();

unsafe extern "system" fn keeps_mutex(_: Pointer) {
    // SAFETY: the thread ends with the mutex, on purpose.
    unsafe {
        let mutex = (&raw mut MUTEX).cast();
        KeInitializeMutex(mutex, 0);
        KeWaitForSingleObject(mutex, 0, 0, 0, null_mut());
    }
}

unsafe fn irql_not_restored() {
    // SAFETY: past the level that was raised from, on purpose.
    unsafe {
        KfRaiseIrql(1);
        KfRaiseIrql(2);
        KeLowerIrql(0);
    }
}

/// The level that a spin lock raised to is not `KeLowerIrql`'s to lower.
unsafe fn irql_not_raised() {
    let mut lock = 0;
    // SAFETY: released without its level, on purpose.
    unsafe {
        let old = KeAcquireSpinLockRaiseToDpc(&mut lock);
        KeReleaseSpinLockFromDpcLevel(&mut lock);
        KeLowerIrql(old);
    }
}
