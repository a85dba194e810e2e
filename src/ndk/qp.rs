//! The queue pair: posting, flushing, and the transport's way to its queues.
//!
//! The consumer serialises posts per queue (NDK-POST-03), so no lock is taken here; a flush or a
//! closing connector may run beside a post (NDK-POST-05, NDK-POST-06), which [`Qp::kick`] answers
//! for: whatever is posted to a dead queue pair comes back cancelled.

use super::adapter::Adapter;
use super::connector::Endpoint;
use super::cq::Cq;
use super::later::{Later, Notifies};
use super::memory::{Registered, logical};
use super::object::{Hold, Kind, Object, Open, Reaper};
use super::pd::Pd;
use super::srq::Srq;
use super::status;
use crate::nt::{NonPaged, Ref, Status};
use crate::rdma::qp::Event;
use crate::rdma::request::Progress;
use crate::rdma::stag::{Grant, Table};
use crate::rdma::{
    Access, Completion, Domain, Draft, Fault, Flags, Kind as Work, Limits, NotEnacted, Op, Payload,
    PostError, QueuePair, ReceiveRequest, Sge, SgeList, Stag,
};
use crate::sync::Revocable;
use crate::transport::{Queues, Side, Sides};

/// Where a queue pair's results go, and its receives come from.
pub(super) struct Around {
    pub(super) receive_cq: Hold<Cq>,
    pub(super) initiator_cq: Hold<Cq>,
    pub(super) srq: Option<Hold<Srq>>,
}

/// The numbers a queue pair is made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) qp_context: u64,
    pub(super) receive_depth: u32,
    pub(super) initiator_depth: u32,
    pub(super) receive_sge: u32,
    pub(super) initiator_sge: u32,
    pub(super) inline_size: u32,
}

impl Shape {
    /// NDK-ADP-05: each limit is honoured at its exact value.
    fn fits(&self, limits: &Limits) -> bool {
        self.receive_depth <= limits.receive_queue_depth
            && self.initiator_depth <= limits.initiator_queue_depth
            && self.receive_sge <= limits.receive_sge
            && self.initiator_sge <= limits.initiator_sge
            && self.inline_size <= limits.inline_data
    }
}

/// What every initiator request says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) context: u64,
    pub(super) flags: Flags,
}

pub(super) struct Qp {
    pair: QueuePair<NonPaged>,
    shape: Shape,
    /// The connection that runs the queues, from connect or accept until it lets go of them.
    endpoint: Revocable<Ref<Endpoint>>,
    around: Around,
    pd: Hold<Pd>,
}

impl Qp {
    /// `NdkCreateQp`, `NdkCreateQpWithSrq`.
    pub(super) fn create(
        pd: &Hold<Pd>,
        around: Around,
        shape: Shape,
    ) -> Result<Open<Self>, Status> {
        let adapter = pd.adapter();
        if !shape.fits(adapter.limits()) {
            return Err(Status::INVALID_PARAMETER);
        }
        let pair = QueuePair::new(
            shape.initiator_depth as usize,
            shape.receive_depth as usize,
            [pd.domain(), adapter.new_domain()],
        )
        .ok_or(Status::INSUFFICIENT_RESOURCES)?;
        if let Some(srq) = &around.srq {
            srq.join()?;
        }
        // From here on its drop parts from the shared queue.
        let qp = Self {
            pair,
            shape,
            endpoint: Revocable::empty(),
            around,
            pd: pd.clone(),
        };
        Object::create(adapter.version(), qp)
    }

