//! RDMA Reads, both ways (RFC 5040 sections 4.4, 5.2, 5.5, 6.1 and 7.2).

use super::*;

/// A Read Response of one segment.
fn response(stag: u32, to: u64, payload: &[u8]) -> Vec<u8> {
    fpdu(&tagged(0xc1, 2, stag, to, payload))
}

/// Sink STag and offset of what `End::read` asks for.
const SINK: (u32, u64) = (0x0c00_0001, 0x1_0000);

/// The peer's Read of our region.
fn ask(n: u32, len: u32) -> Vec<u8> {
    fpdu(&read_request(n, (0x100 + n, 0x50), len, (REGION, 0x1000)))
}

/// RFC5040-4.4-1, RFC5040-5.2.1-1, RFC5040-5.2.1-5, RFC5040-5.2.1-8.
#[test]
fn a_request_is_one_untagged_segment_on_queue_one() {
    let mut end = up();
    end.read(0x5566_7788, 0x3000, 0x1_0000);
    end.read(0x99, u64::MAX, 7);
    let segments = segments(&end.transmit(WHOLE));
    let expected = [
        read_request(1, SINK, 0x1_0000, (0x5566_7788, 0x3000)),
        read_request(2, SINK, 7, (0x99, u64::MAX)),
    ];
    let sent: Vec<Vec<u8>> = segments.into_iter().map(|segment| segment.ulpdu).collect();
    assert_eq!(sent, expected);
}

/// RFC5040-4.4-2, RFC5040-4.4-3, RFC5040-5.2-1, RFC5040-5.2.1-10, RFC5040-5.2.2-1,
/// RFC5040-5.2.2-4, RFC5040-5.2.2-7, RFC5041-4.2-7.
#[test]
fn a_response_is_one_tagged_message_to_the_sink_as_it_was_named() {
    // A sink that is one of our own regions, at an offset of no sense here: echoed, not looked at.
    for sink in [(REGION, u64::MAX - 5000), (0, 0), (u32::MAX, 1)] {
        let mut end = up();
        end.take(&fpdu(&read_request(1, sink, 4000, (REGION, 0x1000))), 1);
        let segments = segments(&end.transmit(WHOLE));
        assert!(
            segments
                .iter()
                .all(|s| s.is_tagged() && s.opcode() == 2 && s.stag() == sink.0)
        );
        assert_eq!(segments[0].to(), sink.1);
        assert_eq!(
            segments.iter().filter(|segment| segment.is_last()).count(),
            1
        );
        let payload: usize = segments.iter().map(|s| s.payload().len()).sum();
        assert_eq!(payload, 4000);
        // The consumer is told nothing of it.
        assert_eq!(end.memory.seen, []);
    }
}

/// RFC5040-5.2.1-3, RFC5040-5.2.1-4, RFC5040-5.2.1-9, RFC5040-4.4-4.
#[test]
fn any_part_of_a_region_can_be_read() {
    for (at, len) in [(0, 0x1000), (1, 1), (0xfff, 1), (0x7ff, 3)] {
        let mut end = up();
        end.memory.region_mut(REGION).bytes = rising(0x1000);
        let source = (REGION, 0x1000 + at as u64);
        end.take(&fpdu(&read_request(1, (1, 2), len as u32, source)), WHOLE);
        let segments = segments(&end.transmit(WHOLE));
        let payload: Vec<u8> = segments.iter().flat_map(|s| s.payload().to_vec()).collect();
        assert_eq!(payload, rising(0x1000)[at..at + len]);
        assert_eq!(end.memory.seen, []);
    }
}

