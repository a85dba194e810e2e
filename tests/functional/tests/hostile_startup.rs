//! Start-up with a peer that does not keep to it (`docs/hostile.md`).

use std::net::TcpListener;

use softrnic_functional::consumer::{
    ConnectParameters, ConnectionData, Connector, NtStatus, Request,
};
use softrnic_functional::hostile::{
    Ended, Pace, Peer, REQUEST, World, answer_to, bytes_of, hex, send, write,
};
use softrnic_functional::peer::{self, marked};
use softrnic_functional::{End, SOON, row_tests};

row_tests! {
    reset_without_a_word:
        m01_a_wrong_key
        m02_the_reply_key
        m05_revision_0
        m06_revision_3
        m07_private_data_one_byte_too_long
        m08_private_data_of_64k
        m11_enhanced_without_its_block
        m12_a_block_cut_short;
    early_data:
        m10_more_private_data_than_declared
        m23_an_fpdu_behind_the_request;
    cut_by_fin: m09_fin_in_the_request;
    answered:
        m13_revision_1_has_no_block
        m14_reserved_bits
        m15_the_reject_bit
        m16_kinds_without_the_model
        m17_the_model_without_a_kind
        m18_limits_that_are_not_negotiated
        m19_limits_beyond_ours
        m20_no_reads_but_a_read_to_begin_with;
    gone_with_fin: m21_fin_while_the_consumer_decides;
    gone_with_a_reset: m22_a_reset_while_the_consumer_decides;
    another_first_fpdu: m24_a_send_will_do_as_the_first_fpdu;
    fails_the_connect:
        m26_the_request_key
        m28_a_reply_without_the_block
        m29_an_enhanced_reply_without_its_block;
    tells_why:
        m31_only_a_kind_we_do_not_send
        m32_more_reads_than_there_are;
    refused: m33_a_refusal_with_all_the_private_data_there_can_be;
    wants_markers: m34_markers_from_the_first_fpdu_on;
    in_single_bytes: m35_early_fpdus_are_held_until_complete;
}

fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 16,
        outbound_reads: 16,
        private_data: Vec::new(),
    }
}

/// A reset, and the consumer never hears: the next connector offered is the next good peer's.
fn reset_without_a_word(world: &World, id: &str) {
    for pace in [Pace::Whole, Pace::Bytes] {
        let mut peer = world.peer();
        // A write that fails has seen the reset already.
        let ended = match peer.say(&bytes_of(id), pace) {
            true => Ended::Reset,
            false => Ended::Fin,
        };
        assert_eq!(peer.rest(), (Vec::new(), ended), "{pace:?}");
    }
    if id == "M06" {
        let mut peer = world.peer();
        peer.say(
            &hex("4d504120 49442052 65712046 72616d65 40ff0000"),
            Pace::Whole,
        );
        assert_eq!(peer.rest(), (Vec::new(), Ended::Reset), "revision 255");
    }
    drop(world.victim());
}

/// Written at once: the consumer never hears.
fn early_data(world: &World, id: &str) {
    let mut peer = world.peer();
    peer.say(&bytes_of(id), Pace::Whole);
    assert_eq!(peer.rest(), (Vec::new(), Ended::Reset));
    drop(world.victim());
}

fn cut_by_fin(world: &World, _: &str) {
    let mut peer = world.peer();
    let mut request = hex("4d504120 49442052 65712046 72616d65 40010200");
    request.extend([0x41; 511]);
    peer.say(&request, Pace::Whole);
    peer.finish();
    assert!(peer.rest().0.is_empty());
    drop(world.victim());
}

/// A peer that sent `request`, and the connector that was offered for it.
fn offered(world: &World, request: &[u8]) -> (Peer, End, Connector) {
    let mut peer = world.peer();
    peer.send(request);
    let end = world.end();
    let connector = world.offered(&peer);
    (peer, end, connector)
}

/// The connection works both ways.
fn assert_alive(mut peer: Peer, end: &mut End, connector: Connector) {
    end.connector = Some(connector);
    end.post_receive(1, 0, 64);
    peer.send(&send(1, b"ping"));
    let done = end.received.take(1)[0];
    assert_eq!((done.status, done.bytes), (NtStatus::SUCCESS, 4));
    end.buffer.write(0, b"pong");
    end.post_send(2, 0, 4, 0);
    assert_eq!(peer.fpdu()[20..], *b"pong");
}

fn answered(world: &World, id: &str) {
    let (mut peer, mut end, mut connector) = offered(world, &bytes_of(id));
    if id == "M13" {
        let data = connector.connection_data().expect("offered");
        assert_eq!(data.private_data[..4], hex("8010c010")[..]);
    }
    let accepting = connector.accept(&end.qp, &parameters(), end.on_disconnect());
    let mut reply = hex("4d504120 49442052 65702046 72616d65");
    reply.extend(hex(answer_to(id)));
    assert_eq!(peer.read_frame(), reply);
    match id {
        "M17" | "M18" | "M19" => peer.send(&write(1, 0, b"")),
        "M20" => {
            peer.send(&softrnic_functional::hostile::read_request(1, 1, 1, 0));
        }
        _ => {}
    }
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    let inbound = if id == "M20" { 0 } else { 16 };
    let limits = connector.connection_data().expect("connected");
    assert_eq!((limits.inbound_reads, limits.outbound_reads), (inbound, 16));
    if id == "M20" {
        assert_eq!(peer.fpdu()[..4], hex("000ec142")[..]);
    }
    assert_alive(peer, &mut end, connector);
}

