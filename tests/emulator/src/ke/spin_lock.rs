//! Spin locks. A held lock's word is its owner's thread address plus 1, as debug builds of
//! Windows keep it, so that recursion and a release by another thread are seen.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::bridge::aside;
use crate::export::Export;
use crate::processor::{lower, raise};
use crate::sched;
use crate::thread::{Thread, current, enter};
use crate::verifier::locks::{self, How};
use crate::verifier::violation;
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, HIGH_LEVEL, KIRQL, KLOCK_QUEUE_HANDLE, KSPIN_LOCK};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeInitializeSpinLock, KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock,
        KeAcquireSpinLockAtDpcLevel, KeReleaseSpinLockFromDpcLevel,
        KeTryToAcquireSpinLockAtDpcLevel, KeAcquireInStackQueuedSpinLock,
        KeReleaseInStackQueuedSpinLock, KeAcquireInStackQueuedSpinLockAtDpcLevel,
        KeReleaseInStackQueuedSpinLockFromDpcLevel, KeTestSpinLock;
};

/// Takes the lock; `old` is the level that the thread was raised from for it.
#[inline(always)]
fn take(thread: &Thread, lock: &KSPIN_LOCK, how: How, old: Option<KIRQL>) {
    let mine = thread.address() | 1;
    if lock
        .compare_exchange(0, mine, Ordering::Acquire, Ordering::Relaxed)
        .is_err()
    {
        aside(move || wait(thread, lock, mine));
    }
    locks::acquired(thread, std::ptr::from_ref(lock) as usize, how, old);
}

