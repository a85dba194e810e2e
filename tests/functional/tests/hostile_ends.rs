//! How a peer ends a connection, and what it says to consumers (`docs/hostile.md`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use softrnic_functional::consumer::abi::NDK_SGE;
use softrnic_functional::consumer::{NtStatus, QpLimits};
use softrnic_functional::hostile::{
    Ended, Guarded, Pace, Victim, World, bytes_of, hex, region, send, write,
};
use softrnic_functional::quiet::Quiet;
use softrnic_functional::{ALL_ACCESS, End, SOON, join, row_tests};

row_tests! {
    unanswered:
        x01_a_terminate_on_queue_0
        x02_a_terminate_numbered_2
        x03_a_terminate_that_goes_on
        x04_a_terminate_without_a_control_word
        x05_a_quoted_header_that_is_not_there
        x06_three_bytes_of_a_quoted_header
        x08_nibbles_in_the_wrong_order
        x09_an_undefined_layer
        x10_a_second_terminate
        x11_a_write_after_a_terminate;
    a_long_tail: x07_the_tail_of_a_terminate_is_dropped;
    crossing: x12_terminates_that_cross;
    fin_with_reads: x14_fin_while_a_read_is_outstanding;
    resets: x16_a_reset_at_each_byte_of_a_message;
    churn: x17_connections_made_and_dropped;
    faster_than_receives: c02_sends_faster_than_receives;
    overrun: c03_a_small_queue_overrun;
    stale_token: c05_the_consumer_posts_a_stale_token;
    too_long: c06_lengths_beyond_four_gigabytes;
    changed_while_sent: c08_a_buffer_changed_while_it_is_sent;
    changed_while_filled: c09_a_buffer_changed_while_it_is_filled;
    queued_writes: c13_a_region_deregistered_under_queued_writes;
    to_itself: c15_a_connection_to_itself;
    delivered_as_it_is:
        s01_a_negotiate_request_too_short
        s02_versions_too_new
        s03_an_unaligned_data_offset
        s04_an_offset_that_wraps
        s05_a_remaining_length_of_all_ones
        s06_no_credits_requested
        s07_a_receive_size_too_small
        s08_a_fragmented_size_too_small
        s09_a_second_negotiate_request
        s10_a_response_with_another_version
        s14_a_remaining_length_that_grows;
    beyond_credits: s11_more_messages_than_credits;
    beyond_a_region: s12_a_descriptor_longer_than_its_region;
}

/// FIN and no Terminate; the consumer hears once, the receive comes back.
fn unanswered(world: &World, id: &str) {
    for pace in [Pace::Whole, Pace::Bytes] {
        let mut victim = world.victim();
        victim.is_told(id, pace);
        assert_eq!(victim.peer.rest(), (Vec::new(), Ended::Fin), "{pace:?}");
        victim.assert_lost(NtStatus::CANCELLED);
        victim.assert_untouched(region::A);
    }
}

fn a_long_tail(world: &World, _: &str) {
    let mut victim = world.victim();
    let mut stream = hex("4147 00000000 00000002 00000001 00000000 12020000");
    stream.resize(0xfd00, 0x77);
    let before = world.held();
    victim.peer.send(&softrnic_functional::peer::fpdu(&stream));
    assert_eq!(victim.peer.rest(), (Vec::new(), Ended::Fin));
    victim.assert_lost(NtStatus::CANCELLED);
    assert!(world.held().0 < before.0 + 0x8000, "the tail is not kept");
}

fn crossing(world: &World, _: &str) {
    let mut victim = world.victim();
    let stream = [bytes_of("D06"), bytes_of("X10")].concat();
    victim.peer.send(&stream);
    assert_eq!(victim.peer.terminate(), "02060000");
    victim.assert_lost(NtStatus::CANCELLED);
}

fn fin_with_reads(world: &World, _: &str) {
    let mut victim = world.victim();
    victim.peer.send(&write(1, 0, b""));
    let _sink = victim.post_read();
    victim.peer.finish();
    assert!(victim.peer.rest().0.is_empty(), "no Terminate");
    victim.assert_lost(NtStatus::CANCELLED);
    let done = victim.end.done.take(1)[0];
    assert_eq!((done.context, done.status), (77, NtStatus::CANCELLED));
    victim.assert_untouched(region::F);
}

