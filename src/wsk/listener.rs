//! A TCP listener, and what it hands over.

use core::{ffi::c_void, net::SocketAddr, ptr};

use wdk_sys::PVOID;

use super::{
    address,
    base::{Call, Core, Role},
    events::{Acceptor, Events},
    opening::{SocketOption, Step},
    socket::{Connection, Socket},
};
use crate::{
    nt::{Ref, Result, Status},
    sys::{
        AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, NTSTATUS, PIRP, SO_EXCLUSIVEADDRUSE, SO_KEEPALIVE,
        SOCKADDR, SOL_SOCKET, WSK_CLIENT_CONNECTION_DISPATCH, WSK_CLIENT_LISTEN_DISPATCH,
        WSK_FLAG_LISTEN_SOCKET, WSK_PROVIDER_LISTEN_DISPATCH, WSK_SOCKET,
    },
};

/// A listener of an owner that gets its [`Acceptor`] events. Dropping it closes it.
pub(crate) struct Listener<A: Acceptor>(Ref<Core<Listening<A>>>);

/// The listener's part of a socket.
struct Listening<A>(core::marker::PhantomData<fn(Ref<A>)>);

impl<A: Acceptor> Listener<A> {
    /// Makes what a listener needs to live and to end (WSK-IRP-11).
    pub(crate) fn try_new() -> Result<Self> {
        Core::try_new(Listening(core::marker::PhantomData)).map(Self)
    }

    /// Listens at `local` (its port may be 0). `Acceptor::listening` tells the result, if this one is
    /// success; on an error here `owner` hears nothing. Once.
    pub(crate) fn listen(&self, owner: Ref<A>, local: SocketAddr) -> Result<()> {
        self.0.open(owner, local.into(), None)
    }

    /// The bound address, known once listening.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0.local_address()
    }

    /// Closes it as soon as no call executes in it. Peers handed over stay (WSK-ACC-07).
    /// `Acceptor::closed` comes last, if it ever listened. Anywhere, any number of times.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl<A: Acceptor> Drop for Listener<A> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<A: Acceptor> Role for Listening<A> {
    type Owner = A;

    const CATEGORY: u32 = WSK_FLAG_LISTEN_SOCKET;
    const STEPS: &'static [Step] = &[
        Step::Create,
        // WSK-OPT-02, WSK-SOCK-06: before it is bound.
        Step::SetOption(SocketOption {
            level: SOL_SOCKET,
            code: SO_EXCLUSIVEADDRUSE,
            value: 1,
            family: None,
            shared: false,
            optional: false,
        }),
        // WSK-OPT-04: IPv4 has a listener of its own.
        Step::SetOption(SocketOption {
            level: IPPROTO_IPV6,
            code: IPV6_V6ONLY,
            value: 1,
            family: Some(AF_INET6),
            shared: false,
            optional: false,
        }),
        // WSK-OPT-03: accepted sockets inherit it, so that dead peers are noticed.
        Step::SetOption(SocketOption {
            level: SOL_SOCKET,
            code: SO_KEEPALIVE,
            value: 1,
            family: None,
            shared: false,
            optional: true,
        }),
        // WSK-SOCK-05: it listens as soon as it is bound.
        Step::Bind,
        Step::LocalAddress,
    ];

    fn dispatch() -> *const c_void {
        ptr::from_ref(Self::DISPATCH).cast()
    }

    unsafe fn start(
        core: &Core<Self>,
        step: &Step,
        socket: *mut WSK_SOCKET,
        irp: PIRP,
    ) -> NTSTATUS {
        // SAFETY: open, of this category (caller): its dispatch is this table.
        let table = unsafe { &*(*socket).Dispatch.cast::<WSK_PROVIDER_LISTEN_DISPATCH>() };
        let missing = Status::NOT_IMPLEMENTED.to_raw();
        // SAFETY: the provider's entries; the address is non-paged and stays.
        unsafe {
            match step {
                Step::Bind => table
                    .WskBind
                    .map_or(missing, |f| f(socket, core.local_buffer(), 0, irp)),
                Step::LocalAddress => table
                    .WskGetLocalAddress
                    .map_or(missing, |f| f(socket, core.local_buffer(), irp)),
                Step::Create | Step::Connect | Step::SetOption(_) => missing,
            }
        }
    }

    fn opened(core: &Core<Self>, result: Result<()>) {
        if let Some(owner) = core.owner() {
            owner.listening(result);
        }
    }

    fn run(_: &Core<Self>, _: u32) {}

    fn closed(owner: &A) {
        owner.closed();
    }
}

