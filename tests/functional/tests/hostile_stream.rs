//! FPDUs, headers and messages that break a rule, or look as if they did (`docs/hostile.md`).

use softrnic_functional::consumer::{ConnectParameters, NtStatus};
use softrnic_functional::hostile::{
    Guarded, Pace, Peer, REQUEST, Victim, World, answer_to, bytes_of, hex, region, send, tagged,
    write,
};
use softrnic_functional::peer::{self, fpdu};
use softrnic_functional::{ALL_ACCESS, End, SOON, pattern, row_tests};

row_tests! {
    ends_the_stream:
        f01_a_length_of_zero
        f02_shorter_than_a_tagged_header
        f03_shorter_than_an_untagged_header
        f04_one_byte_is_no_header
        f05_a_read_request_one_byte_short
        f06_a_read_request_with_payload
        f07_the_longest_length_is_refused_by_itself
        f10_a_flipped_bit
        f11_inverted_crc
        f12_crc_in_the_wrong_byte_order
        f13_crc_error_on_a_write
        f14_crc_of_zero
        d01_ddp_version_0_tagged
        d02_ddp_version_2_untagged
        d03_ddp_version_3_of_nothing
        d04_rdmap_version_0
        d05_rdmap_version_3
        d06_an_undefined_opcode
        d07_immediate_data
        d08_an_atomic_request
        d09_an_atomic_response_nobody_asked_for
        d10_a_tagged_send
        d11_an_untagged_write
        d12_an_untagged_read_response
        d13_a_tagged_terminate
        d15_a_send_on_queue_1
        d16_a_send_on_queue_2
        d17_a_send_on_the_last_queue
        d18_a_read_request_on_queue_0
        d19_a_send_numbered_0
        d20_a_gap_in_the_numbers
        d22_the_last_number_first
        d24_a_first_segment_in_the_middle
        d25_an_offset_that_overflows
        d26_segments_that_overlap
        d27_segments_with_a_hole
        d33_empty_segments_for_ever
        d34_a_new_message_inside_one
        d35_another_opcode_inside_a_message;
    overflows_its_receive:
        d28_a_message_one_byte_too_long
        d29_a_segment_beyond_the_end;
    is_not_spoken:
        d38_a_misaligned_atomic_is_an_unknown_opcode
        d39_short_immediate_data_is_an_unknown_opcode;
    one_more_than_the_longest: f08_one_more_than_the_longest_length;
    the_longest: f09_the_longest_length_is_accepted;
    a_pad: f15_a_pad_may_hold_anything;
    one_byte_at_a_time: f17_one_byte_at_a_time;
    a_cut_header: f18_a_header_cut_at_each_place;
    many_at_once: f19_the_truncated_one_waits;
    fin_inside: f20_fin_in_an_fpdu;
    reset_inside: f21_a_reset_while_a_large_fpdu_is_placed;
    a_marker: f22_a_marker_nobody_asked_for;
    two_bytes: f25_a_length_and_then_silence;
    start_up_again: f26_a_startup_frame_in_the_stream;
    reserved_bits: d14_reserved_bits_are_not_looked_at;
    a_replay: d21_a_replay_is_refused;
    waits_for_a_receive:
        d30_no_receive_holds_the_stream_until_one_is_posted
        d32_no_receive_holds_an_empty_send_too;
    nothing_sent: d31_an_empty_send_uses_a_receive;
    a_write_inside: d36_a_write_between_segments_of_a_send;
}

const BOTH_WAYS: [Pace; 2] = [Pace::Whole, Pace::Bytes];

/// One Terminate, FIN; the receive comes back with `status`, nothing is placed.
fn terminates(world: &World, id: &str, code: &str, status: NtStatus) {
    for pace in BOTH_WAYS {
        let mut victim = world.victim();
        victim.is_told(id, pace);
        assert_eq!(victim.peer.terminate(), code, "{id} {pace:?}");
        victim.assert_lost(status);
        // F13 may be placed as it streams, inside the checked range; D28 fills its receive.
        for untouched in [region::C, region::F] {
            victim.assert_untouched(untouched);
        }
        if !(id == "F13" && pace == Pace::Bytes) {
            victim.assert_untouched(region::A);
        }
    }
}

