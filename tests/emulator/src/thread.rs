//! Host threads attached to a machine, and what each of them carries.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::bridge::{self, aside};
use crate::ke::block::{self, ProcessorBlock};
use crate::machine::Machine;
use crate::pool::PoolMode;
use crate::sched;
use crate::verifier::depth::Entry;
use crate::verifier::irql_too_high;
use crate::verifier::locks::{Held, HeldLocks};
use crate::wdm::{DISPATCHER_HEADER, KIRQL, LIST_ENTRY, object_type};

/// A thread of a machine; its address is what the driver sees as `PKTHREAD`.
///
/// # Invariants
/// The cells are touched only by the host thread that is attached as this thread; other threads
/// look at `header`, `references`, `machine`, `id` and `rests` only.
#[repr(C)]
pub struct Thread {
    /// Signalled when the thread has ended.
    pub header: DISPATCHER_HEADER,
    pub machine: &'static Machine,
    pub id: u64,
    pub references: AtomicUsize,
    /// It waits, without a limit.
    pub(crate) rests: AtomicBool,
    pub(crate) irql: Cell<KIRQL>,
    pub(crate) processor: ProcessorBlock,
    /// One bit for each processor the thread may run on.
    pub(crate) affinity: Cell<u64>,
    pub(crate) spin_locks: HeldLocks,
    /// Those whose waiters sleep.
    pub(crate) sleeping_locks: HeldLocks,
    /// The last two locks whose order was noted, and how often orders had been forgotten.
    pub(crate) last_order: Cell<(usize, usize, u64)>,
    pub(crate) in_dpc: Cell<bool>,
    /// Critical and guarded regions entered.
    pub(crate) regions: Cell<u32>,
    /// Callbacks into images that are on this stack.
    pub(crate) depth: Cell<u32>,
    pub(crate) exit: Cell<usize>,
    /// The innermost of those callbacks.
    pub(crate) entered: Cell<Option<NonNull<Entry>>>,
    /// Whether it is looked at what images take of the stack and of time: not in the light mode.
    pub(crate) is_measured: bool,
    /// Instructions of images since DISPATCH_LEVEL was reached, where they are counted.
    pub(crate) instructions: Cell<u64>,
    /// The levels to go back to: `ke::irql`.
    pub(crate) raises: Cell<u64>,
}

// SAFETY: the type's invariant: cells belong to the attached host thread.
unsafe impl Sync for Thread {}

thread_local! {
    static CURRENT: Cell<Option<&'static Thread>> = const { Cell::new(None) };
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Thread {
    /// A new thread of `machine`. Threads are never freed: drivers keep pointers to them.
    #[must_use]
    pub fn new(machine: &'static Machine) -> &'static Self {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Box::leak(Box::new(Self {
            header: DISPATCHER_HEADER {
                Type: object_type::THREAD.into(),
                Flags: 0.into(),
                Size: 6.into(),
                Inserted: 0.into(),
                SignalState: 0.into(),
                WaitListHead: LIST_ENTRY {
                    Flink: std::ptr::null_mut(),
                    Blink: std::ptr::null_mut(),
                },
            },
            machine,
            id,
            references: AtomicUsize::new(1),
            rests: AtomicBool::new(false),
            irql: Cell::new(0),
            processor: ProcessorBlock::new((id % u64::from(machine.processor_count())) as u32),
            affinity: Cell::new(machine.all_processors()),
            spin_locks: HeldLocks::new(),
            sleeping_locks: HeldLocks::new(),
            last_order: Cell::new((0, 0, 0)),
            in_dpc: Cell::new(false),
            regions: Cell::new(0),
            depth: Cell::new(0),
            exit: Cell::new(0),
            entered: Cell::new(None),
            is_measured: machine.options.pool != PoolMode::Light,
            instructions: Cell::new(0),
            raises: Cell::new(0),
        }))
    }

    /// The thread's IRQL.
    #[must_use]
    pub fn irql(&self) -> KIRQL {
        self.irql.get()
    }

    /// The address drivers know the thread by.
    #[must_use]
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// The spin locks it holds, oldest first.
    #[must_use]
    pub fn held_locks(&self) -> &[Held] {
        self.spin_locks.all()
    }
}

/// The calling host thread is a thread of a machine until this is dropped.
pub struct Attachment {
    previous: Option<&'static Thread>,
    not_send: PhantomData<*const ()>,
}

impl Attachment {
    /// Makes the calling host thread `thread`. What it was attached to before comes back when
    /// the attachment is dropped.
    #[must_use]
    pub fn new(thread: &'static Thread) -> Self {
        crate::verifier::fault::install_on_this_thread();
        thread.processor.install(thread.address());
        let previous = CURRENT.replace(Some(thread));
        Self {
            previous,
            not_send: PhantomData,
        }
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        match self.previous {
            Some(previous) => previous.processor.install(previous.address()),
            None => block::uninstall(),
        }
        if let Some(thread) = CURRENT.replace(self.previous)
            && !std::thread::panicking()
            && thread.irql() != 0
        {
            CURRENT.set(Some(thread));
            crate::verifier::violation("KE-IRQL", "a thread was detached at a raised IRQL");
        }
    }
}

/// The thread the caller runs as, if attached.
#[must_use]
#[inline]
pub fn try_current() -> Option<&'static Thread> {
    CURRENT.get()
}

/// The thread the caller runs as.
///
/// # Panics
/// When the host thread is not attached to a machine.
#[must_use]
#[inline]
pub fn current() -> &'static Thread {
    match CURRENT.get() {
        Some(thread) => thread,
        None => not_attached(),
    }
}

#[cold]
fn not_attached() -> ! {
    panic!("a kernel function was called from a host thread that is not attached to a machine")
}

/// As [`current`], for functions that images call: only threads that are attached run images. It is one instruction,
/// and no call of the host's for a variable of the thread.
#[must_use]
#[inline]
pub fn running() -> &'static Thread {
    debug_assert!(try_current().is_some(), "the host thread is not attached");
    // SAFETY: GS is the block of the attached thread, and threads are never freed.
    unsafe { &*(bridge::running_thread() as *const Thread) }
}

fn called(thread: &Thread, function: &str) {
    sched::may_switch();
    if thread.machine.interlude.is_armed() {
        thread.machine.interlude.calls(thread, function);
    }
}

/// The first line of every import: the current thread, its IRQL checked.
#[must_use]
#[inline]
pub fn enter(function: &'static str, highest: KIRQL) -> &'static Thread {
    let thread = running();
    if sched::is_watched() {
        aside(move || called(thread, function));
    }
    if thread.irql.get() > highest {
        aside(move || irql_too_high(function, thread.irql.get(), highest));
    }
    thread
}
