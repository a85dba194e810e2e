//! A bounded queue from many producers to one consumer that knows when it overran: a CQ.
//!
//! A producer reserves a position, fills it, then carries the *committed* mark over every filled
//! position in order. Who moves the mark answers for the notification, so a consumer that is
//! notified always finds an entry (NDK-CQ-03), though an earlier producer is still filling.

use core::ops::Deref;

use super::notify::Positions;
use super::primitive::{AtomicBool, AtomicUsize, Cell, Line, Ordering, fence};

/// One place: `(position + 1) * 2 + solicited` once it is filled.
#[derive(Debug)]
pub struct Slot<T> {
    filled: AtomicUsize,
    value: Cell<Option<T>>,
}

impl<T> Slot<T> {
    pub fn new() -> Self {
        Self {
            filled: AtomicUsize::new(0),
            value: Cell::new(None),
        }
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: the value is reached by the producer that reserved the position, then, once the position
// is committed, by the claimed consumer; `CompletionRing` keeps that.
unsafe impl<T: Send> Sync for Slot<T> {}

/// The ring was full: an entry is lost, and with it the queue (NDK-CQ-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun;

/// # Invariants
/// `head <= committed <= reserved <= head + depth`; `head..committed` are filled and the
/// consumer's, `committed..reserved` each belong to the producer that reserved it.
#[derive(Debug)]
pub struct CompletionRing<T, S> {
    reserved: Line<AtomicUsize>,
    committed: Line<AtomicUsize>,
    /// One past the newest solicited position, possibly not yet committed.
    solicited: AtomicUsize,
    overrun: AtomicBool,
    head: Line<AtomicUsize>,
    consuming: AtomicBool,
    slots: S,
    entries: core::marker::PhantomData<T>,
}

impl<T: Copy, S: Deref<Target = [Slot<T>]>> CompletionRing<T, S> {
    pub fn new(slots: S) -> Self {
        Self {
            reserved: Line(AtomicUsize::new(0)),
            committed: Line(AtomicUsize::new(0)),
            solicited: AtomicUsize::new(0),
            overrun: AtomicBool::new(false),
            head: Line(AtomicUsize::new(0)),
            consuming: AtomicBool::new(false),
            slots,
            entries: core::marker::PhantomData,
        }
    }

    pub fn depth(&self) -> usize {
        self.slots.len()
    }

    pub fn is_overrun(&self) -> bool {
        self.overrun.load(Ordering::SeqCst)
    }

    /// Adds an entry. After the first overrun nothing is added any more.
    pub fn push(&self, value: T, solicited: bool) -> Result<(), Overrun> {
        let position = self.reserve()?;
        let slot = self.slot(position);
        // SAFETY: `position` was reserved by this call alone and is not committed.
        *unsafe { slot.value.get_mut() } = Some(value);
        let filled = position.wrapping_add(1) << 1 | usize::from(solicited);
        slot.filled.store(filled, Ordering::Release);
        // Of two producers that fill neighbours, at least one sees the other's entry and commits it.
        fence(Ordering::SeqCst);
        self.commit();
        Ok(())
    }

    /// Removes up to `most` entries, oldest first, and returns how many.
    pub fn pop(&self, most: usize, mut take: impl FnMut(usize, T)) -> usize {
        // The consumer promised to serialise (NDK-CQ-01); one that does not gets nothing.
        if self.consuming.swap(true, Ordering::Acquire) {
            return 0;
        }
        let mut head = self.head.load(Ordering::Relaxed);
        let ready = self
            .committed
            .load(Ordering::SeqCst)
            .wrapping_sub(head)
            .min(most);
        for n in 0..ready {
            // SAFETY: inside `head..committed`, and the consuming side is claimed.
            if let Some(value) = *unsafe { self.slot(head).value.get() } {
                take(n, value);
            }
            head = head.wrapping_add(1);
        }
        self.head.store(head, Ordering::SeqCst);
        self.consuming.store(false, Ordering::Release);
        ready
    }

    fn reserve(&self) -> Result<usize, Overrun> {
        let mut position = self.reserved.load(Ordering::Relaxed);
        loop {
            // Acquire: the consumer has read the slot's last value.
            let used = position.wrapping_sub(self.head.load(Ordering::Acquire));
            if self.overrun.load(Ordering::Relaxed) {
                return Err(Overrun);
            }
            // A stale `position` may lie behind `head`: `used` is then huge as an unsigned number.
            if used >= self.depth() && (used as isize) >= 0 {
                self.overrun.store(true, Ordering::SeqCst);
                return Err(Overrun);
            }
            let next = position.wrapping_add(1);
            match self.reserved.compare_exchange_weak(
                position,
                next,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(position),
                Err(now) => position = now,
            }
        }
    }

    /// Carries the mark over every filled position.
    fn commit(&self) {
        let mut position = self.committed.load(Ordering::SeqCst);
        loop {
            let filled = self.slot(position).filled.load(Ordering::SeqCst);
            if filled >> 1 != position.wrapping_add(1) & (usize::MAX >> 1) {
                return;
            }
            let next = position.wrapping_add(1);
            if filled & 1 == 1 {
                self.solicited.fetch_max(next, Ordering::SeqCst);
            }
            position = match self.committed.compare_exchange(
                position,
                next,
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => next,
                Err(now) => now,
            };
        }
    }

    fn slot(&self, position: usize) -> &Slot<T> {
        // PANIC: the remainder is below the length; a queue of no slots never reserves a position,
        // and `commit` follows a reservation.
        &self.slots[position % self.slots.len()]
    }
}

impl<T, S> Positions for CompletionRing<T, S> {
    fn taken(&self) -> usize {
        self.head.load(Ordering::SeqCst)
    }

    fn placed(&self) -> usize {
        self.committed.load(Ordering::SeqCst)
    }

    fn solicited(&self) -> usize {
        self.solicited.load(Ordering::SeqCst)
    }
}
