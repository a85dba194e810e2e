//! One connection, from the TCP connect to the last callback: the protocol machine, the queue pair
//! it serves, and the order in which everything ends.
//!
//! Inputs are the methods; each leaves state behind, and [`Connection::pump`] then does what
//! follows from it: tells events, sends, retires requests, moves the ending along. One runner calls
//! all of it (`sync::Actor`), so there is no lock; calls up may re-enter the endpoint, which then
//! only leaves its input for the next round.

mod early;
mod ending;
mod framing;
mod heard;
mod nobody;
mod outgoing;
mod pins;
mod placing;
mod reads;
mod retire;
mod starting;

use crate::iwarp::{Config, Machine, Revision, Ticks};
use crate::rdma::SMB_DIRECT_PORT;
use crate::rdma::qp::Event as Change;

use super::api::{Failure, Params, Queues, ReadLimits, Said};
use super::decision::Decision;
use super::link::{Batch, Link, Up};
use ending::Ending;
use outgoing::Outgoing;
use placing::Incoming;
use reads::on_the_wire;

/// One second in [`Ticks`].
pub(crate) const SECOND: Ticks = 10_000_000;

/// How long a deferred request waits for the rest of its chain.
const LINGER: Ticks = SECOND / 1000;

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing asked yet.
    Idle,
    /// Active: TCP is connecting.
    Connecting,
    /// Active: the request is out.
    AwaitReply,
    /// Active: the peer did not understand; once the link is closed it is asked again, in revision 1.
    FallingBack,
    /// Active: the peer accepted, the consumer knows.
    Replied,
    /// Active: the consumer went on, the stream is not open yet.
    Completing,
    /// Passive: TCP is there, the request is not.
    AwaitRequest,
    /// Passive: the consumer decides.
    Offered,
    /// Passive: accepted, the peer has not gone on yet.
    Accepting,
    /// Data flows.
    Ready,
    /// Local disconnect: what was posted before it is finished.
    Draining,
    /// On the way down, see [`Ending`].
    Ending,
    /// The link is closed, the queues are flushed.
    Over,
}

/// Durations, all bounded (WSK-HAZ-10).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// TCP's connect.
    pub connect: Ticks,
    /// A local disconnect, from the call to both FINs (NDK-DISC-13).
    pub disconnect: Ticks,
    /// A Terminate or a reject on its way out.
    pub farewell: Ticks,
    /// Active: a peer that knows only MPA revision 1 is tried again in it.
    pub fall_back: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: 30 * SECOND,
            disconnect: 10 * SECOND,
            farewell: 2 * SECOND,
            fall_back: true,
        }
    }
}

/// What an input may use besides the connection.
pub(crate) struct Around<'a, L, U> {
    pub link: &'a mut L,
    pub up: &'a U,
    /// Asked only when the time matters, for that is seldom.
    pub clock: &'a dyn Fn() -> Ticks,
}

impl<L, U> Around<'_, L, U> {
    pub(super) fn now(&self) -> Ticks {
        (self.clock)()
    }
}

pub(crate) struct Connection<Q: Queues> {
    phase: Phase,
    machine: Machine,
    config: Config,
    patience: Patience,
    /// Active: what its consumer said, until the stream is open.
    private_data: Said<Q::Allocator>,
    reads: ReadLimits,
    queues: Option<Q>,
    outgoing: Outgoing,
    incoming: Incoming,
    ending: Ending,
    /// For the phases that have a deadline of ours.
    deadline: Option<Ticks>,
    /// When deferred requests are started that nothing else has started.
    lingering: Option<Ticks>,
}

