//! The connector: one connection attempt and the connection it becomes.
//!
//! The transport's endpoint decides what a call means in the connection's state; here the consumer's
//! requests wait for its answers. A request is filed before the endpoint is called, because the
//! answer may come first (NDK-LIFE-09), and each filed request holds the connector until its callback
//! returned (NDK-LIFE-15).

mod answers;

use core::net::SocketAddr;

use super::adapter::Adapter;
use super::dispatch::{DisconnectEvent, RequestCompletion};
use super::listener::Listener;
use super::listing::{self, Claim, Connection, Listing, Place};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::qp::{Attached, Qp};
use super::shared_endpoint::{SharedEndpoint, Use};
use super::status;
use crate::nt::{Ref, SpinLock, Status};
use crate::transport::{self, ConnectionData, Failure, Params, ReadLimits};

/// The transport's end of a connection.
pub(super) type Endpoint = transport::Endpoint<Link>;

/// What an endpoint calls up to; dropped with the endpoint, after its `closed`.
pub(super) struct Link(Hold<Connector>);

/// A request that the consumer waits for.
struct Pending {
    completion: RequestCompletion,
    connector: Hold<Connector>,
}

impl Pending {
    /// The object may be gone when this returns.
    fn complete(self, status: Status) {
        self.completion.complete(status);
        drop(self.connector);
    }
}

/// What the consumer and the endpoint change.
#[derive(Default)]
struct State {
    endpoint: Option<Ref<Endpoint>>,
    /// NDK-CON-28: kept until the connector ends.
    qp: Option<Hold<Qp>>,
    /// Connect, complete-connect or accept.
    establishing: Option<Pending>,
    disconnecting: Option<Pending>,
    disconnect_event: Option<DisconnectEvent>,
    addresses: Option<Addresses>,
    /// The endpoint it shares with others, until it is closed (NDK-SEP-01).
    shared: Option<Use>,
    /// Between establishment and the end of the connection, whoever brings it.
    active: bool,
}

/// ND addresses (NDK-CON-23).
#[derive(Clone, Copy)]
struct Addresses {
    local: SocketAddr,
    peer: SocketAddr,
}

pub(super) struct Connector {
    state: SpinLock<State>,
    /// The listener a passive connector came from (NDK-LSN-06, NDK-LSN-08).
    listener: Option<Hold<Listener>>,
    /// Its local address until it is closed (NDK-SEP-04): its own, or its listener's (NDK-LSN-06).
    claim: Ref<Place<Claim>>,
    /// In OID_NDK_CONNECTIONS while the connection is there.
    place: Place<Connection>,
    adapter: Hold<Adapter>,
}

/// Where a connection comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Address(SocketAddr),
    Endpoint(&'a Hold<SharedEndpoint>),
}

/// What the consumer asks of a new connection.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) inbound: u32,
    pub(super) outbound: u32,
    pub(super) private_data: &'a [u8],
}

impl Connector {
    /// `NdkCreateConnector`.
    pub(super) fn create(adapter: &Hold<Adapter>) -> Result<Open<Self>, Status> {
        Object::create(
            adapter.version(),
            Self {
                state: SpinLock::new(State::default()),
                listener: None,
                claim: Ref::try_new(Listing::reserve(adapter.host())?)?,
                place: Listing::reserve(adapter.host())?,
                adapter: adapter.clone(),
            },
        )
    }

    /// The connector of an incoming request, with its endpoint. NDK-CON-23: both addresses are
    /// known when the consumer hears of it.
    pub(super) fn incoming(
        listener: &Hold<Listener>,
        endpoint: &Ref<Endpoint>,
    ) -> Result<Open<Self>, Status> {
        let adapter = listener.adapter();
        let (Some(local), Some(peer)) = (endpoint.local_address(), endpoint.peer_address()) else {
            return Err(Status::CONNECTION_ABORTED);
        };
        // A wildcard listener hears of other adapters' connections too.
        if !adapter.host().owns(local.ip()) {
            return Err(Status::INVALID_ADDRESS);
        }
        let connector = Object::create(
            adapter.version(),
            Self {
                state: SpinLock::new(State::default()),
                listener: Some(listener.clone()),
                claim: listener.claim().clone(),
                place: Listing::reserve(adapter.host())?,
                adapter: adapter.clone(),
            },
        )?;
        endpoint.attach(Link(connector.hold()));
        connector.install(endpoint, listener.reached(local), peer)?;
        Ok(connector)
    }

