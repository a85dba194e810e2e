//! `NdkQueryExtension`, the same for every object.

use crate::nt::Status;

/// Answers a query for an extension interface.
///
/// NDK-VER-08: an unknown interface is `STATUS_NOT_SUPPORTED` and nothing is written. NDK-VER-09:
/// none is known here, the adapter's RSS dispatch included.
pub(super) fn query() -> Status {
    Status::NOT_SUPPORTED
}
