//! A TCP connection.

use core::{
    cell::UnsafeCell,
    net::SocketAddr,
    ptr,
    sync::atomic::{AtomicU8, AtomicU32, Ordering},
};

use wdk_sys::{IRP, PVOID};

use super::{
    base::{Core, ROLE_WORK, Request, Role},
    client,
    events::{Accept, End, Events, Indication, NotConnected},
    opening::{Local, SocketOption, Step},
    send::{self, SendBatch},
};
use crate::{
    nt::{Ref, Result, Status, irp::Irp},
    sys::{
        NTSTATUS, PIRP, SO_KEEPALIVE, SO_REUSEADDR, SOL_SOCKET, WSK_BUF,
        WSK_CLIENT_CONNECTION_DISPATCH, WSK_DATA_INDICATION, WSK_FLAG_ABORTIVE,
        WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_NODELAY, WSK_PROVIDER_CONNECTION_DISPATCH, WSK_SOCKET,
    },
};

/// A connection of an owner that gets its [`Events`]. Dropping it closes it.
///
/// It is made ahead, with everything that its later life needs, then either connects or is given a
/// peer by `Incoming::accept`, once.
pub(crate) struct Socket<E: Events>(Ref<Core<Connection<E>>>);

/// The connection's part of a socket.
pub(super) struct Connection<E> {
    receive: Request,
    /// `WSK_BUF` of the zero-length receive, untouched while it is under way.
    nothing: UnsafeCell<WSK_BUF>,
    /// What happened of `OPEN`, `DATA`, `FIN`, `RESET`, `DEAD`, `UP`.
    events: AtomicU8,
    /// `IN_EVENT`, `RESUME`, `AGAIN`.
    receiving: AtomicU32,
    owner: core::marker::PhantomData<fn(Ref<E>)>,
}

// SAFETY: `nothing` is written by whoever made `receive` busy, read by WSK until it is done.
unsafe impl<E> Sync for Connection<E> {}
// SAFETY: nothing in it belongs to a thread.
unsafe impl<E> Send for Connection<E> {}

/// The owner heard of the connection: events go to it. The rest came before, and is told then.
const OPEN: u8 = 1;
const DATA: u8 = 2;
const FIN: u8 = 4;
const RESET: u8 = 8;
const DEAD: u8 = 16;
/// Connected: data may be sent and the connection ended.
const UP: u8 = 32;

/// A receive event is executing.
const IN_EVENT: u32 = 1;
/// The owner wants to go on receiving.
const RESUME: u32 = 2;
/// It wants to while the receive that resumes is under way: events may come, and be refused, before
/// its completion routine has run.
const AGAIN: u32 = 4;

/// Work of the DPC.
const RESUME_WORK: u32 = ROLE_WORK;

impl<E: Events> Socket<E> {
    /// Makes what a connection needs to live and to end (WSK-IRP-11).
    pub(crate) fn try_new() -> Result<Self> {
        let role = Connection {
            receive: Request::try_new()?,
            nothing: UnsafeCell::new(WSK_BUF {
                Mdl: ptr::null_mut(),
                Offset: 0,
                Length: 0,
            }),
            events: AtomicU8::new(0),
            receiving: AtomicU32::new(0),
            owner: core::marker::PhantomData,
        };
        Core::try_new(role).map(Self)
    }

    /// Connects from `local` (its port may be 0) to `remote`. `Events::connected` tells the result,
    /// if this one is success; on an error here `owner` hears nothing.
    pub(crate) fn connect(&self, owner: Ref<E>, local: Local, remote: SocketAddr) -> Result<()> {
        self.0.open(owner, local, Some(remote))
    }

