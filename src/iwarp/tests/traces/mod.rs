//! The connections recorded between Linux siw and itself, or endpoints made by hand
//! (`tests/oracle/traces`): our machine takes the place of either end.
//!
//! It must take every byte its peer sent, place and deliver what the independent reading of the
//! stream says and the recorded programs saw, and send what siw sent in its place.

mod outcomes;
mod replay;
mod shark;

use super::support::Seen;
use crate::iwarp::{Error, Event};
use outcomes::{Meaning, REPORTS, SENDERS, STARTUP, VERDICTS};
use replay::{Replay, replay};
use softrnic_oracle::mpa::Start;
use softrnic_oracle::receiver::{Delivery, End};
use softrnic_oracle::trace::{Side, Trace};
use softrnic_oracle::{ddp, sender};

/// Segments as they came, and cut further.
const PIECES: [usize; 3] = [1 << 20, 7, 1];

/// Every trace, from both sides.
fn each(piece: usize, mut look: impl FnMut(&Trace, Side, &Replay)) {
    let traces = Trace::all();
    assert_eq!(traces.len(), 176);
    for trace in &traces {
        for side in [Side::Initiator, Side::Responder] {
            if let Some(replay) = replay(trace, side, piece) {
                look(trace, side, &replay);
            }
        }
    }
}

fn failure(replay: &Replay) -> Option<Error> {
    let failed = |event: &Event| match event {
        Event::Failed(error) => Some(*error),
        _ => None,
    };
    replay.end.events.iter().find_map(failed)
}

fn came_up(replay: &Replay) -> bool {
    let events = &replay.end.events;
    let rejected = |event: &Event| matches!(event, Event::PeerReject { .. });
    events.contains(&Event::Established) || events.iter().any(rejected)
}

/// What the consumer saw, in the model's words.
fn delivered(replay: &Replay) -> Vec<Delivery> {
    let delivery = |seen: &Seen| match seen {
        Seen::Received {
            bytes,
            solicited,
            invalidated,
        } => Some(Delivery::Received {
            bytes: bytes.clone(),
            solicited: *solicited,
            invalidated: invalidated.map(|stag| stag.0),
        }),
        Seen::Read(bytes) => Some(Delivery::Read(bytes.clone())),
        Seen::ReceiveFailed(_) => None,
    };
    replay.end.memory.seen.iter().filter_map(delivery).collect()
}

/// Ours is the RFC's word; siw on a little-endian machine exchanges the two halves of its first byte.
fn terminate(ulpdus: &[(usize, Vec<u8>)], is_siw: bool) -> Meaning {
    let (_, ulpdu) = ulpdus.last()?;
    let segment = ddp::Segment::parse(ulpdu).ok()?;
    let [kind, code, ..] = segment.data[..] else {
        return None;
    };
    let (high, low) = (kind >> 4, kind & 15);
    let (layer, kind) = if is_siw { (low, high) } else { (high, low) };
    (segment.opcode == ddp::TERMINATE).then_some((layer, kind, code))
}

/// ULPDUs of our machine's stream after its startup frame.
fn sent(replay: &Replay) -> Vec<(usize, Vec<u8>)> {
    let start = Start::parse(&replay.sent).map_or(0, |(_, len)| len);
    sender::ulpdus(&replay.sent[start..], replay.framing)
}

/// Deliveries, placement and the end of every stream, however it is cut.
#[test]
fn every_byte_is_taken_as_the_model_takes_it() {
    for piece in PIECES {
        each(piece, |trace, side, replay| {
            let name = format!("{} {side:?} {piece}", trace.name);
            if !came_up(replay) {
                return;
            }
            let mut model = replay.model.delivered.clone();
            model.retain(|delivery| !matches!(delivery, Delivery::Asked(_)));
            assert_eq!(delivered(replay), model, "{name}");
            for (region, model) in replay.end.memory.regions.iter().zip(&replay.model.regions) {
                // What a program changed between two Reads is not in the model.
                let shown = replay.shown.contains(&region.stag);
                assert!(shown || region.bytes == model.bytes, "{name}");
                assert_eq!(region.valid, model.valid, "{name}");
            }
            same_end(&name, replay);
        });
    }
}

