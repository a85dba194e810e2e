//! Connections are made, refused, rejected and given up as the connector's pages say.

use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus};
use softrnic_functional::{A_WHILE, End, SOON, Stage, listen};

fn parameters(private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 4,
        outbound_reads: 2,
        private_data: private_data.to_vec(),
    }
}

// NDK-CON-01, -02, -13, -16: Connect waits for Accept, Accept for CompleteConnect; both see the other's private data.
// RFC5044-7.1-4.
// NdkConnect, NdkAccept, NdkCompleteConnect: STATUS_SUCCESS.
// WSK-ACC-02: each knows the other's address long after the event.
#[test]
fn the_handshake_waits_for_both_consumers() {
    let stage = Stage::new();
    let (active, passive) = (
        End::new(&stage.open(0), Default::default()),
        End::new(&stage.open(1), Default::default()),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(
        &active.qp,
        stage.address(0, 0),
        to,
        &parameters(b"from the client"),
    );
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
    assert_eq!(connecting.wait_for(A_WHILE), None, "NDK-CON-01");
    let seen = accepted.connection_data().expect("data");
    assert!(seen.private_data.starts_with(b"from the client"));
    assert!(
        seen.private_data[15..].iter().all(|b| *b == 0),
        "NDK-CON-16"
    );
    let accepting = accepted.accept(&passive.qp, &parameters(b"from the server"), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait_for(A_WHILE), None, "NDK-CON-02");
    let seen = connector.connection_data().expect("data");
    assert!(seen.private_data.starts_with(b"from the server"));
    assert_eq!(
        (seen.inbound_reads, seen.outbound_reads),
        (2, 2),
        "NDK-CON-12"
    );
    assert_eq!(connector.complete_connect(|| {}).wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    assert_eq!(connector.peer_address(), Ok(to), "NDK-CON-23");
    assert_eq!(accepted.local_address(), Ok(to));
    assert_eq!(accepted.peer_address(), connector.local_address());
    drop((connector, accepted));
}

// NDK-CON-05: nobody listens.
// NdkConnect: STATUS_CONNECTION_REFUSED.
#[test]
fn a_port_without_listener_refuses() {
    let stage = Stage::new();
    let active = End::new(&stage.open(0), Default::default());
    let mut connector = Connector::new(&active.adapter).expect("made");
    let status = connector
        .connect(
            &active.qp,
            stage.address(0, 0),
            stage.address(1, 9),
            &parameters(b""),
        )
        .wait();
    assert_eq!(status, NtStatus::CONNECTION_REFUSED);
}

// NDK-CON-08: the QP of a failed Connect serves a new connector.
#[test]
fn a_queue_pair_survives_a_refused_connect() {
    let stage = Stage::new();
    let (mut active, mut passive) = (
        End::new(&stage.open(0), Default::default()),
        End::new(&stage.open(1), Default::default()),
    );
    let mut connector = Connector::new(&active.adapter).expect("made");
    let status = connector
        .connect(
            &active.qp,
            stage.address(0, 0),
            stage.address(1, 9),
            &parameters(b""),
        )
        .wait();
    assert_eq!(status, NtStatus::CONNECTION_REFUSED);
    drop(connector);
    stage.join(&mut active, &mut passive);
    passive.post_receive(1, 0, 64);
    active.post_send(1, 0, 5, 0);
    assert_eq!(passive.received.take(1)[0].bytes, 5);
}

// NDK-CON-05, -21: a reject reaches the active side as a refusal, with its private data.
// RFC5044-7.1.2-5, RFC5044-7.1.2-18.
// NdkReject: STATUS_SUCCESS. NdkConnect: STATUS_CONNECTION_REFUSED.
#[test]
fn a_rejected_connect_is_refused_and_can_read_why() {
    let stage = Stage::new();
    let (active, passive) = (End::new(&stage.open(0), Default::default()), stage.open(1));
    let (listener, incoming) = listen(&passive, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &parameters(b""));
    let accepted = incoming.recv_timeout(SOON).expect("a connect event");
    assert_eq!(accepted.reject(b"go away"), NtStatus::SUCCESS);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    assert!(
        connector
            .connection_data()
            .expect("data")
            .private_data
            .starts_with(b"go away")
    );
}

// NDK-CON-22: closing the connector of a connect event is an implicit reject.
#[test]
fn a_dropped_connect_event_refuses() {
    let stage = Stage::new();
    let (active, passive) = (End::new(&stage.open(0), Default::default()), stage.open(1));
    let (listener, incoming) = listen(&passive, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &parameters(b""));
    drop(incoming.recv_timeout(SOON).expect("a connect event"));
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
}

// NDK-CON-26: closing a connector cancels its pending Connect, and the peer's Accept fails.
// NdkAccept: STATUS_CONNECTION_ABORTED.
#[test]
fn an_abandoned_connect_ends_on_both_sides() {
    let stage = Stage::new();
    let (active, passive) = (
        End::new(&stage.open(0), Default::default()),
        End::new(&stage.open(1), Default::default()),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let connecting = connector.connect(&active.qp, stage.address(0, 0), to, &parameters(b""));
    let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let closing = connector.close();
    assert!(!connecting.wait().is_success());
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
    assert_eq!(
        accepted.accept(&passive.qp, &parameters(b""), || {}).wait(),
        NtStatus::CONNECTION_ABORTED
    );
}

// NDK-CON-07, NDK-LSN-03: addresses that are not the adapter's, and ports in use.
// NdkConnect, NdkListen: STATUS_INVALID_ADDRESS. NdkListen: STATUS_SHARING_VIOLATION.
#[test]
fn foreign_addresses_and_busy_ports_are_named() {
    let stage = Stage::new();
    let (active, passive) = (End::new(&stage.open(0), Default::default()), stage.open(1));
    let (listener, _incoming) = listen(&passive, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    assert_eq!(
        connector
            .connect(&active.qp, stage.address(1, 0), to, &parameters(b""))
            .wait(),
        NtStatus::INVALID_ADDRESS
    );
    let second = softrnic_functional::consumer::Listener::new(&passive, |_| {}).expect("made");
    assert_eq!(second.listen(to).wait(), NtStatus::SHARING_VIOLATION);
    let foreign = softrnic_functional::consumer::Listener::new(&passive, |_| {}).expect("made");
    assert_eq!(
        foreign.listen(stage.address(0, 0)).wait(),
        NtStatus::INVALID_ADDRESS
    );
}

// NDK-CON-15, NDK-CON-16: the size rule of private data.
// RFC5044-7.1.2-22.
// NdkGetConnectionData: STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL.
#[test]
fn private_data_follows_the_size_rule() {
    let stage = Stage::new();
    let (active, passive) = (End::new(&stage.open(0), Default::default()), stage.open(1));
    let (listener, incoming) = listen(&passive, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let _connecting = connector.connect(
        &active.qp,
        stage.address(0, 0),
        to,
        &parameters(b"0123456789"),
    );
    let accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let (mut inbound, mut outbound, mut required) = (0, 0, 0);
    assert_eq!(
        accepted.get_connection_data(
            &mut inbound,
            &mut outbound,
            std::ptr::null_mut(),
            &mut required
        ),
        NtStatus::SUCCESS
    );
    assert!(required >= 10);
    for len in [1, required - 1, required, required + 200] {
        let mut bytes = vec![0xEE; len as usize + 8];
        let mut size = len;
        let status = accepted.get_connection_data(
            &mut inbound,
            &mut outbound,
            bytes.as_mut_ptr().cast(),
            &mut size,
        );
        assert_eq!(
            status,
            if len < required {
                NtStatus::BUFFER_TOO_SMALL
            } else {
                NtStatus::SUCCESS
            },
            "a buffer of {len}"
        );
        assert_eq!(size, required);
        let copied = len.min(required) as usize;
        assert_eq!(bytes[..copied.min(10)], b"0123456789"[..copied.min(10)]);
        assert!(
            bytes[copied.min(10)..copied].iter().all(|b| *b == 0),
            "nothing stale"
        );
        assert!(bytes[copied..].iter().all(|b| *b == 0xEE), "nothing behind");
    }
}
