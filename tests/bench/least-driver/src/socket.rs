//! Winsock Kernel: the registration, and sockets with the requests that are waited for.

use core::{
    cell::UnsafeCell,
    mem::size_of,
    ptr::{from_ref, null_mut},
};

use wdk_sys::{
    KEVENT, LARGE_INTEGER, NTSTATUS, PVOID,
    ntddk::{KeInitializeEvent, KeSetEvent, KeWaitForSingleObject},
};

use crate::{
    block::{Block, Irp},
    registry::succeed,
    sys::*,
};

/// A notification event in memory that stays where it is.
pub(crate) struct Event(Block);

impl Event {
    pub(crate) fn new() -> Result<Self, NTSTATUS> {
        const NOTIFICATION: i32 = 0;
        let event = Self(Block::new(size_of::<KEVENT>())?);
        // SAFETY: nonpaged memory of an event's size.
        unsafe { KeInitializeEvent(event.raw(), NOTIFICATION, 0) };
        Ok(event)
    }

    fn raw(&self) -> *mut KEVENT {
        self.0.at().cast()
    }

    pub(crate) fn set(&self) {
        // SAFETY: initialised; no wait follows.
        unsafe { KeSetEvent(self.raw(), 0, 0) };
    }

    /// At PASSIVE_LEVEL; whether it was set in time, without a limit when there is none.
    pub(crate) fn wait(&self, milliseconds: Option<i64>) -> bool {
        const STATUS_SUCCESS: NTSTATUS = 0;
        let mut limit = LARGE_INTEGER {
            QuadPart: milliseconds.map_or(0, |time| -10_000 * time),
        };
        let limit = milliseconds.map_or(null_mut(), |_| &raw mut limit);
        // SAFETY: initialised; the limit is a local.
        unsafe { KeWaitForSingleObject(self.raw().cast(), 0, 0, 0, limit) == STATUS_SUCCESS }
    }
}

struct Table(WSK_CLIENT_DISPATCH);
// SAFETY: plain data that nobody changes.
unsafe impl Sync for Table {}

static CLIENT: Table = Table(WSK_CLIENT_DISPATCH {
    Version: WSK_VERSION_1_0,
    Reserved: 0,
    WskClientEvent: None,
});

/// A registered client with its provider captured.
pub(crate) struct Provider {
    registration: Block,
    npi: WSK_PROVIDER_NPI,
}

impl Provider {
    pub(crate) fn open() -> Result<Self, NTSTATUS> {
        let registration = Block::new(size_of::<WSK_REGISTRATION>())?;
        let mut client = WSK_CLIENT_NPI {
            ClientContext: null_mut(),
            Dispatch: &raw const CLIENT.0,
        };
        let mut npi = WSK_PROVIDER_NPI::default();
        let raw = registration.at().cast::<WSK_REGISTRATION>();
        // SAFETY: the registration stays where it is until `drop` ends it; the rest are locals and statics.
        unsafe {
            succeed(WskRegister(&raw mut client, raw))?;
            let captured = WskCaptureProviderNPI(raw, WSK_INFINITE_WAIT, &raw mut npi);
            succeed(captured).inspect_err(|_| WskDeregister(raw))?;
        }
        Ok(Self { registration, npi })
    }

    /// A socket of `flags`' kind, whose events come to `dispatch` with `context`.
    ///
    /// # Safety
    /// Both stay until the socket is closed; the table is of that kind.
    pub(crate) unsafe fn socket(
        &self,
        flags: u32,
        context: PVOID,
        dispatch: *const c_void,
    ) -> Result<Socket, NTSTATUS> {
        let none = null_mut();
        // SAFETY: the provider is captured; its table is whole.
        let create = unsafe { (*self.npi.Dispatch).WskSocket };
        let create = create.ok_or(STATUS_NOT_SUPPORTED)?;
        let client = self.npi.Client;
        // SAFETY: as documented for this function; context and table are the caller's.
        let socket = request(|irp| unsafe {
            create(
                client,
                AF_INET,
                SOCK_STREAM,
                IPPROTO_TCP,
                flags,
                context,
                dispatch,
                none,
                none,
                none,
                irp,
            )
        })?;
        Ok(Socket(socket as *mut WSK_SOCKET))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let raw = self.registration.at().cast();
        // SAFETY: registered and captured by `open`; every socket is closed (whoever drops this closed them).
        unsafe {
            WskReleaseProviderNPI(raw);
            WskDeregister(raw);
        }
    }
}

/// What a waited-for request tells its completion routine.
unsafe extern "C" fn wake(_: wdk_sys::PDEVICE_OBJECT, _: *mut wdk_sys::IRP, event: PVOID) -> i32 {
    // SAFETY: the event that `request` waits for.
    unsafe { KeSetEvent(event.cast(), 0, 0) };
    STATUS_MORE_PROCESSING_REQUIRED
}

