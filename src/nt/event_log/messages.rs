//! Every message of the event log: its number, how grave it is, its text.
//!
//! The build scripts make the image's message table of this file (`tests/image/messages.rs`), so it uses
//! nothing but `core`. `docs/event-log.md` tells what to do about each. A number once used keeps its
//! meaning: programs filter by it. `%1` is the device's name, which entries of a driver have none of;
//! `%2` and on are the strings of an entry, in their order.

/// What the system log calls the level: the two highest bits of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Informational = 1,
    Warning = 2,
    Error = 3,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    /// What Event Viewer shows as the event's ID.
    pub(crate) id: u16,
    pub(crate) severity: Severity,
    pub(crate) text: &'static str,
}

/// Not one of Microsoft's codes, so the facility (0) says nothing.
const CUSTOMER: u32 = 1 << 29;

impl Message {
    /// As an `NTSTATUS`: the number of the text in the message table.
    pub(crate) const fn code(&self) -> u32 {
        (self.severity as u32) << 30 | CUSTOMER | self.id as u32
    }
}

macro_rules! messages {
    ($($id:literal $severity:ident $name:ident $text:literal;)*) => {
        $(pub(crate) const $name: Message = Message {
            id: $id,
            severity: Severity::$severity,
            text: $text,
        };)*

        /// In the order of their numbers.
        pub(crate) const ALL: &[Message] = &[$($name),*];
    };
}

messages! {
    1 Error WSK_NOT_REGISTERED "The driver is not loaded: it could not be registered with Winsock Kernel (%2).";
    2 Error NDIS_NOT_REGISTERED "The driver is not loaded: it could not be registered with NDIS (%2).";
    3 Error PROTOCOL_NOT_REGISTERED "No adapter can be paired with a NIC: the protocol could not be registered (%2).";
    4 Error ADAPTER_NOT_STARTED "The adapter with interface index %2 was not started (%3).";
    5 Warning KEYWORD_IGNORED "The keyword %3 of the adapter with interface index %2 is %4, which is not within %5 to %6. It is taken as %7.";
    6 Warning TECHNOLOGY_UNKNOWN "Network Direct is off on the adapter with interface index %2: its keyword *NetworkDirectTechnology is %3, and there is only 1, iWARP.";
    7 Informational NOT_PAIRED "The adapter with interface index %2 carries no frames: it is paired with no NIC. Network Direct works without one.";
    8 Error PAIRED_UNREADABLE "The adapter with interface index %2 carries no frames: its keyword PairedAdapter is not the GUID of an interface.";
    9 Error NIC_NOT_FREE "The adapter with interface index %2 carries no frames: it cannot be paired with the NIC %3 (%4).";
    10 Error NIC_NOT_OPENED "The NIC %2 cannot be used by the adapter that is paired with it (%3). The adapter carries no frames.";
    11 Warning NIC_NARROW "The frames of the adapter with interface index %2 may have an MTU of %3, and those of its NIC only %4, which is used.";
    12 Error NIC_FOREIGN "The adapter with interface index %2 carries no frames: it is to share the address of its NIC, %4, and has another, %3.";
    13 Warning NETWORK_DIRECT_NOT_SWITCHED "NDIS did not take it that Network Direct of the adapter with interface index %2 is switched to %3, 1 being on and 0 off (%4). It is told again until it does.";
}
