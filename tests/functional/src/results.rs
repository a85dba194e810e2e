//! What came through an end's completion queues and callbacks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use softrnic_consumer::abi::{NDK_CQ_NOTIFY_ANY, NDK_RESULT_EX};
use softrnic_consumer::{CqHandle, NtStatus};
use softrnic_emulator::sync::{Condvar, Mutex};
use softrnic_emulator::{clock, sched};

use crate::{A_WHILE, SOON};

/// A result as the CQ gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// `RequestContext`
    pub context: usize,
    /// `Status`
    pub status: NtStatus,
    /// `BytesTransferred`
    pub bytes: u32,
    /// `Type`, `NDK_OPERATION_TYPE`
    pub kind: i32,
    /// `TypeSpecificCompletionOutput`
    pub output: u64,
    /// `ProviderErrorCode`
    pub code: u32,
}

/// Results of one CQ, and how often it notified.
#[derive(Default)]
pub struct Results {
    state: Mutex<Vec<Done>>,
    arrived: Condvar,
    /// Notification callbacks so far.
    pub notifications: AtomicUsize,
}

impl Results {
    pub(crate) fn drain(&self, cq: CqHandle, rearm: bool) {
        self.notifications.fetch_add(1, Ordering::SeqCst);
        let mut results = [NDK_RESULT_EX::default(); 32];
        loop {
            let count = cq.poll_ex(&mut results);
            if count == 0 {
                break;
            }
            let done = results[..count].iter().map(|r| Done {
                context: r.RequestContext as usize,
                status: NtStatus(r.Status),
                bytes: r.BytesTransferred,
                kind: r.Type,
                output: r.TypeSpecificCompletionOutput,
                code: r.ProviderErrorCode,
            });
            self.state.lock().extend(done);
            self.arrived.notify_all();
        }
        if rearm {
            cq.arm(NDK_CQ_NOTIFY_ANY);
        }
    }

    /// Waits until `count` results are there and takes them.
    ///
    /// # Panics
    /// When they do not come soon.
    #[must_use]
    pub fn take(&self, count: usize) -> Vec<Done> {
        let _ = self.wait_for(count, SOON);
        let mut state = self.state.lock();
        assert!(
            state.len() >= count,
            "{} of {count} results came: {:?}",
            state.len(),
            *state
        );
        state.drain(..count).collect()
    }

    /// Whether `count` results are there within `limit`.
    #[must_use]
    pub fn wait_for(&self, count: usize, limit: Duration) -> bool {
        let mut state = self.state.lock();
        let missing = |state: &mut Vec<Done>| state.len() < count;
        self.arrived.wait_while_for(&mut state, missing, limit)
    }

    /// What is there now.
    #[must_use]
    pub fn settle_now(&self) -> Vec<Done> {
        std::mem::take(&mut *self.state.lock())
    }

    /// What came within a while.
    #[must_use]
    pub fn settle(&self) -> Vec<Done> {
        sched::sleep_until(clock::after(A_WHILE));
        std::mem::take(&mut *self.state.lock())
    }
}

/// A flag that a callback sets.
#[derive(Default)]
pub struct Flag {
    count: Mutex<usize>,
    set: Condvar,
}

impl Flag {
    /// Sets it once more.
    pub fn set(&self) {
        *self.count.lock() += 1;
        self.set.notify_all();
    }

    /// How often it was set.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.count.lock()
    }

    /// Whether it is set within `limit`.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> bool {
        self.wait_for(1, limit)
    }

    /// Whether it is set so often within `limit`.
    #[must_use]
    pub fn wait_for(&self, times: usize, limit: Duration) -> bool {
        let mut count = self.count.lock();
        let too_few = |count: &mut usize| *count < times;
        self.set.wait_while_for(&mut count, too_few, limit)
    }
}
