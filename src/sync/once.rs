//! A place filled at most once and then only read.

use super::primitive::{AtomicUsize, Cell, Ordering};

const EMPTY: usize = 0;
const FILLING: usize = 1;
const FULL: usize = 2;

/// # Invariants
/// The value is written by the thread that made the word `FILLING`, never after it is `FULL`.
#[derive(Debug)]
pub struct Once<T> {
    word: AtomicUsize,
    value: Cell<Option<T>>,
}

// SAFETY: readers share `&T` once it is there; the writer may be another thread.
unsafe impl<T: Send + Sync> Sync for Once<T> {}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Once<T> {
    pub fn new() -> Self {
        Self {
            word: AtomicUsize::new(EMPTY),
            value: Cell::new(None),
        }
    }

    pub fn get(&self) -> Option<&T> {
        if self.word.load(Ordering::Acquire) != FULL {
            return None;
        }
        // SAFETY: full, so nobody writes it any more.
        unsafe { self.value.get() }.as_ref()
    }

    /// Fills the place; gives the value back when somebody else did or is about to.
    pub fn fill(&self, value: T) -> Result<(), T> {
        if self
            .word
            .compare_exchange(EMPTY, FILLING, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            return Err(value);
        }
        // SAFETY: this thread made the word `FILLING`.
        *unsafe { self.value.get_mut() } = Some(value);
        self.word.store(FULL, Ordering::Release);
        Ok(())
    }

    /// The value, made now if the place is empty. `None` when making it failed, or while another
    /// thread is storing its own.
    pub fn get_or_fill(&self, make: impl FnOnce() -> Option<T>) -> Option<&T> {
        if self.get().is_none() {
            drop(self.fill(make()?));
        }
        self.get()
    }
}
