//! What the adapter says about itself: `NDK_ADAPTER_INFO` from the one list of limits.
//!
//! NDK-ADP-03: the query and the capabilities given to NDIS both come from here.

use crate::ndk::version::Version;
use crate::rdma::Limits;
use crate::sys::{
    NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED, NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED,
    NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED, NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED,
    NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED,
    NDK_ADAPTER_FLAG_RDMA_READ_SINK_NOT_REQUIRED, NDK_ADAPTER_INFO, NDK_VERSION, NdkiWarp,
};

/// NDK-ADP-17: a locally administered OUI, so that it can collide with no vendor's.
const VENDOR: u32 = 0x02_53_52;
const DEVICE: u32 = 1;

/// NDK-ADP-10: any sink will do. NDK-ADP-11: one runner places a connection's bytes, in order.
/// NDK-CQ-24: moderation is accepted. NDK-ADP-13: queues can be resized. NDK-ADP-12: loopback is a TCP connection like any other. NDK-FR-15: reads can invalidate their
/// sink.
const FLAGS: u32 = NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED
    | NDK_ADAPTER_FLAG_RDMA_READ_SINK_NOT_REQUIRED
    | NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED
    | NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED
    | NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED
    | NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED;

/// The adapter as NDIS is told of it: in the newest words there are.
pub(crate) fn newest() -> NDK_ADAPTER_INFO {
    adapter_info(Version::NEWEST, limits())
}

/// The limits, for the counts NDIS is told.
pub(crate) fn limits() -> &'static Limits {
    &Limits::ADAPTER
}

/// The adapter as a consumer of `version` sees it.
pub(crate) fn adapter_info(version: Version, limits: &Limits) -> NDK_ADAPTER_INFO {
    NDK_ADAPTER_INFO {
        // NDK-VER-02.
        Version: NDK_VERSION {
            Major: version.major,
            Minor: version.minor,
        },
        VendorId: VENDOR,
        DeviceId: DEVICE,
        MaxRegistrationSize: limits.registration_size as u64,
        MaxWindowSize: limits.window_size as u64,
        FRMRPageCount: limits.fast_register_pages,
        MaxInitiatorRequestSge: limits.initiator_sge,
        MaxReceiveRequestSge: limits.receive_sge,
        MaxReadRequestSge: limits.read_sge,
        MaxTransferLength: limits.transfer_length,
        MaxInlineDataSize: limits.inline_data,
        MaxInboundReadLimit: limits.inbound_reads,
        MaxOutboundReadLimit: limits.outbound_reads,
        MaxReceiveQueueDepth: limits.receive_queue_depth,
        MaxInitiatorQueueDepth: limits.initiator_queue_depth,
        MaxSrqDepth: limits.shared_receive_queue_depth,
        MaxCqDepth: limits.completion_queue_depth,
        LargeRequestThreshold: limits.large_request,
        MaxCallerData: limits.caller_data,
        MaxCalleeData: limits.callee_data,
        AdapterFlags: FLAGS,
        // NDK-ADP-09.
        RdmaTechnology: NdkiWarp,
    }
}
