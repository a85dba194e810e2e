//! Two machines, a pipe, and an oracle that says what must arrive.

use super::support::*;
use crate::iwarp::{Config, Error, Event, ReadLimits, Request, Revision};
use crate::rdma::Stag;
use proptest::prelude::*;

const REGION: u32 = 0x0100_0007;
const SPARE: u32 = 0x0200_0007;
const LEN: usize = 64 * 1024;

fn with_memory(mut pair: Pair, receives: usize) -> Pair {
    for end in [&mut pair.client, &mut pair.server] {
        end.memory.receives.extend(vec![20_000; receives]);
        for stag in [REGION, SPARE] {
            end.memory.regions.push(Region {
                stag: Stag(stag),
                foreign: false,
                valid: true,
                rights: Rights {
                    read: true,
                    write: true,
                    invalidatable: true,
                },
                base: 0x10_0000,
                bytes: if stag == SPARE {
                    pattern(0, LEN)
                } else {
                    vec![0; LEN]
                },
            });
        }
    }
    pair
}

/// One message of a mix. Lengths are bytes.
#[derive(Clone, Debug)]
enum Message {
    Send { len: usize, solicited: bool },
    Write { at: usize, len: usize },
    Read { at: usize, len: usize },
}

fn message() -> impl Strategy<Value = Message> {
    let len = prop_oneof![Just(0usize), 1..8usize, 8..2000usize, 2000..20_000usize];
    let at = 0..LEN - 20_000;
    (0..3, len, at, any::<bool>()).prop_map(|(kind, len, at, solicited)| match kind {
        0 => Message::Send { len, solicited },
        1 => Message::Write { at, len },
        _ => Message::Read { at, len },
    })
}

fn pattern(seed: usize, len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| (i.wrapping_mul(31) ^ seed.wrapping_mul(101)) as u8)
        .collect()
}

/// Queues the mix at one end.
fn post(end: &mut End, mix: &[Message], side: usize) {
    for (n, message) in mix.iter().enumerate() {
        match message {
            Message::Send { len, solicited } => {
                end.send(&pattern(n + side, *len), *solicited, None);
            }
            Message::Write { at, len } => {
                end.write(REGION, 0x10_0000 + *at as u64, &pattern(n + side, *len));
            }
            Message::Read { at, len } => end.read(SPARE, 0x10_0000 + *at as u64, *len as u32),
        }
    }
}

/// What the peer's consumer must have received, in order.
fn sends(mix: &[Message], side: usize) -> Vec<Seen> {
    let received = |(n, message): (usize, &Message)| match message {
        Message::Send { len, solicited } => Some(Seen::Received {
            bytes: pattern(n + side, *len),
            solicited: *solicited,
            invalidated: None,
        }),
        Message::Write { .. } | Message::Read { .. } => None,
    };
    mix.iter().enumerate().filter_map(received).collect()
}

/// What the Reads of the mix must bring (they read what nobody writes: a Write may overtake the
/// response to an earlier Read), and the region as the Writes must leave it.
fn reads(mix: &[Message], side: usize) -> (Vec<Seen>, Vec<u8>) {
    let mut region = vec![0; LEN];
    let mut seen = Vec::new();
    for (n, message) in mix.iter().enumerate() {
        match message {
            Message::Send { .. } => {}
            Message::Write { at, len } => {
                region[*at..at + len].copy_from_slice(&pattern(n + side, *len));
            }
            Message::Read { at, len } => {
                seen.push(Seen::Read(pattern(0, LEN)[*at..at + len].to_vec()));
            }
        }
    }
    (seen, region)
}

fn only(seen: &[Seen], read: bool) -> Vec<Seen> {
    seen.iter()
        .filter(|seen| matches!(seen, Seen::Read(_)) == read)
        .cloned()
        .collect()
}

