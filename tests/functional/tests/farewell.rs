//! Ends that do not go as they should: requests outstanding, peers that stop, peers that reset.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use softrnic_functional::consumer::{ConnectParameters, NtStatus, QpLimits};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{A_WHILE, End, SOON, Stage, listen};

// NDK-DISC-03, NDK-DISC-13: a peer that does not answer a disconnect: it fails after its time, and then nothing is open in
// either direction.
// NdkDisconnect: STATUS_IO_TIMEOUT.
// WSK-HAZ-10, WSK-DIS-06.
#[test]
fn a_disconnect_that_times_out_leaves_nothing_half_open() {
    let stage = Stage::configured(&[("NetworkDirectDisconnectTimeout", 1)]);
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 64);
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_to_end(), Some(Vec::new()), "our FIN");
    assert_eq!(disconnecting.wait(), NtStatus::IO_TIMEOUT);
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    let sge = end.mr.sge(&end.buffer, 0, 8);
    let posted = end.qp.handle().send(7, &[sge], 0);
    assert_eq!(posted, NtStatus::CONNECTION_INVALID);
    assert!(peer.is_reset(), "nobody takes what the peer still sends");
    assert_eq!(
        end.gone.count(),
        0,
        "NDK-DISC-05: it was the consumer's own disconnect"
    );
}

// NDK-DISC-03: and one that succeeds, too: no socket is left while the connectors are still open.
#[test]
fn a_disconnect_that_succeeds_leaves_nothing_half_open() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_to_end(), Some(Vec::new()), "our FIN");
    assert_eq!(disconnecting.wait_for(A_WHILE), None);
    peer.finish();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    let sge = end.mr.sge(&end.buffer, 0, 8);
    let posted = end.qp.handle().send(7, &[sge], 0);
    assert_eq!(posted, NtStatus::CONNECTION_INVALID);
    let again = end.disconnect();
    assert!(again.wait_for(SOON).is_some(), "a second one is answered");
}

// NDK-DISC-04, NDK-DISC-01: a disconnect with sends, writes and reads outstanding completes, and each of them comes back
// once, before it.
#[test]
fn a_disconnect_with_requests_outstanding_completes() {
    let stage = Stage::new();
    for _ in 0..5 {
        let (active, passive) = stage.connected();
        for n in 0..4 {
            passive.post_receive(n, n * 65_536, 65_536);
            active.post_send(3 * n, 0, 60_000, 0);
            active.post_write(3 * n + 1, &passive, 512 * 1024, 60_000);
            active.post_read(3 * n + 2, &passive, 512 * 1024, 60_000);
        }
        let (first, second) = (active.disconnect(), passive.disconnect());
        assert!(first.wait_for(SOON).is_some() && second.wait_for(SOON).is_some());
        let done = active.done.settle_now();
        let contexts: Vec<usize> = done.iter().map(|done| done.context).collect();
        assert_eq!(contexts, (0..12).collect::<Vec<_>>(), "each once, in order");
        assert_eq!(passive.received.settle_now().len(), 4);
        assert_eq!(
            (active.done.settle(), passive.received.settle()),
            (vec![], vec![])
        );
    }
}

/// Sends until TCP takes no more: the peer does not read.
fn wedge(end: &End) {
    for n in 0..QpLimits::default().initiator_depth as usize {
        end.post_send(n, 0, 1 << 20, 0);
    }
    std::thread::sleep(A_WHILE);
}

// NDK-DISC-13, NDK-POST-24: a peer that takes nothing holds neither a disconnect nor a close.
#[test]
fn a_wedged_peer_holds_nobody() {
    let stage = Stage::configured(&[("NetworkDirectDisconnectTimeout", 1)]);
    let (peer, end) = peer::connected(&stage);
    wedge(&end);
    assert_eq!(end.disconnect().wait(), NtStatus::IO_TIMEOUT);
    let depth = QpLimits::default().initiator_depth as usize;
    let cancelled = end.done.take(depth);
    assert_eq!(
        cancelled.last().map(|done| done.status),
        Some(NtStatus::CANCELLED)
    );
    drop((peer, end));
    let (peer, mut end) = peer::connected(&stage);
    wedge(&end);
    let mut connector = end.connector.take().expect("connected");
    let closing = connector.close();
    assert_eq!(closing.wait_for(SOON), Some(NtStatus::SUCCESS));
    drop((peer, connector));
    assert_eq!(end.done.take(depth).len(), depth);
}

// NDK-DISC-05, NDK-DISC-06: of a peer that ends and then resets, one event; the consumer who has not disconnected gets it.
#[test]
fn a_fin_and_a_reset_are_one_event() {
    let stage = Stage::new();
    let (peer, end) = peer::connected(&stage);
    peer.finish();
    assert!(end.gone.wait(SOON));
    peer.reset();
    end.post_receive(1, 0, 8);
    assert_eq!(
        end.received.take(1)[0].status,
        NtStatus::CANCELLED,
        "the reset is here"
    );
    assert_eq!(end.gone.count(), 1);
    let (peer, end) = peer::connected(&stage);
    peer.reset();
    assert!(end.gone.wait(SOON));
    std::thread::sleep(A_WHILE);
    assert_eq!(end.gone.count(), 1);
}

// NDK-DISC-07, NDK-LIFE-16: the peer's end races with our disconnect and close; the event may come or not, but never after
// the close has completed.
#[test]
fn no_event_comes_after_the_close() {
    let stage = Stage::new();
    let adapter = stage.open(1);
    let (listener, incoming) = listen(&adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let parameters = ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    };
    for round in 0..40 {
        let end = End::new(&adapter, QpLimits::default());
        let mut peer = Peer::connect(to);
        peer.send(&peer::request(0x40, 1, b""));
        let mut connector = incoming.recv_timeout(SOON).expect("a connect event");
        let (closed, late) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let (seen, counted) = (closed.clone(), late.clone());
        let accepting = connector.accept(&end.qp, &parameters, move || {
            if seen.load(Ordering::SeqCst) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let _reply = peer.read_frame();
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        let ending = std::thread::spawn(move || match round % 2 {
            0 => peer.reset(),
            _ => drop(peer),
        });
        let disconnecting = (round % 4 < 2).then(|| connector.disconnect());
        assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
        closed.store(true, Ordering::SeqCst);
        ending.join().expect("the peer ends");
        drop((disconnecting, connector, end));
        assert_eq!(late.load(Ordering::SeqCst), 0);
    }
}
