//! What the miniport lends to the NDK adapters opened on it: its addresses, its settings and the counters of OID_NDK_STATISTICS.
//!
//! The miniport makes one, keeps it current, and gives it to each opening.

use core::net::IpAddr;
use core::sync::atomic::AtomicU64;

use super::front::Fronts;
use super::listing::{Claim, Connection, Listing, LocalEndpoint};
use super::port::PortMap;
use crate::nt::{Ref, Slice, SpinLock, Status};
use crate::transport;

pub(crate) use crate::transport::{Preferences, ReadyKinds, Revision};

/// What the adapter's keywords say about NDK.
pub(crate) struct Settings {
    /// NDK-CON-18.
    pub(crate) ports: PortMap,
    /// How connections are made.
    pub(crate) transport: transport::Settings,
}

impl Settings {
    pub(crate) fn new(ports: PortMap, preferences: Preferences) -> Self {
        Self {
            ports,
            transport: transport::Settings::new(preferences),
        }
    }
}

/// What OID_NDK_STATISTICS tells (NDK-ADP-18).
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connect: AtomicU64,
    pub(crate) accept: AtomicU64,
    pub(crate) connect_failure: AtomicU64,
    pub(crate) connection_error: AtomicU64,
    pub(crate) active_connection: AtomicU64,
    pub(crate) cq_error: AtomicU64,
}

pub(crate) struct Host {
    settings: Settings,
    addresses: SpinLock<Slice<IpAddr>>,
    counters: Counters,
    connections: Listing<Connection>,
    local_endpoints: Listing<LocalEndpoint>,
    claims: Listing<Claim>,
    fronts: Fronts,
}

impl Host {
    /// Without addresses.
    pub(crate) fn create(settings: Settings) -> Result<Ref<Self>, Status> {
        let transport = settings.transport.with_reserve()?;
        let settings = Settings {
            transport,
            ..settings
        };
        Ref::try_new(Self {
            settings,
            addresses: SpinLock::new(Slice::empty()),
            counters: Counters::default(),
            connections: Listing::new(),
            local_endpoints: Listing::new(),
            claims: Listing::new(),
            fronts: Fronts::new(),
        })
    }

    /// The miniport's unicast addresses from now on.
    pub(crate) fn set_addresses(&self, addresses: Slice<IpAddr>) {
        // The old list is freed when the lock is not held any more.
        let old = core::mem::replace(&mut *self.addresses.lock(), addresses);
        drop(old);
    }

    /// Whether `address` is one of the miniport's (NDK-CON-07).
    pub(crate) fn owns(&self, address: IpAddr) -> bool {
        self.addresses.lock().contains(&address)
    }

    pub(crate) fn ports(&self) -> PortMap {
        self.settings.ports
    }

    pub(crate) fn transport(&self) -> &transport::Settings {
        &self.settings.transport
    }

    pub(crate) fn connections(&self) -> &Listing<Connection> {
        &self.connections
    }

    pub(crate) fn local_endpoints(&self) -> &Listing<LocalEndpoint> {
        &self.local_endpoints
    }

    /// Addresses in use by this adapter's consumers.
    pub(crate) fn claims(&self) -> &Listing<Claim> {
        &self.claims
    }

    /// TCP listeners that several of ours may share.
    pub(super) fn fronts(&self) -> &Fronts {
        &self.fronts
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }
}
