//! The connector's calls, each in its place and out of it.

use std::ffi::c_void;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ptr;
use std::sync::Mutex;

use softrnic_emulator::sync::Receiver;
use softrnic_functional::consumer::{
    ConnectParameters, Connector, Listener, NtStatus, QpLimits, Request,
};
use softrnic_functional::peer::{self, Peer};
use softrnic_functional::{A_WHILE, End, Flag, SOON, Stage, listen, raw};

fn ask(inbound: u32, outbound: u32, private_data: &[u8]) -> ConnectParameters {
    ConnectParameters {
        inbound_reads: inbound,
        outbound_reads: outbound,
        private_data: private_data.to_vec(),
    }
}

/// Two unconnected ends and where the second listens.
struct Ends {
    active: End,
    passive: End,
    incoming: Receiver<Connector>,
    to: SocketAddr,
    from: SocketAddr,
    _listener: Listener,
}

impl Ends {
    fn new(stage: &Stage) -> Self {
        let limits = QpLimits::default();
        let active = End::new(&stage.open(0), limits);
        let passive = End::new(&stage.open(1), limits);
        let (listener, incoming) = listen(&passive.adapter, stage.address(1, 0));
        Self {
            to: listener.local_address().expect("bound"),
            from: stage.address(0, 0),
            active,
            passive,
            incoming,
            _listener: listener,
        }
    }

    fn connector(&self) -> Connector {
        Connector::new(&self.active.adapter).expect("made")
    }

    /// A connect that asks so, and the connector it is offered as.
    fn offered(&self, ask: &ConnectParameters) -> (Connector, Request, Connector) {
        let mut connector = self.connector();
        let connecting = connector.connect(&self.active.qp, self.from, self.to, ask);
        let offered = self.incoming.recv_timeout(SOON).expect("a connect event");
        (connector, connecting, offered)
    }

    /// The same, accepted; both requests were successful so far.
    fn accepted(&self, ask: &ConnectParameters) -> (Connector, Connector, Request) {
        let (connector, connecting, mut offered) = self.offered(ask);
        let accepting = offered.accept(&self.passive.qp, ask, self.passive.on_disconnect());
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        (connector, offered, accepting)
    }
}

