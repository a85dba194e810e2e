//! How receiving ends: the peer's FIN or reset is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::abi::*;
use super::super::host::status;
use super::super::socket::{Socket, State};
use super::super::tap::Direction;
use super::super::{control, kernel, send};
use super::{Progress, call_receive_event, fail_pending, notice_reset};

/// Reports the peer's FIN or a reset, each once (WSK-DIS-10), as soon as the event is enabled.
pub(super) fn serve_end(socket: &Arc<Socket>) -> Progress {
    let mut state = socket.receive();
    let wanted = socket.enabled(WSK_EVENT_DISCONNECT);
    if let Some(failed) = state.reset {
        let first = !std::mem::replace(&mut state.reset_handled, true);
        let report = wanted && !std::mem::replace(&mut state.reset_reported, wanted);
        state.backlog = None;
        drop(state);
        if first {
            socket.set_broken(failed);
            socket.set_state(State::Broken);
            socket.network.tap_end(socket, Direction::In, true);
        }
        send::fail_all(socket, failed);
        fail_pending(socket, failed);
        let dead = failed == status::FILE_FORCED_CLOSED && socket.enabled(WSK_EVENT_RECEIVE);
        if report && dead && socket.network.random(2) == 0 {
            dead_event(socket);
        } else if report {
            disconnect_event(socket, WSK_FLAG_ABORTIVE);
        }
        return Progress::Idle;
    }
    let first = !std::mem::replace(&mut state.fin_handled, true);
    let report = wanted && !std::mem::replace(&mut state.fin_reported, wanted);
    drop(state);
    if first {
        socket.network.tap_end(socket, Direction::In, false);
    }
    if report {
        disconnect_event(socket, 0);
        return Progress::More;
    }
    notice_reset(socket)
}

/// WSK-RX-15: an event without data says that the socket is dead; its answer says nothing.
fn dead_event(socket: &Arc<Socket>) {
    if !socket.aborted.load(Ordering::Acquire) {
        call_receive_event(socket, std::ptr::null_mut(), 0, &mut 0);
    }
}

fn disconnect_event(socket: &Arc<Socket>, flag: u32) {
    if socket.aborted.load(Ordering::Acquire) {
        return;
    }
    // SAFETY: the client keeps its dispatch table until the socket is closed.
    let dispatch = unsafe { &*socket.connect_dispatch.load(Ordering::Acquire) };
    let Some(event) = dispatch.WskDisconnectEvent else {
        kernel::violation(
            "WSK-SOCK-02",
            "disconnect events are enabled and WskDisconnectEvent is null",
        );
    };
    let context = socket.context.load(Ordering::Acquire);
    let answer = control::event(socket, WSK_EVENT_DISCONNECT, "WskDisconnectEvent", || {
        // SAFETY: the client's callback, called as documented.
        unsafe { event(context, WSK_FLAG_AT_DISPATCH_LEVEL | flag) }
    });
    if answer != status::SUCCESS {
        kernel::violation(
            "WSK-DIS-10",
            &format!("WskDisconnectEvent returned {answer:#x}"),
        );
    }
}
