//! Ready-to-receive frames of every kind in both roles (RFC 6581 section 6), SMB Direct's header of
//! revision 1, and private data to its limit.

use super::support::*;
use crate::iwarp::{CallError, Config, Error, Event, Machine, ReadLimits, ReadyKinds, Revision};

const REQUEST: &str = "4d504120 49442052 65712046 72616d65";
const REPLY: &str = "4d504120 49442052 65702046 72616d65";

fn kinds(bits: u8) -> ReadyKinds {
    ReadyKinds {
        send: bits & 1 != 0,
        write: bits & 2 != 0,
        read: bits & 4 != 0,
    }
}

fn offering(bits: u8) -> Config {
    Config {
        ready: kinds(bits),
        ..config()
    }
}

fn one() -> Config {
    Config {
        revision: Revision::One,
        legacy_reads: true,
        ..config()
    }
}

fn frame(key: &str, rest: &str) -> Vec<u8> {
    hex(&format!("{key} {rest}"))
}

/// B, C and D of a frame, as `kinds` numbers them.
fn named(frame: &[u8]) -> u8 {
    let (ird, ord) = (frame[20], frame[22]);
    assert_eq!(ird & 0x80, 0x80, "A");
    (ird & 0x40) >> 6 | (ord & 0x80) >> 6 | (ord & 0x40) >> 4
}

// RFC6581-9.2-2.
#[test]
fn every_offer_meets_every_preference() {
    for offered in 1..8 {
        for preferred in 1..8 {
            for piece in [1, 1 << 20] {
                let mut pair = Pair::new(
                    &offering(offered),
                    &offering(preferred),
                    Cut {
                        piece,
                        room: 1 << 20,
                    },
                );
                pair.server.memory.receives.extend([64, 64]);
                pair.client.machine.request(0, b"", LIMITS).unwrap();
                let request = pair.client.transmit(1 << 20);
                assert_eq!(named(&request), offered);
                pair.server.take(&request, piece);
                pair.server.machine.accept(0, b"", LIMITS).unwrap();
                let reply = pair.server.transmit(1 << 20);
                let answer = named(&reply);
                assert_eq!(answer.count_ones(), 1, "one kind");
                assert_eq!(answer & offered, answer, "that was offered");
                if offered & preferred != 0 {
                    assert_eq!(answer & preferred, answer, "and is preferred");
                }
                pair.client.take(&reply, piece);
                pair.client.machine.complete().unwrap();
                pair.drive();
                assert_eq!(pair.client.events.last(), Some(&Event::Established));
                assert_eq!(pair.server.events.last(), Some(&Event::Established));
                assert_eq!(pair.client.machine.reads_outstanding(), 0);

                pair.client.send(b"then", false, None);
                pair.drive();
                let received = |bytes: &[u8]| Seen::Received {
                    bytes: bytes.to_vec(),
                    solicited: false,
                    invalidated: None,
                };
                let seen = &pair.server.memory.seen;
                match answer {
                    // It used up a receive.
                    1 => assert_eq!(seen[..], [received(b""), received(b"then")]),
                    _ => assert_eq!(seen[..], [received(b"then")]),
                }
            }
        }
    }
}

#[test]
fn a_ready_send_is_the_first_message_of_its_queue() {
    let mut client = End::new(Machine::initiator(&offering(1)));
    client.machine.request(0, b"", LIMITS).unwrap();
    assert_eq!(
        client.transmit(1 << 20),
        frame(REQUEST, "50020004 c0100010")
    );
    client.take(&frame(REPLY, "50020004 c0100010"), 1);
    client.machine.complete().unwrap();
    let v9 = "00124143 00000000 00000000 00000001 00000000 587be8c4";
    assert_eq!(client.transmit(1 << 20), hex(v9));
    client.send(b"", false, None);
    let next = client.transmit(1 << 20);
    assert_eq!(next[12..16], hex("00000002")[..]);
}

