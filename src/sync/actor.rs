//! A value with one runner at a time and no lock: inputs are bits, and whoever brings the first
//! one in gets the value; everybody else leaves a bit behind and goes on.
//!
//! A runner that is entered again (a callback posts, another processor brings data) sees the new
//! bits at the end of its turn, so inputs join and nothing recurses.

use core::ops::{Deref, DerefMut};

use super::primitive::{AtomicU32, Cell, Ordering};

/// The bit that says somebody has the value. Inputs use the other 31.
const RUNNING: u32 = 1 << 31;

/// # Invariants
/// `state` is reached only by the holder of the one `Turn`, which exists while `RUNNING` is set.
#[derive(Debug)]
pub struct Actor<T> {
    word: AtomicU32,
    state: Cell<T>,
}

// SAFETY: the value moves between threads with the turn, one at a time.
unsafe impl<T: Send> Sync for Actor<T> {}

impl<T> Actor<T> {
    pub fn new(state: T) -> Self {
        Self {
            word: AtomicU32::new(0),
            state: Cell::new(state),
        }
    }

    /// Leaves `inputs` and takes the turn if nobody has it. The holder sees them otherwise.
    pub fn post(&self, inputs: u32) -> Option<Turn<'_, T>> {
        debug_assert_eq!(inputs & RUNNING, 0);
        let before = self.word.fetch_or(inputs | RUNNING, Ordering::AcqRel);
        (before & RUNNING == 0).then(|| Turn { actor: self })
    }

    /// Leaves `inputs` without running. True: nobody has the turn, so the caller must see to it
    /// that somebody calls [`Actor::post`] (a DPC); it may say so to several.
    #[must_use = "somebody has to run the actor"]
    pub fn leave(&self, inputs: u32) -> bool {
        debug_assert_eq!(inputs & RUNNING, 0);
        self.word.fetch_or(inputs, Ordering::AcqRel) & RUNNING == 0
    }

    /// Whether some input waits or somebody runs.
    pub fn is_busy(&self) -> bool {
        self.word.load(Ordering::Acquire) != 0
    }
}

/// The right to the value.
#[derive(Debug)]
pub struct Turn<'a, T> {
    actor: &'a Actor<T>,
}

impl<'a, T> Turn<'a, T> {
    /// The inputs since the last take.
    pub fn take(&mut self) -> u32 {
        self.actor.word.fetch_and(RUNNING, Ordering::AcqRel) & !RUNNING
    }

    /// Ends the turn, unless inputs came: then the turn goes on.
    pub fn finish(self) -> Result<(), Self> {
        match self
            .actor
            .word
            .compare_exchange(RUNNING, 0, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => {
                core::mem::forget(self);
                Ok(())
            }
            Err(_) => Err(self),
        }
    }

    /// Ends the turn with `inputs` left behind for the next one: the caller arranges for it.
    pub fn defer(self, inputs: u32) {
        self.actor.word.fetch_or(inputs, Ordering::AcqRel);
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.actor.word.fetch_and(!RUNNING, Ordering::AcqRel);
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the turn is the only one.
        unsafe { self.actor.state.get() }
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the turn is the only one and borrowed exclusively.
        unsafe { self.actor.state.get_mut() }
    }
}
