//! Which locks a thread holds, how it got them, and in what order locks are taken: spin locks, and those whose
//! waiters sleep (fast mutexes, mutexes, push locks).

use std::cell::{Cell, UnsafeCell};
use std::collections::{HashMap, HashSet};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::sync::Mutex;

use crate::bridge::aside;
use crate::thread::Thread;
use crate::verifier::violation;
use crate::wdm::KIRQL;

/// How many locks of a sort a thread can hold at once before the verifier calls it absurd.
const MOST: usize = 16;

/// How a lock was taken: it is given back by the function that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A spin lock, or a reader-writer spin lock by its only writer.
    Spin,
    /// An in-stack queued spin lock.
    Queued,
    /// A reader-writer spin lock, by a reader.
    Read,
    /// A fast mutex, a mutex or a push lock.
    Alone,
    /// A push lock with others.
    Shared,
}

/// A lock that is held.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Its address.
    pub lock: usize,
    how: How,
    /// The level to go back to, when taking it raised the level.
    old: Option<KIRQL>,
}

/// Locks that a thread holds, oldest first.
///
/// # Invariants
/// Only the host thread that is attached as the list's thread touches it.
#[derive(Debug)]
pub(crate) struct HeldLocks {
    list: UnsafeCell<[Held; MOST]>,
    count: Cell<usize>,
}

impl HeldLocks {
    pub(crate) const fn new() -> Self {
        let none = Held {
            lock: 0,
            how: How::Spin,
            old: None,
        };
        Self {
            list: UnsafeCell::new([none; MOST]),
            count: Cell::new(0),
        }
    }

    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.count.get()
    }

    #[inline]
    pub(crate) fn all(&self) -> &[Held] {
        // SAFETY: only the attached host thread calls this and no lock operation is under way.
        let list = unsafe { &*self.list.get() };
        list.get(..self.count.get()).unwrap_or_default()
    }

    #[inline(always)]
    fn push(&self, held: Held) {
        let count = self.count.get();
        // SAFETY: as above.
        match unsafe { (*self.list.get()).get_mut(count) } {
            Some(place) => *place = held,
            None => violation("VERIF-LOCK-DEPTH", "more than 16 locks held at once"),
        }
        self.count.set(count + 1);
    }

    /// Takes it out, if it is in.
    #[inline(always)]
    fn remove(&self, lock: usize) -> Option<Held> {
        match self.all().last() {
            Some(last) if last.lock == lock => {
                self.count.set(self.count.get() - 1);
                Some(*last)
            }
            _ => aside(move || self.remove_inner(lock)),
        }
    }

    /// One that is not the newest.
    fn remove_inner(&self, lock: usize) -> Option<Held> {
        let at = self.all().iter().rposition(|held| held.lock == lock)?;
        let count = self.count.get();
        // SAFETY: as above.
        let list = unsafe { &mut *self.list.get() };
        let held = list[at];
        list.copy_within(at + 1..count, at);
        self.count.set(count - 1);
        Some(held)
    }
}

/// "Taken while the other was held", by address: outer → inner.
static ORDER: Mutex<Option<HashMap<usize, HashSet<usize>>>> = Mutex::new(None);

/// Counts the times that orders were forgotten: what threads remember of them is then stale.
static FORGOTTEN: AtomicU64 = AtomicU64::new(0);

/// The spin locks that were ever taken as queued ones.
static QUEUED: Mutex<Option<HashSet<usize>>> = Mutex::new(None);
static ANY_QUEUED: AtomicBool = AtomicBool::new(false);

/// Notes that the thread now holds the spin lock; `old` is the level that taking it raised the thread from.
#[inline(always)]
pub(crate) fn acquired(thread: &Thread, lock: usize, how: How, old: Option<KIRQL>) {
    if how == How::Queued || ANY_QUEUED.load(Ordering::Relaxed) {
        aside(move || note_kind(lock, how));
    }
    let (outer, last) = match thread.spin_locks.all() {
        [] => (thread.sleeping_locks.count(), 0),
        [only] => (1, only.lock),
        all => (all.len(), 0),
    };
    thread.spin_locks.push(Held { lock, how, old });
    if outer == 0 {
        return;
    }
    let pair = (last, lock, FORGOTTEN.load(Ordering::Acquire));
    if last == 0 || thread.last_order.get() != pair {
        aside(move || note_order(thread, lock));
        thread.last_order.set(pair);
    }
}

/// Before a thread waits for a lock that is not free.
pub(crate) fn waits(thread: &Thread, lock: usize) {
    let held = thread.spin_locks.all().iter();
    let mut held = held.chain(thread.sleeping_locks.all());
    if held.any(|held| held.lock == lock) {
        violation(
            "VERIF-LOCK-RECURSION",
            &format!("the lock at {lock:#x} is acquired by the thread that holds it"),
        );
    }
}

