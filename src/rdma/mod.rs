//! Shared vocabulary: work requests, completions, STags, queue pair states, limits.
//!
//! What every protocol and every consumer interface speaks; no protocol, no kernel.

#![forbid(unsafe_code)]

pub mod completion;
pub mod limits;
pub mod qp;
pub mod queue;
pub mod request;
mod siphash;
pub mod stag;

pub use completion::{Cause, Completion, CompletionQueue, Kind, Status};
pub use limits::Limits;
pub use qp::QueuePair;
pub use queue::{PostError, ReceiveQueue, SendQueue};
pub use request::{Flags, Op, Payload, ReceiveRequest, Remote, SendRequest, Sge, SgeList};
pub use stag::{Access, Domain, Draft, Fault, NotEnacted, Region, Stag};

/// SMB Direct over iWARP: the TCP port IANA calls `smbdirect`.
pub const SMB_DIRECT_PORT: u16 = 5445;

#[cfg(test)]
mod tests;
