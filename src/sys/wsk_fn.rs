//! Function types of Winsock Kernel: the provider's calls and the client's event callbacks.

use super::sockaddr::SOCKADDR;
use super::types::*;
use super::wsk::*;

pub type PFN_WSK_ABORT_EVENT = Option<
    unsafe extern "win64" fn(SocketContext: PVOID, InspectID: *mut WSK_INSPECT_ID) -> NTSTATUS,
>;
pub type PFN_WSK_ACCEPT = Option<
    unsafe extern "win64" fn(
        ListenSocket: *mut WSK_SOCKET,
        Flags: u32,
        AcceptSocketContext: PVOID,
        AcceptSocketDispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
        LocalAddress: *mut SOCKADDR,
        RemoteAddress: *mut SOCKADDR,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_ACCEPT_EVENT = Option<
    unsafe extern "win64" fn(
        SocketContext: PVOID,
        Flags: u32,
        LocalAddress: *mut SOCKADDR,
        RemoteAddress: *mut SOCKADDR,
        AcceptSocket: *mut WSK_SOCKET,
        AcceptSocketContext: *mut PVOID,
        AcceptSocketDispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_BIND = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        LocalAddress: *mut SOCKADDR,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_CLIENT_EVENT = Option<
    unsafe extern "win64" fn(
        ClientContext: PVOID,
        EventType: u32,
        Information: PVOID,
        InformationLength: usize,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_CLOSE_SOCKET =
    Option<unsafe extern "win64" fn(Socket: *mut WSK_SOCKET, Irp: PIRP) -> NTSTATUS>;
pub type PFN_WSK_CONNECT = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        RemoteAddress: *mut SOCKADDR,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_CONNECT_EX = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        RemoteAddress: *mut SOCKADDR,
        Buffer: *mut WSK_BUF,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_CONTROL_CLIENT = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        ControlCode: u32,
        InputSize: u64,
        InputBuffer: PVOID,
        OutputSize: u64,
        OutputBuffer: PVOID,
        OutputSizeReturned: *mut usize,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_CONTROL_SOCKET = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        RequestType: WSK_CONTROL_SOCKET_TYPE,
        ControlCode: u32,
        Level: u32,
        InputSize: u64,
        InputBuffer: PVOID,
        OutputSize: u64,
        OutputBuffer: PVOID,
        OutputSizeReturned: *mut usize,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_DISCONNECT = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        Buffer: *mut WSK_BUF,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_DISCONNECT_EVENT =
    Option<unsafe extern "win64" fn(SocketContext: PVOID, Flags: u32) -> NTSTATUS>;
pub type PFN_WSK_FREE_ADDRESS_INFO =
    Option<unsafe extern "win64" fn(Client: *mut WSK_CLIENT, AddrInfo: PVOID)>;
pub type PFN_WSK_GET_ADDRESS_INFO = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        NodeName: PVOID,
        ServiceName: PVOID,
        NameSpace: u32,
        Provider: PVOID,
        Hints: PVOID,
        Result: PVOID,
        OwningProcess: PEPROCESS,
        OwningThread: PETHREAD,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_GET_LOCAL_ADDRESS = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        LocalAddress: *mut SOCKADDR,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_GET_NAME_INFO = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        SockAddr: PVOID,
        SockAddrLength: u32,
        NodeName: PVOID,
        ServiceName: PVOID,
        Flags: u32,
        OwningProcess: PEPROCESS,
        OwningThread: PETHREAD,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_GET_REMOTE_ADDRESS = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        RemoteAddress: *mut SOCKADDR,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_INSPECT_COMPLETE = Option<
    unsafe extern "win64" fn(
        ListenSocket: *mut WSK_SOCKET,
        InspectID: *mut WSK_INSPECT_ID,
        Action: WSK_INSPECT_ACTION,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_INSPECT_EVENT = Option<
    unsafe extern "win64" fn(
        SocketContext: PVOID,
        LocalAddress: *mut SOCKADDR,
        RemoteAddress: *mut SOCKADDR,
        InspectID: *mut WSK_INSPECT_ID,
    ) -> WSK_INSPECT_ACTION,
>;
pub type PFN_WSK_LISTEN =
    Option<unsafe extern "win64" fn(Socket: *mut WSK_SOCKET, Irp: PIRP) -> NTSTATUS>;
pub type PFN_WSK_RECEIVE = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        Buffer: *mut WSK_BUF,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_RECEIVE_EVENT = Option<
    unsafe extern "win64" fn(
        SocketContext: PVOID,
        Flags: u32,
        DataIndication: *mut WSK_DATA_INDICATION,
        BytesIndicated: u64,
        BytesAccepted: *mut usize,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_RELEASE_DATA_INDICATION_LIST = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        DataIndication: *mut WSK_DATA_INDICATION,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_SEND = Option<
    unsafe extern "win64" fn(
        Socket: *mut WSK_SOCKET,
        Buffer: *mut WSK_BUF,
        Flags: u32,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_SEND_BACKLOG_EVENT =
    Option<unsafe extern "win64" fn(SocketContext: PVOID, IdealBacklogSize: u64) -> NTSTATUS>;
pub type PFN_WSK_SOCKET = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        AddressFamily: u16,
        SocketType: u16,
        Protocol: u32,
        Flags: u32,
        SocketContext: PVOID,
        Dispatch: *const c_void,
        OwningProcess: PEPROCESS,
        OwningThread: PETHREAD,
        SecurityDescriptor: *mut c_void,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
pub type PFN_WSK_SOCKET_CONNECT = Option<
    unsafe extern "win64" fn(
        Client: *mut WSK_CLIENT,
        SocketType: u16,
        Protocol: u32,
        LocalAddress: *mut SOCKADDR,
        RemoteAddress: *mut SOCKADDR,
        Flags: u32,
        SocketContext: PVOID,
        Dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
        OwningProcess: PEPROCESS,
        OwningThread: PETHREAD,
        SecurityDescriptor: *mut c_void,
        Irp: PIRP,
    ) -> NTSTATUS,
>;
