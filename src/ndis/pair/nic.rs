//! The NIC's side of a pair: what it says of itself, and what is wanted of it.

use super::{Known, Pair, Shut};
use crate::ndis::{
    frame::{Address, FAMILIES, Groups, Link, Offloads, Tagging},
    lower::Binding,
};
use crate::nt::Ref;

/// What a binding is to let through.
pub(in crate::ndis) struct Wanted {
    pub(in crate::ndis) packet: u32,
    pub(in crate::ndis) groups: Groups,
    /// The NIC has offloads, and is to be told how frames begin.
    pub(in crate::ndis) offloads: bool,
    /// Received segments of these families are to stay as they are.
    pub(in crate::ndis) unjoined: [bool; FAMILIES],
}

/// `NDIS_PACKET_TYPE_PROMISCUOUS`, less what this host sends (`NDIS_PACKET_TYPE_NO_LOCAL`): TCP/IP
/// reaches the host's own addresses without the wire.
const EVERYTHING: u32 = 0x20 | 0x1_0000;

/// What a NIC says of itself before it is opened.
pub(in crate::ndis) struct Expected {
    pub(in crate::ndis) mtu: u32,
    pub(in crate::ndis) link: Link,
    pub(in crate::ndis) offloads: Offloads,
    pub(in crate::ndis) tags: Tagging,
}

impl Known {
    /// Of one that would carry nothing it is not known.
    fn set_nic_mtu(&mut self, mtu: u32) {
        self.nic_mtu = (mtu != 0).then_some(mtu);
    }
}

/// The NIC's life; bind, events and unbind come one at a time, at `PASSIVE_LEVEL`.
impl Pair {
    /// Before the NIC is opened: what it says of itself.
    pub(in crate::ndis) fn expect(this: &Ref<Self>, address: Address, said: Expected) {
        this.learn(|known| {
            known.address = Some(address);
            known.set_nic_mtu(said.mtu);
            known.link = said.link;
            known.expect_offloads(said.offloads, said.tags);
        });
        this.expect_resets();
        Self::changed(this);
    }

    /// `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn set_link(this: &Ref<Self>, link: Link) {
        this.learn(|known| known.link = link);
        Self::changed(this);
    }

    /// What its frames carry from now on; `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn set_mtu(this: &Ref<Self>, mtu: u32) {
        this.learn(|known| known.set_nic_mtu(mtu));
        Self::changed(this);
    }

    /// The NIC is open; frames pass, and its link is told, when it runs for the first time.
    pub(in crate::ndis) fn bind(this: &Ref<Self>, binding: &Ref<Binding>) {
        this.ends.set_lower(binding.opening());
        *this.binding.lock() = Some(binding.clone());
        this.allow(Shut::Asleep);
        // The adapter may have come or gone meanwhile.
        Self::changed(this);
    }

    /// The NIC runs. A link told before would have the layers above send what is lost.
    pub(in crate::ndis) fn run(this: &Ref<Self>) {
        this.allow(Shut::Nic);
        this.allow(Shut::Unbound);
        Self::changed(this);
    }

    /// The NIC goes: nothing passes when this returns.
    pub(in crate::ndis) fn unbind(this: &Ref<Self>) {
        this.refuse(Shut::Unbound);
        this.shut(Shut::Nic);
        this.forget_reset();
        let binding = this.binding.lock().take();
        drop(binding);
        this.learn(|known| {
            known.address = None;
            known.link = Link::DOWN;
            known.offers.nic_goes();
        });
        Self::changed(this);
    }

    /// What the NIC is to let through (design, section 2).
    pub(in crate::ndis) fn wanted(&self) -> Wanted {
        let attached = self.is_attached();
        let unused = !attached || self.is_foreign();
        let known = self.known.lock();
        let packet = if unused {
            0
        } else if known.shares {
            self.filter.packet()
        } else {
            EVERYTHING
        };
        let unwanted = known.offers.unwanted_joins();
        Wanted {
            packet,
            groups: self.filter.groups(),
            offloads: known.offers.are_any(),
            unjoined: unwanted.map(|unwanted| attached && unwanted),
        }
    }
}
