//! The send path: posted requests and the machine's own frames, joined into batches.
//!
//! Everything that is queued goes out in one call (`Link::send`); small payloads are copied into
//! the batch, large ones are described in place and their regions pinned until the batch is back.

use crate::iwarp::{MAX_READS, Machine, Transmit};
use crate::rdma::queue::Window;
use crate::rdma::request::Progress;
use crate::rdma::stag::Grant;
use crate::rdma::{Flags, Op, SendRequest, Stag, Status};
use crate::sync::Allocate;
use crate::sync::revocable::Pin;

use super::super::api::Queues;
use super::super::link::{BATCHES, Batch, Link, SMALL};
use super::framing::Framer;
use super::pins::{PINS, Pins};
use super::starting::{Begin, begin};
use super::{Connection, Phase};

/// Which requests are reads under way: positions in the send queue, oldest first.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Requests retired so far: the position of the queue's oldest.
    base: u64,
    /// Without their upper halves: they are fewer apart.
    positions: [u32; MAX_READS],
    first: usize,
    count: usize,
}

impl Reads {
    /// Where the oldest read lies in the queue's window.
    pub(super) fn oldest(&self) -> Option<usize> {
        self.nth(0)
    }

    /// Where the `n`th read lies there, the oldest being 0.
    pub(super) fn nth(&self, n: usize) -> Option<usize> {
        let place = (self.first + n) % MAX_READS;
        let position = self.positions.get(place).filter(|_| n < self.count)?;
        // One that is older than the queue's oldest was retired with it: what comes out is outside of every window.
        Some(position.wrapping_sub(self.base as u32) as usize)
    }

    pub(super) fn pop(&mut self) -> Option<usize> {
        let oldest = self.oldest();
        if self.count > 0 {
            self.first = (self.first + 1) % MAX_READS;
            self.count -= 1;
        }
        oldest
    }

    fn push(&mut self, n: usize) {
        // The machine starts no more reads than MAX_READS.
        if let Some(place) = self
            .positions
            .get_mut((self.first + self.count) % MAX_READS)
        {
            *place = (self.base as u32).wrapping_add(n as u32);
            self.count += 1;
        }
    }
}

/// One batch under way.
#[derive(Debug, Default)]
struct Lot {
    /// Offset in the stream where it ends.
    end: u64,
    state: Sent,
    /// Regions it pins.
    pinned: u8,
}

const _: () = assert!(PINS <= u8::MAX as usize);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Sent {
    #[default]
    Pending,
    Done,
    Failed,
}

/// What the send path remembers.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// The first request not started, in the queue's window.
    pub(super) next: usize,
    /// The request being framed.
    pub(super) current: Option<usize>,
    /// Some of it was left in place, in the batch being filled.
    in_place: bool,
    /// Offset in the stream where the last batch ends in which some of it was.
    until: u64,
    pub(super) reads: Reads,
    lots: [Lot; BATCHES],
    /// Of all lots, those of the oldest first; at the end those of the one being filled.
    pins: Pins,
    first: usize,
    pending: usize,
    /// Those of them that pin regions.
    pinning: usize,
    /// There is more to send than batches at home.
    crowded: bool,
    /// The last batch held more than a small one does: so will the next, as a rule.
    much: bool,
    /// A batch came back that something waits for; what follows has yet to be done.
    pub(super) came_back: bool,
    /// Bytes handed to the link, and bytes it is done with.
    streamed: u64,
    pub(super) sent: u64,
    /// The machine was told that nothing more will be started.
    disconnected: bool,
    /// The machine has nothing to send ever again, and the link has all of it.
    pub(super) finished: bool,
}

impl<Q: Queues> Connection<Q> {
    /// A batch came back.
    pub(crate) fn sent(&mut self, lot: usize, ok: bool) {
        self.outgoing.came_back |= self.awaits_sent();
        let state = if ok { Sent::Done } else { Sent::Failed };
        if let Some(lot) = self.outgoing.lots.get_mut(lot) {
            lot.state = state;
        }
        while self.outgoing.pending > 0 && self.settle_oldest() {}
        // WSK-TX-04: framing is lost.
        if !ok {
            self.reset();
        }
    }

    /// Retires the oldest batch if it is back.
    fn settle_oldest(&mut self) -> bool {
        let Some(lot) = self.outgoing.lots.get_mut(self.outgoing.first) else {
            return false;
        };
        match lot.state {
            Sent::Pending => return false,
            Sent::Done => self.outgoing.sent = lot.end,
            Sent::Failed => {}
        }
        let pinned = core::mem::take(&mut lot.pinned);
        for _ in 0..pinned {
            let pin = self.outgoing.pins.take_oldest();
            self.unpin(pin);
        }
        self.outgoing.pinning -= usize::from(pinned > 0);
        self.outgoing.first = (self.outgoing.first + 1) % BATCHES;
        self.outgoing.pending -= 1;
        true
    }

