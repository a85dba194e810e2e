//! Pool and MDLs.

use core::ptr::null_mut;

use crate::Case;
use crate::kernel::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("leak", leak),
    ("double-free", double_free),
    ("free-twice-the-pool", free_inside),
    ("wrong-tag", wrong_tag),
    ("overrun", overrun),
    ("overrun-far", overrun_far),
    ("underrun", underrun),
    ("use-after-free", use_after_free),
    ("write-after-free", write_after_free),
    ("size-zero", size_zero),
    ("tag-zero", tag_zero),
    ("paged-pool-at-dispatch", paged_pool_at_dispatch),
    ("null-pointer", null_pointer),
    ("assertion", assertion),
    ("write-to-code", write_to_code),
    ("write-to-shared-data", write_to_shared_data),
    ("mdl-free-mapped", mdl_free_mapped),
    ("mdl-free-locked", mdl_free_locked),
    ("mdl-map-twice", mdl_map_twice),
    ("mdl-too-small", mdl_too_small),
    ("mdl-outside-source", mdl_outside_source),
    ("mdl-source-not-built", mdl_source_not_built),
    ("mdl-not-pool", mdl_not_pool),
    ("mdl-reuse-mapped", mdl_reuse_mapped),
    ("mdl-build-locked", mdl_build_locked),
    ("mapping-left", mapping_left),
    ("pages-free-mapped", pages_free_mapped),
    ("pages-left", pages_left),
    ("pages-freed-twice", pages_freed_twice),
    ("pool-executable", pool_executable),
    ("pool-executable-by-type", pool_executable_by_type),
    ("mdl-map-executable", mdl_map_executable),
];

unsafe fn leak() {
    // SAFETY: not freed on purpose.
    unsafe { pool(100) };
}

unsafe fn double_free() {
    // SAFETY: freed twice on purpose.
    unsafe {
        let memory = pool(100);
        ExFreePool(memory);
        ExFreePool(memory);
    }
}

unsafe fn free_inside() {
    // SAFETY: not the start of the block, on purpose.
    unsafe { ExFreePool(pool(100).add(16)) };
}

unsafe fn wrong_tag() {
    // SAFETY: the tag is not the block's, on purpose.
    unsafe { ExFreePoolWithTag(pool(100), TAG + 1) };
}

/// Within the last 16 bytes: seen when the block is freed.
unsafe fn overrun() {
    // SAFETY: beyond the end on purpose.
    unsafe {
        let memory = pool(97);
        memory.add(97).write_volatile(1);
        ExFreePool(memory);
    }
}

/// On the page behind: seen at once with special pool, when the block is freed without.
unsafe fn overrun_far() {
    // SAFETY: beyond the end on purpose.
    unsafe {
        let memory = pool(96);
        memory.add(96).write_volatile(1);
        ExFreePool(memory);
    }
}

unsafe fn underrun() {
    // SAFETY: before the start on purpose.
    unsafe {
        let memory = pool(96);
        memory.sub(1).write_volatile(1);
        ExFreePool(memory);
    }
}

unsafe fn use_after_free() {
    // SAFETY: freed before it is read, on purpose.
    unsafe {
        let memory = pool(96);
        ExFreePool(memory);
        memory.read_volatile();
    }
}

unsafe fn write_after_free() {
    // SAFETY: freed before it is written, on purpose.
    unsafe {
        let memory = pool(96);
        ExFreePool(memory);
        memory.write_volatile(1);
    }
}

unsafe fn size_zero() {
    // SAFETY: no requirements.
    unsafe { pool(0) };
}

unsafe fn tag_zero() {
    // SAFETY: no requirements.
    unsafe { ExAllocatePool2(NON_PAGED, 16, 0) };
}

unsafe fn paged_pool_at_dispatch() {
    // SAFETY: the IRQL is too high on purpose.
    unsafe {
        KeRaiseIrqlToDpcLevel();
        ExAllocatePool2(PAGED, 16, TAG);
    }
}

unsafe fn null_pointer() {
    // SAFETY: not a valid address, on purpose.
    unsafe {
        core::hint::black_box(null_mut::<u8>())
            .wrapping_add(8)
            .write_volatile(1)
    };
}

unsafe fn write_to_code() {
    // SAFETY: not writable, on purpose.
    unsafe { (leak as *mut u8).write_volatile(0xCC) };
}

/// As `NT_ASSERT` says that something is not so.
unsafe fn assertion() {
    // SAFETY: ends the run, on purpose.
    unsafe { core::arch::asm!("int 0x2C") };
}

/// The shared user data is the kernel's: drivers read it.
unsafe fn write_to_shared_data() {
    const TICK_COUNT: usize = 0xFFFF_F780_0000_0320;
    // SAFETY: read, and written on purpose.
    unsafe {
        let place = TICK_COUNT as *mut u64;
        place.write_volatile(place.read_volatile() + 1);
    }
}

/// An MDL of locked pages that need mapping: those of the stack.
unsafe fn locked(memory: *mut u8) -> *mut u8 {
    // SAFETY: the memory outlives the case.
    unsafe {
        let mdl = IoAllocateMdl(memory, 64, 0, 0, null_mut());
        MmProbeAndLockPages(mdl, 0, 1);
        mdl
    }
}

