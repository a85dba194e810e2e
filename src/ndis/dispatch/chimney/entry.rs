//! An offloaded object as it passes through: how TCP/IP knows it, and how the NIC does.

use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};

use crate::ndis::pair::Pair;
use crate::nt::{
    Ref, Result,
    pool::{Box, Tag},
};
use crate::sys::{self, NDIS_HANDLE, NDIS_OFFLOAD_HANDLE, PVOID};

/// CHIM-14. From the offload of its object to the end of its termination, or to the end of an offload
/// that failed (CHIM-13).
///
/// # Invariants
/// `handle` comes first: its address, which the NIC and NDIS have, is the entry's. It points to
/// `below`, which only the NIC writes, before it completes the offload.
#[repr(C)]
pub(super) struct Entry {
    handle: UnsafeCell<NDIS_OFFLOAD_HANDLE>,
    below: UnsafeCell<PVOID>,
    /// The object as TCP/IP knows it.
    above: NDIS_HANDLE,
    /// Where TCP/IP keeps this entry's address.
    place: *mut PVOID,
    /// The object is inside its valve.
    pair: Ref<Pair>,
    /// For the operations that begin and end this object's life: neither may fail for want of
    /// memory once the entry is there.
    call: UnsafeCell<Call>,
}

/// What a tree's root says of its sender, kept while the tree is below.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) source: PVOID,
    pub(super) reserved: [PVOID; 2],
}

impl Call {
    pub(super) const NONE: Self = Self {
        source: ptr::null_mut(),
        reserved: [ptr::null_mut(); 2],
    };
}

impl Entry {
    /// For an object that TCP/IP knows as `above`; at `place` it will find the entry.
    pub(super) fn create(
        pair: Ref<Pair>,
        above: NDIS_HANDLE,
        place: *mut PVOID,
    ) -> Result<NonNull<Self>> {
        let entry = Self {
            handle: UnsafeCell::new(NDIS_OFFLOAD_HANDLE::default()),
            below: UnsafeCell::new(ptr::null_mut()),
            above,
            place,
            pair,
            call: UnsafeCell::new(Call::NONE),
        };
        let entry = Box::try_new(Tag::OBJECT, entry)?.leak();
        // SAFETY: fresh memory, which nobody else knows yet.
        unsafe {
            (*entry.as_ref().handle()).MiniportOffloadContext = entry.as_ref().below.get().cast()
        };
        Ok(entry)
    }

    /// # Safety
    /// From `create`; nobody uses it any more.
    pub(super) unsafe fn free(entry: NonNull<Self>) {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_leaked(Tag::OBJECT, entry) });
    }

    /// The entry whose handle this is; `None` for a node that stands for no object.
    pub(super) fn of_handle(handle: *mut NDIS_OFFLOAD_HANDLE) -> Option<NonNull<Self>> {
        NonNull::new(handle.cast())
    }

    pub(super) fn handle(&self) -> *mut NDIS_OFFLOAD_HANDLE {
        self.handle.get()
    }

    pub(super) fn above(&self) -> NDIS_HANDLE {
        self.above
    }

    pub(super) fn place(&self) -> *mut PVOID {
        self.place
    }

    pub(super) fn pair(&self) -> &Ref<Pair> {
        &self.pair
    }

    pub(super) fn call(&self) -> *mut Call {
        self.call.get()
    }

    /// Whether the NIC has the object.
    ///
    /// # Safety
    /// The NIC is not writing: the object does not go down, or has come back.
    pub(super) unsafe fn is_below(&self) -> bool {
        // SAFETY: the caller's promise.
        !unsafe { self.below.get().read() }.is_null()
    }
}

const _: () = assert!(core::mem::offset_of!(Entry, handle) == 0);
const _: () = assert!(
    size_of::<sys::NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()
        == size_of::<sys::NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()
);
