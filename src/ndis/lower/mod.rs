//! The protocol: a binding to each NIC that an adapter is paired with, and to no other.
//!
//! NDIS offers a NIC; [`bind`] takes it if an adapter waits for it. What passes is the [`Pair`]'s;
//! here are the binding's life and its filter. NDIS calls in one step at a time for each binding,
//! at `PASSIVE_LEVEL` unless said.

use super::{
    dispatch::{Notice, Offer, Opening, Said},
    frame::{FAMILIES, Groups, InterfaceGuid},
    pair::{self, Expected, Pair, Shut, Wanted},
};
use crate::nt::{Mutex, Ref, Result, Status, event_log, log::notice, trace};

/// What NDIS tells a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PnpEvent {
    Pause,
    /// With what the NIC's frames carry from now on, if NDIS says so.
    Restart(Option<u32>),
    /// The NIC goes to sleep.
    Sleep,
    Wake,
    /// Whether it may sleep, or go: those above are asked.
    Query,
    /// Not for those above: of the NIC's ports, its binds, its own Network Direct (NDIS-PROT-08).
    OfTheNic,
    Other,
}

pub(super) struct Binding {
    pair: Ref<Pair>,
    nic: InterfaceGuid,
    opening: Opening,
    /// Held while NDIS is asked something.
    asked: Mutex<Asked>,
}

/// What the NIC was asked to let through.
struct Asked {
    packet: u32,
    groups: Groups,
    /// It was told how frames begin.
    encapsulation: bool,
    /// It joins received segments of these families no more.
    unjoined: [bool; FAMILIES],
    /// It may be asked: it is open and awake (NDIS-PM-06).
    answers: bool,
}

/// `NDIS_PACKET_TYPE_MULTICAST` and `ALL_MULTICAST`.
const MULTICAST: u32 = 0x2;
const ALL_MULTICAST: u32 = 0x4;

/// NDIS offers a NIC. Declined unless an adapter waits for it (design, section 2).
pub(super) fn bind(offer: &Offer<'_>) -> Result<()> {
    let nic = offer.interface().ok_or(Status::NOT_SUPPORTED)?;
    let pair = pair::nic_comes(nic).ok_or(Status::NOT_SUPPORTED)?;
    let result = Binding::open(pair, nic, offer);
    if let Err(status) = result {
        notice!("the paired NIC cannot be used: {status:?}");
        event_log::write(&event_log::NIC_NOT_OPENED, &[&nic, &status]);
        pair::nic_goes(nic);
    }
    result
}

impl Binding {
    fn open(pair: Ref<Pair>, nic: InterfaceGuid, offer: &Offer<'_>) -> Result<()> {
        let Some(address) = offer.address() else {
            trace::nic_not_used(pair.luid(), "not Ethernet");
            return Err(Status::NOT_SUPPORTED);
        };
        let asked = Asked {
            packet: 0,
            groups: Groups::NONE,
            encapsulation: false,
            unjoined: [false; FAMILIES],
            answers: true,
        };
        let binding = Ref::try_new(Self {
            pair,
            nic,
            opening: Opening::try_new()?,
            asked: Mutex::try_new(asked)?,
        })?;
        #[cfg(feature = "chimney")]
        Pair::set_capability(&binding.pair, offer.connections());
        // Before the NIC can say anything newer.
        let said = Expected {
            mtu: offer.mtu(),
            link: offer.link(),
            offloads: offer.offloads(),
            tags: offer.tags(),
        };
        Pair::expect(&binding.pair, address, said);
        let opened = binding.opening.open(&binding, offer);
        if let Err(status) = opened {
            trace::nic_not_opened(binding.pair.luid(), status);
            Pair::unbind(&binding.pair);
            return Err(status);
        }
        Pair::bind(&binding.pair, &binding);
        // The worker would do it, but here it can still be refused.
        binding.apply().inspect_err(|_| Self::close(&binding))
    }

    pub(super) fn pair(&self) -> &Ref<Pair> {
        &self.pair
    }

