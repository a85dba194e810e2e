//! WSK's disconnect and close, as the driver uses them: what goes out on the wire, what hangs, what is forced.

use std::net::TcpListener;
use std::sync::mpsc;

use softrnic_emulator::interlude::Moment;
use softrnic_emulator::wsk::{Call, Fault, Pace};
use softrnic_functional::consumer::{Connector, Listener, NtStatus, QpLimits, Request};
use softrnic_functional::peer::{self, Peer, parameters};
use softrnic_functional::raw::{self, Closing, Object};
use softrnic_functional::wire::{Ending, Wire};
use softrnic_functional::{A_WHILE, End, SOON, Stage, at_dispatch, listen};

const FORCED_CLOSED: NtStatus = NtStatus(0xC000_00B6_u32 as i32);

/// A stage whose disconnects are given up after a second.
fn impatient() -> Stage {
    Stage::configured(&[("NetworkDirectDisconnectTimeout", 1)])
}

fn close(end: &mut End) -> Request {
    end.connector.take().expect("connected").close()
}

/// Has another thread close `object` at `moment`; where the close arrives.
fn close_at(stage: &Stage, object: Object, moment: Moment) -> mpsc::Receiver<Closing> {
    let (told, closes) = mpsc::channel();
    let (machine, object) = (stage.machine(), object as usize);
    machine.interlude.plan(moment, move || {
        let closer = std::thread::spawn(move || {
            let _attached = machine.attach();
            told.send(raw::close(object as Object))
        });
        let _told = closer.join();
    });
    closes
}

/// The close came at its moment, and completes.
fn assert_closes(stage: &Stage, closes: &mpsc::Receiver<Closing>, call: &str) {
    assert!(stage.machine().interlude.came(SOON), "{call}");
    let closing = closes.recv_timeout(SOON).expect("the close returns");
    assert!(closing.is_over(SOON), "{call}");
}

/// Sends this message; the driver has seen it when this returns.
fn send_seen(stage: &Stage, peer: &mut Peer, ulpdu: &[u8]) {
    let interlude = &stage.machine().interlude;
    interlude.plan(Moment::Inside("WskReceiveEvent", usize::MAX), || ());
    peer.send(&peer::fpdu(ulpdu));
    assert!(!interlude.came(SOON), "the event has returned");
}

// WSK-HAZ-09, WSK-RX-05, WSK-IRP-05: the receive by which a socket would resume completes inside its call when the socket was
// forced closed just before, and another would too: there is no other.
#[test]
fn a_socket_that_dies_as_it_resumes_is_left_alone() {
    let mut stage = Stage::new();
    // Now and then another DPC is in front, or none is needed: then the address goes when the data has come.
    let (mut met, mut tries) = (0, 0);
    while met < 4 && tries < 40 {
        tries += 1;
        let (active, passive) = stage.connected();
        let interlude = &stage.machine().interlude;
        interlude.plan(Moment::Inside("WskReceiveEvent", usize::MAX), || ());
        active.post_send(1, 0, 64, 0);
        assert!(!interlude.came(SOON), "there is no receive for it");
        let (machine, ip) = (stage.machine(), stage.address(1, 0).ip());
        let adapter = stage.host_mut().take(1);
        let (told, back) = mpsc::channel();
        interlude.plan(Moment::Before("KeInsertQueueDpc"), move || {
            let remover = std::thread::spawn(move || {
                let _attached = machine.attach();
                adapter.remove_address(ip);
                told.send(adapter)
            });
            let _told = remover.join();
        });
        let (say, said) = mpsc::channel();
        let poster = machine.spawn("poster", move || {
            passive.post_receive(1, 0, 64);
            assert!(passive.gone.wait(SOON), "the connection is lost");
            passive.qp.handle().flush();
            let _heard = say.send(passive.received.take(1)[0].status);
        });
        let adapter = back.recv_timeout(SOON).expect("the address goes");
        assert!(
            active.gone.wait(SOON),
            "the post returned, and its socket was closed"
        );
        poster.join().expect("the receive came back");
        match said.recv().expect("the receive came back") {
            NtStatus::CANCELLED => met += 1,
            status => assert_eq!(status, NtStatus::SUCCESS),
        }
        adapter.add_address(ip, 8);
        stage.host_mut().put_back(adapter);
        drop(active);
    }
    assert_eq!(met, 4, "of {tries}");
    drop(stage.connected());
}

