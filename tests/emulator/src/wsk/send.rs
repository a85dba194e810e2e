//! Sending: `WskSend` hands the MDL chain to the host at once, on the calling thread; what the host
//! does not take, the network thread hands over later. The IRP completes when the peer's TCP has
//! acknowledged the last byte (or, by option, when the host has taken it).
//! The graceful disconnect is here too: it is the end of the stream.

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::SendCompletion;
use super::abi::{PIRP, WSK_BUF, WSK_FLAG_NODELAY};
use super::chain::Cursor;
use super::host::{NtStatus, broken_status, status};
use super::socket::{Socket, State};
use super::tap::Direction;
use super::{kernel, pace};
use crate::clock;

/// Most pieces handed to the host in one call.
const PARTS: usize = 256;

/// How soon a connection ends of which a send has failed.
const PATIENCE: u64 = 100_000_000;

/// One `WskSend` whose IRP is not completed.
struct Send {
    irp: PIRP,
    length: usize,
    /// Stream offset behind its last byte.
    end: u64,
    /// What the host has not taken yet.
    rest: Cursor,
    whole: Cursor,
    checksum: u64,
    nodelay: bool,
}

// SAFETY: the IRP and the chain belong to the pending request; the client keeps both until it completes.
unsafe impl std::marker::Send for Send {}

/// The end of the stream, once the client asked for it.
struct Disconnect {
    irp: PIRP,
    /// The optional last data.
    rest: Cursor,
    length: usize,
}

// SAFETY: as for `Send`.
unsafe impl std::marker::Send for Disconnect {}

/// The sending half of a connection.
#[derive(Default)]
pub(super) struct Transmit {
    queue: VecDeque<Send>,
    /// The first entry of `queue` that the host has not taken whole.
    next: usize,
    /// Stream bytes the host has taken.
    handed: u64,
    queued_end: u64,
    /// TCP_NODELAY as the client set it, and as the host socket has it now.
    pub(super) nodelay_option: bool,
    nodelay_now: bool,
    disconnect: Option<Disconnect>,
    /// A graceful disconnect was called: WSK-TX-09.
    pub(super) shut: bool,
    /// One that was taken has failed: TCP has nothing to put in its place, so nothing goes out behind it.
    pub(super) holed: bool,
    /// When the client first heard of one that failed.
    pub(super) told: Option<u64>,
    /// Our FIN was given to the host; its acknowledgement was seen.
    fin_sent: bool,
    pub(super) fin_acknowledged: bool,
}

/// An IRP with its result, to be completed once no lock is held.
pub(super) struct Done {
    pub(super) irp: PIRP,
    pub(super) status: NtStatus,
    pub(super) information: usize,
}

impl Done {
    pub(super) fn complete(self) {
        kernel::complete_pended(self.irp, self.status, self.information);
    }
}

/// `WskSend`, after the entry checks.
pub(super) fn send(
    socket: &Arc<Socket>,
    buffer: *const WSK_BUF,
    flags: u32,
    irp: PIRP,
) -> NtStatus {
    // SAFETY: the client keeps the chain valid until the IRP completes (WSK-TX-02).
    let whole = unsafe { Cursor::new(buffer) };
    if flags & !WSK_FLAG_NODELAY != 0 {
        return kernel::complete(irp, status::NOT_SUPPORTED, 0);
    }
    if let Some(refused) = refuse_send(socket) {
        return kernel::complete(irp, refused, 0);
    }
    let send = Send {
        irp,
        length: whole.left,
        end: 0,
        rest: whole,
        whole,
        checksum: verify_start(&whole),
        nodelay: flags & WSK_FLAG_NODELAY != 0,
    };
    let (inline, waiting) = socket.transmit().start(socket, send);
    if let Some(done) = inline {
        done.complete();
    } else if waiting {
        socket.network.track(socket);
    }
    status::PENDING
}

/// With full checks: the chain is sound and pinned; the checksum to compare with at the end.
fn verify_start(whole: &Cursor) -> u64 {
    if !kernel::full_checks() {
        return 0;
    }
    if whole.check().is_err() {
        kernel::violation(
            "WSK-TX-02",
            "WskSend: the MDL chain does not describe Offset and Length",
        );
    }
    whole.each_mdl(|mdl| crate::mm::mdl::pin(mdl, "WskSend"));
    whole.checksum()
}

/// Why a send cannot be taken, if it cannot.
fn refuse_send(socket: &Socket) -> Option<NtStatus> {
    match socket.state() {
        State::Connected if socket.transmit().holed => Some(status::CONNECTION_ABORTED),
        State::Connected => socket.broken(),
        State::Broken => Some(socket.broken().unwrap_or(status::CONNECTION_ABORTED)),
        State::New | State::Bound | State::Listening | State::Connecting => {
            Some(status::INVALID_DEVICE_STATE)
        }
    }
}

