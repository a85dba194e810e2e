//! System mappings of what MDLs describe.

use std::arch::naked_asm;
use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::mdl::{
    MDL_BUILT, MDL_MAPPED_TO_SYSTEM_VA, MDL_PARTIAL, MDL_PARTIAL_HAS_BEEN_MAPPED,
    MDL_SOURCE_IS_NONPAGED_POOL, frames, span,
};
use super::phys;
use crate::export::Export;
use crate::image::image_at;
use crate::thread::{current, enter};
use crate::verifier::{stack, violation};
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, MDL, PAGE_SIZE, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": MmMapLockedPagesSpecifyCache, MmUnmapLockedPages;
};

/// The mappings of one machine: address → who made it and how many pages it has.
#[derive(Default)]
pub struct Mappings(Mutex<BTreeMap<usize, (usize, usize)>>);

impl Mappings {
    /// Mappings that the image at `base` made and did not undo.
    #[must_use]
    pub fn left_by(&self, base: usize) -> Vec<String> {
        let mappings = self.0.lock();
        let left = mappings
            .iter()
            .filter(|(_, (caller, _))| image_at(*caller).is_some_and(|image| image.base == base));
        left.map(|(at, (caller, pages))| {
            format!(
                "{pages} pages at {at:#x} mapped at {}",
                stack::describe(*caller)
            )
        })
        .collect()
    }
}

/// Maps the pages an MDL describes into system space.
#[unsafe(naked)]
pub unsafe extern "win64" fn MmMapLockedPagesSpecifyCache(
    mdl: *mut MDL,
    mode: i8,
    cache: i32,
    address: PVOID,
    bug_check: BOOLEAN,
    priority: u32,
) -> PVOID {
    naked_asm!("mov rdx, [rsp]", "jmp {inner}", inner = sym map)
}

unsafe extern "win64" fn map(mdl: *mut MDL, caller: usize) -> PVOID {
    let thread = enter("MmMapLockedPagesSpecifyCache", DISPATCH_LEVEL);
    // SAFETY: the driver's own MDL.
    unsafe {
        let flags = (*mdl).MdlFlags;
        if flags & MDL_BUILT == 0 {
            violation("VERIF-MDL-NOT-BUILT", "an MDL that is not locked is mapped");
        }
        if flags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL) != 0 {
            violation(
                "VERIF-MDL-MAPPED",
                "an MDL that has a system address is mapped again",
            );
        }
        let Some(base) = phys::map_again(frames(mdl)) else {
            return std::ptr::null_mut();
        };
        let address = base + (*mdl).ByteOffset as usize;
        (*mdl).MappedSystemVa = address as PVOID;
        (*mdl).MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
        if flags & MDL_PARTIAL != 0 {
            (*mdl).MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
        }
        if phys::is_alias(base) {
            thread
                .machine
                .mappings
                .0
                .lock()
                .insert(base, (caller, frames(mdl).len()));
        }
        address as PVOID
    }
}

pub unsafe extern "win64" fn MmUnmapLockedPages(address: PVOID, mdl: *mut MDL) {
    let _ = enter("MmUnmapLockedPages", DISPATCH_LEVEL);
    // SAFETY: the driver's own MDL.
    unsafe {
        if (*mdl).MdlFlags & MDL_MAPPED_TO_SYSTEM_VA == 0 || (*mdl).MappedSystemVa != address {
            violation(
                "VERIF-MDL-MAPPED",
                "MmUnmapLockedPages on what is not mapped there",
            );
        }
        if (*mdl).MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL != 0 {
            violation(
                "VERIF-MDL-MAPPED",
                "MmUnmapLockedPages on an MDL of nonpaged pool",
            );
        }
        if (*mdl).MdlFlags & (MDL_PARTIAL | MDL_PARTIAL_HAS_BEEN_MAPPED) == MDL_PARTIAL {
            violation(
                "VERIF-MDL-MAPPED",
                "MmUnmapLockedPages on a partial MDL that maps its source's",
            );
        }
        unmap(mdl);
    }
}

/// # Safety
/// `mdl` is mapped by itself.
pub(super) unsafe fn unmap(mdl: *mut MDL) {
    // SAFETY: as the function's.
    unsafe {
        let base = (*mdl).MappedSystemVa as usize & !(PAGE_SIZE - 1);
        let pages = span((*mdl).ByteOffset as usize, (*mdl).ByteCount as usize);
        if phys::is_alias(base) {
            if current().machine.mappings.0.lock().remove(&base).is_none() {
                violation("VERIF-MDL-MAPPED", "a mapping is undone twice");
            }
            phys::unmap(base, pages);
        }
        (*mdl).MdlFlags &= !(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
        (*mdl).MappedSystemVa = std::ptr::null_mut();
    }
}

/// What freeing or preparing a partial MDL does when it was mapped.
pub(super) unsafe fn unmap_partial(mdl: *mut MDL) {
    // SAFETY: the flag says that it is mapped by itself.
    unsafe { unmap(mdl) };
}
