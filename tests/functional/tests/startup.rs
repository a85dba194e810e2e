//! How connections start on the wire, as the adapter's keywords say (`docs/settings.md`).

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Mutex;

use softrnic_emulator::Options;
use softrnic_functional::consumer::{Connector, NtStatus, QpLimits, Request};
use softrnic_functional::peer::{self, Peer, accepted, parameters};
use softrnic_functional::{End, SOON, Stage, listen, pattern};

/// An end of adapter 0 that connects to a peer of ours, who is still to accept it.
fn connecting(stage: &Stage) -> (TcpListener, End, Connector, Request) {
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let to = listener.local_addr().expect("bound");
    let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b"hello"));
    (listener, end, connector, connecting)
}

/// Everything both ways.
fn exchange(active: &End, passive: &End, size: usize) {
    for (from, to, seed) in [(active, passive, 1), (passive, active, 2)] {
        from.buffer.write(0, &pattern(seed, size));
        to.post_receive(1, 0, size);
        from.post_send(2, 0, size, 0);
        assert_eq!(to.received.take(1)[0].bytes as usize, size);
        assert_eq!(to.buffer.read(0, size), pattern(seed, size));
        from.buffer.write(0, &pattern(seed + 2, size));
        from.post_write(3, to, 0, size);
        from.post_read(4, to, 0, size);
        let done = from.done.take(3);
        assert!(done.iter().all(|d| d.status == NtStatus::SUCCESS));
        assert_eq!(to.buffer.read(0, size), pattern(seed + 2, size));
    }
}

#[test]
fn whatever_the_keywords_say_two_adapters_understand_each_other() {
    let rows: [&[(&str, u32)]; 8] = [
        &[("NetworkDirectMarkers", 1)],
        &[("NetworkDirectMarkers", 1), ("NetworkDirectCrc", 0)],
        &[("NetworkDirectCrc", 0)],
        &[("NetworkDirectMpaRevision", 1)],
        &[("NetworkDirectReadyToReceive", 0)],
        &[("NetworkDirectReadyToReceive", 1)],
        &[("NetworkDirectReadyToReceive", 2)],
        &[
            ("NetworkDirectMaxSegment", 600),
            ("NetworkDirectMarkers", 1),
        ],
    ];
    for keywords in rows {
        let stage = Stage::configured(keywords);
        let (active, passive) = stage.connected();
        exchange(&active, &passive, 20_000);
    }
}

// RFC 6581 section 6: a zero-length Send is a Send; the acceptor's consumer sees it.
#[test]
fn a_ready_send_uses_up_a_receive() {
    let stage = Stage::configured(&[("NetworkDirectReadyToReceive", 4)]);
    let mut active = End::new(&stage.open(0), QpLimits::default());
    let mut passive = End::new(&stage.open(1), QpLimits::default());
    passive.post_receive(7, 0, 100);
    stage.join(&mut active, &mut passive);
    let done = passive.received.take(1)[0];
    assert_eq!((done.context, done.bytes), (7, 0));
    exchange(&active, &passive, 5_000);
}

// RFC 5044 section 4.3: inbound, on the wire, cut anywhere.
#[test]
fn markers_are_asked_for_and_taken_out() {
    let stage = Stage::configured(&[("NetworkDirectMarkers", 1)]);
    let (mut peer, end, accepting) = accepted(&stage, &peer::request(0x40, 1, b""), b"");
    assert_eq!(peer.read_frame()[16], 0xC0, "M and C");
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    let sizes = [0, 1, 484, 488, 1000, 1400];
    for (n, size) in sizes.into_iter().enumerate() {
        end.post_receive(n, n * 4096, size);
    }
    let payloads = sizes.map(|size| pattern(9, size));
    let fpdus: Vec<_> = payloads
        .iter()
        .zip(1..)
        .map(|(payload, sequence)| peer::fpdu(&peer::send(sequence, payload)))
        .collect();
    for piece in peer::marked(&fpdus).chunks(509) {
        peer.send(piece);
    }
    for (n, done) in end.received.take(sizes.len()).into_iter().enumerate() {
        assert_eq!((done.context, done.bytes as usize), (n, sizes[n]));
        assert_eq!(end.buffer.read(n * 4096, sizes[n]), payloads[n]);
    }
    // Nobody asked us for any.
    end.buffer.write(0, b"plain");
    end.post_send(9, 0, 5, 0);
    assert_eq!(peer.read_fpdu(), peer::fpdu(&peer::send(1, b"plain")));
}

