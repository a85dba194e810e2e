//! One SMB Direct connection as MS-SMBD section 3 has it: bytes and time in, messages and events out. No I/O, no clock.
//!
//! Whoever drives it
//! - keeps [`Settings::receives`] receives of [`Settings::max_receive_size`] bytes posted: a received message's buffer is
//!   posted again *before* [`Machine::received`] is told of it, so that credits stand for receives that are there
//!   (MS-SMBD 3.1.5.9: receives first, grants after);
//! - sends all that [`Machine::transmit`] gives, in order, then asks for [`Machine::event`]s;
//! - calls [`Machine::elapsed`] when [`Machine::deadline`] has come.
//!
//! An error ends the connection: what `transmit` still gives is sent, then the driver disconnects.

mod negotiation;
mod open;
mod reassembly;
#[cfg(test)]
mod tests;
mod violation;

use std::collections::VecDeque;
use std::time::Duration;

pub use negotiation::Agreed;
use open::Open;
pub use violation::Violation;
use zerocopy::{Immutable, IntoBytes};

use crate::wire::NegotiateResponse;

/// A point in time: since whatever the driver's clock counts from.
pub type Instant = Duration;

/// Credits that any peer gets. The last one is good only for granting, so a peer that has just one must hear of more; and
/// what tells it of them uses one up at the other end: with less than three, answers to answers would never end.
const FEWEST: u16 = 3;

/// What one end brings to the negotiation, and its patience.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Credits the peer may hold at most.
    pub receive_credit_max: u16,
    /// Credits we ask for.
    pub send_credit_target: u16,
    /// Bytes we send at once, at most.
    pub max_send_size: u32,
    /// Bytes of each of our receives.
    pub max_receive_size: u32,
    /// Bytes of a message in fragments that we take.
    pub max_fragmented_size: u32,
    /// Bytes of one RDMA read or write that we take part in.
    pub max_read_write_size: u32,
    /// How long the peer may take to negotiate.
    pub negotiation: Duration,
    /// How long it may be silent before it is asked whether it is there.
    pub keepalive: Duration,
    /// How long it may take to answer that.
    pub answer: Duration,
}

impl Settings {
    /// A client's, as Windows and Linux have them.
    #[must_use]
    pub const fn client() -> Self {
        Self {
            receive_credit_max: 255,
            send_credit_target: 255,
            max_send_size: 1364,
            max_receive_size: 1364,
            max_fragmented_size: 1 << 20,
            max_read_write_size: 8 << 20,
            negotiation: Duration::from_secs(120),
            keepalive: Duration::from_secs(120),
            answer: Duration::from_secs(5),
        }
    }

    /// A server's.
    #[must_use]
    pub const fn server() -> Self {
        Self {
            negotiation: Duration::from_secs(5),
            ..Self::client()
        }
    }

    /// Receives to keep posted: one for each credit, and one more that shows a peer that sends without a credit.
    #[must_use]
    pub const fn receives(&self) -> u32 {
        self.credits() as u32 + 1
    }

    /// Credits the peer may hold at most, [`FEWEST`] at least.
    const fn credits(&self) -> u16 {
        if self.receive_credit_max < FEWEST {
            FEWEST
        } else {
            self.receive_credit_max
        }
    }
}

/// A message of the upper layer to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its bytes; goes in fragments if need be.
    pub bytes: Vec<u8>,
    /// A token that its last fragment invalidates at the peer.
    pub invalidate: Option<u32>,
}

/// One Send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The whole message.
    pub bytes: Vec<u8>,
    /// The token of a Send with Invalidate.
    pub invalidate: Option<u32>,
}

/// What the upper layer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The negotiation is done.
    Open(Agreed),
    /// A whole message.
    Message(Vec<u8>),
}

/// Why a message of the upper layer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The negotiation is not done, or the connection is over.
    NotOpen,
    /// Nothing, or more than the peer takes.
    Length,
}

/// The protocol of one connection.
pub struct Machine {
    settings: Settings,
    state: State,
    /// Negotiation messages, which need no credit.
    negotiation: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

enum State {
    /// A server waits for the request, until then.
    Listening(Instant),
    /// A client waits for the response, until then.
    Asked(Instant),
    Open(Box<Open>),
    Over(Violation),
}

impl Machine {
    /// The side that connected: the request is there to be sent.
    #[must_use]
    pub fn client(settings: Settings, now: Instant) -> Self {
        let mut machine = Self::new(settings, State::Asked(now + settings.negotiation));
        machine.negotiate(&negotiation::request(&settings));
        machine
    }

