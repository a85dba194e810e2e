//! Where threads stop and go on: the seam a deterministic scheduler takes the place of.
//!
//! A thread parks on a key (the address of the object it waits for); whoever changes that
//! object unparks the key. The object's memory is never touched by an unpark, so the waiter may
//! free it as soon as it sees the change.

use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::time::Instant;

use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult};

use crate::clock;

/// Threads that wait for several objects at once park here.
static MANY: u8 = 0;
static MANY_WAITERS: AtomicUsize = AtomicUsize::new(0);

/// The key of waits for several objects.
#[must_use]
pub fn many_key() -> usize {
    &raw const MANY as usize
}

/// Counts a waiter for several objects while it lives.
pub struct ManyWaiter(());

impl ManyWaiter {
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "it counts: making one has an effect"
    )]
    pub fn new() -> Self {
        MANY_WAITERS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for ManyWaiter {
    fn drop(&mut self) {
        MANY_WAITERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Parks while `still` holds, until the key is unparked or `deadline` (in
/// [`clock::nanoseconds`]) has passed; false when it has passed.
pub fn park(key: usize, deadline: Option<u64>, still: impl FnOnce() -> bool) -> bool {
    let until = deadline.map(|d| Instant::now() + clock::until(d));
    // SAFETY: `still` only reads an atomic and cannot park, unpark or panic.
    let result =
        unsafe { parking_lot_core::park(key, still, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, until) };
    !matches!(result, ParkResult::TimedOut)
}

/// Wakes every thread parked on `key`.
pub fn unpark_all(key: usize) {
    // SAFETY: the keys are addresses of objects of this process.
    unsafe { parking_lot_core::unpark_all(key, DEFAULT_UNPARK_TOKEN) };
    wake_many(key);
}

/// Wakes one thread parked on `key`.
pub fn unpark_one(key: usize) {
    // SAFETY: as above; the callback does nothing.
    unsafe { parking_lot_core::unpark_one(key, |_| DEFAULT_UNPARK_TOKEN) };
    wake_many(key);
}

fn wake_many(key: usize) {
    fence(Ordering::SeqCst);
    if MANY_WAITERS.load(Ordering::SeqCst) != 0 && key != many_key() {
        // SAFETY: as above.
        unsafe { parking_lot_core::unpark_all(many_key(), DEFAULT_UNPARK_TOKEN) };
    }
}
