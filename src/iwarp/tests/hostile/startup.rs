//! Start-up with a peer that does not keep to it.

use super::*;
use crate::iwarp::CallError;

/// The good Request `rest` ends, from the flags on.
fn asked(rest: &str) -> Vec<u8> {
    hex(&format!("4d504120 49442052 65712046 72616d65 {rest}"))
}

fn replied(rest: &str) -> Vec<u8> {
    hex(&format!("4d504120 49442052 65702046 72616d65 {rest}"))
}

fn responder() -> End {
    End::new(Machine::responder(&config(), 0))
}

/// An initiator whose Request is out.
fn initiator(config: &Config) -> End {
    let mut end = End::new(Machine::initiator(config));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end
}

fn assert_reset(end: &mut End, error: Error) {
    assert_eq!(end.events, [Event::Failed(error)]);
    assert_eq!(error.close(), Close::Reset);
    assert_eq!(end.transmit(WHOLE), []);
    assert!(end.finished);
}

fn reset_without_a_word(id: &str) {
    let error = match id {
        "M01" | "M02" => Error::StartupKey,
        "M05" => Error::StartupRevision { revision: 0 },
        "M06" => Error::StartupRevision { revision: 3 },
        "M07" => Error::StartupLength { declared: 513 },
        "M08" => Error::StartupLength { declared: 0xffff },
        "M11" | "M12" => Error::StartupBlock,
        other => panic!("{other}"),
    };
    let bytes = input(id);
    for cut in CUTS {
        let mut end = responder();
        end.take(&bytes, cut);
        assert_reset(&mut end, error);
    }
    // Twenty bytes are enough to see it: nothing is kept for the rest.
    let mut end = responder();
    end.take(&bytes[..20], 1);
    assert_reset(&mut end, error);
}

row_tests! { reset_without_a_word:
    m01_a_wrong_key
    m02_the_reply_key
    m05_revision_0
    m06_revision_3
    m07_private_data_one_byte_too_long
    m08_private_data_of_64k
    m11_enhanced_without_its_block
    m12_a_block_cut_short
}

#[test]
fn m06_revision_255() {
    let mut end = responder();
    end.take(&asked("40ff0000"), 1);
    assert_reset(&mut end, Error::StartupRevision { revision: 255 });
}

#[test]
fn another_protocol_is_reset_at_its_first_byte() {
    let mut end = responder();
    end.take(b"G", WHOLE);
    assert_reset(&mut end, Error::StartupKey);
}

fn early_data_is_reset(id: &str) {
    let bytes = input(id);
    let mut end = responder();
    end.take(&bytes, WHOLE);
    assert_reset(&mut end, Error::EarlyData);
    // In a segment of its own, after the consumer was told.
    let private = usize::from(bytes[19]);
    let (request, rest) = bytes.split_at(20 + private);
    let mut end = responder();
    end.take(request, WHOLE);
    end.take(&rest[..2], WHOLE);
    assert_eq!(end.events.last(), Some(&Event::Failed(Error::EarlyData)));
    assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
    assert_eq!(end.transmit(WHOLE), []);
}

row_tests! { early_data_is_reset:
    m10_more_private_data_than_declared
    m23_an_fpdu_behind_the_request
}

#[test]
fn m03_a_request_that_stops() {
    let mut end = responder();
    assert_eq!(end.machine.poll_timeout(), Some(10));
    end.take(&asked("400100"), WHOLE);
    end.machine.handle_timeout(9);
    end.collect();
    assert_eq!(end.events, []);
    end.machine.handle_timeout(10);
    end.collect();
    assert_reset(&mut end, Error::RequestTimeout);
    assert_eq!(end.machine.poll_timeout(), None);
}

#[test]
fn m04_a_byte_now_and_then_gains_no_time() {
    let mut end = responder();
    for (second, byte) in asked("40010200").iter().enumerate().take(10) {
        end.machine.handle_timeout(second as u64);
        end.take(&[*byte], 1);
        assert_eq!(end.machine.poll_timeout(), Some(10));
    }
    end.machine.handle_timeout(10);
    end.collect();
    assert_reset(&mut end, Error::RequestTimeout);
}

#[test]
fn m09_fin_in_the_request() {
    let mut end = responder();
    end.take(&asked("40010200"), WHOLE);
    end.take(&[0x41; 511], WHOLE);
    end.machine.handle_fin();
    end.collect();
    assert_reset(&mut end, Error::FinInStartup);
}

/// What the Reply says from its flags on, and the limits in force.
fn answers_as_it_should(id: &str) {
    let (request, reply) = (input(id), found(id).3);
    for cut in CUTS {
        let mut end = responder();
        end.take(&request, cut);
        end.machine.accept(0, b"", LIMITS).unwrap();
        assert_eq!(end.transmit(WHOLE), replied(reply), "{id}");
        let ird = if id == "M20" { 0 } else { 16 };
        assert_eq!(end.machine.reads(), ReadLimits { ird, ord: 16 }, "{id}");
    }
}

row_tests! { answers_as_it_should:
    m13_revision_1_has_no_block
    m14_reserved_bits
    m15_the_reject_bit
    m16_kinds_without_the_model
    m17_the_model_without_a_kind
    m18_limits_that_are_not_negotiated
    m19_limits_beyond_ours
    m20_no_reads_but_a_read_to_begin_with
}

#[test]
fn m13_the_four_bytes_are_private_data() {
    let mut end = responder();
    end.take(&input("M13"), WHOLE);
    assert_eq!(end.events, [Event::PeerRequest { reads: None }]);
    assert_eq!(end.machine.private_data(), hex("8010c010"));
}

