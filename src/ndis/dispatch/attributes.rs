//! The adapter's handle, and what NDIS is told of the adapter when it starts.

use core::ptr;

use super::{header, network_direct, offload, oid};
use crate::ndis::frame::{Offloads, Tagging};
use crate::ndis::upper::{MAX_MULTICAST, Miniport, SUPPORTED_FILTERS};
use crate::ndk::info;
use crate::nt::{Ref, Result, Status};
use crate::sys;

/// An adapter as NDIS knows it. Alive from `MiniportInitializeEx` until `MiniportHaltEx` returns.
pub(crate) struct Handle {
    raw: sys::NDIS_HANDLE,
    /// Of the interface, as an administrator sees it.
    index: u32,
}

// SAFETY: an NDIS handle belongs to no thread.
unsafe impl Send for Handle {}
// SAFETY: NDIS serialises what it must.
unsafe impl Sync for Handle {}

/// What differs between adapters.
pub(crate) struct General {
    pub(crate) mtu: u32,
    pub(crate) address: [u8; 6],
    pub(crate) tags: Tagging,
}

/// Of the virtual link when it is up, bits a second.
const SPEED: u64 = 10_000_000_000;
/// What `MediaConnectStateDisconnected` goes with.
const NO_SPEED: u64 = sys::NDIS_LINK_SPEED_UNKNOWN;

/// INF-07: `*IfType` 6, `*MediaType` 0, `*PhysicalMediaType` 0.
const MEDIA: (sys::NDIS_MEDIUM, sys::NDIS_PHYSICAL_MEDIUM, u16) = (
    sys::NdisMedium802_3,
    sys::NdisPhysicalMediumUnspecified,
    sys::IF_TYPE_ETHERNET_CSMACD as u16,
);

impl Handle {
    pub(super) fn new(raw: sys::NDIS_HANDLE, index: u32) -> Self {
        Self { raw, index }
    }

    pub(in crate::ndis) fn raw(&self) -> sys::NDIS_HANDLE {
        self.raw
    }

    pub(in crate::ndis) fn index(&self) -> u32 {
        self.index
    }

    /// NDIS-LIFE-04: the first; names the context of every later call.
    pub(crate) fn set_registration(&self, miniport: &Ref<Miniport>) -> Result<()> {
        let mut attributes = sys::NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES {
            Header: header(
                sys::NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
                sys::NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
                sys::NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
            ),
            MiniportAdapterContext: Ref::as_ptr(miniport).cast_mut().cast(),
            // NDIS-LIFE-15: no bug check callback; NDIS-PM-04: pauses come before a suspend.
            AttributeFlags: sys::NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM
                | sys::NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK
                | sys::NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND,
            CheckForHangTimeInSeconds: 0,
            InterfaceType: 0,
        };
        // SAFETY: a registration header in front.
        unsafe { self.set((&raw mut attributes).cast()) }
    }

    pub(crate) fn set_general(&self, general: &General) -> Result<()> {
        let mut power = power();
        let mut attributes = general_attributes(general, &raw mut power);
        // SAFETY: a general header in front; what it points to lives for the call.
        unsafe { self.set((&raw mut attributes).cast()) }
    }

    /// What can be switched on, and what is; after the general attributes (NDIS-LIFE-04).
    pub(crate) fn set_offloads(&self, possible: &Offloads, current: &Offloads) -> Result<()> {
        let (mut hardware, mut default) =
            (offload::structure(possible), offload::structure(current));
        let mut attributes = sys::NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES {
            Header: header(
                sys::NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES,
                sys::NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1,
                sys::NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1,
            ),
            DefaultOffloadConfiguration: &raw mut default,
            HardwareOffloadCapabilities: &raw mut hardware,
            ..Default::default()
        };
        // SAFETY: an offload header in front; what it points to lives for the call.
        unsafe { self.set((&raw mut attributes).cast()) }
    }

