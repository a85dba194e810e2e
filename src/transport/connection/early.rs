//! What need not wait for [`Connection::pump`] while data flows: what the peer waits for.

use super::super::api::Queues;
use super::super::link::{Batch, Link};
use super::{Connection, Phase};

impl<Q: Queues> Connection<Q> {
    /// The consumer is called for what an indication has completed, if the machine has nothing to say or to answer.
    pub(crate) fn notify_first(&mut self) {
        if !self.flows() || !self.machine.is_silent() {
            return;
        }
        if core::mem::take(&mut self.incoming.answered) {
            self.retire();
        }
        self.notify();
    }

    /// What was posted, or is owed, goes out.
    pub(crate) fn send_first<L: Link<Batch: Batch<Q::Memory>>>(&mut self, link: &mut L) {
        if self.flows() {
            self.transmit(link);
        }
    }

    fn flows(&self) -> bool {
        self.phase == Phase::Ready && !self.machine.has_event()
    }
}
