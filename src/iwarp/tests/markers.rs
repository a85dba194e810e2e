//! Markers in what we receive: RFC 5044 section 4.3, CRC over them as section 4.4 says.

use super::support::*;
use crate::crc32c;
use crate::iwarp::{Config, Error, Event, Machine, Revision};
use crate::rdma::Stag;

const REGION: u32 = 0x0100_0007;

fn asking(crc: bool) -> Config {
    Config {
        crc,
        markers: true,
        revision: Revision::One,
        ..config()
    }
}

/// A responder that asked for markers, its Reply sent, receives posted.
fn responder(crc: bool) -> End {
    let mut end = End::new(Machine::responder(&asking(crc), 0));
    let flags = if crc { "40" } else { "00" };
    end.take(
        &hex(&format!(
            "4d504120 49442052 65712046 72616d65 {flags}010000"
        )),
        1 << 20,
    );
    end.machine.accept(0, b"", LIMITS).unwrap();
    let reply = end.transmit(1 << 20);
    let asked = if crc { 0xc0 } else { 0x80 };
    assert_eq!(reply[16], asked, "M=1");
    end.memory.receives.extend([4096; 4]);
    end
}

fn received(bytes: &[u8]) -> Seen {
    Seen::Received {
        bytes: bytes.to_vec(),
        solicited: false,
        invalidated: None,
    }
}

/// One Send of `payload` with the markers of a stream's beginning; `change` sees the bytes before
/// the CRC is put behind them.
fn send(payload: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut fpdu = hex("0000 4143 00000000 00000000 00000001 00000000");
    fpdu.extend(payload);
    let ulpdu = (fpdu.len() - 2) as u16;
    fpdu[..2].copy_from_slice(&ulpdu.to_be_bytes());
    fpdu.resize(fpdu.len().next_multiple_of(4), 0);
    let mut stream = hex("00000000");
    for piece in fpdu.chunks(508) {
        if stream.len() > 4 {
            stream.extend([0, 0]);
            stream.extend((stream.len() as u16 - 6).to_be_bytes());
        }
        stream.extend(piece);
    }
    change(&mut stream);
    let crc = crc32c::update(0, &stream);
    stream.extend(crc.to_le_bytes());
    stream
}

