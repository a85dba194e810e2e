//! softrnic: an RDMA NIC in software for Windows Server.
//!
//! One kernel driver that NDIS sees as a network adapter and that NDK consumers (SMB Direct
//! first) see as a Network Direct provider. It speaks iWARP (RFC 5040, 5041, 5044, 6581) over
//! kernel TCP (Winsock Kernel).
//!
//! Calls go down, `driver → ndis → ndk → transport → {iwarp, wsk}`; what comes up is a return
//! value, one trait (`transport::Events`), then the consumer's callback.
//! `docs/architecture.md` has the layers and who may import whom.
//!
//! Off Windows this is an ordinary library of the layers that need no kernel, so that they
//! build and test on any host.

#![cfg_attr(target_os = "windows", no_std)]

pub mod crc32c;
pub mod iwarp;
pub mod rdma;
pub mod sync;
pub mod sys;

#[cfg(target_os = "windows")]
mod driver;
#[cfg(any(target_os = "windows", test))]
#[cfg_attr(
    not(target_os = "windows"),
    expect(
        dead_code,
        unused_imports,
        reason = "off Windows only the frame path's decisions are there, for their tests"
    )
)]
mod ndis;
#[cfg_attr(
    not(target_os = "windows"),
    allow(dead_code, reason = "off Windows only the tests use its pure parts")
)]
mod ndk;
#[cfg(target_os = "windows")]
mod nt;
#[cfg(any(target_os = "windows", test))]
#[cfg_attr(
    not(target_os = "windows"),
    expect(
        dead_code,
        unused_imports,
        reason = "its sockets are there on Windows only"
    )
)]
mod transport;
#[cfg(target_os = "windows")]
mod wsk;

// The conversions need no kernel: their tests run on any host.
#[cfg(all(test, not(target_os = "windows")))]
#[path = "wsk/address.rs"]
mod wsk_address;