    /// The bound address, known once connected or accepted.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.0.local_address()
    }

    /// Sends the batch; more will follow soon unless `push`. `Events::sent` gives it back. Calls are
    /// to be made one after the other: their order is that of the stream (WSK-TX-03). Not in a
    /// completion routine. False when it has failed already: nothing may be sent behind it (WSK-TX-04). Gives the batch
    /// back when the socket is not open or being closed.
    pub(crate) fn send(&self, mut batch: SendBatch, push: bool) -> Result<bool, SendBatch> {
        let core = &*self.0;
        let Ok(call) = core.enter() else {
            return Err(batch);
        };
        if !core.role.is_up() {
            return Err(batch);
        }
        // SAFETY: an open connection socket.
        let Some(entry) = (unsafe { table(call.socket) }).WskSend else {
            return Err(batch);
        };
        if !batch.seal() {
            return Err(batch);
        }
        core.hold();
        let (parts, buffer, irp) = batch.start(sent::<E>, core.context());
        // WSK-TX-06
        let flags = if push { WSK_FLAG_NODELAY } else { 0 };
        // SAFETY: the provider's entry; the batch, which holds buffer and IRP, belongs to the
        // request until `sent` takes it back (WSK-TX-01).
        let returned = unsafe { entry(call.socket, buffer, flags, irp.cast()) };
        let _: *mut send::Parts = parts;
        Ok(Status::from_raw(returned).is_success())
    }

    /// After `Accept::Bytes` or `Accept::Nothing`: asks for more. `Events::resumed` says when it
    /// took effect; asked again before, one answer stands for both. Anywhere.
    pub(crate) fn resume_receive(&self) {
        let core = &*self.0;
        let ask = |now: u32| (now & IN_EVENT != 0).then_some(now | RESUME);
        // Inside an event it would come too early to undo what the event returns.
        if core
            .role
            .receiving
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, ask)
            .is_err()
        {
            core.schedule(RESUME_WORK);
        }
    }

    /// Sends FIN after everything sent before; `Events::local_disconnect_done` tells when it is
    /// over, which may be never (WSK-DIS-06): then `close` ends it. Once. Not in a completion
    /// routine.
    pub(crate) fn disconnect(&self) -> Result<()> {
        let core = &*self.0;
        let call = core.enter()?;
        if !core.role.is_up() {
            return Err(Status::INVALID_DEVICE_STATE);
        }
        // SAFETY: an open connection socket.
        let table = unsafe { table(call.socket) };
        let entry = table.WskDisconnect.ok_or(Status::NOT_IMPLEMENTED)?;
        // Up, so opened: no step has its IRP any more.
        core.request(&core.control, disconnect_done::<E>, |irp| {
            // SAFETY: the provider's entry; no last data, and flags 0 are graceful (WSK-DIS-02).
            unsafe { entry(call.socket, ptr::null_mut(), 0, irp) }
        })
    }

    /// Closes the socket as soon as no call executes in it; what is pending ends first. A reset
    /// unless both directions are shut (WSK-DIS-11). `Events::closed` comes last, if the socket was
    /// ever connected or accepted. Anywhere, any number of times.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    pub(super) fn core(&self) -> &Core<Connection<E>> {
        &self.0
    }
}

impl<E: Events> Drop for Socket<E> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<E: Events> Role for Connection<E> {
    type Owner = E;

    const CATEGORY: u32 = WSK_FLAG_CONNECTION_SOCKET;
    const STEPS: &'static [Step] = &[
        Step::Create,
        // WSK-OPT-03
        Step::SetOption(SocketOption {
            level: SOL_SOCKET,
            code: SO_KEEPALIVE,
            value: 1,
            family: None,
            shared: false,
            optional: true,
        }),
        Step::SetOption(SocketOption {
            level: SOL_SOCKET,
            code: SO_REUSEADDR,
            value: 1,
            family: None,
            shared: true,
            optional: false,
        }),
        Step::Bind,
        Step::Connect,
        Step::LocalAddress,
    ];

    fn dispatch() -> *const core::ffi::c_void {
        ptr::from_ref(Self::DISPATCH).cast()
    }

    unsafe fn start(
        core: &Core<Self>,
        step: &Step,
        socket: *mut WSK_SOCKET,
        irp: PIRP,
    ) -> NTSTATUS {
        // SAFETY: open, of this category (caller).
        let table = unsafe { table(socket) };
        let missing = Status::NOT_IMPLEMENTED.to_raw();
        // SAFETY: the provider's entries; the addresses are non-paged and stay (WSK-ACC-04).
        unsafe {
            match step {
                Step::Bind => table
                    .WskBind
                    .map_or(missing, |f| f(socket, core.local_buffer(), 0, irp)),
                Step::Connect => table
                    .WskConnect
                    .map_or(missing, |f| f(socket, core.remote_buffer(), 0, irp)),
                Step::LocalAddress => table
                    .WskGetLocalAddress
                    .map_or(missing, |f| f(socket, core.local_buffer(), irp)),
                Step::Create | Step::SetOption(_) => missing,
            }
        }
    }

    fn opened(core: &Core<Self>, result: Result<()>) {
        let Some(owner) = core.owner() else { return };
        if result.is_ok() {
            core.role.events.fetch_or(UP, Ordering::AcqRel);
        }
        let asked = matches!(core.ended_step(), Some(Step::Connect));
        owner.connected(result.map_err(if asked {
            NotConnected::There
        } else {
            NotConnected::Here
        }));
        if result.is_err() {
            return;
        }
        let early = core.role.events.fetch_or(OPEN, Ordering::AcqRel);
        if early & DATA != 0 {
            core.schedule(RESUME_WORK);
        }
        for (bit, end) in [(FIN, End::Fin), (RESET, End::Reset), (DEAD, End::Dead)] {
            if early & bit != 0 {
                owner.disconnected(end);
            }
        }
    }

    fn run(core: &Core<Self>, work: u32) {
        if work & RESUME_WORK != 0 {
            core.role.resume(core);
        }
    }

    fn closed(owner: &E) {
        owner.closed();
    }
}

