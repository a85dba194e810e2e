//! An adapter and a NIC that do not go together, told to who paired them.

use core::fmt;

use super::Known;
use crate::ndis::frame::Address;
use crate::nt::{event_log, log::notice};

/// What does not fit and was not told yet.
pub(super) struct Misfit {
    index: u32,
    /// The adapter's address and the NIC's.
    addresses: Option<(Address, Address)>,
    /// The adapter's MTU and the NIC's, which is used.
    mtus: Option<(u32, u32)>,
}

impl Known {
    /// What of it is new, where the adapter has the address `own`, and one that did not fit was not told yet.
    pub(super) fn misfit(&mut self, own: Address, address_is_new: bool) -> Misfit {
        let foreign = self.is_foreign(own) && address_is_new;
        let (allowed, mtu) = (self.own_mtu, self.mtu(self.own_mtu));
        let was_shortened = core::mem::replace(&mut self.is_shortened, mtu < allowed);
        let shortened = self.is_shortened && !was_shortened;
        Misfit {
            index: self.index,
            addresses: self.address.filter(|_| foreign).map(|theirs| (own, theirs)),
            mtus: shortened.then_some((allowed, mtu)),
        }
    }
}

impl Misfit {
    /// `<= DISPATCH_LEVEL`, without a lock.
    pub(super) fn tell(&self) {
        if let Some((own, theirs)) = self.addresses {
            notice!("the adapter shares the NIC's address and has another: see NetworkAddress");
            let (own, theirs) = (Dashed(own), Dashed(theirs));
            event_log::write(&event_log::NIC_FOREIGN, &[&self.index, &own, &theirs]);
        }
        if let Some((own, theirs)) = self.mtus {
            notice!(
                "the adapter's MTU is its NIC's, {theirs}, not {own}: see *JumboPacket of both"
            );
            event_log::write(&event_log::NIC_NARROW, &[&self.index, &own, &theirs]);
        }
    }
}

/// A MAC address as Windows' tools show it.
struct Dashed(Address);

impl fmt::Display for Dashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02X}-{b:02X}-{c:02X}-{d:02X}-{e:02X}-{g:02X}")
    }
}
