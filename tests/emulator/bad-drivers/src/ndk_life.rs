//! The consumer of [`crate::ndk`]: it opens the adapter through WSK, makes objects, posts, polls, and
//! closes everything.

use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::ndk::{self, Flaw, has};
use crate::sys::*;
use crate::wsk_client::{self, REGISTRATION};

static CREATED: AtomicPtr<NDK_OBJECT_HEADER> = AtomicPtr::new(null_mut());
static OUR_CQ: AtomicPtr<NDK_CQ> = AtomicPtr::new(null_mut());
static NESTED: AtomicBool = AtomicBool::new(false);

/// A slot of a table of the OS: all are filled.
macro_rules! slot {
    ($object:expr, $slot:ident) => {
        match (*(*$object).Dispatch).$slot {
            Some(function) => function,
            None => return,
        }
    };
}

/// One life, at PASSIVE_LEVEL.
pub(crate) unsafe fn live(if_index: u32) {
    let version = NDK_VERSION { Major: 1, Minor: 1 };
    let mut ndk = WSK_PROVIDER_NDK_DISPATCH::default();
    let (size, out) = (size_of_val(&ndk) as u64, (&raw mut ndk).cast());
    let code = WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH;
    let none = null_mut();
    let mut adapter = null_mut();
    // SAFETY: as documented, but for the flaw.
    unsafe {
        let npi = wsk_client::open();
        let Some(control) = (*npi.Dispatch).WskControlClient else {
            return;
        };
        control(npi.Client, code, 0, none, size, out, null_mut(), none);
        let (Some(open), Some(close)) = (ndk.WskOpenNdkAdapter, ndk.WskCloseNdkAdapter) else {
            return;
        };
        if open(npi.Client, version, if_index, &mut adapter) == STATUS_SUCCESS {
            with_adapter(adapter);
            close(npi.Client, adapter);
            ndk::closed();
        }
        WskReleaseProviderNPI(&raw mut REGISTRATION.0);
        WskDeregister(&raw mut REGISTRATION.0);
    }
}

unsafe fn with_adapter(adapter: *mut NDK_ADAPTER) {
    let none = null_mut();
    let (mut cq, mut pd, mut qp) = (null_mut(), null_mut(), null_mut());
    let (created, notified) = (Some(created as _), Some(notified as _));
    let mut interface = NDK_EXTENSION_INTERFACE::default();
    let (id, version) = (GUID::default(), NDK_VERSION { Major: 1, Minor: 1 });
    // SAFETY: live objects, used as documented but for the flaw.
    unsafe {
        slot!(adapter, NdkQueryExtension)(adapter.cast(), &id, version, &mut interface);
        let create = slot!(adapter, NdkCreateCq);
        create(adapter, 8, notified, none, none, created, none, &mut cq);
        OUR_CQ.store(cq, Ordering::Relaxed);
        slot!(adapter, NdkCreatePd)(adapter, created, none, &mut pd);
        let create = slot!(pd, NdkCreateQp);
        create(pd, cq, cq, none, 4, 4, 1, 1, 0, created, none, &mut qp);
        with_queues(cq, qp);
        with_connectors(adapter, qp);
        if has(Flaw::ClosesPdEarly) {
            close(pd.cast());
        }
        close(qp.cast());
        if has(Flaw::LeavesCqOpen) {
            return;
        }
        close(cq.cast());
        if has(Flaw::ClosesCqTwice) {
            close(cq.cast());
        }
        close(pd.cast());
    }
}

unsafe fn with_queues(cq: *mut NDK_CQ, qp: *mut NDK_QP) {
    let mut results = [NDK_RESULT::default(); 4];
    let mut result = NDK_RESULT_EX::default();
    // SAFETY: live objects, used as documented.
    unsafe {
        slot!(cq, NdkArmCq)(cq, NDK_CQ_NOTIFY_ANY);
        let receive = slot!(qp, NdkReceive);
        for context in 1..4 {
            receive(qp, context as PVOID, null(), 0);
        }
        slot!(cq, NdkGetCqResults)(cq, results.as_mut_ptr(), 4);
        slot!(cq, NdkGetCqResultsEx)(cq, &mut result, 1);
        slot!(cq, NdkControlCqInterruptModeration)(cq, 0, 0);
        slot!(cq, NdkResizeCq)(cq, 16, Some(requested), null_mut());
    }
}

/// Two connectors: one with a disconnect event, one without. What a failed connect named may be closed
/// before the connector.
unsafe fn with_connectors(adapter: *mut NDK_ADAPTER, qp: *mut NDK_QP) {
    for event in [Some(disconnected as _), None] {
        let (none, mut unused, mut endpoint) = (null_mut(), null_mut(), null_mut());
        let requested = Some(requested as _);
        // SAFETY: as documented; the connector comes through the completion.
        unsafe {
            let create = slot!(adapter, NdkCreateSharedEndpoint);
            create(adapter, null(), 0, Some(created), none, &mut endpoint);
            let create = slot!(adapter, NdkCreateConnector);
            create(adapter, Some(created), none, &mut unused);
            let connector = CREATED.load(Ordering::Relaxed).cast::<NDK_CONNECTOR>();
            let connect = slot!(connector, NdkConnectWithSharedEndpoint);
            connect(
                connector,
                qp,
                endpoint,
                null(),
                0,
                0,
                0,
                null(),
                0,
                requested,
                none,
            );
            close(endpoint.cast());
            let complete = slot!(connector, NdkCompleteConnect);
            complete(connector, event, none, requested, none);
            slot!(connector, NdkReject)(connector, null(), 0);
            close(connector.cast());
        }
    }
}

/// All tables but the adapter's begin with close.
unsafe fn close(object: *mut NDK_MW) {
    // SAFETY: an object, live but for the flaw.
    unsafe { slot!(object, NdkCloseMw)(object.cast(), Some(closed), null_mut()) };
}

unsafe extern "win64" fn created(_: PVOID, _: NTSTATUS, object: *mut NDK_OBJECT_HEADER) {
    CREATED.store(object, Ordering::Relaxed);
}

unsafe extern "win64" fn requested(_: PVOID, _: NTSTATUS) {}

unsafe extern "win64" fn closed(_: PVOID) {}

unsafe extern "win64" fn disconnected(_: PVOID) {}

/// A consumer that arms again gets its notification after this one, never inside it.
unsafe extern "win64" fn notified(_: PVOID, _: NTSTATUS) {
    if has(Flaw::Nests) && !NESTED.swap(true, Ordering::Relaxed) {
        let cq = OUR_CQ.load(Ordering::Relaxed);
        // SAFETY: a live CQ.
        unsafe { slot!(cq, NdkArmCq)(cq, NDK_CQ_NOTIFY_ANY) };
    }
}
