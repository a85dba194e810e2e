//! The interrupt request level of this processor.

use wdk_sys::{PASSIVE_LEVEL, ntddk::KeGetCurrentIrql};

/// The current level.
pub(crate) fn irql() -> u8 {
    // SAFETY: reads this processor's level; callable at any level.
    unsafe { KeGetCurrentIrql() }
}

/// Whether waiting and pageable work are allowed here.
pub(crate) fn is_passive() -> bool {
    u32::from(irql()) == PASSIVE_LEVEL
}