#[test]
fn a_ready_send_waits_for_a_receive() {
    let mut pair = Pair::new(&offering(1), &config(), Cut::default());
    pair.client.machine.request(0, b"", LIMITS).unwrap();
    pair.drive();
    pair.server.machine.accept(0, b"", LIMITS).unwrap();
    pair.drive();
    pair.client.machine.complete().unwrap();
    pair.drive();
    assert!(!pair.server.events.contains(&Event::Established));
    pair.server.memory.receives.push_back(0);
    pair.server.take(&[], 1);
    assert_eq!(pair.server.events.last(), Some(&Event::Established));
}

#[test]
fn hardware_that_knows_one_kind_gets_it() {
    // A Read alone is what one family offers, and what it answers whatever it was offered.
    let mut server = End::new(Machine::responder(&offering(2), 0));
    server.take(&frame(REQUEST, "50020004 80104010"), 1);
    server.machine.accept(0, b"", LIMITS).unwrap();
    assert_eq!(server.transmit(1 << 20), frame(REPLY, "50020004 80104010"));

    for (offered, reply, agreed) in [
        (6, "80104010", true),
        (2, "80104010", false),
        (4, "80108010", false),
        (1, "8010c010", false),
        (2, "c010c010", true),
        (6, "80100010", false),
    ] {
        let mut client = End::new(Machine::initiator(&offering(offered)));
        client.machine.request(0, b"", LIMITS).unwrap();
        client.transmit(1 << 20);
        client.take(&frame(REPLY, &format!("50020004 {reply}")), 1);
        let last = client.events.last();
        match agreed {
            true => assert!(matches!(last, Some(Event::PeerReply { .. })), "{reply}"),
            false => assert_eq!(last, Some(&Event::Failed(Error::NoMatchingRtr)), "{reply}"),
        }
    }
}

// RFC 5044 section 7.1.2: peers send one in revision 1 too, and nobody agreed on it.
#[test]
fn revision_1_takes_any_kind_unasked() {
    let ready = [
        "000ec140 00000001 00000000 00000000 ebd34c5f",
        "002e4141 00000000 00000001 00000001 00000000 00000001 00000000 00000001 00000000
            00000001 00000000 00000001 7b84584a",
        "00124143 00000000 00000000 00000001 00000000 587be8c4",
    ];
    for frame_bytes in ready {
        let mut server = End::new(Machine::responder(&config(), 0));
        server.memory.receives.push_back(0);
        server.take(&frame(REQUEST, "40010000"), 1);
        let none = ReadLimits::default();
        server.machine.accept(0, b"", none).unwrap();
        server.transmit(1 << 20);
        server.send(b"held", false, None);
        assert_eq!(server.transmit(1 << 20), []);
        server.take(&hex(frame_bytes), 1);
        assert!(!server.transmit(1 << 20).is_empty(), "{frame_bytes}");
        assert!(!matches!(server.events.last(), Some(Event::Failed(_))));
    }
}

// MS-SMBD-6-1, MS-SMBD-6-3.
#[test]
fn smb_directs_header_goes_with_revision_1() {
    let mut client = End::new(Machine::initiator(&one()));
    let limits = ReadLimits { ird: 16, ord: 0 };
    client.machine.request(0, b"data", limits).unwrap();
    let sent = client.transmit(1 << 20);
    // 0 cannot be said.
    let request = frame(REQUEST, "4001000c 00000010 00000001 64617461");
    assert_eq!(sent, request);

    let mut server = End::new(Machine::responder(&one(), 0));
    server.take(&sent, 1);
    let reads = Some(ReadLimits { ird: 16, ord: 1 });
    assert_eq!(server.events, [Event::PeerRequest { reads }]);
    assert_eq!(server.machine.private_data(), b"data");
    server.machine.accept(0, b"back", LIMITS).unwrap();
    assert_eq!(server.machine.reads(), ReadLimits { ird: 1, ord: 16 });
    let reply = server.transmit(1 << 20);
    assert_eq!(reply, frame(REPLY, "4001000c 00000001 00000010 6261636b"));

    client.take(&reply, 1);
    let reads = Some(ReadLimits { ird: 1, ord: 16 });
    assert_eq!(client.events, [Event::PeerReply { reads }]);
    assert_eq!(client.machine.private_data(), b"back");
    assert_eq!(client.machine.reads(), ReadLimits { ird: 16, ord: 1 });
}

