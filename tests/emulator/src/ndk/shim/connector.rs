//! The connector's functions.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::callback::{disconnect_event, disconnect_event_ex};
use super::pending::{request, request_with};
use super::record::{Kind, Record};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

fn enter(
    connector: *mut NDK_CONNECTOR,
    name: &'static str,
) -> (&'static Record, &'static NDK_CONNECTOR_DISPATCH) {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    let record = Record::of(connector.cast(), Kind::Connector, name);
    (record, record.provider())
}

/// The QP becomes an antecedent of the connector.
fn qp_of(qp: *mut NDK_QP, name: &str) -> Option<&'static Record> {
    Some(Record::of(qp.cast(), Kind::Qp, name))
}

pub(super) unsafe extern "win64" fn connect(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    source: *const SOCKADDR,
    source_length: u32,
    destination: *const SOCKADDR,
    destination_length: u32,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_length: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkConnect");
    request_with(
        "NdkConnect",
        record,
        qp_of(qp, "NdkConnect"),
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
            unsafe {
                provider.NdkConnect.expect("seen to be filled")(
                    connector,
                    qp,
                    source,
                    source_length,
                    destination,
                    destination_length,
                    inbound,
                    outbound,
                    private_data,
                    private_length,
                    completion,
                    context,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn connect_with_shared_endpoint(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    endpoint: *mut NDK_SHARED_ENDPOINT,
    destination: *const SOCKADDR,
    destination_length: u32,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_length: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let name = "NdkConnectWithSharedEndpoint";
    let (record, provider) = enter(connector, name);
    record.add_parent(Record::of(endpoint.cast(), Kind::SharedEndpoint, name));
    request_with(
        name,
        record,
        qp_of(qp, name),
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
            unsafe {
                provider
                    .NdkConnectWithSharedEndpoint
                    .expect("seen to be filled")(
                    connector,
                    qp,
                    endpoint,
                    destination,
                    destination_length,
                    inbound,
                    outbound,
                    private_data,
                    private_length,
                    completion,
                    context,
                )
            }
        },
    )
}

/// Remembers the consumer's disconnect event, whichever kind.
fn remember(record: &Record, event: usize, context: PVOID) {
    record.disconnect.store(event, Ordering::Release);
    record.disconnect_context.store(context, Ordering::Release);
}

pub(super) unsafe extern "win64" fn complete_connect(
    connector: *mut NDK_CONNECTOR,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK,
    event_context: PVOID,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkCompleteConnect");
    remember(
        record,
        event.map_or(0, |event| event as usize),
        event_context,
    );
    let ours: NDK_FN_DISCONNECT_EVENT_CALLBACK = event.map(|_| disconnect_event as _);
    request(
        "NdkCompleteConnect",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled; the event is the OS's own.
            unsafe {
                let slot = provider.NdkCompleteConnect.expect("seen to be filled");
                slot(connector, ours, record.as_context(), completion, context)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn complete_connect_ex(
    connector: *mut NDK_CONNECTOR,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX,
    event_context: PVOID,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkCompleteConnectEx");
    remember(
        record,
        event.map_or(0, |event| event as usize),
        event_context,
    );
    let ours: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX = event.map(|_| disconnect_event_ex as _);
    request(
        "NdkCompleteConnectEx",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled; the event is the OS's own.
            unsafe {
                let slot = provider.NdkCompleteConnectEx.expect("seen to be filled");
                slot(connector, ours, record.as_context(), completion, context)
            }
        },
    )
}

pub(super) unsafe extern "win64" fn accept(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_length: u32,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK,
    event_context: PVOID,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkAccept");
    remember(
        record,
        event.map_or(0, |event| event as usize),
        event_context,
    );
    let ours: NDK_FN_DISCONNECT_EVENT_CALLBACK = event.map(|_| disconnect_event as _);
    request_with(
        "NdkAccept",
        record,
        qp_of(qp, "NdkAccept"),
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled; the event is the OS's own.
            unsafe {
                provider.NdkAccept.expect("seen to be filled")(
                    connector,
                    qp,
                    inbound,
                    outbound,
                    private_data,
                    private_length,
                    ours,
                    record.as_context(),
                    completion,
                    context,
                )
            }
        },
    )
}

pub(super) unsafe extern "win64" fn accept_ex(
    connector: *mut NDK_CONNECTOR,
    qp: *mut NDK_QP,
    inbound: u32,
    outbound: u32,
    private_data: *const c_void,
    private_length: u32,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX,
    event_context: PVOID,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkAcceptEx");
    remember(
        record,
        event.map_or(0, |event| event as usize),
        event_context,
    );
    let ours: NDK_FN_DISCONNECT_EVENT_CALLBACK_EX = event.map(|_| disconnect_event_ex as _);
    request_with(
        "NdkAcceptEx",
        record,
        qp_of(qp, "NdkAcceptEx"),
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled; the event is the OS's own.
            unsafe {
                provider.NdkAcceptEx.expect("seen to be filled")(
                    connector,
                    qp,
                    inbound,
                    outbound,
                    private_data,
                    private_length,
                    ours,
                    record.as_context(),
                    completion,
                    context,
                )
            }
        },
    )
}

/// No completion: never PENDING.
pub(super) unsafe extern "win64" fn reject(
    connector: *mut NDK_CONNECTOR,
    private_data: *const c_void,
    private_length: u32,
) -> NTSTATUS {
    let (_, provider) = enter(connector, "NdkReject");
    let status = bridge::callback("NdkReject", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe {
            provider.NdkReject.expect("seen to be filled")(connector, private_data, private_length)
        }
    });
    if status == STATUS_PENDING {
        violation(
            "NDK-CON-REJECT",
            "NdkReject returned PENDING and has no completion",
        );
    }
    status
}

pub(super) unsafe extern "win64" fn get_connection_data(
    connector: *mut NDK_CONNECTOR,
    inbound: *mut u32,
    outbound: *mut u32,
    private_data: *mut c_void,
    private_length: *mut u32,
) -> NTSTATUS {
    let (_, provider) = enter(connector, "NdkGetConnectionData");
    bridge::callback("NdkGetConnectionData", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe {
            let slot = provider.NdkGetConnectionData.expect("seen to be filled");
            slot(connector, inbound, outbound, private_data, private_length)
        }
    })
}

pub(super) unsafe extern "win64" fn get_local_address(
    connector: *mut NDK_CONNECTOR,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    let (_, provider) = enter(connector, "NdkGetLocalAddress");
    bridge::callback("NdkGetLocalAddress", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe {
            provider.NdkGetLocalAddress.expect("seen to be filled")(connector, address, length)
        }
    })
}

pub(super) unsafe extern "win64" fn get_peer_address(
    connector: *mut NDK_CONNECTOR,
    address: *mut SOCKADDR,
    length: *mut u32,
) -> NTSTATUS {
    let (_, provider) = enter(connector, "NdkGetPeerAddress");
    bridge::callback("NdkGetPeerAddress", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe {
            provider.NdkGetPeerAddress.expect("seen to be filled")(connector, address, length)
        }
    })
}

pub(super) unsafe extern "win64" fn disconnect(
    connector: *mut NDK_CONNECTOR,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let (record, provider) = enter(connector, "NdkDisconnect");
    request(
        "NdkDisconnect",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe {
                provider.NdkDisconnect.expect("seen to be filled")(connector, completion, context)
            }
        },
    )
}
