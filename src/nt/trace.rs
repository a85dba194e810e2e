//! What happens, for Event Tracing for Windows: the provider `softrnic` (TraceLogging: events bring their
//! own names, no manifest is installed).
//!
//! Nothing here is per packet or per work request. Without a session that asks for it an event costs a
//! look at a level; no memory is allocated, and an event that cannot be written is lost, silently.
//! Everything but registering may be called at any level.

use core::{fmt, net::SocketAddr};

use tracelogging::{define_provider, write_event};

use super::{log::Text, status::Status};

define_provider!(PROVIDER, "softrnic");

/// Keywords: what a session may choose.
mod keyword {
    /// The driver, its adapters and their settings.
    pub(super) const LIFE: u64 = 0x1;
    /// Connections, from their making to their end.
    pub(super) const CONNECTION: u64 = 0x2;
    /// Terminates, and what else peers do wrong.
    pub(super) const PROTOCOL: u64 = 0x4;
    /// Limits that were met.
    pub(super) const LIMIT: u64 = 0x8;
    /// Requests of NDIS (OIDs).
    pub(super) const REQUEST: u64 = 0x10;
}

/// The provider, registered until this is dropped. One at a time, from load to unload.
pub(crate) struct Registration(());

impl Registration {
    /// When ETW has no memory for it there are no events. `PASSIVE_LEVEL`.
    pub(crate) fn register() -> Self {
        // SAFETY: dropping the one registration, before the image goes, unregisters.
        let _no_events = unsafe { PROVIDER.register() };
        write_event!(
            PROVIDER,
            "DriverLoaded",
            level(Informational),
            keyword(keyword::LIFE),
            str8("Version", env!("CARGO_PKG_VERSION")),
        );
        Self(())
    }
}

impl Drop for Registration {
    /// `PASSIVE_LEVEL`.
    fn drop(&mut self) {
        write_event!(
            PROVIDER,
            "DriverUnloaded",
            level(Informational),
            keyword(keyword::LIFE),
        );
        let _was_not_registered = PROVIDER.unregister();
    }
}

/// `MiniportInitializeEx` is about to succeed.
pub(crate) fn adapter_started(luid: u64, network_direct: bool) {
    write_event!(
        PROVIDER,
        "AdapterStarted",
        level(Informational),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        bool8("NetworkDirect", &network_direct),
    );
}

/// `MiniportHaltEx`, or what it does after a start that failed.
pub(crate) fn adapter_halted(luid: u64) {
    write_event!(
        PROVIDER,
        "AdapterHalted",
        level(Informational),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
    );
}

/// The device is gone, without a word before.
pub(crate) fn adapter_removed(luid: u64) {
    write_event!(
        PROVIDER,
        "AdapterRemoved",
        level(Warning),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
    );
}

/// NDIS was told that Network Direct is on or off.
pub(crate) fn network_direct_switched(luid: u64, on: bool) {
    write_event!(
        PROVIDER,
        "NetworkDirectSwitched",
        level(Informational),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        bool8("On", &on),
    );
}

/// NDIS would not be told; it will be told again.
pub(crate) fn network_direct_not_taken(luid: u64, on: bool, status: Status) {
    write_event!(
        PROVIDER,
        "NetworkDirectNotTaken",
        level(Warning),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        bool8("On", &on),
        win_ntstatus("Status", &status.to_raw()),
    );
}

/// The interface's addresses could not be read; connections may be refused until they are.
pub(crate) fn addresses_not_read(luid: u64, status: Status) {
    write_event!(
        PROVIDER,
        "AddressesNotRead",
        level(Warning),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        win_ntstatus("Status", &status.to_raw()),
    );
}

/// The NIC below is used.
pub(crate) fn nic_used(luid: u64) {
    write_event!(
        PROVIDER,
        "NicUsed",
        level(Informational),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
    );
}

/// It is not, or no more: `why` in words that stay the same.
pub(crate) fn nic_not_used(luid: u64, why: &str) {
    write_event!(
        PROVIDER,
        "NicNotUsed",
        level(Warning),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        str8("Why", why),
    );
}

/// Frames carry so many bytes from now on.
pub(crate) fn mtu_changed(luid: u64, mtu: u32) {
    write_event!(
        PROVIDER,
        "MtuChanged",
        level(Informational),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        u32("Mtu", &mtu),
    );
}

/// NDIS did not open it.
pub(crate) fn nic_not_opened(luid: u64, status: Status) {
    write_event!(
        PROVIDER,
        "NicNotOpened",
        level(Warning),
        keyword(keyword::LIFE),
        u64_hex("InterfaceLuid", &luid),
        win_ntstatus("Status", &status.to_raw()),
    );
}

