//! The provider dispatch: creating sockets, and the client's own controls.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::abi::*;
use super::client::{self, Client};
use super::connect;
use super::faults::Call;
use super::host::{NtStatus, bind_status, status};
use super::kernel;
use super::socket::{Category, Socket, State};
use super::tcp::Tcp;
use crate::ip::address;
use crate::thread;
use crate::wdm::{DISPATCH_LEVEL, PASSIVE_LEVEL};

static TABLE: Table = Table(WSK_PROVIDER_DISPATCH {
    Version: WSK_VERSION_1_0,
    Reserved: 0,
    WskSocket: Some(wsk_socket),
    WskSocketConnect: Some(wsk_socket_connect),
    WskControlClient: Some(wsk_control_client),
    WskGetAddressInfo: Some(wsk_get_address_info),
    WskFreeAddressInfo: Some(wsk_free_address_info),
    WskGetNameInfo: Some(wsk_get_name_info),
});

struct Table(WSK_PROVIDER_DISPATCH);

// SAFETY: the table is never written.
unsafe impl Sync for Table {}

pub(super) fn table() -> *const WSK_PROVIDER_DISPATCH {
    &raw const TABLE.0
}

/// What a new socket is to be.
struct Wanted {
    category: Category,
    v6: bool,
    context: *mut c_void,
    dispatch: *const c_void,
}

fn create(client: &Arc<Client>, wanted: &Wanted) -> Result<Arc<Socket>, NtStatus> {
    let tcp = Tcp::new(client.network.machine, wanted.v6).map_err(|error| bind_status(&error))?;
    if wanted.v6 {
        // Windows' default for a new socket.
        let _ = tcp.set_option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1);
    }
    let socket = Socket::new(client, tcp, wanted.category, wanted.v6, State::New);
    socket.context.store(wanted.context, Ordering::Release);
    set_dispatch(&socket, wanted);
    if matches!(wanted.category, Category::Listen | Category::Stream) && !wanted.dispatch.is_null()
    {
        // WSK-REG-12: static events are those of every later socket.
        socket
            .events
            .store(client.static_events(), Ordering::Release);
    }
    socket.opened();
    Ok(socket)
}

/// WSK-SOCK-02: the type of the client's table follows from the category.
fn set_dispatch(socket: &Socket, wanted: &Wanted) {
    if wanted.dispatch.is_null() {
        return;
    }
    match wanted.category {
        Category::Basic => {}
        Category::Listen => socket
            .listen_dispatch
            .store(wanted.dispatch.cast_mut().cast(), Ordering::Release),
        Category::Connection => socket
            .connect_dispatch
            .store(wanted.dispatch.cast_mut().cast(), Ordering::Release),
        Category::Stream => {
            // SAFETY: a stream socket's table is the pair, by the client's choice of category.
            let pair = unsafe { &*wanted.dispatch.cast::<WSK_CLIENT_STREAM_DISPATCH>() };
            socket
                .listen_dispatch
                .store(pair.Listen.cast_mut(), Ordering::Release);
            socket
                .connect_dispatch
                .store(pair.Connect.cast_mut(), Ordering::Release);
        }
    }
}

fn category(flags: u32) -> Option<Category> {
    match flags {
        WSK_FLAG_BASIC_SOCKET => Some(Category::Basic),
        WSK_FLAG_LISTEN_SOCKET => Some(Category::Listen),
        WSK_FLAG_CONNECTION_SOCKET => Some(Category::Connection),
        WSK_FLAG_STREAM_SOCKET => Some(Category::Stream),
        _ => None,
    }
}

unsafe extern "win64" fn wsk_socket(
    handle: *mut WSK_CLIENT,
    family: u16,
    socket_type: u16,
    protocol: u32,
    flags: u32,
    context: PVOID,
    dispatch: *const c_void,
    _process: PEPROCESS,
    _thread: PETHREAD,
    security: PVOID,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskSocket", DISPATCH_LEVEL);
    let client = client::from_handle(handle, "WskSocket");
    kernel::begin(irp, "WskSocket");
    if !security.is_null() {
        kernel::violation(
            "WSK-SOCK-08",
            "WskSocket with a security descriptor that WSK_CACHE_SD did not give",
        );
    }
    let tcp = socket_type == SOCK_STREAM && (protocol == IPPROTO_TCP || protocol == 0);
    let (Some(category), true, true) = (category(flags), tcp, matches!(family, AF_INET | AF_INET6))
    else {
        return kernel::complete(irp, status::NOT_SUPPORTED, 0);
    };
    let wanted = Wanted {
        category,
        v6: family == AF_INET6,
        context,
        dispatch,
    };
    let wsk = &client.network.machine.wsk;
    if let Some(answer) = wsk.begins(Call::Socket, None, irp) {
        return answer;
    }
    match create(&client, &wanted) {
        Ok(socket) => kernel::complete(irp, status::SUCCESS, socket.handle() as usize),
        Err(failed) => kernel::complete(irp, failed, 0),
    }
}

