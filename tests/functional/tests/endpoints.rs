//! Local addresses: shared endpoints, and whose a port is for how long.

use softrnic_emulator::sync::Receiver;
use softrnic_functional::consumer::{
    ConnectParameters, Connector, Listener, NtStatus, QpLimits, SharedEndpoint,
};
use softrnic_functional::{A_WHILE, End, SOON, Stage, connect, listen, pattern};

fn parameters() -> ConnectParameters {
    ConnectParameters {
        inbound_reads: 4,
        outbound_reads: 4,
        private_data: Vec::new(),
    }
}

// NDK-SEP-03, NDK-CON-23, NDK-CON-07: a port of its own, chosen or asked for; each failure has its status.
// NdkCreateSharedEndpoint: STATUS_SUCCESS, STATUS_SHARING_VIOLATION, STATUS_INVALID_ADDRESS.
#[test]
fn a_shared_endpoint_owns_its_port() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let make = |address| SharedEndpoint::new(&adapter, address);
    let endpoint = make(stage.address(0, 0)).expect("an endpoint");
    let own = endpoint.local_address().expect("an address");
    assert_eq!(own.ip(), stage.address(0, 0).ip());
    assert_ne!(own.port(), 0);
    assert_eq!(make(own).err(), Some(NtStatus::SHARING_VIOLATION));
    assert_eq!(
        make(stage.address(1, 0)).err(),
        Some(NtStatus::INVALID_ADDRESS)
    );
    let other = make(stage.address(0, 0)).expect("an endpoint");
    assert_ne!(other.local_address(), Ok(own));
    drop(endpoint);
    let again = make(own).expect("free again");
    assert_eq!(again.local_address(), Ok(own));
}

// NDK-LSN-03, NDK-CON-07, NDK-SEP-01: neither a listener nor a plain connect gets the port of a shared endpoint, nor the
// other way round.
// NdkConnect, NdkListen, NdkCreateSharedEndpoint: STATUS_SHARING_VIOLATION.
#[test]
fn a_port_is_one_owners() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let endpoint = SharedEndpoint::new(&adapter, stage.address(0, 0)).expect("an endpoint");
    let own = endpoint.local_address().expect("an address");
    let listener = Listener::new(&adapter, |_| {}).expect("a listener");
    assert_eq!(listener.listen(own).wait(), NtStatus::SHARING_VIOLATION);
    let end = End::new(&adapter, QpLimits::default());
    let mut connector = Connector::new(&adapter).expect("a connector");
    let refused = connector.connect(&end.qp, own, stage.address(1, 9), &parameters());
    assert_eq!(refused.wait(), NtStatus::SHARING_VIOLATION);
    let (listener, _incoming) = listen(&adapter, stage.address(0, 0));
    let taken = listener.local_address().expect("an address");
    assert_eq!(
        SharedEndpoint::new(&adapter, taken).err(),
        Some(NtStatus::SHARING_VIOLATION)
    );
}

// NDK-SEP-01, NDK-CON-23: connections to several peers leave from one port and carry data both ways.
// NdkConnectWithSharedEndpoint: STATUS_SUCCESS.
#[test]
fn several_connections_leave_from_one_port() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let endpoint = SharedEndpoint::new(&client, stage.address(0, 0)).expect("an endpoint");
    let own = endpoint.local_address().expect("an address");
    let mut ends = Vec::new();
    for n in 0..3 {
        let limits = QpLimits::default();
        let (mut active, mut passive) = (End::new(&client, limits), End::new(&server, limits));
        let (listener, incoming) = listen(&server, stage.address(1, 0));
        let to = listener.local_address().expect("an address");
        let mut connector = Connector::new(&client).expect("a connector");
        let connecting = connector.connect_shared(&active.qp, &endpoint, to, &parameters());
        let mut accepted = incoming.recv_timeout(SOON).expect("a connect event");
        assert_eq!(accepted.peer_address(), Ok(own));
        let accepting = accepted.accept(&passive.qp, &parameters(), passive.on_disconnect());
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        assert_eq!(connector.local_address(), Ok(own));
        let completing = connector.complete_connect(active.on_disconnect());
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        active.connector = Some(connector);
        passive.connector = Some(accepted);
        passive.listener = Some(listener);
        passive.post_receive(n, 0, 4096);
        active.buffer.write(0, &pattern(n as u8, 4096));
        active.post_send(n, 0, 4096, 0);
        assert_eq!(passive.received.take(1)[0].context, n);
        assert!(passive.buffer.read(0, 4096) == pattern(n as u8, 4096));
        ends.push((active, passive));
    }
}