fn gone_with_fin(world: &World, _: &str) {
    let (mut peer, end, mut connector) = offered(world, &hex(REQUEST));
    peer.finish();
    // The reset tells that the FIN was seen.
    assert!(peer.rest().0.is_empty());
    let accepting = connector.accept(&end.qp, &parameters(), end.on_disconnect());
    assert_eq!(accepting.wait(), NtStatus::CONNECTION_ABORTED);
    assert_eq!(end.gone.count(), 0);
}

fn gone_with_a_reset(world: &World, _: &str) {
    let (peer, end, mut connector) = offered(world, &hex(REQUEST));
    peer.reset();
    let accepting = connector.accept(&end.qp, &parameters(), end.on_disconnect());
    // Seen before the accept or after it: told once, and it can be closed.
    if accepting.wait().is_success() {
        assert!(end.gone.wait(SOON));
    }
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert!(end.gone.count() <= 1);
}

fn another_first_fpdu(world: &World, _: &str) {
    let request = hex("4d504120 49442052 65712046 72616d65 50020004 80104010");
    let (mut peer, mut end, mut connector) = offered(world, &request);
    let accepting = connector.accept(&end.qp, &parameters(), end.on_disconnect());
    assert_eq!(peer.read_frame()[16..18], hex("5002")[..]);
    end.post_receive(7, 64, 64);
    peer.send(&send(1, b"first"));
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    assert_eq!(end.received.take(1)[0].context, 7);
    end.connector = Some(connector);
    end.buffer.write(0, b"pong");
    end.post_send(2, 0, 4, 0);
    assert_eq!(peer.fpdu()[20..], *b"pong");
}

/// An end whose Request of revision 2 a peer of ours has read.
fn asking(world: &World) -> (Peer, End, Connector, Request) {
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let (mut peer, end, connector, connecting) = world.asking(&listener);
    let request = peer.read_frame();
    assert_eq!(request[16..], hex("50020004 8010c010"));
    (peer, end, connector, connecting)
}

fn fails_the_connect(world: &World, id: &str) {
    let (mut peer, end, _connector, connecting) = asking(world);
    peer.say(&bytes_of(id), Pace::Bytes);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_ABORTED);
    assert!(peer.rest().0.is_empty());
    assert_eq!(end.gone.count(), 0);
}

fn tells_why(world: &World, id: &str) {
    let (mut peer, end, _connector, connecting) = asking(world);
    peer.say(&bytes_of(id), Pace::Bytes);
    assert_eq!(peer.terminate(), answer_to(id));
    drop(peer);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_ABORTED);
    assert_eq!(end.gone.count(), 0);
}

fn refused(world: &World, _: &str) {
    let (mut peer, _end, connector, connecting) = asking(world);
    let mut reply = hex("4d504120 49442052 65702046 72616d65 70020200 00100010");
    reply.extend([0x41; 508]);
    peer.send(&reply);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    let ConnectionData { private_data, .. } = connector.connection_data().expect("told");
    // As many as a consumer may be told (NDK-CON-17).
    assert_eq!(private_data[..500], [0x41; 500]);
    peer.finish();
    assert!(peer.rest().0.is_empty());
}

fn accept_reply(peer: &mut Peer, flags: &str) {
    peer.send(&hex(&format!(
        "4d504120 49442052 65702046 72616d65 {flags}020004 80108010"
    )));
}

fn wants_markers(world: &World, _: &str) {
    let (mut peer, mut end, mut connector, connecting) = asking(world);
    accept_reply(&mut peer, "d0");
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    let complete = connector.complete_connect(end.on_disconnect());
    assert_eq!(complete.wait(), NtStatus::SUCCESS);
    end.connector = Some(connector);
    end.buffer.write(0, b"pong");
    end.post_send(2, 0, 4, 0);
    // The ready-to-receive Write and the Send, with the marker in front of the first.
    let ready = write(1, 0, b"");
    let pong = peer::fpdu(&peer::send(1, b"pong"));
    let expected = marked(&[ready, pong]);
    assert_eq!(peer.read(expected.len()), expected);
}

fn in_single_bytes(world: &World, _: &str) {
    let (mut peer, mut end, mut connector, connecting) = asking(world);
    let reply = hex("4d504120 49442052 65702046 72616d65 50020004 80108010");
    peer.say(&reply, Pace::Bytes);
    peer.send(&send(1, b"ping"));
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    end.post_receive(1, 0, 64);
    assert_eq!(end.received.settle(), [], "not before it is completed");
    let complete = connector.complete_connect(end.on_disconnect());
    assert_eq!(complete.wait(), NtStatus::SUCCESS);
    assert_eq!(end.received.take(1)[0].bytes, 4);
    end.connector = Some(connector);
    assert_eq!(peer.fpdu()[..4], hex("000ec140")[..]);
}

/// Only an initiator of revision 1 can be answered in a later one.
#[test]
fn m27_a_later_revision() {
    let world = World::new(&[("NetworkDirectMpaRevision", 1)]);
    fails_an_odd_connect(&world, "M27", "40010000");
}

#[test]
fn m30_a_model_nobody_asked_for() {
    let world = World::new(&[("NetworkDirectReadyToReceive", 0)]);
    fails_an_odd_connect(&world, "M30", "50020004 00100010");
}

/// A connect whose Request says `request` from its flags on.
fn fails_an_odd_connect(world: &World, id: &str, request: &str) {
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let (mut peer, _end, _connector, connecting) = world.asking(&listener);
    assert_eq!(peer.read_frame()[16..], hex(request));
    peer.say(&bytes_of(id), Pace::Bytes);
    match answer_to(id) {
        "" => assert!(peer.rest().0.is_empty()),
        code => assert_eq!(peer.terminate(), code),
    }
    drop(peer);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_ABORTED);
    world.assert_neighbour();
}
