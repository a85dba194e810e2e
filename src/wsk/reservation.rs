//! A local TCP port that is taken and not used: connections may be made from it meanwhile.

use core::{ffi::c_void, net::SocketAddr, ptr};

use super::{
    base::{Core, Role},
    opening::{Local, SocketOption, Step},
};
use crate::{
    nt::{Ref, Result, Status},
    sys::{
        NTSTATUS, PIRP, SO_REUSEADDR, SOL_SOCKET, WSK_CLIENT_CONNECTION_DISPATCH,
        WSK_FLAG_CONNECTION_SOCKET, WSK_PROVIDER_CONNECTION_DISPATCH, WSK_SOCKET,
    },
};

/// What a reservation tells. It holds its owner until `closed` returned.
pub(crate) trait Reserver: Send + Sync + Sized + 'static {
    /// The result of `Reservation::reserve`, once. In a DPC: WSK may be called.
    fn reserved(&self, result: Result<()>);

    /// The port is free; nothing else comes. Completion routine or DPC.
    fn closed(&self);
}

/// A bound socket that never connects. Dropping it closes it.
pub(crate) struct Reservation<O: Reserver>(Ref<Core<Reserved<O>>>);

/// The reservation's part of a socket.
struct Reserved<O>(core::marker::PhantomData<fn(Ref<O>)>);

impl<O: Reserver> Reservation<O> {
    /// Makes what it needs to live and to end (WSK-IRP-11).
    pub(crate) fn try_new() -> Result<Self> {
        Core::try_new(Reserved(core::marker::PhantomData)).map(Self)
    }

    /// Takes `address` (its port may be 0). `Reserver::reserved` tells the result, if this one is
    /// success; on an error here `owner` hears nothing. Once.
    pub(crate) fn reserve(&self, owner: Ref<O>, address: SocketAddr) -> Result<()> {
        self.0.open(owner, Local::shared(address), None)
    }

    /// The bound address, known once reserved.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0.local_address()
    }

    /// Gives the port back. Anywhere, any number of times.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl<O: Reserver> Drop for Reservation<O> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<O: Reserver> Role for Reserved<O> {
    type Owner = O;

    const CATEGORY: u32 = WSK_FLAG_CONNECTION_SOCKET;
    const STEPS: &'static [Step] = &[
        Step::Create,
        // WSK-SOCK-06: those who connect from the port bind to it as well.
        Step::SetOption(SocketOption {
            level: SOL_SOCKET,
            code: SO_REUSEADDR,
            value: 1,
            family: None,
            shared: true,
            optional: false,
        }),
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
        let table = unsafe {
            &*(*socket)
                .Dispatch
                .cast::<WSK_PROVIDER_CONNECTION_DISPATCH>()
        };
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
            owner.reserved(result);
        }
    }

    fn run(_: &Core<Self>, _: u32) {}

    fn closed(owner: &O) {
        owner.closed();
    }
}

impl<O: Reserver> Reserved<O> {
    // It never connects, so no event ever comes.
    const DISPATCH: &'static WSK_CLIENT_CONNECTION_DISPATCH = &WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: None,
        WskDisconnectEvent: None,
        WskSendBacklogEvent: None,
    };
}