impl<Q: Queues> Connection<Q> {
    pub(crate) fn new(config: &Config, patience: Patience) -> Self {
        Self {
            phase: Phase::Idle,
            machine: Machine::initiator(config),
            config: *config,
            patience,
            private_data: Said::nothing(),
            reads: ReadLimits::default(),
            queues: None,
            outgoing: Outgoing::default(),
            incoming: Incoming::default(),
            ending: Ending::default(),
            deadline: None,
            lingering: None,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the consumer may say no.
    pub(crate) fn decision(&self) -> Decision {
        match self.phase {
            Phase::Offered | Phase::Replied => Decision::Open,
            Phase::Ending | Phase::Over if self.ending.is_lost() => Decision::Lost,
            _ => Decision::None,
        }
    }

    /// When `pump` wants to be called for the time's sake.
    pub(crate) fn deadline(&self) -> Option<Ticks> {
        let machine = self
            .machine
            .poll_timeout()
            .filter(|_| self.phase != Phase::Over);
        let lingering = self.lingering.filter(|_| self.phase == Phase::Ready);
        earlier(earlier(machine, self.deadline), lingering)
    }

    /// A deferred request was posted: whether it may wait for what follows, and nothing else is to be done. The time is
    /// that of the first since the last ones were started by it, so that chains in a row need one timer.
    pub(crate) fn linger(&mut self, clock: &dyn Fn() -> Ticks) -> bool {
        let lingers = self.phase == Phase::Ready;
        if lingers {
            self.lingering.get_or_insert_with(|| clock() + LINGER);
        }
        lingers && !self.outgoing.came_back
    }

    /// The time is up, and what follows starts whatever was posted (NDK-POST-21).
    pub(crate) fn lingered(&mut self) {
        self.lingering = None;
    }

    /// Active, from `Idle`: the consumer's connect; TCP is connecting to that port.
    pub(crate) fn connect(
        &mut self,
        now: Ticks,
        port: u16,
        private_data: Said<Q::Allocator>,
        reads: ReadLimits,
        queues: Q,
    ) {
        self.choose(port);
        self.initiate();
        self.ending.link_opened();
        self.private_data = private_data;
        self.reads = reads;
        self.queues = Some(queues);
        self.phase = Phase::Connecting;
        self.deadline = Some(now + self.patience.connect);
    }

    /// Active: TCP has connected, or not.
    pub(crate) fn connected<L: Link, U: Up>(
        &mut self,
        result: Result<(), Failure>,
        around: &mut Around<'_, L, U>,
    ) {
        if self.phase != Phase::Connecting {
            return;
        }
        self.deadline = None;
        if let Err(failure) = result {
            return self.fall(failure, around);
        }
        self.phase = Phase::AwaitReply;
        let reads = on_the_wire(self.reads);
        if self
            .machine
            .request(around.now(), self.private_data.as_slice(), reads)
            .is_err()
        {
            self.fall(Failure::PrivateDataTooLong, around);
        }
    }

    /// A new machine takes kilobytes before it is in place: out of line, so that only this call has them on the stack.
    #[inline(never)]
    fn initiate(&mut self) {
        self.machine = Machine::initiator(&self.config);
    }

    /// As [`Self::initiate`].
    #[inline(never)]
    fn respond(&mut self, now: Ticks) {
        self.machine = Machine::responder(&self.config, now);
    }

    /// What differs from port to port.
    fn choose(&mut self, port: u16) {
        self.config.legacy_reads &= port == SMB_DIRECT_PORT;
    }

    /// RFC 6581 section 5: the peer closed without a word, as those of revision 1 do. The link goes,
    /// and comes again.
    fn fall_back<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        self.config.revision = Revision::One;
        self.phase = Phase::FallingBack;
        self.deadline = Some(around.now() + self.patience.connect);
        self.close_link(around.link);
    }

    /// The old link is gone, with all that was left of the first try.
    fn dial_again<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        self.initiate();
        self.outgoing = Outgoing::default();
        self.incoming.forget();
        self.ending = Ending::default();
        self.ending.link_opened();
        self.phase = Phase::Connecting;
        around.link.redial();
    }

    /// Passive: TCP has accepted at that port; the peer's request is awaited.
    pub(crate) fn accepted(&mut self, now: Ticks, port: u16) {
        self.choose(port);
        self.respond(now);
        self.ending.link_opened();
        self.phase = Phase::AwaitRequest;
    }

