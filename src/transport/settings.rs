//! What an adapter's configuration says about connections.

use crate::iwarp::{Config, ReadLimits, Revision, Timeouts};
use crate::rdma::Limits;
use crate::wsk::BatchLimits;

use super::connection::{Patience, SECOND};

/// TCP's payload on Ethernet: 1500 less IPv4 and TCP headers with timestamps.
const ETHERNET: u32 = 1448;
/// The largest ULPDU of RFC 5044 with its framing; what loopback carries is more.
const LARGEST: u32 = 64_768;

/// Of one adapter; fixed while it is open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// TCP's maximum segment size: no FPDU is larger (RFC 5044: one FPDU a segment).
    pub(crate) max_segment: u32,
    /// CRC32C; off only by an administrator's choice.
    pub(crate) crc: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_segment: ETHERNET,
            crc: true,
        }
    }
}

impl Settings {
    pub(super) fn config(&self) -> Config {
        let limits = Limits::ADAPTER;
        let caps = ReadLimits {
            ird: limits.inbound_reads as u16,
            ord: limits.outbound_reads as u16,
        };
        Config {
            crc: self.crc,
            revision: Revision::Two,
            peer_to_peer: true,
            emss: self.max_segment.clamp(512, LARGEST),
            caps,
            timeouts: Timeouts {
                request: 10 * SECOND,
                reply: 90 * SECOND,
                first_fpdu: 60 * SECOND,
            },
        }
    }

    pub(super) fn patience(&self) -> Patience {
        Patience::default()
    }

    /// A batch takes 16 of the largest FPDUs in place, or 64 KiB by value (about 45 Ethernet
    /// segments): the call is paid for long before that.
    pub(super) fn batch(&self) -> BatchLimits {
        BatchLimits {
            staging: 96 * 1024,
            ranges: 32,
            bytes: 1024 * 1024,
        }
    }
}
