//! NDIS 6.80 as a miniport uses it: driver and adapter registration, requests, events
//! and configuration (`ndis.h`, `ntddndis.h`). Net buffers are in `nbl`, OIDs in `oid`.

use super::nbl::NET_BUFFER_LIST;
use super::ndis_enums::*;
use super::ndk_ndis::NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES;
use super::netio::NET_LUID;
use super::offload::NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES;
use super::oid::NDIS_OID_REQUEST;
use super::types::*;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OBJECT_HEADER {
    pub Type: u8,
    pub Revision: u8,
    pub Size: u16,
}

// --- the miniport driver -------------------------------------------------------------------

pub type SET_OPTIONS_HANDLER = Option<
    unsafe extern "win64" fn(NdisDriverHandle: NDIS_HANDLE, DriverContext: PVOID) -> NDIS_STATUS,
>;
pub type MINIPORT_INITIALIZE_HANDLER = Option<
    unsafe extern "win64" fn(
        NdisMiniportHandle: NDIS_HANDLE,
        MiniportDriverContext: PVOID,
        MiniportInitParameters: *mut NDIS_MINIPORT_INIT_PARAMETERS,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_HALT_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID, HaltAction: NDIS_HALT_ACTION)>;
pub type MINIPORT_PAUSE_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        PauseParameters: *mut NDIS_MINIPORT_PAUSE_PARAMETERS,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_RESTART_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        RestartParameters: *mut NDIS_MINIPORT_RESTART_PARAMETERS,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_OID_REQUEST_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        OidRequest: *mut NDIS_OID_REQUEST,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        NetBufferList: *mut NET_BUFFER_LIST,
        PortNumber: u32,
        SendFlags: u32,
    ),
>;
pub type MINIPORT_RETURN_NET_BUFFER_LISTS_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        NetBufferLists: *mut NET_BUFFER_LIST,
        ReturnFlags: u32,
    ),
>;
pub type MINIPORT_CANCEL_SEND_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID, CancelId: PVOID)>;
pub type MINIPORT_CHECK_FOR_HANG_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID) -> u8>;
pub type MINIPORT_RESET_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        AddressingReset: *mut u8,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_DEVICE_PNP_EVENT_NOTIFY_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        NetDevicePnPEvent: *mut NET_DEVICE_PNP_EVENT,
    ),
>;
pub type MINIPORT_SHUTDOWN_HANDLER = Option<
    unsafe extern "win64" fn(MiniportAdapterContext: PVOID, ShutdownAction: NDIS_SHUTDOWN_ACTION),
>;
pub type MINIPORT_CANCEL_OID_REQUEST_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID, RequestId: PVOID)>;
pub type MINIPORT_DIRECT_OID_REQUEST_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        OidRequest: *mut NDIS_OID_REQUEST,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_CANCEL_DIRECT_OID_REQUEST_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID, RequestId: PVOID)>;
pub type MINIPORT_SYNCHRONOUS_OID_REQUEST_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        OidRequest: *mut NDIS_OID_REQUEST,
    ) -> NDIS_STATUS,
>;
pub type MINIPORT_DRIVER_UNLOAD = Option<unsafe extern "win64" fn(DriverObject: PDRIVER_OBJECT)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub MajorNdisVersion: u8,
    pub MinorNdisVersion: u8,
    pub MajorDriverVersion: u8,
    pub MinorDriverVersion: u8,
    pub Flags: u32,
    pub SetOptionsHandler: SET_OPTIONS_HANDLER,
    pub InitializeHandlerEx: MINIPORT_INITIALIZE_HANDLER,
    pub HaltHandlerEx: MINIPORT_HALT_HANDLER,
    pub UnloadHandler: MINIPORT_DRIVER_UNLOAD,
    pub PauseHandler: MINIPORT_PAUSE_HANDLER,
    pub RestartHandler: MINIPORT_RESTART_HANDLER,
    pub OidRequestHandler: MINIPORT_OID_REQUEST_HANDLER,
    pub SendNetBufferListsHandler: MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER,
    pub ReturnNetBufferListsHandler: MINIPORT_RETURN_NET_BUFFER_LISTS_HANDLER,
    pub CancelSendHandler: MINIPORT_CANCEL_SEND_HANDLER,
    pub CheckForHangHandlerEx: MINIPORT_CHECK_FOR_HANG_HANDLER,
    pub ResetHandlerEx: MINIPORT_RESET_HANDLER,
    pub DevicePnPEventNotifyHandler: MINIPORT_DEVICE_PNP_EVENT_NOTIFY_HANDLER,
    pub ShutdownHandlerEx: MINIPORT_SHUTDOWN_HANDLER,
    pub CancelOidRequestHandler: MINIPORT_CANCEL_OID_REQUEST_HANDLER,
    pub DirectOidRequestHandler: MINIPORT_DIRECT_OID_REQUEST_HANDLER,
    pub CancelDirectOidRequestHandler: MINIPORT_CANCEL_DIRECT_OID_REQUEST_HANDLER,
    pub SynchronousOidRequestHandler: MINIPORT_SYNCHRONOUS_OID_REQUEST_HANDLER,
}

