//! MDLs: allocation, building, partial MDLs, and who uses one when.
//!
//! The `Process` field, which drivers don't look at, counts the requests that use a built MDL:
//! the kernel's own parts [`pin`] the chain of a request and [`unpin`] it when it completes.

use std::mem::size_of;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::phys;
use crate::export::Export;
use crate::import_with_caller;
use crate::pool::{PoolMode, Request};
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, IRP, MDL, PAGE_SHIFT, PAGE_SIZE, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoAllocateMdl, IoFreeMdl, IoBuildPartialMdl, MmBuildMdlForNonPagedPool,
        MmSizeOfMdl, MmProbeAndLockPages, MmUnlockPages;
};

const TAG: u32 = u32::from_le_bytes(*b"Mdl ");

pub const MDL_MAPPED_TO_SYSTEM_VA: i16 = 0x1;
pub const MDL_PAGES_LOCKED: i16 = 0x2;
pub const MDL_SOURCE_IS_NONPAGED_POOL: i16 = 0x4;
pub const MDL_ALLOCATED_FIXED_SIZE: i16 = 0x8;
pub const MDL_PARTIAL: i16 = 0x10;
pub const MDL_PARTIAL_HAS_BEEN_MAPPED: i16 = 0x20;
pub const MDL_WRITE_OPERATION: i16 = 0x80;
pub const MDL_IO_SPACE: i16 = 0x800;

/// What makes an MDL describe memory.
pub const MDL_BUILT: i16 =
    MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE;

/// In the upper half of `Process`: the lower half is a count of users.
const USERS: usize = 0x4D64_6C55_0000_0000;
const USERS_MASK: usize = 0xFFFF_FFFF_0000_0000;

/// The pages that `length` bytes at `address` touch.
#[must_use]
#[inline]
pub fn span(address: usize, length: usize) -> usize {
    ((address & (PAGE_SIZE - 1)) + length).div_ceil(PAGE_SIZE)
}

/// The frames behind the header.
///
/// # Safety
/// `mdl` is an MDL with room for its pages.
#[must_use]
pub unsafe fn frames<'a>(mdl: *mut MDL) -> &'a mut [u64] {
    // SAFETY: as the function's.
    unsafe {
        let count = span((*mdl).ByteOffset as usize, (*mdl).ByteCount as usize);
        std::slice::from_raw_parts_mut(mdl.add(1).cast::<u64>(), count)
    }
}

fn size_for(pages: usize) -> usize {
    size_of::<MDL>() + pages * size_of::<u64>()
}

/// Whether an MDL has room for so many pages. One whose size its `Size` cannot hold came from `IoAllocateMdl`: its pool
/// block tells.
///
/// # Safety
/// The MDL is valid.
unsafe fn has_room(mdl: *const MDL, pages: usize) -> bool {
    let size = size_for(pages);
    // SAFETY: the caller's promise.
    let said = unsafe { (*mdl).Size };
    if said > 0 && size <= said as usize {
        return true;
    }
    let block = crate::thread::current().machine.pool.block_at(mdl as usize);
    block.is_some_and(|(start, length)| mdl as usize + size <= start + length)
}

pub extern "win64" fn MmSizeOfMdl(address: PVOID, length: usize) -> usize {
    size_for(span(address as usize, length))
}

import_with_caller! {
    /// Allocates an MDL for `length` bytes at `address`.
    IoAllocateMdl(address: PVOID, length: u32, secondary: BOOLEAN, charge: BOOLEAN, irp: *mut IRP) -> *mut MDL => 5, allocate
}

