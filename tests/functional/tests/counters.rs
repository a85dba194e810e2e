//! OID_NDK_STATISTICS counts what happens to connections (NDK-ADP-18).

use softrnic::sys;
use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{End, SOON, Stage};

/// Connect, Accept, ConnectFailure, ConnectionError, ActiveConnection and CQError of adapter `n`.
fn counters(stage: &Stage, n: usize) -> [u64; 6] {
    let answer = stage.host().adapters()[n].oid_query(sys::OID_NDK_STATISTICS, 248);
    let counter = |index: usize| {
        // NDK-OID-03: the counter set stands at offset 8.
        let at = 8 + index * 8;
        u64::from_le_bytes(answer.data[at..at + 8].try_into().expect("8 bytes"))
    };
    [0, 1, 2, 3, 4, 25].map(counter)
}

// NDK-ADP-18.
#[test]
fn an_established_connection_is_counted_on_both_sides() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    assert_eq!(counters(&stage, 0), [1, 0, 0, 0, 1, 0]);
    assert_eq!(counters(&stage, 1), [0, 1, 0, 0, 1, 0]);
    let (a, b) = (active.disconnect(), passive.disconnect());
    assert_eq!((a.wait(), b.wait()), (NtStatus::SUCCESS, NtStatus::SUCCESS));
    assert_eq!(counters(&stage, 0), [1, 0, 0, 0, 0, 0]);
    assert_eq!(counters(&stage, 1), [0, 1, 0, 0, 0, 0]);
}

// NDK-ADP-18.
#[test]
fn a_refused_connect_is_a_failure() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let refused = connector.connect(
        &end.qp,
        stage.address(0, 0),
        stage.address(1, 9),
        &ConnectParameters::default(),
    );
    assert_eq!(refused.wait(), NtStatus::CONNECTION_REFUSED);
    assert_eq!(counters(&stage, 0), [0, 0, 1, 0, 0, 0]);
}

// NDK-ADP-18.
#[test]
fn a_lost_connection_is_an_error_where_nobody_ended_it() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    drop(active.connector.take());
    assert!(passive.gone.wait(SOON));
    assert_eq!(counters(&stage, 0), [1, 0, 0, 0, 0, 0]);
    assert_eq!(counters(&stage, 1), [0, 1, 0, 1, 0, 0]);
}

// NDK-ADP-18.
#[test]
fn an_overrun_queue_is_counted_once() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let receives = Quiet::new(&adapter, 1);
    let end = quiet::end(&adapter, &receives, &receives, QpLimits::default());
    for context in 0..5 {
        end.post_receive(context, 0, 64);
    }
    end.qp.handle().flush();
    assert_eq!(counters(&stage, 0), [0, 0, 0, 0, 0, 1]);
}
