//! The numbers of the requests, and the bytes of their answers.

use super::{header, listing};
use crate::ndis::frame::Totals;
use crate::ndis::upper::{Oid, Refusal, Reply};
use core::sync::atomic::{AtomicU64, Ordering};

use crate::ndk::host::Host;
use crate::sys;

/// Every request answered, with its number; NDIS is given the numbers as the supported list.
const TABLE: [(u32, Oid); 33] = [
    (sys::OID_GEN_RECEIVE_BLOCK_SIZE, Oid::ReceiveBlockSize),
    (sys::OID_GEN_TRANSMIT_BLOCK_SIZE, Oid::TransmitBlockSize),
    (sys::OID_GEN_RECEIVE_BUFFER_SPACE, Oid::ReceiveBufferSpace),
    (sys::OID_GEN_TRANSMIT_BUFFER_SPACE, Oid::TransmitBufferSpace),
    (sys::OID_GEN_MAXIMUM_TOTAL_SIZE, Oid::MaximumTotalSize),
    (sys::OID_GEN_VENDOR_ID, Oid::VendorId),
    (sys::OID_GEN_VENDOR_DESCRIPTION, Oid::VendorDescription),
    (sys::OID_GEN_VENDOR_DRIVER_VERSION, Oid::VendorDriverVersion),
    (sys::OID_GEN_CURRENT_PACKET_FILTER, Oid::CurrentPacketFilter),
    (sys::OID_GEN_CURRENT_LOOKAHEAD, Oid::CurrentLookahead),
    (sys::OID_GEN_XMIT_OK, Oid::SentFrames),
    (sys::OID_GEN_RCV_OK, Oid::ReceivedFrames),
    (sys::OID_GEN_STATISTICS, Oid::Statistics),
    (sys::OID_GEN_INTERRUPT_MODERATION, Oid::InterruptModeration),
    (sys::OID_GEN_LINK_PARAMETERS, Oid::LinkParameters),
    (sys::OID_802_3_PERMANENT_ADDRESS, Oid::PermanentAddress),
    (sys::OID_802_3_CURRENT_ADDRESS, Oid::CurrentAddress),
    (sys::OID_802_3_MULTICAST_LIST, Oid::MulticastList),
    (sys::OID_802_3_MAXIMUM_LIST_SIZE, Oid::MaximumListSize),
    (sys::OID_GEN_VLAN_ID, Oid::VlanId),
    (sys::OID_OFFLOAD_ENCAPSULATION, Oid::OffloadEncapsulation),
    (sys::OID_TCP_OFFLOAD_PARAMETERS, Oid::OffloadParameters),
    (sys::OID_PM_PARAMETERS, Oid::PowerParameters),
    (sys::OID_PM_REMOVE_PROTOCOL_OFFLOAD, Oid::RemoveWakeUp),
    (sys::OID_PM_REMOVE_WOL_PATTERN, Oid::RemoveWakeUp),
    (sys::OID_PNP_ENABLE_WAKE_UP, Oid::EnableWakeUp),
    (sys::OID_PNP_REMOVE_WAKE_UP_PATTERN, Oid::RemoveWakeUp),
    (sys::OID_PNP_QUERY_POWER, Oid::QueryPower),
    (sys::OID_PNP_SET_POWER, Oid::SetPower),
    (sys::OID_NDK_SET_STATE, Oid::NetworkDirectSetState),
    (sys::OID_NDK_CONNECTIONS, Oid::NetworkDirectConnections),
    (
        sys::OID_NDK_LOCAL_ENDPOINTS,
        Oid::NetworkDirectLocalEndpoints,
    ),
    (sys::OID_NDK_STATISTICS, Oid::NetworkDirectStatistics),
];

/// The numbers, for `SupportedOidList`.
pub(super) static SUPPORTED: [u32; TABLE.len()] = {
    let mut numbers = [0; TABLE.len()];
    let mut at = 0;
    while at < TABLE.len() {
        // PANIC: evaluated by the compiler.
        numbers[at] = TABLE[at].0;
        at += 1;
    }
    numbers
};

/// The request of this number.
pub(super) fn find(number: u32) -> Option<Oid> {
    TABLE
        .iter()
        .find(|(known, _)| *known == number)
        .map(|(_, oid)| *oid)
}

/// What was written, and what the whole answer needs.
pub(super) struct Written {
    pub(super) bytes: usize,
    pub(super) needed: usize,
}

/// Writes a reply; a buffer too small for it gets nothing (NDK-OID-05).
pub(super) fn write(reply: &Reply<'_>, to: &mut [u8]) -> Result<Written, Refusal> {
    match reply {
        Reply::Nothing => Ok(Written {
            bytes: 0,
            needed: 0,
        }),
        Reply::Number(number) => put(&number.to_ne_bytes(), to),
        Reply::Address(address) => put(address, to),
        Reply::Text(text) => put(text, to),
        Reply::Counter(counter) => put_counter(*counter, to),
        Reply::NoInterruptModeration => put(bytes_of(&no_interrupt_moderation()), to),
        Reply::Statistics(totals) => put(bytes_of(&statistics(*totals)), to),
        Reply::Connections(rows) => listing::connections(rows, to),
        Reply::LocalEndpoints(rows) => listing::local_endpoints(rows, to),
        Reply::NetworkDirect(host) => put(bytes_of(&network_direct(host)), to),
    }
}

