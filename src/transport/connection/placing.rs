//! The receive path: bytes of the stream to the consumer's memory, in place, one copy.

use crate::iwarp::{
    AccessError, InvalidateError, Machine, ReceiveBuffer, ReceiveFault, Received, Upper,
};
use crate::rdma::queue::Window;
use crate::rdma::request::Progress;
use crate::rdma::stag::Grant;
use crate::rdma::{
    Access, Completion, Fault, Flags, Kind, Payload, ReceiveRequest, SendRequest, SgeList, Stag,
    Status,
};

use super::super::api::{Memory, Queues, Side, Sides};
use super::nobody::Nobody;
use super::outgoing::Reads;
use super::{Connection, Phase};

/// What the receive path remembers.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    /// The oldest receive, or the one taken from a shared queue, is being filled.
    current: bool,
    /// A receive of a shared queue is this connection's until it completes (NDK-SRQ-06).
    taken: Option<ReceiveRequest>,
    /// Bytes wait below for a receive to be posted, or for `complete`.
    pub(super) stalled: bool,
    /// Indications stopped below because not all was taken.
    pub(super) paused: bool,
    /// What was not taken has not come again yet.
    owed: bool,
    /// The peer's FIN waits behind bytes not taken yet (WSK-DIS-12).
    fin_waits: bool,
    /// The consumer flushed: the rest of the stream goes nowhere.
    pub(super) discarding: bool,
    /// A token that the peer invalidated while its region was in use, and the receive that says so:
    /// it completes when the region is gone, and what follows waits below.
    leaving: Option<Stag>,
    held: Option<(Completion, bool)>,
    /// The consumer has disconnected: messages without a receive go nowhere.
    pub(super) departing: bool,
    /// A read of ours is done, and may be retired.
    pub(super) answered: bool,
    /// Where completions were queued since the last notification.
    pub(super) notify: Sides,
    /// A completion queue overran.
    pub(super) overrun: bool,
}

impl<Q: Queues> Connection<Q> {
    /// Bytes of the stream, in order; how many were taken. The rest stays below until `resume`.
    pub(crate) fn received(&mut self, bytes: &[u8]) -> usize {
        if !self.ending.link_is_open() {
            return bytes.len();
        }
        let taken = take(
            &mut self.machine,
            self.queues.as_ref(),
            &mut self.incoming,
            &mut self.outgoing.reads,
            bytes,
        );
        self.incoming.stalled = taken < bytes.len();
        self.incoming.owed = false;
        if self.incoming.overrun {
            self.machine.fail();
        }
        taken
    }

    /// Indications have stopped, and the indication that stopped them has returned.
    pub(crate) fn paused(&mut self) {
        self.incoming.paused = true;
        self.incoming.owed = true;
    }

    /// The peer's FIN.
    pub(crate) fn fin_received(&mut self) {
        self.ending.peer_fin = true;
        self.incoming.fin_waits = true;
    }

    /// Gives the machine the FIN once it has all the bytes before it.
    pub(super) fn take_fin(&mut self) {
        let behind = self.incoming.stalled || self.incoming.owed || self.incoming.holds();
        if self.incoming.fin_waits && !behind {
            self.incoming.fin_waits = false;
            self.machine.handle_fin();
        }
    }

    /// Completes a receive that waited for a region to go.
    pub(super) fn let_go(&mut self) {
        let Some(queues) = &self.queues else { return };
        let Some(stag) = self.incoming.leaving else {
            return;
        };
        if queues.regions().is_leaving(stag) {
            return;
        }
        self.incoming.leaving = None;
        self.incoming.stalled = false;
        if let (Some((completion, solicited)), Some(mut window)) = (
            self.incoming.held.take(),
            queues.queue_pair().receive.window(),
        ) {
            let incoming = &mut self.incoming;
            finish(queues, &mut window, incoming, completion, solicited);
        }
    }

    /// The stream is broken.
    pub(crate) fn reset(&mut self) {
        self.ending.reset = true;
        self.machine.handle_reset();
    }

