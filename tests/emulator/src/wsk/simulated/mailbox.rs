//! What a network thread waits for: events of its sockets, and wake-ups.

use std::sync::Arc;

use crate::clock;
use crate::sched;
use crate::sync::Mutex;

/// Events not yet taken, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(in crate::wsk) struct Mailbox(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<(u64, u32)>,
    woken: bool,
}

impl Mailbox {
    fn key(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    pub(super) fn post(&self, key: u64, events: u32) {
        self.0.lock().events.push((key, events));
        sched::unpark_all(self.key());
    }

    pub(in crate::wsk) fn wake(&self) {
        self.0.lock().woken = true;
        sched::unpark_all(self.key());
    }

    /// Waits for events (`None`: for ever) and hands them to `each`; how many there were.
    pub(in crate::wsk) fn wait(
        &self,
        timeout: Option<std::time::Duration>,
        mut each: impl FnMut(u64, u32),
    ) -> usize {
        let nothing = || {
            let waiting = self.0.lock();
            waiting.events.is_empty() && !waiting.woken
        };
        if timeout != Some(std::time::Duration::ZERO) {
            sched::park(self.key(), timeout.map(clock::after), nothing);
        }
        let events = {
            let mut waiting = self.0.lock();
            waiting.woken = false;
            std::mem::take(&mut waiting.events)
        };
        for &(key, what) in &events {
            each(key, what);
        }
        events.len()
    }
}
