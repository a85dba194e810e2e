//! What connectors, listeners and shared endpoints answer: before there is anything, twice, and to what does not fit.

use std::net::SocketAddr;

use softrnic_functional::consumer::{
    Connector, Listener, NtStatus, QpLimits, Request, SharedEndpoint,
};
use softrnic_functional::peer::{self, Peer, parameters};
use softrnic_functional::{End, SOON, Stage, at_dispatch, listen};

/// A call that writes an address.
type Get<'a> = &'a dyn Fn(*mut u8, *mut u32) -> i32;

/// IPv4 addresses take 16 bytes, and no fewer.
fn assert_sizes(get: Get<'_>) {
    for (room, expected) in [
        (0, NtStatus::BUFFER_TOO_SMALL),
        (15, NtStatus::BUFFER_TOO_SMALL),
        (16, NtStatus::SUCCESS),
        (64, NtStatus::SUCCESS),
    ] {
        let (mut bytes, mut length) = ([0xEE_u8; 64], room);
        let status = NtStatus(get(bytes.as_mut_ptr(), &raw mut length));
        assert_eq!((status, length), (expected, 16), "{room}");
        let written = if status == NtStatus::SUCCESS { 16 } else { 0 };
        assert!(bytes[written..].iter().all(|byte| *byte == 0xEE));
    }
    let mut length = 64;
    let status = NtStatus(get(std::ptr::null_mut(), &raw mut length));
    assert_eq!((status, length), (NtStatus::BUFFER_TOO_SMALL, 16));
}

/// Calls a slot that writes an address.
macro_rules! getter {
    ($object:expr, $slot:ident) => {
        // SAFETY: the object is open; the buffer is as long as the length says.
        &|buffer, length| unsafe {
            let raw = $object.raw();
            ((*(*raw).Dispatch).$slot.expect("NDK-VER-05"))(raw, buffer.cast(), length)
        }
    };
}

// NDK-CON-23, NDK-CON-24.
// Connector.NdkGetLocalAddress, NdkGetPeerAddress, Listener.NdkGetLocalAddress, SharedEndpoint.NdkGetLocalAddress:
// STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL.
#[test]
fn an_address_has_its_size() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let connector = active.connector.as_ref().expect("connected");
    assert_sizes(getter!(connector, NdkGetLocalAddress));
    assert_sizes(getter!(connector, NdkGetPeerAddress));
    let listener = passive.listener.as_ref().expect("listening");
    assert_sizes(getter!(listener, NdkGetLocalAddress));
    let address = stage.address(0, 0);
    let endpoint = SharedEndpoint::new(&active.adapter, address).expect("made");
    assert_sizes(getter!(endpoint, NdkGetLocalAddress));
}

// NDK-CON-13, NDK-CON-23: before there is a connection, or a listen.
// NdkGetConnectionData, Connector.NdkGetLocalAddress, NdkGetPeerAddress, Listener.NdkGetLocalAddress, NdkAccept,
// NdkDisconnect: STATUS_CONNECTION_INVALID.
#[test]
fn there_is_nothing_to_tell_yet() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let invalid = NtStatus::CONNECTION_INVALID;
    assert_eq!(connector.connection_data().err(), Some(invalid));
    assert_eq!(connector.local_address(), Err(invalid));
    assert_eq!(connector.peer_address(), Err(invalid));
    assert_eq!(connector.disconnect().wait(), invalid);
    let accepting = connector.accept(&end.qp, &parameters(b""), || {});
    assert_eq!(accepting.wait(), invalid);
    let listener = Listener::new(&end.adapter, drop).expect("made");
    assert_eq!(listener.local_address(), Err(invalid));
}