// WSK-DIS-02, WSK-DIS-03, WSK-DIS-11, WSK-CLS-06: a graceful disconnect is a FIN each way and no reset, the socket's close
// behind both included; who disconnects first makes no difference, nor whether both do at once.
#[test]
fn a_graceful_end_is_a_fin_each_way() {
    let stage = Stage::new();
    let wire = Wire::of(&stage);
    for ours_first in [true, false] {
        let (mut peer, mut end) = peer::connected(&stage);
        if !ours_first {
            peer.finish();
            assert!(end.gone.wait(SOON));
        }
        let disconnecting = end.disconnect();
        assert_eq!(peer.read_to_end(), Some(Vec::new()), "FIN, no reset");
        if ours_first {
            assert_eq!(disconnecting.wait_for(A_WHILE), None, "WSK-DIS-11");
            peer.finish();
        }
        assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
        assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
        drop(end);
        let mut order = [Ending::OurFin, Ending::TheirFin];
        if !ours_first {
            order.reverse();
        }
        assert_eq!(wire.endings(), order);
    }
    let (active, passive) = stage.connected();
    let (first, second) = (active.disconnect(), passive.disconnect());
    assert_eq!(
        (first.wait(), second.wait()),
        (NtStatus::SUCCESS, NtStatus::SUCCESS)
    );
    drop((active, passive));
    let endings = wire.endings();
    let count = |of| endings.iter().filter(|&&ending| ending == of).count();
    assert_eq!((count(Ending::OurFin), count(Ending::TheirFin)), (2, 2));
    assert_eq!(endings.len(), 4, "{endings:?}");
}

// WSK-DIS-04, WSK-TX-09: all that was posted goes out before the FIN, to a peer that takes its time.
#[test]
fn a_fin_comes_behind_the_data() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    let posts = 6;
    for n in 0..posts {
        end.post_send(n, 0, 1 << 20, 0);
    }
    let disconnecting = end.disconnect();
    assert_eq!(disconnecting.wait_for(A_WHILE), None);
    let bytes = peer.read_to_end().expect("FIN, no reset");
    assert!(bytes.len() > posts << 20, "only {} bytes", bytes.len());
    peer.finish();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
    let done = end.done.take(posts);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
}

// WSK-DIS-04: and so does a Terminate, which waits behind the data of a peer that takes its time.
#[test]
fn a_fin_comes_behind_a_terminate() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    for n in 0..QpLimits::default().initiator_depth as usize {
        end.post_send(n, 0, 1 << 20, 0);
    }
    // A Write to a region that is none.
    send_seen(
        &stage,
        &mut peer,
        &[[0xC1, 0x40].as_slice(), &[7; 28]].concat(),
    );
    let bytes = peer.read_to_end().expect("FIN, no reset");
    let mut rest = bytes.as_slice();
    let mut last = rest;
    while !rest.is_empty() {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        (last, rest) = rest.split_at((2 + length).next_multiple_of(4) + 4);
    }
    assert_eq!(last[2..4], [0x41, 0x47], "a Terminate");
    peer.finish();
    assert!(end.gone.wait(SOON));
}

// WSK-DIS-05, WSK-DIS-13: the connection is half open after our FIN: what the peer still says is received.
#[test]
fn data_comes_after_our_fin() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 64);
    let disconnecting = end.disconnect();
    assert_eq!(peer.read_to_end(), Some(Vec::new()));
    peer.send(&peer::fpdu(&peer::send(2, b"one word more")));
    let received = end.received.take(1)[0];
    assert_eq!(
        (received.status, received.bytes),
        (NtStatus::SUCCESS, 13),
        "before the end"
    );
    peer.finish();
    assert_eq!(disconnecting.wait(), NtStatus::SUCCESS);
}

