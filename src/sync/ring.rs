//! A bounded queue from one producer to one consumer, whose consumer may look at (and mark) many
//! entries before it retires the oldest: a work queue.
//!
//! NDK promises that posts to one queue are serialised (NDK-POST-03), and one runner consumes. The
//! promise is not trusted with memory: each side is claimed for the time of an operation, so a
//! broken promise is a refused operation. Entries are written and read in place.

use core::marker::PhantomData;
use core::ops::Deref;

use super::primitive::{AtomicBool, AtomicUsize, Cell, Line, Ordering, fence};

/// One place in the ring.
#[derive(Debug)]
pub struct Slot<T>(Cell<T>);

impl<T> Slot<T> {
    pub fn new(value: T) -> Self {
        Self(Cell::new(value))
    }

    /// # Safety
    /// Nobody writes it while the reference lives.
    pub(super) unsafe fn get(&self) -> &T {
        // SAFETY: the caller's promise.
        unsafe { self.0.get() }
    }

    /// # Safety
    /// Nobody else touches it while the reference lives.
    #[expect(
        clippy::mut_from_ref,
        reason = "exclusivity is the caller's, by the contract above"
    )]
    pub(super) unsafe fn get_mut(&self) -> &mut T {
        // SAFETY: the caller's promise.
        unsafe { self.0.get_mut() }
    }
}

// SAFETY: a slot is reached by the claimed producer before its entry is published and by the
// claimed consumer after; `Ring` keeps that.
unsafe impl<T: Send> Sync for Slot<T> {}

/// How far one side has come: a position that wraps with its type, and the place of its slot, which only that
/// side uses.
#[derive(Debug)]
struct End {
    position: AtomicUsize,
    slot: Cell<usize>,
}

// SAFETY: `slot` is used by the claimed side alone, whose claim orders one holder after the other.
unsafe impl Sync for End {}

impl End {
    fn new() -> Self {
        Self {
            position: AtomicUsize::new(0),
            slot: Cell::new(0),
        }
    }

    /// # Safety
    /// The side is claimed by the caller.
    unsafe fn slot(&self) -> usize {
        // SAFETY: the caller's promise.
        *unsafe { self.slot.get() }
    }

    /// One further, in a ring of `depth`.
    ///
    /// # Safety
    /// As [`End::slot`].
    unsafe fn advance(&self, depth: usize) {
        // SAFETY: the caller's promise.
        let slot = unsafe { self.slot.get_mut() };
        *slot = if *slot + 1 == depth { 0 } else { *slot + 1 };
        let position = self.position.load(Ordering::Relaxed);
        self.position
            .store(position.wrapping_add(1), Ordering::SeqCst);
    }
}

/// # Invariants
/// `head..tail` (never more than the depth) belong to the consumer, the other slots to the producer.
/// Each end's slot is its position's, and below the depth.
#[derive(Debug)]
pub struct Ring<T, S> {
    tail: Line<End>,
    head: Line<End>,
    producing: AtomicBool,
    consuming: AtomicBool,
    depth: usize,
    slots: S,
    entries: PhantomData<T>,
}

/// Why an entry was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// As many entries as the depth are outstanding.
    Full,
    /// Another producer is inside: the caller broke the promise of serialised posts.
    Contended,
}

