//! Byte-exact: the frames of RFC 5044's figures and of other implementations.

use super::support::*;
use crate::iwarp::wire::ddp::{Tagged, Untagged};
use crate::iwarp::wire::fpdu;
use crate::iwarp::wire::rdmap::Opcode;
use crate::iwarp::{AccessError, Config, Error, Event, Machine, ReadLimits, Request, Revision};
use crate::rdma::Stag;

/// A revision 1 pair, so that no ready-to-receive frame comes before the frame looked at.
fn plain() -> Config {
    Config {
        revision: Revision::One,
        ..config()
    }
}

fn connected() -> Pair {
    Pair::connected(&plain(), &plain(), Cut::default())
}

// RFC5041-4.3-1, RFC5044-3-7, RFC5044-4.3-11, RFC5044-4.4-1, RFC5044-4.4-10.
#[test]
fn v1_send_of_four_bytes() {
    let mut pair = connected();
    pair.client.send(b"ping", false, None);
    let sent = pair.client.transmit(1 << 20);
    assert_eq!(
        sent,
        hex("00164143 00000000 00000000 00000001 00000000 70696e67 a5487fa7")
    );
    pair.server.memory.receives.push_back(64);
    pair.server.take(&sent, 1 << 20);
    let expected = Seen::Received {
        bytes: b"ping".to_vec(),
        solicited: false,
        invalidated: None,
    };
    assert_eq!(pair.server.memory.seen, [expected]);
}

// RFC5041-4.2-2, RFC5041-4.2-6, RFC5044-4.1-1, RFC5044-4.1-2.
#[test]
fn v2_write_with_padding() {
    let mut pair = connected();
    pair.client.write(0x1234_5678, 0x1000, b"hello");
    let expected = "0013c140 12345678 00000000 00001000 68656c6c 6f000000 4bf8eb4a";
    assert_eq!(pair.client.transmit(1 << 20), hex(expected));
}

// RFC5040-4.4-1.
#[test]
fn v3_read_request_and_v4_its_response() {
    let mut pair = connected();
    pair.server.memory.regions.push(Region {
        stag: Stag(0x5566_7788),
        foreign: false,
        valid: true,
        rights: Rights {
            read: true,
            ..Rights::default()
        },
        base: 0x3000,
        bytes: hex("deadbeef").repeat(1024),
    });
    let read = |len| Request::Read {
        len,
        stag: Stag(0x5566_7788),
        to: 0x3000,
        sink_stag: Stag(0x1122_3344),
        sink_to: 0x2000,
    };
    pair.client.requests.push_back((read(4096), vec![0; 4096]));
    let v3 = "002e4141 00000000 00000001 00000001 00000000 11223344 00000000 00002000 00001000
        55667788 00000000 00003000 16667bd9";
    let sent = pair.client.transmit(1 << 20);
    assert_eq!(sent, hex(v3));
    pair.server.take(&sent, 1 << 20);
    pair.drive();
    assert_eq!(
        pair.client.memory.seen,
        [Seen::Read(hex("deadbeef").repeat(1024))]
    );

    pair.client.requests.push_back((read(4), vec![0; 4]));
    let sent = pair.client.transmit(1 << 20);
    pair.server.take(&sent, 1 << 20);
    let v4 = "0012c142 11223344 00000000 00002000 deadbeef bac40815";
    assert_eq!(pair.server.transmit(1 << 20), hex(v4));
}

// RFC5040-4.8-1.
#[test]
fn v5_terminate_quoting_v2() {
    let mut pair = connected();
    pair.server.memory.receives.push_back(64);
    pair.client.write(0x1234_5678, 0x1000, b"hello");
    pair.server.memory.regions.push(Region {
        stag: Stag(0x1234_5678),
        foreign: false,
        valid: true,
        rights: Rights {
            write: true,
            ..Rights::default()
        },
        base: 0x1000,
        bytes: vec![0; 4],
    });
    let sent = pair.client.transmit(1 << 20);
    pair.server.take(&sent, 1 << 20);
    let v5 = "00264147 00000000 00000002 00000001 00000000 1101c000 0013c140 12345678 00000000
        00001000 43c9f29e";
    assert_eq!(pair.server.transmit(1 << 20), hex(v5));
    assert!(pair.server.finished);
    assert_eq!(
        pair.server.events.last(),
        Some(&Event::Failed(Error::WriteAccess(AccessError::Bounds)))
    );
}