    /// The side that accepted.
    #[must_use]
    pub fn server(settings: Settings, now: Instant) -> Self {
        Self::new(settings, State::Listening(now + settings.negotiation))
    }

    fn new(settings: Settings, state: State) -> Self {
        Self {
            settings,
            state,
            negotiation: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    fn negotiate(&mut self, message: &(impl IntoBytes + Immutable)) {
        self.negotiation.push_back(Transmit {
            bytes: message.as_bytes().to_vec(),
            invalidate: None,
        });
    }

    /// A Send of the peer arrived; its receive is posted again.
    ///
    /// # Errors
    /// The rule it broke: the connection is over.
    pub fn received(&mut self, message: &[u8], now: Instant) -> Result<(), Violation> {
        let taken = match &mut self.state {
            State::Over(violation) => Err(*violation),
            State::Listening(_) => self.requested(message, now),
            State::Asked(_) => self.answered(message, now),
            State::Open(open) => open
                .received(message, now)
                .map(|whole| self.events.extend(whole.map(Event::Message))),
        };
        taken.map_err(|violation| self.end(violation))
    }

    fn requested(&mut self, message: &[u8], now: Instant) -> Result<(), Violation> {
        let accepted = negotiation::accept(&self.settings, message);
        if accepted == Err(Violation::Version) {
            self.negotiate(&NegotiateResponse::refusal());
        }
        let (agreed, wanted) = accepted?;
        let mut open = Open::new(&self.settings, agreed, now);
        open.wanted(wanted);
        let response = negotiation::response(&self.settings, &agreed, open.grant());
        self.negotiate(&response);
        self.open(open);
        Ok(())
    }

    fn answered(&mut self, message: &[u8], now: Instant) -> Result<(), Violation> {
        let answer = negotiation::conclude(&self.settings, message)?;
        let mut open = Open::new(&self.settings, answer.agreed, now);
        open.wanted(answer.wanted);
        open.granted(answer.granted)?;
        self.open(open);
        Ok(())
    }

    fn open(&mut self, open: Open) {
        self.events.push_back(Event::Open(open.agreed));
        self.state = State::Open(Box::new(open));
    }

    fn end(&mut self, violation: Violation) -> Violation {
        self.state = State::Over(violation);
        violation
    }

    /// Queues a message of the upper layer.
    ///
    /// # Errors
    /// When the connection cannot carry it; nothing is queued then.
    pub fn send(&mut self, message: Outgoing) -> Result<(), SendError> {
        match &mut self.state {
            State::Open(open) => open.send(message),
            State::Listening(_) | State::Asked(_) | State::Over(_) => Err(SendError::NotOpen),
        }
    }

    /// The next Send, if there is one and a credit for it.
    pub fn transmit(&mut self) -> Option<Transmit> {
        if let Some(message) = self.negotiation.pop_front() {
            return Some(message);
        }
        match &mut self.state {
            State::Open(open) => open.transmit(),
            State::Listening(_) | State::Asked(_) | State::Over(_) => None,
        }
    }

    /// What the upper layer has not been told yet.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether every message of the upper layer was given to [`Machine::transmit`]'s caller.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        match &self.state {
            State::Open(open) => open.is_drained(),
            State::Listening(_) | State::Asked(_) | State::Over(_) => true,
        }
    }

    /// When [`Machine::elapsed`] must be called at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Listening(until) | State::Asked(until) => Some(*until),
            State::Open(open) => Some(open.deadline()),
            State::Over(_) => None,
        }
    }

    /// It is `now`.
    ///
    /// # Errors
    /// The peer was silent for too long: the connection is over.
    pub fn elapsed(&mut self, now: Instant) -> Result<(), Violation> {
        let elapsed = match &mut self.state {
            State::Over(violation) => Err(*violation),
            State::Listening(until) | State::Asked(until) if *until <= now => Err(Violation::Slow),
            State::Listening(_) | State::Asked(_) => Ok(()),
            State::Open(open) => open.elapsed(now),
        };
        elapsed.map_err(|violation| self.end(violation))
    }
}
