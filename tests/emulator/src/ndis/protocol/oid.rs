//! Requests of protocols. NDIS-OID-01, NDIS-OID-02, NDIS-PM-06.

use std::sync::Arc;

use softrnic::sys::*;

use super::super::miniport::PATIENCE;
use super::super::oid::Request;
use super::super::slot::Slot;
use super::super::succeeded;
use super::binding::{Binding, Inside, Life};
use crate::bridge;
use crate::pool::Request as Memory;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// At most DISPATCH_LEVEL. PENDING: ProtocolOidRequestComplete is called.
pub(in crate::ndis) unsafe extern "win64" fn NdisOidRequest(
    handle: NDIS_HANDLE,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisOidRequest", DISPATCH_LEVEL);
    let binding = thread.machine.ndis.binding(handle, "NdisOidRequest");
    // SAFETY: the driver passes a request.
    let header = unsafe { (*request).Header };
    let right = header.Type == NDIS_OBJECT_TYPE_OID_REQUEST
        && header.Size >= NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    if !right {
        violation("NDIS-OID-02", "NdisOidRequest with a wrong header");
    }
    if binding
        .inside()
        .requests
        .iter()
        .any(|(other, _)| *other == request as usize)
    {
        violation(
            "NDIS-OID-02",
            "NdisOidRequest with a request that pends already",
        );
    }
    if binding.lower.is_asleep() {
        violation("NDIS-PM-06", "NdisOidRequest to an adapter that sleeps");
    }
    if crate::sched::fails("NdisOidRequest") {
        binding.note_done(request, NDIS_STATUS_RESOURCES);
        return NDIS_STATUS_RESOURCES;
    }
    binding.request(request, None)
}

impl Binding {
    /// Starts a request; somebody of the emulator's own waits at `slot`.
    fn request(
        self: &Arc<Self>,
        request: *mut NDIS_OID_REQUEST,
        slot: Option<Arc<Slot>>,
    ) -> NDIS_STATUS {
        let mut inside = self.inside();
        if matches!(inside.life, Life::Opening | Life::Closing | Life::Closed) {
            return NDIS_STATUS_CLOSING;
        }
        inside.requests.push((request as usize, slot));
        drop(inside);
        let status = self.lower.request(self, request);
        if status != NDIS_STATUS_PENDING {
            self.note_done(request, status);
            self.forget_request(request);
        }
        status
    }

