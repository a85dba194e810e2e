//! The protection domain's functions.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::callback::srq_notification;
use super::pending::create;
use super::record::{Kind, Record};
use super::wrap::plain;
use crate::thread;
use crate::wdm::DISPATCH_LEVEL;

fn enter(pd: *mut NDK_PD, name: &'static str) -> (&'static Record, &'static NDK_PD_DISPATCH) {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    let record = Record::of(pd.cast(), Kind::Pd, name);
    (record, record.provider())
}

pub(super) unsafe extern "win64" fn create_mr(
    pd: *mut NDK_PD,
    fast: u8,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_MR,
) -> NTSTATUS {
    let (record, provider) = enter(pd, "NdkCreateMr");
    let mr = Record::new(record.machine, Kind::Mr, &[record]);
    create(
        "NdkCreateMr",
        record,
        mr,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkCreateMr.expect("seen to be filled")(pd, fast, completion, context, out)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_mw(
    pd: *mut NDK_PD,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_MW,
) -> NTSTATUS {
    let (record, provider) = enter(pd, "NdkCreateMw");
    let mw = Record::new(record.machine, Kind::Mw, &[record]);
    create(
        "NdkCreateMw",
        record,
        mw,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkCreateMw.expect("seen to be filled")(pd, completion, context, out)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_srq(
    pd: *mut NDK_PD,
    depth: u32,
    max_sge: u32,
    threshold: u32,
    notification: NDK_FN_SRQ_NOTIFICATION_CALLBACK,
    notification_context: PVOID,
    affinity: PGROUP_AFFINITY,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_SRQ,
) -> NTSTATUS {
    let (record, provider) = enter(pd, "NdkCreateSrq");
    let srq = Record::new(record.machine, Kind::Srq, &[record]);
    srq.callback.store(
        notification.map_or(0, |callback| callback as usize),
        Ordering::Release,
    );
    srq.context.store(notification_context, Ordering::Release);
    create(
        "NdkCreateSrq",
        record,
        srq,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled; the callback is the OS's own.
            unsafe {
                let slot = provider.NdkCreateSrq.expect("seen to be filled");
                let ours = srq.as_context();
                slot(
                    pd,
                    depth,
                    max_sge,
                    threshold,
                    Some(srq_notification),
                    ours,
                    affinity,
                    completion,
                    context,
                    out,
                )
            }
        },
    )
}

/// A record for a QP that completes to the two CQs.
fn new_qp(
    pd: &'static Record,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
    srq: Option<&'static Record>,
    context: PVOID,
    name: &str,
) -> &'static Record {
    let receive = Record::of(receive_cq.cast(), Kind::Cq, name);
    let initiator = Record::of(initiator_cq.cast(), Kind::Cq, name);
    let mut parents = vec![pd, receive, initiator];
    parents.extend(srq);
    let qp = Record::new(pd.machine, Kind::Qp, &parents);
    qp.receive_cq
        .store(std::ptr::from_ref(receive) as usize, Ordering::Release);
    qp.initiator_cq
        .store(std::ptr::from_ref(initiator) as usize, Ordering::Release);
    qp.context.store(context, Ordering::Release);
    qp.ledger.lock().shared = srq.is_some();
    qp
}

pub(super) unsafe extern "win64" fn create_qp(
    pd: *mut NDK_PD,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
    qp_context: PVOID,
    receive_depth: u32,
    initiator_depth: u32,
    receive_sge: u32,
    initiator_sge: u32,
    inline_size: u32,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_QP,
) -> NTSTATUS {
    let (record, provider) = enter(pd, "NdkCreateQp");
    let qp = new_qp(
        record,
        receive_cq,
        initiator_cq,
        None,
        qp_context,
        "NdkCreateQp",
    );
    create(
        "NdkCreateQp",
        record,
        qp,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled; the QP context is the OS's own.
            unsafe {
                provider.NdkCreateQp.expect("seen to be filled")(
                    pd,
                    receive_cq,
                    initiator_cq,
                    qp.as_context(),
                    receive_depth,
                    initiator_depth,
                    receive_sge,
                    initiator_sge,
                    inline_size,
                    completion,
                    context,
                    out,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_qp_with_srq(
    pd: *mut NDK_PD,
    receive_cq: *mut NDK_CQ,
    initiator_cq: *mut NDK_CQ,
    srq: *mut NDK_SRQ,
    qp_context: PVOID,
    initiator_depth: u32,
    initiator_sge: u32,
    inline_size: u32,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_QP,
) -> NTSTATUS {
    let (record, provider) = enter(pd, "NdkCreateQpWithSrq");
    let shared = Record::of(srq.cast(), Kind::Srq, "NdkCreateQpWithSrq");
    let qp = new_qp(
        record,
        receive_cq,
        initiator_cq,
        Some(shared),
        qp_context,
        "NdkCreateQpWithSrq",
    );
    create(
        "NdkCreateQpWithSrq",
        record,
        qp,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled; the QP context is the OS's own.
            unsafe {
                provider.NdkCreateQpWithSrq.expect("seen to be filled")(
                    pd,
                    receive_cq,
                    initiator_cq,
                    srq,
                    qp.as_context(),
                    initiator_depth,
                    initiator_sge,
                    inline_size,
                    completion,
                    context,
                    out,
                )
            }
        },
    )
}

plain! {
    get_privileged_token: Pd, NDK_PD, NDK_PD_DISPATCH, NdkGetPrivilegedMemoryRegionToken,
        (token: *mut u32) -> ();
}
