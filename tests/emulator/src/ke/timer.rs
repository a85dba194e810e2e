//! Timers: `KeInitializeTimer`, `KeSetTimer` and the like; a thread of each machine expires them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::sync::{Condvar, Mutex};

use super::{dpc, event};
use crate::clock;
use crate::export::Export;
use crate::machine::Machine;
use crate::processor::{lower, raise};
use crate::sched;
use crate::thread::{Thread, current, enter};
use crate::verifier::violation;
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, KDPC, KTIMER, object_type as kind};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeInitializeTimer, KeInitializeTimerEx, KeSetTimer, KeSetTimerEx,
        KeSetCoalescableTimer, KeCancelTimer, KeReadStateTimer;
};

const TIMER_WORDS: u8 = 16;

/// The timers of one machine, by when they expire.
#[derive(Default)]
pub struct Timers {
    queue: Mutex<Queue>,
    changed: Condvar,
    started: AtomicBool,
}

#[derive(Default)]
struct Queue {
    /// (deadline, sequence) → address.
    timers: BTreeMap<(u64, u64), usize>,
    next: u64,
    /// When the timer thread looks again.
    wakes_at: u64,
    /// None expires for the time being.
    held: bool,
}

impl Queue {
    /// Whether the first one expires now.
    fn is_due(&self) -> bool {
        let first = self.timers.first_key_value();
        !self.held && first.is_some_and(|(&(deadline, _), _)| deadline <= clock::nanoseconds())
    }

    /// The key is kept in the timer itself.
    unsafe fn insert(&mut self, timer: *mut KTIMER, deadline: u64) {
        self.next += 1;
        // SAFETY: the driver's timer, owned by the queue from here on.
        unsafe {
            (*timer).DueTime = deadline;
            (*timer).TimerListEntry.Flink = self.next as *mut _;
            (*timer).Header.Inserted.store(1, Ordering::Release);
        }
        self.timers.insert((deadline, self.next), timer as usize);
    }

    /// Takes it out; whether it was in.
    unsafe fn remove(&mut self, timer: *mut KTIMER) -> bool {
        // SAFETY: the driver's timer.
        unsafe {
            let key = ((*timer).DueTime, (*timer).TimerListEntry.Flink as u64);
            (*timer).Header.Inserted.swap(0, Ordering::AcqRel) != 0
                && self.timers.remove(&key).is_some()
        }
    }
}

impl Timers {
    pub(crate) fn queued_within(&self, start: usize, end: usize) -> Option<usize> {
        if !self.started.load(Ordering::Relaxed) {
            return None;
        }
        self.queue
            .lock()
            .timers
            .values()
            .copied()
            .find(|a| (start..end).contains(a))
    }

    /// Holds all timers back, or lets them go on: what happens meanwhile is no timer's doing.
    pub fn hold(&self, held: bool) {
        self.queue.lock().held = held;
        self.changed.notify_all();
    }

    pub(crate) fn wake(&self) {
        self.changed.notify_all();
    }

    fn run(&self, machine: &'static Machine) {
        let thread = current();
        while !machine.is_stopping() {
            let mut queue = self.queue.lock();
            if queue.is_due() {
                drop(queue);
                self.expire(thread);
                continue;
            }
            let first = queue.timers.first_key_value().filter(|_| !queue.held);
            let first = first.map(|(&(deadline, _), _)| deadline);
            let wake = first.into_iter().chain(sched::look_again()).min();
            queue.wakes_at = wake.unwrap_or(u64::MAX);
            self.changed.wait_until(&mut queue, wake);
        }
    }

    /// Expires what is due. DPCs are queued under the lock, so that after `KeCancelTimer` has
    /// said that a timer is not set, `KeFlushQueuedDpcs` finds its DPC.
    fn expire(&self, thread: &'static Thread) {
        let old = raise(thread, DISPATCH_LEVEL);
        let mut keys = Vec::new();
        let mut queue = self.queue.lock();
        while queue.is_due()
            && let Some((key, timer)) = queue.timers.pop_first()
        {
            let timer = timer as *mut KTIMER;
            // SAFETY: a timer in the queue is alive: freeing it would be a violation.
            unsafe {
                (*timer).Header.Inserted.store(0, Ordering::Release);
                if (*timer).Period != 0 {
                    queue.insert(timer, key.0 + u64::from((*timer).Period) * 1_000_000);
                }
                let dpc = (*timer).Dpc;
                (*timer).Header.SignalState.store(1, Ordering::SeqCst);
                keys.push(timer as usize);
                if !dpc.is_null() {
                    dpc::insert(thread, dpc, std::ptr::null_mut(), std::ptr::null_mut());
                }
            }
        }
        drop(queue);
        keys.into_iter().for_each(sched::unpark_all);
        lower(thread, old);
    }
}