unsafe extern "win64" fn wsk_socket_connect(
    handle: *mut WSK_CLIENT,
    socket_type: u16,
    protocol: u32,
    local: *mut SOCKADDR,
    remote: *mut SOCKADDR,
    flags: u32,
    context: PVOID,
    dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
    _process: PEPROCESS,
    _thread: PETHREAD,
    _security: PVOID,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskSocketConnect", DISPATCH_LEVEL);
    let client = client::from_handle(handle, "WskSocketConnect");
    kernel::begin(irp, "WskSocketConnect");
    let wsk = &client.network.machine.wsk;
    if let Some(answer) = wsk.begins(Call::SocketConnect, None, irp) {
        return answer;
    }
    // SAFETY: the client passes addresses.
    let (from, to) = unsafe { (address::read(local), address::read(remote)) };
    let (Some(from), Some(to), SOCK_STREAM, IPPROTO_TCP, 0) =
        (from, to, socket_type, protocol, flags)
    else {
        return kernel::complete(irp, status::INVALID_PARAMETER, 0);
    };
    let wanted = Wanted {
        category: Category::Connection,
        v6: to.is_ipv6(),
        context,
        dispatch: dispatch.cast(),
    };
    let made = create(&client, &wanted).and_then(|socket| match connect::bind_to(&socket, &from) {
        Ok(()) => Ok(socket),
        Err(failed) => {
            socket.set_closed();
            socket.closed();
            Err(failed)
        }
    });
    match made {
        Ok(socket) => connect::connect_new(&socket, to, irp),
        Err(failed) => kernel::complete(irp, failed, 0),
    }
}

unsafe extern "win64" fn wsk_control_client(
    handle: *mut WSK_CLIENT,
    code: u32,
    input_size: u64,
    input: PVOID,
    output_size: u64,
    output: PVOID,
    returned: *mut usize,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskControlClient", DISPATCH_LEVEL);
    let client = client::from_handle(handle, "WskControlClient");
    if let Some(fault) = client.network.machine.wsk.fault(Call::ControlClient) {
        if irp.is_null() {
            return fault.status();
        }
        kernel::begin(irp, "WskControlClient");
        return kernel::complete(irp, fault.status(), 0);
    }
    let result = match code {
        WSK_SET_STATIC_EVENT_CALLBACKS => {
            // WSK-REG-12: no IRP.
            if !irp.is_null() {
                kernel::violation(
                    "WSK-REG-12",
                    "WSK_SET_STATIC_EVENT_CALLBACKS with an IRP; it must be null",
                );
            }
            return set_static_events(&client, input_size, input);
        }
        WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH => ndk_dispatch(output_size, output),
        _ => Err(status::NOT_SUPPORTED),
    };
    let (code, bytes) = result.map_or_else(|failed| (failed, 0), |bytes| (status::SUCCESS, bytes));
    if !irp.is_null() {
        kernel::begin(irp, "WskControlClient");
        return kernel::complete(irp, code, bytes);
    }
    if !returned.is_null() {
        // SAFETY: the client passes a writable size.
        unsafe { returned.write(bytes) };
    }
    code
}

fn set_static_events(client: &Client, input_size: u64, input: PVOID) -> NtStatus {
    if input.is_null() || (input_size as usize) < size_of::<WSK_EVENT_CALLBACK_CONTROL>() {
        return status::INVALID_PARAMETER;
    }
    // SAFETY: the client passes `input_size` readable bytes.
    let wanted = unsafe { input.cast::<WSK_EVENT_CALLBACK_CONTROL>().read_unaligned() };
    // SAFETY: the client passes a pointer to an identifier, or null.
    if wanted.NpiId.is_null() || unsafe { *wanted.NpiId } != NPI_WSK_INTERFACE_ID {
        return status::INVALID_PARAMETER;
    }
    client.set_static_events(wanted.EventMask)
}

/// The table through which a consumer opens NDK adapters. Undersized output: WSK-OPT-06.
fn ndk_dispatch(output_size: u64, output: PVOID) -> Result<usize, NtStatus> {
    let size = size_of::<WSK_PROVIDER_NDK_DISPATCH>();
    if output.is_null() || (output_size as usize) < size {
        return Err(status::INVALID_PARAMETER);
    }
    // SAFETY: the client passes `output_size` writable bytes.
    unsafe {
        output
            .cast::<WSK_PROVIDER_NDK_DISPATCH>()
            .write_unaligned(crate::ndk::wsk_dispatch())
    };
    Ok(size)
}

unsafe extern "win64" fn wsk_get_address_info(
    _client: *mut WSK_CLIENT,
    _node: PVOID,
    _service: PVOID,
    _namespace: u32,
    _provider: PVOID,
    _hints: PVOID,
    _result: PVOID,
    _process: PEPROCESS,
    _thread: PETHREAD,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskGetAddressInfo", PASSIVE_LEVEL);
    kernel::begin(irp, "WskGetAddressInfo");
    kernel::complete(irp, status::NOT_SUPPORTED, 0)
}

unsafe extern "win64" fn wsk_free_address_info(_client: *mut WSK_CLIENT, _info: PVOID) {
    let _ = thread::enter("WskFreeAddressInfo", PASSIVE_LEVEL);
    kernel::violation(
        "WSK-REG-04",
        "WskFreeAddressInfo of something WskGetAddressInfo did not give",
    );
}

unsafe extern "win64" fn wsk_get_name_info(
    _client: *mut WSK_CLIENT,
    _address: PVOID,
    _length: u32,
    _node: PVOID,
    _service: PVOID,
    _flags: u32,
    _process: PEPROCESS,
    _thread: PETHREAD,
    irp: PIRP,
) -> NTSTATUS {
    let _ = thread::enter("WskGetNameInfo", PASSIVE_LEVEL);
    kernel::begin(irp, "WskGetNameInfo");
    kernel::complete(irp, status::NOT_SUPPORTED, 0)
}
