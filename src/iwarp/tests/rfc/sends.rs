//! Sends, Writes, and the control bytes of all messages (RFC 5040 sections 4.1, 4.2, 5.1 and 5.3).

use super::*;

const SPARE: u32 = 0x0200_0007;

/// A Send of one segment with an Invalidate STag.
fn send_and_invalidate(opcode: u8, sequence: u32, stag: u32) -> Vec<u8> {
    let mut ulpdu = untagged(0x41, opcode, 0, sequence, 0, b"bye");
    ulpdu[2..6].copy_from_slice(&stag.to_be_bytes());
    fpdu(&ulpdu)
}

/// RFC5040-4.1-1, RFC5040-4.1-2, RFC5040-4.1-3, RFC5040-4.1-4, RFC5040-4.1-5, RFC5040-4.1-6,
/// RFC5040-4.2-1, RFC5040-5.1-1, RFC5040-5.3-1, RFC5040-5.3-6, RFC5040-5.3-10, RFC5040-5.3-11.
// RFC5040-4.1-10, RFC5041-4.3-6.
#[test]
fn every_message_has_its_opcode_model_and_queue() {
    let invalidated = Some(Stag(0xa1b2_c3d4));
    let mut end = up();
    end.write(7, 0x1000, b"w");
    end.read(8, 0, 1);
    end.send(b"s", false, None);
    end.send(b"s", false, invalidated);
    end.send(b"s", true, None);
    end.send(b"s", true, invalidated);
    let mut sent = segments(&end.transmit(WHOLE));
    end.take(&fpdu(&read_request(1, (9, 0), 1, (REGION, 0x1000))), WHOLE);
    sent.extend(segments(&end.transmit(WHOLE)));
    end.machine.fail();
    sent.extend(segments(&end.transmit(WHOLE)));
    // Opcode, tagged, STag or Invalidate STag, queue of an untagged one, length of what follows.
    let none = None;
    let rows = [
        (0, true, 7, none, 1),
        (1, false, 0, Some(1), 28),
        (3, false, 0, Some(0), 1),
        (4, false, 0xa1b2_c3d4, Some(0), 1),
        (5, false, 0, Some(0), 1),
        (6, false, 0xa1b2_c3d4, Some(0), 1),
        (2, true, 9, none, 1),
        (7, false, 0, Some(2), 4),
    ];
    let seen = sent.iter().map(|s| {
        let queue = (!s.is_tagged()).then(|| s.queue());
        (
            s.opcode(),
            s.is_tagged(),
            s.stag(),
            queue,
            s.payload().len(),
        )
    });
    assert!(seen.eq(rows));
}

/// RFC5040-4.2-1, RFC5040-7.2-2, RFC5040-7.2-7: what the tables leave out is refused.
// RFC5040-7.2-6.
#[test]
fn an_opcode_against_its_model_is_refused() {
    for opcode in [1, 3, 4, 5, 6, 7] {
        let mut end = up();
        // Long enough for any header.
        end.take(
            &fpdu(&tagged(0xc1, opcode, REGION, 0x1000, &[0; 32])),
            WHOLE,
        );
        assert_eq!(terminate(&end.transmit(WHOLE)).0, "0206c000", "{opcode}");
    }
    for opcode in [0, 2] {
        let mut end = up();
        end.take(&fpdu(&untagged(0x41, opcode, 0, 1, 0, b"x")), WHOLE);
        assert_eq!(terminate(&end.transmit(WHOLE)).0, "0206c000", "{opcode}");
    }
    // A Read Request has no payload and no second segment.
    let request = read_request(1, (1, 2), 3, (REGION, 0x1000));
    let longer = [&request[..], b"four"].concat();
    let mut unfinished = request;
    unfinished[0] = 0x01;
    for ulpdu in [longer, unfinished] {
        let mut end = up();
        end.take(&fpdu(&ulpdu), WHOLE);
        assert_eq!(failure(&end), Some(Error::ReadRequestShape));
    }
}

/// RFC5040-7.2-2, RFC5040-7.2-7, RFC7306-4.1-1, RFC7306-8.1-1, RFC7306-8.2-1, RFC7306-8.2-2.
#[test]
fn an_opcode_that_is_not_spoken_is_refused() {
    for opcode in 8..16 {
        for cut in CUTS {
            for queue in [0, 1, 3] {
                let mut end = up();
                let ulpdu = untagged(0x41, opcode, queue, 1, 0, &[0; 52]);
                end.take(&fpdu(&ulpdu), cut);
                assert_eq!(terminate(&end.transmit(WHOLE)).0[..4], *"0206");
                assert_eq!(failure(&end), Some(Error::Opcode { opcode }));
                assert_eq!(end.memory.seen, []);
            }
        }
    }
}

/// RFC5040-7.2-3, RFC5040-7.2-8, RFC7306-8.2-3.
#[test]
fn another_rdmap_version_is_refused() {
    for opcode in [0, 1, 2, 3, 7, 8] {
        for version in [0x00, 0x80, 0xc0] {
            let mut ulpdu = match opcode {
                0 | 2 => tagged(0xc1, opcode, REGION, 0x1000, b"x"),
                _ => untagged(0x41, opcode, 0, 1, 0, &[0; 32]),
            };
            ulpdu[1] = version | opcode;
            let mut end = up();
            end.take(&fpdu(&ulpdu), 1);
            assert_eq!(terminate(&end.transmit(WHOLE)).0[..4], *"0205");
        }
    }
}

