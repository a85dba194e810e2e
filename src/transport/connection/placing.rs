//! The receive path: bytes of the stream to the consumer's memory, in place, one copy.

use crate::iwarp::{
    AccessError, InvalidateError, Machine, NoReceive, ReceiveBuffer, ReceiveFault, Received, Upper,
};
use crate::rdma::queue::Window;
use crate::rdma::request::Progress;
use crate::rdma::{
    Access, Completion, Fault, Kind, Payload, ReceiveRequest, SendRequest, SgeList, Stag, Status,
};

use super::super::api::{Memory, Queues, Side};
use super::outgoing::Reads;
use super::{Connection, Phase};

/// What the receive path remembers.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    /// The oldest receive is being filled.
    current: bool,
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
    /// Completions were queued since the last notification.
    pub(super) notify: bool,
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
        if self.incoming.fin_waits && !self.incoming.stalled && !self.incoming.owed {
            self.incoming.fin_waits = false;
            self.machine.handle_fin();
        }
    }

    /// The stream is broken.
    pub(crate) fn reset(&mut self) {
        self.ending.reset = true;
        self.machine.handle_reset();
    }

    /// Something was posted.
    pub(crate) fn doorbell(&mut self) {
        let Some(queues) = &self.queues else { return };
        let pair = queues.queue_pair();
        if self.phase == Phase::Over {
            // NDK-POST-01, NDK-POST-05: a post that was under way when the end came.
            self.cancel_all();
        } else if self.incoming.discarding {
            // NDK-POST-09: it comes back at once.
            self.cancel_pending();
        } else if !pair.receive.is_empty() {
            self.incoming.stalled = false;
        }
    }

    /// NDK-FLUSH-01: every receive comes back, in post order.
    pub(super) fn cancel_receives(&mut self) {
        let Some(queues) = &self.queues else { return };
        self.incoming.current = false;
        let incoming = &mut self.incoming;
        queues.queue_pair().receive.flush(|request| {
            let completion = Completion {
                context: request.context,
                status: Status::Cancelled,
                ..Completion::default()
            };
            incoming.complete(queues, Side::Receive, completion, true);
        });
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

    pub(super) fn complete<Q: Queues>(
        &mut self,
        queues: &Q,
        side: Side,
        completion: Completion,
        solicited: bool,
    ) {
        self.notify = true;
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
    let sends = pair.send.window();
    machine.receive(
        bytes,
        &mut Above {
            queues,
            receives,
            sends,
            incoming,
            reads,
        },
    )
}

/// Start-up has no memory and no queues.
struct Nobody;

impl Upper for Nobody {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        ReceiveBuffer::Refused(NoReceive)
    }
    fn receive_place(&mut self, _: u32, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn receive_done(&mut self, _: Received) {}
    fn receive_failed(&mut self, _: ReceiveFault) {}
    fn check_write(&mut self, _: Stag, _: u64, _: u32) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn write_place(&mut self, _: Stag, _: u64, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn check_read(&mut self, _: Stag, _: u64, _: u32) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn read_place(&mut self, _: u32, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn read_done(&mut self) {}
    fn invalidate(&mut self, _: Stag) -> Result<(), InvalidateError> {
        Err(InvalidateError::InvalidStag)
    }
}

/// The queues and the memory, for the time of one call of the machine.
struct Above<'a, Q: Queues> {
    queues: &'a Q,
    receives: Option<Window<'a, ReceiveRequest, Q::Allocator>>,
    sends: Option<Window<'a, SendRequest, Q::Allocator>>,
    incoming: &'a mut Incoming,
    reads: &'a mut Reads,
}

impl<Q: Queues> Above<'_, Q> {
    /// Copies to local buffers, `offset` bytes into the list.
    fn scatter(&self, list: &SgeList, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        let (mut at, mut rest) = (u64::from(offset), bytes);
        while !rest.is_empty() {
            let piece = list.at(at, rest.len() as u32).ok_or(AccessError::Bounds)?;
            let (head, tail) = rest.split_at(piece.length as usize);
            self.place(piece.token, piece.address, head, Access::LOCAL_WRITE)?;
            at += head.len() as u64;
            rest = tail;
        }
        Ok(())
    }

    fn place(
        &self,
        token: Stag,
        address: u64,
        bytes: &[u8],
        need: Access,
    ) -> Result<(), AccessError> {
        let domain = self.queues.queue_pair().domain;
        let length = bytes.len() as u64;
        let grant = self
            .queues
            .regions()
            .access(token, domain, address, length, need)
            .map_err(refused)?;
        grant.memory.write(grant.offset, bytes);
        Ok(())
    }

    fn check(
        &self,
        token: Stag,
        address: u64,
        length: u32,
        need: Access,
    ) -> Result<(), AccessError> {
        let domain = self.queues.queue_pair().domain;
        let grant = self
            .queues
            .regions()
            .access(token, domain, address, u64::from(length), need);
        grant.map(drop).map_err(refused)
    }

    /// The oldest receive leaves its queue, then its completion is seen (NDK-POST-10).
    fn finish_receive(&mut self, completion: Completion, solicited: bool) {
        self.incoming.current = false;
        let Some(window) = &mut self.receives else {
            return;
        };
        let Some(context) = window.get(0).map(|request| request.context) else {
            return;
        };
        window.retire();
        let completion = Completion {
            context,
            ..completion
        };
        self.incoming
            .complete(self.queues, Side::Receive, completion, solicited);
    }
}

impl<Q: Queues> Upper for Above<'_, Q> {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        if self.incoming.discarding {
            return ReceiveBuffer::Ready { capacity: u64::MAX };
        }
        let Some(window) = &self.receives else {
            return ReceiveBuffer::Wait;
        };
        match window.get(0) {
            Some(request) => {
                self.incoming.current = true;
                ReceiveBuffer::Ready {
                    capacity: request.sges.length(),
                }
            }
            // NDK-POST-33: hold the stream.
            None => ReceiveBuffer::Wait,
        }
    }

    fn receive_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        if !self.incoming.current {
            return Ok(());
        }
        let request = self.receives.as_ref().and_then(|window| window.get(0));
        self.scatter(&request.ok_or(AccessError::Bounds)?.sges, offset, bytes)
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
        self.finish_receive(completion, received.solicited);
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
        self.check(stag, to, len, Access::REMOTE_WRITE)
    }

    fn write_place(&mut self, stag: Stag, to: u64, bytes: &[u8]) -> Result<(), AccessError> {
        self.place(stag, to, bytes, Access::REMOTE_WRITE)
    }

    fn check_read(&mut self, stag: Stag, to: u64, len: u32) -> Result<(), AccessError> {
        self.check(stag, to, len, Access::REMOTE_READ)
    }

    fn read_place(&mut self, offset: u32, bytes: &[u8]) -> Result<(), AccessError> {
        let request = self
            .reads
            .oldest()
            .and_then(|n| self.sends.as_ref()?.get(n));
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
        let request = self
            .reads
            .pop()
            .and_then(|n| self.sends.as_mut()?.get_mut(n));
        if let Some(request) = request.filter(|request| request.progress == Progress::Started) {
            request.progress = Progress::Done(Status::Ok);
        }
    }

    fn invalidate(&mut self, stag: Stag) -> Result<(), InvalidateError> {
        let domain = self.queues.queue_pair().domain;
        let need = Access::REMOTE_INVALIDATE;
        // NDK-CQ-18: gone before the completion is seen.
        match self.queues.regions().invalidate(stag, domain, need) {
            Ok(region) => {
                drop(region);
                Ok(())
            }
            Err(Fault::Domain) => Err(InvalidateError::NotAssociated),
            Err(Fault::Rights) => Err(InvalidateError::Rights),
            Err(Fault::Token | Fault::Bounds | Fault::Wrap) => Err(InvalidateError::InvalidStag),
        }
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