/// A keyword of the adapter has a value that is none: the default is taken.
pub(crate) fn setting_ignored(name: &str, value: u32, taken: u32) {
    write_event!(
        PROVIDER,
        "SettingIgnored",
        level(Warning),
        keyword(keyword::LIFE),
        str8("Name", name),
        u32("Value", &value),
        u32("Taken", &taken),
    );
}

/// The two addresses of a connection, as far as they are known.
#[derive(Clone, Copy)]
pub(crate) struct AddressPair {
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
}

/// An event of a connection: its addresses come before its own fields.
macro_rules! write_pair_event {
    ($pair:ident, $name:tt, level($level:ident), keyword($($keyword:tt)*), $($fields:tt)*) => {
        write_event!(
            PROVIDER,
            $name,
            level($level),
            keyword($($keyword)*),
            str8("Local", &address($pair.local)),
            str8("Remote", &address($pair.remote)),
            $($fields)*
        )
    };
}

/// A connection was made: MPA start-up is through. `reads`: how many the peer, and we, may have outstanding.
pub(crate) fn connected(pair: AddressPair, active: bool, reads: (u16, u16)) {
    let (inbound, outbound) = reads;
    write_pair_event!(
        pair,
        "Connected",
        level(Informational),
        keyword(keyword::CONNECTION),
        bool8("Active", &active),
        u16("InboundReads", &inbound),
        u16("OutboundReads", &outbound),
    );
}

/// A connect or an accept came to nothing.
pub(crate) fn not_connected(pair: AddressPair, active: bool, reason: &dyn fmt::Debug) {
    write_pair_event!(
        pair,
        "NotConnected",
        level(Warning),
        keyword(keyword::CONNECTION),
        bool8("Active", &active),
        str8("Reason", &self::reason(reason)),
    );
}

/// The peer disconnected (`reason` is none), or the connection was lost.
pub(crate) fn left_by_peer(pair: AddressPair, reason: Option<&dyn fmt::Debug>) {
    match reason {
        None => write_pair_event!(
            pair,
            "PeerDisconnected",
            level(Informational),
            keyword(keyword::CONNECTION),
        ),
        Some(reason) => write_pair_event!(
            pair,
            "ConnectionLost",
            level(Warning),
            keyword(keyword::CONNECTION),
            str8("Reason", &self::reason(reason)),
        ),
    };
}

/// Our consumer's disconnect is over: gracefully (`reason` is none) or not.
pub(crate) fn disconnected(pair: AddressPair, reason: Option<&dyn fmt::Debug>) {
    match reason {
        None => write_pair_event!(
            pair,
            "Disconnected",
            level(Informational),
            keyword(keyword::CONNECTION),
        ),
        Some(reason) => write_pair_event!(
            pair,
            "DisconnectFailed",
            level(Warning),
            keyword(keyword::CONNECTION),
            str8("Reason", &self::reason(reason)),
        ),
    };
}

/// A Terminate came or went (RFC 5040 section 4.8).
pub(crate) fn terminated(pair: AddressPair, by_peer: bool, numbers: (u8, u8), meaning: &str) {
    let (layer_and_type, code) = numbers;
    write_pair_event!(
        pair,
        "Terminate",
        level(Error),
        keyword(keyword::PROTOCOL),
        bool8("ByPeer", &by_peer),
        u8_hex("LayerAndType", &layer_and_type),
        u8_hex("Code", &code),
        str8("Meaning", meaning),
    );
}

/// A peer that had connected and said nothing, or too little, was turned away to make room for a newcomer.
pub(crate) fn crowded_out(pair: AddressPair) {
    write_pair_event!(pair, "CrowdedOut", level(Warning), keyword(keyword::LIMIT),);
}

/// A peer that came was not taken: no memory, or no place among those that are starting up.
pub(crate) fn not_taken(pair: AddressPair, status: Status) {
    write_pair_event!(
        pair,
        "PeerNotTaken",
        level(Warning),
        keyword(keyword::LIMIT),
        win_ntstatus("Status", &status.to_raw()),
    );
}

/// A request of NDIS was answered.
pub(crate) fn request(oid: u32, set: bool, status: i32) {
    write_event!(
        PROVIDER,
        "Request",
        level(Verbose),
        keyword(keyword::REQUEST),
        u32_hex("Oid", &oid),
        bool8("Set", &set),
        win_ntstatus("Status", &status),
    );
}

/// An address with a scope and a port takes 58 bytes at most.
type Short = Text<64>;

fn address(address: Option<SocketAddr>) -> Short {
    match address {
        Some(address) => Short::new(format_args!("{address}")),
        None => Short::new(format_args!("unknown")),
    }
}

fn reason(reason: &dyn fmt::Debug) -> Short {
    Short::new(format_args!("{reason:?}"))
}
