//! What the OS does for NDK consumers: it opens a provider's adapter for them, keeps its own state
//! in `NdkReserved`, puts its own tables into `Dispatch`, and checks what crosses.

mod open;
mod shim;

use crate::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use open::wsk_dispatch;
pub use shim::{Lent, Notified};

/// The NDK state of a machine.
#[derive(Default)]
pub struct State {
    open: Mutex<Vec<open::OpenAdapter>>,
    events: AtomicU64,
}

impl State {
    /// How often a consumer was called back.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }
}
