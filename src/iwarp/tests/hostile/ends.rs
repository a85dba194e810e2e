//! Terminates, FIN and reset: how a peer ends a connection, well or badly.

use super::*;
use crate::iwarp::{PeerTerminate, Transmit};

/// A Terminate ends the stream and is never answered.
fn unanswered(id: &str) {
    let bytes = input(id);
    for pieces in cuts(&bytes) {
        let mut end = fixture();
        for piece in &pieces {
            end.take(piece, WHOLE);
        }
        assert_eq!(end.transmit(WHOLE), [], "{id}");
        let malformed = ["X01", "X02", "X03", "X04"].contains(&id);
        match failure(&end) {
            Error::TerminateShape | Error::QueueNumber | Error::SequenceNumber => {
                assert!(malformed, "{id}");
            }
            Error::PeerTerminated(_) => assert!(!malformed, "{id}"),
            other => panic!("{id}: {other:?}"),
        }
        assert_untouched(&end);
        assert_over(&mut end, id);
    }
}

row_tests! { unanswered:
    x01_a_terminate_on_queue_0
    x02_a_terminate_numbered_2
    x03_a_terminate_that_goes_on
    x04_a_terminate_without_a_control_word
    x05_a_quoted_header_that_is_not_there
    x06_three_bytes_of_a_quoted_header
    x08_nibbles_in_the_wrong_order
    x09_an_undefined_layer
    x10_a_second_terminate
    x11_a_write_after_a_terminate
}

#[test]
fn x07_the_tail_of_a_terminate_is_dropped() {
    let mut stream = hex("4147 00000000 00000002 00000001 00000000 12020000");
    stream.resize(0xfd00, 0x77);
    let stream = fpdu(&stream);
    for cut in [WHOLE, 1, 1448] {
        let mut end = fixture();
        end.take(&stream, cut);
        let expected = PeerTerminate {
            layer_and_type: 0x12,
            code: 2,
            quotes_read: false,
        };
        assert_eq!(failure(&end), Error::PeerTerminated(expected));
        assert_over(&mut end, "X07");
    }
}

#[test]
fn x12_terminates_that_cross() {
    // Ours waits for the sink while the peer's arrives: told once, ours goes out all the same.
    let mut end = fixture();
    end.take(&input("D06"), WHOLE);
    end.take(&input("X10"), WHOLE);
    end.collect();
    assert_eq!(failures(&end), 1);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "02060000");
    assert_over(&mut end, "X12");
}

#[test]
fn x13_data_after_our_terminate_is_dropped() {
    let mut end = fixture();
    end.take(&input("D06"), WHOLE);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "02060000");
    for _ in 0..1000 {
        end.take(&input("T21"), WHOLE);
    }
    assert_untouched(&end);
    assert_eq!(end.inbox, []);
    assert_over(&mut end, "X13");
}

#[test]
fn x14_fin_while_a_read_is_outstanding() {
    let mut end = reading();
    end.machine.handle_fin();
    end.collect();
    assert_eq!(failure(&end), Error::FinWithReads);
    assert_over(&mut end, "X14");
}

#[test]
fn x15_fin_at_a_boundary_flushes_nothing() {
    let mut end = fixture();
    end.take(&input("D31"), WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(end.events.last(), Some(&Event::PeerClosed));
    assert!(!end.finished);
    end.machine.disconnect();
    assert_eq!(end.transmit(WHOLE), []);
    assert!(end.finished);
}

#[test]
fn x16_a_reset_at_each_byte_of_a_message() {
    let bytes = input("D36");
    for at in 0..bytes.len() {
        let mut end = fixture();
        end.take(&bytes[..at], WHOLE);
        end.machine.handle_reset();
        end.collect();
        assert_eq!(failure(&end), Error::Reset, "after {at} bytes");
        assert_over(&mut end, "X16");
    }
}

#[test]
fn our_own_payload_is_gone() {
    let mut end = fixture();
    end.memory.outgoing_broken = true;
    end.send(b"lost", false, None);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "00000000");
    assert!(matches!(failure(&end), Error::LocalAccess(_)));
}

#[test]
fn a_local_failure_tells_the_peer() {
    let mut end = fixture();
    end.machine.fail();
    end.collect();
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "00000000");
    assert_eq!(failure(&end), Error::Local);
    assert_over(&mut end, "local");
}

#[test]
fn the_terminate_waits_for_room() {
    let mut end = fixture();
    end.machine.fail();
    let mut sink = Sink::new(&end.memory, 20);
    assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Full);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "00000000");
}
