//! One connection on one socket: inputs from everywhere become bits, and whoever brings the first
//! one runs the connection.
//!
//! A consumer's call below DISPATCH_LEVEL, a WSK event and a DPC run it at once; an IRP completion
//! routine only leaves its bit (WSK-IRP-08), and so does a consumer's call at DISPATCH_LEVEL, for the
//! consumer may hold a spin lock that its callbacks take, and whoever finds it running, on this stack
//! or elsewhere. What is left when nobody runs is taken up by the endpoint's own DPC, as is what
//! exceeds a turn's budget (WSK-HAZ-06).

mod rare;
mod returned;

use core::net::SocketAddr;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::nt::clock::{self, Ticks};
use crate::nt::irql::is_dispatch;
use crate::nt::{Box, Dpc, Ref, Status, Tag, Timer};
use crate::sync::{Actor, Mailbox, Once, Revocable, Turn};
use crate::wsk::events::End;
use crate::wsk::{self, Accept, Indication, Local, NotConnected, SendBatch, Socket};

use super::api::{Failure, PrivateData, Queues, ReadLimits, Said};
use super::connection::{Around, Connection, Phase};
use super::decision::Standing;
use super::endpoint::{Events, failure_of};
use super::input;
use super::listener::Origin;
use super::settings::Settings;
use super::wire::{Home, Wire, lot_of};
pub(super) use rare::{Answer, Dial};
use returned::Returned;

/// Rounds of a turn before it goes on in a DPC.
const ROUNDS: usize = 16;

/// Bytes taken of one indication, about half a millisecond's; the rest is asked for again.
const TAKEN: usize = 1024 * 1024;

/// What the runner alone touches.
pub(super) struct Runner<Q: Queues> {
    connection: Connection<Q>,
    /// When the timer goes off.
    alarm: Option<u64>,
}

pub(super) struct Core<E: Events> {
    actor: Actor<Runner<E::Queues>>,
    first: Socket<Self>,
    /// Active: for the second try, made then.
    second: Once<Socket<Self>>,
    dpc: Dpc<Self>,
    timer: Timer<Self>,
    /// Itself, from the moment there is a link until it has closed.
    this: Revocable<Ref<Self>>,
    pub(super) events: Revocable<E>,
    /// Passive: where it came from, and the handle the consumer is to get.
    origin: Revocable<Origin<E>>,
    pub(super) dial: Mailbox<Dial<E::Queues>>,
    connected: Mailbox<Result<(), Failure>>,
    pub(super) answer: Mailbox<Answer<E::Queues>>,
    /// Room for a refusal's private data, until the stream is open: no lack of memory keeps a consumer from saying no.
    pub(super) slate: Mailbox<Box<PrivateData>>,
    pub(super) refusal: Mailbox<Box<PrivateData>>,
    pub(super) standing: Standing,
    pub(super) home: Home,
    returned: Returned,
    pub(super) peer: Once<Said<<E::Queues as Queues>::Allocator>>,
    reads: AtomicU32,
    /// Passive: where the peer came to.
    pub(super) local: Once<SocketAddr>,
    /// Active: where we were told to connect from; its port may be 0.
    from: Once<Local>,
    pub(super) remote: Once<SocketAddr>,
}

impl<E: Events> Core<E> {
    pub(super) fn try_new(settings: &Settings) -> Result<Ref<Self>, Status> {
        let home = Home::try_new(settings)?;
        let socket = Socket::try_new()?;
        let dpc = Dpc::try_new(|core: Ref<Self>| core.run(0))?;
        let timer = Timer::try_new(|core: Ref<Self>| core.run(input::TIMER))?;
        let slate = Box::try_new_with(Tag::OBJECT, PrivateData::default)?;
        let (config, patience) = (settings.config(), settings.patience());
        let core = Ref::try_new_with(|| Self {
            actor: Actor::new(Runner {
                connection: Connection::new(&config, patience),
                alarm: None,
            }),
            first: socket,
            second: Once::new(),
            dpc,
            timer,
            this: Revocable::empty(),
            events: Revocable::empty(),
            origin: Revocable::empty(),
            dial: Mailbox::new(),
            connected: Mailbox::new(),
            answer: Mailbox::new(),
            slate: Mailbox::new(),
            refusal: Mailbox::new(),
            standing: Standing::new(),
            home,
            returned: Returned::new(),
            peer: Once::new(),
            reads: AtomicU32::new(0),
            local: Once::new(),
            from: Once::new(),
            remote: Once::new(),
        })?;
        let _empty = core.slate.put(slate);
        // From here on only its end takes this away: `retire`.
        let _empty = core.this.fill(core.clone());
        Ok(core)
    }

    /// The one in use.
    pub(super) fn socket(&self) -> &Socket<Self> {
        self.second.get().unwrap_or(&self.first)
    }