// NDK-CON-28, NDK-SEP-01: objects of two openings do not mix.
// NdkConnect, NdkConnectWithSharedEndpoint, NdkAccept: STATUS_INVALID_PARAMETER.
#[test]
fn objects_of_another_opening_are_refused() {
    let stage = Stage::new();
    let (end, other) = (
        End::new(&stage.open(0), QpLimits::default()),
        End::new(&stage.open(0), QpLimits::default()),
    );
    let (from, to) = (stage.address(0, 0), stage.address(1, 9));
    let invalid = NtStatus::INVALID_PARAMETER;
    let mut connector = Connector::new(&end.adapter).expect("made");
    let refused = connector.connect(&other.qp, from, to, &parameters(b""));
    assert_eq!(refused.wait(), invalid);
    let endpoint = SharedEndpoint::new(&other.adapter, from).expect("made");
    let refused = connector.connect_shared(&end.qp, &endpoint, to, &parameters(b""));
    assert_eq!(refused.wait(), invalid);
    let refused = connector.accept(&other.qp, &parameters(b""), || {});
    assert_eq!(refused.wait(), invalid);
    drop(connector);
}

/// A connect to `end`'s adapter that was offered.
struct Offered {
    active: End,
    connector: Connector,
    connecting: Request,
    offered: Connector,
    passive: End,
}

fn offered(stage: &Stage) -> Offered {
    let limits = QpLimits::default();
    let (active, mut passive) = (
        End::new(&stage.open(0), limits),
        End::new(&stage.open(1), limits),
    );
    let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
    let to: SocketAddr = listener.local_address().expect("listening");
    let mut connector = Connector::new(&active.adapter).expect("made");
    let from = stage.address(0, 0);
    let connecting = connector.connect(&active.qp, from, to, &parameters(b""));
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    passive.listener = Some(listener);
    Offered {
        active,
        connector,
        connecting,
        offered,
        passive,
    }
}

// NDK-CON-02, NDK-VER-11: both forms, all the way.
// NdkConnect, NdkAccept, NdkAcceptEx, NdkCompleteConnect, NdkCompleteConnectEx: STATUS_SUCCESS, STATUS_PENDING.
#[test]
fn the_answers_of_a_handshake_come_later() {
    let stage = Stage::new();
    for extended in [false, true] {
        let mut ends = offered(&stage);
        assert_eq!(ends.connecting.returned(), NtStatus::PENDING);
        let (qp, ask) = (&ends.passive.qp, parameters(b""));
        let accepting = if extended {
            ends.offered.accept_ex(qp, &ask, |_| {})
        } else {
            ends.offered.accept(qp, &ask, || {})
        };
        assert_eq!(accepting.returned(), NtStatus::PENDING);
        assert_eq!(ends.connecting.wait(), NtStatus::SUCCESS);
        let completing = if extended {
            ends.connector.complete_connect_ex(|_| {})
        } else {
            ends.connector.complete_connect(|| {})
        };
        assert_eq!(completing.returned(), NtStatus::PENDING);
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        // NDK-DISC-01: one disconnect at a time.
        let leaving = ends.connector.disconnect();
        let again = ends.connector.disconnect();
        assert_eq!(again.wait(), NtStatus::CONNECTION_INVALID);
        assert_eq!(ends.offered.disconnect().wait(), NtStatus::SUCCESS);
        assert_eq!(leaving.wait(), NtStatus::SUCCESS);
        drop((ends.connector, ends.offered, ends.active, ends.passive));
    }
}

// NDK-CON-02: the peer never goes on.
// NdkAccept, NdkAcceptEx: STATUS_IO_TIMEOUT.
// WSK-HAZ-10.
#[test]
fn an_accept_does_not_wait_for_ever() {
    let stage = Stage::configured(&[("NetworkDirectReadyTimeout", 1)]);
    for extended in [false, true] {
        let end = End::new(&stage.open(1), QpLimits::default());
        let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
        let mut peer = Peer::connect(listener.local_address().expect("listening"));
        // Revision 2, with reads of 16 either way and a ready-to-receive frame to come.
        peer.send(&peer::request(0x50, 2, &[0x80, 0x10, 0x80, 0x10]));
        let mut offered = incoming.recv_timeout(SOON).expect("a connect event");
        let accepting = if extended {
            offered.accept_ex(&end.qp, &parameters(b""), |_| {})
        } else {
            offered.accept(&end.qp, &parameters(b""), || {})
        };
        assert_eq!(accepting.wait(), NtStatus::IO_TIMEOUT);
        drop((peer, offered, listener));
    }
}

