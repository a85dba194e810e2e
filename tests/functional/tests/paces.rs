//! Every request of WSK completes inside its call, soon after, or so late that its socket is closed first; the driver is the
//! same for each.

use std::net::TcpListener;
use std::sync::mpsc;

use softrnic_emulator::wsk::{self, Call, Fault, Pace};
use softrnic_functional::consumer::{
    Connector, Listener, NtStatus, QpLimits, Request, SharedEndpoint,
};
use softrnic_functional::peer::{self, Peer, parameters};
use softrnic_functional::{A_WHILE, End, SOON, Stage, join};

/// What opens a socket, in order.
const STEPS: [Call; 4] = [
    Call::Socket,
    Call::ControlSocket,
    Call::Bind,
    Call::GetLocalAddress,
];

/// Too much for one send.
const LARGE: usize = 1 << 19;

fn at(pace: Pace) -> Stage {
    Stage::over(wsk::Options {
        pace,
        ..wsk::Options::default()
    })
}

/// A life of everything that has sockets: connections of both kinds, messages, both ends of a disconnect, failures.
fn live(stage: &Stage) {
    let limits = QpLimits::default();
    let (client, server) = (stage.open(0), stage.open(1));
    for round in 0..4 {
        let (mut active, mut passive) = (End::new(&client, limits), End::new(&server, limits));
        join(
            &mut active,
            &mut passive,
            stage.address(0, 0),
            stage.address(1, 0),
        );
        for n in 0..8 {
            passive.post_receive(n, n * 4096, 4096);
            active.post_send(n, 0, 4000, 0);
            active.post_write(n, &passive, 1 << 19, 50_000);
            active.post_read(n, &passive, 1 << 19, 50_000);
        }
        assert!(
            active
                .done
                .take(24)
                .iter()
                .all(|done| done.status == NtStatus::SUCCESS)
        );
        assert_eq!(passive.received.take(8).len(), 8);
        if round % 2 == 0 {
            let (first, second) = (active.disconnect(), passive.disconnect());
            assert_eq!(
                (first.wait(), second.wait()),
                (NtStatus::SUCCESS, NtStatus::SUCCESS)
            );
        }
    }
    // A port that is taken, of each kind of socket.
    let shared = SharedEndpoint::new(&client, stage.address(0, 0)).expect("made");
    let taken = shared.local_address().expect("bound");
    let listener = Listener::new(&client, drop).expect("made");
    assert!(!listener.listen(taken).wait().is_success());
    let end = End::new(&client, limits);
    let mut connector = Connector::new(&client).expect("made");
    let refused = connector.connect(&end.qp, taken, stage.address(1, 9), &parameters(b""));
    assert!(!refused.wait().is_success());
    assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
}

// WSK-IRP-01, WSK-IRP-02, WSK-IRP-04, WSK-IRP-05, WSK-IRP-06, WSK-IRP-08, WSK-SOCK-01, WSK-SOCK-02, WSK-SOCK-04, WSK-SOCK-05,
// WSK-SOCK-06, WSK-SOCK-08, WSK-OPT-01: whatever can complete inside its call does.
#[test]
fn everything_completes_inside_its_call() {
    let stage = at(Pace::Prompt);
    live(&stage);
    let prompted = stage.machine().wsk.prompted();
    assert!(prompted > 20, "only {prompted} requests");
}

// WSK-IRP-04, WSK-IRP-06, WSK-IRP-10: nothing does; some take their time.
#[test]
fn everything_completes_later() {
    for pace in [Pace::Soon, Pace::Held] {
        live(&at(pace));
    }
}

