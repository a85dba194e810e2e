//! What may be asked of the NIC for one list, and what is told of one it received: looked up for
//! every list, so kept in a few words that are read without a lock.

use core::sync::atomic::{AtomicU32, Ordering};

use super::offload::{FAMILIES, Offloads};

/// Of a list that is sent, `NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO::Transmit`.
const IS_IPV6: u32 = 1 << 1;
const SEND_TCP: u32 = 1 << 2;
const SEND_UDP: u32 = 1 << 3;
const SEND_IP: u32 = 1 << 4;
const SEND_ALL: u32 = SEND_TCP | SEND_UDP | SEND_IP;
/// Those of IPv6, in [`Rights::send`].
const SIXES: u32 = 8;
const LARGE: [u32; FAMILIES] = [1 << 16, 1 << 17];

/// Of a list that was received, `…::Receive`: the verdicts on each checksum.
const RECEIVED_TCP: u32 = 1 | 1 << 3 | 1 << 7;
const RECEIVED_UDP: u32 = 1 << 1 | 1 << 4;
const RECEIVED_IP: u32 = 1 << 2 | 1 << 5 | 1 << 8;

/// Those of IPv6, in [`Rights::receive`].
const RECEIVED_SIXES: u32 = 16;
/// As Ethernet's header has it.
const IPV6: u16 = 0x86DD;

/// Of `NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO::LsoV2Transmit`.
const VERSION_2: u32 = 1 << 30;
const LARGE_IPV6: u32 = 1 << 31;
/// The longest headers of a large send, beside its data.
const HEADERS: u64 = 128;

/// Of `NDIS_NET_BUFFER_LIST_8021Q_INFO::TagHeader`.
const PRIORITY: u32 = 0b111;
const VLAN_AT: u32 = 4;
const VLAN: u32 = 0xFFF << VLAN_AT;

/// Of [`Rights::tags`], above the adapter's VLAN.
const NIC_PRIORITY: u32 = 1 << 16;
const NIC_VLAN: u32 = 1 << 17;
const OWN_PRIORITY: u32 = 1 << 18;
const OWN_VLAN: u32 = 1 << 19;

/// What is done about 802.1Q tags beside frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Tagging {
    pub(in crate::ndis) priority: bool,
    pub(in crate::ndis) vlan: bool,
}

impl Tagging {
    pub(in crate::ndis) fn and(self, other: Self) -> Self {
        Self {
            priority: self.priority && other.priority,
            vlan: self.vlan && other.vlan,
        }
    }
}

/// What a list asks for: the words beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ndis) struct Asked {
    pub(in crate::ndis) checksum: u32,
    pub(in crate::ndis) large: u32,
    pub(in crate::ndis) tag: u32,
    /// Its longest frame; looked at in large sends only.
    pub(in crate::ndis) bytes: u64,
}

/// What [`Rights`] are made of.
pub(in crate::ndis) struct Given<'a> {
    /// The NIC does it: what was asked for in time is done, though it was switched off meanwhile.
    pub(in crate::ndis) nic: &'a Offloads,
    pub(in crate::ndis) nic_tags: Tagging,
    pub(in crate::ndis) own_tags: Tagging,
    /// The adapter's VLAN, or 0.
    pub(in crate::ndis) vlan: u16,
}

/// Words that change together are read one by one: a list on its way meanwhile is refused, or sent
/// as before.
#[derive(Debug, Default)]
pub(in crate::ndis) struct Rights {
    send: AtomicU32,
    most: [AtomicU32; FAMILIES],
    receive: AtomicU32,
    tags: AtomicU32,
}

