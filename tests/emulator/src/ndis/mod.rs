//! NDIS for one miniport driver and its adapters: registration, the adapter's states, OIDs, sends,
//! configuration and events, each with the rules that bind the driver checked.
//!
//! The host drives it through [`Machine::add_adapter`](crate::Machine::add_adapter) and
//! [`Adapter`]: what PnP, protocols and administrators do on Windows.

mod above;
mod adapter;
mod attributes;
pub mod chimney;
mod configuration;
mod driver;
mod event;
pub mod list_pool;
pub(crate) mod lists;
pub(crate) mod lower;
mod miniport;
mod nbl;
pub mod offload;
mod oid;
mod pnp;
pub(crate) mod protocol;
mod slot;
#[cfg(test)]
pub(crate) mod tests;
mod watcher;

use crate::sync::{Mutex, MutexGuard};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use softrnic::sys::{NDIS_HANDLE, NDIS_STATUS};

use crate::export::Export;
use crate::machine::Machine;
use crate::verifier::violation;
pub use adapter::{Adapter, AdapterOptions};
use attributes::NdisMSetMiniportAttributes;
pub use attributes::NdkAttributes;
pub use chimney::host::{Connection, Ended, OffloadStack, Under};
pub use configuration::Keyword;
use configuration::{
    NdisCloseConfiguration, NdisOpenConfigurationEx, NdisReadConfiguration, NdisReadNetworkAddress,
};
use driver::{
    MiniportDriver, NdisMDeregisterMiniportDriver, NdisMRegisterMiniportDriver,
    NdisSetOptionalHandlers,
};
use event::{NdisMIndicateStatusEx, NdisMNetPnPEvent};
use list_pool::{
    Clones, ListPool, NdisAllocateCloneNetBufferList, NdisAllocateNetBufferAndNetBufferList,
    NdisAllocateNetBufferListPool, NdisCopyReceiveNetBufferListInfo, NdisCopySendNetBufferListInfo,
    NdisFreeCloneNetBufferList, NdisFreeNetBufferList, NdisFreeNetBufferListPool,
    NdisGetDataBuffer,
};
use lower::Lower;
pub(crate) use miniport::{LifeState, Miniport};
use nbl::{NdisMIndicateReceiveNetBufferLists, NdisMSendNetBufferListsComplete};
pub use oid::OidAnswer;
pub(crate) use oid::is_inside as is_inside_request;
use oid::{NdisMDirectOidRequestComplete, NdisMOidRequestComplete};
use pnp::Pnp;
use protocol::{
    Binding, NdisAllocateCloneOidRequest, NdisCancelOidRequest, NdisCancelSendNetBufferLists,
    NdisCloseAdapterEx, NdisCompleteBindAdapterEx, NdisCompleteNetPnPEvent,
    NdisCompleteUnbindAdapterEx, NdisDeregisterProtocolDriver, NdisFreeCloneOidRequest,
    NdisOidRequest, NdisOpenAdapterEx, NdisReEnumerateProtocolBindings, NdisRegisterProtocolDriver,
    NdisReturnNetBufferLists, NdisSendNetBufferLists, NdisUnbindAdapter, Operation, Protocol,
};
use slot::{NdisMPauseComplete, NdisMRestartComplete};
pub use watcher::{Heard, Sending, Watcher};

pub const EXPORTS: &[Export] = crate::exports! {
    "ndis.sys": NdisMRegisterMiniportDriver, NdisMDeregisterMiniportDriver, NdisSetOptionalHandlers,
        NdisMSetMiniportAttributes, NdisMPauseComplete, NdisMRestartComplete, NdisMOidRequestComplete,
        NdisMDirectOidRequestComplete, NdisMSendNetBufferListsComplete, NdisMIndicateReceiveNetBufferLists,
        NdisMIndicateStatusEx, NdisMNetPnPEvent, NdisOpenConfigurationEx, NdisCloseConfiguration,
        NdisReadConfiguration, NdisReadNetworkAddress, NdisRegisterProtocolDriver,
        NdisDeregisterProtocolDriver, NdisReEnumerateProtocolBindings, NdisOpenAdapterEx,
        NdisCloseAdapterEx, NdisCompleteBindAdapterEx, NdisCompleteUnbindAdapterEx,
        NdisCompleteNetPnPEvent, NdisUnbindAdapter, NdisOidRequest, NdisCancelOidRequest,
        NdisAllocateCloneOidRequest, NdisFreeCloneOidRequest, NdisSendNetBufferLists,
        NdisCancelSendNetBufferLists, NdisReturnNetBufferLists, NdisAllocateNetBufferListPool,
        NdisFreeNetBufferListPool, NdisAllocateNetBufferAndNetBufferList, NdisFreeNetBufferList,
        NdisAllocateCloneNetBufferList, NdisFreeCloneNetBufferList, NdisCopySendNetBufferListInfo,
        NdisCopyReceiveNetBufferListInfo, NdisGetDataBuffer
};

