//! An NDK provider with one object of each kind it needs, and one flaw. [`crate::ndk_life`] is its
//! consumer.

use core::ffi::c_void;
use core::mem::{transmute, zeroed};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, Ordering};

use crate::Case;
use crate::kernel::{KeAcquireSpinLockRaiseToDpc, KeLowerIrql, KeReleaseSpinLock, KfRaiseIrql};
use crate::ndis;
use crate::sys::*;
use crate::wsk_client::Shared;

/// The flaws and the cases that have them.
macro_rules! flaws {
    ($($flaw:ident: $case:literal,)*) => {
        /// What the provider, or its consumer, does wrong.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(i32)]
        pub(crate) enum Flaw {
            /// The driver is no NDK provider.
            Absent,
            $($flaw,)*
        }

        pub(crate) const CASES: &[(&str, Case)] = &[$(($case, || with(Flaw::$flaw)),)*];
    };
}

flaws! {
    None: "ndk-nothing",
    ClosesCqTwice: "ndk-closes-cq-twice",
    CloseFails: "ndk-close-fails",
    ClosesPdEarly: "ndk-closes-pd-early",
    CompletesAsPending: "ndk-completes-as-pending",
    CompletesInline: "ndk-completes-inline",
    CompletesTwice: "ndk-completes-twice",
    CompletesUnknown: "ndk-completes-unknown",
    DisconnectsTwice: "ndk-disconnects-twice",
    DisconnectsUnasked: "ndk-disconnects-unasked",
    EventForbidden: "ndk-event-forbidden",
    EventInOid: "ndk-event-in-oid",
    EventWrong: "ndk-event-wrong",
    ExtensionWritten: "ndk-extension-written",
    LeavesCqOpen: "ndk-leaves-cq-open",
    LeavesRequestPending: "ndk-leaves-request-pending",
    ModerationPends: "ndk-moderation-pends",
    Nests: "ndk-nests",
    NoAttributes: "ndk-no-attributes",
    NoCapabilities: "ndk-no-capabilities",
    NoHandlers: "ndk-no-handlers",
    NoObject: "ndk-no-object",
    NoOids: "ndk-no-oids",
    NotifiesAboveDispatch: "ndk-notifies-above-dispatch",
    NotifiesAfterClose: "ndk-notifies-after-close",
    NotifiesLocked: "ndk-notifies-locked",
    NotifiesTwice: "ndk-notifies-twice",
    NullSlot: "ndk-null-slot",
    SlotInside: "ndk-slot-inside",
    OldVersion: "ndk-old-version",
    OpensDisabled: "ndk-opens-disabled",
    PendingWritesOut: "ndk-pending-writes-out",
    PostPends: "ndk-post-pends",
    RejectPends: "ndk-reject-pends",
    ReservedChanged: "ndk-reserved-changed",
    ReservedNotZero: "ndk-reserved-not-zero",
    ResultWithErrorCode: "ndk-result-error-code",
    ResultOfForeignQp: "ndk-result-foreign-qp",
    ResultOfUnknownType: "ndk-result-unknown-type",
    SetStatePends: "ndk-set-state-pends",
    ShortWithoutLength: "ndk-short-without-length",
    SwapsResults: "ndk-swaps-results",
    TooManyResults: "ndk-too-many-results",
}

static FLAW: AtomicI32 = AtomicI32::new(Flaw::Absent as i32);

fn with(flaw: Flaw) {
    FLAW.store(flaw as i32, Ordering::Relaxed);
    ndis::register();
}

pub(crate) fn has(flaw: Flaw) -> bool {
    FLAW.load(Ordering::Relaxed) == flaw as i32
}

// --- the objects ---------------------------------------------------------------------------

type Slot = unsafe extern "win64" fn();

unsafe extern "win64" fn trap() {
    loop {}
}

/// A table with the trap in every slot but those named.
macro_rules! table {
    ($name:ident: $type:ty, $slots:literal, $($slot:ident: $function:expr),* $(,)?) => {
        static mut $name: Shared<$type> = Shared({
            // SAFETY: a table is that many pointers to functions.
            let mut table: $type = unsafe { transmute::<[Slot; $slots], $type>([trap; $slots]) };
            $(table.$slot = Some($function);)*
            table
        });
    };
}

table!(ADAPTER_TABLE: NDK_ADAPTER_DISPATCH, 9, NdkQueryExtension: query_extension,
    NdkCreateCq: create_cq, NdkCreatePd: create_pd, NdkCreateConnector: create_connector,
    NdkCreateSharedEndpoint: create_shared_endpoint);
