//! The rules of start-up that no other test has (RFC 5044 section 7.1).

use super::*;
use crate::iwarp::CallError;

/// RFC5044-7.1.1-11.
// RFC6581-6-1.
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
// RFC5044-7.1.2-10.
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

/// An initiator whose Request is out.
fn asking(config: &Config) -> End {
    let mut end = End::new(Machine::initiator(config));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end
}

/// Each byte of a key changed, and the other key.
fn wrong_keys(key: &str, other: &str) -> Vec<Vec<u8>> {
    let changed = (0..16).map(|at| {
        let mut key = hex(key);
        key[at] ^= 0x20;
        key
    });
    changed.chain([hex(other)]).collect()
}

fn assert_closed(end: &mut End, error: Error) {
    assert_eq!(end.events, [Event::Failed(error)]);
    assert_eq!(end.transmit(WHOLE), []);
    assert!(end.finished);
}

/// RFC5044-7.1.1-2, RFC5044-7.1.1-13, RFC5044-7.1.1-15, RFC5044-7.1.2-4, RFC5044-7.1.2-16,
/// RFC5044-7.1.2-21, RFC5044-7.1.2-24, RFC5044-8-4, RFC5044-8-8, RFC6581-6-5.
#[test]
fn a_malformed_request_closes_tcp_and_is_reported() {
    let keys = wrong_keys(REQUEST, REPLY).into_iter();
    let keys = keys.map(|key| ([key, hex("40010000")].concat(), Error::StartupKey));
    let revisions = [0, 3, 255].map(|revision| {
        let rest = format!("40{revision:02x}0000");
        let error = Error::StartupRevision { revision };
        (startup_frame(REQUEST, &rest), error)
    });
    let lengths = [513, 0xffff].map(|declared| {
        let rest = format!("4001{declared:04x}");
        (
            startup_frame(REQUEST, &rest),
            Error::StartupLength { declared },
        )
    });
    let blocks = [0, 3].map(|len| {
        let rest = format!("500200{len:02x}");
        (startup_frame(REQUEST, &rest), Error::StartupBlock)
    });
    for (bytes, error) in keys.chain(revisions).chain(lengths).chain(blocks) {
        for cut in CUTS {
            let mut end = End::new(Machine::responder(&config(), 0));
            end.take(&bytes, cut);
            assert_closed(&mut end, error);
        }
    }
}

/// RFC5044-7.1.1-4, RFC5044-7.1.1-13, RFC5044-7.1.2-11, RFC5044-7.1.2-12, RFC5044-7.1.2-16,
/// RFC5044-7.1.2-19, RFC5044-8-4, RFC5044-8-8, RFC6581-6-5.
#[test]
fn a_malformed_reply_closes_tcp_and_is_reported() {
    let keys = wrong_keys(REPLY, REQUEST).into_iter();
    let keys = keys.map(|key| (plain(), [key, hex("40010000")].concat(), Error::StartupKey));
    let others = [
        (plain(), "40020000", Error::StartupRevision { revision: 2 }),
        (config(), "40000000", Error::StartupRevision { revision: 0 }),
        (config(), "50030004", Error::StartupRevision { revision: 3 }),
        (config(), "50020000", Error::StartupBlock),
        (config(), "50020003", Error::StartupBlock),
    ];
    let others = others.map(|(config, rest, error)| (config, startup_frame(REPLY, rest), error));
    for (config, bytes, error) in keys.chain(others) {
        for cut in CUTS {
            let mut end = asking(&config);
            end.take(&bytes, cut);
            assert_closed(&mut end, error);
            assert_eq!(end.machine.complete(), Err(CallError::Phase));
        }
    }
}

/// RFC5044-7.1-1, RFC5044-7.1.2-23: more than the Request declares, and anything before our Reply.
#[test]
fn nothing_may_come_between_request_and_reply() {
    for (first, then) in [("40010004 61626364", "65"), ("40010000", "0016")] {
        for at_once in [true, false] {
            let mut end = End::new(Machine::responder(&config(), 0));
            let (request, more) = (startup_frame(REQUEST, first), hex(then));
            match at_once {
                true => end.take(&[request, more].concat(), WHOLE),
                false => {
                    end.take(&request, WHOLE);
                    end.take(&more, WHOLE);
                }
            }
            assert_eq!(failure(&end), Some(Error::EarlyData));
            assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
            assert_eq!(end.transmit(WHOLE), []);
        }
    }
}

/// RFC5044-7.1.2-13, RFC5044-7.1.1-16: nothing is sent, all of the private data is there to read.
// RFC6581-9.1-11.
#[test]
fn a_refusal_is_told_with_its_private_data_and_ends_mpa() {
    for (config, flags, most) in [(plain(), "6001", 512), (config(), "7002", 508)] {
        for len in [0, 1, most] {
            let block = if most == 508 { hex("00100010") } else { vec![] };
            let declared = block.len() + len;
            let head = startup_frame(REPLY, &format!("{flags}{declared:04x}"));
            let mut end = asking(&config);
            end.take(&[head, block, rising(len)].concat(), 7);
            assert!(matches!(end.events[..], [Event::PeerReject { .. }]));
            assert_eq!(end.machine.private_data(), rising(len));
            assert_eq!(end.transmit(WHOLE), []);
            assert!(end.finished);
            assert_eq!(end.machine.complete(), Err(CallError::Phase));
        }
    }
}

/// RFC5044-7.1.2-20, RFC5044-7.1.2-25: counted from the start, whatever trickles in.
#[test]
fn start_up_has_deadlines() {
    let mut end = End::new(Machine::responder(&config(), 5));
    assert_eq!(end.machine.poll_timeout(), Some(15));
    end.take(&startup_frame(REQUEST, "500200"), 1);
    assert_eq!(end.machine.poll_timeout(), Some(15));
    end.machine.handle_timeout(15);
    end.collect();
    assert_closed(&mut end, Error::RequestTimeout);

    let mut end = asking(&config());
    end.take(&startup_frame(REPLY, "500200"), 1);
    assert_eq!(end.machine.poll_timeout(), Some(60));
    end.machine.handle_timeout(60);
    end.collect();
    assert_closed(&mut end, Error::ReplyTimeout);

    let mut end = responder(&config(), "50020004 80108010");
    assert_eq!(end.machine.poll_timeout(), Some(60));
    end.take(&send(1, b"first")[..20], 1);
    end.machine.handle_timeout(60);
    end.collect();
    assert_eq!(failure(&end), Some(Error::FirstFpduTimeout));
}

/// RFC6581-6-4: what is S in revision 2 is a reserved bit in revision 1.
#[test]
fn revision_one_is_taken_as_it_ever_was() {
    for rest in ["40010004 8010c010", "50010004 8010c010"] {
        let mut end = End::new(Machine::responder(&config(), 0));
        end.take(&startup_frame(REQUEST, rest), 1);
        assert_eq!(end.events, [Event::PeerRequest { reads: None }]);
        assert_eq!(end.machine.private_data(), hex("8010c010"));
        end.machine.accept(0, b"", LIMITS).unwrap();
        assert_eq!(end.transmit(WHOLE), startup_frame(REPLY, "40010000"));
    }
}
