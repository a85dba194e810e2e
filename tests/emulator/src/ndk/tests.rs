//! A small provider of host functions, seen through the OS's tables. [`Fault`] says which rule it
//! breaks; each is caught.

use std::cell::Cell;
use std::mem::transmute;

use softrnic::sys::*;

use crate::ndis::tests::fake::{FakeDriver, Mood};
use crate::ndis::{Adapter, AdapterOptions};
use crate::wsk::tests::caught::breaks;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fault {
    #[default]
    None,
    NullSlot,
    ReservedNotZero,
    PendingWritesOut,
    CompletesInline,
    CompletesTwice,
    CloseFails,
    ClosesEarly,
    NotifiesUnarmed,
    NotifiesTwice,
    Nests,
    SwapsResults,
    PendsCreate,
    TooManyResults,
}

thread_local! {
    static FAULT: Cell<Fault> = const { Cell::new(Fault::None) };
    /// The notification and context of the CQ, and the QP context.
    static CQ: Cell<(NDK_FN_CQ_NOTIFICATION_CALLBACK, PVOID)> = const { Cell::new((None, std::ptr::null_mut())) };
    static QP_CONTEXT: Cell<PVOID> = const { Cell::new(std::ptr::null_mut()) };
    static NESTED: Cell<bool> = const { Cell::new(false) };
}

fn fault(wanted: Fault) -> bool {
    FAULT.get() == wanted
}

type Slot = unsafe extern "win64" fn();

unsafe extern "win64" fn trap() {
    panic!("a slot the tests do not use");
}

/// A table with the trap in every slot.
macro_rules! table {
    ($type:ty, $slots:literal, $($slot:ident: $function:expr),* $(,)?) => {{
        // SAFETY: a table is that many pointers to functions.
        let mut table: $type = unsafe { transmute::<[Slot; $slots], $type>([trap; $slots]) };
        $(table.$slot = Some($function);)*
        Box::leak(Box::new(table))
    }};
}

fn header(kind: NDK_OBJECT_TYPE) -> NDK_OBJECT_HEADER {
    let mut header = NDK_OBJECT_HEADER {
        Version: NDK_VERSION { Major: 1, Minor: 2 },
        ObjectType: kind,
        ..Default::default()
    };
    if fault(Fault::ReservedNotZero) {
        header.NdkReserved.rf[2] = 8 as PVOID;
    }
    header
}

unsafe extern "win64" fn open(
    _: PVOID,
    _: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS,
    out: *mut *mut NDK_ADAPTER,
) -> NDIS_STATUS {
    let table = table!(
        NDK_ADAPTER_DISPATCH, 9,
        NdkCreateCq: create_cq, NdkCreatePd: create_pd, NdkQueryExtension: query_extension,
    );
    if fault(Fault::NullSlot) {
        table.NdkBuildLAM = None;
    }
    let adapter = NDK_ADAPTER {
        Header: header(NdkObjectTypeAdapter),
        Dispatch: table,
    };
    // SAFETY: an out-parameter.
    unsafe { out.write(Box::leak(Box::new(adapter))) };
    NDIS_STATUS_SUCCESS
}

unsafe extern "win64" fn close_adapter(_: PVOID, _: *mut NDK_ADAPTER) {}

unsafe extern "win64" fn query_extension(
    _: *mut NDK_OBJECT_HEADER,
    _: *const GUID,
    _: NDK_VERSION,
    _: *mut NDK_EXTENSION_INTERFACE,
) -> NTSTATUS {
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
    CQ.set((notification, context));
    let table =
        table!(NDK_CQ_DISPATCH, 7, NdkCloseCq: close, NdkArmCq: arm, NdkGetCqResults: get_results);
    let cq = NDK_CQ {
        Header: header(NdkObjectTypeCq),
        Dispatch: table,
    };
    // SAFETY: an out-parameter.
    unsafe { out.write(Box::leak(Box::new(cq))) };
    STATUS_SUCCESS
}

unsafe extern "win64" fn create_pd(
    _: *mut NDK_ADAPTER,
    completion: NDK_FN_CREATE_COMPLETION,
    context: PVOID,
    out: *mut *mut NDK_PD,
) -> NTSTATUS {
    let table = table!(NDK_PD_DISPATCH, 8, NdkClosePd: close, NdkCreateQp: create_qp);
    let pd: *mut NDK_PD = Box::leak(Box::new(NDK_PD {
        Header: header(NdkObjectTypePd),
        Dispatch: table,
    }));
    let complete = || {
        // SAFETY: the completion of this call.
        unsafe { completion.expect("given")(context, STATUS_SUCCESS, pd.cast()) };
    };
    // SAFETY: an out-parameter.
    let write = || unsafe { out.write(pd) };
    match FAULT.get() {
        Fault::PendsCreate => {
            complete();
            STATUS_PENDING
        }
        Fault::PendingWritesOut => {
            write();
            STATUS_PENDING
        }
        Fault::CompletesTwice => {
            complete();
            complete();
            STATUS_PENDING
        }
        Fault::CompletesInline => {
            complete();
            write();
            STATUS_SUCCESS
        }
        _ => {
            write();
            STATUS_SUCCESS
        }
    }
}

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
    QP_CONTEXT.set(qp_context);
    let table = table!(NDK_QP_DISPATCH, 11, NdkCloseQp: close, NdkReceive: receive);
    // SAFETY: an out-parameter.
    unsafe {
        out.write(Box::leak(Box::new(NDK_QP {
            Header: header(NdkObjectTypeQp),
            Dispatch: table,
        })))
    };
    STATUS_SUCCESS
}

