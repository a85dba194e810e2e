//! What every input does in every phase, as a picture that is kept beside this file: whoever changes
//! what a connection does, changes it there too (`SNAPSHOTS=write` writes it anew).

use super::support::*;
use crate::crc32c;
use crate::iwarp::phase::Phase;
use crate::iwarp::{CallError, Error, Event, Machine};

const PICTURE: &str = include_str!("states.txt");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/iwarp/tests/states.txt");

const REQUEST: &str = "4d504120 49442052 65712046 72616d65 50020004 8010c010";
const REPLY: &str = "4d504120 49442052 65702046 72616d65 50020004 80108010";
const REFUSAL: &str = "4d504120 49442052 65702046 72616d65 70020004 00100010";
const SEND: &str = "00164143 00000000 00000000 00000001 00000000 70696e67 a5487fa7";
const TERMINATE: &str = "00164147 00000000 00000002 00000001 00000000 20020000 7fe42585";

fn bytes(end: &mut End, text: &str) -> Result<(), CallError> {
    end.take(&hex(text), 1 << 20);
    Ok(())
}

/// A machine in that phase.
fn at(phase: Phase) -> End {
    let mut end = match phase {
        Phase::AwaitRequest
        | Phase::Requested
        | Phase::ReplyQueued
        | Phase::RejectQueued
        | Phase::AwaitFirst => End::new(Machine::responder(&config(), 0)),
        _ => End::new(Machine::initiator(&config())),
    };
    end.memory.receives.extend([64, 64]);
    for step in steps(phase) {
        step(&mut end);
    }
    end.collect();
    end.events.clear();
    assert_eq!(end.machine.phase(), phase);
    end
}

type Step = fn(&mut End);

/// How it gets there.
fn steps(phase: Phase) -> Vec<Step> {
    let request: Step = |end| end.machine.request(0, b"", LIMITS).unwrap();
    let asked: Step = |end| end.take(&hex(REQUEST), 1 << 20);
    let transmit: Step = |end| drop(end.transmit(1 << 20));
    let answered: Step = |end| end.take(&hex(REPLY), 1 << 20);
    let complete: Step = |end| end.machine.complete().unwrap();
    let accept: Step = |end| end.machine.accept(0, b"", LIMITS).unwrap();
    let up = [request, transmit, answered, complete, transmit];
    let and = |step: Step| [&up[..], &[step]].concat();
    match phase {
        Phase::Idle | Phase::AwaitRequest => Vec::new(),
        Phase::RequestQueued => up[..1].into(),
        Phase::AwaitReply => up[..2].into(),
        Phase::Replied => up[..3].into(),
        Phase::ReadyQueued => up[..4].into(),
        Phase::Streaming => up.into(),
        Phase::PeerClosed => and(|end| end.machine.handle_fin()),
        Phase::Ending => and(|end| end.machine.disconnect()),
        Phase::HalfClosed => [and(|end| end.machine.disconnect()), vec![transmit]].concat(),
        Phase::TerminateQueued => and(|end| end.machine.fail()),
        Phase::Finished => and(|end| end.machine.handle_reset()),
        Phase::Requested => vec![asked],
        Phase::ReplyQueued => vec![asked, accept],
        Phase::RejectQueued => vec![asked, |end| end.machine.reject(b"").unwrap()],
        Phase::AwaitFirst => vec![asked, accept, transmit],
    }
}

type Act = fn(&mut End) -> Result<(), CallError>;

