//! Receiving: data is read into a buffer and indicated to `WskReceiveEvent`, or copied to a
//! pending `WskReceive`; then the peer's FIN or reset is reported.
//! Only the network thread reads and indicates, so events are serial per socket (WSK-EVT-09).

mod end;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use self::end::serve_end;

use super::abi::*;
use super::buffer::Buffer;
use super::chain::Cursor;
use super::host::{NtStatus, broken_status, status};
use super::network::Runner;
use super::socket::{Socket, State};
use super::tap::Direction;
use super::{kernel, pace};
use crate::sched;

/// Buffers kept for the next reads.
const FREE_BUFFERS: usize = 8;

/// A `WskReceive` whose IRP is not completed.
struct Pending {
    irp: PIRP,
    rest: Cursor,
    length: usize,
    wait_all: bool,
    drain: bool,
}

/// The receiving half of a connection.
#[derive(Default)]
pub(super) struct Receive {
    /// Data read from the host and not yet accepted.
    backlog: Option<Box<Buffer>>,
    pending: VecDeque<Pending>,
    /// The client did not take everything: no event until a `WskReceive` completes (WSK-RX-05/08).
    stopped: bool,
    fin: bool,
    /// The host said that nothing (more) will come, with this result.
    reset: Option<NtStatus>,
    /// The end was acted on; the client was told.
    fin_handled: bool,
    fin_reported: bool,
    reset_handled: bool,
    reset_reported: bool,
    /// Lists the client keeps, by their address.
    retained: Vec<(usize, Box<Buffer>)>,
}

// SAFETY: raw pointers inside belong to pending requests and retained lists, which have one owner.
unsafe impl Send for Receive {}

/// What came of looking at a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing to read now.
    Idle,
    /// Something was delivered and the host has (very likely) no more.
    Drained,
    /// There is more to do: come back.
    More,
}

/// `WskReceive`, after the entry checks.
pub(super) fn receive(
    socket: &Arc<Socket>,
    buffer: *const WSK_BUF,
    flags: u32,
    irp: PIRP,
) -> NtStatus {
    // SAFETY: the client keeps the chain valid until the IRP completes (WSK-RX-01).
    let rest = unsafe { Cursor::new(buffer) };
    let (wait_all, drain) = (flags & WSK_FLAG_WAITALL != 0, flags & WSK_FLAG_DRAIN != 0);
    // WSK-RX-04: exclusive, and DRAIN only without a buffer.
    if flags & !(WSK_FLAG_WAITALL | WSK_FLAG_DRAIN) != 0
        || (wait_all && drain)
        || (drain && rest.left > 0)
    {
        return kernel::complete(irp, status::NOT_SUPPORTED, 0);
    }
    if kernel::full_checks() && rest.check().is_err() {
        kernel::violation(
            "WSK-RX-01",
            "WskReceive: the MDL chain does not describe Offset and Length",
        );
    }
    if !matches!(socket.state(), State::Connected | State::Broken) {
        return kernel::complete(irp, status::INVALID_DEVICE_STATE, 0);
    }
    if socket.aborted.load(Ordering::Acquire) {
        return kernel::complete(irp, status::CONNECTION_ABORTED, 0);
    }
    if rest.left == 0 && !drain && pace::is_prompt(irp) && is_stopped(socket) {
        return resume_now(socket, irp);
    }
    kernel::pend(irp);
    socket.receive().pending.push_back(Pending {
        irp,
        length: rest.left,
        rest,
        wait_all,
        drain,
    });
    socket.network.kick(socket);
    status::PENDING
}

/// Whether nothing but a receive of no bytes is missing for events to come again.
fn is_stopped(socket: &Socket) -> bool {
    let state = socket.receive();
    state.stopped && state.pending.is_empty() && !state.fin && state.reset.is_none()
}

/// Such a receive completes inside its call; the events come after it (WSK-RX-05).
fn resume_now(socket: &Arc<Socket>, irp: PIRP) -> NtStatus {
    socket.network.machine.wsk.paces.prompted();
    let answer = kernel::complete(irp, status::SUCCESS, 0);
    socket.receive().stopped = false;
    socket.network.kick(socket);
    answer
}

/// `WskRelease`: WSK-RX-09.
pub(super) fn release(socket: &Arc<Socket>, list: *mut WSK_DATA_INDICATION) -> NtStatus {
    let mut state = socket.receive();
    let Some(at) = state
        .retained
        .iter()
        .position(|(address, _)| *address == list as usize)
    else {
        kernel::violation(
            "WSK-RX-09",
            "WskRelease of a list that is not retained from this socket",
        );
    };
    drop(state.retained.swap_remove(at));
    status::SUCCESS
}

