//! Function types of NDKPI: what a provider implements and what it calls back.

use super::ndk::*;
use super::ndk_work::*;
use super::sockaddr::SOCKADDR;
use super::types::*;

// --- consumer callbacks --------------------------------------------------------------------

pub type NDK_FN_CREATE_COMPLETION = Option<
    unsafe extern "win64" fn(Context: PVOID, Status: NTSTATUS, pNdkObject: *mut NDK_OBJECT_HEADER),
>;
pub type NDK_FN_REQUEST_COMPLETION =
    Option<unsafe extern "win64" fn(Context: PVOID, Status: NTSTATUS)>;
pub type NDK_FN_CLOSE_COMPLETION = Option<unsafe extern "win64" fn(Context: PVOID)>;
pub type NDK_FN_CONNECT_EVENT_CALLBACK =
    Option<unsafe extern "win64" fn(ConnectEventContext: PVOID, pNdkConnector: *mut NDK_CONNECTOR)>;
pub type NDK_FN_CQ_NOTIFICATION_CALLBACK =
    Option<unsafe extern "win64" fn(CqNotificationContext: PVOID, CqStatus: NTSTATUS)>;
pub type NDK_FN_DISCONNECT_EVENT_CALLBACK =
    Option<unsafe extern "win64" fn(DisconnectEventContext: PVOID)>;
pub type NDK_FN_DISCONNECT_EVENT_CALLBACK_EX =
    Option<unsafe extern "win64" fn(DisconnectEventContext: PVOID, ProviderDisconnectReason: u32)>;
pub type NDK_FN_SRQ_NOTIFICATION_CALLBACK =
    Option<unsafe extern "win64" fn(SrqNotificationContext: PVOID, SrqStatus: NTSTATUS)>;

// --- provider functions --------------------------------------------------------------------

pub type NDK_FN_ACCEPT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pNdkQp: *mut NDK_QP,
        InboundReadLimit: u32,
        OutboundReadLimit: u32,
        pPrivateData: *const c_void,
        PrivateDataLength: u32,
        DisconnectEvent: NDK_FN_DISCONNECT_EVENT_CALLBACK,
        DisconnectEventContext: PVOID,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_ACCEPT_EX = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pNdkQp: *mut NDK_QP,
        InboundReadLimit: u32,
        OutboundReadLimit: u32,
        pPrivateData: *const c_void,
        PrivateDataLength: u32,
        DisconnectEvent: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX,
        DisconnectEventContext: PVOID,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_ARM_CQ = Option<unsafe extern "win64" fn(pNdkCq: *mut NDK_CQ, Type: u32)>;
