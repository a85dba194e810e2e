//! What comes up from a connection: the answers to the consumer's requests, and its events.

use core::sync::atomic::{AtomicU64, Ordering};

use super::super::front::Door;
use super::super::host::Counters;
use super::super::listing::{Claim, Connection};
use super::super::qp::Attached;
use super::super::status;
use super::{Connector, Link, nd_local};
use crate::nt::Status;
use crate::rdma::Cause;
use crate::transport::{Events, Failure};

impl Events for Link {
    type Queues = Attached;
    type Listener = Door;

    fn connect_done(&self, result: Result<(), Failure>) {
        match result {
            Ok(()) => self.0.keep_address(),
            Err(_) => {
                self.0.count_failure();
                self.0.claim.hide();
            }
        }
        self.0.answered(result);
    }

    fn accept_done(&self, result: Result<(), Failure>) {
        self.0.established(result, &self.0.counters().accept);
    }

    fn complete_done(&self, result: Result<(), Failure>) {
        self.0.established(result, &self.0.counters().connect);
    }

    fn disconnect_done(&self, result: Result<(), Failure>) {
        self.0.end();
        if let Some(pending) = self.0.take(|state| state.disconnecting.take()) {
            pending.complete(status::of_result(result));
        }
    }

    fn disconnected(&self, lost: Option<Failure>) {
        if lost.is_some() {
            // NDK-ADP-18: failed before the consumer disconnected.
            self.0
                .counters()
                .connection_error
                .fetch_add(1, Ordering::Relaxed);
        }
        // NDK-DISC-06: the event is taken, so it happens once. NDK-DISC-11: none once the close
        // has begun; one in progress keeps the connector.
        self.0.end();
        let event = self.0.take(|state| state.disconnect_event.take());
        if let (Some(event), Some(_in_progress)) = (event, self.0.enter()) {
            let cause = lost.map_or(Cause::Own, Failure::cause);
            event.deliver(status::code_of(cause));
        }
    }

    fn closed(&self) {
        // Every request was answered; the link goes with the endpoint, and its hold with it.
    }
}

impl Connector {
    fn established(&self, result: Result<(), Failure>, counter: &AtomicU64) {
        match result {
            Ok(()) => {
                counter.fetch_add(1, Ordering::Relaxed);
                self.begin();
            }
            Err(_) => self.count_failure(),
        }
        self.answered(result);
    }

    /// The answer to the filed request.
    fn answered(&self, result: Result<(), Failure>) {
        let pending = self.take(|state| {
            if result.is_err() {
                state.disconnect_event = None;
            }
            state.establishing.take()
        });
        if let Some(pending) = pending {
            pending.complete(self.status_of(result));
        }
    }

    /// NDK-SEP-02: the port of a shared endpoint is its own, so what is taken is the pair of addresses.
    fn status_of(&self, result: Result<(), Failure>) -> Status {
        let shared = self.take(|state| state.shared.is_some());
        match result {
            Err(Failure::AddressInUse) if shared => Status::ADDRESS_ALREADY_EXISTS,
            result => status::of_result(result),
        }
    }

    /// NDK-SEP-04: the port that was chosen for it is its own until it is closed.
    fn keep_address(&self) {
        let own = self.take(|state| state.shared.is_none());
        if let Some(local) = self.local_address().filter(|_| own) {
            self.claim.show(Claim(local));
        }
    }

    fn count_failure(&self) {
        self.counters()
            .connect_failure
            .fetch_add(1, Ordering::Relaxed);
    }

    /// The connection is there: counted and listed (NDK-ADP-18, NDK-OID-06).
    fn begin(&self) {
        let Some((endpoint, addresses)) = self.take(|state| {
            state.active = true;
            state.endpoint.clone().zip(state.addresses)
        }) else {
            return;
        };
        self.counters()
            .active_connection
            .fetch_add(1, Ordering::Relaxed);
        let local = endpoint.local_address().unwrap_or(addresses.local);
        let peer = endpoint.peer_address().unwrap_or(addresses.peer);
        self.place.show(Connection {
            nd: (nd_local(local, addresses), addresses.peer),
            tcp: (local, peer),
        });
    }

    /// The connection is not there any more; the first to say so counts.
    pub(super) fn end(&self) {
        if self.take(|state| core::mem::take(&mut state.active)) {
            self.counters()
                .active_connection
                .fetch_sub(1, Ordering::Relaxed);
            self.place.hide();
        }
    }

    fn counters(&self) -> &Counters {
        self.adapter.host().counters()
    }
}
