//! The connection's small traits over a WSK socket and its send batches.

use crate::iwarp::{Trailer, meaning};
use crate::nt::log::notice;
use crate::nt::trace::{self, AddressPair};
use crate::nt::{Ref, Status};
use crate::rdma::limits::MAX_PIECES;
use crate::sync::Mailbox;
use crate::wsk::{BatchMark, SendBatch};

use super::api::{ConnectionData, Failure, PrivateData, ReadLimits, Said};
use super::decision::Decision;
use super::endpoint::{Events, Mapped};
use super::input;
use super::link::{Batch, Gone, Link, Up};
use super::reserve::{Place, Reserve};
use super::runner::Core;
use super::settings::Settings;

/// A send batch with a frame being appended.
pub(super) struct Filling<'a> {
    home: &'a Home,
    batch: SendBatch,
    frame: Option<BatchMark>,
}

impl Filling<'_> {
    /// Whatever pieces it lies in.
    fn has_room(&self, copied: usize, described: usize) -> bool {
        match described {
            0 => self.batch.has_room(copied),
            _ => self.batch.can_describe(copied, described, MAX_PIECES),
        }
    }

    /// Goes on in a large batch, if there is one: it is empty, so there is room now. Out of line: that is seldom.
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let may = is_small(&self.batch) && !self.batch.describes();
        may && self.move_to(self.home.large())
    }

    /// Takes a frame that lies in few pieces without a large batch: in a light one, or else where it is.
    #[inline(never)]
    fn fits_small(&mut self, copied: usize, described: usize) -> bool {
        if is_own(&self.batch) && !self.batch.describes() {
            self.move_to(self.home.light());
        }
        is_small(&self.batch) && self.batch.can_describe(copied, described, 1)
    }

    /// Has another batch, which is empty and has more room, in place of this one, with what was copied so far; this one
    /// goes home.
    fn move_to(&mut self, other: Option<SendBatch>) -> bool {
        let Some(mut other) = other else {
            return false;
        };
        let copied = other.stage(self.batch.staged());
        debug_assert!(copied);
        self.home.keep(core::mem::replace(&mut self.batch, other));
        true
    }
}

impl<M: Mapped> Batch<M> for Filling<'_> {
    fn begin(&mut self, copied: usize, described: usize, summed: bool) -> bool {
        let room = self.has_room(copied, described)
            || self.grow()
            || described > 0 && self.fits_small(copied, described);
        if room {
            self.frame = Some(self.batch.mark());
            self.batch.start_frame(summed);
        }
        room
    }

    fn is_small(&self) -> bool {
        is_small(&self.batch)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // `begin` made sure of the room.
        let staged = self.batch.stage(bytes);
        debug_assert!(staged);
    }

    fn copy(&mut self, memory: &M, offset: u64, length: u32) -> bool {
        memory.visit(offset, u64::from(length), &mut |mapping, at, part| {
            self.batch.stage_from(mapping, at, part) == Ok(true)
        }) == Ok(true)
    }

    fn describe(&mut self, memory: &M, offset: u64, length: u32) -> Result<bool, Gone> {
        memory.visit(offset, u64::from(length), &mut |mapping, at, part| {
            self.batch.describe(mapping, at, part) == Ok(true)
        })
    }

    fn end(&mut self, trailer: Trailer) {
        let appended = match trailer {
            // RFC 5044: least significant byte first.
            Trailer::Crc => self.batch.end_frame(self.batch.crc().to_le_bytes()),
            Trailer::Zero => self.batch.end_frame([0; 4]),
            Trailer::None => true,
        };
        debug_assert!(appended);
        self.frame = None;
    }

    fn cancel(&mut self) {
        if let Some(mark) = self.frame.take() {
            self.batch.rewind(mark);
        }
    }

    fn length(&self) -> usize {
        self.batch.len()
    }

    fn room(&self) -> usize {
        self.batch.room()
    }
}

/// In the name of a batch: the lot it was sent as, whose it is, and its place in the reserve.
const LOT: usize = (1 << 8) - 1;
const OWN: usize = 1 << 8;
const LIGHT: usize = 1 << 9;
const PLACE: u32 = 16;

fn is_own(batch: &SendBatch) -> bool {
    batch.name() & OWN != 0
}

/// Anything but a large one.
fn is_small(batch: &SendBatch) -> bool {
    batch.name() & (OWN | LIGHT) != 0
}

/// The lot a batch was sent as.
pub(super) fn lot_of(batch: &SendBatch) -> usize {
    batch.name() & LOT
}

fn place_of(batch: &SendBatch) -> Place {
    let place = batch.name() >> PLACE;
    match batch.name() & LIGHT {
        0 => Place::Large(place),
        _ => Place::Light(place),
    }
}

fn name(batch: &mut SendBatch, place: Place) {
    batch.set_name(match place {
        Place::Large(place) => place << PLACE,
        Place::Light(place) => place << PLACE | LIGHT,
    });
}

/// Where batches are when they are not on their way. Whoever completes a send brings them back.
pub(super) struct Home {
    own: Mailbox<SendBatch>,
    reserve: Option<Ref<Reserve>>,
}

impl Home {
    pub(super) fn try_new(settings: &Settings) -> Result<Self, Status> {
        let mut batch = SendBatch::try_new(Settings::OWN)?;
        batch.set_name(OWN);
        let own = Mailbox::new();
        // It is empty.
        let put = own.put(batch);
        debug_assert!(put.is_ok());
        let reserve = settings.reserve().cloned();
        if let Some(reserve) = &reserve {
            reserve.grow(name);
        }
        Ok(Self { own, reserve })
    }