const ACTS: [(&str, Act); 20] = [
    ("nothing", |_| Ok(())),
    ("call request", |end| end.machine.request(0, b"", LIMITS)),
    ("call complete", |end| end.machine.complete()),
    ("call accept", |end| end.machine.accept(0, b"", LIMITS)),
    ("call reject", |end| end.machine.reject(b"")),
    ("call disconnect", |end| {
        end.machine.disconnect();
        Ok(())
    }),
    ("call fail", |end| {
        end.machine.fail();
        Ok(())
    }),
    ("post a send", |end| {
        end.send(b"ping", false, None);
        Ok(())
    }),
    ("a request", |end| bytes(end, REQUEST)),
    ("a reply", |end| bytes(end, REPLY)),
    ("a refusal", |end| bytes(end, REFUSAL)),
    ("a send", |end| bytes(end, SEND)),
    ("half a send", |end| bytes(end, &SEND[..40])),
    ("a send with a wrong CRC", |end| {
        bytes(end, &SEND.replace("a548", "a549"))
    }),
    ("a segment of a message", |end| {
        let mut segment = hex("00160143 00000000 00000000 00000001 00000000 70696e67");
        let crc = crc32c::update(0, &segment);
        segment.extend(crc.to_le_bytes());
        end.take(&segment, 1 << 20);
        Ok(())
    }),
    ("a write to nowhere", |end| {
        bytes(
            end,
            "0013c140 12345678 00000000 00001000 68656c6c 6f000000 4bf8eb4a",
        )
    }),
    ("a terminate", |end| bytes(end, TERMINATE)),
    ("a FIN", |end| {
        end.machine.handle_fin();
        Ok(())
    }),
    ("a reset", |end| {
        end.machine.handle_reset();
        Ok(())
    }),
    ("the last deadline", |end| {
        end.machine.handle_timeout(u64::MAX);
        Ok(())
    }),
];

/// What the frames of a stream are.
fn frames(stream: &[u8]) -> String {
    let mut names = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (name, len) = match rest {
            [b'M', b'P', b'A', ..] => {
                let private = usize::from(u16::from_be_bytes([rest[18], rest[19]]));
                let refused = if rest[16] & 0x20 != 0 { "no " } else { "" };
                let kind = if rest[9] == b'q' { "Request" } else { "Reply" };
                (format!("{refused}{kind}"), 20 + private)
            }
            _ => {
                let ulpdu = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
                let name = match rest[3] & 0xf {
                    7 => format!("Terminate {:02x}{:02x}", rest[20], rest[21]),
                    0 => "Write".into(),
                    opcode => format!("opcode {opcode}"),
                };
                (name, (2 + ulpdu).next_multiple_of(4) + 4)
            }
        };
        names.push(name);
        rest = &rest[len..];
    }
    names.join(", ")
}

/// One act in one phase: where it leads, then what is seen of it.
fn outcome(phase: Phase, act: Act) -> String {
    let mut end = at(phase);
    let result = act(&mut end);
    end.collect();
    let sent = end.transmit(1 << 20);
    let mut seen = vec![format!("{:?}", end.machine.phase())];
    if let Err(error) = result {
        seen.push(format!("refused: {error:?}"));
    }
    if !end.inbox.is_empty() {
        seen.push("held".into());
    }
    if !sent.is_empty() {
        seen.push(format!("sends {}", frames(&sent)));
    }
    seen.extend(end.memory.seen.iter().map(|_| "delivers".to_string()));
    seen.extend(end.events.iter().map(|event| match event {
        Event::PeerRequest { .. } => "PeerRequest".into(),
        Event::PeerReply { .. } => "PeerReply".into(),
        Event::PeerReject { .. } => "PeerReject".into(),
        Event::Failed(Error::PeerTerminated(_)) => "Failed(PeerTerminated)".into(),
        event => format!("{event:?}"),
    }));
    if !end.requests.is_empty() {
        seen.push("keeps the send".into());
    }
    if end.finished {
        seen.push("finished".into());
    }
    seen.join("; ")
}

fn picture() -> String {
    let mut picture = String::new();
    for phase in Phase::ALL {
        picture.push_str(&format!("{phase:?}\n"));
        let nothing = outcome(phase, ACTS[0].1);
        for (name, act) in ACTS {
            let outcome = outcome(phase, act);
            let same = name != "nothing" && outcome == nothing;
            let outcome = if same { "as nothing" } else { &outcome };
            picture.push_str(&format!("  {name}: {outcome}\n"));
        }
    }
    picture
}

#[test]
fn every_input_in_every_phase() {
    let picture = picture();
    if std::env::var_os("SNAPSHOTS").is_some_and(|it| it == "write") {
        std::fs::write(FILE, &picture).unwrap();
    }
    assert_eq!(picture, PICTURE, "\n{picture}");
}

