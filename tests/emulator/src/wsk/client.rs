//! Registered clients and the four `netio.sys` entry points: WSK-REG-01..12.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::abi::*;
use super::faults::Call;
use super::host::{NtStatus, status};
use super::kernel;
use super::network::Network;
use super::provider;
use crate::thread;
use crate::wdm::{DISPATCH_LEVEL, PASSIVE_LEVEL};

/// How long `WskDeregister` may block before the run is called hung.
const HANG: Duration = Duration::from_secs(20);

/// One registration. Its address is the `WSK_CLIENT` the driver sees.
pub(super) struct Client {
    pub(super) network: Arc<Network>,
    registration: usize,
    static_events: AtomicU32,
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    captures: usize,
    sockets: usize,
    deregistering: bool,
}

impl Client {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock()
    }

    /// Whether the registration block lies in `[base, end)`.
    pub(super) fn is_within(&self, base: usize, end: usize) -> bool {
        (base..end).contains(&self.registration)
    }

    pub(super) fn static_events(&self) -> u32 {
        self.static_events.load(Ordering::Acquire)
    }

    /// WSK-REG-12: before any socket exists.
    pub(super) fn set_static_events(&self, mask: u32) -> NtStatus {
        if self.counts().sockets > 0 {
            return status::INVALID_DEVICE_STATE;
        }
        self.static_events.fetch_or(mask, Ordering::AcqRel);
        status::SUCCESS
    }

    pub(super) fn socket_opened(&self) {
        self.counts().sockets += 1;
    }

    pub(super) fn socket_closed(&self) {
        self.counts().sockets -= 1;
        self.changed.notify_all();
    }

    /// WSK-REG-04: the provider's calls are valid between capture and release.
    pub(super) fn check_captured(&self, call: &str) {
        if self.counts().captures == 0 {
            kernel::violation(
                "WSK-REG-04",
                &format!("{call} after the provider NPI was released"),
            );
        }
    }
}

/// The client behind the pointer a provider call gets.
pub(super) fn from_handle(handle: *mut WSK_CLIENT, call: &str) -> Arc<Client> {
    let found = state()
        .clients()
        .iter()
        .find(|client| std::ptr::eq(Arc::as_ptr(client), handle.cast()))
        .cloned();
    match found {
        Some(client) => {
            client.check_captured(call);
            client
        }
        None => kernel::violation(
            "WSK-REG-04",
            &format!("{call} with a pointer that is no WSK client"),
        ),
    }
}

fn state() -> &'static super::State {
    &thread::current().machine.wsk
}

fn registered(registration: *mut WSK_REGISTRATION) -> Option<Arc<Client>> {
    state()
        .clients()
        .iter()
        .find(|client| client.registration == registration as usize)
        .cloned()
}

/// PASSIVE_LEVEL. The registration stays allocated until `WskDeregister` returned.
pub(super) unsafe extern "win64" fn WskRegister(
    npi: *mut WSK_CLIENT_NPI,
    registration: *mut WSK_REGISTRATION,
) -> NTSTATUS {
    let thread = thread::enter("WskRegister", PASSIVE_LEVEL);
    if registered(registration).is_some() {
        kernel::violation(
            "WSK-REG-02",
            "WskRegister of a registration that is registered",
        );
    }
    if let Some(fault) = thread.machine.wsk.fault(Call::Register) {
        return fault.status();
    }
    // SAFETY: the client passes its NPI and dispatch table.
    let dispatch = unsafe { (*npi).Dispatch };
    // SAFETY: as above. WSK-REG-08: version 1.0.
    if dispatch.is_null() || unsafe { (*dispatch).Version } >> 8 != 1 {
        return status::NOINTERFACE;
    }
    let network = Arc::clone(thread.machine.wsk.network(thread.machine));
    let client = Arc::new(Client {
        network,
        registration: registration as usize,
        static_events: AtomicU32::new(0),
        counts: Mutex::default(),
        changed: Condvar::new(),
    });
    // SAFETY: the client passes its registration block.
    unsafe { (*registration).ReservedRegistrationContext = Arc::as_ptr(&client).cast_mut().cast() };
    thread.machine.wsk.clients().push(client);
    status::SUCCESS
}

