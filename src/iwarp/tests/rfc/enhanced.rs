//! Enhanced start-up: counts of Reads, models, ready-to-receive (RFC 6581 sections 5 to 10).

use super::*;
use crate::iwarp::ReadLimits;

const fn counts(ird: u16, ord: u16) -> ReadLimits {
    ReadLimits { ird, ord }
}

/// An initiator whose Request is out, given this Reply.
fn replied(config: &Config, rest: &str) -> End {
    let mut end = End::new(Machine::initiator(config));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end.take(&startup_frame(REPLY, rest), 1);
    end
}

/// A responder given this Request.
fn requested(rest: &str) -> End {
    let mut end = End::new(Machine::responder(&config(), 0));
    end.take(&startup_frame(REQUEST, rest), 1);
    end
}

/// Its accepting Reply, after the key.
fn answer(end: &mut End) -> Vec<u8> {
    end.machine.accept(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE)[16..].to_vec()
}

/// RFC6581-5-1, RFC6581-9.2-9.
#[test]
fn nothing_goes_before_the_ready_to_receive_frame() {
    for (reply, opcode) in [("50020004 80108010", 0), ("50020004 80104010", 1)] {
        let mut end = replied(&config(), reply);
        end.send(b"eager", false, None);
        assert_eq!(end.transmit(WHOLE), [], "not before the consumer completes");
        end.machine.complete().unwrap();
        let sent = [end.transmit(WHOLE), end.transmit(WHOLE)].concat();
        let segments = segments(&sent);
        let opcodes: Vec<u8> = segments.iter().map(Segment::opcode).collect();
        assert_eq!(opcodes, [opcode, 3]);
        let of_reads = segments[0].is_tagged() || segments[0].word(30) == 0;
        assert!(segments[0].is_last() && of_reads, "nothing in it");
    }
}

/// RFC6581-9-1: every count there is, in fourteen bits and network order, both ways.
#[test]
fn counts_are_fourteen_bits() {
    for count in [0, 1, 31, 255, 256, 0x1234, 0x3ffe] {
        let block = format!("{:04x}{:04x}", 0x8000 | count, 0x8000 | count);
        let end = requested(&format!("50020004 {block}"));
        let reads = Some(counts(count, count));
        assert_eq!(end.events, [Event::PeerRequest { reads }]);
    }
}

/// RFC6581-9.1-1, RFC6581-9.1-11: as the peer said them, also where one is not negotiated.
#[test]
fn the_consumer_is_told_the_peers_counts() {
    for (block, told) in [
        ("80058006", counts(5, 6)),
        ("bfff8006", counts(0x3fff, 6)),
        ("8005bfff", counts(5, 0x3fff)),
        ("bfffbfff", counts(0x3fff, 0x3fff)),
    ] {
        let reads = Some(told);
        let rest = format!("50020004 {block}");
        assert_eq!(requested(&rest).events, [Event::PeerRequest { reads }]);
        assert_eq!(
            replied(&config(), &rest).events,
            [Event::PeerReply { reads }]
        );
        let refusal = format!("70020004 {block}");
        assert_eq!(
            replied(&config(), &refusal).events,
            [Event::PeerReject { reads }]
        );
    }
    assert_eq!(
        requested("40010000").events,
        [Event::PeerRequest { reads: None }]
    );
}

/// RFC6581-9.1-2, RFC6581-9.1-4.
#[test]
fn a_responder_never_has_more_reads_than_the_initiator_takes() {
    for ird in 0..40 {
        let mut end = requested(&format!("50020004 {:04x}8010", 0x8000 | ird));
        let reply = answer(&mut end);
        let told = u16::from_be_bytes([reply[6], reply[7]]) & 0x3fff;
        assert!(told <= ird);
        assert!(end.machine.reads().ord <= ird);
    }
}

/// RFC6581-9.1-7: what the responder will have outstanding is taken.
#[test]
fn an_initiator_takes_as_many_reads_as_the_responder_will_send() {
    for ord in 1..=16 {
        let mut end = replied(&config(), &format!("50020004 8010{:04x}", 0x8000 | ord));
        end.machine.complete().unwrap();
        end.transmit(WHOLE);
        let mut end = equipped(end);
        for n in 1..=ord {
            let request = read_request(n, (1, 2), 16, (REGION, 0x1000));
            end.take(&fpdu(&request), WHOLE);
        }
        assert_eq!(failure(&end), None, "{ord}");
        assert_eq!(
            segments(&end.transmit(WHOLE)).len(),
            usize::try_from(ord).unwrap()
        );
    }
}

/// RFC6581-9.1-8.
#[test]
fn an_initiator_never_has_more_reads_than_the_responder_takes() {
    for ird in 1..20 {
        let mut end = replied(&config(), &format!("50020004 {:04x}8010", 0x8000 | ird));
        end.machine.complete().unwrap();
        end.transmit(WHOLE);
        for _ in 0..20 {
            end.read(8, 0, 4);
        }
        let sent = segments(&end.transmit(WHOLE)).len();
        assert_eq!(sent, usize::from(LIMITS.ord.min(ird)));
    }
}

/// RFC6581-9.1-12, RFC6581-9.1-14.
#[test]
fn a_responder_leaves_alone_what_is_not_negotiated() {
    for (request, reply, reads) in [
        ("8005bfff", "bfff8005", counts(16, 5)),
        ("bfff8005", "8005bfff", counts(5, 16)),
        ("bfffbfff", "bfffbfff", counts(16, 16)),
    ] {
        let mut end = requested(&format!("50020004 {request}"));
        // Bits C and D of the second word are kinds, not counts.
        let sent = answer(&mut end);
        assert_eq!(sent[4..6], hex(&reply[..4]), "{request}");
        let ord = u16::from_be_bytes([sent[6], sent[7]]) & 0x3fff;
        assert_eq!(ord, u16::from_str_radix(&reply[4..], 16).unwrap() & 0x3fff);
        assert_eq!(end.machine.reads(), reads, "{request}");
    }
}

