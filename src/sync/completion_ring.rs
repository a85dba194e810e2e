//! A bounded queue from many producers to one consumer that knows when it overran and can change
//! its depth: a CQ.
//!
//! The entries lie behind a lock, because they have to move when the depth changes (NDK-CQ-27)
//! whatever producers and the consumer do meanwhile, and neither of them may wait for a preempted
//! other. How far the queue has come is published in atomics beside it, so that deciding on a
//! notification ([`super::Notify`]) takes no lock. The mark moves with the lock held, after the
//! entry: a consumer that is notified always finds one (NDK-CQ-03).

use core::ops::DerefMut;

use super::notify::Positions;
use super::primitive::{AtomicUsize, Line, Ordering};
use super::storage::{Allocate, Lock};

/// Entries copied out in one go with the lock held; the consumer's array may be pageable, so it is
/// written without.
const BATCH: usize = 8;

/// The ring was full: an entry is lost, and with it the queue (NDK-CQ-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun;

/// Why the depth was not changed; the ring is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotResized {
    NoMemory,
    /// More entries are queued than the new depth holds.
    TooMany,
    /// The queue is dead.
    Overrun,
}

/// # Invariants
/// `head <= tail <= head + slots.len()` (positions wrap); there is at least one slot. Each place is that of its
/// position, below `slots.len()`.
struct Entries<S> {
    slots: S,
    /// Entries ever removed, and the place of the oldest that is left.
    head: usize,
    first: usize,
    /// Entries ever added, and the place of the next.
    tail: usize,
    next: usize,
    overrun: bool,
}

pub struct CompletionRing<T, A: Allocate> {
    entries: A::Lock<Entries<A::Slice<T>>>,
    /// `head`, `tail`, and one past the newest solicited position; written under the lock.
    taken: Line<AtomicUsize>,
    placed: Line<AtomicUsize>,
    solicited: AtomicUsize,
}

impl<T: Copy + Default, A: Allocate> CompletionRing<T, A> {
    /// A ring of `depth` entries, one at least. `None`: no memory.
    pub fn new(depth: usize) -> Option<Self> {
        Some(Self {
            entries: Lock::new(Entries {
                slots: Self::slots(depth)?,
                head: 0,
                first: 0,
                tail: 0,
                next: 0,
                overrun: false,
            }),
            taken: Line(AtomicUsize::new(0)),
            placed: Line(AtomicUsize::new(0)),
            solicited: AtomicUsize::new(0),
        })
    }

    pub fn depth(&self) -> usize {
        self.entries.with(|entries| entries.slots.len())
    }

    /// Adds an entry. After the first overrun nothing is added any more.
    pub fn push(&self, value: T, solicited: bool) -> Result<(), Overrun> {
        self.entries.with(|entries| {
            entries.push(value)?;
            if solicited {
                self.solicited.store(entries.tail, Ordering::SeqCst);
            }
            self.placed.store(entries.tail, Ordering::SeqCst);
            Ok(())
        })
    }

    /// Removes up to `most` entries, oldest first, and returns how many.
    pub fn pop(&self, most: usize, mut take: impl FnMut(usize, T)) -> usize {
        // Whoever drains a queue looks once more than there is something.
        match self.taken() == self.placed() {
            true => 0,
            false => self.pop_some(most, &mut take),
        }
    }

    /// Out of line, so that nothing is made ready for it where there is no entry.
    #[inline(never)]
    fn pop_some(&self, most: usize, take: &mut impl FnMut(usize, T)) -> usize {
        let mut taken = 0;
        while taken < most {
            let left = most - taken;
            let mut take = |value| {
                take(taken, value);
                taken += 1;
            };
            match self.placed().wrapping_sub(self.taken()) {
                0 => break,
                1 => self.move_out::<1>(1, &mut take),
                _ => self.move_out::<BATCH>(left, &mut take),
            }
        }
        taken
    }

    /// Removes up to `N` and `most` entries.
    fn move_out<const N: usize>(&self, most: usize, take: &mut impl FnMut(T)) {
        let mut batch = [T::default(); N];
        let count = self.entries.with(|entries| {
            let count = entries.pop(batch.iter_mut().take(most));
            self.taken.store(entries.head, Ordering::SeqCst);
            count
        });
        for value in batch.iter().take(count) {
            take(*value);
        }
    }

    /// Changes the depth to `depth`, one at least; what is queued stays, in order. Safe beside
    /// everything else.
    pub fn resize(&self, depth: usize) -> Result<(), NotResized> {
        let slots = Self::slots(depth).ok_or(NotResized::NoMemory)?;
        // Whichever of the two is not used any more is freed without the lock.
        let (result, unused) = self.entries.with(|entries| entries.resize(slots));
        drop(unused);
        result
    }

    fn slots(depth: usize) -> Option<A::Slice<T>> {
        A::slice(depth.max(1), |_| T::default())
    }
}

impl<T: Copy, S: DerefMut<Target = [T]>> Entries<S> {
    fn push(&mut self, value: T) -> Result<(), Overrun> {
        let free = self.len() < self.slots.len();
        match self.slots.get_mut(self.next) {
            Some(slot) if free && !self.overrun => *slot = value,
            _ => {
                self.overrun = true;
                return Err(Overrun);
            }
        }
        self.tail = self.tail.wrapping_add(1);
        self.next = after(self.next, self.slots.len());
        Ok(())
    }

    /// Moves entries into `places`; how many.
    fn pop<'a>(&mut self, places: impl Iterator<Item = &'a mut T>) -> usize
    where
        T: 'a,
    {
        let mut count = 0;
        for place in places {
            if self.head == self.tail {
                break;
            }
            if let Some(slot) = self.slots.get(self.first) {
                *place = *slot;
            }
            self.head = self.head.wrapping_add(1);
            self.first = after(self.first, self.slots.len());
            count += 1;
        }
        count
    }

    /// Moves to `slots`; the storage that is not used any more comes back.
    fn resize(&mut self, mut slots: S) -> (Result<(), NotResized>, S) {
        if self.overrun {
            return (Err(NotResized::Overrun), slots);
        }
        if self.len() > slots.len() {
            return (Err(NotResized::TooMany), slots);
        }
        let queued = self.len();
        let mut from = self.first;
        for to in slots.iter_mut().take(queued) {
            if let Some(entry) = self.slots.get(from) {
                *to = *entry;
            }
            from = after(from, self.slots.len());
        }
        (self.first, self.next) = (0, if queued == slots.len() { 0 } else { queued });
        (Ok(()), core::mem::replace(&mut self.slots, slots))
    }

    fn len(&self) -> usize {
        self.tail.wrapping_sub(self.head)
    }
}

/// The place behind `place`, of so many.
fn after(place: usize, places: usize) -> usize {
    if place + 1 < places { place + 1 } else { 0 }
}

impl<T, A: Allocate> Positions for CompletionRing<T, A> {
    fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    fn placed(&self) -> usize {
        self.placed.load(Ordering::SeqCst)
    }

    fn solicited(&self) -> usize {
        self.solicited.load(Ordering::SeqCst)
    }
}
