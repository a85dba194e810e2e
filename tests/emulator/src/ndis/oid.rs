//! OID requests: serialised per adapter, as NDIS does it; direct ones are not. NDIS-OID-01..08.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use softrnic::sys::*;

use super::adapter::Adapter;
use super::miniport::LifeState;
use super::slot::Slot;
use crate::bridge;
use crate::processor::{lower, raise};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// NDIS-OID-03.
const LIMIT: Duration = Duration::from_secs(12);
/// Bytes behind every buffer that a driver must not touch.
const GUARD: usize = 16;
const GUARD_BYTE: u8 = 0xA5;

/// NDIS-OID-04: a change of power, and what takes something away.
const ENDS_WELL: [u32; 4] = [
    OID_PNP_SET_POWER,
    OID_PM_REMOVE_PROTOCOL_OFFLOAD,
    OID_PM_REMOVE_WOL_PATTERN,
    OID_PNP_REMOVE_WAKE_UP_PATTERN,
];

thread_local! {
    /// MiniportOidRequest calls on this stack.
    static INSIDE: Cell<u32> = const { Cell::new(0) };
}

/// Whether the caller runs inside MiniportOidRequest.
pub(crate) fn is_inside() -> bool {
    INSIDE.get() > 0
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidAnswer {
    pub status: NDIS_STATUS,
    /// Bytes written by a query, read by a set.
    pub bytes: u32,
    pub needed: u32,
    /// What a query wrote: `bytes` long.
    pub data: Vec<u8>,
}

impl OidAnswer {
    /// The answer as an integer of its length.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self.data.len() {
            4 => Some(u32::from_le_bytes(self.data[..].try_into().ok()?).into()),
            8 => Some(u64::from_le_bytes(self.data[..].try_into().ok()?)),
            _ => None,
        }
    }
}

impl Adapter {
    /// Queries with a buffer of `length` bytes.
    pub fn oid_query(&self, oid: u32, length: usize) -> OidAnswer {
        self.oid(NdisRequestQueryInformation, oid, vec![0; length], false)
    }

    pub fn oid_set(&self, oid: u32, data: &[u8]) -> OidAnswer {
        self.oid(NdisRequestSetInformation, oid, data.to_vec(), false)
    }

    /// Through the direct path, at DISPATCH_LEVEL: NDIS-OID-06.
    pub fn direct_oid_query(&self, oid: u32, length: usize) -> OidAnswer {
        self.oid(NdisRequestQueryInformation, oid, vec![0; length], true)
    }

    /// Cancels the requests with this id, by either path: there may be none, or no more (NDIS-OID-05).
    pub fn cancel_oids(&self, id: PVOID) {
        let handlers = self.driver_handlers();
        let cancel = [
            handlers.CancelOidRequestHandler,
            handlers.CancelDirectOidRequestHandler,
        ];
        for handler in cancel.into_iter().flatten() {
            bridge::callback("MiniportCancelOidRequest", || {
                // SAFETY: the driver's handler, called as documented.
                unsafe { handler(self.miniport.context(), id) }
            });
        }
    }

    fn oid(&self, kind: NDIS_REQUEST_TYPE, oid: u32, data: Vec<u8>, direct: bool) -> OidAnswer {
        let state = self.miniport.life();
        assert!(
            !matches!(state, LifeState::Halted | LifeState::Initializing),
            "an OID on an adapter that is {state:?}"
        );
        let mut request = Request::new(kind, oid, data);
        let status = if direct {
            self.run_direct(&mut request)
        } else {
            self.run(&mut request)
        };
        request.answer(status)
    }

