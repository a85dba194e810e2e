//! What the OS does for NDK consumers: it opens a provider's adapter for them, keeps its own state
//! in `NdkReserved`, puts its own tables into `Dispatch`, and checks what crosses.

mod open;
mod shim;

use std::sync::Mutex;

pub(crate) use open::wsk_dispatch;

/// The NDK state of a machine.
#[derive(Default)]
pub struct State {
    open: Mutex<Vec<open::OpenAdapter>>,
}
