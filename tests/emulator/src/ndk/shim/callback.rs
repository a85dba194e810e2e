//! Event callbacks from the provider to the consumer: notifications, connect and disconnect events.

use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::record::{Kind, Record};
use crate::bridge::{self, aside};
use crate::thread::running;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// Every callback into a consumer: NDK-IRQL-02, NDK-LIFE-10.
#[inline]
pub(super) fn consumer(what: &'static str, call: impl FnOnce()) {
    let thread = running();
    let irql = thread.irql();
    if irql > DISPATCH_LEVEL {
        aside(move || violation("NDK-IRQL-02", &format!("{what} at IRQL {irql}")));
    }
    if !thread.held_locks().is_empty() {
        aside(move || {
            let text = format!("{what} is called with a spin lock held");
            violation("NDK-LIFE-10", &text)
        });
    }
    thread.machine.ndk.events.fetch_add(1, Ordering::Relaxed);
    bridge::measured(thread, what, false, call);
    if thread.irql() != irql {
        aside(move || {
            let text = format!("the consumer's {what} came back at another IRQL");
            violation("NDK-IRQL-02", &text)
        });
    }
}

/// NDK-CQ-02, NDK-CQ-07, NDK-CQ-28.
pub(super) unsafe extern "win64" fn cq_notification(context: PVOID, status: NTSTATUS) {
    let cq = Record::from_context(context, "NdkCqNotificationCallback");
    cq.event_begins("NdkCqNotificationCallback");
    if cq.notifying.swap(true, Ordering::AcqRel) {
        violation(
            "NDK-CQ-07",
            "a CQ notification is called while one is executing",
        );
    }
    let notified = cq.notified.fetch_add(1, Ordering::AcqRel) + 1;
    if notified > cq.arms.load(Ordering::Acquire) {
        aside(move || {
            let text = format!("CQ notification number {notified} for fewer arms");
            violation("NDK-CQ-02", &text)
        });
    }
    consumer("NdkCqNotificationCallback", || {
        call_with_status(cq, status, || cq.notifying.store(false, Ordering::Release))
    });
    cq.event_ends();
}

/// NDK-SRQ notifications.
pub(super) unsafe extern "win64" fn srq_notification(context: PVOID, status: NTSTATUS) {
    let srq = Record::from_context(context, "NdkSrqNotificationCallback");
    srq.event_begins("NdkSrqNotificationCallback");
    consumer("NdkSrqNotificationCallback", || {
        call_with_status(srq, status, || {})
    });
    srq.event_ends();
}

fn call_with_status(record: &Record, status: NTSTATUS, after: impl FnOnce()) {
    let callback = record.callback.load(Ordering::Acquire);
    let context = record.context.load(Ordering::Acquire);
    // SAFETY: the consumer's callback given at creation; null is no callback.
    unsafe {
        if let Some(callback) = std::mem::transmute::<
            usize,
            Option<unsafe extern "win64" fn(PVOID, NTSTATUS)>,
        >(callback)
        {
            callback(context, status);
        }
    }
    after();
}

/// NDK-LSN-09, NDK-LSN-12: a new connector, below the listener and the adapter.
pub(super) unsafe extern "win64" fn connect_event(context: PVOID, connector: *mut NDK_CONNECTOR) {
    let listener = Record::from_context(context, "NdkConnectEventCallback");
    listener.event_begins("NdkConnectEventCallback");
    let adapter = listener.adapter();
    let record = Record::new(listener.machine, Kind::Connector, &[adapter, listener]);
    record.adopt(connector.cast());
    let callback = listener.callback.load(Ordering::Acquire);
    let user = listener.context.load(Ordering::Acquire);
    consumer("NdkConnectEventCallback", || {
        // SAFETY: the consumer's callback given at creation.
        unsafe {
            let callback: unsafe extern "win64" fn(PVOID, *mut NDK_CONNECTOR) =
                std::mem::transmute(callback);
            callback(user, connector);
        }
    });
    listener.event_ends();
}

/// NDK-DISC-06: at most one for a connection.
fn disconnect(context: PVOID, call: impl FnOnce(usize, PVOID)) {
    let connector = Record::from_context(context, "NdkDisconnectEventCallback");
    connector.event_begins("NdkDisconnectEventCallback");
    if connector.disconnected.swap(true, Ordering::AcqRel) {
        violation(
            "NDK-DISC-06",
            "a second disconnect event for one connection",
        );
    }
    let callback = connector.disconnect.load(Ordering::Acquire);
    let user = connector.disconnect_context.load(Ordering::Acquire);
    if callback == 0 {
        violation(
            "NDK-DISC-05",
            "a disconnect event though the consumer gave no callback",
        );
    }
    consumer("NdkDisconnectEventCallback", || call(callback, user));
    connector.event_ends();
}

pub(super) unsafe extern "win64" fn disconnect_event(context: PVOID) {
    disconnect(context, |callback, user| {
        // SAFETY: the consumer's callback, given in the form without a reason (NDK-VER-11).
        unsafe {
            let callback: unsafe extern "win64" fn(PVOID) = std::mem::transmute(callback);
            callback(user);
        }
    });
}

pub(super) unsafe extern "win64" fn disconnect_event_ex(context: PVOID, reason: u32) {
    disconnect(context, |callback, user| {
        // SAFETY: the consumer's callback, given in the form with a reason (NDK-VER-11).
        unsafe {
            let callback: unsafe extern "win64" fn(PVOID, u32) = std::mem::transmute(callback);
            callback(user, reason);
        }
    });
}
