//! What is checked before anything is placed, and what each failure is called
//! (RFC 5041 sections 7 and 8).

use super::*;

const FOREIGN: u32 = 0x4444_4404;
const WITHDRAWN: u32 = 0x5555_5505;
const READ_ONLY: u32 = 0x2222_2202;

/// Beside `REGION`: one of another protection domain, one invalidated, one without remote write.
/// One receive of 64 bytes; no patience when there is none.
fn guarded() -> End {
    let mut end = up();
    end.memory.regions.extend([
        Region {
            foreign: true,
            ..region(FOREIGN)
        },
        Region {
            valid: false,
            ..region(WITHDRAWN)
        },
        Region {
            rights: Rights {
                read: true,
                ..Rights::default()
            },
            ..region(READ_ONLY)
        },
    ]);
    end.memory.receives = [64].into();
    end.memory.refuse = true;
    end
}

/// Refused with this Terminate, which quotes the segment; nothing is placed or delivered, whatever
/// the cut.
fn assert_refused(ulpdu: &[u8], code: &str) {
    for cut in CUTS {
        let mut end = guarded();
        end.take(&fpdu(ulpdu), cut);
        let (control, quoted) = terminate(&end.transmit(WHOLE));
        assert_eq!(control, code);
        let header = if ulpdu[0] & 0x80 != 0 { 14 } else { 18 };
        let length = (ulpdu.len() as u16).to_be_bytes();
        assert_eq!(quoted, [&length, &ulpdu[..header]].concat());
        assert!(failure(&end).is_some());
        let delivered = |seen: &Seen| matches!(seen, Seen::Received { .. } | Seen::Read(_));
        assert!(!end.memory.seen.iter().any(delivered));
        for region in &end.memory.regions {
            assert!(region.bytes.iter().all(|byte| *byte == 0x55));
        }
    }
}

/// RFC5041-4.2-5, RFC5041-7.1-8, RFC5041-7.1-9, RFC5041-7.1-10, RFC5041-7.1-11, RFC5041-7.1-12,
/// RFC5041-7.1-13, RFC5041-7.1-14, RFC5041-7.2-1, RFC5041-8.2-1, RFC5041-8.3-5, RFC5041-8.3.1-2,
/// RFC5041-8.3.1-4, RFC5041-8.3.1-7, RFC5040-7.2-1, RFC5040-8.1.1-1, RFC5040-8.1.1-3.
// RFC5040-4.8-3, RFC5040-4.8-4, RFC5040-4.8-5, RFC5040-7.1-3, RFC5041-6.2.2-1, RFC5042-6.1.1-2,
// RFC5042-6.2.1-1.
#[test]
fn every_check_of_a_tagged_segment_has_its_code() {
    let rows = [
        ("unknown", 0x0bad_ba01, 0x1000, 16, "1100c000"),
        ("zero", 0, 0x1000, 16, "1100c000"),
        ("withdrawn", WITHDRAWN, 0x1000, 16, "1100c000"),
        ("one below", REGION, 0x0fff, 16, "1101c000"),
        ("all below", REGION, 0, 16, "1101c000"),
        ("one beyond", REGION, 0x1ff1, 16, "1101c000"),
        ("behind", REGION, 0x2000, 1, "1101c000"),
        ("larger", REGION, 0x1000, 0x1001, "1101c000"),
        ("another domain", FOREIGN, 0x1000, 16, "1102c000"),
        ("wrap", REGION, u64::MAX - 7, 16, "1103c000"),
        ("wrap to zero", REGION, u64::MAX - 15, 17, "1103c000"),
        // DDP has no code for it; RDMAP does.
        ("no right to write", READ_ONLY, 0x1000, 16, "0102c000"),
    ];
    for (name, stag, to, len, code) in rows {
        println!("{name}");
        assert_refused(&tagged(0xc1, 0, stag, to, &vec![0xaa; len]), code);
    }
}

