//! A consumer's no, and what is said to a yes or a no that comes too late.

use std::net::TcpListener;

use softrnic_functional::consumer::{Connector, NtStatus, QpLimits, Request};
use softrnic_functional::peer::{self, Peer, parameters};
use softrnic_functional::{End, SOON, Stage, listen};

/// What is left of a peer that gave up: the end that was to have it, and its connector.
struct Left {
    // Closes before the listener it came from (NDK-LSN-08).
    connector: Connector,
    end: End,
}

impl Left {
    /// The driver has answered the peer's FIN with its own, and whatever it was doing then is over when the next call on
    /// the connector has been answered.
    fn of(end: End, connector: Connector, peer: &mut Peer) -> Self {
        peer.finish();
        let _last = peer.read_to_end();
        assert!(connector.disconnect().wait_for(SOON).is_some());
        Self { connector, end }
    }
}

/// A peer that asked, the end that is to have it, and its connector.
fn offered(stage: &Stage) -> (Peer, End, Connector) {
    let mut end = End::new(&stage.open(1), QpLimits::default());
    let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
    let mut peer = Peer::connect(listener.local_address().expect("listening"));
    peer.send(&peer::request(0x40, 1, b""));
    let offered = incoming.recv_timeout(SOON).expect("a connect event");
    end.listener = Some(listener);
    (peer, end, offered)
}

/// A peer that asked, and went before anybody answered.
fn gone_after_asking(stage: &Stage) -> Left {
    let (mut peer, end, offered) = offered(stage);
    Left::of(end, offered, &mut peer)
}

/// A connect to a peer of ours.
fn asked(stage: &Stage) -> (Peer, End, Connector, Request) {
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let end = End::new(&stage.open(0), QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let to = listener.local_addr().expect("bound");
    let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b""));
    (Peer::accept(&listener), end, connector, connecting)
}

/// A peer that accepted, and went before our consumer went on.
fn gone_after_accepting(stage: &Stage) -> Left {
    let (mut peer, end, connector, connecting) = asked(stage);
    let _request = peer.read_frame();
    peer.send(&peer::reply(0x40, 1, b""));
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    Left::of(end, connector, &mut peer)
}

/// Revision 1 asks for no ready-to-receive frame.
fn stage() -> Stage {
    Stage::configured(&[("NetworkDirectMpaRevision", 1)])
}

// NDK-CON-21: the peer has given up, so there is nothing left to reject, on either side.
// NdkReject: STATUS_CONNECTION_ABORTED.
#[test]
fn a_peer_that_gave_up_is_not_rejected() {
    let stage = stage();
    for left in [gone_after_asking(&stage), gone_after_accepting(&stage)] {
        assert_eq!(left.connector.reject(b""), NtStatus::CONNECTION_ABORTED);
        let again = left.connector.reject(b"");
        assert_eq!(again, NtStatus::CONNECTION_ABORTED, "and stays so");
        drop(left.connector);
        drop(left.end);
    }
}

// NDK-CON-02: the peer has given up before the accept.
// NdkAccept, NdkAcceptEx: STATUS_CONNECTION_ABORTED.
#[test]
fn a_peer_that_gave_up_is_not_accepted() {
    let stage = stage();
    let Left { end, mut connector } = gone_after_asking(&stage);
    let accepting = connector.accept(&end.qp, &parameters(b""), || {});
    assert_eq!(accepting.wait(), NtStatus::CONNECTION_ABORTED);
    let Left { end, mut connector } = gone_after_asking(&stage);
    let accepting = connector.accept_ex(&end.qp, &parameters(b""), |_| {});
    assert_eq!(accepting.wait(), NtStatus::CONNECTION_ABORTED);
}

// NDK-CON-11, NDK-CON-26: the peer has given up before the active side went on.
// NdkCompleteConnect, NdkCompleteConnectEx: STATUS_CONNECTION_ABORTED.
#[test]
fn a_peer_that_gave_up_is_not_gone_on_with() {
    let stage = stage();
    let mut left = gone_after_accepting(&stage);
    let completing = left.connector.complete_connect(|| {});
    assert_eq!(completing.wait(), NtStatus::CONNECTION_ABORTED);
    let mut left = gone_after_accepting(&stage);
    let completing = left.connector.complete_connect_ex(|_| {});
    assert_eq!(completing.wait(), NtStatus::CONNECTION_ABORTED);
}

