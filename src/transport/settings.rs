//! What an adapter's configuration says about connections.

use crate::iwarp::{Config, ReadLimits, Timeouts};
use crate::nt::{Ref, Status};
use crate::rdma::Limits;
use crate::rdma::limits::{MAX_PIECES, MAX_SGE};
use crate::wsk::BatchLimits;

use super::api::Preferences;
use super::connection::{Patience, SECOND};
use super::link::SMALL;
use super::reserve::Reserve;

/// The largest ULPDU of RFC 5044 with its framing; what loopback carries is more.
const LARGEST: u32 = 64_768;

/// Of one adapter; fixed while it is open.
#[derive(Clone)]
pub(crate) struct Settings {
    preferences: Preferences,
    /// What its connections share.
    reserve: Option<Ref<Reserve>>,
}

impl Settings {
    /// A connection's own batch, for what is small. Where all others are out it carries in place what
    /// lies in few pieces, eight pages in frames of their own or one of the largest FPDUs; else the connection goes on in
    /// small ones.
    pub(super) const OWN: BatchLimits = BatchLimits {
        staging: SMALL,
        mappings: 8,
        mdls: 2 * 8 + 1,
        bytes: 64 * 1024,
    };

    /// A large shared batch takes 16 of the largest FPDUs in place, or some 180 Ethernet segments by value:
    /// the call is paid for long before that.
    pub(super) const LARGE: BatchLimits = BatchLimits {
        staging: 256 * 1024,
        mappings: MAX_PIECES + MAX_SGE,
        // Bytes that are copied lie between the ranges, and before and after.
        mdls: 2 * (MAX_PIECES + MAX_SGE) + 1,
        bytes: 1024 * 1024,
    };

    /// A light shared batch, for where all large ones are out, takes what a connection's own does, twice.
    pub(super) const LIGHT: BatchLimits = BatchLimits {
        staging: 2 * Self::OWN.staging,
        mappings: 2 * Self::OWN.mappings,
        mdls: 2 * Self::OWN.mdls,
        bytes: 2 * Self::OWN.bytes,
    };

    pub(crate) fn new(preferences: Preferences) -> Self {
        Self {
            preferences,
            reserve: None,
        }
    }

    /// With room for what connections share. Once for an adapter.
    pub(crate) fn with_reserve(self) -> Result<Self, Status> {
        let reserve = Some(Ref::try_new(Reserve::try_new()?)?);
        Ok(Self { reserve, ..self })
    }

    pub(super) fn reserve(&self) -> Option<&Ref<Reserve>> {
        self.reserve.as_ref()
    }

    pub(super) fn config(&self) -> Config {
        let limits = Limits::ADAPTER;
        let caps = ReadLimits {
            ird: limits.inbound_reads as u16,
            ord: limits.outbound_reads as u16,
        };
        let preferred = &self.preferences;
        let after = |seconds: u32| u64::from(seconds) * SECOND;
        Config {
            crc: preferred.crc,
            markers: preferred.markers,
            revision: preferred.revision,
            peer_to_peer: preferred.ready.is_some(),
            ready: preferred.ready.unwrap_or_default(),
            legacy_reads: preferred.legacy_reads,
            emss: preferred.max_segment.clamp(512, LARGEST),
            caps,
            timeouts: Timeouts {
                request: after(preferred.request_seconds),
                reply: after(preferred.reply_seconds),
                first_fpdu: after(preferred.ready_seconds),
            },
        }
    }

    pub(super) fn patience(&self) -> Patience {
        let preferred = &self.preferences;
        let after = |seconds: u32| u64::from(seconds) * SECOND;
        Patience {
            connect: after(preferred.connect_seconds),
            disconnect: after(preferred.disconnect_seconds),
            farewell: after(preferred.farewell_seconds),
            fall_back: preferred.fall_back,
        }
    }
}