impl<T, S: Deref<Target = [Slot<T>]>> Ring<T, S> {
    /// A ring of `slots.len()` entries.
    pub fn new(slots: S) -> Self {
        Self {
            tail: Line(End::new()),
            head: Line(End::new()),
            producing: AtomicBool::new(false),
            consuming: AtomicBool::new(false),
            depth: slots.len(),
            slots,
            entries: PhantomData,
        }
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Entries not yet retired; exact only for a caller that holds one of the sides.
    pub fn len(&self) -> usize {
        let head = self.head.position.load(Ordering::SeqCst);
        self.tail.position.load(Ordering::SeqCst).wrapping_sub(head)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the next entry in place; the old contents of the slot are whatever was there before.
    pub fn push(&self, write: impl FnOnce(&mut T)) -> Result<(), Refused> {
        self.try_push(|slot| {
            write(slot);
            Ok(())
        })
    }

    /// As `push`; an `Err` from `write` leaves the ring as it was.
    pub fn try_push<E: From<Refused>>(
        &self,
        write: impl FnOnce(&mut T) -> Result<(), E>,
    ) -> Result<(), E> {
        let _side = Claim::take(&self.producing).ok_or(Refused::Contended)?;
        let tail = self.tail.position.load(Ordering::Relaxed);
        // Acquire: the consumer's last look at the slot happened before it retired it.
        if tail.wrapping_sub(self.head.position.load(Ordering::Acquire)) >= self.depth {
            return Err(Refused::Full.into());
        }
        // SAFETY: the producing side is claimed.
        let place = unsafe { self.tail.slot() };
        // PANIC: below the depth, which is not 0 here.
        let slot = &self.slots[place];
        // SAFETY: outside `head..tail`, and the producing side is claimed.
        write(unsafe { slot.get_mut() })?;
        // SAFETY: the producing side is claimed.
        unsafe { self.tail.advance(self.depth) };
        Ok(())
    }

    /// The consuming side, unless somebody has it.
    pub fn consumer(&self) -> Option<Consumer<'_, T, S>> {
        Some(Consumer {
            side: Claim::take(&self.consuming)?,
            ring: self,
        })
    }
}

/// One side of a ring, for as long as it lives.
#[derive(Debug)]
struct Claim<'a>(&'a AtomicBool);

impl<'a> Claim<'a> {
    fn take(side: &'a AtomicBool) -> Option<Self> {
        (!side.swap(true, Ordering::SeqCst)).then(|| Self(side))
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The consuming side: a window on every published entry, oldest first.
#[derive(Debug)]
pub struct Consumer<'a, T, S> {
    #[expect(dead_code, reason = "held for its release")]
    side: Claim<'a>,
    ring: &'a Ring<T, S>,
}

impl<T, S: Deref<Target = [Slot<T>]>> Consumer<'_, T, S> {
    /// Published entries not yet retired.
    pub fn len(&self) -> usize {
        let head = self.ring.head.position.load(Ordering::Relaxed);
        let tail = self.ring.tail.position.load(Ordering::SeqCst);
        tail.wrapping_sub(head)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `n`-th entry from the oldest.
    pub fn get(&self, n: usize) -> Option<&T> {
        let slot = self.at(n)?;
        // SAFETY: inside `head..tail`, and the consuming side is claimed by this borrow.
        Some(unsafe { slot.get() })
    }

    /// The same, to mark it.
    pub fn get_mut(&mut self, n: usize) -> Option<&mut T> {
        let slot = self.at(n)?;
        // SAFETY: inside `head..tail`, and the consuming side is claimed by this exclusive borrow.
        Some(unsafe { slot.get_mut() })
    }

    /// Gives the side back. What was pushed by anybody who found it taken is seen from here on ([`Ring::is_empty`]).
    pub fn leave(self) {
        drop(self);
        fence(Ordering::SeqCst);
    }

    /// Gives the oldest slot back to the producer. False when there is none.
    pub fn retire(&mut self) -> bool {
        if self.is_empty() {
            return false;
        }
        // SAFETY: the consuming side is claimed by this borrow.
        unsafe { self.ring.head.advance(self.ring.depth) };
        true
    }

    fn at(&self, n: usize) -> Option<&Slot<T>> {
        if n >= self.len() {
            return None;
        }
        // SAFETY: the consuming side is claimed by this borrow.
        let first = unsafe { self.ring.head.slot() };
        // Both are below the depth.
        let place = first + n;
        let place = place.checked_sub(self.ring.depth).unwrap_or(place);
        self.ring.slots.get(place)
    }
}