/// Told when NDK of an adapter is enabled or disabled: consumers close their adapters then.
pub type NdkStateHook = Box<dyn Fn(u32, bool) + Send + Sync>;

/// The NDIS state of a machine.
#[derive(Default)]
pub struct State {
    drivers: Mutex<Vec<Arc<MiniportDriver>>>,
    adapters: Mutex<Vec<Arc<Miniport>>>,
    ndk_hook: Mutex<Option<Arc<NdkStateHook>>>,
    events_to_refuse: AtomicU32,
    refused: Mutex<HashSet<&'static str>>,
    next_interface: AtomicU32,
    protocols: Mutex<Vec<Arc<Protocol>>>,
    /// All there ever were: a handle is known after its close.
    bindings: Mutex<Vec<Arc<Binding>>>,
    operations: Mutex<Vec<Arc<Operation>>>,
    /// Emulated NICs.
    nics: Mutex<Vec<Arc<dyn Lower>>>,
    pnp: Pnp,
    list_pools: Mutex<Vec<Arc<ListPool>>>,
    clones: Mutex<Clones>,
    /// Lists that somebody else has than who allocated them.
    lent: Mutex<HashSet<usize>>,
    oid_clones: Mutex<HashSet<usize>>,
    pub(crate) chimney: chimney::Ledger,
}

