//! A system thread that is joined before its handle goes away.

use core::ptr;

use wdk_sys::{
    _MODE, PVOID, THREAD_ALL_ACCESS,
    ntddk::{ObReferenceObjectByHandle, ObfDereferenceObject, PsCreateSystemThread, ZwClose},
};

use super::{
    event::wait_for_object,
    pool::{Box, Tag},
    refcount::Ref,
    status::{Result, Status},
};

/// Dropping it waits until the thread has ended: PASSIVE_LEVEL, and not on that thread.
pub(crate) struct Thread {
    /// A referenced thread object.
    object: PVOID,
}

// SAFETY: thread objects belong to no thread.
unsafe impl Send for Thread {}
// SAFETY: nothing but waiting is done with it.
unsafe impl Sync for Thread {}

/// What the new thread starts with.
struct Start<T> {
    entry: fn(Ref<T>),
    owner: Ref<T>,
}

impl Thread {
    /// Starts `entry(owner)` on a new system thread. PASSIVE_LEVEL.
    pub(crate) fn spawn<T: Send + Sync + 'static>(
        owner: Ref<T>,
        entry: fn(Ref<T>),
    ) -> Result<Self> {
        let start = Box::try_new(Tag::KERNEL, Start { entry, owner })?.leak();
        let mut handle = ptr::null_mut();
        // SAFETY: all pointers are null or to locals; `start` becomes the thread's.
        let status = Status::from_raw(unsafe {
            PsCreateSystemThread(
                &raw mut handle,
                THREAD_ALL_ACCESS,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                Some(run::<T>),
                start.as_ptr().cast(),
            )
        });
        if let Err(status) = status.ok() {
            // SAFETY: leaked above, and no thread was made that could take it.
            drop(unsafe { Box::from_leaked(Tag::KERNEL, start) });
            return Err(status);
        }
        let mut object = ptr::null_mut();
        // SAFETY: the handle is the new thread's; the kernel's own access needs no type.
        let status = Status::from_raw(unsafe {
            ObReferenceObjectByHandle(
                handle,
                THREAD_ALL_ACCESS,
                ptr::null_mut(),
                _MODE::KernelMode as i8,
                &raw mut object,
                ptr::null_mut(),
            )
        });
        // A kernel handle just made can be referenced; were it not so, the thread could never be
        // joined, which an unload must not survive silently.
        debug_assert!(status.is_success());
        // SAFETY: the handle is ours and not used again.
        let _ = unsafe { ZwClose(handle) };
        status.ok().map(|()| Self { object })
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: a referenced thread object; PASSIVE_LEVEL by the type's contract.
        let _ = unsafe { wait_for_object(self.object, ptr::null_mut()) };
        // SAFETY: referenced once by `spawn`.
        unsafe { ObfDereferenceObject(self.object) };
    }
}

/// # Safety
///
/// Only the kernel calls it, with the context `spawn` gave.
unsafe extern "C" fn run<T>(context: PVOID) {
    let Some(start) = ptr::NonNull::new(context.cast::<Start<T>>()) else {
        return;
    };
    // SAFETY: leaked by `spawn` for this thread alone.
    let start = unsafe { Box::from_leaked(Tag::KERNEL, start) }.into_inner();
    (start.entry)(start.owner);
}
