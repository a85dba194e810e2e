//! Registration with WSK, and the provider it gives.

use core::{
    cell::UnsafeCell,
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

use crate::{
    nt::{Box, Event, Mutex, Result, Status, Tag, dpc, irql, mdl::Staging},
    sync::Gate,
    sys::{
        NPI_WSK_INTERFACE_ID, PMDL, WSK_CLIENT, WSK_CLIENT_DISPATCH, WSK_CLIENT_NPI,
        WSK_EVENT_ACCEPT, WSK_EVENT_CALLBACK_CONTROL, WSK_EVENT_DISCONNECT, WSK_EVENT_RECEIVE,
        WSK_PROVIDER_DISPATCH, WSK_PROVIDER_NPI, WSK_REGISTRATION, WSK_SET_STATIC_EVENT_CALLBACKS,
        WSK_VERSION_1_0, WskCaptureProviderNPI, WskDeregister, WskRegister, WskReleaseProviderNPI,
    },
};

/// Storage that WSK writes and we never do after registering (WSK-REG-01).
struct Registration(UnsafeCell<WSK_REGISTRATION>);

// SAFETY: only WSK looks inside, and serialises itself.
unsafe impl Sync for Registration {}

static REGISTRATION: Registration = Registration(UnsafeCell::new(WSK_REGISTRATION {
    ReservedRegistrationState: 0,
    ReservedRegistrationContext: ptr::null_mut(),
    ReservedRegistrationLock: 0,
}));

// WSK-REG-08. WSK defines no client event: none is taken.
static DISPATCH: WSK_CLIENT_DISPATCH = WSK_CLIENT_DISPATCH {
    Version: WSK_VERSION_1_0,
    Reserved: 0,
    WskClientEvent: None,
};

/// The client of this driver, while there is one.
static CLIENT: AtomicPtr<State> = AtomicPtr::new(ptr::null_mut());

/// The driver's registration: one, from load to unload. Sockets find it by themselves.
pub(crate) struct Client(Box<State>);

struct State {
    /// The sockets there are, open or not.
    sockets: Gate,
    /// Set when the last one is gone and no more will come.
    empty: Event,
    capture: Mutex<()>,
    /// Null until captured; then leaked into this box until the client goes.
    provider: AtomicPtr<Provider>,
    /// What a zero-length receive points at.
    nothing: Staging,
}

/// The captured provider.
#[derive(Clone, Copy)]
pub(super) struct Provider {
    pub(super) client: *mut WSK_CLIENT,
    pub(super) dispatch: *const WSK_PROVIDER_DISPATCH,
}

impl Client {
    /// Registers with WSK. Once, in `DriverEntry`: PASSIVE_LEVEL. Waits for nothing (WSK-REG-05).
    pub(crate) fn register() -> Result<Self> {
        let state = Box::try_new(
            Tag::SOCKET,
            State {
                sockets: Gate::new(),
                empty: Event::try_notification()?,
                capture: Mutex::try_new(())?,
                provider: AtomicPtr::new(ptr::null_mut()),
                nothing: Staging::try_new(size_of::<u64>())?,
            },
        )?;
        let mut npi = WSK_CLIENT_NPI {
            ClientContext: ptr::null_mut(),
            Dispatch: &raw const DISPATCH,
        };
        // SAFETY: PASSIVE_LEVEL; dispatch table and registration are static (WSK-REG-01).
        Status::from_raw(unsafe { WskRegister(&raw mut npi, REGISTRATION.0.get()) }).ok()?;
        CLIENT.store(state.as_ptr(), Ordering::Release);
        Ok(Self(state))
    }

    /// Captures the provider, waiting at most `millis` for it (WSK-REG-05: a NIC's driver starts
    /// before TCP/IP). DEVICE_NOT_READY is a normal answer (WSK-REG-06). Sockets can be made only
    /// after it succeeded once. PASSIVE_LEVEL.
    pub(crate) fn ready(millis: u32) -> Result<()> {
        let state = state().ok_or(Status::DEVICE_NOT_READY)?;
        debug_assert!(irql::is_passive());
        let _one_at_a_time = state.capture.lock();
        if !state.provider.load(Ordering::Acquire).is_null() {
            return Ok(());
        }
        let mut npi = WSK_PROVIDER_NPI {
            Client: ptr::null_mut(),
            Dispatch: ptr::null(),
        };
        // SAFETY: registered, PASSIVE_LEVEL.
        Status::from_raw(unsafe {
            WskCaptureProviderNPI(REGISTRATION.0.get(), millis, &raw mut npi)
        })
        .ok()?;
        let provider = Provider {
            client: npi.Client,
            dispatch: npi.Dispatch,
        };
        state.adopt(provider).inspect_err(|_| release())
    }
}

impl Drop for Client {
    /// Deregisters, once every socket is closed (WSK-REG-11) and gone: waits. PASSIVE_LEVEL, in unload.
    fn drop(&mut self) {
        // Sockets nobody waited for, of peers nobody was told of, are on their way out.
        if self.0.sockets.stop().is_none() {
            self.0.empty.wait();
        }
        CLIENT.store(ptr::null_mut(), Ordering::Release);
        let provider = self.0.provider.swap(ptr::null_mut(), Ordering::AcqRel);
        if let Some(provider) = ptr::NonNull::new(provider) {
            // WSK-REG-03: one release for the one capture.
            release();
            // SAFETY: leaked by `adopt`, and taken out of its place by the swap.
            drop(unsafe { Box::from_leaked(Tag::SOCKET, provider) });
        }
        // WSK-REG-02. SAFETY: registered once, deregistered once, PASSIVE_LEVEL.
        unsafe { WskDeregister(REGISTRATION.0.get()) };
        // The sockets' last DPCs may still be returning.
        dpc::flush();
    }
}

impl State {
    fn adopt(&self, provider: Provider) -> Result<()> {
        let kept = Box::try_new(Tag::SOCKET, provider)?;
        provider.set_static_callbacks()?;
        self.provider.store(kept.leak().as_ptr(), Ordering::Release);
        Ok(())
    }
}

impl Provider {
    /// WSK-REG-12: before any socket, without an IRP, and for good.
    fn set_static_callbacks(&self) -> Result<()> {
        let mut control = WSK_EVENT_CALLBACK_CONTROL {
            NpiId: &raw const NPI_ID,
            EventMask: WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
        };
        // SAFETY: captured and not released.
        let entry = unsafe { (*self.dispatch).WskControlClient }.ok_or(Status::NOT_IMPLEMENTED)?;
        // SAFETY: the provider's own entry; the input is used during the call only.
        Status::from_raw(unsafe {
            entry(
                self.client,
                WSK_SET_STATIC_EVENT_CALLBACKS,
                size_of_val(&control) as u64,
                (&raw mut control).cast(),
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        })
        .ok()
    }
}

static NPI_ID: crate::sys::GUID = NPI_WSK_INTERFACE_ID;

/// The provider, once captured. It stays until every socket is closed (the driver unloads last).
pub(super) fn provider() -> Result<Provider> {
    let provider = state().map(|state| state.provider.load(Ordering::Acquire));
    let provider = provider
        .and_then(ptr::NonNull::new)
        .ok_or(Status::DEVICE_NOT_READY)?;
    // SAFETY: stored by `adopt`, freed when the client goes, which is after the last caller.
    Ok(unsafe { *provider.as_ptr() })
}

/// What every socket has, from its making until its memory goes: the client outlives it.
pub(super) struct Member(());

impl Member {
    pub(super) fn try_new() -> Result<Self> {
        let state = state().filter(|state| state.sockets.enter());
        state.map(|_| Self(())).ok_or(Status::DEVICE_NOT_READY)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // There is a client while there are members.
        if let Some(state) = state()
            && state.sockets.leave().is_some()
        {
            state.empty.set();
        }
    }
}

/// An MDL for zero-length buffers.
pub(super) fn no_bytes() -> Result<PMDL> {
    Ok(state().ok_or(Status::DEVICE_NOT_READY)?.nothing.mdl())
}

fn state() -> Option<&'static State> {
    // SAFETY: stored by `register`, alive until the client goes; the driver keeps the client until
    // everything that has sockets is gone.
    unsafe { CLIENT.load(Ordering::Acquire).as_ref() }
}

fn release() {
    // SAFETY: captured once before (callers).
    unsafe { WskReleaseProviderNPI(REGISTRATION.0.get()) };
}
