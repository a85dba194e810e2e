//! Closing Winsock Kernel sockets at the wrong moment.

use core::ptr::{null, null_mut};
use core::sync::atomic::Ordering;

use crate::Case;
use crate::kernel::*;
use crate::sys::*;
use crate::wsk_client::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("wsk-close-retained", close_retained),
    ("wsk-closed-in-a-call", closed_in_a_call),
];

/// A request completes inside its call; the completion routine stays there until another thread has
/// closed the socket.
unsafe fn closed_in_a_call() {
    let mut address = SOCKADDR_IN::default();
    let mut thread = null_mut();
    // SAFETY: the socket is closed while the call is executing, on purpose; the run ends there.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        bind(socket);
        let Some(local) = table(socket).WskGetLocalAddress else {
            return;
        };
        KeInitializeEvent((&raw mut INSIDE).cast(), 0, 0);
        let irp = IoAllocateIrp(1, 0);
        prepare(irp, stays, null_mut());
        let none = null_mut();
        PsCreateSystemThread(&mut thread, 0, none, none, none, closes, socket.cast());
        local(socket, (&raw mut address).cast(), irp.cast());
    }
}

/// Set when the call of [`closed_in_a_call`] has come to its completion routine.
static mut INSIDE: Object = Object::new();

/// At DISPATCH_LEVEL, where nothing waits: it runs until the run ends.
unsafe extern "system" fn stays(_: Pointer, _: Pointer, _: Pointer) -> i32 {
    // SAFETY: the event is initialised.
    unsafe { KeSetEvent((&raw mut INSIDE).cast(), 0, 0) };
    loop {
        core::hint::spin_loop();
    }
}

unsafe extern "system" fn closes(socket: Pointer) {
    // SAFETY: the socket of `closed_in_a_call`.
    unsafe {
        KeWaitForSingleObject((&raw mut INSIDE).cast(), 0, 0, 0, null());
        close(socket.cast());
    }
}

unsafe fn close_retained() {
    RECEIVE.store(STATUS_PENDING, Ordering::Relaxed);
    // SAFETY: the list is not released, on purpose.
    unsafe {
        let pair = connect(&open());
        let (mut data, _) = buffer(64);
        send(pair.socket, &mut data);
        while LIST.load(Ordering::Acquire).is_null() {
            pause(1);
        }
        pause(20);
        close(ACCEPTED.load(Ordering::Acquire));
        close(pair.listener);
    }
}
