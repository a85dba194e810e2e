//! What consumers do, and what must be true of it whatever the seed.

pub mod pair;
pub mod storm;

use std::net::SocketAddr;
use std::sync::Arc;

use softrnic_consumer::{Adapter, Connector, Listener, NtStatus};
use softrnic_emulator::sync::{Receiver, channel};

/// What a request may end with when its connection is lost, beside success: NDK-DISC, NDK-FLUSH.
pub const LOST: &[NtStatus] = &[
    NtStatus::CANCELLED,
    NtStatus::CONNECTION_ABORTED,
    NtStatus::CONNECTION_INVALID,
    NtStatus::IO_TIMEOUT,
];

/// What a connect or an accept may end with over a network that breaks.
pub const NOT_CONNECTED: &[NtStatus] = &[
    NtStatus::CONNECTION_REFUSED,
    NtStatus::CONNECTION_ABORTED,
    NtStatus::CONNECTION_INVALID,
    NtStatus::IO_TIMEOUT,
    NtStatus::CANCELLED,
    NtStatus::INSUFFICIENT_RESOURCES,
    NtStatus::NETWORK_UNREACHABLE,
    NtStatus::HOST_UNREACHABLE,
];

/// A listener and where its connectors arrive; `None` when the transport had no room for it (`scarce` only).
///
/// # Panics
/// When it fails for another reason.
#[must_use]
pub fn listen(
    adapter: &Arc<Adapter>,
    address: SocketAddr,
    scarce: bool,
) -> Option<(Listener, Receiver<Connector>)> {
    let (sender, receiver) = channel();
    let listener = Listener::new(adapter, move |connector| sender.send(connector));
    let listener = listener.expect("a listener is made");
    match listener.listen(address).wait() {
        NtStatus::SUCCESS => Some((listener, receiver)),
        NtStatus::INSUFFICIENT_RESOURCES if scarce => None,
        other => panic!("NdkListen: {other:?}"),
    }
}
