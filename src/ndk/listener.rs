//! The listener: a local address, and a connector for each request that comes to it.

use core::net::SocketAddr;

use super::adapter::Adapter;
use super::connector::{Connector, Endpoint};
use super::dispatch::{ConnectEvent, RequestCompletion};
use super::front::Front;
use super::listing::{self, Claim, Listing, LocalEndpoint, Place};
use super::object::{Hold, Kind, Object, Open, Reaper};
use crate::nt::{Ref, SpinLock, Status};

/// What the consumer and the transport change.
#[derive(Default)]
struct State {
    /// From the listen on.
    front: Option<Ref<Front>>,
    /// The ND address the consumer asked for.
    address: Option<SocketAddr>,
    /// The last NdkControlConnectEvents, for a listen that is still to come.
    paused: bool,
    /// A pending listen that its close cancelled.
    cancelled: Option<RequestCompletion>,
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
            let paused = listener.begin(address)?;
            // NDK-CON-18.
            let mut local = address;
            local.set_port(host.ports().to_tcp(address.port()));
            // NDK-LSN-03, NDK-LSN-07.
            let status = listing::claim(&listener.claim, address)
                .and_then(|()| Front::listen(listener, local, paused, completion));
            if status != Ok(Status::PENDING) {
                listener.listened(status.is_ok());
            }
            status
        };
        start().unwrap_or_else(|status| status)
    }

    /// `NdkControlConnectEvents`. NDK-LSN-05: in effect for requests that come after it.
    pub(super) fn pause(listener: &Hold<Self>, pause: bool) {
        let front = listener.take(|state| {
            state.paused = pause;
            state.front.clone()
        });
        if let Some(front) = front {
            front.pause(listener, pause);
        }
    }

    /// `NdkGetLocalAddress`: with the port that was chosen, if the consumer left it open.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        let (front, address) = self.take(|state| (state.front.clone(), state.address));
        match address? {
            address if address.port() != 0 => Some(address),
            _ => front?.local_address(),
        }
    }

    /// Files a listen. One in a listener's life; one that failed leaves it as it was. NDK-LSN-05: a
    /// pause that came before holds; whether there is one.
    fn begin(&self, address: SocketAddr) -> Result<bool, Status> {
        let mut state = self.state.lock();
        if state.address.is_some() {
            return Err(Status::ADDRESS_ALREADY_EXISTS);
        }
        state.address = Some(address);
        Ok(state.paused)
    }

    /// Where it listens, before anybody can answer or close it.
    pub(super) fn install(&self, front: &Ref<Front>) {
        let before = self.take(|state| state.front.replace(front.clone()));
        drop(before);
    }

    /// NDK-LIFE-14: a pending listen comes to nothing, by the listener's close.
    pub(super) fn cancel(listener: &Hold<Self>, listen: RequestCompletion) {
        let before = listener.take(|state| state.cancelled.replace(listen));
        debug_assert!(before.is_none(), "one listen at a time");
        listener.clone().answer_later();
    }

    /// The listen worked out, or not: then the listener is as before.
    pub(super) fn listened(&self, well: bool) {
        if well {
            return self.show();
        }
        self.claim.hide();
        drop(self.take(|state| (state.front.take(), state.address.take())));
    }

    fn show(&self) {
        let Some(nd) = self.local_address() else {
            return;
        };
        let front = self.take(|state| state.front.clone());
        let tcp = front.and_then(|front| front.local_address()).unwrap_or(nd);
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

    /// A peer's request, for this listener.
    pub(super) fn incoming(listener: &Hold<Self>, endpoint: &Ref<Endpoint>) {
        match Connector::incoming(listener, endpoint) {
            // NDK-LSN-01: the consumer's from here on.
            Ok(connector) => listener.event.deliver(connector),
            // NDK-LSN-10: refused, not leaked.
            Err(_) => endpoint.close(),
        }
    }

    fn take<R>(&self, take: impl FnOnce(&mut State) -> R) -> R {
        take(&mut self.state.lock())
    }
}

impl Kind for Listener {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }

    fn answer(&self) {
        if let Some(listen) = self.take(|state| state.cancelled.take()) {
            listen.complete(Status::CANCELLED);
        }
    }

    fn ended(&self) {
        // NDK-LSN-07: its connectors have ended before.
        self.claim.hide();
    }

    fn closing(listener: &Hold<Self>) {
        // NDK-LSN-08: the door keeps the listener until the transport is done, its connectors keep
        // it until they are closed.
        listener.place.hide();
        if let Some(front) = listener.take(|state| state.front.take()) {
            front.leave(listener);
        }
    }
}
