//! An OID request, from NDIS's structure to a decision and back.

use core::slice;

use super::oid;
use crate::ndis::upper::{Input, Miniport, Refusal};
use crate::nt::{Ref, trace};
use crate::sys::{
    self, NDIS_OID_REQUEST, NDIS_OID_REQUEST_QUERY, NDIS_STATUS, NDIS_STATUS_INVALID_DATA,
    NDIS_STATUS_INVALID_LENGTH, NDIS_STATUS_INVALID_PARAMETER, NDIS_STATUS_LOW_POWER_STATE,
    NDIS_STATUS_MULTICAST_FULL, NDIS_STATUS_NOT_ACCEPTED, NDIS_STATUS_NOT_SUPPORTED,
    NDIS_STATUS_RESOURCES, NDIS_STATUS_SUCCESS,
};

/// Answers a request at once (NDIS-OID-02).
///
/// # Safety
/// `request` is one NDIS passes in this call.
pub(super) unsafe fn answer(
    miniport: &Ref<Miniport>,
    request: *mut NDIS_OID_REQUEST,
) -> NDIS_STATUS {
    // SAFETY: the caller's promise.
    let Some(request) = (unsafe { request.as_mut() }) else {
        return NDIS_STATUS_INVALID_PARAMETER;
    };
    // SAFETY: queries and sets are laid out alike: OID, buffer, its length, bytes done, needed.
    let data = unsafe { &mut request.DATA.QUERY_INFORMATION };
    data.BytesWritten = 0;
    data.BytesNeeded = 0;
    let result = match request.RequestType {
        sys::NdisRequestQueryInformation | sys::NdisRequestQueryStatistics => query(miniport, data),
        sys::NdisRequestSetInformation => set(miniport, data),
        // Methods, and kinds that never reach a miniport.
        _ => Err(Refusal::NotSupported),
    };
    let status = match result {
        Ok(()) => NDIS_STATUS_SUCCESS,
        Err(refusal) => status(refusal, data),
    };
    let set = request.RequestType == sys::NdisRequestSetInformation;
    trace::request(data.Oid, set, status);
    status
}

fn query(miniport: &Ref<Miniport>, data: &mut NDIS_OID_REQUEST_QUERY) -> Result<(), Refusal> {
    let oid = oid::find(data.Oid);
    miniport.answers(oid)?;
    #[cfg(feature = "chimney")]
    // SAFETY: NDIS owns a buffer of this length and lends it for the call.
    if let Some(done) = super::chimney::query(miniport, data.Oid, unsafe { buffer(data) }) {
        data.BytesWritten = count(done?);
        return Ok(());
    }
    let reply = miniport.query(oid.ok_or(Refusal::NotSupported)?)?;
    // SAFETY: NDIS owns a buffer of this length and lends it for the call.
    let written = oid::write(&reply, unsafe { buffer(data) })?;
    data.BytesWritten = count(written.bytes);
    data.BytesNeeded = count(written.needed);
    Ok(())
}

fn set(miniport: &Ref<Miniport>, data: &mut NDIS_OID_REQUEST_QUERY) -> Result<(), Refusal> {
    let oid = oid::find(data.Oid);
    miniport.answers(oid)?;
    #[cfg(feature = "chimney")]
    // SAFETY: NDIS owns a buffer of this length and lends it for the call.
    if let Some(done) = super::chimney::set(miniport, data.Oid, unsafe { buffer(data) }) {
        data.BytesWritten = count(done?);
        return Ok(());
    }
    let oid = oid.ok_or(Refusal::NotSupported)?;
    // SAFETY: NDIS owns a buffer of this length and lends it for the call.
    let read = Miniport::set(miniport, oid, &Input(unsafe { buffer(data) }))?;
    // `BytesRead` of a set.
    data.BytesWritten = count(read);
    Ok(())
}

/// # Safety
/// The buffer is valid for its length, and nobody else uses it, for `'a`.
unsafe fn buffer<'a>(data: &NDIS_OID_REQUEST_QUERY) -> &'a mut [u8] {
    if data.InformationBuffer.is_null() {
        return &mut [];
    }
    let length = data.InformationBufferLength as usize;
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts_mut(data.InformationBuffer.cast(), length) }
}

fn status(refusal: Refusal, data: &mut NDIS_OID_REQUEST_QUERY) -> NDIS_STATUS {
    match refusal {
        Refusal::NotSupported => NDIS_STATUS_NOT_SUPPORTED,
        Refusal::Length(needed) => {
            data.BytesNeeded = count(needed);
            NDIS_STATUS_INVALID_LENGTH
        }
        Refusal::Data => NDIS_STATUS_INVALID_DATA,
        Refusal::Parameter => NDIS_STATUS_INVALID_PARAMETER,
        Refusal::MulticastFull => NDIS_STATUS_MULTICAST_FULL,
        Refusal::Resources => NDIS_STATUS_RESOURCES,
        Refusal::Removed => NDIS_STATUS_NOT_ACCEPTED,
        Refusal::Asleep => NDIS_STATUS_LOW_POWER_STATE,
    }
}

fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
