//! Who is connected to whom, so that what the rude consumer asks of a peer's memory is mostly granted.

use std::collections::HashMap;
use std::net::SocketAddr;

use softrnic_consumer::abi::{NDK_CONNECTOR, NTSTATUS, SOCKADDR};
use softrnic_consumer::decode_address;
use softrnic_emulator::sync::Mutex;

/// The two ends of a connection, as one of them sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    own: SocketAddr,
    peer: SocketAddr,
}

type Ask =
    Option<unsafe extern "win64" fn(*mut NDK_CONNECTOR, *mut SOCKADDR, *mut u32) -> NTSTATUS>;

impl Route {
    /// None once the connection is over.
    pub(super) fn of(connector: *mut NDK_CONNECTOR) -> Option<Self> {
        // SAFETY: the connector is open.
        let table = unsafe { &*(*connector).Dispatch };
        let address = |ask: Ask| {
            let ask = ask.expect("NDK-VER-05");
            // SAFETY: as above; the place has `length` bytes.
            decode_address(|place, length| unsafe { ask(connector, place.cast(), length) }).ok()
        };
        Some(Self {
            own: address(table.NdkGetLocalAddress)?,
            peer: address(table.NdkGetPeerAddress)?,
        })
    }
}

/// The protection domain at the own end of each route there ever was, to compare with.
#[derive(Default)]
pub struct Routes(Mutex<HashMap<Route, usize>>);

impl Routes {
    pub(super) fn add(&self, route: Route, pd: usize) {
        let mut all = self.0.lock();
        all.insert(route, pd);
    }

    /// The domain at the other end.
    pub(super) fn beyond(&self, route: &Route) -> Option<usize> {
        let all = self.0.lock();
        let other = Route {
            own: route.peer,
            peer: route.own,
        };
        all.get(&other).copied()
    }
}
