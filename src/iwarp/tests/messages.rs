//! DDP and RDMAP as a whole: every opcode, messages of no bytes, sizes, and the limits of Reads.

use super::support::*;
use crate::crc32c;
use crate::iwarp::wire::fpdu as sizes;
use crate::iwarp::{Config, Error, Event, ReadLimits, Revision};
use crate::rdma::Stag;

const REGION: u32 = 0x0100_0007;
const BASE: u64 = 0x10_0000;

fn plain() -> Config {
    Config {
        revision: Revision::One,
        ..config()
    }
}

fn pair(config: &Config, cut: Cut) -> Pair {
    let mut pair = Pair::connected(config, config, cut);
    for end in [&mut pair.client, &mut pair.server] {
        end.memory.receives.extend([70_000; 64]);
        for stag in [REGION, REGION + 1, REGION + 2] {
            end.memory.regions.push(Region {
                stag: Stag(stag),
                foreign: false,
                valid: true,
                rights: Rights {
                    read: true,
                    write: true,
                    invalidatable: true,
                },
                base: BASE,
                bytes: rising(70_000),
            });
        }
    }
    pair
}

fn fpdu(ulpdu: &[u8]) -> Vec<u8> {
    let mut fpdu = (ulpdu.len() as u16).to_be_bytes().to_vec();
    fpdu.extend(ulpdu);
    fpdu.resize(fpdu.len().next_multiple_of(4), 0);
    let crc = crc32c::update(0, &fpdu);
    fpdu.extend(crc.to_le_bytes());
    fpdu
}

// RFC 7306 sections 5 and 6 (immediate data, atomics) and the reserved opcodes: refused before a
// single header field after the control bytes is looked at, whatever they would mean there.
#[test]
fn opcodes_that_are_not_spoken_are_refused() {
    for opcode in 8..16 {
        for control in [0x41, 0x01, 0xc1, 0x81] {
            for len in [14, 18, 26, 30, 70, 200] {
                if control & 0x80 == 0 && len < 18 {
                    continue;
                }
                let mut ulpdu = vec![control, 0x40 | opcode];
                // As a Send or a Write it would be a good one.
                ulpdu.extend(match control & 0x80 {
                    0 => hex("00000000 00000000 00000001 00000000"),
                    _ => hex("01000007 00000000 00100000"),
                });
                ulpdu.resize(len, 0xaa);
                for piece in [1, 1 << 20] {
                    let mut pair = pair(&plain(), Cut::default());
                    pair.server.take(&fpdu(&ulpdu), piece);
                    let failed = Event::Failed(Error::Opcode { opcode });
                    assert_eq!(pair.server.events.last(), Some(&failed));
                    let terminate = pair.server.transmit(1 << 20);
                    assert_eq!(terminate[20..24], hex("02060000")[..]);
                    assert_eq!(pair.server.memory.seen, []);
                    assert_eq!(pair.server.memory.region(REGION).bytes, rising(70_000));
                }
            }
        }
    }
}

// RFC 5041 section 5.1, RFC 5040 section 5.2: tags of a message of no bytes are not looked at.
#[test]
fn messages_of_no_bytes() {
    for piece in [1, 5, 1 << 20] {
        let room = 1 << 20;
        let mut pair = pair(&plain(), Cut { piece, room });
        pair.server.memory.receives.clear();
        pair.server.memory.receives.extend([0; 4]);
        pair.client.write(0xdead_beef, u64::MAX, b"");
        pair.client.read(0xdead_beef, u64::MAX, 0);
        pair.client.send(b"", false, None);
        pair.client.send(b"", true, None);
        pair.client.send(b"", false, Some(Stag(REGION)));
        pair.client.send(b"", true, Some(Stag(REGION + 1)));
        pair.drive();
        let received = |solicited, invalidated: Option<u32>| Seen::Received {
            bytes: Vec::new(),
            solicited,
            invalidated: invalidated.map(Stag),
        };
        let expected = [
            received(false, None),
            received(true, None),
            received(false, Some(REGION)),
            received(true, Some(REGION + 1)),
        ];
        assert_eq!(pair.server.memory.seen, expected);
        assert!(!pair.server.memory.region(REGION).valid);
        assert!(!pair.server.memory.region(REGION + 1).valid);
        assert!(pair.server.memory.region(REGION + 2).valid);
        assert_eq!(pair.client.memory.seen, [Seen::Read(Vec::new())]);
        assert_eq!(pair.client.sent, 6);
        assert_eq!(pair.client.machine.reads_outstanding(), 0);
    }
}