/// Holds `call`, has `begin` make it, and closes what `begin` made with `close` while it is held. The creation of a socket
/// alone keeps the close, until it is released.
fn closed_while_held<T>(
    stage: &Stage,
    call: Call,
    begin: impl FnOnce() -> T,
    close: impl FnOnce(&mut T) -> Request,
) -> T {
    let wsk = &stage.machine().wsk;
    wsk.pace(call, Pace::Held);
    let mut begun = begin();
    assert!(wsk.holds(1, SOON), "{call:?}");
    let closing = close(&mut begun);
    if call == Call::Socket {
        assert_eq!(closing.wait_for(A_WHILE), None, "WSK still has its request");
        assert_eq!(wsk.release(), 1);
    }
    assert_eq!(closing.wait_for(SOON), Some(NtStatus::SUCCESS), "{call:?}");
    assert_eq!((wsk.held(), wsk.heal()), (0, 0), "{call:?}");
    begun
}

// WSK-CLS-02, WSK-CLS-08, WSK-DIS-01, WSK-IRP-04: a socket is closed while a step of its opening is under way: the step completes first, with
// whatever came of it.
#[test]
fn a_connect_is_closed_in_each_step() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let host = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = host.local_addr().expect("bound");
    let from = stage.address(0, 0);
    for call in STEPS.into_iter().chain([Call::Connect]) {
        let begin = || {
            let mut connector = Connector::new(&end.adapter).expect("made");
            let connecting = connector.connect(&end.qp, from, to, &parameters(b""));
            (connector, connecting)
        };
        let (_, connecting) =
            closed_while_held(&stage, call, begin, |(connector, _)| connector.close());
        assert_eq!(connecting.wait(), NtStatus::CANCELLED, "{call:?}");
    }
}

// WSK-CLS-02, WSK-CLS-08: listeners, too.
#[test]
fn a_listen_is_closed_in_each_step() {
    let stage = Stage::new();
    let adapter = stage.open(0);
    for call in STEPS {
        let begin = || {
            let listener = Listener::new(&adapter, drop).expect("made");
            let listening = listener.listen(stage.address(0, 0));
            (listener, listening)
        };
        let (_, listening) =
            closed_while_held(&stage, call, begin, |(listener, _)| listener.close());
        assert_eq!(listening.wait(), NtStatus::CANCELLED, "{call:?}");
    }
}

// WSK-TX-01, WSK-TX-05, WSK-TX-07, WSK-CLS-02: a send is held for long: others go out behind it; what it sends was received, and its memory stays the request's,
// until the request completes, or the close forces it.
#[test]
fn a_send_is_held() {
    // Frames of this size are sent from where they are.
    let stage = Stage::configured(&[("*JumboPacket", 65_549)]);
    let wsk = &stage.machine().wsk;
    for forced in [false, true] {
        let (mut peer, mut end) = peer::connected(&stage);
        wsk.pace(Call::Send, Pace::Held);
        end.post_send(1, 0, LARGE, 0);
        let _received = peer.read(LARGE);
        assert!(wsk.holds(1, SOON));
        assert!(!end.done.wait_for(1, A_WHILE), "TCP may still read it");
        if forced {
            let closing = end.connector.take().expect("connected").close();
            assert_eq!(closing.wait(), NtStatus::SUCCESS);
        } else {
            assert_eq!(wsk.release(), 1);
        }
        assert_eq!(end.done.take(1).len(), 1);
    }
}

// WSK-RX-01, WSK-RX-05, WSK-RX-08: the receive that lets events come again is held: nothing comes meanwhile, all of it afterwards; or the end.
#[test]
fn a_resumption_is_held() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    for ends in [false, true] {
        let (mut peer, mut end) = peer::connected(&stage);
        wsk.pace(Call::Receive, Pace::Held);
        peer.send(&peer::fpdu(&peer::send(2, b"held back")));
        assert!(!end.received.wait_for(1, A_WHILE));
        end.post_receive(1, 0, 64);
        assert!(wsk.holds(1, SOON));
        if ends {
            let closing = end.connector.take().expect("connected").close();
            assert_eq!(closing.wait(), NtStatus::SUCCESS);
            assert_eq!(wsk.held(), 0);
        } else {
            assert_eq!(wsk.release(), 1);
        }
        assert_eq!(end.received.take(1).len(), 1);
    }
}

