//! What the NIC can have offloaded, and what TCP/IP asks about that: passed on as it is, and only
//! while the NIC is there.

use core::slice;

use super::header;
use crate::ndis::{
    dispatch::Ends,
    lower::Binding,
    pair::Pair,
    upper::{Miniport, Refusal},
};
use crate::nt::Ref;
use crate::sys;

/// NDIS's functions for miniports, copied from its table.
#[derive(Clone, Copy)]
pub(in crate::ndis) struct Handlers(pub(super) sys::NDIS_TCP_OFFLOAD_EVENT_HANDLERS);

/// An `NDIS_TCP_CONNECTION_OFFLOAD`.
#[derive(Clone, Copy)]
pub(in crate::ndis) struct Capability(sys::NDIS_TCP_CONNECTION_OFFLOAD);

impl PartialEq for Capability {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Capability {
    /// Of an adapter that can have nothing offloaded.
    pub(in crate::ndis) fn none() -> Self {
        Self(sys::NDIS_TCP_CONNECTION_OFFLOAD {
            Header: header(
                sys::NDIS_OBJECT_TYPE_DEFAULT,
                sys::NDIS_TCP_CONNECTION_OFFLOAD_REVISION_2,
                sys::NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_2,
            ),
            ..Default::default()
        })
    }

    /// From what NDIS says of a NIC.
    ///
    /// # Safety
    /// `said` is null or points to such a structure.
    pub(in crate::ndis::dispatch) unsafe fn read(said: sys::PVOID) -> Self {
        let said = said.cast::<sys::NDIS_TCP_CONNECTION_OFFLOAD>();
        if said.is_null() {
            return Self::none();
        }
        // SAFETY: the caller's promise; every revision has this size.
        Self(unsafe { said.read_unaligned() })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: a header and `u32`s without gaps.
        unsafe { slice::from_raw_parts((&raw const self.0).cast(), size_of_val(&self.0)) }
    }

    /// Tells TCP/IP. The caller knows that the adapter is there (NDIS-STAT-02).
    pub(in crate::ndis) fn tell(self, ends: &Ends) {
        let mut said = self.0;
        let buffer = (&raw mut said).cast();
        let code = sys::NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES;
        // SAFETY: the adapter is there (caller), and the buffer is of that length.
        unsafe { indicate(ends, code, buffer, size_of_val(&said) as u32) };
    }
}

/// TCP/IP is to take back what it had offloaded, all of it. The caller knows that the adapter is
/// there.
pub(in crate::ndis) fn ask_upload(ends: &Ends) {
    // SAFETY: the adapter is there (caller); no buffer.
    unsafe { indicate(ends, sys::NDIS_STATUS_UPLOAD_ALL, core::ptr::null_mut(), 0) };
}

/// # Safety
/// The adapter is there, and the buffer valid for its length.
unsafe fn indicate(ends: &Ends, code: sys::NDIS_STATUS, buffer: sys::PVOID, length: u32) {
    let mut indication = sys::NDIS_STATUS_INDICATION {
        Header: header(
            sys::NDIS_OBJECT_TYPE_STATUS_INDICATION,
            sys::NDIS_STATUS_INDICATION_REVISION_1,
            sys::NDIS_SIZEOF_STATUS_INDICATION_REVISION_1,
        ),
        SourceHandle: ends.adapter(),
        StatusCode: code,
        StatusBuffer: buffer,
        StatusBufferSize: length,
        ..Default::default()
    };
    // SAFETY: the caller's promise.
    unsafe { sys::NdisMIndicateStatusEx(ends.adapter(), &raw mut indication) };
}

/// What the NIC says of its offloads, if it does.
///
/// # Safety
/// `indication` is one NDIS passes in this call, on this binding.
pub(in crate::ndis::dispatch) unsafe fn hear(
    binding: &Binding,
    indication: &sys::NDIS_STATUS_INDICATION,
) {
    let pair = binding.pair();
    match indication.StatusCode {
        sys::NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES => {
            let whole = indication.StatusBufferSize as usize
                >= size_of::<sys::NDIS_TCP_CONNECTION_OFFLOAD>();
            if whole {
                // SAFETY: NDIS lends a buffer of that length for the call.
                Pair::set_capability(pair, unsafe { Capability::read(indication.StatusBuffer) });
            }
        }
        code @ (sys::NDIS_STATUS_UPLOAD_ALL
        | sys::NDIS_STATUS_OFFLOAD_PAUSE
        | sys::NDIS_STATUS_OFFLOAD_RESUME) => {
            if let Some(_inside) = pair.hears() {
                // SAFETY: the adapter is there meanwhile; none of them has a buffer.
                unsafe { indicate(pair.ends(), code, core::ptr::null_mut(), 0) };
            }
        }
        _ => {}
    }
}

/// What TCP/IP sets for the connections it will have offloaded: for the NIC, and not read here.
#[derive(Clone, Copy)]
pub(in crate::ndis) struct Parameters {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Parameters {
    /// More than any revision of `NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS` has.
    const MOST: usize = 128;

    fn read(given: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MOST];
        bytes.get_mut(..given.len())?.copy_from_slice(given);
        let length = given.len();
        Some(Self { bytes, length })
    }

    pub(in crate::ndis) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Answers a query about offloaded connections; `None` for every other.
pub(in crate::ndis::dispatch) fn query(
    miniport: &Miniport,
    oid: u32,
    to: &mut [u8],
) -> Option<Result<usize, Refusal>> {
    let asked = [
        sys::OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG,
        sys::OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES,
    ];
    if !asked.contains(&oid) {
        return None;
    }
    let capability = miniport.pair().capability();
    if capability == Capability::none() {
        return Some(Err(Refusal::NotSupported));
    }
    let bytes = capability.bytes();
    let room = to.get_mut(..bytes.len());
    Some(room.ok_or(Refusal::Length(bytes.len())).map(|room| {
        room.copy_from_slice(bytes);
        bytes.len()
    }))
}

/// Takes what TCP/IP sets; the adapter's thread gives it to the NIC. `None` for every other request.
pub(in crate::ndis::dispatch) fn set(
    miniport: &Ref<Miniport>,
    oid: u32,
    given: &[u8],
) -> Option<Result<usize, Refusal>> {
    if oid != sys::OID_TCP_CONNECTION_OFFLOAD_PARAMETERS {
        return None;
    }
    if miniport.pair().capability() == Capability::none() {
        return Some(Err(Refusal::NotSupported));
    }
    let Some(parameters) = Parameters::read(given) else {
        return Some(Err(Refusal::Data));
    };
    Pair::set_parameters(miniport.pair_of_mine(), parameters);
    Some(Ok(given.len()))
}
