//! An NDK consumer, as a kernel driver above softrnic would be one.
//!
//! It opens adapters the way Windows lets a consumer open them, calls the provider only through
//! its dispatch tables, waits for what pends, and gives every callback back to the caller's
//! closures. The closures of CQ notifications, connect events and disconnect events run where
//! the provider calls them, at up to DISPATCH_LEVEL: they may call any NDK function and must not
//! block.
//!
//! Threads that call into this crate must be attached to the adapter's emulated machine.

#![expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "pointers are passed on to the provider as they are, those that tests break included"
)]

mod adapter;
mod connector;
mod cq;
mod host;
mod inbox;
mod lam;
mod listener;
mod memory;
mod mw;
mod patience;
mod pd;
mod pending;
mod qp;
mod shared_endpoint;
mod srq;
mod status;
mod timeline;

pub use adapter::Adapter;
pub use connector::{ConnectParameters, ConnectionData, Connector, decode_address, encode_address};
pub use cq::{Cq, CqHandle, LentCq};
pub use host::{Host, HostError, Loaded};
pub use inbox::{Arrival, Completed, Inbox};
pub use lam::{Built, FastRegister, LAM_HEADER, Lam, build as build_lam, logical_sge};
pub use listener::Listener;
pub use memory::Buffer;
pub use mw::Mw;
pub use patience::{GaveUp, Patience, SLICE};
pub use pd::{Mr, Pd};
pub use pending::{Pending, Request, patience};
pub use qp::{Qp, QpHandle, QpLimits};
pub use shared_endpoint::SharedEndpoint;
pub use srq::Srq;
pub use status::{NtStatus, name};
pub use timeline::{Entry, Timeline};

pub use softrnic::sys as abi;
