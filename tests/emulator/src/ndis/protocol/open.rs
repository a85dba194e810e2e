//! Opening and closing an adapter: `NdisOpenAdapterEx`, `NdisCloseAdapterEx`. NDIS-PROT-01, NDIS-PROT-02.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::configuration::text;
use super::super::miniport::PATIENCE;
use super::bind;
use super::binding::{Binding, Life};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, PASSIVE_LEVEL};

/// PASSIVE_LEVEL, while ProtocolBindAdapterEx goes on. The binding is paused when it is open.
pub(in crate::ndis) unsafe extern "win64" fn NdisOpenAdapterEx(
    handle: NDIS_HANDLE,
    context: NDIS_HANDLE,
    parameters: *mut NDIS_OPEN_PARAMETERS,
    bind_context: NDIS_HANDLE,
    binding_handle: *mut NDIS_HANDLE,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisOpenAdapterEx", PASSIVE_LEVEL);
    let ndis = &thread.machine.ndis;
    let protocol = ndis.protocol(handle, "NdisOpenAdapterEx");
    let Some(operation) = ndis.operation(bind_context) else {
        violation("NDIS-PROT-01", "NdisOpenAdapterEx outside of a bind")
    };
    // SAFETY: the driver passes parameters.
    let wanted = unsafe { &*parameters };
    let right = wanted.Header.Type == NDIS_OBJECT_TYPE_OPEN_PARAMETERS
        && wanted.Header.Revision == NDIS_OPEN_PARAMETERS_REVISION_1
        && wanted.Header.Size >= NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    if !right {
        violation("NDIS-PROT-01", "open parameters with a wrong header");
    }
    // SAFETY: the driver passes a name and media, of which there are as many as it says.
    let (name, media) = unsafe {
        let count = wanted.MediumArraySize as usize;
        let media = std::slice::from_raw_parts(wanted.MediumArray, count);
        (text(&*wanted.AdapterName), media)
    };
    if !name.eq_ignore_ascii_case(&operation.name) || operation.lower.is_leaving() {
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    }
    let Some(index) = media.iter().position(|&medium| medium == NdisMedium802_3) else {
        return NDIS_STATUS_UNSUPPORTED_MEDIA;
    };
    if thread.machine.ndis.fails("NdisOpenAdapterEx") {
        return NDIS_STATUS_RESOURCES;
    }
    let binding = Binding::new(thread.machine, &protocol, &operation.lower, context);
    let before = operation.binding.lock().replace(Arc::clone(&binding));
    if before.is_some_and(|before| !before.is_closed()) {
        violation("NDIS-PROT-01", "NdisOpenAdapterEx a second time in a bind");
    }
    let places = Places {
        handle: binding_handle,
        index: wanted.SelectedMediumIndex,
    };
    if !operation.lower.is_late() {
        places.write(&binding, index);
        return NDIS_STATUS_SUCCESS;
    }
    thread.machine.spawn("open", move || {
        places.write(&binding, index);
        binding.complete_open();
    });
    NDIS_STATUS_PENDING
}

/// Where the driver wants the answers.
struct Places {
    handle: *mut NDIS_HANDLE,
    index: *mut u32,
}

// SAFETY: the driver keeps the places until the open is complete.
unsafe impl Send for Places {}

impl Places {
    fn write(&self, binding: &Arc<Binding>, index: usize) {
        // SAFETY: the driver's out parameters, valid until the open is complete.
        unsafe {
            self.handle.write(binding.handle());
            if !self.index.is_null() {
                self.index.write(index as u32);
            }
        }
        binding.opened();
    }
}