/// Ends receiving: pending receives complete with `failed`. Lists still retained break WSK-RX-10.
pub(super) fn close(socket: &Socket, failed: NtStatus) {
    let mut state = socket.receive();
    if !state.retained.is_empty() {
        kernel::violation(
            "WSK-RX-10",
            "WskCloseSocket while the client retains data indications",
        );
    }
    state.backlog = None;
    drop(state);
    fail_pending(socket, failed);
}

pub(super) fn fail_pending(socket: &Socket, failed: NtStatus) {
    loop {
        let Some(next) = socket.receive().pending.pop_front() else {
            return;
        };
        kernel::complete_pended(next.irp, failed, next.length - next.rest.left);
    }
}

/// Whether the peer's FIN was seen and all data before it taken: WSK-DIS-11.
pub(super) fn saw_end(socket: &Socket) -> bool {
    let state = socket.receive();
    state.fin && state.backlog.is_none()
}

/// One look at the receiving side, by the network thread.
pub(super) fn serve(runner: &Runner, socket: &Arc<Socket>) -> Progress {
    if socket.aborted.load(Ordering::Acquire) || socket.is_closing() {
        return Progress::Idle;
    }
    let mut state = socket.receive();
    if let Some(pending) = state.pending.front() {
        let zero = pending.length == 0 && !pending.drain;
        let ready = state.stopped || state.backlog.is_some() || state.fin || state.reset.is_some();
        if !zero || ready {
            return serve_pending(runner, socket, state);
        }
    }
    if state.reset.is_some() || (state.fin && state.backlog.is_none()) {
        drop(state);
        return serve_end(socket);
    }
    if !socket.enabled(WSK_EVENT_RECEIVE) && state.pending.is_empty() {
        drop(state);
        return notice_reset(socket);
    }
    if state.stopped {
        drop(state);
        return notice_reset(socket);
    }
    let kept = state.backlog.is_some();
    if !kept && !state.fin {
        match read(runner, socket) {
            Read::Nothing => return Progress::Idle,
            Read::Data(buffer) => state.backlog = Some(buffer),
            Read::End => {
                state.fin = true;
                return Progress::More;
            }
            Read::Broken(failed) => {
                state.reset = Some(failed);
                return Progress::More;
            }
        }
        if !state.pending.is_empty() {
            return Progress::More;
        }
    }
    let Some(buffer) = state.backlog.take() else {
        return Progress::Idle;
    };
    drop(state);
    indicate(runner, socket, buffer, kept)
}

enum Read {
    Nothing,
    Data(Box<Buffer>),
    End,
    Broken(NtStatus),
}

/// Reads from the host into the thread's buffer.
fn read(runner: &Runner, socket: &Socket) -> Read {
    let mut free = runner.buffers.borrow_mut();
    let mut buffer = free.pop().unwrap_or_else(Buffer::new);
    let limit = socket
        .network
        .options
        .receive_buffer
        .clamp(1, Buffer::CAPACITY);
    // SAFETY: the buffer is ours and as long as said.
    let got = unsafe { socket.tcp.receive(buffer.memory(), limit) };
    let outcome = match got {
        Ok(Some(0)) => match socket.broken() {
            // The host tells an error only once: a send may have had it.
            Some(failed) => Read::Broken(failed),
            None => Read::End,
        },
        Ok(Some(length)) => {
            buffer.start = 0;
            buffer.end = length;
            let part = libc::iovec {
                iov_base: buffer.memory().cast(),
                iov_len: length,
            };
            socket.network.tap(socket, Direction::In, &[part], length);
            return Read::Data(buffer);
        }
        Ok(None) => Read::Nothing,
        Err(error) => Read::Broken(broken_status(error.raw_os_error().unwrap_or(0))),
    };
    free.push(buffer);
    outcome
}

/// Gives an empty buffer back for the next read.
fn recycle(runner: &Runner, mut buffer: Box<Buffer>) {
    buffer.start = 0;
    buffer.end = 0;
    let mut free = runner.buffers.borrow_mut();
    if free.len() < FREE_BUFFERS {
        free.push(buffer);
    }
}

/// A reset is reported even when the client takes no data just now.
fn notice_reset(socket: &Arc<Socket>) -> Progress {
    if let Some(error) = socket.tcp.take_error() {
        socket.set_broken(broken_status(error));
    }
    let Some(failed) = socket.broken() else {
        return Progress::Idle;
    };
    let mut state = socket.receive();
    if state.reset.is_some() {
        return Progress::Idle;
    }
    state.reset = Some(failed);
    Progress::More
}

/// The transport ends the connection: the end is reported as a reset.
pub(super) fn force_reset(socket: &Socket, failed: NtStatus) {
    socket.receive().reset = Some(failed);
}

