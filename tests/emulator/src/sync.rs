//! Locks of the emulator's own, and waiting with one: as `parking_lot` has them, and known to the
//! scheduler. A simulation never switches threads while one of these is held, so none is ever
//! contended there.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use crate::{clock, sched};

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Whether the calling thread holds a lock of the emulator.
#[inline]
pub(crate) fn is_holding() -> bool {
    HELD.get() != 0
}

/// A lock for short whiles: nothing that waits, and no call into an image, while it is held.
#[derive(Debug, Default)]
pub struct Mutex<T>(parking_lot::Mutex<T>);

/// A [`Mutex`] held.
#[derive(Debug)]
pub struct MutexGuard<'a, T>(parking_lot::MutexGuard<'a, T>);

impl<T> Mutex<T> {
    /// A lock over `value`.
    pub const fn new(value: T) -> Self {
        Self(parking_lot::Mutex::new(value))
    }

    /// Takes the lock.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let guard = self.0.lock();
        HELD.set(HELD.get() + 1);
        MutexGuard(guard)
    }

    /// Takes the lock if nobody has it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let guard = self.0.try_lock()?;
        HELD.set(HELD.get() + 1);
        Some(MutexGuard(guard))
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        HELD.set(HELD.get() - 1);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Waiting for what a [`Mutex`] protects to change.
#[derive(Debug, Default)]
pub struct Condvar(parking_lot::Condvar);

impl Condvar {
    /// Nobody waits.
    #[must_use]
    pub const fn new() -> Self {
        Self(parking_lot::Condvar::new())
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// Wakes one that waits.
    pub fn notify_one(&self) {
        match sched::simulation() {
            Some(simulation) => simulation.unpark_one(self.key()),
            None => drop(self.0.notify_one()),
        }
    }

    /// Wakes all that wait.
    pub fn notify_all(&self) {
        match sched::simulation() {
            Some(simulation) => simulation.unpark_all(self.key()),
            None => drop(self.0.notify_all()),
        }
    }

    /// Waits as long as `waits` says so, `limit` at most; whether it says no now.
    pub fn wait_while_for<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        mut waits: impl FnMut(&mut T) -> bool,
        limit: Duration,
    ) -> bool {
        let deadline = clock::after(limit);
        while waits(guard) {
            if !self.wait_until(guard, Some(deadline)) {
                return !waits(guard);
            }
        }
        true
    }

    /// Waits until woken, or until `deadline` (in [`clock::nanoseconds`]); false when it has passed.
    pub fn wait_until<T>(&self, guard: &mut MutexGuard<'_, T>, deadline: Option<u64>) -> bool {
        HELD.set(HELD.get() - 1);
        let woken = match (sched::simulation(), deadline) {
            // Nobody runs between giving the lock up and parking.
            (Some(simulation), _) => {
                let park = || simulation.park(self.key(), deadline);
                parking_lot::MutexGuard::unlocked(&mut guard.0, park)
            }
            (None, None) => {
                self.0.wait(&mut guard.0);
                true
            }
            (None, Some(deadline)) => {
                let limit = clock::until(deadline);
                !self.0.wait_for(&mut guard.0, limit).timed_out()
            }
        };
        HELD.set(HELD.get() + 1);
        woken
    }
}

/// A lock for calls into images and other long whiles: who comes meanwhile waits.
#[derive(Debug, Default)]
pub struct Turn {
    taken: Mutex<bool>,
    over: Condvar,
}

/// A [`Turn`] taken.
#[derive(Debug)]
pub struct TurnGuard<'a>(&'a Turn);

impl Turn {
    /// Waits until nobody has it, and takes it.
    pub fn take(&self) -> TurnGuard<'_> {
        let mut taken = self.taken.lock();
        while *taken {
            self.over.wait_until(&mut taken, None);
        }
        *taken = true;
        TurnGuard(self)
    }
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock() = false;
        self.0.over.notify_one();
    }
}

/// A queue between threads, without bounds.
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let queue = Arc::new(Channel {
        waiting: Mutex::new(Some(VecDeque::new())),
        came: Condvar::new(),
    });
    (Sender(Arc::clone(&queue)), Receiver(queue))
}

#[derive(Debug)]
struct Channel<T> {
    /// `None` once the receiver is gone.
    waiting: Mutex<Option<VecDeque<T>>>,
    came: Condvar,
}

/// Where a [`channel`] takes things; clones send to the same receiver.
#[derive(Debug)]
pub struct Sender<T>(Arc<Channel<T>>);

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Sender<T> {
    /// Puts `thing` behind all that was sent before; drops it when nobody receives any more.
    pub fn send(&self, thing: T) {
        drop(self.offer(thing));
    }

    /// As [`Self::send`], but gives it back when nobody receives any more.
    pub fn offer(&self, thing: T) -> Option<T> {
        let mut thing = Some(thing);
        if let Some(waiting) = &mut *self.0.waiting.lock() {
            waiting.extend(thing.take());
        }
        self.0.came.notify_one();
        thing
    }
}

/// Where what was sent into a [`channel`] comes out, in order.
#[derive(Debug)]
pub struct Receiver<T>(Arc<Channel<T>>);

/// Nothing came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NothingCame;

impl<T> Receiver<T> {
    /// What comes next, within `limit`.
    ///
    /// # Errors
    /// When nothing came in time.
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, NothingCame> {
        let mut waiting = self.0.waiting.lock();
        let nothing =
            |waiting: &mut Option<VecDeque<T>>| !matches!(waiting, Some(some) if !some.is_empty());
        self.0.came.wait_while_for(&mut waiting, nothing, limit);
        next(&mut waiting)
    }

    /// Everything that is there already.
    pub fn try_iter(&self) -> impl Iterator<Item = T> + '_ {
        std::iter::from_fn(|| self.try_recv().ok())
    }

    /// What is there already.
    ///
    /// # Errors
    /// When nothing is.
    pub fn try_recv(&self) -> Result<T, NothingCame> {
        next(&mut self.0.waiting.lock())
    }
}

fn next<T>(waiting: &mut Option<VecDeque<T>>) -> Result<T, NothingCame> {
    let first = waiting.as_mut().and_then(VecDeque::pop_front);
    first.ok_or(NothingCame)
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // What is dropped may call into an image: not with the lock held.
        let left = self.0.waiting.lock().take();
        drop(left);
    }
}