/// A graceful `WskDisconnect`: WSK-DIS-04.
pub(super) fn disconnect(socket: &Arc<Socket>, buffer: *const WSK_BUF, irp: PIRP) -> NtStatus {
    // SAFETY: the client keeps the chain valid until the IRP completes.
    let rest = unsafe { Cursor::new(buffer) };
    let mut transmit = socket.transmit();
    if transmit.shut {
        drop(transmit);
        return kernel::complete(irp, status::INVALID_DEVICE_STATE, 0);
    }
    kernel::pend(irp);
    transmit.shut = true;
    transmit.disconnect = Some(Disconnect {
        irp,
        rest,
        length: rest.left,
    });
    transmit.queued_end += rest.left as u64;
    transmit.pump(socket);
    let prompt = pace::is_prompt(irp) && transmit.fin_sent && socket.tcp.is_acknowledged();
    let inline = match prompt {
        true => transmit.take_disconnected(socket, u64::MAX),
        false => None,
    };
    drop(transmit);
    if let Some(done) = inline {
        socket.network.machine.wsk.paces.prompted();
        done.complete();
    } else {
        socket.network.track(socket);
    }
    status::PENDING
}

impl Transmit {
    /// Takes a send and hands over what the host takes; what completes inline, and whether any
    /// IRP waits.
    fn start(&mut self, socket: &Arc<Socket>, mut send: Send) -> (Option<Done>, bool) {
        if self.shut {
            kernel::violation(
                "WSK-TX-09",
                "WskSend after the client's own graceful disconnect",
            );
        }
        let send_irp = send.irp;
        kernel::pend(send_irp);
        self.queued_end += send.length as u64;
        send.end = self.queued_end;
        self.queue.push_back(send);
        if self.next + 1 == self.queue.len() {
            self.pump(socket);
        }
        let hand_over = socket.network.options.send_completion == SendCompletion::HandOver;
        let is_only = self.queue.len() == 1;
        let prompt = pace::is_prompt(send_irp) && is_only && self.next == 1;
        let inline = if is_only && hand_over || prompt && socket.tcp.is_acknowledged() {
            self.take_finished(u64::MAX)
        } else {
            None
        };
        if prompt && inline.is_some() {
            socket.network.machine.wsk.paces.prompted();
        }
        (inline, !self.queue.is_empty())
    }

    /// Whether IRPs wait for the host or the peer.
    fn is_waiting(&self) -> bool {
        !self.queue.is_empty() || self.disconnect.is_some()
    }

    /// Both directions of our side are through: the FIN is out and acknowledged.
    pub(super) fn is_finished(&self) -> bool {
        self.fin_acknowledged
    }

    /// Hands the host all it takes now, in order; then the disconnect's data and the FIN.
    fn pump(&mut self, socket: &Arc<Socket>) {
        if socket.broken().is_some() {
            return;
        }
        while self.next < self.queue.len() {
            if !self.hand_over_next(socket) {
                return;
            }
        }
        self.hand_over_end(socket);
    }

    /// Hands over the next send; `false` when the host takes no more at present.
    fn hand_over_next(&mut self, socket: &Arc<Socket>) -> bool {
        let nodelay = self.queue[self.next].nodelay || self.nodelay_option;
        if nodelay != self.nodelay_now {
            let _ = socket
                .tcp
                .set_option(libc::IPPROTO_TCP, libc::TCP_NODELAY, nodelay.into());
            self.nodelay_now = nodelay;
        }
        let send = &mut self.queue[self.next];
        match push(socket, &mut send.rest) {
            Some(taken) => self.handed += taken,
            None => return false,
        }
        if self.queue[self.next].rest.left > 0 {
            return false;
        }
        self.next += 1;
        true
    }

    fn hand_over_end(&mut self, socket: &Arc<Socket>) {
        let Some(disconnect) = self.disconnect.as_mut().filter(|_| !self.fin_sent) else {
            return;
        };
        let Some(taken) = push(socket, &mut disconnect.rest) else {
            return;
        };
        self.handed += taken;
        if disconnect.rest.left > 0 {
            return;
        }
        self.fin_sent = true;
        socket.network.tap_fin(socket);
        if socket.tcp.shutdown_write().is_err() {
            socket.set_broken(status::CONNECTION_RESET);
        }
    }

    /// The next IRP whose data is acknowledged (or taken), in order.
    fn take_finished(&mut self, acknowledged: u64) -> Option<Done> {
        if self.next > 0 && self.queue.front()?.end <= acknowledged {
            let send = self.queue.pop_front()?;
            self.next -= 1;
            verify_unchanged(&send);
            return Some(Done {
                irp: send.irp,
                status: status::SUCCESS,
                information: send.length,
            });
        }
        None
    }

    /// The next IRP to fail once the connection is gone.
    fn take_failed(&mut self, failed: NtStatus) -> Option<Done> {
        if let Some(send) = self.queue.pop_front() {
            self.next = self.next.saturating_sub(1);
            verify_unchanged(&send);
            return Some(Done {
                irp: send.irp,
                status: failed,
                information: 0,
            });
        }
        let disconnect = self.disconnect.take()?;
        Some(Done {
            irp: disconnect.irp,
            status: failed,
            information: 0,
        })
    }

