//! Task offloads: what an adapter says it does for those above, and what goes beside lists because of it. NDIS-OFFLOAD.

use softrnic::sys::*;

use super::lists::List;
use crate::verifier::violation;

const RULE: &str = "NDIS-OFFLOAD";

/// Checksums that are made of what is sent, or looked at of what is received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub ip4: bool,
    pub tcp4: bool,
    pub udp4: bool,
    pub tcp6: bool,
    pub udp6: bool,
}

/// Large sends of one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Large {
    /// Bytes of data in one; 0: there are none.
    pub most: u32,
    /// Segments in one.
    pub least: u32,
}

/// What an adapter does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offloads {
    pub send: Sums,
    pub receive: Sums,
    /// IPv4, IPv6.
    pub large: [Large; 2],
    /// Received segments are joined: IPv4, IPv6.
    pub joins: [bool; 2],
    /// 802.1Q tags are beside frames: their priorities, their VLANs.
    pub priority: bool,
    pub vlan: bool,
}

impl Sums {
    pub const ALL: Self = Self {
        ip4: true,
        tcp4: true,
        udp4: true,
        tcp6: true,
        udp6: true,
    };

    fn union(self, other: Self) -> Self {
        Self {
            ip4: self.ip4 || other.ip4,
            tcp4: self.tcp4 || other.tcp4,
            udp4: self.udp4 || other.udp4,
            tcp6: self.tcp6 || other.tcp6,
            udp6: self.udp6 || other.udp6,
        }
    }

    /// As NDIS has them: a group of each family.
    fn groups(self) -> [[u32; 2]; 2] {
        let fields = |tcp: bool, udp: bool, ip: bool| {
            let fields = u32::from(tcp) << 4 | u32::from(udp) << 6 | u32::from(ip) << 8;
            // With options of either header.
            match fields {
                0 => [0, 0],
                fields => [ENCAPSULATIONS, fields | 0b0101],
            }
        };
        [
            fields(self.tcp4, self.udp4, self.ip4),
            fields(self.tcp6, self.udp6, false),
        ]
    }

    fn of([four, six]: [[u32; 2]; 2]) -> Self {
        let has = |[encapsulation, fields]: [u32; 2], at: u32| {
            encapsulation & NDIS_ENCAPSULATION_IEEE_802_3 != 0 && fields >> at & 0b11 != 0
        };
        Self {
            ip4: has(four, 8),
            tcp4: has(four, 4),
            udp4: has(four, 6),
            tcp6: has(six, 4),
            udp6: has(six, 6),
        }
    }
}

const ENCAPSULATIONS: u32 =
    NDIS_ENCAPSULATION_IEEE_802_3 | NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q_IN_OOB;

impl Offloads {
    pub const ALL: Self = Self {
        send: Sums::ALL,
        receive: Sums::ALL,
        large: [Large {
            most: 60_000,
            least: 2,
        }; 2],
        joins: [true; 2],
        priority: true,
        vlan: true,
    };

    /// Whatever either does.
    pub(crate) fn union(self, other: Self) -> Self {
        let larger = |at: usize| Large {
            most: self.large[at].most.max(other.large[at].most),
            least: self.large[at].least.max(other.large[at].least),
        };
        Self {
            send: self.send.union(other.send),
            receive: self.receive.union(other.receive),
            large: [larger(0), larger(1)],
            joins: [0, 1].map(|at| self.joins[at] || other.joins[at]),
            priority: self.priority || other.priority,
            vlan: self.vlan || other.vlan,
        }
    }

    /// Whether it does nothing that `other` does not.
    fn is_within(self, other: Self) -> bool {
        let least = |it: Self| it.large.map(|large| large.most);
        let (all, own) = (other.union(self), other);
        (all.send, all.receive, all.joins) == (own.send, own.receive, own.joins)
            && least(all) == least(own)
    }

    /// The options of a miniport that tell what it does with tags.
    pub(crate) fn mac_options(self) -> u32 {
        let when = |on: bool, option| if on { option } else { 0 };
        when(self.priority, NDIS_MAC_OPTION_8021P_PRIORITY)
            | when(self.vlan, NDIS_MAC_OPTION_8021Q_VLAN)
    }

    pub(crate) fn with_mac_options(self, options: u32) -> Self {
        Self {
            priority: options & NDIS_MAC_OPTION_8021P_PRIORITY != 0,
            vlan: options & NDIS_MAC_OPTION_8021Q_VLAN != 0,
            ..self
        }
    }