    /// Posts an initiator request whose buffers `fill` copies out of the consumer's call; it is
    /// told how many INLINE bytes fit.
    pub(super) fn initiate(
        &self,
        Request { context, flags }: Request,
        op: Op,
        fill: impl FnOnce(&mut Payload, usize) -> Result<(), PostError>,
    ) -> Status {
        // NDK-POST-07.
        if !self.pair.state().takes_initiator_requests() {
            return self.refuse(Status::CONNECTION_INVALID);
        }
        let limits = self.adapter().limits();
        let posted = self.pair.send.post(|request| {
            fill(&mut request.payload, self.shape.inline_size as usize)?;
            self.check(op, &request.payload, limits)?;
            request.context = context;
            request.op = op;
            request.flags = flags;
            request.progress = Progress::Queued;
            Ok(())
        });
        match posted {
            Ok(()) => {
                // NDK-POST-18: a hint; what follows, a failing post, or some time sends it on its way.
                self.wake(if flags.contains(Flags::DEFER) {
                    Endpoint::linger
                } else {
                    Endpoint::doorbell
                });
                Status::SUCCESS
            }
            Err(error) => self.refuse(status::of_post(error)),
        }
    }

    /// Posts a request without buffers. `prepare` checks it and lays ready what it needs; the
    /// connection is asked for first (NDK-FR-03).
    pub(super) fn manage(
        &self,
        request: Request,
        prepare: impl FnOnce() -> Result<Op, Status>,
    ) -> Status {
        if !self.pair.state().takes_initiator_requests() {
            return self.refuse(Status::CONNECTION_INVALID);
        }
        let op = match prepare() {
            Ok(op) => op,
            Err(status) => return self.refuse(status),
        };
        let posted = self.initiate(request, op, |payload, _| {
            payload.clear();
            Ok(())
        });
        if posted != Status::SUCCESS {
            self.discard(op);
        }
        posted
    }

    /// `NdkInvalidate` of a token of `pd`.
    pub(super) fn invalidate(&self, pd: &Hold<Pd>, token: Stag, request: Request) -> Status {
        self.manage(request, || {
            if self.shares_domain(pd) {
                Ok(Op::Invalidate(token))
            } else {
                Err(Status::INVALID_PARAMETER)
            }
        })
    }

    /// `NdkReceive`. NDK-POST-08: legal before the connection is there.
    pub(super) fn receive(
        &self,
        context: u64,
        fill: impl FnOnce(&mut SgeList) -> Result<(), PostError>,
    ) -> Status {
        // NDK-SRQ-07.
        if self.around.srq.is_some() {
            return Status::INVALID_DEVICE_REQUEST;
        }
        let limits = self.adapter().limits();
        let posted = self.pair.receive.post(|request| {
            fill(&mut request.sges)?;
            check_list(&request.sges, self.shape.receive_sge, limits)?;
            request.context = context;
            Ok(())
        });
        match posted {
            Ok(()) => {
                self.wake(Endpoint::receive_posted);
                Status::SUCCESS
            }
            Err(error) => status::of_post(error),
        }
    }

    /// Fails a request for `status`; without a connection for that reason first (NDK-POST-07,
    /// NDK-FR-03).
    pub(super) fn decline(&self, status: Status) -> Status {
        if self.pair.state().takes_initiator_requests() {
            self.refuse(status)
        } else {
            self.refuse(Status::CONNECTION_INVALID)
        }
    }

    /// Fails a post inline. NDK-POST-19: earlier deferred requests go on their way.
    fn refuse(&self, status: Status) -> Status {
        if !self.pair.send.is_empty() {
            self.kick();
        }
        status
    }

    /// `NdkFlush`. NDK-FLUSH-01: cancelling has begun when it returns.
    pub(super) fn flush(&self) {
        self.pair.ask_flush();
        if let Some(endpoint) = self.endpoint.access() {
            endpoint.flush();
            return;
        }
        // NDK-FLUSH-05: never connected, or not any more.
        let _begins = self.pair.begin_flush();
        let _ = self.pair.advance(Event::Flush);
        self.cancel_all();
    }

    /// Has the connection look at the queues; a queue pair that lost its connection cancels what
    /// was posted meanwhile (NDK-POST-09).
    fn kick(&self) {
        self.wake(Endpoint::doorbell);
    }

    fn wake(&self, how: fn(&Endpoint)) {
        match self.endpoint.access() {
            Some(endpoint) => how(&endpoint),
            None if self.pair.state().flushes() => self.cancel_all(),
            None => {}
        }
    }

