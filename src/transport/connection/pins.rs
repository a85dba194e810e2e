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
    /// Apart from the pins, which take a byte each: side by side the two would take three bytes more.
    stags: [Stag; PINS],
    pins: [Option<Pin>; PINS],
    first: usize,
    count: usize,
    /// Those of them that the batch being filled has taken.
    newest: usize,
}

impl Default for Pins {
    fn default() -> Self {
        Self {
            stags: [Stag(0); PINS],
            pins: [const { None }; PINS],
            first: 0,
            count: 0,
            newest: 0,
        }
    }
}

impl Pins {
    /// Pins the region for the batch being filled; false when no more can be kept.
    pub(super) fn keep<M>(&mut self, grant: &Grant<'_, M>) -> bool {
        let known = |back: usize| {
            let place = (self.first + self.count - back) % PINS;
            self.stags.get(place) == Some(&grant.stag)
        };
        if (1..=self.newest).any(known) {
            return true;
        }
        if self.count == PINS {
            return false;
        }
        let place = (self.first + self.count) % PINS;
        let (Some(stag), Some(pin)) = (self.stags.get_mut(place), self.pins.get_mut(place)) else {
            return false;
        };
        *stag = grant.stag;
        *pin = Some(grant.pin());
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
        self.take((self.first + self.count) % PINS)
    }

    /// The oldest, if there is one: to be given back, as its batch is back.
    pub(super) fn take_oldest(&mut self) -> Option<(Stag, Pin)> {
        let oldest = self.take(self.first)?;
        self.first = (self.first + 1) % PINS;
        self.count -= 1;
        Some(oldest)
    }

    fn take(&mut self, place: usize) -> Option<(Stag, Pin)> {
        let pin = self.pins.get_mut(place)?.take()?;
        Some((*self.stags.get(place)?, pin))
    }
}