    /// As NDIS tells it to those above.
    pub(crate) fn structure(self) -> NDIS_OFFLOAD {
        let ([send4, send6], [receive4, receive6]) = (self.send.groups(), self.receive.groups());
        let [four, six] = self.large.map(|large| match large.most {
            0 => [0, 0, 0],
            most => [ENCAPSULATIONS, most, large.least],
        });
        NDIS_OFFLOAD {
            Header: NDIS_OBJECT_HEADER {
                Type: NDIS_OBJECT_TYPE_OFFLOAD,
                Revision: NDIS_OFFLOAD_REVISION_5,
                Size: NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5,
            },
            Checksum: NDIS_TCP_IP_CHECKSUM_OFFLOAD {
                IPv4Transmit: send4,
                IPv4Receive: receive4,
                IPv6Transmit: send6,
                IPv6Receive: receive6,
            },
            LsoV2: NDIS_TCP_LARGE_SEND_OFFLOAD_V2 {
                IPv4: four,
                IPv6: [six[0], six[1], six[2], 0b0101],
            },
            Rsc: NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD {
                IPv4: self.joins[0].into(),
                IPv6: self.joins[1].into(),
            },
            ..Default::default()
        }
    }

    /// What a driver says, in attributes or a status indication; without tags, which are told elsewhere.
    ///
    /// # Safety
    /// `from` is null or a structure as long as it says.
    pub(crate) unsafe fn read(from: *const NDIS_OFFLOAD) -> Self {
        if from.is_null() {
            return Self::default();
        }
        // SAFETY: every version begins with the header.
        let header = unsafe { (*from).Header };
        let right = header.Type == NDIS_OBJECT_TYPE_OFFLOAD
            && header.Revision >= NDIS_OFFLOAD_REVISION_1
            && header.Size >= NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1;
        if !right {
            violation(RULE, "an offload structure with a wrong header");
        }
        let mut all = NDIS_OFFLOAD::default();
        let length = usize::from(header.Size).min(size_of_val(&all));
        // SAFETY: the header vouches for the length; the copy is as long.
        unsafe {
            std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut all).cast::<u8>(), length);
        }
        let sums = all.Checksum;
        let large = |words: &[u32]| Large {
            most: if words[0] & NDIS_ENCAPSULATION_IEEE_802_3 == 0 {
                0
            } else {
                words[1]
            },
            least: words[2],
        };
        Self {
            send: Sums::of([sums.IPv4Transmit, sums.IPv6Transmit]),
            receive: Sums::of([sums.IPv4Receive, sums.IPv6Receive]),
            large: [large(&all.LsoV2.IPv4), large(&all.LsoV2.IPv6)],
            joins: [all.Rsc.IPv4 != 0, all.Rsc.IPv6 != 0],
            priority: false,
            vlan: false,
        }
    }

    /// A driver's configuration is part of what it says is possible.
    pub(crate) fn expect_within(self, possible: Self) {
        if !self.is_within(possible) {
            violation(
                RULE,
                "offloads are on that are not among the capabilities that were told",
            );
        }
    }

    /// What a set of OID_TCP_OFFLOAD_PARAMETERS changes of received segments; the rest a NIC of ours keeps.
    ///
    /// # Safety
    /// The request is a valid set.
    pub(crate) unsafe fn change_joins(&mut self, request: &NDIS_OID_REQUEST_SET) -> NDIS_STATUS {
        let length = NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3;
        if request.InformationBufferLength < u32::from(length) {
            return NDIS_STATUS_INVALID_LENGTH;
        }
        let from = request.InformationBuffer.cast::<NDIS_OFFLOAD_PARAMETERS>();
        // SAFETY: the buffer is as long as it says.
        let [four, six] = unsafe { [(*from).RscIPv4, (*from).RscIPv6] };
        for (joins, change) in self.joins.iter_mut().zip([four, six]) {
            match change {
                NDIS_OFFLOAD_PARAMETERS_NO_CHANGE => {}
                change => *joins = change == NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED,
            }
        }
        NDIS_STATUS_SUCCESS
    }
}

/// What goes beside a list: the low halves of its information.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// What is to be made, or was seen, of checksums.
    pub checksum: u32,
    pub large: u32,
    /// Of how many segments it was made.
    pub joined: u32,
    /// The 802.1Q tag.
    pub tag: u32,
    /// Of receive side scaling.
    pub hash: u32,
}

/// Verdicts on checksums of received frames.
pub const TCP_FAILED: u32 = 1;
pub const UDP_FAILED: u32 = 1 << 1;
pub const IP_FAILED: u32 = 1 << 2;
pub const TCP_GOOD: u32 = 1 << 3;
pub const UDP_GOOD: u32 = 1 << 4;
pub const IP_GOOD: u32 = 1 << 5;
/// Checksums to be made.
pub const IS_IPV4: u32 = 1;
pub const IS_IPV6: u32 = 1 << 1;
pub const MAKE_TCP: u32 = 1 << 2;
pub const MAKE_UDP: u32 = 1 << 3;
pub const MAKE_IP: u32 = 1 << 4;
/// Of a large send.
pub const VERSION_2: u32 = 1 << 30;
pub const LARGE_IPV6: u32 = 1 << 31;