// WSK-DIS-06: the graceful request of a peer that takes nothing hangs; after its time the socket is closed, which forces it.
// WSK-DIS-07: and so it ends at once for who does not wait: a close aborts, whatever is still to be sent.
#[test]
fn a_hung_disconnect_is_forced() {
    let stage = impatient();
    let wire = Wire::of(&stage);
    for waits in [true, false] {
        let (peer, mut end) = peer::connected(&stage);
        let depth = QpLimits::default().initiator_depth as usize;
        for n in 0..depth {
            end.post_send(n, 0, 1 << 20, 0);
        }
        let disconnecting = end.disconnect();
        let expected = if waits {
            assert_eq!(disconnecting.wait(), NtStatus::IO_TIMEOUT);
            NtStatus::IO_TIMEOUT
        } else {
            assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
            NtStatus::CANCELLED
        };
        assert_eq!(disconnecting.wait(), expected);
        assert_eq!(end.done.take(depth).len(), depth);
        assert_eq!(wire.endings(), [Ending::OurReset]);
        drop((peer, end));
    }
}

// WSK-DIS-06, WSK-DIS-09, WSK-CLS-02: both FINs are through, and the request does not complete: a second disconnect is answered
// without another request, and the close, which the time brings or the consumer, forces the first.
#[test]
fn a_disconnect_that_never_completes_is_forced() {
    let stage = impatient();
    let wsk = &stage.machine().wsk;
    for closes in [true, false] {
        let (mut peer, mut end) = peer::connected(&stage);
        wsk.pace(Call::Disconnect, Pace::Held);
        let first = end.disconnect();
        assert!(wsk.holds(1, SOON));
        let second = end.disconnect();
        assert_eq!(peer.read_to_end(), Some(Vec::new()));
        peer.finish();
        if closes {
            assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
        }
        assert!(!first.wait().is_success());
        assert!(second.wait_for(SOON).is_some());
        assert_eq!((wsk.held(), wsk.heal()), (0, 0));
        drop(end);
    }
}

// WSK-DIS-09: while one request pends, nothing that happens makes another, and it ends as it would have alone.
#[test]
fn a_disconnect_is_asked_for_once() {
    let stage = Stage::new();
    let wire = Wire::of(&stage);
    let wsk = &stage.machine().wsk;
    let (mut peer, end) = peer::connected(&stage);
    wsk.pace(Call::Disconnect, Pace::Held);
    let first = end.disconnect();
    assert!(wsk.holds(1, SOON));
    let second = end.disconnect();
    assert_eq!(peer.read_to_end(), Some(Vec::new()));
    peer.finish();
    assert_eq!(first.wait_for(A_WHILE), None);
    assert_eq!(wsk.release(), 1);
    assert_eq!(first.wait(), NtStatus::SUCCESS);
    assert!(second.wait_for(SOON).is_some());
    drop(end);
    assert_eq!(wire.endings(), [Ending::OurFin, Ending::TheirFin]);
}

// WSK-DIS-10: a reset ends both directions, a FIN one; each is told once, in every state of our own end.
#[test]
fn a_reset_comes_inside_each_end() {
    let stage = impatient();
    for stage_of_end in 0..4 {
        let (mut peer, end) = peer::connected(&stage);
        end.post_receive(1, 0, 64);
        if stage_of_end & 1 != 0 {
            peer.finish();
            assert!(end.gone.wait(SOON));
        }
        let disconnecting = (stage_of_end & 2 != 0).then(|| end.disconnect());
        if disconnecting.is_some() {
            assert_eq!(peer.read_to_end(), Some(Vec::new()));
        }
        peer.reset();
        match disconnecting {
            // Both FINs were through before the reset: what comes afterwards is nobody's business.
            Some(ended) if stage_of_end == 3 => assert!(ended.wait_for(SOON).is_some()),
            Some(lost) => assert_eq!(lost.wait(), NtStatus::CONNECTION_ABORTED),
            None => assert!(end.gone.wait(SOON)),
        }
        let flushed = end.received.take(1)[0];
        assert_eq!(flushed.status, NtStatus::CANCELLED, "case {stage_of_end}");
        let events = usize::from(stage_of_end != 2);
        assert_eq!(end.gone.count(), events, "case {stage_of_end}");
    }
}

