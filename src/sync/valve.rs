//! A count of what is on its way, with reasons why nothing more may pass: a [`Gate`](super::Gate)
//! that opens again, and that several may hold shut, each with a reason of its own.
//!
//! Who comes while it is shut is counted, too, until it has turned back. Whoever shuts it and finds
//! somebody inside waits, and hears of the first moment at which nobody is, exactly once.

use super::primitive::{AtomicUsize, Ordering};

/// One bit for each of up to eight holders.
pub type Reasons = u8;

/// Below the count: reasons, then the reasons of those who wait.
const WAITING: u32 = Reasons::BITS;
const ONE: usize = 1 << (2 * Reasons::BITS);

/// # Invariants
/// The word is `ONE` for each inside, the reasons, and, shifted by `WAITING`, those of them whose
/// holders wait. The latter are set only while somebody is inside, and cleared by whoever makes it
/// nobody.
#[derive(Debug)]
pub struct Valve(AtomicUsize);

fn reasons(word: usize) -> Reasons {
    // The low byte.
    (word & usize::from(Reasons::MAX)) as Reasons
}

fn waiting(word: usize) -> Reasons {
    reasons(word >> WAITING)
}

impl Valve {
    /// Nobody inside, and shut for `reasons`.
    pub fn new(reasons: Reasons) -> Self {
        Self(AtomicUsize::new(usize::from(reasons)))
    }

    /// Comes in, to pass or, for the reasons given, to turn back. It leaves in either case.
    pub fn enter(&self) -> Result<(), Reasons> {
        match reasons(self.0.fetch_add(ONE, Ordering::Acquire)) {
            0 => Ok(()),
            reasons => Err(reasons),
        }
    }

    /// `things` more are inside; the caller is already, and may pass.
    pub fn hold(&self, things: usize) {
        let before = self.0.fetch_add(things * ONE, Ordering::Relaxed);
        debug_assert!(before >= ONE, "held from outside");
    }

    /// `things` are inside no more. Gives the reasons of those to be woken. Of the valve's owner
    /// nothing else is touched after that, unless the caller keeps it alive by other means.
    #[must_use = "those who wait must be woken"]
    pub fn leave(&self, things: usize) -> Reasons {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            debug_assert!(word / ONE >= things, "more left than came in");
            let left = word - things * ONE;
            let next = if left < ONE {
                usize::from(reasons(left))
            } else {
                left
            };
            match self
                .0
                .compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) if left < ONE => return waiting(left),
                Ok(_) => return 0,
                Err(now) => word = now,
            }
        }
    }

    /// Lets nothing pass any more. True when somebody is inside: then [`Valve::leave`] gives
    /// `reason` once, to the first who leaves nobody inside, and the caller waits for that. One call
    /// at a time for each reason.
    #[must_use = "who is inside must be waited for"]
    pub fn shut(&self, reason: Reasons) -> bool {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let occupied = word >= ONE;
            let mut next = word | usize::from(reason);
            if occupied {
                next |= usize::from(reason) << WAITING;
            }
            match self
                .0
                .compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return occupied,
                Err(now) => word = now,
            }
        }
    }

    /// Lets nothing pass any more, and waits for nobody.
    pub fn refuse(&self, reason: Reasons) {
        self.0.fetch_or(usize::from(reason), Ordering::AcqRel);
    }

    /// Takes the reason back. What was written before is seen by those who pass after.
    pub fn open(&self, reason: Reasons) {
        self.0.fetch_and(!usize::from(reason), Ordering::Release);
    }

    /// Why nothing may pass now; zero when it may.
    pub fn reasons(&self) -> Reasons {
        reasons(self.0.load(Ordering::Acquire))
    }
}