fn options() -> impl Strategy<Value = (Config, Config, Cut)> {
    let emss = prop_oneof![Just(0u32), Just(536), Just(1460), Just(8948), Just(65_483)];
    let piece = prop_oneof![Just(1usize), 2..40usize, Just(1448), Just(1 << 20)];
    let room = prop_oneof![Just(70_000usize), Just(200_000), Just(1 << 20)];
    let revision = prop_oneof![Just(Revision::One), Just(Revision::Two)];
    (emss, piece, room, revision, any::<[bool; 4]>()).prop_map(
        |(emss, piece, room, revision, [crc, peer_to_peer, there, back])| {
            let client = Config {
                emss,
                revision,
                crc,
                peer_to_peer,
                markers: back,
                ..config()
            };
            let server = Config {
                emss,
                crc,
                markers: there,
                ..config()
            };
            (client, server, Cut { piece, room })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    // RFC5040-5.5-3, RFC5041-5.2-4, RFC5041-5.3-6, RFC5044-7.1.2-14.
    #[test]
    fn a_mix_from_one_side_arrives_as_posted(
        (client, server, cut) in options(),
        mix in proptest::collection::vec(message(), 0..24),
    ) {
        let mut pair = with_memory(Pair::connected(&client, &server, cut), 64);
        post(&mut pair.client, &mix, 0);
        pair.drive();
        let (answers, region) = reads(&mix, 0);
        prop_assert_eq!(&only(&pair.client.memory.seen, true), &answers);
        prop_assert_eq!(&pair.server.memory.seen, &sends(&mix, 0));
        prop_assert!(pair.server.memory.region(REGION).bytes == region);
        prop_assert_eq!(pair.client.sent, mix.len());
        prop_assert_eq!(pair.client.machine.reads_outstanding(), 0);
    }

    #[test]
    fn sends_and_reads_from_both_sides_at_once(
        (client, server, cut) in options(),
        there in proptest::collection::vec(message(), 0..16),
        back in proptest::collection::vec(message(), 0..16),
    ) {
        let mut pair = with_memory(Pair::connected(&client, &server, cut), 64);
        // The first FPDU must be the client's.
        pair.client.send(b"first", false, None);
        pair.drive();
        post(&mut pair.client, &there, 0);
        post(&mut pair.server, &back, 7);
        pair.drive();
        prop_assert_eq!(&only(&pair.client.memory.seen, true), &reads(&there, 0).0);
        prop_assert_eq!(&only(&pair.server.memory.seen, true), &reads(&back, 7).0);
        prop_assert_eq!(&only(&pair.server.memory.seen, false)[1..], &sends(&there, 0)[..]);
        prop_assert_eq!(&only(&pair.client.memory.seen, false), &sends(&back, 7));
        prop_assert!(pair.server.memory.region(REGION).bytes == reads(&there, 0).1);
        prop_assert!(pair.client.memory.region(REGION).bytes == reads(&back, 7).1);
    }

    #[test]
    fn receives_posted_late_lose_nothing(
        (client, server, cut) in options(),
        mix in proptest::collection::vec(message(), 1..16),
    ) {
        let mut pair = with_memory(Pair::connected(&client, &server, cut), 0);
        post(&mut pair.client, &mix, 0);
        for _ in 0..mix.len() {
            pair.drive();
            pair.server.memory.receives.push_back(20_000);
            pair.server.take(&[], cut.piece);
        }
        pair.drive();
        prop_assert_eq!(&pair.server.memory.seen, &sends(&mix, 0));
        prop_assert_eq!(&only(&pair.client.memory.seen, true), &reads(&mix, 0).0);
    }

    #[test]
    fn any_bytes_end_in_at_most_one_failure(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        piece in 1usize..60,
        up in any::<bool>(),
        crc in any::<bool>(),
    ) {
        let config = Config { crc, ..config() };
        let mut pair = match up {
            true => with_memory(Pair::connected(&config, &config, Cut::default()), 2),
            false => Pair::new(&config, &config, Cut::default()),
        };
        pair.server.take(&bytes, piece);
        pair.server.transmit(1 << 20);
        pair.server.machine.handle_fin();
        pair.server.machine.handle_reset();
        pair.server.collect();
        let failures = pair.server.events.iter().filter(|e| matches!(e, Event::Failed(_))).count();
        prop_assert_eq!(failures, 1);
    }

    #[test]
    fn good_fpdus_with_one_byte_changed_never_panic(
        mix in proptest::collection::vec(message(), 1..4),
        at in any::<prop::sample::Index>(),
        change in 1u8..,
        piece in prop_oneof![Just(1usize), 2..40usize, Just(1 << 20)],
        crc in any::<bool>(),
    ) {
        let config = Config { crc, ..config() };
        let mut pair = with_memory(Pair::connected(&config, &config, Cut::default()), 8);
        post(&mut pair.client, &mix, 0);
        let mut stream = pair.client.transmit(1 << 20);
        let at = at.index(stream.len());
        stream[at] ^= change;
        pair.server.take(&stream, piece);
        pair.server.transmit(1 << 20);
        pair.server.machine.handle_fin();
        pair.server.collect();
    }
}

// RFC5041-3-4, RFC5044-4.3-10, RFC5044-5.1-4, RFC5044-5.1-5, RFC5044-5.2-1, RFC5044-6-2.
#[test]
fn every_cut_of_a_mixed_stream() {
    let mix = [
        Message::Send {
            len: 5,
            solicited: true,
        },
        Message::Write { at: 3, len: 1500 },
        Message::Read { at: 0, len: 3000 },
        Message::Send {
            len: 0,
            solicited: false,
        },
        Message::Write { at: 0, len: 0 },
        Message::Send {
            len: 2999,
            solicited: false,
        },
    ];
    let streams = |mix: &[Message]| {
        let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
        post(&mut pair.client, mix, 0);
        pair.client.transmit(1 << 20)
    };
    let stream = streams(&mix);
    for cut in 0..=stream.len() {
        let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
        pair.server.take(&stream[..cut], 1 << 20);
        pair.server.take(&stream[cut..], 1 << 20);
        assert_eq!(pair.server.memory.seen, sends(&mix, 0), "{cut}");
        assert!(
            pair.server.memory.region(REGION).bytes == reads(&mix, 0).1,
            "{cut}"
        );
    }
}

// RFC5040-5.5-5.
#[test]
fn a_read_sees_the_write_before_it() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 0);
    pair.client.write(REGION, 0x10_0000, &pattern(9, 5000));
    pair.client.read(REGION, 0x10_0000, 5000);
    pair.drive();
    assert_eq!(pair.client.memory.seen, [Seen::Read(pattern(9, 5000))]);
}

