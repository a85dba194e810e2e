//! The requests of a virtual Ethernet adapter, as a table (ndis-driver contract, section 5).
//!
//! Pure decisions: numbers, buffers and statuses are `dispatch`'s.

use core::{ops::RangeInclusive, sync::atomic::Ordering};

use super::Miniport;
use crate::ndis::frame::{Address, Filter, Groups, Senseless, Totals, is_encapsulation};
use crate::ndis::pair::Pair;
use crate::ndis::{VERSION_MAJOR, VERSION_MINOR};
use crate::ndk::host::Host;
use crate::ndk::listing::{Connection, LocalEndpoint, Snapshot};
use crate::nt::{Ref, SpinLock, Status};

/// The most multicast addresses kept.
pub(crate) const MAX_MULTICAST: u32 = Filter::<SpinLock<Groups>>::MOST_GROUPS as u32;
/// An Ethernet header.
const HEADER: u32 = 14;
/// Frames' worth of buffer space told, though there is no buffer.
const FRAMES: u32 = 256;
/// As an Ethernet NIC's vendor: no organisation's.
const NO_VENDOR: u32 = 0x00FF_FFFF;
const DESCRIPTION: &[u8] = b"softrnic: RDMA NIC in software\0";

/// Major version above the minor one.
const DRIVER_VERSION: u32 = (VERSION_MAJOR as u32) << 16 | VERSION_MINOR as u32;

/// The requests answered; everything else is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oid {
    CurrentAddress,
    CurrentLookahead,
    CurrentPacketFilter,
    InterruptModeration,
    LinkParameters,
    MaximumListSize,
    MaximumTotalSize,
    MulticastList,
    OffloadEncapsulation,
    OffloadParameters,
    VlanId,
    EnableWakeUp,
    PowerParameters,
    RemoveWakeUp,
    NetworkDirectConnections,
    NetworkDirectLocalEndpoints,
    NetworkDirectSetState,
    NetworkDirectStatistics,
    PermanentAddress,
    QueryPower,
    ReceiveBlockSize,
    ReceiveBufferSpace,
    ReceivedFrames,
    SentFrames,
    SetPower,
    Statistics,
    TransmitBlockSize,
    TransmitBufferSpace,
    VendorDescription,
    VendorDriverVersion,
    VendorId,
}

impl Oid {
    /// What an adapter that sleeps answers: its power, and, for NDIS-OID-04 lets nobody refuse it, that a wake-up is no more.
    pub(super) fn is_of_power(self) -> bool {
        matches!(self, Self::QueryPower | Self::RemoveWakeUp | Self::SetPower)
    }
}

/// What a query is answered with.
pub(crate) enum Reply<'a> {
    Number(u32),
    /// NDIS takes four or eight bytes of it.
    Counter(u64),
    Text(&'static [u8]),
    Address([u8; 6]),
    /// Nothing to say but yes.
    Nothing,
    NoInterruptModeration,
    Statistics(Totals),
    /// NDK-ADP-18.
    NetworkDirect(&'a Host),
    /// NDK-OID-04.
    Connections(Snapshot<Connection>),
    LocalEndpoints(Snapshot<LocalEndpoint>),
}

/// What a set brings.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

/// Why a request was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotSupported,
    /// The buffer is too small, or not of a length that makes sense; this would be.
    Length(usize),
    /// A value out of range (NDIS-OID-11).
    Data,
    /// Something that cannot be had.
    Parameter,
    /// More multicast addresses than are kept.
    MulticastFull,
    /// No memory for the answer.
    Resources,
    /// The device is gone.
    Removed,
    /// The adapter sleeps.
    Asleep,
}

impl From<Status> for Refusal {
    fn from(_: Status) -> Self {
        Self::Resources
    }
}

impl From<Senseless> for Refusal {
    fn from(senseless: Senseless) -> Self {
        match senseless {
            Senseless::Length(needed) => Self::Length(needed),
            Senseless::Value => Self::Data,
            Senseless::Absent => Self::NotSupported,
        }
    }
}