fn gone_while_the_consumer_decides(leave: impl Fn(&mut Machine), error: Error) {
    let mut end = responder();
    end.take(&asked("40010000"), WHOLE);
    leave(&mut end.machine);
    end.collect();
    let told = [Event::PeerRequest { reads: None }, Event::Failed(error)];
    assert_eq!(end.events, told);
    assert_eq!(end.machine.accept(0, b"", LIMITS), Err(CallError::Phase));
    assert_eq!(end.machine.reject(b""), Err(CallError::Phase));
    assert_eq!(end.transmit(WHOLE), []);
}

#[test]
fn m21_fin_while_the_consumer_decides() {
    gone_while_the_consumer_decides(Machine::handle_fin, Error::FinInStartup);
}

#[test]
fn m22_a_reset_while_the_consumer_decides() {
    gone_while_the_consumer_decides(Machine::handle_reset, Error::Reset);
}

#[test]
fn m24_a_send_will_do_as_the_first_fpdu() {
    let mut end = responder();
    end.take(&asked("50020004 80104010"), WHOLE);
    end.machine.accept(0, b"", LIMITS).unwrap();
    end.transmit(WHOLE);
    end.send(b"held", false, None);
    end.memory.receives.push_back(64);
    let ping = send(1, b"ping");
    end.take(&ping[..ping.len() - 1], WHOLE);
    // Not before it is whole and verified.
    assert_eq!(end.transmit(WHOLE), []);
    assert!(!end.events.contains(&Event::Established));
    end.take(&ping[ping.len() - 1..], WHOLE);
    assert_eq!(end.events.last(), Some(&Event::Established));
    assert_eq!(end.memory.seen, [received(b"ping")]);
    assert_eq!(end.transmit(WHOLE).len(), 28);
}

fn fails_the_connect(id: &str) {
    let error = match id {
        "M26" => Error::StartupKey,
        "M27" => Error::StartupRevision { revision: 2 },
        "M28" => Error::ReplyNotEnhanced,
        "M29" => Error::StartupBlock,
        other => panic!("{other}"),
    };
    let config = Config {
        revision: match id {
            "M27" => Revision::One,
            _ => Revision::Two,
        },
        ..config()
    };
    for cut in CUTS {
        let mut end = initiator(&config);
        end.take(&input(id), cut);
        assert_reset(&mut end, error);
        assert_eq!(end.machine.complete(), Err(CallError::Phase));
    }
}

row_tests! { fails_the_connect:
    m26_the_request_key
    m27_a_later_revision
    m28_a_reply_without_the_block
    m29_an_enhanced_reply_without_its_block
}

/// A Terminate says what we could not agree on.
fn tells_why(id: &str) {
    let error = match id {
        "M32" => Error::InsufficientIrd { wanted: 0x3ffe },
        _ => Error::NoMatchingRtr,
    };
    let config = Config {
        peer_to_peer: id != "M30",
        ..config()
    };
    let (reply, code) = (input(id), found(id).3);
    for cut in CUTS {
        let mut end = initiator(&config);
        end.take(&reply, cut);
        assert_eq!(terminate_in(&end.transmit(WHOLE)), code, "{id}");
        assert_eq!(end.events, [Event::Failed(error)], "{id}");
        assert_eq!(error.close(), Close::Graceful);
    }
}

row_tests! { tells_why:
    m30_a_model_nobody_asked_for
    m31_only_a_kind_we_do_not_send
    m32_more_reads_than_there_are
}

#[test]
fn m28_a_reply_of_revision_1() {
    let mut end = initiator(&config());
    end.take(&replied("40010000"), WHOLE);
    assert_reset(&mut end, Error::ReplyNotEnhanced);
}

#[test]
fn m33_a_refusal_with_all_the_private_data_there_can_be() {
    let mut end = initiator(&config());
    let mut bytes = replied("70020200 00100010");
    bytes.extend([0x41; 508]);
    end.take(&bytes, 100);
    let reads = Some(LIMITS);
    assert_eq!(end.events, [Event::PeerReject { reads }]);
    assert_eq!(end.machine.private_data(), [0x41; 508]);
    assert_eq!(end.transmit(WHOLE), []);
    assert!(end.finished);
}

#[test]
fn m34_markers_from_the_first_fpdu_on() {
    let mut end = initiator(&config());
    end.take(&replied("d0020004 80108010"), WHOLE);
    end.machine.complete().unwrap();
    assert_eq!(end.transmit(WHOLE)[..8], hex("00000000 000ec140")[..]);
}

#[test]
fn m35_early_fpdus_are_held_until_complete() {
    let mut bytes = replied("50020004 80108010");
    bytes.extend(send(1, b"ping"));
    for cut in [WHOLE, 1] {
        let mut end = initiator(&config());
        end.memory.receives.push_back(64);
        end.take(&bytes, cut);
        assert_eq!(end.inbox.len(), 28);
        assert_eq!(end.memory.seen, []);
        end.machine.complete().unwrap();
        end.transmit(WHOLE);
        end.take(&[], WHOLE);
        assert_eq!(end.memory.seen, [received(b"ping")]);
        assert_eq!(end.inbox, []);
    }
}

#[test]
fn m36_no_reply() {
    let mut end = initiator(&config());
    assert_eq!(end.machine.poll_timeout(), Some(60));
    end.machine.handle_timeout(60);
    end.collect();
    assert_reset(&mut end, Error::ReplyTimeout);
    end.take(&replied("50020004 80108010"), WHOLE);
    assert_eq!(end.events.len(), 1);
}
