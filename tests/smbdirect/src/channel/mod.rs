//! One SMB Direct connection over NDK: posts what the [`Machine`] has to say, and tells it what arrived and how late it is.
//!
//! A channel belongs to one thread, which works on it whenever it waits for something: callbacks only leave what they
//! bring in an [`Inbox`], so nothing here runs at DISPATCH_LEVEL. A thread that has nothing to do calls
//! [`Channel::idle`], so that keep-alives are sent and answered.
//!
//! Whatever goes wrong, [`Channel::close`] ends the connection, and every request comes back.

mod error;
mod memory;
mod setup;
mod slots;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use softrnic_consumer::abi::NDK_SGE;
use softrnic_consumer::{
    Adapter, Arrival, Completed, Connector, Cq, Inbox, Mr, NtStatus, Patience, Pd, Qp, SLICE,
};
use softrnic_emulator::clock;

pub use error::ChannelError;
pub use memory::{Access, Loan, Mapped};
use slots::Slots;

use crate::machine::{Agreed, Event, Machine, Outgoing, Settings};
use crate::wire::Descriptor;

/// How long the disconnect event may lag behind the first cancelled request, and flushed requests behind the close.
const LAG: Duration = Duration::from_secs(5);
/// RDMA reads and writes of a channel outstanding at most.
const TRANSFERS: usize = 64;

/// What a request was, in the upper half of its context; the lower half is a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Receive = 1,
    Send = 2,
    Transfer = 3,
    /// Fast registration that is silent unless it fails.
    Register = 4,
    Invalidate = 5,
}

impl Kind {
    fn context(self, slot: usize) -> usize {
        (self as usize) << 32 | slot
    }

    fn of(context: usize) -> (Option<Self>, usize) {
        let all = [
            Self::Receive,
            Self::Send,
            Self::Transfer,
            Self::Register,
            Self::Invalidate,
        ];
        let kind = all.into_iter().find(|kind| *kind as usize == context >> 32);
        (kind, context & 0xFFFF_FFFF)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Receive => "a receive",
            Self::Send => "a send",
            Self::Transfer => "an RDMA transfer",
            Self::Register => "a fast registration",
            Self::Invalidate => "an invalidation",
        }
    }
}

/// A message of the peer's upper layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Tokens that it invalidated.
    pub invalidated: Vec<u32>,
}

/// Requests that have not completed.
#[derive(Default)]
struct Outstanding {
    receives: usize,
    transfers: usize,
    invalidations: usize,
}

/// A connection that is negotiated, or that was and is over.
pub struct Channel {
    connector: Option<Connector>,
    machine: Machine,
    agreed: Agreed,
    settings: Settings,
    patience: Patience,
    inbox: Arc<Inbox>,
    outgoing: Slots,
    incoming: Slots,
    outstanding: Outstanding,
    invalidated: Vec<u32>,
    heard: u64,
    qp: Arc<Qp>,
    regions: Vec<Mr>,
    free_regions: Vec<usize>,
    region_pages: usize,
    most_sge: usize,
    invalidates: bool,
    pd: Arc<Pd>,
    _cq: Arc<Cq>,
    adapter: Arc<Adapter>,
}

/// The machine's clock: the emulated computers'.
fn now() -> Duration {
    Duration::from_nanos(clock::nanoseconds())
}

impl Channel {
    /// What the negotiation brought.
    #[must_use]
    pub fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    /// The protection domain of its memory.
    #[must_use]
    pub fn pd(&self) -> &Arc<Pd> {
        &self.pd
    }

    /// The adapter it was opened on.
    #[must_use]
    pub fn adapter(&self) -> &Arc<Adapter> {
        &self.adapter
    }

    /// Its connector, until it is closed.
    #[must_use]
    pub fn connector(&self) -> Option<&Connector> {
        self.connector.as_ref()
    }

    /// Messages of SMB Direct that arrived, those without data included.
    #[must_use]
    pub fn messages_received(&self) -> u64 {
        self.heard
    }

    /// Whether messages can invalidate the peer's tokens, and tell which of ours they did: from NDK 1.2 on.
    #[must_use]
    pub fn can_invalidate(&self) -> bool {
        self.invalidates
    }

    /// Queues a message for the peer's upper layer, which invalidates `token` there when it has arrived, where the adapter
    /// can do that: who lent the memory looks whether it was done.
    ///
    /// # Errors
    /// When the message cannot be sent, or the connection is over.
    pub fn send(&mut self, bytes: Vec<u8>, token: Option<u32>) -> Result<(), ChannelError> {
        let message = Outgoing {
            bytes,
            invalidate: token.filter(|_| self.invalidates),
        };
        self.machine
            .send(message)
            .map_err(ChannelError::Unsendable)?;
        self.post_sends()
    }

    /// The next message of the peer's upper layer.
    ///
    /// # Errors
    /// Why there is none: the connection is over, or this end was asked to stop.
    pub fn receive(&mut self) -> Result<Message, ChannelError> {
        loop {
            if let Some(message) = self.event() {
                return Ok(message);
            }
            self.turn()?;
        }
    }

