//! What a hostile peer can make us hold, and for how long (`docs/limits.md`).

use std::net::TcpListener;
use std::time::Instant;

use softrnic::sys;
use softrnic_functional::consumer::{ConnectParameters, Connector, NtStatus, QpLimits};
use softrnic_functional::hostile::{
    Ended, Guarded, Pace, Peer, World, bytes_of, hex, read_request, region, send, write,
};
use softrnic_functional::{ALL_ACCESS, End, SOON};

/// Seconds that are short, so that nobody waits for long.
fn impatient() -> World {
    World::new(&[
        ("NetworkDirectRequestTimeout", 1),
        ("NetworkDirectReplyTimeout", 5),
        ("NetworkDirectDisconnectTimeout", 1),
        ("NetworkDirectTerminateTimeout", 1),
    ])
}

/// Attempts that failed, and connections that were lost, on the attacked adapter (NDK-ADP-18).
fn failed(world: &World) -> (u64, u64) {
    let adapter = &world.stage.host().adapters()[1];
    let answer = adapter.oid_query(sys::OID_NDK_STATISTICS, 248);
    // NDK-OID-03: the counter set stands at offset 8.
    let counter = |index: usize| {
        let at = 8 + index * 8;
        u64::from_le_bytes(answer.data[at..at + 8].try_into().expect("8 bytes"))
    };
    (counter(2), counter(3))
}

/// Waits until so many attempts have failed.
fn assert_failed(world: &World, count: u64) {
    let until = Instant::now() + SOON;
    while failed(world).0 < count && Instant::now() < until {
        std::thread::yield_now();
    }
    assert_eq!(failed(world).0, count);
}

#[test]
fn m03_a_request_that_stops() {
    let world = impatient();
    let mut peer = world.peer();
    peer.send(&bytes_of("M14")[..19]);
    assert_eq!(peer.rest(), (Vec::new(), Ended::Reset));
    assert_failed(&world, 1);
    drop(world.victim());
}

/// Were the time counted from the last byte, the whole request would arrive.
#[test]
fn m04_a_byte_now_and_then_gains_no_time() {
    let world = impatient();
    let mut peer = world.peer();
    let mut request = hex("4d504120 49442052 65712046 72616d65 40010200");
    request.extend([0x41; 512]);
    let all = request.iter().all(|byte| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        peer.say(&[*byte], Pace::Whole)
    });
    assert!(!all, "reset before it was through");
    assert!(peer.rest().0.is_empty());
    assert_failed(&world, 1);
    drop(world.victim());
}

/// More silent peers than there are places: new ones are served all the while, memory stays flat.
// RFC5042-6.4.1-1.
// NDK-IRQL-07: what peers make us keep is bounded.
#[test]
fn m25_connections_and_no_request() {
    let world = World::new(&[]);
    let flood = |count: usize| (0..count).map(|_| world.peer()).collect::<Vec<Peer>>();
    let first = flood(64);
    drop(world.victim());
    let before = world.held();
    let mut rest = Vec::new();
    for _ in 0..10 {
        rest.extend(flood(20));
        // Somebody who does speak is heard.
        let mut victim = world.victim();
        victim.peer.send(&send(1, b"good"));
        assert_eq!(victim.end.received.take(1)[0].bytes, 4);
        victim.assert_alive();
    }
    let held = world.held();
    assert!(
        held.0 < before.0 + before.0 / 2,
        "{before:?}, then {held:?}"
    );
    world.assert_neighbour();
    // Whoever was driven out or not taken was reset, and is counted.
    assert!(failed(&world).0 >= 64 + 200 - 64);
    drop((first, rest));
    assert_failed(&world, 64 + 200);
}

// NdkConnect: STATUS_IO_TIMEOUT.
#[test]
fn m36_no_reply_and_one_too_late() {
    let world = impatient();
    let listener = TcpListener::bind("127.0.0.3:0").expect("bound");
    let end = End::new(&world.server, QpLimits::default());
    let mut connector = Connector::new(&end.adapter).expect("made");
    let to = listener.local_addr().expect("bound");
    let parameters = ConnectParameters::default();
    let connecting = connector.connect(&end.qp, world.stage.address(1, 0), to, &parameters);
    let mut peer = Peer::accept(&listener);
    let _request = peer.read_frame();
    assert_eq!(connecting.wait(), NtStatus::IO_TIMEOUT);
    peer.say(
        &hex("4d504120 49442052 65702046 72616d65 50020004 80108010"),
        Pace::Whole,
    );
    assert!(peer.rest().0.is_empty());
    assert_eq!(end.gone.count(), 0);
    world.assert_neighbour();
}

