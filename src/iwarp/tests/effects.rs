//! What one input leaves behind: deadlines, requests that were not begun, how a Terminate is framed before the stream is up.

use super::support::*;
use crate::crc32c;
use crate::iwarp::{
    AccessError, Config, Error, Event, Machine, ReadLimits, ReadyKinds, ReceiveFault, Revision,
};

const ALL: usize = 1 << 20;

fn connected() -> Pair {
    Pair::connected(&config(), &config(), Cut::default())
}

#[test]
fn a_deadline_ends_with_what_it_was_for() {
    let mut pair = Pair::new(&config(), &config(), Cut::default());
    assert_eq!(pair.client.machine.poll_timeout(), None);
    assert_eq!(pair.server.machine.poll_timeout(), Some(10));
    pair.client.machine.request(5, b"", LIMITS).unwrap();
    assert_eq!(pair.client.machine.poll_timeout(), Some(65));
    pair.drive();
    assert_eq!(pair.server.machine.poll_timeout(), None, "the Request came");
    pair.server.machine.accept(7, b"", LIMITS).unwrap();
    assert_eq!(pair.server.machine.poll_timeout(), Some(67));
    pair.drive();
    assert_eq!(pair.client.machine.poll_timeout(), None, "the Reply came");
    pair.client.machine.complete().unwrap();
    pair.drive();
    assert_eq!(pair.server.machine.poll_timeout(), None, "it is ready");
}

#[test]
fn no_deadline_outlives_the_stream() {
    // Whatever ends it: a broken rule, a disconnect, the deadline itself.
    let mut broken = End::new(Machine::responder(&config(), 0));
    broken.take(b"GET / HTTP/1.1\r\n\r\n..", ALL);
    assert_eq!(broken.events, [Event::Failed(Error::StartupKey)]);
    assert_eq!(broken.machine.poll_timeout(), None);

    let mut silent = End::new(Machine::initiator(&config()));
    silent.machine.request(0, b"", LIMITS).unwrap();
    silent.transmit(ALL);
    silent.machine.handle_timeout(59);
    assert_eq!(silent.machine.poll_timeout(), Some(60));
    silent.machine.handle_timeout(60);
    silent.collect();
    assert_eq!(silent.events, [Event::Failed(Error::ReplyTimeout)]);
    assert_eq!(silent.machine.poll_timeout(), None);

    let mut left = Pair::new(&config(), &config(), Cut::default());
    left.client.machine.request(0, b"", LIMITS).unwrap();
    left.drive();
    left.server.machine.accept(0, b"", LIMITS).unwrap();
    left.server.transmit(ALL);
    assert!(left.server.machine.poll_timeout().is_some());
    left.server.machine.disconnect();
    assert_eq!(left.server.machine.poll_timeout(), None);
}

#[test]
fn a_request_that_was_not_begun_goes_with_the_disconnect() {
    let mut pair = connected();
    pair.server.memory.receives.push_back(64);
    let send = crate::iwarp::Request::Send {
        len: 4,
        solicited: false,
        invalidate: None,
    };
    pair.client.memory.outgoing = b"late".to_vec();
    pair.client.machine.start(send).unwrap();
    pair.client.machine.disconnect();
    assert_eq!(pair.client.transmit(ALL), []);
    assert!(pair.client.finished);
}

// RFC 5044 section 7.1.1: with CRC when either side asked for it, with markers when the peer did: also the one frame that refuses
// what the Reply agreed to.
#[test]
fn a_terminate_in_start_up_is_framed_as_the_reply_asked() {
    let ready = ReadyKinds {
        send: false,
        write: true,
        read: false,
    };
    for (ours, flags) in [(false, 0x10), (false, 0x50), (true, 0x10), (false, 0x90)] {
        let config = Config {
            crc: ours,
            ready,
            ..config()
        };
        let mut client = End::new(Machine::initiator(&config));
        client.machine.request(0, b"", LIMITS).unwrap();
        client.transmit(ALL);
        // It answers a Write with a Read.
        let reply = format!("4d504120 49442052 65702046 72616d65 {flags:02x}020004 80104010");
        client.take(&hex(&reply), ALL);
        assert_eq!(
            client.events.last(),
            Some(&Event::Failed(Error::NoMatchingRtr))
        );
        let mut frame = client.transmit(ALL);
        if flags & 0x80 != 0 {
            let marker: Vec<u8> = frame.drain(..4).collect();
            assert_eq!(marker, [0; 4]);
        }
        let (body, sum) = frame.split_last_chunk::<4>().unwrap();
        assert_eq!(usize::from(body[1]) + 2, body.len(), "one FPDU, no pad");
        let expected = match ours || flags & 0x40 != 0 {
            true => crc32c::update(0, body).to_le_bytes(),
            false => [0; 4],
        };
        assert_eq!(*sum, expected, "{ours} {flags:02x}");
    }
}

#[test]
fn a_receive_whose_memory_is_gone_fails_and_ends_the_stream() {
    for (len, piece) in [(100, ALL), (100, 7), (40_000, ALL)] {
        let mut pair = connected();
        pair.cut.piece = piece;
        pair.server.memory.receives.push_back(len);
        pair.server.memory.receive_gone = true;
        pair.client.send(&rising(len), false, None);
        pair.drive();
        let gone = AccessError::InvalidStag;
        let failed = Seen::ReceiveFailed(ReceiveFault::Access(gone));
        assert_eq!(pair.server.memory.seen, [failed]);
        let error = Error::ReceivePlacement(gone);
        assert!(pair.server.events.contains(&Event::Failed(error)));
    }
}

// SMB Direct over iWARP: the header cannot say 0, so what it says is granted.
#[test]
fn a_reader_that_was_told_one_may_read_one() {
    let config = Config {
        revision: Revision::One,
        legacy_reads: true,
        ..config()
    };
    let mut pair = Pair::new(&config, &config, Cut::default());
    pair.client.machine.request(0, b"", LIMITS).unwrap();
    pair.drive();
    let none = ReadLimits { ird: 0, ord: 0 };
    pair.server.machine.accept(0, b"", none).unwrap();
    pair.drive();
    pair.client.machine.complete().unwrap();
    pair.server.memory.regions.push(Region {
        stag: crate::rdma::Stag(0x77),
        foreign: false,
        valid: true,
        rights: Rights {
            read: true,
            ..Rights::default()
        },
        base: 0,
        bytes: b"x".to_vec(),
    });
    pair.client.read(0x77, 0, 1);
    pair.drive();
    assert_eq!(pair.client.memory.seen, [Seen::Read(b"x".to_vec())]);
}

// RFC 5040 section 4.8: the RDMAP header is quoted of a Read Request only; what follows another header is payload.
#[test]
fn payload_is_never_quoted() {
    let mut pair = connected();
    pair.server.memory.receives.push_back(64);
    let foreign = Region {
        stag: crate::rdma::Stag(0x55),
        foreign: true,
        valid: true,
        rights: Rights::default(),
        base: 0,
        bytes: Vec::new(),
    };
    pair.server.memory.regions.push(foreign);
    pair.client
        .send(&rising(64), false, Some(crate::rdma::Stag(0x55)));
    let stream = pair.client.transmit(ALL);
    pair.server.take(&stream, ALL);
    let terminate = pair.server.transmit(ALL);
    // Untagged header, control, length of the segment, its header.
    assert_eq!(terminate[..2], (18_u16 + 4 + 2 + 18).to_be_bytes());
}
