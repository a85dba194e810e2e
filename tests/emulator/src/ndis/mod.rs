//! NDIS for one miniport driver and its adapters: registration, the adapter's states, OIDs, sends,
//! configuration and events, each with the rules that bind the driver checked.
//!
//! The host drives it through [`Machine::add_adapter`](crate::Machine::add_adapter) and
//! [`Adapter`]: what PnP, protocols and administrators do on Windows.

mod adapter;
mod attributes;
mod configuration;
mod driver;
mod event;
mod miniport;
mod nbl;
mod oid;
mod slot;
#[cfg(test)]
pub(crate) mod tests;

use crate::sync::{Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use softrnic::sys::{NDIS_HANDLE, NDIS_STATUS};

use crate::export::Export;
use crate::verifier::violation;
pub use adapter::{Adapter, AdapterOptions};
use attributes::NdisMSetMiniportAttributes;
pub use attributes::NdkAttributes;
pub use configuration::Keyword;
use configuration::{
    NdisCloseConfiguration, NdisOpenConfigurationEx, NdisReadConfiguration, NdisReadNetworkAddress,
};
use driver::{
    MiniportDriver, NdisMDeregisterMiniportDriver, NdisMRegisterMiniportDriver,
    NdisSetOptionalHandlers,
};
use event::{NdisMIndicateStatusEx, NdisMNetPnPEvent};
pub(crate) use miniport::{LifeState, Miniport};
use nbl::{NdisMIndicateReceiveNetBufferLists, NdisMSendNetBufferListsComplete};
pub use oid::OidAnswer;
use oid::{NdisMDirectOidRequestComplete, NdisMOidRequestComplete};
use slot::{NdisMPauseComplete, NdisMRestartComplete};

pub const EXPORTS: &[Export] = crate::exports! {
    "ndis.sys": NdisMRegisterMiniportDriver, NdisMDeregisterMiniportDriver, NdisSetOptionalHandlers,
        NdisMSetMiniportAttributes, NdisMPauseComplete, NdisMRestartComplete, NdisMOidRequestComplete,
        NdisMDirectOidRequestComplete, NdisMSendNetBufferListsComplete, NdisMIndicateReceiveNetBufferLists,
        NdisMIndicateStatusEx, NdisMNetPnPEvent, NdisOpenConfigurationEx, NdisCloseConfiguration,
        NdisReadConfiguration, NdisReadNetworkAddress
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
    next_interface: AtomicU32,
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
    }
}

/// `NT_SUCCESS` for NDIS.
fn succeeded(status: NDIS_STATUS) -> bool {
    status >= 0
}