/// As [`IoAllocateMdl`], with who asks for it.
///
/// # Safety
/// As documented for it.
pub(super) unsafe extern "win64" fn allocate(
    address: PVOID,
    length: u32,
    secondary: BOOLEAN,
    _charge: BOOLEAN,
    irp: *mut IRP,
    caller: usize,
) -> *mut MDL {
    let thread = enter("IoAllocateMdl", DISPATCH_LEVEL);
    // The documented limit; `Size` has no room for the sizes of large MDLs, here as on Windows.
    if length > u32::MAX - PAGE_SIZE as u32 {
        return std::ptr::null_mut();
    }
    let size = size_for(span(address as usize, length as usize));
    let request = Request {
        size,
        tag: TAG,
        caller,
        zeroed: true,
    };
    let mdl = thread.machine.pool.allocate(request).cast::<MDL>();
    if mdl.is_null() {
        return mdl;
    }
    // SAFETY: fresh memory of that size; the IRP, if there is one, is the driver's.
    unsafe {
        initialize(mdl, address, length);
        (*mdl).MdlFlags = MDL_ALLOCATED_FIXED_SIZE;
        if let Some(irp) = irp.as_mut() {
            let mut link = &raw mut irp.MdlAddress;
            while secondary != 0 && !(*link).is_null() {
                link = &raw mut (**link).Next;
            }
            *link = mdl;
        }
    }
    mdl
}

/// `MmInitializeMdl`, for MDLs of the kernel's own.
///
/// # Safety
/// `mdl` is memory for an MDL of that many bytes.
pub unsafe fn initialize(mdl: *mut MDL, address: PVOID, length: u32) {
    let start = address as usize & !(PAGE_SIZE - 1);
    // SAFETY: as the function's.
    unsafe {
        mdl.write(MDL {
            Next: std::ptr::null_mut(),
            Size: size_for(span(address as usize, length as usize)) as i16,
            MdlFlags: 0,
            Process: 0,
            MappedSystemVa: std::ptr::null_mut(),
            StartVa: start as PVOID,
            ByteCount: length,
            ByteOffset: (address as usize - start) as u32,
        });
    }
}

/// The MDL's frames are filled in, of pages that stay.
///
/// # Safety
/// `mdl` is an MDL that is not built.
pub(super) unsafe fn mark_locked(mdl: *mut MDL) {
    // SAFETY: as the function's.
    unsafe {
        (*mdl).Process = USERS;
        (*mdl).MdlFlags |= MDL_PAGES_LOCKED;
    }
}

import_with_caller! {
    /// Frees an MDL that [`IoAllocateMdl`] made.
    IoFreeMdl(mdl: *mut MDL) => 1, free
}

unsafe extern "win64" fn free(mdl: *mut MDL, caller: usize) {
    let thread = enter("IoFreeMdl", DISPATCH_LEVEL);
    // SAFETY: the driver's own MDL.
    unsafe {
        expect_unused(mdl, "IoFreeMdl");
        let flags = (*mdl).MdlFlags;
        if flags & MDL_PARTIAL_HAS_BEEN_MAPPED != 0 {
            super::map::unmap_partial(mdl);
        } else if flags & MDL_MAPPED_TO_SYSTEM_VA != 0 && flags & MDL_PARTIAL == 0 {
            violation("VERIF-MDL-MAPPED", "IoFreeMdl on an MDL that is mapped");
        }
        if flags & MDL_PAGES_LOCKED != 0 {
            violation(
                "VERIF-MDL-LOCKED",
                "IoFreeMdl on an MDL whose pages are locked",
            );
        }
    }
    thread.machine.pool.free(mdl as usize, TAG, caller);
}