impl<E: Events> Connection<E> {
    const DISPATCH: &'static WSK_CLIENT_CONNECTION_DISPATCH = &WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(receive_event::<E>),
        WskDisconnectEvent: Some(disconnect_event::<E>),
        WskSendBacklogEvent: None,
    };

    pub(super) fn connection_dispatch() -> *const WSK_CLIENT_CONNECTION_DISPATCH {
        Self::DISPATCH
    }

    /// For a peer WSK gave us: events go to the owner from the first.
    pub(super) fn open_now(&self) {
        self.events.fetch_or(OPEN | UP, Ordering::AcqRel);
    }

    /// WSK-DIS-01: nothing is sent or ended before.
    fn is_up(&self) -> bool {
        self.events.load(Ordering::Acquire) & UP != 0
    }

    /// Whether the owner is to be told; if not yet, `event` is kept.
    fn is_open(&self, event: u8) -> bool {
        let note = |now: u8| (now & OPEN == 0).then_some(now | event);
        self.events
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, note)
            .is_err()
    }

    /// WSK-RX-05: a zero-length receive lets events come again.
    fn resume(&self, core: &Core<Self>) {
        // Unmarked: one that ends inside its call, as all do once the socket was forced closed (WSK-HAZ-09), leads to no other.
        if self.start_receive(core).is_ok() {
            return;
        }
        // Busy. Marked before the second try: if it is busy still, its end sees this.
        self.receiving.fetch_or(AGAIN, Ordering::AcqRel);
        if self.start_receive(core).is_ok() {
            self.receiving.fetch_and(!AGAIN, Ordering::AcqRel);
        }
        // Otherwise it is busy, or the socket is going, which its end tells.
    }

    fn start_receive(&self, core: &Core<Self>) -> Result<()> {
        let call = core.enter()?;
        let mdl = client::no_bytes()?;
        // SAFETY: an open connection socket.
        let table = unsafe { table(call.socket) };
        let entry = table.WskReceive.ok_or(Status::NOT_IMPLEMENTED)?;
        core.request(&self.receive, receive_done::<E>, |irp| {
            // SAFETY: the request was not busy, so WSK does not use the buffer.
            unsafe {
                *self.nothing.get() = WSK_BUF {
                    Mdl: mdl,
                    Offset: 0,
                    Length: 0,
                }
            };
            // SAFETY: the provider's entry; the buffer is in the core, which is held.
            unsafe { entry(call.socket, self.nothing.get(), 0, irp) }
        })
    }

    /// The receive that resumes is over.
    fn end_receive(&self, core: &Core<Self>) {
        self.receive.done();
        if self.receiving.fetch_and(!AGAIN, Ordering::AcqRel) & AGAIN != 0 {
            core.schedule(RESUME_WORK);
        }
    }
}

/// # Safety
///
/// `socket` is an open connection socket.
unsafe fn table<'a>(socket: *mut WSK_SOCKET) -> &'a WSK_PROVIDER_CONNECTION_DISPATCH {
    // SAFETY: WSK-SOCK-01: this category's table; it is the provider's constant.
    unsafe { &*(*socket).Dispatch.cast() }
}