// RFC 5040 section 5.3: with the last segment, before the message is delivered, and once.
#[test]
fn every_kind_of_send_in_any_number_of_segments() {
    let room = sizes::mulpdu(1460, false) - 18;
    for len in [0, 1, room - 1, room, room + 1, 3 * room, 3 * room + 7] {
        for solicited in [false, true] {
            for invalidated in [None, Some(Stag(REGION))] {
                let mut pair = pair(
                    &plain(),
                    Cut {
                        piece: 700,
                        room: 1 << 20,
                    },
                );
                pair.client.send(&rising(len), solicited, invalidated);
                let stream = pair.client.transmit(1 << 20);
                let (before, last) = stream.split_at(stream.len() - 1);
                pair.server.take(before, 700);
                assert_eq!(pair.server.memory.seen, []);
                assert!(pair.server.memory.region(REGION).valid);
                pair.server.take(last, 1);
                let received = Seen::Received {
                    bytes: rising(len),
                    solicited,
                    invalidated,
                };
                assert_eq!(pair.server.memory.seen, [received]);
                let valid = pair.server.memory.region(REGION).valid;
                assert_eq!(valid, invalidated.is_none());
            }
        }
    }
}

/// Lengths of the FPDUs of a stream without markers.
fn lengths(stream: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let ulpdu = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        let len = (2 + ulpdu).next_multiple_of(4) + 4;
        lengths.push(len);
        rest = &rest[len..];
    }
    lengths
}

// RFC 5044 section 4.1: an FPDU is no larger than a TCP segment takes, and no smaller than it must be.
#[test]
fn fpdus_fill_the_segment() {
    for emss in [536, 537, 538, 539, 1220, 1428, 1448, 1460, 8948, 65_483] {
        for kind in 0..3 {
            let config = Config { emss, ..plain() };
            let mut pair = pair(&config, Cut::default());
            let stream = match kind {
                0 => {
                    pair.client.send(&rising(65_000), false, None);
                    pair.client.transmit(1 << 20)
                }
                1 => {
                    pair.client.write(REGION, BASE, &rising(65_000));
                    pair.client.transmit(1 << 20)
                }
                _ => {
                    pair.client.read(REGION, BASE, 65_000);
                    let asked = pair.client.transmit(1 << 20);
                    pair.server.take(&asked, 1 << 20);
                    pair.server.transmit(1 << 20)
                }
            };
            let header = if kind == 0 { 18 } else { 14 };
            let room = sizes::mulpdu(emss, false) - header;
            let lengths = lengths(&stream);
            assert_eq!(lengths.len(), 65_000_usize.div_ceil(room), "{emss} {kind}");
            let (_, full) = lengths.split_last().unwrap();
            for len in full {
                assert!(*len <= emss as usize && len + 4 > (emss as usize).min(64_776));
            }
        }
    }
}

// The same with markers: FPDU and the markers in it together.
#[test]
fn marked_fpdus_fit_the_segment() {
    for emss in [536, 1220, 1448, 1460, 8948] {
        let config = Config {
            emss,
            markers: true,
            ..plain()
        };
        let mut pair = pair(&config, Cut::default());
        pair.client.send(&rising(65_000), false, None);
        let stream = pair.client.transmit(1 << 20);
        let room = sizes::mulpdu(emss, true) - 18;
        let count = 65_000_usize.div_ceil(room);
        assert!(stream.len() <= count * emss as usize, "{emss}");
        pair.server.take(&stream, 1 << 20);
        assert_eq!(pair.server.memory.seen.len(), 1);
    }
}

// RFC 5040 section 5.2, RFC 6581 section 6: nobody has more outstanding than both agreed on.
#[test]
fn reads_keep_to_the_limits_of_both_sides() {
    for (ours, theirs) in [(1, 1), (1, 16), (16, 1), (3, 5), (16, 16)] {
        for revision in [Revision::One, Revision::Two] {
            let config = |reads| Config {
                caps: ReadLimits {
                    ird: reads,
                    ord: reads,
                },
                revision,
                legacy_reads: true,
                ..plain()
            };
            let mut pair = Pair::new(&config(ours), &config(theirs), Cut::default());
            let most = ReadLimits { ird: 40, ord: 40 };
            pair.client.machine.request(0, b"", most).unwrap();
            pair.drive();
            pair.server.machine.accept(0, b"", most).unwrap();
            pair.drive();
            pair.client.machine.complete().unwrap();
            pair.client.send(b"", false, None);
            pair.server.memory.receives.push_back(0);
            pair.drive();
            let agreed = usize::from(ours.min(theirs));
            for end in [&mut pair.client, &mut pair.server] {
                for _ in 0..50 {
                    end.read(0xdead_beef, 0, 0);
                }
                let asked = end.transmit(1 << 20);
                assert_eq!(lengths(&asked).len(), agreed);
                assert_eq!(end.machine.reads_outstanding(), agreed);
                end.inbox.clear();
                end.memory.seen.clear();
                // Given to the peer below.
                end.memory.outgoing = asked;
            }
            let (there, back) = (
                std::mem::take(&mut pair.client.memory.outgoing),
                std::mem::take(&mut pair.server.memory.outgoing),
            );
            pair.server.take(&there, 1);
            pair.client.take(&back, 1);
            pair.drive();
            for end in [&pair.client, &pair.server] {
                let reads = end.memory.seen.iter();
                let reads = reads.filter(|seen| matches!(seen, Seen::Read(_)));
                assert_eq!(reads.count(), 50, "{ours} {theirs}");
                assert!(!matches!(end.events.last(), Some(Event::Failed(_))));
            }
        }
    }
}
