//! Segmentation, numbering and order (RFC 5041 sections 4 and 5; what RFC 5040 adds to it).

use super::*;

/// Sends, Writes and Reads by turns, small ones and long ones, and one Read answered.
fn conversation(emss: u32) -> Vec<Segment> {
    let mut end = up_with(emss);
    for n in 0..6 {
        end.send(&rising(n * 700), n % 2 == 0, None);
        end.write(0x100 + n as u32, u64::MAX - 9000, &rising(n * 900));
        end.read(8, 0, n as u32);
    }
    end.send(&rising(3000), true, Some(Stag(0xa1b2_c3d4)));
    let request = read_request(1, (0x77, u64::MAX - 9000), 4000, (REGION, 0x1000));
    end.take(&fpdu(&request), WHOLE);
    segments(&end.transmit(1 << 20))
}

/// The segments of each message, in the order sent.
fn messages(segments: &[Segment]) -> Vec<&[Segment]> {
    let messages: Vec<_> = segments.split_inclusive(Segment::is_last).collect();
    assert!(
        messages
            .iter()
            .all(|message| message.last().unwrap().is_last())
    );
    messages
}

/// RFC5041-4.1-3, RFC5041-4.1-4, RFC5041-4.1-5, RFC5041-4.1-6.
#[test]
fn the_last_segment_says_so_and_no_other() {
    let segments = conversation(536);
    let messages = messages(&segments);
    // Seven Sends, six Writes, six Reads, one response: no message lacks its end or has two.
    assert_eq!(messages.len(), 20);
    for message in messages.iter().filter(|message| !message[0].is_tagged()) {
        let highest = message.iter().map(Segment::offset).max();
        assert_eq!(highest, Some(message.last().unwrap().offset()));
    }
}

/// RFC5041-4.1-8, RFC5041-4.1-10, RFC5040-4.1-7, RFC5040-4.1-8, RFC5040-4.1-10.
#[test]
fn reserved_bits_are_zero_and_versions_one() {
    for segment in conversation(536) {
        assert_eq!(segment.ulpdu[0] & 0x3f, 0x01, "{segment:?}");
        assert_eq!(segment.ulpdu[1] & 0xf0, 0x40, "{segment:?}");
        // Send, Send with Solicited Event, Read Request.
        if [3, 5, 1].contains(&segment.opcode()) {
            assert_eq!(segment.stag(), 0, "{segment:?}");
        }
    }
}

/// RFC5041-4.1-9, RFC5040-4.1-9, RFC5040-4.1-11.
#[test]
fn reserved_bits_are_not_looked_at() {
    for cut in CUTS {
        let mut end = up();
        let mut odd = untagged(0x7d, 0x33, 0, 1, 0, b"send");
        odd[2..6].copy_from_slice(&REGION.to_be_bytes());
        end.take(&fpdu(&odd), cut);
        end.take(&fpdu(&tagged(0xfd, 0x30, REGION, 0x1000, b"write")), cut);
        assert_eq!(end.memory.seen, [received(b"send")]);
        assert!(end.memory.region(REGION).valid);
        assert_eq!(end.memory.region(REGION).bytes[..5], *b"write");
    }
}

/// RFC5041-4.2-4, RFC5041-4.2-8, RFC5041-4.3-4, RFC5041-4.3-6, RFC5041-4.3-10.
#[test]
fn segments_of_a_message_agree() {
    for message in messages(&conversation(536)) {
        for segment in message {
            assert_eq!(segment.ulpdu[1], message[0].ulpdu[1]);
            assert_eq!(segment.stag(), message[0].stag());
            if !segment.is_tagged() {
                assert_eq!(segment.queue(), message[0].queue());
                assert_eq!(segment.sequence(), message[0].sequence());
            }
        }
    }
}

/// RFC5041-4.3-7, RFC5041-4.3-8.
#[test]
fn each_queue_is_numbered_from_one() {
    let segments = conversation(536);
    for (queue, count) in [(0, 7), (1, 6)] {
        let of_queue =
            |message: &&&[Segment]| !message[0].is_tagged() && message[0].queue() == queue;
        let messages = messages(&segments);
        let numbers = messages.iter().filter(of_queue);
        let numbers: Vec<u32> = numbers.map(|message| message[0].sequence()).collect();
        assert_eq!(numbers, (1..=count).collect::<Vec<u32>>());
    }
}

