//! What a miniport says of its adapter during InitializeEx: NDIS-LIFE-04, NDIS-LIFE-05,
//! NDK-NDIS-02..04.

use softrnic::sys::*;

use super::adapter::Adapter;
use super::miniport::{LifeState, Miniport};
use super::offload::Offloads;
use crate::bridge;
use crate::processor::{lower, raise};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{HIGH_LEVEL, PASSIVE_LEVEL};

/// What was set, in order.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) registration: Option<NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES>,
    pub(crate) general: Option<NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES>,
    /// What the general attributes pointed to: OIDs, and what the adapter does about power.
    pub(crate) oids: Vec<u32>,
    pub(crate) power: Option<NDIS_PM_CAPABILITIES>,
    pub(crate) ndk: Option<NdkAttributes>,
    /// Whether the link is up, and its speed, as the driver indicated last.
    pub(crate) link: Option<(bool, u64)>,
    /// What it says is possible, and what is on; tags are in the general attributes.
    pub(crate) possible: Offloads,
    pub(crate) offloads: Offloads,
    /// All that it ever said is on: what was sent or received in time may be seen later.
    pub(crate) ever: Offloads,
    /// TCP connections it can have offloaded, as it indicated last.
    pub(crate) connections: u32,
}

// SAFETY: the pointers inside are only compared or were copied out of while they were valid.
unsafe impl Send for Attributes {}

/// The NDK attributes with what they pointed at.
#[derive(Clone, Copy)]
pub struct NdkAttributes {
    /// `Enabled`
    pub enabled: bool,
    /// The capabilities; what `NdkInfo` points at may be gone.
    pub capabilities: NDIS_NDK_CAPABILITIES,
    /// What `NdkInfo` pointed at.
    pub info: NDK_ADAPTER_INFO,
}

impl Adapter {
    /// What the driver said of NDK at initialisation: NDK-NDIS-02, NDK-NDIS-03, NDK-ADP-03.
    #[must_use]
    pub fn ndk_attributes(&self) -> Option<NdkAttributes> {
        self.miniport.ndk_attributes()
    }

    /// Its registration attributes: NDIS-LIFE-04.
    #[must_use]
    pub fn registration(&self) -> Option<NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES> {
        self.miniport.attributes().registration
    }

    /// Its general attributes; what they point to is gone.
    #[must_use]
    pub fn general(&self) -> Option<NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES> {
        self.miniport.attributes().general
    }

    /// The OIDs that it says it knows.
    #[must_use]
    pub fn supported_oids(&self) -> Vec<u32> {
        self.miniport.attributes().oids.clone()
    }

    /// What it says it does about power: NDIS-PM-03.
    #[must_use]
    pub fn power_capabilities(&self) -> Option<NDIS_PM_CAPABILITIES> {
        self.miniport.attributes().power
    }

    /// The system shuts down, or has met a bug check, at HIGH_LEVEL then (NDIS-LIFE-15). The adapter stays as it is.
    pub fn shut_down(&self, action: NDIS_SHUTDOWN_ACTION) {
        let Some(handler) = self.driver_handlers().ShutdownHandlerEx else {
            return;
        };
        let thread = thread::current();
        let level = match action {
            NdisShutdownBugCheck => HIGH_LEVEL,
            _ => PASSIVE_LEVEL,
        };
        let old = raise(thread, level);
        bridge::callback("MiniportShutdownEx", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.miniport.context(), action) }
        });
        lower(thread, old);
    }
}

/// PASSIVE_LEVEL, inside InitializeEx.
pub(super) unsafe extern "win64" fn NdisMSetMiniportAttributes(
    handle: NDIS_HANDLE,
    attributes: *mut NDIS_MINIPORT_ADAPTER_ATTRIBUTES,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisMSetMiniportAttributes", PASSIVE_LEVEL);
    let adapter = thread
        .machine
        .ndis
        .adapter(handle, "NdisMSetMiniportAttributes");
    if adapter.life() != LifeState::Initializing {
        violation(
            "NDIS-LIFE-04",
            "NdisMSetMiniportAttributes outside of InitializeEx",
        );
    }
    if crate::sched::fails("NdisMSetMiniportAttributes") {
        return NDIS_STATUS_RESOURCES;
    }
    // SAFETY: the driver passes one of the structures, all of which begin with the header.
    let header = unsafe { (*attributes).Header };
    // SAFETY: the type says which member of the union it is.
    unsafe {
        match header.Type {
            NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES => {
                set_registration(&adapter, attributes.cast(), header)
            }
            NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES => {
                set_general(&adapter, attributes.cast(), header)
            }
            NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES => {
                set_ndk(&adapter, attributes.cast(), header)
            }
            NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES => {
                set_offloads(&adapter, attributes.cast(), header)
            }
            _ => NDIS_STATUS_NOT_SUPPORTED,
        }
    }
}