fn wait(thread: &Thread, lock: &KSPIN_LOCK, mine: usize) {
    locks::waits(thread, std::ptr::from_ref(lock) as usize);
    let mut spins = 0;
    while lock.load(Ordering::Relaxed) != 0
        || lock
            .compare_exchange(0, mine, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
    {
        sched::spin(&mut spins);
    }
}

/// Gives the lock back; `to` is the level that the thread is lowered to then.
#[inline(always)]
fn give_back(thread: &Thread, lock: &KSPIN_LOCK, how: How, to: Option<KIRQL>) {
    locks::released(thread, std::ptr::from_ref(lock) as usize, how, to);
    if lock.load(Ordering::Relaxed) != thread.address() | 1 {
        violation(
            "VERIF-LOCK-OWNER",
            "a spin lock's word was overwritten while it was held",
        );
    }
    lock.store(0, Ordering::Release);
}

/// The functions for DISPATCH_LEVEL are for that level and above only.
#[inline(always)]
fn enter_dispatch(function: &'static str) -> &'static Thread {
    let thread = enter(function, HIGH_LEVEL);
    if thread.irql() < DISPATCH_LEVEL {
        aside(move || below_dispatch(function, thread.irql()));
    }
    thread
}

fn below_dispatch(function: &str, irql: KIRQL) -> ! {
    violation(
        "KE-IRQL",
        &format!("{function} called at IRQL {irql}; DISPATCH_LEVEL is required"),
    )
}

/// Exported by older kernels; newer headers inline it.
pub unsafe extern "win64" fn KeInitializeSpinLock(lock: *const KSPIN_LOCK) {
    // SAFETY: the driver passes memory for a lock.
    unsafe { (*lock).store(0, Ordering::Release) };
}

pub unsafe extern "win64" fn KeAcquireSpinLockRaiseToDpc(lock: *const KSPIN_LOCK) -> KIRQL {
    let thread = enter("KeAcquireSpinLockRaiseToDpc", DISPATCH_LEVEL);
    let old = raise(thread, DISPATCH_LEVEL);
    // SAFETY: the driver passes a spin lock.
    take(thread, unsafe { &*lock }, How::Spin, Some(old));
    old
}

pub unsafe extern "win64" fn KeReleaseSpinLock(lock: *const KSPIN_LOCK, irql: KIRQL) {
    let thread = enter_dispatch("KeReleaseSpinLock");
    // SAFETY: the driver passes a spin lock.
    give_back(thread, unsafe { &*lock }, How::Spin, Some(irql));
    lower_again(thread, irql);
}

/// Back to `irql` after a spin lock was released.
#[inline(always)]
pub(crate) fn lower_again(thread: &'static Thread, irql: KIRQL) {
    if irql < DISPATCH_LEVEL && thread.spin_locks.count() != 0 {
        violation(
            "VERIF-LOCK-IRQL",
            "the IRQL is lowered with another spin lock held",
        );
    }
    lower(thread, irql);
}

pub unsafe extern "win64" fn KeAcquireSpinLockAtDpcLevel(lock: *const KSPIN_LOCK) {
    let thread = enter_dispatch("KeAcquireSpinLockAtDpcLevel");
    // SAFETY: the driver passes a spin lock.
    take(thread, unsafe { &*lock }, How::Spin, None);
}

pub unsafe extern "win64" fn KeReleaseSpinLockFromDpcLevel(lock: *const KSPIN_LOCK) {
    let thread = enter_dispatch("KeReleaseSpinLockFromDpcLevel");
    // SAFETY: the driver passes a spin lock.
    give_back(thread, unsafe { &*lock }, How::Spin, None);
}

pub unsafe extern "win64" fn KeTryToAcquireSpinLockAtDpcLevel(lock: *const KSPIN_LOCK) -> BOOLEAN {
    let thread = enter_dispatch("KeTryToAcquireSpinLockAtDpcLevel");
    // SAFETY: the driver passes a spin lock.
    let word = unsafe { &*lock };
    let mine = thread.address() | 1;
    let taken = word
        .compare_exchange(0, mine, Ordering::Acquire, Ordering::Relaxed)
        .is_ok();
    if taken {
        locks::acquired(thread, lock as usize, How::Spin, None);
    }
    taken.into()
}

pub unsafe extern "win64" fn KeTestSpinLock(lock: *const KSPIN_LOCK) -> BOOLEAN {
    // SAFETY: the driver passes a spin lock.
    unsafe { (*lock).load(Ordering::Relaxed) == 0 }.into()
}

pub unsafe extern "win64" fn KeAcquireInStackQueuedSpinLock(
    lock: *const KSPIN_LOCK,
    handle: *mut KLOCK_QUEUE_HANDLE,
) {
    let thread = enter("KeAcquireInStackQueuedSpinLock", DISPATCH_LEVEL);
    let old = raise(thread, DISPATCH_LEVEL);
    // SAFETY: the driver passes a spin lock and memory for a handle.
    unsafe {
        take(thread, &*lock, How::Queued, Some(old));
        (*handle).LockQueue.Lock = lock;
        (*handle).OldIrql = old;
    }
}

pub unsafe extern "win64" fn KeReleaseInStackQueuedSpinLock(handle: *mut KLOCK_QUEUE_HANDLE) {
    let thread = enter_dispatch("KeReleaseInStackQueuedSpinLock");
    // SAFETY: the handle was filled when the lock was acquired.
    let (lock, old) = unsafe { (held_by(handle), (*handle).OldIrql) };
    give_back(thread, lock, How::Queued, Some(old));
    lower_again(thread, old);
}

/// The lock that a handle stands for.
///
/// # Safety
/// The handle is one that the driver used, or its zeroed memory.
unsafe fn held_by<'a>(handle: *const KLOCK_QUEUE_HANDLE) -> &'a KSPIN_LOCK {
    // SAFETY: as the function's; an acquisition filled the handle if it is not null.
    match unsafe { (*handle).LockQueue.Lock.as_ref() } {
        Some(lock) => lock,
        None => violation(
            "VERIF-LOCK-OWNER",
            "a queued spin lock is released by a handle that acquired none",
        ),
    }
}

pub unsafe extern "win64" fn KeAcquireInStackQueuedSpinLockAtDpcLevel(
    lock: *const KSPIN_LOCK,
    handle: *mut KLOCK_QUEUE_HANDLE,
) {
    let thread = enter_dispatch("KeAcquireInStackQueuedSpinLockAtDpcLevel");
    // SAFETY: the driver passes a spin lock and memory for a handle.
    unsafe {
        take(thread, &*lock, How::Queued, None);
        (*handle).LockQueue.Lock = lock;
    }
}

pub unsafe extern "win64" fn KeReleaseInStackQueuedSpinLockFromDpcLevel(
    handle: *mut KLOCK_QUEUE_HANDLE,
) {
    let thread = enter_dispatch("KeReleaseInStackQueuedSpinLockFromDpcLevel");
    // SAFETY: the handle was filled when the lock was acquired.
    give_back(thread, unsafe { held_by(handle) }, How::Queued, None);
}

/// A spin lock of the kernel's own that drivers can hold; used at DISPATCH_LEVEL.
#[derive(Default)]
pub struct KernelLock(AtomicUsize);

impl KernelLock {
    pub(crate) fn acquire(&self) {
        take(current(), &self.0, How::Spin, None);
    }

    pub(crate) fn release(&self) {
        give_back(current(), &self.0, How::Spin, None);
    }
}