pub type NDK_FN_BIND = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pMr: *mut NDK_MR,
        pMw: *mut NDK_MW,
        VirtualAddress: PVOID,
        Length: usize,
        Flags: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_BUILD_LAM = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        Mdl: PMDL,
        Length: usize,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
        pNdkLAM: *mut NDK_LOGICAL_ADDRESS_MAPPING,
        pLAMSize: *mut u32,
        pFBO: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CLOSE_OBJECT = Option<
    unsafe extern "win64" fn(
        pNdkObject: *mut NDK_OBJECT_HEADER,
        CloseCompletion: NDK_FN_CLOSE_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_COMPLETE_CONNECT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        DisconnectEvent: NDK_FN_DISCONNECT_EVENT_CALLBACK,
        DisconnectEventContext: PVOID,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_COMPLETE_CONNECT_EX = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        DisconnectEvent: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX,
        DisconnectEventContext: PVOID,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CONNECT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pNdkQp: *mut NDK_QP,
        pSrcAddress: *const SOCKADDR,
        SrcAddressLength: u32,
        pDestAddress: *const SOCKADDR,
        DestAddressLength: u32,
        InboundReadLimit: u32,
        OutboundReadLimit: u32,
        pPrivateData: *const c_void,
        PrivateDataLength: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CONNECT_WITH_SHARED_ENDPOINT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pNdkQp: *mut NDK_QP,
        pNdkSharedEndpoint: *mut NDK_SHARED_ENDPOINT,
        pDestAddress: *const SOCKADDR,
        DestAddressLength: u32,
        InboundReadLimit: u32,
        OutboundReadLimit: u32,
        pPrivateData: *const c_void,
        PrivateDataLength: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CONTROL_CONNECT_EVENTS =
    Option<unsafe extern "win64" fn(pNdkListener: *mut NDK_LISTENER, Pause: u8)>;
pub type NDK_FN_CONTROL_CQ_INTERRUPT_MODERATION = Option<
    unsafe extern "win64" fn(
        pNdkCq: *mut NDK_CQ,
        ModerationInterval: u32,
        ModerationCount: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_CONNECTOR = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkConnector: *mut *mut NDK_CONNECTOR,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_CQ = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        CqDepth: u32,
        CqNotification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
        CqNotificationContext: PVOID,
        Affinity: PGROUP_AFFINITY,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkCq: *mut *mut NDK_CQ,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_LISTENER = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        ConnectEvent: NDK_FN_CONNECT_EVENT_CALLBACK,
        ConnectEventContext: PVOID,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkListener: *mut *mut NDK_LISTENER,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_MR = Option<
    unsafe extern "win64" fn(
        pNdkPd: *mut NDK_PD,
        FastRegister: u8,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkMr: *mut *mut NDK_MR,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_MW = Option<
    unsafe extern "win64" fn(
        pNdkPd: *mut NDK_PD,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkMw: *mut *mut NDK_MW,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_PD = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkPd: *mut *mut NDK_PD,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_QP = Option<
    unsafe extern "win64" fn(
        pNdkPd: *mut NDK_PD,
        pReceiveCq: *mut NDK_CQ,
        pInitiatorCq: *mut NDK_CQ,
        QPContext: PVOID,
        ReceiveQueueDepth: u32,
        InitiatorQueueDepth: u32,
        MaxReceiveRequestSge: u32,
        MaxInitiatorRequestSge: u32,
        InlineDataSize: u32,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkQp: *mut *mut NDK_QP,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_QP_WITH_SRQ = Option<
    unsafe extern "win64" fn(
        pNdkPd: *mut NDK_PD,
        pReceiveCq: *mut NDK_CQ,
        pInitiatorCq: *mut NDK_CQ,
        pSrq: *mut NDK_SRQ,
        QPContext: PVOID,
        InitiatorQueueDepth: u32,
        MaxInitiatorRequestSge: u32,
        InlineDataSize: u32,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkQp: *mut *mut NDK_QP,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_SHARED_ENDPOINT = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        pAddress: *const SOCKADDR,
        AddressLength: u32,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkSharedEndpoint: *mut *mut NDK_SHARED_ENDPOINT,
    ) -> NTSTATUS,
>;
pub type NDK_FN_CREATE_SRQ = Option<
    unsafe extern "win64" fn(
        pNdkPd: *mut NDK_PD,
        SrqDepth: u32,
        MaxReceiveRequestSge: u32,
        NotifyThreshold: u32,
        SrqNotification: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
        SrqNotificationContext: PVOID,
        Affinity: PGROUP_AFFINITY,
        CreateCompletion: NDK_FN_CREATE_COMPLETION,
        RequestContext: PVOID,
        ppNdkSrq: *mut *mut NDK_SRQ,
    ) -> NTSTATUS,
>;
pub type NDK_FN_DEREGISTER_MR = Option<
    unsafe extern "win64" fn(
        pNdkMr: *mut NDK_MR,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_DISCONNECT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_DISCONNECT_EX = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        Abortive: u8,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_FAST_REGISTER = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pMr: *mut NDK_MR,
        AdapterPageCount: u32,
        AdapterPageArray: *const u64,
        FBO: u32,
        Length: usize,
        BaseVirtualAddress: PVOID,
        Flags: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_FLUSH = Option<unsafe extern "win64" fn(pNdkQp: *mut NDK_QP)>;
pub type NDK_FN_GET_CONNECTION_DATA = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pInboundReadLimit: *mut u32,
        pOutboundReadLimit: *mut u32,
        pPrivateData: *mut c_void,
        pPrivateDataLength: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_GET_CQ_RESULTS = Option<
    unsafe extern "win64" fn(pNdkCq: *mut NDK_CQ, Results: *mut NDK_RESULT, nResults: u32) -> u32,
>;
pub type NDK_FN_GET_CQ_RESULTS_EX = Option<
    unsafe extern "win64" fn(
        pNdkCq: *mut NDK_CQ,
        Results: *mut NDK_RESULT_EX,
        nResults: u32,
    ) -> u32,
>;
pub type NDK_FN_GET_LISTENER_LOCAL_ADDRESS = Option<
    unsafe extern "win64" fn(
        pNdkListener: *mut NDK_LISTENER,
        pAddress: *mut SOCKADDR,
        pAddressLength: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_GET_LOCAL_ADDRESS = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pAddress: *mut SOCKADDR,
        pAddressLength: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_GET_LOCAL_TOKEN_FROM_MR =
    Option<unsafe extern "win64" fn(pNdkMr: *mut NDK_MR) -> u32>;
pub type NDK_FN_GET_PEER_ADDRESS = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pAddress: *mut SOCKADDR,
        pAddressLength: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_GET_PRIVILEGED_MEMORY_REGION_TOKEN =
    Option<unsafe extern "win64" fn(pNdkPd: *mut NDK_PD, pToken: *mut u32)>;
pub type NDK_FN_GET_REMOTE_TOKEN_FROM_MR =
    Option<unsafe extern "win64" fn(pNdkMr: *mut NDK_MR) -> u32>;
pub type NDK_FN_GET_REMOTE_TOKEN_FROM_MW =
    Option<unsafe extern "win64" fn(pNdkMw: *mut NDK_MW) -> u32>;
pub type NDK_FN_GET_RSS_PROCESSOR_INFO = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        RssProcessorInfo: PVOID,
        Size: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_GET_SHARED_ENDPOINT_LOCAL_ADDRESS = Option<
    unsafe extern "win64" fn(
        pNdkSharedEndpoint: *mut NDK_SHARED_ENDPOINT,
        pAddress: *mut SOCKADDR,
        pAddressLength: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_INITIALIZE_FAST_REGISTER_MR = Option<
    unsafe extern "win64" fn(
        pNdkMr: *mut NDK_MR,
        AdapterPageCount: u32,
        RemoteAccess: u8,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_INVALIDATE = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pNdkMrOrMw: *mut NDK_OBJECT_HEADER,
        Flags: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_LISTEN = Option<
    unsafe extern "win64" fn(
        pNdkListener: *mut NDK_LISTENER,
        pAddress: *const SOCKADDR,
        AddressLength: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_MODIFY_SRQ = Option<
    unsafe extern "win64" fn(
        pNdkSrq: *mut NDK_SRQ,
        SrqDepth: u32,
        NotifyThreshold: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_QUERY_ADAPTER_INFO = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        pInfo: *mut NDK_ADAPTER_INFO,
        pBufferSize: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_QUERY_ADAPTER_INFO_EX = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        Version: NDK_VERSION,
        pInfo: *mut NDK_ADAPTER_INFO,
        pBufferSize: *mut u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_QUERY_EXTENSION_INTERFACE = Option<
    unsafe extern "win64" fn(
        pNdkObject: *mut NDK_OBJECT_HEADER,
        ExtensionInterfaceID: *const GUID,
        ExtensionInterfaceVersion: NDK_VERSION,
        pExtensionInterface: *mut NDK_EXTENSION_INTERFACE,
    ) -> NTSTATUS,
>;
pub type NDK_FN_READ = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
        RemoteAddress: u64,
        RemoteToken: u32,
        Flags: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_RECEIVE = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_REGISTER_MR = Option<
    unsafe extern "win64" fn(
        pNdkMr: *mut NDK_MR,
        Mdl: PMDL,
        Length: usize,
        Flags: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_REJECT = Option<
    unsafe extern "win64" fn(
        pNdkConnector: *mut NDK_CONNECTOR,
        pPrivateData: *const c_void,
        PrivateDataLength: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_RELEASE_LAM = Option<
    unsafe extern "win64" fn(
        pNdkAdapter: *mut NDK_ADAPTER,
        pNdkLAM: *mut NDK_LOGICAL_ADDRESS_MAPPING,
    ),
>;
pub type NDK_FN_RESIZE_CQ = Option<
    unsafe extern "win64" fn(
        pNdkCq: *mut NDK_CQ,
        CqDepth: u32,
        RequestCompletion: NDK_FN_REQUEST_COMPLETION,
        RequestContext: PVOID,
    ) -> NTSTATUS,
>;
pub type NDK_FN_SEND = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
        Flags: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_SEND_AND_INVALIDATE = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
        Flags: u32,
        RemoteToken: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_SRQ_RECEIVE = Option<
    unsafe extern "win64" fn(
        pNdkSrq: *mut NDK_SRQ,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
    ) -> NTSTATUS,
>;
pub type NDK_FN_WRITE = Option<
    unsafe extern "win64" fn(
        pNdkQp: *mut NDK_QP,
        RequestContext: PVOID,
        pSgl: *const NDK_SGE,
        nSge: u32,
        RemoteAddress: u64,
        RemoteToken: u32,
        Flags: u32,
    ) -> NTSTATUS,
>;
