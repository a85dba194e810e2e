//! What the machine has to tell and nobody has taken yet.

use crate::iwarp::api::Event;
use crate::iwarp::error::Error;

/// Each at most once a connection.
#[derive(Default)]
pub(super) struct Events {
    /// Whether there is one: asked at every turn, true a few times in a connection's life.
    any: bool,
    startup: Option<Event>,
    established: bool,
    peer_closed: bool,
    failed: Option<Error>,
}

impl Events {
    pub(super) fn any(&self) -> bool {
        self.any
    }

    /// The peer's request, reply or refusal.
    pub(super) fn startup(&mut self, event: Event) {
        (self.startup, self.any) = (Some(event), true);
    }

    pub(super) fn established(&mut self) {
        (self.established, self.any) = (true, true);
    }

    pub(super) fn peer_closed(&mut self) {
        (self.peer_closed, self.any) = (true, true);
    }

    pub(super) fn failed(&mut self, error: Error) {
        (self.failed, self.any) = (Some(error), true);
    }

    /// The next one, in the order in which a connection goes through them.
    pub(super) fn take(&mut self) -> Option<Event> {
        if let Some(event) = self.startup.take() {
            return Some(event);
        }
        if core::mem::take(&mut self.established) {
            return Some(Event::Established);
        }
        if core::mem::take(&mut self.peer_closed) {
            return Some(Event::PeerClosed);
        }
        self.any = false;
        self.failed.take().map(Event::Failed)
    }
}
