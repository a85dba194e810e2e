//! NDK work requests and adapter information: scatter lists, results, flags and limits.

use super::ndk::*;
use super::types::*;

/// A local buffer of a work request.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_SGE {
    /// A virtual address under a region's token; a logical one under the privileged token.
    pub Address: NDK_SGE_ADDRESS,
    pub Length: u32,
    pub MemoryRegionToken: u32,
}

/// The anonymous union at the start of an `NDK_SGE`.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NDK_SGE_ADDRESS {
    pub VirtualAddress: PVOID,
    pub LogicalAddress: NDK_LOGICAL_ADDRESS,
}

pub type NDK_LOGICAL_ADDRESS = u64;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_LOGICAL_ADDRESS_MAPPING {
    pub AdapterContext: PVOID,
    pub AdapterPageCount: u32,
    pub AdapterPageArray: [NDK_LOGICAL_ADDRESS; 1],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_RESULT {
    pub Status: NTSTATUS,
    pub BytesTransferred: u32,
    pub QPContext: PVOID,
    pub RequestContext: PVOID,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_RESULT_EX {
    pub Status: NTSTATUS,
    pub BytesTransferred: u32,
    pub QPContext: PVOID,
    pub RequestContext: PVOID,
    pub Type: NDK_OPERATION_TYPE,
    pub ProviderErrorCode: u32,
    pub TypeSpecificCompletionOutput: u64,
}

pub type NDK_OPERATION_TYPE = i32;
pub const NdkOperationTypeBind: NDK_OPERATION_TYPE = 8;
pub const NdkOperationTypeFastRegister: NDK_OPERATION_TYPE = 4;
pub const NdkOperationTypeInvalidate: NDK_OPERATION_TYPE = 16;
pub const NdkOperationTypeRead: NDK_OPERATION_TYPE = 32;
pub const NdkOperationTypeReceive: NDK_OPERATION_TYPE = 1;
pub const NdkOperationTypeReceiveAndInvalidate: NDK_OPERATION_TYPE = 32769;
pub const NdkOperationTypeSend: NDK_OPERATION_TYPE = 2;
pub const NdkOperationTypeWrite: NDK_OPERATION_TYPE = 64;

pub type NDK_RDMA_TECHNOLOGY = i32;
pub const NdkInfiniBand: NDK_RDMA_TECHNOLOGY = 2;
pub const NdkMaxTechnology: NDK_RDMA_TECHNOLOGY = 5;
pub const NdkRoCE: NDK_RDMA_TECHNOLOGY = 3;
pub const NdkRoCEv2: NDK_RDMA_TECHNOLOGY = 4;
pub const NdkUndefined: NDK_RDMA_TECHNOLOGY = 0;
pub const NdkiWarp: NDK_RDMA_TECHNOLOGY = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NDK_ADAPTER_INFO {
    pub Version: NDK_VERSION,
    pub VendorId: u32,
    pub DeviceId: u32,
    pub MaxRegistrationSize: u64,
    pub MaxWindowSize: u64,
    pub FRMRPageCount: u32,
    pub MaxInitiatorRequestSge: u32,
    pub MaxReceiveRequestSge: u32,
    pub MaxReadRequestSge: u32,
    pub MaxTransferLength: u32,
    pub MaxInlineDataSize: u32,
    pub MaxInboundReadLimit: u32,
    pub MaxOutboundReadLimit: u32,
    pub MaxReceiveQueueDepth: u32,
    pub MaxInitiatorQueueDepth: u32,
    pub MaxSrqDepth: u32,
    pub MaxCqDepth: u32,
    pub LargeRequestThreshold: u32,
    pub MaxCallerData: u32,
    pub MaxCalleeData: u32,
    pub AdapterFlags: u32,
    pub RdmaTechnology: NDK_RDMA_TECHNOLOGY,
}

pub const NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED: u32 = 4;
pub const NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED: u32 = 0x100;
pub const NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED: u32 = 1;
pub const NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED: u32 = 0x10000;
pub const NDK_ADAPTER_FLAG_MULTI_ENGINE_SUPPORTED: u32 = 8;
pub const NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED: u32 = 0x10;
pub const NDK_ADAPTER_FLAG_RDMA_READ_SINK_NOT_REQUIRED: u32 = 2;

pub const NDK_CQ_NOTIFY_ANY: u32 = 1;
pub const NDK_CQ_NOTIFY_ERRORS: u32 = 0;
pub const NDK_CQ_NOTIFY_SOLICITED: u32 = 2;

pub const NDK_MR_FLAG_ALLOW_LOCAL_READ: u32 = 0;
pub const NDK_MR_FLAG_ALLOW_LOCAL_WRITE: u32 = 1;
pub const NDK_MR_FLAG_ALLOW_REMOTE_READ: u32 = 2;
pub const NDK_MR_FLAG_ALLOW_REMOTE_WRITE: u32 = 5;
pub const NDK_MR_FLAG_RDMA_READ_SINK: u32 = 8;

pub const NDK_OP_FLAG_ALLOW_LOCAL_WRITE: u32 = 0x10;
pub const NDK_OP_FLAG_ALLOW_REMOTE_READ: u32 = 8;
pub const NDK_OP_FLAG_ALLOW_REMOTE_WRITE: u32 = 0x30;
pub const NDK_OP_FLAG_DEFER: u32 = 0x200;
pub const NDK_OP_FLAG_INLINE: u32 = 0x40;
pub const NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE: u32 = 0x100;
pub const NDK_OP_FLAG_RDMA_READ_SINK: u32 = 0x80;
pub const NDK_OP_FLAG_READ_FENCE: u32 = 2;
pub const NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT: u32 = 4;
pub const NDK_OP_FLAG_SILENT_SUCCESS: u32 = 1;

pub const NDK_EXTENSION_ID_ADAPTER_RSS_DISPATCH: GUID = GUID::new(
    0xbab27026,
    0x86c3,
    0x4e31,
    [0x9f, 0x72, 0x49, 0x36, 0xde, 0xd7, 0x6d, 0x42],
);

zeroable!(
    NDK_SGE,
    NDK_SGE_ADDRESS,
    NDK_LOGICAL_ADDRESS_MAPPING,
    NDK_RESULT,
    NDK_RESULT_EX,
    NDK_ADAPTER_INFO,
);