/// Describes nonpaged pool.
pub unsafe extern "win64" fn MmBuildMdlForNonPagedPool(mdl: *mut MDL) {
    let thread = enter("MmBuildMdlForNonPagedPool", DISPATCH_LEVEL);
    // SAFETY: the driver's initialised MDL.
    unsafe {
        let address = (*mdl).StartVa as usize + (*mdl).ByteOffset as usize;
        let end = address + (*mdl).ByteCount as usize;
        if (*mdl).MdlFlags & (MDL_BUILT | MDL_MAPPED_TO_SYSTEM_VA) & !MDL_SOURCE_IS_NONPAGED_POOL
            != 0
        {
            violation(
                "VERIF-MDL-BUILT",
                "MmBuildMdlForNonPagedPool on an MDL that is locked or mapped",
            );
        }
        expect_room(mdl, "MmBuildMdlForNonPagedPool");
        let file = phys::is_file(phys::frame(address));
        if thread.machine.pool.mode() == PoolMode::Special
            && !file
            && crate::image::image_at(address).is_none()
            && thread
                .machine
                .pool
                .block_at(address)
                .is_none_or(|(at, size)| end > at + size)
        {
            violation(
                "VERIF-MDL-NOT-POOL",
                &format!(
                    "MmBuildMdlForNonPagedPool: {address:#x}..{end:#x} is not in one pool block"
                ),
            );
        }
        (*mdl).Process = USERS;
        (*mdl).MappedSystemVa = address as PVOID;
        (*mdl).MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
        fill(mdl);
    }
}

unsafe fn expect_room(mdl: *mut MDL, function: &str) {
    // SAFETY: the driver's initialised MDL.
    unsafe {
        let pages = span((*mdl).ByteOffset as usize, (*mdl).ByteCount as usize);
        if !has_room(mdl, pages) {
            violation(
                "VERIF-MDL-SIZE",
                &format!("{function}: the MDL has no room for its {pages} pages"),
            );
        }
    }
}

/// Fills the frames of the range the MDL describes.
unsafe fn fill(mdl: *mut MDL) {
    // SAFETY: room was checked.
    unsafe {
        let start = (*mdl).StartVa as usize;
        for (index, frame) in frames(mdl).iter_mut().enumerate() {
            *frame = phys::frame(start + index * PAGE_SIZE);
        }
    }
}

/// Describes a part of what `source` describes.
pub unsafe extern "win64" fn IoBuildPartialMdl(
    source: *mut MDL,
    target: *mut MDL,
    address: PVOID,
    length: u32,
) {
    let _ = enter("IoBuildPartialMdl", DISPATCH_LEVEL);
    // SAFETY: the driver's own two MDLs.
    unsafe {
        let from = (*source).StartVa as usize + (*source).ByteOffset as usize;
        let delta = (address as usize).wrapping_sub(from);
        let available = ((*source).ByteCount as usize).wrapping_sub(delta);
        let length = if length == 0 {
            available
        } else {
            length as usize
        };
        expect_partial(source, target, delta, length, address as usize);
        let offset = address as usize & (PAGE_SIZE - 1);
        (*target).StartVa = (address as usize - offset) as PVOID;
        (*target).ByteOffset = offset as u32;
        (*target).ByteCount = length as u32;
        let inherited = MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA | MDL_IO_SPACE;
        (*target).MdlFlags = (*target).MdlFlags & MDL_ALLOCATED_FIXED_SIZE
            | (*source).MdlFlags & inherited
            | MDL_PARTIAL;
        (*target).Process = USERS;
        (*target).MappedSystemVa = ((*source).MappedSystemVa as usize).wrapping_add(delta) as PVOID;
        let first = ((*target).StartVa as usize - (*source).StartVa as usize) >> PAGE_SHIFT;
        let pages = span(offset, length);
        let from = source.add(1).cast::<u64>().add(first);
        std::ptr::copy_nonoverlapping(from, target.add(1).cast::<u64>(), pages);
    }
}

#[inline]
unsafe fn expect_partial(
    source: *mut MDL,
    target: *mut MDL,
    delta: usize,
    length: usize,
    address: usize,
) {
    // SAFETY: the driver's own two MDLs.
    unsafe {
        let whole = (*source).ByteCount as usize;
        if delta > whole || length > whole - delta {
            violation(
                "VERIF-MDL-RANGE",
                "IoBuildPartialMdl: the range is not within the source",
            );
        }
        if !has_room(target, span(address, length)) {
            violation(
                "VERIF-MDL-SIZE",
                "IoBuildPartialMdl: the target has no room for the pages",
            );
        }
        if (*source).MdlFlags & MDL_BUILT == 0 {
            violation(
                "VERIF-MDL-NOT-BUILT",
                "IoBuildPartialMdl: the source is not built",
            );
        }
        // "use MmPrepareMdlForReuse before the MDL is built again"
        if (*target).MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED != 0 {
            violation(
                "VERIF-MDL-REUSE",
                "IoBuildPartialMdl: the target is still mapped",
            );
        }
        if (*target).MdlFlags & MDL_PARTIAL != 0 {
            expect_unused(target, "IoBuildPartialMdl");
        }
    }
}

