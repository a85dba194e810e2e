//! Net buffers and net buffer lists (`ndis.h`), as the frame path and the send handler see them.

use super::types::*;

/// The scheduling links and the data description at the start of a `NET_BUFFER`.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct NET_BUFFER {
    pub Next: *mut NET_BUFFER,
    pub CurrentMdl: PMDL,
    pub CurrentMdlOffset: u32,
    /// `DataLength`, or `stDataLength` of 64 bits.
    pub stDataLength: u64,
    pub MdlChain: PMDL,
    pub DataOffset: u32,
    /// The header is aligned to 16.
    pub __padding: u32,
    pub ChecksumBias: u16,
    pub Reserved: u16,
    pub NdisPoolHandle: NDIS_HANDLE,
    pub NdisReserved: [PVOID; 2],
    pub ProtocolReserved: [PVOID; 6],
    pub MiniportReserved: [PVOID; 4],
    pub DataPhysicalAddress: i64,
    pub ScatterGatherList: PVOID,
}

#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub struct NET_BUFFER_LIST {
    pub Next: *mut NET_BUFFER_LIST,
    pub FirstNetBuffer: *mut NET_BUFFER,
    pub Context: PVOID,
    pub ParentNetBufferList: *mut NET_BUFFER_LIST,
    pub NdisPoolHandle: NDIS_HANDLE,
    /// What follows is aligned to 16.
    pub __padding: u64,
    pub NdisReserved: [PVOID; 2],
    pub ProtocolReserved: [PVOID; 4],
    pub MiniportReserved: [PVOID; 2],
    pub Scratch: PVOID,
    pub SourceHandle: NDIS_HANDLE,
    pub NblFlags: u32,
    pub ChildRefCount: i32,
    pub Flags: u32,
    pub Status: NDIS_STATUS,
    pub NetBufferListInfo: [PVOID; 27],
}

zeroable!(NET_BUFFER, NET_BUFFER_LIST,);
