//! The shared endpoint. Several connections from one local port need a socket option that the
//! socket layer does not offer yet, so none can be created.

use core::convert::Infallible;
use core::net::SocketAddr;

use super::adapter::Adapter;
use super::object::{Hold, Kind, Open, Reaper};
use crate::nt::{Ref, Status};

/// A shared endpoint that cannot exist.
pub(super) struct SharedEndpoint(Infallible);

impl SharedEndpoint {
    /// `NdkCreateSharedEndpoint`.
    pub(super) fn create(
        adapter: &Hold<Adapter>,
        address: SocketAddr,
    ) -> Result<Open<Self>, Status> {
        if !adapter.host().owns(address.ip()) {
            return Err(Status::INVALID_ADDRESS);
        }
        Err(Status::NOT_SUPPORTED)
    }
}

impl Kind for SharedEndpoint {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        match self.0 {}
    }
}