    /// NDK-FLUSH-09: oldest first in each queue.
    fn cancel_all(&self) {
        self.pair.send.flush(|request| {
            self.discard(request.op);
            self.put(
                Side::Initiator,
                Completion {
                    context: request.context,
                    kind: request.op.kind(),
                    status: crate::rdma::Status::Cancelled,
                    ..Completion::default()
                },
            );
        });
        self.pair.receive.flush(|request| {
            self.put(
                Side::Receive,
                Completion {
                    context: request.context,
                    kind: Work::Receive,
                    status: crate::rdma::Status::Cancelled,
                    ..Completion::default()
                },
            );
        });
        self.each_notifier(Sides::BOTH, Later::call, Later::call);
    }

    /// Puts a completion into the queue of its side; an overrun is told by the queue itself.
    fn put(&self, side: Side, completion: Completion) {
        let _ = self.complete(side, completion, false);
    }

    fn complete(&self, side: Side, completion: Completion, solicited: bool) -> bool {
        let completion = Completion {
            qp_context: self.shape.qp_context,
            ..completion
        };
        match side {
            Side::Initiator => self.around.initiator_cq.complete(completion, solicited),
            Side::Receive => self.around.receive_cq.complete(completion, solicited),
        }
        .is_ok()
    }

    /// Who has something to tell the consumer after completions of these sides were put.
    fn each_notifier(&self, sides: Sides, cq: fn(&Hold<Cq>), srq: fn(&Hold<Srq>)) {
        let around = &self.around;
        let is_shared = around.initiator_cq == around.receive_cq;
        if sides.receive || sides.initiator && is_shared {
            cq(&around.receive_cq);
        }
        if sides.initiator && !is_shared {
            cq(&around.initiator_cq);
        }
        if let Some(shared) = around.srq.as_ref().filter(|_| sides.receive) {
            srq(shared);
        }
    }

    fn check(&self, op: Op, payload: &Payload, limits: &Limits) -> Result<(), PostError> {
        match (payload, op) {
            // NDK-POST-11: INLINE is exempt from the number of entries.
            (Payload::Inline { .. }, _) => Ok(()),
            // NDK-ADP-06.
            (Payload::Sges(list), Op::Read(_)) => {
                check_list(list, self.shape.initiator_sge.min(limits.read_sge), limits)
            }
            (Payload::Sges(list), _) => check_list(list, self.shape.initiator_sge, limits),
        }
    }

    /// What a request left in the table goes with it.
    fn discard(&self, op: Op) {
        if let Some(draft) = op.draft() {
            drop(self.adapter().regions().discard(draft));
        }
    }

    /// NDK-PD-01.
    pub(super) fn shares_domain(&self, pd: &Hold<Pd>) -> bool {
        self.pd == *pd
    }

    /// Where the windows bound here belong (NDK-MW-05).
    pub(super) fn own_domain(&self) -> Domain {
        self.pair.own
    }

    /// Has the connection look at the queues, soon and not on this stack.
    pub(super) fn remind(&self) {
        if let Some(endpoint) = self.endpoint.access() {
            endpoint.remind();
        }
    }

    fn adapter(&self) -> &Hold<Adapter> {
        self.pd.adapter()
    }

    /// Whether `adapter` is the one the queue pair belongs to.
    pub(super) fn is_of(&self, adapter: &Hold<Adapter>) -> bool {
        *self.adapter() == *adapter
    }
}

/// NDK-POST-11, NDK-ADP-07.
pub(super) fn check_list(list: &SgeList, most: u32, limits: &Limits) -> Result<(), PostError> {
    if list.as_slice().len() > most as usize || list.length() > u64::from(limits.transfer_length) {
        return Err(PostError::TooMany);
    }
    Ok(())
}

impl Kind for Qp {
    fn reaper(&self) -> Option<&Ref<Reaper>> {
        Some(self.adapter().reaper())
    }

    fn closing(qp: &Hold<Self>) {
        // NDK-FLUSH-08: close implies flush.
        qp.flush();
    }
}