// NDK-SEP-02: the same pair of addresses twice.
// NdkConnectWithSharedEndpoint: STATUS_ADDRESS_ALREADY_EXISTS.
#[test]
fn a_second_connection_to_the_same_peer_is_refused() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let endpoint = SharedEndpoint::new(&client, stage.address(0, 0)).expect("an endpoint");
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("an address");
    let (first, second) = (
        End::new(&client, QpLimits::default()),
        End::new(&client, QpLimits::default()),
    );
    let mut connector = Connector::new(&client).expect("a connector");
    let connecting = connector.connect_shared(&first.qp, &endpoint, to, &parameters());
    let _accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let mut again = Connector::new(&client).expect("a connector");
    let refused = again.connect_shared(&second.qp, &endpoint, to, &parameters());
    assert_eq!(refused.wait(), NtStatus::ADDRESS_ALREADY_EXISTS);
    assert!(connecting.is_pending());
}

// NDK-SEP-01, NDK-LIFE-17: the endpoint's close waits for its connectors, and the port with it.
// NdkCloseSharedEndpoint: STATUS_SUCCESS, STATUS_PENDING.
#[test]
fn the_close_of_a_shared_endpoint_waits_for_its_connectors() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let mut endpoint = SharedEndpoint::new(&client, stage.address(0, 0)).expect("an endpoint");
    let own = endpoint.local_address().expect("an address");
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let to = listener.local_address().expect("an address");
    let end = End::new(&client, QpLimits::default());
    let mut connector = Connector::new(&client).expect("a connector");
    let _connecting = connector.connect_shared(&end.qp, &endpoint, to, &parameters());
    let _accepted = incoming.recv_timeout(SOON).expect("a connect event");
    let closing = endpoint.close();
    assert_eq!(closing.returned(), NtStatus::PENDING);
    assert_eq!(closing.wait_for(A_WHILE), None);
    let taken = SharedEndpoint::new(&client, own).err();
    assert_eq!(taken, Some(NtStatus::SHARING_VIOLATION));
    drop(connector);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
    assert!(SharedEndpoint::new(&client, own).is_ok());
}

// NDK-LSN-07, NDK-LSN-06: a listener's address is its connectors' too.
#[test]
fn a_listeners_port_stays_until_its_connectors_are_closed() {
    let stage = Stage::new();
    let (client, server) = (stage.open(0), stage.open(1));
    let limits = QpLimits::default();
    let (mut active, mut passive) = (End::new(&client, limits), End::new(&server, limits));
    let (listener, incoming) = listen(&server, stage.address(1, 0));
    let at = listener.local_address().expect("an address");
    connect(
        &mut active,
        &mut passive,
        stage.address(0, 0),
        at,
        &incoming,
    );
    let (closing, machine) = (std::sync::Arc::new(listener), stage.machine());
    let closer = std::thread::spawn(move || {
        let _attached = machine.attach();
        drop(closing);
    });
    std::thread::sleep(A_WHILE);
    assert!(!closer.is_finished(), "NDK-LSN-08");
    let second = Listener::new(&server, |_| {}).expect("a listener");
    assert_eq!(second.listen(at).wait(), NtStatus::SHARING_VIOLATION);
    passive.connector = None;
    closer.join().expect("the listener closes");
    assert_eq!(second.listen(at).wait(), NtStatus::SUCCESS);
}

// NDK-SEP-04: the implicit endpoint of a connect is the connector's until that is closed, not until it has disconnected.
#[test]
fn a_connectors_port_stays_until_it_is_closed() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    let connector = active.connector.as_ref().expect("connected");
    let own = connector.local_address().expect("an address");
    let disconnecting = active.disconnect();
    let other = passive.disconnect();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    assert_eq!(other.wait(), NtStatus::SUCCESS);
    let taken = SharedEndpoint::new(&active.adapter, own).err();
    assert_eq!(taken, Some(NtStatus::SHARING_VIOLATION));
    active.connector = None;
    assert!(SharedEndpoint::new(&active.adapter, own).is_ok());
}