// --- the adapter ---------------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_INIT_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub AllocatedResources: PVOID,
    pub IMDeviceInstanceContext: PVOID,
    pub MiniportAddDeviceContext: PVOID,
    pub IfIndex: u32,
    pub NetLuid: NET_LUID,
    pub DefaultPortAuthStates: PVOID,
    pub PciDeviceCustomProperties: PVOID,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub MiniportAdapterContext: PVOID,
    pub AttributeFlags: u32,
    pub CheckForHangTimeInSeconds: u32,
    pub InterfaceType: NDIS_INTERFACE_TYPE,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_PM_CAPABILITIES {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub SupportedWoLPacketPatterns: u32,
    pub NumTotalWoLPatterns: u32,
    pub MaxWoLPatternSize: u32,
    pub MaxWoLPatternOffset: u32,
    pub MaxWoLPacketSaveBuffer: u32,
    pub SupportedProtocolOffloads: u32,
    pub NumArpOffloadIPv4Addresses: u32,
    pub NumNSOffloadIPv6Addresses: u32,
    pub MinMagicPacketWakeUp: NDIS_DEVICE_POWER_STATE,
    pub MinPatternWakeUp: NDIS_DEVICE_POWER_STATE,
    pub MinLinkChangeWakeUp: NDIS_DEVICE_POWER_STATE,
    pub SupportedWakeUpEvents: u32,
    pub MediaSpecificWakeUpEvents: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub MediaType: NDIS_MEDIUM,
    pub PhysicalMediumType: NDIS_PHYSICAL_MEDIUM,
    pub MtuSize: u32,
    pub MaxXmitLinkSpeed: u64,
    pub XmitLinkSpeed: u64,
    pub MaxRcvLinkSpeed: u64,
    pub RcvLinkSpeed: u64,
    pub MediaConnectState: NET_IF_MEDIA_CONNECT_STATE,
    pub MediaDuplexState: NET_IF_MEDIA_DUPLEX_STATE,
    pub LookaheadSize: u32,
    pub PowerManagementCapabilities: PVOID,
    pub MacOptions: u32,
    pub SupportedPacketFilters: u32,
    pub MaxMulticastListSize: u32,
    pub MacAddressLength: u16,
    pub PermanentMacAddress: [u8; 32],
    pub CurrentMacAddress: [u8; 32],
    pub RecvScaleCapabilities: PVOID,
    pub AccessType: NET_IF_ACCESS_TYPE,
    pub DirectionType: NET_IF_DIRECTION_TYPE,
    pub ConnectionType: NET_IF_CONNECTION_TYPE,
    pub IfType: u16,
    pub IfConnectorPresent: u8,
    pub SupportedStatistics: u32,
    pub SupportedPauseFunctions: u32,
    pub DataBackFillSize: u32,
    pub ContextBackFillSize: u32,
    pub SupportedOidList: *mut u32,
    pub SupportedOidListLength: u32,
    pub AutoNegotiationFlags: u32,
    pub PowerManagementCapabilitiesEx: *mut NDIS_PM_CAPABILITIES,
}

/// What `NdisMSetMiniportAttributes` takes: one of these, told apart by the header.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NDIS_MINIPORT_ADAPTER_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub RegistrationAttributes: NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
    pub GeneralAttributes: NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
    pub NDKAttributes: NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
    pub OffloadAttributes: NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_PAUSE_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub PauseReason: u32,
}

