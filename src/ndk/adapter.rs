//! The adapter: one consumer's opening of the miniport's NDK side (NDK-LIFE-23).

use core::sync::atomic::{AtomicU64, Ordering};

use super::host::Host;
use super::memory::Registered;
use super::object::{Kind, Object, Open, Reaper};
use super::version::{self, Version};
use crate::nt::{Event, NonPaged, Ref, Status, random};
use crate::rdma::stag::Table;
use crate::rdma::{Domain, Limits};
use crate::transport;

/// Why an adapter could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// NDK-VER-01.
    BadVersion,
    /// There are no sockets to connect with yet.
    NotReady,
    /// No memory.
    Resources,
}

impl From<Status> for OpenError {
    fn from(_: Status) -> Self {
        Self::Resources
    }
}

/// What all objects of one opening share.
pub(super) struct Adapter {
    version: Version,
    host: Ref<Host>,
    reaper: Ref<Reaper>,
    regions: Table<Registered, NonPaged>,
    domains: AtomicU64,
    /// Set when every descendant is gone.
    empty: Event,
}

impl Adapter {
    pub(super) fn open(host: &Ref<Host>, asked: Version) -> Result<Open<Self>, OpenError> {
        let version = version::negotiate(asked).map_err(|_| OpenError::BadVersion)?;
        // WSK-REG-06: a normal answer early in the boot.
        transport::ready().map_err(|_| OpenError::NotReady)?;
        let reaper = Reaper::create()?;
        // PASSIVE_LEVEL here, and at DISPATCH_LEVEL when tokens are drawn.
        let key = random::words()?;
        let adapter = Self {
            version,
            host: host.clone(),
            reaper,
            regions: Table::new(key).ok_or(OpenError::Resources)?,
            domains: AtomicU64::new(1),
            empty: Event::try_notification()?,
        };
        Ok(Object::create(version, adapter)?)
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn limits(&self) -> &'static Limits {
        &Limits::ADAPTER
    }

    pub(super) fn host(&self) -> &Ref<Host> {
        &self.host
    }

    pub(super) fn reaper(&self) -> &Ref<Reaper> {
        &self.reaper
    }

    /// The memory tokens of this opening.
    pub(super) fn regions(&self) -> &Table<Registered, NonPaged> {
        &self.regions
    }

    /// A domain that no other protection domain of this opening has (NDK-PD-01).
    pub(super) fn new_domain(&self) -> Domain {
        Domain(self.domains.fetch_add(1, Ordering::Relaxed))
    }

    /// NDK-LIFE-21: returns when every descendant is gone and every callback has returned.
    pub(super) fn wait_until_empty(&self) {
        self.empty.wait();
    }
}

impl Kind for Adapter {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        None
    }

    fn emptied(&self) {
        // The closer may free the adapter from here on.
        self.empty.set();
    }
}
