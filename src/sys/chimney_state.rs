//! The state of offloaded objects (`ndischimney.h`): it passes through an intermediate driver unread. Bit-fields are
//! left as the words they are in.

use super::nbl::NET_BUFFER_LIST;
use super::types::*;

/// What follows a node: in its header's `Type`.
pub const NeighborOffloadState: u8 = 4;
pub const Ip4OffloadState: u8 = 8;
pub const TcpOffloadCachedState: u8 = 14;
pub const TcpOffloadDelegatedState: u8 = 15;
pub const TcpOffloadState: u8 = 17;

pub type TCP_OFFLOAD_CONNECTION_STATE = i32;
pub const TcpConnectionClosed: TCP_OFFLOAD_CONNECTION_STATE = 0;
pub const TcpConnectionEstablished: TCP_OFFLOAD_CONNECTION_STATE = 4;
pub const TcpConnectionFinWait1: TCP_OFFLOAD_CONNECTION_STATE = 5;
pub const TcpConnectionFinWait2: TCP_OFFLOAD_CONNECTION_STATE = 6;
pub const TcpConnectionCloseWait: TCP_OFFLOAD_CONNECTION_STATE = 7;
pub const TcpConnectionLastAck: TCP_OFFLOAD_CONNECTION_STATE = 9;
pub const TcpConnectionTimeWait: TCP_OFFLOAD_CONNECTION_STATE = 10;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OFFLOAD_STATE_HEADER {
    pub Length: u32,
    pub RecognizedOptions: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NEIGHBOR_OFFLOAD_STATE_CONST {
    pub Header: OFFLOAD_STATE_HEADER,
    pub DlSourceAddress: [u8; 32],
    /// `VlanId`: twelve bits.
    pub __reserved_bits: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NEIGHBOR_OFFLOAD_STATE_CACHED {
    pub Header: OFFLOAD_STATE_HEADER,
    pub DlDestinationAddress: [u8; 32],
    pub HostReachabilityDelta: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NEIGHBOR_OFFLOAD_STATE_DELEGATED {
    pub Header: OFFLOAD_STATE_HEADER,
    pub NicReachabilityDelta: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct PATH_OFFLOAD_STATE_CONST {
    pub Header: OFFLOAD_STATE_HEADER,
    pub SourceAddress: *mut u8,
    pub DestinationAddress: *mut u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct PATH_OFFLOAD_STATE_CACHED {
    pub Header: OFFLOAD_STATE_HEADER,
    pub PathMtu: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct PATH_OFFLOAD_STATE_DELEGATED {
    pub Header: OFFLOAD_STATE_HEADER,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct TCP_OFFLOAD_STATE_CONST {
    pub Header: OFFLOAD_STATE_HEADER,
    pub Flags: u16,
    pub RemotePort: u16,
    pub LocalPort: u16,
    /// `SndWindScale`, `RcvWindScale`: four bits each.
    pub __reserved_bits: u8,
    pub RemoteMss: u16,
    pub HashValue: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct TCP_OFFLOAD_STATE_CACHED {
    pub Header: OFFLOAD_STATE_HEADER,
    pub Flags: u16,
    pub InitialRcvWnd: u32,
    pub RcvIndicationSize: u32,
    pub KaProbeCount: u8,
    pub KaTimeout: u32,
    pub KaInterval: u32,
    pub MaxRT: u32,
    /// `FlowLabel`: twenty bits.
    pub __reserved_label: u32,
    pub TtlOrHopLimit: u8,
    pub TosOrTrafficClass: u8,
    /// `UserPriority`: three bits.
    pub __reserved_priority: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct TCP_OFFLOAD_STATE_DELEGATED {
    pub Header: OFFLOAD_STATE_HEADER,
    pub State: TCP_OFFLOAD_CONNECTION_STATE,
    pub Flags: u16,
    pub RcvNxt: u32,
    pub RcvWnd: u32,
    pub SndUna: u32,
    pub SndNxt: u32,
    pub SndMax: u32,
    pub SndWnd: u32,
    pub MaxSndWnd: u32,
    pub SendWL1: u32,
    pub CWnd: u32,
    pub SsThresh: u32,
    pub SRtt: u16,
    pub RttVar: u16,
    pub TsRecent: u32,
    pub TsRecentAge: u32,
    pub TsTime: u32,
    pub TotalRT: u32,
    pub DupAckCount: u8,
    pub SndWndProbeCount: u8,
    /// A count of probes in a byte, then a time.
    pub KeepAlive: [u32; 2],
    /// A count in a byte, then a time.
    pub Retransmit: [u32; 2],
    /// Or, on the way up, the size of the send backlog.
    pub SendDataHead: *mut NET_BUFFER_LIST,
    pub SendDataTail: *mut NET_BUFFER_LIST,
    /// Or, on the way up, the size of the receive backlog.
    pub BufferedData: *mut NET_BUFFER_LIST,
    pub DWnd: u32,
}

zeroable!(
    OFFLOAD_STATE_HEADER,
    NEIGHBOR_OFFLOAD_STATE_CONST,
    NEIGHBOR_OFFLOAD_STATE_CACHED,
    NEIGHBOR_OFFLOAD_STATE_DELEGATED,
    PATH_OFFLOAD_STATE_CONST,
    PATH_OFFLOAD_STATE_CACHED,
    PATH_OFFLOAD_STATE_DELEGATED,
    TCP_OFFLOAD_STATE_CONST,
    TCP_OFFLOAD_STATE_CACHED,
    TCP_OFFLOAD_STATE_DELEGATED,
);
