//! The edge to NDIS: registration here, the miniport's entry points in [`miniport`], and the calls
//! to NDIS and netio in one file per subject.
//!
//! Raw pointers become values here and values become `NDIS_STATUS`; what to do is decided in
//! `upper/`. Each entry point relies on what NDIS promises, said once here and meant by every
//! `SAFETY: NDIS` below: the adapter context is the one [`attributes`] registered, alive until
//! `MiniportHaltEx` returns; structures passed in are valid for the call.

mod attributes;
mod binding;
#[cfg(feature = "chimney")]
pub(super) mod chimney;
mod configuration;
mod ends;
mod event;
mod listing;
mod miniport;
mod network_direct;
mod offer;
mod offload;
mod oid;
mod protocol;
mod request;
mod status;
mod unicast;

use core::ptr;

pub(super) use self::{
    attributes::{General, Handle},
    binding::Opening,
    configuration::{Configuration, Keyword, keyword, utf16},
    ends::{Ends, Open, Pool},
    event::{Event, Notice},
    offer::Offer,
    offload::{indicate_current, indicate_possible},
    protocol::look_for_nics,
    status::{Said, indicate_link, indicate_mtu},
    unicast::{Watch, addresses_of},
};

use super::{VERSION_MAJOR, VERSION_MINOR};
use crate::nt::{Result, Status, event_log, log::notice};
use crate::sys::{
    NDIS_HANDLE, NDIS_MINIPORT_DRIVER_CHARACTERISTICS,
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3, NDIS_OBJECT_HEADER,
    NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
    NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3, NdisMDeregisterMiniportDriver,
    NdisMRegisterMiniportDriver, PDRIVER_OBJECT, UNICODE_STRING,
};

/// NDIS 6.80: Windows Server 2019 and later.
const NDIS_MAJOR: u8 = 6;
const NDIS_MINOR: u8 = 80;

/// `DriverUnload`, which NDIS calls.
pub(crate) type Unload = unsafe extern "win64" fn(PDRIVER_OBJECT);

/// The driver as registered with NDIS, a miniport and a protocol; dropping it deregisters both.
/// `PASSIVE_LEVEL`.
pub(crate) struct Registration {
    handle: NDIS_HANDLE,
}

// SAFETY: an NDIS handle belongs to no thread.
unsafe impl Send for Registration {}
// SAFETY: as above; nothing is done through a shared reference.
unsafe impl Sync for Registration {}

impl Registration {
    /// Registers the miniport, then the protocol (docs/decisions/plain-miniport.md). NDIS calls
    /// `set_options` before this returns (NDIS-REG-04), and may start adapters from then on.
    ///
    /// Without the protocol adapters have no NIC below them, which Network Direct does not need.
    ///
    /// # Safety
    /// Both pointers are those `DriverEntry` got, and this is called from it.
    pub(crate) unsafe fn register(
        driver: PDRIVER_OBJECT,
        registry_path: *mut UNICODE_STRING,
        unload: Unload,
    ) -> Result<Self> {
        let mut characteristics = characteristics(unload);
        let mut handle = ptr::null_mut();
        // SAFETY: the caller's promise for the two; the others are locals, which NDIS copies.
        let status = unsafe {
            NdisMRegisterMiniportDriver(
                driver,
                registry_path,
                ptr::null_mut(),
                &raw mut characteristics,
                &raw mut handle,
            )
        };
        Status::from_raw(status).ok().inspect_err(|status| {
            event_log::write(&event_log::NDIS_NOT_REGISTERED, &[status]);
        })?;
        if let Err(status) = protocol::register() {
            notice!("no adapter can be paired with a NIC: {status:?}");
            event_log::write(&event_log::PROTOCOL_NOT_REGISTERED, &[&status]);
        }
        Ok(Self { handle })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // NDIS-REG-08, NDIS-REG-09.
        protocol::deregister();
        // SAFETY: registered, and deregistered once.
        unsafe { NdisMDeregisterMiniportDriver(self.handle) };
    }
}

/// NDIS-REG-02: all zero but what is said here; NDIS-REG-03: `CheckForHangEx` and `ResetEx` stay
/// null.
fn characteristics(unload: Unload) -> NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
            Revision: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
            Size: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3,
        },
        MajorNdisVersion: NDIS_MAJOR,
        MinorNdisVersion: NDIS_MINOR,
        MajorDriverVersion: VERSION_MAJOR,
        MinorDriverVersion: VERSION_MINOR,
        SetOptionsHandler: Some(network_direct::set_options),
        InitializeHandlerEx: Some(miniport::initialize),
        HaltHandlerEx: Some(miniport::halt),
        UnloadHandler: Some(unload),
        PauseHandler: Some(miniport::pause),
        RestartHandler: Some(miniport::restart),
        OidRequestHandler: Some(miniport::oid_request),
        SendNetBufferListsHandler: Some(miniport::send_net_buffer_lists),
        ReturnNetBufferListsHandler: Some(miniport::return_net_buffer_lists),
        CancelSendHandler: Some(miniport::cancel_send),
        DevicePnPEventNotifyHandler: Some(miniport::device_pnp_event_notify),
        ShutdownHandlerEx: Some(miniport::shutdown),
        CancelOidRequestHandler: Some(miniport::cancel_oid_request),
        // NDIS-REG-05.
        DirectOidRequestHandler: Some(miniport::direct_oid_request),
        CancelDirectOidRequestHandler: Some(miniport::cancel_oid_request),
        ..Default::default()
    }
}

/// A header for a structure of NDIS.
const fn header(kind: u8, revision: u8, size: u16) -> NDIS_OBJECT_HEADER {
    NDIS_OBJECT_HEADER {
        Type: kind,
        Revision: revision,
        Size: size,
    }
}
