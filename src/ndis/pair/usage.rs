//! Whether the adapter uses its NIC, and why not, for Event Tracing for Windows.

use super::{Pair, Shut};
use crate::nt::trace;

/// How it was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// There is no NIC, and was none.
    Never,
    Used,
    /// The text is the event's.
    Not(&'static str),
}

impl Pair {
    /// On the worker: each change once, in their order.
    pub(super) fn trace_usage(&self) {
        let now = if self.is_shut(Shut::Unbound) {
            Usage::Not("gone")
        } else if self.is_shut(Shut::Foreign) {
            Usage::Not("another address")
        } else {
            Usage::Used
        };
        let before = {
            let mut usage = self.usage.lock();
            if *usage == Usage::Never && now == Usage::Not("gone") {
                return;
            }
            core::mem::replace(&mut *usage, now)
        };
        let luid = self.luid();
        match now {
            _ if before == now => {}
            Usage::Not(why) => trace::nic_not_used(luid, why),
            _ => trace::nic_used(luid),
        }
    }

    /// The adapter's interface, as events name it.
    pub(in crate::ndis) fn luid(&self) -> u64 {
        self.known.lock().luid
    }
}
