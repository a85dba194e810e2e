//! What the protocol machine has to say, and who is told.

use crate::iwarp::Event;
use crate::rdma::qp::Event as Change;

use super::super::api::{Failure, Queues, Said};
use super::super::link::{Link, Up};
use super::reads::{from_the_wire, possible};
use super::{Around, Connection, Phase};

impl<Q: Queues> Connection<Q> {
    /// Tells what the machine has to say: seldom anything. What the peer said is told before what was asked for after it.
    pub(crate) fn tell<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        while self.machine.has_event() {
            if let Some(event) = self.machine.poll_event() {
                self.told(event, around);
            }
        }
    }

    /// Out of line, so that nothing is made ready for it where there is no event.
    #[inline(never)]
    fn told<L: Link, U: Up>(&mut self, event: Event, around: &mut Around<'_, L, U>) {
        if !self.awaits(event) || !self.keeps_what_is_said(event, around) {
            return;
        }
        match event {
            Event::PeerRequest { reads } => {
                self.phase = Phase::Offered;
                around.up.reads_in_force(possible(self.config.caps, reads));
                around.up.offered();
            }
            Event::PeerReply { .. } => {
                self.phase = Phase::Replied;
                around
                    .up
                    .reads_in_force(from_the_wire(self.machine.reads()));
                around.up.connect_done(Ok(()));
            }
            Event::PeerReject { .. } => {
                self.farewell(Failure::Refused, around.now());
                self.answer(Phase::AwaitReply, Failure::Refused, around.up);
            }
            Event::Established => self.established(around),
            // NDK-DISC-08: nothing is flushed.
            Event::PeerClosed => self.tell_disconnected(around.up, None),
            Event::Failed(error) => self.failed(error, around),
        }
    }

    /// Nobody hears of a request or an answer that came as the connection ended.
    fn awaits(&self, event: Event) -> bool {
        match event {
            Event::PeerRequest { .. } => self.phase == Phase::AwaitRequest,
            Event::PeerReply { .. } | Event::PeerReject { .. } => self.phase == Phase::AwaitReply,
            Event::Established | Event::PeerClosed | Event::Failed(_) => true,
        }
    }

    fn established<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        around
            .up
            .reads_in_force(from_the_wire(self.machine.reads()));
        let active = self.phase == Phase::Completing;
        if !active && self.phase != Phase::Accepting {
            return;
        }
        self.change(Change::Established);
        self.ending.established = true;
        self.phase = Phase::Ready;
        self.private_data = Said::nothing();
        if active {
            around.up.complete_done(Ok(()))
        } else {
            around.up.accept_done(Ok(()))
        }
    }
}
