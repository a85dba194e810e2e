//! MPA start-up: both roles, both revisions. Frames that are wrong are in `hostile`.

use super::support::*;
use crate::iwarp::{
    CallError, Config, Error, Event, MAX_PRIVATE_DATA, Machine, ReadLimits, Revision,
};

const REQUEST: &str = "4d504120 49442052 65712046 72616d65";
const REPLY: &str = "4d504120 49442052 65702046 72616d65";

fn frame(key: &str, rest: &str) -> Vec<u8> {
    hex(&format!("{key} {rest}"))
}

fn responder() -> End {
    End::new(Machine::responder(&config(), 0))
}

/// An initiator whose Request is out.
fn initiator(config: &Config) -> End {
    offering(config, LIMITS)
}

fn offering(config: &Config, reads: ReadLimits) -> End {
    let mut end = End::new(Machine::initiator(config));
    end.machine.request(0, b"", reads).unwrap();
    end.transmit(1 << 20);
    end
}

fn limits(ird: u16, ord: u16) -> ReadLimits {
    ReadLimits { ird, ord }
}

// RFC5044-7.1.1-1, RFC5044-7.1.1-10, RFC5044-7.1.1-12, RFC5044-7.1.1-14, RFC5044-7.1.2-1,
// RFC6581-6-1, RFC6581-6-2, RFC6581-6-3, RFC6581-6-5, RFC6581-9-1, RFC6581-9.2-1, RFC6581-9.2-2,
// RFC6581-9.2-12, RFC6581-9.2-14, RFC6581-10-3.
#[test]
fn requests_as_published() {
    let plain = Config {
        revision: Revision::One,
        ..config()
    };
    let mut end = End::new(Machine::initiator(&plain));
    end.machine.request(0, b"", LIMITS).unwrap();
    assert_eq!(end.transmit(1 << 20), frame(REQUEST, "40010000"), "M1");

    let mut end = End::new(Machine::initiator(&config()));
    end.machine.request(0, b"", LIMITS).unwrap();
    assert_eq!(
        end.transmit(1 << 20),
        frame(REQUEST, "50020004 8010c010"),
        "M3"
    );

    let alone = Config {
        peer_to_peer: false,
        ..config()
    };
    let mut end = End::new(Machine::initiator(&alone));
    end.machine
        .request(0, &hex("00000020 00000001"), limits(16, 0))
        .unwrap();
    let m6 = |ird: &str| frame(REQUEST, &format!("5002000c {ird}0000 00000020 00000001"));
    // It says 32, which is above what we have: we say 16, and take what it says.
    assert_eq!(end.transmit(1 << 20), m6("0010"), "M6");
    let mut end = responder();
    end.take(&m6("0020"), 1 << 20);
    let reads = Some(limits(32, 0));
    assert_eq!(end.events, [Event::PeerRequest { reads }], "M6");
}

// RFC5044-7.1.1-3, RFC5044-7.1.2-5, RFC5044-7.1.2-8, RFC6581-6-4, RFC6581-9.1-5, RFC6581-10-4.
#[test]
fn replies_as_published() {
    let mut end = responder();
    end.take(&frame(REQUEST, "40010000"), 1 << 20);
    assert_eq!(end.events, [Event::PeerRequest { reads: None }]);
    end.machine.accept(0, b"", LIMITS).unwrap();
    assert_eq!(end.transmit(1 << 20), frame(REPLY, "40010000"), "M2");
    // Revision 1 has no ready-to-receive frame to wait for.
    assert_eq!(end.events.last(), Some(&Event::Established));

    let refusing = Config {
        caps: LIMITS,
        ..config()
    };
    let mut end = End::new(Machine::responder(&refusing, 0));
    end.take(&frame(REQUEST, "50020004 8010c010"), 1 << 20);
    assert_eq!(
        end.events,
        [Event::PeerRequest {
            reads: Some(LIMITS)
        }]
    );
    end.machine.reject(b"").unwrap();
    assert_eq!(
        end.transmit(1 << 20),
        frame(REPLY, "70020004 00100010"),
        "M5"
    );
    assert!(end.finished);
}

/// The Reply to a Request.
fn answer(config: &Config, request: &str, reads: ReadLimits) -> (Vec<u8>, End) {
    let mut end = End::new(Machine::responder(config, 0));
    end.take(&frame(REQUEST, request), 1);
    end.machine.accept(0, b"", reads).unwrap();
    let reply = end.transmit(1 << 20);
    (reply, end)
}

// RFC5044-7.1.1-11, RFC6581-9.1-3, RFC6581-9.2-4, RFC6581-12-1.
#[test]
fn the_reply_settles_reads_and_the_ready_frame() {
    let rows = [
        (
            "both: Write",
            "50020004 8010c010",
            "50020004 80108010",
            LIMITS,
        ),
        (
            "Read only",
            "50020004 80104010",
            "50020004 80104010",
            LIMITS,
        ),
        (
            "Send only",
            "50020004 c0100010",
            "50020004 c0100010",
            LIMITS,
        ),
        (
            "theirs are less",
            "50020004 80038004",
            "50020004 80048003",
            limits(4, 3),
        ),
        ("unenhanced", "40020000", "40020000", LIMITS),
    ];
    for (name, request, reply, reads) in rows {
        let (sent, end) = answer(&config(), request, LIMITS);
        assert_eq!(sent, frame(REPLY, reply), "{name}");
        assert_eq!(end.machine.reads(), reads, "{name}");
    }
}