// RFC5040-4.1-2, RFC5040-4.1-3, RFC5041-4.3-2.
#[test]
fn v6_send_with_everything() {
    let mut pair = connected();
    pair.client.send(b"", false, None);
    pair.client.transmit(1 << 20);
    pair.client.send(b"xy", true, Some(Stag(0xa1b2_c3d4)));
    let v6 = "00144146 a1b2c3d4 00000000 00000002 00000000 78790000 2bcc012f";
    assert_eq!(pair.client.transmit(1 << 20), hex(v6));
}

// RFC6581-9.2-9.
#[test]
fn v7_ready_to_receive_write() {
    let mut pair = Pair::new(&config(), &config(), Cut::default());
    pair.client.machine.request(0, b"", LIMITS).unwrap();
    pair.drive();
    pair.server.machine.accept(0, b"", LIMITS).unwrap();
    pair.drive();
    pair.client.machine.complete().unwrap();
    let sent = pair.client.transmit(1 << 20);
    assert_eq!(sent, hex("000ec140 00000001 00000000 00000000 ebd34c5f"));
}

#[test]
fn v8_ready_to_receive_read_and_v10_its_response() {
    let mut client = End::new(Machine::initiator(&config()));
    client.machine.request(0, b"", LIMITS).unwrap();
    let m3 = "4d504120 49442052 65712046 72616d65 50020004 8010c010";
    assert_eq!(client.transmit(1 << 20), hex(m3));
    let m4 = "4d504120 49442052 65702046 72616d65 50020004 80104010";
    client.take(&hex(m4), 1 << 20);
    client.machine.complete().unwrap();
    let v8 = "002e4141 00000000 00000001 00000001 00000000 00000001 00000000 00000001 00000000
        00000001 00000000 00000001 7b84584a";
    let sent = client.transmit(1 << 20);
    assert_eq!(sent, hex(v8));

    // A responder that was asked for a Read only.
    let mut server = End::new(Machine::responder(&config(), 0));
    server.take(
        &hex("4d504120 49442052 65712046 72616d65 50020004 80104010"),
        1 << 20,
    );
    server.machine.accept(0, b"", LIMITS).unwrap();
    assert_eq!(server.transmit(1 << 20), hex(m4));
    server.take(&sent, 1 << 20);
    assert!(server.events.contains(&Event::Established));
    let response = server.transmit(1 << 20);
    assert_eq!(
        response,
        hex("000ec142 00000001 00000000 00000001 222083cc")
    );

    // Nobody is told of the response, but the slot is free again.
    assert_eq!(client.machine.reads_outstanding(), 1);
    client.take(&response, 1 << 20);
    assert_eq!(client.machine.reads_outstanding(), 0);
    assert_eq!(client.memory.seen, []);
}

// RFC5040-4.8-11.
#[test]
fn v17_terminate_quoting_a_read_request() {
    let mut pair = connected();
    let request = Request::Read {
        len: 4096,
        stag: Stag(0x5566_7788),
        to: 0x3000,
        sink_stag: Stag(0x1122_3344),
        sink_to: 0x2000,
    };
    pair.client.requests.push_back((request, vec![0; 4096]));
    let sent = pair.client.transmit(1 << 20);
    pair.server.take(&sent, 1 << 20);
    let v17 = "00464147 00000000 00000002 00000001 00000000 0100e000 002e4141 00000000 00000001
        00000001 00000000 11223344 00000000 00002000 00001000 55667788 00000000 00003000 ef77f6c0";
    let terminate = pair.server.transmit(1 << 20);
    assert_eq!(terminate, hex(v17));
    pair.client.take(&terminate, 1 << 20);
    let Some(Event::Failed(Error::PeerTerminated(peer))) = pair.client.events.last() else {
        panic!("{:?}", pair.client.events);
    };
    assert_eq!(
        (peer.layer_and_type, peer.code, peer.quotes_read),
        (0x01, 0x00, true)
    );
}