fn ends_the_stream(world: &World, id: &str) {
    terminates(world, id, answer_to(id), NtStatus::CANCELLED);
}

fn overflows_its_receive(world: &World, id: &str) {
    terminates(world, id, answer_to(id), NtStatus::BUFFER_OVERFLOW);
}

fn is_not_spoken(world: &World, id: &str) {
    terminates(world, id, "02060000", NtStatus::CANCELLED);
}

/// The 64-byte receive holds `payload`, and the connection goes on.
fn assert_received(victim: &mut Victim, payload: &[u8]) {
    let done = victim.end.received.take(1)[0];
    assert_eq!(
        (done.status, done.bytes as usize),
        (NtStatus::SUCCESS, payload.len())
    );
    let held = victim.regions[region::RECEIVE].bytes();
    assert_eq!(held[..payload.len()], *payload);
    victim.assert_alive();
}

/// A legal row that delivers `payload`.
fn delivers(world: &World, id: &str, payload: &[u8]) {
    for pace in BOTH_WAYS {
        let mut victim = world.victim();
        victim.is_told(id, pace);
        assert_received(&mut victim, payload);
    }
}

fn a_pad(world: &World, id: &str) {
    delivers(world, id, &[0xaa; 5]);
}

fn reserved_bits(world: &World, id: &str) {
    delivers(world, id, &[0xaa; 16]);
}

fn nothing_sent(world: &World, id: &str) {
    delivers(world, id, b"");
}

fn a_write_inside(world: &World, id: &str) {
    for pace in BOTH_WAYS {
        let mut victim = world.victim();
        victim.is_told(id, pace);
        assert_received(&mut victim, &[0xaa; 32]);
        let bytes = victim.regions[region::A].bytes();
        assert_eq!((&bytes[..16], bytes[16]), (&[0xaa; 16][..], 0x55));
    }
}

