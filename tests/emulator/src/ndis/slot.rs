//! Requests that a driver may pend: whoever made one waits here for its completion.

use crate::sync::{Condvar, Mutex};
use std::time::Duration;

use softrnic::sys::{NDIS_HANDLE, NDIS_STATUS, NDIS_STATUS_PENDING, NTSTATUS};

use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// One request at a time.
#[derive(Debug, Default)]
pub(super) struct Slot {
    state: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Progress {
    #[default]
    Idle,
    /// The handler was called and has not returned, or returned PENDING.
    Open,
    Done(NDIS_STATUS),
}

impl Slot {
    /// Before the handler is called.
    pub(super) fn open(&self) {
        *self.state.lock() = Progress::Open;
    }

    /// The driver completes; `false` when nothing is pending.
    pub(super) fn complete(&self, status: NDIS_STATUS) -> bool {
        let mut state = self.state.lock();
        if *state != Progress::Open {
            return false;
        }
        *state = Progress::Done(status);
        self.changed.notify_all();
        true
    }

    /// After the handler returned `answer`: the final status. `rule` is broken when a completion
    /// came without PENDING, `late` when none comes within `limit`.
    pub(super) fn finish(
        &self,
        answer: NDIS_STATUS,
        what: &str,
        rule: &str,
        late: (&str, Duration),
    ) -> NDIS_STATUS {
        let mut state = self.state.lock();
        if answer != NDIS_STATUS_PENDING {
            let completed = *state != Progress::Open;
            drop(state);
            if completed {
                violation(
                    rule,
                    &format!("{what} was completed and returned {answer:#x}, not PENDING"),
                );
            }
            *self.state.lock() = Progress::Idle;
            return answer;
        }
        let (late_rule, limit) = late;
        let open = |state: &mut Progress| *state == Progress::Open;
        self.changed.wait_while_for(&mut state, open, limit);
        match *state {
            Progress::Done(status) if status == NDIS_STATUS_PENDING => violation(
                rule,
                &format!("{what} was completed with NDIS_STATUS_PENDING"),
            ),
            Progress::Done(status) => {
                *state = Progress::Idle;
                status
            }
            Progress::Idle | Progress::Open => violation(
                late_rule,
                &format!("{what} was not completed within {limit:?}"),
            ),
        }
    }
}

/// At most DISPATCH_LEVEL: ends a pause that returned PENDING.
pub(super) unsafe extern "win64" fn NdisMPauseComplete(handle: NDIS_HANDLE) {
    let thread = thread::enter("NdisMPauseComplete", DISPATCH_LEVEL);
    let adapter = thread.machine.ndis.adapter(handle, "NdisMPauseComplete");
    if !adapter.pause.complete(softrnic::sys::NDIS_STATUS_SUCCESS) {
        violation(
            "NDIS-LIFE-08",
            "NdisMPauseComplete without a pause that pends",
        );
    }
}

/// At most DISPATCH_LEVEL: ends a restart that returned PENDING.
pub(super) unsafe extern "win64" fn NdisMRestartComplete(handle: NDIS_HANDLE, status: NTSTATUS) {
    let thread = thread::enter("NdisMRestartComplete", DISPATCH_LEVEL);
    let adapter = thread.machine.ndis.adapter(handle, "NdisMRestartComplete");
    if !adapter.restart.complete(status) {
        violation(
            "NDIS-LIFE-10",
            "NdisMRestartComplete without a restart that pends",
        );
    }
}
