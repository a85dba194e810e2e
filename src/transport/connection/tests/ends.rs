//! Every way a connection ends.

use super::*;

fn disconnect(end: &mut End) {
    end.input(|connection, around| connection.disconnect(around));
}

fn close(end: &mut End) {
    end.input(|connection, around| connection.close(around));
}

/// Closes an end as what its peer has sent has come, before it hears what that was.
fn close_as_it_comes(end: &mut End, peer: &End) {
    let bytes: Vec<u8> = peer.link.0.borrow_mut().stream.drain(..).collect();
    assert!(!bytes.is_empty());
    end.input(|connection, around| {
        assert_eq!(connection.received(&bytes), bytes.len());
        connection.close(around);
    });
}

// NDK-DISC-01, NDK-DISC-05, NDK-DISC-08, NDK-DISC-09
// RFC5041-3-10, RFC5041-6.2-2.
#[test]
fn graceful_disconnect_needs_both_sides() {
    let mut pair = Pair::ready(1448);
    pair.active.post_receive(1, &[]);
    pair.passive.post_receive(2, &[]);
    disconnect(&mut pair.active);
    pair.run();
    assert_eq!(pair.active.log.take(), [""; 0]);
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
    assert_eq!(pair.passive.completions(), []);
    disconnect(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
    assert_eq!(pair.passive.log.take(), ["disconnect Ok(())"]);
    // NDK-DISC-02
    assert_eq!(
        pair.active.completions(),
        [(1, Kind::Receive, Status::Cancelled, 0)]
    );
    assert_eq!(
        pair.passive.completions(),
        [(2, Kind::Receive, Status::Cancelled, 0)]
    );
    close(&mut pair.active);
    close(&mut pair.passive);
    assert_eq!(
        (pair.active.log.take(), pair.passive.log.take()),
        (vec!["closed".into()], vec!["closed".into()])
    );
}

// NDK-DISC-15
#[test]
fn simultaneous_disconnects_both_succeed() {
    let mut pair = Pair::ready(1448);
    disconnect(&mut pair.active);
    disconnect(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
    assert_eq!(pair.passive.log.take(), ["disconnect Ok(())"]);
}

// NDK-DISC-10
#[test]
fn what_was_sent_before_the_disconnect_arrives_first() {
    let mut pair = Pair::ready(1448);
    pair.passive.post_receive(1, &[]);
    pair.active.post(2, Op::Send, Flags::empty(), &[]);
    disconnect(&mut pair.active);
    pair.run();
    assert_eq!(
        pair.passive.completions(),
        [(1, Kind::Receive, Status::Ok, 0)]
    );
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
}

// NDK-DISC-15, NDK-DISC-10: whoever's last word is longer.
#[test]
fn what_crosses_a_disconnect_still_arrives() {
    for (there, back) in [(10, 60_000), (60_000, 10), (60_000, 60_000)] {
        let mut pair = Pair::ready(1448);
        pair.piece = 1000;
        for (end, length) in [(&mut pair.active, there), (&mut pair.passive, back)] {
            let (to, _) = end.region(vec![0; 60_000], Access::LOCAL_WRITE);
            let (from, _) = end.region(vec![1; 60_000], Access::empty());
            end.post_receive(1, &[sge(to, 0, 60_000)]);
            end.post(2, Op::Send, Flags::SILENT, &[sge(from, 0, length)]);
            disconnect(end);
        }
        pair.run();
        let received = |length| [(1, Kind::Receive, Status::Ok, length)];
        assert_eq!(pair.active.completions(), received(back));
        assert_eq!(pair.passive.completions(), received(there));
        assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
        assert_eq!(pair.passive.log.take(), ["disconnect Ok(())"]);
    }
}

// NDK-POST-33, NDK-POST-09: it waits for a receive only as long as one may come.
#[test]
fn a_message_without_a_receive_does_not_hold_up_a_disconnect() {
    let mut pair = Pair::ready(1448);
    let (sink, memory) = pair.active.region(vec![0; 10], Access::LOCAL_WRITE);
    let (source, _) = pair.passive.region(vec![1; 10], Access::REMOTE_READ);
    pair.passive.post(1, Op::Send, Flags::SILENT, &[]);
    pair.run();
    // Its answer comes behind the message.
    let peer = Remote {
        address: BASE,
        token: source,
    };
    pair.active
        .post(2, Op::Read(peer), Flags::empty(), &[sge(sink, 0, 10)]);
    pair.run();
    assert_eq!(pair.active.completions(), []);
    disconnect(&mut pair.active);
    pair.run();
    assert_eq!(pair.active.completions(), [(2, Kind::Read, Status::Ok, 0)]);
    assert_eq!(memory.0.borrow()[..], [1; 10]);
    disconnect(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
}

// NDK-DISC-13, NDK-DISC-03
#[test]
fn disconnect_from_a_silent_peer_times_out() {
    let mut pair = Pair::ready(1448);
    disconnect(&mut pair.active);
    pair.run();
    pair.wait(11 * SECOND);
    assert_eq!(pair.active.log.take(), ["disconnect Err(TimedOut)"]);
    assert_eq!(pair.active.phase(), Phase::Over);
}

// NDK-DISC-11
#[test]
fn close_of_a_live_connection_aborts_it() {
    let mut pair = Pair::ready(1448);
    pair.active.post_receive(1, &[]);
    pair.passive.post_receive(2, &[]);
    close(&mut pair.active);
    pair.run();
    assert_eq!(pair.active.log.take(), ["closed"]);
    assert_eq!(
        pair.active.completions(),
        [(1, Kind::Receive, Status::Cancelled, 0)]
    );
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
    assert_eq!(
        pair.passive.completions(),
        [(2, Kind::Receive, Status::Cancelled, 0)]
    );
    close(&mut pair.passive);
    assert_eq!(pair.passive.log.take(), ["closed"]);
}

// NDK-CON-21
// RFC5044-7.1.2-6.
#[test]
fn reject_reaches_the_peer_with_its_private_data() {
    let mut pair = Pair::new(1448);
    pair.open();
    pair.passive
        .input(|connection, around| connection.reject(b"no", around));
    close(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["connect Err(Refused)"]);
    assert_eq!(*pair.active.log.1.borrow(), b"no");
    assert_eq!(pair.active.qp.pair.state(), State::Idle);
    close(&mut pair.active);
    pair.run();
    pair.wait(3 * SECOND);
    assert_eq!(pair.active.log.take(), ["closed"]);
    assert_eq!(pair.passive.log.take(), ["closed"]);
}

// One peer looks at a FIN before the bytes that came in the same segment, and then knows no reason.
#[test]
fn a_refusal_is_ended_when_it_has_arrived() {
    let mut pair = Pair::new(1448);
    pair.open();
    pair.passive
        .input(|connection, around| connection.reject(b"no", around));
    close(&mut pair.passive);
    assert!(!pair.passive.link.0.borrow().unacknowledged.is_empty());
    assert!(!pair.passive.link.0.borrow().fin);
    pair.run();
    assert!(pair.passive.link.0.borrow().fin);
    assert_eq!(*pair.active.log.1.borrow(), b"no");
}

// NDK-CON-05: as of a listener that is out of room.
#[test]
fn a_request_there_is_no_room_for_is_heard_of_by_nobody() {
    let mut pair = Pair::new(1448);
    pair.passive.log.5.set(true);
    pair.ask();
    assert_eq!(pair.passive.log.take(), ["closed"]);
    // It asks once more, as if it had not been understood.
    assert_eq!(pair.active.phase(), Phase::Connecting);
}

#[test]
fn an_answer_there_is_no_room_for_fails_the_connect() {
    for accept in [true, false] {
        let mut pair = Pair::new(1448);
        pair.active.log.5.set(true);
        pair.open();
        match accept {
            true => pair.accept(),
            false => pair
                .passive
                .input(|connection, around| connection.reject(b"no", around)),
        }
        pair.run();
        assert_eq!(pair.active.log.take(), ["connect Err(NoResources)"]);
        assert_eq!(pair.active.qp.pair.state(), State::Idle);
        close(&mut pair.active);
        close(&mut pair.passive);
        pair.run();
        assert_eq!(pair.active.log.take(), ["closed"]);
        assert_eq!(pair.passive.log.take().last().unwrap(), "closed");
    }
}

// NDK-CON-22
#[test]
fn close_without_an_answer_is_a_reject() {
    let mut pair = Pair::new(1448);
    pair.open();
    close(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["connect Err(Refused)"]);
}

// NDK-CON-26
#[test]
fn close_while_connecting_is_seen_by_the_accepting_side() {
    let mut pair = Pair::new(1448);
    pair.open();
    close(&mut pair.active);
    pair.run();
    assert_eq!(pair.active.log.take(), ["connect Err(Cancelled)", "closed"]);
    pair.accept();
    assert_eq!(pair.passive.log.take(), ["accept Err(Aborted)"]);
    close(&mut pair.passive);
    pair.run();
    assert_eq!(pair.passive.log.take(), ["closed"]);
}

// NDK-CON-02
#[test]
fn accept_waits_for_the_completion_and_not_for_ever() {
    let mut pair = Pair::new(1448);
    pair.open();
    pair.accept();
    assert_eq!(pair.passive.log.take(), [""; 0]);
    pair.wait(61 * SECOND);
    assert_eq!(pair.passive.log.take(), ["accept Err(TimedOut)"]);
}

#[test]
fn a_refused_tcp_connect_leaves_the_queue_pair_as_before() {
    let mut pair = Pair::new(1448);
    let queues = pair.active.begin();
    pair.active.input(|connection, around| {
        connection.connect(
            around.now(),
            PORT,
            Said::nothing(),
            ReadLimits::default(),
            queues,
        )
    });
    pair.active
        .input(|connection, around| connection.connected(Err(Failure::HostUnreachable), around));
    assert_eq!(pair.active.log.take(), ["connect Err(HostUnreachable)"]);
    assert_eq!(pair.active.qp.pair.state(), State::Idle);
}

// NDK-FLUSH-01, NDK-FLUSH-03, NDK-FLUSH-09
#[test]
fn flush_brings_everything_back_in_order() {
    let mut pair = Pair::ready(1448);
    let (sink, _) = pair.active.region(vec![0; 10], Access::LOCAL_WRITE);
    let (source, _) = pair.passive.region(vec![0; 10], Access::REMOTE_READ);
    pair.active.post_receive(1, &[]);
    pair.active.post_receive(2, &[]);
    let peer = Remote {
        address: BASE,
        token: source,
    };
    for n in 3..10 {
        pair.active
            .post(n, Op::Read(peer), Flags::SILENT, &[sge(sink, 0, 10)]);
    }
    pair.active
        .input(|connection, around| connection.flush(around.now()));
    let all: Vec<_> = pair
        .active
        .completions()
        .iter()
        .map(|done| (done.0, done.2))
        .collect();
    assert_eq!(
        all,
        (1..10).map(|n| (n, Status::Cancelled)).collect::<Vec<_>>()
    );
    assert_eq!(pair.active.qp.pair.state(), State::Error);
    // NDK-POST-09
    pair.active.post_receive(11, &[]);
    assert_eq!(
        pair.active.completions(),
        [(11, Kind::Receive, Status::Cancelled, 0)]
    );
    pair.run();
    close(&mut pair.active);
    pair.run();
    assert!(pair.active.log.take().contains(&"closed".to_owned()));
}

// NDK-DISC-12: the peer's request with a bad token brings the connection down on both sides.
// RFC5040-6.2.1-2, RFC5040-7-3, RFC5040-7.1-1, RFC5041-6.2.2-2.
#[test]
fn a_write_to_a_wrong_token_ends_the_connection() {
    let mut pair = Pair::ready(1448);
    let (source, _) = pair.active.region(vec![0; 10], Access::empty());
    pair.active.post_receive(5, &[]);
    let nowhere = Remote {
        address: BASE,
        token: Stag(0x1234_5678),
    };
    pair.active
        .post(1, Op::Write(nowhere), Flags::empty(), &[sge(source, 0, 10)]);
    pair.run();
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
    assert_eq!(pair.active.log.take(), ["disconnected"]);
    let done = pair.active.completions();
    assert!(
        done.contains(&(5, Kind::Receive, Status::Cancelled, 0)),
        "{done:?}"
    );
    assert_eq!(pair.active.phase(), Phase::Over);
    assert_eq!(pair.passive.phase(), Phase::Over);
}

// NDK-POST-32
#[test]
fn a_message_too_long_fails_its_receive() {
    let mut pair = Pair::ready(1448);
    let (source, _) = pair.active.region(vec![0; 20], Access::empty());
    let (sink, _) = pair.passive.region(vec![0; 20], Access::LOCAL_WRITE);
    pair.passive.post_receive(1, &[sge(sink, 0, 10)]);
    pair.passive.post_receive(2, &[sge(sink, 0, 10)]);
    pair.active
        .post(3, Op::Send, Flags::empty(), &[sge(source, 0, 20)]);
    pair.run();
    let expected = [
        (1, Kind::Receive, Status::BufferOverflow, 0),
        (2, Kind::Receive, Status::Cancelled, 0),
    ];
    assert_eq!(pair.passive.completions(), expected);
}

// NDK-MR-07: nothing of it is sent.
#[test]
fn a_local_token_that_is_wrong_fails_its_request() {
    let mut pair = Pair::ready(1448);
    pair.active
        .post(1, Op::Send, Flags::SILENT, &[sge(Stag(99), 0, 10)]);
    pair.run();
    assert_eq!(
        pair.active.completions(),
        [(1, Kind::Send, Status::AccessViolation, 0)]
    );
    assert_eq!(pair.active.log.take(), ["disconnected"]);
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
}

// NDK-CQ-20
// RFC5040-8.1.1-10, RFC5042-6.4.6-1.
#[test]
fn an_overrun_completion_queue_ends_the_connection() {
    let mut pair = Pair::ready(1448);
    pair.passive.qp.room.set(0);
    pair.passive.post_receive(1, &[]);
    pair.active.post(2, Op::Send, Flags::empty(), &[]);
    pair.run();
    assert_eq!(pair.active.log.take(), ["disconnected"]);
}

// NDK-FLUSH-04: the link is closed before a write it still reads from comes back.
#[test]
fn a_send_in_place_comes_back_after_the_link_let_go() {
    let mut pair = Pair::ready(64_768);
    let (source, _) = pair.active.region(vec![0; 40_000], Access::empty());
    let (target, _) = pair
        .passive
        .region(vec![0; 40_000], Access::LOCAL_WRITE | Access::REMOTE_WRITE);
    pair.acknowledge = false;
    let peer = Remote {
        address: BASE,
        token: target,
    };
    pair.active.post(
        1,
        Op::Write(peer),
        Flags::empty(),
        &[sge(source, 0, 40_000)],
    );
    pair.active
        .input(|connection, around| connection.close(around));
    assert_eq!(pair.active.completions(), []);
    pair.run();
    assert_eq!(
        pair.active.completions(),
        [(1, Kind::Write, Status::Cancelled, 0)]
    );
    assert_eq!(pair.active.log.take(), ["closed"]);
}

// NDK-CON-29, NDK-DISC-06
#[test]
fn a_reset_right_after_set_up_is_told_after_it_and_once() {
    let mut pair = Pair::new(1448);
    pair.open();
    pair.accept();
    pair.active
        .input(|connection, around| connection.complete(around));
    close(&mut pair.active);
    pair.run();
    let log = pair.passive.log.take();
    assert!(
        log == ["accept Ok(())", "disconnected"] || log == ["accept Err(Aborted)"],
        "{log:?}"
    );
    pair.passive.input(|connection, _| connection.reset());
    assert_eq!(pair.passive.log.take(), [""; 0]);
}

// NDK-POST-05: the post saw a live connection, its doorbell rings after the end.
#[test]
fn a_post_that_races_with_the_end_comes_back() {
    let mut pair = Pair::ready(1448);
    close(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.phase(), Phase::Over);
    pair.active.completions();
    pair.active.post(7, Op::Send, Flags::SILENT, &[]);
    pair.active.post_receive(8, &[]);
    let back: Vec<_> = pair
        .active
        .completions()
        .iter()
        .map(|done| (done.0, done.2))
        .collect();
    assert_eq!(back, [(7, Status::Cancelled), (8, Status::Cancelled)]);
}

// NDK-DISC-05: a flush is no disconnect; the peer's answer to its FIN is told.
#[test]
fn after_a_flush_the_peers_disconnect_is_told_and_a_disconnect_succeeds() {
    let mut pair = Pair::ready(1448);
    pair.active
        .input(|connection, around| connection.flush(around.now()));
    pair.run();
    assert_eq!(pair.passive.log.take(), ["disconnected"]);
    disconnect(&mut pair.passive);
    pair.run();
    assert_eq!(pair.passive.log.take(), ["disconnect Ok(())"]);
    assert_eq!(pair.active.log.take(), ["disconnected"]);
    disconnect(&mut pair.active);
    assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
}

#[test]
fn a_disconnect_after_a_flush_waits_for_the_peer() {
    let mut pair = Pair::ready(1448);
    pair.active
        .input(|connection, around| connection.flush(around.now()));
    disconnect(&mut pair.active);
    pair.run();
    assert_eq!(pair.active.log.take(), [""; 0]);
    disconnect(&mut pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
}

// RFC 5040 section 4.8, NDK-DISC-12: a later read may fail before an earlier one is answered.
#[test]
fn the_read_that_a_terminate_quotes_is_the_one_that_failed() {
    let mut pair = Pair::ready(1448);
    let (sink, _) = pair.active.region(vec![0; 100_000], Access::LOCAL_WRITE);
    let (source, _) = pair.passive.region(vec![0; 100_000], Access::REMOTE_READ);
    let read = |token| {
        let address = BASE;
        Op::Read(Remote { address, token })
    };
    // The links are slow: all three are on their way before the first answer is.
    for (context, token) in [(1, source), (2, Stag(0x0bad_0bad)), (3, source)] {
        pair.active.post(
            context,
            read(token),
            Flags::empty(),
            &[sge(sink, 0, 100_000)],
        );
    }
    pair.run();
    let done: Vec<_> = pair.active.completions();
    let statuses: Vec<_> = done.iter().map(|done| (done.0, done.2)).collect();
    let expected = [
        (1, Status::Cancelled),
        (2, Status::RemoteError),
        (3, Status::Cancelled),
    ];
    assert_eq!(statuses, expected);
    let terminated = |by_peer| Failure::Terminated {
        by_peer,
        layer_and_type: 0x01,
        code: 0x00,
    };
    assert_eq!(pair.active.log.3.get(), Some(terminated(true)));
    assert_eq!(pair.passive.log.3.get(), Some(terminated(false)));
    assert_eq!(*pair.active.log.4.borrow(), [(true, 0x01, 0x00)]);
    assert_eq!(*pair.passive.log.4.borrow(), [(false, 0x01, 0x00)]);
}

// NDK-LSN-09: a listener that closes lets go of whom it has not offered yet.
#[test]
fn a_request_that_comes_as_its_connection_is_closed_is_offered_to_nobody() {
    let mut pair = Pair::new(1448);
    pair.request();
    close_as_it_comes(&mut pair.passive, &pair.active);
    pair.run();
    assert_eq!(pair.passive.log.take(), ["closed"]);
}

// NDK-CON-03
#[test]
fn an_answer_that_comes_as_the_connect_is_given_up_is_not_told_beside_it() {
    let mut pair = Pair::new(1448);
    pair.open();
    pair.answer();
    close_as_it_comes(&mut pair.active, &pair.passive);
    pair.run();
    assert_eq!(pair.active.log.take(), ["connect Err(Cancelled)", "closed"]);
}
