//! TCP chimney offload (`ndischimney.h`, NDIS 6.0 to its end): what an intermediate driver sees. Deprecated by NDIS 6.70;
//! in images only with the feature `chimney`.

use super::nbl::NET_BUFFER_LIST;
use super::ndis::NDIS_OBJECT_HEADER;
use super::types::*;

pub const NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS: u8 = 0x8E;
pub const NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS: u8 = 0x8F;
pub const NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS: u8 = 0x93;
pub const NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS: u8 = 0x94;
pub const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1: u8 = 1;
pub const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1: u8 = 1;
pub const NDIS_OBJECT_TCP_OFFLOAD_REVISION_1: u8 = 1;
pub const NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1: u16 = 56;
pub const NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1: u16 = 64;
pub const NDIS_SIZEOF_TCP_OFFLOAD_EVENT_HANDLERS_REVISION_1: u16 = 56;
pub const NDIS_TCP_CONNECTION_OFFLOAD_REVISION_2: u8 = 2;
pub const NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_2: u16 = 20;

pub type NDIS_CHIMNEY_OFFLOAD_TYPE = i32;
pub const NdisTcpChimneyOffload: NDIS_CHIMNEY_OFFLOAD_TYPE = 1;

/// Of a disconnect: data, then FIN; or RST.
pub const TCP_DISCONNECT_GRACEFUL_CLOSE: u32 = 1;
pub const TCP_DISCONNECT_ABORTIVE_CLOSE: u32 = 2;

/// Of an event of a connection.
pub const TcpIndicateSendBacklogChange: u32 = 1;
pub const TcpIndicateDisconnect: u32 = 2;
pub const TcpIndicateRetrieve: u32 = 3;
pub const TcpIndicateAbort: u32 = 4;
pub const NeighborReachabilityQuery: u32 = 2;
/// Why a NIC wants a connection uploaded.
pub const UploadRequested: u32 = 10;

pub const NDIS_STATUS_OFFLOAD_PAUSE: NDIS_STATUS = 0x4002_0001;
pub const NDIS_STATUS_UPLOAD_ALL: NDIS_STATUS = 0x4002_0002;
pub const NDIS_STATUS_OFFLOAD_RESUME: NDIS_STATUS = 0x4002_0003;
pub const NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS: NDIS_STATUS = 0x4002_0004;
pub const NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES: NDIS_STATUS = 0x4002_000B;
pub const NDIS_STATUS_UPLOAD_IN_PROGRESS: NDIS_STATUS = 0xC023_1001_u32 as NDIS_STATUS;
pub const NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED: NDIS_STATUS = 0xC023_100E_u32 as NDIS_STATUS;
pub const NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED: NDIS_STATUS = 0xC023_1010_u32 as NDIS_STATUS;
pub const OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG: u32 = 0xFC01_020E;
pub const OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES: u32 = 0xFC01_020F;
pub const OID_TCP_CONNECTION_OFFLOAD_PARAMETERS: u32 = 0xFC03_0201;
/// Index of `NetBufferListInfo`: how much of a disconnect's data was acknowledged.
pub const TcpOffloadBytesTransferred: usize = 0;

/// A driver's context of an offloaded object, as those below know it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OFFLOAD_HANDLE {
    pub NdisReserved: [PVOID; 1],
    /// Points to where the driver below writes its own context.
    pub MiniportOffloadContext: PVOID,
}

/// A node of a tree of state, as a miniport sees it. The state follows it in memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_OFFLOAD_BLOCK_LIST {
    pub Header: NDIS_OBJECT_HEADER,
    pub NextBlock: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    pub DependentBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    pub Status: NDIS_STATUS,
    pub NdisReserved: [PVOID; 2],
    pub MiniportOffloadContext: *mut PVOID,
    pub NdisOffloadHandle: NDIS_HANDLE,
    pub ProtocolReserved: [PVOID; 2],
    pub MiniportReserved: [PVOID; 2],
    pub ImReserved: [PVOID; 2],
    pub Scratch: [PVOID; 2],
    pub SourceHandle: PVOID,
    pub PortNumber: u32,
    pub NetBufferListChain: *mut NET_BUFFER_LIST,
}

/// The same node, as a protocol sees it: in the same memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST {
    pub Header: NDIS_OBJECT_HEADER,
    pub NextBlock: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    pub DependentBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    pub Status: NDIS_STATUS,
    pub NdisReserved: [PVOID; 3],
    pub OffloadHandle: *mut NDIS_OFFLOAD_HANDLE,
    pub ProtocolReserved: [PVOID; 2],
    pub MiniportReserved: [PVOID; 2],
    pub ImReserved: [PVOID; 2],
    pub Scratch: [PVOID; 2],
    pub SourceHandle: PVOID,
    pub PortNumber: u32,
    pub NetBufferListChain: *mut NET_BUFFER_LIST,
}

/// What a NIC can have offloaded. Its bits are passed on, never read.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_TCP_CONNECTION_OFFLOAD {
    pub Header: NDIS_OBJECT_HEADER,
    pub Encapsulation: u32,
    /// `SupportIPv4`, `SupportIPv6`, `SupportIPv6ExtensionHeaders`, `SupportSack`: two bits each; `CongestionAlgorithm`: four.
    pub __reserved_bits: u32,
    pub TcpConnectionOffloadCapacity: u32,
    pub Flags: u32,
}

