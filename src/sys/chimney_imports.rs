//! What an image with the feature `chimney` imports besides.

use super::chimney::*;
use super::nbl::NET_BUFFER_LIST;
use super::types::*;

#[link(name = "ndis.sys", kind = "raw-dylib", modifiers = "+verbatim")]
unsafe extern "win64" {
    pub fn NdisMGetOffloadHandlers(
        NdisMiniportHandle: NDIS_HANDLE,
        ChimneyType: NDIS_CHIMNEY_OFFLOAD_TYPE,
        OffloadHandlers: *mut *mut NDIS_OFFLOAD_EVENT_HANDLERS,
    ) -> NDIS_STATUS;
    pub fn NdisInitiateOffload(
        NdisBindingHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisTerminateOffload(
        NdisBindingHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisUpdateOffload(
        NdisBindingHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisInvalidateOffload(
        NdisBindingHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisQueryOffloadState(
        NdisBindingHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMInitiateOffloadComplete(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMTerminateOffloadComplete(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMUpdateOffloadComplete(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMInvalidateOffloadComplete(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMQueryOffloadStateComplete(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
    );
    pub fn NdisMOffloadEventIndicate(
        NdisMiniportHandle: NDIS_HANDLE,
        OffloadBlockList: *mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST,
        IndicationCode: u32,
    );
    pub fn NdisOffloadTcpSend(
        NdisOffloadHandle: *mut NDIS_OFFLOAD_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
    ) -> NDIS_STATUS;
    pub fn NdisOffloadTcpReceive(
        NdisOffloadHandle: *mut NDIS_OFFLOAD_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
    ) -> NDIS_STATUS;
    pub fn NdisOffloadTcpDisconnect(
        NdisOffloadHandle: *mut NDIS_OFFLOAD_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
        Flags: u32,
    ) -> NDIS_STATUS;
    pub fn NdisOffloadTcpForward(
        NdisOffloadHandle: *mut NDIS_OFFLOAD_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
    ) -> NDIS_STATUS;
    pub fn NdisOffloadTcpReceiveReturn(
        NdisBindingHandle: NDIS_HANDLE,
        NetBufferList: *mut NET_BUFFER_LIST,
    );
}
