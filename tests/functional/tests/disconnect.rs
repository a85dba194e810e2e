//! The end of a connection, however it comes.

use softrnic_functional::consumer::{Connector, NtStatus};
use softrnic_functional::{A_WHILE, SOON, Stage};

// NDK-DISC-01: local Disconnect completes only when the peer's notification has come.
// RFC5041-3-10, RFC5041-6.2.1-5.
// NdkDisconnect: STATUS_SUCCESS.
#[test]
fn a_disconnect_waits_for_the_peer_and_then_succeeds() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let first = active.disconnect();
    assert!(
        passive.gone.wait(SOON),
        "NDK-DISC-05: the peer gets the event"
    );
    assert_eq!(
        first.wait_for(A_WHILE),
        None,
        "it must wait for the peer's disconnect"
    );
    assert_eq!(passive.disconnect().wait(), NtStatus::SUCCESS);
    assert_eq!(first.wait(), NtStatus::SUCCESS);
    assert_eq!(
        (active.gone.count(), passive.gone.count()),
        (0, 1),
        "NDK-DISC-05, -06"
    );
}

// NDK-DISC-15
#[test]
fn both_sides_may_disconnect_at_once() {
    let stage = Stage::new();
    for _ in 0..10 {
        let (active, passive) = stage.connected();
        let (a, b) = (active.disconnect(), passive.disconnect());
        assert_eq!((a.wait(), b.wait()), (NtStatus::SUCCESS, NtStatus::SUCCESS));
    }
}

// NDK-DISC-02, NDK-FLUSH-02: a disconnect flushes what is left, and the results wake the CQ.
#[test]
fn a_disconnect_flushes_posted_receives() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for n in 0..5 {
        active.post_receive(n, 0, 64);
        passive.post_receive(n, 0, 64);
    }
    let first = active.disconnect();
    assert!(passive.gone.wait(SOON));
    assert_eq!(
        passive.received.settle(),
        [],
        "NDK-DISC-08: the peer's disconnect alone flushes nothing"
    );
    assert_eq!(passive.disconnect().wait(), NtStatus::SUCCESS);
    assert_eq!(first.wait(), NtStatus::SUCCESS);
    for end in [&active, &passive] {
        let flushed = end.received.take(5);
        assert!(
            flushed
                .iter()
                .enumerate()
                .all(|(n, d)| (d.context, d.status) == (n, NtStatus::CANCELLED)),
            "{flushed:?}"
        );
    }
}

// NDK-DISC-10: what was sent before the disconnect is received before the event.
// RFC5041-6.2.1-1.
#[test]
fn data_sent_before_a_disconnect_arrives_before_the_event() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    for n in 0..10 {
        passive.post_receive(n, n * 50_000, 50_000);
    }
    for n in 0..10 {
        active.post_send(n, 0, 50_000, 0);
    }
    assert!(
        active
            .done
            .take(10)
            .iter()
            .all(|d| d.status == NtStatus::SUCCESS)
    );
    let first = active.disconnect();
    assert!(passive.gone.wait(SOON));
    let received = passive.received.take(10);
    assert!(
        received.iter().all(|d| d.status == NtStatus::SUCCESS),
        "{received:?}"
    );
    assert_eq!(passive.disconnect().wait(), NtStatus::SUCCESS);
    assert_eq!(first.wait(), NtStatus::SUCCESS);
}

// NDK-DISC-11: closing a connected connector aborts, cancels, and tells only the peer.
#[test]
fn closing_the_connector_aborts_the_connection() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    active.post_receive(1, 0, 64);
    passive.post_receive(2, 0, 64);
    assert_eq!(
        active.connector.take().expect("connected").close().wait(),
        NtStatus::SUCCESS
    );
    assert_eq!(active.received.take(1)[0].status, NtStatus::CANCELLED);
    assert!(passive.gone.wait(SOON), "the peer learns it");
    assert_eq!(active.gone.count(), 0, "no event for one's own close");
    passive.qp.handle().flush();
    assert_eq!(passive.received.take(1)[0].status, NtStatus::CANCELLED);
}

// NDK-DISC-09, sample consumer: flush and close, no NdkDisconnect at all.
#[test]
fn after_the_event_flush_and_close_end_the_connection() {
    let stage = Stage::new();
    let (active, mut passive) = stage.connected();
    passive.post_receive(1, 0, 64);
    let first = active.disconnect();
    assert!(passive.gone.wait(SOON));
    passive.qp.handle().flush();
    assert_eq!(passive.received.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(
        passive.connector.take().expect("connected").close().wait(),
        NtStatus::SUCCESS
    );
    // The peer closed without NdkDisconnect: the local one ends, with success or failure.
    assert!(first.wait_for(SOON).is_some());
}

// NDK-POST-07: after the disconnect nothing can be posted to the initiator queue.
// RFC5041-6.2.1-2.
#[test]
fn initiator_posts_after_a_disconnect_are_refused_or_cancelled() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let (a, b) = (active.disconnect(), passive.disconnect());
    assert_eq!((a.wait(), b.wait()), (NtStatus::SUCCESS, NtStatus::SUCCESS));
    let sge = active.mr.sge(&active.buffer, 0, 8);
    assert_eq!(
        active.qp.handle().send(7, &[sge], 0),
        NtStatus::CONNECTION_INVALID
    );
}

// NDK-FLUSH-01, -05, -09: a flush cancels what is posted, in order, also before any connection.
#[test]
fn a_flush_cancels_receives_posted_on_an_unconnected_queue_pair() {
    let stage = Stage::new();
    let end = softrnic_functional::End::new(&stage.open(0), Default::default());
    for n in 0..3 {
        end.post_receive(n, 0, 64);
    }
    end.qp.handle().flush();
    let flushed = end.received.take(3);
    assert!(
        flushed
            .iter()
            .enumerate()
            .all(|(n, d)| (d.context, d.status) == (n, NtStatus::CANCELLED)),
        "{flushed:?}"
    );
}

// NDK-FLUSH-01, NDK-FLUSH-05, NDK-CON-08: a flush that crosses the failure of a connect is not lost between connection and
// queue pair, whoever has the queue at that moment.
#[test]
fn a_flush_that_crosses_a_refused_connect_cancels_all() {
    let stage = Stage::new();
    let end = softrnic_functional::End::new(&stage.open(0), Default::default());
    let (from, nowhere) = (stage.address(0, 0), stage.address(1, 9));
    let (qp, machine) = (end.qp.handle(), stage.machine());
    for round in 0..400_u64 {
        for n in 0..4 {
            end.post_receive(n, 0, 64);
        }
        let mut connector = Connector::new(&end.adapter).expect("made");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _attached = machine.attach();
                for _ in 0..round * 37 % 1500 {
                    std::hint::spin_loop();
                }
                qp.flush();
            });
            let refused = connector.connect(&end.qp, from, nowhere, &Default::default());
            assert_eq!(refused.wait(), NtStatus::CONNECTION_REFUSED);
        });
        assert_eq!(end.received.take(4).len(), 4, "round {round}");
    }
}

// NDK-DISC-05, NDK-FLUSH-07: a flush is no disconnect: whose connection is lost after it hears of that.
#[test]
fn a_connection_lost_after_a_flush_is_told() {
    let stage = Stage::new();
    for _ in 0..10 {
        let (active, mut passive) = stage.connected();
        active.qp.handle().flush();
        let mut connector = passive.connector.take().expect("connected");
        assert!(connector.close().wait().is_success());
        assert!(active.gone.wait(SOON), "lost, and not told");
        drop(active.connector);
        assert_eq!(active.gone.count(), 1, "NDK-DISC-06");
    }
}