fn users(mdl: *mut MDL) -> Option<&'static AtomicUsize> {
    // SAFETY: callers pass MDLs; the field is only touched by this module once built.
    unsafe {
        let word = &*(&raw const (*mdl).Process).cast::<AtomicUsize>();
        (word.load(Ordering::Acquire) & USERS_MASK == USERS).then_some(word)
    }
}

fn expect_unused(mdl: *mut MDL, function: &str) {
    if users(mdl).is_some_and(|word| word.load(Ordering::Acquire) & !USERS_MASK != 0) {
        violation(
            "VERIF-MDL-IN-USE",
            &format!("{function} on an MDL that a pending request uses"),
        );
    }
}

/// A request uses `mdl` until [`unpin`]. Checks that it describes memory.
pub fn pin(mdl: *mut MDL, function: &str) {
    // SAFETY: the driver hands the MDL to the kernel.
    if unsafe { (*mdl).MdlFlags } & MDL_BUILT == 0 {
        violation(
            "VERIF-MDL-NOT-BUILT",
            &format!("{function}: an MDL that is not locked or built"),
        );
    }
    if let Some(word) = users(mdl) {
        word.fetch_add(1, Ordering::AcqRel);
    }
}

/// The request that used `mdl` no longer does.
pub fn unpin(mdl: *mut MDL) {
    if let Some(word) = users(mdl) {
        word.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A system address for what a built MDL describes, if it has one: what
/// `MmGetSystemAddressForMdlSafe` returns without mapping.
#[must_use]
pub fn system_address(mdl: *mut MDL) -> Option<*mut u8> {
    // SAFETY: callers pass built MDLs.
    unsafe {
        let mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;
        ((*mdl).MdlFlags & mapped != 0).then_some((*mdl).MappedSystemVa.cast())
    }
}

/// Locks the pages of pageable or user memory. All memory is resident here, so it can't fail.
pub unsafe extern "win64" fn MmProbeAndLockPages(mdl: *mut MDL, _mode: i8, operation: i32) {
    let _ = enter("MmProbeAndLockPages", DISPATCH_LEVEL);
    // SAFETY: the driver's initialised MDL.
    unsafe {
        expect_room(mdl, "MmProbeAndLockPages");
        if (*mdl).MdlFlags & MDL_BUILT != 0 {
            violation(
                "VERIF-MDL-LOCKED",
                "MmProbeAndLockPages on an MDL that is locked or built",
            );
        }
        (*mdl).Process = USERS;
        (*mdl).MdlFlags |= MDL_PAGES_LOCKED;
        if operation != 0 {
            (*mdl).MdlFlags |= MDL_WRITE_OPERATION;
        }
        fill(mdl);
    }
}

pub unsafe extern "win64" fn MmUnlockPages(mdl: *mut MDL) {
    let _ = enter("MmUnlockPages", DISPATCH_LEVEL);
    // SAFETY: the driver's own MDL.
    unsafe {
        if (*mdl).MdlFlags & MDL_PAGES_LOCKED == 0 {
            violation(
                "VERIF-MDL-LOCKED",
                "MmUnlockPages on an MDL whose pages are not locked",
            );
        }
        expect_unused(mdl, "MmUnlockPages");
        if (*mdl).MdlFlags & MDL_MAPPED_TO_SYSTEM_VA != 0 {
            super::map::unmap(mdl);
        }
        (*mdl).MdlFlags &= !(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    }
}
