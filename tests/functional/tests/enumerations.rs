//! The four requests of Network Direct, and that what they list is so at one moment.

use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys;
use softrnic_emulator::ndis::Adapter;
use softrnic_functional::Stage;

const SUCCESS: i32 = sys::NDIS_STATUS_SUCCESS;

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

// NDK-OID-01, NDK-OID-02, NDK-OID-03: all four are answered, statistics on both paths, with their header.
#[test]
fn the_four_requests_are_answered() {
    let stage = Stage::new();
    let adapter = &stage.host().adapters()[0];
    for oid in [sys::OID_NDK_CONNECTIONS, sys::OID_NDK_LOCAL_ENDPOINTS] {
        assert_eq!(adapter.oid_query(oid, 4096).status, SUCCESS, "{oid:#x}");
    }
    assert_eq!(
        adapter.oid_set(sys::OID_NDK_SET_STATE, &[1]).status,
        SUCCESS
    );
    for answer in [
        adapter.oid_query(sys::OID_NDK_STATISTICS, 512),
        adapter.direct_oid_query(sys::OID_NDK_STATISTICS, 512),
    ] {
        assert_eq!((answer.status, answer.bytes), (SUCCESS, 248));
        // Type, revision, size; then no flags.
        assert_eq!(answer.data[..2], [sys::NDIS_OBJECT_TYPE_DEFAULT, 1]);
        assert_eq!(answer.data[2..4], 248_u16.to_le_bytes());
        assert_eq!(word(&answer.data, 4), 0);
    }
}

/// How many connections are listed; the list is whole.
fn connections(adapter: &Adapter) -> usize {
    const HEADER: usize = 16;
    const ROW: usize = 64;
    let answer = adapter.oid_query(sys::OID_NDK_CONNECTIONS, 4096);
    assert_eq!(answer.status, SUCCESS);
    let count = word(&answer.data, 8) as usize;
    assert_eq!(answer.bytes as usize, HEADER + count * ROW);
    assert!(count.is_multiple_of(2), "NDK-OID-06");
    for row in answer.data[HEADER..HEADER + count * ROW].chunks_exact(ROW) {
        // Two addresses, each a family and a port that are there.
        for address in [&row[..28], &row[28..56]] {
            assert_eq!(address[..2], [2, 0], "an IPv4 address: {row:?}");
            assert_ne!(address[2..4], [0, 0], "{row:?}");
        }
        assert_eq!(row[56], 0, "NDK-OID-07: not user mode");
    }
    count / 2
}

// NDK-OID-04, NDK-OID-06, NDK-OID-07, NDK-OID-08: while connections come and go, each list is whole: as long as it says, in
// pairs of an ND address and its TCP address, of the kernel's own.
#[test]
fn lists_are_whole_while_connections_come_and_go() {
    let stage = Stage::new();
    let (done, machine) = (AtomicBool::new(false), stage.machine());
    let adapter = &stage.host().adapters()[1];
    let sizes = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let _attached = machine.attach();
            let mut sizes = [0_usize; 2];
            while !done.load(Ordering::Relaxed) {
                sizes[usize::from(connections(adapter) != 0)] += 1;
            }
            sizes
        });
        for _ in 0..60 {
            drop((stage.connected(), stage.connected()));
        }
        done.store(true, Ordering::Relaxed);
        asking.join().expect("whole lists")
    });
    assert!(sizes[1] > 0, "lists with and without rows: {sizes:?}");
}
