//! Entry points of the queue pair: posting and flushing.
//!
//! NDK-POST-23: all of this runs at `DISPATCH_LEVEL` and below; nothing allocates or waits. A post
//! may run the connection, and with it completion callbacks in which the consumer closes the queue
//! pair, so each call holds it.

use core::ffi::c_void;
use core::slice;

use super::management::{bind, fast_register, invalidate};
use super::{bytes, close, hold, query_extension};
use crate::ndk::object::Face;
use crate::ndk::qp::{Qp, Request};
use crate::nt::Status;
use crate::rdma::{Flags, Op, Payload, PostError, Remote, Sge, SgeList, Stag};
use crate::sys::{
    NDK_OBJECT_TYPE, NDK_OP_FLAG_DEFER, NDK_OP_FLAG_INLINE, NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE,
    NDK_OP_FLAG_READ_FENCE, NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT, NDK_OP_FLAG_SILENT_SUCCESS, NDK_QP,
    NDK_QP_DISPATCH, NDK_SGE, NTSTATUS, NdkObjectTypeQp,
};

impl Face for Qp {
    const TYPE: NDK_OBJECT_TYPE = NdkObjectTypeQp;
    type Dispatch = NDK_QP_DISPATCH;
    const TABLE: &'static NDK_QP_DISPATCH = &TABLE;
}

static TABLE: NDK_QP_DISPATCH = NDK_QP_DISPATCH {
    NdkCloseQp: Some(close::<Qp>),
    NdkQueryExtension: Some(query_extension),
    NdkFlush: Some(flush),
    NdkSend: Some(send),
    NdkReceive: Some(receive),
    NdkBind: Some(bind),
    NdkFastRegister: Some(fast_register),
    NdkInvalidate: Some(invalidate),
    NdkRead: Some(read),
    NdkWrite: Some(write),
    NdkSendAndInvalidate: Some(send_and_invalidate),
};

unsafe extern "win64" fn flush(qp: *mut NDK_QP) {
    // SAFETY: the caller.
    if let Some(qp) = unsafe { hold::<Qp, _>(qp) } {
        qp.flush();
    }
}

unsafe extern "win64" fn send(
    qp: *mut NDK_QP,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
    flags: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    unsafe { initiate(qp, context, Op::Send, sgl, count, flags) }
}

unsafe extern "win64" fn send_and_invalidate(
    qp: *mut NDK_QP,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
    flags: u32,
    token: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    unsafe {
        initiate(
            qp,
            context,
            Op::SendAndInvalidate(Stag(token)),
            sgl,
            count,
            flags,
        )
    }
}

unsafe extern "win64" fn write(
    qp: *mut NDK_QP,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
    address: u64,
    token: u32,
    flags: u32,
) -> NTSTATUS {
    // NDK-POST-29: host byte order, token as the consumer's protocol carried it.
    let op = Op::Write(Remote {
        address,
        token: Stag(token),
    });
    // SAFETY: the caller.
    unsafe { initiate(qp, context, op, sgl, count, flags) }
}

unsafe extern "win64" fn read(
    qp: *mut NDK_QP,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
    address: u64,
    token: u32,
    flags: u32,
) -> NTSTATUS {
    let op = Op::Read(Remote {
        address,
        token: Stag(token),
    });
    // A read has no bytes to carry inline: the flag is not among its own.
    let flags = flags & !NDK_OP_FLAG_INLINE;
    // SAFETY: the caller.
    unsafe { initiate(qp, context, op, sgl, count, flags) }
}