pub unsafe extern "win64" fn KeInitializeTimer(timer: *mut KTIMER) {
    let _ = enter("KeInitializeTimer", DISPATCH_LEVEL);
    // SAFETY: as documented.
    unsafe { KeInitializeTimerEx(timer, 0) };
}

pub unsafe extern "win64" fn KeInitializeTimerEx(timer: *mut KTIMER, timer_type: i32) {
    let thread = enter("KeInitializeTimerEx", DISPATCH_LEVEL);
    let kind = if timer_type == 0 {
        kind::NOTIFICATION_TIMER
    } else {
        kind::SYNCHRONIZATION_TIMER
    };
    let at = timer as usize;
    if thread.machine.timers.queued_within(at, at + 1).is_some() {
        violation("KE-TIMER-INIT", "a timer is initialised that is set");
    }
    // SAFETY: the driver passes memory for a timer that is not set.
    unsafe {
        event::initialize(timer.cast(), kind, TIMER_WORDS, 0);
        (*timer).DueTime = 0;
        (*timer).Dpc = std::ptr::null_mut();
        (*timer).Period = 0;
    }
}

pub unsafe extern "win64" fn KeSetTimer(timer: *mut KTIMER, due: i64, dpc: *mut KDPC) -> BOOLEAN {
    // SAFETY: as documented.
    unsafe { set("KeSetTimer", timer, due, 0, dpc) }
}

pub unsafe extern "win64" fn KeSetTimerEx(
    timer: *mut KTIMER,
    due: i64,
    period: i32,
    dpc: *mut KDPC,
) -> BOOLEAN {
    // SAFETY: as documented.
    unsafe { set("KeSetTimerEx", timer, due, period as u32, dpc) }
}

pub unsafe extern "win64" fn KeSetCoalescableTimer(
    timer: *mut KTIMER,
    due: i64,
    period: u32,
    _tolerable_delay: u32,
    dpc: *mut KDPC,
) -> BOOLEAN {
    // SAFETY: as documented.
    unsafe { set("KeSetCoalescableTimer", timer, due, period, dpc) }
}

unsafe fn set(
    function: &'static str,
    timer: *mut KTIMER,
    due: i64,
    period: u32,
    dpc: *mut KDPC,
) -> BOOLEAN {
    let machine = enter(function, DISPATCH_LEVEL).machine;
    let timers = &machine.timers;
    let deadline = expiry(due);
    let mut queue = timers.queue.lock();
    // SAFETY: the driver's initialised timer; the queue's lock makes the changes exclusive.
    let was_set = unsafe {
        expect_timer(timer, function);
        let was_set = queue.remove(timer);
        (*timer).Header.SignalState.store(0, Ordering::SeqCst);
        (*timer).Period = period;
        (*timer).Dpc = dpc;
        queue.insert(timer, deadline);
        was_set
    };
    let sooner = deadline < queue.wakes_at;
    drop(queue);
    if !timers.started.swap(true, Ordering::SeqCst) {
        machine.spawn("timer", move || timers.run(machine));
    }
    if sooner {
        timers.changed.notify_one();
    }
    was_set.into()
}

/// When a timer expires that is set to `due` now: a simulation has a clock that ticks.
fn expiry(due: i64) -> u64 {
    let exact = clock::deadline(due);
    match sched::simulation() {
        Some(simulation) => simulation.expiry(exact, due <= 0),
        None => exact,
    }
}

unsafe fn expect_timer(timer: *mut KTIMER, function: &str) {
    // SAFETY: the driver's timer.
    let header = unsafe { &(*timer).Header };
    if header.Size.load(Ordering::Relaxed) != TIMER_WORDS {
        violation(
            "KE-TIMER-INIT",
            &format!("{function} on something that is not a timer"),
        );
    }
}

/// Takes a timer out of the queue; whether it was set.
pub unsafe extern "win64" fn KeCancelTimer(timer: *mut KTIMER) -> BOOLEAN {
    let machine = enter("KeCancelTimer", DISPATCH_LEVEL).machine;
    // SAFETY: the driver's initialised timer.
    unsafe {
        expect_timer(timer, "KeCancelTimer");
        let mut queue = machine.timers.queue.lock();
        let was_set = queue.remove(timer);
        (*timer).Period = 0;
        was_set.into()
    }
}

pub unsafe extern "win64" fn KeReadStateTimer(timer: *mut KTIMER) -> BOOLEAN {
    let _ = enter("KeReadStateTimer", DISPATCH_LEVEL);
    // SAFETY: the driver's timer.
    unsafe { ((*timer).Header.SignalState.load(Ordering::SeqCst) != 0).into() }
}
