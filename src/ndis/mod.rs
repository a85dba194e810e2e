//! The network adapter as NDIS sees it.
//!
//! `upper/` is the miniport: the adapter's life, its requests, and the switch for Network Direct.
//! `lower/` is the protocol: bindings to the NICs that adapters are paired with. What both share,
//! and what passes between them, is a [`pair`]; [`frame`] decides and counts.
//! [`dispatch`] is where NDIS calls in and where NDIS and netio are called; [`nbl`] is the only file
//! that follows net buffer lists. Everything else is safe code.

#[cfg(target_os = "windows")]
mod dispatch;
mod frame;
#[cfg(target_os = "windows")]
mod lower;
#[cfg(target_os = "windows")]
mod nbl;
#[cfg(target_os = "windows")]
mod pair;
#[cfg(target_os = "windows")]
mod upper;

#[cfg(target_os = "windows")]
pub(crate) use dispatch::Registration;

/// The driver's version, as NDIS asks for it.
const VERSION_MAJOR: u8 = 0;
const VERSION_MINOR: u8 = 1;