// --- what a miniport is called with ---------------------------------------------------------

/// `W_INITIATE_OFFLOAD_HANDLER`; the other operations on state have the same shape.
pub type W_INITIATE_OFFLOAD_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    ),
>;
pub type W_TCP_OFFLOAD_SEND_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        MiniportOffloadContext: PVOID,
        NetBufferList: *mut NET_BUFFER_LIST,
    ) -> NDIS_STATUS,
>;
pub type W_TCP_OFFLOAD_DISCONNECT_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        MiniportOffloadContext: PVOID,
        NetBufferList: *mut NET_BUFFER_LIST,
        Flags: u32,
    ) -> NDIS_STATUS,
>;
pub type W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        NetBufferList: *mut NET_BUFFER_LIST,
    ) -> NDIS_STATUS,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub InitiateOffloadHandler: W_INITIATE_OFFLOAD_HANDLER,
    pub TerminateOffloadHandler: W_INITIATE_OFFLOAD_HANDLER,
    pub UpdateOffloadHandler: W_INITIATE_OFFLOAD_HANDLER,
    pub InvalidateOffloadHandler: W_INITIATE_OFFLOAD_HANDLER,
    pub QueryOffloadHandler: W_INITIATE_OFFLOAD_HANDLER,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub OffloadType: NDIS_CHIMNEY_OFFLOAD_TYPE,
    pub TcpOffloadSendHandler: W_TCP_OFFLOAD_SEND_HANDLER,
    pub TcpOffloadReceiveHandler: W_TCP_OFFLOAD_SEND_HANDLER,
    pub TcpOffloadDisconnectHandler: W_TCP_OFFLOAD_DISCONNECT_HANDLER,
    pub TcpOffloadForwardHandler: W_TCP_OFFLOAD_SEND_HANDLER,
    pub TcpOffloadReceiveReturnHandler: W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER,
}

// --- what a protocol is called with ---------------------------------------------------------

/// `INITIATE_OFFLOAD_COMPLETE_HANDLER`; the other ends of operations on state have the same shape.
pub type INITIATE_OFFLOAD_COMPLETE_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    ),
>;
pub type INDICATE_OFFLOAD_EVENT_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
        IndicationCode: u32,
    ),
>;
/// `TCP_OFFLOAD_SEND_COMPLETE_HANDLER`; the other ends of operations on data have the same shape.
pub type TCP_OFFLOAD_SEND_COMPLETE_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
    ),
>;
pub type TCP_OFFLOAD_EVENT_HANDLER = Option<
    unsafe extern "win64" fn(OffloadContext: PVOID, EventType: u32, EventSpecificInformation: u32),
>;
pub type TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER = Option<
    unsafe extern "win64" fn(
        OffloadContext: PVOID,
        NetBufferList: *mut NET_BUFFER_LIST,
        Status: NDIS_STATUS,
        BytesConsumed: *mut u32,
    ) -> NDIS_STATUS,
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub InitiateOffloadCompleteHandler: INITIATE_OFFLOAD_COMPLETE_HANDLER,
    pub TerminateOffloadCompleteHandler: INITIATE_OFFLOAD_COMPLETE_HANDLER,
    pub UpdateOffloadCompleteHandler: INITIATE_OFFLOAD_COMPLETE_HANDLER,
    pub InvalidateOffloadCompleteHandler: INITIATE_OFFLOAD_COMPLETE_HANDLER,
    pub QueryOffloadCompleteHandler: INITIATE_OFFLOAD_COMPLETE_HANDLER,
    pub IndicateOffloadEventHandler: INDICATE_OFFLOAD_EVENT_HANDLER,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub OffloadType: NDIS_CHIMNEY_OFFLOAD_TYPE,
    pub TcpOffloadSendCompleteHandler: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub TcpOffloadReceiveCompleteHandler: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub TcpOffloadDisconnectCompleteHandler: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub TcpOffloadForwardCompleteHandler: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub TcpOffloadEventHandler: TCP_OFFLOAD_EVENT_HANDLER,
    pub TcpOffloadReceiveIndicateHandler: TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER,
}

// --- NDIS's functions for miniports, which come as a table ----------------------------------

/// What `NdisMGetOffloadHandlers` gives; the header says what it really is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OFFLOAD_EVENT_HANDLERS {
    pub Header: NDIS_OBJECT_HEADER,
}

/// The table for `NdisTcpChimneyOffload`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_TCP_OFFLOAD_EVENT_HANDLERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub NdisTcpOffloadEventHandler: TCP_OFFLOAD_EVENT_HANDLER,
    pub NdisTcpOffloadReceiveHandler: TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER,
    pub NdisTcpOffloadSendComplete: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub NdisTcpOffloadReceiveComplete: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub NdisTcpOffloadDisconnectComplete: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
    pub NdisTcpOffloadForwardComplete: TCP_OFFLOAD_SEND_COMPLETE_HANDLER,
}

zeroable!(
    NDIS_OFFLOAD_HANDLE,
    NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    NDIS_TCP_CONNECTION_OFFLOAD,
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS,
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS,
    NDIS_OFFLOAD_EVENT_HANDLERS,
    NDIS_TCP_OFFLOAD_EVENT_HANDLERS,
);
