//! The adapter's keywords, read at every initialization (NDIS-LIFE rules INF-11, INF-12).
//!
//! `docs/settings.md` says what each is for; a test holds it and the INF to the numbers here.

use core::{fmt::Display, ops::RangeInclusive};

use crate::ndis::dispatch::{Configuration, Keyword, keyword};
use crate::ndis::frame::{InterfaceGuid, Switches, Tagging, Ways};
use crate::ndis::pair::Used;
use crate::ndk::host::{self, Preferences, ReadyKinds, Revision};
use crate::ndk::port::PortMap;
use crate::nt::{event_log, log::notice, trace};

/// A number of the adapter's key.
struct Number {
    name: &'static str,
    keyword: Keyword,
    default: u32,
    range: RangeInclusive<u32>,
}

/// `number!(name, default, range)`.
macro_rules! number {
    ($name:literal, $default:literal, $range:expr) => {
        Number {
            name: $name,
            keyword: keyword!($name),
            default: $default,
            range: $range,
        }
    };
}

/// The NIC below: the GUID of its interface (`NetCfgInstanceId`), a text. Without one the adapter
/// carries no frames.
const PAIRED: Keyword = keyword!("PairedAdapter");
/// 1: the adapter has the NIC's address (NetworkAddress), for networks that drop frames of others.
const SHARED: Number = number!("SharedAddress", 0, 0..=1);

/// NDK-NDIS-04: 0 is off.
const NETWORK_DIRECT: Number = number!("*NetworkDirect", 1, 0..=1);
/// INF-09: 1 is iWARP, the only one there is.
const TECHNOLOGY: Number = number!("*NetworkDirectTechnology", 1, 0..=4);
/// The largest frame with its Ethernet header. RFC 8200: what every IPv6 link carries, and the
/// largest IPv4 packet.
const JUMBO_PACKET: Number = number!("*JumboPacket", 1514, 1294..=65549);
/// Checksums that the NIC below may make (1), look at (2), or both.
const IP_CHECKSUM: Number = number!("*IPChecksumOffloadIPv4", 3, 0..=3);
const TCP4_CHECKSUM: Number = number!("*TCPChecksumOffloadIPv4", 3, 0..=3);
const TCP6_CHECKSUM: Number = number!("*TCPChecksumOffloadIPv6", 3, 0..=3);
const UDP4_CHECKSUM: Number = number!("*UDPChecksumOffloadIPv4", 3, 0..=3);
const UDP6_CHECKSUM: Number = number!("*UDPChecksumOffloadIPv6", 3, 0..=3);
/// The NIC may cut large sends, and join received segments.
const LARGE4: Number = number!("*LsoV2IPv4", 1, 0..=1);
const LARGE6: Number = number!("*LsoV2IPv6", 1, 0..=1);
const JOIN4: Number = number!("*RscIPv4", 1, 0..=1);
const JOIN6: Number = number!("*RscIPv6", 1, 0..=1);
/// 1 is priorities, 2 VLANs, 3 both.
const TAGS: Number = number!("*PriorityVLANTag", 3, 0..=3);
/// The adapter's VLAN; 0 is none.
const VLAN: Number = number!("VlanID", 0, 0..=4094);
/// NDK-CON-18: 0 lets ND ports be TCP ports of the same number.
const PORT_MAP: Number = number!("NetworkDirectPortMap", 1, 0..=1);
/// Bounds the TCP segment that FPDUs are cut for; 0 leaves it to the MTU.
const MAX_SEGMENT: Number = number!("NetworkDirectMaxSegment", 0, 0..=65463);
const CRC: Number = number!("NetworkDirectCrc", 1, 0..=1);
const MARKERS: Number = number!("NetworkDirectMarkers", 0, 0..=1);
const REVISION: Number = number!("NetworkDirectMpaRevision", 2, 1..=2);
const FALL_BACK: Number = number!("NetworkDirectMpaFallback", 1, 0..=1);
const READY: Number = number!("NetworkDirectReadyToReceive", 3, 0..=4);
const LEGACY_READS: Number = number!("NetworkDirectLegacyReads", 1, 0..=1);
const CONNECT_TIME: Number = number!("NetworkDirectConnectTimeout", 30, 1..=300);
const REQUEST_TIME: Number = number!("NetworkDirectRequestTimeout", 10, 1..=120);
const REPLY_TIME: Number = number!("NetworkDirectReplyTimeout", 90, 5..=600);
const READY_TIME: Number = number!("NetworkDirectReadyTimeout", 60, 1..=600);
const DISCONNECT_TIME: Number = number!("NetworkDirectDisconnectTimeout", 10, 1..=120);
const TERMINATE_TIME: Number = number!("NetworkDirectTerminateTimeout", 2, 1..=30);

const IWARP: u32 = 1;
const ETHERNET_HEADER: u32 = 14;
/// IPv6 and TCP headers, with TCP's timestamps: the larger of the two families.
const HEADERS: u32 = 40 + 20 + 12;
/// RFC 9293 section 3.7.1: what a peer that says nothing takes.
const MIN_SEGMENT: u32 = 536;

/// A locally administered unicast address.
const ADDRESS_PREFIX: [u8; 3] = [0x02, 0x53, 0x52];

