//! `WskControlSocket` and the frame around every event callback.

#![expect(
    non_upper_case_globals,
    reason = "the constants have the names of the Windows headers"
)]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::abi::*;
use super::host::{NtStatus, status};
use super::kernel;
use super::socket::{Category, Socket, State};
use crate::wdm::DISPATCH_LEVEL;

/// What a socket's send queue should hold for full speed, as `SIO_WSK_QUERY_IDEAL_SEND_BACKLOG` says.
const IDEAL_SEND_BACKLOG: usize = 1 << 20;

/// One request, as the client passed it.
pub(super) struct Request {
    pub(super) kind: WSK_CONTROL_SOCKET_TYPE,
    pub(super) code: u32,
    pub(super) level: u32,
    pub(super) input: *const u8,
    pub(super) input_size: usize,
    pub(super) output: *mut u8,
    pub(super) output_size: usize,
    pub(super) returned: *mut usize,
    pub(super) irp: PIRP,
}

impl Request {
    fn input_as<T: Copy>(&self) -> Option<T> {
        // SAFETY: the client passes `input_size` readable bytes.
        (!self.input.is_null() && self.input_size >= size_of::<T>())
            .then(|| unsafe { self.input.cast::<T>().read_unaligned() })
    }

    /// Writes the answer; the number of bytes.
    fn answer<T: Copy>(&self, value: T) -> Result<usize, NtStatus> {
        if self.output.is_null() || self.output_size < size_of::<T>() {
            return Err(status::INVALID_PARAMETER);
        }
        // SAFETY: the client passes `output_size` writable bytes.
        unsafe { self.output.cast::<T>().write_unaligned(value) };
        Ok(size_of::<T>())
    }

    fn finish(&self, result: Result<usize, NtStatus>) -> NtStatus {
        let (code, bytes) = match result {
            Ok(bytes) => (status::SUCCESS, bytes),
            Err(failed) => (failed, 0),
        };
        if !self.irp.is_null() {
            return kernel::complete(self.irp, code, bytes);
        }
        if !self.returned.is_null() {
            // SAFETY: the client passes a writable size.
            unsafe { self.returned.write(bytes) };
        }
        code
    }
}

/// `WskControlSocket`, after the entry checks.
pub(super) fn control(socket: &Arc<Socket>, request: &Request) -> NtStatus {
    if request.kind == WskSetOption
        && request.level == SOL_SOCKET
        && request.code == SO_WSK_EVENT_CALLBACK
    {
        return event_callbacks(socket, request);
    }
    // WSK-OPT-01: transport options and ioctls need an IRP.
    if request.irp.is_null() {
        kernel::violation(
            "WSK-OPT-01",
            &format!("WskControlSocket code {:#x} without an IRP", request.code),
        );
    }
    let result = match request.kind {
        WskIoctl if request.code == SIO_WSK_QUERY_IDEAL_SEND_BACKLOG => {
            request.answer(IDEAL_SEND_BACKLOG)
        }
        WskIoctl => Err(status::NOT_SUPPORTED),
        WskSetOption => set_option(socket, request),
        WskGetOption => get_option(socket, request),
        _ => Err(status::INVALID_PARAMETER),
    };
    request.finish(result)
}

/// The host's name of an option, if it has one.
fn host_option(level: u32, code: u32) -> Option<(i32, i32)> {
    match (level, code) {
        (SOL_SOCKET, SO_KEEPALIVE) => Some((libc::SOL_SOCKET, libc::SO_KEEPALIVE)),
        (SOL_SOCKET, SO_RCVBUF) => Some((libc::SOL_SOCKET, libc::SO_RCVBUF)),
        (IPPROTO_IPV6, IPV6_V6ONLY) => Some((libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)),
        _ => None,
    }
}

fn set_option(socket: &Arc<Socket>, request: &Request) -> Result<usize, NtStatus> {
    let value: u32 = request.input_as().ok_or(status::INVALID_PARAMETER)?;
    match (request.level, request.code) {
        (SOL_SOCKET, SO_EXCLUSIVEADDRUSE | SO_REUSEADDR) => {
            // WSK-SOCK-06: before the bind.
            if socket.state() != State::New {
                return Err(status::INVALID_DEVICE_STATE);
            }
            if request.code == SO_REUSEADDR && value != 0 {
                let _ = socket
                    .tcp
                    .set_option(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1);
            }
            Ok(0)
        }
        (IPPROTO_TCP, TCP_NODELAY) => {
            socket.transmit().nodelay_option = value != 0;
            Ok(0)
        }
        (level, code) => {
            let (level, name) = host_option(level, code).ok_or(status::NOT_SUPPORTED)?;
            socket
                .tcp
                .set_option(level, name, value as i32)
                .map_err(|_| status::INVALID_PARAMETER)?;
            Ok(0)
        }
    }
}

fn get_option(socket: &Arc<Socket>, request: &Request) -> Result<usize, NtStatus> {
    if (request.level, request.code) == (IPPROTO_TCP, TCP_NODELAY) {
        return request.answer(u32::from(socket.transmit().nodelay_option));
    }
    let (level, name) = host_option(request.level, request.code).ok_or(status::NOT_SUPPORTED)?;
    let value = socket
        .tcp
        .option_value(level, name)
        .map_err(|_| status::INVALID_PARAMETER)?;
    request.answer(value as u32)
}

