//! NDIS 6.80 as a protocol driver uses it: registration, bindings, and pools of net buffer lists (`ndis.h`).

use super::nbl::NET_BUFFER_LIST;
use super::ndis::*;
use super::ndis_enums::*;
use super::netio::NET_LUID;
use super::offload::NDIS_OFFLOAD;
use super::oid::NDIS_OID_REQUEST;
use super::types::*;

// --- the protocol driver -------------------------------------------------------------------

pub type BIND_HANDLER_EX = Option<
    unsafe extern "win64" fn(
        ProtocolDriverContext: NDIS_HANDLE,
        BindContext: NDIS_HANDLE,
        BindParameters: *mut NDIS_BIND_PARAMETERS,
    ) -> NDIS_STATUS,
>;
pub type UNBIND_HANDLER_EX = Option<
    unsafe extern "win64" fn(
        UnbindContext: NDIS_HANDLE,
        ProtocolBindingContext: NDIS_HANDLE,
    ) -> NDIS_STATUS,
>;
pub type OPEN_ADAPTER_COMPLETE_HANDLER_EX =
    Option<unsafe extern "win64" fn(ProtocolBindingContext: NDIS_HANDLE, Status: NDIS_STATUS)>;
pub type CLOSE_ADAPTER_COMPLETE_HANDLER_EX =
    Option<unsafe extern "win64" fn(ProtocolBindingContext: NDIS_HANDLE)>;
pub type NET_PNP_EVENT_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        NetPnPEventNotification: *mut NET_PNP_EVENT_NOTIFICATION,
    ) -> NDIS_STATUS,
>;
pub type UNINSTALL_PROTOCOL_HANDLER = Option<unsafe extern "win64" fn()>;
pub type OID_REQUEST_COMPLETE_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        OidRequest: *mut NDIS_OID_REQUEST,
        Status: NDIS_STATUS,
    ),
>;
pub type STATUS_HANDLER_EX = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        StatusIndication: *mut NDIS_STATUS_INDICATION,
    ),
>;
pub type RECEIVE_NET_BUFFER_LISTS_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        NetBufferLists: *mut NET_BUFFER_LIST,
        PortNumber: u32,
        NumberOfNetBufferLists: u32,
        ReceiveFlags: u32,
    ),
>;
pub type SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
        SendCompleteFlags: u32,
    ),
>;
pub type DIRECT_OID_REQUEST_COMPLETE_HANDLER = Option<
    unsafe extern "win64" fn(
        ProtocolBindingContext: NDIS_HANDLE,
        OidRequest: *mut NDIS_OID_REQUEST,
        Status: NDIS_STATUS,
    ),
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub MajorNdisVersion: u8,
    pub MinorNdisVersion: u8,
    pub MajorDriverVersion: u8,
    pub MinorDriverVersion: u8,
    pub Flags: u32,
    pub Name: UNICODE_STRING,
    pub SetOptionsHandler: SET_OPTIONS_HANDLER,
    pub BindAdapterHandlerEx: BIND_HANDLER_EX,
    pub UnbindAdapterHandlerEx: UNBIND_HANDLER_EX,
    pub OpenAdapterCompleteHandlerEx: OPEN_ADAPTER_COMPLETE_HANDLER_EX,
    pub CloseAdapterCompleteHandlerEx: CLOSE_ADAPTER_COMPLETE_HANDLER_EX,
    pub NetPnPEventHandler: NET_PNP_EVENT_HANDLER,
    pub UninstallHandler: UNINSTALL_PROTOCOL_HANDLER,
    pub OidRequestCompleteHandler: OID_REQUEST_COMPLETE_HANDLER,
    pub StatusHandlerEx: STATUS_HANDLER_EX,
    pub ReceiveNetBufferListsHandler: RECEIVE_NET_BUFFER_LISTS_HANDLER,
    pub SendNetBufferListsCompleteHandler: SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER,
    pub DirectOidRequestCompleteHandler: DIRECT_OID_REQUEST_COMPLETE_HANDLER,
}