fn resets(world: &World, _: &str) {
    let len = bytes_of("D36").len();
    for at in (0..len).step_by(3) {
        let victim = world.victim();
        let bytes = victim.input("D36", None);
        let Victim {
            end,
            regions,
            mut peer,
            ..
        } = victim;
        peer.send(&bytes[..at]);
        peer.reset();
        assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
        assert!(end.gone.wait(SOON));
        // Flushed: nothing is written any more.
        regions[region::A].buffer.write(0, &[0x11; 0x1000]);
        assert_eq!(regions[region::A].bytes(), [0x11; 0x1000]);
        assert_eq!(end.gone.count(), 1);
    }
}

/// Every way to go, a few bytes at a time, and nothing is left in the end.
fn churn(world: &World, _: &str) {
    let round = |n: usize| {
        let mut victim = world.victim();
        let bytes = victim.input("D36", None);
        victim.peer.say(&bytes[..n % bytes.len()], Pace::Bytes);
        match n % 3 {
            0 => victim.peer.finish(),
            1 => drop(victim.end.connector.take()),
            _ => {}
        }
        drop(victim);
        let mut stranger = world.peer();
        stranger.send(&bytes_of("M01")[..n % 20]);
    };
    let before = world.held().1;
    (0..100).for_each(round);
    // The listener takes one after the other: behind this one, nobody is still to come.
    drop(world.victim());
    let until = std::time::Instant::now() + SOON;
    while world.held().1 > before + 8 && std::time::Instant::now() < until {
        thread::yield_now();
    }
    let after = world.held().1;
    assert!(after <= before + 8, "{before} allocations, then {after}");
}

/// The stream stands still, the window closes, and nothing is lost.
fn faster_than_receives(world: &World, _: &str) {
    let mut victim = world.victim_with(2);
    let stream: Vec<u8> = (1..=4000).flat_map(|n| send(n, &[n as u8; 1000])).collect();
    let before = world.held();
    let pushed = victim.peer.push(&stream, SOON / 100);
    assert!(victim.is_quiet());
    assert!(world.held().0 < before.0 + 0x1_0000, "nothing is retained");
    let peer = &mut victim.peer;
    thread::scope(|scope| {
        scope.spawn(move || peer.say(&stream[pushed..], Pace::Whole));
        for n in 1..=4000 {
            victim.end.post_receive(n, 0, 1000);
            let done = victim.end.received.take(1)[0];
            assert_eq!((done.context, done.bytes), (n, 1000));
            assert_eq!(victim.end.buffer.read(999, 1), [n as u8]);
        }
    });
    victim.assert_alive();
}

fn overrun(world: &World, _: &str) {
    let receives = Quiet::new(&world.server, 2);
    let end =
        softrnic_functional::quiet::end(&world.server, &receives, &receives, QpLimits::default());
    for n in 0..8 {
        end.post_receive(n, 64 * n, 64);
    }
    receives
        .cq
        .handle()
        .arm(softrnic_functional::consumer::abi::NDK_CQ_NOTIFY_ANY);
    let mut victim = world.attacked(end, 2);
    let stream: Vec<u8> = (1..=8).flat_map(|n| send(n, b"x")).collect();
    victim.peer.send(&stream);
    // It fails for a reason of its own.
    assert_eq!(victim.peer.terminate(), "00000000");
    assert!(victim.end.gone.wait(SOON));
    assert!(receives.reaches(1, SOON), "the consumer is told");
    let notices = receives.notices.lock().expect("no panic").clone();
    assert!(notices.contains(&NtStatus::BUFFER_OVERFLOW), "{notices:?}");
    victim.assert_canaries();
}

/// A victim that may send.
fn open(world: &World) -> Victim {
    let mut victim = world.victim();
    victim.peer.send(&send(1, b""));
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    victim
}

fn stale_token(world: &World, _: &str) {
    let victim = open(world);
    let stale = &victim.regions[region::E];
    let sge = stale.mr.sge(&stale.buffer, 0, 64);
    assert_eq!(victim.end.qp.handle().send(5, &[sge], 0), NtStatus::SUCCESS);
    let done = victim.end.done.take(1)[0];
    assert_eq!((done.context, done.status), (5, NtStatus::ACCESS_VIOLATION));
    victim.assert_canaries();
}

fn too_long(world: &World, _: &str) {
    let victim = open(world);
    let a = &victim.regions[region::A];
    let mut sge: NDK_SGE = a.mr.sge(&a.buffer, 0, 64);
    sge.Length = u32::MAX;
    let posted = victim.end.qp.handle().send(5, &[sge, sge], 0);
    let status = match posted.is_success() {
        true => victim.end.done.take(1)[0].status,
        false => posted,
    };
    assert_eq!(status, NtStatus::DATA_OVERRUN);
    victim.assert_canaries();
}

