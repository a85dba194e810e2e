//! What the OS does for NDK consumers.

use softrnic::sys::WSK_PROVIDER_NDK_DISPATCH;

/// The per-machine state.
#[derive(Default)]
pub struct State {}

/// What `WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH` gives.
pub(crate) fn wsk_dispatch() -> WSK_PROVIDER_NDK_DISPATCH {
    WSK_PROVIDER_NDK_DISPATCH::default()
}
