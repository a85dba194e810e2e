//! OID_NDK_STATISTICS counts what happens to connections (NDK-ADP-18).

use softrnic::sys;
use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus, QpLimits};
use softrnic_functional::quiet::{self, Quiet};
use softrnic_functional::{End, SOON, Stage};

/// Every counter of adapter `n`, in the order of its structure.
fn all_counters(stage: &Stage, n: usize) -> Vec<u64> {
    let answer = stage.host().adapters()[n].oid_query(sys::OID_NDK_STATISTICS, 248);
    assert_eq!(answer.status, sys::NDIS_STATUS_SUCCESS);
    // NDK-OID-03: the counter set stands at offset 8.
    let (words, _) = answer.data[8..248].as_chunks();
    words.iter().copied().map(u64::from_le_bytes).collect()
}

/// Connect, Accept, ConnectFailure, ConnectionError, ActiveConnection and CQError of adapter `n`.
fn counters(stage: &Stage, n: usize) -> [u64; 6] {
    let all = all_counters(stage, n);
    [0, 1, 2, 3, 4, 25].map(|index| all[index])
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

// NDK-ADP-19: after each event that is counted has happened, a counter has moved or is declared missing, never both; what is
// reserved is neither.
#[test]
fn a_counter_that_does_not_count_is_declared_missing() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    passive.post_receive(1, 0, 4096);
    active.post_send(2, 0, 4096, 0);
    assert!(passive.received.wait_for(1, SOON));
    let gauge = all_counters(&stage, 0)[4];
    drop(active.connector.take());
    assert!(passive.gone.wait(SOON));
    let adapter = stage.open(1);
    let overrun = Quiet::new(&adapter, 1);
    let end = quiet::end(&adapter, &overrun, &overrun, QpLimits::default());
    for context in 0..2 {
        end.post_receive(context, 0, 64);
    }
    end.qp.handle().flush();
    let mut connector = Connector::new(&adapter).expect("made");
    let nobody = ConnectParameters::default();
    let refused = connector.connect(&end.qp, stage.address(1, 0), stage.address(0, 9), &nobody);
    assert_eq!(refused.wait(), NtStatus::CONNECTION_REFUSED);
    let told = stage.host().adapters()[0].ndk_attributes().expect("told");
    let mask = told.capabilities.MissingCounterMask;
    let moved: Vec<bool> = (all_counters(&stage, 0).iter().zip(all_counters(&stage, 1)))
        .map(|(here, there)| here + there != 0)
        .collect();
    const NAMED: [usize; 10] = [0, 1, 2, 3, 4, 25, 26, 27, 28, 29];
    for (index, moved) in moved.into_iter().enumerate() {
        let missing = mask >> index & 1 != 0;
        // ActiveConnection goes down again.
        let moved = moved || index == 4 && gauge != 0;
        assert_eq!(moved || missing, NAMED.contains(&index), "counter {index}");
        assert!(!(moved && missing), "counter {index}");
    }
    assert_eq!(mask >> 30, 0, "bits of no counter");
}
