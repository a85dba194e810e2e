//! Waiting that ends: for a request to complete, as long as the peer may be silent and nobody asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use softrnic_consumer::{NtStatus, Request};

use crate::link::LinkError;

/// How often a wait looks whether it was asked to end.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Set by an interrupt from the keyboard or a request to terminate.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long an end waits for the other, and whether it still should.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    /// The longest silence that is borne.
    pub(crate) limit: Duration,
    stop: Arc<AtomicBool>,
}

impl Patience {
    /// Bears silence for `limit`.
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            stop: Arc::default(),
        }
    }

    /// Asks whoever waits with this (or a clone) to end.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether the end was asked to stop, here or from outside.
    pub(crate) fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || INTERRUPTED.load(Ordering::SeqCst)
    }

    /// The final status of `request`. When it does not come, the caller closes what the request was made on: that ends it.
    pub(crate) fn settle(&self, request: &Request) -> Result<NtStatus, LinkError> {
        let start = Instant::now();
        loop {
            if let Some(status) = request.wait_for(SLICE) {
                return Ok(status);
            }
            if self.is_over() {
                return Err(LinkError::Interrupted);
            }
            if start.elapsed() >= self.limit {
                return Err(LinkError::Silence(self.limit));
            }
        }
    }
}

/// From now on the first interrupt (or request to terminate) ends the work in good order; the second ends the process.
pub(crate) fn catch_interrupts() {
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        eprintln!("interrupted: closing");
    });
}
