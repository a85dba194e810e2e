//! The QP's functions: work requests go into the ledger on their way.

use softrnic::sys::*;

use super::ledger::Queue;
use super::record::{Kind, Record, filled};
use crate::bridge::{self, aside};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

/// Posts: notes the request first, and takes it back when the provider refuses.
#[inline(always)]
fn post(
    name: &'static str,
    qp: *mut NDK_QP,
    queue: Queue,
    context: PVOID,
    flags: u32,
    call: impl FnOnce(&NDK_QP_DISPATCH) -> NTSTATUS,
) -> NTSTATUS {
    let _ = thread::enter(name, DISPATCH_LEVEL);
    let record = Record::of(qp.cast(), Kind::Qp, name);
    if record.checked {
        aside(move || record.ledger.lock().post(queue, context, flags));
    }
    let status = bridge::call_down(name, || call(record.provider()));
    if status == STATUS_PENDING {
        aside(move || {
            let text = format!("{name} returned PENDING: posts never pend");
            violation("NDK-POST-PENDING", &text)
        });
    }
    if status < 0 && record.checked {
        aside(move || record.ledger.lock().take_back(queue, context));
    }
    status
}

/// One wrapper of a post function: name, slot, queue, and which argument holds the flags.
macro_rules! posts {
    ($($name:ident: $slot:ident, $queue:ident, ($($arg:ident: $ty:ty),*), $flags:expr;)*) => {$(
        pub(super) unsafe extern "win64" fn $name(qp: *mut NDK_QP, context: PVOID, $($arg: $ty),*) -> NTSTATUS {
            post(stringify!($slot), qp, Queue::$queue, context, $flags, |provider| {
                // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
                unsafe { filled(provider.$slot)(qp, context, $($arg),*) }
            })
        }
    )*};
}

posts! {
    send: NdkSend, Initiator, (sgl: *const NDK_SGE, count: u32, flags: u32), flags;
    send_and_invalidate: NdkSendAndInvalidate, Initiator,
        (sgl: *const NDK_SGE, count: u32, flags: u32, token: u32), flags;
    receive: NdkReceive, Receive, (sgl: *const NDK_SGE, count: u32), 0;
    bind: NdkBind, Initiator, (mr: *mut NDK_MR, mw: *mut NDK_MW, address: PVOID, length: usize, flags: u32), flags;
    fast_register: NdkFastRegister, Initiator,
        (mr: *mut NDK_MR, pages: u32, array: *const u64, fbo: u32, length: usize, base: PVOID, flags: u32), flags;
    invalidate: NdkInvalidate, Initiator, (object: *mut NDK_OBJECT_HEADER, flags: u32), flags;
    read: NdkRead, Initiator, (sgl: *const NDK_SGE, count: u32, address: u64, token: u32, flags: u32), flags;
    write: NdkWrite, Initiator, (sgl: *const NDK_SGE, count: u32, address: u64, token: u32, flags: u32), flags;
}

pub(super) unsafe extern "win64" fn flush(qp: *mut NDK_QP) {
    let _ = thread::enter("NdkFlush", DISPATCH_LEVEL);
    let record = Record::of(qp.cast(), Kind::Qp, "NdkFlush");
    bridge::call_down("NdkFlush", || {
        // SAFETY: the provider's slot, seen to be filled.
        unsafe { filled(record.provider::<NDK_QP_DISPATCH>().NdkFlush)(qp) }
    });
}