    /// Whether a receive that is posted changes anything.
    pub(crate) fn awaits_receive(&self) -> bool {
        self.incoming.stalled || self.incoming.discarding || self.phase == Phase::Over
    }

    /// Something was posted.
    pub(crate) fn doorbell(&mut self) {
        let Some(queues) = &self.queues else { return };
        if self.phase == Phase::Over {
            // NDK-POST-01, NDK-POST-05: a post that was under way when the end came.
            self.cancel_all();
        } else if self.incoming.discarding {
            // NDK-POST-09: it comes back at once.
            self.cancel_pending();
        } else if self.incoming.stalled && queues.has_receive() {
            self.incoming.stalled = false;
        }
    }

    /// NDK-FLUSH-01: every receive comes back, in post order.
    pub(super) fn cancel_receives(&mut self) {
        let Some(queues) = &self.queues else { return };
        self.incoming.current = false;
        self.incoming.held = None;
        let cause = self.ending.cause();
        let incoming = &mut self.incoming;
        let taken = incoming.taken.take();
        let mut cancelled = |request: ReceiveRequest| {
            let completion = Completion {
                context: request.context,
                status: Status::Cancelled,
                cause,
                ..Completion::default()
            };
            incoming.complete(queues, Side::Receive, completion, true);
        };
        if let Some(taken) = taken {
            cancelled(taken);
        }
        queues.queue_pair().receive.flush(cancelled);
        self.incoming.stalled = false;
    }
}

impl Incoming {
    /// The stream begins anew. What was completed is still to be told.
    pub(super) fn forget(&mut self) {
        *self = Self {
            notify: self.notify,
            overrun: self.overrun,
            ..Self::default()
        };
    }

    fn holds(&self) -> bool {
        self.held.is_some()
    }

    pub(super) fn complete<Q: Queues>(
        &mut self,
        queues: &Q,
        side: Side,
        completion: Completion,
        solicited: bool,
    ) {
        self.notify.add(side);
        // NDK-CQ-20: the overrun is told with the notification; the connection goes down.
        self.overrun |= !queues.complete(side, completion, solicited);
    }
}

fn take<Q: Queues>(
    machine: &mut Machine,
    queues: Option<&Q>,
    incoming: &mut Incoming,
    reads: &mut Reads,
    bytes: &[u8],
) -> usize {
    let Some(queues) = queues else {
        return machine.receive(bytes, &mut Nobody);
    };
    let pair = queues.queue_pair();
    let receives = pair.receive.window();
    machine.receive(
        bytes,
        &mut Above {
            queues,
            receives,
            incoming,
            reads,
            written: None,
        },
    )
}

/// The oldest receive leaves its queue, then its completion is seen (NDK-POST-10).
fn finish<Q: Queues>(
    queues: &Q,
    receives: &mut Window<'_, ReceiveRequest, Q::Allocator>,
    incoming: &mut Incoming,
    completion: Completion,
    solicited: bool,
) {
    incoming.current = false;
    let taken = incoming.taken.take();
    let Some(context) = taken
        .as_ref()
        .or_else(|| receives.get(0))
        .map(|r| r.context)
    else {
        return;
    };
    if taken.is_none() {
        receives.retire();
    }
    let completion = Completion {
        context,
        ..completion
    };
    incoming.complete(queues, Side::Receive, completion, solicited);
}

/// NDK-FR-15: the first buffer's token is dead before the read has completed.
fn after_read<Q: Queues>(queues: &Q, request: &SendRequest) -> Progress {
    let sink = match &request.payload {
        Payload::Sges(list) if request.flags.contains(Flags::INVALIDATE_LOCAL) => {
            list.as_slice().first()
        }
        _ => None,
    };
    match sink.map(|sge| (sge.token, queues.invalidate(sge.token, Access::INVALIDATE))) {
        None | Some((_, Ok(true))) => Progress::Done(Status::Ok),
        Some((token, Ok(false))) => Progress::Leaving(token),
        Some((_, Err(_))) => Progress::Done(Status::InvalidToken),
    }
}