pub(super) fn query(miniport: &Miniport, oid: Oid) -> Result<Reply<'_>, Refusal> {
    let frame = miniport.mtu() + HEADER;
    Ok(match oid {
        Oid::CurrentAddress | Oid::PermanentAddress => Reply::Address(miniport.settings.address),
        Oid::CurrentLookahead => Reply::Number(miniport.lookahead.load(Ordering::Relaxed)),
        Oid::CurrentPacketFilter => Reply::Number(miniport.pair.filter().packet()),
        Oid::InterruptModeration => Reply::NoInterruptModeration,
        Oid::MaximumListSize => Reply::Number(MAX_MULTICAST),
        Oid::MaximumTotalSize | Oid::ReceiveBlockSize | Oid::TransmitBlockSize => {
            Reply::Number(frame)
        }
        Oid::ReceiveBufferSpace | Oid::TransmitBufferSpace => Reply::Number(frame * FRAMES),
        Oid::ReceivedFrames => Reply::Counter(miniport.pair.counters().totals().received.frames()),
        Oid::SentFrames => Reply::Counter(miniport.pair.counters().totals().sent.frames()),
        Oid::Statistics => Reply::Statistics(miniport.pair.counters().totals()),
        Oid::VendorDescription => Reply::Text(DESCRIPTION),
        Oid::VendorDriverVersion => Reply::Number(DRIVER_VERSION),
        Oid::VendorId => Reply::Number(NO_VENDOR),
        // A virtual device sleeps without preparation.
        Oid::QueryPower => Reply::Nothing,
        Oid::NetworkDirectStatistics => Reply::NetworkDirect(&miniport.host),
        Oid::NetworkDirectConnections => {
            Reply::Connections(miniport.host.connections().snapshot()?)
        }
        Oid::NetworkDirectLocalEndpoints => {
            Reply::LocalEndpoints(miniport.host.local_endpoints().snapshot()?)
        }
        Oid::VlanId => Reply::Number(miniport.pair.vlan().into()),
        Oid::LinkParameters
        | Oid::MulticastList
        | Oid::NetworkDirectSetState
        | Oid::OffloadEncapsulation
        | Oid::OffloadParameters
        | Oid::EnableWakeUp
        | Oid::PowerParameters
        | Oid::RemoveWakeUp
        | Oid::SetPower => return Err(Refusal::NotSupported),
    })
}

/// NDIS-OID-11: what is set is checked. Lengths are in bytes; more than needed is fine.
pub(super) fn set(miniport: &Ref<Miniport>, oid: Oid, input: &Input<'_>) -> Result<usize, Refusal> {
    match oid {
        Oid::CurrentPacketFilter => {
            let filter = input.number()?;
            if filter & !SUPPORTED_FILTERS != 0 {
                return Err(Refusal::NotSupported);
            }
            miniport.pair.filter().set_packet(filter);
            Pair::changed(&miniport.pair);
            Ok(4)
        }
        Oid::CurrentLookahead => {
            let lookahead = input.number()?;
            if lookahead > miniport.mtu() {
                return Err(Refusal::Data);
            }
            miniport.lookahead.store(lookahead, Ordering::Relaxed);
            Ok(4)
        }
        Oid::MulticastList => {
            if !miniport.pair.filter().set_groups(input.addresses()?) {
                return Err(Refusal::MulticastFull);
            }
            Pair::changed(&miniport.pair);
            Ok(input.0.len())
        }
        Oid::OffloadEncapsulation => encapsulate(miniport, input),
        Oid::OffloadParameters => switch_offloads(miniport, input),
        Oid::VlanId => set_vlan(miniport, input),
        // There is none to change.
        Oid::InterruptModeration => Err(Refusal::Data),
        // Any link will do: there is no cable.
        Oid::LinkParameters => input.at_least(LINK_PARAMETERS),
        Oid::EnableWakeUp | Oid::PowerParameters | Oid::RemoveWakeUp => set_wake_up(oid, input),
        Oid::SetPower => Ok(set_power(miniport, input)),
        Oid::NetworkDirectSetState => set_network_direct(miniport, input),
        Oid::CurrentAddress
        | Oid::MaximumListSize
        | Oid::MaximumTotalSize
        | Oid::NetworkDirectConnections
        | Oid::NetworkDirectLocalEndpoints
        | Oid::NetworkDirectStatistics
        | Oid::PermanentAddress
        | Oid::QueryPower
        | Oid::ReceiveBlockSize
        | Oid::ReceiveBufferSpace
        | Oid::ReceivedFrames
        | Oid::SentFrames
        | Oid::Statistics
        | Oid::TransmitBlockSize
        | Oid::TransmitBufferSpace
        | Oid::VendorDescription
        | Oid::VendorDriverVersion
        | Oid::VendorId => Err(Refusal::NotSupported),
    }
}