impl State {
    fn drivers(&self) -> MutexGuard<'_, Vec<Arc<MiniportDriver>>> {
        self.drivers.lock()
    }

    fn adapters(&self) -> MutexGuard<'_, Vec<Arc<Miniport>>> {
        self.adapters.lock()
    }

    /// Calls `hook(if_index, enabled)` when a driver enables or disables NDK, or an adapter with
    /// open NDK adapters is about to halt. Disabling waits until consumers have closed theirs.
    pub fn on_ndk_state(&self, hook: impl Fn(u32, bool) + Send + Sync + 'static) {
        *self.ndk_hook.lock() = Some(Arc::new(Box::new(hook)));
    }

    /// The next `count` calls of `NdisMNetPnPEvent` fail with NDIS_STATUS_RESOURCES.
    pub fn refuse_events(&self, count: u32) {
        self.events_to_refuse.store(count, Ordering::Relaxed);
    }

    /// The next call of this function fails with NDIS_STATUS_RESOURCES: one of those that register or open.
    pub fn refuse(&self, function: &'static str) {
        self.refused.lock().insert(function);
    }

    fn fails(&self, function: &'static str) -> bool {
        self.refused.lock().remove(function) || crate::sched::fails(function)
    }

    /// This is a Windows without TCP chimney offload.
    pub fn take_chimney_out(&self) {
        self.chimney.take_out();
    }

    fn refuses_event(&self) -> bool {
        let left = &self.events_to_refuse;
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    }

    fn tell_ndk_state(&self, if_index: u32, enabled: bool) {
        let hook = self.ndk_hook.lock().clone();
        if let Some(hook) = hook {
            hook(if_index, enabled);
        }
    }

    /// The interface indices of the adapters, in the order in which they were made.
    #[must_use]
    pub fn interfaces(&self) -> Vec<u32> {
        self.adapters()
            .iter()
            .map(|adapter| adapter.if_index)
            .collect()
    }

    /// The adapter with this interface index.
    pub(crate) fn adapter_by_index(&self, if_index: u32) -> Option<Arc<Miniport>> {
        self.adapters()
            .iter()
            .find(|adapter| adapter.if_index == if_index)
            .cloned()
    }

    /// The adapter behind the handle a driver passes.
    fn adapter(&self, handle: NDIS_HANDLE, call: &str) -> Arc<Miniport> {
        let found = self
            .adapters()
            .iter()
            .find(|adapter| std::ptr::eq(Arc::as_ptr(adapter), handle.cast()))
            .cloned();
        found.unwrap_or_else(|| {
            violation(
                "NDIS-LIFE-12",
                &format!("{call} with a handle that is no adapter (halted?)"),
            )
        })
    }

    fn driver(&self, handle: NDIS_HANDLE, call: &str) -> Arc<MiniportDriver> {
        let found = self
            .drivers()
            .iter()
            .find(|driver| std::ptr::eq(Arc::as_ptr(driver), handle.cast()))
            .cloned();
        found.unwrap_or_else(|| {
            violation(
                "NDIS-REG-08",
                &format!("{call} with a handle that is no driver"),
            )
        })
    }

    /// Everything that protocols may bind to, NICs first.
    fn lowers(&self) -> Vec<Arc<dyn Lower>> {
        let mut all: Vec<Arc<dyn Lower>> = self.nics.lock().clone();
        let adapters = self.adapters().clone();
        all.extend(
            adapters
                .into_iter()
                .map(|adapter| adapter as Arc<dyn Lower>),
        );
        all
    }

    /// Offers an adapter to every protocol.
    pub(crate) fn offer(&self, machine: &'static Machine, lower: &Arc<dyn Lower>) {
        let protocols = self.protocols.lock().clone();
        for protocol in protocols {
            self.pnp.bind(machine, &protocol, lower);
        }
    }

    /// Unbinds all protocols from an adapter, and waits for that.
    pub(crate) fn unbind_all(&self, machine: &'static Machine, lower: &dyn Lower) {
        if self.protocols.lock().is_empty() {
            return;
        }
        self.pnp.settle(machine);
        for binding in lower.stack().all() {
            self.pnp.unbind(machine, &binding);
        }
        self.pnp.settle(machine);
    }

    /// An emulated NIC is there.
    pub(crate) fn add_nic(&self, machine: &'static Machine, nic: &Arc<dyn Lower>) {
        self.nics.lock().push(Arc::clone(nic));
        self.offer(machine, nic);
    }

    /// It goes: nothing is bound to it any more, and it is forgotten.
    pub(crate) fn remove_nic(&self, machine: &'static Machine, nic: &Arc<dyn Lower>) {
        self.unbind_all(machine, &**nic);
        self.nics.lock().retain(|other| !Arc::ptr_eq(other, nic));
    }

    /// An interface index nobody has.
    pub(crate) fn free_index(&self) -> u32 {
        self.next_interface.fetch_add(1, Ordering::AcqRel) + 2
    }

    /// Waits until protocols are bound to what they want, and unbound from what goes. The caller is a thread of the machine
    /// at PASSIVE_LEVEL.
    pub fn settle(&self, machine: &Machine) {
        self.pnp.settle(machine);
    }

    /// Whether a driver has a protocol.
    #[must_use]
    pub fn has_protocol(&self) -> bool {
        !self.protocols.lock().is_empty()
    }

    /// Lets the threads look whether the machine stops.
    pub(crate) fn wake(&self) {
        self.pnp.wake();
        self.nics.lock().iter().for_each(|nic| nic.wake());
    }

    /// Whether NDIS gave this handle to a driver.
    fn is_handle(&self, handle: NDIS_HANDLE) -> bool {
        let is = |address: *const ()| std::ptr::eq(address, handle.cast());
        self.adapters().iter().any(|it| is(Arc::as_ptr(it).cast()))
            || self.drivers().iter().any(|it| is(Arc::as_ptr(it).cast()))
            || self
                .protocols
                .lock()
                .iter()
                .any(|it| is(Arc::as_ptr(it).cast()))
            || self
                .bindings
                .lock()
                .iter()
                .any(|it| is(Arc::as_ptr(it).cast()))
    }

    /// What a driver whose image spans `[base, end)` must have undone when it is unloaded.
    pub(crate) fn check_unloaded(&self, base: usize, end: usize) {
        if self
            .drivers()
            .iter()
            .any(|driver| driver.is_within(base, end))
        {
            violation(
                "NDIS-REG-08",
                "the driver was unloaded with its miniport driver registered",
            );
        }
        let protocols = self.protocols.lock().clone();
        if protocols
            .iter()
            .any(|protocol| protocol.is_within(base, end))
        {
            violation(
                "NDIS-REG-08",
                "the driver was unloaded with its protocol registered",
            );
        }
        let pools = self.list_pools.lock().clone();
        if pools.iter().any(|pool| pool.is_within(base, end)) {
            violation(
                "NDIS-NBL-POOL",
                "the driver was unloaded with a pool of net buffer lists",
            );
        }
    }
}

/// An interface's GUID, as the registry writes it.
pub(crate) fn guid(kind: &str, if_index: u32) -> String {
    format!("{{5F6C1A00-{kind}-4E44-8953-0000{if_index:08X}}}")
}

/// `NT_SUCCESS` for NDIS.
fn succeeded(status: NDIS_STATUS) -> bool {
    status >= 0
}
