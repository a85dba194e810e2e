//! The small client: what a driver does, from the host's side. Every call is the exported or
//! dispatched function itself.

use std::ffi::c_void;
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) use super::own_irp::*;
pub(super) use super::side::*;

use super::super::abi::*;
use super::super::client::{
    WskCaptureProviderNPI, WskDeregister, WskRegister, WskReleaseProviderNPI,
};
use crate::ip::address;
use crate::pool::PoolMode;
use crate::{Attachment, Machine};

/// A registered client on a machine of its own.
pub(super) struct Fake {
    pub(super) machine: &'static Machine,
    registration: Box<WSK_REGISTRATION>,
    npi: WSK_PROVIDER_NPI,
    _dispatch: Box<WSK_CLIENT_DISPATCH>,
    _attached: Attachment,
}

impl Fake {
    pub(super) fn new(pool: PoolMode, options: super::super::Options) -> Self {
        let machine = Machine::new(crate::Options {
            pool,
            ..Default::default()
        });
        let attached = machine.attach();
        machine.wsk.configure(options);
        let mut registration = Box::new(WSK_REGISTRATION::default());
        let dispatch = Box::new(WSK_CLIENT_DISPATCH {
            Version: WSK_VERSION_1_0,
            ..Default::default()
        });
        let mut client = WSK_CLIENT_NPI {
            ClientContext: std::ptr::null_mut(),
            Dispatch: &raw const *dispatch,
        };
        let mut npi = WSK_PROVIDER_NPI::default();
        // SAFETY: all blocks outlive the registration.
        unsafe {
            assert_eq!(WskRegister(&raw mut client, &raw mut *registration), 0);
            assert_eq!(
                WskCaptureProviderNPI(&raw mut *registration, WSK_INFINITE_WAIT, &raw mut npi),
                0
            );
        }
        Self {
            machine,
            registration,
            npi,
            _dispatch: dispatch,
            _attached: attached,
        }
    }

    /// Unregisters; every socket is closed.
    pub(super) fn finish(mut self) {
        // SAFETY: registered and captured once by `new`.
        unsafe {
            WskReleaseProviderNPI(&raw mut *self.registration);
            WskDeregister(&raw mut *self.registration);
        }
        self.machine.stop();
    }

    pub(super) fn registration(&self) -> *mut WSK_REGISTRATION {
        (&raw const *self.registration).cast_mut()
    }

    /// Gives the provider back.
    pub(super) fn release(&self) {
        // SAFETY: registered by `new`.
        unsafe { WskReleaseProviderNPI(self.registration()) };
    }

    /// A socket with the events of `side`.
    pub(super) fn socket(
        &self,
        v6: bool,
        flags: u32,
        context: *mut c_void,
        dispatch: *const c_void,
    ) -> *mut WSK_SOCKET {
        // SAFETY: the NPI is captured.
        let create = unsafe { (*self.npi.Dispatch).WskSocket }.expect("the slot is filled");
        let (status, information) = request(|irp| {
            let family = if v6 { AF_INET6 } else { AF_INET };
            let null = std::ptr::null_mut();
            // SAFETY: as documented.
            unsafe {
                create(
                    self.npi.Client,
                    family,
                    SOCK_STREAM,
                    IPPROTO_TCP,
                    flags,
                    context,
                    dispatch,
                    null,
                    null,
                    null,
                    irp,
                )
            }
        });
        assert_eq!(status, 0);
        information as *mut WSK_SOCKET
    }

    /// A listening socket whose accepted connections go to `acceptor`, and its address.
    pub(super) fn listener(&self, at: &str, acceptor: &Acceptor) -> (*mut WSK_SOCKET, SocketAddr) {
        let at: SocketAddr = at.parse().expect("an address");
        let context: *const Acceptor = acceptor;
        let socket = self.socket(
            at.is_ipv6(),
            WSK_FLAG_LISTEN_SOCKET,
            context.cast_mut().cast(),
            (&raw const LISTEN.0).cast(),
        );
        assert_eq!(bind(socket, at), 0);
        assert_eq!(
            enable(
                socket,
                WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT
            ),
            0
        );
        (socket, local_address(socket))
    }

