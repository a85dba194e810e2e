//! One end of a connection, and what its socket is told.

use std::io;

use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{Socket, State};

use super::Ready;
use super::ready::{BROKEN, ENDED, READABLE, WRITABLE};

/// A connection's end.
pub(super) struct End {
    pub(super) handle: SocketHandle,
    pub(super) watcher: Option<(Ready, u64)>,
    /// As it was when it was looked at last.
    seen: Seen,
    /// When that changed last.
    changed: u64,
    /// Bytes that its owner has read.
    pub(super) read: u64,
    /// Bytes that its owner has sent.
    pub(super) sent: u64,
    /// Told once: as a host does.
    pub(super) error: Option<i32>,
    /// It was connected once.
    pub(super) is_connected: bool,
    /// Reset, refused, or given up.
    pub(super) is_broken: bool,
    /// Its owner has closed it: it goes when the peer has all.
    pub(super) is_closed: bool,
}

/// Counts that only grow: what is read and sent between two looks hides nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    state: State,
    arrived: u64,
    acknowledged: u64,
}

/// Our FIN is on its way, or about to be.
fn fin_pends(state: State) -> bool {
    matches!(state, State::FinWait1 | State::Closing | State::LastAck)
}

impl End {
    pub(super) fn new(
        handle: SocketHandle,
        socket: &Socket<'_>,
        now: u64,
        connected: bool,
    ) -> Self {
        Self {
            handle,
            watcher: None,
            seen: Seen {
                state: socket.state(),
                arrived: 0,
                acknowledged: 0,
            },
            changed: now,
            read: 0,
            sent: 0,
            error: None,
            is_connected: connected,
            is_broken: false,
            is_closed: false,
        }
    }

    fn seen(&self, socket: &Socket<'_>) -> Seen {
        Seen {
            state: socket.state(),
            arrived: self.read + socket.recv_queue() as u64,
            acknowledged: self.sent.saturating_sub(socket.send_queue() as u64),
        }
    }

    pub(super) fn notify(&self, events: i32) {
        if let Some((ready, key)) = &self.watcher
            && !self.is_closed
        {
            ready.post(*key, events);
        }
    }

    /// Tells the socket what changed; false when nothing is left of the connection.
    pub(super) fn look(&mut self, socket: &Socket<'_>, now: u64, gives_up: u64) -> bool {
        let (before, new) = (self.seen, self.seen(socket));
        self.seen = new;
        if before == new {
            return !(self.is_closed && new.state == State::Closed);
        }
        let silent = now.saturating_sub(self.changed) >= gives_up;
        self.changed = now;
        let over = [State::LastAck, State::TimeWait, State::Closed];
        let ends_well = over.contains(&before.state) || before.state == State::Closing;
        if new.state == State::Closed && !ends_well && !self.is_broken {
            self.is_broken = true;
            self.error = Some(match (silent, self.is_connected) {
                (true, _) => libc::ETIMEDOUT,
                (false, true) => libc::ECONNRESET,
                (false, false) => libc::ECONNREFUSED,
            });
            self.notify(BROKEN);
        } else if !self.is_connected && new.state != State::SynSent {
            self.is_connected = true;
            self.notify(WRITABLE);
        }
        if new.arrived > before.arrived {
            self.notify(READABLE);
        }
        if new.acknowledged > before.acknowledged
            || fin_pends(before.state) && !fin_pends(new.state)
        {
            self.notify(WRITABLE);
        }
        let peer_ended = |state| {
            let ended = [
                State::CloseWait,
                State::LastAck,
                State::Closing,
                State::TimeWait,
            ];
            ended.contains(&state)
        };
        if peer_ended(new.state) && !peer_ended(before.state) {
            self.notify(ENDED);
        }
        !(self.is_closed && new.state == State::Closed)
    }

    /// Why nothing can be sent any more.
    pub(super) fn failure(&mut self) -> io::Error {
        io::Error::from_raw_os_error(self.error.take().unwrap_or(libc::EPIPE))
    }
}

/// Bytes, and the FIN as one, that the peer has not acknowledged.
pub(super) fn unacknowledged(socket: &Socket<'_>) -> u64 {
    socket.send_queue() as u64 + u64::from(fin_pends(socket.state()))
}

/// Our FIN is no longer under way.
pub(super) fn fin_acknowledged(socket: &Socket<'_>) -> bool {
    let after = [State::FinWait2, State::TimeWait, State::Closed];
    after.contains(&socket.state())
}
