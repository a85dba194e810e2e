//! A hostile peer: every row of bytes, in one piece and cut, must end as its row says.

use super::rows::{OTHERS, Row, TERMINATED, TERMINATED_WITH_READ_OUTSTANDING, UNANSWERED};
use super::support::*;
use crate::iwarp::{
    Close, Config, Error, Event, Machine, PeerTerminate, ReadLimits, ReceiveFault, Request,
    Revision,
};
use crate::rdma::Stag;

const CUTS: [usize; 4] = [usize::MAX >> 1, 1, 3, 7];
const READ: Rights = Rights {
    read: true,
    write: false,
    invalidatable: true,
};
const WRITE: Rights = Rights {
    read: false,
    write: true,
    invalidatable: true,
};
const BOTH: Rights = Rights {
    read: true,
    write: true,
    invalidatable: true,
};
const NEITHER: Rights = Rights {
    read: false,
    write: false,
    invalidatable: true,
};

const A: u32 = 0x1234_5601;
const B: u32 = 0x2222_2202;
const C: u32 = 0x3333_3303;
const F: u32 = 0x6666_6606;

fn region(stag: u32, rights: Rights, base: u64, len: usize) -> Region {
    Region {
        stag: Stag(stag),
        foreign: false,
        valid: true,
        rights,
        base,
        bytes: vec![0x55; len],
    }
}

/// Regions A to G, one 64-byte receive, two inbound Reads allowed, stream up, nothing sent.
fn fixture_with(crc: bool, ird: u16) -> End {
    let limits = ReadLimits { ird, ord: 2 };
    let config = Config {
        revision: Revision::One,
        caps: limits,
        crc,
        ..config()
    };
    let mut end = End::new(Machine::initiator(&config));
    end.machine.request(0, b"", limits).unwrap();
    end.transmit(1 << 20);
    let flags = if crc { "40" } else { "00" };
    end.take(
        &hex(&format!(
            "4d504120 49442052 65702046 72616d65 {flags}010000"
        )),
        1 << 20,
    );
    end.machine.complete().unwrap();
    end.collect();
    end.memory.regions = vec![
        region(A, BOTH, 0x1000, 0x1000),
        region(B, READ, 0x1000, 0x1000),
        region(C, WRITE, 0x1000, 0x1000),
        Region {
            foreign: true,
            ..region(0x4444_4404, BOTH, 0x1000, 0x1000)
        },
        Region {
            valid: false,
            ..region(0x5555_5505, BOTH, 0x1000, 0x1000)
        },
        region(F, NEITHER, 0x2000, 0x100),
        region(0x7777_7707, BOTH, 0, 0),
    ];
    end.memory.receives.push_back(64);
    end
}

fn fixture() -> End {
    fixture_with(true, 2)
}

/// The fixture with one Read outstanding: 256 bytes to sink F, offset 0x2000.
fn reading() -> End {
    let mut end = fixture();
    let request = Request::Read {
        len: 256,
        stag: Stag(9),
        to: 0,
        sink_stag: Stag(F),
        sink_to: 0x2000,
    };
    end.requests.push_back((request, vec![0x55; 256]));
    end.transmit(1 << 20);
    end
}

/// `aa*16` is sixteen bytes.
fn bytes_of(row: &str) -> Vec<u8> {
    let word = |word: &str| match word.split_once('*') {
        Some((byte, count)) => hex(byte).repeat(count.parse().unwrap()),
        None => hex(word),
    };
    row.split(' ').flat_map(word).collect()
}

fn other(name: &str) -> Vec<u8> {
    bytes_of(OTHERS.iter().find(|row| row.0 == name).unwrap().2)
}