/// WSK-EVT-01..05: enables events, or disables one.
fn event_callbacks(socket: &Arc<Socket>, request: &Request) -> NtStatus {
    let Some(wanted) = request.input_as::<WSK_EVENT_CALLBACK_CONTROL>() else {
        return request.finish(Err(status::INVALID_PARAMETER));
    };
    // SAFETY: the client passes a pointer to an identifier, or null.
    let named = !wanted.NpiId.is_null() && unsafe { *wanted.NpiId } == NPI_WSK_INTERFACE_ID;
    if !named {
        return request.finish(Err(status::INVALID_PARAMETER));
    }
    let mask = wanted.EventMask & !WSK_EVENT_DISABLE;
    if wanted.EventMask & WSK_EVENT_DISABLE != 0 {
        return disable(socket, mask, request);
    }
    if !request.irp.is_null() {
        kernel::violation(
            "WSK-EVT-01",
            "events are enabled with an IRP; it must be null",
        );
    }
    enable(socket, mask).err().unwrap_or(status::SUCCESS)
}

fn enable(socket: &Arc<Socket>, mask: u32) -> Result<(), NtStatus> {
    let connection = WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG;
    let listens = matches!(socket.category, Category::Listen | Category::Stream);
    let allowed = if listens {
        connection | WSK_EVENT_ACCEPT
    } else {
        connection
    };
    if mask == 0 || mask & !allowed != 0 {
        return Err(status::INVALID_PARAMETER);
    }
    // WSK-EVT-02: a listener once bound, a connection once connected.
    match socket.state() {
        State::Listening | State::Connected | State::Broken => {}
        State::Bound if listens => {}
        State::New | State::Bound | State::Connecting => return Err(status::INVALID_DEVICE_STATE),
    }
    check_callbacks(socket, mask);
    socket.events.fetch_or(mask, Ordering::AcqRel);
    socket.network.kick(socket);
    Ok(())
}

/// WSK-SOCK-02: an enabled event has a callback.
fn check_callbacks(socket: &Socket, mask: u32) {
    let missing = if socket.state() == State::Listening {
        mask & WSK_EVENT_ACCEPT != 0 && {
            let table = socket.listen_dispatch.load(Ordering::Acquire);
            // SAFETY: the client keeps its dispatch table until the socket is closed.
            table.is_null() || unsafe { (*table).WskAcceptEvent }.is_none()
        }
    } else {
        let table = socket.connect_dispatch.load(Ordering::Acquire);
        // SAFETY: as above.
        table.is_null() || {
            // SAFETY: as above.
            let table = unsafe { &*table };
            (mask & WSK_EVENT_RECEIVE != 0 && table.WskReceiveEvent.is_none())
                || (mask & WSK_EVENT_DISCONNECT != 0 && table.WskDisconnectEvent.is_none())
        }
    };
    if missing {
        kernel::violation(
            "WSK-SOCK-02",
            &format!("events {mask:#x} are enabled without callbacks"),
        );
    }
}

/// Enables what is static for every socket, where it has callbacks: WSK-REG-12.
pub(super) fn enable_static(socket: &Arc<Socket>, events: u32) {
    let connection = events & (WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG);
    if connection != 0 && !socket.connect_dispatch.load(Ordering::Acquire).is_null() {
        socket.events.fetch_or(connection, Ordering::AcqRel);
    }
}

/// WSK-EVT-03: with a callback in progress, "later", with or without an IRP.
fn disable(socket: &Arc<Socket>, mask: u32, request: &Request) -> NtStatus {
    if mask.count_ones() != 1 {
        return request.finish(Err(status::INVALID_PARAMETER));
    }
    socket.events.fetch_and(!mask, Ordering::AcqRel);
    if socket.in_event.load(Ordering::Acquire) & mask == 0 {
        return request.finish(Ok(0));
    }
    if request.irp.is_null() {
        return status::EVENT_PENDING;
    }
    kernel::pend(request.irp);
    socket.control().disables.push(request.irp);
    socket.disable_waits.store(true, Ordering::Release);
    if socket.in_event.load(Ordering::Acquire) & mask == 0 {
        release_disables(socket);
    }
    status::PENDING
}

/// Completes disables whose callback has returned.
pub(super) fn release_disables(socket: &Socket) {
    if !socket.disable_waits.swap(false, Ordering::AcqRel) {
        return;
    }
    let waiting = std::mem::take(&mut socket.control().disables);
    for irp in waiting {
        kernel::complete_pended(irp, status::SUCCESS, 0);
    }
}

/// Runs an event callback of `socket` at DISPATCH_LEVEL; what it returned.
pub(super) fn event(
    socket: &Socket,
    event: u32,
    what: &'static str,
    call: impl FnOnce() -> NtStatus,
) -> NtStatus {
    debug_assert!(
        !crate::sync::is_holding(),
        "a simulation switches no thread in {what}"
    );
    socket.in_event.store(event, Ordering::Release);
    let thread = crate::thread::current();
    let old = crate::processor::raise(thread, DISPATCH_LEVEL);
    let answer = crate::bridge::callback(what, call);
    crate::processor::lower(thread, old);
    socket.in_event.store(0, Ordering::Release);
    if socket.disable_waits.load(Ordering::Acquire) {
        release_disables(socket);
    }
    answer
}
