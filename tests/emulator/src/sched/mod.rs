//! Where threads stop and go on: the host decides who runs, or a [`Simulation`] does.
//!
//! A thread parks on a key (the address of the object it waits for); whoever changes that
//! object unparks the key. The object's memory is never touched by an unpark, so the waiter may
//! free it as soon as it sees the change.

mod faults;
mod random;
mod simulation;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::time::Instant;

use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult};

use crate::clock;

pub(crate) use faults::fails;
pub use faults::{Faults, Place, failed_calls, places_met, set_faults};
pub use random::Random;
pub use simulation::{Ended, Plan, Simulation, Task, Timers};

static SIMULATED: AtomicBool = AtomicBool::new(false);
/// Somebody may want to know of each call in or out of an image.
static WATCHED: AtomicBool = AtomicBool::new(false);
static SIMULATION: OnceLock<Simulation> = OnceLock::new();

/// From now on, and for the rest of the process, `plan` decides who runs, and time is virtual. The
/// calling thread becomes the first of the simulation's. Without effect the second time.
pub fn simulate(plan: Plan) -> &'static Simulation {
    let simulation = SIMULATION.get_or_init(|| Simulation::new(plan));
    if !SIMULATED.swap(true, Ordering::SeqCst) {
        watch();
        simulation.adopt("main");
    }
    simulation
}

/// The simulation, if this process runs one.
#[inline]
#[must_use]
pub fn simulation() -> Option<&'static Simulation> {
    if SIMULATED.load(Ordering::Relaxed) {
        SIMULATION.get()
    } else {
        None
    }
}

/// For the rest of the process calls in and out of images may be of interest: there is a simulation, or an interlude
/// was planned.
pub(crate) fn watch() {
    WATCHED.store(true, Ordering::SeqCst);
}

/// Whether [`watch`] was called: if not, there is nothing to do about a call.
#[inline]
pub(crate) fn is_watched() -> bool {
    WATCHED.load(Ordering::Relaxed)
}

/// A place where a simulation may let another thread run: the entry of every kernel function, and both
/// ends of a call into an image. Not while a lock of the emulator is held.
#[inline]
pub fn may_switch() {
    if SIMULATED.load(Ordering::Relaxed) {
        switch();
    }
}

/// As [`may_switch`], between two instructions of an image.
pub(crate) fn preempt() {
    if let Some(simulation) = simulation()
        && !crate::sync::is_holding()
    {
        simulation.preempt();
    }
}

#[cold]
fn switch() {
    if let Some(simulation) = simulation()
        && !crate::sync::is_holding()
    {
        simulation.may_switch();
    }
}

/// A line for the simulation's log, if there is one.
#[inline]
pub fn note(what: impl FnOnce() -> String) {
    if let Some(simulation) = simulation() {
        simulation.note(&what());
    }
}

/// Lets others run: the caller spins.
pub fn yield_now() {
    match simulation() {
        Some(simulation) => simulation.yield_now(),
        None => std::thread::yield_now(),
    }
}

/// One turn of a loop that waits for another thread without parking.
#[inline]
pub fn spin(turns: &mut u32) {
    /// Turns before the host processor is given to somebody else.
    const TURNS: u32 = 200;
    *turns += 1;
    if turns.is_multiple_of(TURNS) || SIMULATED.load(Ordering::Relaxed) {
        yield_now();
    }
    std::hint::spin_loop();
}

/// When a thread of a machine that waits for work looks for itself, whatever happens: a wake-up that is
/// lost costs a moment, not a hang. Seldom, as a machine on which nothing happens takes no processor time either. Not in a
/// simulation, which is there to find such things.
#[must_use]
pub fn look_again() -> Option<u64> {
    const LOOK: std::time::Duration = std::time::Duration::from_secs(1);
    simulation().is_none().then(|| clock::after(LOOK))
}

/// A thread that was started with [`spawn`].
#[derive(Debug)]
pub struct Join {
    host: std::thread::JoinHandle<()>,
    task: Option<Task>,
}

impl Join {
    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.host.is_finished()
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// What it panicked with.
    pub fn join(self) -> std::thread::Result<()> {
        if let (Some(simulation), Some(task)) = (simulation(), self.task) {
            simulation.join(task);
        }
        self.host.join()
    }
}

/// Starts a host thread that takes part in the simulation, if there is one.
///
/// # Panics
/// When the host gives no thread.
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Join {
    const STACK: usize = 1 << 20;
    let task = simulation().map(|simulation| simulation.announce(name));
    let builder = std::thread::Builder::new().name(name.to_owned());
    let host = builder.stack_size(STACK).spawn(move || {
        let _member = task.map(Member::begin);
        body();
    });
    Join {
        host: host.expect("the host gives us a thread"),
        task,
    }
}

/// A thread's part in the simulation, from its first turn to its last, also when it panics.
struct Member(Task);

impl Member {
    fn begin(task: Task) -> Self {
        if let Some(simulation) = simulation() {
            simulation.begin(task);
        }
        Self(task)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(simulation) = simulation() {
            simulation.end(self.0);
        }
    }
}

/// Does nothing until `deadline` (in [`clock::nanoseconds`]).
pub fn sleep_until(deadline: u64) {
    while clock::nanoseconds() < deadline {
        match simulation() {
            Some(simulation) => drop(simulation.park(sleeper(), Some(deadline))),
            None => std::thread::sleep(clock::until(deadline)),
        }
    }
}

/// A key that nobody unparks.
fn sleeper() -> usize {
    static SLEEPER: u8 = 0;
    &raw const SLEEPER as usize
}

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
    if let Some(simulation) = simulation() {
        // Nobody runs between the look and the wait.
        return !still() || simulation.park(key, deadline);
    }
    let until = deadline.map(|d| Instant::now() + clock::until(d));
    // SAFETY: `still` only reads an atomic and cannot park, unpark or panic.
    let result =
        unsafe { parking_lot_core::park(key, still, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, until) };
    !matches!(result, ParkResult::TimedOut)
}

/// Wakes every thread parked on `key`.
pub fn unpark_all(key: usize) {
    if let Some(simulation) = simulation() {
        simulation.unpark_all(key);
        return simulation.unpark_all(many_key());
    }
    // SAFETY: the keys are addresses of objects of this process.
    unsafe { parking_lot_core::unpark_all(key, DEFAULT_UNPARK_TOKEN) };
    wake_many(key);
}

/// Wakes one thread parked on `key`.
pub fn unpark_one(key: usize) {
    if let Some(simulation) = simulation() {
        simulation.unpark_one(key);
        return simulation.unpark_all(many_key());
    }
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
