//! The shared receive queue: receives for whichever of its queue pairs needs one next.
//!
//! Many connections take from it and one consumer posts, so its queue lies behind a lock; nothing is
//! called with it held. A connection that finds nothing waits in line and is reminded by the next post.

use super::adapter::Adapter;
use super::dispatch::SrqNotification;
use super::later::{IN_A_GO, Later, Notifies};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use super::qp::{Qp, check_list};
use super::status;
use crate::nt::{Ref, Slice, SpinLock, Status, Tag};
use crate::rdma::{PostError, ReceiveRequest, SgeList};

/// What the consumer asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) depth: u32,
    pub(super) max_sge: u32,
    pub(super) threshold: u32,
}

pub(super) struct Srq {
    state: SpinLock<State>,
    max_sge: u32,
    notification: SrqNotification,
    later: Ref<Later<Self>>,
    pd: Hold<Pd>,
}

struct State {
    /// A ring of as many receives as the depth.
    slots: Slice<ReceiveRequest>,
    first: usize,
    count: usize,
    threshold: u32,
    armed: bool,
    /// The notification is due, and is being called.
    due: bool,
    calling: bool,
    /// Queue pairs that wait for a receive; room for all there are.
    waiting: Slice<Option<Hold<Qp>>>,
    queue_pairs: usize,
}

impl Srq {
    /// `NdkCreateSrq`. NDK-SRQ-01, NDK-ADP-05.
    pub(super) fn create(
        pd: &Hold<Pd>,
        shape: Shape,
        notification: SrqNotification,
    ) -> Result<Open<Self>, Status> {
        let limits = pd.adapter().limits();
        if shape.depth > limits.shared_receive_queue_depth || shape.max_sge > limits.receive_sge {
            return Err(Status::INVALID_PARAMETER);
        }
        let state = State {
            slots: ring(shape.depth)?,
            first: 0,
            count: 0,
            threshold: shape.threshold,
            armed: shape.threshold > 0,
            due: false,
            calling: false,
            waiting: Slice::empty(),
            queue_pairs: 0,
        };
        let srq = Self {
            state: SpinLock::new(state),
            max_sge: shape.max_sge,
            notification,
            later: Later::create()?,
            pd: pd.clone(),
        };
        Object::create(pd.adapter().version(), srq)
    }

    /// `NdkModifySrq`. NDK-SRQ-03: zero leaves depth or threshold as it is. What is queued stays; a
    /// depth below that is refused.
    pub(super) fn modify(srq: &Hold<Self>, depth: u32, threshold: u32) -> Result<(), Status> {
        if depth > srq.adapter().limits().shared_receive_queue_depth {
            return Err(Status::INVALID_PARAMETER);
        }
        if depth != 0 {
            let mut slots = ring(depth)?;
            let resized = srq.state.lock().resize(&mut slots);
            // The other ring is freed without the lock.
            drop(slots);
            resized?;
        }
        if threshold != 0 {
            let mut state = srq.state.lock();
            state.threshold = threshold;
            state.armed = true;
            state.look();
            let due = state.due;
            drop(state);
            if due {
                // NDK-IRQL-05: not on the stack of the call.
                Later::call(srq);
            }
        }
        Ok(())
    }

    /// `NdkSrqReceive`.
    pub(super) fn post(
        &self,
        context: u64,
        fill: impl FnOnce(&mut SgeList) -> Result<(), PostError>,
    ) -> Status {
        let mut request = ReceiveRequest {
            context,
            sges: SgeList::default(),
        };
        let filled = fill(&mut request.sges)
            .and_then(|()| check_list(&request.sges, self.max_sge, self.adapter().limits()));
        if let Err(error) = filled.and_then(|()| self.state.lock().push(request)) {
            return status::of_post(error);
        }
        // Everyone who waits looks again, once: whoever is first takes it, and the others wait for
        // the next post, in any of the places.
        let places = self.state.lock().waiting.len();
        for qp in (0..places).filter_map(|place| self.waiting_at(place)) {
            qp.remind();
        }
        Status::SUCCESS
    }

    /// The next receive, for `qp`; without one it is reminded when there may be.
    pub(super) fn take(&self, qp: &Hold<Qp>) -> Option<ReceiveRequest> {
        let mut state = self.state.lock();
        let taken = state.pop();
        if taken.is_none() {
            state.wait(qp);
        }
        taken
    }

    /// Whether there is one. Who was reminded and finds none, because another was faster, waits again.
    pub(super) fn has_some(&self, qp: &Hold<Qp>) -> bool {
        let mut state = self.state.lock();
        if state.count == 0 {
            state.wait(qp);
        }
        state.count != 0
    }

