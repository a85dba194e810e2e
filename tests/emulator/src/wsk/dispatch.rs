//! The tables a socket points at, and their functions: each checks the IRQL, the socket and the
//! IRP, then calls what does the work.

use std::ffi::c_void;

use super::abi::*;
use super::faults::{Call, Fault};
use super::host::status;
use super::socket::{Category, PendingAccept, Socket, enter};
use super::{accept, close, connect, control, kernel, receive, send};
use crate::ip::address;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

/// A table that is never written.
struct Table<T>(T);

// SAFETY: the tables are never written.
unsafe impl<T> Sync for Table<T> {}

static BASIC: Table<WSK_PROVIDER_BASIC_DISPATCH> = Table(WSK_PROVIDER_BASIC_DISPATCH {
    WskControlSocket: Some(wsk_control_socket),
    WskCloseSocket: Some(wsk_close_socket),
});

static LISTEN: Table<WSK_PROVIDER_LISTEN_DISPATCH> = Table(WSK_PROVIDER_LISTEN_DISPATCH {
    WskControlSocket: Some(wsk_control_socket),
    WskCloseSocket: Some(wsk_close_socket),
    WskBind: Some(wsk_bind),
    WskAccept: Some(wsk_accept),
    WskInspectComplete: Some(wsk_inspect_complete),
    WskGetLocalAddress: Some(wsk_get_local_address),
});

static CONNECTION: Table<WSK_PROVIDER_CONNECTION_DISPATCH> =
    Table(WSK_PROVIDER_CONNECTION_DISPATCH {
        WskControlSocket: Some(wsk_control_socket),
        WskCloseSocket: Some(wsk_close_socket),
        WskBind: Some(wsk_bind),
        WskConnect: Some(wsk_connect),
        WskGetLocalAddress: Some(wsk_get_local_address),
        WskGetRemoteAddress: Some(wsk_get_remote_address),
        WskSend: Some(wsk_send),
        WskReceive: Some(wsk_receive),
        WskDisconnect: Some(wsk_disconnect),
        WskRelease: Some(wsk_release),
        WskConnectEx: Some(wsk_connect_ex),
        WskSendEx: wsk_undocumented as *mut c_void,
        WskReceiveEx: wsk_undocumented as *mut c_void,
    });

static STREAM: Table<WSK_PROVIDER_STREAM_DISPATCH> = Table(WSK_PROVIDER_STREAM_DISPATCH {
    WskControlSocket: Some(wsk_control_socket),
    WskCloseSocket: Some(wsk_close_socket),
    WskBind: Some(wsk_bind),
    WskAccept: Some(wsk_accept),
    WskConnect: Some(wsk_connect),
    WskListen: Some(wsk_listen),
    WskSend: Some(wsk_send),
    WskReceive: Some(wsk_receive),
    WskDisconnect: Some(wsk_disconnect),
    WskRelease: Some(wsk_release),
    WskGetLocalAddress: Some(wsk_get_local_address),
    WskGetRemoteAddress: Some(wsk_get_remote_address),
    WskConnectEx: Some(wsk_connect_ex),
    WskSendEx: wsk_undocumented as *mut c_void,
    WskReceiveEx: wsk_undocumented as *mut c_void,
});

/// What `WSK_SOCKET.Dispatch` of a category points at.
pub(super) fn table(category: Category) -> *const c_void {
    match category {
        Category::Basic => (&raw const BASIC.0).cast(),
        Category::Listen => (&raw const LISTEN.0).cast(),
        Category::Connection => (&raw const CONNECTION.0).cast(),
        Category::Stream => (&raw const STREAM.0).cast(),
    }
}

/// Enters a call that takes an IRP.
unsafe fn request(
    socket: *mut WSK_SOCKET,
    name: &'static str,
    irp: PIRP,
    body: impl FnOnce(&std::sync::Arc<Socket>) -> NTSTATUS,
) -> NTSTATUS {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    // SAFETY: the client passes a socket of ours.
    unsafe {
        enter(socket, name, |socket| {
            kernel::begin(irp, name);
            let wsk = &socket.network.machine.wsk;
            let failed = |call| wsk.begins(call, Some(socket), irp);
            if let Some(answer) = Call::named(name).and_then(failed) {
                if name == "WskSend" && answer == status::PENDING {
                    socket.transmit().holed = true;
                }
                return answer;
            }
            if socket.broken() == Some(status::FILE_FORCED_CLOSED) && name != "WskCloseSocket" {
                return kernel::complete(irp, status::FILE_FORCED_CLOSED, 0);
            }
            body(socket)
        })
    }
}

