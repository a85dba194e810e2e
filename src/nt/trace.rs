//! What happens, for Event Tracing for Windows: the provider `softrnic` (TraceLogging: events bring their
//! own names, no manifest is installed).
//!
//! Nothing here is per packet or per work request. Without a session that asks for it an event costs a
//! look at a level; no memory is allocated, and an event that cannot be written is lost, silently.
//! Everything but registering may be called at any level.

use core::{
    fmt::{self, Write},
    net::SocketAddr,
};

use tracelogging::{define_provider, write_event};

use super::status::Status;

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
pub(crate) struct Pair {
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
}

/// A connection was made: MPA start-up is through. `reads`: how many the peer, and we, may have outstanding.
pub(crate) fn connected(pair: Pair, active: bool, reads: (u16, u16)) {
    let (inbound, outbound) = reads;
    write_event!(
        PROVIDER,
        "Connected",
        level(Informational),
        keyword(keyword::CONNECTION),
        str8("Local", &Text::address(pair.local)),
        str8("Remote", &Text::address(pair.remote)),
        bool8("Active", &active),
        u16("InboundReads", &inbound),
        u16("OutboundReads", &outbound),
    );
}

/// A connect or an accept came to nothing.
pub(crate) fn not_connected(pair: Pair, active: bool, reason: &dyn fmt::Debug) {
    write_event!(
        PROVIDER,
        "NotConnected",
        level(Warning),
        keyword(keyword::CONNECTION),
        str8("Local", &Text::address(pair.local)),
        str8("Remote", &Text::address(pair.remote)),
        bool8("Active", &active),
        str8("Reason", &Text::reason(reason)),
    );
}

/// The peer disconnected (`reason` is none), or the connection was lost.
pub(crate) fn left_by_peer(pair: Pair, reason: Option<&dyn fmt::Debug>) {
    match reason {
        None => write_event!(
            PROVIDER,
            "PeerDisconnected",
            level(Informational),
            keyword(keyword::CONNECTION),
            str8("Local", &Text::address(pair.local)),
            str8("Remote", &Text::address(pair.remote)),
        ),
        Some(reason) => write_event!(
            PROVIDER,
            "ConnectionLost",
            level(Warning),
            keyword(keyword::CONNECTION),
            str8("Local", &Text::address(pair.local)),
            str8("Remote", &Text::address(pair.remote)),
            str8("Reason", &Text::reason(reason)),
        ),
    };
}

/// Our consumer's disconnect is over: gracefully (`reason` is none) or not.
pub(crate) fn disconnected(pair: Pair, reason: Option<&dyn fmt::Debug>) {
    match reason {
        None => write_event!(
            PROVIDER,
            "Disconnected",
            level(Informational),
            keyword(keyword::CONNECTION),
            str8("Local", &Text::address(pair.local)),
            str8("Remote", &Text::address(pair.remote)),
        ),
        Some(reason) => write_event!(
            PROVIDER,
            "DisconnectFailed",
            level(Warning),
            keyword(keyword::CONNECTION),
            str8("Local", &Text::address(pair.local)),
            str8("Remote", &Text::address(pair.remote)),
            str8("Reason", &Text::reason(reason)),
        ),
    };
}

/// A Terminate came or went (RFC 5040 section 4.8).
pub(crate) fn terminated(pair: Pair, by_peer: bool, numbers: (u8, u8), meaning: &str) {
    let (layer_and_type, code) = numbers;
    write_event!(
        PROVIDER,
        "Terminate",
        level(Error),
        keyword(keyword::PROTOCOL),
        str8("Local", &Text::address(pair.local)),
        str8("Remote", &Text::address(pair.remote)),
        bool8("ByPeer", &by_peer),
        u8_hex("LayerAndType", &layer_and_type),
        u8_hex("Code", &code),
        str8("Meaning", meaning),
    );
}

/// A peer that had connected and said nothing, or too little, was turned away to make room for a newcomer.
pub(crate) fn crowded_out(pair: Pair) {
    write_event!(
        PROVIDER,
        "CrowdedOut",
        level(Warning),
        keyword(keyword::LIMIT),
        str8("Local", &Text::address(pair.local)),
        str8("Remote", &Text::address(pair.remote)),
    );
}

/// A peer that came was not taken: no memory, or no place among those that are starting up.
pub(crate) fn not_taken(pair: Pair, status: Status) {
    write_event!(
        PROVIDER,
        "PeerNotTaken",
        level(Warning),
        keyword(keyword::LIMIT),
        str8("Local", &Text::address(pair.local)),
        str8("Remote", &Text::address(pair.remote)),
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

/// Text of at most 64 bytes; what is longer is cut.
struct Text {
    bytes: [u8; 64],
    len: usize,
}

impl Text {
    fn new(arguments: fmt::Arguments<'_>) -> Self {
        let mut text = Self {
            bytes: [0; 64],
            len: 0,
        };
        // Formatting into a `Text` cannot fail.
        let _ = text.write_fmt(arguments);
        text
    }

    fn address(address: Option<SocketAddr>) -> Self {
        match address {
            Some(address) => Self::new(format_args!("{address}")),
            None => Self::new(format_args!("unknown")),
        }
    }

    fn reason(reason: &dyn fmt::Debug) -> Self {
        Self::new(format_args!("{reason:?}"))
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (slot, &byte) in self.bytes.iter_mut().skip(self.len).zip(text.as_bytes()) {
            *slot = byte;
            self.len += 1;
        }
        Ok(())
    }
}
