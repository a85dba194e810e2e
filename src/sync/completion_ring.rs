//! A bounded queue from many producers to one consumer that knows when it overran and can change
//! its depth: a CQ.
//!
//! Producers exclude each other with a lock; the consumer takes none. How far the queue has come is published in atomics,
//! the mark after the entry: a consumer that is notified always finds one (NDK-CQ-03). Deciding on a notification
//! ([`super::Notify`]) takes no lock either, and brings the fence between these marks and the arm.
//!
//! When the depth changes (NDK-CQ-27) what is queued is copied, and a poll that is under way goes on reading the old slots.
//! They stay until a later change finds no poll under way, or until the end.

use super::notify::Positions;
use super::primitive::{AtomicBool, AtomicPtr, AtomicUsize, Cell, Line, Ordering};
use super::ring::Slot;
use super::storage::{Allocate, Lock};

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
/// As many slots as a power of two, so that a position's place does not depend on what came before. `previous` is touched with
/// the lock held.
struct Storage<T, A: Allocate> {
    slots: A::Slice<Slot<T>>,
    /// What a poll may be reading that began before these slots took its place.
    previous: Cell<Option<Held<T, A>>>,
}

/// One, in a place that does not move.
type Held<T, A> = <A as Allocate>::Slice<Storage<T, A>>;

impl<T: Copy + Default, A: Allocate> Storage<T, A> {
    /// One that has room for `depth`.
    fn new(depth: usize) -> Option<Held<T, A>> {
        A::one(Self {
            slots: A::slice(depth.checked_next_power_of_two()?, |_| {
                Slot::new(T::default())
            })?,
            previous: Cell::new(None),
        })
    }

    fn slot(&self, position: usize) -> &Slot<T> {
        // PANIC: the mask of their number, which is a power of two.
        &self.slots[position & (self.slots.len() - 1)]
    }
}

/// What producers and a change of the depth share.
///
/// # Invariants
/// `storage` is one; the ring's pointer is to it.
struct Producing<T, A: Allocate> {
    storage: Held<T, A>,
    depth: usize,
    /// Entries ever added.
    tail: usize,
    overrun: bool,
}

/// # Invariants
/// `taken <= tail <= taken + depth` (positions wrap), `placed == tail` when nobody has the lock. A slot whose position is in
/// `taken..tail` is only read; the others are the producer's that has the lock. Who has set `polling` alone moves `taken`,
/// and may read any storage that it found in `storage` after that.
pub struct CompletionRing<T, A: Allocate> {
    producing: A::Lock<Producing<T, A>>,
    storage: AtomicPtr<Storage<T, A>>,
    polling: AtomicBool,
    /// Entries ever removed.
    taken: Line<AtomicUsize>,
    /// Entries ever added, and one past the newest solicited of them.
    placed: Line<AtomicUsize>,
    solicited: AtomicUsize,
}

impl<T: Copy + Default, A: Allocate> CompletionRing<T, A> {
    /// A ring of `depth` entries, one at least. `None`: no memory.
    pub fn new(depth: usize) -> Option<Self> {
        let depth = depth.max(1);
        let storage = Storage::<T, A>::new(depth)?;
        Some(Self {
            storage: AtomicPtr::new(storage.as_ptr().cast_mut()),
            producing: Lock::new(Producing {
                storage,
                depth,
                tail: 0,
                overrun: false,
            }),
            polling: AtomicBool::new(false),
            taken: Line(AtomicUsize::new(0)),
            placed: Line(AtomicUsize::new(0)),
            solicited: AtomicUsize::new(0),
        })
    }

    pub fn depth(&self) -> usize {
        self.producing.with(|producing| producing.depth)
    }

