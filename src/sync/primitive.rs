//! The switch between real atomics and loom's, and the cell both share.

#[cfg(not(loom))]
pub(crate) use core::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence,
};
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence,
};

#[cfg(all(not(loom), not(target_os = "windows")))]
pub(crate) use core::hint::spin_loop;

/// An `UnsafeCell` whose accesses loom can watch.
#[derive(Debug)]
pub(crate) struct Cell<T> {
    #[cfg(not(loom))]
    inner: core::cell::UnsafeCell<T>,
    #[cfg(loom)]
    inner: loom::cell::UnsafeCell<T>,
}

impl<T> Cell<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            #[cfg(not(loom))]
            inner: core::cell::UnsafeCell::new(value),
            #[cfg(loom)]
            inner: loom::cell::UnsafeCell::new(value),
        }
    }

    /// # Safety
    /// Nobody writes the value while the reference lives.
    pub(crate) unsafe fn get(&self) -> &T {
        #[cfg(not(loom))]
        // SAFETY: no writer, by this function's contract.
        return unsafe { &*self.inner.get() };
        #[cfg(loom)]
        // SAFETY: as above.
        return self.inner.with(|value| unsafe { &*value });
    }

    /// # Safety
    /// Nobody else touches the value while the reference lives.
    #[expect(
        clippy::mut_from_ref,
        reason = "exclusivity is the caller's, by the contract above"
    )]
    pub(crate) unsafe fn get_mut(&self) -> &mut T {
        #[cfg(not(loom))]
        // SAFETY: exclusive, by this function's contract.
        return unsafe { &mut *self.inner.get() };
        #[cfg(loom)]
        // SAFETY: as above.
        return self.inner.with_mut(|value| unsafe { &mut *value });
    }
}

/// A drop is a write, too.
#[cfg(loom)]
impl<T> Drop for Cell<T> {
    fn drop(&mut self) {
        self.inner.with_mut(|_| ());
    }
}

/// Keeps what two processors write on lines of their own.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct Line<T>(pub(crate) T);

impl<T> core::ops::Deref for Line<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
