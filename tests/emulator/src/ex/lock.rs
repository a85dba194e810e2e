//! Push locks, fast mutexes, reader-writer spin locks, interlocked lists.

use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use crate::export::Export;
use crate::ke::spin_lock::{KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock, lower_again};
use crate::processor::{lower, raise};
use crate::sched;
use crate::thread::{Thread, enter};
use crate::verifier::locks::{self, How};
use crate::verifier::violation;
use crate::wdm::{APC_LEVEL, DISPATCH_LEVEL, FAST_MUTEX, KIRQL, KSPIN_LOCK, LIST_ENTRY};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": ExInitializePushLock, ExAcquirePushLockExclusiveEx, ExAcquirePushLockSharedEx,
        ExReleasePushLockExclusiveEx, ExReleasePushLockSharedEx, ExAcquireFastMutex,
        ExReleaseFastMutex, ExAcquireSpinLockShared, ExReleaseSpinLockShared,
        ExAcquireSpinLockExclusive, ExReleaseSpinLockExclusive,
        ExInterlockedInsertHeadList, ExInterlockedInsertTailList, ExInterlockedRemoveHeadList;
};

/// A push lock's word: this bit, or a count of sharers in steps of two.
const EXCLUSIVE: usize = 1;
const SHARER: usize = 2;

fn push_lock(lock: *mut AtomicUsize) -> &'static AtomicUsize {
    // SAFETY: the driver passes its push lock, alive during the call.
    unsafe { &*lock }
}

fn expect_region(function: &str) -> &'static Thread {
    let thread = enter("push lock", APC_LEVEL);
    if thread.regions.get() == 0 && thread.irql() < APC_LEVEL {
        violation(
            "EX-PUSH-LOCK",
            &format!("{function} outside a critical region"),
        );
    }
    thread
}

pub extern "win64" fn ExInitializePushLock(lock: *mut AtomicUsize) {
    push_lock(lock).store(0, Ordering::SeqCst);
}

pub extern "win64" fn ExAcquirePushLockExclusiveEx(lock: *mut AtomicUsize, _flags: u32) {
    let thread = expect_region("ExAcquirePushLockExclusive");
    let word = push_lock(lock);
    locks::waits(thread, lock as usize);
    while word
        .compare_exchange(0, EXCLUSIVE, Ordering::Acquire, Ordering::Relaxed)
        .is_err()
    {
        sched::park(lock as usize, None, || word.load(Ordering::SeqCst) != 0);
    }
    locks::acquired_sleeping(thread, lock as usize, How::Alone);
}

pub extern "win64" fn ExReleasePushLockExclusiveEx(lock: *mut AtomicUsize, _flags: u32) {
    let thread = expect_region("ExReleasePushLockExclusive");
    locks::released_sleeping(thread, lock as usize, How::Alone);
    if push_lock(lock).swap(0, Ordering::SeqCst) != EXCLUSIVE {
        violation(
            "EX-PUSH-LOCK",
            "a push lock is released that is not held exclusively",
        );
    }
    sched::unpark_all(lock as usize);
}

pub extern "win64" fn ExAcquirePushLockSharedEx(lock: *mut AtomicUsize, _flags: u32) {
    let thread = expect_region("ExAcquirePushLockShared");
    let word = push_lock(lock);
    locks::waits(thread, lock as usize);
    let share = |old: usize| (old & EXCLUSIVE == 0).then_some(old + SHARER);
    while word
        .fetch_update(Ordering::SeqCst, Ordering::Relaxed, share)
        .is_err()
    {
        sched::park(lock as usize, None, || {
            word.load(Ordering::SeqCst) & EXCLUSIVE != 0
        });
    }
    locks::acquired_sleeping(thread, lock as usize, How::Shared);
}

pub extern "win64" fn ExReleasePushLockSharedEx(lock: *mut AtomicUsize, _flags: u32) {
    let thread = expect_region("ExReleasePushLockShared");
    locks::released_sleeping(thread, lock as usize, How::Shared);
    let leave = |old: usize| {
        (old & EXCLUSIVE == 0)
            .then(|| old.checked_sub(SHARER))
            .flatten()
    };
    match push_lock(lock).fetch_update(Ordering::SeqCst, Ordering::Relaxed, leave) {
        Ok(SHARER) => sched::unpark_all(lock as usize),
        Ok(_) => {}
        Err(_) => violation(
            "EX-PUSH-LOCK",
            "a push lock is released that is not held shared",
        ),
    }
}

pub unsafe extern "win64" fn ExAcquireFastMutex(mutex: *mut FAST_MUTEX) {
    let thread = enter("ExAcquireFastMutex", APC_LEVEL);
    // SAFETY: the driver passes its mutex; `Count` is 1 when it is free.
    unsafe {
        if (*mutex).Owner.load(Ordering::Relaxed) == thread.address() {
            violation(
                "EX-FAST-MUTEX",
                "a fast mutex is acquired by the thread that owns it",
            );
        }
        let old = raise(thread, APC_LEVEL);
        let count: &AtomicI32 = &(*mutex).Count;
        while count
            .compare_exchange(1, 0, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            sched::park(mutex as usize, None, || count.load(Ordering::SeqCst) != 1);
        }
        (*mutex).Owner.store(thread.address(), Ordering::Relaxed);
        (*mutex).OldIrql = old.into();
        locks::acquired_sleeping(thread, mutex as usize, How::Alone);
    }
}