    /// Anywhere, also in an IRP completion routine.
    pub(super) fn keep(&self, mut batch: SendBatch) {
        batch.reset();
        match &self.reserve {
            Some(reserve) if !is_own(&batch) => reserve.put(place_of(&batch), batch),
            _ => {
                // There is one of its own, and it was out.
                let put = self.own.put(batch);
                debug_assert!(put.is_ok());
            }
        }
    }

    fn take(&self, large: bool) -> Option<SendBatch> {
        let first = large.then(|| self.large()).flatten();
        let shared = || self.large().or_else(|| self.light());
        first.or_else(|| self.own.take()).or_else(shared)
    }

    /// A large one that nobody uses.
    fn large(&self) -> Option<SendBatch> {
        self.reserve.as_ref()?.take_large()
    }

    /// A light one that nobody uses.
    fn light(&self) -> Option<SendBatch> {
        self.reserve.as_ref()?.take_light()
    }
}

/// The socket, for the time of one turn.
pub(super) struct Wire<'a, E: Events> {
    pub(super) core: &'a Core<E>,
}

impl<'a, E: Events> Link for Wire<'a, E> {
    type Batch = Filling<'a>;

    fn batch(&mut self, large: bool) -> Option<Filling<'a>> {
        let home = &self.core.home;
        Some(Filling {
            home,
            batch: home.take(large)?,
            frame: None,
        })
    }

    fn keep(&mut self, filling: Filling<'a>) {
        self.core.home.keep(filling.batch);
    }

    fn send(&mut self, lot: usize, filling: Filling<'a>) -> bool {
        let mut batch = filling.batch;
        batch.set_name(lot | batch.name() & !LOT);
        // WSK-TX-06: it holds all there is to send.
        match self.core.socket().send(batch, true) {
            Ok(goes_on) => goes_on,
            Err(batch) => {
                self.core.put_back(batch, false);
                false
            }
        }
    }

    fn resume(&mut self) {
        self.core.socket().resume_receive();
    }

    fn disconnect(&mut self) {
        if self.core.socket().disconnect().is_err() {
            self.core.leave(input::RESET);
        }
    }

    fn close(&mut self) {
        self.core.socket().close();
    }

    fn redial(&mut self) {
        self.core.redial();
    }
}

impl<E: Events> Up for Core<E> {
    fn offered(&self) {
        self.standing.set(Decision::Open);
        self.offer();
    }

    fn peer_said(&self, private_data: &[u8]) -> bool {
        let said = Said::copy(private_data);
        said.is_ok_and(|said| self.peer.fill(said).is_ok())
    }

    fn reads_in_force(&self, reads: ReadLimits) {
        self.set_reads(reads);
    }

    fn connect_done(&self, result: Result<(), Failure>) {
        if result.is_ok() {
            self.standing.set(Decision::Open);
        }
        self.trace_start(true, result);
        self.tell(|events| events.connect_done(result));
    }

    fn accept_done(&self, result: Result<(), Failure>) {
        self.give_up_slate(result);
        self.trace_start(false, result);
        self.tell(|events| events.accept_done(result));
    }

    fn complete_done(&self, result: Result<(), Failure>) {
        self.give_up_slate(result);
        self.tell(|events| events.complete_done(result));
    }

    fn disconnect_done(&self, result: Result<(), Failure>) {
        match result {
            Ok(()) => trace::disconnected(self.pair(), None),
            Err(failure) => trace::disconnected(self.pair(), Some(&failure)),
        }
        self.tell(|events| events.disconnect_done(result));
    }

    fn disconnected(&self, lost: Option<Failure>) {
        match &lost {
            None => trace::left_by_peer(self.pair(), None),
            Some(failure) => trace::left_by_peer(self.pair(), Some(failure)),
        }
        self.tell(|events| events.disconnected(lost));
    }

    fn terminated(&self, by_peer: bool, layer_and_type: u8, code: u8) {
        let way = if by_peer { "received" } else { "sent" };
        let meaning = meaning(layer_and_type, code);
        trace::terminated(self.pair(), by_peer, (layer_and_type, code), meaning);
        match self.remote.get() {
            Some(peer) => {
                notice!("{peer}: Terminate {way}: {layer_and_type:02x} {code:02x} ({meaning})")
            }
            None => notice!("Terminate {way}: {layer_and_type:02x} {code:02x} ({meaning})"),
        }
    }

    fn closed(&self) {
        self.retire();
    }
}

impl<E: Events> Core<E> {
    /// Its addresses, as far as they are known.
    pub(super) fn pair(&self) -> AddressPair {
        let local = self.local.get().copied();
        AddressPair {
            local: local.or_else(|| self.socket().local_address()),
            remote: self.remote.get().copied(),
        }
    }

    /// Nobody says no any more, once the stream is open.
    fn give_up_slate(&self, opened: Result<(), Failure>) {
        if opened.is_ok() {
            drop(self.slate.take());
        }
    }

    fn trace_start(&self, active: bool, result: Result<(), Failure>) {
        let reads = self.reads();
        match result {
            Ok(()) => trace::connected(self.pair(), active, (reads.inbound, reads.outbound)),
            Err(failure) => trace::not_connected(self.pair(), active, &failure),
        }
    }

    pub(super) fn connection_data(&self) -> ConnectionData {
        ConnectionData {
            private_data: self
                .peer
                .get()
                .and_then(|said| PrivateData::copy(said.as_slice()))
                .unwrap_or_default(),
            reads: self.reads(),
        }
    }
}
