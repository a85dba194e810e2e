//! What adapters receive goes to the bindings whose packet filters want it; and comes back. NDIS-PROT-06, NDIS-NBL-05.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::lists::{self, List, Shape};
use super::super::lower::{Lower, Mac};
use super::Above;
use super::binding::{Binding, Life};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// Whether an Ethernet frame to `to` passes a packet filter.
pub(crate) fn passes(filter: u32, multicast: &[Mac], own: Mac, to: Mac) -> bool {
    let wants = |kind| filter & kind != 0;
    if wants(NDIS_PACKET_TYPE_PROMISCUOUS) {
        return true;
    }
    if to == [0xFF; 6] {
        return wants(NDIS_PACKET_TYPE_BROADCAST);
    }
    if to[0] & 1 == 0 {
        return wants(NDIS_PACKET_TYPE_DIRECTED) && to == own;
    }
    wants(NDIS_PACKET_TYPE_ALL_MULTICAST)
        || wants(NDIS_PACKET_TYPE_MULTICAST) && multicast.contains(&to)
}

/// Whom a list is for.
unsafe fn destination(list: List) -> Mac {
    let mut to = [0; 6];
    // SAFETY: the caller's list has a net buffer with data.
    let pieces = unsafe { lists::pieces((*list).FirstNetBuffer) };
    let mut at = 0;
    for (start, count) in pieces.unwrap_or_default() {
        let here = count.min(to.len() - at);
        // SAFETY: within the piece and the address.
        unsafe { std::ptr::copy_nonoverlapping(start, to.as_mut_ptr().add(at), here) };
        at += here;
    }
    to
}

/// Indicates lists of `lower`'s to the bindings above it. Without RESOURCES they come back through
/// [`Lower::take_back`], now or later; each is owned by one binding, and others only see it during a call.
pub(crate) fn indicate(lower: &dyn Lower, lists: &[List], flags: u32) {
    let bindings = lower.stack().all();
    let own = lower.description().mac;
    let wanted = |binding: &Arc<Binding>, list: List| {
        // SAFETY: the adapter's list, which nobody else has.
        let to = unsafe { destination(list) };
        passes(binding.filter(), &binding.multicast(), own, to)
    };
    let mut nobody = Vec::new();
    // Who owns each list: the last who wants it.
    let last: Vec<Option<usize>> = lists
        .iter()
        .map(|&list| bindings.iter().rposition(|binding| wanted(binding, list)))
        .collect();
    for (index, binding) in bindings.iter().enumerate() {
        let mut run: Vec<List> = Vec::new();
        let mut run_owns = false;
        for (&list, &owner) in lists.iter().zip(&last) {
            let owns = owner == Some(index);
            if !owns && (owner.is_none_or(|owner| owner < index) || !wanted(binding, list)) {
                continue;
            }
            if owns != run_owns && !run.is_empty() {
                nobody.extend(binding.receive(&std::mem::take(&mut run), flags, run_owns));
            }
            run_owns = owns;
            run.push(list);
        }
        if !run.is_empty() {
            nobody.extend(binding.receive(&run, flags, run_owns));
        }
    }
    let unwanted = lists.iter().zip(&last).filter(|(_, owner)| owner.is_none());
    nobody.extend(unwanted.map(|(&list, _)| list));
    if flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0 && !nobody.is_empty() {
        lower.take_back(&nobody);
    }
}

impl Binding {
    /// Gives lists to the protocol, to keep (`owns`, and not RESOURCES) or to look at; those it was to keep and does not
    /// take because it is paused.
    fn receive(self: &Arc<Self>, lists: &[List], flags: u32, owns: bool) -> Vec<List> {
        let takes = |life| matches!(life, Life::Restarting | Life::Running | Life::Pausing);
        if !self.begin_indication(takes) {
            return if owns { lists.to_vec() } else { Vec::new() };
        }
        let keeps = owns && flags & NDIS_RECEIVE_FLAGS_RESOURCES == 0;
        let all = || {
            lists.iter().map(|&list| {
                // SAFETY: the adapter's lists.
                unsafe { Shape::of(list) }
            })
        };
        let shapes: Vec<Shape> = all().collect();
        if keeps {
            let mut inside = self.inside();
            let named = lists
                .iter()
                .map(|&list| list as usize)
                .zip(shapes.iter().cloned());
            inside.received.extend(named);
            drop(inside);
            lists
                .iter()
                .for_each(|&list| _ = self.machine.ndis.lend(list));
        }
        let flags = match keeps {
            true => flags,
            false => flags | NDIS_RECEIVE_FLAGS_RESOURCES,
        };
        // SAFETY: the adapter's lists.
        let first = unsafe { lists::link(lists) };
        self.call_receive(first, lists, flags);
        // SAFETY: what was not to be kept is still the adapter's.
        if !keeps && (unsafe { lists::chain(first) } != lists || !all().eq(shapes)) {
            violation(
                "NDIS-PROT-06",
                "lists received with RESOURCES are not as they were when the protocol returns",
            );
        }
        self.end_indication();
        Vec::new()
    }

    fn call_receive(self: &Arc<Self>, first: List, lists: &[List], flags: u32) {
        match &self.protocol.above {
            Above::Native(native) => native.receive(self, lists, flags),
            Above::Driver(handlers) => {
                let Some(handler) = handlers.ReceiveNetBufferListsHandler else {
                    return;
                };
                let (port, count) = (NDIS_DEFAULT_PORT_NUMBER, lists.len() as u32);
                bridge::callback("ProtocolReceiveNetBufferLists", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(self.context, first, port, count, flags) }
                });
            }
        }
    }

    fn expect_received(&self, list: List) {
        if !self.inside().received.contains_key(&(list as usize)) {
            violation(
                "NDIS-PROT-06",
                "a net buffer list is returned that was not to be kept, or is returned twice",
            );
        }
    }

    /// The protocol is done with lists that it kept.
    pub(crate) fn return_lists(&self, lists: &[List]) {
        for &list in lists {
            self.expect_received(list);
            let shape = self.inside().received.remove(&(list as usize));
            // SAFETY: it was lent, and is given back now.
            if shape != Some(unsafe { Shape::of(list) }) {
                violation(
                    "NDIS-PROT-06",
                    "a received net buffer list, or its data, is returned changed",
                );
            }
            self.machine.ndis.give_back(list);
        }
        self.changed.notify_all();
        self.lower.take_back(lists);
    }
}

/// At most DISPATCH_LEVEL. Each list that was received without RESOURCES, once.
pub(in crate::ndis) unsafe extern "win64" fn NdisReturnNetBufferLists(
    handle: NDIS_HANDLE,
    first: List,
    flags: u32,
) {
    let call = "NdisReturnNetBufferLists";
    let thread = thread::enter("NdisReturnNetBufferLists", DISPATCH_LEVEL);
    lists::no_lock_held(call);
    lists::expect_level(call, flags & NDIS_RETURN_FLAGS_DISPATCH_LEVEL != 0);
    let binding = thread.machine.ndis.binding(handle, call);
    let mut lists = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // What is not the driver's is not even looked at.
        binding.expect_received(next);
        lists.push(next);
        // SAFETY: it was lent to the driver.
        next = unsafe { (*next).Next };
    }
    binding.return_lists(&lists);
}