    /// `NdkConnect`. NDK-CON-01: pending until the peer's consumer has answered.
    pub(super) fn connect(
        connector: &Hold<Self>,
        qp: &Hold<Qp>,
        (from, peer): (Source<'_>, SocketAddr),
        ask: Ask<'_>,
        completion: RequestCompletion,
    ) -> Status {
        let start = || {
            connector.check(qp)?;
            let host = connector.adapter.host();
            let (local, tcp) = connector.bind(from)?;
            let params = connector.params(ask, connector.adapter.limits().caller_data)?;
            let endpoint = Endpoint::new(host.transport()).map_err(status::of_failure)?;
            endpoint.attach(Link(connector.clone()));
            let attached = Attached::attach(qp, &endpoint)?;
            connector.install(&endpoint, local, peer)?;
            if let Source::Endpoint(shared) = from {
                connector.take(|state| state.shared = Some(Use::of(shared)));
            } else {
                connector.claim(local)?;
            }
            connector.file(
                Some(qp),
                None,
                Pending {
                    completion,
                    connector: connector.clone(),
                },
            )?;
            // NDK-CON-18.
            let remote = with_port(peer, host.ports().to_tcp(peer.port()));
            connector.answer(endpoint.connect(tcp, remote, params, attached))
        };
        start().err().unwrap_or(Status::PENDING)
    }

    /// `NdkCompleteConnect` and its Ex form.
    pub(super) fn complete_connect(
        connector: &Hold<Self>,
        event: DisconnectEvent,
        completion: RequestCompletion,
    ) -> Status {
        let start = || {
            // NDK-CON-11.
            let endpoint = connector.endpoint().ok_or(Status::CONNECTION_INVALID)?;
            let pending = Pending {
                completion,
                connector: connector.clone(),
            };
            connector.file(None, Some(event), pending)?;
            connector.answer(endpoint.complete_connect())
        };
        start().err().unwrap_or(Status::PENDING)
    }

    /// `NdkAccept` and its Ex form. NDK-CON-02: pending until the active side has completed.
    pub(super) fn accept(
        connector: &Hold<Self>,
        qp: &Hold<Qp>,
        ask: Ask<'_>,
        event: DisconnectEvent,
        completion: RequestCompletion,
    ) -> Status {
        let start = || {
            connector.check(qp)?;
            let params = connector.params(ask, connector.adapter.limits().callee_data)?;
            let endpoint = connector.endpoint().ok_or(Status::CONNECTION_INVALID)?;
            let attached = Attached::attach(qp, &endpoint)?;
            let pending = Pending {
                completion,
                connector: connector.clone(),
            };
            connector.file(Some(qp), Some(event), pending)?;
            connector.answer(endpoint.accept(params, attached))
        };
        start().err().unwrap_or(Status::PENDING)
    }

    /// `NdkReject`. NDK-CON-21: on either side, and done when it returns.
    pub(super) fn reject(&self, private_data: &[u8]) -> Status {
        let reject = || {
            bounded(private_data, self.adapter.limits().callee_data)?;
            let endpoint = self.endpoint().ok_or(Status::CONNECTION_INVALID)?;
            endpoint.reject(private_data).map_err(status::of_failure)
        };
        Status::from(reject())
    }

    /// `NdkDisconnect`. NDK-DISC-01: pending until the peer's notification has come and all data
    /// activity has ended.
    pub(super) fn disconnect(connector: &Hold<Self>, completion: RequestCompletion) -> Status {
        let start = || {
            let endpoint = connector.endpoint().ok_or(Status::CONNECTION_INVALID)?;
            {
                let mut state = connector.state.lock();
                if state.disconnecting.is_some() {
                    return Err(Status::CONNECTION_INVALID);
                }
                state.disconnecting = Some(Pending {
                    completion,
                    connector: connector.clone(),
                });
            }
            endpoint.disconnect().map_err(|failure| {
                drop(connector.take(|state| state.disconnecting.take()));
                status::of_failure(failure)
            })
        };
        start().err().unwrap_or(Status::PENDING)
    }

    /// What `NdkGetConnectionData` tells; NDK-CON-14: for as long as the connector lives.
    pub(super) fn connection_data(&self) -> Option<ConnectionData> {
        Some(self.endpoint()?.connection_data())
    }

    /// `NdkGetLocalAddress`: after a connect from port 0, with the port that was chosen.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        let (endpoint, addresses) =
            self.take(|state| state.endpoint.clone().zip(state.addresses))?;
        let tcp = endpoint.local_address().unwrap_or(addresses.local);
        Some(nd_local(tcp, addresses))
    }

    /// `NdkGetPeerAddress`.
    pub(super) fn peer_address(&self) -> Option<SocketAddr> {
        self.take(|state| state.addresses)
            .map(|addresses| addresses.peer)
    }
}

