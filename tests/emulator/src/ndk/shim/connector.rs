//! The connector's functions.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::callback::{disconnect_event, disconnect_event_ex};
use super::pending::request_with;
use super::record::{Kind, Record};
use super::wrap::{plain, requests};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

requests! {
    connect: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkConnect,
        (qp: *mut NDK_QP, source: *const SOCKADDR, source_length: u32, destination: *const SOCKADDR,
        destination_length: u32, inbound: u32, outbound: u32, private_data: *const c_void,
        private_length: u32) [qp: Qp];
    connect_with_shared_endpoint: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH,
        NdkConnectWithSharedEndpoint,
        (qp: *mut NDK_QP, endpoint: *mut NDK_SHARED_ENDPOINT, destination: *const SOCKADDR,
        destination_length: u32, inbound: u32, outbound: u32, private_data: *const c_void,
        private_length: u32) [qp: Qp, endpoint: SharedEndpoint];
    disconnect: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkDisconnect, ();
}

plain! {
    plain_reject: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkReject,
        (private_data: *const c_void, private_length: u32) -> NTSTATUS;
    get_connection_data: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkGetConnectionData,
        (inbound: *mut u32, outbound: *mut u32, private_data: *mut c_void, private_length: *mut u32)
        -> NTSTATUS;
    get_local_address: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkGetLocalAddress,
        (address: *mut SOCKADDR, length: *mut u32) -> NTSTATUS;
    get_peer_address: Connector, NDK_CONNECTOR, NDK_CONNECTOR_DISPATCH, NdkGetPeerAddress,
        (address: *mut SOCKADDR, length: *mut u32) -> NTSTATUS;
}

/// No completion: never PENDING.
pub(super) unsafe extern "win64" fn reject(
    connector: *mut NDK_CONNECTOR,
    private_data: *const c_void,
    private_length: u32,
) -> NTSTATUS {
    // SAFETY: the consumer's arguments.
    let status = unsafe { plain_reject(connector, private_data, private_length) };
    if status == STATUS_PENDING {
        violation(
            "NDK-CON-REJECT",
            "NdkReject returned PENDING and has no completion",
        );
    }
    status
}

/// Wrappers of requests that bring a disconnect event: `name: Slot, type of event, the OS's event,
/// (arguments before it);`. Antecedents as in [`requests`].
macro_rules! with_event {
    ($($name:ident: $slot:ident, $event:ty, $ours:ident, ($($arg:ident: $ty:ty),*)
        [$($parent:ident: $parent_kind:ident),*];)*) => {$(
        pub(super) unsafe extern "win64" fn $name(
            connector: *mut NDK_CONNECTOR,
            $($arg: $ty,)*
            event: $event,
            event_context: PVOID,
            completion: NDK_FN_REQUEST_COMPLETION,
            context: PVOID,
        ) -> NTSTATUS {
            let name = stringify!($slot);
            let _ = thread::enter(name, DISPATCH_LEVEL);
            let record = Record::of(connector.cast(), Kind::Connector, name);
            let parents = [$(Record::of($parent.cast(), Kind::$parent_kind, name)),*];
            remember(record, event.map_or(0, |event| event as usize), event_context);
            let ours: $event = event.map(|_| $ours as _);
            let slot = record.provider::<NDK_CONNECTOR_DISPATCH>().$slot.expect("seen to be filled");
            let call = |completion: NDK_FN_REQUEST_COMPLETION, context: PVOID| {
                // SAFETY: the provider's slot, seen to be filled; the event is the OS's own.
                unsafe { slot(connector, $($arg,)* ours, record.as_context(), completion, context) }
            };
            request_with(name, record, &parents, completion, context, call)
        }
    )*};
}

with_event! {
    complete_connect: NdkCompleteConnect, NDK_FN_DISCONNECT_EVENT_CALLBACK, disconnect_event, () [];
    complete_connect_ex: NdkCompleteConnectEx, NDK_FN_DISCONNECT_EVENT_CALLBACK_EX,
        disconnect_event_ex, () [];
    accept: NdkAccept, NDK_FN_DISCONNECT_EVENT_CALLBACK, disconnect_event,
        (qp: *mut NDK_QP, inbound: u32, outbound: u32, private_data: *const c_void,
        private_length: u32) [qp: Qp];
    accept_ex: NdkAcceptEx, NDK_FN_DISCONNECT_EVENT_CALLBACK_EX, disconnect_event_ex,
        (qp: *mut NDK_QP, inbound: u32, outbound: u32, private_data: *const c_void,
        private_length: u32) [qp: Qp];
}

/// Remembers the consumer's disconnect event, whichever kind.
fn remember(record: &Record, event: usize, context: PVOID) {
    record.disconnect.store(event, Ordering::Release);
    record.disconnect_context.store(context, Ordering::Release);
}