/// A peer that asks for all it may and takes nothing.
#[test]
fn r15_the_peer_asks_and_takes_nothing() {
    let world = impatient();
    let mut victim = world.victim();
    let source = Guarded::new(&victim.end.pd, 64 << 20, ALL_ACCESS);
    let before = world.held();
    for n in 1..=2 {
        let request = read_request(n, source.token(), source.base(), 64 << 20);
        victim.peer.send(&request);
    }
    assert!(victim.is_quiet());
    assert!(world.held().0 < before.0 + (1 << 20), "no copy of it");
    world.assert_neighbour();
    assert_eq!(victim.end.disconnect().wait(), NtStatus::IO_TIMEOUT);
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(source.mr.deregister().wait(), NtStatus::SUCCESS);
    victim.assert_canaries();
}

/// More of them than there are shared batches: each connection still has one of its own.
#[test]
fn r15_many_that_take_nothing_leave_a_neighbour_its_own() {
    let world = impatient();
    let victims: Vec<_> = (0..16).map(|_| world.victim()).collect();
    let mut sources = Vec::new();
    let mut victims: Vec<_> = victims
        .into_iter()
        .map(|mut victim| {
            let source = Guarded::new(&victim.end.pd, 8 << 20, ALL_ACCESS);
            let request = read_request(1, source.token(), source.base(), 8 << 20);
            victim.peer.send(&request);
            sources.push(source);
            victim
        })
        .collect();
    assert!(victims[0].is_quiet());
    for _ in 0..20 {
        world.assert_neighbour();
    }
    for victim in &mut victims {
        victim.end.connector = None;
        assert_eq!(victim.end.received.take(1)[0].status, NtStatus::CANCELLED);
    }
}

#[test]
fn x13_data_after_our_terminate_is_dropped_and_then_reset() {
    let world = impatient();
    let mut victim = world.victim();
    let a = &victim.regions[region::A];
    let good = write(a.token(), a.base(), &[0xaa; 16]).repeat(100);
    victim.peer.send(&bytes_of("D06"));
    assert_eq!(victim.peer.terminate(), "02060000");
    let until = Instant::now() + SOON;
    let mut reset = false;
    while !reset && Instant::now() < until {
        reset = !victim.peer.say(&good, Pace::Whole);
    }
    assert!(reset, "it is not listened to for ever");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
    world.assert_neighbour();
}

#[test]
fn x15_a_disconnect_that_is_not_answered() {
    let world = impatient();
    let mut victim = world.victim();
    let leaving = victim.end.disconnect();
    assert_eq!(leaving.wait(), NtStatus::IO_TIMEOUT);
    let _fin_then_reset = victim.peer.rest();
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert_eq!(victim.end.gone.count(), 0, "the consumer's own disconnect");
    world.assert_neighbour();
}

#[test]
fn c01_a_window_that_is_closed_for_ever() {
    let world = impatient();
    let mut victim = world.victim();
    victim.peer.send(&send(1, b""));
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    let sge = victim.end.mr.sge(&victim.end.buffer, 0, 1 << 20);
    let mut posted = 0;
    let refused = loop {
        match victim.end.qp.handle().send(posted, &[sge], 0) {
            NtStatus::SUCCESS => posted += 1,
            status => break status,
        }
        assert!(posted < 10_000, "the queue has an end");
    };
    assert_eq!(refused, NtStatus::NO_MORE_ENTRIES);
    assert_eq!(victim.end.disconnect().wait(), NtStatus::IO_TIMEOUT);
    let done = victim.end.done.take(posted);
    assert!(done.iter().enumerate().all(|(n, done)| done.context == n));
    world.assert_neighbour();
}

/// A rule broken on an established connection is a lost connection, and counted as one.
#[test]
fn a_broken_rule_is_counted() {
    let world = World::new(&[]);
    let before = failed(&world);
    let mut victim = world.victim();
    victim.peer.send(&bytes_of("D06"));
    assert_eq!(victim.peer.terminate(), "02060000");
    victim.assert_lost(NtStatus::CANCELLED);
    assert_eq!(failed(&world), (before.0, before.1 + 1));
}