impl<A: Acceptor> Listening<A> {
    const DISPATCH: &'static WSK_CLIENT_LISTEN_DISPATCH = &WSK_CLIENT_LISTEN_DISPATCH {
        WskAcceptEvent: Some(accept_event::<A>),
        WskInspectEvent: None,
        WskAbortEvent: None,
    };
}

/// A peer that connected, to be accepted or dropped.
pub(crate) struct Incoming<'a> {
    local: Option<SocketAddr>,
    remote: SocketAddr,
    socket: *mut WSK_SOCKET,
    taken: &'a mut Option<Taken>,
}

/// What WSK is told of an accepted socket.
struct Taken {
    context: PVOID,
    dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
    /// Leaves the accepted socket's gate.
    leave: unsafe fn(PVOID),
}

impl Incoming<'_> {
    pub(crate) fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    pub(crate) fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// Gives the peer to a socket made ahead: its owner gets the events from now on, without a
    /// `connected`. On an error the owner hears nothing and the peer is refused. The socket may be
    /// used when the event returned.
    pub(crate) fn accept<E: Events>(self, socket: &Socket<E>, owner: Ref<E>) -> Result<()> {
        let core = socket.core();
        let call = core.adopt(owner, self.socket, self.local)?;
        core.role.open_now();
        // In until WSK has the context: the socket is not closed under its hands.
        core::mem::forget(call);
        *self.taken = Some(Taken {
            context: core.context(),
            dispatch: Connection::<E>::connection_dispatch(),
            leave: leave::<E>,
        });
        Ok(())
    }
}

/// # Safety
///
/// `context` is of a core that was adopted, whose call was forgotten, once.
unsafe fn leave<E: Events>(context: PVOID) {
    // SAFETY: alive: the call keeps the socket open (caller).
    let core = unsafe { Core::<Connection<E>>::from_context(context) };
    drop(Call::of_forgotten(core));
}

/// # Safety
///
/// WSK's accept event, for a socket whose context is a core (WSK-ACC-*).
unsafe extern "win64" fn accept_event<A: Acceptor>(
    context: PVOID,
    _flags: u32,
    local: *mut SOCKADDR,
    remote: *mut SOCKADDR,
    socket: *mut WSK_SOCKET,
    accepted_context: *mut PVOID,
    accepted_dispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
) -> NTSTATUS {
    // SAFETY: WSK-EVT-08: no event comes once the close completed, until when the core is kept.
    let core = unsafe { Core::<Listening<A>>::from_context(context) };
    let refused = Status::REQUEST_NOT_ACCEPTED.to_raw();
    let Some(owner) = core.owner() else {
        return refused;
    };
    if socket.is_null() {
        owner.lost();
        return refused;
    }
    // WSK-ACC-02. SAFETY: WSK's addresses, valid during the call.
    let (local, remote) = unsafe {
        (
            address::from_sockaddr(local),
            address::from_sockaddr(remote),
        )
    };
    let Some(remote) = remote else { return refused };
    let mut taken = None;
    owner.incoming(Incoming {
        local,
        remote,
        socket,
        taken: &mut taken,
    });
    // WSK-ACC-01: refused, the socket is WSK's to close.
    let Some(taken) = taken else { return refused };
    // SAFETY: WSK's places for what the new socket needs; then its gate is left, once.
    unsafe {
        *accepted_context = taken.context;
        *accepted_dispatch = taken.dispatch;
        (taken.leave)(taken.context);
    }
    Status::SUCCESS.to_raw()
}