unsafe extern "win64" fn receive(
    qp: *mut NDK_QP,
    context: *mut c_void,
    sgl: *const NDK_SGE,
    count: u32,
) -> NTSTATUS {
    // SAFETY: the caller.
    let Some(qp) = (unsafe { hold::<Qp, _>(qp) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    // SAFETY: the caller; copied before the call ends (NDK-FR-07).
    let sgl = unsafe { entries(sgl, count) };
    qp.receive(context as u64, |list| gather(list, sgl))
        .to_raw()
}

/// Posts an initiator request.
///
/// # Safety
/// `qp` is an open queue pair; `sgl` has `count` entries; with INLINE their addresses are readable.
unsafe fn initiate(
    qp: *mut NDK_QP,
    context: *mut c_void,
    op: Op,
    sgl: *const NDK_SGE,
    count: u32,
    flags: u32,
) -> NTSTATUS {
    // SAFETY: the caller's promise.
    let Some(qp) = (unsafe { hold::<Qp, _>(qp) }) else {
        return Status::CONNECTION_INVALID.to_raw();
    };
    // SAFETY: the caller's promise; copied before the call ends (NDK-FR-07).
    let sgl = unsafe { entries(sgl, count) };
    let request = Request::new(context as u64, flags);
    if flags & NDK_OP_FLAG_INLINE != 0 {
        // SAFETY: NDK-POST-12: the data is resident until the call returns.
        qp.initiate(request, op, |payload, most| unsafe {
            copy_inline(payload, most, sgl)
        })
        .to_raw()
    } else {
        qp.initiate(request, op, |payload, _| {
            payload.clear();
            match payload {
                Payload::Sges(list) => gather(list, sgl),
                Payload::Inline { .. } => Err(PostError::TooMany),
            }
        })
        .to_raw()
    }
}

impl Request {
    /// What the consumer's arguments say.
    pub(super) fn new(context: u64, flags: u32) -> Self {
        Self {
            context,
            flags: flags_of(flags),
        }
    }
}

/// The flags that matter beyond this call. INLINE is done with when the post returns.
fn flags_of(flags: u32) -> Flags {
    let pairs = [
        (NDK_OP_FLAG_SILENT_SUCCESS, Flags::SILENT),
        (NDK_OP_FLAG_READ_FENCE, Flags::FENCE),
        (NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT, Flags::SOLICITED),
        (NDK_OP_FLAG_DEFER, Flags::DEFER),
        (
            NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE,
            Flags::INVALIDATE_LOCAL,
        ),
    ];
    pairs
        .into_iter()
        .filter(|(bit, _)| flags & bit != 0)
        .map(|(_, flag)| flag)
        .collect()
}

/// The consumer's list, for the call.
///
/// # Safety
/// `sgl`, unless null, has `count` entries that stay until the call ends.
pub(super) unsafe fn entries<'a>(sgl: *const NDK_SGE, count: u32) -> &'a [NDK_SGE] {
    if sgl.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(sgl, count as usize) }
}

/// Copies a list into a request. NDK-SGE addresses are indexes here, never followed (NDK-MR-03).
pub(super) fn gather(list: &mut SgeList, sgl: &[NDK_SGE]) -> Result<(), PostError> {
    list.clear();
    for sge in sgl {
        // SAFETY: both members of the union are 64 bits and valid for any value.
        let address = unsafe { sge.Address.LogicalAddress };
        if !list.push(Sge {
            address,
            length: sge.Length,
            token: Stag(sge.MemoryRegionToken),
        }) {
            return Err(PostError::TooMany);
        }
    }
    Ok(())
}

/// Copies INLINE data into a request. NDK-POST-11: the number of entries does not matter,
/// NDK-POST-12: nor do their tokens; the sum is at most `most`.
///
/// # Safety
/// Every entry's address is readable for its length.
unsafe fn copy_inline(
    payload: &mut Payload,
    most: usize,
    sgl: &[NDK_SGE],
) -> Result<(), PostError> {
    let mut inline = [0; crate::rdma::limits::MAX_INLINE];
    let mut used = 0;
    for sge in sgl {
        // SAFETY: both members of the union are 64 bits and valid for any value.
        let address = unsafe { sge.Address.VirtualAddress };
        let end = used + sge.Length as usize;
        if end > most {
            return Err(PostError::InlineTooLong);
        }
        let Some(room) = inline.get_mut(used..end) else {
            return Err(PostError::InlineTooLong);
        };
        // SAFETY: the caller's promise.
        room.copy_from_slice(
            unsafe { bytes(address, sge.Length) }
                .get(..room.len())
                .ok_or(PostError::TooMany)?,
        );
        used = end;
    }
    *payload = Payload::Inline {
        bytes: inline,
        length: used as u16,
    };
    Ok(())
}