pub(super) fn put(bytes: &[u8], to: &mut [u8]) -> Result<Written, Refusal> {
    let room = to
        .get_mut(..bytes.len())
        .ok_or(Refusal::Length(bytes.len()))?;
    room.copy_from_slice(bytes);
    Ok(Written {
        bytes: bytes.len(),
        needed: 0,
    })
}

/// Eight bytes, or the low four with a note that there are eight.
fn put_counter(counter: u64, to: &mut [u8]) -> Result<Written, Refusal> {
    let [a, b, c, d, ..] = counter.to_le_bytes();
    match put(&counter.to_le_bytes(), to) {
        Err(Refusal::Length(needed)) if to.len() >= 4 => {
            put(&[a, b, c, d], to).map(|written| Written { needed, ..written })
        }
        written => written,
    }
}

/// # Panics
/// Never.
pub(super) fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: `Plain` types have no padding that was not zeroed, so every byte is initialised.
    unsafe { core::slice::from_raw_parts((&raw const *value).cast(), size_of::<T>()) }
}

/// # Safety
/// Every byte of a value is initialised: the type has no padding.
pub(super) unsafe trait Plain {}
// SAFETY: a header, then `u32`s and `u64`s, each at its alignment without gaps.
unsafe impl Plain for sys::NDIS_STATISTICS_INFO {}
// SAFETY: a header and `u32`s without gaps.
unsafe impl Plain for sys::NDIS_INTERRUPT_MODERATION_PARAMETERS {}
// SAFETY: a header, a `u32`, then `u64`s without gaps.
unsafe impl Plain for sys::NDIS_NDK_STATISTICS_INFO {}

fn no_interrupt_moderation() -> sys::NDIS_INTERRUPT_MODERATION_PARAMETERS {
    sys::NDIS_INTERRUPT_MODERATION_PARAMETERS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_INTERRUPT_MODERATION_PARAMETERS_REVISION_1,
            sys::NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1,
        ),
        Flags: 0,
        InterruptModeration: sys::NdisInterruptModerationNotSupported,
    }
}

/// What the adapter counts: frames of every kind, discards and errors.
pub(super) const COUNTED: u32 = sys::NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_BYTES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_RCV_DISCARDS
    | sys::NDIS_STATISTICS_FLAGS_VALID_RCV_ERROR
    | sys::NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_BYTES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_XMIT_ERROR
    | sys::NDIS_STATISTICS_FLAGS_VALID_XMIT_DISCARDS
    | sys::NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_RCV
    | sys::NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_XMIT
    | sys::NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_XMIT;

fn statistics(totals: Totals) -> sys::NDIS_STATISTICS_INFO {
    let Totals { sent, received } = totals;
    sys::NDIS_STATISTICS_INFO {
        Header: header(
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_STATISTICS_INFO_REVISION_1,
            sys::NDIS_SIZEOF_STATISTICS_INFO_REVISION_1,
        ),
        SupportedStatistics: COUNTED,
        ifInDiscards: received.discards,
        ifInErrors: received.errors,
        ifHCInOctets: received.bytes(),
        ifHCInUcastPkts: received.unicast.frames,
        ifHCInMulticastPkts: received.multicast.frames,
        ifHCInBroadcastPkts: received.broadcast.frames,
        ifHCOutOctets: sent.bytes(),
        ifHCOutUcastPkts: sent.unicast.frames,
        ifHCOutMulticastPkts: sent.multicast.frames,
        ifHCOutBroadcastPkts: sent.broadcast.frames,
        ifOutErrors: sent.errors,
        ifOutDiscards: sent.discards,
        ifHCInUcastOctets: received.unicast.bytes,
        ifHCInMulticastOctets: received.multicast.bytes,
        ifHCInBroadcastOctets: received.broadcast.bytes,
        ifHCOutUcastOctets: sent.unicast.bytes,
        ifHCOutMulticastOctets: sent.multicast.bytes,
        ifHCOutBroadcastOctets: sent.broadcast.bytes,
    }
}

/// NDK-OID-03.
fn network_direct(host: &Host) -> sys::NDIS_NDK_STATISTICS_INFO {
    let counters = host.counters();
    let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    sys::NDIS_NDK_STATISTICS_INFO {
        Header: header(
            sys::NDIS_OBJECT_TYPE_DEFAULT,
            sys::NDIS_NDK_STATISTICS_INFO_REVISION_1,
            sys::NDIS_SIZEOF_NDK_STATISTICS_INFO_REVISION_1,
        ),
        Flags: 0,
        CounterSet: sys::NDIS_NDK_PERFORMANCE_COUNTERS {
            Connect: now(&counters.connect),
            Accept: now(&counters.accept),
            ConnectFailure: now(&counters.connect_failure),
            ConnectionError: now(&counters.connection_error),
            ActiveConnection: now(&counters.active_connection),
            CQError: now(&counters.cq_error),
            ..Default::default()
        },
    }
}
