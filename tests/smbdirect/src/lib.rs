//! SMB Direct (MS-SMBD) as a consumer of NDK, both ends.
//!
//! - [`wire`]: the messages. [`machine`]: the protocol of one connection, with no I/O, threads or clock.
//! - [`channel`]: one connection, as the NDK objects carry it, and the memory that it lends the peer.
//! - [`share`]: what SMB itself would do above, as far as the transport is concerned: a file that is read and written by
//!   requests with buffer descriptors, over one channel or several of a session.
//!
//! Used by the behaviour tests and by the demo. Threads that call into this crate must be attached to the adapter's
//! emulated machine.

#![forbid(unsafe_code)]

pub mod channel;
pub mod machine;
pub mod share;
pub mod wire;

pub use channel::{Access, Channel, ChannelError, Loan, Mapped, Message};
pub use machine::{Agreed, Event, Machine, Outgoing, SendError, Settings, Transmit, Violation};