    /// Adds an entry. After the first overrun nothing is added any more.
    pub fn push(&self, value: T, solicited: bool) -> Result<(), Overrun> {
        self.producing.with(|producing| {
            let full = producing.tail.wrapping_sub(self.taken()) >= producing.depth;
            if full || producing.overrun {
                producing.overrun = true;
                return Err(Overrun);
            }
            // SAFETY: outside `taken..tail`, and the lock is held.
            unsafe { *producing.current().slot(producing.tail).get_mut() = value };
            producing.tail = producing.tail.wrapping_add(1);
            if solicited {
                self.solicited.store(producing.tail, Ordering::Release);
            }
            self.placed.store(producing.tail, Ordering::Release);
            Ok(())
        })
    }

    /// Removes up to `most` entries, oldest first, and returns how many. NDK-CQ-01: polls come one after the other; one beside
    /// another finds nothing.
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
        if self.polling.swap(true, Ordering::AcqRel) {
            return 0;
        }
        let mut count = 0;
        while count < most {
            let taken = self.taken();
            let there = self.placed().wrapping_sub(taken).min(most - count);
            if there == 0 {
                break;
            }
            // SAFETY: read with `polling` set, so it stays (`resize`); read after `placed`, so it has all up to there.
            let storage = unsafe { &*self.storage.load(Ordering::Acquire) };
            for n in 0..there {
                // SAFETY: in `taken..tail`, where slots are only read.
                let value = *unsafe { storage.slot(taken.wrapping_add(n)).get() };
                take(count + n, value);
            }
            self.taken
                .store(taken.wrapping_add(there), Ordering::Release);
            count += there;
        }
        self.polling.store(false, Ordering::Release);
        count
    }

    /// Changes the depth to `depth`, one at least; what is queued stays, in order. Safe beside
    /// everything else.
    pub fn resize(&self, depth: usize) -> Result<(), NotResized> {
        let depth = depth.max(1);
        let storage = Storage::<T, A>::new(depth).ok_or(NotResized::NoMemory)?;
        // Whatever is not used any more is freed without the lock.
        let (result, unused) = self
            .producing
            .with(|producing| self.change(producing, depth, storage));
        drop(unused);
        result
    }

    /// With the lock held: what nobody uses comes back.
    fn change(
        &self,
        producing: &mut Producing<T, A>,
        depth: usize,
        storage: Held<T, A>,
    ) -> (Result<(), NotResized>, Option<Held<T, A>>) {
        if producing.overrun {
            return (Err(NotResized::Overrun), Some(storage));
        }
        // A poll beside this may take some of them, which then are copied for nothing.
        let first = self.taken();
        let queued = producing.tail.wrapping_sub(first);
        if queued > depth {
            return (Err(NotResized::TooMany), Some(storage));
        }
        producing.depth = depth;
        let old = core::mem::replace(&mut producing.storage, storage);
        let new = producing.current();
        for position in (0..queued).map(|n| first.wrapping_add(n)) {
            for old in &*old {
                // SAFETY: in `taken..tail` of the old slots, which are only read; nobody has the new ones.
                unsafe { *new.slot(position).get_mut() = *old.slot(position).get() };
            }
        }
        let at = core::ptr::from_ref(new).cast_mut();
        self.storage.store(at, Ordering::Release);
        // One that sets `polling` after this read-modify-write of it finds the new slots.
        let nobody_polls =
            self.polling
                .compare_exchange(false, false, Ordering::AcqRel, Ordering::Relaxed);
        if nobody_polls.is_ok() {
            return (Ok(()), Some(old));
        }
        // It may read the old ones.
        // SAFETY: the lock is held.
        unsafe { *new.previous.get_mut() = Some(old) };
        (Ok(()), None)
    }
}

impl<T: Copy + Default, A: Allocate> Producing<T, A> {
    fn current(&self) -> &Storage<T, A> {
        // PANIC: there is one (invariant).
        &self.storage[0]
    }
}

impl<T, A: Allocate> Positions for CompletionRing<T, A> {
    fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }

    fn placed(&self) -> usize {
        self.placed.load(Ordering::Acquire)
    }

    fn solicited(&self) -> usize {
        self.solicited.load(Ordering::Acquire)
    }
}
