//! Messages that are good iWARP and bad SMB Direct. What is in a Send is the consumer's to judge: it
//! is delivered byte for byte, and nothing in it is looked at.

use super::*;

fn delivered_as_it_is(id: &str) {
    let message = input(id);
    for cut in CUTS {
        let mut end = fixture();
        end.take(&send(1, &message), cut);
        assert_eq!(end.memory.seen, [received(&message)]);
        assert_eq!((failures(&end), end.inbox.len()), (0, 0));
    }
}

row_tests! { delivered_as_it_is:
    s01_a_negotiate_request_too_short
    s02_versions_too_new
    s03_an_unaligned_data_offset
    s04_an_offset_that_wraps
    s05_a_remaining_length_of_all_ones
    s06_no_credits_requested
    s07_a_receive_size_too_small
    s08_a_fragmented_size_too_small
    s09_a_second_negotiate_request
    s10_a_response_with_another_version
    s14_a_remaining_length_that_grows
}

/// Credits are the consumer's; without a receive the stream stands still, and holds one message.
#[test]
fn s11_more_messages_than_credits() {
    let mut end = fixture();
    end.memory.receives.clear();
    end.memory.receives.extend([64; 255]);
    for sequence in 1..=256 {
        end.take(&send(sequence, b"credit"), WHOLE);
    }
    assert_eq!(end.memory.seen.len(), 255);
    assert_eq!(end.inbox.len(), send(256, b"credit").len());
    assert_eq!(failures(&end), 0);
}

/// What a descriptor promises is between the consumers; the peer's access is checked here.
#[test]
fn s12_a_descriptor_longer_than_its_region() {
    let mut end = fixture();
    end.take(&tagged([0xc1, 0x40], A, 0x1000, &[0xaa; 0x1001]), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "1101c000");
    assert_untouched(&end);
    assert_over(&mut end, "S12");
}