    /// Whether anything waits for a batch to come back: memory that is not ours, what has no batch, an end.
    pub(crate) fn awaits_sent(&self) -> bool {
        let outgoing = &self.outgoing;
        let waits = self.phase != Phase::Ready || outgoing.crowded || outgoing.pinning > 0;
        waits && outgoing.pending > 0
    }

    /// Whether the link has none of our memory.
    pub(super) fn nothing_pending(&self) -> bool {
        self.outgoing.pending == 0
    }

    /// Hands out what there is, batch after batch, while the link has some at home.
    pub(super) fn transmit<L: Link<Batch: Batch<Q::Memory>>>(&mut self, link: &mut L) {
        self.outgoing.crowded = false;
        if self.has_nothing_to_send() {
            return;
        }
        while self.ending.link_is_open() && !self.outgoing.finished {
            let room = self.outgoing.pending < BATCHES;
            let Some(mut batch) = room.then(|| link.batch(self.outgoing.much)).flatten() else {
                self.outgoing.crowded = true;
                return;
            };
            let slot = (self.outgoing.first + self.outgoing.pending) % BATCHES;
            let Some(outcome) = self.fill_somehow(&mut batch) else {
                self.outgoing.crowded = true;
                return link.keep(batch);
            };
            self.outgoing.finished = outcome == Transmit::Finished;
            if batch.length() == 0 {
                link.keep(batch);
                if outcome == Transmit::Full {
                    // A frame that fits in no batch.
                    self.machine.fail();
                }
                return;
            }
            self.outgoing.filled(slot, batch.length());
            if !link.send(slot, batch) {
                // WSK-TX-04: what came behind it would be whole frames, and the peer would never know.
                return self.reset();
            }
            if outcome != Transmit::Full {
                return;
            }
        }
    }

    /// Seen without a batch: while data flows, whether there is neither a request nor an answer to start or go on with.
    fn has_nothing_to_send(&self) -> bool {
        let all_started = |queues: &Q| queues.queue_pair().send.len() <= self.outgoing.next;
        self.phase == Phase::Ready
            && self.machine.is_silent()
            && self.queues.as_ref().is_none_or(all_started)
    }

    /// Fills one batch; why it stopped. `None` when the next frame has to wait until a batch comes back.
    fn fill_somehow<B: Batch<Q::Memory>>(&mut self, batch: &mut B) -> Option<Transmit> {
        let outcome = self.fill(batch, None);
        if batch.length() > 0 {
            return Some(outcome);
        }
        self.give_up_pins();
        if outcome != Transmit::Full {
            return Some(outcome);
        }
        // Others have the large batches, those under way keep all regions there is room for, or no batch can
        // describe memory in so many pieces. What is ours comes back; with nothing out, it goes on in frames that fit.
        if self.outgoing.pending > 0 {
            return None;
        }
        let most = batch.room() / 2;
        Some(self.fill(batch, Some(most)))
    }

    /// The batch being filled is not sent.
    fn give_up_pins(&mut self) {
        while let Some(pin) = self.outgoing.pins.take_newest() {
            self.unpin(Some(pin));
        }
    }

    fn unpin(&self, pin: Option<(Stag, Pin)>) {
        if let (Some((stag, pin)), Some(queues)) = (pin, &self.queues) {
            queues.regions().unpin(stag, pin);
        }
    }