/// The queues and the memory, for the time of one call of the machine.
struct Above<'a, Q: Queues> {
    queues: &'a Q,
    receives: Option<Window<'a, ReceiveRequest, Q::Allocator>>,
    incoming: &'a mut Incoming,
    reads: &'a mut Reads,
    /// What the peer wrote to last: the next segment goes there too. Let go before anything is invalidated.
    written: Option<Grant<'a, Q::Memory>>,
}

impl<Q: Queues> Above<'_, Q> {
    /// Why a region may not be invalidated by the peer: it has no right there at all, or not that one.
    fn kept(&self, stag: Stag) -> InvalidateError {
        let domain = self.queues.queue_pair().domain;
        let region = self.queues.regions().find(stag, &[domain], Access::empty());
        let remote = Access::REMOTE_READ | Access::REMOTE_WRITE;
        match region {
            Ok(region) if region.access.intersects(remote) => InvalidateError::NotInvalidatable,
            _ => InvalidateError::Rights,
        }
    }

    /// Copies to local buffers, `offset` bytes into the list.
    fn scatter(&self, list: &SgeList, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        let (mut at, mut rest) = (u64::from(offset), bytes);
        while !rest.is_empty() {
            let piece = list.at(at, rest.len() as u32).ok_or(AccessError::Bounds)?;
            let (head, tail) = rest.split_at(piece.length as usize);
            place(self.queues.local(&piece, Access::LOCAL_WRITE), head)?;
            at += head.len() as u64;
            rest = tail;
        }
        Ok(())
    }

    /// What the peer's token gives it access to.
    fn remote(
        &self,
        token: Stag,
        address: u64,
        length: u64,
        need: Access,
    ) -> Result<Grant<'_, Q::Memory>, Fault> {
        let domains = self.queues.queue_pair().open_to_peer();
        self.queues
            .regions()
            .access(token, &domains, address, length, need)
    }

    /// The peer's range of one of our regions, to be written.
    fn writable(
        &mut self,
        stag: Stag,
        to: u64,
        length: u64,
    ) -> Result<&Grant<'_, Q::Memory>, Fault> {
        let (domains, need) = (
            self.queues.queue_pair().open_to_peer(),
            Access::REMOTE_WRITE,
        );
        match &mut self.written {
            Some(grant) if grant.stag == stag => grant.again(&domains, to, length, need)?,
            other => {
                let regions = self.queues.regions();
                *other = Some(regions.access(stag, &domains, to, length, need)?);
            }
        }
        self.written.as_ref().ok_or(Fault::Token)
    }

    /// The receive that is, or would be, filled.
    fn current(&self) -> Option<&ReceiveRequest> {
        if self.queues.shares_receives() {
            return self.incoming.taken.as_ref();
        }
        self.receives.as_ref()?.get(0)
    }

    fn finish_receive(&mut self, completion: Completion, solicited: bool) {
        if let Some(window) = &mut self.receives {
            finish(self.queues, window, self.incoming, completion, solicited);
        }
    }
}

