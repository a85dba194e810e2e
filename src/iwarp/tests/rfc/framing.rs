//! FPDUs: length, pad, CRC, size (RFC 5044 sections 3 to 6).

use super::*;

/// MULPDU without markers, by the formula of RFC 5044 section 4.5 and the bounds of section 3.
fn mulpdu(emss: u32) -> usize {
    let room = i64::from(emss) - 6 - i64::from(emss % 4);
    room.clamp(128, 64_768) as usize
}

/// A bit of everything that is sent, cut for `emss`.
fn mixed(emss: u32) -> Vec<Segment> {
    let mut end = up_with(emss);
    end.send(&rising(5000), false, None);
    end.write(7, 0x1000, &rising(3001));
    end.read(8, 0, 999);
    end.send(b"", true, Some(Stag(9)));
    end.take(
        &fpdu(&read_request(1, (1, 2), 4000, (REGION, 0x1000))),
        WHOLE,
    );
    segments(&end.transmit(WHOLE))
}

/// RFC5044-3-1, RFC5041-5.2-3.
// RFC5040-6.1-1.
#[test]
fn one_ulpdu_an_fpdu() {
    let segments = mixed(536);
    let payload = |opcode| -> Vec<u8> {
        let of_it = segments.iter().filter(|segment| segment.opcode() == opcode);
        of_it
            .flat_map(|segment| segment.payload().to_vec())
            .collect()
    };
    assert_eq!(payload(3), rising(5000));
    assert_eq!(payload(0), rising(3001));
    assert_eq!(payload(2), [0x55; 4000]);
    assert_eq!(payload(1).len(), 28);
    assert_eq!(payload(6), []);
}

/// RFC5044-3-3, RFC5044-3-5, RFC5041-5.2-1.
#[test]
fn no_segment_is_larger_than_mulpdu() {
    for emss in [0, 100, 536, 1220, 1460, 8948, 65_483, u32::MAX] {
        for segment in mixed(emss) {
            assert!(segment.ulpdu.len() <= mulpdu(emss), "{emss}");
        }
    }
}

/// RFC5044-4.5-4.
// RFC5041-3-1.
#[test]
fn long_messages_fill_their_segments() {
    for emss in [0, 536, 1460, 8948, 65_483] {
        let mut end = up_with(emss);
        end.write(7, 0, &rising(200_000));
        let segments = segments(&end.transmit(1 << 20));
        for segment in segments.iter().filter(|segment| !segment.is_last()) {
            assert_eq!(segment.ulpdu.len(), mulpdu(emss), "{emss}");
        }
    }
}

/// RFC5044-3-6, RFC5044-3-7, RFC5044-4.3-10, RFC5044-4.5-3.
// RFC5041-3-7.
#[test]
fn every_length_is_taken() {
    let lengths: Vec<usize> = (0..300).chain([1442, 8942, 64_750]).collect();
    for cut in CUTS {
        let mut end = up();
        end.memory.receives.extend([0x1_0000; 300]);
        for (n, len) in (1..).zip(&lengths) {
            end.take(&send(n, &rising(*len)), cut);
        }
        let expected: Vec<Seen> = lengths.iter().map(|len| received(&rising(*len))).collect();
        assert!(end.memory.seen == expected);
        assert_eq!(failure(&end), None);
    }
}

/// RFC5044-4.1-2, RFC5044-4.1-4.
#[test]
fn every_fpdu_is_padded_with_zeros_to_four_bytes() {
    let mut end = up();
    for len in 0..9 {
        end.send(&vec![0xff; len], false, None);
    }
    let stream = end.transmit(WHOLE);
    assert_eq!(stream.len() % 4, 0);
    // `segments` looks at each pad byte.
    assert_eq!(segments(&stream).len(), 9);
}

/// RFC5044-4.1-3.
#[test]
fn pad_is_ignored_but_summed() {
    let mut frame = hex("0017");
    frame.extend(untagged(0x41, 3, 0, 1, 0, b"right"));
    frame.extend([0xab, 0xcd, 0xef]);
    let sum = crc32c::update(0, &frame).to_le_bytes();
    for cut in CUTS {
        let mut end = up();
        end.take(&[&frame[..], &sum].concat(), cut);
        assert_eq!(end.memory.seen, [received(b"right")]);

        let mut end = up();
        let mut other = frame.clone();
        other[26] ^= 1;
        end.take(&[&other[..], &sum].concat(), cut);
        assert_eq!(failure(&end), Some(Error::Crc));
        assert_eq!(end.memory.seen, []);
    }
}