    /// A connection to `to`, with events enabled for `side`.
    pub(super) fn connect(&self, to: SocketAddr, side: &Arc<Side>) -> Result<*mut WSK_SOCKET, i32> {
        let context = Arc::as_ptr(side).cast_mut().cast();
        let socket = self.socket(
            to.is_ipv6(),
            WSK_FLAG_CONNECTION_SOCKET,
            context,
            (&raw const CONNECTION.0).cast(),
        );
        let from = if to.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
        assert_eq!(bind(socket, from.parse().expect("an address")), 0);
        let (status, _) = request(|irp| {
            let mut address = address::to_windows(&to);
            // SAFETY: as documented.
            unsafe {
                connection(socket).WskConnect.expect("filled")(
                    socket,
                    (&raw mut address).cast(),
                    0,
                    irp,
                )
            }
        });
        if status != 0 {
            close(socket);
            return Err(status);
        }
        assert_eq!(enable(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT), 0);
        Ok(socket)
    }
}

pub(super) fn connection(socket: *mut WSK_SOCKET) -> &'static WSK_PROVIDER_CONNECTION_DISPATCH {
    // SAFETY: a connection socket points at such a table.
    unsafe { &*(*socket).Dispatch.cast() }
}

/// The two slots every table begins with.
fn basic(socket: *mut WSK_SOCKET) -> &'static WSK_PROVIDER_BASIC_DISPATCH {
    // SAFETY: every table begins with these.
    unsafe { &*(*socket).Dispatch.cast() }
}

pub(super) fn bind(socket: *mut WSK_SOCKET, at: SocketAddr) -> i32 {
    let mut address = address::to_windows(&at);
    // SAFETY: as documented; the slot is at the same place in listen and connection tables.
    request(|irp| unsafe {
        connection(socket).WskBind.expect("filled")(socket, (&raw mut address).cast(), 0, irp)
    })
    .0
}

pub(super) fn local_address(socket: *mut WSK_SOCKET) -> SocketAddr {
    let mut place = SOCKADDR_INET::default();
    // SAFETY: a listening socket points at such a table.
    let table = unsafe { &*(*socket).Dispatch.cast::<WSK_PROVIDER_LISTEN_DISPATCH>() };
    // SAFETY: as documented.
    let (status, _) = request(|irp| unsafe {
        table.WskGetLocalAddress.expect("filled")(socket, (&raw mut place).cast(), irp)
    });
    assert_eq!(status, 0);
    // SAFETY: the call wrote an address.
    unsafe { address::read((&raw const place).cast()) }.expect("an address")
}

pub(super) fn enable(socket: *mut WSK_SOCKET, mask: u32) -> i32 {
    let id = NPI_WSK_INTERFACE_ID;
    let mut control = WSK_EVENT_CALLBACK_CONTROL {
        NpiId: &raw const id,
        EventMask: mask,
    };
    let null = std::ptr::null_mut();
    // SAFETY: as documented.
    unsafe {
        basic(socket).WskControlSocket.expect("filled")(
            socket,
            WskSetOption,
            SO_WSK_EVENT_CALLBACK,
            SOL_SOCKET,
            size_of_val(&control) as u64,
            (&raw mut control).cast(),
            0,
            null,
            std::ptr::null_mut(),
            null,
        )
    }
}

pub(super) fn close(socket: *mut WSK_SOCKET) {
    // SAFETY: as documented.
    let (status, _) =
        request(|irp| unsafe { basic(socket).WskCloseSocket.expect("filled")(socket, irp) });
    assert_eq!(status, 0);
}

pub(super) fn disconnect(socket: *mut WSK_SOCKET, flags: u32) -> i32 {
    let null = std::ptr::null_mut();
    // SAFETY: as documented.
    request(|irp| unsafe {
        connection(socket).WskDisconnect.expect("filled")(socket, null, flags, irp)
    })
    .0
}