impl<Q: Queues> Upper for Above<'_, Q> {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        if self.incoming.discarding {
            return ReceiveBuffer::Ready { capacity: u64::MAX };
        }
        if self.incoming.holds() {
            return ReceiveBuffer::Wait;
        }
        if self.queues.shares_receives() {
            self.incoming.taken = self.queues.take_shared();
            // The queue may have become short enough to say so.
            self.incoming.notify.add(Side::Receive);
        }
        match self.current().map(|request| request.sges.length()) {
            Some(capacity) => {
                self.incoming.current = true;
                ReceiveBuffer::Ready { capacity }
            }
            // NDK-POST-09: no receive will come any more, and what the stream holds must not keep
            // the peer's FIN from us.
            None if self.incoming.departing => ReceiveBuffer::Ready { capacity: u64::MAX },
            // NDK-POST-33: hold the stream.
            None => ReceiveBuffer::Wait,
        }
    }

    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        if !self.incoming.current {
            return Ok(());
        }
        let request = self.current().ok_or(AccessError::Bounds)?;
        self.scatter(&request.sges, offset, bytes)
    }

    fn receive_done(&mut self, received: Received) {
        if !self.incoming.current {
            return;
        }
        let kind = if received.invalidated.is_some() {
            Kind::ReceiveAndInvalidate
        } else {
            Kind::Receive
        };
        let output = received.invalidated.map_or(0, |stag| u64::from(stag.0));
        let completion = Completion {
            kind,
            bytes: received.len,
            output,
            ..Completion::default()
        };
        if self.incoming.leaving.is_some() {
            // The region's memory may be the consumer's to reuse when this is seen; TCP still reads it.
            self.incoming.held = Some((completion, received.solicited));
        } else {
            self.finish_receive(completion, received.solicited);
        }
    }

    fn receive_failed(&mut self, fault: ReceiveFault) {
        if !self.incoming.current {
            return;
        }
        let status = match fault {
            ReceiveFault::Overflow => Status::BufferOverflow,
            ReceiveFault::Access(_) => Status::AccessViolation,
        };
        self.finish_receive(
            Completion {
                status,
                ..Completion::default()
            },
            true,
        );
    }

    fn check_write(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        let grant = self.writable(stag, to, u64::from(len));
        grant.map(drop).map_err(refused)
    }

    fn write_place(&mut self, stag: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError> {
        let grant = self.writable(stag, to, bytes.len() as u64);
        let grant = grant.map_err(refused)?;
        match grant.memory.write(grant.offset, bytes) {
            true => Ok(()),
            false => Err(AccessError::InvalidStag),
        }
    }

    fn check_read(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        let grant = self.remote(stag, to, u64::from(len), Access::REMOTE_READ);
        grant.map(drop).map_err(refused)
    }

    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        let sends = self.queues.queue_pair().send.window();
        let request = self.reads.oldest().and_then(|n| sends.as_ref()?.get(n));
        // A read that was cancelled, or is not there any more: the bytes go nowhere.
        match request.filter(|request| request.progress == Progress::Started) {
            Some(SendRequest {
                payload: Payload::Sges(list),
                ..
            }) => self.scatter(list, offset, bytes),
            Some(_) => Err(AccessError::Rights),
            None => Ok(()),
        }
    }

    fn read_done(&mut self) {
        self.written = None;
        let mut sends = self.queues.queue_pair().send.window();
        let request = self.reads.pop().and_then(|n| sends.as_mut()?.get_mut(n));
        if let Some(request) = request.filter(|request| request.progress == Progress::Started) {
            request.progress = after_read(self.queues, request);
            self.incoming.answered = true;
        }
    }

    fn invalidate(&mut self, stag: Stag) -> Result<(), InvalidateError> {
        self.written = None;
        // NDK-CQ-18: gone before the completion is seen.
        match self.queues.invalidate(stag, Access::REMOTE_INVALIDATE) {
            Ok(gone) => {
                self.incoming.leaving = (!gone).then_some(stag);
                Ok(())
            }
            Err(Fault::Domain) => Err(InvalidateError::NotAssociated),
            Err(Fault::Rights) => Err(self.kept(stag)),
            Err(Fault::Token | Fault::Bounds | Fault::Wrap) => Err(InvalidateError::InvalidStag),
        }
    }
}

fn place<M: Memory>(grant: Result<Grant<'_, M>, Fault>, bytes: &[u8]) -> Result<(), AccessError> {
    let grant = grant.map_err(refused)?;
    if grant.memory.write(grant.offset, bytes) {
        Ok(())
    } else {
        Err(AccessError::InvalidStag)
    }
}

pub(super) fn refused(fault: Fault) -> AccessError {
    match fault {
        Fault::Token => AccessError::InvalidStag,
        Fault::Bounds => AccessError::Bounds,
        Fault::Rights => AccessError::Rights,
        Fault::Domain => AccessError::NotAssociated,
        Fault::Wrap => AccessError::Wrap,
    }
}
