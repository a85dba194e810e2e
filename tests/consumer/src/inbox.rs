//! What the callbacks of one connection leave for the thread that works on it: results and the disconnect event.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use softrnic_emulator::sync::{Condvar, Mutex};

use crate::abi::{NDK_CQ_NOTIFY_ANY, NDK_RESULT_EX, NdkOperationTypeReceiveAndInvalidate};
use crate::{CqHandle, NtStatus};

/// A request that completed, as `NdkGetCqResultsEx` gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completed {
    /// `RequestContext`
    pub context: usize,
    /// `Status`
    pub status: NtStatus,
    /// `BytesTransferred`
    pub bytes: u32,
    /// The token that the received message invalidated.
    pub invalidated: Option<u32>,
}

/// What a wait brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A result.
    Completed(Completed),
    /// The disconnect event has come, and no result is left.
    Gone,
    /// The time is over.
    Nothing,
}

/// Results and events that callbacks left; they never block.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    completed: VecDeque<Completed>,
    gone: bool,
}

impl Inbox {
    /// What a CQ's notification callback does: takes every result and arms the CQ for any.
    pub fn drain(&self, cq: CqHandle) {
        let mut results = [NDK_RESULT_EX::default(); 64];
        loop {
            let count = cq.poll_ex(&mut results);
            if count == 0 {
                break;
            }
            self.state
                .lock()
                .completed
                .extend(results[..count].iter().map(completed));
        }
        self.arrived.notify_all();
        cq.arm(NDK_CQ_NOTIFY_ANY);
    }

    /// What the disconnect event callback must call.
    pub fn on_disconnect(self: &Arc<Self>) -> impl Fn() + Send + Sync + 'static {
        let inbox = self.clone();
        move || {
            inbox.state.lock().gone = true;
            inbox.arrived.notify_all();
        }
    }

    /// The next result, or what else comes within `limit`.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Arrival {
        let mut state = self.state.lock();
        let nothing = |s: &mut State| s.completed.is_empty() && !s.gone;
        self.arrived.wait_while_for(&mut state, nothing, limit);
        match state.completed.pop_front() {
            Some(completed) => Arrival::Completed(completed),
            None if state.gone => Arrival::Gone,
            None => Arrival::Nothing,
        }
    }

    /// The next result if one comes within `limit`, whether the peer is gone or not.
    #[must_use]
    pub fn result(&self, limit: Duration) -> Option<Completed> {
        let mut state = self.state.lock();
        let nothing = |s: &mut State| s.completed.is_empty();
        self.arrived.wait_while_for(&mut state, nothing, limit);
        state.completed.pop_front()
    }

    /// Whether no result is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.lock().completed.is_empty()
    }

    /// Whether the disconnect event has come or comes within `limit`.
    #[must_use]
    pub fn is_gone(&self, limit: Duration) -> bool {
        let mut state = self.state.lock();
        let there = |s: &mut State| !s.gone;
        self.arrived.wait_while_for(&mut state, there, limit)
    }
}

fn completed(result: &NDK_RESULT_EX) -> Completed {
    let invalidates = result.Type == NdkOperationTypeReceiveAndInvalidate;
    Completed {
        context: result.RequestContext as usize,
        status: NtStatus(result.Status),
        bytes: result.BytesTransferred,
        invalidated: invalidates.then_some(result.TypeSpecificCompletionOutput as u32),
    }
}