// NDK-CON-21: before there is anything to reject, when it was decided, and twice.
// NdkReject: STATUS_SUCCESS, STATUS_CONNECTION_INVALID.
#[test]
fn a_reject_has_its_one_moment() {
    let stage = stage();
    let invalid = NtStatus::CONNECTION_INVALID;
    let (mut peer, end, mut connector, connecting) = asked(&stage);
    assert_eq!(connector.reject(b""), invalid, "nobody accepted");
    let _request = peer.read_frame();
    peer.send(&peer::reply(0x40, 1, b""));
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    assert_eq!(connector.complete_connect(|| {}).wait(), NtStatus::SUCCESS);
    assert_eq!(connector.reject(b""), invalid, "connected");
    let idle = Connector::new(&end.adapter).expect("made");
    assert_eq!(idle.reject(b""), invalid, "nothing was connected");

    let server = End::new(&stage.open(1), QpLimits::default());
    let (listener, incoming) = listen(&server.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("listening");
    let offer = || {
        let mut peer = Peer::connect(to);
        peer.send(&peer::request(0x40, 1, b""));
        let offered = incoming.recv_timeout(SOON).expect("a connect event");
        (peer, offered)
    };
    let (rejected, offered) = offer();
    assert_eq!(offered.reject(b"no"), NtStatus::SUCCESS);
    assert_eq!(offered.reject(b"no"), invalid, "twice");
    drop((rejected, offered));
    let (_other, mut accepted) = offer();
    let accepting = accepted.accept(&server.qp, &parameters(b""), || {});
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    assert_eq!(accepted.reject(b"no"), invalid, "accepted");
}

// NDK-CON-21, NDK-IRQL-03: the consumer says no inside its connect event.
// NdkReject: STATUS_SUCCESS.
#[test]
fn a_connect_event_may_reject() {
    let stage = stage();
    let server = stage.open(1);
    let (told, answers) = std::sync::mpsc::channel();
    let listener = softrnic_functional::consumer::Listener::new(&server, move |connector| {
        let _gone = told.send((connector.reject(b"no"), connector));
    });
    let listener = listener.expect("made");
    assert_eq!(
        listener.listen(stage.address(1, 0)).wait(),
        NtStatus::SUCCESS
    );
    let mut peer = Peer::connect(listener.local_address().expect("listening"));
    peer.send(&peer::request(0x40, 1, b""));
    let (status, connector) = answers.recv_timeout(SOON).expect("a connect event");
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(peer.read_frame(), peer::reply(0x60, 1, b"no"));
    drop((peer, connector));
}

// NDK-CON-21: its statuses know no lack of resources, and it needs none: a server out of memory says no.
#[test]
fn a_refusal_needs_no_memory() {
    let stage = stage();
    let (mut peer, _end, offered) = offered(&stage);
    let pool = &stage.machine().pool;
    pool.fail_at(1);
    assert_eq!(offered.reject(b"not now"), NtStatus::SUCCESS);
    assert!(pool.failure_is_due(), "nothing was allocated");
    pool.fail_at(0);
    assert_eq!(peer.read_frame(), peer::reply(0x60, 1, b"not now"));
}

// NDK-CON-05: nobody hears of a peer whose private data there is no room for, and the next one is heard.
#[test]
fn a_request_there_is_no_memory_for_is_reset() {
    let stage = stage();
    let end = End::new(&stage.open(1), QpLimits::default());
    let (listener, incoming) = listen(&end.adapter, stage.address(1, 0));
    let to = listener.local_address().expect("listening");
    let heard = || {
        let mut peer = Peer::connect(to);
        peer.send(&peer::request(0x40, 1, b"please"));
        let offered = incoming.recv_timeout(SOON).expect("a connect event");
        let data = offered.connection_data().expect("known");
        assert!(data.private_data.starts_with(b"please"));
        (peer, offered)
    };
    let mut unheard = Peer::connect(to);
    // Connections are taken one after the other, so that one has been.
    let first = heard();
    let pool = &stage.machine().pool;
    pool.fail_at(1);
    unheard.send(&peer::request(0x40, 1, b"please"));
    assert!(unheard.is_left());
    assert!(!pool.failure_is_due(), "what it said was not kept");
    let second = heard();
    assert!(incoming.try_recv().is_err());
    drop((first, second, listener));
}

// NdkConnect: STATUS_INSUFFICIENT_RESOURCES; the queue pair is as before.
#[test]
fn an_answer_there_is_no_memory_for_fails_the_connect() {
    let stage = stage();
    let (mut peer, end, connector, connecting) = asked(&stage);
    let _request = peer.read_frame();
    stage.machine().pool.fail_at(1);
    peer.send(&peer::reply(0x40, 1, b"welcome"));
    assert_eq!(connecting.wait(), NtStatus::INSUFFICIENT_RESOURCES);
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let mut again = Connector::new(&end.adapter).expect("made");
    let to = listener.local_addr().expect("bound");
    let connecting = again.connect(&end.qp, stage.address(0, 0), to, &parameters(b""));
    let mut peer = Peer::accept(&listener);
    let _request = peer.read_frame();
    peer.send(&peer::reply(0x40, 1, b"welcome"));
    assert_eq!(connecting.wait(), NtStatus::SUCCESS);
    drop((connector, again));
}