/// What the one Terminate in `stream` says.
fn terminate_in(stream: &[u8]) -> String {
    let len = usize::from(u16::from_be_bytes([stream[0], stream[1]]));
    assert_eq!(
        stream.len(),
        (2 + len).next_multiple_of(4) + 4,
        "one FPDU and no more"
    );
    assert_eq!(
        stream[2..20],
        hex("4147 00000000 00000002 00000001 00000000")[..]
    );
    stream[20..24]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// After the end: nothing counts any more, nothing more is sent, and it was told once.
fn assert_over(end: &mut End, name: &str) {
    let before: Vec<_> = end
        .memory
        .regions
        .iter()
        .map(|region| region.bytes.clone())
        .collect();
    let seen = end.memory.seen.clone();
    // A good Write to A, and a good Send.
    end.take(&other("T21"), 1 << 20);
    end.take(&other("D31"), 1 << 20);
    assert_eq!(end.inbox, [], "{name}");
    let after: Vec<_> = end
        .memory
        .regions
        .iter()
        .map(|region| region.bytes.clone())
        .collect();
    assert_eq!((before, seen), (after, end.memory.seen.clone()), "{name}");
    assert_eq!(end.transmit(1 << 20), [], "{name}");
    assert!(end.finished, "{name}");
    end.machine.handle_fin();
    end.machine.handle_reset();
    end.collect();
    let failures = end
        .events
        .iter()
        .filter(|event| matches!(event, Event::Failed(_)));
    assert_eq!(failures.count(), 1, "{name}");
}

fn failure(end: &End) -> Error {
    match end.events.last() {
        Some(Event::Failed(error)) => *error,
        other => panic!("{other:?}"),
    }
}

fn assert_terminates(make: impl Fn() -> End, row: &Row, cut: usize) {
    let (name, what, bytes, code) = row;
    let name = format!("{name}: {what}, cut {cut}");
    let mut end = make();
    end.take(&bytes_of(bytes), cut);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), *code, "{name}");
    assert_eq!(failure(&end).close(), Close::Graceful, "{name}");
    assert!(
        end.memory
            .seen
            .iter()
            .all(|seen| matches!(seen, Seen::ReceiveFailed(_))),
        "{name}: {:?}",
        end.memory.seen
    );
    assert_over(&mut end, &name);
}

#[test]
fn rows_that_end_in_a_terminate() {
    for row in TERMINATED {
        for cut in CUTS {
            assert_terminates(fixture, row, cut);
        }
    }
}

#[test]
fn rows_that_end_in_a_terminate_while_a_read_is_outstanding() {
    for row in TERMINATED_WITH_READ_OUTSTANDING {
        for cut in CUTS {
            assert_terminates(reading, row, cut);
        }
    }
}

#[test]
fn rows_that_place_nothing() {
    // T16 is two segments, the first of which is good; F13 may place as it streams.
    let untouched = |row: &&Row| !["T16", "F13"].contains(&row.0);
    for row in TERMINATED.iter().filter(untouched) {
        let mut end = fixture();
        end.take(&bytes_of(row.2), usize::MAX >> 1);
        for region in &end.memory.regions {
            assert!(region.bytes.iter().all(|byte| *byte == 0x55), "{}", row.0);
        }
    }
}

#[test]
fn a_bad_crc_is_found_before_placing_if_the_fpdu_is_whole() {
    let mut end = fixture();
    let row = TERMINATED.iter().find(|row| row.0 == "F13").unwrap();
    end.take(&bytes_of(row.2), usize::MAX >> 1);
    assert_eq!(failure(&end), Error::Crc);
    assert!(end.memory.region(A).bytes.iter().all(|byte| *byte == 0x55));
}

#[test]
fn the_first_segment_of_a_write_stays_when_the_second_is_refused() {
    let mut end = fixture();
    let row = TERMINATED.iter().find(|row| row.0 == "T16").unwrap();
    end.take(&bytes_of(row.2), usize::MAX >> 1);
    assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16]);
    assert!(
        end.memory.region(A).bytes[..0xff0]
            .iter()
            .all(|byte| *byte == 0x55)
    );
}

#[test]
fn a_terminate_is_never_answered() {
    for (name, what, bytes, _) in UNANSWERED {
        for cut in CUTS {
            let mut end = fixture();
            end.take(&bytes_of(bytes), cut);
            assert_eq!(end.transmit(1 << 20), [], "{name} {what}");
            let error = failure(&end);
            let told = matches!(error, Error::PeerTerminated(_));
            assert_eq!(
                told,
                !["X01", "X02", "X03", "X04"].contains(name),
                "{name} {error:?}"
            );
            assert_over(&mut end, name);
        }
    }
}

#[test]
fn x07_the_tail_of_a_terminate_is_dropped() {
    let mut end = fixture();
    let mut stream = hex("fd00 4147 00000000 00000002 00000001 00000000 12020000");
    stream.resize(2 + 0xfd00, 0x77);
    stream.extend([0; 2]);
    let crc = crate::crc32c::update(0, &stream);
    stream.extend(crc.to_le_bytes());
    end.take(&stream, 1448);
    let expected = PeerTerminate {
        layer_and_type: 0x12,
        code: 2,
        quotes_read: false,
    };
    assert_eq!(failure(&end), Error::PeerTerminated(expected));
}

