//! The system's worker threads: `ExQueueWorkItem` and what `Io…WorkItem` is made of.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::sync::{Condvar, Mutex};

use crate::bridge;
use crate::export::Export;
use crate::machine::Machine;
use crate::sched;
use crate::thread::enter;
use crate::wdm::{DISPATCH_LEVEL, WORK_QUEUE_ITEM};

pub const EXPORTS: &[Export] = crate::exports! { "ntoskrnl.exe": ExQueueWorkItem };

/// Worker threads of a machine at most.
const MOST_WORKERS: usize = 8;

/// Something for a worker thread to do; `item` is the memory it lives in until it starts.
struct Work {
    item: usize,
    run: Box<dyn FnOnce() + Send>,
}

/// The work queue of one machine.
#[derive(Default)]
pub struct Queue {
    inner: Mutex<VecDeque<Work>>,
    wanted: Condvar,
    workers: AtomicUsize,
    idle: AtomicUsize,
    /// Objects that work items belong to which are queued or run: once for each item.
    held: Mutex<Vec<usize>>,
    released: Condvar,
}

impl Queue {
    /// Queues `run` to run at PASSIVE_LEVEL on a worker thread.
    pub(crate) fn push(
        &'static self,
        machine: &'static Machine,
        item: usize,
        run: impl FnOnce() + Send + 'static,
    ) {
        self.inner.lock().push_back(Work {
            item,
            run: Box::new(run),
        });
        let one_more = |count| (count < MOST_WORKERS).then_some(count + 1);
        if self.idle.load(Ordering::SeqCst) == 0
            && self
                .workers
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
                .is_ok()
        {
            machine.spawn("worker", move || self.work(machine));
        }
        self.wanted.notify_one();
    }

    fn work(&self, machine: &Machine) {
        while !machine.is_stopping() {
            let mut queue = self.inner.lock();
            if let Some(work) = queue.pop_front() {
                drop(queue);
                (work.run)();
                continue;
            }
            self.idle.fetch_add(1, Ordering::SeqCst);
            self.wanted.wait_until(&mut queue, sched::look_again());
            self.idle.fetch_sub(1, Ordering::SeqCst);
        }
        self.workers.fetch_sub(1, Ordering::SeqCst);
    }

    /// A work item that belongs to `object` is queued: the object stays.
    pub(crate) fn hold(&self, object: usize) {
        self.held.lock().push(object);
    }

    /// The work item's routine has returned.
    pub(crate) fn release(&self, object: usize) {
        let mut held = self.held.lock();
        if let Some(at) = held.iter().position(|other| *other == object) {
            held.swap_remove(at);
        }
        drop(held);
        self.released.notify_all();
    }

    /// Waits until no work item holds `object`; whether that came to be within `limit`.
    pub(crate) fn wait_released(&self, object: usize, limit: Duration) -> bool {
        let mut held = self.held.lock();
        let holds = |held: &mut Vec<usize>| held.contains(&object);
        self.released.wait_while_for(&mut held, holds, limit)
    }

    /// Whether there is nothing to do and nobody does anything.
    pub(crate) fn is_idle(&self) -> bool {
        let queue = self.inner.lock();
        queue.is_empty() && self.idle.load(Ordering::SeqCst) == self.workers.load(Ordering::SeqCst)
    }

    pub(crate) fn wake(&self) {
        self.wanted.notify_all();
    }

    /// Takes out the work in `item`; whether it had not started.
    pub(crate) fn queued_within(&self, start: usize, end: usize) -> Option<usize> {
        self.inner
            .lock()
            .iter()
            .map(|w| w.item)
            .find(|a| (start..end).contains(a))
    }
}

/// Queues a work item; the routine owns the item again when it starts.
pub unsafe extern "win64" fn ExQueueWorkItem(item: *mut WORK_QUEUE_ITEM, _queue: i32) {
    let thread = enter("ExQueueWorkItem", DISPATCH_LEVEL);
    // SAFETY: the driver passes an item it initialised and that is not queued.
    let (routine, parameter) = unsafe { ((*item).WorkerRoutine, (*item).Parameter as usize) };
    let Some(routine) = routine else { return };
    thread
        .machine
        .work
        .push(thread.machine, item as usize, move || {
            bridge::callback("WorkerRoutine", || {
                // SAFETY: the driver's routine with the parameter it gave.
                unsafe { routine(parameter as *mut _) }
            });
        });
}
