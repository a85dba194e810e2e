//! A listening address, and the peers between their TCP connection and their request.
//!
//! Each peer gets an endpoint and a place among the waiting; the consumer hears of it when its
//! request is whole. A silent peer's time is bounded (NDK-LSN-11), the number of the waiting too,
//! and closing the listener drops them all (NDK-LSN-10). In a crowd each new peer drives out one
//! that has waited long, so that silent ones do not keep others out.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};

use crate::nt::{
    Ref, Status,
    trace::{self, AddressPair},
};
use crate::sync::Revocable;
use crate::wsk::{self, Acceptor};

use super::api::Failure;
use super::endpoint::{Endpoint, Events, failure_of_address};
use super::input;
use super::runner::Core;
use super::settings::Settings;

/// Peers that may be between TCP and their request at a time; more are refused.
const WAITING: usize = 64;

/// With more than this many, the oldest make room.
const CROWD: usize = 48;

/// What comes up from a listener, at IRQL <= DISPATCH, with no lock held. It is dropped after `close`,
/// when none of this is running or will come.
pub(crate) trait Incoming: Send + Sync + Sized + 'static {
    type Events: Events<Listener = Self>;

    /// The answer to `listen`.
    fn listen_done(&self, result: Result<(), Failure>);
    /// A peer asks for a connection: attach, then accept, reject or close, now or later.
    fn incoming(&self, endpoint: Ref<Endpoint<Self::Events>>);
    /// A peer came to nothing before its request was whole, or was not taken at all.
    fn failed(&self);
}

pub(super) struct Listening<L: Incoming> {
    socket: wsk::Listener<Self>,
    settings: Settings,
    door: Revocable<L>,
    paused: AtomicBool,
    closing: AtomicBool,
    waiting: [Revocable<Ref<Core<L::Events>>>; WAITING],
    /// Where to look for a free place next.
    next: AtomicUsize,
    /// Places that are taken.
    crowd: AtomicUsize,
    /// Itself, from `listen` until the socket has closed.
    this: Revocable<Ref<Self>>,
}

/// Where a passive connection came from, and the handle its consumer is to get.
pub(super) struct Origin<E: Events> {
    listener: Ref<Listening<E::Listener>>,
    place: usize,
    handle: Ref<Endpoint<E>>,
}

impl<E: Events> Origin<E> {
    /// Its request is whole.
    pub(super) fn offer(self) {
        self.listener.offer(self.place, self.handle);
    }

    /// It comes to nothing before anybody was offered it.
    pub(super) fn abandon(self) {
        self.listener.forget(self.place);
        self.listener.count_failure();
        drop(self.handle);
    }
}

/// A listener, for its consumer. Dropping it closes it.
pub(crate) struct Listener<L: Incoming>(Ref<Listening<L>>);

impl<L: Incoming> Listener<L> {
    pub(crate) fn new(settings: &Settings, door: L) -> Result<Ref<Self>, Failure> {
        let listening = || {
            let listening = Ref::try_new(Listening {
                socket: wsk::Listener::try_new()?,
                settings: settings.clone(),
                door: Revocable::new(door),
                paused: AtomicBool::new(false),
                closing: AtomicBool::new(false),
                waiting: core::array::from_fn(|_| Revocable::empty()),
                next: AtomicUsize::new(0),
                crowd: AtomicUsize::new(0),
                this: Revocable::empty(),
            })?;
            Ref::try_new(Self(listening))
        };
        listening().map_err(|_: Status| Failure::NoResources)
    }

    /// Listens; `listen_done` answers. Once.
    pub(crate) fn listen(&self, local: SocketAddr) -> Result<(), Failure> {
        self.0
            .this
            .fill(self.0.clone())
            .map_err(|_| Failure::ConnectionInvalid)?;
        self.0
            .socket
            .listen(self.0.clone(), local)
            .map_err(|status| {
                drop(self.0.this.revoke());
                failure_of_address(status)
            })
    }

    /// NDK-LSN-04: while paused, peers are refused as if nobody listened.
    pub(crate) fn pause(&self, paused: bool) {
        self.0.paused.store(paused, Ordering::SeqCst);
    }

    /// The last call.
    pub(crate) fn close(&self) {
        let listening = self.0.clone();
        listening.close();
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0.socket.local_address()
    }
}

