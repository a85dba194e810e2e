//! A NIC that NDIS offers to bind.

use core::slice;

use super::{offload, status};
use crate::ndis::frame::{Address, InterfaceGuid, Link, Offloads, Tagging};
use crate::sys;

/// Lives for one call of the bind handler.
pub(crate) struct Offer<'a> {
    protocol: sys::NDIS_HANDLE,
    context: sys::NDIS_HANDLE,
    parameters: &'a sys::NDIS_BIND_PARAMETERS,
}

impl<'a> Offer<'a> {
    /// # Safety
    /// Handles and parameters are those of the bind call in progress.
    pub(super) unsafe fn new(
        protocol: sys::NDIS_HANDLE,
        context: sys::NDIS_HANDLE,
        parameters: &'a sys::NDIS_BIND_PARAMETERS,
    ) -> Self {
        Self {
            protocol,
            context,
            parameters,
        }
    }

    pub(super) fn protocol(&self) -> sys::NDIS_HANDLE {
        self.protocol
    }

    pub(super) fn context(&self) -> sys::NDIS_HANDLE {
        self.context
    }

    /// As NDIS wants it back.
    pub(super) fn name(&self) -> *mut sys::UNICODE_STRING {
        self.parameters.AdapterName
    }

    /// The NIC's interface, from `\DEVICE\{GUID}`.
    pub(in crate::ndis) fn interface(&self) -> Option<InterfaceGuid> {
        // SAFETY: null, or a string of NDIS's that is valid for the call.
        let name = unsafe { self.parameters.AdapterName.as_ref() }?;
        if name.Buffer.is_null() {
            return None;
        }
        // SAFETY: a counted string; its length is in bytes.
        let letters = unsafe { slice::from_raw_parts(name.Buffer, usize::from(name.Length) / 2) };
        InterfaceGuid::at_end_of(letters)
    }

    /// The NIC's Ethernet address, if it is an Ethernet NIC.
    pub(in crate::ndis) fn address(&self) -> Option<Address> {
        let ethernet = self.parameters.MediaType == sys::NdisMedium802_3;
        let whole = usize::from(self.parameters.MacAddressLength) == size_of::<Address>();
        if !ethernet || !whole {
            return None;
        }
        self.parameters.CurrentMacAddress.first_chunk().copied()
    }

    /// What the NIC does for those who bind to it, as it is switched on now.
    pub(in crate::ndis) fn offloads(&self) -> Offloads {
        let from = self.parameters.DefaultOffloadConfiguration;
        // SAFETY: null, or NDIS's for the call, and as long as its header says.
        unsafe { offload::read(from, size_of::<sys::NDIS_OFFLOAD>()) }.unwrap_or(Offloads::NONE)
    }

    /// The longest frames it carries: bytes behind the Ethernet header.
    pub(in crate::ndis) fn mtu(&self) -> u32 {
        self.parameters.MtuSize
    }

    pub(in crate::ndis) fn tags(&self) -> Tagging {
        let has = |option| self.parameters.MacOptions & option != 0;
        Tagging {
            priority: has(sys::NDIS_MAC_OPTION_8021P_PRIORITY),
            vlan: has(sys::NDIS_MAC_OPTION_8021Q_VLAN),
        }
    }

    #[cfg(feature = "chimney")]
    pub(in crate::ndis) fn connections(&self) -> super::chimney::Capability {
        // SAFETY: null, or what NDIS says of the NIC, valid for the call.
        unsafe {
            super::chimney::Capability::read(self.parameters.TcpConnectionOffloadCapabilities)
        }
    }

    pub(in crate::ndis) fn link(&self) -> Link {
        let parameters = self.parameters;
        status::link(
            parameters.MediaConnectState,
            parameters.MediaDuplexState,
            parameters.XmitLinkSpeed,
            parameters.RcvLinkSpeed,
        )
    }
}
