//! A spin lock that owns its data.
//!
//! Never call a consumer, NDIS or WSK with a guard alive.

use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use wdk_sys::{
    KIRQL, KSPIN_LOCK,
    ntddk::{KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock},
};

/// # Invariants
/// `value` is reached only through a guard, and at most one guard lives at a time.
pub(crate) struct SpinLock<T> {
    lock: UnsafeCell<KSPIN_LOCK>,
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives `&mut T` to one processor at a time.
unsafe impl<T: Send> Sync for SpinLock<T> {}
// SAFETY: moving an unlocked lock moves its value.
unsafe impl<T: Send> Send for SpinLock<T> {}

/// Holds the lock and DISPATCH_LEVEL; dropping it goes back to the level before.
pub(crate) struct SpinGuard<'a, T> {
    lock: &'a SpinLock<T>,
    irql: KIRQL,
    /// The level belongs to this processor's thread.
    not_send: PhantomData<*mut ()>,
}

impl<T> SpinLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        // Zero is what KeInitializeSpinLock stores.
        Self {
            lock: UnsafeCell::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Raises to DISPATCH_LEVEL and spins until the lock is free. Callable at <= DISPATCH_LEVEL.
    pub(crate) fn lock(&self) -> SpinGuard<'_, T> {
        // SAFETY: the lock word is initialised and resident (non-paged pool or image data).
        let irql = unsafe { KeAcquireSpinLockRaiseToDpc(self.lock.get()) };
        SpinGuard {
            lock: self,
            irql,
            not_send: PhantomData,
        }
    }
}

impl<T> crate::sync::Lock<T> for SpinLock<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.lock())
    }
}

impl<T> Deref for SpinGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock (invariant).
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for SpinGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the lock (invariant).
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for SpinGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: acquired by `lock` on this processor, released once with the level it gave.
        unsafe { KeReleaseSpinLock(self.lock.lock.get(), self.irql) };
    }
}