fn received(bytes: &[u8]) -> Seen {
    Seen::Received {
        bytes: bytes.to_vec(),
        solicited: false,
        invalidated: None,
    }
}

/// The fixture after good input, in every cut.
fn accepted(name: &str, make: impl Fn() -> End, check: impl Fn(&mut End)) {
    for cut in CUTS {
        let mut end = make();
        end.take(&other(name), cut);
        assert_eq!(
            end.events
                .iter()
                .filter(|e| matches!(e, Event::Failed(_)))
                .count(),
            0,
            "{name}"
        );
        assert_eq!(end.inbox, []);
        check(&mut end);
    }
}

#[test]
fn odd_but_legal_sends_are_accepted() {
    let padded = [0xaa, 0xaa, 0xaa, 0xaa, 0xaa];
    accepted("F15", fixture, |end| assert_eq!(end.memory.seen.len(), 1));
    accepted("F15", fixture, |end| {
        let Seen::Received { bytes, .. } = &end.memory.seen[0] else {
            panic!()
        };
        assert_eq!(bytes.len(), padded.len());
    });
    accepted("D14", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 16])])
    });
    accepted("D31", fixture, |end| {
        assert_eq!(end.memory.seen, [received(b"")])
    });
    accepted("D36", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 32])]);
        assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
    });
    accepted(
        "F16",
        || fixture_with(false, 2),
        |end| {
            assert_eq!(end.memory.seen, [received(&[0xaa; 16])]);
        },
    );
}

#[test]
fn odd_but_legal_writes_are_accepted() {
    accepted("T14", fixture, |_| {});
    accepted("T17", fixture, |end| {
        assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
        assert_eq!(end.memory.region(A).bytes[0x800..0x810], [0xaa; 16]);
    });
    accepted("T18", fixture, |end| {
        assert_eq!(end.memory.region(C).bytes[..16], [0xaa; 16])
    });
    accepted("T21", fixture, |end| {
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16])
    });
}

#[test]
fn t11_the_sum_that_wraps_to_zero_is_refused() {
    let mut end = fixture();
    end.take(&other("T11"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "1103c000");
}

#[test]
fn d21_a_replay_is_refused() {
    let mut end = fixture();
    end.memory.receives.push_back(64);
    end.take(&other("D21"), 1 << 20);
    end.take(&other("D21"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "1203c000");
    assert_eq!(end.memory.seen, [received(&[0xaa; 16])]);
}

#[test]
fn d23_sequence_numbers_wrap() {
    let mut end = fixture();
    end.memory.receives.push_back(64);
    end.machine.expect_send(u32::MAX);
    end.take(&other("D23"), 1 << 20);
    // D19 is a Send numbered 0.
    let zero = TERMINATED.iter().find(|row| row.0 == "D19").unwrap();
    end.take(&bytes_of(zero.2), 1 << 20);
    assert_eq!(
        end.memory.seen,
        [received(&[0xaa; 16]), received(&[0xaa; 16])]
    );
}

#[test]
fn d28_a_message_that_is_too_long_fails_its_receive() {
    let mut end = fixture();
    let row = TERMINATED.iter().find(|row| row.0 == "D28").unwrap();
    end.take(&bytes_of(row.2), 1 << 20);
    assert_eq!(
        end.memory.seen,
        [Seen::ReceiveFailed(ReceiveFault::Overflow)]
    );
}

#[test]
fn d30_d32_no_receive_and_no_patience() {
    for name in ["D30", "D32"] {
        for cut in CUTS {
            let mut end = fixture();
            end.memory.receives.clear();
            end.memory.refuse = true;
            end.take(&other(name), cut);
            assert_eq!(terminate_in(&end.transmit(1 << 20)), "1202c000");
        }
    }
}

#[test]
fn d30_no_receive_holds_the_stream_until_one_is_posted() {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.clear();
        let mut stream = other("D30");
        stream.extend(other("T21"));
        end.take(&stream, cut);
        assert_eq!(end.memory.seen, []);
        assert!(!end.inbox.is_empty());
        // Still held, however often it is asked.
        end.take(&[], cut);
        assert_eq!(end.memory.seen, []);
        end.memory.receives.push_back(64);
        end.take(&[], cut);
        assert_eq!(end.memory.seen, [received(&[0xaa; 16])]);
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16]);
    }
}

