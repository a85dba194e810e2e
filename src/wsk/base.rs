//! What connections and listeners share: opening in steps, the rundown around every call into the
//! socket, and the one close.
//!
//! Nothing is started inside a completion routine (WSK-IRP-08): routines set a bit of `work` and
//! queue the socket's DPC, which goes on. Closing always takes that way, so it may be asked for
//! anywhere.

use core::{
    cell::UnsafeCell,
    net::SocketAddr,
    ptr,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence},
};

use wdk_sys::IRP;

use super::{address, client};
use crate::{
    nt::{
        Dpc, Ref, Result, SpinLock, Status,
        irp::{Completion, Irp},
    },
    sync::Gate,
    sys::{
        IPPROTO_TCP, NTSTATUS, PIRP, PVOID, SOCK_STREAM, SOCKADDR, SOCKADDR_INET,
        WSK_PROVIDER_BASIC_DISPATCH, WSK_SOCKET, WskSetOption,
    },
};

/// What makes a socket a connection or a listener.
pub(super) trait Role: Send + Sync + Sized + 'static {
    type Owner: Send + Sync + 'static;

    /// `WSK_FLAG_…_SOCKET` (WSK-SOCK-01).
    const CATEGORY: u32;
    /// How it is opened, in order.
    const STEPS: &'static [Step];

    /// The client dispatch table of the category (WSK-SOCK-02), a constant.
    fn dispatch() -> *const core::ffi::c_void;

    /// Starts the steps that only this category has.
    ///
    /// # Safety
    ///
    /// `socket` is open and of this category, and `irp` is armed.
    unsafe fn start(core: &Core<Self>, step: &Step, socket: *mut WSK_SOCKET, irp: PIRP)
    -> NTSTATUS;

    /// The steps are done, or one failed. In a DPC.
    fn opened(core: &Core<Self>, result: Result<()>);

    /// More work for the DPC: the bits of `work` that are not ours.
    fn run(core: &Core<Self>, work: u32);

    fn closed(owner: &Self::Owner);
}

pub(super) enum Step {
    Create,
    SetOption(SocketOption),
    Bind,
    Connect,
    LocalAddress,
}

/// A socket option with a `ULONG` value.
pub(super) struct SocketOption {
    pub(super) level: u32,
    pub(super) code: u32,
    pub(super) value: u32,
    /// For one address family only.
    pub(super) family: Option<u16>,
    /// Whether opening goes on without it.
    pub(super) optional: bool,
}

/// Work of the DPC: a step completed.
const STEP: u32 = 1;
/// The last call is out of a socket that is to be closed.
const CLOSE: u32 = 2;
/// Bits from here on are the role's.
pub(super) const ROLE_WORK: u32 = 4;

const UNUSED: u32 = 0;
const STARTED: u32 = 1;

/// # Invariants
/// - It lives in a `Ref`; from `begin` until `finish` one such reference is leaked, and `owner` is
///   set.
/// - `users` counts who may still call the owner: one for the open socket, one for the opening, one
///   for each request under way. The last one out finishes.
/// - `gate` counts calls executing in the socket, and the creation. Stopped and empty: closed now.
pub(super) struct Core<R: Role> {
    pub(super) role: R,
    phase: AtomicU32,
    socket: AtomicPtr<WSK_SOCKET>,
    gate: Gate,
    users: AtomicUsize,
    owner: UnsafeCell<Option<Ref<R::Owner>>>,
    dpc: Dpc<Core<R>>,
    work: AtomicU32,
    control: Request,
    close: Request,
    opening: UnsafeCell<Opening>,
    local: SpinLock<Option<SocketAddr>>,
}

/// What only `begin`, then the steps, one after the other, use; WSK reads and writes the addresses
/// while a step is under way.
struct Opening {
    step: usize,
    completion: Completion,
    family: u16,
    local: SOCKADDR_INET,
    remote: SOCKADDR_INET,
}

// SAFETY: the cells are written by one party at a time: `owner` before anyone knows the socket and
// after everyone is out; `opening` by the one step under way.
unsafe impl<R: Role> Sync for Core<R> {}
// SAFETY: everything inside may be used on any thread.
unsafe impl<R: Role> Send for Core<R> {}

/// An IRP for one kind of request, which is made once at a time.
pub(super) struct Request {
    irp: Irp,
    busy: AtomicBool,
}

impl Request {
    pub(super) fn try_new() -> Result<Self> {
        Ok(Self {
            irp: Irp::try_new()?,
            busy: AtomicBool::new(false),
        })
    }

    /// The IRP may be used again.
    pub(super) fn done(&self) {
        self.busy.store(false, Ordering::Release);
    }
}