// RFC5044-4.4-2, RFC5044-7.1.1-7, RFC5044-7.1.1-8.
#[test]
fn crc_is_on_if_either_side_asks() {
    for (ours, theirs, on) in [
        (true, "50", true),
        (false, "50", true),
        (false, "10", false),
        (true, "10", true),
    ] {
        let config = Config {
            crc: ours,
            ..config()
        };
        let (_, end) = answer(&config, &format!("{theirs}020004 80108010"), LIMITS);
        assert_eq!(end.machine.crc(), on);
        let mut end = initiator(&config);
        end.take(&frame(REPLY, &format!("{theirs}020004 80108010")), 1 << 20);
        assert_eq!(end.machine.crc(), on);
    }
}

#[test]
fn the_initiator_takes_the_lesser_limits() {
    let rows = [
        ("80068006", limits(6, 6)),
        ("80208004", limits(4, 8)),
        // It wants more than was offered, but not more than there is.
        ("80108010", limits(8, 8)),
        ("bfffbfff", limits(8, 8)),
    ];
    for (block, reads) in rows {
        let mut end = offering(&config(), limits(8, 8));
        end.take(&frame(REPLY, &format!("50020004 {block}")), 1 << 20);
        assert!(matches!(end.events[..], [Event::PeerReply { .. }]));
        assert_eq!(end.machine.reads(), reads, "{block}");
    }
}

// RFC5044-7.1.2-15.
#[test]
fn the_responder_sends_nothing_before_the_first_fpdu() {
    let (_, mut end) = answer(&config(), "50020004 8010c010", LIMITS);
    assert!(!end.events.contains(&Event::Established));
    end.send(b"held", false, None);
    assert_eq!(end.transmit(1 << 20), []);
    assert_eq!(end.machine.poll_timeout(), Some(60));
    end.take(&hex("000ec140 00000001 00000000 00000000 ebd34c5f"), 1);
    assert_eq!(end.events.last(), Some(&Event::Established));
    assert_eq!(end.machine.poll_timeout(), None);
    assert_eq!(end.transmit(1 << 20).len(), 28);
}

#[test]
fn the_first_fpdu_does_not_come() {
    let (_, mut end) = answer(&config(), "50020004 8010c010", LIMITS);
    end.machine.handle_timeout(60);
    end.collect();
    assert_eq!(
        end.events.last(),
        Some(&Event::Failed(Error::FirstFpduTimeout))
    );
}

#[test]
fn a_bad_first_fpdu_opens_nothing() {
    let (_, mut end) = answer(&config(), "50020004 80104010", LIMITS);
    end.take(
        &hex("000ec140 00000001 00000000 00000000 ebd34c50"),
        1 << 20,
    );
    assert_eq!(end.events.last(), Some(&Event::Failed(Error::Crc)));
    assert!(!end.events.contains(&Event::Established));
}

// RFC5044-7.1.1-16, RFC5044-7.1.2-22.
#[test]
fn private_data_has_its_limit() {
    let mut end = End::new(Machine::initiator(&config()));
    let long = [0x41; MAX_PRIVATE_DATA + 1];
    assert_eq!(
        end.machine.request(0, &long, LIMITS),
        Err(CallError::PrivateData)
    );
    end.machine.request(0, &long[1..], LIMITS).unwrap();
    let sent = end.transmit(1 << 20);
    assert_eq!(sent.len(), 532);
    let mut peer = responder();
    peer.take(&sent, 1);
    assert_eq!(peer.machine.private_data(), &long[1..]);
}

// MS-SMBD-6-4, RFC5044-7.1.2-2, RFC5044-7.1.2-9.
#[test]
fn private_data_travels_both_ways() {
    for revision in [Revision::One, Revision::Two] {
        let config = Config {
            revision,
            ..config()
        };
        let pair = Pair::connected(
            &config,
            &config,
            Cut {
                piece: 1,
                room: 1 << 20,
            },
        );
        assert_eq!(pair.server.said, b"hello");
        assert_eq!(pair.client.said, b"welcome");
    }
}

#[test]
fn calls_out_of_turn_are_refused() {
    let mut end = responder();
    assert_eq!(end.machine.request(0, b"", LIMITS), Err(CallError::Phase));
    assert_eq!(end.machine.complete(), Err(CallError::Phase));
    assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
    end.take(&frame(REQUEST, "40010000"), 1 << 20);
    end.machine.accept(0, b"", LIMITS).unwrap();
    assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
    assert_eq!(end.machine.reject(b""), Err(CallError::Phase));
}

// RFC5044-7.1.2-13, RFC5044-7.1.2-17.
#[test]
fn giving_up_after_the_reply_sends_nothing() {
    let mut end = initiator(&config());
    end.take(&frame(REPLY, "50020004 80108010"), 1 << 20);
    end.machine.disconnect();
    assert_eq!(end.transmit(1 << 20), []);
    assert!(end.finished);
}

// RFC6581-10-8.
#[test]
fn a_revision_1_peer_may_be_tried_again() {
    let ends: [fn(&mut Machine); 2] = [Machine::handle_reset, Machine::handle_fin];
    for close in ends {
        let mut end = initiator(&config());
        close(&mut end.machine);
        assert!(end.machine.may_fall_back());

        let mut end = initiator(&config());
        end.take(&hex("4d"), 1);
        close(&mut end.machine);
        assert!(!end.machine.may_fall_back(), "it had begun to reply");

        let mut end = initiator(&Config {
            revision: Revision::One,
            ..config()
        });
        close(&mut end.machine);
        assert!(!end.machine.may_fall_back(), "nothing to fall back to");

        let mut end = responder();
        close(&mut end.machine);
        assert!(!end.machine.may_fall_back(), "not ours to try");
    }
}
