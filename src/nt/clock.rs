//! Time since the system started, in units of 100 ns.

use wdk_sys::{LARGE_INTEGER, ntddk::KeQueryInterruptTimePrecise};

/// 100 ns units, as the kernel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Ticks(pub(crate) u64);

impl Ticks {
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// How long from `earlier` to `self`; zero when it is not earlier.
    pub(crate) const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }

    /// As the kernel takes a due time or a timeout: negative means counted from now.
    pub(super) fn relative(self) -> LARGE_INTEGER {
        LARGE_INTEGER {
            QuadPart: -i64::try_from(self.0).unwrap_or(i64::MAX),
        }
    }
}

/// Monotonic; runs on while the machine sleeps.
pub(crate) fn now() -> Ticks {
    let mut counter = 0;
    // SAFETY: the pointer is to a local; callable at any level.
    Ticks(unsafe { KeQueryInterruptTimePrecise(&raw mut counter) })
}