/// RFC5041-4.3-9.
#[test]
fn numbers_wrap_to_zero() {
    let mut end = up();
    end.machine.number_sends_from(u32::MAX);
    end.machine.expect_send(u32::MAX);
    for number in [u32::MAX, 0, 1] {
        end.send(b"", false, None);
        end.take(&send(number, b"wrapped"), WHOLE);
    }
    let segments = segments(&end.transmit(WHOLE));
    let numbers: Vec<u32> = segments.iter().map(Segment::sequence).collect();
    assert_eq!(numbers, [u32::MAX, 0, 1]);
    assert_eq!(end.memory.seen, vec![received(b"wrapped"); 3]);
}

/// RFC5041-4.3-11, RFC5041-5.2-5, RFC5041-5.2-7, RFC5041-5.3-3.
#[test]
fn offsets_are_where_the_payload_belongs() {
    for emss in [536, 1460, 8948] {
        for message in messages(&conversation(emss)) {
            let mut done = 0;
            for segment in message {
                match segment.is_tagged() {
                    true => assert_eq!(segment.to(), message[0].to().wrapping_add(done)),
                    false => assert_eq!(u64::from(segment.offset()), done),
                }
                done += segment.payload().len() as u64;
            }
        }
    }
}

/// RFC5041-5.2-8, RFC5040-5.1-8, RFC5040-5.2.1-11, RFC5040-5.3-8.
#[test]
fn an_empty_message_is_one_segment() {
    let mut end = up();
    end.send(b"", false, None);
    end.write(7, 99, b"");
    end.read(8, 0, 0);
    end.take(&fpdu(&read_request(1, (5, 6), 0, (0, 0))), WHOLE);
    let segments = segments(&end.transmit(WHOLE));
    let mut shapes: Vec<_> = segments.iter().map(|s| (s.opcode(), s.is_last())).collect();
    shapes.sort_unstable();
    assert_eq!(shapes, [(0, true), (1, true), (2, true), (3, true)]);
}

/// RFC5041-5.3-1, RFC5041-5.3-2, RFC5040-5.1-5, RFC5040-5.2.1-6, RFC5040-5.3-7, RFC5040-5.5-7.
#[test]
fn messages_go_in_the_order_they_were_given() {
    let segments = conversation(1460);
    let sent: Vec<u8> = messages(&segments)
        .iter()
        .map(|message| message[0].opcode())
        .filter(|opcode| *opcode != 2)
        .collect();
    let given: Vec<u8> = (0..6)
        .flat_map(|n| [if n % 2 == 0 { 5 } else { 3 }, 0, 1])
        .chain([6])
        .collect();
    assert_eq!(sent, given);
}

/// RFC5041-4.1-7, RFC5041-5.4-1, RFC5041-5.4-2, RFC5040-5.5-3, RFC5040-5.5-10.
#[test]
fn a_message_is_delivered_when_all_of_it_and_all_before_it_is_there() {
    for cut in CUTS {
        let mut end = up();
        end.take(&fpdu(&tagged(0x81, 0, REGION, 0x1000, b"fir")), cut);
        end.take(&fpdu(&untagged(0x01, 3, 0, 1, 0, b"one ")), cut);
        end.take(&fpdu(&tagged(0xc1, 0, REGION, 0x1003, b"st")), cut);
        assert_eq!(end.memory.seen, []);
        end.take(&fpdu(&untagged(0x01, 3, 0, 1, 4, b"two ")), cut);
        assert_eq!(end.memory.seen, []);
        end.take(&fpdu(&untagged(0x41, 3, 0, 1, 8, b"three")), cut);
        assert_eq!(end.memory.seen, [received(b"one two three")]);
        assert_eq!(end.memory.region(REGION).bytes[..5], *b"first");
        end.take(&send(2, b"next"), cut);
        assert_eq!(end.memory.seen[1..], [received(b"next")]);
    }
}

/// RFC5041-5.3-5.
#[test]
fn a_message_is_delivered_once() {
    let mut end = up();
    end.take(&[send(1, b"once"), send(1, b"twice")].concat(), WHOLE);
    assert_eq!(end.memory.seen, [received(b"once")]);
    assert_eq!(failure(&end), Some(Error::SequenceNumber));
}
