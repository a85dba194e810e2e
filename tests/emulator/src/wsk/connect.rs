//! Bind, listen and connect, and the addresses of a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use super::abi::*;
use super::host::{NtStatus, bind_status, broken_status, connect_status, is_wildcard, status};
use super::network::Command;
use super::socket::{Category, Socket, State};
use super::{kernel, pace};
use crate::ip::address;

/// `WskBind`, after the entry checks. A listening socket listens at once (WSK-SOCK-05).
pub(super) fn bind(socket: &Arc<Socket>, local: Option<SocketAddr>, irp: PIRP) -> NtStatus {
    let result = match local {
        Some(local) if local.is_ipv6() == socket.v6 => bind_to(socket, &local),
        _ => Err(status::INVALID_ADDRESS_COMPONENT),
    };
    kernel::complete(irp, result.err().unwrap_or(status::SUCCESS), 0)
}

pub(super) fn bind_to(socket: &Arc<Socket>, local: &SocketAddr) -> Result<(), NtStatus> {
    if socket.state() != State::New {
        return Err(status::INVALID_DEVICE_STATE);
    }
    if !is_wildcard(local.ip()) && !kernel::owns_address(socket.network.machine, local.ip()) {
        return Err(status::INVALID_ADDRESS_COMPONENT);
    }
    // The host refuses ports that only wait for old segments; Windows' transport doesn't.
    let reuse = socket.category == Category::Listen
        || socket.category == Category::Stream
        || local.port() == 0;
    if reuse {
        let _ = socket
            .tcp
            .set_option(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1);
    }
    socket
        .tcp
        .bind(local)
        .map_err(|error| bind_status(&error))?;
    socket.set_state(State::Bound);
    if socket.category == Category::Listen {
        listen_now(socket)
    } else {
        Ok(())
    }
}

/// `WskListen` on a stream socket.
pub(super) fn listen(socket: &Arc<Socket>, irp: PIRP) -> NtStatus {
    let result = if socket.state() == State::Bound {
        listen_now(socket)
    } else {
        Err(status::INVALID_DEVICE_STATE)
    };
    kernel::complete(irp, result.err().unwrap_or(status::SUCCESS), 0)
}

fn listen_now(socket: &Arc<Socket>) -> Result<(), NtStatus> {
    socket.tcp.listen().map_err(|error| bind_status(&error))?;
    socket.set_state(State::Listening);
    socket.network.command(Command::Watch(Arc::clone(socket)));
    Ok(())
}

/// `WskConnect`, after the entry checks.
pub(super) fn connect(socket: &Arc<Socket>, remote: Option<SocketAddr>, irp: PIRP) -> NtStatus {
    let Some(remote) = remote.filter(|remote| remote.is_ipv6() == socket.v6) else {
        return kernel::complete(irp, status::INVALID_ADDRESS_COMPONENT, 0);
    };
    // WSK-SOCK-04: bound first.
    if !socket.change_state(State::Bound, State::Connecting) {
        return kernel::complete(irp, status::INVALID_DEVICE_STATE, 0);
    }
    kernel::pend(irp);
    {
        let mut control = socket.control();
        control.connect_irp = Some(irp);
        control.remote = Some(remote);
    }
    // The request is in place before the host is asked: its answer may come at once.
    if let Err(error) = socket.tcp.connect(&remote) {
        let failed = connect_status(error.raw_os_error().unwrap_or(0));
        return fail(socket, failed);
    }
    if pace::is_prompt(irp) && socket.tcp.settles() {
        socket.network.machine.wsk.paces.prompted();
        finish(socket);
    }
    socket.network.command(Command::Watch(Arc::clone(socket)));
    status::PENDING
}

/// The second half of `WskSocketConnect`: its IRP carries the socket.
pub(super) fn connect_new(socket: &Arc<Socket>, remote: SocketAddr, irp: PIRP) -> NtStatus {
    socket.control().carries_socket = true;
    connect(socket, Some(remote), irp)
}

fn fail(socket: &Arc<Socket>, failed: NtStatus) -> NtStatus {
    let Some(irp) = socket.control().connect_irp.take() else {
        return failed;
    };
    // A failed attempt leaves a socket that can only be closed.
    socket.set_broken(failed);
    socket.set_state(State::Broken);
    if socket.control().carries_socket {
        // Nobody but us knows the socket.
        socket.set_closed();
        socket.closed();
    }
    kernel::complete_pended(irp, failed, 0)
}

/// The host says something about a connect attempt: the network thread looks.
pub(super) fn finish(socket: &Arc<Socket>) {
    let path = match socket.tcp.take_error() {
        None => socket
            .tcp
            .local()
            .and_then(|local| Ok((local, socket.tcp.peer()?)))
            .ok(),
        // Only an established connection is reset: it was there, and is gone.
        Some(libc::ECONNRESET | libc::EPIPE) => {
            socket.set_broken(status::CONNECTION_RESET);
            socket.tcp.local().ok().zip(socket.control().remote)
        }
        Some(error) => {
            fail(socket, connect_status(error));
            return;
        }
    };
    let Some((local, remote)) = path else { return };
    let (irp, carries) = {
        let mut control = socket.control();
        (control.connect_irp.take(), control.carries_socket)
    };
    let Some(irp) = irp else { return };
    let _ = socket.path.set((local, remote));
    socket.set_state(State::Connected);
    socket.network.tap_open(socket, true);
    super::control::enable_static(socket, socket.client.static_events());
    kernel::complete_pended(
        irp,
        status::SUCCESS,
        if carries { socket.handle() as usize } else { 0 },
    );
}

/// `WskGetLocalAddress` and `WskGetRemoteAddress`.
pub(super) fn get_address(
    socket: &Arc<Socket>,
    place: *mut SOCKADDR,
    remote: bool,
    irp: PIRP,
) -> NtStatus {
    let known = match socket.path.get() {
        Some((local, peer)) => Ok(if remote { *peer } else { *local }),
        None if remote => Err(status::INVALID_DEVICE_STATE),
        None if socket.state() == State::New => Err(status::INVALID_DEVICE_STATE),
        None => socket
            .tcp
            .local()
            .map_err(|error| broken_status(error.raw_os_error().unwrap_or(0))),
    };
    let result = known.map(|address| {
        // SAFETY: the client keeps the buffer valid until the IRP completes.
        unsafe { address::write(place, &address) };
    });
    kernel::complete(irp, result.err().unwrap_or(status::SUCCESS), 0)
}