fn one_more_than_the_longest(world: &World, _: &str) {
    let mut victim = world.victim();
    let a = &victim.regions[region::A];
    let mut stream = hex("fd01 c140");
    stream.extend(a.token().to_be_bytes());
    stream.extend(a.base().to_be_bytes());
    stream.resize(64_776, 0x77);
    victim.peer.say(&stream, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "10000000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
}

/// A region of 64 KiB and a Write of all one FPDU can carry.
fn longest(victim: &Victim) -> (Guarded, Vec<u8>, Vec<u8>) {
    let large = Guarded::new(&victim.end.pd, 0x1_0000, ALL_ACCESS);
    let payload = pattern(3, 64_754);
    let frame = write(large.token(), large.base(), &payload);
    assert_eq!(frame[..2], hex("fd00")[..]);
    (large, payload, frame)
}

fn the_longest(world: &World, _: &str) {
    let mut victim = world.victim();
    let (large, payload, frame) = longest(&victim);
    let before = world.held();
    for piece in frame.chunks(1448) {
        victim.peer.say(piece, Pace::Whole);
    }
    victim.peer.send(&send(1, b"after"));
    assert_received(&mut victim, b"after");
    let bytes = large.bytes();
    assert_eq!(bytes[..payload.len()], payload);
    assert!(bytes[payload.len()..].iter().all(|byte| *byte == 0x55));
    assert!(
        world.held().0 < before.0 + 0x1_0000,
        "no buffer of that size"
    );
}

fn reset_inside(world: &World, _: &str) {
    let victim = world.victim();
    let (large, payload, frame) = longest(&victim);
    let Victim {
        end,
        regions,
        mut peer,
        ..
    } = victim;
    peer.send(&frame[..30_000]);
    // Not before some of it was placed.
    let until = std::time::Instant::now() + SOON;
    while large.bytes()[0] != payload[0] {
        assert!(
            std::time::Instant::now() < until,
            "it is placed as it comes"
        );
        std::thread::yield_now();
    }
    peer.reset();
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert!(end.gone.wait(SOON));
    // Flushed: the memory is the consumer's again.
    assert_eq!(large.mr.deregister().wait(), NtStatus::SUCCESS);
    large.buffer.write(0, &[0x11; 0x1_0000]);
    assert!(large.bytes().iter().all(|byte| *byte == 0x11));
    drop(regions);
}

fn one_byte_at_a_time(world: &World, _: &str) {
    let mut victim = world.victim();
    let before = world.held();
    for sequence in 1..=20 {
        victim.peer.say(&send(sequence, &[0xaa; 64]), Pace::Bytes);
        assert_eq!(victim.end.received.take(1)[0].bytes, 64);
        victim.post_receive(1);
    }
    assert!(world.held().1 <= before.1 + 8, "nothing is kept for a byte");
    victim.assert_alive();
}

fn a_cut_header(world: &World, _: &str) {
    let mut victim = world.victim();
    let (token, base) = (
        victim.regions[region::A].token(),
        victim.regions[region::A].base(),
    );
    for cut in 1..=20 {
        for frame in [write(token, base, &[cut as u8; 16]), send(cut as u32, b"")] {
            victim.peer.send(&frame[..cut]);
            std::thread::yield_now();
            victim.peer.send(&frame[cut..]);
        }
        assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(victim.regions[region::A].bytes()[..16], [cut as u8; 16]);
        victim.post_receive(1);
    }
    victim.assert_alive();
}

fn many_at_once(world: &World, _: &str) {
    let mut victim = world.victim();
    for _ in 0..20 {
        victim.post_receive(1);
    }
    let mut stream: Vec<u8> = (1..=20).flat_map(|n| send(n, b"")).collect();
    stream.extend(&send(21, b"")[..3]);
    victim.peer.send(&stream);
    let done = victim.end.received.take(20);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
    assert!(victim.is_quiet(), "the truncated one waits");
    victim.peer.send(&send(21, b"")[3..]);
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    victim.assert_alive();
}

fn fin_inside(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.is_told(id, Pace::Whole);
    victim.peer.finish();
    assert!(victim.peer.rest().0.is_empty(), "no Terminate");
    victim.assert_lost(NtStatus::CANCELLED);
}

fn a_marker(world: &World, id: &str) {
    let mut victim = world.victim();
    let mut stream = bytes_of(id);
    stream.extend(send(1, b"ping"));
    victim.peer.say(&stream, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "10000000");
    victim.assert_lost(NtStatus::CANCELLED);
}

/// Nothing is held but the connection, and the consumer's own end is not held up.
fn two_bytes(world: &World, id: &str) {
    let mut victim = world.victim();
    // A first FPDU, for a responder says nothing before it.
    victim.peer.send(&send(1, b""));
    assert_received(&mut victim, b"");
    victim.is_told(id, Pace::Whole);
    assert!(victim.is_quiet());
    victim.assert_alive();
    let leaving = victim.end.disconnect();
    assert!(victim.peer.rest().0.is_empty());
    drop(victim.peer);
    assert!(leaving.wait_for(SOON).is_some(), "it ends, well or badly");
}

fn start_up_again(world: &World, _: &str) {
    for pace in BOTH_WAYS {
        let mut victim = world.victim();
        victim.peer.say(&hex(REQUEST), pace);
        assert_eq!(victim.peer.terminate(), "02050000");
        victim.assert_lost(NtStatus::CANCELLED);
    }
}

fn a_replay(world: &World, id: &str) {
    let mut victim = world.victim();
    victim.post_receive(2);
    victim.is_told(id, Pace::Whole);
    assert_eq!(victim.end.received.take(1)[0].status, NtStatus::SUCCESS);
    victim.is_told(id, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "1203c000");
    victim.assert_lost(NtStatus::CANCELLED);
}

fn waits_for_a_receive(world: &World, id: &str) {
    let mut victim = world.victim_with(2);
    let a = &victim.regions[region::A];
    let behind = write(a.token(), a.base(), &[0xaa; 16]);
    victim.is_told(id, Pace::Whole);
    victim.peer.send(&behind);
    assert!(victim.is_quiet());
    victim.assert_untouched(region::A);
    victim.post_receive(1);
    victim.post_receive(2);
    // The one behind the Write tells that the Write is through.
    victim.peer.send(&send(2, b"done"));
    let done = victim.end.received.take(2);
    assert!(done.iter().all(|done| done.status == NtStatus::SUCCESS));
    assert_eq!(victim.regions[region::A].bytes()[..16], [0xaa; 16]);
    victim.assert_alive();
}

/// A connection of a machine with these keywords; the peer's Request and the Reply have flags `c`.
fn configured(world: &World, flags: u8) -> (Peer, End) {
    let mut peer = world.peer();
    peer.send(&peer::request(flags, 1, b""));
    let mut end = world.end();
    let mut connector = world.offered(&peer);
    let parameters = ConnectParameters::default();
    let accepting = connector.accept(&end.qp, &parameters, end.on_disconnect());
    let _reply = peer.read_frame();
    assert_eq!(accepting.wait(), NtStatus::SUCCESS);
    end.connector = Some(connector);
    end.post_receive(1, 0, 64);
    (peer, end)
}

#[test]
fn f16_without_crc_the_field_may_hold_anything() {
    let world = World::new(&[("NetworkDirectCrc", 0)]);
    let (mut peer, end) = configured(&world, 0);
    peer.send(&bytes_of("F16"));
    assert_eq!(end.received.take(1)[0].status, NtStatus::SUCCESS);
    assert_eq!(end.buffer.read(0, 16), [0xaa; 16]);
    world.assert_neighbour();
}

/// A marker that points `pointer` bytes back before a Send, the CRC right over both.
fn marked(pointer: u8) -> Vec<u8> {
    let mut stream = peer::marked(&[fpdu(&peer::send(1, b"ping"))]);
    stream[3] = pointer;
    if pointer == 0xfc {
        stream[2] = 0xff;
    }
    let end = stream.len() - 4;
    let crc = softrnic::crc32c::update(0, &stream[..end]);
    stream[end..].copy_from_slice(&crc.to_le_bytes());
    stream
}

fn assert_astray(world: &World, pointer: u8) {
    let (mut peer, end) = configured(world, 0x40);
    peer.send(&marked(pointer));
    assert_eq!(peer.terminate(), "20030000");
    assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    assert!(end.gone.wait(SOON));
    world.assert_neighbour();
}

#[test]
fn f23_f24_markers_that_point_elsewhere() {
    let world = World::new(&[("NetworkDirectMarkers", 1)]);
    assert_astray(&world, 0x18);
    assert_astray(&world, 0xfc);
    // F24: the low bits are not looked at.
    for pointer in 0..4 {
        let (mut peer, end) = configured(&world, 0x40);
        peer.send(&marked(pointer));
        assert_eq!(end.received.take(1)[0].status, NtStatus::SUCCESS);
        assert_eq!(end.buffer.read(0, 4), *b"ping");
    }
}

/// After a Terminate the rest is dropped, whatever it is.
#[test]
fn what_comes_after_a_terminate_is_dropped() {
    let world = World::new(&[]);
    let mut victim = world.victim();
    let a = &victim.regions[region::A];
    let good = tagged([0xc1, 0x40], a.token(), a.base(), &[0xaa; 16]);
    let mut stream = bytes_of("D06");
    stream.extend(good);
    victim.peer.say(&stream, Pace::Whole);
    assert_eq!(victim.peer.terminate(), "02060000");
    victim.assert_lost(NtStatus::CANCELLED);
    victim.assert_untouched(region::A);
}