const HEADERS: usize = 128;

impl Beside {
    /// A large send cut into segments of `mss` bytes, whose TCP header is at `tcp`.
    #[must_use]
    pub fn large(mss: u32, tcp: u32, ipv6: bool) -> Self {
        let family = if ipv6 { LARGE_IPV6 } else { 0 };
        Self {
            large: mss | tcp << 20 | VERSION_2 | family,
            ..Self::default()
        }
    }

    /// A tag of this priority and VLAN.
    #[must_use]
    pub fn tagged(priority: u32, vlan: u32) -> Self {
        Self {
            tag: priority | vlan << 4,
            ..Self::default()
        }
    }

    /// # Safety
    /// The list is valid.
    pub(crate) unsafe fn of(list: List) -> Self {
        // SAFETY: the caller's promise.
        let word = |place: usize| unsafe { (*list).NetBufferListInfo[place] as usize as u32 };
        Self {
            checksum: word(TcpIpChecksumNetBufferListInfo),
            large: word(TcpLargeSendNetBufferListInfo),
            joined: word(TcpRecvSegCoalesceInfo),
            tag: word(Ieee8021QNetBufferListInfo),
            hash: word(NetBufferListHashInfo),
        }
    }

    /// # Safety
    /// The list is the caller's.
    pub(crate) unsafe fn put(self, list: List) {
        let words = [
            (TcpIpChecksumNetBufferListInfo, self.checksum),
            (TcpLargeSendNetBufferListInfo, self.large),
            (TcpRecvSegCoalesceInfo, self.joined),
            (Ieee8021QNetBufferListInfo, self.tag),
            (NetBufferListHashInfo, self.hash),
        ];
        for (place, word) in words {
            // SAFETY: the caller's promise.
            unsafe { (*list).NetBufferListInfo[place] = word as usize as PVOID };
        }
    }

    /// Whether `by` does what a sent list of `longest` bytes asks for.
    pub(crate) fn is_done(&self, by: &Offloads, longest: usize) -> bool {
        let tags =
            (self.tag & 0b111 == 0 || by.priority) && (self.tag >> 4 & 0xFFF == 0 || by.vlan);
        if self.large != 0 {
            let six = usize::from(self.large & LARGE_IPV6 != 0);
            let most = by.large[six].most as usize;
            return tags && self.large & VERSION_2 != 0 && most != 0 && longest <= most + HEADERS;
        }
        let asks = |bit| self.checksum & bit != 0;
        let (tcp, udp) = match asks(IS_IPV6) {
            true => (by.send.tcp6, by.send.udp6),
            false => (by.send.tcp4, by.send.udp4),
        };
        tags && (!asks(MAKE_TCP) || tcp)
            && (!asks(MAKE_UDP) || udp)
            && (!asks(MAKE_IP) || by.send.ip4)
    }

    /// Whether it asks for anything but a tag.
    pub(crate) fn is_task(&self) -> bool {
        self.large != 0 || self.checksum & (MAKE_TCP | MAKE_UDP | MAKE_IP) != 0
    }

    /// A received list tells nothing that nobody was told to expect. Segments may be joined before that is told: a NIC
    /// below begins when its own administrator says so. But then their checksums are gone, and somebody has to vouch for
    /// them.
    pub(crate) fn expect_told(&self, told: &Offloads) {
        let sums = &told.receive;
        let said = |bits| self.checksum & bits != 0;
        let wrong = if self.joined != 0 && !said(TCP_GOOD) {
            Some("joined segments that nobody vouches for")
        } else if self.joined == 0
            && (said(TCP_FAILED | TCP_GOOD) && !(sums.tcp4 || sums.tcp6)
                || said(UDP_FAILED | UDP_GOOD) && !(sums.udp4 || sums.udp6)
                || said(IP_FAILED | IP_GOOD) && !sums.ip4)
        {
            Some("a checksum's verdict")
        } else if self.tag & 0b111 != 0 && !told.priority
            || self.tag >> 4 & 0xFFF != 0 && !told.vlan
        {
            Some("an 802.1Q tag")
        } else if self.hash != 0 {
            Some("a hash")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let text = format!(
                "a receive is indicated with {wrong}, which the adapter never said it does"
            );
            violation(RULE, &text);
        }
    }
}