// NDK-LSN-02, NDK-LSN-03: it listens once.
// NdkListen: STATUS_ADDRESS_ALREADY_EXISTS.
#[test]
fn a_listener_listens_once() {
    let stage = Stage::new();
    let (listener, _incoming) = listen(&stage.open(0), stage.address(0, 0));
    let again = listener.listen(stage.address(0, 0));
    assert_eq!(again.wait(), NtStatus::ADDRESS_ALREADY_EXISTS);
}

// NDK-LIFE-14: closed before the transport was asked, which no call does on its own stack at DISPATCH_LEVEL.
// NdkListen: STATUS_CANCELLED. NdkCloseListener: STATUS_PENDING.
#[test]
fn a_close_cancels_a_pending_listen() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let listener = Listener::new(&adapter, drop).expect("made");
    let address = stage.address(0, 0);
    let (listening, closing) = at_dispatch(|| (listener.listen(address), listener.close()));
    assert_eq!(closing.returned(), NtStatus::PENDING);
    assert_eq!(listening.wait(), NtStatus::CANCELLED);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
}

/// Private data of this length.
fn data(length: u32) -> softrnic_functional::consumer::ConnectParameters {
    parameters(&vec![7; length as usize])
}

// NDK-CON-10, NDK-CON-20, NDK-CON-26: as of a plain connect.
// NdkConnectWithSharedEndpoint: STATUS_CONNECTION_ACTIVE, STATUS_INVALID_BUFFER_SIZE, STATUS_CANCELLED.
#[test]
fn a_shared_connect_is_refused_and_cancelled_as_others_are() {
    let stage = Stage::new();
    let ends = offered(&stage);
    let (adapter, from) = (&ends.active.adapter, stage.address(0, 0));
    let endpoint = SharedEndpoint::new(adapter, from).expect("made");
    let most = adapter.info().expect("information").MaxCallerData;
    let listener = ends.passive.listener.as_ref().expect("listening");
    let to = listener.local_address().expect("bound");
    let idle = End::new(adapter, QpLimits::default());
    let mut connector = Connector::new(adapter).expect("made");
    let mut connect = |qp, ask| connector.connect_shared(qp, &endpoint, to, &ask);
    let long = connect(&idle.qp, data(most + 1));
    assert_eq!(long.wait(), NtStatus::INVALID_BUFFER_SIZE);
    let busy = connect(&ends.active.qp, data(0));
    assert_eq!(busy.wait(), NtStatus::CONNECTION_ACTIVE);
    let pending = connect(&idle.qp, data(0));
    assert_eq!(pending.returned(), NtStatus::PENDING);
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert_eq!(pending.wait(), NtStatus::CANCELLED);
    drop((ends.connector, ends.offered));
}

