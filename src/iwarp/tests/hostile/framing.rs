//! FPDUs: lengths, CRC, padding, cuts, markers, and streams that stop.

use super::*;
use crate::iwarp::Transmit;

row_tests! { ends_the_stream:
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
}

/// A large FPDU's declared length, with a legal Write's header.
fn announced(length: u16) -> Vec<u8> {
    let mut head = length.to_be_bytes().to_vec();
    head.extend(hex("c140 88888808 00000000 00000000"));
    head
}

/// F09: the longest legal FPDU, and what it carries.
fn longest() -> (Vec<u8>, Vec<u8>) {
    let payload = rising(64_754);
    let frame = tagged([0xc1, 0x40], 0x8888_8808, 0, &payload);
    assert_eq!(frame[..16], announced(64_768));
    (frame, payload)
}

fn fixture_with_64k() -> End {
    let mut end = fixture();
    end.memory
        .regions
        .push(region(0x8888_8808, WRITE, 0, 0x1_0000));
    end
}

#[test]
fn f07_no_room_is_held_for_a_length() {
    // Two bytes are enough to be refused: nothing waits for the rest.
    let mut end = fixture();
    end.take(&input("F07")[..2], WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "10000000");
    assert_over(&mut end, "F07");
}

#[test]
fn f08_one_more_than_the_longest_length() {
    for cut in [WHOLE, 1, 1448] {
        let mut end = fixture_with_64k();
        let mut stream = announced(64_769);
        stream.resize(64_776, 0x77);
        end.take(&stream, cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "10000000");
        assert_untouched(&end);
        assert_over(&mut end, "F08");
    }
}

#[test]
fn f09_the_longest_length_is_accepted() {
    let (stream, payload) = longest();
    for cut in [WHOLE, 1, 1448] {
        let mut end = fixture_with_64k();
        end.take(&stream, cut);
        let bytes = &end.memory.region(0x8888_8808).bytes;
        assert_eq!(bytes[..payload.len()], payload);
        assert!(bytes[payload.len()..].iter().all(|b| *b == UNTOUCHED));
        assert_eq!((end.inbox.len(), failures(&end)), (0, 0));
    }
}

#[test]
fn f13_a_bad_crc_is_found_before_placing_if_the_fpdu_is_whole() {
    let mut end = fixture();
    end.take(&input("F13"), WHOLE);
    assert_eq!(failure(&end), Error::Crc);
    assert_untouched(&end);
}

#[test]
fn f13_a_bad_crc_leaves_nothing_outside_of_the_checked_range() {
    let mut end = fixture();
    end.take(&input("F13"), 1);
    assert_eq!(failure(&end), Error::Crc);
    assert!(
        end.memory.region(A).bytes[16..]
            .iter()
            .all(|b| *b == UNTOUCHED)
    );
}

#[test]
fn f15_a_pad_may_hold_anything() {
    accepted("F15", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 5])])
    });
}

#[test]
fn f16_without_crc_the_field_may_hold_anything() {
    accepted(
        "F16",
        || fixture_with(false, 2),
        |end| assert_eq!(end.memory.seen, [received(&[0xaa; 16])]),
    );
}

#[test]
fn f17_one_byte_at_a_time() {
    let mut end = fixture();
    end.memory.receives.extend([64; 99]);
    for sequence in 1..=100 {
        end.take(&send(sequence, &[0xaa; 64]), 1);
    }
    assert_eq!(end.memory.seen, vec![received(&[0xaa; 64]); 100]);
    assert_eq!(failures(&end), 0);
}

#[test]
fn f18_a_header_cut_at_each_place() {
    // `accepted` cuts in two at every place. A tagged header, an untagged one.
    accepted("T21", fixture, |end| {
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16])
    });
    accepted("D30", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 16])])
    });
}

#[test]
fn f19_the_truncated_one_waits() {
    let mut end = fixture();
    end.memory.receives.extend([64; 20]);
    let mut stream: Vec<u8> = (1..=20).flat_map(|n| send(n, b"")).collect();
    stream.extend(&send(21, b"")[..3]);
    end.take(&stream, WHOLE);
    assert_eq!(end.memory.seen.len(), 20);
    assert_eq!(failures(&end), 0);
    end.take(&send(21, b"")[3..], WHOLE);
    assert_eq!(end.memory.seen.len(), 21);
}

