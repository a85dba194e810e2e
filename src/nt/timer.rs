//! One-shot timers.

use core::cell::UnsafeCell;

use wdk_sys::{
    KDPC, KTIMER, PVOID,
    ntddk::{KeCancelTimer, KeInitializeDpc, KeInitializeTimer, KeSetTimer},
};

use super::{
    clock::{self, Ticks},
    lock::SpinLock,
    pool::{Box, Tag},
    refcount::Ref,
    status::Result,
};

/// Calls `expired(owner)` once, in a DPC, some time after it was armed, unless cancelled.
///
/// It holds the owner while armed. Dropping it cancels it and needs no wait: the kernel's objects
/// are kept until their last DPC has run.
pub(crate) struct Timer<T: Send + Sync + 'static>(Ref<Inner<T>>);

struct Inner<T> {
    expired: fn(Ref<T>),
    kernel: Box<UnsafeCell<Kernel>>,
    state: SpinLock<State<T>>,
}

struct Kernel {
    timer: KTIMER,
    dpc: KDPC,
}

/// # Invariants
/// While `scheduled`, the kernel owes us one run of the DPC and holds one raw `Ref<Inner<T>>` for
/// it: the timer is in the timer queue, or the DPC is queued or waiting for the lock.
struct State<T> {
    owner: Option<Ref<T>>,
    scheduled: bool,
    /// Set when armed again between the expiry and its DPC: that DPC starts the timer anew.
    again: Option<Ticks>,
}

// SAFETY: the kernel objects are used under the lock only, and the kernel serialises them.
unsafe impl<T: Send + Sync> Send for Inner<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Inner<T> {}

impl<T: Send + Sync + 'static> Timer<T> {
    pub(crate) fn try_new(expired: fn(Ref<T>)) -> Result<Self> {
        // SAFETY: zero bytes are valid, if not yet initialised, kernel objects.
        let kernel: Box<UnsafeCell<Kernel>> = unsafe { Box::try_zeroed(Tag::KERNEL)? };
        let state = SpinLock::new(State {
            owner: None,
            scheduled: false,
            again: None,
        });
        let inner = Ref::try_new(Inner {
            expired,
            kernel,
            state,
        })?;
        let kernel = inner.kernel.get();
        // SAFETY: non-paged memory of our own that stays where it is; the context is `inner`, whose
        // memory a scheduled DPC holds (invariant of `State`).
        unsafe {
            KeInitializeTimer(&raw mut (*kernel).timer);
            KeInitializeDpc(
                &raw mut (*kernel).dpc,
                Some(expiry::<T>),
                Ref::as_ptr(&inner).cast_mut().cast(),
            );
        }
        Ok(Self(inner))
    }

    /// Starts it, or starts it anew with another owner.
    pub(crate) fn arm(&self, owner: Ref<T>, after: Ticks) {
        let replaced;
        {
            let mut state = self.0.state.lock();
            replaced = state.owner.replace(owner);
            if !state.scheduled {
                state.scheduled = true;
                let _held_for_the_dpc = Ref::into_raw(self.0.clone());
                self.0.start(after);
            } else if self.0.stop() {
                state.again = None;
                self.0.start(after);
            } else {
                // Its DPC is on the way and finds this.
                state.again = Some(clock::now().plus(after));
            }
        }
        drop(replaced);
    }

    /// Stops it. `Some`: `expired` was not called and will not be for this arming.
    pub(crate) fn cancel(&self) -> Option<Ref<T>> {
        let (owner, stopped);
        {
            let mut state = self.0.state.lock();
            owner = state.owner.take();
            state.again = None;
            stopped = state.scheduled && self.0.stop();
            if stopped {
                state.scheduled = false;
            }
        }
        if stopped {
            // SAFETY: the timer is out of the queue, so no DPC will take back what `arm` gave.
            drop(unsafe { Ref::from_raw(Ref::as_ptr(&self.0)) });
        }
        owner
    }
}

impl<T: Send + Sync + 'static> Drop for Timer<T> {
    fn drop(&mut self) {
        drop(self.cancel());
    }
}

impl<T> Inner<T> {
    /// Under the lock, with the timer not in the queue.
    fn start(&self, after: Ticks) {
        let kernel = self.kernel.get();
        // SAFETY: both are initialised and stay until the DPC has run (invariant of `State`).
        unsafe {
            KeSetTimer(
                &raw mut (*kernel).timer,
                after.relative(),
                &raw mut (*kernel).dpc,
            )
        };
    }

    /// Under the lock: whether it was in the queue, and is no more.
    fn stop(&self) -> bool {
        // SAFETY: initialised.
        unsafe { KeCancelTimer(&raw mut (*self.kernel.get()).timer) != 0 }
    }
}

/// # Safety
///
/// Only the kernel calls it, with the context `try_new` gave.
unsafe extern "C" fn expiry<T>(_dpc: *mut KDPC, inner: PVOID, _: PVOID, _: PVOID) {
    // SAFETY: `arm` gave this reference to the DPC that is scheduled (invariant of `State`).
    let inner = unsafe { Ref::from_raw(inner.cast::<Inner<T>>()) };
    let owner;
    {
        let mut state = inner.state.lock();
        if let Some(due) = state.again.take() {
            inner.start(due.since(clock::now()));
            drop(state);
            let _held_for_the_dpc = Ref::into_raw(inner);
            return;
        }
        state.scheduled = false;
        owner = state.owner.take();
    }
    if let Some(owner) = owner {
        (inner.expired)(owner);
    }
}
