//! A count with a stop bit: users enter until it is stopped, and the last one out of a stopped
//! gate learns it, exactly once. Object lifetimes stand on it.

use super::primitive::{AtomicUsize, Ordering, fence};

const STOPPED: usize = 1 << (usize::BITS - 1);

/// Given once in a gate's life: it is stopped and empty.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "whoever is last out finishes the object"]
pub struct Last(());

/// # Invariants
/// The word is the number of users inside, plus `STOPPED` once stopped. It never grows after that,
/// except by a holder's own `hold`.
#[derive(Debug)]
pub struct Gate(AtomicUsize);

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// Open and empty.
    pub fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Goes in, unless the gate is stopped.
    #[must_use = "who is not in must not leave"]
    pub fn enter(&self) -> bool {
        let mut word = self.0.load(Ordering::Relaxed);
        while word & STOPPED == 0 {
            match self
                .0
                .compare_exchange_weak(word, word + 1, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Goes in once more, stopped or not; the caller is inside already.
    pub fn hold(&self) {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        debug_assert_ne!(before & !STOPPED, 0, "held from outside");
    }

    /// Goes out.
    pub fn leave(&self) -> Option<Last> {
        let before = self.0.fetch_sub(1, Ordering::Release);
        debug_assert_ne!(before & !STOPPED, 0, "left more often than entered");
        (before == STOPPED + 1).then(|| {
            fence(Ordering::Acquire);
            Last(())
        })
    }

    /// Lets nobody in any more. Only the first stop can be the last out.
    pub fn stop(&self) -> Option<Last> {
        let before = self.0.fetch_or(STOPPED, Ordering::AcqRel);
        (before == 0).then_some(Last(()))
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire) & STOPPED != 0
    }

    /// Users inside now.
    pub fn users(&self) -> usize {
        self.0.load(Ordering::Acquire) & !STOPPED
    }
}
