//! Deferred calls at DISPATCH_LEVEL, soon, on this processor or a chosen one.

use core::{cell::UnsafeCell, ptr};

use wdk_sys::{
    _KDPC_IMPORTANCE::MediumHighImportance,
    KDPC, NT_SUCCESS, PVOID,
    ntddk::{
        KeFlushQueuedDpcs, KeInitializeDpc, KeInsertQueueDpc, KeRemoveQueueDpc, KeSetImportanceDpc,
        KeSetTargetProcessorDpcEx,
    },
};

use super::{
    pool::{Box, Tag},
    processor::Processors,
    refcount::Ref,
    status::Result,
};

/// A call of `run(owner)`, made once for each time it is queued while not queued already.
///
/// # Invariants
/// While the DPC is queued, its first argument is an owner given by `Ref::into_raw`.
pub(crate) struct Dpc<T> {
    dpc: Box<UnsafeCell<KDPC>>,
    owner: core::marker::PhantomData<fn(Ref<T>)>,
}

// SAFETY: the kernel serialises the use of a DPC; owners may be dropped anywhere.
unsafe impl<T: Send + Sync> Send for Dpc<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Dpc<T> {}

impl<T: Send + Sync + 'static> Dpc<T> {
    pub(crate) fn try_new(run: fn(Ref<T>)) -> Result<Self> {
        // SAFETY: zero bytes are a valid, if not yet initialised, KDPC.
        let dpc: Box<UnsafeCell<KDPC>> = unsafe { Box::try_zeroed(Tag::KERNEL)? };
        // SAFETY: non-paged memory of our own that stays where it is.
        unsafe { KeInitializeDpc(dpc.get(), Some(deferred::<T>), run as PVOID) };
        Ok(Self {
            dpc,
            owner: core::marker::PhantomData,
        })
    }

    /// Has it run on the first of `processors` that there is, from the `nth` on; false when there is
    /// none of them, and nothing has changed. Before it is queued for the first time.
    pub(crate) fn aim(&mut self, processors: Processors, nth: u32) -> bool {
        let there = processors.starting_at(nth).any(|mut number| {
            // SAFETY: initialised, not queued; the number is a local. One that does not exist is
            // refused.
            NT_SUCCESS(unsafe { KeSetTargetProcessorDpcEx(self.dpc.get(), &raw mut number) })
        });
        if there {
            // Otherwise another processor may take its time before it looks.
            // SAFETY: initialised, not queued.
            unsafe { KeSetImportanceDpc(self.dpc.get(), MediumHighImportance) };
        }
        there
    }

    /// Queues it to its processor, or else this one; if it is queued already, one call stands for both. It may run
    /// before this returns. Callable at any level <= DISPATCH_LEVEL.
    pub(crate) fn queue(&self, owner: Ref<T>) {
        let owner = Ref::into_raw(owner);
        // SAFETY: initialised; `owner` is given to the routine if and only if it is inserted now.
        let inserted =
            unsafe { KeInsertQueueDpc(self.dpc.get(), owner.cast_mut().cast(), ptr::null_mut()) };
        if inserted == 0 {
            // SAFETY: not inserted, so the reference is still ours.
            drop(unsafe { Ref::from_raw(owner) });
        }
    }
}

impl<T> Drop for Dpc<T> {
    fn drop(&mut self) {
        // SAFETY: initialised. Taken out of the queue, or not in it: the kernel does not look at a
        // DPC once its routine has been started.
        let removed = unsafe { KeRemoveQueueDpc(self.dpc.get()) };
        if removed != 0 {
            // SAFETY: it was queued, so the argument is an owner (invariant), and nobody else can
            // reach it now.
            drop(unsafe { Ref::from_raw((*self.dpc.get()).SystemArgument1.cast::<T>()) });
        }
    }
}

/// Waits until every DPC queued before has returned: before the image's code goes away.
/// PASSIVE_LEVEL.
pub(crate) fn flush() {
    debug_assert!(super::irql::is_passive());
    // SAFETY: the level is checked above.
    unsafe { KeFlushQueuedDpcs() };
}

/// # Safety
///
/// Only the kernel calls it, with what `try_new` and `queue` gave.
unsafe extern "C" fn deferred<T>(_dpc: *mut KDPC, run: PVOID, owner: PVOID, _: PVOID) {
    // SAFETY: `try_new` stored this function pointer.
    let run = unsafe { core::mem::transmute::<PVOID, fn(Ref<T>)>(run) };
    // SAFETY: `queue` gave this reference to this one call.
    run(unsafe { Ref::from_raw(owner.cast::<T>()) });
}
