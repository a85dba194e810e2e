//! The Network Direct provider: one file per NDK object.
//!
//! `ndis` opens and closes adapters here and lends them a [`host::Host`]; consumers come in through
//! `dispatch`, the only place besides `object` that follows pointers. What objects do is in the file
//! of their name, over `transport`'s endpoints and listeners and `rdma`'s queues.

mod address;
mod pages;
pub(crate) mod port;
mod private_data;
pub(crate) mod version;

#[cfg(target_os = "windows")]
mod adapter;
#[cfg(target_os = "windows")]
mod connector;
#[cfg(target_os = "windows")]
mod cq;
#[cfg(target_os = "windows")]
mod dispatch;
#[cfg(target_os = "windows")]
mod extension;
#[cfg(target_os = "windows")]
mod fast_register;
#[cfg(target_os = "windows")]
mod front;
#[cfg(target_os = "windows")]
pub(crate) mod host;
#[cfg(target_os = "windows")]
mod lam;
#[cfg(target_os = "windows")]
mod later;
#[cfg(target_os = "windows")]
mod listener;
#[cfg(target_os = "windows")]
pub(crate) mod listing;
#[cfg(target_os = "windows")]
mod memory;
#[cfg(target_os = "windows")]
mod mr;
#[cfg(target_os = "windows")]
mod mw;
#[cfg(target_os = "windows")]
mod object;
#[cfg(target_os = "windows")]
mod pd;
#[cfg(target_os = "windows")]
mod qp;
#[cfg(target_os = "windows")]
mod shared_endpoint;
#[cfg(target_os = "windows")]
mod srq;
#[cfg(target_os = "windows")]
mod status;

#[cfg(target_os = "windows")]
pub(crate) use adapter::OpenError;
#[cfg(target_os = "windows")]
pub(crate) use dispatch::{
    adapter::{close, open},
    capabilities as info,
};
