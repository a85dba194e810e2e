//! `NTSTATUS` as a type, and the names of those in use.

use core::fmt;

/// What kernel calls answer.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Status(i32);

/// A result whose error is never a success status.
pub(crate) type Result<T, E = Status> = core::result::Result<T, E>;

macro_rules! statuses {
    ($($name:ident = $value:literal,)*) => {
        impl Status {
            $(pub(crate) const $name: Self = Self($value as u32 as i32);)*

            /// The name without `STATUS_`, or "UNNAMED".
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    _ => "UNNAMED",
                }
            }
        }
    };
}

statuses! {
    SUCCESS = 0x0000_0000,
    TIMEOUT = 0x0000_0102,
    PENDING = 0x0000_0103,
    EVENT_PENDING = 0x4000_0013,
    BUFFER_OVERFLOW = 0x8000_0005,
    NO_MORE_ENTRIES = 0x8000_001A,
    UNSUCCESSFUL = 0xC000_0001,
    NOT_IMPLEMENTED = 0xC000_0002,
    ACCESS_VIOLATION = 0xC000_0005,
    INVALID_HANDLE = 0xC000_0008,
    INVALID_PARAMETER = 0xC000_000D,
    INVALID_PARAMETER_MIX = 0xC000_0030,
    INVALID_DEVICE_REQUEST = 0xC000_0010,
    MORE_PROCESSING_REQUIRED = 0xC000_0016,
    NO_MEMORY = 0xC000_0017,
    ACCESS_DENIED = 0xC000_0022,
    BUFFER_TOO_SMALL = 0xC000_0023,
    DATA_OVERRUN = 0xC000_003C,
    SHARING_VIOLATION = 0xC000_0043,
    INSUFFICIENT_RESOURCES = 0xC000_009A,
    DEVICE_NOT_READY = 0xC000_00A3,
    IO_TIMEOUT = 0xC000_00B5,
    FILE_FORCED_CLOSED = 0xC000_00B6,
    NOT_SUPPORTED = 0xC000_00BB,
    REQUEST_NOT_ACCEPTED = 0xC000_00D0,
    INTERNAL_ERROR = 0xC000_00E5,
    CANCELLED = 0xC000_0120,
    LOCAL_DISCONNECT = 0xC000_013B,
    REMOTE_DISCONNECT = 0xC000_013C,
    REMOTE_RESOURCES = 0xC000_013D,
    INVALID_ADDRESS = 0xC000_0141,
    INVALID_DEVICE_STATE = 0xC000_0184,
    INVALID_BUFFER_SIZE = 0xC000_0206,
    INVALID_ADDRESS_COMPONENT = 0xC000_0207,
    TOO_MANY_ADDRESSES = 0xC000_0209,
    ADDRESS_ALREADY_EXISTS = 0xC000_020A,
    CONNECTION_DISCONNECTED = 0xC000_020C,
    CONNECTION_RESET = 0xC000_020D,
    DATA_NOT_ACCEPTED = 0xC000_021B,
    CONNECTION_REFUSED = 0xC000_0236,
    GRACEFUL_DISCONNECT = 0xC000_0237,
    CONNECTION_INVALID = 0xC000_023A,
    CONNECTION_ACTIVE = 0xC000_023B,
    NETWORK_UNREACHABLE = 0xC000_023C,
    HOST_UNREACHABLE = 0xC000_023D,
    PORT_UNREACHABLE = 0xC000_023F,
    CONNECTION_ABORTED = 0xC000_0241,
    NOINTERFACE = 0xC000_02B9,
    IMPLEMENTATION_LIMIT = 0xC000_042B,
}

impl Status {
    pub(crate) const fn from_raw(status: i32) -> Self {
        Self(status)
    }

    pub(crate) const fn to_raw(self) -> i32 {
        self.0
    }

    /// Success and informational statuses, as `NT_SUCCESS`.
    pub(crate) const fn is_success(self) -> bool {
        self.0 >= 0
    }

    /// `Err` unless it is a success.
    pub(crate) const fn ok(self) -> Result<()> {
        if self.is_success() { Ok(()) } else { Err(self) }
    }
}

impl From<Result<()>> for Status {
    fn from(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::SUCCESS,
            Err(status) => status,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#010x})", self.name(), self.0)
    }
}