    /// Works on the connection for a while, without a message.
    ///
    /// # Errors
    /// As for [`Channel::receive`].
    pub fn idle(&mut self, time: Duration) -> Result<(), ChannelError> {
        let end = clock::after(time);
        while clock::nanoseconds() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Waits until all that was queued has been sent and has completed.
    ///
    /// # Errors
    /// As for [`Channel::receive`].
    pub fn drain(&mut self) -> Result<(), ChannelError> {
        while !self.machine.is_drained() || self.outgoing.in_use() > 0 {
            self.turn()?;
        }
        Ok(())
    }

    /// Writes `sges` to the peer's memory. More than one request, if there are more elements than one may have.
    ///
    /// # Errors
    /// When it cannot be posted, or the connection is over.
    pub fn write(&mut self, sges: &[NDK_SGE], to: &Descriptor) -> Result<(), ChannelError> {
        self.transfer(sges, to, |qp, context, part, at, token| {
            qp.handle().write(context, part, at, token, 0)
        })
    }

    /// Reads the peer's memory into `sges`.
    ///
    /// # Errors
    /// As for [`Channel::write`].
    pub fn read(&mut self, sges: &[NDK_SGE], from: &Descriptor) -> Result<(), ChannelError> {
        self.transfer(sges, from, |qp, context, part, at, token| {
            qp.handle().read(context, part, at, token, 0)
        })
    }

    fn transfer(
        &mut self,
        sges: &[NDK_SGE],
        memory: &Descriptor,
        post: impl Fn(&Qp, usize, &[NDK_SGE], u64, u32) -> NtStatus,
    ) -> Result<(), ChannelError> {
        let mut at = memory.offset.get();
        for part in sges.chunks(self.most_sge) {
            while self.outstanding.transfers >= TRANSFERS {
                self.turn()?;
            }
            let context = Kind::Transfer.context(0);
            post(&self.qp, context, part, at, memory.token.get())
                .ok()
                .map_err(|status| self.refused(Kind::Transfer, status))?;
            self.outstanding.transfers += 1;
            at += part.iter().map(|sge| u64::from(sge.Length)).sum::<u64>();
        }
        Ok(())
    }

    /// Waits until no RDMA transfer is outstanding.
    ///
    /// # Errors
    /// As for [`Channel::receive`].
    pub fn transfers_done(&mut self) -> Result<(), ChannelError> {
        while self.outstanding.transfers > 0 {
            self.turn()?;
        }
        Ok(())
    }

    fn event(&mut self) -> Option<Message> {
        loop {
            match self.machine.event()? {
                Event::Open(agreed) => self.agreed = agreed,
                Event::Message(bytes) => {
                    return Some(Message {
                        bytes,
                        invalidated: std::mem::take(&mut self.invalidated),
                    });
                }
            }
        }
    }

    /// Waits for one thing to happen, a slice of time at most, and does what follows from it.
    fn turn(&mut self) -> Result<(), ChannelError> {
        self.post_sends()?;
        if self.patience.is_over() {
            return Err(ChannelError::Stopped);
        }
        let until = self.machine.deadline().unwrap_or(Duration::MAX);
        let wait = until.saturating_sub(now()).min(SLICE);
        match self.inbox.wait(wait) {
            Arrival::Completed(completed) => self.completed(&completed)?,
            Arrival::Gone => return Err(self.gone(None)),
            Arrival::Nothing => {}
        }
        self.machine
            .elapsed(now())
            .map_err(ChannelError::Protocol)?;
        self.post_sends()
    }

    fn post_sends(&mut self) -> Result<(), ChannelError> {
        while self.outgoing.has_free()
            && let Some(message) = self.machine.transmit()
        {
            let (slot, sge) = self.outgoing.fill(&message.bytes);
            let (qp, context) = (self.qp.handle(), Kind::Send.context(slot));
            let posted = match message.invalidate {
                None => qp.send(context, &[sge], 0),
                Some(token) => qp.send_and_invalidate(context, &[sge], 0, token),
            };
            if let Err(status) = posted.ok() {
                self.outgoing.release(slot);
                return Err(self.refused(Kind::Send, status));
            }
        }
        Ok(())
    }

    fn post_receive(&mut self, slot: usize) -> Result<(), ChannelError> {
        let posted = self
            .qp
            .handle()
            .receive(Kind::Receive.context(slot), &[self.incoming.sge(slot)]);
        posted
            .ok()
            .map_err(|status| self.refused(Kind::Receive, status))?;
        self.outstanding.receives += 1;
        Ok(())
    }

    fn completed(&mut self, completed: &Completed) -> Result<(), ChannelError> {
        let (kind, slot) = Kind::of(completed.context);
        let kind = kind.ok_or(ChannelError::Nonsense("a context that is not ours"))?;
        self.count(kind, slot);
        if completed.status != NtStatus::SUCCESS {
            return Err(self.failure(kind, completed.status));
        }
        if kind == Kind::Receive {
            let bytes = self.incoming.read(slot, completed.bytes as usize);
            self.post_receive(slot)?;
            self.heard += 1;
            self.invalidated.extend(completed.invalidated);
            self.machine
                .received(&bytes, now())
                .map_err(ChannelError::Protocol)?;
        }
        Ok(())
    }

    /// One request less is outstanding.
    fn count(&mut self, kind: Kind, slot: usize) {
        match kind {
            Kind::Receive => self.outstanding.receives -= 1,
            Kind::Send => self.outgoing.release(slot),
            Kind::Transfer => self.outstanding.transfers -= 1,
            Kind::Invalidate => self.outstanding.invalidations -= 1,
            Kind::Register => {}
        }
    }

    /// What a refused post means: the end of a connection is told of by its event, and to whoever posts after it.
    fn refused(&mut self, kind: Kind, status: NtStatus) -> ChannelError {
        if status == NtStatus::CONNECTION_INVALID && self.inbox.is_gone(LAG) {
            self.gone(Some(status))
        } else {
            ChannelError::Call(kind.name(), status)
        }
    }

    /// What a failed request means: the end of a connection cancels what is outstanding (NDK-DISC-12).
    fn failure(&mut self, kind: Kind, status: NtStatus) -> ChannelError {
        if status == NtStatus::CANCELLED && self.inbox.is_gone(LAG) {
            self.gone(Some(status))
        } else {
            ChannelError::Completion(kind.name(), status)
        }
    }

    /// The connection is over. The event says nothing about completions (NDK-DISC-08): the request that failed, if one did, is
    /// among those that come back now.
    fn gone(&mut self, status: Option<NtStatus>) -> ChannelError {
        self.qp.handle().flush();
        match self.come_back() {
            Some((kind, status)) => ChannelError::Completion(kind.name(), status),
            None => ChannelError::Gone(status),
        }
    }

    /// Waits until every request has come back; the first that failed of itself.
    fn come_back(&mut self) -> Option<(Kind, NtStatus)> {
        let mut failed = None;
        let end = clock::after(LAG);
        while self.lost() > 0 && clock::nanoseconds() < end {
            if let Some(completed) = self.inbox.result(SLICE)
                && let (Some(kind), slot) = Kind::of(completed.context)
            {
                self.count(kind, slot);
                if ![NtStatus::SUCCESS, NtStatus::CANCELLED].contains(&completed.status) {
                    failed.get_or_insert((kind, completed.status));
                }
            }
        }
        failed
    }

    /// Requests that have not completed.
    fn lost(&self) -> usize {
        let Outstanding {
            receives,
            transfers,
            invalidations,
        } = self.outstanding;
        receives + transfers + invalidations + self.outgoing.in_use()
    }

    /// Ends the connection: gracefully if the peer takes part in that, by closing the connector if not. Then every request
    /// has come back. The status is that of `NdkDisconnect`.
    ///
    /// # Errors
    /// When requests did not come back, or this end was asked to stop.
    pub fn close(&mut self) -> Result<NtStatus, ChannelError> {
        let Some(connector) = self.connector.take() else {
            return Ok(NtStatus::SUCCESS);
        };
        let _last_words = self.say_the_rest();
        let disconnecting = connector.disconnect();
        let status = self.patience.settle(&disconnecting);
        self.let_go(connector)?;
        Ok(status?)
    }

    /// Ends the connection by closing the connector, at once and without a word. Then every request has come back.
    ///
    /// # Errors
    /// When requests did not come back.
    pub fn abort(&mut self) -> Result<(), ChannelError> {
        match self.connector.take() {
            Some(connector) => self.let_go(connector),
            None => Ok(()),
        }
    }

    /// Closes the connector and waits for whatever that cancels.
    fn let_go(&mut self, mut connector: Connector) -> Result<(), ChannelError> {
        self.qp.handle().flush();
        let closed = connector.close().wait();
        assert!(
            closed.is_success(),
            "NDK-LIFE-12: close failed with {closed}"
        );
        let _told_before = self.come_back();
        match self.lost() {
            0 => Ok(()),
            lost => Err(ChannelError::Lost(lost)),
        }
    }

    /// Sends what the machine still has to say when it has ended the connection: why (MS-SMBD 3.1.5.6).
    fn say_the_rest(&mut self) -> Result<(), ChannelError> {
        self.post_sends()?;
        let end = clock::after(self.settings.answer);
        while self.outgoing.in_use() > 0 && clock::nanoseconds() < end {
            match self.inbox.wait(SLICE) {
                Arrival::Gone => break,
                Arrival::Nothing => {}
                Arrival::Completed(completed) => {
                    if let (Some(kind), slot) = Kind::of(completed.context) {
                        self.count(kind, slot);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        // Whoever cares how it ends has called `close`.
        let _ = self.close();
    }
}
