//! Any mix of messages both ways at once, under any schedule of sinks, TCP segments and posted
//! receives, and every way to set a connection up: what is delivered, placed and completed is what
//! was posted, in order.
//!
//! As the oracle's tests: a fixed seed, or `SOFTRNIC_CASES` cases from another one.

use super::oracle::cases;
use super::support::*;
use crate::iwarp::{Config, Event, ReadLimits, Request, Revision};
use crate::rdma::Stag;
use proptest::prelude::*;

/// The peer writes to `SINK` and reads from `SOURCE`; from `SPARE` on each is invalidated once.
const SINK: u32 = 0x0100_0007;
const SOURCE: u32 = 0x0200_0007;
const SPARE: u32 = 0x0300_0007;
const BASE: u64 = 0xffff_fff0_0000_0000;
const LEN: usize = 64 * 1024;
const LONGEST: usize = 20_000;

#[derive(Clone, Debug)]
enum Message {
    Send {
        len: usize,
        solicited: bool,
        invalidate: bool,
    },
    Write {
        at: usize,
        len: usize,
    },
    Read {
        at: usize,
        len: usize,
    },
}

/// One thing that happens to one end.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Its consumer posts the next request, the next receive.
    Request,
    Receive,
    /// One sink of so much room above the least is filled.
    Transmit(usize),
    /// So many bytes arrive, or what there is.
    Arrive(usize),
}

#[derive(Clone, Debug)]
struct Case {
    configs: [Config; 2],
    mixes: [Vec<Message>; 2],
    /// Room beyond a message in each receive.
    spare_room: usize,
    schedule: Vec<(bool, Step)>,
    piece: usize,
}

fn message() -> impl Strategy<Value = Message> {
    let len = prop_oneof![2 => Just(0), 2 => 1..8usize, 4 => 8..2000usize, 2 => 2000..LONGEST];
    let bits = any::<[bool; 2]>();
    (0..4, len, 0..LEN - LONGEST, bits).prop_map(|(kind, len, at, bits)| match kind {
        0 => Message::Write { at, len },
        1 => Message::Read { at, len },
        _ => Message::Send {
            len,
            solicited: bits[0],
            invalidate: bits[1],
        },
    })
}

