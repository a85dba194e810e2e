//! A small Winsock Kernel client: two ends of a connection in one driver.

use core::ffi::c_void;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use crate::kernel::STATUS_MORE_PROCESSING_REQUIRED;
use crate::kernel::*;
use crate::sys::*;

/// Structures that the kernel writes and only one thread of the case reads at a time.
pub(crate) struct Shared<T>(pub(crate) T);
// SAFETY: the cases are sequential; callbacks only read the tables.
unsafe impl<T> Sync for Shared<T> {}

pub(crate) static mut REGISTRATION: Shared<WSK_REGISTRATION> = Shared(WSK_REGISTRATION {
    ReservedRegistrationState: 0,
    ReservedRegistrationContext: null_mut(),
    ReservedRegistrationLock: 0,
});

static CLIENT: Shared<WSK_CLIENT_DISPATCH> = Shared(WSK_CLIENT_DISPATCH {
    Version: WSK_VERSION_1_0,
    Reserved: 0,
    WskClientEvent: None,
});

static LISTEN: Shared<WSK_CLIENT_LISTEN_DISPATCH> = Shared(WSK_CLIENT_LISTEN_DISPATCH {
    WskAcceptEvent: Some(accept_event),
    WskInspectEvent: None,
    WskAbortEvent: None,
});

static CONNECTION: Shared<WSK_CLIENT_CONNECTION_DISPATCH> =
    Shared(WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(receive_event),
        WskDisconnectEvent: Some(disconnect_event),
        WskSendBacklogEvent: None,
    });

/// What the callbacks answer.
pub(crate) static ACCEPT: AtomicI32 = AtomicI32::new(0);
pub(crate) static RECEIVE: AtomicI32 = AtomicI32::new(0);
pub(crate) static DISCONNECT: AtomicI32 = AtomicI32::new(0);
/// How many bytes more than were indicated the receive event accepts.
pub(crate) static TOO_MANY: AtomicI32 = AtomicI32::new(0);

/// The other end, once it was accepted, and the last list it was given.
pub(crate) static ACCEPTED: AtomicPtr<WSK_SOCKET> = AtomicPtr::new(null_mut());
pub(crate) static LIST: AtomicPtr<WSK_DATA_INDICATION> = AtomicPtr::new(null_mut());

unsafe extern "win64" fn accept_event(
    _: PVOID,
    _: u32,
    _: *mut SOCKADDR,
    _: *mut SOCKADDR,
    socket: *mut WSK_SOCKET,
    _: *mut PVOID,
    dispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
) -> NTSTATUS {
    if !socket.is_null() {
        // SAFETY: an out parameter.
        unsafe { dispatch.write(&raw const CONNECTION.0) };
        ACCEPTED.store(socket, Ordering::Release);
    }
    ACCEPT.load(Ordering::Relaxed)
}

unsafe extern "win64" fn receive_event(
    _: PVOID,
    _: u32,
    list: *mut WSK_DATA_INDICATION,
    bytes: u64,
    accepted: *mut usize,
) -> NTSTATUS {
    if !list.is_null() {
        LIST.store(list, Ordering::Release);
    }
    if !accepted.is_null() {
        // SAFETY: an out parameter.
        unsafe { accepted.write(bytes as usize + TOO_MANY.load(Ordering::Relaxed) as usize) };
    }
    RECEIVE.load(Ordering::Relaxed)
}

unsafe extern "win64" fn disconnect_event(_: PVOID, _: u32) -> NTSTATUS {
    DISCONNECT.load(Ordering::Relaxed)
}

/// Registers the client and captures the provider.
pub(crate) unsafe fn open() -> WSK_PROVIDER_NPI {
    let mut provider = WSK_PROVIDER_NPI::default();
    // SAFETY: the blocks are static.
    unsafe {
        register();
        WskCaptureProviderNPI(
            &raw mut REGISTRATION.0,
            WSK_INFINITE_WAIT,
            &raw mut provider,
        );
    }
    provider
}

pub(crate) unsafe fn register() {
    let mut npi = WSK_CLIENT_NPI {
        ClientContext: null_mut(),
        Dispatch: &raw const CLIENT.0,
    };
    // SAFETY: the blocks are static.
    unsafe { WskRegister(&raw mut npi, &raw mut REGISTRATION.0) };
}

