//! What the frame path decides and counts, as plain values: no pointer, no kernel, so it is tested
//! on any host. [`nbl`](super::nbl) reads frames and moves them; here it is said which and how many.

mod counters;
mod filter;
mod interface;
mod link;
mod table;

#[cfg(test)]
mod tests;

pub(super) use self::{
    counters::{Counters, Tally, Totals},
    filter::{Filter, Groups, Header, Kind},
    interface::InterfaceGuid,
    link::{Link, Media},
    table::{NotPaired, Table},
};

/// An Ethernet address.
pub(super) type Address = [u8; 6];