    /// NDK-NDIS-02, NDK-NDIS-03.
    pub(crate) fn set_network_direct(&self, enabled: bool) -> Result<()> {
        let mut information = info::newest();
        let mut capabilities = network_direct::capabilities(&raw mut information);
        let mut attributes = sys::NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES {
            Header: header(
                sys::NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
                sys::NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
                sys::NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1,
            ),
            Enabled: u8::from(enabled),
            NdkCapabilities: &raw mut capabilities,
        };
        // SAFETY: an NDK header in front; what it points to lives for the call.
        unsafe { self.set((&raw mut attributes).cast()) }
    }

    /// # Safety
    /// `attributes` is the member of the union its header says, with what it points to.
    unsafe fn set(&self, attributes: *mut sys::NDIS_MINIPORT_ADAPTER_ATTRIBUTES) -> Result<()> {
        // SAFETY: the caller's promise; called while the adapter is initializing.
        Status::from_raw(unsafe { sys::NdisMSetMiniportAttributes(self.raw, attributes) }).ok()
    }
}

/// NDIS-LIFE-04; the media is disconnected until a NIC below says otherwise.
fn general_attributes(
    general: &General,
    power: *mut sys::NDIS_PM_CAPABILITIES,
) -> sys::NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES {
    let (medium, physical, if_type) = MEDIA;
    let mut address = [0; 32];
    for (to, from) in address.iter_mut().zip(general.address) {
        *to = from;
    }
    sys::NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES {
        Header: header(
            sys::NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
            sys::NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
            sys::NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2,
        ),
        MediaType: medium,
        PhysicalMediumType: physical,
        MtuSize: general.mtu,
        MaxXmitLinkSpeed: SPEED,
        XmitLinkSpeed: NO_SPEED,
        MaxRcvLinkSpeed: SPEED,
        RcvLinkSpeed: NO_SPEED,
        MediaConnectState: sys::MediaConnectStateDisconnected,
        MediaDuplexState: sys::MediaDuplexStateUnknown,
        LookaheadSize: general.mtu,
        MacOptions: sys::NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA
            | sys::NDIS_MAC_OPTION_TRANSFERS_NOT_PEND
            | sys::NDIS_MAC_OPTION_NO_LOOPBACK
            | tag_options(general.tags),
        SupportedPacketFilters: SUPPORTED_FILTERS,
        MaxMulticastListSize: MAX_MULTICAST,
        MacAddressLength: 6,
        PermanentMacAddress: address,
        CurrentMacAddress: address,
        RecvScaleCapabilities: ptr::null_mut(),
        AccessType: sys::NET_IF_ACCESS_BROADCAST,
        DirectionType: sys::NET_IF_DIRECTION_SENDRECEIVE,
        ConnectionType: sys::NET_IF_CONNECTION_DEDICATED,
        IfType: if_type,
        IfConnectorPresent: 0,
        SupportedStatistics: oid::COUNTED,
        SupportedPauseFunctions: sys::NdisPauseFunctionsUnsupported as u32,
        SupportedOidList: oid::SUPPORTED.as_ptr().cast_mut(),
        SupportedOidListLength: size_of_val(&oid::SUPPORTED) as u32,
        PowerManagementCapabilitiesEx: power,
        ..Default::default()
    }
}

fn tag_options(tags: Tagging) -> u32 {
    let when = |on, option| if on { option } else { 0 };
    when(tags.priority, sys::NDIS_MAC_OPTION_8021P_PRIORITY)
        | when(tags.vlan, sys::NDIS_MAC_OPTION_8021Q_VLAN)
}

/// NDIS-PM-03: it sleeps, and wakes nobody.
fn power() -> sys::NDIS_PM_CAPABILITIES {
    sys::NDIS_PM_CAPABILITIES {
        Header: header(
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_PM_CAPABILITIES_REVISION_2,
            size_of::<sys::NDIS_PM_CAPABILITIES>() as u16,
        ),
        MinMagicPacketWakeUp: sys::NdisDeviceStateUnspecified,
        MinPatternWakeUp: sys::NdisDeviceStateUnspecified,
        MinLinkChangeWakeUp: sys::NdisDeviceStateUnspecified,
        ..Default::default()
    }
}
