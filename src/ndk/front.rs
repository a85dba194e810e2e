//! A TCP listening address, and the ND listeners behind it.
//!
//! ND ports 445 and 5445 are one TCP port while the port map is on (NDK-CON-18), so the two listeners
//! a consumer may have there share one TCP listener. Nothing on the wire says which of them a peer
//! means: the one that listened first hears of it, while it is open and not paused.

use core::net::SocketAddr;
use core::sync::atomic::Ordering;

use super::connector::{Endpoint, Link};
use super::dispatch::RequestCompletion;
use super::host::Host;
use super::listener::Listener;
use super::object::Hold;
use super::status;
use crate::nt::{Ref, SpinLock, Status};
use crate::transport::{self, Failure};

/// The transport's listener.
type Socket = transport::Listener<Door>;

/// What the transport's listener calls up to; dropped when the port is free.
pub(super) struct Door(Ref<Front>);

/// Listeners that can share an address: as many as there are ND ports of one TCP port.
const GUESTS: usize = 2;

pub(crate) struct Front {
    address: SocketAddr,
    host: Ref<Host>,
    inside: SpinLock<Inside>,
}

#[derive(Default)]
struct Inside {
    socket: Option<Ref<Socket>>,
    listening: bool,
    /// Nobody joins any more.
    closed: bool,
    guests: [Option<Guest>; GUESTS],
    /// The last to leave; it ends when the port is free.
    last: Option<Hold<Listener>>,
}

/// A listener, from its listen to its close.
struct Guest {
    listener: Hold<Listener>,
    paused: bool,
    /// Its listen, while that is pending.
    listen: Option<RequestCompletion>,
}

impl Front {
    /// Listens at `address` for `listener`. PENDING: `completion` is called; SUCCESS: it is not.
    pub(super) fn listen(
        listener: &Hold<Listener>,
        address: SocketAddr,
        paused: bool,
        completion: RequestCompletion,
    ) -> Result<Status, Status> {
        let host = listener.adapter().host();
        let mut guest = Guest {
            listener: listener.clone(),
            paused,
            listen: Some(completion),
        };
        if let Some(front) = host.fronts().find(address) {
            listener.install(&front);
            match front.join(guest) {
                Ok(status) => return Ok(status),
                Err(back) => guest = back,
            }
        }
        let front = Ref::try_new(Self {
            address,
            host: host.clone(),
            inside: SpinLock::new(Inside::default()),
        })?;
        let socket =
            Socket::new(host.transport(), Door(front.clone())).map_err(status::of_failure)?;
        socket.pause(paused);
        {
            let mut inside = front.inside.lock();
            inside.socket = Some(socket.clone());
            inside.guests = [Some(guest), None];
        }
        if host.ports().is_shared(address.port()) {
            host.fronts().add(&front);
        }
        listener.install(&front);
        match socket.listen(address) {
            Ok(()) => Ok(Status::PENDING),
            Err(failure) => {
                // An inline failure: its completion is not called (NDK-LIFE-08).
                drop(front.remove(listener));
                front.finish(Err(failure));
                Err(status::of_failure(failure))
            }
        }
    }

    /// Another listener of the same address; it comes back when that is being given up.
    fn join(&self, mut guest: Guest) -> Result<Status, Guest> {
        let listening = {
            let mut inside = self.inside.lock();
            let free = inside.guests.iter().position(Option::is_none);
            let Some(place) = free.filter(|_| !inside.closed) else {
                return Err(guest);
            };
            let listening = inside.listening;
            if listening {
                // The answer is inline (NDK-LIFE-08).
                guest.listen = None;
            }
            if let Some(place) = inside.guests.get_mut(place) {
                *place = Some(guest);
            }
            listening
        };
        self.apply_pause();
        Ok(if listening {
            Status::SUCCESS
        } else {
            Status::PENDING
        })
    }

    /// `listener` goes. The last one gives the address up, and ends when that is free.
    pub(super) fn leave(&self, listener: &Hold<Listener>) {
        let Some(guest) = self.remove(listener) else {
            return;
        };
        let socket = {
            let mut inside = self.inside.lock();
            if inside.guests.iter().any(Option::is_some) {
                None
            } else {
                inside.closed = true;
                inside.last = Some(guest.listener.clone());
                inside.socket.take()
            }
        };
        match socket {
            Some(socket) => {
                self.host.fronts().remove(self);
                socket.close();
            }
            None => self.apply_pause(),
        }
        if let Some(listen) = guest.listen {
            Listener::cancel(listener, listen);
        }
    }

