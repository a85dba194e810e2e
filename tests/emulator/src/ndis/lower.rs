//! What protocols bind to: emulated NICs, and the miniports of drivers.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use softrnic::sys::*;

use super::chimney::Target;
use super::lists::List;
use super::offload::Offloads;
use super::protocol::Binding;
use super::succeeded;
use crate::machine::Machine;
use crate::sync::{Mutex, Turn};

/// An Ethernet address.
pub type Mac = [u8; 6];

/// Who it is, for as long as it is there.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// With braces, as people and the registry write it.
    pub(crate) guid: String,
    pub(crate) luid: u64,
    pub(crate) if_index: u32,
}

impl Identity {
    /// The name that protocols open it by.
    pub(crate) fn name(&self) -> String {
        format!("\\DEVICE\\{}", self.guid)
    }
}

/// What NDIS knows of an adapter, for those who bind to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Description {
    pub(crate) mac: Mac,
    /// Bytes behind the Ethernet header.
    pub(crate) mtu: u32,
    /// Bits in a second.
    pub(crate) speed: u64,
    pub(crate) connected: bool,
    pub(crate) filters: u32,
    pub(crate) multicast: u32,
    pub(crate) mac_options: u32,
    pub(crate) connector: bool,
    /// As they are on.
    pub(crate) offloads: Offloads,
    /// How many TCP connections it carries.
    pub(crate) connections: u32,
}

/// What NDIS keeps of each adapter for the protocols above it.
#[derive(Default)]
pub(crate) struct Stack {
    pub(crate) bindings: Mutex<Vec<Arc<Binding>>>,
    /// Its bindings were disabled: nothing binds to it until they are enabled again, whoever asks.
    pub(crate) disabled: AtomicBool,
    /// Pausing and restarting, one at a time.
    pub(crate) turn: Turn,
}

impl Stack {
    pub(crate) fn all(&self) -> Vec<Arc<Binding>> {
        self.bindings.lock().clone()
    }

    /// What any of the bindings wants to see.
    pub(crate) fn filter(&self) -> u32 {
        let own = NDIS_PACKET_TYPE_NO_LOCAL;
        let all = self.bindings.lock();
        all.iter().fold(0, |sum, binding| sum | binding.filter()) & !own
    }

    /// The multicast addresses of all bindings.
    pub(crate) fn multicast(&self) -> Vec<Mac> {
        let mut all: Vec<Mac> = self.all().iter().flat_map(|b| b.multicast()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// All bindings hear of it; of a query, what the first says that refuses.
    pub(crate) fn hear(&self, event: &NET_PNP_EVENT) -> NDIS_STATUS {
        let queries = [NetEventQueryPower, NetEventQueryRemoveDevice];
        for binding in self.all() {
            let status = binding.hear(event);
            if queries.contains(&event.NetEvent) && !succeeded(status) {
                return status;
            }
        }
        NDIS_STATUS_SUCCESS
    }

    pub(crate) fn pause(&self) {
        self.all().iter().for_each(|binding| binding.pause());
    }

    pub(crate) fn restart(&self) {
        self.all().iter().for_each(|binding| binding.restart());
    }
}

/// An adapter as protocols see it.
pub(crate) trait Lower: Send + Sync {
    fn machine(&self) -> &'static Machine;
    fn identity(&self) -> &Identity;
    fn description(&self) -> Description;
    fn stack(&self) -> &Stack;
    /// It sends and receives.
    fn is_running(&self) -> bool;
    /// It goes, or has gone: nobody binds to it any more.
    fn is_leaving(&self) -> bool;
    fn is_asleep(&self) -> bool;
    /// It answers nothing, for it is being reset.
    fn is_resetting(&self) -> bool {
        false
    }
    /// Its medium is Ethernet.
    fn is_ethernet(&self) -> bool {
        true
    }
    /// By the seed, whether something that may happen now or later happens later.
    fn is_late(&self) -> bool;
    /// The lists are the adapter's until it completes them at the binding.
    fn send(&self, binding: &Arc<Binding>, lists: Vec<List>);
    fn cancel_send(&self, id: PVOID);
    /// Lists that were indicated come back.
    fn take_back(&self, lists: &[List]);
    /// PENDING: completed at the binding.
    fn request(&self, binding: &Arc<Binding>, request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS;
    fn cancel_request(&self, id: PVOID);
    /// What carries connections, if it does.
    fn target(&self) -> Option<&dyn Target> {
        None
    }
    /// Lets its thread, if it has one, look whether the machine stops.
    fn wake(&self) {}
}