    /// Active: the consumer goes on.
    pub(crate) fn complete<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        match self.phase {
            Phase::Replied if self.machine.complete().is_ok() => {
                self.phase = Phase::Completing;
                self.incoming.stalled = false;
            }
            // The peer was lost meanwhile; its failure is the answer.
            Phase::Ending | Phase::Over => around.up.complete_done(Err(self.ending.lost())),
            _ => around.up.complete_done(Err(Failure::ConnectionInvalid)),
        }
    }

    /// Passive: the consumer accepts.
    pub(crate) fn accept<L: Link, U: Up>(
        &mut self,
        params: Params<'_>,
        queues: Q,
        around: &mut Around<'_, L, U>,
    ) {
        let answer = match self.phase {
            Phase::Offered => {
                let reads = on_the_wire(params.reads);
                self.machine
                    .accept(around.now(), params.private_data, reads)
                    .map_err(|_| Failure::Aborted)
            }
            Phase::Ending | Phase::Over => Err(self.ending.lost()),
            _ => Err(Failure::ConnectionInvalid),
        };
        self.queues = Some(queues);
        match answer {
            Ok(()) => self.phase = Phase::Accepting,
            Err(failure) => {
                self.change(Change::Refused);
                around.up.accept_done(Err(failure));
            }
        }
    }

    /// The consumer refuses: passive before accept, active before complete.
    pub(crate) fn reject<L: Link, U: Up>(
        &mut self,
        private_data: &[u8],
        around: &mut Around<'_, L, U>,
    ) {
        match self.phase {
            Phase::Offered if self.machine.reject(private_data).is_ok() => {
                self.farewell(Failure::Refused, around.now());
            }
            Phase::Offered | Phase::Replied => self.drop_link(Failure::Refused, around),
            _ => {}
        }
    }

    /// The consumer's graceful disconnect; its answer comes when the link is closed.
    pub(crate) fn disconnect<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        match self.phase {
            Phase::Ready => {
                self.ending.owes_disconnect = true;
                self.change(Change::Disconnect);
                self.phase = Phase::Draining;
                self.deadline = Some(around.now() + self.patience.disconnect);
                self.incoming.departing = true;
                self.incoming.stalled = false;
            }
            Phase::Draining | Phase::Ending => self.ending.owes_disconnect = true,
            Phase::Over => around.up.disconnect_done(self.ending.result()),
            _ => around.up.disconnect_done(Err(Failure::ConnectionInvalid)),
        }
    }

    /// The consumer cancels everything posted. What is on its way is finished, then the stream ends.
    pub(crate) fn flush(&mut self, now: Ticks) {
        if let Some(queues) = &self.queues {
            let _begins = queues.queue_pair().begin_flush();
        }
        match self.phase {
            Phase::Ready | Phase::Draining => {
                self.change(Change::Flush);
                self.incoming.discarding = true;
                self.cancel_pending();
                self.phase = Phase::Draining;
                let deadline = now + self.patience.disconnect;
                self.deadline = Some(self.deadline.map_or(deadline, |own| own.min(deadline)));
            }
            // Receives kept for a connection that is not there yet (NDK-FLUSH-05).
            _ => self.cancel_receives(),
        }
    }

    /// The consumer's last word.
    pub(crate) fn close<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        self.ending.close_asked = true;
        match self.phase {
            Phase::Idle => self.phase = Phase::Over,
            Phase::Over => {}
            // NDK-CON-22: an implicit reject.
            Phase::Offered if self.machine.reject(&[]).is_ok() => {
                self.farewell(Failure::Refused, around.now())
            }
            Phase::Ending if self.ending.rejecting => {}
            _ => self.drop_link(Failure::Cancelled, around),
        }
    }

    /// Does what follows from the inputs since the last time.
    pub(crate) fn pump<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>)
    where
        L::Batch: Batch<Q::Memory>,
    {
        self.outgoing.came_back = false;
        self.tick(around);
        self.let_go();
        self.take_fin();
        loop {
            self.tell(around);
            self.transmit(around.link);
            self.retire();
            if !self.machine.has_event() {
                break;
            }
        }
        // Nothing ends while data flows.
        let flows = self.phase == Phase::Ready;
        if !flows {
            self.end(around);
        }
        self.resume(around.link);
        if !flows {
            self.flush_if_over();
        }
        self.notify();
        if !flows {
            self.finish(around);
        }
    }

    /// Tells the consumer of what was completed.
    fn notify(&mut self) {
        let sides = core::mem::take(&mut self.incoming.notify);
        if let Some(queues) = self.queues.as_ref().filter(|_| sides.any()) {
            queues.notify(sides);
        }
    }

    /// Moves the queue pair's state; what does not fit is no change.
    fn change(&self, change: Change) {
        if let Some(queues) = &self.queues {
            let _same = queues.queue_pair().advance(change);
        }
    }

    fn resume<L: Link>(&mut self, link: &mut L) {
        if self.incoming.paused && !self.incoming.stalled && self.ending.link_is_open() {
            self.incoming.paused = false;
            link.resume();
        }
    }
}

fn earlier(one: Option<Ticks>, other: Option<Ticks>) -> Option<Ticks> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