fn same_end(name: &str, replay: &Replay) {
    let failure = failure(replay);
    match (&replay.model_end, failure) {
        (End::Clean, None | Some(Error::Reset)) => {}
        // The number of Reads at a time is not in the stream.
        (End::Clean, Some(Error::ReadRequestsExceeded)) => {
            assert!(name.starts_with("raw-read-more-than-ird"));
        }
        (End::Broken(rule), Some(_)) => {
            assert_eq!(
                terminate(&sent(replay), false),
                Some(rule.terminate()),
                "{name}"
            );
        }
        (End::Terminated(layer, kind, code), Some(Error::PeerTerminated(peer))) => {
            let ours = (
                peer.layer_and_type >> 4,
                peer.layer_and_type & 15,
                peer.code,
            );
            assert_eq!(ours, (*layer, *kind, *code), "{name}");
        }
        (End::Cut, None | Some(Error::FinInFpdu | Error::FinInMessage | Error::Reset)) => {}
        (End::Owing, None | Some(Error::FinWithReads | Error::Reset)) => {}
        (model, ours) => panic!("{name}: {model:?}, {ours:?}"),
    }
}

/// The other connections end in start-up as the table says.
#[test]
fn startup_ends_as_listed() {
    let mut found = Vec::new();
    each(1 << 20, |trace, side, replay| {
        if !came_up(replay) {
            let failure = failure(replay).map_or("-".to_owned(), |error| format!("{error:?}"));
            found.push((trace.name.clone(), side, failure));
        }
    });
    let listed =
        |(name, side, error): &(&str, Side, &str)| ((*name).to_owned(), *side, (*error).to_owned());
    let listed: Vec<_> = STARTUP.iter().map(listed).collect();
    assert_eq!(found, listed);
}

/// What the recorded programs said they received is what our consumer receives in their place.
#[test]
fn deliveries_are_those_the_programs_reported() {
    let mut compared = 0;
    let mut differing = Vec::new();
    each(1 << 20, |trace, side, replay| {
        let said = trace.said[side as usize].iter();
        let said: Vec<usize> = said
            .filter_map(|said| {
                said.strip_prefix("received ")?
                    .split(' ')
                    .next()?
                    .parse()
                    .ok()
            })
            .collect();
        let received = delivered(replay).into_iter();
        let received: Vec<usize> = received
            .filter_map(|delivery| match delivery {
                Delivery::Received { bytes, .. } => Some(bytes.len()),
                Delivery::Read(_) | Delivery::Asked(_) => None,
            })
            .collect();
        let reports = trace.programs[side as usize].starts_with("iwtrace");
        compared += said.len();
        if reports && received != said {
            differing.push((trace.name.clone(), side));
        }
    });
    assert_eq!(differing, names(REPORTS));
    assert!(compared > 150, "{compared}");
}

fn names(table: &[(&str, Side, &str)]) -> Vec<(String, Side)> {
    let row = |(name, side, _): &(&str, Side, &str)| ((*name).to_owned(), *side);
    table.iter().map(row).collect()
}

/// Where we stand in for siw our startup frame says what its did.
#[test]
fn startup_frames_say_the_same() {
    let mut compared = 0;
    each(1 << 20, |trace, side, replay| {
        let (ours, name) = (Start::parse(&replay.sent), &trace.name);
        let (Some((ours, _)), Some(siw)) = (ours, &replay.own_start) else {
            return;
        };
        if !trace.is_real(side) || (siw.reject && !ours.reject) {
            return;
        }
        if name == "raw-mpa-big-ird-ord" {
            // RFC 6581 section 9: 0x3fff is no number, but leaves it open. siw counts with it.
            assert_eq!(
                ours.enhanced.map(|e| (e.ird, e.ord)),
                Some((0x3fff, 0x3fff))
            );
            return;
        }
        compared += 1;
        let told = |start: &Start| {
            let ready = start.enhanced.map(|e| match side {
                // A refusal tells our limits, whatever was asked.
                Side::Responder if start.reject => (e.peer, false, false, false, 0, 0),
                // What an initiator can send is its own affair.
                Side::Initiator => (e.peer, false, false, false, e.ird.min(16), e.ord.min(16)),
                // siw raises its IRD to whatever is asked, up to 128.
                Side::Responder => (e.peer, e.send, e.write, e.read, 0, e.ord.min(16)),
            });
            (
                start.revision,
                start.crc,
                start.markers,
                start.reject,
                ready,
                start.private.clone(),
            )
        };
        assert_eq!(told(&ours), told(siw), "{name} {side:?}");
    });
    assert!(compared > 200, "{compared}");
}