// RFC 6581 section 5, both ways a peer of revision 1 may close.
// RFC6581-10-8.
#[test]
fn a_peer_of_revision_1_is_met_at_the_second_try() {
    for reset in [false, true] {
        let stage = Stage::new();
        let (listener, mut end, mut connector, connecting) = connecting(&stage);
        let mut first = Peer::accept(&listener);
        if !reset {
            assert_eq!(first.read_frame()[17], 2);
        }
        // Unread bytes make it a reset.
        drop(first);
        let mut peer = Peer::accept(&listener);
        let request = peer.read_frame();
        assert_eq!(request[16..], *b"\x40\x01\0\x05hello");
        peer.send(&peer::reply(0x40, 1, b"welcome"));
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        let data = connector.connection_data().expect("connected");
        assert!(data.private_data.starts_with(b"welcome"));
        let completing = connector.complete_connect(end.on_disconnect());
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        assert!(connector.local_address().is_ok());
        end.connector = Some(connector);
        end.buffer.write(0, b"ping");
        end.post_send(1, 0, 4, 0);
        assert_eq!(peer.read_fpdu(), peer::fpdu(&peer::send(1, b"ping")));
        end.post_receive(2, 0, 64);
        peer.send(&peer::fpdu(&peer::send(1, b"pong")));
        assert_eq!(end.received.take(1)[0].bytes, 4);
        // A disconnect still ends it.
        let disconnecting = end.disconnect();
        peer.finish();
        assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]));
        assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    }
}

#[test]
fn the_second_try_may_be_forbidden() {
    let stage = Stage::configured(&[("NetworkDirectMpaFallback", 0)]);
    let (listener, end, connector, connecting) = connecting(&stage);
    drop(Peer::accept(&listener));
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    listener.set_nonblocking(true).expect("a socket");
    assert!(listener.accept().is_err(), "nobody comes again");
    drop((connector, end));
}

#[test]
fn a_second_try_may_be_given_up() {
    let stage = Stage::new();
    let (listener, end, mut connector, connecting) = connecting(&stage);
    drop(Peer::accept(&listener));
    let silent = Peer::accept(&listener);
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert!(!connecting.wait().is_success());
    drop((connector, end, silent));
}

// MS-SMBD section 6: on SMB Direct's port, in revision 1, the provider speaks in front of the consumer.
// MS-SMBD-6-1, MS-SMBD-6-3.
#[test]
fn smb_directs_header_is_the_providers() {
    let stage = Stage::apart();
    let mut end = End::new(&stage.open(1), QpLimits::default());
    let (listener, incoming) = listen(&end.adapter, stage.address(1, 445));
    let mut peer = Peer::connect(stage.address(1, 5445));
    // Some peers write it in host order.
    peer.send(&peer::request(0x40, 1, b"\x20\0\0\0\x02\0\0\0data"));
    let mut connector = incoming.recv_timeout(SOON).expect("a connect event");
    let seen = connector.connection_data().expect("connected");
    assert_eq!(seen.private_data[..4], *b"data", "{seen:?}");
    let accepting = connector.accept(&end.qp, &parameters(b"back"), end.on_disconnect());
    assert_eq!(
        peer.read_frame(),
        peer::reply(0x40, 1, b"\0\0\0\x02\0\0\0\x04back")
    );
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    end.connector = Some(connector);
    end.listener = Some(listener);
}

// RFC 5044 section 7.1.1, NDK-CON-17: as long as the adapter says it may be.
#[test]
fn private_data_to_its_limit_both_ways_and_with_a_refusal() {
    let stage = Stage::new();
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("listening");
    for refuse in [true, false] {
        let (mut active, mut passive) = (
            End::new(&stage.open(0), QpLimits::default()),
            End::new(&server, QpLimits::default()),
        );
        let mut connector = Connector::new(&active.adapter).expect("made");
        let said = parameters(&pattern(1, 500));
        let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &said);
        let mut incoming = incoming.recv_timeout(SOON).expect("a connect event");
        let seen = incoming.connection_data().expect("offered").private_data;
        assert_eq!(seen[..500], pattern(1, 500));
        if refuse {
            assert_eq!(incoming.reject(&pattern(2, 500)), NtStatus::SUCCESS);
            assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
        } else {
            let answer = parameters(&pattern(2, 500));
            let _accepting = incoming.accept(&passive.qp, &answer, passive.on_disconnect());
            assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        }
        let seen = connector.connection_data().expect("answered").private_data;
        assert_eq!(seen[..500], pattern(2, 500));
        active.connector = Some(connector);
        passive.connector = Some(incoming);
        drop((active, passive));
    }
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// INF-11: what makes no sense is the default, and not without a word.
#[test]
fn senseless_values_are_told_and_not_used() {
    let machine = Options {
        debug_print: |_, text| SAID.lock().expect("unpoisoned").push(text.into()),
        ..Options::default()
    };
    let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)];
    let senseless = [("NetworkDirectMpaRevision", 3), ("NetworkDirectCrc", 2)];
    let stage = Stage::configured_at(addresses.map(IpAddr::from), &senseless, machine);
    let (listener, end, mut connector, connecting) = connecting(&stage);
    let request = Peer::accept(&listener).read_frame();
    assert_eq!(request[16..18], [0x50, 2], "S, C, revision 2");
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert!(!connecting.wait().is_success());
    drop((connector, end));
    let said = SAID.lock().expect("unpoisoned").join("");
    assert!(said.contains("NetworkDirectMpaRevision is 3"), "{said}");
    assert!(said.contains("NetworkDirectCrc is 2"), "{said}");
}
