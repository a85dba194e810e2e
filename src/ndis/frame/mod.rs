//! What the frame path decides and counts, as plain values: no pointer, no kernel, so it is tested
//! on any host. [`nbl`](super::nbl) reads frames and moves them; here it is said which and how many.

mod counters;
mod filter;
mod interface;
mod link;
mod offload;
mod rights;
mod table;

#[cfg(test)]
mod offload_tests;
#[cfg(test)]
mod tests;

pub(super) use self::{
    counters::{Counters, Tally, Totals},
    filter::{Filter, Groups, Header, Kind},
    interface::InterfaceGuid,
    link::{Link, Media},
    offload::{
        Checksums, FAMILIES, LargeSends, Offloads, PLAIN, Senseless, Switches, Ways,
        is_encapsulation,
    },
    rights::{Asked, Given, Rights, Tagging},
    table::{NotPaired, Table},
};

/// An Ethernet address.
pub(super) type Address = [u8; 6];
