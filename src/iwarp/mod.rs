//! iWARP with no I/O, locks or clock: MPA (RFC 5044, 6581), DDP (RFC 5041), RDMAP (RFC 5040).
//!
//! # The protocol in one page
//!
//! One TCP connection carries one RDMA stream. It starts with an MPA Request from the side that
//! connected and an MPA Reply from the side that listened (`startup`); they exchange private data,
//! agree on CRC32C and markers, and in revision 2 on how many RDMA Reads may be outstanding.
//! From then on each direction is a sequence of FPDUs:
//!
//! ```text
//! | ULPDU length 2 | DDP control 1 | RDMAP control 1 | rest of the DDP header | payload | pad | CRC32C |
//! ```
//!
//! A *tagged* segment names the memory it goes to (STag, offset): RDMA Write and Read Response.
//! An *untagged* one takes the next buffer of a queue: Send (0), Read Request (1), Terminate (2).
//! The first rule broken by the peer ends the stream: one Terminate goes out naming the rule,
//! and nothing that came later counts.
//!
//! # How the machine is driven
//!
//! [`Machine`] takes inputs (`receive`, `handle_fin`, `handle_reset`, `handle_timeout`, and the
//! consumer's wishes: `request`, `accept`, `reject`, `complete`, `start`, `disconnect`), asks about
//! memory through [`Upper`], and hands effects out: frames through [`Frames`] while
//! [`Machine::poll_transmit`] runs, [`Event`]s through [`Machine::poll_event`], the next deadline
//! through [`Machine::poll_timeout`]. It never allocates, never blocks and never panics.

#![forbid(unsafe_code)]

mod api;
mod error;
mod fifo;
pub mod legacy;
mod machine;
mod phase;
mod reads;
mod rx;
mod startup;
mod terminated;
mod tx;
mod wire;

#[cfg(test)]
mod tests;

pub use api::{
    AccessError, Config, Event, FrameSize, Frames, InvalidateError, NoReceive, PayloadError,
    PeerTerminate, ReadLimits, ReadyKinds, ReceiveBuffer, ReceiveFault, Received, Request,
    Revision, Source, Ticks, Timeouts, Trailer, Transmit, Upper,
};
pub use error::{CallError, Close, Error};
pub use machine::Machine;
pub use terminated::meaning;

pub use crate::rdma::limits::MAX_READS;

/// The most private data one startup frame carries in the enhanced (revision 2) format.
pub const MAX_PRIVATE_DATA: usize = 508;
