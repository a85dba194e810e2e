//! A place for one value on its way from one thread to another; neither side waits.

use super::primitive::{AtomicUsize, Cell, Ordering};

const EMPTY: usize = 0;
const BUSY: usize = 1;
const FULL: usize = 2;

/// # Invariants
/// The value is touched only by the thread that made the word `BUSY`.
#[derive(Debug)]
pub struct Mailbox<T> {
    word: AtomicUsize,
    value: Cell<Option<T>>,
}

// SAFETY: the value moves from the putting to the taking thread.
unsafe impl<T: Send> Sync for Mailbox<T> {}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Mailbox<T> {
    pub fn new() -> Self {
        Self {
            word: AtomicUsize::new(EMPTY),
            value: Cell::new(None),
        }
    }

    /// Leaves a value; gives it back when there is one already.
    pub fn put(&self, value: T) -> Result<(), T> {
        if !self.claim(EMPTY) {
            return Err(value);
        }
        // SAFETY: this thread made the word `BUSY`.
        *unsafe { self.value.get_mut() } = Some(value);
        self.word.store(FULL, Ordering::Release);
        Ok(())
    }

    /// Shows the value, if there is one, and leaves it. Whoever wants to take it meanwhile finds none.
    pub fn look(&self, look: impl FnOnce(&T)) {
        if !self.claim(FULL) {
            return;
        }
        // SAFETY: this thread made the word `BUSY`.
        if let Some(value) = unsafe { self.value.get() } {
            look(value);
        }
        self.word.store(FULL, Ordering::Release);
    }

    /// Takes the value, if there is one.
    pub fn take(&self) -> Option<T> {
        if !self.claim(FULL) {
            return None;
        }
        // SAFETY: this thread made the word `BUSY`.
        let value = unsafe { self.value.get_mut() }.take();
        self.word.store(EMPTY, Ordering::Release);
        value
    }

    fn claim(&self, from: usize) -> bool {
        self.word
            .compare_exchange(from, BUSY, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
}
