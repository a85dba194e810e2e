//! Notifications made from a DPC: the next ones of many in a row (NDK-CQ-31), and those that a
//! consumer's call brings about (NDK-IRQL-05).

use core::sync::atomic::{AtomicU32, Ordering};

use super::object::{Hold, Kind};
use crate::nt::{Dpc, Processors, Ref, Status};
use crate::sync::Mailbox;

/// Callbacks made in one go; the rest wait for a DPC of their own.
pub(super) const IN_A_GO: usize = 16;

/// An object that notifies its consumer.
pub(super) trait Notifies: Kind {
    /// Where its notifications wait.
    fn later(&self) -> &Ref<Later<Self>>;

    /// Makes the callbacks that are due, with no lock held, one at a time. Any number may ask at
    /// once; one of them calls. Not on the stack of a consumer's call at `DISPATCH_LEVEL`.
    fn notify(object: &Hold<Self>);
}

/// Goes on with an object's notifications.
pub(super) struct Later<T: Notifies> {
    object: Mailbox<Hold<T>>,
    dpc: Dpc<Self>,
}

impl<T: Notifies> Later<T> {
    pub(super) fn create() -> Result<Ref<Self>, Status> {
        Ok(Self::aimed(None)?.0)
    }

    /// One that runs on one of `processors`, each object's on another; whether there is one.
    pub(super) fn aimed(processors: Option<Processors>) -> Result<(Ref<Self>, bool), Status> {
        static TURN: AtomicU32 = AtomicU32::new(0);
        let mut dpc = Dpc::try_new(Self::run)?;
        let aimed = processors
            .is_some_and(|processors| dpc.aim(processors, TURN.fetch_add(1, Ordering::Relaxed)));
        let later = Self {
            object: Mailbox::new(),
            dpc,
        };
        Ok((Ref::try_new(later)?, aimed))
    }

    /// Has the object notify, soon and not on this stack.
    pub(super) fn call(object: &Hold<T>) {
        let later = object.later();
        // Full: the DPC is on its way already, and looks at the object as it is then.
        if later.object.put(object.clone()).is_ok() {
            later.dpc.queue(later.clone());
        }
    }

    fn run(this: Ref<Self>) {
        if let Some(object) = this.object.take() {
            T::notify(&object);
        }
    }
}