    /// A queue pair will take its receives here: room for it to wait.
    pub(super) fn join(&self) -> Result<(), Status> {
        let needed = {
            let mut state = self.state.lock();
            state.queue_pairs += 1;
            state.queue_pairs
        };
        loop {
            let room = self.state.lock().waiting.len();
            if room >= needed {
                return Ok(());
            }
            let more = Slice::try_from_fn(Tag::OBJECT, needed.max(2 * room), |_| Ok(None));
            let mut more = more.inspect_err(|_| self.state.lock().queue_pairs -= 1)?;
            self.state.lock().widen(&mut more);
            drop(more);
        }
    }

    pub(super) fn part(&self) {
        self.state.lock().queue_pairs -= 1;
    }

    /// `qp` does not wait any more.
    pub(super) fn forget(&self, qp: &Hold<Qp>) {
        let mine = {
            let mut state = self.state.lock();
            let place = state.waiting.iter_mut();
            place
                .filter(|place| place.as_ref() == Some(qp))
                .find_map(Option::take)
        };
        drop(mine);
    }

    pub(super) fn pd(&self) -> &Hold<Pd> {
        &self.pd
    }

    fn adapter(&self) -> &Hold<Adapter> {
        self.pd.adapter()
    }

    fn waiting_at(&self, place: usize) -> Option<Hold<Qp>> {
        self.state.lock().waiting.get_mut(place)?.take()
    }
}

fn ring(depth: u32) -> Result<Slice<ReceiveRequest>, Status> {
    Slice::try_from_fn(Tag::RING, depth as usize, |_| Ok(ReceiveRequest::default()))
}

impl State {
    fn at(&mut self, n: usize) -> Option<&mut ReceiveRequest> {
        let depth = self.slots.len().max(1);
        self.slots.get_mut((self.first + n) % depth)
    }

    fn push(&mut self, request: ReceiveRequest) -> Result<(), PostError> {
        if self.count == self.slots.len() {
            return Err(PostError::Full);
        }
        let place = self.at(self.count).ok_or(PostError::Full)?;
        *place = request;
        self.count += 1;
        Ok(())
    }

    fn pop(&mut self) -> Option<ReceiveRequest> {
        if self.count == 0 {
            return None;
        }
        let request = *self.at(0)?;
        self.first = (self.first + 1) % self.slots.len().max(1);
        self.count -= 1;
        self.look();
        Some(request)
    }

    /// NDK-SRQ-02: below the threshold, not at it; once an arm.
    fn look(&mut self) {
        if self.armed && self.count < self.threshold as usize {
            self.armed = false;
            self.due = true;
        }
    }

    fn begin(&mut self) -> bool {
        let now = self.due && !self.calling;
        if now {
            self.due = false;
            self.calling = true;
        }
        now
    }

    /// Moves into `slots`, which becomes the old ring.
    fn resize(&mut self, slots: &mut Slice<ReceiveRequest>) -> Result<(), Status> {
        if slots.len() < self.count {
            return Err(Status::INVALID_PARAMETER);
        }
        for n in 0..self.count {
            if let (Some(to), Some(from)) = (slots.get_mut(n), self.at(n)) {
                *to = *from;
            }
        }
        core::mem::swap(&mut self.slots, slots);
        self.first = 0;
        Ok(())
    }

    fn widen(&mut self, more: &mut Slice<Option<Hold<Qp>>>) {
        // Somebody else may have been faster.
        if more.len() > self.waiting.len() {
            for (to, from) in more.iter_mut().zip(self.waiting.iter_mut()) {
                *to = from.take();
            }
            core::mem::swap(&mut self.waiting, more);
        }
    }

    fn wait(&mut self, qp: &Hold<Qp>) {
        let here = self.waiting.iter().any(|place| place.as_ref() == Some(qp));
        if here {
            return;
        }
        if let Some(place) = self.waiting.iter_mut().find(|place| place.is_none()) {
            *place = Some(qp.clone());
        }
    }
}

/// NDK-SRQ-02.
impl Notifies for Srq {
    fn later(&self) -> &Ref<Later<Self>> {
        &self.later
    }

    fn notify(srq: &Hold<Self>) {
        for _ in 0..IN_A_GO {
            if !srq.state.lock().begin() {
                return;
            }
            // None once the close has begun; one in progress keeps the queue.
            if let Some(in_progress) = srq.enter() {
                in_progress.notification.notify(Status::SUCCESS);
            }
            srq.state.lock().calling = false;
        }
        Later::call(srq);
    }
}

impl Kind for Srq {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter().reaper())
    }
}
