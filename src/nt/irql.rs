//! The interrupt request level of this processor.

use wdk_sys::{
    DISPATCH_LEVEL, PASSIVE_LEVEL,
    ntddk::{KeGetCurrentIrql, KeLowerIrql, KfRaiseIrql},
};

/// The current level.
pub(crate) fn irql() -> u8 {
    // SAFETY: reads this processor's level; callable at any level.
    unsafe { KeGetCurrentIrql() }
}

/// Whether waiting and pageable work are allowed here.
pub(crate) fn is_passive() -> bool {
    u32::from(irql()) == PASSIVE_LEVEL
}

/// Whether DPCs of this processor have to wait, as they have while somebody holds a spin lock.
pub(crate) fn is_dispatch() -> bool {
    u32::from(irql()) >= DISPATCH_LEVEL
}

/// Runs `call` at `DISPATCH_LEVEL`. Callable at <= `DISPATCH_LEVEL`.
pub(crate) fn at_dispatch<R>(call: impl FnOnce() -> R) -> R {
    if is_dispatch() {
        return call();
    }
    // SAFETY: raises, from below.
    let before = unsafe { KfRaiseIrql(DISPATCH_LEVEL as u8) };
    let result = call();
    // SAFETY: back to the level it was raised from.
    unsafe { KeLowerIrql(before) };
    result
}