// RFC5040-6.1-4.
#[test]
fn reads_are_throttled_and_fenced_by_what_is_outstanding() {
    let caps = ReadLimits { ird: 3, ord: 3 };
    let config = Config { caps, ..config() };
    let mut pair = with_memory(Pair::connected(&config, &config, Cut::default()), 8);
    for _ in 0..10 {
        pair.client.read(REGION, 0x10_0000, 100);
    }
    let sent = pair.client.transmit(1 << 20);
    // Three Read Requests of 52 bytes, and no more.
    assert_eq!(sent.len(), 3 * 52);
    assert_eq!(pair.client.machine.reads_outstanding(), 3);
    pair.server.take(&sent, 1 << 20);
    pair.drive();
    assert_eq!(pair.client.memory.seen.len(), 10);
}

#[test]
fn responses_and_requests_take_turns() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 64);
    for _ in 0..8 {
        pair.client.read(REGION, 0x10_0000, 4000);
        pair.server.send(b"between", false, None);
    }
    let asked = pair.client.transmit(1 << 20);
    pair.server.take(&asked, 1 << 20);
    let answered = pair.server.transmit(1 << 20);
    pair.client.take(&answered, 1 << 20);
    let kinds: Vec<bool> = pair
        .client
        .memory
        .seen
        .iter()
        .map(|seen| matches!(seen, Seen::Read(_)))
        .collect();
    assert_eq!(kinds, [true, false].repeat(8));
}