    fn run(&self, request: &mut Request) -> NDIS_STATUS {
        let miniport = &self.miniport;
        let _turn = miniport.oid_turn.take();
        let Some(handler) = miniport.driver.handlers.OidRequestHandler else {
            return NDIS_STATUS_FAILURE;
        };
        miniport.oid.open();
        let ndk = request.ndk_state();
        if ndk == Some(true) {
            miniport.ask_ndk(true);
        }
        INSIDE.set(INSIDE.get() + 1);
        let answer = bridge::callback("MiniportOidRequest", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), &raw mut *request.packet) }
        });
        INSIDE.set(INSIDE.get() - 1);
        if ndk == Some(false) {
            miniport.ask_ndk(false);
        }
        if ndk.is_some() && answer == NDIS_STATUS_PENDING {
            violation(
                "NDK-NDIS-05",
                "OID_NDK_SET_STATE was answered with NDIS_STATUS_PENDING",
            );
        }
        let status = miniport.oid.finish(
            answer,
            &request.name(),
            "NDIS-OID-02",
            ("NDIS-OID-03", LIMIT),
        );
        let allowed = [
            NDIS_STATUS_SUCCESS,
            NDIS_STATUS_NOT_ACCEPTED,
            NDIS_STATUS_REQUEST_ABORTED,
        ];
        let is_set = request.packet.RequestType == NdisRequestSetInformation;
        if is_set && ENDS_WELL.contains(&request.oid) && !allowed.contains(&status) {
            violation(
                "NDIS-OID-04",
                &format!("{} ended with {status:#x}", request.name()),
            );
        }
        status
    }

    /// A request that somebody else made.
    pub(super) fn run_foreign(&self, packet: *mut NDIS_OID_REQUEST) -> NDIS_STATUS {
        let miniport = &self.miniport;
        let _turn = miniport.oid_turn.take();
        let Some(handler) = miniport.driver.handlers.OidRequestHandler else {
            return NDIS_STATUS_FAILURE;
        };
        miniport.oid.open();
        INSIDE.set(INSIDE.get() + 1);
        let answer = bridge::callback("MiniportOidRequest", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), packet) }
        });
        INSIDE.set(INSIDE.get() - 1);
        let late = ("NDIS-OID-03", LIMIT);
        miniport.oid.finish(answer, "an OID", "NDIS-OID-02", late)
    }

    fn run_direct(&self, request: &mut Request) -> NDIS_STATUS {
        let miniport = &self.miniport;
        let Some(handler) = miniport.driver.handlers.DirectOidRequestHandler else {
            return NDIS_STATUS_NOT_SUPPORTED;
        };
        let slot = Arc::new(Slot::default());
        slot.open();
        let packet = &raw mut *request.packet;
        miniport
            .direct
            .lock()
            .push((packet as usize, Arc::clone(&slot)));
        let thread = thread::current();
        let old = raise(thread, DISPATCH_LEVEL);
        let answer = bridge::callback("MiniportDirectOidRequest", || {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(miniport.context(), packet) }
        });
        lower(thread, old);
        let status = slot.finish(
            answer,
            &request.name(),
            "NDIS-OID-02",
            ("NDIS-OID-03", LIMIT),
        );
        miniport
            .direct
            .lock()
            .retain(|(other, _)| *other != packet as usize);
        status
    }
}

/// One request with its buffer.
pub(super) struct Request {
    oid: u32,
    packet: Box<NDIS_OID_REQUEST>,
    buffer: Vec<u8>,
    length: usize,
}

