//! The adapter's keywords, read at every initialization (NDIS-LIFE rules INF-11, INF-12).

use core::ops::RangeInclusive;

use crate::ndis::dispatch::{Configuration, Keyword, keyword};
use crate::ndk::{host, port::PortMap};

/// NDK-NDIS-04: 0 is off.
const NETWORK_DIRECT: Keyword = keyword!("*NetworkDirect");
/// INF-09: 1 is iWARP, the only one there is.
const TECHNOLOGY: Keyword = keyword!("*NetworkDirectTechnology");
/// The largest frame with its Ethernet header.
const JUMBO_PACKET: Keyword = keyword!("*JumboPacket");
/// NDK-CON-18: 0 lets ND ports be TCP ports of the same number.
const PORT_MAP: Keyword = keyword!("NetworkDirectPortMap");
/// Bounds the TCP segment that FPDUs are cut for; 0 leaves it to the MTU.
const MAX_SEGMENT: Keyword = keyword!("NetworkDirectMaxSegment");

const IWARP: u32 = 1;
const ETHERNET_HEADER: u32 = 14;
const MTU: u32 = 1500;
/// RFC 8200: what every IPv6 link carries; and the largest IPv4 packet.
const MTU_RANGE: RangeInclusive<u32> = 1280..=65_535;
/// IPv6 and TCP headers, with TCP's timestamps: the larger of the two families.
const HEADERS: u32 = 40 + 20 + 12;
/// RFC 9293 section 3.7.1: what a peer that says nothing takes.
const MIN_SEGMENT: u32 = 536;

/// A locally administered unicast address.
const ADDRESS_PREFIX: [u8; 3] = [0x02, 0x53, 0x52];

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) network_direct: bool,
    pub(crate) mtu: u32,
    pub(crate) address: [u8; 6],
    port_map: bool,
    max_segment: u32,
}

impl Settings {
    /// Absent and senseless values are defaults.
    pub(super) fn read(from: &Configuration, luid: u64) -> Self {
        let number = |keyword, default| from.integer(keyword).unwrap_or(default);
        let frame = number(JUMBO_PACKET, MTU + ETHERNET_HEADER);
        let mtu = frame.saturating_sub(ETHERNET_HEADER);
        let mtu = if MTU_RANGE.contains(&mtu) { mtu } else { MTU };
        let fits = mtu - HEADERS;
        let clamp = match number(MAX_SEGMENT, 0) {
            0 => fits,
            asked => asked.clamp(MIN_SEGMENT, fits),
        };
        Self {
            network_direct: number(NETWORK_DIRECT, 1) != 0 && number(TECHNOLOGY, IWARP) == IWARP,
            mtu,
            address: from.network_address().unwrap_or_else(|| address(luid)),
            port_map: number(PORT_MAP, 1) != 0,
            max_segment: clamp,
        }
    }

    /// What the NDK side needs of them.
    pub(super) fn host(&self) -> host::Settings {
        let ports = if self.port_map {
            PortMap::SmbDirect
        } else {
            PortMap::Off
        };
        host::Settings::new(ports, self.max_segment)
    }
}

/// An address of our own for the interface: its index in the LUID tells it from its sisters.
fn address(luid: u64) -> [u8; 6] {
    let [a, b, c] = ADDRESS_PREFIX;
    // Bits 24..48 of a NET_LUID are its index.
    let [_, _, _, x, y, z, ..] = luid.to_le_bytes();
    [a, b, c, z, y, x]
}
