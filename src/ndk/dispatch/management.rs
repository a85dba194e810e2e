//! Entry points of the requests that change what tokens give access to.

use core::ffi::c_void;
use core::slice;

use super::hold;
use crate::ndk::fast_register;
use crate::ndk::mr::Mr;
use crate::ndk::mw::{self, Mw};
use crate::ndk::object::{self, Face};
use crate::ndk::qp::{Qp, Request};
use crate::nt::Status;
use crate::rdma::Access;
use crate::sys::{
    NDK_MR, NDK_MW, NDK_OBJECT_HEADER, NDK_OP_FLAG_ALLOW_LOCAL_WRITE,
    NDK_OP_FLAG_ALLOW_REMOTE_READ, NDK_OP_FLAG_ALLOW_REMOTE_WRITE, NDK_QP, NTSTATUS,
};

pub(super) unsafe extern "win64" fn fast_register(
    qp: *mut NDK_QP,
    context: *mut c_void,
    mr: *mut NDK_MR,
    page_count: u32,
    pages: *const u64,
    offset: u32,
    length: usize,
    base: *mut c_void,
    flags: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(qp) = (unsafe { hold::<Qp, _>(qp) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    // SAFETY: the caller.
    let Some(mr) = (unsafe { hold::<Mr, _>(mr) }) else {
        return qp.decline(Status::INVALID_PARAMETER).to_raw();
    };
    let pages = if pages.is_null() {
        &[]
    } else {
        // SAFETY: the caller; copied before the call ends (NDK-FR-07).
        unsafe { slice::from_raw_parts(pages, page_count as usize) }
    };
    let ask = fast_register::Ask {
        pages,
        offset,
        length: length as u64,
        base: base as u64,
        access: access_of(flags),
    };
    fast_register::post(&qp, &mr, &ask, Request::new(context as u64, flags)).to_raw()
}

pub(super) unsafe extern "win64" fn bind(
    qp: *mut NDK_QP,
    context: *mut c_void,
    mr: *mut NDK_MR,
    mw: *mut NDK_MW,
    address: *mut c_void,
    length: usize,
    flags: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(qp) = (unsafe { hold::<Qp, _>(qp) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    // SAFETY: the caller.
    let (mr, mw) = unsafe { (hold::<Mr, _>(mr), hold::<Mw, _>(mw)) };
    let (Some(mr), Some(mw)) = (mr, mw) else {
        return qp.decline(Status::INVALID_PARAMETER).to_raw();
    };
    let ask = mw::Ask {
        address: address as u64,
        length: length as u64,
        access: access_of(flags),
    };
    mw::post(&qp, (&mr, &mw), &ask, Request::new(context as u64, flags)).to_raw()
}

pub(super) unsafe extern "win64" fn invalidate(
    qp: *mut NDK_QP,
    context: *mut c_void,
    object: *mut NDK_OBJECT_HEADER,
    flags: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(qp) = (unsafe { hold::<Qp, _>(qp) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    let request = Request::new(context as u64, flags);
    // SAFETY: the caller: an open region or window, or null.
    match unsafe { object::type_of(object) } {
        // SAFETY: the header says that it is one.
        Some(Mr::TYPE) => match unsafe { hold::<Mr, _>(object) } {
            // NDK-FR-13: plain registrations are deregistered.
            Some(mr) if mr.fast().is_some() => qp.invalidate(mr.pd(), mr.token(), request),
            _ => qp.decline(Status::INVALID_PARAMETER),
        },
        // SAFETY: the header says that it is one.
        Some(Mw::TYPE) => match unsafe { hold::<Mw, _>(object) } {
            Some(mw) => qp.invalidate(mw.pd(), mw.token(), request),
            None => qp.decline(Status::INVALID_PARAMETER),
        },
        _ => qp.decline(Status::INVALID_PARAMETER),
    }
    .to_raw()
}

/// NDK-FR-12, NDK-ABI-08: remote write is a mask of two bits and includes local write. NDK-MR-09: a
/// read sink needs no right of its own here.
fn access_of(flags: u32) -> Access {
    let grants = [
        (NDK_OP_FLAG_ALLOW_LOCAL_WRITE, Access::LOCAL_WRITE),
        (NDK_OP_FLAG_ALLOW_REMOTE_READ, Access::REMOTE_READ),
        (NDK_OP_FLAG_ALLOW_REMOTE_WRITE, Access::REMOTE_WRITE),
    ];
    grants
        .into_iter()
        .filter(|(mask, _)| flags & mask == *mask)
        .map(|(_, access)| access)
        .collect()
}