impl Drop for Qp {
    fn drop(&mut self) {
        if let Some(srq) = &self.around.srq {
            srq.part();
        }
    }
}

/// A queue pair in the hands of a connection (NDK-CON-28: it cannot end meanwhile).
pub(super) struct Attached(Hold<Qp>);

impl Attached {
    /// Gives `qp` to `endpoint`; refused when it is connected or connecting (NDK-CON-10).
    pub(super) fn attach(qp: &Hold<Qp>, endpoint: &Ref<Endpoint>) -> Result<Self, Status> {
        match qp.endpoint.fill(endpoint.clone()) {
            Ok(()) => Ok(Self(qp.clone())),
            Err(_) => Err(Status::CONNECTION_ACTIVE),
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // Posts that still saw the connection were made before this point, so that what the
        // connection did not flush any more is seen here.
        drop(self.0.endpoint.revoke());
        if let Some(srq) = &self.0.around.srq {
            srq.forget(&self.0);
        }
        // A connection that comes to nothing may not have seen a flush that was asked of it.
        if self.0.pair.begin_flush() || self.0.pair.state().flushes() {
            self.0.cancel_all();
        }
    }
}

impl Queues for Attached {
    type Allocator = NonPaged;
    type Memory = Registered;

    fn queue_pair(&self) -> &QueuePair<NonPaged> {
        &self.0.pair
    }

    fn regions(&self) -> &Table<Registered, NonPaged> {
        self.0.adapter().regions()
    }

    fn local(&self, sge: &Sge, need: Access) -> Result<Grant<'_, Registered>, Fault> {
        let (qp, length) = (&self.0, u64::from(sge.length));
        // NDK-LAM-08, NDK-LAM-10, NDK-PD-02: its own domain's token, for anything local.
        if sge.token.0 == qp.pd.privileged_token() {
            return logical(qp.adapter(), sge.address, length);
        }
        let domain = [qp.pair.domain];
        self.regions()
            .access(sge.token, &domain, sge.address, length, need)
    }

    fn invalidate(&self, stag: Stag, need: Access) -> Result<bool, Fault> {
        let (qp, regions) = (&self.0, self.regions());
        let domains = qp.pair.open_to_peer();
        let owner = regions.find(stag, &domains, need)?.memory.owner().clone();
        let departure = owner.departure().ok_or(Fault::Rights)?;
        // NDK-FR-14: another one is about to.
        if !departure.claim(qp) {
            return Err(Fault::Token);
        }
        match regions.invalidate(stag, &domains, need) {
            Ok(None) => Ok(!regions.is_leaving(stag)),
            Ok(Some(region)) => {
                departure.forget();
                drop(region);
                Ok(true)
            }
            Err(fault) => {
                departure.forget();
                Err(fault)
            }
        }
    }

    fn shares_receives(&self) -> bool {
        self.0.around.srq.is_some()
    }

    fn take_shared(&self) -> Option<ReceiveRequest> {
        self.0.around.srq.as_ref()?.take(&self.0)
    }

    fn has_receive(&self) -> bool {
        match &self.0.around.srq {
            Some(srq) => srq.has_some(&self.0),
            None => !self.0.pair.receive.is_empty(),
        }
    }

    fn enact(&self, draft: Draft) -> Result<(), NotEnacted> {
        let (qp, regions) = (&self.0, self.regions());
        let enacted = regions.enact(draft, Registered::settle);
        if enacted == Err(NotEnacted::Leaving) {
            // Whoever invalidated it, here or on another queue pair of the domain.
            regions.look_at(draft, |region| {
                if let Some(departure) = region.memory.owner().departure() {
                    departure.follow(qp);
                }
            });
            // It may have been left before this queue pair was in line.
            if !regions.is_leaving(draft.stag) {
                qp.remind();
            }
        }
        enacted
    }

    fn complete(&self, side: Side, completion: Completion, solicited: bool) -> bool {
        self.0.complete(side, completion, solicited)
    }

    fn notify(&self, sides: Sides) {
        self.0.each_notifier(sides, Cq::notify, Srq::notify);
    }
}
