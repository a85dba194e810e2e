//! NDKPI: objects, dispatch tables, callbacks, results and adapter information
//! (`ndkpi.h`, `ndkinfo.h`, `ndkrss.h`), NDK 1.2 and 2.1.

use super::ndk_fn::*;
use super::types::*;

// --- objects -------------------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_VERSION {
    pub Major: u16,
    pub Minor: u16,
}

pub type NDK_OBJECT_TYPE = i32;
pub const NdkObjectTypeAdapter: NDK_OBJECT_TYPE = 1;
pub const NdkObjectTypeConnector: NDK_OBJECT_TYPE = 8;
pub const NdkObjectTypeCq: NDK_OBJECT_TYPE = 3;
pub const NdkObjectTypeListener: NDK_OBJECT_TYPE = 9;
pub const NdkObjectTypeMax: NDK_OBJECT_TYPE = 11;
pub const NdkObjectTypeMr: NDK_OBJECT_TYPE = 4;
pub const NdkObjectTypeMw: NDK_OBJECT_TYPE = 5;
pub const NdkObjectTypePd: NDK_OBJECT_TYPE = 6;
pub const NdkObjectTypeQp: NDK_OBJECT_TYPE = 2;
pub const NdkObjectTypeSharedEndpoint: NDK_OBJECT_TYPE = 7;
pub const NdkObjectTypeSrq: NDK_OBJECT_TYPE = 10;
pub const NdkObjectTypeUndefined: NDK_OBJECT_TYPE = 0;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_OBJECT_HEADER_RESERVED_BLOCK {
    pub rf: [PVOID; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_OBJECT_HEADER {
    pub Version: NDK_VERSION,
    pub ObjectType: NDK_OBJECT_TYPE,
    pub NdkReserved: NDK_OBJECT_HEADER_RESERVED_BLOCK,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_ADAPTER {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_ADAPTER_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_CQ {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_CQ_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_PD {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_PD_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_MR {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_MR_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_MW {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_MW_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_SRQ {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_SRQ_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_QP {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_QP_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_CONNECTOR {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_CONNECTOR_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_LISTENER {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_LISTENER_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_SHARED_ENDPOINT {
    pub Header: NDK_OBJECT_HEADER,
    pub Dispatch: *const NDK_SHARED_ENDPOINT_DISPATCH,
}

// --- dispatch tables -----------------------------------------------------------------------

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_ADAPTER_DISPATCH {
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkQueryAdapterInfo: NDK_FN_QUERY_ADAPTER_INFO,
    pub NdkCreateCq: NDK_FN_CREATE_CQ,
    pub NdkCreatePd: NDK_FN_CREATE_PD,
    pub NdkCreateSharedEndpoint: NDK_FN_CREATE_SHARED_ENDPOINT,
    pub NdkCreateConnector: NDK_FN_CREATE_CONNECTOR,
    pub NdkCreateListener: NDK_FN_CREATE_LISTENER,
    pub NdkBuildLAM: NDK_FN_BUILD_LAM,
    pub NdkReleaseLAM: NDK_FN_RELEASE_LAM,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_CQ_DISPATCH {
    pub NdkCloseCq: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkResizeCq: NDK_FN_RESIZE_CQ,
    pub NdkArmCq: NDK_FN_ARM_CQ,
    pub NdkGetCqResults: NDK_FN_GET_CQ_RESULTS,
    pub NdkControlCqInterruptModeration: NDK_FN_CONTROL_CQ_INTERRUPT_MODERATION,
    pub NdkGetCqResultsEx: NDK_FN_GET_CQ_RESULTS_EX,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_PD_DISPATCH {
    pub NdkClosePd: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkCreateMr: NDK_FN_CREATE_MR,
    pub NdkCreateMw: NDK_FN_CREATE_MW,
    pub NdkCreateSrq: NDK_FN_CREATE_SRQ,
    pub NdkCreateQp: NDK_FN_CREATE_QP,
    pub NdkCreateQpWithSrq: NDK_FN_CREATE_QP_WITH_SRQ,
    pub NdkGetPrivilegedMemoryRegionToken: NDK_FN_GET_PRIVILEGED_MEMORY_REGION_TOKEN,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_MR_DISPATCH {
    pub NdkCloseMr: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkRegisterMr: NDK_FN_REGISTER_MR,
    pub NdkDeregisterMr: NDK_FN_DEREGISTER_MR,
    pub NdkInitializeFastRegisterMr: NDK_FN_INITIALIZE_FAST_REGISTER_MR,
    pub NdkGetRemoteTokenFromMr: NDK_FN_GET_REMOTE_TOKEN_FROM_MR,
    pub NdkGetLocalTokenFromMr: NDK_FN_GET_LOCAL_TOKEN_FROM_MR,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_MW_DISPATCH {
    pub NdkCloseMw: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkGetRemoteTokenFromMw: NDK_FN_GET_REMOTE_TOKEN_FROM_MW,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_SRQ_DISPATCH {
    pub NdkCloseSrq: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkModifySrq: NDK_FN_MODIFY_SRQ,
    pub NdkSrqReceive: NDK_FN_SRQ_RECEIVE,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_QP_DISPATCH {
    pub NdkCloseQp: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkFlush: NDK_FN_FLUSH,
    pub NdkSend: NDK_FN_SEND,
    pub NdkReceive: NDK_FN_RECEIVE,
    pub NdkBind: NDK_FN_BIND,
    pub NdkFastRegister: NDK_FN_FAST_REGISTER,
    pub NdkInvalidate: NDK_FN_INVALIDATE,
    pub NdkRead: NDK_FN_READ,
    pub NdkWrite: NDK_FN_WRITE,
    pub NdkSendAndInvalidate: NDK_FN_SEND_AND_INVALIDATE,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_CONNECTOR_DISPATCH {
    pub NdkCloseConnector: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkConnect: NDK_FN_CONNECT,
    pub NdkConnectWithSharedEndpoint: NDK_FN_CONNECT_WITH_SHARED_ENDPOINT,
    pub NdkCompleteConnect: NDK_FN_COMPLETE_CONNECT,
    pub NdkAccept: NDK_FN_ACCEPT,
    pub NdkReject: NDK_FN_REJECT,
    pub NdkGetConnectionData: NDK_FN_GET_CONNECTION_DATA,
    pub NdkGetLocalAddress: NDK_FN_GET_LOCAL_ADDRESS,
    pub NdkGetPeerAddress: NDK_FN_GET_PEER_ADDRESS,
    pub NdkDisconnect: NDK_FN_DISCONNECT,
    pub NdkCompleteConnectEx: NDK_FN_COMPLETE_CONNECT_EX,
    pub NdkAcceptEx: NDK_FN_ACCEPT_EX,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_LISTENER_DISPATCH {
    pub NdkCloseListener: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkListen: NDK_FN_LISTEN,
    pub NdkGetLocalAddress: NDK_FN_GET_LISTENER_LOCAL_ADDRESS,
    pub NdkControlConnectEvents: NDK_FN_CONTROL_CONNECT_EVENTS,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_SHARED_ENDPOINT_DISPATCH {
    pub NdkCloseSharedEndpoint: NDK_FN_CLOSE_OBJECT,
    pub NdkQueryExtension: NDK_FN_QUERY_EXTENSION_INTERFACE,
    pub NdkGetLocalAddress: NDK_FN_GET_SHARED_ENDPOINT_LOCAL_ADDRESS,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_EXTENSION_INTERFACE {
    pub Dispatch: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_EXTENSION_ADAPTER_RSS_DISPATCH {
    pub NdkGetRssProcessorInfo: NDK_FN_GET_RSS_PROCESSOR_INFO,
}

zeroable!(
    NDK_VERSION,
    NDK_OBJECT_HEADER_RESERVED_BLOCK,
    NDK_OBJECT_HEADER,
    NDK_ADAPTER,
    NDK_CQ,
    NDK_PD,
    NDK_MR,
    NDK_MW,
    NDK_SRQ,
    NDK_QP,
    NDK_CONNECTOR,
    NDK_LISTENER,
    NDK_SHARED_ENDPOINT,
    NDK_ADAPTER_DISPATCH,
    NDK_CQ_DISPATCH,
    NDK_PD_DISPATCH,
    NDK_MR_DISPATCH,
    NDK_MW_DISPATCH,
    NDK_SRQ_DISPATCH,
    NDK_QP_DISPATCH,
    NDK_CONNECTOR_DISPATCH,
    NDK_LISTENER_DISPATCH,
    NDK_SHARED_ENDPOINT_DISPATCH,
    NDK_EXTENSION_INTERFACE,
    NDK_EXTENSION_ADAPTER_RSS_DISPATCH,
);
