//! Enumerations of NDIS (`ndis.h`, `ntddndis.h`, `ifdef.h`).

pub type NDIS_REQUEST_TYPE = i32;
pub const NdisRequestClose: NDIS_REQUEST_TYPE = 4;
pub const NdisRequestGeneric1: NDIS_REQUEST_TYPE = 8;
pub const NdisRequestGeneric2: NDIS_REQUEST_TYPE = 9;
pub const NdisRequestGeneric3: NDIS_REQUEST_TYPE = 10;
pub const NdisRequestGeneric4: NDIS_REQUEST_TYPE = 11;
pub const NdisRequestMethod: NDIS_REQUEST_TYPE = 12;
pub const NdisRequestOpen: NDIS_REQUEST_TYPE = 3;
pub const NdisRequestQueryInformation: NDIS_REQUEST_TYPE = 0;
pub const NdisRequestQueryStatistics: NDIS_REQUEST_TYPE = 2;
pub const NdisRequestReset: NDIS_REQUEST_TYPE = 7;
pub const NdisRequestSend: NDIS_REQUEST_TYPE = 5;
pub const NdisRequestSetInformation: NDIS_REQUEST_TYPE = 1;
pub const NdisRequestTransferData: NDIS_REQUEST_TYPE = 6;

pub type NDIS_MEDIUM = i32;
pub const NdisMedium802_3: NDIS_MEDIUM = 0;

pub type NDIS_PHYSICAL_MEDIUM = i32;
pub const NdisPhysicalMedium802_3: NDIS_PHYSICAL_MEDIUM = 14;
pub const NdisPhysicalMediumUnspecified: NDIS_PHYSICAL_MEDIUM = 0;

pub type NDIS_INTERFACE_TYPE = i32;
pub const NdisInterfaceInternal: NDIS_INTERFACE_TYPE = 0;
pub const NdisInterfaceProcessorInternal: NDIS_INTERFACE_TYPE = 12;

pub type NDIS_HALT_ACTION = i32;
pub const NdisHaltDeviceDisabled: NDIS_HALT_ACTION = 0;
pub const NdisHaltDeviceFailed: NDIS_HALT_ACTION = 4;
pub const NdisHaltDeviceInitializationFailed: NDIS_HALT_ACTION = 5;
pub const NdisHaltDeviceInstanceDeInitialized: NDIS_HALT_ACTION = 1;
pub const NdisHaltDevicePoweredDown: NDIS_HALT_ACTION = 2;
pub const NdisHaltDeviceStopped: NDIS_HALT_ACTION = 6;
pub const NdisHaltDeviceSurpriseRemoved: NDIS_HALT_ACTION = 3;

pub type NDIS_SHUTDOWN_ACTION = i32;
pub const NdisShutdownBugCheck: NDIS_SHUTDOWN_ACTION = 1;
pub const NdisShutdownPowerOff: NDIS_SHUTDOWN_ACTION = 0;

pub type NDIS_DEVICE_PNP_EVENT = i32;
pub const NdisDevicePnPEventFilterListChanged: NDIS_DEVICE_PNP_EVENT = 6;
pub const NdisDevicePnPEventMaximum: NDIS_DEVICE_PNP_EVENT = 7;
pub const NdisDevicePnPEventPowerProfileChanged: NDIS_DEVICE_PNP_EVENT = 5;
pub const NdisDevicePnPEventQueryRemoved: NDIS_DEVICE_PNP_EVENT = 0;
pub const NdisDevicePnPEventQueryStopped: NDIS_DEVICE_PNP_EVENT = 3;
pub const NdisDevicePnPEventRemoved: NDIS_DEVICE_PNP_EVENT = 1;
pub const NdisDevicePnPEventStopped: NDIS_DEVICE_PNP_EVENT = 4;
pub const NdisDevicePnPEventSurpriseRemoved: NDIS_DEVICE_PNP_EVENT = 2;

pub type NET_PNP_EVENT_CODE = i32;
pub const NetEventAllowBindsAbove: NET_PNP_EVENT_CODE = 18;
pub const NetEventAllowStart: NET_PNP_EVENT_CODE = 20;
pub const NetEventBindFailed: NET_PNP_EVENT_CODE = 16;
pub const NetEventBindList: NET_PNP_EVENT_CODE = 5;
pub const NetEventBindsComplete: NET_PNP_EVENT_CODE = 6;
pub const NetEventCancelRemoveDevice: NET_PNP_EVENT_CODE = 3;
pub const NetEventFilterPreDetach: NET_PNP_EVENT_CODE = 15;
pub const NetEventIMReEnableDevice: NET_PNP_EVENT_CODE = 12;
pub const NetEventInhibitBindsAbove: NET_PNP_EVENT_CODE = 19;
pub const NetEventMaximum: NET_PNP_EVENT_CODE = 23;
pub const NetEventNDKDisable: NET_PNP_EVENT_CODE = 14;
pub const NetEventNDKEnable: NET_PNP_EVENT_CODE = 13;
pub const NetEventPause: NET_PNP_EVENT_CODE = 8;
pub const NetEventPnPCapabilities: NET_PNP_EVENT_CODE = 7;
pub const NetEventPortActivation: NET_PNP_EVENT_CODE = 10;
pub const NetEventPortDeactivation: NET_PNP_EVENT_CODE = 11;
pub const NetEventQueryPower: NET_PNP_EVENT_CODE = 1;
pub const NetEventQueryRemoveDevice: NET_PNP_EVENT_CODE = 2;
pub const NetEventReconfigure: NET_PNP_EVENT_CODE = 4;
pub const NetEventRequirePause: NET_PNP_EVENT_CODE = 21;
pub const NetEventRestart: NET_PNP_EVENT_CODE = 9;
pub const NetEventSetPower: NET_PNP_EVENT_CODE = 0;
pub const NetEventSwitchActivate: NET_PNP_EVENT_CODE = 17;
pub const NetEventUploadGftFlowEntries: NET_PNP_EVENT_CODE = 22;