/// The peer's private data and limits reach the consumer.
#[test]
fn private_data_arrives_whole() {
    each(1 << 20, |trace, side, replay| {
        let reads = replay.end.events.iter().find_map(|event| match event {
            Event::PeerRequest { reads } | Event::PeerReply { reads } => Some(*reads),
            _ => None,
        });
        let (Some(reads), Some(peer)) = (reads, &replay.peer_start) else {
            return;
        };
        assert_eq!(replay.end.said, peer.private, "{} {side:?}", trace.name);
        let told = peer.enhanced.map(|e| e.ird);
        assert_eq!(
            reads.map(|reads| reads.ird),
            told,
            "{} {side:?}",
            trace.name
        );
    });
}

/// Up to a Terminate our machine sends siw's own bytes for the same work: requests in their order,
/// and Read Responses in theirs. Pad and CRC are as the RFCs have them.
#[test]
fn what_we_send_is_what_siw_sent() {
    let mut differing = Vec::new();
    let mut bytes = 0;
    each(1 << 20, |trace, side, replay| {
        if !trace.is_real(side) || !came_up(replay) {
            return;
        }
        let ours = sent(replay);
        let start = Start::parse(&replay.sent).map_or(0, |(_, len)| len);
        let again = sender::framed(ours.iter().map(|(_, ulpdu)| &ulpdu[..]), replay.framing);
        assert!(replay.sent[start..] == again, "{} {side:?}", trace.name);
        let theirs = sender::ulpdus(&replay.ours, replay.framing);
        let same = [true, false].map(|responses| {
            let ours = posted(&ours, responses, replay.ready_sent);
            ours == posted(&theirs, responses, replay.ready_recorded)
        });
        match same {
            [true, true] => bytes += again.len(),
            _ => differing.push((trace.name.clone(), side)),
        }
    });
    assert_eq!(differing, names(SENDERS));
    assert!(bytes > 500_000, "{bytes}");
}

/// Where only the cutting into FPDUs differs, the messages are the same.
#[test]
fn large_fpdus_carry_the_same_messages() {
    for (name, side, _) in SENDERS.iter().filter(|(_, _, why)| *why == outcomes::LARGE) {
        let replay = replay(&Trace::named(name), *side, 1 << 20).unwrap();
        let start = Start::parse(&replay.sent).map_or(0, |(_, len)| len);
        let messages = |stream: &[u8]| -> Vec<_> {
            let messages = sender::messages(stream, replay.framing).into_iter();
            messages
                .map(|m| (m.opcode, m.what, m.data, m.whole))
                .collect()
        };
        assert_eq!(messages(&replay.sent[start..]), messages(&replay.ours));
    }
}

/// ULPDUs of Read Responses, or of all else, without the ready-to-receive frame in front and the
/// Terminate at the end.
fn posted(ulpdus: &[(usize, Vec<u8>)], responses: bool, ready: bool) -> Vec<&[u8]> {
    let segments = ulpdus.iter().skip(usize::from(ready));
    let segments = segments.map(|(_, ulpdu)| &ulpdu[..]);
    segments
        .filter(|ulpdu| match ulpdu[1] & 15 {
            ddp::TERMINATE => false,
            opcode => responses == (opcode == ddp::READ_RESPONSE),
        })
        .collect()
}

/// Our Terminate says what siw's means, but for the listed cases.
#[test]
fn terminates_mean_the_same_but_for_the_listed() {
    let mut differing = Vec::new();
    each(1 << 20, |trace, side, replay| {
        let theirs = sender::ulpdus(&replay.ours, replay.framing);
        let (siw, ours) = (terminate(&theirs, true), terminate(&sent(replay), false));
        if trace.is_real(side) && siw != ours {
            differing.push((trace.name.clone(), side, siw, ours));
        }
    });
    let listed = VERDICTS.iter();
    let listed: Vec<_> = listed
        .map(|(name, side, siw, ours, _)| ((*name).to_owned(), *side, *siw, *ours))
        .collect();
    assert_eq!(differing, listed);
}
