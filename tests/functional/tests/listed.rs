//! Connections and listeners as they are listed to who asks the miniport.

use std::mem::offset_of;

use softrnic::sys;
use softrnic_functional::consumer::QpLimits;
use softrnic_functional::{End, Stage, join};

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
    let listed = |adapter: usize, oid| {
        let answer = stage.host().adapters()[adapter].oid_query(oid, 4096);
        assert_eq!(answer.status, 0);
        answer.data
    };
    let port = |data: &[u8], at: usize| u16::from_be_bytes([data[at + 2], data[at + 3]]);
    let (first, row) = (
        offset_of!(sys::NDIS_NDK_CONNECTIONS, Connections),
        size_of::<sys::NDIS_NDK_CONNECTION_ENTRY>(),
    );
    let remote = first + offset_of!(sys::NDIS_NDK_CONNECTION_ENTRY, Remote);
    let data = listed(0, sys::OID_NDK_CONNECTIONS);
    assert_eq!(
        (port(&data, remote), port(&data, remote + row)),
        (445, 5445)
    );
    let data = listed(1, sys::OID_NDK_CONNECTIONS);
    assert_eq!((port(&data, first), port(&data, first + row)), (445, 5445));
    let first = offset_of!(sys::NDIS_NDK_LOCAL_ENDPOINTS, LocalEndpoints);
    let row = size_of::<sys::NDIS_NDK_LOCAL_ENDPOINT_ENTRY>();
    let data = listed(1, sys::OID_NDK_LOCAL_ENDPOINTS);
    assert_eq!((port(&data, first), port(&data, first + row)), (445, 5445));
}
