//! TCP chimney offload, as NDIS has it between protocols and adapters: operations go down and end upwards, indications
//! go up. A driver in the middle is called from above and below, and must hand on what it gets (CHIM-01..16).
//!
//! [`Host`] is who has connections offloaded, [`Target`] who carries them: a driver, or one of the emulator's own.

mod data;
mod handlers;
pub mod host;
mod indicate;
mod ledger;
mod stack;
mod state;
mod tree;

use std::sync::Arc;

use softrnic::sys::*;

use super::lists::List;
use super::lower::Lower;
use super::protocol::{Above, Binding, Protocol};
use crate::export::Export;
use crate::image::image_at;
use crate::thread;
use crate::verifier::violation;
pub(crate) use data::complete as complete_data;
use data::{
    NdisOffloadTcpDisconnect, NdisOffloadTcpForward, NdisOffloadTcpReceive,
    NdisOffloadTcpReceiveReturn, NdisOffloadTcpSend,
};
use handlers::NdisMGetOffloadHandlers;
pub(super) use handlers::{Client, Provider, set_handlers};
use indicate::NdisMOffloadEventIndicate;
pub(crate) use indicate::{event, neighbor, received};
pub(crate) use ledger::Ledger;
use state::{
    NdisInitiateOffload, NdisInvalidateOffload, NdisMInitiateOffloadComplete,
    NdisMInvalidateOffloadComplete, NdisMQueryOffloadStateComplete, NdisMTerminateOffloadComplete,
    NdisMUpdateOffloadComplete, NdisQueryOffloadState, NdisTerminateOffload, NdisUpdateOffload,
};
pub(crate) use state::{complete as complete_state, nodes};

pub const EXPORTS: &[Export] = crate::exports! {
    "ndis.sys": NdisMGetOffloadHandlers, NdisInitiateOffload, NdisTerminateOffload, NdisUpdateOffload,
        NdisInvalidateOffload, NdisQueryOffloadState, NdisMInitiateOffloadComplete,
        NdisMTerminateOffloadComplete, NdisMUpdateOffloadComplete, NdisMInvalidateOffloadComplete,
        NdisMQueryOffloadStateComplete, NdisMOffloadEventIndicate, NdisOffloadTcpSend,
        NdisOffloadTcpReceive, NdisOffloadTcpDisconnect, NdisOffloadTcpForward,
        NdisOffloadTcpReceiveReturn
};

/// A node of a tree, as miniports see it.
pub(crate) type Node = *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST;
/// The same, as protocols see it.
pub(crate) type NodeAbove = *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST;
/// An offloaded object, as who offloaded it knows it.
pub(crate) type Handle = *mut NDIS_OFFLOAD_HANDLE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Initiate,
    Terminate,
    Update,
    Invalidate,
    Query,
    Send,
    Receive,
    Disconnect,
    Forward,
}

/// An adapter that carries connections for those above it.
pub(crate) trait Target {
    /// The tree is its until it completes it.
    fn state(&self, operation: Operation, root: Node);
    /// The lists are its until it completes them. `connection` is where its own context is.
    fn data(&self, operation: Operation, connection: PVOID, first: List, flags: u32)
    -> NDIS_STATUS;
    /// Lists that it indicated come back.
    fn take_back_data(&self, first: List);
}

/// A protocol of the emulator's own that has connections offloaded.
pub(crate) trait Host {
    fn state_done(&self, operation: Operation, root: NodeAbove);
    fn data_done(&self, operation: Operation, lists: &[List]);
    fn event(&self, handle: Handle, event: u32, information: u32);
    /// Data for a connection: whether the list is kept, and how much was taken.
    fn received(&self, binding: &Arc<Binding>, handle: Handle, list: List) -> (NDIS_STATUS, u32);
    fn neighbor(&self, node: NodeAbove, code: u32);
}

/// CHIM-15.
fn no_lock_held(call: &str) {
    if !thread::current().held_locks().is_empty() {
        violation("CHIM-15", &format!("{call} with a spin lock held"));
    }
}

impl Protocol {
    /// Whether its driver is an adapter's as well, to which connections are offloaded.
    fn is_in_the_middle(&self, lower: &dyn Lower) -> bool {
        let Above::Driver(handlers) = &self.above else {
            return false;
        };
        let bind = handlers.BindAdapterHandlerEx.map_or(0, |f| f as usize);
        let Some(image) = image_at(bind) else {
            return false;
        };
        let drivers = lower.machine().ndis.drivers().clone();
        let (base, end) = (image.base, image.base + image.size);
        let own = drivers.iter().find(|driver| driver.is_within(base, end));
        own.is_some_and(|driver| driver.provider.lock().is_whole())
    }
}