/// Aligned to 16: `Data` holds structures of its own.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct NDIS_RESTART_ATTRIBUTES {
    pub Next: *mut NDIS_RESTART_ATTRIBUTES,
    pub Oid: u32,
    pub DataLength: u32,
    pub Data: [u8; 1],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_RESTART_GENERAL_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub MtuSize: u32,
    pub MaxXmitLinkSpeed: u64,
    pub MaxRcvLinkSpeed: u64,
    pub LookaheadSize: u32,
    pub MacOptions: u32,
    pub SupportedPacketFilters: u32,
    pub MaxMulticastListSize: u32,
    pub RecvScaleCapabilities: PVOID,
    pub AccessType: NET_IF_ACCESS_TYPE,
    pub Flags: u32,
    pub ConnectionType: NET_IF_CONNECTION_TYPE,
    pub SupportedStatistics: u32,
    pub DataBackFillSize: u32,
    pub ContextBackFillSize: u32,
    pub SupportedOidList: *mut u32,
    pub SupportedOidListLength: u32,
    pub MaxLookaheadSizeAccessed: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_RESTART_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub RestartAttributes: *mut NDIS_RESTART_ATTRIBUTES,
    pub Flags: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NET_DEVICE_PNP_EVENT {
    pub Header: NDIS_OBJECT_HEADER,
    pub PortNumber: u32,
    pub DevicePnPEvent: NDIS_DEVICE_PNP_EVENT,
    pub InformationBuffer: PVOID,
    pub InformationBufferLength: u32,
    pub NdisReserved: [u8; 16],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NET_PNP_EVENT {
    pub NetEvent: NET_PNP_EVENT_CODE,
    pub Buffer: PVOID,
    pub BufferLength: u32,
    pub NdisReserved: [u64; 4],
    pub TransportReserved: [u64; 4],
    pub TdiReserved: [u64; 4],
    pub TdiClientReserved: [u64; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NET_PNP_EVENT_NOTIFICATION {
    pub Header: NDIS_OBJECT_HEADER,
    pub PortNumber: u32,
    pub NetPnPEvent: NET_PNP_EVENT,
    pub Flags: u32,
    pub SwitchId: u32,
    pub VPortId: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_STATUS_INDICATION {
    pub Header: NDIS_OBJECT_HEADER,
    pub SourceHandle: NDIS_HANDLE,
    pub PortNumber: u32,
    pub StatusCode: NDIS_STATUS,
    pub Flags: u32,
    pub DestinationHandle: NDIS_HANDLE,
    pub RequestId: PVOID,
    pub StatusBuffer: PVOID,
    pub StatusBufferSize: u32,
    pub Guid: GUID,
    pub NdisReserved: [PVOID; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_LINK_STATE {
    pub Header: NDIS_OBJECT_HEADER,
    pub MediaConnectState: NET_IF_MEDIA_CONNECT_STATE,
    pub MediaDuplexState: NET_IF_MEDIA_DUPLEX_STATE,
    pub XmitLinkSpeed: u64,
    pub RcvLinkSpeed: u64,
    pub PauseFunctions: NDIS_SUPPORTED_PAUSE_FUNCTIONS,
    pub AutoNegotiationFlags: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_LINK_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub MediaDuplexState: NET_IF_MEDIA_DUPLEX_STATE,
    pub XmitLinkSpeed: u64,
    pub RcvLinkSpeed: u64,
    pub PauseFunctions: NDIS_SUPPORTED_PAUSE_FUNCTIONS,
    pub AutoNegotiationFlags: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_INTERRUPT_MODERATION_PARAMETERS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub InterruptModeration: NDIS_INTERRUPT_MODERATION,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_STATISTICS_INFO {
    pub Header: NDIS_OBJECT_HEADER,
    pub SupportedStatistics: u32,
    pub ifInDiscards: u64,
    pub ifInErrors: u64,
    pub ifHCInOctets: u64,
    pub ifHCInUcastPkts: u64,
    pub ifHCInMulticastPkts: u64,
    pub ifHCInBroadcastPkts: u64,
    pub ifHCOutOctets: u64,
    pub ifHCOutUcastPkts: u64,
    pub ifHCOutMulticastPkts: u64,
    pub ifHCOutBroadcastPkts: u64,
    pub ifOutErrors: u64,
    pub ifOutDiscards: u64,
    pub ifHCInUcastOctets: u64,
    pub ifHCInMulticastOctets: u64,
    pub ifHCInBroadcastOctets: u64,
    pub ifHCOutUcastOctets: u64,
    pub ifHCOutMulticastOctets: u64,
    pub ifHCOutBroadcastOctets: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_CONFIGURATION_OBJECT {
    pub Header: NDIS_OBJECT_HEADER,
    pub NdisHandle: NDIS_HANDLE,
    pub Flags: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_CONFIGURATION_PARAMETER {
    pub ParameterType: NDIS_PARAMETER_TYPE,
    pub ParameterData: NDIS_CONFIGURATION_PARAMETER_DATA,
}

/// The union inside an `NDIS_CONFIGURATION_PARAMETER`; `ParameterType` says which.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NDIS_CONFIGURATION_PARAMETER_DATA {
    pub IntegerData: u32,
    pub StringData: UNICODE_STRING,
    pub BinaryData: BINARY_DATA,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct BINARY_DATA {
    pub Length: u16,
    pub Buffer: PVOID,
}

zeroable!(
    NDIS_OBJECT_HEADER,
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS,
    NDIS_MINIPORT_INIT_PARAMETERS,
    NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
    NDIS_PM_CAPABILITIES,
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES,
    NDIS_MINIPORT_PAUSE_PARAMETERS,
    NDIS_RESTART_ATTRIBUTES,
    NDIS_RESTART_GENERAL_ATTRIBUTES,
    NDIS_MINIPORT_RESTART_PARAMETERS,
    NET_DEVICE_PNP_EVENT,
    NET_PNP_EVENT,
    NET_PNP_EVENT_NOTIFICATION,
    NDIS_STATUS_INDICATION,
    NDIS_LINK_STATE,
    NDIS_LINK_PARAMETERS,
    NDIS_INTERRUPT_MODERATION_PARAMETERS,
    NDIS_STATISTICS_INFO,
    NDIS_CONFIGURATION_OBJECT,
    NDIS_CONFIGURATION_PARAMETER,
    NDIS_CONFIGURATION_PARAMETER_DATA,
    BINARY_DATA,
);