// RFC5041-5.2-1.
#[test]
fn v18_message_of_two_segments() {
    // MULPDU 1500.
    let config = Config {
        emss: 1508,
        ..plain()
    };
    assert_eq!(fpdu::mulpdu(1508, false), 1502);
    let config = Config {
        emss: 1506,
        ..config
    };
    assert_eq!(fpdu::mulpdu(1506, false), 1498);
    let head = |last, offset| Untagged {
        last,
        opcode: Opcode::Send,
        invalidate: Stag(0),
        queue: 0,
        sequence: 1,
        offset,
    };
    assert_eq!(
        head(false, 0).emit(1482)[..],
        hex("05dc 0143 00000000 00000000 00000001 00000000")[..]
    );
    assert_eq!(
        head(true, 0x5ca).emit(566)[..],
        hex("0248 4143 00000000 00000000 00000001 000005ca")[..]
    );
    // Received, MULPDU is the peer's choice.
    let payload = rising(2048);
    let mut stream = hex("05dc0143 00000000 00000000 00000001 00000000");
    stream.extend(&payload[..1482]);
    stream.extend(hex("0000 4a48b20f"));
    stream.extend(hex("02484143 00000000 00000000 00000001 000005ca"));
    stream.extend(&payload[1482..]);
    stream.extend(hex("0000 aa08f56d"));
    assert_eq!(stream.len(), 1508 + 592);
    let mut pair = Pair::connected(&config, &config, Cut::default());
    pair.server.memory.receives.push_back(4096);
    pair.server.take(&stream, 1 << 20);
    let expected = Seen::Received {
        bytes: payload,
        solicited: false,
        invalidated: None,
    };
    assert_eq!(pair.server.memory.seen, [expected]);
}

// RFC5041-3-1, RFC5044-3-2, RFC5044-3-4, RFC5044-4.5-1, RFC5044-4.5-2, RFC5044-4.5-5,
// RFC5044-5.1-1.
#[test]
fn sizes_follow_the_segment_size() {
    let table = [
        (536, 530, 522),
        (1220, 1214, 1202),
        (1448, 1442, 1430),
        (1460, 1454, 1442),
        (8948, 8942, 8870),
        (65_483, 64_768, 64_768),
        (0, 128, 128),
        (u32::MAX, 64_768, 64_768),
    ];
    for (emss, without, with) in table {
        assert_eq!(fpdu::mulpdu(emss, false), without, "{emss}");
        assert_eq!(fpdu::mulpdu(emss, true), with, "{emss}");
    }
}

// RFC5041-4.2-1.
#[test]
fn tagged_header_as_on_the_wire() {
    let header = Tagged {
        last: false,
        opcode: Opcode::Write,
        stag: Stag(0x1234_5601),
        to: 0x1ff0,
    };
    assert_eq!(
        header.emit(16)[..],
        hex("001e 8140 12345601 00000000 00001ff0")[..]
    );
}

/// A peer that asks for markers, and what we then send.
fn marked_stream(sends: &[Vec<u8>]) -> Vec<u8> {
    let config = Config {
        emss: 65_483,
        ..plain()
    };
    let mut client = End::new(Machine::initiator(&config));
    client
        .machine
        .request(0, b"", ReadLimits::default())
        .unwrap();
    client.transmit(1 << 20);
    client.take(
        &hex("4d504120 49442052 65702046 72616d65 c0010000"),
        1 << 20,
    );
    client.machine.complete().unwrap();
    for payload in sends {
        client.send(payload, false, None);
    }
    client.transmit(1 << 20)
}

// RFC5044-4.3-7.
#[test]
fn v0_first_fpdu_with_leading_marker() {
    let v0 = "00000000 002a4143 00000000 00000000 00000001 00000000
        000000000000000000000000000000000000000000000000 52239983";
    assert_eq!(marked_stream(&[vec![0; 24]]), hex(v0));
}

// RFC5044-4.2-1, RFC5044-4.3-8.
#[test]
fn k1_markers_inside_an_fpdu() {
    let stream = marked_stream(&[rising(1000)]);
    assert_eq!(stream.len(), 1036);
    assert_eq!(stream[0x200..0x204], hex("000001fc")[..]);
    assert_eq!(stream[0x400..0x404], hex("000003fc")[..]);
    assert_eq!(stream[1032..], hex("5f7b58ca")[..]);
}

// RFC5044-4.4-11.
#[test]
fn k2_marker_between_pad_and_crc() {
    let stream = marked_stream(&[rising(488)]);
    assert_eq!(stream.len(), 520);
    assert_eq!(stream[0x200..], hex("000001fc 68a8c2e0")[..]);
}

// RFC5044-4.3-5, RFC5044-4.3-9, RFC5044-4.4-12.
#[test]
fn k3_marker_between_fpdus_belongs_to_the_second() {
    let stream = marked_stream(&[rising(484), b"ABCD".to_vec()]);
    assert_eq!(stream.len(), 544);
    assert_eq!(stream[0x1fc..0x204], hex("8d49863e 00000000")[..]);
    assert_eq!(stream[540..], hex("9cc18791")[..]);
}

/// RFC 5044 figure 6: an FPDU with a marker in its middle.
#[test]
fn v0b_a_marker_inside_the_second_fpdu() {
    // The first FPDU ends at 0x1ec, marker in front of it included.
    let stream = marked_stream(&[vec![0; 464], vec![0; 24]]);
    let v0b = "002a4143 00000000 00000000 00000002 00000000 00000014
        000000000000000000000000000000000000000000000000 84925898";
    assert_eq!(stream[0x1ec..], hex(v0b)[..]);
}

