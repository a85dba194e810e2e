//! Lists that wait while the NIC is being reset, chained through themselves: holding one takes no memory.

use super::{
    Lists,
    list::{Chain, cancel_id},
};
use crate::ndis::pair::Passing;

/// Sends of the pair's adapter that were not completed. Whoever takes them out gives them on
/// ([`Held::lists`]).
///
/// # Invariants
/// All lists of both chains are ours.
#[must_use = "sends must be completed"]
pub(in crate::ndis) struct Held {
    /// The NIC had these, and dropped them: they go first.
    dropped: Chain,
    waiting: Chain,
}

// SAFETY: the lists are ours, and belong to no thread.
unsafe impl Send for Held {}

impl Held {
    pub(in crate::ndis) const NONE: Self = Self {
        dropped: Chain::EMPTY,
        waiting: Chain::EMPTY,
    };

    pub(in crate::ndis) const fn count(&self) -> usize {
        self.dropped.count + self.waiting.count
    }

    /// Behind the others.
    pub(in crate::ndis) fn push(&mut self, lists: Lists<'_>) {
        // SAFETY: the chain was the lists', which were ours.
        unsafe { self.waiting.append(lists.into_chain()) };
    }

    pub(in crate::ndis) fn push_dropped(&mut self, lists: Lists<'_>) {
        // SAFETY: as above.
        unsafe { self.dropped.append(lists.into_chain()) };
    }

    /// Those with this cancel id.
    pub(in crate::ndis) fn take_cancelled(&mut self, id: usize) -> Self {
        // SAFETY: the lists of the chains are ours.
        let has_id = |list| unsafe { cancel_id(list) } == id;
        Self {
            dropped: self.dropped.extract(has_id),
            waiting: self.waiting.extract(has_id),
        }
    }

    /// To be sent or completed, in this order, by someone inside.
    pub(in crate::ndis) fn lists<'a>(self, passing: &'a Passing<'_>) -> [Lists<'a>; 2] {
        let Self { dropped, waiting } = self;
        // SAFETY: the lists are ours, and go out of the chains.
        unsafe {
            [
                Lists::unsent(passing, dropped.first, true),
                Lists::unsent(passing, waiting.first, false),
            ]
        }
    }
}