/// Scribbles over a buffer as long as `work` takes.
fn while_scribbling(buffer: &softrnic_functional::consumer::Buffer, work: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0_u8;
            while !stop.load(Ordering::Relaxed) {
                n = n.wrapping_add(1);
                buffer.write(0, &[n; 1024]);
            }
        });
        work();
        stop.store(true, Ordering::Relaxed);
    });
}

/// `Peer::fpdu` verifies each CRC: it is of what was sent, whatever the consumer did meanwhile.
fn changed_while_sent(world: &World, _: &str) {
    let victim = open(world);
    let Victim { end, mut peer, .. } = victim;
    while_scribbling(&end.buffer, || {
        for n in 0..200 {
            end.post_send(n, 0, 1024, 0);
            assert_eq!(peer.fpdu().len(), 20 + 1024);
            assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS);
        }
    });
}

fn changed_while_filled(world: &World, _: &str) {
    let victim = open(world);
    let Victim { end, mut peer, .. } = victim;
    while_scribbling(&end.buffer, || {
        for n in 2..200 {
            end.post_receive(1, 0, 1024);
            let pace = if n < 10 { Pace::Bytes } else { Pace::Whole };
            peer.say(&send(n, &[0xaa; 1024]), pace);
            assert_eq!(end.received.take(1)[0].status, NtStatus::SUCCESS);
        }
    });
}

fn queued_writes(world: &World, _: &str) {
    let mut victim = world.victim_with(2);
    let target = Guarded::new(&victim.end.pd, 0x1000, ALL_ACCESS);
    // They wait behind a Send that finds no receive.
    let mut stream = send(1, b"");
    for _ in 0..64 {
        stream.extend(write(target.token(), target.base(), &[0xaa; 0x1000]));
    }
    victim.peer.send(&stream);
    assert!(victim.is_quiet());
    assert_eq!(target.mr.deregister().wait(), NtStatus::SUCCESS);
    target.buffer.write(0, &[0x11; 0x1000]);
    victim.post_receive(1);
    assert_eq!(victim.peer.terminate(), "1100c000");
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    assert!(victim.end.gone.wait(SOON));
    assert_eq!(target.bytes(), [0x11; 0x1000]);
    victim.assert_canaries();
}

fn to_itself(world: &World, _: &str) {
    let adapter = &world.server;
    let address = world.stage.address(1, 0);
    let limits = QpLimits::default();
    let (mut one, mut other) = (End::new(adapter, limits), End::new(adapter, limits));
    join(&mut one, &mut other, address, address);
    for (from, to) in [(&one, &other), (&other, &one)] {
        to.post_receive(1, 0, 64);
        from.post_send(2, 0, 64, 0);
        assert_eq!(to.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(from.done.take(1)[0].status, NtStatus::SUCCESS);
    }
}

/// What a Send holds is not looked at.
fn delivered_as_it_is(world: &World, id: &str) {
    let message = bytes_of(id);
    for pace in [Pace::Whole, Pace::Bytes] {
        let mut victim = world.victim();
        victim.peer.say(&send(1, &message), pace);
        let done = victim.end.received.take(1)[0];
        let expected = (NtStatus::SUCCESS, message.len());
        assert_eq!((done.status, done.bytes as usize), expected);
        let held = victim.regions[region::RECEIVE].bytes();
        assert_eq!(held[..message.len()], message);
        victim.assert_alive();
    }
}

/// Credits are between consumers: here the stream stands still at the first one too many.
fn beyond_credits(world: &World, _: &str) {
    let mut victim = world.victim_with(2);
    for n in 0..255 {
        victim.end.post_receive(n, 0, 64);
    }
    let stream: Vec<u8> = (1..=256).flat_map(|n| send(n, b"credit")).collect();
    victim.peer.send(&stream);
    assert_eq!(victim.end.received.take(255).len(), 255);
    assert!(victim.is_quiet());
    victim.end.post_receive(255, 0, 64);
    assert_eq!(victim.end.received.take(1)[0].context, 255);
    victim.assert_alive();
}

fn beyond_a_region(world: &World, _: &str) {
    let mut victim = world.victim();
    let a = &victim.regions[region::A];
    let bytes = write(a.token(), a.base(), &[0xaa; 0x1001]);
    victim.peer.send(&bytes);
    assert_eq!(victim.peer.terminate(), "1101c000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
}
