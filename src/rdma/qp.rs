//! A queue pair's queues and its state.
//!
//! The state is a word anybody may read; changes go through [`State::after`], the one table.

use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::sync::Allocate;

use super::queue::{ReceiveQueue, SendQueue};
use super::stag::Domain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Never connected, or its connect failed: receives are kept, initiator requests refused.
    Idle = 0,
    /// A connector is working on it.
    Connecting = 1,
    Ready = 2,
    /// A local disconnect is under way.
    Closing = 3,
    /// Everything posted is flushed, now and later.
    Error = 4,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Connect or accept was called.
    Connect,
    /// That did not work out; the queue pair is as before (NDK-CON-08).
    Refused,
    Established,
    /// Local graceful disconnect.
    Disconnect,
    /// Local flush.
    Flush,
    /// Protocol error, access violation, lost connection, closed connector.
    Fail,
}

/// The event is not possible in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal(pub State, pub Event);

impl State {
    pub const ALL: [Self; 5] = [
        Self::Idle,
        Self::Connecting,
        Self::Ready,
        Self::Closing,
        Self::Error,
    ];

    pub fn after(self, event: Event) -> Result<Self, Illegal> {
        use Event as E;
        match (self, event) {
            // NDK-FLUSH-05: a flush of an unconnected queue pair returns its receives, no more.
            (Self::Idle, E::Flush) => Ok(Self::Idle),
            (Self::Idle, E::Connect) => Ok(Self::Connecting),
            (Self::Idle, E::Fail) => Ok(Self::Error),
            (Self::Connecting, E::Refused) => Ok(Self::Idle),
            (Self::Connecting, E::Established) => Ok(Self::Ready),
            (Self::Connecting, E::Flush | E::Fail | E::Disconnect) => Ok(Self::Error),
            (Self::Ready, E::Disconnect) => Ok(Self::Closing),
            (Self::Ready | Self::Closing, E::Flush | E::Fail) => Ok(Self::Error),
            (Self::Closing, E::Disconnect) => Ok(Self::Closing),
            (Self::Error, E::Flush | E::Fail | E::Disconnect) => Ok(Self::Error),
            (Self::Idle, E::Refused | E::Established | E::Disconnect)
            | (Self::Connecting | Self::Closing | Self::Error, E::Connect)
            | (Self::Ready, E::Connect | E::Refused | E::Established)
            | (Self::Closing | Self::Error, E::Refused | E::Established) => {
                Err(Illegal(self, event))
            }
        }
    }

    /// NDK-POST-07: initiator requests need a connection.
    pub fn takes_initiator_requests(self) -> bool {
        self == Self::Ready
    }

    /// NDK-POST-09: a receive posted now comes back cancelled.
    pub fn flushes(self) -> bool {
        matches!(self, Self::Closing | Self::Error)
    }

    fn from_word(word: u8) -> Self {
        Self::ALL
            .into_iter()
            .find(|state| *state as u8 == word)
            .unwrap_or(Self::Error)
    }
}

/// Queues, state, and what a token must match to be used here.
pub struct QueuePair<A: Allocate> {
    pub send: SendQueue<A>,
    pub receive: ReceiveQueue<A>,
    /// Its protection domain's.
    pub domain: Domain,
    /// Its own: of the windows bound here, which only its peer may use (NDK-MW-05).
    pub own: Domain,
    state: AtomicU8,
    /// A flush was asked for and has not begun.
    flush: AtomicBool,
}

impl<A: Allocate> QueuePair<A> {
    pub fn new(
        send_depth: usize,
        receive_depth: usize,
        [domain, own]: [Domain; 2],
    ) -> Option<Self> {
        Some(Self {
            send: SendQueue::<A>::new(send_depth)?,
            receive: ReceiveQueue::<A>::new(receive_depth)?,
            domain,
            own,
            state: AtomicU8::new(State::Idle as u8),
            flush: AtomicBool::new(false),
        })
    }

    /// Everything posted is to be cancelled. Whoever has the queues is told after this, and may let go
    /// of them first: then it is for whoever has them next.
    pub fn ask_flush(&self) {
        self.flush.store(true, Ordering::SeqCst);
    }

    /// The flush that was asked for begins here; whether there was one.
    pub fn begin_flush(&self) -> bool {
        self.flush.swap(false, Ordering::SeqCst)
    }

    /// Where the tokens that the peer may use come from.
    pub fn open_to_peer(&self) -> [Domain; 2] {
        [self.domain, self.own]
    }

    pub fn state(&self) -> State {
        State::from_word(self.state.load(Ordering::SeqCst))
    }

    /// Moves on; returns the new state.
    pub fn advance(&self, event: Event) -> Result<State, Illegal> {
        let mut word = self.state.load(Ordering::SeqCst);
        loop {
            let next = State::from_word(word).after(event)?;
            match self.state.compare_exchange_weak(
                word,
                next as u8,
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => return Ok(next),
                Err(now) => word = now,
            }
        }
    }
}
