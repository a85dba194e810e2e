//! Which sends are over: left by their completion, taken by the runner.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::transport::link::BATCHES;

/// A bit for each lot that was sent, and above those one for each that failed.
pub(super) struct Returned(AtomicU32);

const _: () = assert!(2 * BATCHES <= u32::BITS as usize);

impl Returned {
    pub(super) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// One send of that lot is under way at a time.
    pub(super) fn tell(&self, lot: usize, ok: bool) {
        let bit = if ok { lot } else { lot + BATCHES };
        self.0.fetch_or(1 << bit, Ordering::Release);
    }

    /// Shows what is new, once.
    pub(super) fn take(&self, mut show: impl FnMut(usize, bool)) {
        if self.0.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut told = self.0.swap(0, Ordering::Acquire);
        while told != 0 {
            let bit = told.trailing_zeros() as usize;
            told &= told - 1;
            show(bit % BATCHES, bit < BATCHES);
        }
    }
}
