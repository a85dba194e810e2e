//! Memory descriptor lists: descriptions of physical pages, ours and the consumers'.

use core::{cell::Cell, ptr};

use wdk_sys::{
    _MEMORY_CACHING_TYPE, _MM_PAGE_PRIORITY, _MODE, MDL, MDL_MAPPED_TO_SYSTEM_VA, MDL_PARTIAL,
    MDL_PARTIAL_HAS_BEEN_MAPPED, MDL_SOURCE_IS_NONPAGED_POOL, MdlMappingNoExecute, PAGE_SHIFT,
    PAGE_SIZE, PVOID,
    ntddk::{
        IoAllocateMdl, IoBuildPartialMdl, IoFreeMdl, MmBuildMdlForNonPagedPool,
        MmMapLockedPagesSpecifyCache, MmUnmapLockedPages,
    },
};

use super::{
    pool::{Slice, Tag},
    status::{Result, Status},
};

mod arena;
mod mapping;

pub(crate) use self::{
    arena::{Arena, Mark, Staging},
    mapping::{Mapping, OutOfRange},
};

/// Mapped pages are data, and a mapping may fail rather than take the last resources.
const MAPPING: u32 = _MM_PAGE_PRIORITY::NormalPagePriority as u32 | MdlMappingNoExecute;

/// A consumer's MDL or chain of MDLs, whose pages the consumer keeps locked.
///
/// # Invariants
/// The chain is valid and its pages are locked for as long as the NDK contract says: while the
/// region registered from it exists. It is never altered (NDK-MR-05).
#[derive(Clone, Copy)]
pub(crate) struct Chain(*mut MDL);

impl Chain {
    /// # Safety
    ///
    /// `first` is a valid chain (or null), and what is made from it is dropped before the consumer
    /// may unlock its pages.
    pub(crate) unsafe fn from_raw(first: PVOID) -> Self {
        Self(first.cast())
    }

    /// The virtual address of its first byte: an index, never to be dereferenced (NDK-MR-03).
    pub(crate) fn base(&self) -> u64 {
        self.iter()
            .next()
            .map_or(0, |mdl| virtual_address(mdl) as u64)
    }

    /// Bytes described.
    pub(crate) fn len(&self) -> u64 {
        self.iter().map(|mdl| u64::from(byte_count(mdl))).sum()
    }

    fn iter(&self) -> impl Iterator<Item = *mut MDL> + use<> {
        let next = Cell::new(self.0);
        core::iter::from_fn(move || {
            let mdl = next.get();
            if mdl.is_null() {
                return None;
            }
            // SAFETY: a member of a valid chain (invariant).
            next.set(unsafe { (*mdl).Next });
            Some(mdl)
        })
    }
}

/// `MmGetMdlVirtualAddress`.
fn virtual_address(mdl: *const MDL) -> *mut u8 {
    // SAFETY: callers pass valid MDLs only; these two fields are plain numbers.
    unsafe {
        (*mdl)
            .StartVa
            .cast::<u8>()
            .wrapping_add((*mdl).ByteOffset as usize)
    }
}

/// `MmGetMdlByteCount`.
fn byte_count(mdl: *const MDL) -> u32 {
    // SAFETY: callers pass valid MDLs only.
    unsafe { (*mdl).ByteCount }
}

fn has(mdl: *const MDL, flags: u32) -> bool {
    // SAFETY: callers pass valid MDLs only.
    (unsafe { (*mdl).MdlFlags }) as u16 & flags as u16 != 0
}

/// Pages that `length` bytes at `va` touch.
fn span(va: *const u8, length: usize) -> usize {
    let offset = va as usize & (PAGE_SIZE as usize - 1);
    (offset + length + PAGE_SIZE as usize - 1) >> PAGE_SHIFT
}

/// What `MmGetSystemAddressForMdlSafe` expands to: the address the kernel reads these bytes at.
/// `None` when there are no resources for a mapping.
///
/// # Safety
///
/// `mdl` is valid, its pages are locked, and its owner expects it to be mapped here (buffers given
/// to us to read).
pub(crate) unsafe fn system_address(mdl: PVOID) -> Option<*mut u8> {
    let mdl = mdl.cast::<MDL>();
    let address = if has(mdl, MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL) {
        // SAFETY: these flags say that the field is set.
        unsafe { (*mdl).MappedSystemVa }
    } else {
        // SAFETY: locked pages, not mapped yet (caller).
        unsafe { map(mdl) }
    };
    (!address.is_null()).then_some(address.cast())
}

/// Length and next of a member of a chain given to us to read.
///
/// # Safety
///
/// `mdl` is valid.
pub(crate) unsafe fn extent(mdl: PVOID) -> (usize, PVOID) {
    let mdl = mdl.cast::<MDL>();
    // SAFETY: valid (caller).
    unsafe { ((*mdl).ByteCount as usize, (*mdl).Next.cast()) }
}

/// # Safety
///
/// `mdl` is valid, its pages are locked, and it is not mapped.
unsafe fn map(mdl: *mut MDL) -> PVOID {
    // SAFETY: the caller's promise; a failed mapping answers null and does not bug-check.
    unsafe {
        MmMapLockedPagesSpecifyCache(
            mdl,
            _MODE::KernelMode as i8,
            _MEMORY_CACHING_TYPE::MmCached,
            ptr::null_mut(),
            0,
            MAPPING,
        )
    }
}

/// `MmPrepareMdlForReuse`: takes away the mapping somebody made through a partial MDL of ours.
///
/// # Safety
///
/// `mdl` is ours and nobody uses it.
unsafe fn prepare_for_reuse(mdl: *mut MDL) {
    if has(mdl, MDL_PARTIAL_HAS_BEEN_MAPPED) {
        debug_assert!(has(mdl, MDL_PARTIAL));
        // SAFETY: the flag says it is mapped there.
        unsafe { MmUnmapLockedPages((*mdl).MappedSystemVa, mdl) };
    }
}

/// An MDL of our own, from the system.
///
/// # Invariants
/// Allocated by `IoAllocateMdl`; nobody uses it when it is dropped.
struct OwnMdl(ptr::NonNull<MDL>);

// SAFETY: MDLs belong to no thread.
unsafe impl Send for OwnMdl {}
// SAFETY: shared use only reads it.
unsafe impl Sync for OwnMdl {}

impl OwnMdl {
    /// Room for the pages of `length` bytes at `va`.
    fn try_new(va: *const u8, length: u32) -> Result<Self> {
        // SAFETY: allocates only; no IRP is linked.
        let mdl = unsafe { IoAllocateMdl(va.cast_mut().cast(), length, 0, 0, ptr::null_mut()) };
        ptr::NonNull::new(mdl)
            .map(Self)
            .ok_or(Status::INSUFFICIENT_RESOURCES)
    }

    fn as_ptr(&self) -> *mut MDL {
        self.0.as_ptr()
    }
}

impl Drop for OwnMdl {
    fn drop(&mut self) {
        // SAFETY: ours and unused (invariant).
        unsafe {
            prepare_for_reuse(self.as_ptr());
            IoFreeMdl(self.as_ptr());
        }
    }
}
