//! How many reads may be under way, as a consumer says it and as the wire does.

use crate::iwarp::ReadLimits as Wire;

use super::super::api::ReadLimits;

pub(super) fn on_the_wire(reads: ReadLimits) -> Wire {
    Wire {
        ird: reads.inbound,
        ord: reads.outbound,
    }
}

pub(super) fn from_the_wire(reads: Wire) -> ReadLimits {
    ReadLimits {
        inbound: reads.ird,
        outbound: reads.ord,
    }
}

/// NDK-CON-12, 13: what is in force if the consumer asks for the most.
pub(super) fn possible(caps: Wire, peer: Option<Wire>) -> ReadLimits {
    match peer {
        Some(peer) => ReadLimits {
            inbound: caps.ird.min(peer.ord),
            outbound: caps.ord.min(peer.ird),
        },
        None => from_the_wire(caps),
    }
}
