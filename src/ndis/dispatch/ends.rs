//! The handles of both edges of a pair, and the pool its lists are cloned from.

use core::sync::atomic::{AtomicPtr, Ordering};

use super::{Handle, binding::Opening, header};
use crate::ndis::pair::Passing;
use crate::nt::{Result, Status};
use crate::sys;

/// Net buffer lists made ahead (NDIS-NBL-12). Freed with the last of them given back.
pub(crate) struct Pool(sys::NDIS_HANDLE);

// SAFETY: an NDIS handle belongs to no thread.
unsafe impl Send for Pool {}
// SAFETY: NDIS serialises what it must.
unsafe impl Sync for Pool {}

/// As pool listings show it.
const TAG: u32 = u32::from_le_bytes(*b"sRnb");

impl Pool {
    /// Of one adapter. `PASSIVE_LEVEL`.
    pub(crate) fn create(adapter: &Handle) -> Result<Self> {
        let mut parameters = sys::NET_BUFFER_LIST_POOL_PARAMETERS {
            Header: header(
                sys::NDIS_OBJECT_TYPE_DEFAULT,
                sys::NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                sys::NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
            ),
            ProtocolId: sys::NDIS_PROTOCOL_ID_DEFAULT,
            fAllocateNetBuffer: 1,
            ContextSize: 0,
            PoolTag: TAG,
            DataSize: 0,
        };
        // SAFETY: the adapter handle is alive, and NDIS copies the parameters.
        let pool =
            unsafe { sys::NdisAllocateNetBufferListPool(adapter.raw(), &raw mut parameters) };
        if pool.is_null() {
            return Err(Status::INSUFFICIENT_RESOURCES);
        }
        Ok(Self(pool))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: made once, freed once; the adapter is detached, so no clone is out.
        unsafe { sys::NdisFreeNetBufferListPool(self.0) };
    }
}

/// # Invariants
/// The pair's valve is shut for the adapter whenever `adapter` and `pool` are written or dead, and
/// for the NIC whenever `binding` is: opening it publishes what was written.
#[derive(Default)]
pub(crate) struct Ends {
    adapter: AtomicPtr<sys::c_void>,
    pool: AtomicPtr<sys::c_void>,
    binding: AtomicPtr<sys::c_void>,
}

impl Ends {
    /// The adapter outlives what passes: its pause waits for that.
    pub(in crate::ndis) fn set_upper(&self, adapter: &Handle, pool: &Pool) {
        self.adapter.store(adapter.raw(), Ordering::Relaxed);
        self.pool.store(pool.0, Ordering::Relaxed);
    }

    /// As the adapter, the binding.
    pub(in crate::ndis) fn set_lower(&self, binding: &Opening) {
        self.binding.store(binding.raw(), Ordering::Relaxed);
    }

    /// The adapter's handle, to those who know by other means that it is alive.
    pub(super) fn adapter(&self) -> sys::NDIS_HANDLE {
        self.adapter.load(Ordering::Relaxed)
    }
}

/// The handles, to those who pass.
pub(in crate::ndis) struct Open {
    pub(in crate::ndis) adapter: sys::NDIS_HANDLE,
    pub(in crate::ndis) pool: sys::NDIS_HANDLE,
    pub(in crate::ndis) binding: sys::NDIS_HANDLE,
}

impl Open {
    pub(in crate::ndis) fn of(passing: &Passing<'_>) -> Self {
        let ends = passing.pair().ends();
        Self {
            adapter: ends.adapter(),
            pool: ends.pool.load(Ordering::Relaxed),
            binding: ends.binding.load(Ordering::Relaxed),
        }
    }
}

/// NDIS-NBL-04: what carries this id and was not sent yet comes back. Without a NIC there is
/// nothing to cancel. `<= DISPATCH_LEVEL`.
pub(super) fn cancel_sends(passing: &Passing<'_>, id: sys::PVOID) {
    // SAFETY: the binding is open while somebody passes.
    unsafe { sys::NdisCancelSendNetBufferLists(Open::of(passing).binding, id) };
}