impl<L: Incoming> Drop for Listener<L> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<L: Incoming> Listening<L> {
    fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        // With the one in `take`: one of us sees the other.
        fence(Ordering::SeqCst);
        for place in &self.waiting {
            if let Some(core) = place.access() {
                core.leave(input::UNWANTED);
            }
        }
        self.socket.close();
        if self.this.is_empty() {
            // It never listened, so nothing comes from below.
            drop(self.door.revoke());
        }
    }

    /// NDK-LSN-04, NDK-LSN-09: no new peers.
    fn refuses(&self) -> bool {
        self.paused.load(Ordering::SeqCst) || self.closing.load(Ordering::SeqCst)
    }

    /// Puts a peer among the waiting; `None` when there are too many.
    fn wait(&self, core: &Ref<Core<L::Events>>) -> Option<usize> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let place = places_from(start).find(|&place| {
            self.waiting
                .get(place)
                .is_some_and(|place| place.is_empty() && place.fill(core.clone()).is_ok())
        })?;
        if self.crowd.fetch_add(1, Ordering::Relaxed) >= CROWD {
            self.make_room(place);
        }
        Some(place)
    }

    /// Drives out one of the longest waiting. Places are given out in turn, so the oldest are those
    /// ahead; each newcomer finds another one, for the ones found before may still be on their way.
    fn make_room(&self, newest: usize) {
        let ahead = places_from(newest + WAITING - CROWD).take(CROWD);
        let mut ahead = ahead.filter_map(|place| self.waiting.get(place)?.access());
        if let Some(core) = ahead.next() {
            trace::crowded_out(core.pair());
            core.run(input::UNWANTED);
        }
    }

    /// A peer's request is whole.
    fn offer(&self, place: usize, handle: Ref<Endpoint<L::Events>>) {
        self.forget(place);
        match self.door.access().filter(|_| !self.refuses()) {
            Some(door) => door.incoming(handle),
            // Dropping the handle closes the connection, which refuses the peer.
            None => drop(handle),
        }
    }

    /// The place is free again. Once for each peer that got one.
    fn forget(&self, place: usize) {
        if let Some(place) = self.waiting.get(place) {
            drop(place.revoke());
        }
        self.crowd.fetch_sub(1, Ordering::Relaxed);
    }

    fn count_failure(&self) {
        if let Some(door) = self.door.access() {
            door.failed();
        }
    }

    fn take(&self, incoming: wsk::Incoming<'_>) -> Result<(), Status> {
        let handle = Endpoint::<L::Events>::new(&self.settings)
            .map_err(|_| Status::INSUFFICIENT_RESOURCES)?;
        let core = handle.core().clone();
        let place = self.wait(&core).ok_or(Status::REQUEST_NOT_ACCEPTED)?;
        let Some(listener) = self.this.access().map(|this| this.clone()) else {
            self.forget(place);
            return Err(Status::CANCELLED);
        };
        let (local, remote) = (incoming.local(), incoming.remote());
        let accepted = incoming.accept(core.socket(), core.clone());
        match accepted {
            Ok(()) => {
                core.accepted(
                    local,
                    remote,
                    Origin {
                        listener,
                        place,
                        handle,
                    },
                );
                // A listener that closed before this found a peer that could not end yet.
                fence(Ordering::SeqCst);
                if self.closing.load(Ordering::SeqCst) {
                    core.leave(input::UNWANTED);
                }
                Ok(())
            }
            Err(status) => {
                self.forget(place);
                Err(status)
            }
        }
    }
}

/// All places, this one first.
fn places_from(start: usize) -> impl Iterator<Item = usize> {
    (0..WAITING).map(move |step| start.wrapping_add(step) % WAITING)
}

impl<L: Incoming> Acceptor for Listening<L> {
    fn listening(&self, result: Result<(), Status>) {
        if let Some(door) = self.door.access() {
            door.listen_done(result.map_err(failure_of_address));
        }
    }

    fn incoming(&self, incoming: wsk::Incoming<'_>) {
        if self.refuses() {
            return;
        }
        // Dropped without being accepted, the peer is refused.
        let pair = AddressPair {
            local: incoming.local(),
            remote: Some(incoming.remote()),
        };
        if let Err(status) = self.take(incoming) {
            trace::not_taken(pair, status);
            self.count_failure();
        }
    }

    fn lost(&self) {
        // WSK-HAZ-09: the address went away; peers find nobody until the consumer closes.
        self.closing.store(true, Ordering::SeqCst);
        self.socket.close();
    }

    fn closed(&self) {
        drop(self.door.revoke());
        drop(self.this.revoke());
    }
}
