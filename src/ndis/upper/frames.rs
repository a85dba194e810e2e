//! The adapter's states as sends see them, and the count of sends in progress.
//!
//! NDIS-LIFE-01: sends come in Running and Pausing. No frame has anywhere to go yet, so each is
//! refused; what matters is with which status, and that a pause returns only when every one was
//! given back.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::nt::{Event, Result};

/// Why a frame was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The adapter is paused or pausing.
    Paused,
    /// There is no network below.
    Disconnected,
    /// The device is gone.
    Removed,
}

/// Frames of the adapter's life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) discarded: u64,
}

/// The state word: the phase, and above it the sends in progress.
const PHASE: u32 = 0b11;
const PAUSED: u32 = 0;
const RUNNING: u32 = 1;
const REMOVED: u32 = 2;
const ONE: u32 = PHASE + 1;

pub(super) struct Frames {
    word: AtomicU32,
    /// Set when the last send in progress leaves an adapter that does not run.
    idle: Event,
    discarded: AtomicU64,
}

/// A send in progress.
pub(super) struct Entered<'a> {
    frames: &'a Frames,
    refused: Refused,
}

impl Frames {
    /// Paused, as an adapter is after initialization.
    pub(super) fn create() -> Result<Self> {
        Ok(Self {
            word: AtomicU32::new(PAUSED),
            idle: Event::try_notification()?,
            discarded: AtomicU64::new(0),
        })
    }

    /// Callable at <= `DISPATCH_LEVEL`.
    pub(super) fn enter(&self, frames: u64) -> Entered<'_> {
        self.discarded.fetch_add(frames, Ordering::Relaxed);
        let refused = match self.word.fetch_add(ONE, Ordering::Acquire) & PHASE {
            RUNNING => Refused::Disconnected,
            REMOVED => Refused::Removed,
            // NDIS-LIFE-09.
            _ => Refused::Paused,
        };
        Entered {
            frames: self,
            refused,
        }
    }

    /// Returns when every send that came before is given back. `PASSIVE_LEVEL`.
    pub(super) fn pause(&self) {
        self.idle.clear();
        // A removed adapter stays removed.
        let before = self.word.fetch_and(!RUNNING, Ordering::AcqRel);
        if before >= ONE {
            self.idle.wait();
        }
    }

    pub(super) fn restart(&self) {
        if self.word.load(Ordering::Acquire) & PHASE == PAUSED {
            self.word.fetch_or(RUNNING, Ordering::AcqRel);
        }
    }

    pub(super) fn remove(&self) {
        self.word.fetch_or(REMOVED, Ordering::AcqRel);
        self.word.fetch_and(!RUNNING, Ordering::AcqRel);
    }

    pub(super) fn is_removed(&self) -> bool {
        self.word.load(Ordering::Acquire) & REMOVED != 0
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            discarded: self.discarded.load(Ordering::Relaxed),
        }
    }
}

impl Entered<'_> {
    pub(super) fn refused(&self) -> Refused {
        self.refused
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let before = self.frames.word.fetch_sub(ONE, Ordering::AcqRel);
        if before / ONE == 1 && before & PHASE != RUNNING {
            self.frames.idle.set();
        }
    }
}
