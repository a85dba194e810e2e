//! What the NIC does for the adapter, from one edge to the other: what the NIC offers, less what is
//! switched off, is told above and looked up for every list that passes.

use super::{Known, Pair};
use crate::ndis::{
    dispatch::{indicate_current, indicate_possible},
    frame::{FAMILIES, Given, Offloads, Rights, Switches, Tagging},
};
use crate::nt::Ref;

/// What an adapter says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Offered {
    /// What there is to be switched on.
    pub(in crate::ndis) possible: Offloads,
    /// What is on.
    pub(in crate::ndis) current: Offloads,
}

/// What the NIC said of its offloads, and what the adapter makes of them.
pub(super) struct Offers {
    /// The NIC's as it does them now.
    nic: Offloads,
    nic_tags: Tagging,
    /// It was told how frames begin, so it may be asked.
    usable: bool,
    /// It joined segments, and was asked not to.
    stopped: [bool; FAMILIES],
    switches: Switches,
    own_tags: Tagging,
    vlan: u16,
}

impl Offers {
    /// No NIC, and an adapter that would take everything.
    pub(super) const NONE: Self = Self {
        nic: Offloads::NONE,
        nic_tags: Tagging {
            priority: false,
            vlan: false,
        },
        usable: false,
        stopped: [false; FAMILIES],
        switches: Switches::ALL,
        own_tags: Tagging {
            priority: false,
            vlan: false,
        },
        vlan: 0,
    };

    fn as_told(&self, switches: &Switches) -> Offered {
        if !self.usable {
            return Offered {
                possible: Offloads::NONE,
                current: Offloads::NONE,
            };
        }
        let tagged = self.vlan != 0;
        let mut nic = self.nic;
        let current = nic.within(switches, tagged);
        for (joins, stopped) in nic.joins.iter_mut().zip(self.stopped) {
            *joins |= stopped;
        }
        Offered {
            possible: nic.within(&Switches::ALL, tagged),
            current,
        }
    }

    /// With the lock of what is known held, so that a later one comes later.
    pub(super) fn publish(&self, rights: &Rights) {
        let nic = if self.usable {
            self.nic
        } else {
            Offloads::NONE
        };
        rights.set(&Given {
            nic: &nic,
            nic_tags: self.nic_tags,
            own_tags: self.own_tags,
            vlan: self.vlan,
        });
    }

    pub(super) fn nic_goes(&mut self) {
        self.nic = Offloads::NONE;
        self.nic_tags = Tagging::default();
        self.usable = false;
        self.stopped = [false; FAMILIES];
    }

    pub(super) fn adapter_comes(&mut self, used: &Used) {
        (self.switches, self.own_tags, self.vlan) = (used.switches, used.tags, used.vlan);
    }

    /// Whether the NIC has anything to be used, and is to be told how frames begin.
    pub(super) fn are_any(&self) -> bool {
        self.nic != Offloads::NONE
    }

    /// What the NIC joins, or would, and the adapter wants as it came.
    pub(super) fn unwanted_joins(&self) -> [bool; FAMILIES] {
        let [wanted4, wanted6] = self.switches.joins();
        let ([joins4, joins6], [stopped4, stopped6]) = (self.nic.joins, self.stopped);
        [
            !wanted4 && (joins4 || stopped4),
            !wanted6 && (joins6 || stopped6),
        ]
    }
}

/// What an adapter uses of its NIC.
#[derive(Clone, Copy, Debug)]
pub(in crate::ndis) struct Used {
    pub(in crate::ndis) switches: Switches,
    pub(in crate::ndis) tags: Tagging,
    pub(in crate::ndis) vlan: u16,
}

/// For the adapter.
impl Pair {
    pub(in crate::ndis) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// What an adapter with these switches says of itself, as things are.
    pub(in crate::ndis) fn offered(&self, switches: &Switches) -> Offered {
        self.known.lock().offers.as_told(switches)
    }

    /// What the NIC below does about tags; nothing when there is none.
    pub(in crate::ndis) fn nic_tags(&self) -> Tagging {
        self.known.lock().offers.nic_tags
    }

    /// `OID_TCP_OFFLOAD_PARAMETERS`. NDIS is told what came of it, in any case. `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn switch<E>(
        this: &Ref<Self>,
        change: impl FnOnce(Switches) -> Result<Switches, E>,
    ) -> Result<(), E> {
        let now = this.known.lock().offers.switches;
        let new = change(now)?;
        this.learn(|known| known.offers.switches = new);
        Self::tell_offloads_again(this);
        Ok(())
    }

    /// As after `switch`, when nothing was changed.
    pub(in crate::ndis) fn tell_offloads_again(this: &Ref<Self>) {
        *this.told_offloads.lock() = None;
        Self::changed(this);
    }

    /// `OID_GEN_VLAN_ID`.
    pub(in crate::ndis) fn vlan(&self) -> u16 {
        self.known.lock().offers.vlan
    }

    pub(in crate::ndis) fn set_vlan(this: &Ref<Self>, vlan: u16) {
        this.learn(|known| known.offers.vlan = vlan);
        Self::changed(this);
    }

    /// On the worker, once the adapter has started: what is new, in its order. What is possible comes
    /// before what is.
    pub(super) fn tell_offloads(&self) {
        let offered = {
            let known = self.known.lock();
            known.offers.as_told(&known.offers.switches)
        };
        let before = self.told_offloads.lock().replace(offered);
        // The handle is alive: `detach` waits for the worker.
        if before.is_none_or(|before| before.possible != offered.possible) {
            indicate_possible(&self.ends, &offered.possible);
        }
        if before.is_none_or(|before| before.current != offered.current) {
            indicate_current(&self.ends, &offered.current);
            self.rights.set_told(&offered.current);
        }
    }
}

/// For the binding.
impl Pair {
    /// The NIC says what it does now. `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn set_offloads(this: &Ref<Self>, offloads: Offloads) {
        this.learn(|known| known.offers.nic = offloads);
        Self::changed(this);
    }

    /// The NIC was told how frames begin, and takes them so or doesn't.
    pub(in crate::ndis) fn use_offloads(this: &Ref<Self>, usable: bool) {
        this.learn(|known| known.offers.usable = usable);
        Self::changed(this);
    }

    /// The NIC joins segments of these families no more, because it was asked.
    pub(in crate::ndis) fn stop_joins(this: &Ref<Self>, stopped: [bool; FAMILIES]) {
        this.learn(|known| known.offers.stopped = stopped);
    }
}

impl Known {
    pub(super) fn expect_offloads(&mut self, offloads: Offloads, tags: Tagging) {
        (self.offers.nic, self.offers.nic_tags) = (offloads, tags);
    }
}
