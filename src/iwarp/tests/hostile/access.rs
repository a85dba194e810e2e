//! RDMA Writes to memory the peer may, or may not, write.

use super::*;

row_tests! { ends_the_stream:
    t01_an_unknown_stag
    t02_a_wrong_key
    t03_stag_0
    t04_the_last_stag
    t05_another_domain
    t07_an_invalidated_region
    t08_one_below_the_base
    t09_one_past_the_end
    t10_an_offset_that_wraps
    t12_no_right_to_write
    t13_the_sink_of_a_read
    t15_a_region_of_nothing
    t16_the_second_segment_is_outside
}

/// A region that exists, and is not this connection's: how the memory tells the machine is the same
/// for a region of another domain and a window of another queue pair (`NotAssociated`).
// RFC5042-6.1.1-3.
#[test]
fn t06_a_window_bound_to_another_queue_pair() {
    let mut end = fixture();
    end.take(&tagged([0xc1, 0x40], D, 0x1000, &[0xaa; 16]), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1102c000");
    assert_untouched(&end);
    assert_over(&mut end, "T06");
}

// RFC5042-6.2.1-1.
#[test]
fn t11_the_sum_that_wraps_to_zero_is_refused() {
    for cut in CUTS {
        let mut end = fixture();
        end.take(&input("T11"), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "1103c000");
        assert_untouched(&end);
        assert_over(&mut end, "T11");
    }
}

#[test]
fn t14_a_write_of_nothing_is_not_looked_up() {
    accepted("T14", fixture, |end| assert_untouched(end));
}

#[test]
fn t16_the_first_segment_stays() {
    let mut end = fixture();
    end.take(&input("T16"), WHOLE);
    let bytes = &end.memory.region(A).bytes;
    assert_eq!(bytes[0xff0..], [0xaa; 16]);
    assert!(bytes[..0xff0].iter().all(|byte| *byte == UNTOUCHED));
}

#[test]
fn t17_segments_may_jump() {
    accepted("T17", fixture, |end| {
        assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
        assert_eq!(end.memory.region(A).bytes[0x800..0x810], [0xaa; 16]);
    });
}

#[test]
fn t18_segments_may_change_their_stag() {
    accepted("T18", fixture, |end| {
        assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
        assert_eq!(end.memory.region(C).bytes[..16], [0xaa; 16]);
    });
}

#[test]
fn t18_each_segment_is_checked() {
    let mut end = fixture();
    let mut stream = input("T18")[..36].to_vec();
    stream.extend(tagged([0xc1, 0x40], B, 0x1000, &[0xaa; 16]));
    end.take(&stream, WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "0102c000");
    assert_eq!(end.memory.region(A).bytes[..16], [0xaa; 16]);
    assert_eq!(end.memory.region(B).bytes, [UNTOUCHED; 0x1000]);
}

/// A token that stands for no region (the privileged one) is one the table does not know.
#[test]
fn t19_a_local_token() {
    let mut end = fixture();
    end.take(&tagged([0xc1, 0x40], 0x00ff_ffff, 0x1000, &[0xaa; 16]), 1);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1100c000");
    assert_over(&mut end, "T19");
}

/// The region goes away between the segment's check and its last byte.
// RFC5042-6.2.2-2.
#[test]
fn t20_a_region_withdrawn_while_it_is_written() {
    let mut end = fixture();
    let segment = tagged([0xc1, 0x40], A, 0x1000, &[0xaa; 256]);
    end.take(&segment[..80], WHOLE);
    assert_eq!(end.memory.region(A).bytes[..64], [0xaa; 64]);
    end.memory.region_mut(A).valid = false;
    end.take(&segment[80..], WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1100c000");
    let bytes = &end.memory.region(A).bytes;
    assert!(bytes[64..].iter().all(|byte| *byte == UNTOUCHED));
    assert_over(&mut end, "T20");
}

#[test]
fn t21_the_last_byte_of_a_region() {
    accepted("T21", fixture, |end| {
        let bytes = &end.memory.region(A).bytes;
        assert_eq!(bytes[0xff0..], [0xaa; 16]);
        assert!(bytes[..0xff0].iter().all(|byte| *byte == UNTOUCHED));
    });
}

/// A machine has no part that grows: what a message without end costs is its placing.
#[test]
fn t22_a_write_without_end() {
    let mut end = fixture();
    let segment = tagged([0x81, 0x40], A, 0x1000, &[0xaa; 16]);
    for _ in 0..20_000 {
        end.take(&segment, WHOLE);
    }
    assert_eq!((failures(&end), end.inbox.len()), (0, 0));
    end.take(&send(1, b"alive"), WHOLE);
    assert_eq!(end.memory.seen, [received(b"alive")]);
}