/// `MdlMappingNoExecute`.
const NO_EXECUTE: u32 = 0x4000_0000;

unsafe fn map(mdl: *mut u8) -> *mut u8 {
    // SAFETY: a locked MDL.
    unsafe { MmMapLockedPagesSpecifyCache(mdl, 0, 1, null_mut(), 0, 16 | NO_EXECUTE) }
}

unsafe fn mdl_map_executable() {
    // SAFETY: a locked MDL, mapped so that code in it could run, on purpose.
    unsafe { MmMapLockedPagesSpecifyCache(locked(pool(64)), 0, 1, null_mut(), 0, 16) };
}

unsafe fn pool_executable() {
    const NON_PAGED_EXECUTE: u64 = 0x80;
    // SAFETY: no requirements.
    unsafe { ExAllocatePool2(NON_PAGED_EXECUTE, 64, TAG) };
}

unsafe fn pool_executable_by_type() {
    const NON_PAGED_POOL: i32 = 0;
    // SAFETY: no requirements.
    unsafe { ExAllocatePoolWithTag(NON_PAGED_POOL, 64, TAG) };
}

unsafe fn mdl_free_mapped() {
    // SAFETY: mapped when freed, on purpose.
    unsafe {
        let mdl = locked(pool(64));
        map(mdl);
        IoFreeMdl(mdl);
    }
}

unsafe fn mdl_free_locked() {
    // SAFETY: locked when freed, on purpose.
    unsafe { IoFreeMdl(locked(pool(64))) };
}

unsafe fn mdl_map_twice() {
    // SAFETY: mapped twice on purpose.
    unsafe {
        let mdl = locked(pool(64));
        map(mdl);
        map(mdl);
    }
}

unsafe fn mdl_too_small() {
    // SAFETY: the target is for one page, on purpose.
    unsafe {
        let memory = pool(3 * 4096);
        let source = IoAllocateMdl(memory, 3 * 4096, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(source);
        let target = IoAllocateMdl(memory, 64, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, memory, 3 * 4096);
    }
}

unsafe fn mdl_outside_source() {
    // SAFETY: the range is not the source's, on purpose.
    unsafe {
        let memory = pool(4096);
        let source = IoAllocateMdl(memory, 1024, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(source);
        let target = IoAllocateMdl(memory, 4096, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, memory.add(512), 1024);
    }
}

unsafe fn mdl_source_not_built() {
    // SAFETY: the source describes nothing, on purpose.
    unsafe {
        let memory = pool(4096);
        let source = IoAllocateMdl(memory, 1024, 0, 0, null_mut());
        let target = IoAllocateMdl(memory, 1024, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, memory, 1024);
    }
}

unsafe fn mdl_not_pool() {
    // SAFETY: stack memory on purpose.
    unsafe {
        let mut memory = [0u8; 64];
        let mdl = IoAllocateMdl(memory.as_mut_ptr(), 64, 0, 0, null_mut());
        MmBuildMdlForNonPagedPool(mdl);
    }
}

unsafe fn mdl_reuse_mapped() {
    // SAFETY: the target is mapped by itself when it is built again, on purpose.
    unsafe {
        let memory = pool(4096);
        let source = locked(memory);
        let target = IoAllocateMdl(memory, 64, 0, 0, null_mut());
        IoBuildPartialMdl(source, target, memory, 32);
        map(target);
        IoBuildPartialMdl(source, target, memory, 32);
    }
}

unsafe fn mdl_build_locked() {
    // SAFETY: locked when it is built, on purpose.
    unsafe { MmBuildMdlForNonPagedPool(locked(pool(64))) };
}

unsafe fn pages() -> *mut u8 {
    // SAFETY: no requirements.
    unsafe { MmAllocatePagesForMdlEx(0, i64::MAX, 0, 8192, 1, 0) }
}

/// Gives back the pages and the MDL, but not the mapping of a part.
unsafe fn mapping_left() {
    // SAFETY: not unmapped on purpose.
    unsafe {
        let mdl = pages();
        let part = IoAllocateMdl(null_mut(), 4096, 0, 0, null_mut());
        IoBuildPartialMdl(mdl, part, null_mut(), 4096);
        map(part);
        MmFreePagesFromMdl(mdl);
        ExFreePool(mdl);
        // An MDL that says it is not mapped is freed without unmapping: the flags are at 10.
        part.add(10).cast::<u16>().write(0);
        IoFreeMdl(part);
    }
}

unsafe fn pages_free_mapped() {
    // SAFETY: mapped when its pages are freed, on purpose.
    unsafe {
        let mdl = pages();
        map(mdl);
        MmFreePagesFromMdl(mdl);
    }
}

unsafe fn pages_left() {
    // SAFETY: the pages are not freed, on purpose.
    unsafe { pages() };
}

unsafe fn pages_freed_twice() {
    // SAFETY: freed twice on purpose.
    unsafe {
        let mdl = pages();
        MmFreePagesFromMdl(mdl);
        MmFreePagesFromMdl(mdl);
    }
}