#[test]
fn f20_fin_in_an_fpdu() {
    let mut end = fixture();
    end.take(&input("F20"), WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinInFpdu);
    assert_eq!(end.transmit(WHOLE), []);
    assert_over(&mut end, "F20");
}

#[test]
fn f20_fin_in_a_message() {
    let mut end = fixture();
    end.take(&input("D36")[..40], WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinInMessage);
    assert_over(&mut end, "F20");
}

#[test]
fn f21_a_reset_while_a_large_fpdu_is_placed() {
    let (stream, payload) = longest();
    let mut end = fixture_with_64k();
    end.take(&stream[..30_000], 1448);
    end.machine.handle_reset();
    end.collect();
    assert_eq!(failure(&end), Error::Reset);
    let placed = end.memory.region(0x8888_8808).bytes.clone();
    assert_eq!(placed[..29_984], payload[..29_984]);
    end.take(&stream[30_000..], WHOLE);
    assert_eq!(end.memory.region(0x8888_8808).bytes, placed);
    assert_eq!(end.transmit(WHOLE), []);
}

#[test]
fn f22_a_marker_nobody_asked_for_is_a_length_of_zero() {
    let mut end = fixture();
    end.take(&input("F22"), 1);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "10000000");
    assert_over(&mut end, "F22");
}

/// A Send behind a marker that points `pointer` bytes back, the CRC right over both.
fn marked(pointer: u16) -> Vec<u8> {
    let mut stream = [[0; 2], pointer.to_be_bytes()].concat();
    stream.extend(hex("00164143 00000000 00000000 00000001 00000000 70696e67"));
    let crc = crc32c::update(0, &stream);
    stream.extend(crc.to_le_bytes());
    stream
}

/// A responder that asked for markers.
fn asked_for_markers() -> End {
    let config = Config {
        markers: true,
        ..config()
    };
    let mut end = End::new(Machine::responder(&config, 0));
    let request = hex("4d504120 49442052 65712046 72616d65 40010000");
    end.take(&request, WHOLE);
    end.machine.accept(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end.memory.receives.push_back(64);
    end
}

fn assert_astray(pointer: u16) {
    for cut in CUTS {
        let mut end = asked_for_markers();
        end.take(&marked(pointer), cut);
        assert_eq!(failure(&end), Error::Marker);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "20030000");
        assert_eq!(end.memory.seen, []);
    }
}

#[test]
fn f23_a_marker_that_points_elsewhere() {
    assert_astray(0x18);
    let mut end = asked_for_markers();
    end.take(&marked(0), 1);
    assert_eq!(end.memory.seen, [received(b"ping")]);
}

#[test]
fn f24_a_marker_that_points_before_the_stream() {
    assert_astray(0xfffc);
}

/// RFC 5044 section 4.3: the two low bits are sent as 0 and taken as 0.
#[test]
fn f24_the_low_bits_of_a_marker() {
    for bits in 1..4 {
        let mut end = asked_for_markers();
        end.take(&marked(bits), 1);
        assert_eq!(end.memory.seen, [received(b"ping")]);
    }
}

#[test]
fn f25_a_length_and_then_silence() {
    let mut end = fixture();
    end.take(&input("F25"), 1);
    // Nothing is asked of the peer, and nothing is waited for with a timer of ours.
    assert_eq!((failures(&end), end.inbox.len()), (0, 0));
    assert_eq!(end.machine.poll_timeout(), None);
    // The consumer's own end is not held up by it.
    end.machine.disconnect();
    let mut sink = Sink::new(&end.memory, WHOLE);
    assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Finished);
}

#[test]
fn f26_a_startup_frame_in_the_stream_is_refused_by_its_control_bytes() {
    for cut in CUTS {
        let mut end = fixture();
        let request = hex("4d504120 49442052 65712046 72616d65 40010000");
        end.take(&request, cut);
        // Control 41, 20: RDMAP version 0.
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "02050000");
        assert_over(&mut end, "F26");
    }
}