/// What the responder of a revision 1 pair answers to this FPDU, and why.
fn refusal(fpdu: &str) -> (Error, Vec<u8>) {
    let mut pair = connected();
    pair.server.memory.receives.extend([4096; 4]);
    pair.server.take(&hex(fpdu), 1 << 20);
    let answer = pair.server.transmit(1 << 20);
    assert!(pair.server.finished);
    assert_eq!(pair.server.memory.seen, []);
    match pair.server.events.last() {
        Some(Event::Failed(error)) => (*error, answer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn v9_ready_to_receive_send() {
    let v9 = hex("00124143 00000000 00000000 00000001 00000000 587be8c4");
    let mut pair = connected();
    pair.client.send(b"", false, None);
    assert_eq!(pair.client.transmit(1 << 20), v9);
    // It takes a receive, as any Send.
    pair.server.memory.receives.push_back(0);
    pair.server.take(&v9, 1 << 20);
    let expected = Seen::Received {
        bytes: vec![],
        solicited: false,
        invalidated: None,
    };
    assert_eq!(pair.server.memory.seen, [expected]);
}

// RFC 7306: what we do not speak is an unexpected opcode (0/2/06), whatever it carries.
#[test]
fn v11_to_v13_immediate_data_and_atomics_are_refused() {
    let unexpected = "00164147 00000000 00000002 00000001 00000000 02060000";
    let table = [
        (
            8,
            "001a4148 00000000 00000000 00000003 00000000 01020304 05060708 ccb28c64",
        ),
        (
            10,
            "0046414a 00000000 00000001 00000002 00000000 00000000 00000007 55667788 00000000
                00003000 00000000 00000001 00000000 00000000 00000000 00000000 ffffffff ffffffff
                b435a267",
        ),
        (
            11,
            "001e414b 00000000 00000003 00000001 00000000 00000007 00000000 00000041 1420b003",
        ),
    ];
    for (opcode, fpdu) in table {
        let (error, answer) = refusal(fpdu);
        assert_eq!(error, Error::Opcode { opcode });
        assert_eq!(answer[..24], hex(unexpected)[..], "{opcode}");
    }
}

#[test]
fn v14_terminate_for_a_bad_checksum() {
    let v1_broken = "00164143 00000000 00000000 00000001 00000000 70696e67 a5487fa6";
    let v14 = "00164147 00000000 00000002 00000001 00000000 20020000 7fe42585";
    assert_eq!(refusal(v1_broken), (Error::Crc, hex(v14)));
}

#[test]
fn v15_and_v16_tell_the_peer_so() {
    let table = [
        (
            "20060000 6540fb1b",
            (0x20, 0x06), // RFC 6581 section 8: insufficient IRD
        ),
        (
            "20070000 1bd2babe",
            (0x20, 0x07), // RFC 6581 section 8: no matching RTR
        ),
    ];
    for (end, code) in table {
        let terminate = format!("00164147 00000000 00000002 00000001 00000000 {end}");
        let (error, answer) = refusal(&terminate);
        let Error::PeerTerminated(peer) = error else {
            panic!("{error:?}");
        };
        assert_eq!((peer.layer_and_type, peer.code), code);
        assert!(!peer.quotes_read);
        // A Terminate is never answered.
        assert_eq!(answer, []);
    }
}

/// SMB Direct's first message and its keep-alive, as MS-SMBD has them.
#[test]
fn messages_of_smb_direct() {
    let mut pair = connected();
    let negotiate = hex("00010001 0000ff00 54050000 00200000 00001000");
    let alive = hex("ff000100 01000000 00000000 00000000 00000000");
    pair.client.send(&negotiate, false, None);
    pair.client.send(&alive, true, None);
    let expected = "00264143 00000000 00000000 00000001 00000000 00010001 0000ff00 54050000
        00200000 00001000 5569dbf5 00264145 00000000 00000000 00000002 00000000 ff000100
        01000000 00000000 00000000 00000000 4d5d3d4a";
    let sent = pair.client.transmit(1 << 20);
    assert_eq!(sent, hex(expected));
    pair.server.memory.receives.extend([8192; 2]);
    pair.server.take(&sent, 1 << 20);
    let received = |bytes, solicited| Seen::Received {
        bytes,
        solicited,
        invalidated: None,
    };
    let expected = [received(negotiate, false), received(alive, true)];
    assert_eq!(pair.server.memory.seen, expected);
}