/// RFC5041-7.1-1, RFC5041-7.1-2, RFC5041-7.1-3, RFC5041-7.1-4, RFC5041-7.1-5, RFC5041-7.1-13,
/// RFC5041-7.1-14, RFC5041-7.2-1, RFC5040-7.2-1, RFC5040-7.2-6.
// RFC5041-7.1-6.
#[test]
fn every_check_of_an_untagged_segment_has_its_code() {
    let payload = [0xaa; 16];
    let rows = [
        ("queue of Reads", 1, 1, 0, 16, "1201c000"),
        ("queue of Terminates", 2, 1, 0, 16, "1201c000"),
        ("no queue", 3, 1, 0, 16, "1201c000"),
        ("last queue", u32::MAX, 1, 0, 16, "1201c000"),
        ("number before", 0, 0, 0, 16, "1203c000"),
        ("number after", 0, 2, 0, 16, "1203c000"),
        ("offset inside", 0, 1, 16, 16, "1204c000"),
        ("offset outside", 0, 1, 64, 16, "1204c000"),
        ("offset that wraps", 0, 1, u32::MAX - 15, 16, "1204c000"),
        ("one too long", 0, 1, 0, 65, "1205c000"),
    ];
    for (name, queue, sequence, offset, len, code) in rows {
        println!("{name}");
        let payload = payload.iter().cycle().take(len).copied();
        let payload: Vec<u8> = payload.collect();
        assert_refused(&untagged(0x41, 3, queue, sequence, offset, &payload), code);
    }
    // No buffer: the one receive is taken.
    let mut end = guarded();
    end.take(&[send(1, b""), send(2, &payload)].concat(), WHOLE);
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "1202c000");
}

/// RFC5041-7.1-4, RFC5041-7.1-12: also across segments, to the byte.
#[test]
fn a_message_may_fill_its_buffer_and_not_one_byte_more() {
    for (len, code) in [(24, None), (25, Some("1205c000"))] {
        let mut end = guarded();
        end.take(&fpdu(&untagged(0x01, 3, 0, 1, 0, &[1; 40])), WHOLE);
        end.take(&fpdu(&untagged(0x41, 3, 0, 1, 40, &vec![2; len])), WHOLE);
        match code {
            None => assert_eq!(
                end.memory.seen,
                [received(&[[1; 40].as_slice(), &[2; 24]].concat())]
            ),
            Some(code) => assert_eq!(terminate(&end.transmit(WHOLE)).0, code),
        }
    }
}

/// RFC5041-4.1-11, RFC5041-7.2-1.
#[test]
fn another_version_is_refused() {
    for version in [0, 2, 3] {
        let rows = [
            (tagged(0xc0 | version, 0, REGION, 0x1000, b"x"), "1104"),
            (untagged(0x40 | version, 3, 0, 1, 0, b"x"), "1206"),
        ];
        for (ulpdu, code) in rows {
            for cut in CUTS {
                let mut end = guarded();
                end.take(&[send(1, b""), fpdu(&ulpdu)].concat(), cut);
                assert_eq!(terminate(&end.transmit(WHOLE)).0[..4], *code);
                assert_eq!(end.memory.seen, [received(b"")]);
            }
        }
    }
}

/// RFC5041-4.1-1, RFC5041-4.1-2, RFC5041-5.2-4.
#[test]
fn a_tagged_segment_goes_to_its_region_and_an_untagged_one_to_its_queue() {
    let mut end = up();
    end.take(
        &[write(REGION, 0x1800, b"tagged"), send(1, b"untagged")].concat(),
        WHOLE,
    );
    assert_eq!(end.memory.region(REGION).bytes[0x800..0x806], *b"tagged");
    assert_eq!(end.memory.seen, [received(b"untagged")]);
}

/// RFC5041-4.2-9, RFC5040-5.1-3, RFC5040-5.1-4.
#[test]
fn a_write_may_start_anywhere_and_take_any_part() {
    for (to, len) in [
        (0x1000, 0x1000),
        (0x1001, 1),
        (0x1fff, 1),
        (0x17ff, 3),
        (0x1000, 0xfff),
    ] {
        let mut end = up();
        end.take(&write(REGION, to, &rising(len)), WHOLE);
        let at = (to - 0x1000) as usize;
        assert_eq!(end.memory.region(REGION).bytes[at..at + len], rising(len));
        assert_eq!(failure(&end), None);
    }
}

/// RFC5041-5.2-9, RFC5041-5.2-10.
#[test]
fn an_empty_write_is_not_checked() {
    for stag in [0, 0xdead_beef, FOREIGN, WITHDRAWN, READ_ONLY] {
        let mut end = guarded();
        end.take(&[write(stag, u64::MAX, b""), send(1, b"on")].concat(), 1);
        assert_eq!(end.memory.seen, [received(b"on")]);
    }
}

/// RFC5041-8.3-1, RFC5041-8.3-2, RFC5041-8.3.1-7, RFC5040-8.1.1-6.
// RFC5042-6.2.2-2.
#[test]
fn a_withdrawn_region_takes_nothing_more_even_of_a_segment_under_way() {
    let mut end = up();
    let frame = write(REGION, 0x1000, &[0xaa; 100]);
    // Headers and twenty bytes.
    end.take(&frame[..36], WHOLE);
    end.memory.region_mut(REGION).valid = false;
    let before = end.memory.region(REGION).bytes.clone();
    end.take(&frame[36..], WHOLE);
    assert_eq!(end.memory.region(REGION).bytes, before);
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "1100c000");
}
