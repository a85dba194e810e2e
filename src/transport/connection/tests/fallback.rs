//! RFC 6581 section 5: a peer that closes instead of answering is asked once more, in revision 1, on
//! a new connection.

use super::*;

/// TCP is connected and the request is out.
fn asked() -> Pair {
    let mut pair = Pair::new(1460);
    let queues = pair.active.begin();
    let said = Said::copy(b"hello").unwrap();
    pair.active.input(|connection, around| {
        connection.connect(around.now(), PORT, said, ReadLimits::default(), queues)
    });
    pair.active
        .input(|connection, around| connection.connected(Ok(()), around));
    assert_eq!(pair.up.borrow().stream[17], 2);
    pair
}

/// The peer goes without a word, and the link is asked to close.
fn shunned(fin: bool) -> Pair {
    let mut pair = asked();
    pair.active.input(|connection, _| match fin {
        true => connection.fin_received(),
        false => connection.reset(),
    });
    pair
}

/// The link has closed: what is under way comes back, then it says so.
fn link_closes(end: &mut End) {
    assert!(end.link.0.borrow().close_asked);
    loop {
        let back = end.link.0.borrow_mut().unacknowledged.pop_front();
        let Some((lot, _)) = back else { break };
        came_back(end, lot, false);
    }
    assert!(!end.link.0.borrow().redialed);
    end.input(|connection, _| connection.link_closed());
}

#[test]
fn the_second_try_is_in_revision_1() {
    for fin in [false, true] {
        let mut pair = shunned(fin);
        assert_eq!(pair.active.phase(), Phase::FallingBack);
        assert_eq!(pair.active.log.take(), [""; 0]);
        link_closes(&mut pair.active);
        assert!(pair.up.borrow().redialed);
        assert_eq!(pair.active.phase(), Phase::Connecting);
        pair.active
            .input(|connection, around| connection.connected(Ok(()), around));
        assert_eq!(pair.up.borrow().stream[17], 1);
        pair.passive
            .input(|connection, around| connection.accepted(around.now(), PORT));
        pair.run();
        assert_eq!(pair.passive.log.take(), ["offered"]);
        assert_eq!(*pair.passive.log.1.borrow(), b"hello");
        pair.establish();
        // It works like any other: data, then a disconnect from both sides.
        let (to, memory) = pair.passive.region(vec![0; 64], Access::LOCAL_WRITE);
        pair.passive.post_receive(1, &[sge(to, 0, 64)]);
        let (from, _) = pair.active.region(b"ping".to_vec(), Access::empty());
        pair.active
            .post(2, Op::Send, Flags::empty(), &[sge(from, 0, 4)]);
        pair.run();
        assert_eq!(memory.0.borrow()[..4], *b"ping");
        for end in [&mut pair.active, &mut pair.passive] {
            end.input(|connection, around| connection.disconnect(around));
        }
        pair.run();
        assert_eq!(pair.active.log.take(), ["disconnect Ok(())"]);
        assert_eq!(pair.passive.log.take(), ["disconnect Ok(())"]);
    }
}

#[test]
fn there_is_no_third_try() {
    let mut pair = shunned(false);
    link_closes(&mut pair.active);
    pair.active
        .input(|connection, around| connection.connected(Ok(()), around));
    pair.active.input(|connection, _| connection.reset());
    assert_eq!(pair.active.log.take(), ["connect Err(Refused)"]);
    assert_eq!(pair.active.qp.pair.state(), State::Idle);
}

#[test]
fn the_second_connection_may_fail() {
    let mut pair = shunned(false);
    link_closes(&mut pair.active);
    let failed = Err(Failure::HostUnreachable);
    pair.active
        .input(|connection, around| connection.connected(failed, around));
    assert_eq!(pair.active.log.take(), ["connect Err(HostUnreachable)"]);
}

#[test]
fn an_administrator_may_forbid_it() {
    let mut pair = asked();
    pair.active.connection.patience.fall_back = false;
    pair.active.input(|connection, _| connection.reset());
    assert_eq!(pair.active.log.take(), ["connect Err(Refused)"]);
}

#[test]
fn a_peer_that_had_begun_to_answer_is_not_asked_again() {
    let mut pair = asked();
    pair.active
        .input(|connection, _| assert_eq!(connection.received(b"M"), 1));
    pair.active.input(|connection, _| connection.reset());
    assert_eq!(pair.active.log.take(), ["connect Err(Refused)"]);
}

#[test]
fn a_close_in_between_is_the_end() {
    let mut pair = shunned(false);
    pair.active
        .input(|connection, around| connection.close(around));
    link_closes(&mut pair.active);
    assert!(!pair.up.borrow().redialed);
    assert_eq!(pair.active.log.take(), ["connect Err(Cancelled)", "closed"]);
}

// WSK-HAZ-10: a link that never closes.
#[test]
fn the_first_link_has_a_limited_time_to_go() {
    let mut pair = shunned(false);
    pair.active.now += 31 * SECOND;
    pair.active.input(|_, _| {});
    assert_eq!(pair.active.log.take(), ["connect Err(TimedOut)"]);
    link_closes(&mut pair.active);
    assert!(!pair.up.borrow().redialed);
}

#[test]
fn the_ports_header_goes_with_revision_1_only() {
    let mut pair = asked();
    pair.active.connection.config.legacy_reads = true;
    pair.active.input(|connection, _| connection.reset());
    link_closes(&mut pair.active);
    pair.active
        .input(|connection, around| connection.connected(Ok(()), around));
    let stream: Vec<u8> = pair.up.borrow().stream.iter().copied().collect();
    assert_eq!(stream[18..], *b"\0\x0d\0\0\0\x01\0\0\0\x01hello");
}
