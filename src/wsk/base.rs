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

use super::{
    client,
    opening::{Opening, Step},
};
use crate::{
    nt::{Dpc, Ref, Result, SpinLock, Status, irp::Irp},
    sync::Gate,
    sys::{NTSTATUS, PIRP, PVOID, WSK_PROVIDER_BASIC_DISPATCH, WSK_SOCKET},
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

/// Work of the DPC: a step completed.
pub(super) const STEP: u32 = 1;
/// The last call is out of a socket that is to be closed.
const CLOSE: u32 = 2;
/// The first step is to be made.
pub(super) const OPEN: u32 = 4;
/// Bits from here on are the role's.
pub(super) const ROLE_WORK: u32 = 8;

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
    pub(super) socket: AtomicPtr<WSK_SOCKET>,
    gate: Gate,
    users: AtomicUsize,
    owner: UnsafeCell<Option<Ref<R::Owner>>>,
    dpc: Dpc<Core<R>>,
    work: AtomicU32,
    /// Of the steps that open the socket; once it is open, the role's.
    pub(super) control: Request,
    close: Request,
    pub(super) opening: UnsafeCell<Opening>,
    pub(super) local: SpinLock<Option<SocketAddr>>,
    // Goes last: the client may go after it.
    _member: client::Member,
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

    /// The IRP may be used again. Who found it busy before is seen from here on.
    pub(super) fn done(&self) {
        self.busy.swap(false, Ordering::AcqRel);
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
            opening: UnsafeCell::new(Opening::new()),
            local: SpinLock::new(None),
            _member: client::Member::try_new()?,
        })
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
    pub(super) fn begin(&self, owner: Ref<R::Owner>, users: usize) -> Result<Call<'_, R>> {
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

    pub(super) fn leave(&self) {
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
        if work & OPEN != 0 {
            self.start_step();
        }
        if work & STEP != 0 {
            self.end_step();
        }
        if work & !(OPEN | STEP | CLOSE) != 0 {
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
