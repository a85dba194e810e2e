//! The adapter's functions.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::callback::{connect_event, cq_notification};
use super::pending::{create, request};
use super::record::{Kind, Record};
use super::wrap::plain;
use crate::bridge;
use crate::thread;
use crate::wdm::{DISPATCH_LEVEL, PASSIVE_LEVEL};

/// The adapter's record and the provider's table.
fn enter(
    adapter: *mut NDK_ADAPTER,
    name: &'static str,
) -> (&'static Record, &'static NDK_ADAPTER_DISPATCH) {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    let record = Record::of(adapter.cast(), Kind::Adapter, name);
    (record, record.provider())
}

/// PASSIVE_LEVEL: NDK-ADP-02.
pub(super) unsafe extern "win64" fn query_adapter_info(
    adapter: *mut NDK_ADAPTER,
    info: *mut NDK_ADAPTER_INFO,
    size: *mut u32,
) -> NTSTATUS {
    let _ = thread::enter("NdkQueryAdapterInfo", PASSIVE_LEVEL);
    let (_, provider) = enter(adapter, "NdkQueryAdapterInfo");
    bridge::callback("NdkQueryAdapterInfo", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe { provider.NdkQueryAdapterInfo.expect("seen to be filled")(adapter, info, size) }
    })
}

pub(super) unsafe extern "win64" fn create_cq(
    adapter: *mut NDK_ADAPTER,
    depth: u32,
    notification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    notification_context: PVOID,
    affinity: PGROUP_AFFINITY,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_CQ,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkCreateCq");
    let cq = Record::new(record.machine, Kind::Cq, &[record]);
    cq.callback.store(
        notification.map_or(0, |callback| callback as usize),
        Ordering::Release,
    );
    cq.context.store(notification_context, Ordering::Release);
    create(
        "NdkCreateCq",
        record,
        cq,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled; the callbacks are the OS's own.
            unsafe {
                let slot = provider.NdkCreateCq.expect("seen to be filled");
                slot(
                    adapter,
                    depth,
                    Some(cq_notification),
                    cq.as_context(),
                    affinity,
                    completion,
                    context,
                    out,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_pd(
    adapter: *mut NDK_ADAPTER,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_PD,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkCreatePd");
    let pd = Record::new(record.machine, Kind::Pd, &[record]);
    create(
        "NdkCreatePd",
        record,
        pd,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkCreatePd.expect("seen to be filled")(adapter, completion, context, out)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_shared_endpoint(
    adapter: *mut NDK_ADAPTER,
    address: *const SOCKADDR,
    length: u32,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_SHARED_ENDPOINT,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkCreateSharedEndpoint");
    let endpoint = Record::new(record.machine, Kind::SharedEndpoint, &[record]);
    create(
        "NdkCreateSharedEndpoint",
        record,
        endpoint,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                let slot = provider.NdkCreateSharedEndpoint.expect("seen to be filled");
                slot(adapter, address, length, completion, context, out)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_connector(
    adapter: *mut NDK_ADAPTER,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_CONNECTOR,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkCreateConnector");
    let connector = Record::new(record.machine, Kind::Connector, &[record]);
    create(
        "NdkCreateConnector",
        record,
        connector,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkCreateConnector.expect("seen to be filled")(
                    adapter, completion, context, out,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn create_listener(
    adapter: *mut NDK_ADAPTER,
    event: NDK_FN_CONNECT_EVENT_CALLBACK,
    event_context: PVOID,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_LISTENER,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkCreateListener");
    let listener = Record::new(record.machine, Kind::Listener, &[record]);
    listener.callback.store(
        event.map_or(0, |callback| callback as usize),
        Ordering::Release,
    );
    listener.context.store(event_context, Ordering::Release);
    create(
        "NdkCreateListener",
        record,
        listener,
        completion,
        context,
        out,
        |completion, context, out| {
            // SAFETY: the provider's slot, seen to be filled; the callback is the OS's own.
            unsafe {
                let slot = provider.NdkCreateListener.expect("seen to be filled");
                slot(
                    adapter,
                    Some(connect_event),
                    listener.as_context(),
                    completion,
                    context,
                    out,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn build_lam(
    adapter: *mut NDK_ADAPTER,
    mdl: PMDL,
    length: usize,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
    lam: *mut NDK_LOGICAL_ADDRESS_MAPPING,
    size: *mut u32,
    fbo: *mut u32,
) -> NTSTATUS {
    let (record, provider) = enter(adapter, "NdkBuildLAM");
    request(
        "NdkBuildLAM",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
            unsafe {
                let slot = provider.NdkBuildLAM.expect("seen to be filled");
                slot(
                    adapter,
                    mdl,
                    length as _,
                    completion,
                    context,
                    lam,
                    size,
                    fbo,
                )
            }
        },
    )
}

plain! {
    release_lam: Adapter, NDK_ADAPTER, NDK_ADAPTER_DISPATCH, NdkReleaseLAM,
        (lam: *mut NDK_LOGICAL_ADDRESS_MAPPING) -> ();
}