    /// NDK-LSN-04, NDK-LSN-05: peers find nobody while all listeners are paused.
    pub(super) fn pause(&self, listener: &Hold<Listener>, paused: bool) {
        {
            let mut inside = self.inside.lock();
            let guests = inside.guests.iter_mut().flatten();
            for guest in guests.filter(|guest| guest.listener == *listener) {
                guest.paused = paused;
            }
        }
        self.apply_pause();
    }

    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        let socket = self.inside.lock().socket.clone();
        socket?.local_address()
    }

    fn remove(&self, listener: &Hold<Listener>) -> Option<Guest> {
        let mut inside = self.inside.lock();
        let mut places = inside.guests.iter_mut();
        places
            .find(|place| {
                place
                    .as_ref()
                    .is_some_and(|guest| guest.listener == *listener)
            })?
            .take()
    }

    fn apply_pause(&self) {
        let (socket, all) = {
            let inside = self.inside.lock();
            let all = inside.guests.iter().flatten().all(|guest| guest.paused);
            (inside.socket.clone(), all)
        };
        if let Some(socket) = socket {
            socket.pause(all);
        }
    }

    /// TCP listens, or not: everyone who waits hears of it. After a failure all leave.
    fn finish(&self, result: Result<(), Failure>) {
        let failed = result.is_err();
        let (waiting, socket) = {
            let mut inside = self.inside.lock();
            inside.listening = !failed;
            inside.closed |= failed;
            let mut waiting = [const { None }; GUESTS];
            for (to, place) in waiting.iter_mut().zip(&mut inside.guests) {
                *to = place
                    .as_mut()
                    .and_then(|guest| Some((guest.listener.clone(), guest.listen.take()?)));
            }
            let socket = if failed { inside.socket.take() } else { None };
            (waiting, socket)
        };
        if failed {
            self.host.fronts().remove(self);
        }
        drop(socket);
        for (listener, completion) in waiting.into_iter().flatten() {
            if failed {
                drop(self.remove(&listener));
            }
            listener.listened(result.is_ok());
            // NDK-LIFE-09: the listener may be gone when this returns, but for our own hold.
            completion.complete(status::of_result(result));
        }
    }

    /// Whom a peer's request goes to. NDK-LSN-09: nobody whose close has begun.
    fn receiver(&self) -> Option<Hold<Listener>> {
        let inside = self.inside.lock();
        let mut open = inside.guests.iter().flatten().filter(|guest| !guest.paused);
        open.find_map(|guest| guest.listener.enter())
    }
}

impl transport::Incoming for Door {
    type Events = Link;

    fn listen_done(&self, result: Result<(), Failure>) {
        self.0.finish(result);
    }

    fn incoming(&self, endpoint: Ref<Endpoint>) {
        match self.0.receiver() {
            Some(listener) => Listener::incoming(&listener, &endpoint),
            None => endpoint.close(),
        }
    }

    // NDK-ADP-18: attempts of peers count as well as ours.
    fn failed(&self) {
        let counters = self.0.host.counters();
        counters.connect_failure.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let last = self.0.inside.lock().last.take();
        drop(last);
    }
}

/// The shared addresses of a miniport. There are few: more are not shared, and told so by TCP.
pub(crate) struct Fronts(SpinLock<[Option<Ref<Front>>; 16]>);

impl Fronts {
    pub(super) fn new() -> Self {
        Self(SpinLock::new([const { None }; 16]))
    }

    fn find(&self, address: SocketAddr) -> Option<Ref<Front>> {
        let fronts = self.0.lock();
        let mut known = fronts.iter().flatten();
        known.find(|front| front.address == address).cloned()
    }

    fn add(&self, front: &Ref<Front>) {
        let mut fronts = self.0.lock();
        if let Some(place) = fronts.iter_mut().find(|place| place.is_none()) {
            *place = Some(front.clone());
        }
    }

    fn remove(&self, front: &Front) {
        let gone = {
            let mut fronts = self.0.lock();
            let mut places = fronts.iter_mut();
            places
                .find(|place| {
                    place
                        .as_ref()
                        .is_some_and(|known| core::ptr::eq(&**known, front))
                })
                .and_then(Option::take)
        };
        drop(gone);
    }
}