#[test]
fn a_sink_short_of_descriptors_gets_the_frame_again() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 1);
    pair.client.send(b"payload", false, None);
    let (request, payload) = pair.client.requests.pop_front().unwrap();
    pair.client.memory.outgoing = payload;
    pair.client.machine.start(request).unwrap();
    let mut sink = Sink::new(&pair.client.memory, 1 << 20);
    sink.descriptors_short = 1;
    assert_eq!(
        pair.client.machine.poll_transmit(&mut sink),
        crate::iwarp::Transmit::Full
    );
    assert_eq!(sink.bytes, []);
    pair.drive();
    assert_eq!(pair.server.memory.seen.len(), 1);
}

#[test]
fn solicited_and_invalidate_reach_the_consumer() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
    pair.client.send(b"done", true, Some(Stag(SPARE)));
    pair.drive();
    let expected = Seen::Received {
        bytes: b"done".to_vec(),
        solicited: true,
        invalidated: Some(Stag(SPARE)),
    };
    assert_eq!(pair.server.memory.seen, [expected]);
    assert!(!pair.server.memory.region(SPARE).valid);
}

#[test]
fn disconnect_finishes_what_was_begun() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
    pair.client.send(&pattern(1, 10_000), false, None);
    pair.client.send(b"never begun", false, None);
    let (request, payload) = pair.client.requests.pop_front().unwrap();
    pair.client.memory.outgoing = payload;
    pair.client.machine.start(request).unwrap();
    let mut sink = Sink::new(&pair.client.memory, 3000);
    assert_eq!(
        pair.client.machine.poll_transmit(&mut sink),
        crate::iwarp::Transmit::Full
    );
    let begun = sink.bytes;
    pair.client.machine.disconnect();
    let rest = pair.client.transmit(1 << 20);
    assert!(pair.client.finished);
    pair.server.take(&begun, 1 << 20);
    pair.server.take(&rest, 1 << 20);
    pair.server.machine.handle_fin();
    pair.server.collect();
    assert_eq!(pair.server.memory.seen.len(), 1);
    assert_eq!(pair.server.events.last(), Some(&Event::PeerClosed));
    pair.server.machine.disconnect();
    assert_eq!(pair.server.transmit(1 << 20), []);
    // The client is finished: the peer's FIN is TCP's affair alone.
    pair.client.machine.handle_fin();
    pair.client.collect();
    assert_eq!(pair.client.events.last(), Some(&Event::Established));
}

// RFC5040-6.2.1-4.
#[test]
fn a_terminate_reaches_the_peer() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
    pair.client.write(0xdead_beef, 0, b"nowhere");
    pair.drive();
    let ends = [pair.server.events.last(), pair.client.events.last()];
    let [
        Some(Event::Failed(Error::WriteAccess(_))),
        Some(Event::Failed(Error::PeerTerminated(peer))),
    ] = ends
    else {
        panic!("{ends:?}");
    };
    assert_eq!(
        (peer.layer_and_type, peer.code, peer.quotes_read),
        (0x11, 0x00, false)
    );
    assert!(pair.client.finished && pair.server.finished);
}

// RFC5041-3-3, RFC5044-8-1.
#[test]
fn a_reset_ends_it_at_once() {
    let mut pair = with_memory(Pair::connected(&config(), &config(), Cut::default()), 8);
    pair.client.read(REGION, 0x10_0000, 100);
    pair.client.transmit(1 << 20);
    pair.client.machine.handle_reset();
    pair.client.collect();
    assert_eq!(
        pair.client.events.last(),
        Some(&Event::Failed(Error::Reset))
    );
    let request = Request::Send {
        len: 0,
        solicited: false,
        invalidate: None,
    };
    assert!(!pair.client.machine.can_start(&request));
    assert_eq!(pair.client.transmit(1 << 20), []);
    assert!(pair.client.finished);
}