// WSK-DIS-12, WSK-RX-05, WSK-RX-06, WSK-RX-08: what the peer sent before its FIN is delivered, though only the first of it could
// be taken when it came.
#[test]
fn data_before_the_fin_is_not_lost() {
    let stage = Stage::new();
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(0, 0, 64);
    let messages = (0..4).flat_map(|n| peer::fpdu(&peer::send(2 + n, b"patience")));
    peer.send(&messages.collect::<Vec<u8>>());
    peer.finish();
    assert_eq!(end.received.take(1)[0].bytes, 8);
    assert!(!end.gone.wait(A_WHILE), "the FIN is behind the data");
    for n in 1..4 {
        end.post_receive(n, 64 * n, 64);
    }
    let received = end.received.take(3);
    assert!(received.iter().all(|done| done.bytes == 8), "{received:?}");
    assert_eq!(end.buffer.read(3 * 64, 8), b"patience");
    assert!(end.gone.wait(SOON));
}

/// What is said of a request that WSK forces the end of.
fn is_a_loss(status: NtStatus) -> bool {
    [NtStatus::CONNECTION_ABORTED, NtStatus::CANCELLED].contains(&status)
}

// WSK-SOCK-12, WSK-DIS-08, WSK-IRP-04: STATUS_FILE_FORCED_CLOSED at every call of a connect; the socket is closed and nothing
// else done with it.
#[test]
fn a_socket_may_be_forced_closed_while_it_opens() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let (client, server) = (stage.open(0), stage.open(1));
    let (listening, _incoming) = listen(&server, stage.address(1, 0));
    let end = End::new(&client, QpLimits::default());
    let to = listening.local_address().expect("listening");
    let from = stage.address(0, 0);
    for call in [Call::Bind, Call::Connect, Call::GetLocalAddress] {
        let forced = Fault::of(call, FORCED_CLOSED.0);
        for forced in [forced, forced.pended()] {
            wsk.fail(forced);
            let mut connector = Connector::new(&client).expect("made");
            let connecting = connector.connect(&end.qp, from, to, &parameters(b""));
            assert!(is_a_loss(connecting.wait()), "{forced:?}");
            assert_eq!(connector.close().wait(), NtStatus::SUCCESS);
            assert_eq!(wsk.heal(), 0, "{forced:?}");
        }
    }
    for call in [Call::ControlSocket, Call::Bind, Call::GetLocalAddress] {
        wsk.fail(Fault::of(call, FORCED_CLOSED.0));
        let listener = Listener::new(&server, drop).expect("made");
        assert!(!listener.listen(stage.address(1, 0)).wait().is_success());
        assert_eq!(listener.close().wait(), NtStatus::SUCCESS);
        assert_eq!(wsk.heal(), 0, "{call:?}");
    }
}

// WSK-SOCK-12, WSK-DIS-08, WSK-TX-04: and at every call of a connection: who asked hears of the end, and all closes.
#[test]
fn a_connection_may_be_forced_closed_at_any_call() {
    let stage = impatient();
    let wsk = &stage.machine().wsk;
    for call in [Call::Send, Call::Disconnect, Call::Receive] {
        let forced = Fault::of(call, FORCED_CLOSED.0);
        for forced in [forced, forced.pended()] {
            let (mut peer, mut end) = peer::connected(&stage);
            if call == Call::Receive {
                // There is no receive for it.
                send_seen(&stage, &mut peer, &peer::send(2, &[7; 64]));
            }
            wsk.fail(forced);
            let status = match call {
                Call::Disconnect => end.disconnect().wait(),
                Call::Send => {
                    end.post_long(1);
                    end.done.take(1)[0].status
                }
                _ => {
                    end.post_receive(2, 0, 8);
                    end.received.take(1)[0].status
                }
            };
            assert!(is_a_loss(status), "{forced:?}: {status}");
            assert_eq!(wsk.heal(), 0, "{forced:?}");
            assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
        }
    }
}

// WSK-TX-04: a send that says that it sent less than all has broken the stream.
#[test]
fn a_short_send_ends_the_connection() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let (mut peer, end) = peer::connected(&stage);
    end.post_receive(1, 0, 64);
    wsk.fail(Fault::of(Call::Send, NtStatus::SUCCESS.0));
    end.post_long(2);
    assert_eq!(end.done.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert!(end.gone.wait(SOON));
    // What came out before it is no message.
    let _bytes = peer.read_to_end();
}

