//! The completion queue: results, arming, notification.

use core::sync::atomic::{AtomicBool, Ordering};

use super::adapter::Adapter;
use super::dispatch::CqNotification;
use super::object::{Hold, Kind, Object, Open, Reaper};
use crate::nt::{Dpc, NonPaged, Ref, Status};
use crate::rdma::{Completion, CompletionQueue};
use crate::sync::{Arm, Mailbox, Notice, Overrun};

/// A completion queue of one consumer, for any number of queue pairs (NDK-CQ-22).
pub(super) struct Cq {
    queue: CompletionQueue<NonPaged>,
    /// Counted once (NDK-ADP-18).
    overran: AtomicBool,
    notification: CqNotification,
    later: Ref<Later>,
    adapter: Hold<Adapter>,
}

/// Callbacks made in one go; the rest wait for a DPC of their own (NDK-CQ-31).
const IN_A_GO: usize = 16;

/// Goes on with a queue's notifications.
struct Later {
    cq: Mailbox<Hold<Cq>>,
    dpc: Dpc<Self>,
}

impl Later {
    fn create() -> Result<Ref<Self>, Status> {
        Ref::try_new(Self {
            cq: Mailbox::new(),
            dpc: Dpc::try_new(Self::run)?,
        })
    }

    fn call(this: &Ref<Self>, cq: &Hold<Cq>) {
        // Full: the DPC is on its way already, and looks at the queue as it is then.
        if this.cq.put(cq.clone()).is_ok() {
            this.dpc.queue(this.clone());
        }
    }

    fn run(this: Ref<Self>) {
        if let Some(cq) = this.cq.take() {
            Cq::notify(&cq);
        }
    }
}

impl Cq {
    /// `NdkCreateCq`. NDK-CQ-23: affinity is a wish; callbacks come where the work is done.
    pub(super) fn create(
        adapter: &Hold<Adapter>,
        depth: u32,
        notification: CqNotification,
    ) -> Result<Open<Self>, Status> {
        // NDK-ADP-05.
        if depth > adapter.limits().completion_queue_depth {
            return Err(Status::INVALID_PARAMETER);
        }
        let queue = CompletionQueue::new(depth as usize).ok_or(Status::INSUFFICIENT_RESOURCES)?;
        Object::create(
            adapter.version(),
            Self {
                queue,
                overran: AtomicBool::new(false),
                notification,
                later: Later::create()?,
                adapter: adapter.clone(),
            },
        )
    }

    /// `NdkArmCq`. NDK-CQ-04, NDK-CQ-06: what is there already may satisfy it at once.
    pub(super) fn arm(cq: &Hold<Self>, arm: Arm) {
        cq.queue.arm(arm);
        Self::notify(cq);
    }

    /// `NdkGetCqResults` and `NdkGetCqResultsEx`.
    pub(super) fn take(&self, most: usize, take: impl FnMut(usize, Completion)) -> usize {
        self.queue.pop(most, take)
    }

    /// Adds a completion; [`Cq::notify`] follows when all of an input are in.
    pub(super) fn complete(&self, completion: Completion, solicited: bool) -> Result<(), Overrun> {
        self.queue
            .push(completion, solicited)
            .inspect_err(|Overrun| {
                if !self.overran.swap(true, Ordering::Relaxed) {
                    let counters = self.adapter.host().counters();
                    counters.cq_error.fetch_add(1, Ordering::Relaxed);
                }
            })
    }

    /// Makes the notification callbacks that are due, with no lock held, one at a time
    /// (NDK-CQ-07). Any number may ask at once; one of them calls, for a bounded time (NDK-CQ-31).
    pub(super) fn notify(cq: &Hold<Self>) {
        for _ in 0..IN_A_GO {
            let Some(notice) = cq.queue.begin() else {
                return;
            };
            // NDK-CQ-28: none once the close has begun; one in progress keeps the queue.
            if let Some(in_progress) = cq.enter() {
                in_progress.notification.notify(match notice {
                    Notice::Completions => Status::SUCCESS,
                    Notice::Overrun => Status::BUFFER_OVERFLOW,
                    Notice::Fatal => Status::INTERNAL_ERROR,
                });
            }
            cq.queue.end();
        }
        Later::call(&cq.later, cq);
    }

    /// `NdkControlCqInterruptModeration`. An interval may be rounded down, and none that a consumer
    /// asks for is as long as a kernel timer's tick: it becomes zero, so every arm is answered as soon
    /// as a turn's completions are in, no later than any setting wants (NDK-CQ-25, NDK-CQ-26).
    pub(super) fn moderate(&self, interval: u32, count: u32) -> Result<(), Status> {
        let endless = interval == u32::MAX;
        let countless = count == u32::MAX || count as usize > self.queue.depth();
        // NDK-CQ-24.
        if endless && countless {
            return Err(Status::INVALID_PARAMETER_MIX);
        }
        Ok(())
    }

    /// Whether `adapter` made this queue (NDK-PD-04).
    pub(super) fn is_of(&self, adapter: &Hold<Adapter>) -> bool {
        self.adapter == *adapter
    }
}

impl Kind for Cq {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }
}
