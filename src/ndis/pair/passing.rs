//! What passes between the edges, what does not and why, and who waits for it.

use super::Pair;
use crate::ndis::{frame::Tally, nbl::Lists};
use crate::sync::Reasons;

/// Why nothing passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) enum Shut {
    /// The adapter does not run. Whoever makes it so waits for what passes, as with the next two.
    Adapter,
    /// The binding does not run.
    Nic,
    /// The NIC sleeps (NDIS-NBL-10).
    Asleep,
    /// No NIC is bound, or it has not run yet.
    Unbound,
    /// The adapter's device is gone.
    Removed,
    /// The NIC is being reset: sends are held as long as there is no other reason (see `reset`).
    Resetting,
    /// The adapter shares the NIC's address, and has another.
    Foreign,
}

impl Shut {
    /// Those who wait, and the order of [`Pair::woken`].
    pub(super) const WAITING: [Self; 3] = [Self::Adapter, Self::Nic, Self::Asleep];

    const fn bit(self) -> Reasons {
        1 << self as u8
    }
}

/// Why a frame was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The adapter, or the NIC below it, is paused or pausing.
    Paused,
    /// There is no network below.
    Disconnected,
    /// The device is gone.
    Removed,
    Asleep,
    /// The NIC is being reset, and nothing more can be held, or for no longer.
    Resetting,
    /// Whoever sent it takes it back.
    Cancelled,
}

/// Of several.
pub(super) fn all(reasons: &[Shut]) -> Reasons {
    reasons.iter().fold(0, |all, one| all | one.bit())
}

/// What passes.
impl Pair {
    /// Comes in to send or indicate; `<= DISPATCH_LEVEL`. Refused or not, it is waited for until
    /// it is dropped.
    pub(in crate::ndis) fn enter(&self) -> Entered<'_> {
        let passing = match self.valve.enter() {
            Ok(()) => Ok(()),
            Err(reasons) => Err(refusal(reasons)),
        };
        Entered {
            inside: Inside {
                pair: self,
                things: 1,
            },
            passing,
        }
    }

    /// What [`Passing::lists_set_out`] let go comes back.
    pub(in crate::ndis) fn lists_come_back(&self, lists: usize) -> Inside<'_> {
        Inside {
            pair: self,
            things: lists,
        }
    }

    /// Lets nothing pass any more, and returns when nobody does. `PASSIVE_LEVEL`.
    pub(in crate::ndis) fn shut(&self, why: Shut) {
        #[cfg(feature = "chimney")]
        self.have_uploaded(why);
        // What is held is inside, too.
        self.refuse(why);
        if !self.valve.shut(why.bit()) {
            return;
        }
        for (holder, woken) in Shut::WAITING.iter().zip(&self.woken) {
            if *holder == why {
                woken.wait();
            }
        }
    }

    /// As `shut`, without waiting. `<= DISPATCH_LEVEL`, no lock held: what is held comes back.
    pub(in crate::ndis) fn refuse(&self, why: Shut) {
        self.mark(why);
        self.give_back_held();
    }

    /// As `refuse`; the caller gives back what is held.
    pub(super) fn mark(&self, why: Shut) {
        self.valve.refuse(why.bit());
    }

    pub(in crate::ndis) fn allow(&self, why: Shut) {
        self.valve.open(why.bit());
    }

    pub(in crate::ndis) fn is_shut(&self, why: Shut) -> bool {
        self.valve.reasons() & why.bit() != 0
    }
}

/// Of what does not pass.
impl Pair {
    /// Why nothing passes now, if nothing does. [`Refused::Resetting`] only when there is no other reason.
    pub(super) fn why_not(&self) -> Option<Refused> {
        let reasons = self.valve.reasons();
        (reasons != 0).then(|| refusal(reasons))
    }

    /// As `why_not`, were it not for the reset.
    pub(super) fn why_not_but_for_reset(&self) -> Option<Refused> {
        let reasons = self.valve.reasons() & !Shut::Resetting.bit();
        (reasons != 0).then(|| refusal(reasons))
    }

    /// Sends go home unsent. The caller is inside, or keeps the pair alive.
    pub(in crate::ndis) fn give_back(&self, lists: Lists<'_>, refused: Refused) {
        self.counters().sent(&Tally {
            discards: lists.frames(),
            ..Tally::default()
        });
        lists.complete(refused);
    }
}

/// Inside the valve: what takes handles or memory away waits for it.
pub(in crate::ndis) struct Inside<'a> {
    pair: &'a Pair,
    things: usize,
}

/// Inside, and told whether it may pass.
pub(in crate::ndis) struct Entered<'a> {
    pub(super) inside: Inside<'a>,
    passing: Result<(), Refused>,
}

/// While it is borrowed both edges' handles are alive.
pub(in crate::ndis) struct Passing<'a>(&'a Inside<'a>);

impl Entered<'_> {
    #[cfg(feature = "chimney")]
    pub(in crate::ndis) fn inside(&self) -> &Inside<'_> {
        &self.inside
    }

    pub(in crate::ndis) fn passing(&self) -> Result<Passing<'_>, Refused> {
        self.passing.map(|()| Passing(&self.inside))
    }

    /// As `passing`, with the reasons as they are now: whoever shuts the valve waits for us in any case.
    pub(super) fn passing_now(&self) -> Result<Passing<'_>, Refused> {
        match self.inside.pair.why_not() {
            None => Ok(Passing(&self.inside)),
            Some(refused) => Err(refused),
        }
    }
}

impl Inside<'_> {
    /// Lists that were let go passed, so what they came through is there still.
    pub(in crate::ndis) fn passing(&self) -> Passing<'_> {
        Passing(self)
    }
}

impl<'a> Passing<'a> {
    pub(in crate::ndis) fn pair(&self) -> &'a Pair {
        self.0.pair
    }

    /// `lists` are given to the other edge, and stay inside until they come back.
    pub(in crate::ndis) fn lists_set_out(&self, lists: usize) {
        self.0.pair.valve.hold(lists);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if self.things == 0 {
            return;
        }
        let waiting = self.pair.valve.leave(self.things);
        if waiting == 0 {
            return;
        }
        // Each that waits keeps the pair alive until it is woken.
        for (holder, woken) in Shut::WAITING.iter().zip(&self.pair.woken) {
            if waiting & holder.bit() != 0 {
                woken.set();
            }
        }
    }
}

/// The weightiest reason: what the sender could do nothing about comes first.
fn refusal(reasons: Reasons) -> Refused {
    let given = |why: Shut| reasons & why.bit() != 0;
    if given(Shut::Removed) {
        Refused::Removed
    } else if given(Shut::Adapter) {
        Refused::Paused
    } else if given(Shut::Unbound) || given(Shut::Foreign) {
        Refused::Disconnected
    } else if given(Shut::Asleep) {
        Refused::Asleep
    } else if given(Shut::Nic) {
        Refused::Paused
    } else {
        Refused::Resetting
    }
}
