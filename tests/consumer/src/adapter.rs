//! An opened NDK adapter.

use std::ffi::c_void;
use std::mem;
use std::sync::Arc;

use softrnic_emulator::Machine;

use crate::abi::{NDK_ADAPTER, NDK_ADAPTER_INFO, NDK_VERSION};
use crate::{NtStatus, Timeline};

/// An NDK adapter instance, opened through the system and closed when the last object made from it is gone.
pub struct Adapter {
    raw: *mut NDK_ADAPTER,
    machine: &'static Machine,
    name: String,
    timeline: Arc<Timeline>,
}

// SAFETY: an NDK adapter may be used from any thread; the handle is only passed back to the provider.
unsafe impl Send for Adapter {}
// SAFETY: as above.
unsafe impl Sync for Adapter {}

impl Adapter {
    /// Opens the adapter with interface index `if_index` for NDK `version` (major, minor).
    ///
    /// `name` is how this end is called in `timeline`.
    ///
    /// # Errors
    /// What the provider or the system answered: `NDIS_STATUS_BAD_VERSION`, `NDIS_STATUS_ADAPTER_NOT_READY`, …
    pub fn open(
        machine: &'static Machine,
        if_index: u32,
        version: (u16, u16),
        name: &str,
        timeline: &Arc<Timeline>,
    ) -> Result<Arc<Self>, NtStatus> {
        let asked = NDK_VERSION {
            Major: version.0,
            Minor: version.1,
        };
        let opened = machine.open_ndk_adapter(if_index, asked).map_err(NtStatus);
        timeline.record(
            name,
            format_args!(
                "open adapter {if_index} for NDK {}.{}: {}",
                version.0,
                version.1,
                outcome(&opened)
            ),
        );
        Ok(Arc::new(Self {
            raw: opened?,
            machine,
            name: name.to_owned(),
            timeline: timeline.clone(),
        }))
    }

    /// The handle.
    #[must_use]
    pub fn raw(&self) -> *mut NDK_ADAPTER {
        self.raw
    }

    /// The machine it was opened on.
    #[must_use]
    pub fn machine(&self) -> &'static Machine {
        self.machine
    }

    /// `NdkQueryAdapterInfo`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn info(&self) -> Result<NDK_ADAPTER_INFO, NtStatus> {
        let mut info = NDK_ADAPTER_INFO::default();
        let mut size = mem::size_of::<NDK_ADAPTER_INFO>() as u32;
        let (status, _) = self.query_info((&raw mut info).cast(), &mut size);
        status.ok()?;
        Ok(info)
    }

    /// `NdkQueryAdapterInfo` with the caller's buffer; gives the status and the size the provider left.
    pub fn query_info(&self, buffer: *mut NDK_ADAPTER_INFO, size: &mut u32) -> (NtStatus, u32) {
        // SAFETY: the adapter is open, its dispatch table has no null slot (NDK-VER-05), and the buffer holds `size` bytes.
        let status = unsafe {
            ((*(*self.raw).Dispatch)
                .NdkQueryAdapterInfo
                .expect("NDK-VER-05"))(self.raw, buffer, size)
        };
        (NtStatus(status), *size)
    }

    /// Adds to the timeline what this end saw.
    pub fn note(&self, what: impl std::fmt::Display) {
        self.record(what);
    }

    pub(crate) fn record(&self, what: impl std::fmt::Display) {
        self.timeline.record(&self.name, what);
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        // What a failed test left open below it would keep this waiting.
        if std::thread::panicking() {
            return;
        }
        self.machine.close_ndk_adapter(self.raw);
        self.record("close adapter");
    }
}

fn outcome<T>(result: &Result<T, NtStatus>) -> String {
    result
        .as_ref()
        .map_or_else(ToString::to_string, |_| NtStatus::SUCCESS.to_string())
}

/// Turns a reference-counted callback context into the pointer that travels through the provider.
pub(crate) fn context_of<T>(context: &Arc<T>) -> *mut c_void {
    Arc::as_ptr(context).cast_mut().cast()
}
