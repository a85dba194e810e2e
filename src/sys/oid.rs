//! NDIS requests (`NDIS_OID_REQUEST`) and the OIDs and enumerations of a virtual adapter.

use super::ndis::NDIS_OBJECT_HEADER;
use super::ndis_enums::NDIS_REQUEST_TYPE;
use super::types::*;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OID_REQUEST {
    pub Header: NDIS_OBJECT_HEADER,
    pub RequestType: NDIS_REQUEST_TYPE,
    pub PortNumber: u32,
    pub Timeout: u32,
    pub RequestId: PVOID,
    pub RequestHandle: NDIS_HANDLE,
    pub DATA: NDIS_OID_REQUEST_DATA,
    pub NdisReserved: [u8; 128],
    pub MiniportReserved: [u8; 16],
    pub SourceReserved: [u8; 16],
    pub SupportedRevision: u8,
    pub Reserved1: u8,
    pub Reserved2: u16,
    pub SwitchId: u32,
    pub VPortId: u32,
    pub Flags: u32,
}

/// `RequestType` says which.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NDIS_OID_REQUEST_DATA {
    pub QUERY_INFORMATION: NDIS_OID_REQUEST_QUERY,
    pub SET_INFORMATION: NDIS_OID_REQUEST_SET,
    pub METHOD_INFORMATION: NDIS_OID_REQUEST_METHOD,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OID_REQUEST_QUERY {
    pub Oid: u32,
    pub InformationBuffer: PVOID,
    pub InformationBufferLength: u32,
    pub BytesWritten: u32,
    pub BytesNeeded: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OID_REQUEST_SET {
    pub Oid: u32,
    pub InformationBuffer: PVOID,
    pub InformationBufferLength: u32,
    pub BytesRead: u32,
    pub BytesNeeded: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OID_REQUEST_METHOD {
    pub Oid: u32,
    pub InformationBuffer: PVOID,
    pub InputBufferLength: u32,
    pub OutputBufferLength: u32,
    pub MethodId: u32,
    pub BytesWritten: u32,
    pub BytesRead: u32,
    pub BytesNeeded: u32,
}

pub const OID_802_3_CURRENT_ADDRESS: u32 = 0x1010102;
pub const OID_802_3_MAXIMUM_LIST_SIZE: u32 = 0x1010104;
pub const OID_802_3_MULTICAST_LIST: u32 = 0x1010103;
pub const OID_802_3_PERMANENT_ADDRESS: u32 = 0x1010101;
pub const OID_802_3_RCV_ERROR_ALIGNMENT: u32 = 0x1020101;
pub const OID_802_3_XMIT_MORE_COLLISIONS: u32 = 0x1020103;
pub const OID_802_3_XMIT_ONE_COLLISION: u32 = 0x1020102;
pub const OID_GEN_CURRENT_LOOKAHEAD: u32 = 0x1010F;
pub const OID_GEN_CURRENT_PACKET_FILTER: u32 = 0x1010E;
pub const OID_GEN_DRIVER_VERSION: u32 = 0x10110;
pub const OID_GEN_ENUMERATE_PORTS: u32 = 0x1020D;
pub const OID_GEN_HARDWARE_STATUS: u32 = 0x10102;
pub const OID_GEN_INTERRUPT_MODERATION: u32 = 0x10209;
pub const OID_GEN_LINK_PARAMETERS: u32 = 0x10208;
pub const OID_GEN_LINK_SPEED: u32 = 0x10107;
pub const OID_GEN_LINK_STATE: u32 = 0x10207;
pub const OID_GEN_MACHINE_NAME: u32 = 0x1021A;
pub const OID_GEN_MAC_OPTIONS: u32 = 0x10113;
pub const OID_GEN_MAXIMUM_FRAME_SIZE: u32 = 0x10106;
pub const OID_GEN_MAXIMUM_LOOKAHEAD: u32 = 0x10105;
pub const OID_GEN_MAXIMUM_SEND_PACKETS: u32 = 0x10115;
pub const OID_GEN_MAXIMUM_TOTAL_SIZE: u32 = 0x10111;
pub const OID_GEN_MEDIA_CONNECT_STATUS: u32 = 0x10114;
pub const OID_GEN_MEDIA_IN_USE: u32 = 0x10104;
pub const OID_GEN_MEDIA_SUPPORTED: u32 = 0x10103;
pub const OID_GEN_NETWORK_LAYER_ADDRESSES: u32 = 0x10118;
pub const OID_GEN_PHYSICAL_MEDIUM: u32 = 0x10202;
pub const OID_GEN_PROTOCOL_OPTIONS: u32 = 0x10112;
pub const OID_GEN_RCV_ERROR: u32 = 0x20104;
pub const OID_GEN_RCV_NO_BUFFER: u32 = 0x20105;
pub const OID_GEN_RCV_OK: u32 = 0x20102;
pub const OID_GEN_RECEIVE_BLOCK_SIZE: u32 = 0x1010B;
pub const OID_GEN_RECEIVE_BUFFER_SPACE: u32 = 0x10109;
pub const OID_GEN_STATISTICS: u32 = 0x20106;
pub const OID_GEN_SUPPORTED_LIST: u32 = 0x10101;
pub const OID_GEN_TRANSMIT_BLOCK_SIZE: u32 = 0x1010A;
pub const OID_GEN_TRANSMIT_BUFFER_SPACE: u32 = 0x10108;
pub const OID_GEN_TRANSMIT_QUEUE_LENGTH: u32 = 0x2020E;
pub const OID_GEN_VENDOR_DESCRIPTION: u32 = 0x1010D;
pub const OID_GEN_VENDOR_DRIVER_VERSION: u32 = 0x10116;
pub const OID_GEN_VENDOR_ID: u32 = 0x1010C;
pub const OID_GEN_XMIT_ERROR: u32 = 0x20103;
pub const OID_GEN_XMIT_OK: u32 = 0x20101;
pub const OID_PM_PARAMETERS: u32 = 0xFD010109;
pub const OID_PM_REMOVE_PROTOCOL_OFFLOAD: u32 = 0xFD01010F;
pub const OID_PM_REMOVE_WOL_PATTERN: u32 = 0xFD01010B;
pub const OID_PNP_ENABLE_WAKE_UP: u32 = 0xFD010106;
pub const OID_PNP_REMOVE_WAKE_UP_PATTERN: u32 = 0xFD010104;
pub const OID_PNP_CAPABILITIES: u32 = 0xFD010100;
pub const OID_PNP_QUERY_POWER: u32 = 0xFD010102;
pub const OID_PNP_SET_POWER: u32 = 0xFD010101;
pub const OID_TCP_OFFLOAD_CURRENT_CONFIG: u32 = 0xFC01020B;

zeroable!(
    NDIS_OID_REQUEST,
    NDIS_OID_REQUEST_DATA,
    NDIS_OID_REQUEST_QUERY,
    NDIS_OID_REQUEST_SET,
    NDIS_OID_REQUEST_METHOD,
);
