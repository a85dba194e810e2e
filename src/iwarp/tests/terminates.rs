//! Terminates between two machines: what goes out names and quotes the failing segment, what comes in
//! says which Read failed (RFC 5040 section 4.8).

use super::support::*;
use crate::crc32c;
use crate::iwarp::{AccessError, Config, Error, Event, Machine, Request, Revision, meaning};
use crate::rdma::Stag;

const REGION: u32 = 0x0100_0007;
const FOREIGN: u32 = 0x0200_0007;
const READ_ONLY: u32 = 0x0300_0007;
const WRITE_ONLY: u32 = 0x0400_0007;

fn plain() -> Config {
    Config {
        revision: Revision::One,
        ..config()
    }
}

fn region(stag: u32, read: bool, write: bool) -> Region {
    Region {
        stag: Stag(stag),
        foreign: stag == FOREIGN,
        valid: true,
        rights: Rights {
            read,
            write,
            invalidatable: true,
        },
        base: 0x1000,
        bytes: vec![0; 0x1000],
    }
}

fn pair(config: &Config, piece: usize) -> Pair {
    let room = 1 << 20;
    let mut pair = Pair::connected(config, config, Cut { piece, room });
    pair.server.memory.regions = vec![
        region(REGION, true, true),
        region(FOREIGN, true, true),
        region(READ_ONLY, true, false),
        region(WRITE_ONLY, false, true),
    ];
    pair
}

/// The Terminate's ULPDU from its control word on.
fn body(terminate: &[u8]) -> &[u8] {
    assert_eq!(terminate[2..4], [0x41, 0x47]);
    let ulpdu = usize::from(u16::from_be_bytes([terminate[0], terminate[1]]));
    &terminate[20..2 + ulpdu]
}

fn refused(error: AccessError) -> (u32, u64) {
    match error {
        AccessError::InvalidStag => (0xdead_beef, 0x1000),
        AccessError::Bounds => (REGION, 0x1fff),
        AccessError::NotAssociated => (FOREIGN, 0x1000),
        AccessError::Rights => (0, 0x1000),
        AccessError::Wrap => (REGION, u64::MAX - 1),
    }
}

const ACCESS: [AccessError; 5] = [
    AccessError::InvalidStag,
    AccessError::Bounds,
    AccessError::NotAssociated,
    AccessError::Rights,
    AccessError::Wrap,
];