    /// Passive: the socket has a peer.
    pub(super) fn accepted(
        &self,
        local: Option<SocketAddr>,
        remote: SocketAddr,
        origin: Origin<E>,
    ) {
        if let Some(local) = local {
            let _first = self.local.fill(local);
        }
        let _first = self.remote.fill(remote);
        let _first = self.origin.fill(origin);
        self.run(input::ACCEPTED);
    }

    /// Leaves inputs and runs the connection, unless somebody does.
    pub(super) fn run(&self, inputs: u32) {
        if let Some(turn) = self.actor.post(inputs) {
            self.rounds(turn);
        }
    }

    /// Leaves inputs of a consumer's call. NDK-IRQL-05: one at DISPATCH_LEVEL, which may hold a spin lock
    /// or be a callback itself, is never called back on its own stack.
    pub(super) fn ask(&self, inputs: u32) {
        let Some(turn) = self.actor.post(inputs) else {
            return;
        };
        match is_dispatch() {
            true => self.put_off(turn),
            false => self.rounds(turn),
        }
    }

    /// Leaves inputs; if nobody runs the connection, a DPC will.
    pub(super) fn leave(&self, inputs: u32) {
        if self.actor.leave(inputs) {
            self.kick();
        }
    }

    /// As [`Core::leave`]; nobody runs if the last turn did not wait for these.
    fn leave_to_rest(&self, inputs: u32) {
        if self.actor.leave_to_rest(inputs) {
            self.kick();
        }
    }

    /// A consumer has posted a receive. NDK-IRQL-05 as [`Core::ask`].
    pub(super) fn receive_posted(&self) {
        if self.actor.leave_to_rest(input::RECEIVE) {
            self.ask(0);
        }
    }

    fn kick(&self) {
        if let Some(this) = self.this.access() {
            self.dpc.queue(this.clone());
        }
    }

    fn rounds(&self, mut turn: Turn<'_, Runner<E::Queues>>) {
        for _ in 0..ROUNDS {
            let inputs = turn.take();
            self.round(inputs, &mut turn);
            match Self::finish(turn) {
                Ok(()) => return,
                Err(again) => turn = again,
            }
        }
        self.put_off(turn);
    }

    /// A DPC goes on with it.
    fn put_off(&self, turn: Turn<'_, Runner<E::Queues>>) {
        turn.defer(0);
        self.kick();
    }

    /// Ends the turn, unless there is more to do.
    fn finish<'a>(turn: Turn<'a, Runner<E::Queues>>) -> Result<(), Turn<'a, Runner<E::Queues>>> {
        let mut may_rest = 0;
        if !turn.connection.awaits_sent() {
            may_rest |= input::SENT;
        }
        if !turn.connection.awaits_receive() {
            may_rest |= input::RECEIVE;
        }
        turn.finish(may_rest)
    }

    fn round(&self, inputs: u32, runner: &mut Runner<E::Queues>) {
        let Runner { connection, alarm } = runner;
        self.settle(inputs, connection);
        let news = inputs & !input::SENT;
        if news == input::LINGER && connection.linger(&|| clock::now().0) {
            return self.set_alarm(alarm, connection.deadline());
        }
        if inputs & input::TIMER != 0 {
            connection.lingered();
            // It is not set any more, and may have expired a tick of the system's clock too early.
            *alarm = None;
        }
        let mut wire = Wire { core: self };
        let around = &mut Around {
            link: &mut wire,
            up: self,
            clock: &|| clock::now().0,
        };
        if news & !input::POSTED != 0 {
            connection.tell(around);
            self.rare(inputs, connection, around);
            // Before anybody is told what came of it.
            self.standing.follow(|| connection.decision());
        }
        if inputs & input::UNWANTED != 0 && connection.phase() == Phase::AwaitRequest {
            // The place is free at once; the dropped handle's close ends the rest.
            self.abandon();
        }
        if news & input::POSTED != 0 {
            connection.doorbell();
        }
        connection.pump(around);
        self.standing.follow(|| connection.decision());
        self.set_alarm(alarm, connection.deadline());
    }

    fn set_alarm(&self, alarm: &mut Option<u64>, deadline: Option<u64>) {
        if *alarm != deadline {
            *alarm = deadline;
            self.change_alarm(deadline);
        }
    }

    #[inline(never)]
    fn change_alarm(&self, deadline: Option<u64>) {
        let Some(due) = deadline else {
            drop(self.timer.cancel());
            return;
        };
        if let Some(this) = self.this.access() {
            let after = due.saturating_sub(clock::now().0);
            self.timer.arm(this.clone(), Ticks(after));
        }
    }

    /// A batch that is ours again; anywhere. That it was sent may wait for the next turn, unless
    /// something waits for it; that it was not may not.
    pub(super) fn put_back(&self, batch: SendBatch, ok: bool) {
        let lot = lot_of(&batch);
        self.home.keep(batch);
        self.returned.tell(lot, ok);
        match ok {
            true => self.leave_to_rest(input::SENT),
            false => self.leave(input::SEND_FAILED),
        }
    }

    /// Takes note of what was sent.
    fn settle(&self, inputs: u32, connection: &mut Connection<E::Queues>) {
        if inputs & (input::SENT | input::SEND_FAILED) != 0 {
            self.returned.take(|lot, ok| connection.sent(lot, ok));
        }
    }

    pub(super) fn tell(&self, tell: impl FnOnce(&E)) {
        if let Some(events) = self.events.access() {
            tell(&events);
        }
    }

    /// Passive: hands the connection to the listener, or drops it (NDK-LSN-04, NDK-LSN-09).
    pub(super) fn offer(&self) {
        if let Some(origin) = self.origin.revoke() {
            origin.offer();
        }
    }

    /// Passive: one that nobody hears of.
    fn abandon(&self) {
        if let Some(origin) = self.origin.revoke() {
            origin.abandon();
        }
    }

    /// The last thing of a connection's life.
    pub(super) fn retire(&self) {
        self.abandon();
        if let Some(events) = self.events.revoke() {
            events.closed();
        }
        drop(self.timer.cancel());
        drop(self.this.revoke());
    }

    pub(super) fn set_reads(&self, reads: ReadLimits) {
        let both = u32::from(reads.inbound) << 16 | u32::from(reads.outbound);
        self.reads.store(both, Ordering::Release);
    }

    pub(super) fn reads(&self) -> ReadLimits {
        let both = self.reads.load(Ordering::Acquire);
        ReadLimits {
            inbound: (both >> 16) as u16,
            outbound: both as u16,
        }
    }

    /// Takes what it can of an indication, in the turn.
    fn take(&self, data: &Indication<'_>, turn: &mut Turn<'_, Runner<E::Queues>>) -> usize {
        let mut taken = 0;
        for bytes in data.chunks() {
            let part = turn.connection.received(bytes);
            taken += part;
            if part < bytes.len() || taken >= TAKEN {
                break;
            }
        }
        if taken < data.len() {
            turn.connection.paused();
        }
        taken
    }
}

