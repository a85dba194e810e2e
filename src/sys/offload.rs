//! Task offloads (`ntddndis.h`, `ndis.h`). Groups of bit fields are words here; `ndis::frame::offload` says what they hold.

use super::ndis::NDIS_OBJECT_HEADER;
use super::types::*;

/// Each is an encapsulation and a word of two-bit fields.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_TCP_IP_CHECKSUM_OFFLOAD {
    pub IPv4Transmit: [u32; 2],
    pub IPv4Receive: [u32; 2],
    pub IPv6Transmit: [u32; 2],
    pub IPv6Receive: [u32; 2],
}

/// Encapsulation, bytes at most, segments at least; of IPv6 a word of two-bit fields more.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_TCP_LARGE_SEND_OFFLOAD_V2 {
    pub IPv4: [u32; 3],
    pub IPv6: [u32; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD {
    pub IPv4: u8,
    pub IPv6: u8,
}

/// What is only named here (`LsoV1`, IPsec, encapsulated packets, 464XLAT) is not used.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OFFLOAD {
    pub Header: NDIS_OBJECT_HEADER,
    pub Checksum: NDIS_TCP_IP_CHECKSUM_OFFLOAD,
    pub LsoV1: [u32; 4],
    pub IPsecV1: [u32; 7],
    pub LsoV2: NDIS_TCP_LARGE_SEND_OFFLOAD_V2,
    pub Flags: u32,
    pub IPsecV2: [u32; 8],
    pub Rsc: NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD,
    pub EncapsulatedPacketTaskOffloadGre: [u32; 2],
    pub EncapsulatedPacketTaskOffloadVxlan: [u32; 5],
    pub EncapsulationTypes: u8,
    pub Rfc6877Xlat: [u32; 2],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OFFLOAD_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub IPv4Checksum: u8,
    pub TCPIPv4Checksum: u8,
    pub UDPIPv4Checksum: u8,
    pub TCPIPv6Checksum: u8,
    pub UDPIPv6Checksum: u8,
    pub LsoV1: u8,
    pub IPsecV1: u8,
    pub LsoV2IPv4: u8,
    pub LsoV2IPv6: u8,
    pub TcpConnectionIPv4: u8,
    pub TcpConnectionIPv6: u8,
    pub Flags: u32,
    pub IPsecV2: u8,
    pub IPsecV2IPv4: u8,
    pub RscIPv4: u8,
    pub RscIPv6: u8,
    pub EncapsulatedPacketTaskOffload: u8,
    pub EncapsulationTypes: u8,
    pub EncapsulationProtocolParameters: u32,
}

/// Each family: whether, how, and the size of the header before IP's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OFFLOAD_ENCAPSULATION {
    pub Header: NDIS_OBJECT_HEADER,
    pub IPv4: [u32; 3],
    pub IPv6: [u32; 3],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub DefaultOffloadConfiguration: *mut NDIS_OFFLOAD,
    pub HardwareOffloadCapabilities: *mut NDIS_OFFLOAD,
    pub DefaultTcpConnectionOffloadConfiguration: PVOID,
    pub TcpConnectionOffloadHardwareCapabilities: PVOID,
}

zeroable!(
    NDIS_TCP_IP_CHECKSUM_OFFLOAD,
    NDIS_TCP_LARGE_SEND_OFFLOAD_V2,
    NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD,
    NDIS_OFFLOAD,
    NDIS_OFFLOAD_PARAMETERS,
    NDIS_OFFLOAD_ENCAPSULATION,
    NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES,
);

pub const NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES: u8 = 0xA0;
pub const NDIS_OBJECT_TYPE_OFFLOAD: u8 = 0xA7;
pub const NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION: u8 = 0xA8;
pub const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1: u8 = 1;
pub const NDIS_OFFLOAD_ENCAPSULATION_REVISION_1: u8 = 1;
pub const NDIS_OFFLOAD_PARAMETERS_REVISION_1: u8 = 1;
pub const NDIS_OFFLOAD_PARAMETERS_REVISION_3: u8 = 3;
pub const NDIS_OFFLOAD_REVISION_1: u8 = 1;
pub const NDIS_OFFLOAD_REVISION_3: u8 = 3;
pub const NDIS_OFFLOAD_REVISION_5: u8 = 5;
pub const NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1: u16 = 0x28;
pub const NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1: u16 = 0x70;
pub const NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_3: u16 = 0x9C;
pub const NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5: u16 = 0xBC;
pub const NDIS_SIZEOF_OFFLOAD_ENCAPSULATION_REVISION_1: u16 = 0x1C;
pub const NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1: u16 = 0x14;
pub const NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3: u16 = 0x1A;

pub const NDIS_ENCAPSULATION_IEEE_802_3: u32 = 2;
pub const NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q: u32 = 4;
pub const NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q_IN_OOB: u32 = 8;
pub const NDIS_OFFLOAD_PARAMETERS_NO_CHANGE: u8 = 0;
pub const NDIS_OFFLOAD_PARAMETERS_RSC_DISABLED: u8 = 1;
pub const NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED: u8 = 2;
pub const NDIS_OFFLOAD_PARAMETERS_SKIP_REGISTRY_UPDATE: u32 = 1;
pub const NDIS_OFFLOAD_SET_ON: u32 = 1;
pub const NDIS_OFFLOAD_SET_OFF: u32 = 2;

pub const OID_GEN_VLAN_ID: u32 = 0x1021C;
pub const OID_OFFLOAD_ENCAPSULATION: u32 = 0x101010A;
pub const OID_TCP_OFFLOAD_PARAMETERS: u32 = 0xFC01020C;

pub const NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG: NDIS_STATUS = 0x40020006;
pub const NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES: NDIS_STATUS = 0x40020007;

/// A place in `NET_BUFFER_LIST::NetBufferListInfo`.
pub const TcpRecvSegCoalesceInfo: usize = 22;