impl Number {
    /// Absent and senseless values are the default, the latter not without a word.
    fn of(&self, from: &Configuration) -> u32 {
        match from.integer(self.keyword) {
            Some(value) if self.range.contains(&value) => value,
            Some(value) => {
                let (name, default) = (self.name, self.default);
                let (least, most) = (self.range.start(), self.range.end());
                notice!("{name} is {value}, not within {least} to {most}: taken as {default}");
                trace::setting_ignored(name, value, default);
                event_log::write(
                    &event_log::KEYWORD_IGNORED,
                    &[
                        &from.interface_index(),
                        &name,
                        &value,
                        least,
                        most,
                        &default,
                    ],
                );
                self.default
            }
            None => self.default,
        }
    }

    fn is_set(&self, from: &Configuration) -> bool {
        self.of(from) != 0
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) network_direct: bool,
    pub(crate) mtu: u32,
    pub(crate) address: [u8; 6],
    pub(crate) paired: Option<InterfaceGuid>,
    pub(crate) shared: bool,
    pub(crate) used: Used,
    port_map: bool,
    preferences: Preferences,
}

impl Settings {
    pub(super) fn read(from: &Configuration, luid: u64) -> Self {
        let mtu = JUMBO_PACKET.of(from).saturating_sub(ETHERNET_HEADER);
        Self {
            network_direct: NETWORK_DIRECT.is_set(from) && is_iwarp(from),
            mtu,
            address: from.network_address().unwrap_or_else(|| address(luid)),
            paired: paired(from),
            shared: SHARED.is_set(from),
            used: used(from),
            port_map: PORT_MAP.is_set(from),
            preferences: preferences(from, mtu.saturating_sub(HEADERS)),
        }
    }

    /// What the NDK side needs of them.
    pub(super) fn host(&self) -> host::Settings {
        let ports = if self.port_map {
            PortMap::SmbDirect
        } else {
            PortMap::Off
        };
        host::Settings::new(ports, self.preferences)
    }
}

/// Not without a word when it is another.
fn is_iwarp(from: &Configuration) -> bool {
    let technology = TECHNOLOGY.of(from);
    if technology != IWARP {
        let strings: [&dyn Display; 2] = [&from.interface_index(), &technology];
        event_log::write(&event_log::TECHNOLOGY_UNKNOWN, &strings);
    }
    technology == IWARP
}

/// Not without a word when there is none, or the text names no interface.
fn paired(from: &Configuration) -> Option<InterfaceGuid> {
    let paired = from.interface(PAIRED);
    let why = match paired {
        Some(Ok(_)) => None,
        Some(Err(_)) => {
            notice!("PairedAdapter is no interface's GUID: no NIC is used");
            Some(event_log::PAIRED_UNREADABLE)
        }
        None => Some(event_log::NOT_PAIRED),
    };
    if let Some(message) = why {
        event_log::write(&message, &[&from.interface_index()]);
    }
    paired?.ok()
}

/// What of the NIC's own work is used.
fn used(from: &Configuration) -> Used {
    let ways = |keyword: &Number| Ways::of_keyword(keyword.of(from));
    let tags = TAGS.of(from);
    Used {
        switches: Switches {
            ip: ways(&IP_CHECKSUM),
            tcp: [ways(&TCP4_CHECKSUM), ways(&TCP6_CHECKSUM)],
            udp: [ways(&UDP4_CHECKSUM), ways(&UDP6_CHECKSUM)],
            large: [LARGE4.is_set(from), LARGE6.is_set(from)],
            joins: [JOIN4.is_set(from), JOIN6.is_set(from)],
        },
        tags: Tagging {
            priority: tags & 1 != 0,
            vlan: tags & 2 != 0,
        },
        vlan: u16::try_from(VLAN.of(from)).unwrap_or(0),
    }
}

/// How connections are made on a link whose MTU leaves `fits` bytes to a TCP segment.
fn preferences(from: &Configuration, fits: u32) -> Preferences {
    Preferences {
        max_segment: match MAX_SEGMENT.of(from) {
            0 => fits,
            asked => asked.clamp(MIN_SEGMENT, fits.max(MIN_SEGMENT)),
        },
        crc: CRC.is_set(from),
        markers: MARKERS.is_set(from),
        revision: match REVISION.of(from) {
            1 => Revision::One,
            _ => Revision::Two,
        },
        fall_back: FALL_BACK.is_set(from),
        ready: ready(READY.of(from)),
        legacy_reads: LEGACY_READS.is_set(from),
        connect_seconds: CONNECT_TIME.of(from),
        request_seconds: REQUEST_TIME.of(from),
        reply_seconds: REPLY_TIME.of(from),
        ready_seconds: READY_TIME.of(from),
        disconnect_seconds: DISCONNECT_TIME.of(from),
        farewell_seconds: TERMINATE_TIME.of(from),
    }
}

/// 0 is none, 1 a Write, 2 a Read, 3 either, 4 a Send.
fn ready(choice: u32) -> Option<ReadyKinds> {
    (choice != 0).then_some(ReadyKinds {
        send: choice == 4,
        write: choice == 1 || choice == 3,
        read: choice == 2 || choice == 3,
    })
}

/// An address of our own for the interface: its index in the LUID tells it from its sisters.
fn address(luid: u64) -> [u8; 6] {
    let [a, b, c] = ADDRESS_PREFIX;
    // Bits 24..48 of a NET_LUID are its index.
    let [_, _, _, x, y, z, ..] = luid.to_le_bytes();
    [a, b, c, z, y, x]
}