/// PASSIVE_LEVEL, in a bind or an unbind. The handle is dead from now on.
pub(in crate::ndis) unsafe extern "win64" fn NdisCloseAdapterEx(
    handle: NDIS_HANDLE,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisCloseAdapterEx", PASSIVE_LEVEL);
    let binding = thread.machine.ndis.binding(handle, "NdisCloseAdapterEx");
    binding.expect_closable();
    binding.set_life(Life::Closing);
    binding.detach();
    let is_idle = || {
        let inside = binding.inside();
        inside.indicating == 0 && inside.received.is_empty()
    };
    if is_idle() && !binding.lower.is_late() {
        binding.set_life(Life::Closed);
        return NDIS_STATUS_SUCCESS;
    }
    let closing = Arc::clone(&binding);
    thread
        .machine
        .spawn("close", move || closing.finish_close());
    NDIS_STATUS_PENDING
}

impl Binding {
    fn complete_open(&self) {
        let handlers = self.protocol.handlers();
        if let Some(handler) = handlers.and_then(|all| all.OpenAdapterCompleteHandlerEx) {
            bridge::callback("ProtocolOpenAdapterCompleteEx", || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context, NDIS_STATUS_SUCCESS) }
            });
        }
    }

    /// NDIS-PROT-02: what must be done before a close.
    fn expect_closable(&self) {
        let mine = |binding: &Binding| std::ptr::eq(binding, self);
        self.machine
            .ndis
            .chimney
            .expect_none("NdisCloseAdapterEx", mine);
        let inside = self.inside();
        let (sent, asked) = (inside.sent.len(), inside.requests.len());
        let receives = inside.filter != 0 || !inside.multicast.is_empty();
        let lower = &self.lower;
        let may_ask = !(lower.is_leaving() || lower.is_resetting() || lower.is_asleep());
        let left = receives && may_ask && !inside.refused;
        let life = inside.life;
        drop(inside);
        let wrong = if !matches!(life, Life::Paused) {
            Some(format!("while it is {life:?}"))
        } else if sent != 0 || asked != 0 {
            Some(format!(
                "with {sent} sends and {asked} requests outstanding"
            ))
        } else if left {
            Some("with its packet filter or multicast list set".to_owned())
        } else if !bind::is_inside() && !self.has_operation() {
            Some("outside of a bind or an unbind".to_owned())
        } else {
            None
        };
        if let Some(wrong) = wrong {
            violation("NDIS-PROT-02", &format!("NdisCloseAdapterEx {wrong}"));
        }
    }

    /// Whether a bind or an unbind of it goes on.
    fn has_operation(&self) -> bool {
        let all = self.machine.ndis.operations.lock();
        all.iter().any(|operation| {
            let binding = operation.binding.lock();
            binding
                .as_ref()
                .is_some_and(|it| std::ptr::eq(&raw const **it, self))
        })
    }

    /// Waits until nobody indicates to it and everything is returned.
    fn finish_close(&self) {
        let mut inside = self.inside();
        let busy = |inside: &mut super::binding::Inside| {
            inside.indicating != 0 || !inside.received.is_empty()
        };
        let done = self.changed.wait_while_for(&mut inside, busy, PATIENCE);
        inside.life = Life::Closed;
        drop(inside);
        if !done {
            violation(
                "NDIS-PROT-06",
                "a binding closes and its receives do not come back",
            );
        }
        let handlers = self.protocol.handlers();
        if let Some(handler) = handlers.and_then(|all| all.CloseAdapterCompleteHandlerEx) {
            self.indicating(|| {
                bridge::callback("ProtocolCloseAdapterCompleteEx", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(self.context) }
                });
            });
        }
    }
}

/// At most DISPATCH_LEVEL. NDIS unbinds the binding soon, on its own thread.
pub(in crate::ndis) unsafe extern "win64" fn NdisUnbindAdapter(handle: NDIS_HANDLE) -> NDIS_STATUS {
    let thread = thread::enter("NdisUnbindAdapter", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    let binding = ndis.binding(handle, "NdisUnbindAdapter");
    ndis.pnp.unbind(thread.machine, &binding);
    NDIS_STATUS_PENDING
}
