//! Abort and close. Both run on the network thread, between callbacks, so a close completes only
//! when the event callback in progress has returned (WSK-EVT-08, WSK-CLS-02).

use std::sync::Arc;

use super::abi::{PIRP, WSK_BUF, WSK_FLAG_ABORTIVE};
use super::host::{NtStatus, status};
use super::kernel;
use super::network::Command;
use super::socket::{Socket, State};
use super::tap::Direction;
use super::{pace, receive, send};

/// `WskDisconnect`, after the entry checks. WSK-DIS-01: only on a connection.
pub(super) fn disconnect(
    socket: &Arc<Socket>,
    buffer: *const WSK_BUF,
    flags: u32,
    irp: PIRP,
) -> NtStatus {
    let abortive = flags & WSK_FLAG_ABORTIVE != 0;
    if abortive && !buffer.is_null() {
        kernel::violation("WSK-DIS-03", "an abortive WskDisconnect with a buffer");
    }
    match socket.state() {
        State::New | State::Bound | State::Listening | State::Connecting => {
            kernel::violation(
                "WSK-DIS-01",
                "WskDisconnect on a socket that is not connected",
            );
        }
        State::Broken if abortive => kernel::complete(irp, status::SUCCESS, 0),
        State::Broken => kernel::complete(
            irp,
            socket.broken().unwrap_or(status::CONNECTION_ABORTED),
            0,
        ),
        State::Connected if abortive => {
            send::verify_end(socket);
            abort(socket, irp)
        }
        State::Connected => send::disconnect(socket, buffer, irp),
    }
}

/// An abortive disconnect: WSK-DIS-07.
fn abort(socket: &Arc<Socket>, irp: PIRP) -> NtStatus {
    kernel::pend(irp);
    send::stop(socket);
    socket
        .network
        .command(Command::Abort(Arc::clone(socket), irp));
    status::PENDING
}

pub(super) fn run_abort(socket: &Arc<Socket>, irp: PIRP) {
    end_connection(socket);
    kernel::complete_pended(irp, status::SUCCESS, 0);
}

/// Resets the connection if it lives, and completes everything that waits on it.
fn end_connection(socket: &Arc<Socket>) {
    if socket.state() == State::Connected {
        socket.network.tap_end(socket, Direction::Out, true);
        socket.tcp.abort();
        socket.set_state(State::Broken);
    }
    socket.set_broken(status::CONNECTION_ABORTED);
    // WSK-DIS-06, WSK-DIS-07: pending requests are forced to complete.
    send::fail_all(socket, status::CANCELLED);
    receive::fail_pending(socket, status::CANCELLED);
}

/// The transport ends a socket: its address is gone. Everything on it fails from now on; a
/// listener is told by a null socket (WSK-ACC-01), a connection by an abort (WSK-HAZ-09) or by an
/// event without data (WSK-RX-15).
pub(super) fn force(socket: &Arc<Socket>) {
    let was = socket.state();
    socket.set_broken(status::FILE_FORCED_CLOSED);
    socket.set_state(State::Broken);
    match was {
        State::New | State::Bound => {}
        State::Listening => {
            end_accepts(socket, status::FILE_FORCED_CLOSED);
            super::accept::listener_is_dead(socket);
        }
        State::Connecting | State::Connected | State::Broken => {
            socket.tcp.abort();
            let connect = socket.control().connect_irp.take();
            if let Some(pending) = connect {
                kernel::complete_pended(pending, status::FILE_FORCED_CLOSED, 0);
            }
            receive::force_reset(socket, status::FILE_FORCED_CLOSED);
            socket.network.kick(socket);
        }
    }
}

fn end_accepts(socket: &Socket, failed: NtStatus) {
    loop {
        let Some(pending) = socket.control().accepts.pop_front() else {
            return;
        };
        kernel::complete_pended(pending.irp, failed, 0);
    }
}

/// `WskCloseSocket`, after the entry checks.
pub(super) fn close(socket: &Arc<Socket>, irp: PIRP) -> NtStatus {
    send::verify_end(socket);
    socket.begin_close("WskCloseSocket");
    if let Some(closed) = close_now(socket, irp) {
        return closed;
    }
    kernel::pend(irp);
    send::stop(socket);
    socket
        .network
        .command(Command::Close(Arc::clone(socket), irp));
    status::PENDING
}

/// Inside the call: of a socket that never had a callback, and has nothing under way.
fn close_now(socket: &Arc<Socket>, irp: PIRP) -> Option<NtStatus> {
    let paces = &socket.network.machine.wsk.paces;
    let idle = matches!(socket.state(), State::New | State::Bound) && paces.is_quiet(socket);
    if !pace::is_prompt(irp) || !idle {
        return None;
    }
    socket.tcp.close();
    socket.set_closed();
    socket.closed();
    socket.network.command(Command::Bury(Arc::clone(socket)));
    paces.prompted();
    Some(kernel::complete(irp, status::SUCCESS, 0))
}

pub(super) fn run_close(socket: &Arc<Socket>, irp: PIRP) {
    let connect = socket.control().connect_irp.take();
    if let Some(pending) = connect {
        socket.tcp.abort();
        kernel::complete_pended(pending, status::CANCELLED, 0);
    }
    end_accepts(socket, status::CANCELLED);
    // WSK-DIS-11, WSK-CLS-06: an end that is not shut in both directions is a reset.
    let graceful =
        socket.transmit().is_finished() && receive::saw_end(socket) && socket.broken().is_none();
    if graceful {
        socket.set_broken(status::CONNECTION_DISCONNECTED);
    } else {
        end_connection(socket);
    }
    receive::close(socket, status::CANCELLED);
    super::control::release_disables(socket);
    socket.tcp.close();
    socket.set_closed();
    let paces = &socket.network.machine.wsk.paces;
    // WSK-CLS-02
    paces.complete_of(socket);
    if !paces.keeps(irp) {
        socket.closed();
    }
    kernel::complete_pended(irp, status::SUCCESS, 0);
}
