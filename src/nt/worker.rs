//! One system thread of our own that runs queued work at PASSIVE_LEVEL.
//!
//! WSK-HAZ-13: the system's work queues can be full of consumers that wait for us; teardown must not
//! stand in them.

use core::{
    ptr,
    sync::atomic::{AtomicBool, AtomicPtr, Ordering},
};

use super::{event::Event, refcount::Ref, status::Result, thread::Thread};

/// Dropping it runs what is queued, then ends the thread: PASSIVE_LEVEL, not on that thread.
pub(crate) struct Worker {
    queue: Ref<Queue>,
    /// `None` only while dropping.
    thread: Option<Thread>,
}

/// What is queued, latest first: pushed by anyone, taken whole by the thread.
struct Queue {
    head: AtomicPtr<Node>,
    stop: AtomicBool,
    wake: Event,
}

/// The part of a work that the queue sees.
///
/// # Invariants
/// While a node is in a queue, the queue holds a `Ref<Item<T>>` to the item that begins with it.
#[repr(C)]
struct Node {
    next: AtomicPtr<Node>,
    /// Takes the item and runs it.
    run: unsafe fn(*mut Node),
}

#[repr(C)]
struct Item<T> {
    node: Node,
    routine: fn(Ref<T>),
    /// Null while not queued.
    owner: AtomicPtr<T>,
}

/// A call of `routine(owner)` that a worker makes, made ahead so that queueing needs no memory.
pub(crate) struct Work<T: Send + Sync + 'static>(Ref<Item<T>>);

impl<T: Send + Sync + 'static> Work<T> {
    pub(crate) fn try_new(routine: fn(Ref<T>)) -> Result<Self> {
        let node = Node {
            next: AtomicPtr::new(ptr::null_mut()),
            run: run::<T>,
        };
        Ref::try_new(Item {
            node,
            routine,
            owner: AtomicPtr::new(ptr::null_mut()),
        })
        .map(Self)
    }
}

impl Worker {
    /// PASSIVE_LEVEL.
    pub(crate) fn try_new() -> Result<Self> {
        let queue = Ref::try_new(Queue {
            head: AtomicPtr::new(ptr::null_mut()),
            stop: AtomicBool::new(false),
            wake: Event::try_synchronization(false)?,
        })?;
        let thread = Thread::spawn(queue.clone(), drain)?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Queues it; if it is queued already, one call stands for both. Callable at
    /// <= DISPATCH_LEVEL.
    pub(crate) fn queue<T: Send + Sync + 'static>(&self, work: &Work<T>, owner: Ref<T>) {
        let owner = Ref::into_raw(owner);
        let free = work.0.owner.compare_exchange(
            ptr::null_mut(),
            owner.cast_mut(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        if free.is_err() {
            // SAFETY: not stored, so the reference is still ours.
            drop(unsafe { Ref::from_raw(owner) });
            return;
        }
        let node = Ref::into_raw(work.0.clone()).cast_mut().cast::<Node>();
        self.queue.push(node);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queue.stop.store(true, Ordering::Release);
        self.queue.wake.set();
        drop(self.thread.take());
    }
}

impl Queue {
    fn push(&self, node: *mut Node) {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // SAFETY: the queue holds the item (invariant of `Node`); nobody else writes `next`
            // before it is published below.
            unsafe { (*node).next.store(head, Ordering::Relaxed) };
            match self
                .head
                .compare_exchange_weak(head, node, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => break,
                Err(now) => head = now,
            }
        }
        self.wake.set();
    }

    /// Runs everything queued so far, oldest first.
    fn run_all(&self) {
        let mut latest = self.head.swap(ptr::null_mut(), Ordering::Acquire);
        let mut oldest = ptr::null_mut::<Node>();
        while !latest.is_null() {
            // SAFETY: taken from the queue, so this thread alone has it, alive.
            let next = unsafe { (*latest).next.swap(oldest, Ordering::Relaxed) };
            oldest = latest;
            latest = next;
        }
        while !oldest.is_null() {
            // SAFETY: as above; `next` is read before the item may go away.
            let (next, run) = unsafe { ((*oldest).next.load(Ordering::Relaxed), (*oldest).run) };
            // SAFETY: the node's own routine, called once for this queueing.
            unsafe { run(oldest) };
            oldest = next;
        }
    }
}

/// The worker's thread.
fn drain(queue: Ref<Queue>) {
    loop {
        let stop = queue.stop.load(Ordering::Acquire);
        queue.run_all();
        if stop {
            return;
        }
        queue.wake.wait();
    }
}

/// # Safety
///
/// `node` begins an `Item<T>` whose reference was given to the queue, and is not used afterwards.
unsafe fn run<T: Send + Sync + 'static>(node: *mut Node) {
    // SAFETY: `queue` gave this reference (caller).
    let item = unsafe { Ref::from_raw(node.cast::<Item<T>>().cast_const()) };
    let owner = item.owner.swap(ptr::null_mut(), Ordering::AcqRel);
    if !owner.is_null() {
        // SAFETY: `queue` stored this reference, and the swap took it once.
        (item.routine)(unsafe { Ref::from_raw(owner.cast_const()) });
    }
}
