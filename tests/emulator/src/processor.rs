//! Emulated processors: the right to run at DISPATCH_LEVEL on one, and its DPC queue.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use crate::sync::Mutex;

use crate::bridge::{self, aside};
use crate::sched;
use crate::thread::Thread;
use crate::verifier::violation;
use crate::wdm::{DISPATCH_LEVEL, KDPC, KIRQL};

/// One processor.
#[repr(align(128))]
pub struct Processor {
    pub number: u32,
    /// Held by the thread that runs at DISPATCH_LEVEL or above here.
    dispatch: Right,
    queue: Mutex<VecDeque<Queued>>,
    queued: AtomicUsize,
    /// Has a thread of its own for DPCs that come while nobody runs here.
    idle_thread: AtomicBool,
}

/// A right that one thread has at a time.
#[derive(Default)]
struct Right(AtomicU32);

impl Right {
    const FREE: u32 = 0;
    const TAKEN: u32 = 1;
    /// Taken, and somebody may wait for it.
    const AWAITED: u32 = 2;

    fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed) != Self::FREE
    }

    #[inline]
    fn try_take(&self) -> bool {
        self.0
            .compare_exchange(
                Self::FREE,
                Self::TAKEN,
                Ordering::Acquire,
                Ordering::Relaxed,
            )
            .is_ok()
    }

    fn wait(&self) {
        let mut spins = 0;
        while sched::simulation().is_none() && spins < 100 {
            if self.try_take() {
                return;
            }
            sched::spin(&mut spins);
        }
        while self.0.swap(Self::AWAITED, Ordering::Acquire) != Self::FREE {
            let is_awaited = || self.0.load(Ordering::Relaxed) == Self::AWAITED;
            sched::park(self.key(), None, is_awaited);
        }
    }

    #[inline]
    fn give_back(&self) {
        if self.0.swap(Self::FREE, Ordering::Release) == Self::AWAITED {
            aside(|| match sched::simulation() {
                Some(simulation) => simulation.unpark_all(self.key()),
                None => sched::unpark_one(self.key()),
            });
        }
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }
}

/// So often a DPC may queue itself again before its processor gets to anything else.
const WATCHDOG: u32 = 100_000;

struct Queued(*mut KDPC);
// SAFETY: a queued DPC belongs to the queue until it is taken out.
unsafe impl Send for Queued {}

impl Processor {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            number,
            dispatch: Right::default(),
            queue: Mutex::new(VecDeque::new()),
            queued: AtomicUsize::new(0),
            idle_thread: AtomicBool::new(false),
        }
    }

    /// Puts `dpc` at the end (or the front) of the queue. The caller owns `dpc.DpcData`.
    pub(crate) fn push(&self, dpc: *mut KDPC, front: bool) {
        let mut queue = self.queue.lock();
        if front {
            queue.push_front(Queued(dpc));
        } else {
            queue.push_back(Queued(dpc));
        }
        self.queued.store(queue.len(), Ordering::SeqCst);
    }

    /// Takes `dpc` out; true when it was still there. `DpcData` is cleared under the lock.
    pub(crate) fn remove(&self, dpc: *mut KDPC) -> bool {
        let mut queue = self.queue.lock();
        let Some(at) = queue.iter().position(|q| std::ptr::eq(q.0, dpc)) else {
            return false;
        };
        queue.remove(at);
        self.queued.store(queue.len(), Ordering::SeqCst);
        // SAFETY: it was in the queue, so it is a live DPC that the queue owned.
        unsafe {
            (*dpc)
                .DpcData
                .store(std::ptr::null_mut(), Ordering::Release)
        };
        true
    }

    /// Whether a DPC in this queue lies in `[start, end)`.
    pub(crate) fn queued_within(&self, start: usize, end: usize) -> Option<usize> {
        if self.queued.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let queue = self.queue.lock();
        queue
            .iter()
            .map(|q| q.0 as usize)
            .find(|a| (start..end).contains(a))
    }

    fn take(&self) -> Option<Taken> {
        if self.queued.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut queue = self.queue.lock();
        let Queued(dpc) = queue.pop_front()?;
        self.queued.store(queue.len(), Ordering::SeqCst);
        // SAFETY: as in `remove`. Everything is read before `DpcData` is cleared: from then on
        // the driver may queue the DPC again.
        unsafe {
            let taken = Taken {
                dpc,
                routine: (*dpc).DeferredRoutine,
                context: (*dpc).DeferredContext,
                first: (*dpc).SystemArgument1,
                second: (*dpc).SystemArgument2,
            };
            (*dpc)
                .DpcData
                .store(std::ptr::null_mut(), Ordering::Release);
            Some(taken)
        }
    }

    /// Runs what is queued. The caller runs at DISPATCH_LEVEL on this processor.
    fn drain(&self, thread: &Thread) {
        let (mut last, mut times) = (std::ptr::null_mut(), 0);
        while let Some(taken) = self.take() {
            times = if taken.dpc == last { times + 1 } else { 1 };
            last = taken.dpc;
            if times > WATCHDOG {
                violation(
                    "KE-DPC-WATCHDOG",
                    &format!(
                        "DPC {last:p} ran {WATCHDOG} times in a row, and is queued again: nothing below it ever runs (DPC_WATCHDOG_VIOLATION)"
                    ),
                );
            }
            let Some(routine) = taken.routine else {
                continue;
            };
            thread.in_dpc.set(true);
            bridge::interrupt("DeferredRoutine", || {
                // SAFETY: the driver's DPC routine with what the driver gave for it.
                unsafe { routine(taken.dpc, taken.context, taken.first, taken.second) }
            });
            thread.in_dpc.set(false);
        }
    }

    fn is_busy(&self) -> bool {
        self.dispatch.is_taken()
    }

    /// Makes sure that somebody runs what was just pushed to this processor from another one.
    pub(crate) fn request_interrupt(&'static self, machine: &'static crate::Machine) {
        if self.is_busy() {
            return;
        }
        if !self.idle_thread.swap(true, Ordering::SeqCst) {
            machine.spawn("dpc", move || self.idle());
        }
        sched::unpark_all(self.key());
    }

    /// Lets the processor's own thread look whether the machine stops.
    pub(crate) fn wake(&self) {
        sched::unpark_all(self.key());
    }

    fn key(&self) -> usize {
        &raw const self.idle_thread as usize
    }

    fn idle(&'static self) {
        let thread = crate::thread::current();
        thread.affinity.set(1 << self.number);
        thread.processor.set(self.number);
        while !thread.machine.is_stopping() {
            sched::park(self.key(), sched::look_again(), || {
                self.queued.load(Ordering::SeqCst) == 0 && !thread.machine.is_stopping()
            });
            if self.queued.load(Ordering::SeqCst) != 0 {
                lower(thread, raise(thread, DISPATCH_LEVEL));
            }
        }
    }

    /// Waits until every DPC queued here before the call has returned.
    pub(crate) fn flush(&self, thread: &'static Thread) {
        let (processor, affinity) = (thread.processor.get(), thread.affinity.get());
        thread.processor.set(self.number);
        thread.affinity.set(1 << self.number);
        lower(thread, raise(thread, DISPATCH_LEVEL));
        thread.affinity.set(affinity);
        thread.processor.set(processor);
    }
}

