//! A binding: what a protocol has below it. Who has which list, and what the binding may do now.

use std::collections::HashMap;
use std::sync::Arc;

use softrnic::sys::*;

use super::super::State;
use super::super::lists::Shape;
use super::super::lower::{Lower, Mac};
use super::super::miniport::PATIENCE;
use super::super::offload::Offloads;
use super::super::slot::Slot;
use super::Protocol;
use crate::machine::Machine;
use crate::sync::{Condvar, Mutex, MutexGuard, Turn};
use crate::verifier::violation;

/// NDIS-PROT-01..03.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Opening,
    Paused,
    Restarting,
    Running,
    Pausing,
    Closing,
    Closed,
}

pub(super) struct Inside {
    pub(super) life: Life,
    /// Lists that were sent and are not completed.
    pub(super) sent: HashMap<usize, Shape>,
    /// Lists that the protocol has and has not returned.
    pub(super) received: HashMap<usize, Shape>,
    /// Requests of the protocol's that are not completed; of the emulator's own, with who waits.
    pub(super) requests: Vec<(usize, Option<Arc<Slot>>)>,
    pub(super) filter: u32,
    pub(super) multicast: Vec<Mac>,
    /// It asked for nothing any more, and was refused.
    pub(super) refused: bool,
    /// Indications that have not returned.
    pub(super) indicating: usize,
    /// What the protocol was ever told that the adapter does for it.
    pub(super) offloads: Offloads,
    /// It told the adapter how its frames begin.
    pub(super) encapsulates: bool,
}

/// One binding. Its address is the handle the driver gets.
pub(crate) struct Binding {
    pub(crate) machine: &'static Machine,
    pub(crate) protocol: Arc<Protocol>,
    pub(crate) lower: Arc<dyn Lower>,
    pub(in crate::ndis) context: PVOID,
    pub(super) inside: Mutex<Inside>,
    /// Something came back, or ended.
    pub(super) changed: Condvar,
    pub(super) event: Slot,
    /// Events, one at a time.
    pub(super) turn: Turn,
    /// A pause, a restart or another event, one at a time: the notification that pends.
    pub(super) notification: Mutex<usize>,
}

// SAFETY: the pointers are the driver's own, which it uses from any thread.
unsafe impl Send for Binding {}
// SAFETY: as above.
unsafe impl Sync for Binding {}

impl Binding {
    pub(super) fn new(
        machine: &'static Machine,
        protocol: &Arc<Protocol>,
        lower: &Arc<dyn Lower>,
        context: PVOID,
    ) -> Arc<Self> {
        let binding = Arc::new(Self {
            machine,
            protocol: Arc::clone(protocol),
            lower: Arc::clone(lower),
            context,
            inside: Mutex::new(Inside {
                life: Life::Opening,
                sent: HashMap::new(),
                received: HashMap::new(),
                requests: Vec::new(),
                filter: 0,
                multicast: Vec::new(),
                refused: false,
                indicating: 0,
                offloads: lower.description().offloads,
                encapsulates: false,
            }),
            changed: Condvar::new(),
            event: Slot::default(),
            turn: Turn::default(),
            notification: Mutex::default(),
        });
        machine.ndis.bindings.lock().push(Arc::clone(&binding));
        binding
    }

    pub(crate) fn handle(&self) -> NDIS_HANDLE {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock()
    }

    pub(super) fn life(&self) -> Life {
        self.inside().life
    }

    pub(super) fn set_life(&self, life: Life) {
        self.inside().life = life;
        self.changed.notify_all();
    }

    /// The driver may not use it any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.life() == Life::Closed
    }

    /// It told the adapter how its frames begin, so it may ask for tasks.
    pub(crate) fn is_encapsulating(&self) -> bool {
        self.inside().encapsulates
    }

    pub(crate) fn filter(&self) -> u32 {
        self.inside().filter
    }

    pub(crate) fn multicast(&self) -> Vec<Mac> {
        self.inside().multicast.clone()
    }

    /// Counts an indication, which a close waits for; false when the binding's state has none.
    pub(super) fn begin_indication(&self, allowed: impl FnOnce(Life) -> bool) -> bool {
        let mut inside = self.inside();
        let begins = allowed(inside.life);
        inside.indicating += usize::from(begins);
        begins
    }

    /// Waits until the last call of its protocol's handlers, which may be that of a close, has returned.
    pub(super) fn finish_indications(&self) {
        let mut inside = self.inside();
        let busy = |inside: &mut Inside| inside.indicating != 0;
        self.changed.wait_while_for(&mut inside, busy, PATIENCE);
    }

    pub(super) fn end_indication(&self) {
        self.inside().indicating -= 1;
        self.changed.notify_all();
    }

    /// An indication, if the binding takes any.
    pub(in crate::ndis) fn indicating<R>(&self, call: impl FnOnce() -> R) -> R {
        // A binding that is closed has nothing offloaded.
        self.begin_indication(|_| true);
        let result = call();
        self.end_indication();
        result
    }

    /// It is open: the adapter below indicates to it.
    pub(super) fn opened(self: &Arc<Self>) {
        self.set_life(Life::Paused);
        self.lower.stack().bindings.lock().push(Arc::clone(self));
    }

    /// Nothing is indicated to it any more.
    pub(super) fn detach(&self) {
        let all = &self.lower.stack().bindings;
        all.lock()
            .retain(|other| !std::ptr::eq(&raw const **other, self));
    }
}

impl State {
    /// The open binding behind the handle a driver passes.
    pub(in crate::ndis) fn binding(&self, handle: NDIS_HANDLE, call: &str) -> Arc<Binding> {
        let all = self.bindings.lock();
        let found = all
            .iter()
            .find(|binding| std::ptr::eq(Arc::as_ptr(binding), handle.cast()))
            .cloned();
        drop(all);
        let open = |binding: &Arc<Binding>| !matches!(binding.life(), Life::Closing | Life::Closed);
        found.filter(open).unwrap_or_else(|| {
            let text = format!("{call} with a handle that is no open binding");
            violation("NDIS-PROT-02", &text)
        })
    }
}
