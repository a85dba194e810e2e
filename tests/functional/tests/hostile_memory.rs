//! Writes, Reads and invalidations a peer should not ask for (`docs/hostile.md`).

use std::thread;

use softrnic_functional::consumer::NtStatus;
use softrnic_functional::hostile::{
    Guarded, Pace, UNTOUCHED, Victim, World, answer_to, hex, read_request, region, send, tagged,
    untagged, write,
};
use softrnic_functional::{ALL_ACCESS, SOON, pattern, row_tests};

row_tests! {
    ends_the_stream:
        t01_an_unknown_stag
        t02_a_wrong_key
        t03_stag_0
        t04_the_last_stag
        t05_another_domain
        t07_an_invalidated_region
        t08_one_below_the_base
        t09_one_past_the_end
        t10_an_offset_that_wraps
        t12_no_right_to_write
        t13_the_sink_of_a_read
        t16_the_second_segment_is_outside
        r01_an_unknown_source
        r02_no_right_to_read
        r03_a_source_of_another_domain
        r04_a_source_past_the_end
        r05_a_source_that_wraps
        r06_a_length_of_all_ones
        r10_a_request_that_is_not_the_last_segment
        r11_a_request_with_an_offset
        r12_a_gap_in_the_numbers_of_requests
        r17_a_response_nobody_asked_for
        i01_an_unknown_stag
        i02_a_wrong_key
        i03_a_region_of_another_domain
        i05_a_region_that_is_invalid_already;
    fails_the_read:
        r18_a_response_to_another_stag
        r19_a_response_to_another_place
        r20_a_response_too_long
        r21_a_response_too_short
        r22_a_response_that_goes_on
        r23_a_response_of_nothing
        i04_the_sink_of_a_read;
    a_sum_of_zero: t11_the_sum_that_wraps_to_zero_is_refused;
    nothing_written: t14_a_write_of_nothing_is_not_looked_up;
    no_bytes: t15_a_region_of_nothing;
    jumps: t17_segments_may_jump;
    changes: t18_segments_may_change_their_stag;
    the_privileged_token: t19_a_local_token;
    torn_down: t20_a_region_deregistered_while_it_is_written;
    to_the_end: t21_the_last_byte_of_a_region;
    without_end: t22_a_write_without_end;
    nothing_read: r07_a_read_of_nothing_is_answered_unchecked;
    too_many_reads: r08_one_request_more_than_agreed;
    no_reads: r09_no_inbound_reads_agreed;
    the_sink_is_ours: r13_the_sink_is_echoed_blindly;
    the_source_goes: r14_the_source_is_deregistered_half_way;
    reads_of_nothing: r16_reads_of_nothing_do_not_starve_our_requests;
    the_sink_goes: r24_the_sink_of_our_read_is_gone;
    swapped: r25_responses_in_the_wrong_order;
    a_write_between: r26_a_write_inside_a_read_response;
    a_plain_region: i07_a_region_that_a_peer_may_not_invalidate;
    cut_short: i08_nothing_is_invalidated_before_delivery;
}

/// One Terminate and FIN; nothing is placed but what stood in a good segment.
fn ends_the_stream(world: &World, id: &str) {
    for pace in [Pace::Whole, Pace::Bytes] {
        let mut victim = world.victim();
        victim.is_told(id, pace);
        assert_eq!(victim.peer.terminate(), answer_to(id), "{pace:?}");
        victim.assert_lost(NtStatus::CANCELLED);
        victim.assert_untouched(region::C);
        victim.assert_untouched(region::F);
        let a = victim.regions[region::A].bytes();
        let placed = if id == "T16" { 16 } else { 0 };
        let (rest, good) = a.split_at(a.len() - placed);
        assert!(rest.iter().all(|byte| *byte == UNTOUCHED));
        assert!(good.iter().all(|byte| *byte == 0xaa));
    }
}

/// A victim that may send.
fn open(world: &World) -> Victim {
    let mut victim = world.victim();
    // A Write of nothing, as a first FPDU.
    victim.peer.send(&write(1, 0, b""));
    victim
}

