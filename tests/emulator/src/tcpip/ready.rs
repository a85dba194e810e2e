//! What a WSK network thread waits for when its sockets are TCP/IP's.

use std::sync::Arc;
use std::time::Duration;

use crate::clock;
use crate::sync::{Condvar, Mutex};

pub(super) const READABLE: i32 = libc::EPOLLIN;
pub(super) const WRITABLE: i32 = libc::EPOLLOUT;
pub(super) const ENDED: i32 = libc::EPOLLIN | libc::EPOLLRDHUP;
pub(super) const BROKEN: i32 = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLERR | libc::EPOLLHUP;

/// Events not yet taken, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ready(Arc<(Mutex<Waiting>, Condvar)>);

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<(u64, u32)>,
    woken: bool,
}

impl Ready {
    pub(super) fn post(&self, key: u64, events: i32) {
        self.0.0.lock().events.push((key, events as u32));
        self.0.1.notify_all();
    }

    pub(crate) fn wake(&self) {
        self.0.0.lock().woken = true;
        self.0.1.notify_all();
    }

    /// Waits for events (`None`: for ever) and hands them to `each`; how many there were.
    pub(crate) fn wait(&self, timeout: Option<Duration>, mut each: impl FnMut(u64, u32)) -> usize {
        let (waiting, changed) = &*self.0;
        let until = timeout.map(clock::after);
        let mut waiting = waiting.lock();
        while waiting.events.is_empty() && !waiting.woken && timeout != Some(Duration::ZERO) {
            if !changed.wait_until(&mut waiting, until) {
                break;
            }
        }
        waiting.woken = false;
        let events = std::mem::take(&mut waiting.events);
        drop(waiting);
        for &(key, what) in &events {
            each(key, what);
        }
        events.len()
    }
}