unsafe extern "win64" fn receive(_: *mut NDK_QP, _: PVOID, _: *const NDK_SGE, _: u32) -> NTSTATUS {
    STATUS_SUCCESS
}

unsafe extern "win64" fn close(
    _: *mut NDK_OBJECT_HEADER,
    completion: NDK_FN_CLOSE_COMPLETION,
    context: PVOID,
) -> NTSTATUS {
    match FAULT.get() {
        Fault::CloseFails => STATUS_INVALID_PARAMETER,
        Fault::ClosesEarly => {
            // SAFETY: the completion of this call.
            unsafe { completion.expect("given")(context) };
            STATUS_PENDING
        }
        _ => STATUS_SUCCESS,
    }
}

unsafe extern "win64" fn arm(_: *mut NDK_CQ, _: u32) {
    if !fault(Fault::NotifiesUnarmed) {
        notify();
    }
    if fault(Fault::NotifiesTwice) {
        notify();
    }
}

fn notify() {
    let (notification, context) = CQ.get();
    // SAFETY: the notification given at creation.
    unsafe { notification.expect("given")(context, STATUS_SUCCESS) };
}

unsafe extern "win64" fn get_results(_: *mut NDK_CQ, results: *mut NDK_RESULT, asked: u32) -> u32 {
    if fault(Fault::TooManyResults) {
        return asked + 1;
    }
    let order = if fault(Fault::SwapsResults) {
        [2, 1]
    } else {
        [1, 2]
    };
    for (index, context) in order.into_iter().enumerate() {
        let result = NDK_RESULT {
            Status: STATUS_SUCCESS,
            BytesTransferred: 0,
            QPContext: QP_CONTEXT.get(),
            RequestContext: context as PVOID,
        };
        // SAFETY: the array has at least two entries.
        unsafe { results.add(index).write(result) };
    }
    2
}

// --- the consumer --------------------------------------------------------------------------

unsafe extern "win64" fn on_notification(_: PVOID, _: NTSTATUS) {
    // A consumer that arms again gets its notification after this one, never inside it.
    if fault(Fault::Nests) && !NESTED.replace(true) {
        arm_again();
    }
}

thread_local! {
    static OUR_CQ: Cell<*mut NDK_CQ> = const { Cell::new(std::ptr::null_mut()) };
    static CREATED: Cell<*mut NDK_OBJECT_HEADER> = const { Cell::new(std::ptr::null_mut()) };
}

fn arm_again() {
    let cq = OUR_CQ.get();
    // SAFETY: a live CQ.
    unsafe { (*(*cq).Dispatch).NdkArmCq.expect("filled")(cq, NDK_CQ_NOTIFY_ANY) };
}

unsafe extern "win64" fn on_created(_: PVOID, status: NTSTATUS, object: *mut NDK_OBJECT_HEADER) {
    assert_eq!(status, STATUS_SUCCESS);
    CREATED.set(object);
}

unsafe extern "win64" fn on_closed(_: PVOID) {}

/// A consumer with an open adapter.
struct Consumer {
    driver: FakeDriver,
    below: Adapter,
    adapter: *mut NDK_ADAPTER,
}

impl Consumer {
    fn new(wrong: Fault) -> Self {
        FAULT.set(wrong);
        let driver = FakeDriver::with_ndk(Mood::Good, Some(open), Some(close_adapter));
        let below = driver.start(AdapterOptions::default()).expect("starts");
        let version = NDK_VERSION { Major: 1, Minor: 1 };
        let adapter = driver
            .machine
            .open_ndk_adapter(below.if_index(), version)
            .expect("opens");
        Self {
            driver,
            below,
            adapter,
        }
    }