// WSK-CLS-06, WSK-CLS-07, WSK-RX-10: a connection that is closed as it is is reset, and nothing of WSK's is kept then.
#[test]
fn a_close_alone_is_a_reset() {
    let stage = Stage::new();
    let wire = Wire::of(&stage);
    let (mut peer, mut end) = peer::connected(&stage);
    peer.send(&peer::fpdu(&peer::send(2, &[7; 1000])));
    assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
    assert!(peer.is_left());
    assert_eq!(wire.endings(), [Ending::OurReset]);
    // Half closed by the peer, and by us.
    let (peer, mut end) = peer::connected(&stage);
    peer.finish();
    assert!(end.gone.wait(SOON));
    assert_eq!(close(&mut end).wait(), NtStatus::SUCCESS);
    assert_eq!(wire.endings(), [Ending::TheirFin, Ending::OurReset]);
}

// WSK-CLS-01, WSK-CLS-04, WSK-CLS-08: another processor closes the connector at the moment at which WSK is called: the socket is
// closed when that call is out of it, and not used afterwards.
#[test]
fn a_close_waits_for_the_calls_in_the_socket() {
    let stage = Stage::new();
    for call in ["WskSend", "WskDisconnect", "WskReceive"] {
        let (mut peer, mut end) = peer::connected(&stage);
        if call == "WskReceive" {
            // There is no receive for it.
            send_seen(&stage, &mut peer, &peer::send(2, &[7; 64]));
        }
        let mut connector = end.connector.take().expect("connected");
        let closes = close_at(&stage, connector.raw().cast(), Moment::Before(call));
        connector.is_closed_already();
        match call {
            "WskSend" => end.post_send(1, 0, 64, 0),
            "WskDisconnect" => end.qp.handle().flush(),
            _ => end.post_receive(1, 0, 64),
        }
        assert_closes(&stage, &closes, call);
    }
}

// WSK-CLS-01, WSK-CLS-04, WSK-CLS-05: the same while the socket opens; before there is one, it is closed as soon as there is.
#[test]
fn a_close_waits_for_the_steps_of_opening() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let host = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = host.local_addr().expect("bound");
    let steps = [
        "WskSocket",
        "WskControlSocket",
        "WskBind",
        "WskGetLocalAddress",
    ];
    for call in steps.into_iter().chain(["WskConnect"]) {
        let mut connector = Connector::new(&end.adapter).expect("made");
        let closes = close_at(&stage, connector.raw().cast(), Moment::Before(call));
        // The steps begin when the call has returned (NDK-LIFE-11).
        let connecting =
            at_dispatch(|| connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b"")));
        connector.is_closed_already();
        assert_closes(&stage, &closes, call);
        assert_eq!(connecting.wait(), NtStatus::CANCELLED, "{call}");
    }
    for call in steps {
        let listener = Listener::new(&end.adapter, drop).expect("made");
        let closes = close_at(&stage, listener.raw().cast(), Moment::Before(call));
        let listening = at_dispatch(|| listener.listen(stage.address(0, 0)));
        listener.is_closed_already();
        assert_closes(&stage, &closes, call);
        assert!(listening.wait_for(SOON).is_some(), "{call}");
    }
}

// WSK-CLS-05: a socket that failed in any step is closed once; one that was never made is not.
#[test]
fn sockets_that_failed_are_closed_too() {
    let stage = Stage::new();
    let wsk = &stage.machine().wsk;
    let end = End::new(&stage.open(0), QpLimits::default());
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let to = listener.local_addr().expect("bound");
    let steps = [
        Call::Socket,
        Call::ControlSocket,
        Call::Bind,
        Call::Connect,
        Call::GetLocalAddress,
    ];
    for (call, pace) in steps
        .into_iter()
        .zip([Pace::Prompt, Pace::Soon].into_iter().cycle())
    {
        wsk.fail(Fault::of(call, NtStatus::INSUFFICIENT_RESOURCES.0));
        wsk.pace(Call::CloseSocket, pace);
        let mut connector = Connector::new(&end.adapter).expect("made");
        let connecting = connector.connect(&end.qp, stage.address(0, 0), to, &parameters(b""));
        // Keep-alive is a wish: the peer is met, and refuses.
        if call == Call::ControlSocket {
            drop(Peer::accept(&listener));
            drop(Peer::accept(&listener));
        }
        assert!(!connecting.wait().is_success(), "{call:?}");
        assert_eq!(connector.close().wait(), NtStatus::SUCCESS, "{call:?}");
        let _unused = wsk.heal();
    }
}
