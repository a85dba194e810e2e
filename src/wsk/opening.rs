//! Opening a socket: its steps, one after the other, each in the socket's DPC.

use core::{net::SocketAddr, ptr, sync::atomic::Ordering};

use wdk_sys::IRP;

use super::{
    address,
    base::{Core, OPEN, Role, STEP},
    client,
};
use crate::{
    nt::{
        Ref, Result, Status,
        irp::{Completion, Irp},
    },
    sys::{
        IPPROTO_TCP, NTSTATUS, PVOID, SOCK_STREAM, SOCKADDR, SOCKADDR_INET,
        WSK_PROVIDER_BASIC_DISPATCH, WSK_SOCKET, WskSetOption,
    },
};

/// Where a socket is bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub(crate) address: SocketAddr,
    /// Others that say so are bound there as well.
    pub(crate) shared: bool,
}

impl Local {
    pub(crate) fn shared(address: SocketAddr) -> Self {
        let shared = true;
        Self { address, shared }
    }
}

impl From<SocketAddr> for Local {
    fn from(address: SocketAddr) -> Self {
        let shared = false;
        Self { address, shared }
    }
}

/// How a socket is opened.
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
    /// For shared local addresses only.
    pub(super) shared: bool,
    /// Whether opening goes on without it.
    pub(super) optional: bool,
}

/// What only `open`, then the steps, one after the other, use; WSK reads and writes the addresses
/// while a step is under way.
pub(super) struct Opening {
    step: usize,
    completion: Completion,
    family: u16,
    shared: bool,
    local: SOCKADDR_INET,
    remote: SOCKADDR_INET,
}

impl Opening {
    pub(super) fn new() -> Self {
        Self {
            step: 0,
            completion: Completion {
                status: Status::PENDING,
                information: 0,
            },
            family: 0,
            shared: false,
            local: SOCKADDR_INET::default(),
            remote: SOCKADDR_INET::default(),
        }
    }
}

impl<R: Role> Core<R> {
    /// Opens the socket; `Role::opened` tells the result.
    pub(super) fn open(
        &self,
        owner: Ref<R::Owner>,
        Local { address, shared }: Local,
        remote: Option<SocketAddr>,
    ) -> Result<()> {
        client::provider()?;
        // The creation is inside the gate until its result is known: there is no socket to close
        // before.
        let entered = self.begin(owner, 2)?;
        // SAFETY: `begin` succeeds once, and no step is under way yet.
        let opening = unsafe { &mut *self.opening.get() };
        opening.family = address::family(address);
        opening.shared = shared;
        opening.local = address::to_inet(address);
        opening.remote = remote.map(address::to_inet).unwrap_or_default();
        core::mem::forget(entered);
        // Not on this stack: whoever asks may hold a spin lock, and WSK is no place to go with one.
        self.schedule(OPEN);
        Ok(())
    }

    /// In the DPC: the next step that concerns this socket, or the end.
    pub(super) fn start_step(&self) {
        loop {
            // SAFETY: no step is under way, and steps follow one another.
            let opening = unsafe { &mut *self.opening.get() };
            let Some(step) = R::STEPS.get(opening.step) else {
                return self.end_opening(Ok(()));
            };
            opening.step += 1;
            if let Step::SetOption(option) = step
                && (option.family.is_some_and(|family| family != opening.family)
                    || option.shared && !opening.shared)
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
    pub(super) fn end_step(&self) {
        // SAFETY: the step is over; steps follow one another.
        let opening = unsafe { &*self.opening.get() };
        let Completion {
            status,
            information,
        } = opening.completion;
        let mut result = status.ok();
        match self.ended_step() {
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

    /// The step that ended last, in the DPC between two steps or after the last one.
    pub(super) fn ended_step(&self) -> Option<&'static Step> {
        // SAFETY: no step is under way, and steps follow one another.
        let opening = unsafe { &*self.opening.get() };
        R::STEPS.get(opening.step.checked_sub(1)?)
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