pub(crate) unsafe extern "system" fn done(_: Pointer, _: Pointer, event: Pointer) -> i32 {
    // SAFETY: the event that `request` waits for.
    unsafe { KeSetEvent(event, 0, 0) };
    STATUS_MORE_PROCESSING_REQUIRED
}

/// Makes `routine` the IRP's completion routine for all outcomes.
pub(crate) unsafe fn prepare(irp: *mut u8, routine: Completion, context: Pointer) {
    // SAFETY: an IRP with a location left; offsets as in `io::send`.
    unsafe {
        let next = irp.add(184).cast::<*mut u8>().read().sub(72);
        next.add(3).write(0xE0);
        next.add(56).cast::<Completion>().write(routine);
        next.add(64).cast::<Pointer>().write(context);
    }
}

/// Makes a request with an IRP of its own and waits for it: status and information.
pub(crate) unsafe fn request(call: impl FnOnce(PIRP)) -> (i32, usize) {
    let mut event = Object::new();
    // SAFETY: the event outlives the request, which is waited for.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        KeInitializeEvent(event.get(), 0, 0);
        prepare(irp, done, event.get());
        call(irp.cast());
        KeWaitForSingleObject(event.get(), 0, 0, 0, null());
        let result = (
            irp.add(48).cast::<i32>().read(),
            irp.add(56).cast::<usize>().read(),
        );
        IoFreeIrp(irp);
        result
    }
}

/// A request that nobody waits for: its IRP.
pub(crate) unsafe fn start(call: impl FnOnce(PIRP)) -> *mut u8 {
    static mut EVENT: Object = Object::new();
    // SAFETY: as `request`; the event is static.
    unsafe {
        let irp = IoAllocateIrp(1, 0);
        KeInitializeEvent((&raw mut EVENT).cast(), 0, 0);
        prepare(irp, done, (&raw mut EVENT).cast());
        call(irp.cast());
        irp
    }
}

pub(crate) unsafe fn socket(npi: &WSK_PROVIDER_NPI, flags: u32) -> *mut WSK_SOCKET {
    let dispatch: *const c_void = match flags {
        WSK_FLAG_LISTEN_SOCKET => (&raw const LISTEN.0).cast(),
        _ => (&raw const CONNECTION.0).cast(),
    };
    // SAFETY: the provider is captured; every slot is filled.
    unsafe { socket_with(npi, flags, dispatch) }
}

pub(crate) unsafe fn socket_with(
    npi: &WSK_PROVIDER_NPI,
    flags: u32,
    dispatch: *const c_void,
) -> *mut WSK_SOCKET {
    let none = null_mut();
    // SAFETY: as above.
    unsafe {
        let Some(create) = (*npi.Dispatch).WskSocket else {
            return null_mut();
        };
        let (client, tcp) = (npi.Client, IPPROTO_TCP);
        let (_, socket) = request(|irp| {
            create(
                client,
                AF_INET,
                SOCK_STREAM,
                tcp,
                flags,
                none,
                dispatch,
                none,
                none,
                none,
                irp,
            );
        });
        socket as *mut WSK_SOCKET
    }
}

pub(crate) unsafe fn table<'a>(socket: *mut WSK_SOCKET) -> &'a WSK_PROVIDER_CONNECTION_DISPATCH {
    // SAFETY: a connection socket; other kinds have the same first three slots.
    unsafe { &*(*socket).Dispatch.cast() }
}

fn loopback(port: u16) -> SOCKADDR_IN {
    SOCKADDR_IN {
        sin_family: AF_INET,
        sin_port: port,
        sin_addr: IN_ADDR {
            S_un_b: [127, 0, 0, 1],
        },
        sin_zero: [0; 8],
    }
}

pub(crate) unsafe fn enable(socket: *mut WSK_SOCKET, events: u32, irp: PIRP) -> i32 {
    let control = WSK_EVENT_CALLBACK_CONTROL {
        NpiId: &NPI_WSK_INTERFACE_ID,
        EventMask: events,
    };
    let input = (&raw const control).cast_mut().cast();
    let size = size_of::<WSK_EVENT_CALLBACK_CONTROL>() as u64;
    let (set, code, level, none) = (WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, null_mut());
    // SAFETY: an open socket.
    unsafe {
        let Some(option) = table(socket).WskControlSocket else {
            return -1;
        };
        option(
            socket,
            set,
            code,
            level,
            size,
            input,
            0,
            none,
            null_mut(),
            irp,
        )
    }
}

