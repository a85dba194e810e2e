//! Fields of DDP and RDMAP headers, and the order of a message's segments.

use super::*;
use crate::iwarp::ReceiveFault;

row_tests! { ends_the_stream:
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
    d28_a_message_one_byte_too_long
    d29_a_segment_beyond_the_end
    d33_empty_segments_for_ever
    d34_a_new_message_inside_one
    d35_another_opcode_inside_a_message
}

#[test]
fn d14_reserved_bits_are_not_looked_at() {
    accepted("D14", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 16])])
    });
}

#[test]
fn d21_a_replay_is_refused() {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.push_back(64);
        end.take(&input("D21"), cut);
        end.take(&input("D21"), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "1203c000");
        assert_eq!(end.memory.seen, [received(&[0xaa; 16])]);
        assert_over(&mut end, "D21");
    }
}

#[test]
fn d23_sequence_numbers_wrap() {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.push_back(64);
        end.machine.expect_send(u32::MAX);
        end.take(&input("D23"), cut);
        // D19 is a Send numbered 0.
        end.take(&input("D19"), cut);
        assert_eq!(end.memory.seen, vec![received(&[0xaa; 16]); 2]);
    }
}

#[test]
fn d28_a_message_that_is_too_long_fails_its_receive() {
    for id in ["D28", "D29"] {
        let mut end = fixture();
        end.take(&input(id), WHOLE);
        assert_eq!(
            end.memory.seen,
            [Seen::ReceiveFailed(ReceiveFault::Overflow)]
        );
    }
}

fn no_receive_and_no_patience(id: &str) {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.clear();
        end.memory.refuse = true;
        end.take(&input(id), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "1202c000");
        assert_over(&mut end, id);
    }
}

row_tests! { no_receive_and_no_patience:
    d30_no_receive_and_no_patience
    d32_no_receive_for_an_empty_send_and_no_patience
}

/// What this project does: the stream stands still until a receive is posted.
fn no_receive_holds_the_stream(id: &str, expected: &Seen) {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.clear();
        let mut stream = input(id);
        stream.extend(input("T21"));
        end.take(&stream, cut);
        assert_eq!(end.memory.seen, []);
        assert!(!end.inbox.is_empty());
        // Still held, however often it is asked; nothing is placed out of turn.
        end.take(&[], cut);
        assert_eq!(end.memory.seen, []);
        assert_untouched(&end);
        end.memory.receives.push_back(64);
        end.take(&[], cut);
        assert_eq!(end.memory.seen, std::slice::from_ref(expected));
        assert_eq!(end.memory.region(A).bytes[0xff0..], [0xaa; 16]);
    }
}

#[test]
fn d30_no_receive_holds_the_stream_until_one_is_posted() {
    no_receive_holds_the_stream("D30", &received(&[0xaa; 16]));
}

#[test]
fn d32_no_receive_holds_an_empty_send_too() {
    no_receive_holds_the_stream("D32", &received(b""));
}

#[test]
fn d31_an_empty_send_uses_a_receive() {
    accepted("D31", fixture, |end| {
        assert_eq!(end.memory.seen, [received(b"")]);
        assert!(end.memory.receives.is_empty());
    });
}

#[test]
fn d36_a_write_between_segments_of_a_send() {
    accepted("D36", fixture, |end| {
        assert_eq!(end.memory.seen, [received(&[0xaa; 32])]);
        assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
    });
}

#[test]
fn d37_exactly_one_stag_is_invalidated() {
    accepted("D37", fixture, |end| {
        assert!(end.memory.region(A).valid);
        assert!(!end.memory.region(B).valid);
    });
}

fn not_spoken(id: &str) {
    for cut in CUTS {
        let mut end = fixture();
        end.take(&input(id), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "02060000");
        assert_untouched(&end);
        assert_over(&mut end, id);
    }
}

row_tests! { not_spoken:
    d38_a_misaligned_atomic_is_an_unknown_opcode
    d39_short_immediate_data_is_an_unknown_opcode
}
