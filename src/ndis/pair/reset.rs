//! NDIS-LIFE-18: while the NIC is being reset, sends are held, and go out in their order when it is over.
//!
//! What is held is inside the valve, like lists on their way, so every way out finds it: whoever shuts the
//! pair for another reason first has it given back, and waits for what is just being sent. A reset that does
//! not end gives all back, too, and then nothing more is held until it does.

use super::{Pair, Passing, Refused, Shut, passing::Entered};
use crate::ndis::nbl::{Held, Lists};
use crate::nt::{Ref, Result, SpinLock, Timer, clock::Ticks};

/// How long: well within what a send may take (NDIS-NBL-08). Units of 100 ns.
const LONGEST: Ticks = Ticks(20_000_000);
/// Lists held in one reset.
const MOST: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No NIC is bound.
    Unbound,
    /// It is not being reset.
    Over,
    /// Sends are held.
    Holding,
    /// The same, while those held before them go out.
    LettingGo,
    /// It takes too long: nothing is held.
    GivenUp,
}

pub(super) struct Reset {
    state: SpinLock<State>,
    too_long: Timer<Pair>,
}

/// # Invariants
/// The valve is shut for the reset unless the phase is `Unbound` or `Over`. What is held is counted in the
/// valve, and there is none but while holding or letting go.
struct State {
    phase: Phase,
    held: Held,
    /// Lists that were held in this reset.
    count: usize,
}

impl Reset {
    pub(super) fn try_new() -> Result<Self> {
        Ok(Self {
            state: SpinLock::new(State {
                phase: Phase::Unbound,
                held: Held::NONE,
                count: 0,
            }),
            too_long: Timer::try_new(Pair::give_up)?,
        })
    }
}

impl State {
    /// Whether so many more are held.
    fn admit(&mut self, lists: usize) -> bool {
        let holds = matches!(self.phase, Phase::Holding | Phase::LettingGo);
        let count = self.count.saturating_add(lists);
        let admitted = holds && count <= MOST;
        if admitted {
            self.count = count;
        }
        admitted
    }

    fn take(&mut self) -> Held {
        core::mem::replace(&mut self.held, Held::NONE)
    }
}

/// What the NIC says; `<= DISPATCH_LEVEL`.
impl Pair {
    pub(in crate::ndis) fn reset_starts(this: &Ref<Self>) {
        let mut state = this.reset.state.lock();
        let again = match state.phase {
            Phase::Unbound | Phase::Holding | Phase::GivenUp => return,
            Phase::Over => false,
            Phase::LettingGo => true,
        };
        if !again {
            state.count = 0;
        }
        state.phase = Phase::Holding;
        this.mark(Shut::Resetting);
        // Under the lock, so that who unbinds finds it armed.
        this.reset.too_long.arm(this.clone(), LONGEST);
    }

    /// What is held goes out, and what comes meanwhile behind it. No more than can be held in one reset.
    pub(in crate::ndis) fn reset_ends(this: &Ref<Self>) {
        let in_time = {
            let mut state = this.reset.state.lock();
            if !matches!(state.phase, Phase::Holding | Phase::GivenUp) {
                return;
            }
            state.phase = Phase::LettingGo;
            this.reset.too_long.cancel()
        };
        drop(in_time);
        while let Some(held) = this.next_to_let_go() {
            let inside = this.lists_come_back(held.count());
            for lists in held.lists(&inside.passing()) {
                match this.why_not_but_for_reset() {
                    None => lists.pass(&inside.passing()),
                    Some(refused) => this.give_back(lists, refused),
                }
            }
        }
        // The NIC was asked nothing meanwhile.
        Self::changed(this);
    }

    /// `None`: nothing is held any more, and sends pass; or the next reset has begun.
    fn next_to_let_go(&self) -> Option<Held> {
        let mut state = self.reset.state.lock();
        if state.phase != Phase::LettingGo {
            return None;
        }
        let held = state.take();
        if held.count() > 0 {
            return Some(held);
        }
        state.phase = Phase::Over;
        self.allow(Shut::Resetting);
        None
    }

    /// The time is over. Late by a reset, it ends the next one's holding early: its sends come back.
    fn give_up(this: Ref<Self>) {
        let mut state = this.reset.state.lock();
        if state.phase != Phase::Holding {
            return;
        }
        state.phase = Phase::GivenUp;
        drop(state);
        this.give_back_held();
    }
}

/// The NIC's life; at `PASSIVE_LEVEL`.
impl Pair {
    /// It is opened: what it says of resets counts.
    pub(super) fn expect_resets(&self) {
        self.reset.state.lock().phase = Phase::Over;
    }

    /// It goes. Nothing is held, for nothing passes for another reason.
    pub(super) fn forget_reset(&self) {
        let in_time = {
            let mut state = self.reset.state.lock();
            state.phase = Phase::Unbound;
            self.allow(Shut::Resetting);
            self.reset.too_long.cancel()
        };
        drop(in_time);
    }
}

/// What is held; `<= DISPATCH_LEVEL`.
impl Pair {
    /// Lists that found the NIC being reset: they are held, or pass if that is just over. What comes of
    /// neither is the caller's again.
    pub(in crate::ndis) fn hold<'a>(
        &self,
        entered: &Entered<'_>,
        lists: Lists<'a>,
    ) -> Result<(), (Lists<'a>, Refused)> {
        let count = lists.count();
        let mut state = self.reset.state.lock();
        match entered.passing_now() {
            Ok(passing) => {
                drop(state);
                lists.pass(&passing);
                Ok(())
            }
            Err(Refused::Resetting) if state.admit(count) => {
                self.valve.hold(count);
                state.held.push(lists);
                Ok(())
            }
            Err(refused) => {
                drop(state);
                Err((lists, refused))
            }
        }
    }

    /// Sends that the reset dropped: they go out again, before the others. What cannot be held is given back.
    pub(in crate::ndis) fn hold_dropped<'a>(
        &self,
        passing: &Passing<'_>,
        dropped: Lists<'a>,
    ) -> Option<Lists<'a>> {
        let count = dropped.count();
        let mut state = self.reset.state.lock();
        let only_reset = self.why_not() == Some(Refused::Resetting);
        if !only_reset || !state.admit(count) {
            drop(state);
            return Some(dropped);
        }
        passing.lists_set_out(count);
        state.held.push_dropped(dropped);
        None
    }

    /// NDIS-NBL-04.
    pub(in crate::ndis) fn cancel_held(&self, id: usize) {
        let cancelled = self.reset.state.lock().held.take_cancelled(id);
        self.return_unsent(cancelled, Refused::Cancelled);
    }

    /// Whatever the reason is.
    pub(super) fn give_back_held(&self) {
        let held = {
            let mut state = self.reset.state.lock();
            match state.phase {
                // A reset alone is no reason: `give_up` decides.
                Phase::Holding | Phase::LettingGo if self.why_not() == Some(Refused::Resetting) => {
                    return;
                }
                _ => state.take(),
            }
        };
        let refused = self.why_not().unwrap_or(Refused::Resetting);
        self.return_unsent(held, refused);
    }

    fn return_unsent(&self, held: Held, refused: Refused) {
        if held.count() == 0 {
            return;
        }
        let inside = self.lists_come_back(held.count());
        for lists in held.lists(&inside.passing()) {
            self.give_back(lists, refused);
        }
    }
}
