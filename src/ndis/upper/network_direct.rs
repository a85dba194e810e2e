//! The switch of Network Direct: whether adapters may be opened, and who has one open.
//!
//! What is wanted (the keyword, then OID_NDK_SET_STATE) and what NDIS was told are two things; the
//! worker brings the second to the first, one step at a time (NDK-NDIS-08, NDK-NDIS-11). What NDIS
//! did not take is told again until it does: an adapter that is on for us and off for NDIS would
//! stay lost until the next restart.

use crate::nt::{Event, Result, SpinLock, clock::Ticks};

/// How long NDIS is left alone after it refused to be told, first and at most: 1 s, 64 s.
const FIRST_PAUSE: Ticks = Ticks(10_000_000);
const LONGEST_PAUSE: Ticks = Ticks(64 * FIRST_PAUSE.0);

/// What NDIS is to be told next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switched {
    On,
    Off,
}

pub(super) struct NetworkDirect {
    /// NDK-NDIS-06: the keyword; while it is off, nothing switches it on.
    allowed: bool,
    state: SpinLock<State>,
    /// Set while nothing is open.
    closed: Event,
    /// Ends a pause: something else is wanted, or nothing any more.
    hurry: Event,
}

struct State {
    wanted: Switched,
    told: Switched,
    /// NDIS refused to be told so.
    refused: bool,
    /// The adapter is being removed or halted: for good.
    shut: bool,
    open: usize,
}

impl State {
    /// NDK-NDIS-09: refused from the request to switch off until NDIS is told it is on again.
    fn accepts(&self) -> bool {
        !self.shut && (self.wanted, self.told) == (Switched::On, Switched::On)
    }
}

impl NetworkDirect {
    pub(super) fn create(allowed: bool) -> Result<Self> {
        let now = if allowed { Switched::On } else { Switched::Off };
        let closed = Event::try_notification()?;
        closed.set();
        let state = State {
            wanted: now,
            told: now,
            refused: false,
            shut: false,
            open: 0,
        };
        Ok(Self {
            allowed,
            state: SpinLock::new(state),
            closed,
            hurry: Event::try_synchronization(false)?,
        })
    }

    /// Counts an opening in; false when none may be made now.
    pub(super) fn enter(&self) -> bool {
        let mut state = self.state.lock();
        if !state.accepts() {
            return false;
        }
        state.open += 1;
        self.closed.clear();
        true
    }

    pub(super) fn leave(&self) {
        let mut state = self.state.lock();
        state.open -= 1;
        if state.open == 0 {
            self.closed.set();
        }
    }

    /// Callable at <= `DISPATCH_LEVEL`.
    pub(super) fn want(&self, on: bool) {
        let wanted = if on && self.allowed {
            Switched::On
        } else {
            Switched::Off
        };
        self.state.lock().wanted = wanted;
        self.hurry.set();
    }

    /// Makes what is wanted so, and has `tell` say so to NDIS until NDIS takes it, is asked for
    /// something else or halts the adapter. `PASSIVE_LEVEL`, one call at a time.
    pub(super) fn follow(&self, tell: impl Fn(Switched) -> Result<()>) {
        let mut pause = FIRST_PAUSE;
        while let Some(switched) = self.step() {
            if tell(switched).is_ok() {
                pause = FIRST_PAUSE;
                continue;
            }
            self.state.lock().refused = true;
            self.hurry.wait_at_most(pause);
            pause = LONGEST_PAUSE.min(Ticks(2 * pause.0));
        }
    }

    /// What to tell NDIS now; `None` when it knows all there is.
    fn step(&self) -> Option<Switched> {
        let mut state = self.state.lock();
        if state.shut || (state.told == state.wanted && !state.refused) {
            return None;
        }
        state.told = state.wanted;
        state.refused = false;
        Some(state.told)
    }

    /// Nothing is opened or switched any more.
    pub(super) fn shut(&self) {
        self.state.lock().shut = true;
        self.hurry.set();
    }

    /// `PASSIVE_LEVEL`, after `shut`.
    pub(super) fn wait_until_closed(&self) {
        self.closed.wait();
    }
}