// --- the binding ---------------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_BIND_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub ProtocolSection: *mut UNICODE_STRING,
    pub AdapterName: *mut UNICODE_STRING,
    pub PhysicalDeviceObject: PVOID,
    pub MediaType: NDIS_MEDIUM,
    pub MtuSize: u32,
    pub MaxXmitLinkSpeed: u64,
    pub XmitLinkSpeed: u64,
    pub MaxRcvLinkSpeed: u64,
    pub RcvLinkSpeed: u64,
    pub MediaConnectState: NET_IF_MEDIA_CONNECT_STATE,
    pub MediaDuplexState: NET_IF_MEDIA_DUPLEX_STATE,
    pub LookaheadSize: u32,
    pub PowerManagementCapabilities: PVOID,
    pub SupportedPacketFilters: u32,
    pub MaxMulticastListSize: u32,
    pub MacAddressLength: u16,
    pub CurrentMacAddress: [u8; 32],
    pub PhysicalMediumType: NDIS_PHYSICAL_MEDIUM,
    pub RcvScaleCapabilities: PVOID,
    pub BoundIfNetluid: NET_LUID,
    pub BoundIfIndex: u32,
    pub LowestIfNetluid: NET_LUID,
    pub LowestIfIndex: u32,
    pub AccessType: NET_IF_ACCESS_TYPE,
    pub DirectionType: NET_IF_DIRECTION_TYPE,
    pub ConnectionType: NET_IF_CONNECTION_TYPE,
    pub IfType: u16,
    pub IfConnectorPresent: u8,
    pub ActivePorts: PVOID,
    pub DataBackFillSize: u32,
    pub ContextBackFillSize: u32,
    pub MacOptions: u32,
    pub CompartmentId: u32,
    pub DefaultOffloadConfiguration: *mut NDIS_OFFLOAD,
    pub TcpConnectionOffloadCapabilities: PVOID,
    pub BoundAdapterName: *mut UNICODE_STRING,
    pub HDSplitCurrentConfig: PVOID,
    pub ReceiveFilterCapabilities: PVOID,
    pub PowerManagementCapabilitiesEx: *mut NDIS_PM_CAPABILITIES,
    pub NicSwitchCapabilities: PVOID,
    pub NDKEnabled: u8,
    pub NDKCapabilities: PVOID,
    pub SriovCapabilities: PVOID,
    pub NicSwitchArray: PVOID,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OPEN_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub AdapterName: *mut UNICODE_STRING,
    pub MediumArray: *mut NDIS_MEDIUM,
    pub MediumArraySize: u32,
    pub SelectedMediumIndex: *mut u32,
    pub FrameTypeArray: *mut u16,
    pub FrameTypeArraySize: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROTOCOL_PAUSE_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub PauseReason: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PROTOCOL_RESTART_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub FilterModuleNameBuffer: *mut u16,
    pub FilterModuleNameBufferLength: u32,
    pub RestartAttributes: *mut NDIS_RESTART_ATTRIBUTES,
    pub BoundIfIndex: u32,
    pub BoundIfNetluid: NET_LUID,
    pub Flags: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NET_BUFFER_LIST_POOL_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub ProtocolId: u8,
    pub fAllocateNetBuffer: u8,
    pub ContextSize: u16,
    pub PoolTag: u32,
    pub DataSize: u32,
}

zeroable!(
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,
    NDIS_BIND_PARAMETERS,
    NDIS_OPEN_PARAMETERS,
    NDIS_PROTOCOL_PAUSE_PARAMETERS,
    NDIS_PROTOCOL_RESTART_PARAMETERS,
    NET_BUFFER_LIST_POOL_PARAMETERS,
);

// --- constants -----------------------------------------------------------------------------

pub const NDIS_OBJECT_TYPE_BIND_PARAMETERS: u8 = 0x86;
pub const NDIS_OBJECT_TYPE_OPEN_PARAMETERS: u8 = 0x87;
pub const NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS: u8 = 0x95;
pub const NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS: u8 = 0xA3;

pub const NDIS_BIND_PARAMETERS_REVISION_4: u8 = 4;
pub const NDIS_OPEN_PARAMETERS_REVISION_1: u8 = 1;
pub const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1: u8 = 1;
pub const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2: u8 = 2;
pub const NDIS_PROTOCOL_PAUSE_PARAMETERS_REVISION_1: u8 = 1;
pub const NDIS_PROTOCOL_RESTART_PARAMETERS_REVISION_1: u8 = 1;
pub const NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1: u8 = 1;
pub const NDIS_SIZEOF_BIND_PARAMETERS_REVISION_4: u16 = 0x138;
pub const NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1: u16 = 0x34;
pub const NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1: u16 = 0x78;
pub const NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2: u16 = 0x80;
pub const NDIS_SIZEOF_PROTOCOL_PAUSE_PARAMETERS_REVISION_1: u16 = 0xC;
pub const NDIS_SIZEOF_PROTOCOL_RESTART_PARAMETERS_REVISION_1: u16 = 0x34;
pub const NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1: u16 = 0x10;

pub const NDIS_RESTART_GENERAL_ATTRIBUTES_REVISION_2: u8 = 2;
pub const OID_GEN_MINIPORT_RESTART_ATTRIBUTES: u32 = 0x1021D;

pub const NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS: u32 = 2;
pub const NDIS_PACKET_TYPE_NO_LOCAL: u32 = 0x10000;
pub const NDIS_PROTOCOL_ID_DEFAULT: u8 = 0;
pub const NDIS_RECEIVE_FLAGS_PERFECT_FILTERED: u32 = 0x400;

// Places in `NET_BUFFER_LIST::NetBufferListInfo`.
pub const TcpIpChecksumNetBufferListInfo: usize = 0;
pub const TcpLargeSendNetBufferListInfo: usize = 2;
pub const Ieee8021QNetBufferListInfo: usize = 4;
pub const NetBufferListCancelId: usize = 5;
pub const MediaSpecificInformation: usize = 6;
pub const NetBufferListProtocolId: usize = 7;
pub const NetBufferListHashValue: usize = 8;
pub const NetBufferListHashInfo: usize = 9;
