//! Listening and accepting: incoming connections go to a pending `WskAccept`, else to
//! `WskAcceptEvent`; with neither, they wait in the host's backlog.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::abi::*;
use super::host::{NtStatus, status};
use super::kernel;
use super::network::Command;
use super::socket::{Category, PendingAccept, Socket, State};
use super::tcp::Tcp;
use crate::ip::address;

/// Connections accepted in one look.
const BUDGET: usize = 16;

/// `WskAccept`, after the entry checks.
pub(super) fn accept(listener: &Arc<Socket>, pending: PendingAccept) -> NtStatus {
    if listener.state() != State::Listening {
        return kernel::complete(pending.irp, status::INVALID_DEVICE_STATE, 0);
    }
    kernel::pend(pending.irp);
    listener.control().accepts.push_back(pending);
    listener.network.kick(listener);
    status::PENDING
}

/// Takes what the host has accepted; whether there may be more.
pub(super) fn serve(listener: &Arc<Socket>) -> bool {
    for _ in 0..BUDGET {
        let waiting = !listener.control().accepts.is_empty();
        if !waiting && !listener.enabled(WSK_EVENT_ACCEPT) {
            return false;
        }
        let Ok(Some(tcp)) = listener.tcp.accept() else {
            return false;
        };
        let Some(accepted) = adopt(listener, tcp) else {
            continue;
        };
        // No lock is held over the event.
        let pending = listener.control().accepts.pop_front();
        match pending {
            Some(pending) => complete(pending, &accepted),
            None => offer(listener, &accepted),
        }
        if listener.is_closing() {
            return false;
        }
    }
    true
}

/// Makes a connected socket of a host connection. It inherits the listener's options.
fn adopt(listener: &Arc<Socket>, tcp: Tcp) -> Option<Arc<Socket>> {
    let path = (tcp.local().ok()?, tcp.peer().ok()?);
    let accepted = Socket::new(
        &listener.client,
        tcp,
        Category::Connection,
        listener.v6,
        State::Connected,
    );
    let _ = accepted.path.set(path);
    accepted.transmit().nodelay_option = listener.transmit().nodelay_option;
    Some(accepted)
}

/// Publishes an accepted socket: it is the client's from here on.
fn publish(
    accepted: &Arc<Socket>,
    context: *mut c_void,
    dispatch: *const WSK_CLIENT_CONNECTION_DISPATCH,
) {
    accepted.context.store(context, Ordering::Release);
    accepted
        .connect_dispatch
        .store(dispatch.cast_mut(), Ordering::Release);
    accepted.opened();
    accepted.network.tap_open(accepted, false);
    accepted
        .network
        .command(Command::Watch(Arc::clone(accepted)));
}

fn complete(pending: PendingAccept, accepted: &Arc<Socket>) {
    publish(accepted, pending.context, pending.dispatch);
    // WSK-EVT-06: nothing but static callbacks is enabled on a socket accepted this way.
    enable(accepted, accepted.client.static_events());
    if let Some((local, remote)) = accepted.path.get() {
        for (place, address) in [(pending.local, local), (pending.remote, remote)] {
            if !place.is_null() {
                // SAFETY: the client keeps the buffers valid until the IRP completes (WSK-ACC-04).
                unsafe { address::write(place, address) };
            }
        }
    }
    kernel::complete_pended(pending.irp, status::SUCCESS, accepted.handle() as usize);
}

/// Offers the connection to `WskAcceptEvent`: WSK-ACC-01.
fn offer(listener: &Arc<Socket>, accepted: &Arc<Socket>) {
    // The socket is the client's when the event returns SUCCESS, yet it may call into it before.
    accepted.opened();
    let (answer, context, table) = accept_event(listener, accepted);
    match answer {
        status::SUCCESS => {
            accepted.context.store(context, Ordering::Release);
            accepted
                .connect_dispatch
                .store(table.cast_mut(), Ordering::Release);
            // WSK-EVT-06: inherited from the listener, or static.
            let inherited = WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG;
            let events = listener.events.load(Ordering::Acquire) & inherited;
            enable(accepted, events | accepted.client.static_events());
            accepted.network.tap_open(accepted, false);
            accepted
                .network
                .command(Command::Watch(Arc::clone(accepted)));
        }
        status::REQUEST_NOT_ACCEPTED => {
            if accepted.is_closing() {
                kernel::violation(
                    "WSK-ACC-01",
                    "the client closed a socket whose accept it refused",
                );
            }
            accepted.closed();
            accepted.set_closed();
            accepted.tcp.abort();
        }
        other => kernel::violation("WSK-ACC-01", &format!("WskAcceptEvent returned {other:#x}")),
    }
}

/// Calls the event; its answer, and the context and table it gave.
fn accept_event(
    listener: &Arc<Socket>,
    accepted: &Arc<Socket>,
) -> (NtStatus, *mut c_void, *const WSK_CLIENT_CONNECTION_DISPATCH) {
    // SAFETY: the client keeps its dispatch table until the socket is closed.
    let dispatch = unsafe { &*listener.listen_dispatch.load(Ordering::Acquire) };
    let Some(event) = dispatch.WskAcceptEvent else {
        kernel::violation(
            "WSK-SOCK-02",
            "accept events are enabled and WskAcceptEvent is null",
        );
    };
    let path = accepted
        .path
        .get()
        .map(|(local, remote)| (address::to_windows(local), address::to_windows(remote)));
    let (mut local, mut remote) = path.unwrap_or_default();
    let (mut context, mut table) = (std::ptr::null_mut(), std::ptr::null());
    let listen_context = listener.context.load(Ordering::Acquire);
    let answer = super::control::event(listener, WSK_EVENT_ACCEPT, "WskAcceptEvent", || {
        // SAFETY: the client's callback, called as documented.
        unsafe {
            event(
                listen_context,
                WSK_FLAG_AT_DISPATCH_LEVEL,
                (&raw mut local).cast(),
                (&raw mut remote).cast(),
                accepted.handle(),
                &raw mut context,
                &raw mut table,
            )
        }
    });
    (answer, context, table)
}

/// WSK-ACC-01: the event with a null socket says that the listener is dead.
pub(super) fn listener_is_dead(listener: &Arc<Socket>) {
    if !listener.enabled(WSK_EVENT_ACCEPT) {
        return;
    }
    // SAFETY: the client keeps its dispatch table until the socket is closed.
    let dispatch = unsafe { &*listener.listen_dispatch.load(Ordering::Acquire) };
    let Some(event) = dispatch.WskAcceptEvent else {
        return;
    };
    let context = listener.context.load(Ordering::Acquire);
    super::control::event(listener, WSK_EVENT_ACCEPT, "WskAcceptEvent", || {
        let null = std::ptr::null_mut();
        let (mut unused, mut table) = (null, std::ptr::null());
        // SAFETY: the client's callback, called as documented for a dead listener.
        unsafe {
            event(
                context,
                WSK_FLAG_AT_DISPATCH_LEVEL,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                &raw mut unused,
                &raw mut table,
            )
        }
    });
}

fn enable(accepted: &Socket, events: u32) {
    let wanted = events & (WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG);
    if !accepted.connect_dispatch.load(Ordering::Acquire).is_null() {
        accepted.events.fetch_or(wanted, Ordering::AcqRel);
    }
}
