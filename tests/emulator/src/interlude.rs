//! Something that happens at one chosen moment of a driver's life: between two of its kernel calls, as if another
//! processor had done it then.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::sched;
use crate::sync::{Condvar, Mutex, is_holding};
use crate::thread::Thread;

/// When it happens. Calls made with a spin lock held do not count: others may want the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// In the next call of this callback, before the so manieth kernel call there, from 1.
    Inside(&'static str, usize),
    /// Before the next call of this kernel function.
    Before(&'static str),
}

type Act = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Inside {
    planned: Option<(Moment, Act)>,
    is_over: bool,
    has_come: bool,
}

/// What is to happen on a machine.
#[derive(Default)]
pub struct Interlude {
    is_armed: AtomicBool,
    inside: Mutex<Inside>,
    over: Condvar,
}

thread_local! {
    /// The callback is on this stack.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

impl Interlude {
    /// Has `act` happen at `moment`, once, on the thread that gets there, at its IRQL; what was planned before is forgotten.
    /// `act` may wait for other threads, but not for this one.
    pub fn plan(&self, moment: Moment, act: impl FnOnce() + Send + 'static) {
        let new = Inside {
            planned: Some((moment, Box::new(act))),
            ..Inside::default()
        };
        let before = std::mem::replace(&mut *self.inside.lock(), new);
        drop(before);
        self.is_armed.store(true, Ordering::Release);
        sched::watch();
    }

    /// Waits until the moment is over; whether it came.
    ///
    /// # Panics
    /// When it is not over within `limit`.
    #[must_use]
    pub fn came(&self, limit: Duration) -> bool {
        let mut inside = self.inside.lock();
        let goes_on = |inside: &mut Inside| !inside.is_over;
        let over = self.over.wait_while_for(&mut inside, goes_on, limit);
        assert!(over, "the moment is still to come");
        inside.has_come
    }

    /// Whether anything is planned.
    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.is_armed.load(Ordering::Relaxed)
    }

    /// A callback begins; whether it is the one.
    pub(crate) fn begins(&self, callback: &str) -> bool {
        let inside = self.inside.lock();
        let moment = inside.planned.as_ref().map(|(moment, _)| *moment);
        let is = matches!(moment, Some(Moment::Inside(name, _)) if name == callback);
        drop(inside);
        is && !WITHIN.replace(true)
    }

    /// That callback has returned.
    pub(crate) fn ends(&self) {
        WITHIN.set(false);
        let missed = self.inside.lock().planned.take();
        if missed.is_some() {
            self.is_armed.store(false, Ordering::Release);
            // It may own anything, and whoever waits may own the rest.
            drop(missed);
            self.inside.lock().is_over = true;
            self.over.notify_all();
        }
    }

    /// A kernel call of a driver begins.
    pub(crate) fn calls(&self, thread: &Thread, function: &str) {
        if is_holding() || thread.spin_locks.count() != 0 {
            return;
        }
        let Some(act) = self.take(function) else {
            return;
        };
        act();
        let mut inside = self.inside.lock();
        (inside.is_over, inside.has_come) = (true, true);
        self.over.notify_all();
    }

    fn take(&self, function: &str) -> Option<Act> {
        let mut inside = self.inside.lock();
        let (moment, _) = inside.planned.as_mut()?;
        let is_now = match moment {
            Moment::Inside(_, left) if WITHIN.get() => {
                *left = left.saturating_sub(1);
                *left == 0
            }
            Moment::Inside(..) => false,
            Moment::Before(name) => *name == function,
        };
        let (_, act) = is_now.then(|| inside.planned.take()).flatten()?;
        self.is_armed.store(false, Ordering::Release);
        Some(act)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::thread::enter;
    use crate::{Machine, Options, bridge};

    fn call(function: &'static str) {
        let _ = enter(function, 2);
    }

    #[test]
    fn it_comes_once_at_its_moment() {
        let machine = Machine::new(Options::default());
        let _attached = machine.attach();
        let count = Arc::new(AtomicU32::new(0));
        let act = || {
            let count = count.clone();
            move || {
                let _before = count.fetch_add(1, Ordering::SeqCst);
            }
        };
        let now = || count.load(Ordering::SeqCst);
        machine.interlude.plan(Moment::Before("KeB"), act());
        call("KeA");
        assert_eq!(now(), 0);
        call("KeB");
        call("KeB");
        assert_eq!(now(), 1);
        assert!(machine.interlude.came(Duration::ZERO));
        machine.interlude.plan(Moment::Inside("Event", 2), act());
        call("KeA");
        call("KeA");
        bridge::callback("Other", || call("KeA"));
        bridge::callback("Event", || {
            call("KeA");
            assert_eq!(now(), 1);
            call("KeB");
        });
        assert_eq!(now(), 2);
        assert!(machine.interlude.came(Duration::ZERO));
    }

    #[test]
    fn it_does_not_come_in_a_callback_that_calls_less() {
        let machine = Machine::new(Options::default());
        let _attached = machine.attach();
        let never = || panic!("too early");
        machine.interlude.plan(Moment::Inside("Event", 3), never);
        bridge::callback("Event", || call("KeA"));
        assert!(!machine.interlude.came(Duration::ZERO));
        bridge::callback("Event", || (0..9).for_each(|_| call("KeA")));
    }
}