/// What the peer made of it.
fn peers(end: &End) -> (u8, u8, bool) {
    match end.events.last() {
        Some(Event::Failed(Error::PeerTerminated(peer))) => {
            (peer.layer_and_type, peer.code, peer.quotes_read)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_write_quotes_its_tagged_header() {
    for (error, told) in ACCESS
        .into_iter()
        .zip([0x1100, 0x1101, 0x1102, 0x0102, 0x1103])
    {
        for piece in [1, 7, 1 << 20] {
            let mut pair = pair(&plain(), piece);
            let (stag, to) = refused(error);
            let stag = if stag == 0 { READ_ONLY } else { stag };
            pair.client.write(stag, to, &rising(1000));
            let fpdu = pair.client.transmit(1 << 20);
            pair.server.take(&fpdu, piece);
            let failed = pair.server.events.last();
            assert_eq!(failed, Some(&Event::Failed(Error::WriteAccess(error))));
            let terminate = pair.server.transmit(1 << 20);
            let [high, low] = u16::to_be_bytes(told);
            let expected = [&[high, low, 0xc0, 0], &fpdu[..16]].concat();
            assert_eq!(body(&terminate), expected, "{error:?}");
            pair.client.take(&terminate, piece);
            assert_eq!(peers(&pair.client), (high, low, false));
            assert_eq!(pair.client.machine.failed_read(), None);
        }
    }
}

#[test]
fn a_refused_read_quotes_both_its_headers() {
    for (error, code) in ACCESS.into_iter().zip([0, 1, 3, 2, 4]) {
        for piece in [1, 7, 1 << 20] {
            let mut pair = pair(&plain(), piece);
            let (stag, to) = refused(error);
            let stag = if stag == 0 { WRITE_ONLY } else { stag };
            pair.client.read(stag, to, 1000);
            let fpdu = pair.client.transmit(1 << 20);
            pair.server.take(&fpdu, piece);
            let terminate = pair.server.transmit(1 << 20);
            let expected = [&[1, code, 0xe0, 0], &fpdu[..48]].concat();
            assert_eq!(body(&terminate), expected, "{error:?}");
            pair.client.take(&terminate, piece);
            assert_eq!(peers(&pair.client), (1, code, true));
            assert_eq!(pair.client.machine.failed_read(), Some(0));
        }
    }
}

// A Terminate with all it can quote, across markers and in any pieces.
#[test]
fn a_terminate_is_read_across_markers() {
    let marked = Config {
        markers: true,
        ..plain()
    };
    for before in 0..120 {
        let mut pair = pair(&marked, 3);
        pair.client.memory.receives.push_back(1000);
        pair.client.send(b"", false, None);
        pair.server.memory.receives.push_back(0);
        pair.drive();
        pair.server.send(&rising(300 + before), false, None);
        pair.drive();
        pair.client.read(0xdead_beef, 0, 8);
        pair.drive();
        assert_eq!(peers(&pair.client), (1, 0, true), "{before}");
        assert_eq!(pair.client.machine.failed_read(), Some(0));
    }
}

/// An untagged segment that breaks a rule, and what the Terminate says.
#[test]
fn a_refused_send_quotes_its_untagged_header() {
    let rows = [
        ("queue", "4143 00000000 00000001 00000001 00000000", 0x1201),
        (
            "sequence",
            "4143 00000000 00000000 00000002 00000000",
            0x1203,
        ),
        ("offset", "4143 00000000 00000000 00000001 00000004", 0x1204),
        (
            "too long",
            "4143 00000000 00000000 00000001 00000000",
            0x1205,
        ),
        (
            "invalidate",
            "4144 0badba01 00000000 00000001 00000000",
            0x0209,
        ),
    ];
    for (name, header, told) in rows {
        for piece in [1, 1 << 20] {
            let mut pair = pair(&plain(), piece);
            let room = if name == "too long" { 3 } else { 64 };
            pair.server.memory.receives.push_back(room);
            let mut fpdu = hex(&format!("0016 {header} 70696e67"));
            let crc = crc32c::update(0, &fpdu);
            fpdu.extend(crc.to_le_bytes());
            pair.server.take(&fpdu, piece);
            let terminate = pair.server.transmit(1 << 20);
            let [high, low] = u16::to_be_bytes(told);
            let expected = [&[high, low, 0xc0, 0], &fpdu[..20]].concat();
            assert_eq!(body(&terminate), expected, "{name}");
        }
    }
}

/// Three Reads outstanding to sinks 0xa, 0xb, 0xc; then this Terminate.
fn blamed(control: &str, quoted: &str) -> (End, Option<usize>) {
    let mut end = End::new(Machine::initiator(&plain()));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(1 << 20);
    end.take(
        &hex("4d504120 49442052 65702046 72616d65 40010000"),
        1 << 20,
    );
    end.machine.complete().unwrap();
    for sink in [0xa, 0xb, 0xc] {
        let read = Request::Read {
            len: 64,
            stag: Stag(1),
            to: 0,
            sink_stag: Stag(sink),
            sink_to: 0,
        };
        end.requests.push_back((read, vec![0; 64]));
    }
    end.transmit(1 << 20);
    let mut ulpdu = hex("4147 00000000 00000002 00000001 00000000");
    ulpdu.extend(hex(control));
    ulpdu.extend(hex(quoted));
    let mut fpdu = (ulpdu.len() as u16).to_be_bytes().to_vec();
    fpdu.extend(ulpdu);
    fpdu.resize(fpdu.len().next_multiple_of(4), 0);
    let crc = crc32c::update(0, &fpdu);
    fpdu.extend(crc.to_le_bytes());
    end.take(&fpdu, 5);
    let read = end.machine.failed_read();
    (end, read)
}

#[test]
fn the_read_that_failed_is_told() {
    let request = |sequence: u32, sink: u32| {
        format!(
            "002e4141 00000000 00000001 {sequence:08x} 00000000 {sink:08x} 00000000 00000010
                00000030 00000001 00000000 00000010"
        )
    };
    let read = |control: &str, quoted: &str| blamed(control, quoted).1;
    for (n, sink) in [(0, 0xa), (1, 0xb), (2, 0xc)] {
        let quoted = request(n as u32 + 1, sink);
        assert_eq!(read("0100e000", &quoted), Some(n));
        // siw: nibbles and flags from the other end, the request's size for its number.
        assert_eq!(read("10000700", &request(64, sink)), Some(n));
        // Only the DDP header: its number has to do.
        let ddp: String = quoted.split_whitespace().take(5).collect();
        assert_eq!(read("1202c000", &ddp), Some(n));
    }
    // One that none of ours is.
    assert_eq!(read("0100e000", &request(9, 0xd)), Some(0));
    // No Read Request, none at all, less than its header, or not said to be there.
    let write = "0013c140 12345678 00000000 00001000";
    assert_eq!(read("1101c000", write), None);
    assert_eq!(read("0100e000", ""), None);
    assert_eq!(read("0100e000", "002e4141 00000000"), None);
    assert_eq!(read("02020000", &request(1, 0xa)), None);
}

#[test]
fn a_ready_to_receive_read_is_nobodys() {
    let ready = crate::iwarp::ReadyKinds {
        send: false,
        write: false,
        read: true,
    };
    let mut end = End::new(Machine::initiator(&Config { ready, ..config() }));
    end.machine.request(0, b"", LIMITS).unwrap();
    end.transmit(1 << 20);
    end.take(
        &hex("4d504120 49442052 65702046 72616d65 50020004 80104010"),
        1 << 20,
    );
    end.machine.complete().unwrap();
    end.transmit(1 << 20);
    let v17 = "00464147 00000000 00000002 00000001 00000000 0100e000 002e4141 00000000 00000001
        00000001 00000000 11223344 00000000 00002000 00001000 55667788 00000000 00003000 ef77f6c0";
    end.take(&hex(v17), 1 << 20);
    assert_eq!(peers(&end), (1, 0, true));
    assert_eq!(end.machine.failed_read(), None);
}

#[test]
fn every_code_that_is_sent_has_a_meaning() {
    let sent = [
        Error::Local,
        Error::ReceivePlacement(AccessError::Bounds),
        Error::Crc,
        Error::Marker,
        Error::InsufficientIrd { wanted: 1 },
        Error::NoMatchingRtr,
        Error::TaggedVersion,
        Error::UntaggedVersion,
        Error::RdmapVersion,
        Error::Opcode { opcode: 9 },
        Error::QueueNumber,
        Error::NoReceive,
        Error::SequenceNumber,
        Error::MessageOffset,
        Error::MessageTooLong,
    ];
    let access = ACCESS
        .into_iter()
        .flat_map(|error| [Error::ReadAccess(error), Error::WriteAccess(error)]);
    for error in sent.into_iter().chain(access) {
        let (layer_and_type, code) = error.told().unwrap();
        assert_ne!(
            meaning(layer_and_type, code),
            meaning(0xff, 0xff),
            "{error:?}"
        );
    }
    assert_eq!(meaning(0x23, 0x02), "MPA: CRC", "as two families have it");
    assert_eq!(Error::Reset.told(), None);
}