    /// Fills one batch with whole segments, or by value with what `cut` allows; why it stopped.
    fn fill<B: Batch<Q::Memory>>(&mut self, batch: &mut B, cut: Option<usize>) -> Transmit {
        let may_start =
            matches!(self.phase, Phase::Ready | Phase::Draining) && !self.incoming.discarding;
        let draining = self.phase == Phase::Draining;
        let discarding = self.incoming.discarding;
        let Self {
            machine,
            queues,
            outgoing,
            ..
        } = self;
        let queues = queues.as_ref();
        // Of the message that was started last.
        let mut first = None;
        let mut window = queues.and_then(|queues| queues.queue_pair().send.window());
        loop {
            let payload = outgoing
                .current
                .and_then(|n| Some(&window.as_ref()?.get(n)?.payload));
            let mut framer = Framer {
                batch,
                queues,
                payload,
                pins: &mut outgoing.pins,
                cut,
                by_value: true,
                in_place: &mut outgoing.in_place,
                describes: false,
                source: first.take(),
            };
            let outcome = match machine.is_silent() {
                true => Transmit::Idle,
                false => machine.poll_transmit(&mut framer),
            };
            drop(framer);
            if core::mem::take(&mut outgoing.in_place) {
                // In this batch: whoever waits for it waits for one that pins something.
                outgoing.until = outgoing.streamed + batch.length() as u64;
            }
            match outcome {
                Transmit::MessageDone => outgoing.message_done::<Q::Allocator>(window.as_mut()),
                Transmit::Idle => {}
                Transmit::Full | Transmit::Finished => return outcome,
            }
            let started = match (queues, window.as_mut()) {
                (Some(queues), Some(window)) if may_start && outgoing.current.is_none() => {
                    outgoing.start_next(machine, queues, window, &mut first)
                }
                _ => false,
            };
            if outcome == Transmit::Idle && !started {
                if draining && outgoing.is_drained::<Q::Allocator>(window.as_ref(), discarding) {
                    machine.disconnect();
                    outgoing.disconnected = true;
                    continue;
                }
                return Transmit::Idle;
            }
        }
    }
}

impl Outgoing {
    /// The batch being filled goes out as that lot.
    fn filled(&mut self, slot: usize, length: usize) {
        let pinned = self.pins.sent();
        self.streamed += length as u64;
        self.much = length > SMALL;
        self.pending += 1;
        self.pinning += usize::from(pinned > 0);
        if let Some(lot) = self.lots.get_mut(slot) {
            *lot = Lot {
                end: self.streamed,
                state: Sent::Pending,
                pinned: pinned as u8,
            };
        }
    }

    fn message_done<A: Allocate>(&mut self, window: Option<&mut Window<'_, SendRequest, A>>) {
        let Some(n) = self.current.take() else { return };
        // NDK-POST-25: what was copied may be reused at once; what lies in place when TCP is done.
        let until = core::mem::take(&mut self.until);
        if let Some(request) = window.and_then(|window| window.get_mut(n))
            && !matches!(request.op, Op::Read(_))
        {
            request.progress = Progress::Handed { until };
        }
    }

    /// Starts the next request, if there is one and it may go now; `first` is the memory that its frames begin with.
    fn start_next<'a, Q: Queues>(
        &mut self,
        machine: &mut Machine,
        queues: &'a Q,
        window: &mut Window<'_, SendRequest, Q::Allocator>,
        first: &mut Option<Grant<'a, Q::Memory>>,
    ) -> bool {
        loop {
            let n = self.next;
            let Some(request) = window.get_mut(n) else {
                return false;
            };
            // NDK-POST-16: not before all earlier reads have completed. An invalidate could only break
            // them.
            let fenced =
                request.flags.contains(Flags::FENCE) || matches!(request.op, Op::Invalidate(_));
            if fenced && machine.reads_outstanding() > 0 {
                return false;
            }
            match begin(queues, request, self.reads.base + n as u64) {
                Begin::Message(message, memory) => {
                    // NDK-POST-34: reads wait here for one of those under way.
                    if !machine.can_start(&message) || machine.start(message).is_err() {
                        return false;
                    }
                    *first = memory;
                    request.progress = Progress::Started;
                    self.next += 1;
                    self.current = Some(n);
                    if matches!(request.op, Op::Read(_)) {
                        self.reads.push(n);
                    }
                    return true;
                }
                // NDK-FR-10: what follows does not overtake it.
                Begin::Later => return false,
                Begin::Leaving(stag) => {
                    request.progress = Progress::Leaving(stag);
                    self.next += 1;
                }
                Begin::Done(status) => {
                    request.progress = Progress::Done(status);
                    self.next += 1;
                    if status != Status::Ok {
                        // NDK-POST-31: an error ends the connection.
                        machine.fail();
                        return true;
                    }
                }
            }
        }
    }

    /// Local disconnect: all that was posted is out and answered.
    fn is_drained<A: Allocate>(
        &self,
        window: Option<&Window<'_, SendRequest, A>>,
        discarding: bool,
    ) -> bool {
        let all_started = window.is_none_or(|window| self.next >= window.len());
        !self.disconnected
            && all_started
            && self.current.is_none()
            && (discarding || self.reads.count == 0)
    }

    /// The oldest request has left the queue.
    pub(super) fn retired(&mut self) {
        self.next = self.next.saturating_sub(1);
        self.current = self.current.and_then(|n| n.checked_sub(1));
        self.reads.base += 1;
    }
}
