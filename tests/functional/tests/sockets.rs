//! What the network may do to us: data in odd pieces, peers that are no peers, a transport that is not there yet.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic_emulator::wsk;
use softrnic_functional::consumer::{
    ConnectParameters, Connector, Listener, NtStatus, QpLimits, Request,
};
use softrnic_functional::{A_WHILE, End, SOON, Stage, listen};

fn connect_to(stage: &Stage, peer: SocketAddr) -> (End, Connector, Request) {
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let parameters = ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    };
    let connecting = connector.connect(&end.qp, stage.address(0, 0), peer, &parameters);
    (end, connector, connecting)
}

fn move_everything(stage: &Stage, size: usize) {
    let (active, passive) = stage.connected();
    for (n, byte) in (0..8).zip(b'a'..) {
        active.buffer.write(0, &vec![byte; size]);
        passive.post_receive(n, 0, size);
        active.post_send(n, 0, size, 0);
        assert_eq!(passive.received.take(1)[0].bytes as usize, size);
        assert_eq!(passive.buffer.read(0, size), vec![byte; size]);
        assert_eq!(active.done.take(1)[0].status, NtStatus::SUCCESS);
        active.buffer.write(0, &vec![byte + 8; size]);
        active.post_write(n, &passive, 0, size);
        active.post_read(n, &passive, 0, size);
        let done = active.done.take(2);
        assert!(done.iter().all(|d| d.status == NtStatus::SUCCESS));
        assert_eq!(passive.buffer.read(0, size), vec![byte + 8; size]);
    }
}

// WSK-RX-12: several MDLs, offsets, empty elements.
// RFC5044-5.1-5.
// WSK-RX-13, WSK-EVT-09.
#[test]
fn data_may_come_in_odd_pieces() {
    for seed in 1..4 {
        let network = wsk::Options {
            odd_indications: true,
            vary_completions: true,
            seed,
            ..wsk::Options::default()
        };
        move_everything(&Stage::over(network), 20_000);
    }
}

// WSK-RX-03: a stream has no borders.
#[test]
fn data_may_come_a_few_bytes_at_a_time() {
    for bytes in [1, 3, 7, 1447] {
        let network = wsk::Options {
            receive_buffer: bytes,
            ..wsk::Options::default()
        };
        move_everything(&Stage::over(network), 3_000);
    }
}

// WSK-EVT-10: data that is there before anybody can have asked for it.
// RFC5044-7.1-1.
// WSK-REG-12, WSK-SOCK-10: the callbacks are static.
#[test]
fn a_peer_that_speaks_first_is_refused() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let peer = listener.local_addr().expect("bound");
    let speaker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.write_all(&[0x5A; 4096]);
        let _ = stream.read(&mut [0; 64]);
    });
    let (end, connector, connecting) = connect_to(&stage, peer);
    let status = connecting.wait_for(SOON).expect("an answer");
    assert!(!status.is_success(), "{status}");
    drop((connector, end));
    speaker.join().expect("the peer ends");
}

// RFC5044-4.4-3: in both roles.
#[test]
fn the_shipped_driver_asks_for_crc_unless_told_otherwise() {
    const CRC: u8 = 0x40;
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let peer = listener.local_addr().expect("bound");
    let (end, connector, connecting) = connect_to(&stage, peer);
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut request = [0; 20];
    stream.read_exact(&mut request).expect("a request");
    assert_eq!(request[..16], *b"MPA ID Req Frame");
    assert_eq!(request[16] & CRC, CRC);
    // Nobody is there for a second try in revision 1.
    drop(listener);
    drop(stream);
    assert!(!connecting.wait().is_success());
    drop((connector, end));

    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut stream = TcpStream::connect(to).expect("a connection");
    // Revision 1, which does not ask for CRC itself.
    let request = [&b"MPA ID Req Frame"[..], &[0, 1, 0, 0]].concat();
    stream.write_all(&request).expect("sent");
    let mut offered = incoming.recv_timeout(SOON).expect("a connect event");
    let passive = End::new(&server, QpLimits::default());
    let parameters = ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    };
    let accepting = offered.accept(&passive.qp, &parameters, || {});
    let mut reply = [0; 20];
    stream.read_exact(&mut reply).expect("a reply");
    assert_eq!(reply[..16], *b"MPA ID Rep Frame");
    assert_eq!(reply[16] & CRC, CRC);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    drop((offered, stream, passive, listener));
}

// WSK-DIS-10: a reset while the answer is awaited.
#[test]
fn a_peer_that_hangs_up_is_refused() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let peer = listener.local_addr().expect("bound");
    let (end, connector, connecting) = connect_to(&stage, peer);
    // RFC 6581 section 5: it is asked once more, in revision 1.
    for _ in 0..2 {
        drop(listener.accept().expect("a connection"));
    }
    let status = connecting.wait_for(SOON).expect("an answer");
    assert!(!status.is_success(), "{status}");
    drop((connector, end));
}

