//! Load and unload, in order and in reverse.

use wdk_sys::{NTSTATUS, PCUNICODE_STRING, PVOID, STATUS_SUCCESS};

#[global_allocator]
static ALLOCATOR: wdk_alloc::WdkAllocator = wdk_alloc::WdkAllocator;

use wdk_panic as _;

/// Called once by the kernel, at PASSIVE_LEVEL, when the image is loaded.
///
/// # Safety
///
/// Only the kernel calls it, with its driver object and the path of the driver's service key.
// SAFETY: the linker names this symbol as the entry point; nothing else of the image has the name.
#[unsafe(export_name = "DriverEntry")]
unsafe extern "system" fn driver_entry(
    _driver: PVOID,
    _registry_path: PCUNICODE_STRING,
) -> NTSTATUS {
    STATUS_SUCCESS
}
