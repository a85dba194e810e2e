//! A listener, its peers, and when it hears of them.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use softrnic_functional::consumer::{
    Adapter, ConnectParameters, Connector, Listener, NtStatus, QpLimits, Request,
};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{A_WHILE, End, SOON, Stage, listen};

fn connect(end: &End, from: SocketAddr, to: SocketAddr) -> (Connector, Request) {
    let parameters = ConnectParameters {
        inbound_reads: 1,
        outbound_reads: 1,
        private_data: Vec::new(),
    };
    let mut connector = Connector::new(&end.adapter).expect("made");
    let connecting = connector.connect(&end.qp, from, to, &parameters);
    (connector, connecting)
}

/// A listener that is not listening yet, and what it is told.
fn listener(adapter: &Arc<Adapter>) -> (Listener, mpsc::Receiver<Connector>) {
    let (told, events) = mpsc::channel();
    let told = Mutex::new(told);
    let listener = Listener::new(adapter, move |connector| {
        let _ = told.lock().expect("no panic").send(connector);
    });
    (listener.expect("made"), events)
}

// NDK-LSN-01: each peer is told once, as a connector of its own that knows who it is.
#[test]
fn each_peer_is_one_event() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let ends: Vec<End> = (0..8)
        .map(|_| End::new(&client, QpLimits::default()))
        .collect();
    let connects: Vec<(Connector, Request)> = ends
        .iter()
        .map(|end| connect(end, stage.address(0, 0), to))
        .collect();
    let offered: Vec<Connector> = ends
        .iter()
        .map(|_| incoming.recv_timeout(SOON).expect("a connect event"))
        .collect();
    assert!(incoming.recv_timeout(A_WHILE).is_err(), "one each");
    let objects: BTreeSet<usize> = offered
        .iter()
        .map(|connector| connector.raw() as usize)
        .collect();
    assert_eq!(objects.len(), ends.len());
    let seen: BTreeSet<SocketAddr> = offered
        .iter()
        .map(|connector| connector.peer_address().expect("known"))
        .collect();
    let own: BTreeSet<SocketAddr> = connects
        .iter()
        .map(|(connector, _)| connector.local_address().expect("known"))
        .collect();
    assert_eq!(seen, own);
    drop(offered);
    for (_, connecting) in &connects {
        assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    }
}

// NDK-LSN-02: no event before a Listen succeeded, and none once the close has completed.
// NdkListen: STATUS_SUCCESS, STATUS_SHARING_VIOLATION. NdkCloseListener: STATUS_SUCCESS.
#[test]
fn nobody_is_told_before_listen_nor_after_close() {
    let stage = Stage::new();
    let (active, server) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let (first, at_first) = listener(&server);
    assert_eq!(first.listen(stage.address(1, 0)).wait(), NtStatus::SUCCESS);
    let to = first.local_address().expect("bound");
    let (second, at_second) = listener(&server);
    assert_eq!(second.listen(to).wait(), NtStatus::SHARING_VIOLATION);
    let (connector, connecting) = connect(&active, stage.address(0, 0), to);
    drop(at_first.recv_timeout(SOON).expect("a connect event"));
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    assert!(at_second.try_recv().is_err(), "it does not listen");
    drop(connector);
    assert_eq!(first.close().wait(), NtStatus::SUCCESS);
    let (connector, connecting) = connect(&active, stage.address(0, 0), to);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    assert!(at_first.try_recv().is_err() && at_second.try_recv().is_err());
    drop(connector);
}

/// Whether the driver ends this connection soon, without a word.
fn is_ended(mut stream: TcpStream) -> bool {
    stream.set_read_timeout(Some(SOON)).expect("a socket");
    match stream.read(&mut [0; 64]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

// NDK-LSN-10: peers that have not said all of their request when the listener closes are refused, and nothing of them
// is left.
#[test]
fn undecided_peers_end_with_their_listener() {
    // Their own time is not what ends them.
    let stage = Stage::configured(&[("NetworkDirectRequestTimeout", 120)]);
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let silent = TcpStream::connect(to).expect("a connection");
    let mut halfway = TcpStream::connect(to).expect("a connection");
    let request = peer::request(0x40, 1, b"");
    std::io::Write::write_all(&mut halfway, &request[..19]).expect("sent");
    // A third one has come all the way, so both are where they will stay.
    let mut whole = Peer::connect(to);
    whole.send(&request);
    drop(incoming.recv_timeout(SOON).expect("a connect event"));
    let closing = listener.close();
    assert!(
        closing.wait_for(SOON).is_some(),
        "nobody holds the listener"
    );
    assert!(is_ended(silent) && is_ended(halfway));
    assert!(incoming.try_recv().is_err());
}

// NDK-LSN-11: a peer that says nothing is sent away when its time is over.
#[test]
fn silent_peers_are_sent_away() {
    let stage = Stage::configured(&[("NetworkDirectRequestTimeout", 1)]);
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let silent: Vec<TcpStream> = (0..4)
        .map(|_| TcpStream::connect(to).expect("a connection"))
        .collect();
    assert!(silent.into_iter().all(is_ended));
    assert!(incoming.try_recv().is_err());
    let mut next = Peer::connect(to);
    next.send(&peer::request(0x40, 1, b""));
    drop(incoming.recv_timeout(SOON).expect("the listener goes on"));
}

// NDK-LSN-12, NDK-LSN-08, NDK-LIFE-17: a connector that was offered keeps its listener, and both keep the adapter.
#[test]
fn an_offered_connector_keeps_listener_and_adapter() {
    let stage = Stage::new();
    let server = stage.open(1);
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let mut peer = Peer::connect(listener.local_address().expect("bound"));
    peer.send(&peer::request(0x40, 1, b""));
    let mut offered = incoming.recv_timeout(SOON).expect("a connect event");
    let closing = listener.close();
    assert_eq!(closing.wait_for(A_WHILE), None, "its connector is open");
    let (machine, closed) = (stage.machine(), closing);
    // The wrappers hold the adapter: it closes with the last of them.
    let ended = std::thread::spawn(move || {
        let _attached = machine.attach();
        let status = closed.wait();
        drop((listener, server));
        status
    });
    std::thread::sleep(A_WHILE);
    assert!(!ended.is_finished());
    assert_eq!(offered.close().wait(), NtStatus::SUCCESS);
    drop((offered, incoming));
    assert_eq!(ended.join().expect("it closes"), NtStatus::SUCCESS);
}
