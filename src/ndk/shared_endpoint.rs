//! The shared endpoint: a local address and port that several connections share.
//!
//! The port is taken at creation, which pends until it is, and given back when the endpoint and all
//! its connectors are closed (NDK-SEP-01); only then does the endpoint's close complete.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::adapter::Adapter;
use super::dispatch::CreateCompletion;
use super::listing::{Claim, Listing, LocalEndpoint, Place};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::status;
use crate::nt::{Ref, SpinLock, Status};
use crate::transport::{self, Failure};

/// The transport's taken port.
type Socket = transport::Reservation<Desk>;

/// What the transport calls up to; dropped when the port is free, and with it its hold.
pub(super) struct Desk {
    endpoint: Hold<SharedEndpoint>,
    /// The object on its way to the consumer.
    creating: SpinLock<Option<(CreateCompletion<SharedEndpoint>, Open<SharedEndpoint>)>>,
}

pub(super) struct SharedEndpoint {
    socket: SpinLock<Option<Ref<Socket>>>,
    /// What the consumer asked for; its port may be 0.
    asked: SocketAddr,
    /// The endpoint itself until it is closed, and its connectors.
    users: AtomicUsize,
    claim: Place<Claim>,
    /// In OID_NDK_LOCAL_ENDPOINTS.
    place: Place<LocalEndpoint>,
    adapter: Hold<Adapter>,
}

/// A connector's use of an endpoint: the port stays until it is dropped.
pub(super) struct Use(Hold<SharedEndpoint>);

impl SharedEndpoint {
    /// `NdkCreateSharedEndpoint`: pending until the port is taken, unless it cannot be tried.
    pub(super) fn create(
        adapter: &Hold<Adapter>,
        asked: SocketAddr,
        completion: CreateCompletion<Self>,
    ) -> Result<(), Status> {
        let host = adapter.host();
        if !host.owns(asked.ip()) {
            return Err(Status::INVALID_ADDRESS);
        }
        let claim = Listing::reserve(host)?;
        super::listing::claim(&claim, asked)?;
        let endpoint = Self {
            socket: SpinLock::new(None),
            asked,
            users: AtomicUsize::new(1),
            claim,
            place: Listing::reserve(host)?,
            adapter: adapter.clone(),
        };
        let open = Object::create(adapter.version(), endpoint)?;
        let endpoint = open.hold();
        let desk = Desk {
            endpoint: endpoint.clone(),
            creating: SpinLock::new(Some((completion, open))),
        };
        let socket = Socket::new(desk).map_err(status::of_failure)?;
        *endpoint.socket.lock() = Some(socket.clone());
        let mut tcp = asked;
        tcp.set_port(host.ports().to_tcp(asked.port()));
        // An error drops the desk, and the object with it, uncalled (NDK-LIFE-05).
        socket.reserve(tcp).map_err(status::of_failure)
    }

    /// `NdkGetLocalAddress`: with the port that was chosen, if the consumer left it open.
    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        if self.asked.port() != 0 {
            return Some(self.asked);
        }
        self.tcp_address()
    }

    /// Where its connections come from.
    pub(super) fn tcp_address(&self) -> Option<SocketAddr> {
        let socket = self.socket.lock().clone();
        socket?.local_address()
    }

    pub(super) fn is_of(&self, adapter: &Hold<Adapter>) -> bool {
        self.adapter == *adapter
    }

    /// The last user is gone: the port is given back, and the close goes on when it is free.
    fn leave(&self) {
        if self.users.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.place.hide();
            let socket = self.socket.lock().take();
            if let Some(socket) = socket {
                socket.close();
            }
        }
    }
}

impl Use {
    /// One user more; the caller holds the open endpoint.
    pub(super) fn of(endpoint: &Hold<SharedEndpoint>) -> Self {
        endpoint.users.fetch_add(1, Ordering::Relaxed);
        Self(endpoint.clone())
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl transport::Reserver for Desk {
    fn reserved(&self, result: Result<(), Failure>) {
        let creating = self.creating.lock().take();
        let Some((completion, open)) = creating else {
            return;
        };
        if let Err(failure) = result {
            // Closes it, uncalled; the consumer never saw it (NDK-LIFE-07).
            drop(open);
            return completion.fail(status::of_failure(failure));
        }
        if let (Some(nd), Some(tcp)) = (self.endpoint.local_address(), self.endpoint.tcp_address())
        {
            self.endpoint.claim.show(Claim(nd));
            self.endpoint.place.show(LocalEndpoint {
                nd,
                tcp,
                listener: false,
            });
        }
        completion.give(open);
    }
}

impl Kind for SharedEndpoint {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }

    fn closing(endpoint: &Hold<Self>) {
        endpoint.leave();
    }

    fn ended(&self) {
        self.claim.hide();
    }
}