/// PASSIVE_LEVEL. Blocks until captures are released and sockets closed (WSK-REG-11).
pub(super) unsafe extern "win64" fn WskDeregister(registration: *mut WSK_REGISTRATION) {
    let _ = thread::enter("WskDeregister", PASSIVE_LEVEL);
    let Some(client) = registered(registration) else {
        kernel::violation(
            "WSK-REG-02",
            "WskDeregister of a registration that is not registered",
        );
    };
    check_unedited(&client, registration);
    client.counts().deregistering = true;
    let mut counts = client.counts();
    let busy = |counts: &mut Counts| counts.captures > 0 || counts.sockets > 0;
    if !client.changed.wait_while_for(&mut counts, busy, HANG) {
        let (captures, sockets) = (counts.captures, counts.sockets);
        kernel::violation(
            "WSK-REG-11",
            &format!(
                "WskDeregister hangs: {captures} provider NPI(s) captured, {sockets} socket(s) not closed"
            ),
        );
    }
    drop(counts);
    state()
        .clients()
        .retain(|other| !Arc::ptr_eq(other, &client));
    // SAFETY: the block stays allocated until we return.
    unsafe { (*registration).ReservedRegistrationContext = std::ptr::null_mut() };
}

/// WSK-REG-01: the client never edits its registration block.
fn check_unedited(client: &Arc<Client>, registration: *mut WSK_REGISTRATION) {
    // SAFETY: the block stays allocated until WskDeregister returned.
    let kept = unsafe { (*registration).ReservedRegistrationContext };
    if !std::ptr::eq(Arc::as_ptr(client), kept.cast()) {
        kernel::violation(
            "WSK-REG-01",
            "the WSK_REGISTRATION block was changed by the client",
        );
    }
}

/// PASSIVE_LEVEL, or DISPATCH_LEVEL with WSK_NO_WAIT.
pub(super) unsafe extern "win64" fn WskCaptureProviderNPI(
    registration: *mut WSK_REGISTRATION,
    wait_timeout: u32,
    npi: *mut WSK_PROVIDER_NPI,
) -> NTSTATUS {
    let highest = if wait_timeout == WSK_NO_WAIT {
        DISPATCH_LEVEL
    } else {
        PASSIVE_LEVEL
    };
    let thread = thread::enter("WskCaptureProviderNPI", highest);
    let Some(client) = registered(registration) else {
        return status::DEVICE_NOT_READY;
    };
    check_unedited(&client, registration);
    if let Some(fault) = thread.machine.wsk.fault(Call::CaptureProviderNpi) {
        return fault.status();
    }
    if !thread.machine.wsk.wait_ready(wait_timeout) {
        return status::DEVICE_NOT_READY;
    }
    let mut counts = client.counts();
    if counts.deregistering {
        return status::DEVICE_NOT_READY;
    }
    counts.captures += 1;
    let found = WSK_PROVIDER_NPI {
        Client: Arc::as_ptr(&client).cast_mut().cast(),
        Dispatch: provider::table(),
    };
    // SAFETY: the client passes a writable NPI.
    unsafe { npi.write(found) };
    status::SUCCESS
}

/// At most DISPATCH_LEVEL; once for each capture (WSK-REG-03).
pub(super) unsafe extern "win64" fn WskReleaseProviderNPI(registration: *mut WSK_REGISTRATION) {
    let _ = thread::enter("WskReleaseProviderNPI", DISPATCH_LEVEL);
    let client = registered(registration);
    let Some(client) = client.filter(|client| client.counts().captures > 0) else {
        kernel::violation("WSK-REG-03", "WskReleaseProviderNPI without a capture");
    };
    client.counts().captures -= 1;
    client.changed.notify_all();
}

/// At most DISPATCH_LEVEL.
pub(super) unsafe extern "win64" fn WskQueryProviderCharacteristics(
    registration: *mut WSK_REGISTRATION,
    characteristics: *mut WSK_PROVIDER_CHARACTERISTICS,
) -> NTSTATUS {
    let _ = thread::enter("WskQueryProviderCharacteristics", DISPATCH_LEVEL);
    if registered(registration).is_none() {
        return status::DEVICE_NOT_READY;
    }
    let version = WSK_PROVIDER_CHARACTERISTICS {
        HighestVersion: WSK_VERSION_1_0,
        LowestVersion: WSK_VERSION_1_0,
    };
    // SAFETY: the client passes a writable structure.
    unsafe { characteristics.write(version) };
    status::SUCCESS
}
