//! The regions that batches on their way were described from: in place until those are back.

use crate::rdma::Stag;
use crate::rdma::limits::MAX_SGE;
use crate::rdma::stag::Grant;
use crate::sync::revocable::Pin;

/// Regions that all batches of a connection together can keep: those of four messages in the most pieces, or of 64 in one
/// piece. A connection with more on its way waits for the oldest to come back.
pub(super) const PINS: usize = 4 * MAX_SGE;

/// A ring: batch after batch, those of the oldest first, those of the one being filled last.
#[derive(Debug)]
pub(super) struct Pins {
    slots: [Option<(Stag, Pin)>; PINS],
    first: usize,
    count: usize,
    /// Those of them that the batch being filled has taken.
    newest: usize,
}

impl Default for Pins {
    fn default() -> Self {
        Self {
            slots: [const { None }; PINS],
            first: 0,
            count: 0,
            newest: 0,
        }
    }
}

impl Pins {
    /// Pins the region for the batch being filled; false when no more can be kept.
    pub(super) fn keep<M>(&mut self, grant: &Grant<'_, M>) -> bool {
        let known = |back: usize| self.stag(self.count - back) == Some(grant.stag);
        if (1..=self.newest).any(known) {
            return true;
        }
        if self.count == PINS {
            return false;
        }
        let Some(place) = self.slots.get_mut((self.first + self.count) % PINS) else {
            return false;
        };
        *place = Some((grant.stag, grant.pin()));
        self.count += 1;
        self.newest += 1;
        true
    }

    /// The batch being filled is on its way; how many it has taken.
    pub(super) fn sent(&mut self) -> usize {
        core::mem::take(&mut self.newest)
    }

    /// One of the batch being filled, if it has taken any: to be given back, as that is not sent.
    pub(super) fn take_newest(&mut self) -> Option<(Stag, Pin)> {
        self.newest = self.newest.checked_sub(1)?;
        self.count -= 1;
        let place = (self.first + self.count) % PINS;
        self.slots.get_mut(place)?.take()
    }

    /// The oldest, if there is one: to be given back, as its batch is back.
    pub(super) fn take_oldest(&mut self) -> Option<(Stag, Pin)> {
        let oldest = self.slots.get_mut(self.first)?.take()?;
        self.first = (self.first + 1) % PINS;
        self.count -= 1;
        Some(oldest)
    }

    fn stag(&self, nth: usize) -> Option<Stag> {
        let kept = self.slots.get((self.first + nth) % PINS)?;
        kept.as_ref().map(|(stag, _)| *stag)
    }
}
