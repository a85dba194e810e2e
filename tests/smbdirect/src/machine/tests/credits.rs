//! Credits, keep-alive, and how long a peer may take.

use super::*;

const NOW: Duration = Duration::ZERO;

fn settings(max: u16) -> Settings {
    Settings {
        receive_credit_max: max,
        ..Settings::server()
    }
}

/// Gives `machine` a message that grants `credits`.
fn grant(machine: &mut Machine, credits: u16) {
    let message = DataTransfer {
        credits_granted: credits.into(),
        ..empty()
    };
    machine.received(message.as_bytes(), NOW).expect("good");
}

fn send(machine: &mut Machine) {
    let message = Outgoing {
        bytes: vec![7; 100],
        invalidate: None,
    };
    machine.send(message).expect("open");
}

// MS-SMBD 3.1.5.9: no more than it asked for, no more than we have.
#[test]
fn a_peer_gets_the_credits_it_wants_and_we_have() {
    for (wanted, max, given) in [(255, 255, 255), (10, 255, 10), (255, 10, 10), (1, 10, 3)] {
        let (_, response) = server(settings(max), wanted);
        assert_eq!(response.credits_granted, given);
    }
}

// MS-SMBD 3.1.5.1: nothing goes without a credit.
#[test]
fn nothing_is_sent_without_a_credit() {
    let (mut machine, _) = server(settings(8), 8);
    send(&mut machine);
    assert_eq!(machine.transmit(), None);
    grant(&mut machine, 1);
    assert!(machine.transmit().is_some());
    send(&mut machine);
    assert_eq!(machine.transmit(), None);
}

// MS-SMBD 3.1.5.1: the last credit is kept for a message that grants some.
#[test]
fn the_last_credit_is_spent_on_a_grant_only() {
    let (mut machine, _) = server(settings(8), 8);
    grant(&mut machine, 1);
    send(&mut machine);
    let first = machine
        .transmit()
        .expect("a credit came, so one can be granted");
    assert_eq!(header_of(&first).credits_granted, 1);
    // The peer has all eight again; it may not be left without a way to be granted more.
    let (mut machine, _) = server(settings(8), 8);
    grant(&mut machine, 2);
    for _ in 0..2 {
        send(&mut machine);
    }
    assert!(machine.transmit().is_some());
    assert_eq!(machine.transmit(), None, "the last one stays");
    grant(&mut machine, 0);
    assert_eq!(
        header_of(&machine.transmit().expect("with a grant")).credits_granted,
        1
    );
}

// MS-SMBD 3.1.5.9: a peer that runs short hears of new credits though there is nothing to say.
#[test]
fn a_peer_that_runs_short_is_granted_more_at_once() {
    let (mut machine, _) = server(settings(8), 8);
    grant(&mut machine, 100);
    for used in 2..=5 {
        assert_eq!(machine.transmit(), None, "{used} used");
        grant(&mut machine, 0);
    }
    grant(&mut machine, 0);
    let message = machine.transmit().expect("a grant");
    assert_eq!(message.bytes.len(), crate::wire::EMPTY);
    assert_eq!(header_of(&message).credits_granted, 6);
    assert_eq!(machine.transmit(), None);
}

#[test]
fn ends_with_few_credits_become_quiet() {
    for (one, other) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (4, 4), (5, 1)] {
        let client = Settings {
            send_credit_target: other,
            ..settings(one)
        };
        let server = Settings {
            send_credit_target: one,
            ..settings(other)
        };
        let mut pair = Pair::open(client, server);
        pair.send(0, vec![1; 5000]);
        pair.drive();
        assert_eq!(pair.told[1].len(), 1, "{one} and {other}");
    }
}

#[test]
fn credits_have_a_limit() {
    let (mut machine, _) = server(settings(8), 8);
    grant(&mut machine, 65_000);
    let message = DataTransfer {
        credits_granted: 1000.into(),
        ..empty()
    };
    let broken = machine.received(message.as_bytes(), NOW);
    assert_eq!(broken, Err(Violation::TooManyCredits));
}

// MS-SMBD 3.1.6.2: after the idle time the peer is asked; its answer begins another.
#[test]
fn an_idle_peer_is_asked_and_answers() {
    let mut pair = Pair::open(Settings::client(), Settings::server());
    for _ in 0..3 {
        pair.now = pair.ends[0].deadline().expect("open");
        pair.ends[0].elapsed(pair.now).expect("not silent yet");
        let asked = pair.ends[0].transmit().expect("a keep-alive");
        assert_eq!(header_of(&asked).flags, RESPONSE_REQUESTED);
        assert_eq!(
            pair.ends[0].deadline(),
            Some(pair.now + Settings::client().answer)
        );
        pair.under_way[1].push_back(asked);
        pair.drive();
        let idle = pair.now + Settings::client().keepalive;
        assert_eq!(pair.ends.each_ref().map(Machine::deadline), [Some(idle); 2]);
    }
    assert_eq!(pair.told, [Vec::<Vec<u8>>::new(), Vec::new()]);
}

// S13, MS-SMBD 3.1.6.2.
#[test]
fn a_peer_that_does_not_answer_is_silent() {
    let mut pair = Pair::open(Settings::client(), Settings::server());
    let idle = pair.ends[0].deadline().expect("open");
    pair.ends[0]
        .elapsed(idle - Duration::from_nanos(1))
        .expect("early");
    assert_eq!(pair.ends[0].transmit(), None);
    pair.ends[0].elapsed(idle).expect("asked");
    assert!(pair.ends[0].transmit().is_some());
    pair.ends[0].elapsed(idle).expect("once");
    assert_eq!(pair.ends[0].transmit(), None, "asked once");
    let until = pair.ends[0].deadline().expect("open");
    assert_eq!(pair.ends[0].elapsed(until), Err(Violation::Silent));
    assert_eq!(pair.ends[0].deadline(), None);
}

#[test]
fn a_peer_that_leaves_no_credit_to_ask_with_is_silent_too() {
    let (mut machine, _) = server(Settings::server(), 8);
    let idle = machine.deadline().expect("open");
    machine.elapsed(idle).expect("asks");
    assert_eq!(machine.transmit(), None);
    let until = machine.deadline().expect("open");
    assert_eq!(machine.elapsed(until), Err(Violation::Silent));
}

// A message with data is an answer as good as an empty one.
#[test]
fn what_is_sent_anyway_is_the_answer() {
    let (mut machine, _) = server(settings(8), 8);
    grant(&mut machine, 10);
    send(&mut machine);
    let ask = DataTransfer {
        flags: RESPONSE_REQUESTED.into(),
        ..empty()
    };
    machine.received(ask.as_bytes(), NOW).expect("good");
    assert!(machine.transmit().is_some());
    assert_eq!(machine.transmit(), None);
}

#[test]
fn a_negotiation_has_its_time() {
    let mut pair = Pair::new(Settings::client(), Settings::server());
    for (end, limit) in pair.ends.iter_mut().zip([120, 5]) {
        let until = pair.now + Duration::from_secs(limit);
        assert_eq!(end.deadline(), Some(until));
        assert_eq!(end.elapsed(until - Duration::from_nanos(1)), Ok(()));
        assert_eq!(end.elapsed(until), Err(Violation::Slow));
    }
}