/// RFC6581-9.1-13, RFC6581-9.1-15.
#[test]
fn an_initiator_leaves_alone_what_is_not_negotiated() {
    for (reply, reads) in [
        ("bfff8005", counts(5, 16)),
        ("8005bfff", counts(16, 5)),
        ("bfffbfff", counts(16, 16)),
    ] {
        let end = replied(&config(), &format!("50020004 {reply}"));
        assert_eq!(end.machine.reads(), reads, "{reply}");
    }
}

/// RFC6581-9.2-7: kinds that were not asked for do no harm beside one that was.
#[test]
fn more_kinds_in_a_reply_than_asked_for_do_no_harm() {
    let mut end = replied(&config(), "50020004 c010c010");
    end.machine.complete().unwrap();
    let sent = segments(&end.transmit(WHOLE));
    assert_eq!(sent.len(), 1);
    assert!([0, 1].contains(&sent[0].opcode()));
}

/// RFC6581-9.2-3, RFC6581-9.2-6, RFC6581-9.2-8: for every set of kinds asked for, one is named, of
/// those asked for if there are any.
#[test]
fn a_responder_names_a_kind_whatever_is_asked_for() {
    for kinds in 0..8_u16 {
        let first = 0x8010 | (kinds >> 2) << 14;
        let second = 0x0010 | (kinds & 3) << 14;
        let mut end = requested(&format!("50020004 {first:04x}{second:04x}"));
        let reply = answer(&mut end);
        assert_eq!(reply[4] & 0x80, 0x80, "A is as in the Request");
        let named = u16::from(reply[4] >> 6 & 1) << 2 | u16::from(reply[6] >> 6);
        assert_eq!(named.count_ones(), 1);
        assert!(kinds == 0 || kinds & named != 0, "{kinds} {named}");
    }
}

/// RFC6581-9.2-12, RFC6581-9.2-13, RFC6581-9.2-14, RFC6581-9.2-15.
#[test]
fn without_the_peer_to_peer_model_the_kinds_mean_nothing() {
    for block in ["00100010", "4010c010"] {
        let mut end = requested(&format!("50020004 {block}"));
        assert_eq!(answer(&mut end), hex("50020004 00100010"));
    }
    let alone = Config {
        peer_to_peer: false,
        ..config()
    };
    for block in ["00100010", "4010c010"] {
        let mut end = replied(&alone, &format!("50020004 {block}"));
        end.machine.complete().unwrap();
        assert_eq!(end.transmit(WHOLE), [], "no ready-to-receive frame");
        assert_eq!(end.events.last(), Some(&Event::Established));
    }
}

/// RFC6581-9.3-1.
#[test]
fn a_local_failure_in_start_up_has_its_own_code() {
    let mut end = replied(&config(), "50020004 80108010");
    end.machine.fail();
    end.collect();
    assert_eq!(
        terminate(&end.transmit(WHOLE)),
        ("20050000".to_owned(), vec![])
    );
    assert_eq!(failure(&end), Some(Error::LocalInStartup));

    let mut end = replied(&config(), "50020004 80108010");
    end.machine.complete().unwrap();
    end.machine.fail();
    assert_eq!(terminate(&end.transmit(WHOLE)).0, "20050000");

    // Before the Reply there is no stream to send it on.
    let mut end = replied(&config(), "");
    end.machine.fail();
    end.collect();
    assert_eq!(end.transmit(WHOLE), []);
    assert_eq!(failure(&end), Some(Error::Local));
}

/// RFC6581-10-1, RFC6581-10-2, RFC6581-10-5, RFC6581-10-6.
#[test]
fn a_reply_has_the_form_of_its_request() {
    for (request, form) in [
        ("40010000", "4001"),
        ("40020000", "4002"),
        ("50020004 80108010", "5002"),
    ] {
        let mut accepting = requested(request);
        assert_eq!(answer(&mut accepting)[..2], hex(form));
        let mut refusing = requested(request);
        refusing.machine.reject(b"").unwrap();
        let sent = refusing.transmit(WHOLE);
        assert_eq!([sent[16] & !0x20, sent[17]], hex(form)[..]);
    }
}

/// RFC6581-9.1-6, RFC6581-9.1-9, RFC6581-9.1-10, RFC6581-9.2-10, RFC6581-9.2-11, RFC6581-12-1.
#[test]
fn what_cannot_be_agreed_on_is_told_with_a_terminate() {
    let alone = Config {
        peer_to_peer: false,
        ..config()
    };
    for (config, block, code) in [
        // More Reads than there is room for.
        (config(), "8010bffe", "20060000"),
        // Only the kind that was not offered; none at all; another model, either way.
        (config(), "c0100010", "20070000"),
        (config(), "80100010", "20070000"),
        (config(), "00100010", "20070000"),
        (alone, "80108010", "20070000"),
    ] {
        let mut end = replied(&config, &format!("50020004 {block}"));
        assert_eq!(terminate(&end.transmit(WHOLE)), (code.to_owned(), vec![]));
        assert!(end.finished);
        let error = failure(&end);
        assert!(matches!(
            error,
            Some(Error::InsufficientIrd { wanted: 0x3ffe } | Error::NoMatchingRtr)
        ));
    }
}