fn set_network_direct(miniport: &Ref<Miniport>, input: &Input<'_>) -> Result<usize, Refusal> {
    let on = input.0.first().ok_or(Refusal::Length(1))?;
    Miniport::set_network_direct(miniport, *on != 0);
    Ok(1)
}

fn set_wake_up(oid: Oid, input: &Input<'_>) -> Result<usize, Refusal> {
    match oid {
        // NDIS-PM-03: the adapter wakes nobody, so there is nothing to be switched on.
        Oid::EnableWakeUp => input.all_off(0, 1),
        Oid::PowerParameters => input.all_off(POWER_SWITCHES, 3),
        // NDIS-OID-04: there is none, so it is gone.
        _ => Ok(input.0.len()),
    }
}

/// NDIS-PM-01: never refused, whatever it says, for there is nothing to save. Connections live or time out by themselves.
fn set_power(miniport: &Miniport, input: &Input<'_>) -> usize {
    match input.number() {
        Ok(AWAKE) => miniport.asleep.store(false, Ordering::Relaxed),
        Ok(state) if ASLEEP.contains(&state) => miniport.asleep.store(true, Ordering::Relaxed),
        _ => {}
    }
    input.0.len()
}

fn encapsulate(miniport: &Miniport, input: &Input<'_>) -> Result<usize, Refusal> {
    // Without a NIC there is nothing to be encapsulated, and never will be.
    if !miniport.pair.is_attached() || !is_encapsulation(input.0)? {
        return Err(Refusal::Parameter);
    }
    Pair::tell_offloads_again(&miniport.pair);
    Ok(input.0.len())
}

fn switch_offloads(miniport: &Miniport, input: &Input<'_>) -> Result<usize, Refusal> {
    if !miniport.pair.is_attached() {
        return Err(Refusal::NotSupported);
    }
    Pair::switch(&miniport.pair, |now| now.changed(input.0))?;
    Ok(input.0.len())
}

fn set_vlan(miniport: &Miniport, input: &Input<'_>) -> Result<usize, Refusal> {
    let vlan = u16::try_from(input.number()?).unwrap_or(u16::MAX);
    if vlan > LAST_VLAN {
        return Err(Refusal::Data);
    }
    Pair::set_vlan(&miniport.pair, vlan);
    Ok(4)
}

/// `NDIS_PACKET_TYPE_DIRECTED`, `MULTICAST`, `ALL_MULTICAST`, `BROADCAST`, `PROMISCUOUS`.
pub(crate) const SUPPORTED_FILTERS: u32 = 0x1 | 0x2 | 0x4 | 0x8 | 0x20;
/// IEEE 802.1Q: the largest that names a VLAN.
const LAST_VLAN: u16 = 4094;
/// `NdisDeviceStateD0`, and those below it.
const AWAKE: u32 = 1;
const ASLEEP: RangeInclusive<u32> = 2..=4;
/// Where `NDIS_PM_PARAMETERS` has patterns, protocol offloads and wake-up flags.
const POWER_SWITCHES: usize = 4;
/// The size of `NDIS_LINK_PARAMETERS`.
const LINK_PARAMETERS: usize = 32;

impl Input<'_> {
    fn number(&self) -> Result<u32, Refusal> {
        let bytes = self.0.first_chunk().ok_or(Refusal::Length(4))?;
        Ok(u32::from_ne_bytes(*bytes))
    }

    /// So many numbers from this place on, all of which ask for nothing.
    fn all_off(&self, place: usize, count: usize) -> Result<usize, Refusal> {
        let end = place + 4 * count;
        let numbers = self.0.get(place..end).ok_or(Refusal::Length(end))?;
        if numbers.iter().any(|byte| *byte != 0) {
            return Err(Refusal::NotSupported);
        }
        Ok(end)
    }

    fn at_least(&self, length: usize) -> Result<usize, Refusal> {
        if self.0.len() < length {
            Err(Refusal::Length(length))
        } else {
            Ok(length)
        }
    }

    /// NDIS-OID-04: a list, also an empty one, is only refused for its length.
    fn addresses(&self) -> Result<&[Address], Refusal> {
        const LENGTH: usize = size_of::<Address>();
        match self.0.as_chunks() {
            (addresses, []) => Ok(addresses),
            (addresses, _) => Err(Refusal::Length(size_of_val(addresses).max(LENGTH))),
        }
    }
}
