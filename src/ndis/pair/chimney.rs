//! What of a pair's NIC carries connections for TCP/IP: what the NIC can, what is offloaded, and what
//! is on its way. Everything is in the pair's valve (see `dispatch::chimney`).

use core::sync::atomic::{AtomicUsize, Ordering};

use super::{Inside, Pair, Shut};
use crate::ndis::dispatch::chimney::{Capability, Handlers, Parameters, ask_upload};
use crate::nt::{Ref, SpinLock};

pub(super) struct Chimney {
    /// NDIS's functions for the adapter; `None` where NDIS has no chimney.
    handlers: SpinLock<Option<Handlers>>,
    known: SpinLock<Known>,
    /// As TCP/IP knows it; `None` until it was told something.
    told: SpinLock<Option<Capability>>,
    /// Objects that are offloaded, each of which is inside the valve.
    objects: AtomicUsize,
}

struct Known {
    nic: Option<Capability>,
    /// As TCP/IP set them, and whether the NIC has them.
    parameters: Option<(Parameters, bool)>,
}

impl Chimney {
    pub(super) const fn new() -> Self {
        Self {
            handlers: SpinLock::new(None),
            known: SpinLock::new(Known {
                nic: None,
                parameters: None,
            }),
            told: SpinLock::new(None),
            objects: AtomicUsize::new(0),
        }
    }
}

/// What the NIC can.
impl Pair {
    /// The adapter is initializing.
    pub(in crate::ndis) fn set_offload_handlers(&self, handlers: Option<Handlers>) {
        *self.chimney.handlers.lock() = handlers;
        *self.chimney.told.lock() = None;
        self.chimney.known.lock().parameters = None;
    }

    pub(in crate::ndis) fn offload_handlers(&self) -> Option<Handlers> {
        *self.chimney.handlers.lock()
    }

    /// As the NIC says. `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn set_capability(this: &Ref<Self>, nic: Capability) {
        this.chimney.known.lock().nic = Some(nic);
        Self::changed(this);
    }

    /// What can be offloaded now.
    pub(in crate::ndis) fn capability(&self) -> Capability {
        let there = !self.is_shut(Shut::Unbound) && !self.is_foreign();
        let nic = self.chimney.known.lock().nic;
        let nic = nic.filter(|_| there && self.offload_handlers().is_some());
        nic.unwrap_or_else(Capability::none)
    }

    /// On the worker, while the adapter is there: TCP/IP hears of each change once.
    pub(super) fn tell_capability(&self) {
        let now = self.capability();
        let before = self.chimney.told.lock().replace(now);
        if before.unwrap_or_else(Capability::none) != now {
            now.tell(&self.ends);
        }
    }

    pub(in crate::ndis) fn set_parameters(this: &Ref<Self>, parameters: Parameters) {
        this.chimney.known.lock().parameters = Some((parameters, false));
        Self::changed(this);
    }

    /// What the NIC is to be given, once.
    pub(in crate::ndis) fn new_parameters(&self) -> Option<Parameters> {
        let mut known = self.chimney.known.lock();
        let (parameters, given) = known.parameters.as_mut()?;
        (!core::mem::replace(given, true)).then_some(*parameters)
    }
}

/// What is offloaded.
impl Pair {
    /// A call that something offloaded lets in: its edges' handles are alive, whatever is shut.
    pub(in crate::ndis) fn offloads_come_in(&self) -> Inside<'_> {
        self.valve.hold(1);
        self.offloads_come_back(1)
    }

    /// So many operations are given to an edge, and stay inside until they come back. The caller is
    /// inside.
    pub(in crate::ndis) fn offloads_set_out(&self, count: usize) {
        self.valve.hold(count);
    }

    pub(in crate::ndis) fn offloads_come_back(&self, count: usize) -> Inside<'_> {
        self.lists_come_back(count)
    }

    /// So many objects are offloaded from now on. The caller is inside.
    pub(in crate::ndis) fn objects_come(&self, count: usize) {
        self.valve.hold(count);
        self.chimney.objects.fetch_add(count, Ordering::Relaxed);
    }

    /// So many are no more, once what is given here is dropped.
    pub(in crate::ndis) fn objects_go(&self, count: usize) -> Inside<'_> {
        self.chimney.objects.fetch_sub(count, Ordering::Relaxed);
        self.offloads_come_back(count)
    }

    /// A call that TCP/IP is to hear of, whatever is shut, as long as anything is offloaded. `None`:
    /// the adapter may be gone, and has nothing to hear of. `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn hears(&self) -> Option<Inside<'_>> {
        let entered = self.enter();
        let passes = entered.passing().is_ok();
        // An adapter's pause waits for objects, and for us: it is there while there are any.
        let offloads = || self.chimney.objects.load(Ordering::Relaxed) > 0;
        (passes || offloads()).then_some(entered.inside)
    }

    /// Before an edge is waited for (CHIM-16): nothing new is offloaded, and TCP/IP is asked to take
    /// back what is. Who comes after this is counted, or was turned back.
    pub(super) fn have_uploaded(&self, why: Shut) {
        self.refuse(why);
        let hears = self.hears();
        if hears.is_some() && self.chimney.objects.load(Ordering::Relaxed) > 0 {
            ask_upload(&self.ends);
        }
    }
}