/// A call into the socket, executing: while one lives the socket is not closed (WSK-CLS-01).
pub(super) struct Call<'a, R: Role> {
    core: &'a Core<R>,
    pub(super) socket: *mut WSK_SOCKET,
}

impl<'a, R: Role> Call<'a, R> {
    /// A call that was forgotten, to be ended.
    pub(super) fn of_forgotten(core: &'a Core<R>) -> Self {
        Self {
            core,
            socket: ptr::null_mut(),
        }
    }
}

impl<R: Role> Drop for Call<'_, R> {
    fn drop(&mut self) {
        self.core.leave();
    }
}

pub(super) type Routine =
    unsafe extern "C" fn(*mut wdk_sys::_DEVICE_OBJECT, *mut IRP, PVOID) -> NTSTATUS;

impl<R: Role> Core<R> {
    pub(super) fn try_new(role: R) -> Result<Ref<Self>> {
        let completion = Completion {
            status: Status::PENDING,
            information: 0,
        };
        Ref::try_new(Self {
            role,
            phase: AtomicU32::new(UNUSED),
            socket: AtomicPtr::new(ptr::null_mut()),
            gate: Gate::new(),
            users: AtomicUsize::new(0),
            owner: UnsafeCell::new(None),
            dpc: Dpc::try_new(|core: Ref<Self>| core.run_dpc())?,
            work: AtomicU32::new(0),
            control: Request::try_new()?,
            // WSK-CLS-09
            close: Request::try_new()?,
            opening: UnsafeCell::new(Opening {
                step: 0,
                completion,
                family: 0,
                local: SOCKADDR_INET::default(),
                remote: SOCKADDR_INET::default(),
            }),
            local: SpinLock::new(None),
        })
    }

    /// Opens the socket; `Role::opened` tells the result.
    pub(super) fn open(
        &self,
        owner: Ref<R::Owner>,
        local: SocketAddr,
        remote: Option<SocketAddr>,
    ) -> Result<()> {
        client::provider()?;
        // The creation is inside the gate until its result is known: there is no socket to close
        // before.
        let entered = self.begin(owner, 2)?;
        // SAFETY: `begin` succeeds once, and no step is under way yet.
        let opening = unsafe { &mut *self.opening.get() };
        opening.family = address::family(local);
        opening.local = address::to_inet(local);
        opening.remote = remote.map(address::to_inet).unwrap_or_default();
        core::mem::forget(entered);
        self.start_step();
        Ok(())
    }