    pub(super) fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Asks the NIC for what the pair wants, if that is new; NDIS-OID-10: when it is awake again, if it
    /// sleeps, and NDIS-LIFE-18: when it is no longer being reset. `PASSIVE_LEVEL`.
    pub(super) fn apply(&self) -> Result<()> {
        let mut asked = self.asked.lock();
        if !asked.answers || self.pair.is_shut(Shut::Resetting) {
            return Ok(());
        }
        #[cfg(feature = "chimney")]
        if let Some(parameters) = self.pair.new_parameters() {
            self.opening.set_offload_parameters(&parameters)?;
        }
        let wanted = self.pair.wanted();
        self.apply_offloads(&mut asked, &wanted);
        let mut packet = wanted.packet;
        if packet & MULTICAST != 0 && asked.groups != wanted.groups {
            match self.opening.set_groups(wanted.groups.listed()) {
                Ok(()) => asked.groups = wanted.groups,
                // More than the NIC keeps: the adapter's own filter sorts them.
                Err(_) => packet |= ALL_MULTICAST,
            }
        }
        if asked.packet != packet {
            self.opening.set_packet_filter(packet)?;
            asked.packet = packet;
        }
        Ok(())
    }

    /// A NIC that refuses is used without.
    fn apply_offloads(&self, asked: &mut Asked, wanted: &Wanted) {
        if wanted.offloads && !asked.encapsulation {
            asked.encapsulation = true;
            let taken = self.opening.set_encapsulation();
            Pair::use_offloads(&self.pair, taken.is_ok());
        }
        if asked.unjoined != wanted.unjoined {
            let mut changes = [None; FAMILIES];
            let pairs = asked.unjoined.iter().zip(&wanted.unjoined);
            for (change, (now, then)) in changes.iter_mut().zip(pairs) {
                *change = (now != then).then_some(!then);
            }
            if self.opening.set_joins(changes).is_ok() {
                asked.unjoined = wanted.unjoined;
                Pair::stop_joins(&self.pair, wanted.unjoined);
            }
        }
    }

    /// NDIS-PROT-03, NDIS-PM-01. No step waits for the adapter's edge, only for lists. NDIS-PROT-04: those above
    /// hear of it, and a query is theirs to refuse; a change of power nobody may refuse.
    pub(super) fn handle(&self, event: PnpEvent, notice: &Notice<'_>) -> Result<()> {
        let pair = &self.pair;
        match event {
            PnpEvent::Pause => pair.shut(Shut::Nic),
            PnpEvent::Restart(mtu) => {
                if let Some(mtu) = mtu {
                    Pair::set_mtu(pair, mtu);
                }
                Pair::run(pair);
            }
            PnpEvent::Sleep => {
                let _ = pair.tell_above(notice);
                pair.shut(Shut::Asleep);
                // What is being asked is waited for.
                self.asked.lock().answers = false;
            }
            PnpEvent::Wake => {
                self.asked.lock().answers = true;
                pair.allow(Shut::Asleep);
                Pair::changed(pair);
                let _ = pair.tell_above(notice);
            }
            PnpEvent::Query | PnpEvent::Other => return pair.tell_above(notice),
            PnpEvent::OfTheNic => {}
        }
        Ok(())
    }

    /// What the NIC says of itself. `<= DISPATCH_LEVEL`.
    pub(super) fn hear(&self, said: Said) {
        let pair = &self.pair;
        match said {
            Said::Link(link) => Pair::set_link(pair, link),
            Said::Offloads(offloads) => Pair::set_offloads(pair, offloads),
            Said::Mtu(mtu) => Pair::set_mtu(pair, mtu),
            Said::ResetStarts => Pair::reset_starts(pair),
            Said::ResetEnds => Pair::reset_ends(pair),
        }
    }

    /// NDIS-PROT-02: cannot fail. The NIC was paused before.
    pub(super) fn unbind(this: &Ref<Self>) {
        Self::close(this);
        pair::nic_goes(this.nic);
    }

    /// Takes the NIC from the pair, what was asked of it back, and closes it.
    fn close(this: &Ref<Self>) {
        Pair::unbind(&this.pair);
        let mut asked = this.asked.lock();
        let answers = core::mem::replace(&mut asked.answers, false);
        if answers && asked.packet != 0 {
            // A NIC that refuses is closed all the same.
            let _ = this.opening.set_packet_filter(0);
        }
        if answers && asked.unjoined.contains(&true) {
            let again = asked.unjoined.map(|stopped| stopped.then_some(true));
            let _ = this.opening.set_joins(again);
        }
        if answers && asked.groups != Groups::NONE {
            let _ = this.opening.set_groups(&[]);
        }
        this.opening.close(this);
    }
}
