//! The rules of start-up that no other test has (RFC 5044 section 7.1).

use super::*;
use crate::iwarp::CallError;

/// RFC5044-7.1.1-11.
#[test]
fn reserved_bits_of_a_reply_are_not_looked_at() {
    for (config, rest) in [(plain(), "5f010000"), (config(), "5f020004 80108010")] {
        let mut end = End::new(Machine::initiator(&config));
        end.machine.request(0, b"", LIMITS).unwrap();
        end.transmit(WHOLE);
        end.take(&startup_frame(REPLY, rest), 1);
        assert!(matches!(end.events[..], [Event::PeerReply { .. }]));
    }
}

/// RFC5044-7.1.1-15, RFC5044-7.1.2-24.
#[test]
fn too_much_private_data_in_a_reply_fails_the_connection() {
    let mut end = End::new(Machine::initiator(&plain()));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end.take(&startup_frame(REPLY, "40010201"), 1);
    assert_eq!(failure(&end), Some(Error::StartupLength { declared: 513 }));
    assert_eq!(end.transmit(WHOLE), []);
}

/// RFC5044-7.1.2-3.
#[test]
fn a_responder_is_silent_until_the_request_is_whole() {
    let mut end = End::new(Machine::responder(&config(), 0));
    end.send(b"early", false, None);
    let request = startup_frame(REQUEST, "50020008 80108010 61626364");
    for byte in request {
        assert_eq!(end.events, []);
        assert_eq!(end.transmit(WHOLE), []);
        assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
        assert_eq!(end.machine.reject(b""), Err(CallError::Phase));
        end.take(&[byte], 1);
    }
    assert!(matches!(end.events[..], [Event::PeerRequest { .. }]));
    assert_eq!(end.machine.private_data(), b"abcd");
}

/// RFC5044-7.1.2-7.
#[test]
fn after_a_refusal_nothing_more_is_said() {
    let mut end = End::new(Machine::responder(&plain(), 0));
    end.take(&startup_frame(REQUEST, "40010000"), WHOLE);
    end.machine.reject(b"no").unwrap();
    assert_eq!(end.transmit(WHOLE), startup_frame(REPLY, "60010002 6e6f"));
    assert!(end.finished);
    end.take(b"anything at all", WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_eq!(end.transmit(WHOLE), []);
    assert_eq!(failure(&end), None);
}

/// RFC5044-7.1.2-15.
#[test]
fn no_marker_before_the_first_fpdu_either() {
    let mut end = End::new(Machine::responder(&plain(), 0));
    end.take(&startup_frame(REQUEST, "c0010000"), WHOLE);
    end.machine.accept(0, b"", LIMITS).unwrap();
    end.send(b"held", false, None);
    assert_eq!(end.transmit(WHOLE), startup_frame(REPLY, "40010000"));
    assert_eq!(end.transmit(WHOLE), []);
    end.memory.receives.push_back(64);
    // Not by its first bytes: by the whole of it.
    let first = send(1, b"first");
    let (most, last) = first.split_at(first.len() - 1);
    end.take(most, 1);
    assert_eq!(end.transmit(WHOLE), []);
    end.take(last, 1);
    assert_eq!(end.transmit(WHOLE)[..4], [0; 4]);
}