    /// Takes over a socket WSK made: the call returned is to last until WSK has its context.
    pub(super) fn adopt(
        &self,
        owner: Ref<R::Owner>,
        socket: *mut WSK_SOCKET,
        local: Option<SocketAddr>,
    ) -> Result<Call<'_, R>> {
        let mut call = self.begin(owner, 1)?;
        *self.local.lock() = local;
        self.socket.store(socket, Ordering::Release);
        call.socket = socket;
        Ok(call)
    }

    /// From now on the owner is told everything, `closed` last.
    fn begin(&self, owner: Ref<R::Owner>, users: usize) -> Result<Call<'_, R>> {
        if !self.gate.enter() {
            return Err(Status::CANCELLED);
        }
        let call = Call {
            core: self,
            socket: ptr::null_mut(),
        };
        if self
            .phase
            .compare_exchange(UNUSED, STARTED, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            return Err(Status::INVALID_DEVICE_STATE);
        }
        // SAFETY: the exchange above succeeds once, and nobody reads the owner before.
        unsafe { *self.owner.get() = Some(owner) };
        self.users.store(users, Ordering::Release);
        let _leaked_until_finish = Ref::into_raw(self.reference());
        Ok(call)
    }

    /// Who gets the events. Only for holders of a user's count.
    pub(super) fn owner(&self) -> Option<&R::Owner> {
        // SAFETY: written by `begin` before there were users, and by `finish` after the last.
        unsafe { (*self.owner.get()).as_deref() }
    }

    pub(super) fn local_address(&self) -> Option<SocketAddr> {
        *self.local.lock()
    }

    /// The context WSK gets with events; valid until the close IRP completed (WSK-SOCK-03): the
    /// leaked reference.
    pub(super) fn context(&self) -> PVOID {
        ptr::from_ref(self).cast_mut().cast()
    }

    /// # Safety
    ///
    /// `context` is from `context` of a core of this type that has not finished.
    pub(super) unsafe fn from_context<'a>(context: PVOID) -> &'a Self {
        // SAFETY: the caller's promise.
        unsafe { &*context.cast::<Self>() }
    }

    fn reference(&self) -> Ref<Self> {
        // SAFETY: a core is always in a `Ref`, and `self` is borrowed from a live one.
        unsafe { Ref::clone_raw(self) }
    }

    /// Goes in for one call. Fails before there is a socket and once it is to be closed.
    pub(super) fn enter(&self) -> Result<Call<'_, R>> {
        if !self.gate.enter() {
            return Err(Status::CANCELLED);
        }
        let call = Call {
            core: self,
            socket: self.socket.load(Ordering::Acquire),
        };
        if call.socket.is_null() {
            Err(Status::INVALID_DEVICE_STATE)
        } else {
            Ok(call)
        }
    }

    fn leave(&self) {
        if self.gate.leave().is_some() {
            self.schedule(CLOSE);
        }
    }

    /// Closes the socket as soon as nobody is in it. Anywhere, any number of times.
    pub(super) fn close(&self) {
        if self.gate.stop().is_some() {
            self.schedule(CLOSE);
        }
    }

    /// Has the DPC do `work`.
    pub(super) fn schedule(&self, work: u32) {
        self.work.fetch_or(work, Ordering::AcqRel);
        self.dpc.queue(self.reference());
    }

    fn run_dpc(&self) {
        let work = self.work.swap(0, Ordering::AcqRel);
        if work & STEP != 0 {
            self.end_step();
        }
        if work & !(STEP | CLOSE) != 0 {
            R::run(self, work);
        }
        if work & CLOSE != 0 {
            self.start_close();
        }
    }

    /// One more user of the owner; the caller is one or holds a call.
    pub(super) fn hold(&self) {
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// One user less; the last finishes. Nothing of the core is used afterwards, but for what the
    /// caller has a reference to.
    pub(super) fn release(&self) {
        if self.users.fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            self.finish();
        }
    }

    /// WSK-CLS-08: the context goes after the close IRP completed.
    fn finish(&self) {
        // SAFETY: the last user is out, so nobody else reads the owner.
        let owner = unsafe { (*self.owner.get()).take() };
        if let Some(owner) = owner {
            R::closed(&owner);
        }
        // SAFETY: leaked by `begin`, taken back once: `users` reaches zero once.
        drop(unsafe { Ref::from_raw(self) });
    }

    /// Makes one request of the socket or the provider. `routine` gets this core as its context and
    /// must `release` it; it runs in every case (WSK-IRP-04).
    pub(super) fn request(
        &self,
        request: &Request,
        routine: Routine,
        call: impl FnOnce(PIRP) -> NTSTATUS,
    ) -> Result<()> {
        if request.busy.swap(true, Ordering::AcqRel) {
            return Err(Status::INVALID_DEVICE_STATE);
        }
        self.hold();
        // SAFETY: not busy until now, so the IRP is idle; the user's count keeps the core, and with
        // it the IRP, until the routine released it. Our routines all answer
        // MORE_PROCESSING_REQUIRED.
        let irp = unsafe { request.irp.arm(Some(routine), self.context()) };
        // WSK-IRP-04, WSK-IRP-05: the routine alone acts on the result.
        let _ = call(irp.cast());
        Ok(())
    }

    // Opening.

    /// The next step that concerns this socket, or the end.
    fn start_step(&self) {
        loop {
            // SAFETY: no step is under way, and steps follow one another.
            let opening = unsafe { &mut *self.opening.get() };
            let Some(step) = R::STEPS.get(opening.step) else {
                return self.end_opening(Ok(()));
            };
            opening.step += 1;
            if let Step::SetOption(option) = step
                && option.family.is_some_and(|family| family != opening.family)
            {
                continue;
            }
            if let Err(status) = self.try_step(step) {
                self.end_opening(Err(status));
            }
            return;
        }
    }

    fn try_step(&self, step: &Step) -> Result<()> {
        if let Step::Create = step {
            return self.start_create();
        }
        let call = self.enter()?;
        // SAFETY: an open socket; its dispatch begins with these entries in every category.
        let basic = unsafe {
            &*(*call.socket)
                .Dispatch
                .cast::<WSK_PROVIDER_BASIC_DISPATCH>()
        };
        let Step::SetOption(option) = step else {
            return self.request(&self.control, step_done::<R>, |irp| {
                // SAFETY: open, of this category, armed.
                unsafe { R::start(self, step, call.socket, irp) }
            });
        };
        let control = basic.WskControlSocket.ok_or(Status::NOT_IMPLEMENTED)?;
        // WSK-OPT-01: transport options take an IRP.
        self.request(&self.control, step_done::<R>, |irp| {
            // SAFETY: the provider's entry; the value is a constant.
            unsafe {
                control(
                    call.socket,
                    WskSetOption,
                    option.code,
                    option.level,
                    size_of::<u32>() as u64,
                    (&raw const option.value).cast_mut().cast(),
                    0,
                    ptr::null_mut(),
                    ptr::null_mut(),
                    irp,
                )
            }
        })
    }

    fn start_create(&self) -> Result<()> {
        let provider = client::provider().inspect_err(|_| self.leave())?;
        // SAFETY: captured and not released.
        let create = unsafe { (*provider.dispatch).WskSocket };
        let Some(create) = create else {
            self.leave();
            return Err(Status::NOT_IMPLEMENTED);
        };
        // SAFETY: set by `open`, only read from here on.
        let family = unsafe { (*self.opening.get()).family };
        self.request(&self.control, step_done::<R>, |irp| {
            // SAFETY: the provider's entry; the context lives until the close IRP completed.
            unsafe {
                create(
                    provider.client,
                    family,
                    SOCK_STREAM,
                    IPPROTO_TCP,
                    R::CATEGORY,
                    self.context(),
                    R::dispatch(),
                    // WSK-SOCK-08, WSK-SOCK-09: the system process, the default descriptor.
                    ptr::null_mut(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                    irp,
                )
            }
        })
        .inspect_err(|_| self.leave())
    }

    /// In the DPC: takes the result of the step under way and goes on.
    fn end_step(&self) {
        // SAFETY: the step is over; steps follow one another.
        let opening = unsafe { &*self.opening.get() };
        let Completion {
            status,
            information,
        } = opening.completion;
        let ended = opening
            .step
            .checked_sub(1)
            .and_then(|index| R::STEPS.get(index));
        let mut result = status.ok();
        match ended {
            Some(Step::Create) => {
                if result.is_ok() {
                    self.socket
                        .store(information as *mut WSK_SOCKET, Ordering::Release);
                }
                // There is a socket now, or there never will be: it may be closed.
                self.leave();
            }
            Some(Step::LocalAddress) if result.is_ok() => {
                *self.local.lock() = address::from_inet(&opening.local);
            }
            Some(Step::SetOption(option)) if option.optional => result = Ok(()),
            _ => {}
        }
        match result {
            Ok(()) => self.start_step(),
            Err(status) => self.end_opening(Err(status)),
        }
    }

    fn end_opening(&self, result: Result<()>) {
        R::opened(self, result);
        self.release();
    }

    /// The address to bind to, and where the bound one is put.
    pub(super) fn local_buffer(&self) -> *mut SOCKADDR {
        // SAFETY: the address only; in non-paged memory until the step's IRP completed.
        unsafe { (&raw mut (*self.opening.get()).local).cast() }
    }

    pub(super) fn remote_buffer(&self) -> *mut SOCKADDR {
        // SAFETY: as above.
        unsafe { (&raw mut (*self.opening.get()).remote).cast() }
    }

    // Closing.

    /// In the DPC, once: nobody is in the socket, nobody comes in any more.
    fn start_close(&self) {
        if self.phase.load(Ordering::Acquire) == UNUSED {
            return;
        }
        // WSK-CLS-04: the pointer is not used again.
        let socket = self.socket.swap(ptr::null_mut(), Ordering::AcqRel);
        if socket.is_null() {
            return self.release();
        }
        // SAFETY: open until the call below.
        let basic = unsafe { &*(*socket).Dispatch.cast::<WSK_PROVIDER_BASIC_DISPATCH>() };
        let Some(close) = basic.WskCloseSocket else {
            return self.release();
        };
        // SAFETY: the provider's entry; no other call executes in the socket (the gate).
        let asked = self.request(&self.close, close_done::<R>, |irp| unsafe {
            close(socket, irp)
        });
        debug_assert!(asked.is_ok(), "closed twice");
    }
}

/// # Safety
///
/// A completion routine of `Core::request`.
unsafe extern "C" fn step_done<R: Role>(
    _: *mut wdk_sys::_DEVICE_OBJECT,
    irp: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the core is held for this request.
    let core = unsafe { Core::<R>::from_context(context) };
    // SAFETY: our IRP, completed; the step is still the one under way.
    unsafe { (*core.opening.get()).completion = Irp::completion(irp) };
    core.control.done();
    core.schedule(STEP);
    core.release();
    Status::MORE_PROCESSING_REQUIRED.to_raw()
}

/// # Safety
///
/// A completion routine of `Core::request`.
unsafe extern "C" fn close_done<R: Role>(
    _: *mut wdk_sys::_DEVICE_OBJECT,
    _: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the core is held for this request.
    let core = unsafe { Core::<R>::from_context(context) };
    // The request's count and the open socket's, which never is the last before it.
    core.users.fetch_sub(1, Ordering::Release);
    core.release();
    Status::MORE_PROCESSING_REQUIRED.to_raw()
}
