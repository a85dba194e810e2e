//! System mappings of what MDLs describe.

use std::arch::naked_asm;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::Mutex;

use super::mdl::{
    self, MDL_BUILT, MDL_MAPPED_TO_SYSTEM_VA, MDL_PAGES_LOCKED, MDL_PARTIAL,
    MDL_PARTIAL_HAS_BEEN_MAPPED, MDL_SOURCE_IS_NONPAGED_POOL, frames, span,
};
use super::phys::{self, Pages};
use crate::export::Export;
use crate::image::image_at;
use crate::thread::{current, enter};
use crate::verifier::{stack, violation};
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, MDL, PAGE_SIZE, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": MmMapLockedPagesSpecifyCache, MmUnmapLockedPages,
        MmAllocatePagesForMdlEx, MmFreePagesFromMdl;
};

/// The mappings of one machine.
#[derive(Default)]
pub struct Mappings {
    /// Address → who made it and how many pages it has.
    live: Mutex<BTreeMap<usize, (usize, usize)>>,
    /// What drivers asked for so far.
    asked: Mutex<BTreeSet<Asked>>,
    /// Mappings by drivers until one fails; 0: none will.
    until_failure: AtomicU64,
}

/// How a driver asks for a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// `MM_PAGE_PRIORITY`, with the `MdlMapping…` flags.
    pub priority: u32,
    /// Whether a failure is to stop the computer.
    pub must_succeed: bool,
}

impl Mappings {
    /// Lets the `nth` mapping by a driver from now on fail (1 is the next), and none after it.
    pub fn fail_at(&self, nth: u64) {
        self.until_failure.store(nth, Ordering::SeqCst);
    }

    /// Whether the failure that was asked for is still to come.
    #[must_use]
    pub fn failure_is_due(&self) -> bool {
        self.until_failure.load(Ordering::SeqCst) != 0
    }

    /// The ways drivers have asked for mappings so far.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<Asked> {
        self.asked.lock().clone()
    }

    /// A driver asks; whether this is the mapping that fails.
    fn fails_now(&self, asked: Asked, caller: usize) -> bool {
        if image_at(caller).is_none() {
            return false;
        }
        self.asked.lock().insert(asked);
        let count = |n: u64| n.checked_sub(1);
        let order = Ordering::SeqCst;
        self.until_failure.fetch_update(order, order, count) == Ok(1)
    }

    /// Mappings that the image at `base` made and did not undo.
    #[must_use]
    pub fn left_by(&self, base: usize) -> Vec<String> {
        let mappings = self.live.lock();
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

/// `MdlMappingNoExecute`, `MdlMappingNoWrite`, beside the priority.
const MDL_MAPPING_NO_EXECUTE: u32 = 0x4000_0000;
const MDL_MAPPING_NO_WRITE: u32 = 0x8000_0000;

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
    naked_asm!(
        "mov rdx, [rsp]",
        "movzx r8d, byte ptr [rsp + 40]",
        "mov r9d, [rsp + 48]",
        "jmp {inner}",
        inner = sym map
    )
}

unsafe extern "win64" fn map(
    mdl: *mut MDL,
    caller: usize,
    bug_check: BOOLEAN,
    priority: u32,
) -> PVOID {
    let thread = enter("MmMapLockedPagesSpecifyCache", DISPATCH_LEVEL);
    let asked = Asked {
        priority,
        must_succeed: bug_check != 0,
    };
    if priority & (MDL_MAPPING_NO_EXECUTE | MDL_MAPPING_NO_WRITE) == 0
        && thread.machine.options.strict
        && image_at(caller).is_some()
    {
        violation(
            "VERIF-MDL-EXECUTE",
            "an MDL is mapped so that code can be written there and run",
        );
    }
    let fails = thread.machine.mappings.fails_now(asked, caller)
        || crate::sched::fails("MmMapLockedPagesSpecifyCache");
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
        let mapped = || phys::map_again(frames(mdl));
        let Some(base) = (!fails).then(mapped).flatten() else {
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
                .live
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
            if current()
                .machine
                .mappings
                .live
                .lock()
                .remove(&base)
                .is_none()
            {
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

/// Physical pages that drivers allocated, by the first frame.
#[derive(Default)]
pub struct Allocated(Mutex<BTreeMap<u64, (usize, Pages)>>);

impl Allocated {
    /// Pages that the image at `base` allocated and did not free.
    #[must_use]
    pub fn left_by(&self, base: usize) -> Vec<String> {
        let allocated = self.0.lock();
        let left = allocated
            .values()
            .filter(|(caller, _)| image_at(*caller).is_some_and(|image| image.base == base));
        left.map(|(caller, pages)| {
            format!(
                "{} bytes of pages allocated at {}",
                pages.len(),
                stack::describe(*caller)
            )
        })
        .collect()
    }
}

/// Allocates zeroed physical pages without a mapping, described by an MDL.
#[unsafe(naked)]
pub unsafe extern "win64" fn MmAllocatePagesForMdlEx(
    low: i64,
    high: i64,
    skip: i64,
    bytes: usize,
    cache: i32,
    flags: u32,
) -> *mut MDL {
    naked_asm!(
        "mov rcx, r9",
        "mov rdx, [rsp]",
        "jmp {inner}",
        inner = sym allocate_pages
    )
}

unsafe extern "win64" fn allocate_pages(bytes: usize, caller: usize) -> *mut MDL {
    let machine = enter("MmAllocatePagesForMdlEx", DISPATCH_LEVEL).machine;
    let none = std::ptr::null_mut();
    let Some(pages) = Pages::new(bytes) else {
        return none;
    };
    let length = pages.len() as u32;
    // SAFETY: a fresh MDL for the pages, which live until they are freed by their first frame.
    unsafe {
        let mdl = mdl::allocate(none.cast(), length, 0, 0, std::ptr::null_mut(), caller);
        if mdl.is_null() {
            return mdl;
        }
        for (index, frame) in frames(mdl).iter_mut().enumerate() {
            *frame = phys::frame(pages.address() + index * PAGE_SIZE);
        }
        mdl::mark_locked(mdl);
        machine
            .allocated
            .0
            .lock()
            .insert(frames(mdl)[0], (caller, pages));
        mdl
    }
}

/// Frees the pages; the MDL itself is freed with `ExFreePool`.
pub unsafe extern "win64" fn MmFreePagesFromMdl(mdl: *mut MDL) {
    let machine = enter("MmFreePagesFromMdl", DISPATCH_LEVEL).machine;
    // SAFETY: the driver's own MDL.
    unsafe {
        if (*mdl).MdlFlags & MDL_MAPPED_TO_SYSTEM_VA != 0 {
            violation(
                "VERIF-MDL-MAPPED",
                "MmFreePagesFromMdl on an MDL that is mapped",
            );
        }
        let pages = machine.allocated.0.lock().remove(&frames(mdl)[0]);
        if pages.is_none() {
            violation(
                "VERIF-MDL-PAGES",
                "MmFreePagesFromMdl on pages that are not allocated",
            );
        }
        (*mdl).MdlFlags &= !MDL_PAGES_LOCKED;
    }
}