impl Connector {
    /// The local address, as the consumer and as TCP know it.
    fn bind(&self, from: Source<'_>) -> Result<(SocketAddr, transport::Local), Status> {
        match from {
            // NDK-CON-07.
            Source::Address(local) if self.adapter.host().owns(local.ip()) => {
                Ok((local, local.into()))
            }
            Source::Address(_) => Err(Status::INVALID_ADDRESS),
            Source::Endpoint(shared) => {
                let addresses = shared.local_address().zip(shared.tcp_address());
                let (nd, tcp) = addresses
                    .filter(|_| shared.is_of(&self.adapter))
                    .ok_or(Status::INVALID_PARAMETER)?;
                Ok((nd, transport::Local::shared(tcp)))
            }
        }
    }

    /// NDK-CON-07: a local port of its own; without it the connector is as before.
    fn claim(&self, local: SocketAddr) -> Result<(), Status> {
        listing::claim(&self.claim, local).inspect_err(|_| {
            drop(self.take(|state| (state.endpoint.take(), state.addresses.take())));
        })
    }

    /// Gives the connector its endpoint, once.
    pub(super) fn install(
        &self,
        endpoint: &Ref<Endpoint>,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Result<(), Status> {
        let mut state = self.state.lock();
        // NDK-CON-09: a connector is for one connection.
        if state.endpoint.is_some() {
            return Err(Status::CONNECTION_ACTIVE);
        }
        state.endpoint = Some(endpoint.clone());
        state.addresses = Some(Addresses { local, peer });
        Ok(())
    }

    /// Files a request that establishes the connection, with what it brings along. One at a time.
    fn file(
        &self,
        qp: Option<&Hold<Qp>>,
        event: Option<DisconnectEvent>,
        pending: Pending,
    ) -> Result<(), Status> {
        let earlier = {
            let mut state = self.state.lock();
            if state.establishing.is_some() {
                return Err(Status::CONNECTION_INVALID);
            }
            state.establishing = Some(pending);
            if event.is_some() {
                state.disconnect_event = event;
            }
            qp.and_then(|qp| state.qp.replace(qp.clone()))
        };
        // Outside of the lock: it may be the last hold of a queue pair that a failed attempt left.
        drop(earlier);
        Ok(())
    }

    /// What the endpoint said to a filed request; a refusal takes it out again, uncalled
    /// (NDK-LIFE-08).
    fn answer(&self, started: Result<(), Failure>) -> Result<(), Status> {
        started.map_err(|failure| {
            drop(self.take(|state| (state.establishing.take(), state.disconnect_event.take())));
            status::of_failure(failure)
        })
    }

    fn check(&self, qp: &Hold<Qp>) -> Result<(), Status> {
        if qp.is_of(&self.adapter) {
            Ok(())
        } else {
            Err(Status::INVALID_PARAMETER)
        }
    }

    /// NDK-CON-12: larger limits are capped silently.
    fn params<'a>(&self, ask: Ask<'a>, most: u32) -> Result<Params<'a>, Status> {
        bounded(ask.private_data, most)?;
        let limits = self.adapter.limits();
        let cap = |asked: u32, limit: u32| u16::try_from(asked.min(limit)).unwrap_or(u16::MAX);
        let reads = ReadLimits {
            inbound: cap(ask.inbound, limits.inbound_reads),
            outbound: cap(ask.outbound, limits.outbound_reads),
        };
        Ok(Params {
            private_data: ask.private_data,
            reads,
        })
    }

    fn endpoint(&self) -> Option<Ref<Endpoint>> {
        self.take(|state| state.endpoint.clone())
    }

    /// Takes something out under the lock; it is dropped, or called, outside of it.
    fn take<R>(&self, take: impl FnOnce(&mut State) -> R) -> R {
        take(&mut self.state.lock())
    }
}

/// NDK-CON-20.
fn bounded(private_data: &[u8], most: u32) -> Result<(), Status> {
    if private_data.len() > most as usize {
        return Err(Status::INVALID_BUFFER_SIZE);
    }
    Ok(())
}

/// The ND address of this side: TCP's, unless the consumer chose the port.
fn nd_local(tcp: SocketAddr, addresses: Addresses) -> SocketAddr {
    if addresses.local.port() == 0 {
        tcp
    } else {
        addresses.local
    }
}

impl Kind for Connector {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }

    fn ended(&self) {
        // NDK-SEP-04. A listener's address stays the listener's.
        if self.listener.is_none() {
            self.claim.hide();
        }
    }

    fn closing(connector: &Hold<Self>) {
        // NDK-DISC-11, NDK-CON-22, NDK-CON-26: aborts, rejects or cancels, as the state asks. The
        // endpoint's link keeps the connector until everything has come back.
        connector.end();
        if let Some(endpoint) = connector.take(|state| state.endpoint.take()) {
            endpoint.close();
        }
    }
}

/// The same address with another port.
fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
