//! Status indications: what the NIC below says, and what is told of the link above.

use super::{Ends, header, offload};
use crate::ndis::frame::{Link, Media, Offloads};
use crate::sys;

/// What of a NIC's status the pair acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Link(Link),
    Offloads(Offloads),
    /// Bytes behind the Ethernet header, from now on.
    Mtu(u32),
    ResetStarts,
    ResetEnds,
}

/// # Safety
/// `indication` is one NDIS passes in this call.
pub(super) unsafe fn read(indication: &sys::NDIS_STATUS_INDICATION) -> Option<Said> {
    match indication.StatusCode {
        sys::NDIS_STATUS_RESET_START => Some(Said::ResetStarts),
        sys::NDIS_STATUS_RESET_END => Some(Said::ResetEnds),
        sys::NDIS_STATUS_LINK_STATE => {
            let whole = indication.StatusBufferSize as usize >= size_of::<sys::NDIS_LINK_STATE>();
            if !whole || indication.StatusBuffer.is_null() {
                return None;
            }
            let state = indication.StatusBuffer.cast::<sys::NDIS_LINK_STATE>();
            // SAFETY: NDIS lends a buffer of that length for the call.
            let state = unsafe { state.read_unaligned() };
            Some(Said::Link(link(
                state.MediaConnectState,
                state.MediaDuplexState,
                state.XmitLinkSpeed,
                state.RcvLinkSpeed,
            )))
        }
        sys::NDIS_STATUS_L2_MTU_SIZE_CHANGE => {
            let whole = indication.StatusBufferSize as usize >= size_of::<u32>();
            if !whole || indication.StatusBuffer.is_null() {
                return None;
            }
            // SAFETY: NDIS lends a buffer of that length for the call.
            let mtu = unsafe { indication.StatusBuffer.cast::<u32>().read_unaligned() };
            Some(Said::Mtu(mtu))
        }
        sys::NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG => {
            let length = indication.StatusBufferSize as usize;
            // SAFETY: NDIS lends a buffer of that length for the call.
            unsafe { offload::read(indication.StatusBuffer.cast(), length) }.map(Said::Offloads)
        }
        _ => None,
    }
}

pub(super) fn link(
    connected: sys::NET_IF_MEDIA_CONNECT_STATE,
    duplex: sys::NET_IF_MEDIA_DUPLEX_STATE,
    transmit: u64,
    receive: u64,
) -> Link {
    Link {
        media: match connected {
            sys::MediaConnectStateConnected => Media::Connected,
            sys::MediaConnectStateDisconnected => Media::Disconnected,
            _ => Media::Unknown,
        },
        full_duplex: match duplex {
            sys::MediaDuplexStateFull => Some(true),
            sys::MediaDuplexStateHalf => Some(false),
            _ => None,
        },
        transmit: speed(transmit),
        receive: speed(receive),
    }
}

fn speed(bits: u64) -> Option<u64> {
    (bits != sys::NDIS_LINK_SPEED_UNKNOWN).then_some(bits)
}

/// NDIS-STAT-01. The caller knows that the adapter is there (NDIS-STAT-02); `<= DISPATCH_LEVEL`.
pub(crate) fn indicate_link(ends: &Ends, link: &Link) {
    indicate(ends, sys::NDIS_STATUS_LINK_STATE, &mut link_state(link));
}

/// As `indicate_link`: bytes behind the Ethernet header, from now on.
pub(crate) fn indicate_mtu(ends: &Ends, mtu: u32) {
    let mut told = mtu;
    indicate(ends, sys::NDIS_STATUS_L2_MTU_SIZE_CHANGE, &mut told);
}

/// As `indicate_link`: any status, with what goes with it.
pub(super) fn indicate<T>(ends: &Ends, code: sys::NDIS_STATUS, told: &mut T) {
    let mut indication = sys::NDIS_STATUS_INDICATION {
        Header: header(
            sys::NDIS_OBJECT_TYPE_STATUS_INDICATION,
            sys::NDIS_STATUS_INDICATION_REVISION_1,
            sys::NDIS_SIZEOF_STATUS_INDICATION_REVISION_1,
        ),
        SourceHandle: ends.adapter(),
        StatusCode: code,
        StatusBuffer: (&raw mut *told).cast(),
        StatusBufferSize: size_of::<T>() as u32,
        ..Default::default()
    };
    // SAFETY: the adapter is there (caller), and the locals live for the call.
    unsafe { sys::NdisMIndicateStatusEx(ends.adapter(), &raw mut indication) };
}

fn link_state(link: &Link) -> sys::NDIS_LINK_STATE {
    sys::NDIS_LINK_STATE {
        Header: header(
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_LINK_STATE_REVISION_1,
            sys::NDIS_SIZEOF_LINK_STATE_REVISION_1,
        ),
        MediaConnectState: match link.media {
            Media::Unknown => sys::MediaConnectStateUnknown,
            Media::Connected => sys::MediaConnectStateConnected,
            Media::Disconnected => sys::MediaConnectStateDisconnected,
        },
        MediaDuplexState: match link.full_duplex {
            None => sys::MediaDuplexStateUnknown,
            Some(true) => sys::MediaDuplexStateFull,
            Some(false) => sys::MediaDuplexStateHalf,
        },
        XmitLinkSpeed: link.transmit.unwrap_or(sys::NDIS_LINK_SPEED_UNKNOWN),
        RcvLinkSpeed: link.receive.unwrap_or(sys::NDIS_LINK_SPEED_UNKNOWN),
        PauseFunctions: sys::NdisPauseFunctionsUnknown,
        AutoNegotiationFlags: 0,
    }
}