/// Whom a connect to `to` reaches: the local address its connector has.
fn reached(stage: &Stage, active: &End, to: u16, doors: &[&Receiver<Connector>]) -> Option<u16> {
    let mut connector = Connector::new(&active.adapter).expect("a connector");
    let (from, to) = (stage.address(0, 0), stage.address(1, to));
    let connecting = connector.connect(&active.qp, from, to, &parameters());
    // An offer that is dropped is rejected; nobody to offer to refuses.
    let deadline = std::time::Instant::now() + SOON;
    while connecting.is_pending() && std::time::Instant::now() < deadline {
        for door in doors {
            if let Ok(offered) = door.try_recv() {
                let local = offered.local_address().expect("known");
                drop(offered);
                assert!(!connecting.wait().is_success());
                return Some(local.port());
            }
        }
        std::thread::yield_now();
    }
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    None
}

// NDK-CON-18, NDK-LSN-04, NDK-LSN-09: both ND ports of SMB are one TCP port: both can listen, the first that is open and
// not paused hears of a peer, and the port lives as long as one of them.
#[test]
fn both_ports_of_smb_share_a_listener() {
    let stage = Stage::apart();
    let (active, adapter) = (End::new(&stage.open(0), QpLimits::default()), stage.open(1));
    let (first, at_first) = listen(&adapter, stage.address(1, 445));
    let (second, at_second) = listen(&adapter, stage.address(1, 5445));
    assert_eq!(first.local_address(), Ok(stage.address(1, 445)));
    assert_eq!(second.local_address(), Ok(stage.address(1, 5445)));
    let doors = [&at_first, &at_second];
    for to in [445, 5445] {
        assert_eq!(reached(&stage, &active, to, &doors), Some(445));
    }
    first.pause(true);
    assert_eq!(reached(&stage, &active, 445, &doors), Some(5445));
    second.pause(true);
    assert_eq!(reached(&stage, &active, 445, &doors), None);
    first.pause(false);
    assert_eq!(reached(&stage, &active, 5445, &doors), Some(445));
    drop(first);
    assert_eq!(reached(&stage, &active, 445, &doors), None, "still paused");
    second.pause(false);
    assert_eq!(reached(&stage, &active, 445, &doors), Some(5445));
    // The first port can be had again beside it.
    let (again, at_again) = listen(&adapter, stage.address(1, 445));
    let doors = [&at_second, &at_again];
    second.pause(true);
    assert_eq!(reached(&stage, &active, 5445, &doors), Some(445));
    drop(second);
    drop(again);
    assert_eq!(reached(&stage, &active, 445, &[]), None);
    let (_last, at_last) = listen(&adapter, stage.address(1, 5445));
    assert_eq!(reached(&stage, &active, 445, &[&at_last]), Some(5445));
}

// NDK-LSN-03, NDK-LSN-07: each ND port is one listener's all the same.
#[test]
fn an_nd_port_is_one_listeners() {
    let stage = Stage::apart();
    let adapter = stage.open(0);
    let (_first, _) = listen(&adapter, stage.address(0, 445));
    let (_second, _) = listen(&adapter, stage.address(0, 5445));
    for port in [445, 5445] {
        let third = Listener::new(&adapter, drop).expect("a listener");
        let refused = third.listen(stage.address(0, port)).wait();
        assert_eq!(refused, NtStatus::SHARING_VIOLATION);
        // A failed listen leaves the listener as it was.
        assert_eq!(third.listen(stage.address(0, 0)).wait(), NtStatus::SUCCESS);
    }
}

// NDK-LIFE-14, NDK-LIFE-15: closes beside listens of the other port, again and again.
#[test]
fn listeners_of_one_tcp_port_come_and_go() {
    let stage = Stage::apart();
    let adapter = stage.open(0);
    let machine = stage.machine();
    std::thread::scope(|scope| {
        for port in [445, 5445] {
            let (adapter, at) = (&adapter, stage.address(0, port));
            scope.spawn(move || {
                let _attached = machine.attach();
                for _ in 0..60 {
                    let listener = Listener::new(adapter, drop).expect("a listener");
                    // TCP may still be closing the port for the other one.
                    let status = listener.listen(at).wait();
                    assert!([NtStatus::SUCCESS, NtStatus::SHARING_VIOLATION].contains(&status));
                }
            });
        }
    });
}