/// RFC5044-4.1-5, RFC5044-4.4-7, RFC5044-4.4-8, RFC5044-4.4-9, RFC5044-7.1.1-7, RFC5044-7.1.1-9.
#[test]
fn without_crc_the_field_is_there_and_never_checked() {
    let without = Config {
        crc: false,
        ..plain()
    };
    for cut in CUTS {
        let mut end = initiator(&without, "00010000");
        end.send(b"ping", false, None);
        assert_eq!(end.transmit(WHOLE).len(), 2 + 18 + 4 + 4);
        // What a peer puts there: a sum, nothing, anything.
        let mut stream = send(1, b"sum");
        let [mut zero, mut junk] = [send(2, b"zero"), send(3, b"junk")];
        zero.splice(24.., [0; 4]);
        junk.splice(24.., [0xde, 0xad, 0xbe, 0xef]);
        stream.extend([zero, junk].concat());
        end.take(&stream, cut);
        let expected = [received(b"sum"), received(b"zero"), received(b"junk")];
        assert_eq!(end.memory.seen, expected);
        assert_eq!(failure(&end), None);
    }
}

/// RFC5044-4.4-6, RFC5044-7.1.1-8.
#[test]
fn crc_is_checked_to_the_last_fpdu() {
    // Either side's wish is enough, either role.
    let indifferent = Config {
        crc: false,
        ..plain()
    };
    let ends: [fn(&Config) -> End; 2] = [
        |config| initiator(config, "40010000"),
        |config| responder(config, "40010000"),
    ];
    for make in ends {
        let mut end = make(&indifferent);
        for n in 1..=50 {
            end.take(&send(n, b"good"), WHOLE);
            end.send(b"answer", false, None);
        }
        // `segments` looks at each sum.
        assert_eq!(segments(&end.transmit(WHOLE)).len(), 50);
        let mut bad = send(51, b"good");
        bad[27] ^= 0x80;
        end.take(&bad, WHOLE);
        assert_eq!(end.memory.seen.len(), 50);
        assert_eq!(failure(&end), Some(Error::Crc));
    }
}

/// RFC5044-4.4-11, RFC5044-4.4-13, RFC5044-4.4-14, RFC5044-6-1, RFC5044-6-3, RFC5044-8-2,
/// RFC5044-8-5.
// RFC5041-3-6.
#[test]
fn every_byte_is_summed() {
    let frame = send(1, b"summed");
    for cut in CUTS {
        for at in 0..frame.len() {
            for bit in 0..8 {
                let mut end = up();
                let mut changed = frame.clone();
                changed[at] ^= 1 << bit;
                end.take(&changed, cut);
                assert_eq!(end.memory.seen, [], "{at} {bit}");
                // In payload, pad and sum nothing but the sum can tell.
                if at >= 20 {
                    assert_eq!(failure(&end), Some(Error::Crc), "{at} {bit}");
                    assert_eq!(terminate(&end.transmit(WHOLE)).0, "20020000");
                }
            }
        }
    }
}

/// RFC5044-5.2-1, RFC5044-6-5.
#[test]
fn nothing_is_delivered_before_the_last_byte() {
    let mut end = up();
    let frame = send(1, b"patience");
    for byte in &frame[..frame.len() - 1] {
        end.take(&[*byte], 1);
        assert_eq!(end.memory.seen, []);
    }
    end.take(&frame[frame.len() - 1..], 1);
    assert_eq!(end.memory.seen, [received(b"patience")]);
}

/// RFC5044-6-1: what is too large to be held is placed before its sum is known, and not delivered.
#[test]
fn a_large_fpdu_with_a_bad_crc_is_never_delivered() {
    let mut bad = send(1, &rising(60_000));
    *bad.last_mut().unwrap() ^= 1;
    for cut in [WHOLE, 1448] {
        let mut end = up();
        end.take(&bad, cut);
        assert!(end.memory.seen.is_empty());
        assert_eq!(failure(&end), Some(Error::Crc));
    }
    let mut request = fpdu(&read_request(1, (1, 2), 16, (REGION, 0x1000)));
    *request.last_mut().unwrap() ^= 1;
    let mut end = up();
    end.take(&request, 1);
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "20020000");
}

/// RFC5041-4.4-1.
#[test]
fn a_segment_without_its_header_is_refused() {
    let whole = [
        tagged(0xc1, 0, REGION, 0x1000, b""),
        untagged(0x41, 3, 0, 1, 0, b""),
        read_request(1, (1, 2), 3, (4, 5)),
    ];
    for ulpdu in whole {
        for len in 0..ulpdu.len() {
            for cut in CUTS {
                let mut end = up();
                end.take(&fpdu(&ulpdu[..len]), cut);
                let length = len as u16;
                assert_eq!(failure(&end), Some(Error::UlpduLength { length }));
                assert_eq!(terminate(&end.transmit(WHOLE)).0, "10000000");
            }
        }
    }
}
