//! When a completion queue's notification callback is due: armed, something new, none running.
//!
//! One word holds arm, running and a generation that every firing moves, so that a decision taken
//! on old facts cannot fire. The rules are NDK-CQ-02 to 12; where NDK-CQ-05 leaves a choice, an arm
//! fires at once only for an entry that is newer than the last notification *and* still queued.

use super::primitive::{AtomicUsize, Ordering, fence};

/// What an arm waits for, weakest first (NDK-CQ-09: the more permissive wins).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arm {
    Errors = 1,
    Solicited = 2,
    Any = 3,
}

/// Why the callback is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Entries are waiting.
    Completions,
    /// An entry was lost; the queue is dead (NDK-CQ-20).
    Overrun,
}

/// How far a queue has come, in entries since it was made.
pub trait Positions {
    /// Entries the consumer has removed.
    fn taken(&self) -> usize;
    /// Entries the consumer can see or has removed.
    fn placed(&self) -> usize;
    /// One past the newest solicited entry; may run ahead of `placed`.
    fn solicited(&self) -> usize;
}

const ARM: usize = 0b11;
const RUNNING: usize = 0b100;
const OVERRUN: usize = 0b1000;
/// It was told.
const TOLD: usize = 0b1_0000;
const GENERATION: usize = 0b10_0000;

/// # Invariants
/// `notified` is written only between a successful `begin` and its `end` (`RUNNING`).
#[derive(Debug)]
pub struct Notify {
    word: AtomicUsize,
    /// `placed` when the last callback was decided.
    notified: AtomicUsize,
}

impl Default for Notify {
    fn default() -> Self {
        Self::new()
    }
}

impl Notify {
    pub fn new() -> Self {
        Self {
            word: AtomicUsize::new(0),
            notified: AtomicUsize::new(0),
        }
    }

    /// Arms; the caller then runs the `begin` loop, for what is there already may satisfy it.
    pub fn arm(&self, arm: Arm) {
        self.update(|word| {
            let merged = (word & ARM).max(arm as usize);
            word & !ARM | merged
        });
    }

    /// The queue overran: every arm is satisfied, once.
    pub fn overrun(&self) {
        self.update(|word| word | OVERRUN);
    }

    /// Takes the right to call the callback now, if it is due. Whoever places an entry, arms, or
    /// ends a callback asks: `while let Some(notice) = begin(..) { callback(notice); end(); }`.
    pub fn begin(&self, queue: &impl Positions) -> Option<Notice> {
        // NDK-CQ-08: of one who places and one who arms, at least one sees the other.
        fence(Ordering::SeqCst);
        loop {
            let word = self.word.load(Ordering::SeqCst);
            let (notice, placed) = self.due(word, queue)?;
            // NDK-CQ-02: clear the arm, then call.
            let told = if notice == Notice::Completions {
                0
            } else {
                TOLD
            };
            let next = (word & !ARM | RUNNING | told).wrapping_add(GENERATION);
            if self
                .word
                .compare_exchange(word, next, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok()
            {
                self.notified.store(placed, Ordering::SeqCst);
                return Some(notice);
            }
        }
    }

    /// Whether `begin` would find something: for who arms and leaves the callback to somebody else.
    pub fn is_due(&self, queue: &impl Positions) -> bool {
        // As in `begin`.
        fence(Ordering::SeqCst);
        self.due(self.word.load(Ordering::SeqCst), queue).is_some()
    }

    /// The callback has returned (NDK-CQ-07); ask `begin` again.
    pub fn end(&self) {
        self.word.fetch_and(!RUNNING, Ordering::SeqCst);
    }

    fn due(&self, word: usize, queue: &impl Positions) -> Option<(Notice, usize)> {
        if word & RUNNING != 0 || word & ARM == 0 {
            return None;
        }
        let placed = queue.placed();
        if word & (OVERRUN | TOLD) == OVERRUN {
            return Some((Notice::Overrun, placed));
        }
        let seen = self.notified.load(Ordering::SeqCst).max(queue.taken());
        let newest = match word & ARM {
            arm if arm == Arm::Any as usize => placed,
            // A solicited entry that is not placed yet is answered for by the one who places it.
            arm if arm == Arm::Solicited as usize => {
                Some(queue.solicited()).filter(|newest| *newest <= placed)?
            }
            // NDK-CQ-11: failed requests are not errors of the queue.
            _ => return None,
        };
        (newest > seen).then_some((Notice::Completions, placed))
    }

    fn update(&self, change: impl Fn(usize) -> usize) {
        let mut word = self.word.load(Ordering::SeqCst);
        while let Err(now) =
            self.word
                .compare_exchange_weak(word, change(word), Ordering::SeqCst, Ordering::SeqCst)
        {
            word = now;
        }
    }
}
