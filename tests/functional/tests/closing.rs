//! How connections end on the wire: half-closed peers, ends in the middle, both at once.

use softrnic_functional::consumer::NtStatus;
use softrnic_functional::peer;
use softrnic_functional::{SOON, Stage};

// NDK-DISC-08: a peer that has said all may still listen.
#[test]
fn a_half_closed_peer_gets_the_rest() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 64);
    peer.finish();
    assert!(end.gone.wait(SOON), "NDK-DISC-05");
    end.buffer.write(0, b"the rest");
    end.post_send(2, 0, 8, 0);
    assert_eq!(peer.read_fpdu(), peer::fpdu(&peer::send(1, b"the rest")));
    assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS);
    assert!(end.received.settle_now().is_empty(), "nothing is flushed");
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]));
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS, "NDK-DISC-09");
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(end.gone.count(), 1, "NDK-DISC-06");
}

// NDK-DISC-14: anywhere in an FPDU or a message.
#[test]
fn a_fin_in_the_middle_is_the_end() {
    let whole = peer::fpdu(&peer::send(2, &[7; 100]));
    let mut half = peer::send(2, &[7; 100]);
    half[0] = 0x01;
    let half = peer::fpdu(&half);
    for bytes in [
        &whole[..1],
        &whole[..19],
        &whole[..50],
        &whole[..123],
        &half,
    ] {
        let stage = Stage::new();
        let (mut peer, end) = peer::connected(&stage);
        end.post_receive(1, 0, 4096);
        peer.send(bytes);
        peer.finish();
        assert!(end.gone.wait(SOON), "a disconnect event");
        let done = end.received.take(1)[0];
        assert_eq!(done.status, NtStatus::CANCELLED, "{}", bytes.len());
        let said = peer.read_to_end();
        assert!(said.is_none_or(|said| said.is_empty()), "no Terminate");
    }
}

// NDK-DISC-15, NDK-DISC-10: what was sent before the FINs crossed arrives.
#[test]
fn both_ends_at_once_lose_nothing() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 4096);
    end.buffer.write(8192, b"goodbye");
    end.post_send(2, 8192, 7, 0);
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_fpdu(), peer::fpdu(&peer::send(1, b"goodbye")));
    assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]), "its FIN");
    // Sent before anybody here could know of it.
    peer.send(&peer::fpdu(&peer::send(2, b"farewell")));
    peer.finish();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    let done = end.received.take(1)[0];
    assert_eq!((done.status, done.bytes), (NtStatus::SUCCESS, 8));
    assert_eq!(end.buffer.read(0, 8), b"farewell");
    assert_eq!(end.gone.count(), 0, "NDK-DISC-05");
}

// NDK-POST-33, NDK-POST-09: nor does a message nobody takes keep the peer's FIN away.
#[test]
fn a_message_without_a_receive_does_not_hold_up_a_disconnect() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    peer.send(&peer::fpdu(&peer::send(2, &[7; 1000])));
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]), "its FIN");
    peer.send(&peer::fpdu(&peer::send(3, &[7; 1000])));
    peer.finish();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
}