pub type NDIS_PARAMETER_TYPE = i32;
pub const NdisParameterBinary: NDIS_PARAMETER_TYPE = 4;
pub const NdisParameterHexInteger: NDIS_PARAMETER_TYPE = 1;
pub const NdisParameterInteger: NDIS_PARAMETER_TYPE = 0;
pub const NdisParameterMultiString: NDIS_PARAMETER_TYPE = 3;
pub const NdisParameterString: NDIS_PARAMETER_TYPE = 2;

pub type NDIS_DEVICE_POWER_STATE = i32;
pub const NdisDeviceStateD0: NDIS_DEVICE_POWER_STATE = 1;
pub const NdisDeviceStateD1: NDIS_DEVICE_POWER_STATE = 2;
pub const NdisDeviceStateD2: NDIS_DEVICE_POWER_STATE = 3;
pub const NdisDeviceStateD3: NDIS_DEVICE_POWER_STATE = 4;
pub const NdisDeviceStateMaximum: NDIS_DEVICE_POWER_STATE = 5;
pub const NdisDeviceStateUnspecified: NDIS_DEVICE_POWER_STATE = 0;

pub type NET_IF_MEDIA_CONNECT_STATE = i32;
pub const MediaConnectStateConnected: NET_IF_MEDIA_CONNECT_STATE = 1;
pub const MediaConnectStateDisconnected: NET_IF_MEDIA_CONNECT_STATE = 2;
pub const MediaConnectStateUnknown: NET_IF_MEDIA_CONNECT_STATE = 0;

pub type NET_IF_MEDIA_DUPLEX_STATE = i32;
pub const MediaDuplexStateFull: NET_IF_MEDIA_DUPLEX_STATE = 2;
pub const MediaDuplexStateHalf: NET_IF_MEDIA_DUPLEX_STATE = 1;
pub const MediaDuplexStateUnknown: NET_IF_MEDIA_DUPLEX_STATE = 0;

pub type NET_IF_ACCESS_TYPE = i32;
pub const NET_IF_ACCESS_BROADCAST: NET_IF_ACCESS_TYPE = 2;
pub const NET_IF_ACCESS_LOOPBACK: NET_IF_ACCESS_TYPE = 1;
pub const NET_IF_ACCESS_MAXIMUM: NET_IF_ACCESS_TYPE = 5;
pub const NET_IF_ACCESS_POINT_TO_MULTI_POINT: NET_IF_ACCESS_TYPE = 4;
pub const NET_IF_ACCESS_POINT_TO_POINT: NET_IF_ACCESS_TYPE = 3;

pub type NET_IF_DIRECTION_TYPE = i32;
pub const NET_IF_DIRECTION_MAXIMUM: NET_IF_DIRECTION_TYPE = 3;
pub const NET_IF_DIRECTION_RECEIVEONLY: NET_IF_DIRECTION_TYPE = 2;
pub const NET_IF_DIRECTION_SENDONLY: NET_IF_DIRECTION_TYPE = 1;
pub const NET_IF_DIRECTION_SENDRECEIVE: NET_IF_DIRECTION_TYPE = 0;

pub type NET_IF_CONNECTION_TYPE = i32;
pub const NET_IF_CONNECTION_DEDICATED: NET_IF_CONNECTION_TYPE = 1;
pub const NET_IF_CONNECTION_DEMAND: NET_IF_CONNECTION_TYPE = 3;
pub const NET_IF_CONNECTION_MAXIMUM: NET_IF_CONNECTION_TYPE = 4;
pub const NET_IF_CONNECTION_PASSIVE: NET_IF_CONNECTION_TYPE = 2;

pub type NDIS_SUPPORTED_PAUSE_FUNCTIONS = i32;
pub const NdisPauseFunctionsReceiveOnly: NDIS_SUPPORTED_PAUSE_FUNCTIONS = 2;
pub const NdisPauseFunctionsSendAndReceive: NDIS_SUPPORTED_PAUSE_FUNCTIONS = 3;
pub const NdisPauseFunctionsSendOnly: NDIS_SUPPORTED_PAUSE_FUNCTIONS = 1;
pub const NdisPauseFunctionsUnknown: NDIS_SUPPORTED_PAUSE_FUNCTIONS = 4;
pub const NdisPauseFunctionsUnsupported: NDIS_SUPPORTED_PAUSE_FUNCTIONS = 0;

pub type NDIS_INTERRUPT_MODERATION = i32;
pub const NdisInterruptModerationDisabled: NDIS_INTERRUPT_MODERATION = 3;
pub const NdisInterruptModerationEnabled: NDIS_INTERRUPT_MODERATION = 2;
pub const NdisInterruptModerationNotSupported: NDIS_INTERRUPT_MODERATION = 1;
pub const NdisInterruptModerationUnknown: NDIS_INTERRUPT_MODERATION = 0;
