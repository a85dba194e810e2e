//! Which sends are over: left by their completion, taken by the runner.

use core::sync::atomic::{AtomicU8, Ordering};

use crate::transport::link::BATCHES;

const NOTHING: u8 = 0;
const SENT: u8 = 1;
const FAILED: u8 = 2;

/// One word for each lot.
pub(super) struct Returned([AtomicU8; BATCHES]);

impl Returned {
    pub(super) const fn new() -> Self {
        Self([const { AtomicU8::new(NOTHING) }; BATCHES])
    }

    /// One send of that lot is under way at a time.
    pub(super) fn tell(&self, lot: usize, ok: bool) {
        if let Some(word) = self.0.get(lot) {
            word.store(if ok { SENT } else { FAILED }, Ordering::Release);
        }
    }

    /// Shows what is new, once.
    pub(super) fn take(&self, mut show: impl FnMut(usize, bool)) {
        for (lot, word) in self.0.iter().enumerate() {
            if word.load(Ordering::Acquire) != NOTHING {
                // Only the runner takes, and what is there stays until then.
                let told = word.swap(NOTHING, Ordering::AcqRel);
                show(lot, told == SENT);
            }
        }
    }
}