    fn note_done(&self, request: *mut NDIS_OID_REQUEST, status: NDIS_STATUS) {
        // SAFETY: the request is not completed yet; query and set have one layout.
        let (kind, set) = unsafe { ((*request).RequestType, (*request).DATA.SET_INFORMATION) };
        if kind != NdisRequestSetInformation {
            return;
        }
        // NDIS_STATUS_NOT_ACCEPTED is no error by its severity.
        let taken = status == NDIS_STATUS_SUCCESS;
        match set.Oid {
            OID_OFFLOAD_ENCAPSULATION if taken => self.inside().encapsulates = true,
            OID_GEN_CURRENT_PACKET_FILTER | OID_802_3_MULTICAST_LIST => {
                let length = set.InformationBufferLength as usize;
                let first = set.InformationBuffer.cast::<u8>();
                // SAFETY: the request's buffer is as long as it says.
                let nothing = (0..length).all(|at| unsafe { first.add(at).read() } == 0);
                match (nothing, taken) {
                    (true, false) => self.inside().refused = true,
                    (false, true) => self.inside().refused = false,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn forget_request(&self, request: *mut NDIS_OID_REQUEST) -> Option<Arc<Slot>> {
        let mut inside = self.inside();
        let at = inside
            .requests
            .iter()
            .position(|(other, _)| *other == request as usize);
        let slot = at.and_then(|at| inside.requests.swap_remove(at).1);
        drop(inside);
        self.changed.notify_all();
        slot
    }

    /// A request that pended is done.
    pub(crate) fn complete_request(&self, request: *mut NDIS_OID_REQUEST, status: NDIS_STATUS) {
        self.note_done(request, status);
        if let Some(slot) = self.forget_request(request) {
            slot.complete(status);
            return;
        }
        let handlers = self.protocol.handlers();
        if let Some(handler) = handlers.and_then(|all| all.OidRequestCompleteHandler) {
            self.indicating(|| {
                bridge::callback("ProtocolOidRequestComplete", || {
                    // SAFETY: the driver's handler, called as documented.
                    unsafe { handler(self.context, request, status) }
                });
            });
        }
    }

    /// Waits until no request is outstanding.
    pub(super) fn finish_requests(&self) {
        let mut inside = self.inside();
        let busy = |inside: &mut Inside| !inside.requests.is_empty();
        self.changed.wait_while_for(&mut inside, busy, PATIENCE);
    }

    /// Sets a packet filter or multicast list, or anything else, and waits: for the emulator's own protocols.
    pub(crate) fn set(self: &Arc<Self>, oid: u32, data: &[u8]) -> NDIS_STATUS {
        let mut request = Request::new(NdisRequestSetInformation, oid, data.to_vec());
        let slot = Arc::new(Slot::default());
        slot.open();
        let answer = self.request(request.packet(), Some(Arc::clone(&slot)));
        let late = ("NDIS-OID-03", PATIENCE);
        slot.finish(answer, "a request", "NDIS-OID-02", late)
    }

    /// Tells the adapter that frames of both families begin with Ethernet's header.
    pub(crate) fn encapsulate(self: &Arc<Self>) -> NDIS_STATUS {
        let header = [
            NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION,
            NDIS_OFFLOAD_ENCAPSULATION_REVISION_1,
            NDIS_SIZEOF_OFFLOAD_ENCAPSULATION_REVISION_1 as u8,
            0,
        ];
        let group = [NDIS_OFFLOAD_SET_ON, NDIS_ENCAPSULATION_IEEE_802_3, 14];
        let words = [group, group].concat();
        let words = words.iter().flat_map(|word: &u32| word.to_le_bytes());
        let request: Vec<u8> = header.into_iter().chain(words).collect();
        self.set(OID_OFFLOAD_ENCAPSULATION, &request)
    }

    /// NDIS's own part of a set: what this binding wants to see. True when the request is for NDIS.
    ///
    /// # Safety
    /// The request is valid.
    pub(crate) unsafe fn note_filter(&self, request: *mut NDIS_OID_REQUEST) -> Option<NDIS_STATUS> {
        // SAFETY: the caller's promise; query and set have one layout.
        let (kind, set) = unsafe { ((*request).RequestType, (*request).DATA.SET_INFORMATION) };
        let is_filter = set.Oid == OID_GEN_CURRENT_PACKET_FILTER;
        if kind != NdisRequestSetInformation || !(is_filter || set.Oid == OID_802_3_MULTICAST_LIST)
        {
            return None;
        }
        let length = set.InformationBufferLength as usize;
        let mut data = vec![0_u8; length];
        if length > 0 {
            let from = set.InformationBuffer.cast::<u8>();
            // SAFETY: the request's buffer is as long as it says.
            unsafe { std::ptr::copy_nonoverlapping(from, data.as_mut_ptr(), length) };
        }
        let description = self.lower.description();
        let mut inside = self.inside();
        let status = if is_filter {
            match <[u8; 4]>::try_from(&data[..]).map(u32::from_le_bytes) {
                Err(_) => NDIS_STATUS_INVALID_LENGTH,
                Ok(new) if new & !(description.filters | NDIS_PACKET_TYPE_NO_LOCAL) != 0 => {
                    NDIS_STATUS_NOT_SUPPORTED
                }
                Ok(new) => {
                    inside.filter = new;
                    NDIS_STATUS_SUCCESS
                }
            }
        } else if !length.is_multiple_of(6) {
            NDIS_STATUS_INVALID_LENGTH
        } else if length / 6 > description.multicast as usize {
            NDIS_STATUS_MULTICAST_FULL
        } else {
            let (addresses, _) = data.as_chunks::<6>();
            inside.multicast = addresses.to_vec();
            NDIS_STATUS_SUCCESS
        };
        drop(inside);
        if succeeded(status) {
            // SAFETY: the caller's promise.
            unsafe { (*request).DATA.SET_INFORMATION.BytesRead = length as u32 };
        }
        Some(status)
    }
}

/// At most DISPATCH_LEVEL: ends a request early, if it can.
pub(in crate::ndis) unsafe extern "win64" fn NdisCancelOidRequest(handle: NDIS_HANDLE, id: PVOID) {
    let thread = thread::enter("NdisCancelOidRequest", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    let binding = ndis.binding(handle, "NdisCancelOidRequest");
    binding.lower.cancel_request(id);
}

/// At most DISPATCH_LEVEL. A copy of a request, with the same buffer, to send on.
pub(in crate::ndis) unsafe extern "win64" fn NdisAllocateCloneOidRequest(
    source: NDIS_HANDLE,
    request: *mut NDIS_OID_REQUEST,
    tag: u32,
    clone: *mut *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    let thread = thread::enter("NdisAllocateCloneOidRequest", DISPATCH_LEVEL);
    if !thread.machine.ndis.is_handle(source) {
        violation("NDIS-OID-01", "a clone for a handle that NDIS did not give");
    }
    if crate::sched::fails("NdisAllocateCloneOidRequest") {
        return NDIS_STATUS_RESOURCES;
    }
    let memory = thread.machine.pool.allocate(Memory {
        size: size_of::<NDIS_OID_REQUEST>(),
        tag,
        caller: crate::pool::KERNEL,
        zeroed: true,
    });
    if memory.is_null() {
        return NDIS_STATUS_RESOURCES;
    }
    // SAFETY: fresh memory of that size; the driver's request, of which no more is copied than it has.
    unsafe {
        let size = usize::from((*request).Header.Size).min(size_of::<NDIS_OID_REQUEST>());
        std::ptr::copy_nonoverlapping(request.cast::<u8>(), memory, size);
        clone.write(memory.cast());
    }
    thread
        .machine
        .ndis
        .oid_clones
        .lock()
        .insert(memory as usize);
    NDIS_STATUS_SUCCESS
}

/// At most DISPATCH_LEVEL. Once, and not while it pends.
pub(in crate::ndis) unsafe extern "win64" fn NdisFreeCloneOidRequest(
    _source: NDIS_HANDLE,
    request: *mut NDIS_OID_REQUEST,
) {
    let thread = thread::enter("NdisFreeCloneOidRequest", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    if !ndis.oid_clones.lock().remove(&(request as usize)) {
        violation("NDIS-OID-01", "NdisFreeCloneOidRequest of what is no clone");
    }
    let pends = |b: &Arc<Binding>| {
        b.inside()
            .requests
            .iter()
            .any(|(other, _)| *other == request as usize)
    };
    if ndis.bindings.lock().iter().any(pends) {
        violation(
            "NDIS-OID-01",
            "a clone of a request is freed while it pends",
        );
    }
    thread.machine.pool.free(request as usize, 0, 0);
}
