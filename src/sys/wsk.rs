//! Winsock Kernel structures, flags and options (`wsk.h`). Function types are in `wsk_fn`.

use super::types::*;
use super::wsk_fn::*;

/// The client handle WSK gives with the provider NPI.
pub type WSK_CLIENT = c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_SOCKET {
    pub Dispatch: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_BUF {
    pub Mdl: PMDL,
    pub Offset: u32,
    pub Length: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_BUF_LIST {
    pub Next: *mut WSK_BUF_LIST,
    pub Buffer: WSK_BUF,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_DATA_INDICATION {
    pub Next: *mut WSK_DATA_INDICATION,
    pub Buffer: WSK_BUF,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_REGISTRATION {
    pub ReservedRegistrationState: u64,
    pub ReservedRegistrationContext: PVOID,
    pub ReservedRegistrationLock: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_CLIENT_NPI {
    pub ClientContext: PVOID,
    pub Dispatch: *const WSK_CLIENT_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_NPI {
    pub Client: *mut WSK_CLIENT,
    pub Dispatch: *const WSK_PROVIDER_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_CLIENT_DISPATCH {
    pub Version: u16,
    pub Reserved: u16,
    pub WskClientEvent: PFN_WSK_CLIENT_EVENT,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_CHARACTERISTICS {
    pub HighestVersion: u16,
    pub LowestVersion: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_DISPATCH {
    pub Version: u16,
    pub Reserved: u16,
    pub WskSocket: PFN_WSK_SOCKET,
    pub WskSocketConnect: PFN_WSK_SOCKET_CONNECT,
    pub WskControlClient: PFN_WSK_CONTROL_CLIENT,
    pub WskGetAddressInfo: PFN_WSK_GET_ADDRESS_INFO,
    pub WskFreeAddressInfo: PFN_WSK_FREE_ADDRESS_INFO,
    pub WskGetNameInfo: PFN_WSK_GET_NAME_INFO,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_CLIENT_LISTEN_DISPATCH {
    pub WskAcceptEvent: PFN_WSK_ACCEPT_EVENT,
    pub WskInspectEvent: PFN_WSK_INSPECT_EVENT,
    pub WskAbortEvent: PFN_WSK_ABORT_EVENT,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_CLIENT_CONNECTION_DISPATCH {
    pub WskReceiveEvent: PFN_WSK_RECEIVE_EVENT,
    pub WskDisconnectEvent: PFN_WSK_DISCONNECT_EVENT,
    pub WskSendBacklogEvent: PFN_WSK_SEND_BACKLOG_EVENT,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_CLIENT_STREAM_DISPATCH {
    pub Listen: *const WSK_CLIENT_LISTEN_DISPATCH,
    pub Connect: *const WSK_CLIENT_CONNECTION_DISPATCH,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_BASIC_DISPATCH {
    pub WskControlSocket: PFN_WSK_CONTROL_SOCKET,
    pub WskCloseSocket: PFN_WSK_CLOSE_SOCKET,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_LISTEN_DISPATCH {
    pub WskControlSocket: PFN_WSK_CONTROL_SOCKET,
    pub WskCloseSocket: PFN_WSK_CLOSE_SOCKET,
    pub WskBind: PFN_WSK_BIND,
    pub WskAccept: PFN_WSK_ACCEPT,
    pub WskInspectComplete: PFN_WSK_INSPECT_COMPLETE,
    pub WskGetLocalAddress: PFN_WSK_GET_LOCAL_ADDRESS,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_CONNECTION_DISPATCH {
    pub WskControlSocket: PFN_WSK_CONTROL_SOCKET,
    pub WskCloseSocket: PFN_WSK_CLOSE_SOCKET,
    pub WskBind: PFN_WSK_BIND,
    pub WskConnect: PFN_WSK_CONNECT,
    pub WskGetLocalAddress: PFN_WSK_GET_LOCAL_ADDRESS,
    pub WskGetRemoteAddress: PFN_WSK_GET_REMOTE_ADDRESS,
    pub WskSend: PFN_WSK_SEND,
    pub WskReceive: PFN_WSK_RECEIVE,
    pub WskDisconnect: PFN_WSK_DISCONNECT,
    pub WskRelease: PFN_WSK_RELEASE_DATA_INDICATION_LIST,
    pub WskConnectEx: PFN_WSK_CONNECT_EX,
    pub WskSendEx: PVOID,
    pub WskReceiveEx: PVOID,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_PROVIDER_STREAM_DISPATCH {
    pub WskControlSocket: PFN_WSK_CONTROL_SOCKET,
    pub WskCloseSocket: PFN_WSK_CLOSE_SOCKET,
    pub WskBind: PFN_WSK_BIND,
    pub WskAccept: PFN_WSK_ACCEPT,
    pub WskConnect: PFN_WSK_CONNECT,
    pub WskListen: PFN_WSK_LISTEN,
    pub WskSend: PFN_WSK_SEND,
    pub WskReceive: PFN_WSK_RECEIVE,
    pub WskDisconnect: PFN_WSK_DISCONNECT,
    pub WskRelease: PFN_WSK_RELEASE_DATA_INDICATION_LIST,
    pub WskGetLocalAddress: PFN_WSK_GET_LOCAL_ADDRESS,
    pub WskGetRemoteAddress: PFN_WSK_GET_REMOTE_ADDRESS,
    pub WskConnectEx: PFN_WSK_CONNECT_EX,
    pub WskSendEx: PVOID,
    pub WskReceiveEx: PVOID,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_EVENT_CALLBACK_CONTROL {
    pub NpiId: *const GUID,
    pub EventMask: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_EXTENSION_CONTROL_IN {
    pub NpiId: *const GUID,
    pub ClientContext: PVOID,
    pub ClientDispatch: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_EXTENSION_CONTROL_OUT {
    pub ProviderContext: PVOID,
    pub ProviderDispatch: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSK_INSPECT_ID {
    pub Key: u64,
    pub SerialNumber: u32,
}

pub type WSK_CONTROL_SOCKET_TYPE = i32;
pub const WskControlMax: WSK_CONTROL_SOCKET_TYPE = 3;
pub const WskGetOption: WSK_CONTROL_SOCKET_TYPE = 1;
pub const WskIoctl: WSK_CONTROL_SOCKET_TYPE = 2;
pub const WskSetOption: WSK_CONTROL_SOCKET_TYPE = 0;

pub type WSK_INSPECT_ACTION = i32;
pub const WskInspectAccept: WSK_INSPECT_ACTION = 1;
pub const WskInspectMax: WSK_INSPECT_ACTION = 3;
pub const WskInspectPend: WSK_INSPECT_ACTION = 2;
pub const WskInspectReject: WSK_INSPECT_ACTION = 0;

pub const IPPROTO_IPV6: u32 = 0x29;
pub const IPPROTO_TCP: u32 = 6;
pub const IPV6_V6ONLY: u32 = 0x1B;
pub const SIO_WSK_QUERY_IDEAL_SEND_BACKLOG: u32 = 0x4F000003;
pub const SIO_WSK_QUERY_INSPECT_ID: u32 = 0x4F000005;
pub const SIO_WSK_QUERY_RECEIVE_BACKLOG: u32 = 0x4F000004;
pub const SIO_WSK_REGISTER_EXTENSION: u32 = 0xCF000002;
pub const SIO_WSK_SET_REMOTE_ADDRESS: u32 = 0x8F000001;
pub const SIO_WSK_SET_SENDTO_ADDRESS: u32 = 0x8F000006;
pub const SIO_WSK_SET_TCP_SILENT_MODE: u32 = 0x2F000007;
pub const SOL_SOCKET: u32 = 0xFFFF;
pub const SO_EXCLUSIVEADDRUSE: u32 = 0xFFFFFFFB;
pub const SO_KEEPALIVE: u32 = 8;
pub const SO_RCVBUF: u32 = 0x1002;
pub const SO_REUSEADDR: u32 = 4;
pub const SO_SNDBUF: u32 = 0x1001;
pub const SO_WSK_EVENT_CALLBACK: u32 = 0x4002;
pub const SO_WSK_SECURITY: u32 = 0x4001;
pub const TCP_NODELAY: u32 = 1;
pub const WSK_CACHE_SD: u32 = 4;
pub const WSK_EVENT_ACCEPT: u32 = 0x200;
pub const WSK_EVENT_DISABLE: u32 = 0x80000000;
pub const WSK_EVENT_DISCONNECT: u32 = 0x80;
pub const WSK_EVENT_RECEIVE: u32 = 0x40;
pub const WSK_EVENT_RECEIVE_FROM: u32 = 0x100;
pub const WSK_EVENT_SEND_BACKLOG: u32 = 0x10;
pub const WSK_FLAG_ABORTIVE: u32 = 1;
pub const WSK_FLAG_AT_DISPATCH_LEVEL: u32 = 8;
pub const WSK_FLAG_BASIC_SOCKET: u32 = 0;
pub const WSK_FLAG_CONNECTION_SOCKET: u32 = 2;
pub const WSK_FLAG_DATAGRAM_SOCKET: u32 = 4;
pub const WSK_FLAG_DRAIN: u32 = 4;
pub const WSK_FLAG_ENTIRE_MESSAGE: u32 = 4;
pub const WSK_FLAG_LISTEN_SOCKET: u32 = 1;
pub const WSK_FLAG_NODELAY: u32 = 2;
pub const WSK_FLAG_OOB: u32 = 1;
pub const WSK_FLAG_RELEASE_ASAP: u32 = 2;
pub const WSK_FLAG_STREAM_SOCKET: u32 = 8;
pub const WSK_FLAG_WAITALL: u32 = 2;
pub const WSK_INFINITE_WAIT: u32 = 0xFFFFFFFF;
pub const WSK_NO_WAIT: u32 = 0;
pub const WSK_RELEASE_SD: u32 = 5;
pub const WSK_SET_STATIC_EVENT_CALLBACKS: u32 = 7;
pub const WSK_TRANSPORT_LIST_CHANGE: u32 = 3;
pub const WSK_TRANSPORT_LIST_QUERY: u32 = 2;
pub const SOCK_STREAM: u16 = 1;

/// `MAKE_WSK_VERSION(1, 0)`.
pub const WSK_VERSION_1_0: u16 = 0x0100;

/// Names the WSK interface in `SO_WSK_EVENT_CALLBACK` and static callbacks.
pub const NPI_WSK_INTERFACE_ID: GUID = GUID::new(
    0x2227e803,
    0x8d8b,
    0x11d4,
    [0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09],
);

zeroable!(
    WSK_SOCKET,
    WSK_BUF,
    WSK_BUF_LIST,
    WSK_DATA_INDICATION,
    WSK_REGISTRATION,
    WSK_CLIENT_NPI,
    WSK_PROVIDER_NPI,
    WSK_CLIENT_DISPATCH,
    WSK_PROVIDER_CHARACTERISTICS,
    WSK_PROVIDER_DISPATCH,
    WSK_CLIENT_LISTEN_DISPATCH,
    WSK_CLIENT_CONNECTION_DISPATCH,
    WSK_CLIENT_STREAM_DISPATCH,
    WSK_PROVIDER_BASIC_DISPATCH,
    WSK_PROVIDER_LISTEN_DISPATCH,
    WSK_PROVIDER_CONNECTION_DISPATCH,
    WSK_PROVIDER_STREAM_DISPATCH,
    WSK_EVENT_CALLBACK_CONTROL,
    WSK_EXTENSION_CONTROL_IN,
    WSK_EXTENSION_CONTROL_OUT,
    WSK_INSPECT_ID,
);
