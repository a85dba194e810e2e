//! Protocols: drivers' (`NdisRegisterProtocolDriver`) and the emulator's own, such as the TCP/IP above a driver's
//! miniport. NDIS-REG-02, NDIS-REG-03, NDIS-REG-06, NDIS-REG-08.

mod bind;
mod binding;
mod event;
mod oid;
mod open;
mod receive;
mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use softrnic::sys::*;

use super::State;
use super::chimney::{Client, Host};
use super::configuration::text;
use super::lists::List;
use super::lower::{Description, Identity};
use super::succeeded;
use crate::bridge;
use crate::image::image_at;
use crate::machine::Machine;
use crate::sync::Mutex;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::PASSIVE_LEVEL;
pub(crate) use bind::Operation;
pub(super) use bind::{NdisCompleteBindAdapterEx, NdisCompleteUnbindAdapterEx};
pub(crate) use binding::Binding;
pub(super) use event::NdisCompleteNetPnPEvent;
pub(super) use oid::{
    NdisAllocateCloneOidRequest, NdisCancelOidRequest, NdisFreeCloneOidRequest, NdisOidRequest,
};
pub(super) use open::{NdisCloseAdapterEx, NdisOpenAdapterEx, NdisUnbindAdapter};
pub(super) use receive::NdisReturnNetBufferLists;
pub(crate) use receive::{indicate, passes};
pub(super) use send::{NdisCancelSendNetBufferLists, NdisSendNetBufferLists};

/// A protocol of the emulator's own.
pub(crate) trait Native: Send + Sync {
    /// Whether it binds to this adapter.
    fn wants(&self, identity: &Identity, description: &Description) -> bool;
    /// It is bound, and paused.
    fn bound(&self, binding: &Arc<Binding>);
    fn restarted(&self, binding: &Arc<Binding>);
    /// Returns when all it sent is completed and all it received is returned.
    fn pause(&self, binding: &Arc<Binding>);
    fn unbound(&self, binding: &Arc<Binding>);
    /// The lists are its until it returns them; with RESOURCES in `flags`, during the call.
    fn receive(&self, binding: &Arc<Binding>, lists: &[List], flags: u32);
    fn sent(&self, binding: &Arc<Binding>, lists: &[List]);
    fn status(&self, binding: &Arc<Binding>, indication: &NDIS_STATUS_INDICATION);
    /// What NDIS tells of the adapter below, beside pauses and restarts; what it says.
    fn event(&self, _binding: &Arc<Binding>, _event: &NET_PNP_EVENT) -> NDIS_STATUS {
        NDIS_STATUS_SUCCESS
    }
    /// Who has connections offloaded, if it does.
    fn host(&self) -> Option<&dyn Host> {
        None
    }
}

/// Who is above bindings.
pub(crate) enum Above {
    Driver(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS),
    Native(Arc<dyn Native>),
}

/// A registered protocol. Its address is the handle the driver gets.
pub(crate) struct Protocol {
    pub(in crate::ndis) above: Above,
    context: PVOID,
    is_gone: AtomicBool,
    pub(in crate::ndis) client: Mutex<Client>,
}

// SAFETY: the pointers are the driver's own, which it uses from any thread.
unsafe impl Send for Protocol {}
// SAFETY: as above.
unsafe impl Sync for Protocol {}

impl Protocol {
    /// Whether its handlers lie in `[base, end)`.
    pub(super) fn is_within(&self, base: usize, end: usize) -> bool {
        let Above::Driver(handlers) = &self.above else {
            return false;
        };
        let bind = handlers.BindAdapterHandlerEx;
        bind.is_some_and(|handler| (base..end).contains(&(handler as usize)))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    pub(super) fn handlers(&self) -> Option<&NDIS_PROTOCOL_DRIVER_CHARACTERISTICS> {
        match &self.above {
            Above::Driver(handlers) => Some(handlers),
            Above::Native(_) => None,
        }
    }
}

/// PASSIVE_LEVEL. Bindings are offered from now on, on a thread of NDIS's.
pub(super) unsafe extern "win64" fn NdisRegisterProtocolDriver(
    context: NDIS_HANDLE,
    characteristics: *mut NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,
    handle: *mut NDIS_HANDLE,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisRegisterProtocolDriver", PASSIVE_LEVEL);
    // SAFETY: the driver passes its characteristics; the size says how long they are.
    let handlers = unsafe { read_characteristics(characteristics) };
    check_handlers(&handlers);
    check_name(&handlers);
    if thread.machine.ndis.fails("NdisRegisterProtocolDriver") {
        return NDIS_STATUS_RESOURCES;
    }
    let protocol = Arc::new(Protocol {
        above: Above::Driver(handlers),
        context,
        is_gone: AtomicBool::new(false),
        client: Mutex::default(),
    });
    let address: NDIS_HANDLE = Arc::as_ptr(&protocol).cast_mut().cast();
    // SAFETY: the driver passes an out parameter.
    unsafe { handle.write(address) };
    let ndis = &thread.machine.ndis;
    ndis.protocols.lock().push(Arc::clone(&protocol));
    let status = match handlers.SetOptionsHandler {
        None => NDIS_STATUS_SUCCESS,
        Some(set_options) => bridge::callback("ProtocolSetOptions", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { set_options(address, context) }
        }),
    };
    if !succeeded(status) {
        ndis.remove_protocol(thread.machine, &protocol);
        return status;
    }
    ndis.offer_all(thread.machine, &protocol);
    NDIS_STATUS_SUCCESS
}