/// Notes that the thread now holds a lock whose waiters sleep.
pub(crate) fn acquired_sleeping(thread: &Thread, lock: usize, how: How) {
    let old = None;
    thread.sleeping_locks.push(Held { lock, how, old });
    note_order(thread, lock);
}

/// As [`acquired_sleeping`], of one that was taken at once with others: no order follows from it.
pub(crate) fn holds(thread: &Thread, lock: usize) {
    let (how, old) = (How::Alone, None);
    thread.sleeping_locks.push(Held { lock, how, old });
}

/// Notes that the thread gives the spin lock back; `to` is the level it goes back to, when that is part of it.
#[inline(always)]
pub(crate) fn released(thread: &Thread, lock: usize, how: How, to: Option<KIRQL>) {
    match thread.spin_locks.remove(lock) {
        None => aside(move || not_held(lock)),
        Some(held) if held.how != how => aside(move || other_kind(lock, held.how, how)),
        Some(Held { old: Some(old), .. }) if to.is_some_and(|to| to != old) => {
            aside(move || other_level(lock, old, to))
        }
        Some(_) => {}
    }
}

/// As [`released`], of a lock whose waiters sleep.
pub(crate) fn released_sleeping(thread: &Thread, lock: usize, how: How) {
    match thread.sleeping_locks.remove(lock) {
        None => not_held(lock),
        Some(held) if held.how != how => other_kind(lock, held.how, how),
        Some(_) => {}
    }
}

fn not_held(lock: usize) -> ! {
    violation(
        "VERIF-LOCK-OWNER",
        &format!("the lock at {lock:#x} is released by a thread that doesn't hold it"),
    )
}

fn other_kind(lock: usize, taken: How, given: How) -> ! {
    let text = format!("the lock at {lock:#x} was acquired as {taken:?} and is used as {given:?}");
    violation("VERIF-LOCK-KIND", &text)
}

fn other_level(lock: usize, old: KIRQL, to: Option<KIRQL>) -> ! {
    let to = to.unwrap_or_default();
    violation(
        "VERIF-LOCK-LEVEL",
        &format!("the lock at {lock:#x} was acquired at IRQL {old} and is released to IRQL {to}"),
    )
}

/// A spin lock is queued always, or never: the two take turns by other words of it.
fn note_kind(lock: usize, how: How) {
    let mut queued = QUEUED.lock();
    let queued = queued.get_or_insert_default();
    match how {
        How::Queued => {
            queued.insert(lock);
            ANY_QUEUED.store(true, Ordering::Relaxed);
        }
        how if queued.contains(&lock) => other_kind(lock, How::Queued, how),
        _ => {}
    }
}

/// The thread has ended.
pub(crate) fn ended(thread: &Thread) {
    let held = thread.spin_locks.all().iter();
    if let Some(held) = held.chain(thread.sleeping_locks.all()).next() {
        violation(
            "VERIF-LOCK-THREAD",
            &format!(
                "a system thread ended with the lock at {:#x} held",
                held.lock
            ),
        );
    }
}

/// `inner`, the newest lock of `thread`, was taken with all its others held.
pub(crate) fn note_order(thread: &Thread, inner: usize) {
    let (spin, sleeping) = (thread.spin_locks.all(), thread.sleeping_locks.all());
    let mut order = ORDER.lock();
    let order = order.get_or_insert_default();
    for Held { lock: outer, .. } in spin.iter().chain(sleeping) {
        let outer = *outer;
        if outer == inner || !order.entry(outer).or_default().insert(inner) {
            continue;
        }
        if reaches(order, inner, outer) {
            violation(
                "VERIF-LOCK-ORDER",
                &format!("the locks {outer:#x} and {inner:#x} are taken in both orders"),
            );
        }
    }
}

fn reaches(order: &HashMap<usize, HashSet<usize>>, from: usize, to: usize) -> bool {
    let mut seen = HashSet::from([from]);
    let mut ahead = vec![from];
    while let Some(lock) = ahead.pop() {
        let inner = order.get(&lock).into_iter().flatten();
        for &inner in inner {
            if inner == to {
                return true;
            }
            if seen.insert(inner) {
                ahead.push(inner);
            }
        }
    }
    false
}

/// Memory was freed: what was known of locks in it no longer holds.
pub(crate) fn forget(start: usize, end: usize) {
    let inside = |lock: &usize| (start..end).contains(lock);
    if let Some(order) = ORDER.lock().as_mut()
        && !order.is_empty()
    {
        FORGOTTEN.fetch_add(1, Ordering::AcqRel);
        order.retain(|outer, _| !inside(outer));
        for after in order.values_mut() {
            after.retain(|inner| !inside(inner));
        }
    }
    if ANY_QUEUED.load(Ordering::Relaxed)
        && let Some(queued) = QUEUED.lock().as_mut()
    {
        queued.retain(|lock| !inside(lock));
    }
}