    /// The disconnect IRP, once the FIN is acknowledged.
    fn take_disconnected(&mut self, socket: &Socket, acknowledged: u64) -> Option<Done> {
        if !self.fin_sent || self.fin_acknowledged || !self.queue.is_empty() {
            return None;
        }
        // The host counts our FIN as one byte of the stream.
        if acknowledged <= self.handed && !socket.tcp.fin_acknowledged() {
            return None;
        }
        self.fin_acknowledged = true;
        let disconnect = self.disconnect.take()?;
        Some(Done {
            irp: disconnect.irp,
            status: status::SUCCESS,
            information: disconnect.length,
        })
    }
}

/// Gives the host as much of `rest` as it takes; `None` when the connection is broken.
fn push(socket: &Arc<Socket>, rest: &mut Cursor) -> Option<u64> {
    let mut total = 0;
    while rest.left > 0 {
        let mut parts = [const { MaybeUninit::uninit() }; PARTS];
        let (parts, bytes) = rest.fill(&mut parts);
        // SAFETY: the pieces come from the MDL chain of a pending request.
        match unsafe { socket.tcp.send(parts, bytes < rest.left) } {
            Ok(0) => break,
            Ok(taken) => {
                socket.network.tap(socket, Direction::Out, parts, taken);
                rest.advance(taken);
                total += taken as u64;
                if taken < bytes {
                    break;
                }
            }
            Err(error) if error.raw_os_error() == Some(libc::EFAULT) => {
                let gone = "the memory of a WskSend is gone before its IRP completed";
                kernel::violation_at(parts[0].iov_base.addr(), "WSK-TX-01", gone);
            }
            Err(error) => {
                // The host's error may be cleared by now: keep it for the network thread.
                socket.set_broken(broken_status(error.raw_os_error().unwrap_or(0)));
                socket.network.kick(socket);
                return None;
            }
        }
    }
    Some(total)
}

/// WSK-TX-01: the bytes stay as they were until the IRP completes.
fn verify_unchanged(send: &Send) {
    if !kernel::full_checks() {
        return;
    }
    send.whole.each_mdl(crate::mm::mdl::unpin);
    if send.whole.checksum() != send.checksum {
        kernel::violation(
            "WSK-TX-01",
            "the data of a WskSend was changed before its IRP completed",
        );
    }
}

/// WSK-TX-04: a stream with a hole is of no use to anybody, and only the client knows of it: it ends the connection, soon after it
/// has heard, where time is the simulation's.
pub(super) fn verify_end(socket: &Socket) {
    let transmit = socket.transmit();
    let late = |told: u64| clock::nanoseconds() > told + PATIENCE;
    let kept = transmit.holed && transmit.told.is_some_and(late);
    drop(transmit);
    if kept && crate::sched::simulation().is_some() {
        kernel::violation(
            "WSK-TX-04",
            "a connection was kept long after a WskSend of it had failed",
        );
    }
}

/// What a look at the sending side came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Serviced {
    /// IRPs were completed.
    pub(super) progress: bool,
    /// IRPs still wait.
    pub(super) waiting: bool,
}

/// The network thread's turn: hands over what is left and completes what is through.
pub(super) fn service(socket: &Arc<Socket>) -> Serviced {
    let hand_over = socket.network.options.send_completion == SendCompletion::HandOver;
    let mut progress = false;
    let mut transmit = socket.transmit();
    transmit.pump(socket);
    if !transmit.is_waiting() {
        return Serviced::default();
    }
    if socket.network.options.vary_completions && socket.network.random(4) != 0 {
        return Serviced {
            progress,
            waiting: true,
        };
    }
    let outstanding = if hand_over && !transmit.fin_sent {
        0
    } else {
        socket.tcp.unacknowledged().unwrap_or(u64::MAX)
    };
    let fin = u64::from(transmit.fin_sent);
    let acknowledged = (transmit.handed + fin).saturating_sub(outstanding);
    let finished = if hand_over { u64::MAX } else { acknowledged };
    loop {
        let done = transmit
            .take_finished(finished)
            .or_else(|| {
                socket
                    .broken()
                    .and_then(|failed| transmit.take_failed(failed))
            })
            .or_else(|| transmit.take_disconnected(socket, acknowledged));
        let Some(done) = done else {
            let waiting = transmit.is_waiting();
            return Serviced { progress, waiting };
        };
        drop(transmit);
        done.complete();
        progress = true;
        transmit = socket.transmit();
    }
}

/// Fails everything that waits: the connection is aborted or closed.
pub(super) fn fail_all(socket: &Socket, failed: NtStatus) {
    loop {
        let Some(done) = socket.transmit().take_failed(failed) else {
            return;
        };
        done.complete();
    }
}

/// Marks the socket for its network thread when sends wait on it.
pub(super) fn is_waiting(socket: &Socket) -> bool {
    socket.transmit().is_waiting()
}

/// Ends sending for good: the client aborted.
pub(super) fn stop(socket: &Socket) {
    socket.transmit().shut = true;
    socket.aborted.store(true, Ordering::Release);
}