    fn table(&self) -> &'static NDK_ADAPTER_DISPATCH {
        // SAFETY: a live adapter.
        unsafe { &*(*self.adapter).Dispatch }
    }

    fn cq(&self) -> *mut NDK_CQ {
        let (null, mut out) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: as documented.
        let status = unsafe {
            self.table().NdkCreateCq.expect("filled")(
                self.adapter,
                8,
                Some(on_notification),
                null,
                null,
                Some(on_created),
                null,
                &raw mut out,
            )
        };
        assert_eq!(status, STATUS_SUCCESS);
        OUR_CQ.set(out);
        out
    }

    fn pd(&self) -> *mut NDK_PD {
        let mut out = std::ptr::null_mut();
        // SAFETY: as documented.
        let status = unsafe {
            let slot = self.table().NdkCreatePd.expect("filled");
            slot(
                self.adapter,
                Some(on_created),
                std::ptr::null_mut(),
                &raw mut out,
            )
        };
        if status == STATUS_PENDING {
            CREATED.get().cast()
        } else {
            out
        }
    }

    fn qp(&self, pd: *mut NDK_PD, cq: *mut NDK_CQ) -> *mut NDK_QP {
        let (null, mut out) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: as documented.
        let status = unsafe {
            let slot = (*(*pd).Dispatch).NdkCreateQp.expect("filled");
            slot(
                pd,
                cq,
                cq,
                77 as PVOID,
                4,
                4,
                1,
                1,
                0,
                Some(on_created),
                null,
                &raw mut out,
            )
        };
        assert_eq!(status, STATUS_SUCCESS);
        out
    }

    fn finish(self) {
        self.driver.machine.close_ndk_adapter(self.adapter);
        self.below.halt();
        self.driver.finish();
    }
}

fn close_object<T>(object: *mut T) {
    // SAFETY: all tables but the adapter's begin with close.
    unsafe {
        let table = *object
            .cast::<NDK_OBJECT_HEADER>()
            .add(1)
            .cast::<*const NDK_MW_DISPATCH>();
        (*table).NdkCloseMw.expect("filled")(object.cast(), Some(on_closed), std::ptr::null_mut());
    }
}

/// Arms, posts, polls, closes everything.
fn a_life(consumer: Consumer) {
    let cq = consumer.cq();
    let pd = consumer.pd();
    let qp = consumer.qp(pd, cq);
    let mut results = [NDK_RESULT::default(); 4];
    // SAFETY: live objects, used as documented.
    let got = unsafe {
        (*(*cq).Dispatch).NdkArmCq.expect("filled")(cq, NDK_CQ_NOTIFY_ANY);
        let post = (*(*qp).Dispatch).NdkReceive.expect("filled");
        post(qp, 1 as PVOID, std::ptr::null(), 0);
        post(qp, 2 as PVOID, std::ptr::null(), 0);
        (*(*cq).Dispatch).NdkGetCqResults.expect("filled")(cq, results.as_mut_ptr(), 4)
    };
    assert_eq!(got, 2);
    assert_eq!(
        (
            results[0].QPContext as usize,
            results[1].RequestContext as usize
        ),
        (77, 2)
    );
    close_object(qp);
    close_object(cq);
    close_object(pd);
    consumer.finish();
}

#[test]
fn a_good_provider_passes() {
    a_life(Consumer::new(Fault::None));
    a_life(Consumer::new(Fault::PendsCreate));
}

/// Each fault shows somewhere in a life.
macro_rules! caught {
    ($($test:ident: $fault:ident, $rule:literal;)*) => {$(
        #[test]
        fn $test() {
            breaks($rule, || a_life(Consumer::new(Fault::$fault)));
        }
    )*};
}

caught! {
    a_null_slot: NullSlot, "NDK-VER-05";
    reserved_words_that_are_not_zero: ReservedNotZero, "NDK-LIFE-01";
    a_pending_create_that_writes_the_pointer: PendingWritesOut, "NDK-LIFE-06";
    a_create_completed_and_answered: CompletesInline, "NDK-LIFE-08";
    a_create_completed_twice: CompletesTwice, "NDK-LIFE-08";
    a_close_that_fails: CloseFails, "NDK-LIFE-12";
    a_notification_for_two_of_one_arm: NotifiesTwice, "NDK-CQ-02";
    a_notification_inside_a_notification: Nests, "NDK-CQ-07";
    results_out_of_order: SwapsResults, "NDK-CQ-19";
    more_results_than_asked: TooManyResults, "NDK-CQ-13";
}

#[test]
fn a_notification_without_an_arm() {
    breaks("NDK-CQ-02", || {
        let consumer = Consumer::new(Fault::NotifiesUnarmed);
        consumer.cq();
        notify();
    });
}

#[test]
fn an_antecedent_closed_before_its_successor() {
    breaks("NDK-LIFE-17", || {
        let consumer = Consumer::new(Fault::ClosesEarly);
        let (cq, pd) = (consumer.cq(), consumer.pd());
        consumer.qp(pd, cq);
        close_object(pd);
    });
}

#[test]
fn an_adapter_closed_above_open_objects() {
    breaks("NDK-LIFE-21", || {
        let consumer = Consumer::new(Fault::None);
        consumer.cq();
        consumer.finish();
    });
}

#[test]
fn an_open_while_ndk_is_disabled() {
    breaks("NDK-ADP-01", || {
        let consumer = Consumer::new(Fault::None);
        let miniport = consumer
            .driver
            .machine
            .ndis
            .adapter_by_index(consumer.below.if_index())
            .expect("there");
        consumer.driver.machine.close_ndk_adapter(consumer.adapter);
        miniport.change_ndk(false);
        let version = NDK_VERSION { Major: 1, Minor: 1 };
        let _ = consumer
            .driver
            .machine
            .open_ndk_adapter(consumer.below.if_index(), version);
    });
}