table!(CQ_TABLE: NDK_CQ_DISPATCH, 7, NdkCloseCq: close, NdkResizeCq: resize, NdkArmCq: arm,
    NdkGetCqResults: get_results, NdkControlCqInterruptModeration: moderate,
    NdkGetCqResultsEx: get_results_ex);
table!(PD_TABLE: NDK_PD_DISPATCH, 8, NdkClosePd: close, NdkCreateQp: create_qp);
table!(QP_TABLE: NDK_QP_DISPATCH, 11, NdkCloseQp: close, NdkReceive: receive);
table!(CONNECTOR_TABLE: NDK_CONNECTOR_DISPATCH, 13, NdkCloseConnector: close,
    NdkCompleteConnect: complete_connect, NdkReject: reject,
    NdkConnectWithSharedEndpoint: connect_with_shared_endpoint);
table!(ENDPOINT_TABLE: NDK_SHARED_ENDPOINT_DISPATCH, 3, NdkCloseSharedEndpoint: close);

/// An object of any kind: the header and a table.
type Object = NDK_MW;

// SAFETY: all fields of an object are integers or nullable pointers.
const NO_OBJECT: Object = unsafe { zeroed() };

static mut ADAPTER: Shared<Object> = Shared(NO_OBJECT);
static mut CQ: Shared<Object> = Shared(NO_OBJECT);
static mut PD: Shared<Object> = Shared(NO_OBJECT);
static mut QP: Shared<Object> = Shared(NO_OBJECT);
static mut ENDPOINT: Shared<Object> = Shared(NO_OBJECT);
static mut CONNECTORS: Shared<[Object; 2]> = Shared([NO_OBJECT; 2]);

/// What the OS gave for the CQ, the QP, a request that pends, and the connectors.
struct Given {
    notification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    cq: PVOID,
    qp: PVOID,
    connectors: usize,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK,
}

static mut GIVEN: Shared<Given> = Shared(Given {
    notification: None,
    cq: null_mut(),
    qp: null_mut(),
    connectors: 0,
    event: None,
});

/// The one thread of the case is here alone.
fn given() -> &'static mut Given {
    // SAFETY: the life of the objects is one thread's; no two borrows overlap.
    unsafe { &mut (*(&raw mut GIVEN)).0 }
}

/// Makes `place` a new object.
unsafe fn make<T, U>(place: *mut T, kind: NDK_OBJECT_TYPE, table: *const U) -> *mut T {
    let minor = if has(Flaw::OldVersion) { 0 } else { 2 };
    let mut object = Object {
        Header: NDK_OBJECT_HEADER {
            Version: NDK_VERSION {
                Major: 1,
                Minor: minor,
            },
            ObjectType: kind,
            ..Default::default()
        },
        Dispatch: table.cast(),
    };
    if has(Flaw::ReservedNotZero) {
        object.Header.NdkReserved.rf[2] = 8 as PVOID;
    }
    // SAFETY: one of the objects above.
    unsafe { place.cast::<Object>().write(object) };
    place
}

// --- the adapter ---------------------------------------------------------------------------

pub(crate) unsafe extern "win64" fn open(
    _: PVOID,
    _: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    out: *mut *mut NDK_ADAPTER,
) -> NDIS_STATUS {
    // SAFETY: the one adapter; an out-parameter.
    unsafe {
        crate::ndk_miniport::spoil(&raw mut ADAPTER_TABLE.0.NdkBuildLAM);
        let table = &raw const ADAPTER_TABLE;
        out.write(make(&raw mut ADAPTER, NdkObjectTypeAdapter, table).cast());
    }
    NDIS_STATUS_SUCCESS
}

pub(crate) unsafe extern "win64" fn close_adapter(_: PVOID, _: *mut NDK_ADAPTER) {}

unsafe extern "win64" fn query_extension(
    _: *mut NDK_OBJECT_HEADER,
    _: *const GUID,
    _: NDK_VERSION,
    interface: *mut NDK_EXTENSION_INTERFACE,
) -> NTSTATUS {
    if has(Flaw::ExtensionWritten) {
        // SAFETY: an out-parameter.
        unsafe { (*interface).Dispatch = 8 as *const c_void };
    }
    STATUS_NOT_SUPPORTED
}