struct Taken {
    dpc: *mut KDPC,
    routine: Option<crate::wdm::KDEFERRED_ROUTINE>,
    context: crate::wdm::PVOID,
    first: crate::wdm::PVOID,
    second: crate::wdm::PVOID,
}

/// Raises `thread` to `level`; the old level. At DISPATCH_LEVEL it owns its processor, and moves
/// to a free one for that if it may.
#[inline(always)]
pub fn raise(thread: &'static Thread, level: KIRQL) -> KIRQL {
    let old = thread.irql.get();
    if level < old {
        aside(move || {
            let text = format!("the IRQL was to be raised from {old} to {level}");
            violation("KE-IRQL", &text)
        });
    }
    if old < DISPATCH_LEVEL && level >= DISPATCH_LEVEL {
        acquire(thread);
        thread.instructions.set(0);
    }
    thread.irql.set(level);
    old
}

#[inline(always)]
fn acquire(thread: &'static Thread) {
    let home = thread.machine.processor(thread.processor.get());
    if !home.dispatch.try_take() {
        aside(move || acquire_any(thread, home));
    }
}

fn acquire_any(thread: &'static Thread, home: &Processor) {
    for other in thread.machine.processors() {
        let allowed = thread.affinity.get() >> other.number & 1 != 0;
        if allowed && other.dispatch.try_take() {
            thread.processor.set(other.number);
            return;
        }
    }
    home.dispatch.wait();
}

/// Lowers `thread` to `level`; below DISPATCH_LEVEL the processor's DPCs run first.
#[inline(always)]
pub fn lower(thread: &'static Thread, level: KIRQL) {
    let old = thread.irql.get();
    if level > old {
        aside(move || {
            let text = format!("the IRQL was to be lowered from {old} to {level}");
            violation("KE-IRQL", &text)
        });
    }
    if old >= DISPATCH_LEVEL && level < DISPATCH_LEVEL {
        release(thread);
    }
    thread.irql.set(level);
}

#[inline(always)]
fn release(thread: &'static Thread) {
    thread.irql.set(DISPATCH_LEVEL);
    let processor = thread.machine.processor(thread.processor.get());
    loop {
        if processor.queued.load(Ordering::SeqCst) != 0 {
            aside(move || processor.drain(thread));
        }
        processor.dispatch.give_back();
        // Whoever queued a DPC while the lock was still held relies on this second look.
        if processor.queued.load(Ordering::SeqCst) == 0 || !processor.dispatch.try_take() {
            return;
        }
    }
}