// NDK-CON-03: no deadline of ours runs while a consumer decides: those of TCP, of the request and of the disconnect are
// over long before either of them goes on.
#[test]
fn slow_consumers_are_waited_for() {
    let stage = Stage::configured(&[
        ("NetworkDirectConnectTimeout", 1),
        ("NetworkDirectRequestTimeout", 1),
        ("NetworkDirectDisconnectTimeout", 1),
        ("NetworkDirectTerminateTimeout", 1),
    ]);
    let ends = Ends::new(&stage);
    let over = std::time::Duration::from_millis(1300);
    let (mut connector, connecting, mut offered) = ends.offered(&ask(1, 1, b""));
    assert_eq!(connecting.wait_for(over), None);
    let accepting = offered.accept(&ends.passive.qp, &ask(1, 1, b""), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait_for(over), None);
    let completing = connector.complete_connect(|| {});
    assert_eq!(completing.wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    drop((connector, offered));
}

// NDK-CON-06: a network that cannot be reached, and a peer that never answers.
// NdkConnect: STATUS_NETWORK_UNREACHABLE, STATUS_IO_TIMEOUT.
#[test]
fn unreachable_peers_and_silent_ones_have_their_statuses() {
    let stage = Stage::configured(&[("NetworkDirectConnectTimeout", 1)]);
    let end = End::new(&stage.open(0), QpLimits::default());
    let from = stage.address(0, 0);
    let connect = |to: SocketAddr| {
        let mut connector = Connector::new(&end.adapter).expect("made");
        let status = connector.connect(&end.qp, from, to, &ask(1, 1, b"")).wait();
        drop(connector);
        status
    };
    // Nothing leads from the loopback network to a multicast one.
    let nowhere = "224.0.0.1:9".parse().expect("an address");
    assert_eq!(connect(nowhere), NtStatus::NETWORK_UNREACHABLE);
    // A listener whose queue is full does not answer.
    let full = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let full = full.expect("a socket");
    let any: SocketAddr = "127.0.0.3:0".parse().expect("an address");
    full.bind(&any.into()).expect("bound");
    full.listen(0).expect("listening");
    let to = full.local_addr().expect("bound").as_socket().expect("IPv4");
    let limit = std::time::Duration::from_millis(300);
    let fill = (0..16).map_while(|_| TcpStream::connect_timeout(&to, limit).ok());
    let queued: Vec<TcpStream> = fill.collect();
    assert!(queued.len() < 16, "the queue is full");
    assert_eq!(connect(to), NtStatus::IO_TIMEOUT);
}

// NDK-CON-10: a queue pair that is connecting or connected serves no other connector, on either side.
// NdkConnect, NdkAccept: STATUS_CONNECTION_ACTIVE.
#[test]
fn a_queue_pair_has_one_connection() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let (mut connector, connecting, mut offered) = ends.offered(&ask(1, 1, b""));
    let mut second = ends.connector();
    let refused = |second: &mut Connector| {
        second
            .connect(&ends.active.qp, ends.from, ends.to, &ask(1, 1, b""))
            .wait()
    };
    assert_eq!(
        refused(&mut second),
        NtStatus::CONNECTION_ACTIVE,
        "connecting"
    );
    let accepting = offered.accept(&ends.passive.qp, &ask(1, 1, b""), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(connector.complete_connect(|| {}).wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    assert_eq!(
        refused(&mut second),
        NtStatus::CONNECTION_ACTIVE,
        "connected"
    );
    let third = End::new(&ends.active.adapter, QpLimits::default());
    let mut other = ends.connector();
    let connecting = other.connect(&third.qp, ends.from, ends.to, &ask(1, 1, b""));
    let mut offered_again = ends.incoming.recv_timeout(SOON).expect("a connect event");
    let accepting = offered_again.accept(&ends.passive.qp, &ask(1, 1, b""), || {});
    assert_eq!(accepting.wait(), NtStatus::CONNECTION_ACTIVE);
    assert!(connecting.is_pending(), "the offer can still be answered");
    drop(offered_again);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    drop((connector, offered, second, other));
}

// NDK-CON-11: CompleteConnect before there is anything to complete, on the wrong side, and twice.
// NdkCompleteConnect, NdkCompleteConnectEx: STATUS_CONNECTION_INVALID.
#[test]
fn complete_connect_has_its_one_moment() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let invalid = NtStatus::CONNECTION_INVALID;
    let mut early = ends.connector();
    assert_eq!(
        early.complete_connect(|| {}).wait(),
        invalid,
        "nothing was connected"
    );
    let (mut connector, connecting, mut offered) = ends.offered(&ask(1, 1, b""));
    assert_eq!(
        connector.complete_connect(|| {}).wait(),
        invalid,
        "nobody accepted"
    );
    assert_eq!(
        offered.complete_connect(|| {}).wait(),
        invalid,
        "the passive side accepts"
    );
    let accepting = offered.accept(&ends.passive.qp, &ask(1, 1, b""), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(connector.complete_connect(|| {}).wait(), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    assert_eq!(connector.complete_connect(|| {}).wait(), invalid, "twice");
    assert_eq!(connector.complete_connect_ex(|_| {}).wait(), invalid, "so");
    // None of that hurt the connection.
    ends.passive.post_receive(1, 0, 8);
    ends.active.post_send(1, 0, 8, 0);
    assert_eq!(ends.passive.received.take(1)[0].bytes, 8);
    drop((connector, offered, early));
}

// NDK-CON-12, NDK-CON-13, NDK-CON-14: what both sides ask and can, the lesser of them; the passive side knows it before
// it accepts, the active one once Connect is through, and both for as long as their connectors live.
#[test]
fn read_limits_are_the_least_of_both_sides() {
    let stage = Stage::new();
    for ((asked, offered_limits), (given, in_force)) in [
        (((4, 2), (16, 16)), ((1, 8), (4, 1))),
        (((16, 3), (3, 16)), ((16, 16), (16, 3))),
        (((1000, 1000), (16, 16)), ((5, 6), (6, 5))),
    ] {
        let ends = Ends::new(&stage);
        let (mut connector, connecting, mut offered) = ends.offered(&ask(asked.0, asked.1, b""));
        let limits = |connector: &Connector| {
            let data = connector.connection_data().expect("data");
            (data.inbound_reads, data.outbound_reads)
        };
        let most = (offered_limits.0.min(asked.1), offered_limits.1.min(asked.0));
        assert_eq!(limits(&offered), most, "before Accept: {asked:?}");
        let accepting = offered.accept(&ends.passive.qp, &ask(given.0, given.1, b""), || {});
        assert_eq!(connecting.wait(), NtStatus::SUCCESS);
        assert_eq!(
            limits(&connector),
            in_force,
            "after Connect: {asked:?}, {given:?}"
        );
        assert_eq!(connector.complete_connect(|| {}).wait(), NtStatus::SUCCESS);
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        assert_eq!(limits(&connector), in_force);
        assert_eq!(limits(&offered), (in_force.1, in_force.0));
        let first = connector.disconnect();
        let second = offered.disconnect();
        assert_eq!(
            (first.wait(), second.wait()),
            (NtStatus::SUCCESS, NtStatus::SUCCESS)
        );
        assert_eq!(limits(&connector), in_force, "and after the end");
        drop((connector, offered));
    }
}

// NDK-CON-20, NDK-ADP-14, NDK-CON-21: private data of the greatest length arrives whole from Connect, Accept and Reject;
// one byte more is refused by each, and nothing has happened.
// NdkConnect, NdkAccept, NdkReject: STATUS_INVALID_BUFFER_SIZE.
#[test]
fn the_limits_of_private_data_are_exact() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let info = ends.active.adapter.info().expect("told");
    let (caller, callee) = (info.MaxCallerData as usize, info.MaxCalleeData as usize);
    let data = |length: usize| softrnic_functional::pattern(7, length);
    let too_long = NtStatus::INVALID_BUFFER_SIZE;
    let mut connector = ends.connector();
    let long = ask(1, 1, &data(caller + 1));
    let refused = connector.connect(&ends.active.qp, ends.from, ends.to, &long);
    assert_eq!(refused.wait(), too_long);
    drop(connector);
    let (connector, connecting, mut offered) = ends.offered(&ask(1, 1, &data(caller)));
    let seen = |connector: &Connector| connector.connection_data().expect("data").private_data;
    assert_eq!(seen(&offered)[..caller], data(caller));
    let accepting = offered.accept(&ends.passive.qp, &ask(1, 1, &data(callee + 1)), || {});
    assert_eq!(accepting.wait(), too_long);
    assert_eq!(offered.reject(&data(callee + 1)), too_long);
    assert!(connecting.is_pending());
    let accepting = offered.accept(&ends.passive.qp, &ask(1, 1, &data(callee)), || {});
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(seen(&connector)[..callee], data(callee));
    drop(connector);
    assert!(!accepting.wait().is_success());
    drop(offered);
    let ends = Ends::new(&stage);
    let (connector, connecting, offered) = ends.offered(&ask(1, 1, b""));
    assert_eq!(offered.reject(&data(callee)), NtStatus::SUCCESS);
    assert_eq!(connecting.wait(), NtStatus::CONNECTION_REFUSED);
    assert_eq!(seen(&connector)[..callee], data(callee));
}

// NDK-CON-21, NDK-CON-02: the active side may still reject what the peer has accepted, whose Accept then fails.
// NdkReject: STATUS_SUCCESS. NdkAccept: STATUS_CONNECTION_ABORTED.
#[test]
fn the_active_side_may_reject_after_connect() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let (connector, offered, accepting) = ends.accepted(&ask(1, 1, b""));
    assert_eq!(accepting.wait_for(A_WHILE), None);
    assert_eq!(connector.reject(b""), NtStatus::SUCCESS);
    assert_eq!(accepting.wait(), NtStatus::CONNECTION_ABORTED);
    assert_eq!(ends.passive.gone.count(), 0, "it was never there");
    drop((connector, offered));
}

// NDK-CON-24, NDK-CON-27: room for an address may be larger than needed, and is told when it is too small; what was
// given to a call may change when it has returned.
// NdkGetPeerAddress: STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL.
#[test]
fn addresses_are_as_long_as_they_are() {
    let stage = Stage::new();
    let ends = Ends::new(&stage);
    let (connector, _connecting, offered) = ends.offered(&ask(1, 1, b""));
    // The consumer's wrapper has overwritten both addresses by now.
    assert_eq!(connector.peer_address(), Ok(ends.to));
    assert_eq!(offered.local_address(), Ok(ends.to));
    let get = |length: u32| {
        let (mut bytes, mut told) = ([0xEE_u8; 64], length);
        let raw = offered.raw();
        // SAFETY: the connector is open; the buffer has 64 bytes, and no more are offered.
        let status = unsafe {
            ((*(*raw).Dispatch).NdkGetPeerAddress.expect("NDK-VER-05"))(
                raw,
                bytes.as_mut_ptr().cast(),
                &raw mut told,
            )
        };
        (NtStatus(status), told, bytes)
    };
    for length in [16, 17, 64] {
        let (status, told, bytes) = get(length);
        assert_eq!((status, told), (NtStatus::SUCCESS, 16));
        assert_eq!(bytes[..2], 2_u16.to_le_bytes());
        assert!(bytes[16..].iter().all(|byte| *byte == 0xEE));
    }
    for length in [0, 15] {
        let (status, told, bytes) = get(length);
        assert_eq!((status, told), (NtStatus::BUFFER_TOO_SMALL, 16));
        assert!(bytes.iter().all(|byte| *byte == 0xEE));
    }
}

/// Request completions by name, in order.
#[derive(Default)]
struct Heard {
    what: Mutex<Vec<&'static str>>,
    accepted: Flag,
    gone: Flag,
}

unsafe extern "win64" fn accepted(context: *mut c_void, _status: i32) {
    // SAFETY: the test keeps the context until the connector's close has completed.
    let heard = unsafe { &*context.cast::<Heard>() };
    heard.what.lock().expect("no panic").push("accepted");
    heard.accepted.set();
}

unsafe extern "win64" fn gone(context: *mut c_void) {
    // SAFETY: as above.
    let heard = unsafe { &*context.cast::<Heard>() };
    heard.what.lock().expect("no panic").push("gone");
    heard.gone.set();
}

/// `NdkAccept` with these callbacks.
fn accept(
    offered: &Connector,
    end: &End,
    event: Option<unsafe extern "win64" fn(*mut c_void)>,
    heard: &Heard,
) -> NtStatus {
    let context: *mut c_void = ptr::from_ref(heard).cast_mut().cast();
    // SAFETY: connector and queue pair are open; the context lives until the close has completed.
    NtStatus(unsafe {
        ((*(*offered.raw()).Dispatch).NdkAccept.expect("NDK-VER-05"))(
            offered.raw(),
            end.qp.raw(),
            1,
            1,
            ptr::null_mut(),
            0,
            event,
            context,
            Some(accepted),
            context,
        )
    })
}

// NDK-CON-29: a peer that resets right after the set-up: the event comes after the completion, and once.
#[test]
fn the_disconnect_event_does_not_overtake_the_accept() {
    let stage = Stage::new();
    let adapter = stage.open(1);
    let (listener, incoming) = listen(&adapter, stage.address(1, 0));
    let to = listener.local_address().expect("bound");
    for round in 0..20 {
        let end = End::new(&adapter, QpLimits::default());
        let mut peer = Peer::connect(to);
        peer.send(&peer::request(0x40, 1, b""));
        let mut offered = incoming.recv_timeout(SOON).expect("a connect event");
        let heard = Heard::default();
        let returned = accept(&offered, &end, Some(gone), &heard);
        assert!(returned.is_success());
        if round % 2 == 0 {
            let _reply = peer.read_frame();
        }
        peer.reset();
        if returned == NtStatus::PENDING {
            assert!(heard.accepted.wait(SOON));
        }
        assert_eq!(offered.close().wait(), NtStatus::SUCCESS);
        let what = heard.what.lock().expect("no panic").clone();
        assert!(
            ["accepted"] == what[..] || ["accepted", "gone"] == what[..],
            "{what:?}"
        );
    }
}

// NDK-CON-25: who wants no disconnect event gets none, and the end comes all the same.
#[test]
fn the_disconnect_callback_may_be_null() {
    let stage = Stage::new();
    let (mut peer, end, offered, heard, _listener) = {
        let end = End::new(&stage.open(1), QpLimits::default());
        let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
        let mut peer = Peer::connect(listener.local_address().expect("bound"));
        peer.send(&peer::request(0x40, 1, b""));
        let offered = incoming.recv_timeout(SOON).expect("a connect event");
        (peer, end, offered, Heard::default(), listener)
    };
    assert!(accept(&offered, &end, None, &heard).is_success());
    let _reply = peer.read_frame();
    end.post_receive(1, 0, 8);
    end.post_receive(2, 0, 8);
    peer.send(&peer::fpdu(&peer::send(1, b"")));
    assert_eq!(end.received.take(1)[0].context, 1);
    peer.finish();
    let disconnecting = offered.disconnect();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    drop(offered);
    assert_eq!(*heard.what.lock().expect("no panic"), ["accepted"]);
}

// NDK-CON-28: from Connect on the queue pair's close waits for the connector, even of one that failed.
#[test]
fn a_queue_pair_outlives_its_connector() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    let (pd, cq) = (raw::pd(&adapter), raw::cq(&adapter, 16));
    let qp = raw::qp(pd, cq);
    let nobody = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = nobody.local_addr().expect("bound");
    drop(nobody);
    let connector = raw::connector(&adapter);
    let address = |address: SocketAddr| {
        let mut bytes = [0_u8; 16];
        bytes[0] = 2;
        bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
        if let std::net::IpAddr::V4(ip) = address.ip() {
            bytes[4..8].copy_from_slice(&ip.octets());
        }
        bytes
    };
    let (from, to) = (address(stage.address(0, 0)), address(to));
    let heard = Heard::default();
    // SAFETY: the objects are open; the context lives until the close has completed.
    let returned = NtStatus(unsafe {
        ((*(*connector).Dispatch).NdkConnect.expect("NDK-VER-05"))(
            connector,
            qp,
            from.as_ptr().cast(),
            16,
            to.as_ptr().cast(),
            16,
            1,
            1,
            ptr::null(),
            0,
            Some(accepted),
            ptr::from_ref(&heard).cast_mut().cast(),
        )
    });
    assert_eq!(returned, NtStatus::PENDING);
    assert!(heard.accepted.wait(SOON), "refused");
    let closing = raw::close(qp.cast());
    assert_eq!(closing.returned, NtStatus::PENDING);
    assert!(!closing.completed.wait(A_WHILE), "its connector is open");
    assert!(raw::close(connector.cast()).is_over(SOON));
    assert!(closing.is_over(SOON));
    for object in [cq.cast(), pd.cast()] {
        assert!(raw::close(object).is_over(SOON));
    }
}
