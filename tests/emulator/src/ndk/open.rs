//! Opening and closing NDK adapters, for drivers (`WskOpenNdkAdapter`) and for the host.

use std::sync::Arc;

use softrnic::sys::*;

use super::shim::{Kind, Record};
use crate::machine::Machine;
use crate::ndis::{LifeState, Miniport};
use crate::verifier::violation;
use crate::wdm::PASSIVE_LEVEL;
use crate::{bridge, thread};

/// One adapter a consumer has open.
pub(super) struct OpenAdapter {
    adapter: usize,
    miniport: Arc<Miniport>,
    record: &'static Record,
}

impl Machine {
    /// Opens the NDK adapter of an interface, as a consumer does it through WSK.
    /// The caller is a thread of the machine at PASSIVE_LEVEL.
    pub fn open_ndk_adapter(
        &'static self,
        if_index: u32,
        version: NDK_VERSION,
    ) -> Result<*mut NDK_ADAPTER, NTSTATUS> {
        let miniport = self
            .ndis
            .adapter_by_index(if_index)
            .ok_or(STATUS_NOT_FOUND)?;
        if matches!(miniport.life(), LifeState::Halted | LifeState::Initializing) {
            return Err(NDIS_STATUS_ADAPTER_NOT_READY);
        }
        let ndk = miniport.driver_ndk().ok_or(STATUS_NOT_SUPPORTED)?;
        let open = ndk.OpenNDKAdapterHandler.ok_or(STATUS_NOT_SUPPORTED)?;
        let parameters = NDIS_OPEN_NDK_ADAPTER_PARAMETERS {
            Version: version,
            SwitchId: 0,
            VPortId: 0,
        };
        let mut adapter: *mut NDK_ADAPTER = std::ptr::dangling_mut();
        let untouched = adapter;
        let disabled = miniport
            .ndk_opening()
            .ok_or(NDIS_STATUS_ADAPTER_NOT_READY)?;
        let status = bridge::callback("OpenNDKAdapterHandler", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { open(miniport.context(), &raw const parameters, &raw mut adapter) }
        });
        miniport.ndk_opened();
        if status != STATUS_SUCCESS {
            if adapter != untouched {
                violation("NDK-ADP-01", "a failed open wrote the adapter pointer");
            }
            miniport.ndk_closed();
            return Err(status);
        }
        if disabled.is_some_and(|since| miniport.ndk_stayed(since)) {
            violation(
                "NDK-ADP-01",
                "an NDK adapter was opened though NDK is disabled",
            );
        }
        check_version(adapter, version);
        let record = Record::new(self, Kind::Adapter, &[]);
        record.adopt(adapter.cast());
        let opened = OpenAdapter {
            adapter: adapter as usize,
            miniport: Arc::clone(&miniport),
            record,
        };
        self.ndk.open.lock().push(opened);
        if !miniport.ndk_is_enabled() {
            // Disabled while it was being opened: the consumer was told before it had anything.
            self.close_ndk_adapter(adapter);
            return Err(NDIS_STATUS_ADAPTER_NOT_READY);
        }
        Ok(adapter)
    }

    /// Closes an NDK adapter; returns when all below it is closed (NDK-LIFE-21).
    pub fn close_ndk_adapter(&'static self, adapter: *mut NDK_ADAPTER) {
        let found = {
            let open = self.ndk.open.lock();
            open.iter()
                .find(|open| open.adapter == adapter as usize)
                .map(|open| (Arc::clone(&open.miniport), open.record))
        };
        let Some((miniport, record)) = found else {
            violation("NDK-LIFE-20", "an NDK adapter is closed that is not open");
        };
        let Some(close) = miniport
            .driver_ndk()
            .and_then(|ndk| ndk.CloseNDKAdapterHandler)
        else {
            return;
        };
        bridge::callback("CloseNDKAdapterHandler", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { close(miniport.context(), adapter) }
        });
        self.ndk
            .open
            .lock()
            .retain(|open| open.adapter != adapter as usize);
        record.adapter_closed();
        miniport.ndk_closed();
    }
}

/// NDK-LIFE-04: the highest minor of the asked major.
fn check_version(adapter: *mut NDK_ADAPTER, asked: NDK_VERSION) {
    // SAFETY: the open succeeded, so the pointer is a live adapter.
    let version = unsafe { (*adapter).Header.Version };
    if version.Major != asked.Major || version.Minor < asked.Minor {
        violation(
            "NDK-LIFE-04",
            &format!(
                "{}.{} was asked and the adapter says {}.{}",
                asked.Major, asked.Minor, version.Major, version.Minor
            ),
        );
    }
}

/// What `WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH` gives.
pub(crate) fn wsk_dispatch() -> WSK_PROVIDER_NDK_DISPATCH {
    WSK_PROVIDER_NDK_DISPATCH {
        WskOpenNdkAdapter: Some(wsk_open_ndk_adapter),
        WskCloseNdkAdapter: Some(wsk_close_ndk_adapter),
    }
}

unsafe extern "win64" fn wsk_open_ndk_adapter(
    _client: *mut WSK_CLIENT,
    version: NDK_VERSION,
    if_index: u32,
    adapter: *mut *mut NDK_ADAPTER,
) -> NTSTATUS {
    let thread = thread::enter("WskOpenNdkAdapter", PASSIVE_LEVEL);
    match thread.machine.open_ndk_adapter(if_index, version) {
        Ok(opened) => {
            // SAFETY: the consumer passes an out parameter.
            unsafe { adapter.write(opened) };
            STATUS_SUCCESS
        }
        Err(status) => status,
    }
}

unsafe extern "win64" fn wsk_close_ndk_adapter(
    _client: *mut WSK_CLIENT,
    adapter: *mut NDK_ADAPTER,
) {
    let thread = thread::enter("WskCloseNdkAdapter", PASSIVE_LEVEL);
    thread.machine.close_ndk_adapter(adapter);
}