/// # Safety
///
/// WSK's receive event, for a socket whose context is a core (WSK-RX-*).
unsafe extern "win64" fn receive_event<E: Events>(
    context: PVOID,
    _flags: u32,
    indication: *mut WSK_DATA_INDICATION,
    length: u64,
    accepted: *mut usize,
) -> NTSTATUS {
    // SAFETY: WSK-EVT-08: no event comes once the close completed, until when the core is kept.
    let core = unsafe { Core::<Connection<E>>::from_context(context) };
    if indication.is_null() {
        // WSK-RX-15
        tell(core, DEAD, End::Dead);
        return Status::SUCCESS.to_raw();
    }
    let Some(owner) = core.owner() else {
        return Status::DATA_NOT_ACCEPTED.to_raw();
    };
    if !core.role.is_open(DATA) {
        return Status::DATA_NOT_ACCEPTED.to_raw();
    }
    core.role.receiving.fetch_or(IN_EVENT, Ordering::AcqRel);
    let length = length as usize;
    // SAFETY: WSK's list, lent for this call; its lengths sum up (WSK-RX-13).
    let answer = owner.received(&unsafe { Indication::new(indication, length) });
    let status = match answer {
        Accept::All => Status::SUCCESS,
        Accept::Bytes(count) if count >= length => Status::SUCCESS,
        Accept::Bytes(0) | Accept::Nothing => Status::DATA_NOT_ACCEPTED,
        Accept::Bytes(count) => {
            // SAFETY: WSK-RX-05: the place for the count of a partial acceptance.
            unsafe { *accepted = count };
            Status::SUCCESS
        }
    };
    let ended = !(IN_EVENT | RESUME);
    let before = core.role.receiving.fetch_and(ended, Ordering::AcqRel);
    if before & RESUME != 0 {
        core.schedule(RESUME_WORK);
    }
    status.to_raw()
}

/// # Safety
///
/// WSK's disconnect event, for a socket whose context is a core (WSK-DIS-10).
unsafe extern "win64" fn disconnect_event<E: Events>(context: PVOID, flags: u32) -> NTSTATUS {
    // SAFETY: as in `receive_event`.
    let core = unsafe { Core::<Connection<E>>::from_context(context) };
    if flags & WSK_FLAG_ABORTIVE != 0 {
        tell(core, RESET, End::Reset);
    } else {
        tell(core, FIN, End::Fin);
    }
    Status::SUCCESS.to_raw()
}

fn tell<E: Events>(core: &Core<Connection<E>>, event: u8, end: End) {
    if core.role.is_open(event)
        && let Some(owner) = core.owner()
    {
        owner.disconnected(end);
    }
}

/// # Safety
///
/// The completion routine of a send that `Socket::send` started.
unsafe extern "C" fn sent<E: Events>(
    _: *mut wdk_sys::_DEVICE_OBJECT,
    irp: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the context of a send is its batch, which the request owned until now.
    let (batch, socket) = unsafe { SendBatch::take_back(context) };
    // SAFETY: the core is held for this request.
    let core = unsafe { Core::<Connection<E>>::from_context(socket) };
    // SAFETY: our IRP, completed.
    let completion = unsafe { Irp::completion(irp) };
    // WSK-TX-04: a short send breaks the framing.
    let result = completion.status.ok().and_then(|()| {
        if completion.information == batch.len() {
            Ok(())
        } else {
            Err(Status::UNSUCCESSFUL)
        }
    });
    if let Some(owner) = core.owner() {
        owner.sent(batch, result);
    }
    core.release();
    Status::MORE_PROCESSING_REQUIRED.to_raw()
}

/// Defines a completion routine that frees the request's IRP and tells the owner.
macro_rules! routine {
    ($name:ident, $request:ident, $event:ident) => {
        /// # Safety
        ///
        /// A completion routine of `Core::request`.
        unsafe extern "C" fn $name<E: Events>(
            _: *mut wdk_sys::_DEVICE_OBJECT,
            irp: *mut IRP,
            context: PVOID,
        ) -> NTSTATUS {
            // SAFETY: the core is held for this request.
            let core = unsafe { Core::<Connection<E>>::from_context(context) };
            // SAFETY: our IRP, completed.
            let completion = unsafe { Irp::completion(irp) };
            routine!(@again $request core);
            if let Some(owner) = core.owner() {
                owner.$event(completion.status.ok());
            }
            core.release();
            Status::MORE_PROCESSING_REQUIRED.to_raw()
        }
    };
    // Receiving is resumed many times; a connection ends once each way.
    (@again receive $core:ident) => { $core.role.end_receive($core) };
    (@again $request:ident $core:ident) => {};
}

routine!(receive_done, receive, resumed);
routine!(disconnect_done, disconnect, local_disconnect_done);
