//! Nonpaged pool, its description for WSK, and IRPs.

use core::ptr::{NonNull, null_mut};

use wdk_sys::{
    IRP, MDL, MDL_MAPPED_TO_SYSTEM_VA, MDL_SOURCE_IS_NONPAGED_POOL, MdlMappingNoExecute, NTSTATUS,
    PIO_COMPLETION_ROUTINE, POOL_FLAG_NON_PAGED, PVOID, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR,
    SL_INVOKE_ON_SUCCESS, STATUS_SUCCESS,
    ntddk::{
        ExAllocatePool2, ExFreePoolWithTag, IoAllocateIrp, IoAllocateMdl, IoFreeIrp, IoFreeMdl,
        IoReuseIrp, MmBuildMdlForNonPagedPool, MmMapLockedPagesSpecifyCache,
    },
};

use crate::sys::STATUS_INSUFFICIENT_RESOURCES;

pub(crate) const TAG: u32 = u32::from_le_bytes(*b"lsDr");

/// Zeroed nonpaged pool of its own.
pub(crate) struct Block {
    at: NonNull<u8>,
    length: usize,
}

impl Block {
    /// `length` bytes, at least one.
    pub(crate) fn new(length: usize) -> Result<Self, NTSTATUS> {
        // SAFETY: callable at <= DISPATCH_LEVEL; the size is not zero.
        let at = unsafe { ExAllocatePool2(POOL_FLAG_NON_PAGED, length.max(1) as u64, TAG) };
        let at = NonNull::new(at.cast()).ok_or(STATUS_INSUFFICIENT_RESOURCES)?;
        Ok(Self { at, length })
    }

    pub(crate) fn at(&self) -> *mut u8 {
        self.at.as_ptr()
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Its bytes.
    ///
    /// # Safety
    /// Nobody else reads or changes them meanwhile.
    #[expect(clippy::mut_from_ref, reason = "the caller's promise")]
    pub(crate) unsafe fn bytes(&self) -> &mut [u8] {
        // SAFETY: our own memory, zeroed when it was made; the caller is alone with it.
        unsafe { core::slice::from_raw_parts_mut(self.at(), self.length) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` under this tag, freed once.
        unsafe { ExFreePoolWithTag(self.at().cast(), TAG) };
    }
}

/// A description of memory, of our own.
pub(crate) struct Mdl(NonNull<MDL>);

impl Mdl {
    /// Describes `length` bytes of nonpaged pool at `at`.
    ///
    /// # Safety
    /// They are there for as long as the description is used.
    pub(crate) unsafe fn of(at: *mut u8, length: usize) -> Result<Self, NTSTATUS> {
        let mdl = Self::room(at, length)?;
        // SAFETY: new, and describes nonpaged pool (caller).
        unsafe { MmBuildMdlForNonPagedPool(mdl.raw()) };
        Ok(mdl)
    }

    /// Room to describe `length` bytes at the place in a page that `at` has.
    pub(crate) fn room(at: *mut u8, length: usize) -> Result<Self, NTSTATUS> {
        // SAFETY: no IRP; only the numbers are taken.
        let mdl = unsafe { IoAllocateMdl(at.cast(), length as u32, 0, 0, null_mut()) };
        NonNull::new(mdl)
            .map(Self)
            .ok_or(STATUS_INSUFFICIENT_RESOURCES)
    }

    pub(crate) fn raw(&self) -> *mut MDL {
        self.0.as_ptr()
    }
}

impl Drop for Mdl {
    fn drop(&mut self) {
        // SAFETY: allocated by `room`, freed once.
        unsafe { IoFreeMdl(self.raw()) };
    }
}

/// `MmGetSystemAddressForMdlSafe`; null when there are no resources for it.
///
/// # Safety
/// A built MDL whose pages are locked.
pub(crate) unsafe fn address(mdl: *mut MDL) -> *mut u8 {
    const CACHED: i32 = 1;
    const NORMAL_PRIORITY: u32 = 16;
    let there = (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL) as i16;
    // SAFETY: the caller's promise.
    unsafe {
        if (*mdl).MdlFlags & there != 0 {
            return (*mdl).MappedSystemVa.cast();
        }
        let priority = NORMAL_PRIORITY | MdlMappingNoExecute;
        MmMapLockedPagesSpecifyCache(mdl, 0, CACHED, null_mut(), 0, priority).cast()
    }
}

/// An IRP of our own, used again and again.
pub(crate) struct Irp(NonNull<IRP>);

impl Irp {
    pub(crate) fn new() -> Result<Self, NTSTATUS> {
        // SAFETY: callable at <= DISPATCH_LEVEL.
        let irp = unsafe { IoAllocateIrp(1, 0) };
        NonNull::new(irp)
            .map(Self)
            .ok_or(STATUS_INSUFFICIENT_RESOURCES)
    }

    /// Readies it for a request whose end `routine` hears of with `context`.
    ///
    /// # Safety
    /// It is idle, and the routine returns `STATUS_MORE_PROCESSING_REQUIRED`.
    pub(crate) unsafe fn arm(&self, routine: PIO_COMPLETION_ROUTINE, context: PVOID) -> PVOID {
        let irp = self.0.as_ptr();
        // SAFETY: ours and idle (caller); what IoSetCompletionRoutine expands to, for the one location there is.
        unsafe {
            IoReuseIrp(irp, STATUS_SUCCESS);
            let overlay = &(*irp).Tail.Overlay.__bindgen_anon_2.__bindgen_anon_1;
            let next = overlay.CurrentStackLocation.sub(1);
            (*next).CompletionRoutine = routine;
            (*next).Context = context;
            (*next).Control =
                (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL) as u8;
        }
        irp.cast()
    }

    /// Status and information of the request that ended.
    ///
    /// # Safety
    /// It is idle.
    pub(crate) unsafe fn result(&self) -> (NTSTATUS, usize) {
        // SAFETY: the result is in IoStatus, and the IRP is ours (caller).
        unsafe {
            let status = &(*self.0.as_ptr()).IoStatus;
            (status.__bindgen_anon_1.Status, status.Information as usize)
        }
    }
}

impl Drop for Irp {
    fn drop(&mut self) {
        // SAFETY: allocated by `new`, and idle: whoever drops it has waited for its request.
        unsafe { IoFreeIrp(self.0.as_ptr()) };
    }
}
