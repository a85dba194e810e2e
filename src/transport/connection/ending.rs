//! How a connection ends, whoever wanted it: farewell, FIN, the peer's FIN, link closed, queues
//! flushed, answers given; each step bounded by a deadline after which the link is simply closed.

use crate::iwarp::{Close, Error, Event};
use crate::rdma::qp::Event as Change;
use crate::rdma::{Cause, Status};

use super::super::api::{Failure, Queues};
use super::super::link::{Link, Up};
use super::{Around, Connection, Phase};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum LinkState {
    #[default]
    None,
    Open,
    Closing,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fin {
    #[default]
    NotYet,
    Asked,
    Done,
}

#[derive(Debug, Default)]
pub(super) struct Ending {
    link: LinkState,
    fin: Fin,
    /// Close the link as soon as the machine has finished, without FIN.
    abrupt: bool,
    /// A reject is on its way; a close waits for it.
    pub(super) rejecting: bool,
    pub(super) peer_fin: bool,
    pub(super) reset: bool,
    pub(super) owes_disconnect: bool,
    pub(super) close_asked: bool,
    pub(super) established: bool,
    told_disconnected: bool,
    told_closed: bool,
    /// Why, if not gracefully.
    failure: Option<Failure>,
}

impl Ending {
    pub(super) fn link_opened(&mut self) {
        self.link = LinkState::Open;
    }

    pub(super) fn link_is_open(&self) -> bool {
        self.link == LinkState::Open
    }

    /// NDK-DISC-01: success only if the peer's notification came.
    pub(super) fn result(&self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }

    /// What is said with requests that fail now.
    pub(super) fn cause(&self) -> Cause {
        self.failure.map_or(Cause::Own, Failure::cause)
    }

    /// Whether the peer or the network ended it, and not the consumer's own no.
    pub(super) fn is_lost(&self) -> bool {
        let own = matches!(self.failure, Some(Failure::Refused | Failure::Cancelled));
        self.failure.is_some() && !own
    }

    /// What is said to a call that comes too late.
    pub(super) fn lost(&self) -> Failure {
        self.failure.unwrap_or(Failure::Aborted)
    }
}

impl<Q: Queues> Connection<Q> {
    /// The link has sent our FIN.
    pub(crate) fn fin_done(&mut self) {
        self.ending.fin = Fin::Done;
    }

    /// The link is gone; every batch has come back.
    pub(crate) fn link_closed(&mut self) {
        self.ending.link = LinkState::Closed;
    }

    /// Start-up does not work out.
    pub(super) fn fall<L: Link, U: Up>(&mut self, failure: Failure, around: &mut Around<'_, L, U>) {
        self.drop_link(failure, around);
    }

    /// Keeps the peer's private data, if the event announces any. Without room for it the connection ends: nobody hears
    /// of a request (NDK-CON-05), and an answer is as none.
    pub(super) fn keeps_what_is_said<L: Link, U: Up>(
        &mut self,
        event: Event,
        around: &mut Around<'_, L, U>,
    ) -> bool {
        match event {
            Event::PeerRequest { .. } | Event::PeerReply { .. } | Event::PeerReject { .. } => {}
            Event::Established | Event::PeerClosed | Event::Failed(_) => return true,
        }
        let kept = around.up.peer_said(self.machine.private_data());
        if !kept {
            // Nobody was told of it yet, so nobody will close it.
            self.ending.close_asked |= self.phase == Phase::AwaitRequest;
            self.fall(Failure::NoResources, around);
        }
        kept
    }

    /// Closes the link now; a call that still waits is answered.
    pub(super) fn drop_link<L: Link, U: Up>(
        &mut self,
        failure: Failure,
        around: &mut Around<'_, L, U>,
    ) {
        self.ending.failure.get_or_insert(failure);
        let phase = core::mem::replace(&mut self.phase, Phase::Ending);
        self.answer(phase, failure, around.up);
        self.close_link(around.link);
    }

    /// Ends with a last frame and a FIN, for a short time.
    pub(super) fn farewell(&mut self, failure: Failure, now: u64) {
        self.ending.failure.get_or_insert(failure);
        self.ending.rejecting = true;
        self.phase = Phase::Ending;
        self.deadline = Some(now + self.patience.farewell);
    }

    /// The machine has given up. What it still has to say goes out first.
    pub(super) fn failed<L: Link, U: Up>(&mut self, error: Error, around: &mut Around<'_, L, U>) {
        let phase = self.phase;
        if phase == Phase::AwaitReply && self.patience.fall_back && self.machine.may_fall_back() {
            return self.fall_back(around);
        }
        let failure = failure_of(error, phase);
        let ended = matches!(phase, Phase::Ending | Phase::Over);
        match failure {
            // Behind our FIN nothing can be said any more.
            Failure::Terminated { by_peer: false, .. } if ended => {}
            Failure::Terminated {
                by_peer,
                layer_and_type,
                code,
            } => around.up.terminated(by_peer, layer_and_type, code),
            _ => {}
        }
        if ended {
            return;
        }
        self.ending.failure.get_or_insert(failure);
        self.ending.abrupt = error.close() == Close::Reset;
        // Nobody was told of it yet, so nobody will close it.
        self.ending.close_asked |= phase == Phase::AwaitRequest;
        self.phase = Phase::Ending;
        self.deadline = Some(around.now() + self.patience.farewell);
        self.incoming.discarding = true;
        if let Some((at, status)) = self.offender(error) {
            self.blame(at, status);
        }
        self.answer(phase, failure, around.up);
    }

    fn offender(&self, error: Error) -> Option<(Option<usize>, Status)> {
        match error {
            Error::LocalAccess(_) => Some((self.outgoing.current, Status::AccessViolation)),
            Error::ReadSink(_) => Some((self.outgoing.reads.oldest(), Status::AccessViolation)),
            Error::PeerTerminated(_) => {
                let read = self.machine.failed_read()?;
                Some((self.outgoing.reads.nth(read), Status::RemoteError))
            }
            _ => None,
        }
    }

    /// Tells the consumer what the end means to the call it waits for, and moves the queue pair.
    pub(super) fn answer<U: Up>(&mut self, phase: Phase, failure: Failure, up: &U) {
        match phase {
            Phase::Connecting | Phase::AwaitReply | Phase::FallingBack => {
                // NDK-CON-08: the queue pair is as before, and no longer ours.
                self.change(Change::Refused);
                self.queues = None;
                up.connect_done(Err(failure));
            }
            Phase::Completing | Phase::Accepting => {
                self.change(Change::Fail);
                self.incoming.discarding = true;
                match phase {
                    Phase::Completing => up.complete_done(Err(failure)),
                    _ => up.accept_done(Err(failure)),
                }
            }
            Phase::Ready | Phase::Draining => {
                self.change(Change::Fail);
                self.incoming.discarding = true;
                self.cancel_receives();
                self.tell_disconnected(up, Some(failure));
            }
            Phase::Replied => self.change(Change::Fail),
            Phase::Idle | Phase::AwaitRequest | Phase::Offered | Phase::Ending | Phase::Over => {}
        }
    }

    /// NDK-DISC-05, NDK-DISC-06: of a connection that was there, at most once, and not when the
    /// consumer itself has disconnected or closed.
    pub(super) fn tell_disconnected<U: Up>(&mut self, up: &U, lost: Option<Failure>) {
        let ending = &mut self.ending;
        let unasked = ending.established && !ending.owes_disconnect && !ending.close_asked;
        if unasked && !core::mem::replace(&mut ending.told_disconnected, true) {
            up.disconnected(lost);
        }
    }

    /// Time has passed.
    pub(super) fn tick<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        if self
            .machine
            .poll_timeout()
            .is_some_and(|due| due <= around.now())
        {
            self.machine.handle_timeout(around.now());
        }
        if self.deadline.is_some_and(|due| due <= around.now()) {
            self.deadline = None;
            self.drop_link(Failure::TimedOut, around);
        }
    }

    /// Moves the ending along.
    pub(super) fn end<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        if self.phase == Phase::Draining && self.outgoing.finished {
            self.phase = Phase::Ending;
        }
        if self.phase == Phase::FallingBack
            && self.ending.link == LinkState::Closed
            && self.nothing_pending()
        {
            return self.dial_again(around);
        }
        if self.phase != Phase::Ending || !self.ending.link_is_open() {
            return;
        }
        if self.ending.reset {
            self.ending.failure.get_or_insert(Failure::Aborted);
            return self.close_link(around.link);
        }
        // A FIN that comes in one segment with a refusal is seen before it by one peer (siw), which then knows no
        // reason: a refusal is acknowledged first.
        let held = self.ending.rejecting && !self.nothing_pending();
        if self.outgoing.finished && !held && self.ending.fin == Fin::NotYet {
            if self.ending.abrupt {
                return self.close_link(around.link);
            }
            self.ending.fin = Fin::Asked;
            around.link.disconnect();
        }
        // WSK-DIS-11: closing before both directions are shut is a reset.
        if self.ending.fin == Fin::Done && self.ending.peer_fin {
            self.tell_disconnected(around.up, None);
            self.close_link(around.link);
        }
    }

    pub(super) fn close_link<L: Link>(&mut self, link: &mut L) {
        match self.ending.link {
            LinkState::Open => {
                self.ending.link = LinkState::Closing;
                link.close();
            }
            LinkState::None => self.ending.link = LinkState::Closed,
            LinkState::Closing | LinkState::Closed => {}
        }
    }

    /// NDK-FLUSH-04: the link is closed, so nothing below touches our memory: flush.
    pub(super) fn flush_if_over(&mut self) {
        if self.phase != Phase::Ending
            || self.ending.link != LinkState::Closed
            || !self.nothing_pending()
        {
            return;
        }
        self.phase = Phase::Over;
        self.deadline = None;
        self.incoming.discarding = true;
        self.change(Change::Fail);
        self.cancel_all();
    }

    /// The last answers.
    pub(super) fn finish<L: Link, U: Up>(&mut self, around: &mut Around<'_, L, U>) {
        if self.phase != Phase::Over {
            return;
        }
        if core::mem::take(&mut self.ending.owes_disconnect) {
            self.ending.told_disconnected = true;
            around.up.disconnect_done(self.ending.result());
        }
        // One that a flush had begun to end, and the peer or the time ended otherwise.
        self.tell_disconnected(around.up, self.ending.failure);
        if self.ending.close_asked && !core::mem::replace(&mut self.ending.told_closed, true) {
            self.queues = None;
            around.up.closed();
        }
    }
}

/// What the consumer is told of the machine's reason.
fn failure_of(error: Error, phase: Phase) -> Failure {
    match error {
        Error::RequestTimeout | Error::ReplyTimeout | Error::FirstFpduTimeout => Failure::TimedOut,
        // NDK-CON-05: a listener that is paused, closing or out of room resets what it does not take.
        Error::Reset | Error::FinInStartup if phase == Phase::AwaitReply => Failure::Refused,
        Error::StartupKey
        | Error::StartupRevision { .. }
        | Error::StartupLength { .. }
        | Error::StartupBlock
        | Error::ReplyNotEnhanced
        | Error::NoMatchingRtr
        | Error::InsufficientIrd { .. } => Failure::Protocol,
        Error::PeerTerminated(terminate) => Failure::Terminated {
            by_peer: true,
            layer_and_type: terminate.layer_and_type,
            code: terminate.code,
        },
        other => match other.told() {
            Some((layer_and_type, code)) => Failure::Terminated {
                by_peer: false,
                layer_and_type,
                code,
            },
            None => Failure::Aborted,
        },
    }
}