/// Makes a request and waits for it, at PASSIVE_LEVEL; its information.
pub(crate) fn request(call: impl FnOnce(PIRP) -> NTSTATUS) -> Result<usize, NTSTATUS> {
    let (irp, event) = (Irp::new()?, Event::new()?);
    // SAFETY: new and idle; both outlive the request, which is waited for.
    unsafe {
        call(irp.arm(Some(wake), event.raw().cast()));
        event.wait(None);
        let (status, information) = irp.result();
        succeed(status).map(|()| information)
    }
}

fn at(address: u32, port: u16) -> UnsafeCell<SOCKADDR_IN> {
    UnsafeCell::new(SOCKADDR_IN {
        sin_family: AF_INET,
        sin_port: port.to_be(),
        sin_addr: IN_ADDR { S_addr: address },
        sin_zero: [0; 8],
    })
}

/// An open socket. Closing it is its owner's business.
#[derive(Clone, Copy)]
pub(crate) struct Socket(pub(crate) *mut WSK_SOCKET);

impl Socket {
    /// The calls of a connection; those of a listener begin with the same three.
    fn calls(&self) -> &WSK_PROVIDER_CONNECTION_DISPATCH {
        // SAFETY: an open socket (invariant); only slots of its kind are used.
        unsafe { &*(*self.0).Dispatch.cast() }
    }

    /// Binds it to `address`, in network order, and any port.
    pub(crate) fn bind(&self, address: u32) -> Result<(), NTSTATUS> {
        let local = at(address, 0);
        let bind = self.calls().WskBind.ok_or(STATUS_NOT_SUPPORTED)?;
        // SAFETY: open; the address outlives the request.
        request(|irp| unsafe { bind(self.0, local.get().cast(), 0, irp) }).map(drop)
    }

    /// The port a listener is bound to.
    pub(crate) fn listener_port(&self) -> Result<u16, NTSTATUS> {
        let local = at(0, 0);
        // SAFETY: an open listener, whose table this is.
        let calls = unsafe { &*(*self.0).Dispatch.cast::<WSK_PROVIDER_LISTEN_DISPATCH>() };
        let ask = calls.WskGetLocalAddress.ok_or(STATUS_NOT_SUPPORTED)?;
        // SAFETY: open; the place outlives the request.
        request(|irp| unsafe { ask(self.0, local.get().cast(), irp) })?;
        Ok(u16::from_be(local.into_inner().sin_port))
    }

    pub(crate) fn connect(&self, address: u32, port: u16) -> Result<(), NTSTATUS> {
        let peer = at(address, port);
        let connect = self.calls().WskConnect.ok_or(STATUS_NOT_SUPPORTED)?;
        // SAFETY: open and bound; the address outlives the request.
        request(|irp| unsafe { connect(self.0, peer.get().cast(), 0, irp) }).map(drop)
    }

    /// Has `events` delivered from now on.
    pub(crate) fn enable(&self, events: u32) -> Result<(), NTSTATUS> {
        let control = WSK_EVENT_CALLBACK_CONTROL {
            NpiId: &NPI_WSK_INTERFACE_ID,
            EventMask: events,
        };
        let option = self.calls().WskControlSocket.ok_or(STATUS_NOT_SUPPORTED)?;
        // SAFETY: open; without an IRP the call is over when it returns, and it reads a local.
        succeed(unsafe {
            option(
                self.0,
                WskSetOption,
                SO_WSK_EVENT_CALLBACK,
                SOL_SOCKET,
                size_of_val(&control) as u64,
                from_ref(&control).cast_mut().cast(),
                0,
                null_mut(),
                null_mut(),
                null_mut(),
            )
        })
    }

    /// Sends without waiting; the IRP tells.
    ///
    /// # Safety
    /// A connected socket, an armed IRP, and a buffer that stays as it is until the IRP has completed.
    pub(crate) unsafe fn send(&self, buffer: *mut WSK_BUF, irp: PIRP) {
        if let Some(send) = self.calls().WskSend {
            // SAFETY: the caller's promise.
            unsafe { send(self.0, buffer, WSK_FLAG_NODELAY, irp) };
        }
    }

    /// Ends this side's stream without waiting; the IRP tells.
    ///
    /// # Safety
    /// A connected socket and an armed IRP.
    pub(crate) unsafe fn disconnect(&self, flags: u32, irp: PIRP) {
        if let Some(disconnect) = self.calls().WskDisconnect {
            // SAFETY: the caller's promise.
            unsafe { disconnect(self.0, null_mut(), flags, irp) };
        }
    }

    /// Closes it without waiting; the IRP tells when no event runs any more.
    ///
    /// # Safety
    /// An open socket, closed once, and an armed IRP.
    pub(crate) unsafe fn start_close(self, irp: PIRP) {
        if let Some(close) = self.calls().WskCloseSocket {
            // SAFETY: the caller's promise.
            unsafe { close(self.0, irp) };
        }
    }

    /// Closes it, and waits until no event runs any more.
    ///
    /// # Safety
    /// Nobody uses it any more.
    pub(crate) unsafe fn close(self) -> Result<(), NTSTATUS> {
        let close = self.calls().WskCloseSocket.ok_or(STATUS_NOT_SUPPORTED)?;
        // SAFETY: open, and closed once (caller).
        request(|irp| unsafe { close(self.0, irp) }).map(drop)
    }
}