/// As `ends_the_stream`, while a Read of ours is outstanding: it fails.
fn fails_the_read(world: &World, id: &str) {
    for pace in [Pace::Whole, Pace::Bytes] {
        let mut victim = open(world);
        let sink = victim.post_read();
        // I04 names the region, the others the sink the wire knows.
        let bytes = victim.input(id, (id != "I04").then_some(sink));
        victim.peer.say(&bytes, pace);
        assert_eq!(victim.peer.terminate(), answer_to(id), "{pace:?}");
        victim.assert_lost(NtStatus::CANCELLED);
        victim.peer.finish();
        let done = victim.end.done.take(1)[0];
        assert_eq!(done.context, 77);
        assert!(!done.status.is_success());
        victim.assert_untouched(region::A);
        victim.assert_untouched(region::C);
        let placed = ["R20", "R22"].contains(&id);
        if !placed {
            victim.assert_untouched(region::F);
        }
    }
}

fn a_sum_of_zero(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "1103c000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
}

/// The Send behind tells that what was before it is through.
fn settle(victim: &mut Victim) {
    victim.peer.send(&send(1, b"through"));
    assert_eq!(victim.end.received.take(1)[0].bytes, 7);
    victim.assert_alive();
}

fn nothing_written(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    settle(&mut victim);
    victim.assert_untouched(region::A);
}

/// The consumer registers one byte more than nothing at most: either it is refused, or it grants nothing.
fn no_bytes(world: &World, _: &str) {
    let mut victim = world.victim();
    let buffer = softrnic_functional::consumer::Buffer::new(4096);
    let mr = softrnic_functional::consumer::Mr::new(&victim.end.pd, false).expect("made");
    let registered = mr.register(&buffer, 0, ALL_ACCESS).wait().is_success();
    let to = if registered {
        buffer.virtual_address()
    } else {
        0
    };
    victim.peer.send(&write(mr.remote_token(), to, &[0xaa]));
    let code = if registered { "1101c000" } else { "1100c000" };
    assert_eq!(victim.peer.terminate(), code);
    victim.assert_lost(NtStatus::CANCELLED);
    assert_eq!(buffer.read(0, 4096), [0; 4096]);
}

/// Which bytes of a region are `aa`.
fn written(victim: &Victim, region: usize) -> Vec<usize> {
    let bytes = victim.regions[region].bytes();
    (0..bytes.len()).filter(|at| bytes[*at] == 0xaa).collect()
}

fn jumps(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    settle(&mut victim);
    let expected: Vec<_> = (0..16).chain(0x800..0x810).collect();
    assert_eq!(written(&victim, region::A), expected);
}

fn changes(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    settle(&mut victim);
    let expected: Vec<_> = (0..16).collect();
    assert_eq!(written(&victim, region::A), expected);
    assert_eq!(written(&victim, region::C), expected);
}

fn to_the_end(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    settle(&mut victim);
    let expected: Vec<_> = (0xff0..0x1000).collect();
    assert_eq!(written(&victim, region::A), expected);
}