/// The functions that take an IRP last: `name: Name, (arguments) => what does the work;`.
macro_rules! requests {
    ($socket:ident, $irp:ident; $($name:ident: $wsk:ident, ($($arg:ident: $ty:ty),*) => $work:expr;)*) => {$(
        unsafe extern "win64" fn $name(socket: *mut WSK_SOCKET, $($arg: $ty,)* $irp: PIRP) -> NTSTATUS {
            // SAFETY: the client passes a socket of ours, and what the function documents.
            unsafe { request(socket, stringify!($wsk), $irp, |$socket| $work) }
        }
    )*};
}

requests! { socket, irp;
    wsk_bind: WskBind, (local: *mut SOCKADDR, _flags: u32) =>
        connect::bind(socket, address::read(local), irp);
    wsk_connect: WskConnect, (remote: *mut SOCKADDR, _flags: u32) =>
        connect::connect(socket, address::read(remote), irp);
    wsk_connect_ex: WskConnectEx, (_remote: *mut SOCKADDR, _buffer: *mut WSK_BUF, _flags: u32) => {
        let _ = socket;
        kernel::complete(irp, status::NOT_SUPPORTED, 0)
    };
    wsk_listen: WskListen, () => connect::listen(socket, irp);
    wsk_accept: WskAccept, (_flags: u32, context: PVOID,
        dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH, local: *mut SOCKADDR,
        remote: *mut SOCKADDR) =>
        accept::accept(socket, PendingAccept { irp, context, dispatch, local, remote });
    // Conditional accept is not offered: its option is refused, so no inspection can be open.
    wsk_inspect_complete: WskInspectComplete,
        (_id: *mut WSK_INSPECT_ID, _action: WSK_INSPECT_ACTION) => {
        let _ = socket;
        kernel::complete(irp, status::INVALID_DEVICE_STATE, 0)
    };
    wsk_send: WskSend, (buffer: *mut WSK_BUF, flags: u32) => send::send(socket, buffer, flags, irp);
    wsk_receive: WskReceive, (buffer: *mut WSK_BUF, flags: u32) =>
        receive::receive(socket, buffer, flags, irp);
    wsk_disconnect: WskDisconnect, (buffer: *mut WSK_BUF, flags: u32) =>
        close::disconnect(socket, buffer, flags, irp);
    wsk_get_local_address: WskGetLocalAddress, (place: *mut SOCKADDR) =>
        connect::get_address(socket, place, false, irp);
    wsk_get_remote_address: WskGetRemoteAddress, (place: *mut SOCKADDR) =>
        connect::get_address(socket, place, true, irp);
    wsk_close_socket: WskCloseSocket, () => close::close(socket, irp);
}

unsafe extern "win64" fn wsk_release(
    socket: *mut WSK_SOCKET,
    list: *mut WSK_DATA_INDICATION,
) -> NTSTATUS {
    let _ = thread::enter("WskRelease", DISPATCH_LEVEL);
    // SAFETY: the client passes a socket of ours.
    unsafe {
        enter(socket, "WskRelease", |socket| {
            receive::release(socket, list)
        })
    }
}

unsafe extern "win64" fn wsk_control_socket(
    socket: *mut WSK_SOCKET,
    kind: WSK_CONTROL_SOCKET_TYPE,
    code: u32,
    level: u32,
    input_size: u64,
    input: PVOID,
    output_size: u64,
    output: PVOID,
    returned: *mut usize,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskControlSocket", DISPATCH_LEVEL);
    let request = control::Request {
        kind,
        code,
        level,
        input: input.cast(),
        input_size: input_size as usize,
        output: output.cast(),
        output_size: output_size as usize,
        returned,
        irp,
    };
    // SAFETY: the client passes a socket of ours.
    unsafe {
        enter(socket, "WskControlSocket", |socket| {
            let wsk = &socket.network.machine.wsk;
            let failed = if irp.is_null() {
                wsk.fault(Call::ControlSocket).map(Fault::status)
            } else {
                kernel::begin(irp, "WskControlSocket");
                wsk.begins(Call::ControlSocket, Some(socket), irp)
            };
            failed.unwrap_or_else(|| control::control(socket, &request))
        })
    }
}

/// `WskSendEx` and `WskReceiveEx` have slots in newer headers, and no documentation.
unsafe extern "win64" fn wsk_undocumented() {
    kernel::violation(
        "WSK-SOCK-01",
        "WskSendEx or WskReceiveEx is called: neither is documented",
    );
}