/// RFC5040-5.2.1-7, RFC5040-5.2.2-5, RFC5040-5.5-14.
#[test]
fn responses_come_in_the_order_of_the_requests() {
    let mut end = up();
    let requests: Vec<u8> = (1..=10).flat_map(|n| ask(n, 3000 / n)).collect();
    end.take(&requests, 7);
    let segments = segments(&end.transmit(WHOLE));
    let sinks = segments.iter().filter(|segment| segment.is_last());
    let sinks: Vec<u32> = sinks.map(|segment| segment.stag() - 0x100).collect();
    assert_eq!(sinks, (1..=10).collect::<Vec<u32>>());
}

/// RFC5040-5.2.1-13, RFC5040-5.2.1-14.
#[test]
fn a_read_of_nothing_is_answered_unchecked() {
    for source in [(0, 0), (0xdead_beef, u64::MAX)] {
        let mut end = up();
        end.take(&fpdu(&read_request(1, (5, 6), 0, source)), 1);
        let expected = tagged(0xc1, 2, 5, 6, b"");
        assert_eq!(end.transmit(WHOLE), fpdu(&expected));
    }
}

/// RFC5040-5.2.1-12, RFC5040-7.2-9, RFC5040-7.2-10, RFC5040-7.2-11, RFC5040-7.2-12,
/// RFC5040-7.2-13, RFC5040-4.8-3.
// RFC5040-7.1-4, RFC5042-6.1.1-2, RFC5042-6.3.1-1, RFC5042-6.3.5-1.
#[test]
fn every_check_of_a_source_has_its_code() {
    let foreign = Region {
        foreign: true,
        ..region(4)
    };
    let write_only = Region {
        rights: Rights {
            write: true,
            ..Rights::default()
        },
        ..region(5)
    };
    for (stag, to, len, code) in [
        (0x0bad_ba01, 0x1000, 1, "0100e000"),
        (REGION, 0x0fff, 1, "0101e000"),
        (REGION, 0x2000, 1, "0101e000"),
        (REGION, 0x1001, 0x1000, "0101e000"),
        (REGION, 0x1000, u32::MAX, "0101e000"),
        (5, 0x1000, 1, "0102e000"),
        (4, 0x1000, 1, "0103e000"),
        (REGION, u64::MAX, 2, "0104e000"),
    ] {
        for cut in CUTS {
            let mut end = up();
            end.memory
                .regions
                .extend([foreign.clone(), write_only.clone()]);
            let request = read_request(1, (1, 2), len, (stag, to));
            end.take(&fpdu(&request), cut);
            let (control, quoted) = terminate(&end.transmit(WHOLE));
            assert_eq!(control, code);
            assert_eq!(quoted, [hex("002e"), request].concat());
        }
    }
}

/// RFC5040-5.2.1-2, RFC5040-5.2.2-2, RFC5040-6.1-5, RFC5040-8.1.1-11.
// RFC5040-6.1-2, RFC5042-6.4.3.3-2.
#[test]
fn as_many_requests_as_agreed_are_taken_and_no_more() {
    let limit = u32::from(LIMITS.ird);
    let mut end = up();
    end.take(
        &(1..=limit).flat_map(|n| ask(n, 16)).collect::<Vec<u8>>(),
        WHOLE,
    );
    assert_eq!(failure(&end), None);
    assert_eq!(segments(&end.transmit(WHOLE)).len(), limit as usize);
    // Answered: as many again, and one too many.
    end.take(
        &(1..=limit)
            .flat_map(|n| ask(limit + n, 16))
            .collect::<Vec<u8>>(),
        WHOLE,
    );
    assert_eq!(failure(&end), None);
    end.take(&ask(2 * limit + 1, 16), WHOLE);
    assert_eq!(failure(&end), Some(Error::ReadRequestsExceeded));
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "1202c000");
}

/// RFC5040-6.1-4.
// RFC5040-6.1-3.
#[test]
fn no_more_are_outstanding_than_agreed() {
    let mut end = up();
    for _ in 0..20 {
        end.read(8, 0, 4);
    }
    assert_eq!(
        segments(&end.transmit(WHOLE)).len(),
        usize::from(LIMITS.ord)
    );
    assert_eq!(end.transmit(WHOLE), []);
    end.take(&response(SINK.0, SINK.1, b"four"), WHOLE);
    assert_eq!(segments(&end.transmit(WHOLE)).len(), 1);
}

