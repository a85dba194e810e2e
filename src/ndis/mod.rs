//! The network adapter as NDIS sees it.
//!
//! `upper/` is the miniport: the adapter's life, its requests, and the switch for Network Direct.
//! [`dispatch`] is where NDIS calls in and where NDIS and netio are called; [`nbl`] is the only file
//! that follows net buffer lists. Everything else is safe code.

mod dispatch;
mod nbl;
mod upper;

pub(crate) use dispatch::Registration;

/// The driver's version, as NDIS asks for it.
const VERSION_MAJOR: u8 = 0;
const VERSION_MINOR: u8 = 1;