impl<E: Events> wsk::Events for Core<E> {
    fn connected(&self, result: Result<(), NotConnected>) {
        let result = result.map_err(|why| match why {
            NotConnected::There(Status::ADDRESS_ALREADY_EXISTS) => Failure::PairInUse,
            NotConnected::Here(status) | NotConnected::There(status) => failure_of(status),
        });
        let _once = self.connected.put(result);
        self.run(input::CONNECTED);
    }

    fn received(&self, data: &Indication<'_>) -> Accept {
        let mut turn = loop {
            if let Some(turn) = self.actor.post(0) {
                break turn;
            }
            // Busy: whoever runs sees this and asks for the data again.
            if !self.actor.leave(input::REFUSED) {
                return Accept::Nothing;
            }
            // Not any more: the bit is ours to take back.
        };
        // What rests goes on resting until the consumer has been called.
        let rests = turn.inputs() & !(input::SENT | input::RECEIVE | input::REFUSED) == 0;
        if !rests || turn.connection.awaits_receive() {
            let inputs = turn.take() & !input::REFUSED;
            self.round(inputs, &mut turn);
        }
        let taken = self.take(data, &mut turn);
        turn.connection.notify_first();
        turn.connection.send_first(&mut Wire { core: self });
        // What was posted meanwhile is started, deferred or not; what was refused is what has come.
        let inputs = turn.take() & !(input::LINGER | input::REFUSED);
        self.round(inputs, &mut turn);
        match Self::finish(turn) {
            Ok(()) => {}
            Err(turn) => self.rounds(turn),
        }
        if taken == data.len() {
            Accept::All
        } else {
            Accept::Bytes(taken)
        }
    }

    fn disconnected(&self, end: End) {
        match end {
            End::Fin => self.run(input::FIN),
            End::Reset | End::Dead => self.run(input::RESET),
        }
    }

    fn sent(&self, batch: SendBatch, result: Result<(), Status>) {
        self.put_back(batch, result.is_ok());
    }

    fn resumed(&self, result: Result<(), Status>) {
        // Indications come again; if they will not, nothing ever does.
        if result.is_err() {
            self.leave(input::RESET);
        }
    }

    fn local_disconnect_done(&self, result: Result<(), Status>) {
        self.leave(if result.is_ok() {
            input::FIN_DONE
        } else {
            input::RESET
        });
    }

    fn closed(&self) {
        self.leave(input::LINK_CLOSED);
    }
}
