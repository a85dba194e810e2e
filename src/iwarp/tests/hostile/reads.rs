//! RDMA Reads: the peer's requests, and its answers to ours.

use super::*;
use crate::iwarp::Transmit;

row_tests! { ends_the_stream:
    r01_an_unknown_source
    r02_no_right_to_read
    // RFC5042-6.1.1-2.
    r03_a_source_of_another_domain
    r04_a_source_past_the_end
    r05_a_source_that_wraps
    r06_a_length_of_all_ones
    r08_one_request_more_than_agreed
    r10_a_request_that_is_not_the_last_segment
    r11_a_request_with_an_offset
    r12_a_gap_in_the_numbers_of_requests
    r17_a_response_nobody_asked_for
}

row_tests! { ends_the_stream_of_a_reader:
    r18_a_response_to_another_stag
    r19_a_response_to_another_place
    r20_a_response_too_long
    r21_a_response_too_short
    r22_a_response_that_goes_on
    r23_a_response_of_nothing
}

/// A Read Request of `len` bytes of A, answered to sink 0x11, 0x22.
fn request(sequence: u32, len: u32) -> Vec<u8> {
    let sequence = sequence.to_be_bytes();
    let head = hex("4141 00000000 00000001");
    let sink = hex("00000000 00000011 00000000 00000022");
    let len = len.to_be_bytes();
    let source = hex("12345601 00000000 00001000");
    fpdu(&[&head[..], &sequence, &sink, &len, &source].concat())
}

/// A Read Response segment.
fn response(stag: u32, to: u64, last: bool, payload: &[u8]) -> Vec<u8> {
    tagged([if last { 0xc1 } else { 0x81 }, 0x42], stag, to, payload)
}

// RFC5042-6.3.1-1.
#[test]
fn r04_no_byte_of_a_refused_read_is_sent() {
    // `terminate_in` takes nothing beside the Terminate: no response went out before it.
    let mut end = fixture();
    end.take(&request(1, 16), WHOLE);
    end.take(&request(2, 0x1001), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "0101e000");
}

#[test]
fn r07_a_read_of_nothing_is_answered_unchecked() {
    accepted("R07", fixture, |end| {
        let response = end.transmit(WHOLE);
        let head = hex("000ec142 00000011 00000000 00000022");
        assert_eq!(response[..16], head[..]);
        assert_eq!(response.len(), 20);
    });
}

#[test]
fn r08_as_many_as_agreed_again_and_again() {
    let mut end = fixture();
    for round in 0..100 {
        end.take(&request(2 * round + 1, 16), WHOLE);
        end.take(&request(2 * round + 2, 16), WHOLE);
        // Two responses of 36 bytes.
        assert_eq!(end.transmit(WHOLE).len(), 72);
    }
    assert_eq!(failures(&end), 0);
}

#[test]
fn r09_no_inbound_reads_agreed() {
    for greeting in [b"".to_vec(), input("D31")] {
        let mut end = fixture_with(true, 0);
        end.take(&greeting, WHOLE);
        end.take(&input("R09"), WHOLE);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "1202c000");
        assert_over(&mut end, "R09");
    }
}

#[test]
fn r13_the_sink_is_echoed_blindly() {
    accepted("R13", fixture, |end| {
        let response = end.transmit(WHOLE);
        let head = hex("010ec142 12345601 00000000 00001000");
        assert_eq!(response[..16], head[..]);
        assert_untouched(end);
    });
}

#[test]
fn r14_the_source_is_invalidated_half_way() {
    let mut end = fixture();
    end.take(&request(1, 0x1000), WHOLE);
    let mut sink = Sink::new(&end.memory, 1460);
    assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Full);
    assert_eq!(sink.bytes.len(), 1460);
    end.memory.region_mut(A).valid = false;
    let terminate = end.transmit(WHOLE);
    assert_eq!(terminate_in(&terminate), "0100e000");
    // 1440 bytes were answered: the quoted request is what is left of it.
    let rest = "002e4141 00000000 00000001 00000001 00000000 00000011 00000000 000005c2 00000a60
                12345601 00000000 000015a0";
    assert_eq!(terminate[24..72], hex(rest)[..]);
    assert_over(&mut end, "R14");
}

/// A peer that does not take what it asked for: nothing of the source is copied or kept.
#[test]
fn r15_the_peer_asks_and_takes_nothing() {
    let mut end = fixture();
    end.memory
        .regions
        .push(region(0x9999_9909, READ, 0, 1 << 20));
    end.take(&request(1, 0x1000), WHOLE);
    end.take(&request(2, 0x1000), WHOLE);
    let mut sink = Sink::new(&end.memory, 0);
    for _ in 0..1000 {
        assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Full);
    }
    assert_eq!(sink.bytes, []);
    // What the peer may ask for is bounded all the same.
    end.take(&request(3, 16), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1202c000");
}

#[test]
fn r16_reads_of_nothing_do_not_starve_our_requests() {
    let mut end = fixture();
    let mut next = 1;
    for n in 0..50 {
        end.send(&[n; 8], false, None);
    }
    // As many answers as agreed wait each time we may send one frame.
    while end.sent < 50 {
        end.take(&request(next, 0), WHOLE);
        next += 1;
        end.transmit(WHOLE);
        assert!(next < 200, "our requests do not get on");
    }
    assert_eq!(failures(&end), 0);
}

#[test]
fn r24_the_sink_of_our_read_is_gone() {
    for cut in CUTS {
        let mut end = reading();
        end.memory.sink_gone = true;
        end.take(&input("R24"), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "1100c000");
        assert_eq!(end.memory.seen, []);
        assert_over(&mut end, "R24");
    }
}

#[test]
fn r25_responses_in_the_wrong_order() {
    let mut end = reading();
    let second = Request::Read {
        len: 256,
        stag: Stag(9),
        to: 0,
        sink_stag: Stag(0x77),
        sink_to: 0,
    };
    end.requests.push_back((second, vec![UNTOUCHED; 256]));
    end.transmit(WHOLE);
    end.take(&response(0x77, 0, true, &[1; 256]), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1100c000");
    assert_eq!(end.memory.seen, []);
    assert_over(&mut end, "R25");
}

#[test]
fn r26_a_write_inside_a_read_response() {
    for cut in CUTS {
        let mut end = reading();
        end.take(&response(F, 0x2000, false, &[1; 100]), cut);
        end.take(&input("T21"), cut);
        end.take(&response(F, 0x2064, true, &[2; 156]), cut);
        let expected = [[1; 100].as_slice(), &[2; 156]].concat();
        assert_eq!(end.memory.seen, [Seen::Read(expected)]);
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16]);
    }
}
