//! What happened on a connection, in order: the NDK calls a consumer made and the callbacks it got.

use std::fmt;
use std::time::Duration;

use softrnic_emulator::clock;
use softrnic_emulator::sched;
use softrnic_emulator::sync::Mutex;

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
    /// In nanoseconds of the emulator's clock.
    start: u64,
    entries: Mutex<Vec<Entry>>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            start: clock::nanoseconds(),
            entries: Mutex::new(Vec::new()),
        }
    }
}

impl Timeline {
    /// Adds an entry.
    pub fn record(&self, who: &str, what: impl fmt::Display) {
        sched::note(|| format!("{who}: {what}"));
        let entry = Entry {
            at: Duration::from_nanos(clock::nanoseconds() - self.start),
            who: who.to_owned(),
            what: what.to_string(),
        };
        self.entries.lock().push(entry);
    }

    /// All entries so far, in the order of their recording.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().clone()
    }
}