impl Rights {
    pub(in crate::ndis) fn set(&self, given: &Given<'_>) {
        let when = |on: bool, bit| if on { bit } else { 0 };
        let mut send = 0;
        for ((sums, large), (bit, shift)) in
            (given.nic.send.iter().zip(&given.nic.large)).zip(LARGE.into_iter().zip([0, SIXES]))
        {
            let bits = when(sums.has_tcp(), SEND_TCP)
                | when(sums.has_udp(), SEND_UDP)
                | when(sums.has_ip(), SEND_IP);
            send |= bits << shift | when(large.encapsulation != 0, bit);
        }
        let tags = u32::from(given.vlan)
            | when(given.nic_tags.priority, NIC_PRIORITY)
            | when(given.nic_tags.vlan, NIC_VLAN)
            | when(given.own_tags.priority, OWN_PRIORITY)
            | when(given.own_tags.vlan, OWN_VLAN);
        self.send.store(send, Ordering::Relaxed);
        for (most, large) in self.most.iter().zip(given.nic.large) {
            most.store(large.most, Ordering::Relaxed);
        }
        self.tags.store(tags, Ordering::Relaxed);
    }

    /// The layers above know that these are on. Not before: what they do not expect is not told.
    pub(in crate::ndis) fn set_told(&self, told: &Offloads) {
        let when = |on: bool, bit| if on { bit } else { 0 };
        let mut receive = 0;
        for (sums, shift) in told.receive.iter().zip([0, RECEIVED_SIXES]) {
            let bits = when(sums.has_tcp(), RECEIVED_TCP)
                | when(sums.has_udp(), RECEIVED_UDP)
                | when(sums.has_ip(), RECEIVED_IP);
            receive |= bits << shift;
        }
        self.receive.store(receive, Ordering::Relaxed);
    }

    /// The tag to send a list with; `None` when the NIC cannot do what the list asks for.
    pub(in crate::ndis) fn send(&self, asked: &Asked) -> Option<u32> {
        let allowed = self.send.load(Ordering::Relaxed);
        let six = asked.checksum & IS_IPV6 != 0;
        let sums = if six { allowed >> SIXES } else { allowed };
        // A large send has its checksums made, whatever it says of them.
        let sums_fit = asked.large != 0 || asked.checksum & SEND_ALL & !sums == 0;
        (sums_fit && self.large_fits(allowed, asked)).then_some(())?;
        self.tag_sent(asked.tag)
    }

    fn large_fits(&self, allowed: u32, asked: &Asked) -> bool {
        if asked.large == 0 {
            return true;
        }
        let ([four, six], [most4, most6]) = (LARGE, &self.most);
        let (bit, most) = if asked.large & LARGE_IPV6 == 0 {
            (four, most4)
        } else {
            (six, most6)
        };
        let most = u64::from(most.load(Ordering::Relaxed));
        asked.large & VERSION_2 != 0 && allowed & bit != 0 && asked.bytes <= most + HEADERS
    }

    /// A priority is a wish, a VLAN is not. The adapter's is that of frames that name none.
    fn tag_sent(&self, tag: u32) -> Option<u32> {
        let tags = self.tags.load(Ordering::Relaxed);
        let priority = if tags & NIC_PRIORITY != 0 {
            PRIORITY
        } else {
            0
        };
        let vlan = match tag & VLAN {
            0 => tags << VLAN_AT & VLAN,
            vlan => vlan,
        };
        let lost = vlan != 0 && tags & NIC_VLAN == 0;
        (!lost).then_some(tag & !(PRIORITY | VLAN) | tag & priority | vlan)
    }

    /// The tag to give a received list up with; `None` when it is another VLAN's.
    pub(in crate::ndis) fn receive(&self, tag: u32) -> Option<u32> {
        let tags = self.tags.load(Ordering::Relaxed);
        let own = tags << VLAN_AT & VLAN;
        let ours = match own {
            0 => tag & VLAN == 0 || tags & OWN_VLAN != 0,
            own => tag & VLAN == own,
        };
        let told = if tags & OWN_PRIORITY != 0 {
            tag
        } else {
            tag & !PRIORITY
        };
        ours.then_some(told)
    }

    /// Which of the NIC's verdicts on the checksums of a frame with these contents go up.
    pub(in crate::ndis) fn verdicts(&self, contents: u16) -> u32 {
        let all = self.receive.load(Ordering::Relaxed);
        let family = if contents == IPV6 {
            all >> RECEIVED_SIXES
        } else {
            all
        };
        family & (RECEIVED_TCP | RECEIVED_UDP | RECEIVED_IP)
    }
}
