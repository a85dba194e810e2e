//! A value with one runner at a time and no lock: inputs are bits, and whoever brings the first
//! one in gets the value; everybody else leaves a bit behind and goes on.
//!
//! A runner that is entered again (a callback posts, another processor brings data) sees the new
//! bits at the end of its turn, so inputs join and nothing recurses.
//!
//! Some inputs may rest: a runner that does not wait for them says so as it ends its turn, and whoever
//! brings one then has nobody run; the next turn finds it.

use core::ops::{Deref, DerefMut};

use super::primitive::{AtomicU32, Cell, Ordering};

/// The bit that says somebody has the value.
const RUNNING: u32 = 1 << 31;
/// Inputs that may rest.
const MAY_REST: u32 = 0b11;
/// So far above each of them is the bit that says that the last turn did not wait for it.
const RESTING: u32 = 28;
/// Inputs use the bits below those.
const INPUTS: u32 = (1 << RESTING) - 1;

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
        debug_assert_eq!(inputs & !INPUTS, 0);
        let before = self.word.fetch_or(inputs | RUNNING, Ordering::AcqRel);
        (before & RUNNING == 0).then(|| Turn { actor: self })
    }

    /// Leaves `inputs` without running. True: nobody has the turn, so the caller must see to it
    /// that somebody calls [`Actor::post`] (a DPC); it may say so to several.
    #[must_use = "somebody has to run the actor"]
    pub fn leave(&self, inputs: u32) -> bool {
        debug_assert_eq!(inputs & !INPUTS, 0);
        self.word.fetch_or(inputs, Ordering::AcqRel) & RUNNING == 0
    }

    /// As [`Actor::leave`], of inputs that may rest, which are the lowest two: false also when the last
    /// turn said that they do.
    #[must_use = "somebody has to run the actor"]
    pub fn leave_to_rest(&self, inputs: u32) -> bool {
        debug_assert_eq!(inputs & !MAY_REST, 0);
        let before = self.word.fetch_or(inputs, Ordering::AcqRel);
        before & RUNNING == 0 && inputs & !(before >> RESTING) != 0
    }

    /// Whether some input waits or somebody runs.
    pub fn is_busy(&self) -> bool {
        self.word.load(Ordering::Acquire) & (RUNNING | INPUTS) != 0
    }
}

/// The right to the value.
#[derive(Debug)]
pub struct Turn<'a, T> {
    actor: &'a Actor<T>,
}

impl<'a, T> Turn<'a, T> {
    /// The inputs that a take would bring.
    pub fn inputs(&self) -> u32 {
        self.actor.word.load(Ordering::Relaxed) & INPUTS
    }

    /// The inputs since the last take.
    pub fn take(&mut self) -> u32 {
        self.actor.word.fetch_and(RUNNING, Ordering::AcqRel) & INPUTS
    }

    /// Ends the turn, unless inputs came other than those that may rest until the next one: then the
    /// turn goes on.
    pub fn finish(self, may_rest: u32) -> Result<(), Self> {
        debug_assert_eq!(may_rest & !MAY_REST, 0);
        let mut word = RUNNING;
        loop {
            let came = word & INPUTS;
            if came & !may_rest != 0 {
                return Err(self);
            }
            match self.actor.word.compare_exchange(
                word,
                came | may_rest << RESTING,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => {
                    core::mem::forget(self);
                    return Ok(());
                }
                Err(now) => word = now,
            }
        }
    }

    /// Ends the turn with `inputs` left behind for the next one: the caller arranges for it.
    pub fn defer(self, inputs: u32) {
        self.actor.word.fetch_or(inputs, Ordering::AcqRel);
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.actor.word.fetch_and(INPUTS, Ordering::AcqRel);
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
