//! One thing wrong in a legal stream.

use super::peer::{B, BASE, C, D, LEN};
use proptest::prelude::*;
use softrnic_oracle::ddp::{self, Place, Read, Segment};
use softrnic_oracle::mpa::Fault;

/// What is changed, in which segment.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    segment: prop::sample::Index,
    kind: Kind,
    value: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Version,
    RdmapVersion,
    Opcode,
    Last,
    /// Another STag, queue number; sequence number or place.
    Where,
    Number,
    Offset,
    Region,
    Wrap,
    Longer,
    Shorter,
    Again,
    Lost,
    Swapped,
    ReadField,
    /// As many Reads at a time as agreed, or one more.
    Reads,
    Length,
    Crc,
    Marker,
}

pub(super) fn mutation() -> impl Strategy<Value = Mutation> {
    let kinds = vec![
        Kind::Version,
        Kind::RdmapVersion,
        Kind::Opcode,
        Kind::Last,
        Kind::Where,
        Kind::Number,
        Kind::Offset,
        Kind::Region,
        Kind::Wrap,
        Kind::Longer,
        Kind::Shorter,
        Kind::Again,
        Kind::Lost,
        Kind::Swapped,
        Kind::ReadField,
        Kind::Reads,
        Kind::Length,
        Kind::Crc,
        Kind::Marker,
    ];
    let kind = prop::sample::select(kinds);
    let value = prop_oneof![1u32..8, any::<u32>()];
    (any::<prop::sample::Index>(), kind, value).prop_map(|(segment, kind, value)| Mutation {
        segment,
        kind,
        value,
    })
}

impl Mutation {
    /// Is the length field itself wrong?
    pub(super) fn is_length(&self) -> bool {
        self.kind == Kind::Length
    }
}

/// Changes one of the segments from `before` on, or how it is framed.
pub(super) fn apply(
    mutation: &Mutation,
    segments: &mut Vec<Segment>,
    before: usize,
) -> Option<(usize, Fault)> {
    if segments.len() == before {
        return None;
    }
    let at = before + mutation.segment.index(segments.len() - before);
    let value = mutation.value;
    let mut fault = Fault::default();
    match mutation.kind {
        Kind::Again => {
            let again = segments[at].clone();
            segments.insert(at, again);
        }
        Kind::Lost => {
            segments.remove(at);
        }
        Kind::Swapped => segments.swap(at, before),
        Kind::Reads => reads(segments, before, 16 + value as usize % 2),
        Kind::Length => fault.length = value as i8 as i32,
        Kind::Crc => fault.crc = value | 1,
        Kind::Marker => fault.marker = (value as u16 | 1) << 2,
        Kind::Version
        | Kind::RdmapVersion
        | Kind::Opcode
        | Kind::Last
        | Kind::Where
        | Kind::Number
        | Kind::Offset
        | Kind::Region
        | Kind::Wrap
        | Kind::Longer
        | Kind::Shorter
        | Kind::ReadField => change(&mut segments[at], mutation.kind, value),
    }
    Some((at, fault))
}

/// Makes them `wanted` Read Requests, if there is one.
fn reads(segments: &mut Vec<Segment>, before: usize, wanted: usize) {
    let is_read = |segment: &Segment| segment.opcode == ddp::READ_REQUEST;
    let Some(last) = segments
        .iter()
        .rposition(is_read)
        .filter(|at| *at >= before)
    else {
        return;
    };
    let there = segments[before..]
        .iter()
        .filter(|segment| is_read(segment))
        .count();
    for n in 0..wanted.saturating_sub(there) {
        let mut more = segments[last].clone();
        if let Place::Untagged { msn, .. } = &mut more.place {
            *msn += n as u32 + 1;
        }
        segments.insert(last + n + 1, more);
    }
}

fn change(segment: &mut Segment, kind: Kind, value: u32) {
    match kind {
        Kind::Version => segment.version = value as u8 & 3,
        Kind::RdmapVersion => segment.rdmap_version = value as u8 & 3,
        // A Terminate would have to be a good one.
        Kind::Opcode => segment.opcode = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 15][value as usize % 11],
        Kind::Last => segment.last = !segment.last,
        Kind::Longer => segment.data.extend(vec![0x5a; 1 + value as usize % 70]),
        Kind::Shorter => segment
            .data
            .truncate(value as usize % (segment.data.len() + 1)),
        Kind::ReadField => read_field(segment, value),
        _ => place(&mut segment.place, kind, value),
    }
}

fn place(place: &mut Place, kind: Kind, value: u32) {
    let other = [B, C, D, 0, 0x0a00_0002][value as usize % 5];
    match (place, kind) {
        (Place::Tagged { stag, .. }, Kind::Where | Kind::Region) => *stag = other,
        (Place::Tagged { to, .. }, Kind::Wrap) => *to = u64::MAX - u64::from(value % 4),
        (Place::Tagged { to, .. }, _) => *to = to.wrapping_add(u64::from(value)),
        // Not `B`: whether a Read of it is answered before it goes is not in the stream.
        (Place::Untagged { word, .. }, Kind::Region) => *word = [C, D, 0][value as usize % 3],
        (Place::Untagged { qn, .. }, Kind::Where) => *qn = qn.wrapping_add(value),
        (Place::Untagged { msn, .. }, Kind::Number) => *msn = msn.wrapping_add(value),
        (Place::Untagged { mo, .. }, _) => *mo = mo.wrapping_add(value),
    }
}

/// A Read Request for other memory; of another segment one bit of data.
fn read_field(segment: &mut Segment, value: u32) {
    match Read::parse(&segment.data).filter(|_| segment.opcode == ddp::READ_REQUEST) {
        Some(mut read) => {
            match value % 4 {
                0 => read.source_stag = [C, D, 0][value as usize / 4 % 3],
                1 => read.source_to = BASE + LEN as u64 - u64::from(value) / 4 % 4,
                2 => read.source_to = u64::MAX - u64::from(value) / 4 % 4,
                _ => read.len = read.len.wrapping_add(value),
            }
            segment.data = read.bytes();
        }
        None => {
            if let Some(byte) = segment.data.first_mut() {
                *byte ^= 1;
            }
        }
    }
}