/// Indicates the buffer, just read or kept since then, to `WskReceiveEvent` and acts on the answer.
fn indicate(
    runner: &Runner,
    socket: &Arc<Socket>,
    mut buffer: Box<Buffer>,
    kept: bool,
) -> Progress {
    let bytes = buffer.len();
    let full_read = buffer.end
        == socket
            .network
            .options
            .receive_buffer
            .clamp(1, Buffer::CAPACITY);
    let list = if socket.network.options.odd_indications && kernel::full_checks() {
        buffer.odd_list(|limit| socket.network.random(limit))
    } else {
        buffer.list()
    };
    let mut accepted = bytes;
    let answer = call_receive_event(socket, list, bytes, &mut accepted);
    sched::note(|| format!("WskReceiveEvent took {accepted} of {bytes} bytes: {answer:#x}"));
    // A short read says that the host has no more, unless the end of the stream is behind it, or that was then: the poller
    // tells once of what came since, and nobody may have read while the client took nothing.
    let more = kept || full_read || socket.hung_up.load(Ordering::Acquire);
    let after = if more {
        Progress::More
    } else {
        Progress::Drained
    };
    match answer {
        status::SUCCESS if accepted == bytes => {
            if kernel::full_checks() {
                let (start, end) = (buffer.start, buffer.end);
                buffer.poison(start, end);
            }
            recycle(runner, buffer);
            after
        }
        status::SUCCESS if accepted < bytes => {
            // WSK-RX-05: part was taken; the rest waits for a WskReceive.
            buffer.start += accepted;
            stop(socket, buffer)
        }
        status::SUCCESS => kernel::violation(
            "WSK-RX-05",
            &format!("WskReceiveEvent accepted {accepted} of {bytes} bytes"),
        ),
        status::PENDING => {
            socket.receive().retained.push((list as usize, buffer));
            after
        }
        status::DATA_NOT_ACCEPTED => stop(socket, buffer),
        other => kernel::violation("WSK-RX-05", &format!("WskReceiveEvent returned {other:#x}")),
    }
}

/// No more events until a `WskReceive` completes: WSK-RX-08.
fn stop(socket: &Socket, buffer: Box<Buffer>) -> Progress {
    let mut state = socket.receive();
    state.backlog = Some(buffer);
    state.stopped = true;
    // A WskReceive that came while the event was running resumes at once.
    if state.pending.is_empty() {
        Progress::Idle
    } else {
        Progress::More
    }
}

fn call_receive_event(
    socket: &Arc<Socket>,
    list: *mut WSK_DATA_INDICATION,
    bytes: usize,
    accepted: &mut usize,
) -> NtStatus {
    // SAFETY: the client keeps its dispatch table until the socket is closed.
    let dispatch = unsafe { &*socket.connect_dispatch.load(Ordering::Acquire) };
    let Some(event) = dispatch.WskReceiveEvent else {
        kernel::violation(
            "WSK-SOCK-02",
            "receive events are enabled and WskReceiveEvent is null",
        );
    };
    let context = socket.context.load(Ordering::Acquire);
    super::control::event(socket, WSK_EVENT_RECEIVE, "WskReceiveEvent", || {
        // SAFETY: the client's callback, called as documented.
        unsafe {
            event(
                context,
                WSK_FLAG_AT_DISPATCH_LEVEL,
                list,
                bytes as _,
                accepted,
            )
        }
    })
}

/// Serves the first pending `WskReceive`.
fn serve_pending(
    runner: &Runner,
    socket: &Arc<Socket>,
    mut state: crate::sync::MutexGuard<'_, Receive>,
) -> Progress {
    if state.backlog.is_none() && !state.fin && state.reset.is_none() {
        match read(runner, socket) {
            Read::Nothing => return Progress::Idle,
            Read::Data(buffer) => state.backlog = Some(buffer),
            Read::End => state.fin = true,
            Read::Broken(failed) => state.reset = Some(failed),
        }
    }
    let state_now = &mut *state;
    let Some(pending) = state_now.pending.front_mut() else {
        return Progress::Idle;
    };
    if let Some(buffer) = &mut state_now.backlog {
        if pending.drain {
            buffer.start = buffer.end;
        } else {
            buffer.start += pending.rest.write(buffer.bytes());
        }
        if buffer.len() == 0
            && let Some(empty) = state_now.backlog.take()
        {
            recycle(runner, empty);
        }
    }
    let ended = state_now.fin && state_now.backlog.is_none();
    let full = pending.rest.left == 0 && !pending.drain;
    let short = pending.rest.left < pending.length && !pending.wait_all;
    let result = match state_now.reset {
        _ if full || short => status::SUCCESS,
        Some(failed) => failed,
        None if ended => status::SUCCESS,
        None => return Progress::More,
    };
    let (irp, information) = (pending.irp, pending.length - pending.rest.left);
    state_now.pending.pop_front();
    state_now.stopped = false;
    drop(state);
    kernel::complete_pended(irp, result, information);
    Progress::More
}
