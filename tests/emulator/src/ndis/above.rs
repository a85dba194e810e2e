//! A driver's miniport as protocols see it from above.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::adapter::Adapter;
use super::chimney::Target;
use super::lists::List;
use super::lower::{Description, Identity, Lower, Stack};
use super::miniport::{LifeState, Miniport};
use super::offload::Offloads;
use super::protocol::Binding;
use crate::bridge;
use crate::machine::Machine;

impl Lower for Miniport {
    fn machine(&self) -> &'static Machine {
        self.machine
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn description(&self) -> Description {
        let attributes = self.attributes();
        let general = attributes.general.unwrap_or_default();
        let mut mac = [0; 6];
        mac.copy_from_slice(&general.CurrentMacAddress[..6]);
        let link = attributes.link;
        Description {
            mac,
            mtu: general.MtuSize,
            speed: link.map_or(general.XmitLinkSpeed, |(_, speed)| speed),
            connected: link.map_or(
                general.MediaConnectState == MediaConnectStateConnected,
                |(connected, _)| connected,
            ),
            filters: general.SupportedPacketFilters,
            multicast: general.MaxMulticastListSize,
            mac_options: general.MacOptions,
            connector: general.IfConnectorPresent != 0,
            offloads: attributes.offloads.with_mac_options(general.MacOptions),
            connections: attributes.connections,
        }
    }

    fn target(&self) -> Option<&dyn Target> {
        self.driver.provider.lock().is_whole().then_some(self as _)
    }

    fn stack(&self) -> &Stack {
        &self.stack
    }

    fn is_running(&self) -> bool {
        self.life() == LifeState::Running
    }

    fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
            || matches!(self.life(), LifeState::Halted | LifeState::Initializing)
    }

    fn is_asleep(&self) -> bool {
        false
    }

    fn is_late(&self) -> bool {
        false
    }

    fn send(&self, binding: &Arc<Binding>, lists: Vec<List>) {
        self.sends_for(binding, &lists);
    }

    fn cancel_send(&self, id: PVOID) {
        if let Some(handler) = self.driver.handlers.CancelSendHandler {
            bridge::callback("MiniportCancelSend", || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context(), id) }
            });
        }
    }

    fn take_back(&self, lists: &[List]) {
        self.returns(lists);
    }

    /// On a thread of its own: a miniport has one request at a time.
    fn request(&self, binding: &Arc<Binding>, request: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
        let Some(miniport) = self.machine.ndis.adapter_by_index(self.if_index) else {
            return NDIS_STATUS_ADAPTER_NOT_READY;
        };
        let (binding, request) = (Arc::clone(binding), request as usize);
        self.machine.spawn("request", move || {
            let adapter = Adapter { miniport };
            let request = request as *mut NDIS_OID_REQUEST;
            // SAFETY: valid until it is completed.
            let status = unsafe { adapter.forward(&binding, request) };
            binding.complete_request(request, status);
        });
        NDIS_STATUS_PENDING
    }

    fn cancel_request(&self, id: PVOID) {
        if let Some(handler) = self.driver.handlers.CancelOidRequestHandler {
            bridge::callback("MiniportCancelOidRequest", || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.context(), id) }
            });
        }
    }
}

impl Adapter {
    /// A request of a binding's. Filters and multicast lists of all bindings go down together.
    ///
    /// # Safety
    /// The request is valid.
    unsafe fn forward(
        &self,
        binding: &Arc<Binding>,
        request: *mut NDIS_OID_REQUEST,
    ) -> NDIS_STATUS {
        let miniport = &self.miniport;
        // SAFETY: the caller's promise.
        let noted = unsafe { binding.note_filter(request) };
        if noted.is_some_and(|status| status != NDIS_STATUS_SUCCESS) {
            return noted.unwrap_or(NDIS_STATUS_FAILURE);
        }
        if noted.is_none() {
            return self.run_foreign(request);
        }
        // SAFETY: as above.
        let oid = unsafe { (*request).DATA.SET_INFORMATION.Oid };
        let data = match oid {
            OID_GEN_CURRENT_PACKET_FILTER => miniport.stack.filter().to_le_bytes().to_vec(),
            _ => miniport.stack.multicast().concat(),
        };
        self.oid_set(oid, &data).status
    }

    /// A description of the adapter's link, as those above see it: up or not, and its speed.
    #[must_use]
    pub fn link(&self) -> (bool, u64) {
        let description = Lower::description(&*self.miniport);
        (description.connected, description.speed)
    }

    /// What its driver says that is on, and what could be.
    #[must_use]
    pub fn offloads(&self) -> (Offloads, Offloads) {
        let possible = self.miniport.attributes().possible;
        (Lower::description(&*self.miniport).offloads, possible)
    }

    /// Its interface GUID, with braces.
    #[must_use]
    pub fn guid(&self) -> String {
        self.miniport.identity.guid.clone()
    }

    /// Unbinds all that is above it, for ever.
    pub(super) fn unbind_all(&self) {
        let machine = self.miniport.machine;
        self.miniport.leaving.store(true, Ordering::Release);
        machine.ndis.unbind_all(machine, &*self.miniport);
    }
}
