//! What NDIS knows of NDK: provider characteristics, miniport attributes, capabilities,
//! OIDs and their buffers (`ndisndk.h`, `ntddndis.h`).

use super::ndis::NDIS_OBJECT_HEADER;
use super::ndk::*;
use super::ndk_work::NDK_ADAPTER_INFO;
use super::sockaddr::SOCKADDR_INET;
use super::types::*;

pub type OPEN_NDK_ADAPTER_HANDLER = Option<
    unsafe extern "win64" fn(
        MiniportAdapterContext: PVOID,
        Parameters: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
        ppNdkAdapter: *mut *mut NDK_ADAPTER,
    ) -> NDIS_STATUS,
>;
pub type CLOSE_NDK_ADAPTER_HANDLER =
    Option<unsafe extern "win64" fn(MiniportAdapterContext: PVOID, pNdkAdapter: *mut NDK_ADAPTER)>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_PROVIDER_CHARACTERISTICS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub OpenNDKAdapterHandler: OPEN_NDK_ADAPTER_HANDLER,
    pub CloseNDKAdapterHandler: CLOSE_NDK_ADAPTER_HANDLER,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_OPEN_NDK_ADAPTER_PARAMETERS {
    pub Version: NDK_VERSION,
    pub SwitchId: u32,
    pub VPortId: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES {
    pub Header: NDIS_OBJECT_HEADER,
    pub Enabled: u8,
    pub NdkCapabilities: *mut NDIS_NDK_CAPABILITIES,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_CAPABILITIES {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub MaxQpCount: u32,
    pub MaxCqCount: u32,
    pub MaxMrCount: u32,
    pub MaxPdCount: u32,
    pub MaxInboundReadLimit: u32,
    pub MaxOutboundReadLimit: u32,
    pub MaxMwCount: u32,
    pub MaxSrqCount: u32,
    pub MissingCounterMask: u64,
    pub NdkInfo: *mut NDK_ADAPTER_INFO,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_PERFORMANCE_COUNTERS {
    pub Connect: u64,
    pub Accept: u64,
    pub ConnectFailure: u64,
    pub ConnectionError: u64,
    pub ActiveConnection: u64,
    pub Reserved01: u64,
    pub Reserved02: u64,
    pub Reserved03: u64,
    pub Reserved04: u64,
    pub Reserved05: u64,
    pub Reserved06: u64,
    pub Reserved07: u64,
    pub Reserved08: u64,
    pub Reserved09: u64,
    pub Reserved10: u64,
    pub Reserved11: u64,
    pub Reserved12: u64,
    pub Reserved13: u64,
    pub Reserved14: u64,
    pub Reserved15: u64,
    pub Reserved16: u64,
    pub Reserved17: u64,
    pub Reserved18: u64,
    pub Reserved19: u64,
    pub Reserved20: u64,
    pub CQError: u64,
    pub RDMAInOctets: u64,
    pub RDMAOutOctets: u64,
    pub RDMAInFrames: u64,
    pub RDMAOutFrames: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_STATISTICS_INFO {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub CounterSet: NDIS_NDK_PERFORMANCE_COUNTERS,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_CONNECTION_ENTRY {
    pub Local: SOCKADDR_INET,
    pub Remote: SOCKADDR_INET,
    pub UserModeOwner: u8,
    pub OwnerPid: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_CONNECTIONS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub Count: u32,
    pub NDConnectionsMappedtoTCPConnections: u8,
    pub Connections: [NDIS_NDK_CONNECTION_ENTRY; 1],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_LOCAL_ENDPOINT_ENTRY {
    pub Local: SOCKADDR_INET,
    pub UserModeOwner: u8,
    pub Listener: u8,
    pub OwnerPid: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDIS_NDK_LOCAL_ENDPOINTS {
    pub Header: NDIS_OBJECT_HEADER,
    pub Flags: u32,
    pub Count: u32,
    pub NDLocalEndpointsMappedtoTCPLocalEndpoints: u8,
    pub LocalEndpoints: [NDIS_NDK_LOCAL_ENDPOINT_ENTRY; 1],
}

pub const NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1: u8 = 1;
pub const NDIS_NDK_CAPABILITIES_REVISION_1: u8 = 1;
pub const NDIS_NDK_CONNECTIONS_REVISION_1: u8 = 1;
pub const NDIS_NDK_LOCAL_ENDPOINTS_REVISION_1: u8 = 1;
pub const NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1: u8 = 1;
pub const NDIS_NDK_STATISTICS_INFO_REVISION_1: u8 = 1;
pub const NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES: u8 = 0xB3;
pub const NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS: u8 = 0xB2;
pub const NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1: u16 = 0x10;
pub const NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1: u16 = 0x38;
pub const NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1: u16 = 0x18;
pub const NDIS_SIZEOF_NDK_STATISTICS_INFO_REVISION_1: u16 = 0xF8;
pub const OID_NDK_CONNECTIONS: u32 = 0xFC040203;
pub const OID_NDK_LOCAL_ENDPOINTS: u32 = 0xFC040204;
pub const OID_NDK_SET_STATE: u32 = 0xFC040201;
pub const OID_NDK_STATISTICS: u32 = 0xFC040202;

zeroable!(
    NDIS_NDK_PROVIDER_CHARACTERISTICS,
    NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES,
    NDIS_NDK_CAPABILITIES,
    NDIS_NDK_PERFORMANCE_COUNTERS,
    NDIS_NDK_STATISTICS_INFO,
    NDIS_NDK_CONNECTION_ENTRY,
    NDIS_NDK_CONNECTIONS,
    NDIS_NDK_LOCAL_ENDPOINT_ENTRY,
    NDIS_NDK_LOCAL_ENDPOINTS,
);
