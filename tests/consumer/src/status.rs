//! NTSTATUS values as a consumer reads them.

use std::fmt;

/// An NTSTATUS returned by, or given to a completion of, an NDK function.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NtStatus(pub i32);

macro_rules! statuses {
    ($($name:ident = $value:literal),* $(,)?) => {
        impl NtStatus {
            $(
                #[doc = concat!("`STATUS_", stringify!($name), "`")]
                pub const $name: Self = Self($value as u32 as i32);
            )*
        }

        /// The documented name of a status, if it is one that NDKPI uses.
        #[must_use]
        pub fn name(status: NtStatus) -> Option<&'static str> {
            match status {
                $(NtStatus::$name => Some(concat!("STATUS_", stringify!($name))),)*
                _ => None,
            }
        }
    };
}

statuses! {
    SUCCESS = 0x0000_0000,
    PENDING = 0x0000_0103,
    BUFFER_OVERFLOW = 0x8000_0005,
    NO_MORE_ENTRIES = 0x8000_001A,
    ACCESS_VIOLATION = 0xC000_0005,
    INVALID_PARAMETER = 0xC000_000D,
    INVALID_DEVICE_REQUEST = 0xC000_0010,
    BUFFER_TOO_SMALL = 0xC000_0023,
    INVALID_PARAMETER_MIX = 0xC000_0030,
    DATA_OVERRUN = 0xC000_003C,
    SHARING_VIOLATION = 0xC000_0043,
    INSUFFICIENT_RESOURCES = 0xC000_009A,
    DEVICE_NOT_READY = 0xC000_00A3,
    IO_TIMEOUT = 0xC000_00B5,
    NOT_SUPPORTED = 0xC000_00BB,
    INTERNAL_ERROR = 0xC000_00E5,
    CANCELLED = 0xC000_0120,
    REMOTE_RESOURCES = 0xC000_013D,
    INVALID_ADDRESS = 0xC000_0141,
    INVALID_DEVICE_STATE = 0xC000_0184,
    INVALID_BUFFER_SIZE = 0xC000_0206,
    TOO_MANY_ADDRESSES = 0xC000_0209,
    ADDRESS_ALREADY_EXISTS = 0xC000_020A,
    CONNECTION_REFUSED = 0xC000_0236,
    CONNECTION_INVALID = 0xC000_023A,
    CONNECTION_ACTIVE = 0xC000_023B,
    NETWORK_UNREACHABLE = 0xC000_023C,
    HOST_UNREACHABLE = 0xC000_023D,
    CONNECTION_ABORTED = 0xC000_0241,
    IMPLEMENTATION_LIMIT = 0xC000_042B,
    NDIS_BAD_VERSION = 0xC001_0004,
    NDIS_ADAPTER_NOT_READY = 0xC001_0011,
}

impl NtStatus {
    /// Whether an answer is still to come.
    #[must_use]
    pub fn is_pending(self) -> bool {
        self == Self::PENDING
    }

    /// Whether this is a success code (`NT_SUCCESS`).
    #[must_use]
    pub fn is_success(self) -> bool {
        self.0 >= 0
    }

    /// `Ok(())` for `STATUS_SUCCESS`, the status otherwise.
    ///
    /// # Errors
    /// Any status but `STATUS_SUCCESS`, `STATUS_PENDING` included.
    pub fn ok(self) -> Result<(), Self> {
        if self == Self::SUCCESS {
            Ok(())
        } else {
            Err(self)
        }
    }
}

impl fmt::Debug for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(*self) {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}

impl fmt::Display for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for NtStatus {}
