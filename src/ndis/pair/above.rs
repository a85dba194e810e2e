//! What those above the adapter are told of its NIC (NDIS-PROT-04), and when nobody is told any more.
//!
//! A call to NDIS that tells them is counted in a valve of its own, not among what passes: they may do whatever
//! they like inside it, and a pause must not wait for that (NDIS-LIFE-17). Only the adapter's halt does, whose
//! handle such a call uses; NDIS has unbound all those above by then, so the call has nobody to wait for.

use super::Pair;
use crate::ndis::dispatch::Notice;
use crate::nt::{Event, Result, Status};
use crate::sync::{Reasons, Valve};

/// The adapter has not started, or is gone.
const ABSENT: Reasons = 1;

pub(super) struct Listeners {
    valve: Valve,
    left: Event,
}

impl Listeners {
    pub(super) fn try_new() -> Result<Self> {
        Ok(Self {
            valve: Valve::new(ABSENT),
            left: Event::try_synchronization(false)?,
        })
    }
}

impl Pair {
    /// The adapter runs, or did.
    pub(super) fn adapter_tells(&self) {
        self.listeners.valve.open(ABSENT);
    }

    /// Nobody is told anything when this returns. `PASSIVE_LEVEL`.
    pub(super) fn adapter_tells_no_more(&self) {
        if self.listeners.valve.shut(ABSENT) {
            self.listeners.left.wait();
        }
    }

    /// Passes an event of the NIC's on to those above; what they say of it. Without an adapter there is nobody
    /// who could mind. `PASSIVE_LEVEL`.
    pub(in crate::ndis) fn tell_above(&self, notice: &Notice<'_>) -> Result<()> {
        let entered = self.listeners.valve.enter();
        let result = match entered {
            Ok(()) => notice.pass(&self.ends),
            Err(_) => Ok(()),
        };
        if self.listeners.valve.leave(1) != 0 {
            self.listeners.left.set();
        }
        match result {
            // Of protocols of NDIS 5; ours may not say it.
            Err(Status::NOT_SUPPORTED) => Ok(()),
            result => result,
        }
    }
}