// NDK-CON-10, NDK-CON-20, NDK-CON-28: what does not fit is refused, and the offer still stands.
// NdkAcceptEx: STATUS_CONNECTION_ACTIVE, STATUS_CONNECTION_INVALID, STATUS_INVALID_BUFFER_SIZE, STATUS_INVALID_PARAMETER.
#[test]
fn an_extended_accept_is_refused_as_others_are() {
    let stage = Stage::new();
    let mut ends = offered(&stage);
    let most = ends.passive.adapter.info().expect("told").MaxCalleeData;
    let (busy, _peer) = stage.connected();
    let mut accept = |qp, ask| ends.offered.accept_ex(qp, &ask, |_| {}).wait();
    let long = accept(&ends.passive.qp, data(most + 1));
    assert_eq!(long, NtStatus::INVALID_BUFFER_SIZE);
    let foreign = accept(&busy.qp, data(0));
    assert_eq!(foreign, NtStatus::INVALID_PARAMETER);
    assert!(ends.connecting.is_pending());
    let (adapter, ask) = (&ends.active.adapter, data(0));
    let mut unconnected = Connector::new(adapter).expect("made");
    let early = unconnected.accept_ex(&ends.active.qp, &ask, |_| {});
    assert_eq!(early.wait(), NtStatus::CONNECTION_INVALID);
    let accepting = ends.offered.accept_ex(&ends.passive.qp, &ask, |_| {});
    assert_eq!(ends.connecting.wait(), NtStatus::SUCCESS);
    let again = ends.offered.accept_ex(&ends.passive.qp, &ask, |_| {});
    assert_eq!(again.wait(), NtStatus::CONNECTION_ACTIVE);
    let completing = ends.connector.complete_connect_ex(|_| {});
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    drop((unconnected, ends.connector, ends.offered));
}

// NDK-LIFE-14: the peer has not gone on when the consumer gives up.
// NdkAccept, NdkAcceptEx: STATUS_CANCELLED.
#[test]
fn a_close_cancels_a_pending_accept() {
    let stage = Stage::new();
    for extended in [false, true] {
        let mut ends = offered(&stage);
        let (qp, ask) = (&ends.passive.qp, data(0));
        let accepting = if extended {
            ends.offered.accept_ex(qp, &ask, |_| {})
        } else {
            ends.offered.accept(qp, &ask, || {})
        };
        assert_eq!(ends.connecting.wait(), NtStatus::SUCCESS);
        assert!(accepting.is_pending(), "NDK-CON-02");
        assert_eq!(ends.offered.close().wait(), NtStatus::SUCCESS);
        assert_eq!(accepting.wait(), NtStatus::CANCELLED);
        drop((ends.connector, ends.offered, ends.active, ends.passive));
    }
}

// NDK-LIFE-14, NDK-DISC-11: the peer has not ended when the consumer gives up.
// NdkDisconnect: STATUS_CANCELLED.
#[test]
fn a_close_cancels_a_pending_disconnect() {
    let stage = Stage::new();
    let (mut active, passive) = stage.connected();
    let leaving = active.disconnect();
    assert!(passive.gone.wait(SOON));
    assert!(leaving.is_pending(), "NDK-DISC-01");
    let mut connector = active.connector.take().expect("connected");
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    assert_eq!(leaving.wait(), NtStatus::CANCELLED);
}

// NDK-LIFE-14: called at DISPATCH_LEVEL, one behind the other, both are done in one turn, unless something else gives the
// connection a turn in between.
// NdkCompleteConnect, NdkCompleteConnectEx: STATUS_CANCELLED.
#[test]
fn a_close_overtakes_a_complete_connect() {
    let stage = Stage::new();
    let mut cancelled = [0, 0];
    for _ in 0..100 {
        if !cancelled.contains(&0) {
            return;
        }
        for (extended, count) in cancelled.iter_mut().enumerate() {
            let mut ends = offered(&stage);
            let accepting = ends.offered.accept(&ends.passive.qp, &data(0), || {});
            assert_eq!(ends.connecting.wait(), NtStatus::SUCCESS);
            let connector = &mut ends.connector;
            let (completing, closing) = at_dispatch(|| {
                let completing = match extended {
                    0 => connector.complete_connect(|| {}),
                    _ => connector.complete_connect_ex(|_| {}),
                };
                (completing, connector.close())
            });
            match completing.wait() {
                NtStatus::CANCELLED => *count += 1,
                status => assert_eq!(status, NtStatus::SUCCESS),
            }
            assert_eq!(closing.wait(), NtStatus::SUCCESS);
            assert_ne!(accepting.wait(), NtStatus::PENDING);
            drop((ends.offered, ends.active, ends.passive, ends.connector));
        }
    }
    panic!("never cancelled: {cancelled:?}");
}
