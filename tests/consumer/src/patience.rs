//! Waiting that ends: for a request to complete, as long as the peer may be silent and nobody asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use softrnic_emulator::clock;

use crate::{NtStatus, Request};

/// How often a wait looks whether it was asked to end.
pub const SLICE: Duration = Duration::from_millis(50);

/// Why a wait ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    /// Nothing happened for so long.
    Silence(Duration),
    /// The waiting end was asked to stop.
    Stopped,
}

/// How long an end waits for the other, and whether it still should.
#[derive(Clone, Debug)]
pub struct Patience {
    /// The longest silence that is borne.
    pub limit: Duration,
    stop: Arc<AtomicBool>,
    interrupted: fn() -> bool,
}

impl Patience {
    /// Bears silence for `limit`.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self::unless(limit, || false)
    }

    /// Bears silence for `limit`, unless `interrupted` says that everything is to stop.
    #[must_use]
    pub fn unless(limit: Duration, interrupted: fn() -> bool) -> Self {
        Self {
            limit,
            stop: Arc::default(),
            interrupted,
        }
    }

    /// Asks whoever waits with this (or a clone) to end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether the end was asked to stop, here or from outside.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || (self.interrupted)()
    }

    /// The final status of `request`. When it does not come, the caller closes what the request was made on: that ends it.
    ///
    /// # Errors
    /// When it is still pending after the limit, or the end was asked to stop.
    pub fn settle(&self, request: &Request) -> Result<NtStatus, GaveUp> {
        let end = clock::after(self.limit);
        loop {
            if let Some(status) = request.wait_for(SLICE) {
                return Ok(status);
            }
            if self.is_over() {
                return Err(GaveUp::Stopped);
            }
            if clock::nanoseconds() >= end {
                return Err(GaveUp::Silence(self.limit));
            }
        }
    }
}
