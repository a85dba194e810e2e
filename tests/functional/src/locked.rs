//! What a consumer guards with a spin lock of its own: the lock is held around its calls, and its callbacks take it.

use std::cell::UnsafeCell;
use std::sync::atomic::AtomicUsize;

use softrnic_emulator::ke::spin_lock::{KeAcquireSpinLockRaiseToDpc, KeReleaseSpinLock};

/// A value behind a spin lock of the emulated kernel, whose verifier ends the run when a provider calls back with it held.
pub struct Locked<T> {
    lock: AtomicUsize,
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives the value to one thread at a time.
unsafe impl<T: Send> Sync for Locked<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Locked<T> {}

impl<T> Locked<T> {
    /// Not held.
    pub const fn new(value: T) -> Self {
        Self {
            lock: AtomicUsize::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Runs `calls` with the lock held, so at DISPATCH_LEVEL. On a thread of the machine.
    pub fn with<R>(&self, calls: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: a lock of our own that stays where it is.
        let irql = unsafe { KeAcquireSpinLockRaiseToDpc(&raw const self.lock) };
        // SAFETY: the lock is held.
        let result = calls(unsafe { &mut *self.value.get() });
        // SAFETY: acquired above, on this thread.
        unsafe { KeReleaseSpinLock(&raw const self.lock, irql) };
        result
    }
}

impl<T: Default> Default for Locked<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
