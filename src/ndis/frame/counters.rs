//! The adapter's statistics (`OID_GEN_STATISTICS`): counted for a chain at a time, so that the
//! processors meet at the counters once a chain and not once a frame.

use core::sync::atomic::{AtomicU64, Ordering};

use super::Kind;

/// Frames and bytes, Ethernet header and all, of each kind; and what was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Tally {
    pub(in crate::ndis) unicast: Counted,
    pub(in crate::ndis) multicast: Counted,
    pub(in crate::ndis) broadcast: Counted,
    /// Frames the NIC below could not send.
    pub(in crate::ndis) errors: u64,
    /// Frames there was no memory or no network for.
    pub(in crate::ndis) discards: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Counted {
    pub(in crate::ndis) frames: u64,
    pub(in crate::ndis) bytes: u64,
}

impl Tally {
    pub(in crate::ndis) fn add(&mut self, kind: Kind, bytes: u64) {
        let counted = match kind {
            Kind::Unicast => &mut self.unicast,
            Kind::Multicast => &mut self.multicast,
            Kind::Broadcast => &mut self.broadcast,
        };
        counted.frames += 1;
        counted.bytes += bytes;
    }

    /// Of every kind.
    pub(in crate::ndis) fn frames(&self) -> u64 {
        self.unicast.frames + self.multicast.frames + self.broadcast.frames
    }

    pub(in crate::ndis) fn bytes(&self) -> u64 {
        self.unicast.bytes + self.multicast.bytes + self.broadcast.bytes
    }
}

/// Both ways, since the adapter started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Totals {
    pub(in crate::ndis) sent: Tally,
    pub(in crate::ndis) received: Tally,
}

#[derive(Default)]
pub(in crate::ndis) struct Counters {
    sent: Direction,
    received: Direction,
}

/// As a [`Tally`], in its order.
#[derive(Default)]
struct Direction([AtomicU64; 8]);

impl Counters {
    pub(in crate::ndis) fn sent(&self, tally: &Tally) {
        self.sent.add(tally);
    }

    pub(in crate::ndis) fn received(&self, tally: &Tally) {
        self.received.add(tally);
    }

    pub(in crate::ndis) fn totals(&self) -> Totals {
        Totals {
            sent: self.sent.read(),
            received: self.received.read(),
        }
    }

    /// For a new adapter.
    pub(in crate::ndis) fn reset(&self) {
        for counter in self.sent.0.iter().chain(&self.received.0) {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

impl Direction {
    fn add(&self, tally: &Tally) {
        for (counter, more) in self.0.iter().zip(numbers(tally)) {
            if more != 0 {
                counter.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    fn read(&self) -> Tally {
        let [a, b, c, d, e, f, errors, discards] = self
            .0
            .each_ref()
            .map(|counter| counter.load(Ordering::Relaxed));
        let counted = |frames, bytes| Counted { frames, bytes };
        Tally {
            unicast: counted(a, b),
            multicast: counted(c, d),
            broadcast: counted(e, f),
            errors,
            discards,
        }
    }
}

fn numbers(tally: &Tally) -> [u64; 8] {
    let (unicast, multicast, broadcast) = (tally.unicast, tally.multicast, tally.broadcast);
    [
        unicast.frames,
        unicast.bytes,
        multicast.frames,
        multicast.bytes,
        broadcast.frames,
        broadcast.bytes,
        tally.errors,
        tally.discards,
    ]
}