// NDK-LIFE-07: a connector may be closed while its connect waits for a peer that says nothing.
// Hostile input M36.
#[test]
fn a_silent_peer_does_not_keep_a_connector_open() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let peer = listener.local_addr().expect("bound");
    let (end, mut connector, connecting) = connect_to(&stage, peer);
    let held = listener.accept().expect("a connection");
    assert_eq!(connecting.wait_for(A_WHILE), None);
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert!(!connecting.wait().is_success());
    drop((connector, end, held));
}

// A connection that nobody offers: its bytes are no request, or it is gone before it made one.
#[test]
fn strangers_do_not_disturb_a_listener() {
    let stage = Stage::new();
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    for round in 0..30_u8 {
        let mut stranger = TcpStream::connect(to).expect("a connection");
        let bytes = vec![round; usize::from(round) * 40];
        let _ = stranger.write_all(&bytes);
        if round % 3 == 0 {
            let _ = stranger.shutdown(std::net::Shutdown::Write);
        }
    }
    assert!(incoming.recv_timeout(A_WHILE).is_err(), "nobody to offer");
    let (mut active, mut passive) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&server, QpLimits::default()),
    );
    let from = stage.address(0, 0);
    softrnic_functional::connect(&mut active, &mut passive, from, to, &incoming);
    passive.listener = Some(listener);
}

// WSK-CLS-05: a listener goes away with strangers on its hands.
#[test]
fn a_listener_closes_while_peers_arrive() {
    let stage = Stage::new();
    for _ in 0..20 {
        let (listener, _incoming) = listen(&stage.open(1), stage.address(1, 0));
        let to = listener.local_address().expect("bound");
        let callers = std::thread::spawn(move || {
            let streams = (0..8).filter_map(|_| TcpStream::connect(to).ok());
            streams.collect::<Vec<_>>()
        });
        drop(listener);
        drop(callers.join());
    }
}

// WSK-CLS-05, WSK-REG-11, NDK-LSN-10: peers that arrive at the very moment at which the listener closes go with it; one that
// stayed would be waited for in the unload.
#[test]
fn no_peer_stays_behind_a_closing_listener() {
    let stage = Stage::apart();
    let server = stage.open(1);
    let at = stage.address(1, 445);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    drop(TcpStream::connect(at));
                }
            });
        }
        for _ in 0..200 {
            let listener = Listener::new(&server, |_| ()).expect("a listener is made");
            assert_eq!(listener.listen(at).wait(), NtStatus::SUCCESS);
            std::thread::yield_now();
            drop(listener);
        }
        over.store(true, Ordering::Relaxed);
    });
}

// WSK-SOCK-11: from the adapter's own address, whichever way the peer is.
#[test]
fn a_connection_leaves_from_its_adapter() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = listener.local_addr().expect("bound");
    for n in 0..2 {
        let end = End::new(&stage.open(n), QpLimits::default());
        let mut connector = Connector::new(&end.adapter).expect("made");
        let ask = ConnectParameters::default();
        let _connecting = connector.connect(&end.qp, stage.address(n, 0), to, &ask);
        let (_stream, from) = listener.accept().expect("a connection");
        assert_eq!(from.ip(), stage.address(n, 0).ip());
        assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    }
}

// WSK-REG-05, WSK-REG-06: the adapter starts before TCP/IP does.
#[test]
fn an_adapter_is_not_ready_before_the_transport_is() {
    let stage = Stage::new();
    stage.machine().wsk.set_ready(false);
    let refused = stage.try_open(0, (1, 2));
    assert!(matches!(refused, Err(status) if !status.is_success()));
    stage.machine().wsk.set_ready(true);
    let adapter: Arc<_> = stage.open(0);
    drop(adapter);
}

// WSK-CLS-05, WSK-CLS-08: each socket is closed once, whichever side ends first.
// WSK-ACC-05, WSK-IRP-10.
#[test]
fn connections_are_made_and_dropped_by_the_hundred() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    for round in 0..100 {
        let (mut active, mut passive) = (
            End::new(&client, QpLimits::default()),
            End::new(&server, QpLimits::default()),
        );
        let from = stage.address(0, 0);
        softrnic_functional::connect(&mut active, &mut passive, from, to, &incoming);
        passive.post_receive(1, 0, 4096);
        active.post_send(1, 0, 4096, 0);
        if round % 2 == 0 {
            drop((active, passive));
        } else {
            drop((passive, active));
        }
    }
}

// WSK-HAZ-09, WSK-ACC-01, WSK-SOCK-12: the address under a listener and a connection goes away, and comes again.
// WSK-RX-15: some sockets hear of it by an event without data.
#[test]
fn an_address_that_goes_ends_its_connections() {
    let stage = Stage::new();
    for _ in 0..5 {
        let (active, passive) = stage.connected();
        passive.post_receive(1, 0, 4096);
        let server = &stage.host().adapters()[1];
        let ip = stage.address(1, 0).ip();
        server.remove_address(ip);
        assert!(passive.gone.wait(SOON), "the passive side hears of it");
        assert!(active.gone.wait(SOON), "the active side hears of it");
        passive.qp.handle().flush();
        assert_eq!(passive.received.take(1)[0].status, NtStatus::CANCELLED);
        drop((active, passive));
        server.add_address(ip, 8);
    }
    move_everything(&stage, 100);
}