fn the_privileged_token(world: &World, _: &str) {
    let mut victim = world.victim();
    let token = victim.end.pd.privileged_token();
    let to = victim.regions[region::A].base();
    victim.peer.send(&write(token, to, &[0xaa; 16]));
    assert_eq!(victim.peer.terminate(), "1100c000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
}

/// T20, and C13: Writes are on their way while the region is deregistered.
fn torn_down(world: &World, _: &str) {
    for _ in 0..10 {
        let mut victim = world.victim();
        let target = Guarded::new(&victim.end.pd, 0x8000, ALL_ACCESS);
        let (token, base) = (target.token(), target.base());
        let frames: Vec<_> = (0..64)
            .flat_map(|n| write(token, base, &pattern(n, 0x2000)))
            .collect();
        let peer = &mut victim.peer;
        thread::scope(|scope| {
            scope.spawn(move || peer.say(&frames, Pace::Whole));
            while target.bytes()[1] == UNTOUCHED {
                thread::yield_now();
            }
            assert_eq!(target.mr.deregister().wait(), NtStatus::SUCCESS);
            // It is the consumer's again.
            target.buffer.write(0, &[0x11; 0x8000]);
        });
        // All was told in time, or the rest is refused.
        victim.peer.send(&write(token, base, &[0xaa; 16]));
        assert_eq!(victim.peer.terminate(), "1100c000");
        victim.assert_lost(NtStatus::CANCELLED);
        assert!(target.bytes().iter().all(|byte| *byte == 0x11));
    }
}

fn without_end(world: &World, _: &str) {
    let mut victim = world.victim();
    let a = &victim.regions[region::A];
    let segment = tagged([0x81, 0x40], a.token(), a.base(), &[0xaa; 16]);
    let many = segment.repeat(1000);
    victim.peer.send(&many);
    let before = world.held();
    for _ in 0..9 {
        victim.peer.send(&many);
    }
    settle(&mut victim);
    assert!(world.held().1 <= before.1 + 8, "nothing grows");
}

fn nothing_read(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    let response = victim.peer.fpdu();
    assert_eq!(response, hex("000ec142 00000011 00000000 00000022"));
    settle(&mut victim);
}

/// In one write, so that all three are there before the first is answered.
fn too_many_reads(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Whole);
    assert_eq!(victim.peer.terminate(), answer_to(id));
    victim.assert_lost(NtStatus::CANCELLED);
    // As many as agreed, again and again.
    let mut victim = world.victim();
    let (token, base) = (
        victim.regions[region::A].token(),
        victim.regions[region::A].base(),
    );
    for round in 0..50 {
        for n in 1..=2 {
            victim
                .peer
                .send(&read_request(2 * round + n, token, base, 16));
        }
        for _ in 0..2 {
            assert_eq!(victim.peer.fpdu()[16..], [UNTOUCHED; 16]);
        }
    }
    settle(&mut victim);
}

fn no_reads(world: &World, id: &str) {
    let mut victim = world.victim_with(0);
    victim.post_receive(1);
    victim.is_told(id, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "1202c000");
    victim.assert_lost(NtStatus::CANCELLED);
}

fn the_sink_is_ours(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Bytes);
    let response = victim.peer.fpdu();
    let a = &victim.regions[region::A];
    assert_eq!(response[..4], hex("010ec142")[..]);
    assert_eq!(response[4..8], a.token().to_be_bytes());
    assert_eq!(response[8..16], a.base().to_be_bytes());
    assert_eq!(response[16..], [UNTOUCHED; 256]);
    settle(&mut victim);
}

/// Far more is asked for than sockets hold, and not read until the region is gone.
fn the_source_goes(world: &World, _: &str) {
    let mut victim = world.victim();
    let len = 8 << 20;
    let source = Guarded::new(&victim.end.pd, len, ALL_ACCESS);
    let request = read_request(1, source.token(), source.base(), len as u32);
    victim.peer.send(&request);
    let mut last = victim.peer.fpdu();
    let left = source.mr.deregister();
    // What TCP has may still be its: the end of it is the end of the region.
    let overwrite = left.wait_for(SOON).is_none_or(|status| status.is_success());
    assert!(overwrite);
    source.buffer.write(0, &vec![0x11; len]);
    let mut answered = 0;
    while last[..4] != hex("002e4147")[..] && last[3] == 0x42 {
        assert!(last[16..].iter().all(|byte| *byte == UNTOUCHED), "stale");
        answered += last.len() - 16;
        last = victim.peer.fpdu();
    }
    assert!(answered < len);
    assert_eq!((last[3], &last[20..24]), (0x47, &hex("0100e000")[..]));
    victim.assert_lost(NtStatus::CANCELLED);
}

fn reads_of_nothing(world: &World, _: &str) {
    let mut victim = open(world);
    for n in 0..50 {
        victim.end.post_send(n, 0, 64, 0);
    }
    let (mut sends, mut next) = (0, 0);
    while sends < 50 {
        assert!(next < 1000, "our requests do not get on");
        let mut answers = 0;
        for _ in 0..2 {
            next += 1;
            victim.peer.send(&read_request(next, 7, 7, 0));
        }
        while answers < 2 {
            match victim.peer.fpdu()[3] {
                0x42 => answers += 1,
                _ => sends += 1,
            }
        }
    }
    let done = victim.end.done.take(50);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
    settle(&mut victim);
}

