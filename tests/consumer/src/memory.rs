//! Locked memory described by an MDL, as a consumer registers it.

use std::ffi::c_void;

use softrnic_emulator::{LockedPages, Machine};

/// Page-aligned locked memory with its MDL.
///
/// The provider reads and writes it while requests are outstanding, so it is accessed by copying only.
pub struct Buffer {
    pages: LockedPages,
    len: usize,
}

impl Buffer {
    /// `len` zeroed bytes on `machine`.
    ///
    /// # Panics
    /// When the emulated machine is out of memory.
    #[must_use]
    pub fn new(machine: &'static Machine, len: usize) -> Self {
        Self { pages: machine.lock_pages(len.max(1)).expect("memory for a buffer"), len }
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The MDL that describes it.
    #[must_use]
    pub fn mdl(&self) -> *mut c_void {
        self.pages.mdl().cast()
    }

    /// What `MmGetMdlVirtualAddress` says of the MDL: the base of the region's index space.
    #[must_use]
    pub fn virtual_address(&self) -> u64 {
        self.pages.mdl_virtual_address()
    }

    /// Where the consumer itself reads and writes the memory.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.pages.as_ptr()
    }

    /// Copies `bytes` in at `offset`.
    ///
    /// # Panics
    /// When they do not fit.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        assert!(offset + bytes.len() <= self.len, "write beyond the buffer");
        // SAFETY: the range is inside the pages; the provider may access them at the same time, so no reference is made.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.as_ptr().add(offset), bytes.len()) }
    }

    /// Copies `len` bytes out from `offset`.
    ///
    /// # Panics
    /// When they are not all inside.
    #[must_use]
    pub fn read(&self, offset: usize, len: usize) -> Vec<u8> {
        assert!(offset + len <= self.len, "read beyond the buffer");
        let mut bytes = vec![0; len];
        // SAFETY: as for `write`.
        unsafe { std::ptr::copy_nonoverlapping(self.as_ptr().add(offset), bytes.as_mut_ptr(), len) }
        bytes
    }
}
