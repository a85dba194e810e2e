//! Waiting: events, and a mutex for PASSIVE_LEVEL code.

use core::{
    cell::UnsafeCell,
    ops::{Deref, DerefMut},
    ptr,
};

use wdk_sys::{
    _EVENT_TYPE, _KWAIT_REASON, _MODE, KEVENT, LARGE_INTEGER,
    ntddk::{KeClearEvent, KeInitializeEvent, KeSetEvent, KeWaitForSingleObject},
};

use super::{
    clock::Ticks,
    irql,
    pool::{Box, Tag},
    status::Result,
};

/// A kernel event.
pub(crate) struct Event(Box<UnsafeCell<KEVENT>>);

// SAFETY: the kernel serialises the use of an event.
unsafe impl Send for Event {}
// SAFETY: as above.
unsafe impl Sync for Event {}

impl Event {
    /// Stays set until cleared; wakes everyone.
    pub(crate) fn try_notification() -> Result<Self> {
        Self::try_new(_EVENT_TYPE::NotificationEvent, false)
    }

    /// One waiter takes it; it is then clear again.
    pub(crate) fn try_synchronization(set: bool) -> Result<Self> {
        Self::try_new(_EVENT_TYPE::SynchronizationEvent, set)
    }

    fn try_new(kind: _EVENT_TYPE::Type, set: bool) -> Result<Self> {
        // SAFETY: zero bytes are a valid, if not yet initialised, KEVENT.
        let event: Box<UnsafeCell<KEVENT>> = unsafe { Box::try_zeroed(Tag::KERNEL)? };
        // SAFETY: non-paged memory of our own that stays where it is.
        unsafe { KeInitializeEvent(event.get(), kind, u8::from(set)) };
        Ok(Self(event))
    }

    /// Callable at <= DISPATCH_LEVEL.
    pub(crate) fn set(&self) {
        // SAFETY: initialised; no wait follows, so DISPATCH_LEVEL is allowed.
        unsafe { KeSetEvent(self.0.get(), 0, 0) };
    }

    /// Callable at <= DISPATCH_LEVEL.
    pub(crate) fn clear(&self) {
        // SAFETY: initialised.
        unsafe { KeClearEvent(self.0.get()) };
    }

    /// Waits until it is set. PASSIVE_LEVEL, and never in a callback of WSK (WSK-IRP-09).
    pub(crate) fn wait(&self) {
        debug_assert!(irql::is_passive());
        // SAFETY: initialised; the level is checked above.
        let _ = unsafe { wait_for_object(self.0.get().cast(), ptr::null_mut()) };
    }

    /// As `wait`, but not for longer than `time`.
    pub(crate) fn wait_at_most(&self, time: Ticks) {
        debug_assert!(irql::is_passive());
        let mut timeout = time.relative();
        // SAFETY: initialised, and `timeout` is a local; the level is checked above.
        let _ = unsafe { wait_for_object(self.0.get().cast(), &raw mut timeout) };
    }
}

/// # Safety
///
/// `object` is a live dispatcher object and `timeout` null or live; the level allows waiting.
pub(super) unsafe fn wait_for_object(
    object: *mut core::ffi::c_void,
    timeout: *mut LARGE_INTEGER,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe {
        KeWaitForSingleObject(
            object,
            _KWAIT_REASON::Executive,
            _MODE::KernelMode as i8,
            0,
            timeout,
        )
    }
}

/// A lock to hold while waiting, for code at PASSIVE_LEVEL.
///
/// # Invariants
/// `free` is set exactly while no guard lives.
pub(crate) struct Mutex<T> {
    free: Event,
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives `&mut T` to one thread at a time.
unsafe impl<T: Send> Sync for Mutex<T> {}
// SAFETY: moving an unlocked lock moves its value.
unsafe impl<T: Send> Send for Mutex<T> {}

pub(crate) struct MutexGuard<'a, T>(&'a Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn try_new(value: T) -> Result<Self> {
        Ok(Self {
            free: Event::try_synchronization(true)?,
            value: UnsafeCell::new(value),
        })
    }

    /// PASSIVE_LEVEL.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.free.wait();
        MutexGuard(self)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard took the event, so it is the only one (invariant).
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard took the event, so it is the only one (invariant).
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.0.free.set();
    }
}