pub unsafe extern "win64" fn ExReleaseFastMutex(mutex: *mut FAST_MUTEX) {
    let thread = enter("ExReleaseFastMutex", APC_LEVEL);
    // SAFETY: the driver passes its mutex, which this thread owns.
    unsafe {
        if (*mutex).Owner.load(Ordering::Relaxed) != thread.address() {
            violation(
                "EX-FAST-MUTEX",
                "a fast mutex is released by a thread that doesn't own it",
            );
        }
        locks::released_sleeping(thread, mutex as usize, How::Alone);
        let old = (*mutex).OldIrql as KIRQL;
        (*mutex).Owner.store(0, Ordering::Relaxed);
        (*mutex).Count.store(1, Ordering::SeqCst);
        sched::unpark_one(mutex as usize);
        lower(thread, old);
    }
}

/// A reader-writer spin lock's word: this bit, or a count of readers.
const WRITER: i32 = i32::MIN;

fn spin_lock(lock: *mut AtomicI32) -> &'static AtomicI32 {
    // SAFETY: the driver passes its lock, alive during the call.
    unsafe { &*lock }
}

fn spin_until(mut done: impl FnMut() -> bool) {
    let mut spins = 0;
    while !done() {
        sched::spin(&mut spins);
    }
}

pub extern "win64" fn ExAcquireSpinLockShared(lock: *mut AtomicI32) -> KIRQL {
    let thread = enter("ExAcquireSpinLockShared", DISPATCH_LEVEL);
    let old = raise(thread, DISPATCH_LEVEL);
    locks::waits(thread, lock as usize);
    let share = |old: i32| (old >= 0).then_some(old + 1);
    spin_until(|| {
        spin_lock(lock)
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, share)
            .is_ok()
    });
    locks::acquired(thread, lock as usize, How::Read, Some(old));
    old
}

pub extern "win64" fn ExReleaseSpinLockShared(lock: *mut AtomicI32, irql: KIRQL) {
    let thread = enter("ExReleaseSpinLockShared", DISPATCH_LEVEL);
    locks::released(thread, lock as usize, How::Read, Some(irql));
    spin_lock(lock).fetch_sub(1, Ordering::Release);
    lower_again(thread, irql);
}

pub extern "win64" fn ExAcquireSpinLockExclusive(lock: *mut AtomicI32) -> KIRQL {
    let thread = enter("ExAcquireSpinLockExclusive", DISPATCH_LEVEL);
    let old = raise(thread, DISPATCH_LEVEL);
    locks::waits(thread, lock as usize);
    let word = spin_lock(lock);
    spin_until(|| {
        word.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    });
    locks::acquired(thread, lock as usize, How::Spin, Some(old));
    old
}

pub extern "win64" fn ExReleaseSpinLockExclusive(lock: *mut AtomicI32, irql: KIRQL) {
    let thread = enter("ExReleaseSpinLockExclusive", DISPATCH_LEVEL);
    locks::released(thread, lock as usize, How::Spin, Some(irql));
    spin_lock(lock).store(0, Ordering::Release);
    lower_again(thread, irql);
}

/// Runs `change` with a driver's spin lock held.
unsafe fn interlocked<R>(
    function: &'static str,
    lock: *const KSPIN_LOCK,
    change: impl FnOnce() -> R,
) -> R {
    let _ = enter(function, DISPATCH_LEVEL);
    // SAFETY: the driver passes its spin lock.
    unsafe {
        let old = KeAcquireSpinLockRaiseToDpc(lock);
        let result = change();
        KeReleaseSpinLock(lock, old);
        result
    }
}

/// The first entry before the change, or null when the list was empty.
pub unsafe extern "win64" fn ExInterlockedInsertHeadList(
    head: *mut LIST_ENTRY,
    entry: *mut LIST_ENTRY,
    lock: *const KSPIN_LOCK,
) -> *mut LIST_ENTRY {
    // SAFETY: the driver passes a list, an entry of its own, and the lock that guards the list.
    unsafe {
        interlocked("ExInterlockedInsertHeadList", lock, || {
            let first = (*head).Flink;
            entry.write(LIST_ENTRY {
                Flink: first,
                Blink: head,
            });
            (*first).Blink = entry;
            (*head).Flink = entry;
            if std::ptr::eq(first, head) {
                std::ptr::null_mut()
            } else {
                first
            }
        })
    }
}

/// The last entry before the change, or null when the list was empty.
pub unsafe extern "win64" fn ExInterlockedInsertTailList(
    head: *mut LIST_ENTRY,
    entry: *mut LIST_ENTRY,
    lock: *const KSPIN_LOCK,
) -> *mut LIST_ENTRY {
    // SAFETY: as above.
    unsafe {
        interlocked("ExInterlockedInsertTailList", lock, || {
            let last = (*head).Blink;
            entry.write(LIST_ENTRY {
                Flink: head,
                Blink: last,
            });
            (*last).Flink = entry;
            (*head).Blink = entry;
            if std::ptr::eq(last, head) {
                std::ptr::null_mut()
            } else {
                last
            }
        })
    }
}

/// The entry that was taken out, or null when the list is empty.
pub unsafe extern "win64" fn ExInterlockedRemoveHeadList(
    head: *mut LIST_ENTRY,
    lock: *const KSPIN_LOCK,
) -> *mut LIST_ENTRY {
    // SAFETY: as above.
    unsafe {
        interlocked("ExInterlockedRemoveHeadList", lock, || {
            let first = (*head).Flink;
            if std::ptr::eq(first, head) {
                return std::ptr::null_mut();
            }
            (*head).Flink = (*first).Flink;
            (*(*first).Flink).Blink = head;
            first
        })
    }
}