/// A stream of everything, and where in it a FIN is a clean one.
fn stream() -> (Vec<u8>, Vec<usize>) {
    let mut end = at(Phase::Streaming);
    let mut clean = vec![0];
    let mut stream = Vec::new();
    for n in 0..4 {
        match n {
            0 => end.send(b"ping", true, None),
            1 => end.send(&rising(3000), false, None),
            2 => end.write(1, 0, &[]),
            _ => end.send(b"", false, None),
        }
        stream.extend(end.transmit(1 << 20));
        clean.push(stream.len());
    }
    (stream, clean)
}

// RFC 5040 section 5.4, RFC 5041 section 6: a FIN behind any byte, a reset behind any byte.
#[test]
fn an_end_behind_any_byte() {
    let (stream, clean) = stream();
    for at_byte in 0..=stream.len() {
        for reset in [false, true] {
            let mut end = at(Phase::AwaitFirst);
            end.memory.receives.clear();
            end.memory.receives.extend([4096; 4]);
            end.take(&stream[..at_byte], 1 << 20);
            match reset {
                true => end.machine.handle_reset(),
                false => end.machine.handle_fin(),
            }
            end.collect();
            let whole = clean.iter().filter(|end| **end <= at_byte).count() - 1;
            let delivered = [0, 1, 2, 2, 3][whole];
            assert_eq!(end.memory.seen.len(), delivered, "{at_byte}");
            let failures = end.events.iter().filter_map(|event| match event {
                Event::Failed(error) => Some(*error),
                _ => None,
            });
            let failures: Vec<_> = failures.collect();
            let between = at_byte > 0 && clean.contains(&at_byte);
            match (reset, between) {
                (true, _) => assert_eq!(failures, [Error::Reset], "{at_byte}"),
                (false, true) => {
                    assert_eq!(failures, [], "{at_byte}");
                    assert_eq!(end.events.last(), Some(&Event::PeerClosed));
                    // The other half goes on until we have had enough.
                    end.send(b"still there", false, None);
                    assert!(!end.transmit(1 << 20).is_empty());
                    end.machine.disconnect();
                    end.transmit(1 << 20);
                    assert!(end.finished);
                }
                (false, false) => assert!(
                    matches!(
                        failures[..],
                        [Error::FinInFpdu | Error::FinInMessage | Error::FinInStartup]
                    ),
                    "{at_byte}: {failures:?}"
                ),
            }
        }
    }
}

// Both say goodbye at any moment of a conversation: all that was begun arrives, nobody fails.
#[test]
fn both_disconnect_at_once() {
    for moment in 0..12 {
        let mut pair = Pair::connected(&config(), &config(), Cut::default());
        for end in [&mut pair.client, &mut pair.server] {
            end.memory.receives.extend([8000; 4]);
            for _ in 0..2 {
                end.send(&rising(7000), false, None);
            }
        }
        // Frames of one segment at a time.
        for _ in 0..moment {
            let there = one_batch(&mut pair.client);
            let back = one_batch(&mut pair.server);
            pair.server.take(&there, 1 << 20);
            pair.client.take(&back, 1 << 20);
        }
        for end in [&mut pair.client, &mut pair.server] {
            end.machine.disconnect();
            end.requests.clear();
        }
        pair.drive();
        for end in [&mut pair.client, &mut pair.server] {
            assert!(end.finished);
            end.machine.handle_fin();
            end.collect();
            let failed = end.events.iter().any(|it| matches!(it, Event::Failed(_)));
            assert!(!failed, "{moment}: {:?}", end.events);
        }
        let sent = (pair.client.sent, pair.server.sent);
        let seen = (pair.client.memory.seen.len(), pair.server.memory.seen.len());
        assert_eq!(seen, (sent.1, sent.0), "{moment}");
    }
}

/// What one sink of two segments takes.
fn one_batch(end: &mut End) -> Vec<u8> {
    end.one_sink(3000)
}
