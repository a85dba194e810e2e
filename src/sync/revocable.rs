//! A value that may be taken away: users ask for access, the revoker does not wait, and the last
//! one out drops the value. After that the place may be filled again.

use core::ops::Deref;

use super::primitive::{AtomicUsize, Cell, Ordering};

/// Nothing inside, nobody working on it.
const EMPTY: usize = usize::MAX;
/// Being filled by one thread.
const FILLING: usize = usize::MAX - 1;
/// Being emptied by one thread.
const EMPTYING: usize = usize::MAX - 2;
/// No new users.
const REVOKED: usize = 1 << (usize::BITS - 2);
/// One pin; users count below it.
const PIN: usize = 1 << (usize::BITS / 2);
const PINS: usize = (REVOKED - 1) & !(PIN - 1);

/// # Invariants
/// The word is `EMPTY`, `FILLING`, `EMPTYING`, or users + pins * `PIN` (below `REVOKED`), plus
/// `REVOKED` once revoked. The value is there exactly while the word is a number; only the thread
/// that made it `FILLING` or `EMPTYING` writes it. Users are counted apart from pins: a pin released at the wrong place can end
/// other pins there, never an access.
#[derive(Debug)]
pub struct Revocable<T> {
    word: AtomicUsize,
    value: Cell<Option<T>>,
}

// SAFETY: shared users see `&T`, the last out (any thread) drops it.
unsafe impl<T: Send + Sync> Sync for Revocable<T> {}

impl<T> Default for Revocable<T> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T> Revocable<T> {
    pub fn empty() -> Self {
        Self {
            word: AtomicUsize::new(EMPTY),
            value: Cell::new(None),
        }
    }

    pub fn new(value: T) -> Self {
        Self {
            word: AtomicUsize::new(0),
            value: Cell::new(Some(value)),
        }
    }

    /// Fills an empty place; gives the value back when it is not empty.
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
        self.word.store(0, Ordering::Release);
        Ok(())
    }

    /// The value, unless there is none or it was revoked.
    pub fn access(&self) -> Option<Access<'_, T>> {
        let mut word = self.word.load(Ordering::Relaxed);
        while word < REVOKED {
            match self.word.compare_exchange_weak(
                word,
                word + 1,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some(Access { place: self }),
                Err(now) => word = now,
            }
        }
        None
    }

    /// No access from now on. The value comes back if nobody is using it; otherwise the last user
    /// drops it. `None` also when there was nothing to revoke.
    pub fn revoke(&self) -> Option<T> {
        let mut word = self.word.load(Ordering::Relaxed);
        while word < REVOKED {
            let next = if word == 0 { EMPTYING } else { word | REVOKED };
            match self
                .word
                .compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(0) => return self.empty_out(),
                Ok(_) => return None,
                Err(now) => word = now,
            }
        }
        None
    }

    /// Nothing inside and nobody on the way out.
    pub fn is_empty(&self) -> bool {
        self.word.load(Ordering::Acquire) == EMPTY
    }

    /// Revoked, and somebody is still using it. Once false after a revocation, no user of that value
    /// is left; the drop of the value follows.
    pub fn is_leaving(&self) -> bool {
        (REVOKED..=EMPTYING).contains(&self.word.load(Ordering::SeqCst))
    }

    /// Gives back one pin of this place.
    pub fn unpin(&self, pin: Pin) {
        let Pin(()) = pin;
        let mut word = self.word.load(Ordering::Relaxed);
        while word < EMPTYING && word & PINS != 0 {
            match self.word.compare_exchange_weak(
                word,
                word - PIN,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return self.leave(word - PIN),
                Err(now) => word = now,
            }
        }
        debug_assert!(false, "a pin of another place");
    }

    /// After a count went down to `now`: the last out of a revoked place empties it.
    fn leave(&self, now: usize) {
        let last_out = now == REVOKED
            && self
                .word
                .compare_exchange(REVOKED, EMPTYING, Ordering::Acquire, Ordering::Relaxed)
                .is_ok();
        if last_out {
            drop(self.empty_out());
        }
    }

    /// Takes the value out; the word is `EMPTYING` by this thread's doing.
    fn empty_out(&self) -> Option<T> {
        // SAFETY: this thread made the word `EMPTYING`.
        let value = unsafe { self.value.get_mut() }.take();
        // Empty before the value is dropped: what the drop calls may fill the place again.
        self.word.store(EMPTY, Ordering::Release);
        value
    }
}

/// Access to a revocable value: it stays while this lives.
#[derive(Debug)]
pub struct Access<'a, T> {
    place: &'a Revocable<T>,
}

impl<T> Access<'_, T> {
    /// Keeps the value in place beyond this access; [`Revocable::unpin`] ends it.
    pub fn pin(&self) -> Pin {
        self.place.word.fetch_add(PIN, Ordering::Relaxed);
        Pin(())
    }
}

impl<T> Deref for Access<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this user is counted, so nobody writes the value.
        let value = unsafe { self.place.value.get() };
        // SAFETY: the invariant: a counted user implies a value.
        unsafe { value.as_ref().unwrap_unchecked() }
    }
}

impl<T> Drop for Access<'_, T> {
    fn drop(&mut self) {
        let before = self.place.word.fetch_sub(1, Ordering::AcqRel);
        self.place.leave(before - 1);
    }
}

/// A counted use without access: the value stays in place until it is given back.
#[derive(Debug)]
#[must_use = "the value stays until the pin is given back"]
pub struct Pin(());
