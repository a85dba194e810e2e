//! Connections and listeners as they are listed to who asks the miniport.

use std::mem::offset_of;

use softrnic::sys;
use softrnic_functional::consumer::{QpLimits, SharedEndpoint};
use softrnic_functional::{End, Stage, join, listen};

/// What adapter `n` answers to a query.
fn listed(stage: &Stage, n: usize, oid: u32) -> Vec<u8> {
    let answer = stage.host().adapters()[n].oid_query(oid, 4096);
    assert_eq!(answer.status, sys::NDIS_STATUS_SUCCESS);
    answer.data
}

/// The port of the `SOCKADDR_INET` at `at`.
fn port(data: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([data[at + 2], data[at + 3]])
}

// NDK-CON-19, NDK-OID-06: who lists connections sees the ports consumers use, and beside them those of TCP.
#[test]
fn listed_connections_have_both_ports() {
    let stage = Stage::apart();
    let limits = QpLimits::default();
    let (mut active, mut passive) = (
        End::new(&stage.open(0), limits),
        End::new(&stage.open(1), limits),
    );
    let (from, to) = (stage.address(0, 0), stage.address(1, 445));
    join(&mut active, &mut passive, from, to);
    let (first, row) = (
        offset_of!(sys::NDIS_NDK_CONNECTIONS, Connections),
        size_of::<sys::NDIS_NDK_CONNECTION_ENTRY>(),
    );
    let remote = first + offset_of!(sys::NDIS_NDK_CONNECTION_ENTRY, Remote);
    let data = listed(&stage, 0, sys::OID_NDK_CONNECTIONS);
    assert_eq!(
        (port(&data, remote), port(&data, remote + row)),
        (445, 5445)
    );
    let data = listed(&stage, 1, sys::OID_NDK_CONNECTIONS);
    assert_eq!((port(&data, first), port(&data, first + row)), (445, 5445));
    let first = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, LocalEndpoints);
    let row = size_of::<sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY>();
    let data = listed(&stage, 1, sys::OID_NDK_LOCAL_ENDPOINTS);
    assert_eq!((port(&data, first), port(&data, first + row)), (445, 5445));
}

// NDK-OID-07: all of them are the kernel's, and a listener is told from a shared endpoint.
#[test]
fn listed_endpoints_say_what_they_are() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (listener, _incoming) = listen(&adapter, stage.address(0, 0));
    let endpoint = SharedEndpoint::new(&adapter, stage.address(0, 0)).expect("an endpoint");
    let listening = listener.local_address().expect("bound").port();
    let shared = endpoint.local_address().expect("bound").port();
    let data = listed(&stage, 0, sys::OID_NDK_LOCAL_ENDPOINTS);
    let first = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, LocalEndpoints);
    let row = size_of::<sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY>();
    let is_user = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY, UserModeOwner);
    let is_listener = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY, Listener);
    // The first row of each pair; the second has TCP's address alone.
    let rows = (first..first + 4 * row).step_by(2 * row);
    let mut seen: Vec<_> = rows
        .map(|at| (port(&data, at), data[at + is_listener], data[at + is_user]))
        .collect();
    let mut wanted = vec![(listening, 1, 0), (shared, 0, 0)];
    seen.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
}