#[test]
fn smb_directs_header_is_seen_only_where_it_belongs() {
    let header = "00000020 00000001";
    let two = Config {
        revision: Revision::Two,
        ..one()
    };
    let off = Config {
        legacy_reads: false,
        ..one()
    };
    let rows = [
        ("revision 2", two, "5002000c 80108010"),
        ("switched off", off, "40010008"),
    ];
    for (name, config, start) in rows {
        let mut server = End::new(Machine::responder(&config, 0));
        server.take(&frame(REQUEST, &format!("{start} {header}")), 1);
        assert_eq!(server.machine.private_data(), hex(header), "{name}");
    }
    // The consumer's own, and none of it: answered in kind, without a header.
    let mut server = End::new(Machine::responder(&one(), 0));
    server.take(&frame(REQUEST, "4001000c 41414141 42424242 43434343"), 1);
    assert_eq!(server.events, [Event::PeerRequest { reads: None }]);
    assert_eq!(server.machine.private_data().len(), 12);
    server.machine.accept(0, b"", LIMITS).unwrap();
    assert_eq!(server.transmit(1 << 20), frame(REPLY, "40010000"));
    // A refusal's is the consumer's.
    let mut client = End::new(Machine::initiator(&one()));
    client.machine.request(0, b"", LIMITS).unwrap();
    client.transmit(1 << 20);
    client.take(&frame(REPLY, &format!("60010008 {header}")), 1);
    assert_eq!(client.machine.private_data(), hex(header));
}

#[test]
fn more_reads_than_we_have_slots_for_are_no_error_in_revision_1() {
    let mut client = End::new(Machine::initiator(&one()));
    client.machine.request(0, b"", LIMITS).unwrap();
    client.transmit(1 << 20);
    client.take(&frame(REPLY, "40010008 000000ff 000000ff"), 1);
    assert!(matches!(client.events[..], [Event::PeerReply { .. }]));
    assert_eq!(client.machine.reads(), LIMITS);
}

#[test]
fn private_data_to_its_limit_both_ways_and_with_a_refusal() {
    let plain = Config {
        legacy_reads: false,
        ..one()
    };
    for (config, most) in [(config(), 508), (plain, 512), (one(), 504)] {
        for accept in [true, false] {
            let data = rising(most + 1);
            let mut pair = Pair::new(
                &config,
                &config,
                Cut {
                    piece: 7,
                    room: 1 << 20,
                },
            );
            let client = &mut pair.client.machine;
            let too_long = client.request(0, &data, LIMITS);
            assert_eq!(too_long, Err(CallError::PrivateData));
            client.request(0, &data[1..], LIMITS).unwrap();
            pair.drive();
            let server = &mut pair.server.machine;
            assert_eq!(server.private_data(), &data[1..]);
            let answer = |server: &mut Machine, data: &[u8]| match accept {
                true => server.accept(0, data, LIMITS),
                false => server.reject(data),
            };
            let more = rising(most + 9);
            assert_eq!(answer(server, &more), Err(CallError::PrivateData));
            answer(server, &data[..most]).unwrap();
            pair.drive();
            assert_eq!(pair.client.machine.private_data(), &data[..most]);
            let told = pair.client.events.last();
            match accept {
                true => assert!(matches!(told, Some(Event::PeerReply { .. }))),
                false => assert!(matches!(told, Some(Event::PeerReject { .. }))),
            }
        }
    }
}

// RFC 6581 section 5: a new connection, the older revision.
#[test]
fn a_peer_of_revision_1_is_met_at_the_second_try() {
    let mut first = End::new(Machine::initiator(&config()));
    first.machine.request(0, b"hello", LIMITS).unwrap();
    let request = first.transmit(1 << 20);
    // What an implementation of RFC 5044 alone does with it.
    assert_eq!(request[17], 2);
    first.machine.handle_reset();
    assert!(first.machine.may_fall_back());
    let second = Config {
        revision: Revision::One,
        ..config()
    };
    let mut pair = Pair::connected(&second, &config(), Cut::default());
    pair.server.memory.receives.push_back(16);
    pair.client.send(b"there", false, None);
    pair.drive();
    assert_eq!(pair.server.memory.seen.len(), 1);
}
