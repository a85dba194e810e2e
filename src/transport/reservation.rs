//! A local port for several connections, taken before the first of them and kept after the last.

use core::net::SocketAddr;

use crate::nt::{Ref, Status};
use crate::sync::Revocable;
use crate::wsk;

use super::api::Failure;
use super::endpoint::failure_of_address;

/// What comes up from a reservation, at IRQL <= DISPATCH, with no lock held. It is dropped when the
/// port is free again.
pub(crate) trait Reserver: Send + Sync + Sized + 'static {
    /// The answer to `reserve`.
    fn reserved(&self, result: Result<(), Failure>);
}

struct Inside<R: Reserver> {
    socket: wsk::Reservation<Self>,
    reserver: Revocable<R>,
}

/// A taken port, for its consumer. Dropping it gives the port back.
pub(crate) struct Reservation<R: Reserver>(Ref<Inside<R>>);

impl<R: Reserver> Reservation<R> {
    pub(crate) fn new(reserver: R) -> Result<Ref<Self>, Failure> {
        let make = || {
            let inside = Ref::try_new(Inside {
                socket: wsk::Reservation::try_new()?,
                reserver: Revocable::new(reserver),
            })?;
            Ref::try_new(Self(inside))
        };
        make().map_err(|_: Status| Failure::NoResources)
    }

    /// Takes the port; `reserved` answers. Once.
    pub(crate) fn reserve(&self, address: SocketAddr) -> Result<(), Failure> {
        let inside = &self.0;
        inside
            .socket
            .reserve(inside.clone(), address)
            .map_err(|status| {
                drop(inside.reserver.revoke());
                failure_of_address(status)
            })
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0.socket.local_address()
    }

    /// The last call.
    pub(crate) fn close(&self) {
        self.0.socket.close();
    }
}

impl<R: Reserver> Drop for Reservation<R> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<R: Reserver> wsk::Reserver for Inside<R> {
    fn reserved(&self, result: Result<(), Status>) {
        if let Some(reserver) = self.reserver.access() {
            reserver.reserved(result.map_err(failure_of_address));
        }
    }

    fn closed(&self) {
        drop(self.reserver.revoke());
    }
}
