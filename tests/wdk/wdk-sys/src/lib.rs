//! Declarations of the WDK in use, with the names, the signatures and the module layout of
//! `wdk-sys` 0.5.
//!
//! Types and constants stand at the crate's root, functions in [`ntddk`]. Off Windows only the
//! types mean anything: nothing is linked there. `tests/abi` holds every one of them to the facts
//! of the Windows ABI.
#![no_std]
#![expect(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "the WDK's names"
)]

mod constants;
mod drivers;
mod etw;
pub mod ntddk;
mod processors;
mod types;
mod wdm;

#[cfg(target_os = "windows")]
#[doc(hidden)]
pub mod support;

pub use crate::{constants::*, drivers::*, etw::*, processors::*, types::*, wdm::*};

/// Whether `nt_status` is a success or an informational status.
#[must_use]
pub const fn NT_SUCCESS(nt_status: NTSTATUS) -> bool {
    nt_status >= 0
}

/// Whether `nt_status` is an informational status.
#[must_use]
pub const fn NT_INFORMATION(nt_status: NTSTATUS) -> bool {
    (nt_status as u32 >> 30) == 1
}

/// Whether `nt_status` is a warning.
#[must_use]
pub const fn NT_WARNING(nt_status: NTSTATUS) -> bool {
    (nt_status as u32 >> 30) == 2
}

/// Whether `nt_status` is an error.
#[must_use]
pub const fn NT_ERROR(nt_status: NTSTATUS) -> bool {
    (nt_status as u32 >> 30) == 3
}

/// Asserts, in debug builds, that paged code may run here.
#[macro_export]
macro_rules! PAGED_CODE {
    () => {
        debug_assert!(unsafe { $crate::ntddk::KeGetCurrentIrql() <= $crate::APC_LEVEL as u8 });
    };
}
