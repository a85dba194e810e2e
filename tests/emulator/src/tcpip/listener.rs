//! A listening port of one interface: several smoltcp sockets, for each of them takes one connection.

use std::collections::VecDeque;

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::wire::IpListenEndpoint;

use super::Ready;
use super::ready::READABLE;

/// Sockets of an address that listen, or are about to have a connection.
const WAITING: usize = 4;
/// Most connections that nobody has accepted.
const BACKLOG: usize = 256;

pub(super) struct Listener {
    places: Vec<Place>,
    /// Ends that nobody has accepted yet.
    pub(super) ready: VecDeque<u64>,
    pub(super) watcher: Option<(Ready, u64)>,
}

struct Place {
    address: IpListenEndpoint,
    handles: Vec<SocketHandle>,
}

pub(super) fn socket(buffer: usize) -> Socket<'static> {
    let room = || SocketBuffer::new(vec![0; buffer]);
    let mut socket = Socket::new(room(), room());
    socket.set_ack_delay(None);
    socket
}

impl Listener {
    pub(super) fn new(addresses: Vec<IpListenEndpoint>) -> Self {
        let place = |address| Place {
            address,
            handles: Vec::new(),
        };
        Self {
            places: addresses.into_iter().map(place).collect(),
            ready: VecDeque::new(),
            watcher: None,
        }
    }

    /// Takes what is connected, and sees that enough sockets listen.
    pub(super) fn look(
        &mut self,
        sockets: &mut SocketSet<'static>,
        make: impl Fn() -> Socket<'static>,
    ) -> Vec<SocketHandle> {
        let mut connected = Vec::new();
        for place in &mut self.places {
            place.handles.retain(|&handle| {
                let state = sockets.get::<Socket<'_>>(handle).state();
                let waits = [State::Listen, State::SynReceived].contains(&state);
                match state {
                    State::Closed => drop(sockets.remove(handle)),
                    _ if !waits => connected.push(handle),
                    _ => {}
                }
                waits
            });
            let is_free = |&&handle: &&SocketHandle| {
                sockets.get::<Socket<'_>>(handle).state() == State::Listen
            };
            let free = place.handles.iter().filter(is_free).count();
            let room = BACKLOG.saturating_sub(self.ready.len() + place.handles.len());
            for _ in 0..WAITING.saturating_sub(free).min(room) {
                let mut socket = make();
                if socket.listen(place.address).is_ok() {
                    place.handles.push(sockets.add(socket));
                }
            }
        }
        connected
    }

    pub(super) fn offer(&mut self, end: u64) {
        self.ready.push_back(end);
        if let Some((ready, key)) = &self.watcher {
            ready.post(*key, READABLE);
        }
    }

    /// Nobody listens any more; the sockets that did.
    pub(super) fn close(&mut self, sockets: &mut SocketSet<'static>) {
        for handle in self
            .places
            .iter_mut()
            .flat_map(|place| place.handles.drain(..))
        {
            drop(sockets.remove(handle));
        }
    }
}