unsafe fn set_offloads(
    adapter: &Miniport,
    from: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES,
    header: NDIS_OBJECT_HEADER,
) -> NDIS_STATUS {
    if header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1 {
        violation("NDIS-LIFE-04", "offload attributes with a wrong size");
    }
    // SAFETY: the caller looked at the header; what it points to is valid during the call.
    let (possible, current) = unsafe {
        let offload = from.read_unaligned();
        (
            Offloads::read(offload.HardwareOffloadCapabilities),
            Offloads::read(offload.DefaultOffloadConfiguration),
        )
    };
    current.expect_within(possible);
    let mut attributes = adapter.attributes();
    if attributes.general.is_none() {
        violation(
            "NDIS-LIFE-04",
            "offload attributes before general attributes",
        );
    }
    (attributes.possible, attributes.offloads, attributes.ever) = (possible, current, current);
    NDIS_STATUS_SUCCESS
}

unsafe fn set_registration(
    adapter: &Miniport,
    from: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
    header: NDIS_OBJECT_HEADER,
) -> NDIS_STATUS {
    if header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1 {
        violation("NDIS-LIFE-04", "registration attributes with a wrong size");
    }
    // SAFETY: the caller looked at the header.
    let registration = unsafe { from.read_unaligned() };
    if registration.AttributeFlags
        & (NDIS_MINIPORT_ATTRIBUTES_HARDWARE_DEVICE | NDIS_MINIPORT_ATTRIBUTES_BUS_MASTER)
        != 0
    {
        violation(
            "NDIS-LIFE-04",
            "a driver without hardware sets HARDWARE_DEVICE or BUS_MASTER",
        );
    }
    if registration.AttributeFlags & NDIS_MINIPORT_ATTRIBUTES_NO_PAUSE_ON_SUSPEND != 0 {
        violation("NDIS-PM-04", "NO_PAUSE_ON_SUSPEND is set");
    }
    if registration.AttributeFlags & NDIS_MINIPORT_ATTRIBUTES_REGISTER_BUGCHECK_CALLBACK != 0 {
        violation("NDIS-LIFE-15", "REGISTER_BUGCHECK_CALLBACK is set");
    }
    adapter.set_context(registration.MiniportAdapterContext);
    adapter.attributes().registration = Some(registration);
    NDIS_STATUS_SUCCESS
}

unsafe fn set_general(
    adapter: &Miniport,
    from: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
    header: NDIS_OBJECT_HEADER,
) -> NDIS_STATUS {
    // SAFETY: the caller looked at the header.
    let general = unsafe { from.read_unaligned() };
    let mut attributes = adapter.attributes();
    if attributes.registration.is_none() {
        violation(
            "NDIS-LIFE-04",
            "general attributes before registration attributes",
        );
    }
    if header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1 {
        violation("NDIS-LIFE-04", "general attributes with a wrong size");
    }
    let count = general.SupportedOidListLength as usize / 4;
    if general.SupportedOidList.is_null() || count == 0 {
        violation(
            "NDIS-LIFE-04",
            "general attributes without a list of supported OIDs",
        );
    }
    // SAFETY: the driver's list is as long as it says.
    let oids = unsafe { std::slice::from_raw_parts(general.SupportedOidList, count) };
    attributes.oids = oids.to_vec();
    // SAFETY: null, or the driver's for the call.
    attributes.power = unsafe { general.PowerManagementCapabilitiesEx.as_ref() }.copied();
    attributes.general = Some(general);
    NDIS_STATUS_SUCCESS
}

unsafe fn set_ndk(
    adapter: &Miniport,
    from: *const NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
    header: NDIS_OBJECT_HEADER,
) -> NDIS_STATUS {
    // SAFETY: the caller looked at the header.
    let ndk = unsafe { from.read_unaligned() };
    let mut attributes = adapter.attributes();
    if attributes.general.is_none() {
        violation("NDIS-LIFE-04", "NDK attributes before general attributes");
    }
    let right = header.Revision == NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1
        && header.Size >= NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1;
    if !right || ndk.NdkCapabilities.is_null() {
        violation(
            "NDK-NDIS-02",
            "NDK attributes with a wrong header or null capabilities",
        );
    }
    // SAFETY: not null; the driver keeps the capabilities valid during the call.
    let capabilities = unsafe { *ndk.NdkCapabilities };
    let right = capabilities.Header.Type == NDIS_OBJECT_TYPE_DEFAULT
        && capabilities.Header.Revision == NDIS_NDK_CAPABILITIES_REVISION_1
        && capabilities.Header.Size >= NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1
        && capabilities.Flags == 0
        && !capabilities.NdkInfo.is_null();
    if !right {
        violation(
            "NDK-NDIS-03",
            "NDK capabilities with a wrong header, flags, or null NdkInfo",
        );
    }
    // SAFETY: not null; valid during the call.
    let info = unsafe { *capabilities.NdkInfo };
    attributes.ndk = Some(NdkAttributes {
        enabled: ndk.Enabled != 0,
        capabilities,
        info,
    });
    NDIS_STATUS_SUCCESS
}