fn published() -> [(&'static str, Vec<u8>, Vec<Seen>); 4] {
    let v0 = "00000000 002a4143 00000000 00000000 00000001 00000000
        000000000000000000000000000000000000000000000000 52239983";
    let k1 = send(&rising(1000), |_| {});
    assert_eq!(k1[0x200..0x204], hex("000001fc")[..]);
    assert_eq!(k1[0x400..0x404], hex("000003fc")[..]);
    assert_eq!(k1[1032..], hex("5f7b58ca")[..]);
    // Between pad and CRC: counted in this FPDU's CRC.
    let k2 = send(&rising(488), |bytes| bytes.extend(hex("000001fc")));
    assert_eq!(k2[516..], hex("68a8c2e0")[..]);
    // Between two FPDUs: counted in the second's.
    let mut k3 = send(&rising(484), |_| {});
    assert_eq!(k3[508..], hex("8d49863e")[..]);
    k3.extend(hex(
        "00000000 00164143 00000000 00000000 00000002 00000000 41424344 9cc18791",
    ));
    [
        ("V0", hex(v0), vec![received(&[0; 24])]),
        ("K1", k1, vec![received(&rising(1000))]),
        ("K2", k2, vec![received(&rising(488))]),
        ("K3", k3, vec![received(&rising(484)), received(b"ABCD")]),
    ]
}

// RFC5044-4.3-11.
#[test]
fn published_streams_arrive_across_any_split() {
    for (name, stream, seen) in published() {
        for cut in 0..=stream.len() {
            let mut end = responder(true);
            end.take(&stream[..cut], 1 << 20);
            end.take(&stream[cut..], 1 << 20);
            assert_eq!(end.memory.seen, seen, "{name} cut at {cut}");
        }
        for piece in [1, 2, 3, 5] {
            let mut end = responder(true);
            end.take(&stream, piece);
            assert_eq!(end.memory.seen, seen, "{name} in pieces of {piece}");
        }
    }
}

// RFC 5044 section 4.4: every marker of the FPDU, the one in front and the one behind the pad too.
#[test]
fn every_marker_byte_is_in_the_crc() {
    for (name, stream, _) in published() {
        for at in (0..stream.len()).filter(|at| at % 512 < 4) {
            let mut changed = stream.clone();
            changed[at] ^= 0x04;
            let mut end = responder(true);
            end.take(&changed, 1 << 20);
            let failed = end.events.last();
            assert_eq!(failed, Some(&Event::Failed(Error::Crc)), "{name} {at}");
        }
    }
}

// RFC5044-5.2-2, RFC5044-8-3, RFC5044-8-6, RFC5044-8-7.
#[test]
fn a_marker_that_points_elsewhere_ends_the_stream() {
    for (at, pointer) in [(0, 4), (0x200, 0x1f8), (0x200, 0), (0x400, 0x400)] {
        let astray = send(&rising(1000), |stream| {
            stream[at + 2..at + 4].copy_from_slice(&u16::to_be_bytes(pointer));
        });
        for (crc, piece) in [(true, 1 << 20), (true, 1), (false, 1 << 20), (false, 1)] {
            let mut end = responder(crc);
            end.take(&astray, piece);
            assert_eq!(end.events.last(), Some(&Event::Failed(Error::Marker)));
            assert_eq!(end.memory.seen, []);
            let terminate = end.transmit(1 << 20);
            assert_eq!(terminate[20..24], hex("20030000")[..]);
        }
    }
}

#[test]
fn without_crc_nothing_is_placed_after_a_marker_that_points_elsewhere() {
    let mut end = responder(false);
    end.memory.regions.push(Region {
        stag: Stag(REGION),
        foreign: false,
        valid: true,
        rights: Rights {
            read: false,
            write: true,
            invalidatable: false,
        },
        base: 0,
        bytes: vec![0x55; 1000],
    });
    let mut write = hex("00000000 03f6 c140 01000007 00000000 00000000");
    write.resize(512, 0xaa);
    write.extend(hex("000001f8"));
    write.resize(1024, 0xaa);
    end.take(&write, 1 << 20);
    assert_eq!(end.events.last(), Some(&Event::Failed(Error::Marker)));
    let bytes = &end.memory.region(REGION).bytes;
    assert_eq!(bytes[..492], [0xaa; 492]);
    assert_eq!(bytes[492..], [0x55; 508]);
}

// RFC5044-4.2-3, RFC5044-4.2-5, RFC5044-4.3-6.
#[test]
fn reserved_bits_and_the_last_two_of_the_pointer_are_not_looked_at() {
    let stream = send(&rising(1000), |stream| {
        stream[0x200..0x204].copy_from_slice(&hex("ffff01ff"));
        stream[..4].copy_from_slice(&hex("a5a50003"));
    });
    for crc in [true, false] {
        let mut end = responder(crc);
        end.take(&stream, 7);
        assert_eq!(end.memory.seen, [received(&rising(1000))]);
    }
}

/// A pair in which either side may ask, and that has memory.
fn pair(client: &Config, server: &Config, piece: usize) -> Pair {
    let room = 1 << 20;
    let mut pair = Pair::connected(client, server, Cut { piece, room });
    for end in [&mut pair.client, &mut pair.server] {
        end.memory.receives.extend([4096; 16]);
        end.memory.regions.push(Region {
            stag: Stag(REGION),
            foreign: false,
            valid: true,
            rights: Rights {
                read: true,
                write: true,
                invalidatable: true,
            },
            base: 0,
            bytes: vec![0; 4096],
        });
    }
    pair
}

fn everything(pair: &mut Pair, len: usize) {
    let payload = rising(len);
    for end in [&mut pair.client, &mut pair.server] {
        end.send(&payload, true, None);
        end.write(REGION, 7, &payload);
        end.read(REGION, 7, len as u32);
        end.send(b"", false, None);
    }
    pair.drive();
    for end in [&pair.client, &pair.server] {
        let sends: Vec<_> = end
            .memory
            .seen
            .iter()
            .filter(|seen| !matches!(seen, Seen::Read(_)))
            .collect();
        let solicited = Seen::Received {
            bytes: payload.clone(),
            solicited: true,
            invalidated: None,
        };
        assert_eq!(sends, [&solicited, &received(b"")], "{len}");
        assert!(end.memory.seen.contains(&Seen::Read(payload.clone())));
        assert_eq!(end.memory.region(REGION).bytes[7..7 + len], payload);
    }
}

#[test]
fn each_direction_is_agreed_on_by_itself() {
    for bits in 0..16 {
        let [client, server, crc, two] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let revision = if two { Revision::Two } else { Revision::One };
        let base = Config {
            crc,
            revision,
            ..config()
        };
        for piece in [1 << 20, 1] {
            let client = Config {
                markers: client,
                ..base
            };
            let server = Config {
                markers: server,
                ..base
            };
            let mut pair = pair(&client, &server, piece);
            // The responder may not send first.
            pair.client.send(b"", true, None);
            pair.drive();
            pair.server.memory.seen.clear();
            everything(&mut pair, 1500);
        }
    }
}

// A marker falls into every place of every header, of the payload, and of the trailer.
#[test]
fn a_marker_may_stand_anywhere() {
    let config = Config {
        markers: true,
        ..config()
    };
    for len in 0..=512 {
        let mut pair = pair(&config, &config, 1 << 20);
        everything(&mut pair, len);
    }
}

#[test]
fn markers_are_held_back_with_the_fpdus_they_stand_in() {
    let mut end = End::new(Machine::initiator(&asking(true)));
    end.machine.request(0, b"", LIMITS).unwrap();
    assert_eq!(end.transmit(1 << 20)[16], 0xc0, "M=1");
    end.memory.receives.push_back(4096);
    let mut bytes = hex("4d504120 49442052 65702046 72616d65 40010000");
    bytes.extend(send(&rising(1000), |_| {}));
    end.take(&bytes, 1 << 20);
    assert_eq!(end.memory.seen, []);
    end.machine.complete().unwrap();
    end.take(&[], 1 << 20);
    assert_eq!(end.memory.seen, [received(&rising(1000))]);
}

#[test]
fn a_send_without_a_receive_waits_behind_its_marker() {
    for piece in [1 << 20, 1] {
        let mut end = responder(true);
        end.memory.receives.clear();
        let stream = send(b"held", |_| {});
        end.take(&stream, piece);
        assert_eq!(end.memory.seen, []);
        end.memory.receives.push_back(64);
        end.take(&[], piece);
        assert_eq!(end.memory.seen, [received(b"held")]);
    }
}

#[test]
fn a_fin_beside_a_marker() {
    let stream = send(&rising(488), |bytes| bytes.extend(hex("000001fc")));
    let mut whole = stream.clone();
    whole.extend(send(b"", |_| {}).split_at(4).1);
    let ended = |bytes: &[u8]| {
        let mut end = responder(true);
        end.take(bytes, 1 << 20);
        end.machine.handle_fin();
        end.collect();
        *end.events.last().unwrap()
    };
    assert_eq!(ended(&stream), Event::PeerClosed);
    // In front of an FPDU that never comes: half of it is half an FPDU, all of it lost nothing.
    let k3 = &published()[2].1;
    assert_eq!(ended(&k3[..k3.len()]), Event::PeerClosed);
    let between = send(&rising(484), |_| {});
    let then = |more: &[u8]| ended(&[&between[..], more].concat());
    assert_eq!(then(&[0; 2]), Event::Failed(Error::FinInFpdu));
    assert_eq!(then(&[0; 4]), Event::PeerClosed);
    assert_eq!(ended(&stream[..0x202]), Event::Failed(Error::FinInFpdu));
    assert_eq!(ended(&stream[..0x204]), Event::Failed(Error::FinInFpdu));
}
