//! The completion queue: results, arming, notification.

use core::sync::atomic::{AtomicBool, Ordering};

use super::adapter::Adapter;
use super::dispatch::CqNotification;
use super::object::{Hold, Kind, Object, Open, Reaper};
use crate::nt::{NonPaged, Ref, Status};
use crate::rdma::{Completion, CompletionQueue};
use crate::sync::{Arm, Notice, Overrun};

/// A completion queue of one consumer, for any number of queue pairs (NDK-CQ-22).
pub(super) struct Cq {
    queue: CompletionQueue<NonPaged>,
    /// Counted once (NDK-ADP-18).
    overran: AtomicBool,
    notification: CqNotification,
    adapter: Hold<Adapter>,
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
    /// (NDK-CQ-07). Any number may ask at once; one of them calls.
    pub(super) fn notify(cq: &Hold<Self>) {
        while let Some(notice) = cq.queue.begin() {
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