pub(crate) unsafe fn bind(socket: *mut WSK_SOCKET) {
    let mut address = loopback(0);
    // SAFETY: an open socket and an address that outlives the request.
    unsafe {
        let Some(bind) = table(socket).WskBind else {
            return;
        };
        request(|irp| {
            bind(socket, (&raw mut address).cast(), 0, irp);
        });
    }
}

/// A listener and what connected to it: this end and the port's socket.
pub(crate) struct Pair {
    pub(crate) socket: *mut WSK_SOCKET,
    pub(crate) listener: *mut WSK_SOCKET,
}

/// Two ends of a connection; the accepted one is in [`ACCEPTED`].
pub(crate) unsafe fn connect(npi: &WSK_PROVIDER_NPI) -> Pair {
    let mut address = loopback(0);
    // SAFETY: open sockets of the kinds that the tables are for.
    unsafe {
        let listener = socket(npi, WSK_FLAG_LISTEN_SOCKET);
        bind(listener);
        let events = WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT;
        enable(listener, WSK_EVENT_ACCEPT | events, null_mut());
        let listen: &WSK_PROVIDER_LISTEN_DISPATCH = &*(*listener).Dispatch.cast();
        if let Some(local) = listen.WskGetLocalAddress {
            request(|irp| {
                local(listener, (&raw mut address).cast(), irp);
            });
        }
        let socket = socket(npi, WSK_FLAG_CONNECTION_SOCKET);
        bind(socket);
        if let Some(connect) = table(socket).WskConnect {
            request(|irp| {
                connect(socket, (&raw mut address).cast(), 0, irp);
            });
        }
        while ACCEPTED.load(Ordering::Acquire).is_null() {
            pause(1);
        }
        Pair { socket, listener }
    }
}

/// A buffer of nonpaged pool with its MDL.
pub(crate) unsafe fn buffer(length: usize) -> (WSK_BUF, *mut u8) {
    // SAFETY: the MDL describes the block.
    unsafe {
        let memory = pool(length);
        memory.write_bytes(1, length);
        let mdl = IoAllocateMdl(memory, length as u32, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(mdl);
        (
            WSK_BUF {
                Mdl: mdl.cast(),
                Offset: 0,
                Length: length,
            },
            memory,
        )
    }
}

/// Starts to send so much that the peer, which takes nothing, keeps it pending.
pub(crate) unsafe fn long_send(pair: &Pair) -> (*mut u8, WSK_BUF, *mut u8) {
    const DATA_NOT_ACCEPTED: i32 = 0xC000_021B_u32 as i32;
    RECEIVE.store(DATA_NOT_ACCEPTED, Ordering::Relaxed);
    // SAFETY: the buffer is never freed by the case: the run ends before.
    unsafe {
        let (mut data, memory) = buffer(16 << 20);
        let irp = send(pair.socket, &mut data);
        (irp, data, memory)
    }
}

pub(crate) unsafe fn send(socket: *mut WSK_SOCKET, data: &mut WSK_BUF) -> *mut u8 {
    // SAFETY: a connected socket; the buffer stays until the request completed.
    unsafe {
        start(|irp| {
            if let Some(send) = table(socket).WskSend {
                send(socket, data, 0, irp);
            }
        })
    }
}

pub(crate) unsafe fn disconnect(socket: *mut WSK_SOCKET, data: *mut WSK_BUF, flags: u32) {
    // SAFETY: an open socket.
    unsafe {
        start(|irp| {
            if let Some(disconnect) = table(socket).WskDisconnect {
                disconnect(socket, data, flags, irp);
            }
        });
    }
}

pub(crate) unsafe fn close(socket: *mut WSK_SOCKET) {
    // SAFETY: an open socket.
    unsafe {
        request(|irp| {
            if let Some(close) = table(socket).WskCloseSocket {
                close(socket, irp);
            }
        });
    }
}