unsafe extern "win64" fn create_cq(
    _: *mut NDK_ADAPTER,
    _: u32,
    notification: NDK_FN_CQ_NOTIFICATION_CALLBACK,
    context: PVOID,
    _: PGROUP_AFFINITY,
    _: NDK_FN_CREATE_COMPLETION,
    _: PVOID,
    out: *mut *mut NDK_CQ,
) -> NTSTATUS {
    (given().notification, given().cq) = (notification, context);
    // SAFETY: the one CQ; an out-parameter.
    unsafe { out.write(make(&raw mut CQ, NdkObjectTypeCq, &raw const CQ_TABLE).cast()) };
    STATUS_SUCCESS
}

unsafe extern "win64" fn create_pd(
    _: *mut NDK_ADAPTER,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_PD,
) -> NTSTATUS {
    // SAFETY: the one PD; the completion of this call; an out-parameter.
    unsafe {
        let pd: *mut NDK_PD = make(&raw mut PD, NdkObjectTypePd, &raw const PD_TABLE).cast();
        let complete = |context, status| {
            if let Some(completion) = completion {
                completion(context, status, pd.cast());
            }
        };
        if has(Flaw::CompletesUnknown) {
            complete(null_mut(), STATUS_SUCCESS);
        }
        if has(Flaw::CompletesAsPending) {
            complete(context, STATUS_PENDING);
        }
        if has(Flaw::CompletesInline) || has(Flaw::CompletesTwice) {
            complete(context, STATUS_SUCCESS);
        }
        if has(Flaw::CompletesTwice) {
            complete(context, STATUS_SUCCESS);
        }
        if !has(Flaw::NoObject) {
            out.write(pd);
        }
    }
    if has(Flaw::PendingWritesOut) {
        return STATUS_PENDING;
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn create_connector(
    _: *mut NDK_ADAPTER,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    _: *mut *mut NDK_CONNECTOR,
) -> NTSTATUS {
    let made = given().connectors;
    given().connectors += 1;
    let table = &raw const CONNECTOR_TABLE;
    // SAFETY: the consumer makes two; the completion of this call.
    unsafe {
        let place = (&raw mut CONNECTORS.0).cast::<Object>().add(made);
        let connector = make(place, NdkObjectTypeConnector, table);
        if let Some(completion) = completion {
            completion(context, STATUS_SUCCESS, connector.cast());
        }
    }
    STATUS_PENDING
}

unsafe extern "win64" fn create_shared_endpoint(
    _: *mut NDK_ADAPTER,
    _: *const SOCKADDR,
    _: u32,
    _: NDK_FN_CREATE_COMPLETION,
    _: PVOID,
    out: *mut *mut NDK_SHARED_ENDPOINT,
) -> NTSTATUS {
    let table = &raw const ENDPOINT_TABLE;
    // SAFETY: the one shared endpoint; an out-parameter.
    unsafe { out.write(make(&raw mut ENDPOINT, NdkObjectTypeSharedEndpoint, table).cast()) };
    STATUS_SUCCESS
}

// --- the completion queue ------------------------------------------------------------------

unsafe extern "win64" fn arm(_: *mut NDK_CQ, _: u32) {
    let mut lock = 0;
    // SAFETY: a lock of this call; the IRQL is restored.
    unsafe {
        if has(Flaw::NotifiesAboveDispatch) {
            let old = KfRaiseIrql(5);
            notify();
            KeLowerIrql(old);
        }
        if has(Flaw::NotifiesLocked) {
            let old = KeAcquireSpinLockRaiseToDpc(&mut lock);
            notify();
            KeReleaseSpinLock(&mut lock, old);
        }
    }
    notify();
    if has(Flaw::NotifiesTwice) {
        notify();
    }
}

fn notify() {
    if let Some(notification) = given().notification {
        // SAFETY: the notification given at creation.
        unsafe { notification(given().cq, STATUS_SUCCESS) };
    }
}

unsafe extern "win64" fn resize(
    _: *mut NDK_CQ,
    _: u32,
    completion: NDK_FN_REQUEST_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    if let Some(completion) = completion
        && !has(Flaw::LeavesRequestPending)
    {
        // SAFETY: the completion of this call.
        unsafe { completion(context, STATUS_SUCCESS) };
    }
    STATUS_PENDING
}

unsafe extern "win64" fn moderate(_: *mut NDK_CQ, _: u32, _: u32) -> NTSTATUS {
    if has(Flaw::ModerationPends) {
        return STATUS_PENDING;
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn get_results(_: *mut NDK_CQ, results: *mut NDK_RESULT, asked: u32) -> u32 {
    if has(Flaw::TooManyResults) {
        return asked + 1;
    }
    let (first, second) = if has(Flaw::SwapsResults) {
        (2, 1)
    } else {
        (1, 2)
    };
    let owner = if has(Flaw::ResultOfForeignQp) {
        given().cq
    } else {
        given().qp
    };
    let result = |context: usize| NDK_RESULT {
        Status: STATUS_SUCCESS,
        BytesTransferred: 0,
        QPContext: owner,
        RequestContext: context as PVOID,
    };
    // SAFETY: the array has at least two entries.
    unsafe {
        results.write(result(first));
        results.add(1).write(result(second));
    }
    2
}

unsafe extern "win64" fn get_results_ex(
    _: *mut NDK_CQ,
    results: *mut NDK_RESULT_EX,
    _: u32,
) -> u32 {
    let result = NDK_RESULT_EX {
        QPContext: given().qp,
        RequestContext: 3 as PVOID,
        Type: match has(Flaw::ResultOfUnknownType) {
            true => 0x7777,
            false => NdkOperationTypeReceive,
        },
        ProviderErrorCode: u32::from(has(Flaw::ResultWithErrorCode)),
        ..Default::default()
    };
    // SAFETY: the array has at least one entry.
    unsafe { results.write(result) };
    1
}

// --- the queue pair and the connector ------------------------------------------------------

unsafe extern "win64" fn create_qp(
    _: *mut NDK_PD,
    _: *mut NDK_CQ,
    _: *mut NDK_CQ,
    qp_context: PVOID,
    _: u32,
    _: u32,
    _: u32,
    _: u32,
    _: u32,
    _: NDK_FN_CREATE_COMPLETION,
    _: PVOID,
    out: *mut *mut NDK_QP,
) -> NTSTATUS {
    given().qp = qp_context;
    // SAFETY: the one QP; an out-parameter.
    unsafe { out.write(make(&raw mut QP, NdkObjectTypeQp, &raw const QP_TABLE).cast()) };
    STATUS_SUCCESS
}

unsafe extern "win64" fn receive(qp: *mut NDK_QP, _: PVOID, _: *const NDK_SGE, _: u32) -> NTSTATUS {
    if has(Flaw::ReservedChanged) {
        // SAFETY: the one QP, whose reserved words are the OS's: written on purpose.
        unsafe { (*qp).Header.NdkReserved.rf[1] = null_mut() };
    }
    if has(Flaw::PostPends) {
        return STATUS_PENDING;
    }
    STATUS_SUCCESS
}

/// Fails: the connector is no successor of the QP and the shared endpoint.
unsafe extern "win64" fn connect_with_shared_endpoint(
    _: *mut NDK_CONNECTOR,
    _: *mut NDK_QP,
    _: *mut NDK_SHARED_ENDPOINT,
    _: *const SOCKADDR,
    _: u32,
    _: u32,
    _: u32,
    _: *const c_void,
    _: u32,
    _: NDK_FN_REQUEST_COMPLETION,
    _: PVOID,
) -> NTSTATUS {
    STATUS_INVALID_PARAMETER
}

/// With a flaw, the event of the connector before this one is called for this one.
unsafe extern "win64" fn complete_connect(
    _: *mut NDK_CONNECTOR,
    event: NDK_FN_DISCONNECT_EVENT_CALLBACK,
    context: PVOID,
    _: NDK_FN_REQUEST_COMPLETION,
    _: PVOID,
) -> NTSTATUS {
    let last = given().event;
    given().event = event;
    let call = |event: NDK_FN_DISCONNECT_EVENT_CALLBACK| {
        if let Some(event) = event {
            // SAFETY: an event of the OS and the context it gave.
            unsafe { event(context) };
        }
    };
    if has(Flaw::DisconnectsUnasked) && event.is_none() {
        call(last);
    }
    call(event);
    if has(Flaw::DisconnectsTwice) {
        call(event);
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn reject(_: *mut NDK_CONNECTOR, _: *const c_void, _: u32) -> NTSTATUS {
    if has(Flaw::RejectPends) {
        return STATUS_PENDING;
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn close(
    _: *mut NDK_OBJECT_HEADER,
    completion: NDK_FN_CLOSE_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    if has(Flaw::CloseFails) {
        return STATUS_INVALID_PARAMETER;
    }
    if let Some(completion) = completion {
        // SAFETY: the completion of this call.
        unsafe { completion(context) };
    }
    STATUS_PENDING
}

/// After everything is closed.
pub(crate) fn closed() {
    if has(Flaw::NotifiesAfterClose) {
        notify();
    }
}