#[test]
fn d37_exactly_one_stag_is_invalidated() {
    let mut end = fixture();
    end.take(&other("D37"), 1 << 20);
    assert!(end.memory.region(A).valid);
    assert!(!end.memory.region(B).valid);
}

#[test]
fn d38_d39_atomics_and_immediate_data_are_not_spoken() {
    for name in ["D38", "D39"] {
        let mut end = fixture();
        end.take(&other(name), 1 << 20);
        assert_eq!(terminate_in(&end.transmit(1 << 20)), "02060000");
    }
}

#[test]
fn f09_the_longest_fpdu() {
    let mut end = fixture();
    end.memory
        .regions
        .push(region(0x8888_8808, WRITE, 0, 0x1_0000));
    let mut stream = hex("fd00 c140 88888808 00000000 00000000");
    stream.extend(rising(64_754));
    stream.extend([0; 2]);
    let crc = crate::crc32c::update(0, &stream);
    stream.extend(crc.to_le_bytes());
    for cut in [usize::MAX >> 1, 1, 1448] {
        end.memory.region_mut(0x8888_8808).bytes.fill(0);
        end.take(&stream, cut);
        assert_eq!(
            end.memory.region(0x8888_8808).bytes[..64_754],
            rising(64_754)
        );
        assert_eq!(end.inbox, []);
    }
}

#[test]
fn f19_the_truncated_one_waits() {
    let mut end = fixture();
    end.memory.receives.extend([64; 20]);
    let mut stream = Vec::new();
    for sequence in 1..=20u32 {
        let mut frame = hex("00124143 00000000 00000000");
        frame.extend(sequence.to_be_bytes());
        frame.extend([0; 4]);
        let crc = crate::crc32c::update(0, &frame);
        frame.extend(crc.to_le_bytes());
        stream.extend(frame);
    }
    stream.extend(hex("001241"));
    end.take(&stream, 1 << 20);
    assert_eq!(end.memory.seen.len(), 20);
    assert_eq!(
        end.events
            .iter()
            .filter(|e| matches!(e, Event::Failed(_)))
            .count(),
        0
    );
}

#[test]
fn f20_fin_in_an_fpdu() {
    let mut end = fixture();
    end.take(&other("F20"), 1 << 20);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinInFpdu);
    assert_eq!(end.transmit(1 << 20), []);
    assert_over(&mut end, "F20");
}

#[test]
fn fin_in_a_message() {
    // D26's first segment.
    let mut end = fixture();
    end.take(&other("D36")[..40], 1 << 20);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinInMessage);
}

#[test]
fn fin_while_a_read_is_outstanding() {
    let mut end = reading();
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinWithReads);
}

#[test]
fn fin_at_a_boundary_flushes_nothing() {
    let mut end = fixture();
    end.take(&other("D31"), 1 << 20);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(end.events.last(), Some(&Event::PeerClosed));
    assert!(!end.finished);
    end.machine.disconnect();
    assert_eq!(end.transmit(1 << 20), []);
    assert!(end.finished);
}

#[test]
fn f22_a_marker_nobody_asked_for_is_a_length_of_zero() {
    let mut end = fixture();
    end.take(&hex("00000000 00164143 00000000 00000000"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "10000000");
}

#[test]
fn f26_a_startup_frame_in_the_stream_is_refused_by_its_control_bytes() {
    let mut end = fixture();
    end.take(
        &hex("4d504120 49442052 65712046 72616d65 40010000"),
        1 << 20,
    );
    // Control 41, 20: RDMAP version 0.
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "02050000");
}

#[test]
fn r07_a_read_of_nothing_is_answered_unchecked() {
    accepted("R07", fixture, |end| {
        let response = end.transmit(1 << 20);
        assert_eq!(
            response[..16],
            hex("000ec142 00000011 00000000 00000022")[..]
        );
        assert_eq!(response.len(), 20);
    });
}

#[test]
fn r13_the_sink_is_echoed_blindly() {
    accepted("R13", fixture, |end| {
        let response = end.transmit(1 << 20);
        assert_eq!(
            response[..16],
            hex("010ec142 12345601 00000000 00001000")[..]
        );
    });
}

