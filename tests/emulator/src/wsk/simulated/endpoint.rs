//! One end of a connection, or a listener.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;

use super::failed;
use super::mailbox::Mailbox;

/// The number of an end, never used again.
pub(super) type Id = usize;

/// Where an end is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Fresh,
    Listening,
    Connecting,
    Connected,
    /// Reset, by either side, or refused.
    Broken,
}

#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) v6: bool,
    pub(super) state: State,
    /// Its owner has closed it: what is on its way still goes out.
    pub(super) closed: bool,
    pub(super) local: Option<SocketAddr>,
    pub(super) remote: Option<SocketAddr>,
    pub(super) peer: Option<Id>,
    /// Connections that wait to be accepted.
    pub(super) backlog: VecDeque<Id>,
    pub(super) watcher: Option<(Mailbox, u64)>,
    /// Told once: as a host does.
    pub(super) error: Option<i32>,
    pub(super) options: BTreeMap<(i32, i32), i32>,
    /// Taken from the owner and not on its way yet.
    pub(super) unsent: VecDeque<u8>,
    /// Sent, and not acknowledged by the peer's TCP.
    pub(super) in_flight: u64,
    /// What the peer has room for, as far as we know.
    pub(super) window: u64,
    pub(super) fin: Fin,
    /// Arrived and not read.
    pub(super) arrived: VecDeque<u8>,
    pub(super) peer_fin: bool,
    /// Nothing arrives here any more.
    pub(super) deaf: bool,
    /// When the last thing on its way to this end arrives: what is sent later arrives later.
    pub(super) last_arrival: u64,
}

/// How far our end of the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fin {
    Open,
    /// Asked for; goes out behind the data.
    Wanted,
    Sent,
    Acknowledged,
}

impl Endpoint {
    pub(super) fn new(v6: bool, window: u64) -> Self {
        Self {
            v6,
            state: State::Fresh,
            closed: false,
            local: None,
            remote: None,
            peer: None,
            backlog: VecDeque::new(),
            watcher: None,
            error: None,
            options: BTreeMap::new(),
            unsent: VecDeque::new(),
            in_flight: 0,
            window,
            fin: Fin::Open,
            arrived: VecDeque::new(),
            peer_fin: false,
            deaf: false,
            last_arrival: 0,
        }
    }

    pub(super) fn notify(&self, events: i32) {
        if let Some((mailbox, key)) = &self.watcher
            && !self.closed
        {
            mailbox.post(*key, events as u32);
        }
    }

    pub(super) fn peer_address(&self) -> io::Result<SocketAddr> {
        match self.state {
            State::Connected => self.remote.ok_or_else(|| failed(libc::ENOTCONN)),
            _ => Err(failed(libc::ENOTCONN)),
        }
    }

    pub(super) fn unacknowledged(&self) -> u64 {
        let fin = matches!(self.fin, Fin::Wanted | Fin::Sent);
        self.unsent.len() as u64 + self.in_flight + u64::from(fin)
    }

    pub(super) fn fin_acknowledged(&self) -> bool {
        self.fin == Fin::Acknowledged || self.state == State::Broken
    }

    /// The connection is gone, and the owner is told by `error`.
    pub(super) fn break_off(&mut self, error: Option<i32>) {
        self.state = State::Broken;
        self.error = error;
        self.unsent.clear();
        self.in_flight = 0;
        self.arrived.clear();
    }
}
