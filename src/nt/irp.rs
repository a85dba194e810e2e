//! IRPs of our own, made ahead and used again.

use core::ptr::NonNull;

use wdk_sys::{
    IRP, PIO_COMPLETION_ROUTINE, PVOID, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR,
    SL_INVOKE_ON_SUCCESS, STATUS_SUCCESS,
    ntddk::{IoAllocateIrp, IoFreeIrp, IoReuseIrp},
};

use super::status::{Result, Status};

/// An IRP with one stack location.
///
/// # Invariants
/// It is not dropped while a request uses it.
pub(crate) struct Irp(NonNull<IRP>);

// SAFETY: IRPs belong to no thread.
unsafe impl Send for Irp {}
// SAFETY: a shared reference gives nothing but the address.
unsafe impl Sync for Irp {}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completion {
    pub(crate) status: Status,
    /// `IoStatus.Information`.
    pub(crate) information: usize,
}

impl Irp {
    pub(crate) fn try_new() -> Result<Self> {
        // SAFETY: callable at <= DISPATCH_LEVEL.
        let irp = unsafe { IoAllocateIrp(1, 0) };
        NonNull::new(irp)
            .map(Self)
            .ok_or(Status::INSUFFICIENT_RESOURCES)
    }

    /// Makes it ready for one request, whose end calls `routine` with `context`.
    ///
    /// # Safety
    ///
    /// No request uses the IRP (WSK-IRP-02). `routine` returns MORE_PROCESSING_REQUIRED, and
    /// `context` and the IRP stay valid until it was called.
    pub(crate) unsafe fn arm(&self, routine: PIO_COMPLETION_ROUTINE, context: PVOID) -> *mut IRP {
        let irp = self.0.as_ptr();
        // SAFETY: ours and idle (caller). WSK-IRP-02: reused IRPs are reset first; resetting a new
        // one is harmless.
        unsafe { IoReuseIrp(irp, STATUS_SUCCESS) };
        // SAFETY: what IoSetCompletionRoutine expands to: the next stack location is the one below
        // the current, and there is one. WSK-IRP-01: invoked in every case.
        unsafe {
            let next = (*irp)
                .Tail
                .Overlay
                .__bindgen_anon_2
                .__bindgen_anon_1
                .CurrentStackLocation
                .sub(1);
            (*next).CompletionRoutine = routine;
            (*next).Context = context;
            (*next).Control =
                (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL) as u8;
        }
        irp
    }

    /// How the request ended: to be read in the completion routine.
    ///
    /// # Safety
    ///
    /// `irp` is the one the routine was called with.
    pub(crate) unsafe fn completion(irp: *mut IRP) -> Completion {
        // SAFETY: WSK-IRP-06: the result is in IoStatus, and the IRP is ours again (caller).
        unsafe {
            Completion {
                status: Status::from_raw((*irp).IoStatus.__bindgen_anon_1.Status),
                information: (*irp).IoStatus.Information as usize,
            }
        }
    }
}

impl Drop for Irp {
    fn drop(&mut self) {
        // SAFETY: allocated by `try_new`, and idle (invariant).
        unsafe { IoFreeIrp(self.0.as_ptr()) };
    }
}
