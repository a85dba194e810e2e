//! The listener: a local address, and a connector for each request that comes to it.

use core::net::SocketAddr;
use core::sync::atomic::Ordering;

use super::adapter::Adapter;
use super::connector::{Connector, Endpoint, Link};
use super::dispatch::{ConnectEvent, RequestCompletion};
use super::listing::{self, Claim, Listing, LocalEndpoint, Place};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::status;
use crate::nt::{Ref, SpinLock, Status};
use crate::transport::{self, Failure};

/// The transport's listener.
type Socket = transport::Listener<Door>;

/// What the transport's listener calls up to; dropped with it, after its `closed`.
pub(super) struct Door(Hold<Listener>);

/// A listen that the consumer waits for.
struct Pending {
    completion: RequestCompletion,
    listener: Hold<Listener>,
}

/// What the consumer and the transport change.
#[derive(Default)]
struct State {
    socket: Option<Ref<Socket>>,
    listening: Option<Pending>,
    /// The ND address the consumer asked for.
    address: Option<SocketAddr>,
    /// The last NdkControlConnectEvents, for a listen that is still to come.
    paused: bool,
}

pub(super) struct Listener {
    state: SpinLock<State>,
    event: ConnectEvent,
    /// Its address, which is its connectors' as well (NDK-LSN-06, NDK-LSN-07).
    claim: Ref<Place<Claim>>,
    /// In OID_NDK_LOCAL_ENDPOINTS while it listens.
    place: Place<LocalEndpoint>,
    adapter: Hold<Adapter>,
}

impl Listener {
    /// `NdkCreateListener`: not yet listening (NDK-LSN-02).
    pub(super) fn create(
        adapter: &Hold<Adapter>,
        event: ConnectEvent,
    ) -> Result<Open<Self>, Status> {
        let listener = Self {
            state: SpinLock::new(State::default()),
            event,
            claim: Ref::try_new(Listing::reserve(adapter.host())?)?,
            place: Listing::reserve(adapter.host())?,
            adapter: adapter.clone(),
        };
        Object::create(adapter.version(), listener)
    }

    pub(super) fn adapter(&self) -> &Hold<Adapter> {
        &self.adapter
    }

    /// The address its connectors share with it.
    pub(super) fn claim(&self) -> &Ref<Place<Claim>> {
        &self.claim
    }

    /// `NdkListen`.
    pub(super) fn listen(
        listener: &Hold<Self>,
        address: SocketAddr,
        completion: RequestCompletion,
    ) -> Status {
        let start = || {
            let host = listener.adapter.host();
            // NDK-LSN-03. The wildcard stands for all of the adapter's addresses.
            if !address.ip().is_unspecified() && !host.owns(address.ip()) {
                return Err(Status::INVALID_ADDRESS);
            }
            let socket = Socket::new(host.transport(), Door(listener.clone()))
                .map_err(status::of_failure)?;
            listener.install(
                &socket,
                address,
                Pending {
                    completion,
                    listener: listener.clone(),
                },
            )?;
            // NDK-CON-18.
            let mut local = address;
            local.set_port(host.ports().to_tcp(address.port()));
            // NDK-LSN-03, NDK-LSN-07.
            let listening = listing::claim(&listener.claim, address)
                .and_then(|()| socket.listen(local).map_err(status::of_failure));
            listening.inspect_err(|_| {
                listener.claim.hide();
                drop(listener.take(|state| (state.listening.take(), state.socket.take())));
            })
        };
        start().err().unwrap_or(Status::PENDING)
    }

    /// `NdkControlConnectEvents`. NDK-LSN-05: in effect for requests that come after it.
    pub(super) fn pause(&self, pause: bool) {
        let socket = self.take(|state| {
            state.paused = pause;
            state.socket.clone()
        });
        if let Some(socket) = socket {
            socket.pause(pause);
        }
    }

    /// `NdkGetLocalAddress`: with the port that was chosen, if the consumer left it open.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        let (socket, address) = self.take(|state| state.socket.clone().zip(state.address))?;
        if address.port() != 0 {
            Some(address)
        } else {
            socket.local_address()
        }
    }

    /// Files a listen. One in a listener's life; one that failed leaves it as it was.
    fn install(
        &self,
        socket: &Ref<Socket>,
        address: SocketAddr,
        pending: Pending,
    ) -> Result<(), Status> {
        let mut state = self.state.lock();
        if state.socket.is_some() {
            return Err(Status::ADDRESS_ALREADY_EXISTS);
        }
        // NDK-LSN-05: a pause that came before the listen holds.
        socket.pause(state.paused);
        state.socket = Some(socket.clone());
        state.address = Some(address);
        state.listening = Some(pending);
        Ok(())
    }

    fn show(&self) {
        let Some(nd) = self.local_address() else {
            return;
        };
        let tcp = self.take(|state| state.socket.clone());
        let tcp = tcp.and_then(|socket| socket.local_address()).unwrap_or(nd);
        self.claim.show(Claim(nd));
        self.place.show(LocalEndpoint {
            nd,
            tcp,
            listener: true,
        });
    }

    /// The ND address a peer reached: the consumer's port, where the port map changed it.
    pub(super) fn reached(&self, tcp: SocketAddr) -> SocketAddr {
        let asked = self
            .take(|state| state.address)
            .map_or(0, |address| address.port());
        let mut nd = tcp;
        if asked != 0 {
            nd.set_port(asked);
        }
        nd
    }

    fn take<R>(&self, take: impl FnOnce(&mut State) -> R) -> R {
        take(&mut self.state.lock())
    }
}

impl transport::Incoming for Door {
    type Events = Link;

    fn listen_done(&self, result: Result<(), Failure>) {
        // A failed listen leaves the listener as it was.
        let (pending, failed) = self.0.take(|state| {
            let failed = if result.is_err() {
                state.socket.take()
            } else {
                None
            };
            (state.listening.take(), failed)
        });
        drop(failed);
        if result.is_ok() {
            self.0.show();
        } else {
            self.0.claim.hide();
        }
        if let Some(pending) = pending {
            // NDK-LIFE-09: the listener may be gone when this returns, but for our own hold.
            pending.completion.complete(status::of_result(result));
            drop(pending.listener);
        }
    }

    fn incoming(&self, endpoint: Ref<Endpoint>) {
        // NDK-LSN-09: none once the close has begun.
        let Some(listener) = self.0.enter() else {
            return endpoint.close();
        };
        match Connector::incoming(&listener, &endpoint) {
            // NDK-LSN-01: the consumer's from here on.
            Ok(connector) => listener.event.deliver(connector),
            // NDK-LSN-10: refused, not leaked.
            Err(_) => endpoint.close(),
        }
    }

    // NDK-ADP-18: attempts of peers count as well as ours.
    fn failed(&self) {
        let counters = self.0.adapter.host().counters();
        counters.connect_failure.fetch_add(1, Ordering::Relaxed);
    }
}

impl Kind for Listener {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }

    fn ended(&self) {
        // NDK-LSN-07: its connectors have ended before.
        self.claim.hide();
    }

    fn closing(listener: &Hold<Self>) {
        // NDK-LSN-08: the door keeps the listener until the transport is done, its connectors keep
        // it until they are closed.
        listener.place.hide();
        if let Some(socket) = listener.take(|state| state.socket.take()) {
            socket.close();
        }
    }
}
