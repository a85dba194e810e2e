//! Where rings and tables get their slots, and what excludes others from them for a moment.

use core::ops::DerefMut;

#[cfg(all(not(loom), not(target_os = "windows")))]
use super::primitive::{AtomicBool, Cell, Ordering, spin_loop};

/// A lock that owns its data. It is held for a few instructions, in which nobody is called.
pub trait Lock<T> {
    fn new(value: T) -> Self;

    /// Runs `change` with the lock held.
    fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R;
}

/// A fallible source of slices, and the lock that goes with it. `nt` implements it over the
/// non-paged pool and spin locks, tests over `Vec`.
pub trait Allocate {
    type Slice<T>: DerefMut<Target = [T]>;
    type Lock<T>: Lock<T>;

    /// `len` values made by `fill(index)`, or `None` when there is no memory.
    fn slice<T>(len: usize, fill: impl FnMut(usize) -> T) -> Option<Self::Slice<T>>;

    /// `value` in a slice of its own, or `None`, and it is dropped, when there is no memory.
    fn one<T>(value: T) -> Option<Self::Slice<T>>;
}

/// The standard library's heap, for hosts and tests.
#[cfg(not(target_os = "windows"))]
#[derive(Debug, Clone, Copy, Default)]
pub struct Heap;

#[cfg(not(target_os = "windows"))]
impl Allocate for Heap {
    type Slice<T> = Vec<T>;
    type Lock<T> = Spinning<T>;

    fn slice<T>(len: usize, fill: impl FnMut(usize) -> T) -> Option<Vec<T>> {
        Some((0..len).map(fill).collect())
    }

    fn one<T>(value: T) -> Option<Vec<T>> {
        Some(vec![value])
    }
}

/// The lock that goes with it.
#[cfg(all(not(loom), not(target_os = "windows")))]
#[derive(Debug)]
pub struct Spinning<T> {
    held: AtomicBool,
    value: Cell<T>,
}

// SAFETY: the lock gives the value to one thread at a time.
#[cfg(all(not(loom), not(target_os = "windows")))]
unsafe impl<T: Send> Sync for Spinning<T> {}

#[cfg(all(not(loom), not(target_os = "windows")))]
impl<T> Lock<T> for Spinning<T> {
    fn new(value: T) -> Self {
        Self {
            held: AtomicBool::new(false),
            value: Cell::new(value),
        }
    }

    fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        while self.held.swap(true, Ordering::Acquire) {
            spin_loop();
        }
        // SAFETY: this thread made `held` true.
        let result = change(unsafe { self.value.get_mut() });
        self.held.store(false, Ordering::Release);
        result
    }
}

/// The same for models, which cannot follow a lock that spins.
#[cfg(loom)]
pub type Spinning<T> = loom::sync::Mutex<T>;

#[cfg(loom)]
impl<T> Lock<T> for Spinning<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.lock().unwrap())
    }
}
