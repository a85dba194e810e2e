//! Which spin locks a thread holds, and in what order locks are taken.

use std::collections::HashMap;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::Mutex;

use crate::thread::{MAX_LOCKS, Thread};
use crate::verifier::violation;

/// "Taken while the other was held", by address: outer → inner.
static ORDER: Mutex<Option<HashMap<usize, Vec<usize>>>> = Mutex::new(None);

/// Counts the times that orders were forgotten: what threads remember of them is then stale.
static FORGOTTEN: AtomicU64 = AtomicU64::new(0);

/// Notes that the thread now holds `lock`.
#[inline]
pub(crate) fn acquired(thread: &Thread, lock: usize) {
    let count = thread.lock_count.get();
    if count == MAX_LOCKS {
        violation("VERIF-LOCK-DEPTH", "more than 16 spin locks held at once");
    }
    // SAFETY: only the attached host thread touches its list.
    unsafe { (*thread.locks.get())[count] = lock };
    thread.lock_count.set(count + 1);
    if count != 0 {
        let held = thread.held_locks();
        let pair = (held[count - 1], lock, FORGOTTEN.load(Ordering::Acquire));
        if count > 1 || thread.last_order.get() != pair {
            note_order(held);
            thread.last_order.set(pair);
        }
    }
}

/// Notes that the thread gives `lock` back.
#[inline]
pub(crate) fn released(thread: &Thread, lock: usize) {
    let count = thread.lock_count.get();
    // SAFETY: only the attached host thread touches its list.
    let held = unsafe { &mut *thread.locks.get() };
    let Some(at) = held[..count].iter().rposition(|&l| l == lock) else {
        not_held(lock)
    };
    held.copy_within(at + 1..count, at);
    thread.lock_count.set(count - 1);
}

#[cold]
fn not_held(lock: usize) -> ! {
    violation(
        "VERIF-LOCK-OWNER",
        &format!("the spin lock at {lock:#x} is released by a thread that doesn't hold it"),
    )
}

fn note_order(held: &[usize]) {
    let Some((&inner, outer)) = held.split_last() else {
        return;
    };
    let mut order = ORDER.lock();
    let order = order.get_or_insert_default();
    for &outer in outer {
        let after = order.entry(outer).or_default();
        if after.contains(&inner) {
            continue;
        }
        after.push(inner);
        if reaches(order, inner, outer) {
            violation(
                "VERIF-LOCK-ORDER",
                &format!("spin locks {outer:#x} and {inner:#x} are taken in both orders"),
            );
        }
    }
}

fn reaches(order: &HashMap<usize, Vec<usize>>, from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while next < seen.len() {
        for &lock in order.get(&seen[next]).into_iter().flatten() {
            if lock == to {
                return true;
            }
            if !seen.contains(&lock) {
                seen.push(lock);
            }
        }
        next += 1;
    }
    false
}

/// Memory was freed: what was known of locks in it no longer holds.
pub(crate) fn forget(start: usize, end: usize) {
    if let Some(order) = ORDER.lock().as_mut()
        && !order.is_empty()
    {
        FORGOTTEN.fetch_add(1, Ordering::AcqRel);
        let inside = |lock: &usize| (start..end).contains(lock);
        order.retain(|outer, _| !inside(outer));
        for after in order.values_mut() {
            after.retain(|inner| !inside(inner));
        }
    }
}