fn side() -> impl Strategy<Value = Config> {
    let emss = prop_oneof![Just(0u32), Just(536), Just(1460), Just(8948), Just(65_483)];
    let caps = prop_oneof![Just(1u16), 2..5u16, Just(16)];
    (emss, caps.clone(), caps, any::<[bool; 2]>()).prop_map(|(emss, ird, ord, [crc, markers])| {
        Config {
            crc,
            markers,
            emss,
            caps: ReadLimits { ird, ord },
            ..config()
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Request),
        2 => Just(Step::Receive),
        3 => prop_oneof![Just(0usize), 1..3000usize, Just(1 << 20)].prop_map(Step::Transmit),
        4 => prop_oneof![Just(1usize), 2..600usize, Just(1448), Just(1 << 20)]
            .prop_map(Step::Arrive),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let mix = || proptest::collection::vec(message(), 0..24);
    let schedule = proptest::collection::vec((any::<bool>(), step()), 0..160);
    let piece = prop_oneof![Just(1usize), 2..40usize, Just(1448), Just(1 << 20)];
    let way = (any::<[bool; 2]>(), 0..3usize, piece);
    (side(), side(), mix(), mix(), schedule, way).prop_map(
        |(client, server, there, back, schedule, ([one, peer_to_peer], room, piece))| {
            let client = Config {
                revision: if one { Revision::One } else { Revision::Two },
                peer_to_peer,
                ..client
            };
            // Revision 1 tells nobody its limits: both must have the same.
            let agreed = ReadLimits {
                ird: client.caps.ord,
                ord: client.caps.ird,
            };
            let server = Config {
                caps: if one { agreed } else { server.caps },
                ..server
            };
            Case {
                configs: [client, server],
                mixes: [there, back],
                spare_room: room,
                schedule,
                piece,
            }
        },
    )
}

fn pattern(seed: usize, len: usize) -> Vec<u8> {
    let byte = |k: usize| (k.wrapping_mul(31) ^ seed.wrapping_mul(101) ^ (k >> 8)) as u8;
    (0..len).map(byte).collect()
}

/// What one side's messages must come to.
#[derive(Default)]
struct Expected {
    /// At the peer, in order.
    received: Vec<Seen>,
    sink: Vec<u8>,
    /// At home, in order.
    reads: Vec<Seen>,
    requests: Vec<(Request, Vec<u8>)>,
    /// Sizes of the receives the peer has to post.
    receives: Vec<usize>,
}

fn expected(mix: &[Message], side: usize, spare_room: usize, may_read: bool) -> Expected {
    let mut expected = Expected {
        sink: vec![0; LEN],
        ..Expected::default()
    };
    for (n, message) in mix.iter().enumerate() {
        expected.add(message, side + 2 * n, SPARE + n as u32, may_read);
    }
    let lens = expected.received.iter().map(|seen| match seen {
        Seen::Received { bytes, .. } => bytes.len() + spare_room,
        Seen::ReceiveFailed(_) | Seen::Read(_) => 0,
    });
    expected.receives = lens.collect();
    expected
}

impl Expected {
    fn add(&mut self, message: &Message, seed: usize, spare: u32, may_read: bool) {
        match *message {
            Message::Send {
                len,
                solicited,
                invalidate,
            } => {
                let bytes = pattern(seed, len);
                let invalidated = invalidate.then_some(Stag(spare));
                let request = Request::Send {
                    len: len as u32,
                    solicited,
                    invalidate: invalidated,
                };
                self.requests.push((request, bytes.clone()));
                self.received.push(Seen::Received {
                    bytes,
                    solicited,
                    invalidated,
                });
            }
            Message::Write { at, len } => {
                let bytes = pattern(seed, len);
                self.sink[at..at + len].copy_from_slice(&bytes);
                let request = Request::Write {
                    len: len as u32,
                    stag: Stag(SINK),
                    to: BASE + at as u64,
                };
                self.requests.push((request, bytes));
            }
            // A limit of 0 forbids Reads.
            Message::Read { .. } if !may_read => {}
            Message::Read { at, len } => {
                let request = Request::Read {
                    len: len as u32,
                    stag: Stag(SOURCE),
                    to: BASE + at as u64,
                    sink_stag: Stag(seed as u32),
                    sink_to: 0,
                };
                self.requests.push((request, vec![0xee; len]));
                let bytes = pattern(7, LEN)[at..at + len].to_vec();
                self.reads.push(Seen::Read(bytes));
            }
        }
    }
}

fn memory(spares: usize) -> Vec<Region> {
    let region = |stag, read, write, bytes| Region {
        stag: Stag(stag),
        foreign: false,
        valid: true,
        rights: Rights {
            read,
            write,
            invalidatable: true,
        },
        base: BASE,
        bytes,
    };
    let mut regions = vec![
        region(SINK, false, true, vec![0; LEN]),
        region(SOURCE, true, false, pattern(7, LEN)),
    ];
    regions.extend((0..spares).map(|n| region(SPARE + n as u32, true, true, vec![0])));
    regions
}

/// Two ends, what is on its way to each, and what their consumers have still to post.
struct Run {
    ends: [End; 2],
    /// To the client, to the server.
    pipes: [Vec<u8>; 2],
    requests: [std::vec::IntoIter<(Request, Vec<u8>)>; 2],
    receives: [std::vec::IntoIter<usize>; 2],
    piece: usize,
    /// A sink of this size holds any one FPDU.
    least: [usize; 2],
}

impl Run {
    fn step(&mut self, at: usize, step: Step) {
        let end = &mut self.ends[at];
        match step {
            Step::Request => end.requests.extend(self.requests[at].next()),
            Step::Receive => {
                end.memory.receives.extend(self.receives[at].next());
                end.take(&[], self.piece);
            }
            Step::Transmit(room) => {
                let bytes = end.one_sink(self.least[at] + room);
                self.pipes[1 - at].extend(bytes);
            }
            Step::Arrive(count) => {
                let count = count.min(self.pipes[at].len());
                let bytes: Vec<u8> = self.pipes[at].drain(..count).collect();
                end.take(&bytes, self.piece);
            }
        }
    }

    /// Everything that is left happens.
    fn finish(&mut self) {
        for at in [0, 1] {
            self.ends[at].requests.extend(self.requests[at].by_ref());
            let receives = self.receives[at].by_ref();
            self.ends[at].memory.receives.extend(receives);
        }
        loop {
            for at in [0, 1] {
                self.step(at, Step::Arrive(usize::MAX));
                let bytes = self.ends[at].transmit(1 << 20);
                self.pipes[1 - at].extend(bytes);
            }
            if self.pipes.iter().all(Vec::is_empty) {
                return;
            }
        }
    }
}

fn only(end: &End, reads: bool) -> Vec<Seen> {
    let seen = end.memory.seen.iter();
    seen.filter(|seen| matches!(seen, Seen::Read(_)) == reads)
        .cloned()
        .collect()
}

fn start(case: &Case) -> (Run, [Expected; 2]) {
    let cut = Cut {
        piece: case.piece,
        room: 1 << 20,
    };
    let mut pair = Pair::connected(&case.configs[0], &case.configs[1], cut);
    // Nobody sends before the initiator did (RFC 5044 section 7.1.2).
    pair.client.write(SINK, BASE, b"");
    pair.drive();
    let mut ends = [pair.client, pair.server];
    let all = [0, 1].map(|at| {
        let may_read = ends[at].machine.reads().ord > 0;
        expected(&case.mixes[at], at, case.spare_room, may_read)
    });
    for (at, end) in ends.iter_mut().enumerate() {
        end.memory.regions = memory(case.mixes[1 - at].len());
    }
    let run = Run {
        ends,
        pipes: [vec![], vec![]],
        requests: [0, 1].map(|at| all[at].requests.clone().into_iter()),
        receives: [1, 0].map(|peer| all[peer].receives.clone().into_iter()),
        piece: case.piece,
        least: [0, 1].map(|at| case.configs[at].emss.max(200) as usize),
    };
    (run, all)
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn everything_posted_arrives_under_any_schedule(case in case()) {
        let (mut run, all) = start(&case);
        for (server, step) in &case.schedule {
            run.step(usize::from(*server), *step);
        }
        run.finish();
        for at in [0, 1] {
            let (end, peer) = (&run.ends[at], &run.ends[1 - at]);
            prop_assert_eq!(&only(end, true), &all[at].reads);
            prop_assert_eq!(&only(peer, false), &all[at].received);
            prop_assert!(peer.memory.region(SINK).bytes == all[at].sink);
            // The client's first Write is one more.
            prop_assert_eq!(end.sent, all[at].requests.len() + usize::from(at == 0));
            prop_assert_eq!(end.machine.reads_outstanding(), 0);
            let gone = all[at].received.iter().filter(|seen| {
                matches!(seen, Seen::Received { invalidated: Some(_), .. })
            });
            let invalid = peer.memory.regions.iter().filter(|region| !region.valid);
            prop_assert_eq!(invalid.count(), gone.count());
        }
        for at in [0, 1] {
            run.ends[at].machine.disconnect();
            prop_assert_eq!(run.ends[at].transmit(1 << 20), vec![]);
            run.ends[at].machine.handle_fin();
            run.ends[at].collect();
            let failed = run.ends[at].events.iter().any(|e| matches!(e, Event::Failed(_)));
            prop_assert!(run.ends[at].finished && !failed);
        }
    }
}
