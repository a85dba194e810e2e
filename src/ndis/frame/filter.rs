//! Which received frames are the adapter's.
//!
//! The NIC below gives every frame of the wire (own address), or those of its own filter (shared
//! address). What goes up is what TCP/IP asked the adapter for, in either case.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::Address;
use crate::sync::Lock;

/// `NDIS_PACKET_TYPE_…`, as the filter has them.
const DIRECTED: u32 = 0x1;
const MULTICAST: u32 = 0x2;
const ALL_MULTICAST: u32 = 0x4;
const BROADCAST: u32 = 0x8;
const PROMISCUOUS: u32 = 0x20;

const EVERYBODY: Address = [0xFF; 6];
/// Of an address's first byte: a group's.
const GROUP: u8 = 1;

/// What kind of address a frame is for, as statistics tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) enum Kind {
    Unicast,
    Multicast,
    Broadcast,
}

/// The addresses of an Ethernet header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Header {
    pub(in crate::ndis) to: Address,
    pub(in crate::ndis) from: Address,
    /// What follows: of IP, which one.
    pub(in crate::ndis) contents: u16,
}

impl Header {
    /// Of a whole header: 6 bytes to, 6 bytes from, and a type.
    pub(in crate::ndis) const LENGTH: usize = 14;

    pub(in crate::ndis) fn read(bytes: &[u8; Self::LENGTH]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = *bytes;
        Self {
            to: [a, b, c, d, e, f],
            from: [g, h, i, j, k, l],
            contents: u16::from_be_bytes([m, n]),
        }
    }

    pub(in crate::ndis) fn kind(&self) -> Kind {
        let [first, ..] = self.to;
        if self.to == EVERYBODY {
            Kind::Broadcast
        } else if first & GROUP != 0 {
            Kind::Multicast
        } else {
            Kind::Unicast
        }
    }
}

/// The groups the adapter listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct Groups {
    addresses: [Address; Self::MOST],
    count: usize,
}

impl Groups {
    /// The most multicast addresses kept.
    const MOST: usize = 32;

    pub(in crate::ndis) const NONE: Self = Self {
        addresses: [[0; 6]; Self::MOST],
        count: 0,
    };

    pub(in crate::ndis) fn listed(&self) -> &[Address] {
        self.addresses.get(..self.count).unwrap_or_default()
    }
}

/// `L` holds the groups: a spin lock in the kernel.
pub(in crate::ndis) struct Filter<L> {
    /// The adapter's address, in the low six bytes.
    address: AtomicU64,
    packet: AtomicU32,
    groups: L,
}

impl<L: Lock<Groups>> Filter<L> {
    /// The most multicast addresses [`Filter::set_groups`] takes.
    pub(in crate::ndis) const MOST_GROUPS: usize = Groups::MOST;

    /// Lets nothing through.
    pub(in crate::ndis) fn shut() -> Self {
        Self {
            address: AtomicU64::new(0),
            packet: AtomicU32::new(0),
            groups: L::new(Groups::NONE),
        }
    }

    /// For a new adapter: nothing passes until it is asked for.
    pub(in crate::ndis) fn reset(&self, address: Address) {
        let [a, b, c, d, e, f] = address;
        let number = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        self.address.store(number, Ordering::Relaxed);
        self.packet.store(0, Ordering::Relaxed);
        self.groups.with(|groups| *groups = Groups::NONE);
    }

    pub(in crate::ndis) fn address(&self) -> Address {
        let [a, b, c, d, e, f, ..] = self.address.load(Ordering::Relaxed).to_le_bytes();
        [a, b, c, d, e, f]
    }

    /// `OID_GEN_CURRENT_PACKET_FILTER`; the caller checks the bits.
    pub(in crate::ndis) fn set_packet(&self, packet: u32) {
        self.packet.store(packet, Ordering::Relaxed);
    }

    pub(in crate::ndis) fn packet(&self) -> u32 {
        self.packet.load(Ordering::Relaxed)
    }

    /// `OID_802_3_MULTICAST_LIST`: the whole new list. False, and nothing done, when it is too long.
    pub(in crate::ndis) fn set_groups(&self, addresses: &[Address]) -> bool {
        let mut new = Groups::NONE;
        let Some(room) = new.addresses.get_mut(..addresses.len()) else {
            return false;
        };
        room.copy_from_slice(addresses);
        new.count = addresses.len();
        self.groups.with(|groups| *groups = new);
        true
    }

    /// A copy, to be given to the NIC below.
    pub(in crate::ndis) fn groups(&self) -> Groups {
        self.groups.with(|groups| *groups)
    }

    /// What kind of frame this is, if it is for the adapter. `<= DISPATCH_LEVEL`.
    pub(in crate::ndis) fn takes(&self, header: &Header) -> Option<Kind> {
        // What the adapter sent itself comes back from a switch that floods, or by way of NDIS.
        let own = self.address();
        if header.from == own {
            return None;
        }
        let (kind, packet) = (header.kind(), self.packet());
        let wanted = packet & PROMISCUOUS != 0
            || match kind {
                Kind::Unicast => packet & DIRECTED != 0 && header.to == own,
                Kind::Broadcast => packet & BROADCAST != 0,
                Kind::Multicast => {
                    packet & ALL_MULTICAST != 0
                        || packet & MULTICAST != 0 && self.listens_to(&header.to)
                }
            };
        wanted.then_some(kind)
    }

    fn listens_to(&self, group: &Address) -> bool {
        self.groups.with(|groups| groups.listed().contains(group))
    }
}