#[test]
fn r09_no_inbound_reads_agreed() {
    let mut end = fixture_with(true, 0);
    end.take(&other("D31"), 1 << 20);
    end.take(&other("R09"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "1202c000");
}

#[test]
fn r09_and_it_comes_first() {
    let mut end = fixture_with(true, 0);
    end.take(&other("R09"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "1202c000");
}

#[test]
fn r14_the_source_is_invalidated_half_way() {
    let mut end = fixture();
    // 4096 bytes of A to sink 0x11/0x22.
    let mut frame = hex(
        "002e4141 00000000 00000001 00000001 00000000 00000011 00000000 00000022 00001000 12345601
         00000000 00001000",
    );
    let crc = crate::crc32c::update(0, &frame);
    frame.extend(crc.to_le_bytes());
    end.take(&frame, 1 << 20);
    let mut sink = Sink::new(&end.memory, 1460);
    assert_eq!(
        end.machine.poll_transmit(&mut sink),
        crate::iwarp::Transmit::Full
    );
    assert_eq!(sink.bytes.len(), 1460);
    end.memory.region_mut(A).valid = false;
    let terminate = end.transmit(1 << 20);
    assert_eq!(terminate_in(&terminate), "0100e000");
    // 1440 bytes were answered: the quoted request is what is left of it.
    assert_eq!(
        terminate[24..72],
        hex(
            "002e4141 00000000 00000001 00000001 00000000 00000011 00000000 000005c2 00000a60
             12345601 00000000 000015a0"
        )[..]
    );
}

#[test]
fn r24_the_sink_of_our_read_is_gone() {
    for cut in CUTS {
        let mut end = reading();
        end.memory.sink_gone = true;
        end.take(&other("R24"), cut);
        assert_eq!(terminate_in(&end.transmit(1 << 20)), "1100c000");
        assert_eq!(end.memory.seen, []);
    }
}

/// A Read Response segment with a correct CRC.
fn response(stag: u32, to: u64, last: bool, payload: &[u8]) -> Vec<u8> {
    let mut frame = (14 + payload.len() as u16).to_be_bytes().to_vec();
    frame.extend([if last { 0xc1 } else { 0x81 }, 0x42]);
    frame.extend(stag.to_be_bytes());
    frame.extend(to.to_be_bytes());
    frame.extend(payload);
    frame.resize(frame.len().next_multiple_of(4), 0);
    let crc = crate::crc32c::update(0, &frame);
    frame.extend(crc.to_le_bytes());
    frame
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
    end.requests.push_back((second, vec![0x55; 256]));
    end.transmit(1 << 20);
    end.take(&response(0x77, 0, true, &[1; 256]), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "1100c000");
    assert_eq!(end.memory.seen, []);
}

#[test]
fn r26_a_write_inside_a_read_response() {
    for cut in CUTS {
        let mut end = reading();
        end.take(&response(F, 0x2000, false, &[1; 100]), cut);
        end.take(&other("T21"), cut);
        end.take(&response(F, 0x2064, true, &[2; 156]), cut);
        let expected = [[1; 100].as_slice(), &[2; 156]].concat();
        assert_eq!(end.memory.seen, [Seen::Read(expected)]);
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16]);
    }
}

#[test]
fn i08_nothing_is_invalidated_before_delivery() {
    let mut end = fixture();
    end.take(&other("I08"), 1 << 20);
    end.machine.handle_reset();
    end.collect();
    assert_eq!(failure(&end), Error::Reset);
    assert!(end.memory.region(A).valid);
    assert_eq!(end.transmit(1 << 20), []);
}

#[test]
fn i09_the_second_invalidation_fails() {
    let mut end = fixture();
    end.memory.receives.push_back(64);
    end.take(&other("I09"), 1 << 20);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "0209c000");
    let expected = Seen::Received {
        bytes: vec![0xaa; 16],
        solicited: false,
        invalidated: Some(Stag(A)),
    };
    assert_eq!(end.memory.seen, [expected]);
}

#[test]
fn our_own_payload_is_gone() {
    let mut end = fixture();
    end.memory.outgoing_broken = true;
    end.send(b"lost", false, None);
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "00000000");
    assert!(matches!(failure(&end), Error::LocalAccess(_)));
}

#[test]
fn a_local_failure_tells_the_peer() {
    let mut end = fixture();
    end.machine.fail();
    end.collect();
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "00000000");
    assert_eq!(failure(&end), Error::Local);
    assert_over(&mut end, "local");
}

#[test]
fn the_terminate_waits_for_room() {
    let mut end = fixture();
    end.machine.fail();
    let mut sink = Sink::new(&end.memory, 20);
    assert_eq!(
        end.machine.poll_transmit(&mut sink),
        crate::iwarp::Transmit::Full
    );
    assert_eq!(terminate_in(&end.transmit(1 << 20)), "00000000");
}
