//! What WSK calls: events, completion routines, and the DPC behind them.

use core::{ptr::null_mut, sync::atomic::Ordering};

use wdk_sys::{IRP, KDPC, NTSTATUS, PDEVICE_OBJECT, PVOID, ntddk::KeInsertQueueDpc};

use crate::{block, connection::Connection, outgoing::Send, settings::Work, sys::*};

/// The tables of a listener and of a connection.
pub(crate) struct Tables(
    pub(crate) WSK_CLIENT_LISTEN_DISPATCH,
    pub(crate) WSK_CLIENT_CONNECTION_DISPATCH,
);
// SAFETY: plain data that nobody changes.
unsafe impl Sync for Tables {}

/// Ours.
pub(crate) static TABLES: Tables = Tables(
    WSK_CLIENT_LISTEN_DISPATCH {
        WskAcceptEvent: Some(accept_event),
        WskInspectEvent: None,
        WskAbortEvent: None,
    },
    WSK_CLIENT_CONNECTION_DISPATCH {
        WskReceiveEvent: Some(receive_event),
        WskDisconnectEvent: Some(disconnect_event),
        WskSendBacklogEvent: None,
    },
);

/// The connection that a callback's context is.
///
/// # Safety
/// Of a callback of this driver, whose connection is not closed.
unsafe fn connection<'a>(context: PVOID) -> &'a Connection {
    // SAFETY: the caller's promise.
    unsafe { &*context.cast() }
}

unsafe extern "win64" fn accept_event(
    context: PVOID,
    _: u32,
    _: *mut SOCKADDR,
    _: *mut SOCKADDR,
    socket: *mut WSK_SOCKET,
    accepted: *mut PVOID,
    dispatch: *mut *const WSK_CLIENT_CONNECTION_DISPATCH,
) -> NTSTATUS {
    // SAFETY: the listener's context.
    let connection = unsafe { connection(context) };
    let (free, ours) = (null_mut(), Ordering::AcqRel);
    let first = !socket.is_null()
        && connection
            .socket
            .compare_exchange(free, socket, ours, Ordering::Acquire)
            .is_ok();
    if !first {
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    // SAFETY: out parameters.
    unsafe {
        accepted.write(context);
        dispatch.write(&raw const TABLES.1);
    }
    STATUS_SUCCESS
}

unsafe extern "win64" fn receive_event(
    context: PVOID,
    _: u32,
    list: *mut WSK_DATA_INDICATION,
    _: u64,
    _: *mut usize,
) -> NTSTATUS {
    // SAFETY: the socket's context; one such event runs at a time.
    let (connection, incoming) = unsafe {
        let connection = connection(context);
        (connection, &mut *connection.incoming.get())
    };
    if list.is_null() {
        connection.fail(STATUS_CONNECTION_RESET);
        return STATUS_SUCCESS;
    }
    let mut next = list;
    while !next.is_null() {
        // SAFETY: the list is valid during the event, and so are its MDLs.
        unsafe {
            each_piece(&(*next).Buffer, |bytes| connection.take(incoming, bytes));
            next = (*next).Next;
        }
    }
    if let Some(queues) = &connection.queues {
        queues.notify_received();
    }
    STATUS_SUCCESS
}

/// Calls `each` for every piece of memory that the buffer describes.
///
/// # Safety
/// A valid buffer whose memory nobody changes meanwhile.
unsafe fn each_piece(buffer: &WSK_BUF, mut each: impl FnMut(&[u8])) {
    let mut mdl = buffer.Mdl.cast::<wdk_sys::MDL>();
    let (mut offset, mut left) = (buffer.Offset as usize, buffer.Length);
    while !mdl.is_null() && left > 0 {
        // SAFETY: a member of a valid chain (caller).
        unsafe {
            let length = ((*mdl).ByteCount as usize - offset).min(left);
            let at = block::address(mdl);
            if !at.is_null() {
                each(core::slice::from_raw_parts(at.add(offset), length));
            }
            (left, offset) = (left - length, 0);
            mdl = (*mdl).Next;
        }
    }
}

unsafe extern "win64" fn disconnect_event(context: PVOID, flags: u32) -> NTSTATUS {
    // SAFETY: the socket's context.
    let connection = unsafe { connection(context) };
    if flags & WSK_FLAG_ABORTIVE != 0 {
        connection.fail(STATUS_CONNECTION_RESET);
    } else if connection.is_client() {
        // What was sent one way has arrived only now.
        if connection.settings.work == Work::Stream {
            connection.stamp(&connection.ended);
        }
        connection.gone.set();
    } else {
        // SAFETY: connected; said once.
        unsafe {
            let irp = connection.goodbye.arm(Some(said_goodbye), context);
            connection.peer().disconnect(0, irp);
        }
    }
    STATUS_SUCCESS
}

/// The end of this side's stream was acknowledged, or the connection is gone.
///
/// # Safety
/// Of the goodbye's IRP.
pub(crate) unsafe extern "C" fn said_goodbye(
    _: PDEVICE_OBJECT,
    _: *mut IRP,
    context: PVOID,
) -> NTSTATUS {
    // SAFETY: the goodbye's context.
    unsafe { connection(context) }.gone.set();
    STATUS_MORE_PROCESSING_REQUIRED
}

/// The greeting went out; its IRP is not used again.
///
/// # Safety
/// Of the greeting's IRP.
pub(crate) unsafe extern "C" fn greeted(_: PDEVICE_OBJECT, _: *mut IRP, _: PVOID) -> NTSTATUS {
    STATUS_MORE_PROCESSING_REQUIRED
}

/// A send has completed: WSK may not be called from here, but from a DPC.
///
/// # Safety
/// Of a send's IRP, with that send.
pub(crate) unsafe extern "C" fn sent(_: PDEVICE_OBJECT, _: *mut IRP, send: PVOID) -> NTSTATUS {
    let send = send.cast::<Send>();
    // SAFETY: the send that the routine was armed with; it is the connection's.
    unsafe {
        let connection = connection((*send).context());
        let status = (*send).status();
        let streams = connection.settings.work == Work::Stream;
        let due = connection
            .queues
            .as_ref()
            .is_some_and(|queues| queues.sent((*send).pieces()));
        if status < 0 {
            connection.fail(status);
        }
        if connection.outgoing.completed(send) || streams || due {
            KeInsertQueueDpc(connection.dpc.at().cast(), null_mut(), null_mut());
        }
    }
    STATUS_MORE_PROCESSING_REQUIRED
}

/// Sends what waited for a completion.
///
/// # Safety
/// Of the connection's DPC.
pub(crate) unsafe extern "C" fn deferred(_: *mut KDPC, context: PVOID, _: PVOID, _: PVOID) {
    // SAFETY: the DPC's context; `close` flushes DPCs before the connection goes.
    let connection = unsafe { connection(context) };
    connection.pump();
    if let Some(queues) = &connection.queues {
        queues.notify_initiated();
    }
}
