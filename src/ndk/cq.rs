//! The completion queue: results, arming, notification.

use core::sync::atomic::{AtomicBool, Ordering};

use super::adapter::Adapter;
use super::dispatch::CqNotification;
use super::later::{IN_A_GO, Later, Notifies};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::version::Version;
use crate::nt::irql::is_dispatch;
use crate::nt::{NonPaged, Processors, Ref, Status};
use crate::rdma::{Completion, CompletionQueue};
use crate::sync::{Arm, NotResized, Notice, Overrun};

/// A completion queue of one consumer, for any number of queue pairs (NDK-CQ-22).
pub(super) struct Cq {
    queue: CompletionQueue<NonPaged>,
    /// Counted once (NDK-ADP-18).
    overran: AtomicBool,
    notification: CqNotification,
    later: Ref<Later<Self>>,
    /// Where the consumer wants its callbacks.
    preferred: Option<Processors>,
    adapter: Hold<Adapter>,
}

impl Cq {
    /// `NdkCreateCq`. NDK-CQ-23: `preferred` is a wish; where none of them is there, and where there is
    /// no wish, callbacks come where the work is done.
    pub(super) fn create(
        adapter: &Hold<Adapter>,
        depth: u32,
        notification: CqNotification,
        preferred: Option<Processors>,
    ) -> Result<Open<Self>, Status> {
        // NDK-ADP-05.
        if depth > adapter.limits().completion_queue_depth {
            return Err(Status::INVALID_PARAMETER);
        }
        let queue = CompletionQueue::new(depth as usize).ok_or(Status::INSUFFICIENT_RESOURCES)?;
        let (later, aimed) = Later::aimed(preferred)?;
        Object::create(
            adapter.version(),
            Self {
                queue,
                overran: AtomicBool::new(false),
                notification,
                later,
                preferred: preferred.filter(|_| aimed),
                adapter: adapter.clone(),
            },
        )
    }

    /// `NdkResizeCq`. NDK-CQ-27: entries and arm stay, and a failure changes nothing. The page names
    /// no status for a depth below what is queued; it is the one for a depth that cannot be had.
    pub(super) fn resize(&self, depth: u32) -> Result<(), Status> {
        // NDK-ADP-05.
        if depth > self.adapter.limits().completion_queue_depth {
            return Err(Status::INVALID_PARAMETER);
        }
        self.queue
            .resize(depth as usize)
            .map_err(|error| match error {
                NotResized::NoMemory => Status::INSUFFICIENT_RESOURCES,
                NotResized::TooMany => Status::INVALID_PARAMETER,
                NotResized::Overrun => Status::INVALID_DEVICE_STATE,
            })
    }

    /// `NdkArmCq`. NDK-CQ-04, NDK-CQ-06: what is there already may satisfy it at once.
    pub(super) fn arm(cq: &Hold<Self>, arm: Arm) {
        cq.queue.arm(arm);
        // Within its notification it is not due: whoever calls that looks again.
        if !cq.queue.is_due() {
            return;
        }
        // NDK-IRQL-05.
        match is_dispatch() {
            true => Later::call(cq),
            false => Self::notify(cq),
        }
    }

    /// `NdkGetCqResults` and `NdkGetCqResultsEx`.
    pub(super) fn take(&self, most: usize, take: impl FnMut(usize, Completion)) -> usize {
        self.queue.pop(most, take)
    }

    /// Calls the notification that has begun, and those that become due behind it. Out of line, so that nothing is made
    /// ready for it where none is due.
    #[inline(never)]
    fn call(cq: &Hold<Self>, mut notice: Notice) {
        for left in (0..IN_A_GO).rev() {
            // NDK-CQ-28: none once the close has begun; one in progress keeps the queue.
            if let Some(in_progress) = cq.enter() {
                in_progress.notification.notify(match notice {
                    Notice::Completions => Status::SUCCESS,
                    Notice::Overrun => Status::BUFFER_OVERFLOW,
                });
            }
            cq.queue.end();
            if left == 0 {
                return Later::call(cq);
            }
            match cq.queue.begin() {
                Some(next) => notice = next,
                None => return,
            }
        }
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

    /// NDK-VER-07.
    pub(super) fn version(&self) -> Version {
        self.adapter.version()
    }

    /// Whether `adapter` made this queue (NDK-PD-04).
    pub(super) fn is_of(&self, adapter: &Hold<Adapter>) -> bool {
        self.adapter == *adapter
    }
}

/// NDK-CQ-07, NDK-CQ-31.
impl Notifies for Cq {
    fn later(&self) -> &Ref<Later<Self>> {
        &self.later
    }

    fn notify(cq: &Hold<Self>) {
        // NDK-CQ-23. The DPC is aimed, so there it is not elsewhere.
        let elsewhere = cq.preferred.is_some_and(|wanted| !wanted.has_current());
        if elsewhere {
            if cq.queue.is_due() {
                Later::call(cq);
            }
            return;
        }
        if let Some(notice) = cq.queue.begin() {
            Self::call(cq, notice);
        }
    }
}

impl Kind for Cq {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter.reaper())
    }
}