// WSK-TX-08: what a peer that acknowledges nothing can hold is bounded, however much is posted.
#[test]
fn a_silent_peer_holds_few_sends() {
    const MOST: usize = 8;
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let (mut peer, end) = peer::connected(&stage);
    for _ in 0..3 * MOST {
        wsk.pace(Call::Send, Pace::Held);
    }
    for n in 0..4 * MOST {
        end.post_send(n, 0, LARGE, 0);
    }
    let reader = std::thread::spawn(move || peer.read_to_end());
    assert!(wsk.holds(MOST, SOON));
    std::thread::sleep(A_WHILE);
    assert_eq!(wsk.held(), MOST, "what is outstanding");
    assert_ne!(wsk.heal(), 0);
    drop(end);
    let _bytes = reader.join().expect("the peer reads");
}

// WSK-CLS-05, WSK-CLS-08, WSK-SOCK-03, NDK-LIFE-15: the close itself takes its time: the connector's waits for it, with all its memory.
#[test]
fn a_close_is_held() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let (_peer, mut end) = peer::connected(&stage);
    wsk.pace(Call::CloseSocket, Pace::Held);
    let closing = end.connector.take().expect("connected").close();
    assert!(wsk.holds(1, SOON));
    assert_eq!(closing.wait_for(A_WHILE), None);
    assert_eq!(wsk.release(), 1);
    assert_eq!(closing.wait(), NtStatus::SUCCESS);
}

// WSK-IRP-12, WSK-CLS-02: a completion and the close of its socket come at the same moment, on two processors.
#[test]
fn completions_race_with_closes() {
    let stage = Stage::new();
    let (machine, from) = (stage.machine(), stage.address(0, 0));
    let end = End::new(&stage.open(0), QpLimits::default());
    let host = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = host.local_addr().expect("bound");
    let (go, gone) = mpsc::channel::<u64>();
    let (done, over) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for turns in gone {
                for _ in 0..turns {
                    std::hint::spin_loop();
                }
                let _ended = done.send(machine.wsk.release());
            }
        });
        for round in 0..200 {
            let calls = [
                Call::Bind,
                Call::Connect,
                Call::Socket,
                Call::GetLocalAddress,
            ];
            machine.wsk.pace(calls[round % 4], Pace::Held);
            let mut connector = Connector::new(&end.adapter).expect("made");
            let connecting = connector.connect(&end.qp, from, to, &parameters(b""));
            assert!(machine.wsk.holds(1, SOON));
            go.send(round as u64 * 37 % 1500).expect("the other lives");
            let closing = connector.close();
            assert_eq!(closing.wait_for(SOON), Some(NtStatus::SUCCESS));
            assert_eq!(connecting.wait(), NtStatus::CANCELLED);
            assert!(over.recv().expect("the other lives") <= 1);
            // The host keeps only so many that nobody accepts.
            while Peer::accept_now(&host).is_some() {}
        }
        drop(go);
    });
}

// WSK-IRP-04, WSK-IRP-06: a failure, too, may take its time.
#[test]
fn a_failure_is_held() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let end = End::new(&stage.open(0), QpLimits::default());
    let host = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = host.local_addr().expect("bound");
    for call in [
        Call::Socket,
        Call::Bind,
        Call::Connect,
        Call::GetLocalAddress,
    ] {
        wsk.fail(Fault::of(call, NtStatus::INSUFFICIENT_RESOURCES.0));
        wsk.pace(call, Pace::Held);
        let mut connector = Connector::new(&end.adapter).expect("made");
        let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b""));
        assert!(wsk.holds(1, SOON), "{call:?}");
        assert_eq!(connecting.wait_for(A_WHILE), None, "{call:?}");
        assert_eq!(wsk.release(), 1);
        assert_eq!(
            connecting.wait(),
            NtStatus::INSUFFICIENT_RESOURCES,
            "{call:?}"
        );
        assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
    }
}