unsafe fn read_characteristics(
    from: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,
) -> NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
    // SAFETY: every version begins with the header.
    let header = unsafe { (*from).Header };
    let sizes = [
        (
            NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
            NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
        ),
        (
            NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
            NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
        ),
    ];
    let known = sizes
        .iter()
        .any(|&(revision, size)| header.Revision == revision && header.Size >= size);
    if header.Type != NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS || !known {
        violation(
            "NDIS-REG-02",
            "protocol characteristics with a wrong header",
        );
    }
    let mut all = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS::default();
    let length = usize::from(header.Size).min(size_of_val(&all));
    // SAFETY: the header vouches for the length; the copy is as long.
    unsafe {
        std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut all).cast::<u8>(), length)
    };
    if all.MajorNdisVersion != 6 {
        violation("NDIS-REG-02", "a protocol of an old NDIS version");
    }
    all
}

fn check_handlers(handlers: &NDIS_PROTOCOL_DRIVER_CHARACTERISTICS) {
    let mandatory = [
        handlers.BindAdapterHandlerEx.is_some(),
        handlers.UnbindAdapterHandlerEx.is_some(),
        handlers.OpenAdapterCompleteHandlerEx.is_some(),
        handlers.CloseAdapterCompleteHandlerEx.is_some(),
        handlers.NetPnPEventHandler.is_some(),
        handlers.OidRequestCompleteHandler.is_some(),
        handlers.StatusHandlerEx.is_some(),
        handlers.ReceiveNetBufferListsHandler.is_some(),
        handlers.SendNetBufferListsCompleteHandler.is_some(),
    ];
    if mandatory.contains(&false) {
        violation("NDIS-REG-03", "a mandatory handler of a protocol is null");
    }
}

/// NDIS-REG-06: the protocol has the service's name.
fn check_name(handlers: &NDIS_PROTOCOL_DRIVER_CHARACTERISTICS) {
    // SAFETY: the driver passes a counted string.
    let name = unsafe { text(&handlers.Name) };
    let bind = handlers.BindAdapterHandlerEx.map_or(0, |f| f as usize);
    let Some(image) = image_at(bind) else { return };
    let service = image.name.trim_end_matches(".sys");
    if !name.eq_ignore_ascii_case(service) {
        let text = format!("the protocol is called {name:?}, its service {service:?}");
        violation("NDIS-REG-06", &text);
    }
}

/// PASSIVE_LEVEL. Unbinds what is bound, and waits for that.
pub(super) unsafe extern "win64" fn NdisDeregisterProtocolDriver(handle: NDIS_HANDLE) {
    let thread = thread::enter("NdisDeregisterProtocolDriver", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let protocol = ndis.protocol(handle, "NdisDeregisterProtocolDriver");
    ndis.remove_protocol(thread.machine, &protocol);
}

/// PASSIVE_LEVEL; not inside a bind or an unbind. Offers once more what is not bound.
pub(super) unsafe extern "win64" fn NdisReEnumerateProtocolBindings(handle: NDIS_HANDLE) {
    let thread = thread::enter("NdisReEnumerateProtocolBindings", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let protocol = ndis.protocol(handle, "NdisReEnumerateProtocolBindings");
    if bind::is_inside() {
        violation(
            "NDIS-PROT-01",
            "NdisReEnumerateProtocolBindings inside a bind or an unbind",
        );
    }
    ndis.offer_all(thread.machine, &protocol);
}

impl State {
    pub(super) fn protocol(&self, handle: NDIS_HANDLE, call: &str) -> Arc<Protocol> {
        let all = self.protocols.lock();
        let found = all
            .iter()
            .find(|protocol| std::ptr::eq(Arc::as_ptr(protocol), handle.cast()))
            .cloned();
        drop(all);
        found.unwrap_or_else(|| {
            let text = format!("{call} with a handle that is no protocol");
            violation("NDIS-REG-08", &text)
        })
    }

    /// A protocol of the emulator's own; it is offered every adapter.
    pub(crate) fn add_native(
        &self,
        machine: &'static Machine,
        native: Arc<dyn Native>,
    ) -> Arc<Protocol> {
        let protocol = Arc::new(Protocol {
            above: Above::Native(native),
            context: std::ptr::null_mut(),
            is_gone: AtomicBool::new(false),
            client: Mutex::default(),
        });
        self.protocols.lock().push(Arc::clone(&protocol));
        self.offer_all(machine, &protocol);
        protocol
    }

    /// Unbinds it from everything, waits for that, and forgets it.
    pub(crate) fn remove_protocol(&self, machine: &'static Machine, protocol: &Arc<Protocol>) {
        protocol.is_gone.store(true, Ordering::Release);
        self.pnp.settle(machine);
        let bound = |binding: &Arc<Binding>| {
            Arc::ptr_eq(&binding.protocol, protocol) && !binding.is_closed()
        };
        let bindings: Vec<_> = self
            .bindings
            .lock()
            .iter()
            .filter(|b| bound(b))
            .cloned()
            .collect();
        bindings.iter().for_each(|b| self.pnp.unbind(machine, b));
        self.pnp.settle(machine);
        // What is closed may still be told so: a driver that waits for that, and no longer, is unloaded when NDIS is done with it.
        let all = self.bindings.lock().clone();
        let mine = all.iter().filter(|b| Arc::ptr_eq(&b.protocol, protocol));
        mine.for_each(|binding| binding.finish_indications());
        self.protocols
            .lock()
            .retain(|other| !Arc::ptr_eq(other, protocol));
    }

    fn offer_all(&self, machine: &'static Machine, protocol: &Arc<Protocol>) {
        for lower in self.lowers() {
            self.pnp.bind(machine, protocol, &lower);
        }
    }
}
