//! What all objects have (close, extensions), and the short tables: memory regions and windows,
//! shared receive queues, listeners, shared endpoints.

use softrnic::sys::*;

use super::pending;
use super::record::{Kind, Record};
use super::wrap::{plain, requests};
use crate::bridge;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// The object's record, whatever it is.
fn any(object: *mut NDK_OBJECT_HEADER, name: &'static str) -> &'static Record {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    Record::of_any(object, name)
}

/// In every table but the adapter's, close is the first slot and extensions the second.
pub(super) unsafe extern "win64" fn close(
    object: *mut NDK_OBJECT_HEADER,
    completion: NDK_FN_CLOSE_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    let record = any(object, "NdkCloseObject");
    let slot = record
        .provider::<NDK_MW_DISPATCH>()
        .NdkCloseMw
        .expect("seen to be filled");
    pending::close(
        "NdkCloseObject",
        record,
        completion,
        context,
        |completion, context| {
            // SAFETY: the provider's slot, seen to be filled.
            unsafe { slot(object, completion, context) }
        },
    )
}

/// NDK-VER-08: an unknown extension is NOT_SUPPORTED and writes nothing.
pub(super) unsafe extern "win64" fn query_extension(
    object: *mut NDK_OBJECT_HEADER,
    id: *const GUID,
    version: NDK_VERSION,
    interface: *mut NDK_EXTENSION_INTERFACE,
) -> NTSTATUS {
    let record = any(object, "NdkQueryExtension");
    let slot = match record.kind {
        Kind::Adapter => record.provider::<NDK_ADAPTER_DISPATCH>().NdkQueryExtension,
        _ => record.provider::<NDK_MW_DISPATCH>().NdkQueryExtension,
    };
    // SAFETY: the consumer's out-parameter.
    let before = unsafe { (*interface).Dispatch };
    let status = bridge::call_down("NdkQueryExtension", || {
        // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
        unsafe { slot.expect("seen to be filled")(object, id, version, interface) }
    });
    // SAFETY: as above.
    if status < 0 && unsafe { (*interface).Dispatch } != before {
        violation(
            "NDK-VER-08",
            "a failed NdkQueryExtension wrote the interface",
        );
    }
    status
}

requests! {
    register_mr: Mr, NDK_MR, NDK_MR_DISPATCH, NdkRegisterMr, (mdl: PMDL, length: usize, flags: u32);
    deregister_mr: Mr, NDK_MR, NDK_MR_DISPATCH, NdkDeregisterMr, ();
    initialize_fast_register_mr: Mr, NDK_MR, NDK_MR_DISPATCH, NdkInitializeFastRegisterMr, (pages: u32, remote: u8);
    modify_srq: Srq, NDK_SRQ, NDK_SRQ_DISPATCH, NdkModifySrq, (depth: u32, threshold: u32);
    listen: Listener, NDK_LISTENER, NDK_LISTENER_DISPATCH, NdkListen, (address: *const SOCKADDR, length: u32);
}

plain! {
    get_remote_token_from_mr: Mr, NDK_MR, NDK_MR_DISPATCH, NdkGetRemoteTokenFromMr, () -> u32;
    get_local_token_from_mr: Mr, NDK_MR, NDK_MR_DISPATCH, NdkGetLocalTokenFromMr, () -> u32;
    get_remote_token_from_mw: Mw, NDK_MW, NDK_MW_DISPATCH, NdkGetRemoteTokenFromMw, () -> u32;
    srq_receive: Srq, NDK_SRQ, NDK_SRQ_DISPATCH, NdkSrqReceive,
        (context: PVOID, sgl: *const NDK_SGE, count: u32) -> NTSTATUS;
    listener_local_address: Listener, NDK_LISTENER, NDK_LISTENER_DISPATCH, NdkGetLocalAddress,
        (address: *mut SOCKADDR, length: *mut u32) -> NTSTATUS;
    shared_endpoint_local_address: SharedEndpoint, NDK_SHARED_ENDPOINT, NDK_SHARED_ENDPOINT_DISPATCH,
        NdkGetLocalAddress, (address: *mut SOCKADDR, length: *mut u32) -> NTSTATUS;
    control_connect_events: Listener, NDK_LISTENER, NDK_LISTENER_DISPATCH, NdkControlConnectEvents, (pause: u8) -> ();
}