/// A Read Response segment for `sink`, `at` bytes into it.
fn response(sink: (u32, u64), at: u64, last: bool, payload: &[u8]) -> Vec<u8> {
    let control = [if last { 0xc1 } else { 0x81 }, 0x42];
    tagged(control, sink.0, sink.1 + at, payload)
}

fn the_sink_goes(world: &World, _: &str) {
    let mut victim = open(world);
    let sink = victim.post_read();
    let left = victim.regions[region::F].mr.deregister();
    victim.peer.send(&response(sink, 0, true, &[0xaa; 256]));
    assert_eq!(victim.peer.terminate(), "1100c000");
    victim.assert_lost(NtStatus::CANCELLED);
    let done = victim.end.done.take(1)[0];
    assert_eq!(
        (done.context, done.status),
        (77, NtStatus::ACCESS_VIOLATION)
    );
    assert_eq!(left.wait(), NtStatus::SUCCESS);
    victim.assert_untouched(region::F);
}

fn swapped(world: &World, _: &str) {
    let mut victim = open(world);
    let _first = victim.post_read();
    let second = victim.post_read();
    victim.peer.send(&response(second, 0, true, &[0xaa; 256]));
    assert_eq!(victim.peer.terminate(), "1100c000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.peer.finish();
    let done = victim.end.done.take(2);
    assert!(done.iter().all(|done| !done.status.is_success()));
    victim.assert_untouched(region::F);
}

fn a_write_between(world: &World, _: &str) {
    let mut victim = open(world);
    let sink = victim.post_read();
    let a = &victim.regions[region::A];
    let between = write(a.token(), a.base(), &[0xaa; 16]);
    let stream = [
        response(sink, 0, false, &[1; 100]),
        between,
        response(sink, 100, true, &[2; 156]),
    ];
    victim.peer.say(&stream.concat(), Pace::Bytes);
    assert_eq!(victim.end.done.take(1)[0].status, NtStatus::SUCCESS);
    let expected = [[1; 100].as_slice(), &[2; 156]].concat();
    assert_eq!(victim.regions[region::F].bytes(), expected);
    assert_eq!(written(&victim, region::A), (0..16).collect::<Vec<_>>());
    settle(&mut victim);
}

/// A Send with Invalidate; `last` or not.
fn invalidating(victim: &Victim, last: bool) -> Vec<u8> {
    let control = [if last { 0x41 } else { 0x01 }, 0x44];
    untagged(control, victim.regions[region::A].token(), 1, &[0xaa; 16])
}

fn a_plain_region(world: &World, _: &str) {
    let mut victim = world.victim();
    let bytes = invalidating(&victim, true);
    victim.peer.send(&bytes);
    assert_eq!(victim.peer.terminate(), "0209c000");
    victim.assert_lost(NtStatus::CANCELLED);
    assert_eq!(
        victim.regions[region::A].mr.deregister().wait(),
        NtStatus::SUCCESS
    );
}

fn cut_short(world: &World, _: &str) {
    let victim = world.victim();
    let bytes = invalidating(&victim, false);
    let Victim {
        end,
        regions,
        mut peer,
        ..
    } = victim;
    peer.send(&bytes);
    peer.reset();
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert!(end.gone.wait(SOON));
    assert_eq!(regions[region::A].mr.deregister().wait(), NtStatus::SUCCESS);
}

/// Two connections of one domain write one region at once (C14).
#[test]
fn c14_two_connections_write_one_region() {
    let world = World::new(&[]);
    let (mut one, mut other) = world.two_of_one_domain();
    let target = Guarded::new(&one.end.pd, 0x4000, ALL_ACCESS);
    let (token, base) = (target.token(), target.base());
    thread::scope(|scope| {
        for (peer, half) in [(&mut one.peer, 0), (&mut other.peer, 0x2000)] {
            scope.spawn(move || {
                for _ in 0..200 {
                    peer.send(&write(token, base + half, &[half as u8 + 1; 0x2000]));
                    peer.send(&write(token, base + 0x1000, &[3; 0x2000]));
                }
            });
        }
    });
    for victim in [&mut one, &mut other] {
        victim.post_receive(1);
        settle(victim);
    }
    world.assert_neighbour();
}
