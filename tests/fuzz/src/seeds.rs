//! What fuzzing begins with: the recorded connections of another implementation, and the hostile
//! rows, put into each target's form.

use crate::rows;
use softrnic_oracle::mpa::{Framing, Start};
use softrnic_oracle::sender;
use softrnic_oracle::trace::{Side, Trace};

/// Longest stream taken from a recording.
const LONGEST: usize = 900;

const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];

/// Every start-up frame that was recorded, against both revisions.
#[must_use]
pub fn startup() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for trace in Trace::all() {
        for side in SIDES {
            let stream = trace.stream(side);
            let start = &stream[..stream.len().min(600)];
            // The peer of an initiator is a responder: revision 2, peer to peer, all kinds.
            let flags = if side == Side::Initiator { 0x0f } else { 0x2f };
            for flags in [flags, flags & !0x0c] {
                seeds.push([&[flags, 7, 32, 32, 80, 3, 0], start].concat());
            }
        }
    }
    let requests = [rows::REFUSED_REQUESTS, rows::ACCEPTED_REQUESTS].concat();
    let rows = [(0x0f, requests), (0x2f, rows::REFUSED_REPLIES.to_vec())];
    for (flags, rows) in rows {
        let seed =
            |row: &rows::Row| [&[flags, 7, 32, 32, 80, 3, 0], &rows::bytes_of(row.2)[..]].concat();
        seeds.extend(rows.iter().map(seed));
    }
    seeds
}

/// What was said after start-up: the stream, and whether CRCs are in it.
fn streams() -> Vec<(Vec<u8>, bool, Side)> {
    let mut streams = Vec::new();
    for trace in Trace::all() {
        let starts = SIDES.map(|side| Start::parse(&trace.stream(side)));
        let crc = starts.iter().flatten().any(|(start, _)| start.crc);
        for (side, start) in SIDES.into_iter().zip(starts) {
            let stream = trace.stream(side);
            let after = &stream[start.map_or(0, |(_, len)| len)..];
            streams.push((after[..after.len().min(LONGEST)].to_vec(), crc, side));
        }
    }
    let rows = [rows::TERMINATED, rows::UNANSWERED, rows::OTHERS].concat();
    let rows = rows
        .iter()
        .map(|row| (rows::bytes_of(row.2), true, Side::Initiator));
    streams.extend(rows);
    let answers = rows::TERMINATED_WITH_READ_OUTSTANDING.iter();
    streams.extend(answers.map(|row| (rows::bytes_of(row.2), true, Side::Responder)));
    streams
}

fn flags(crc: bool, side: Side) -> u8 {
    u8::from(!crc) | u8::from(side == Side::Responder) << 2
}

/// The streams as they are.
#[must_use]
pub fn fpdus() -> Vec<Vec<u8>> {
    let seed = |(stream, crc, side): (Vec<u8>, bool, Side)| {
        [&[flags(crc, side), 3], stream.as_slice()].concat()
    };
    streams().into_iter().map(seed).collect()
}

/// Their ULPDUs.
#[must_use]
pub fn segments() -> Vec<Vec<u8>> {
    let seed = |(stream, crc, side): (Vec<u8>, bool, Side)| {
        let framing = Framing {
            crc: false,
            markers: false,
        };
        let mut seed = vec![flags(crc, side), 3];
        for (_, ulpdu) in sender::ulpdus(&stream, framing) {
            seed.extend((ulpdu.len() as u16 & 0x7ff).to_le_bytes());
            seed.extend(ulpdu);
        }
        seed
    };
    streams().into_iter().map(seed).collect()
}

/// Starts of connections, and the streams: as ULPDUs and as bytes.
#[cfg(feature = "image")]
#[must_use]
pub fn image() -> Vec<Vec<u8>> {
    let started = |flags: u8, kind: u8| {
        let seeds = startup().into_iter().filter(move |seed| seed[0] == flags);
        seeds.map(move |seed| [&[kind, 0], &seed[7..]].concat())
    };
    let mut seeds: Vec<_> = started(0x0f, 1).chain(started(0x2f, 3)).collect();
    for (stream, _, side) in streams() {
        // Of the kinds of connection: whom the peer was to.
        let kind = if side == Side::Initiator { 0 } else { 2 };
        let mut seed = vec![kind, 0];
        for (_, ulpdu) in sender::ulpdus(&stream, Framing::default()) {
            let len = ulpdu.len().min(0x3ff);
            seed.push(0);
            seed.extend((len as u16).to_le_bytes());
            seed.extend(&ulpdu[..len]);
        }
        seeds.push(seed);
        let len = (stream.len() as u16).to_le_bytes();
        seeds.push([&[kind, 0, 3][..], &len, &stream].concat());
    }
    seeds
}

/// Each step by itself after a start-up of each kind.
#[must_use]
pub fn machine() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for flags in [0x01, 0x03, 0x0d, 0x21, 0x2d, 0x2f] {
        for step in 0..20 {
            let mut seed = vec![flags, 7, 32, 32, 80, 3, 0];
            seed.extend([0, 5, 0x0f, 8, 8, 0, 0, 11, 60, 11, 60]);
            for choice in 0..4 {
                seed.extend([step, choice, 0, 0, 0, 16, 15, 0]);
            }
            seeds.push(seed);
        }
    }
    seeds
}
