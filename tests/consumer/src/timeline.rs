//! What happened on a connection, in order: the NDK calls a consumer made and the callbacks it got.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// One call or callback.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Time since the timeline began.
    pub at: Duration,
    /// The end that made the call or got the callback.
    pub who: String,
    /// The call with its result, or the callback with its status.
    pub what: String,
}

/// Collects entries from any thread.
#[derive(Debug)]
pub struct Timeline {
    start: Instant,
    entries: Mutex<Vec<Entry>>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            entries: Mutex::new(Vec::new()),
        }
    }
}

impl Timeline {
    /// Adds an entry.
    pub fn record(&self, who: &str, what: impl fmt::Display) {
        let entry = Entry {
            at: self.start.elapsed(),
            who: who.to_owned(),
            what: what.to_string(),
        };
        self.entries
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(entry);
    }

    /// All entries so far, in the order of their recording.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}