/// RFC7306-5-2.
#[test]
fn the_queue_of_atomic_responses_is_not_there() {
    let mut end = up();
    end.take(&fpdu(&untagged(0x41, 3, 3, 1, 0, b"x")), WHOLE);
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "1201c000");
}

/// RFC5040-5.3-2, RFC5040-5.3-3, RFC5040-5.3-4, RFC5040-5.3-9.
#[test]
fn each_send_takes_one_receive_in_order_and_may_be_shorter() {
    let mut end = up();
    end.memory.receives = [4, 8, 16, 2].into();
    for (n, payload) in (1..).zip([&b"four"[..], b"", b"six..."]) {
        end.take(&send(n, payload), WHOLE);
    }
    assert_eq!(
        end.memory.seen,
        [received(b"four"), received(b""), received(b"six...")]
    );
    assert_eq!(end.memory.receives, [2]);
}

/// RFC5040-5.3-5, RFC5041-4.2-3, RFC5041-4.3-3, RFC5041-5.4-3.
// MS-SMBD-2.1-2.
#[test]
fn the_consumer_is_told_what_kind_of_send_it_was() {
    for opcode in 3..=6 {
        for cut in CUTS {
            let mut end = up();
            end.memory.regions.push(region(SPARE));
            end.take(&send_and_invalidate(opcode, 1, SPARE), cut);
            let expected = Seen::Received {
                bytes: b"bye".to_vec(),
                solicited: opcode >= 5,
                invalidated: [4, 6].contains(&opcode).then_some(Stag(SPARE)),
            };
            assert_eq!(end.memory.seen, [expected]);
        }
    }
}

/// RFC5040-5.1-2.
#[test]
fn a_write_is_not_delivered() {
    let mut end = up();
    end.take(&write(REGION, 0x1000, b"silent"), WHOLE);
    assert_eq!(end.memory.seen, []);
    assert_eq!(end.memory.receives.len(), 64);
}

/// RFC5040-5.1-6: once a Send is delivered, the Writes before it are in place.
#[test]
fn a_send_tells_that_the_writes_before_it_are_there() {
    for cut in CUTS {
        let mut end = up();
        let mut stream = write(REGION, 0x1000, &[1; 2000]);
        stream.extend(write(REGION, 0x17d0, &[2; 2000]));
        stream.extend(send(1, b"there"));
        for piece in stream.chunks(cut) {
            end.take(piece, cut);
            if !end.memory.seen.is_empty() {
                break;
            }
        }
        assert_eq!(
            end.memory.region(REGION).bytes[..4000],
            [[1; 2000], [2; 2000]].concat()
        );
    }
}

/// RFC5040-5.1-7.
#[test]
fn two_buffers_are_two_writes() {
    let mut end = up();
    end.write(7, 0, &rising(3000));
    end.write(9, 0, &rising(3000));
    let segments = segments(&end.transmit(WHOLE));
    let stags = segments.iter().filter(|s| s.is_last()).map(Segment::stag);
    assert!(stags.eq([7, 9]));
}

/// RFC5040-5.3-12, RFC5040-5.3-13, RFC5040-7.2-4, RFC5040-7.2-5.
// RFC5042-6.1.1-2.
#[test]
fn an_stag_is_invalidated_or_the_stream_ends() {
    let foreign = Region {
        foreign: true,
        ..region(4)
    };
    let fixed = Region {
        rights: Rights {
            invalidatable: false,
            ..region(5).rights
        },
        ..region(5)
    };
    for opcode in [4, 6] {
        for (stag, code) in [
            (SPARE, None),
            (0x0bad_ba01, Some("0209c000")),
            (4, Some("0109c000")),
            (5, Some("0209c000")),
        ] {
            for cut in CUTS {
                let mut end = up();
                let regions = [region(SPARE), foreign.clone(), fixed.clone()];
                end.memory.regions.extend(regions);
                end.take(&send_and_invalidate(opcode, 1, stag), cut);
                match code {
                    None => assert!(!end.memory.region(SPARE).valid),
                    Some(code) => {
                        assert_eq!(terminate(&end.transmit(WHOLE)).0, code);
                        assert_eq!(end.memory.seen, [], "not delivered");
                        assert!(end.memory.regions.iter().all(|region| region.valid));
                    }
                }
            }
        }
    }
}

/// RFC5041-4.3-5: the last segment says which STag, and no other is looked at.
#[test]
fn the_last_segment_says_what_is_invalidated() {
    let mut first = untagged(0x01, 4, 0, 1, 0, b"by");
    first[2..6].copy_from_slice(&REGION.to_be_bytes());
    let mut second = untagged(0x41, 4, 0, 1, 2, b"e");
    second[2..6].copy_from_slice(&SPARE.to_be_bytes());
    let mut end = up();
    end.memory.regions.push(region(SPARE));
    end.take(&fpdu(&first), WHOLE);
    assert!(end.memory.regions.iter().all(|region| region.valid));
    end.take(&fpdu(&second), WHOLE);
    assert!(end.memory.region(REGION).valid);
    assert!(!end.memory.region(SPARE).valid);
}