/// RFC5040-5.2.2-3, RFC5040-5.5-4, RFC5040-5.5-13, RFC5040-5.5-15.
// RFC5041-4.2-3.
#[test]
fn a_read_is_done_when_the_last_of_its_response_is_there() {
    for cut in CUTS {
        let mut end = up();
        end.read(8, 0, 8);
        end.read(8, 0, 4);
        end.transmit(WHOLE);
        end.take(&fpdu(&tagged(0x81, 2, SINK.0, SINK.1, b"half")), cut);
        assert_eq!(end.memory.seen, []);
        let whole = response(SINK.0, SINK.1 + 4, b"done");
        end.take(&whole[..whole.len() - 1], cut);
        assert_eq!(end.memory.seen, []);
        end.take(&whole[whole.len() - 1..], cut);
        assert_eq!(end.memory.seen, [Seen::Read(b"halfdone".to_vec())]);
        end.take(&response(SINK.0, SINK.1, b"next"), cut);
        assert_eq!(end.memory.seen[1..], [Seen::Read(b"next".to_vec())]);
    }
}

/// RFC5040-5.2.2-6: we do validate, to the byte.
// RFC5042-6.2.1-1.
#[test]
fn a_response_must_be_the_one_asked_for() {
    for (stag, to, payload, code) in [
        (SINK.0 + 1, SINK.1, &b"four"[..], "1100c000"),
        (REGION, 0x1000, b"four", "1100c000"),
        (SINK.0, SINK.1 + 1, b"four", "1101c000"),
        (SINK.0, SINK.1, b"three"[..3].as_ref(), "1101c000"),
        (SINK.0, SINK.1, b"fives", "1101c000"),
        (SINK.0, SINK.1, b"", "1101c000"),
    ] {
        for cut in CUTS {
            let mut end = up();
            end.read(8, 0, 4);
            end.transmit(WHOLE);
            end.take(&response(stag, to, payload), cut);
            assert_eq!(terminate(&end.transmit(WHOLE)).0, code);
            assert_eq!(end.memory.seen, []);
            assert!(
                end.memory
                    .region(REGION)
                    .bytes
                    .iter()
                    .all(|byte| *byte == 0x55)
            );
        }
    }
    let mut end = up();
    end.take(&response(SINK.0, SINK.1, b"nobody asked"), WHOLE);
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "0206c000");
}

/// RFC5040-5.5-5, RFC5040-5.5-11: the region is read after what came before is in place, and not
/// before the request is whole.
#[test]
fn a_request_is_served_after_what_came_before_it() {
    for cut in CUTS {
        let mut end = up();
        let mut stream = write(REGION, 0x1000, b"written");
        let request = fpdu(&read_request(1, (1, 2), 7, (REGION, 0x1000)));
        stream.extend(&request[..request.len() - 1]);
        end.take(&stream, cut);
        assert_eq!(end.transmit(WHOLE), []);
        end.take(&request[request.len() - 1..], cut);
        assert_eq!(segments(&end.transmit(WHOLE))[0].payload(), b"written");
    }
}

/// RFC5040-5.5-6, RFC5040-5.5-12: what comes after a request does not wait for the response.
#[test]
fn later_messages_do_not_wait_for_a_response() {
    let mut end = up();
    let stream = [
        ask(1, 16),
        write(REGION, 0x1000, b"later"),
        send(1, b"later"),
    ];
    end.take(&stream.concat(), WHOLE);
    assert_eq!(end.memory.seen, [received(b"later")]);
    assert_eq!(end.memory.region(REGION).bytes[..5], *b"later");
    assert_eq!(segments(&end.transmit(WHOLE)).len(), 1);
}