impl Request {
    pub(super) fn new(kind: NDIS_REQUEST_TYPE, oid: u32, data: Vec<u8>) -> Self {
        let length = data.len();
        let mut buffer = data;
        buffer.extend_from_slice(&[GUARD_BYTE; GUARD]);
        let mut packet = Box::new(NDIS_OID_REQUEST::default());
        packet.Header = NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_OID_REQUEST,
            Revision: NDIS_OID_REQUEST_REVISION_2,
            Size: NDIS_SIZEOF_OID_REQUEST_REVISION_2,
        };
        packet.RequestType = kind;
        let place = if length == 0 {
            std::ptr::null_mut()
        } else {
            buffer.as_mut_ptr().cast()
        };
        // Query and set have one layout.
        packet.DATA.QUERY_INFORMATION = NDIS_OID_REQUEST_QUERY {
            Oid: oid,
            InformationBuffer: place,
            InformationBufferLength: length as u32,
            BytesWritten: 0,
            BytesNeeded: 0,
        };
        Self {
            oid,
            packet,
            buffer,
            length,
        }
    }

    /// Valid as long as the request is.
    pub(super) fn packet(&mut self) -> *mut NDIS_OID_REQUEST {
        &raw mut *self.packet
    }

    /// What an OID_NDK_SET_STATE asks for.
    fn ndk_state(&self) -> Option<bool> {
        let set = self.oid == OID_NDK_SET_STATE
            && self.packet.RequestType == NdisRequestSetInformation
            && self.length > 0;
        set.then(|| self.buffer[0] != 0)
    }

    fn name(&self) -> String {
        format!("OID {:#x}", self.oid)
    }

    fn answer(mut self, status: NDIS_STATUS) -> OidAnswer {
        // SAFETY: query and set have one layout, written above.
        let result = unsafe { self.packet.DATA.QUERY_INFORMATION };
        if self.buffer[self.length..]
            .iter()
            .any(|&byte| byte != GUARD_BYTE)
        {
            violation(
                "NDIS-OID-07",
                &format!(
                    "{} wrote behind its buffer of {} bytes",
                    self.name(),
                    self.length
                ),
            );
        }
        let bytes = result.BytesWritten;
        if bytes as usize > self.length {
            violation(
                "NDIS-OID-07",
                &format!(
                    "{} says {bytes} bytes of a buffer of {}",
                    self.name(),
                    self.length
                ),
            );
        }
        if status == NDIS_STATUS_NOT_SUPPORTED && bytes != 0 {
            violation(
                "NDIS-OID-UNKNOWN",
                &format!("{} is not supported and says {bytes} bytes", self.name()),
            );
        }
        let short = matches!(
            status,
            NDIS_STATUS_BUFFER_TOO_SHORT | NDIS_STATUS_INVALID_LENGTH
        );
        if short && result.BytesNeeded == 0 {
            violation(
                "NDK-OID-05",
                &format!("{} fails for its length without BytesNeeded", self.name()),
            );
        }
        self.buffer.truncate(bytes as usize);
        OidAnswer {
            status,
            bytes,
            needed: result.BytesNeeded,
            data: self.buffer,
        }
    }
}

/// At most DISPATCH_LEVEL: ends a request that returned PENDING.
pub(super) unsafe extern "win64" fn NdisMOidRequestComplete(
    handle: NDIS_HANDLE,
    _request: *mut NDIS_OID_REQUEST,
    status: NTSTATUS,
) {
    let thread = thread::enter("NdisMOidRequestComplete", DISPATCH_LEVEL);
    let adapter = thread
        .machine
        .ndis
        .adapter(handle, "NdisMOidRequestComplete");
    if !adapter.oid.complete(status) {
        violation(
            "NDIS-OID-02",
            "NdisMOidRequestComplete without a request that pends",
        );
    }
}

/// At most DISPATCH_LEVEL: ends a direct request that returned PENDING.
pub(super) unsafe extern "win64" fn NdisMDirectOidRequestComplete(
    handle: NDIS_HANDLE,
    request: *mut NDIS_OID_REQUEST,
    status: NTSTATUS,
) {
    let thread = thread::enter("NdisMDirectOidRequestComplete", DISPATCH_LEVEL);
    let adapter = thread
        .machine
        .ndis
        .adapter(handle, "NdisMDirectOidRequestComplete");
    let direct = adapter.direct.lock();
    let slot = direct
        .iter()
        .find(|(packet, _)| *packet == request as usize)
        .map(|(_, slot)| Arc::clone(slot));
    drop(direct);
    if !slot.is_some_and(|slot| slot.complete(status)) {
        violation(
            "NDIS-OID-02",
            "NdisMDirectOidRequestComplete without a request that pends",
        );
    }
}
