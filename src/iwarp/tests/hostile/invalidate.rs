//! Sends with Invalidate.

use super::*;
use crate::iwarp::Transmit;

row_tests! { ends_the_stream:
    i01_an_unknown_stag
    i02_a_wrong_key
    i03_a_region_of_another_domain
    i05_a_region_that_is_invalid_already
}

row_tests! { ends_the_stream_of_a_reader:
    i04_the_sink_of_a_read
}

/// A Send with Invalidate, whole.
fn invalidating(stag: u32, sequence: u32) -> Vec<u8> {
    let (stag, sequence) = (stag.to_be_bytes(), sequence.to_be_bytes());
    fpdu(
        &[
            &hex("4144"),
            &stag[..],
            &[0; 4],
            &sequence,
            &[0; 4],
            &[0xaa; 16],
        ]
        .concat(),
    )
}

fn invalidated() -> Seen {
    Seen::Received {
        bytes: vec![0xaa; 16],
        solicited: false,
        invalidated: Some(Stag(A)),
    }
}

#[test]
fn i03_the_region_of_another_domain_stays() {
    let mut end = fixture();
    end.take(&input("I03"), WHOLE);
    assert!(end.memory.region(D).valid);
}

#[test]
fn i04_the_sink_stays() {
    let mut end = reading();
    end.take(&input("I04"), WHOLE);
    assert!(end.memory.region(F).valid);
}

/// As T06: a window of another queue pair is what the memory calls not associated.
#[test]
fn i06_a_window_bound_to_another_queue_pair() {
    let mut end = fixture();
    end.take(&invalidating(D, 1), 1);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "0109c000");
    assert!(end.memory.region(D).valid);
    assert_over(&mut end, "I06");
}

#[test]
fn i07_a_region_that_a_peer_may_not_invalidate() {
    let mut end = fixture();
    end.memory.region_mut(A).rights.invalidatable = false;
    end.take(&invalidating(A, 1), 1);
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "0209c000");
    assert!(end.memory.region(A).valid);
    assert_over(&mut end, "I07");
}

#[test]
fn i08_nothing_is_invalidated_before_delivery() {
    let mut end = fixture();
    end.take(&input("I08"), WHOLE);
    end.machine.handle_reset();
    end.collect();
    assert_eq!(failure(&end), Error::Reset);
    assert!(end.memory.region(A).valid);
    assert_eq!(end.transmit(WHOLE), []);
}

#[test]
fn i09_the_second_invalidation_fails() {
    for cut in CUTS {
        let mut end = fixture();
        end.memory.receives.push_back(64);
        end.take(&input("I09"), cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), "0209c000");
        assert_eq!(end.memory.seen, [invalidated()]);
        assert_over(&mut end, "I09");
    }
}

#[test]
fn i10_a_region_invalidated_while_it_is_read() {
    let mut end = fixture();
    let read = "4141 00000000 00000001 00000001 00000000 00000011 00000000 00000022 00001000
                12345601 00000000 00001000";
    end.take(&fpdu(&hex(read)), WHOLE);
    let mut sink = Sink::new(&end.memory, 1460);
    assert_eq!(end.machine.poll_transmit(&mut sink), Transmit::Full);
    end.take(&invalidating(A, 1), WHOLE);
    assert_eq!(end.memory.seen, [invalidated()]);
    // Not one more byte of it: the next frame is the Terminate.
    assert_eq!(terminate_in(&end.transmit(WHOLE)), "0100e000");
    assert_over(&mut end, "I10");
}
