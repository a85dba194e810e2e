//! Locked memory described by an MDL, as a consumer registers it.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use softrnic_emulator::mm::phys::{Pages, frame};
use softrnic_emulator::wdm::{MDL, PAGE_SIZE};

const MDL_PAGES_LOCKED: i16 = 2;

/// Locked memory with its MDL.
///
/// The provider reads and writes it while requests are outstanding, so it is accessed by copying only. The MDL's virtual
/// address is one that nobody may use: it stands for an address of another process (NDK-MR-03).
pub struct Buffer {
    /// At least one; headers and page numbers.
    mdls: Vec<Box<[u64]>>,
    pages: Pages,
    offset: usize,
    len: usize,
}

/// Where the next buffer's MDL pretends to be.
static NEXT_ADDRESS: AtomicUsize = AtomicUsize::new(0x0000_1000_0000_0000);

/// An MDL for `len` bytes at `offset` of `pages` that says they are at `address`.
fn describe(pages: &Pages, offset: usize, address: usize, len: usize) -> Box<[u64]> {
    let in_page = address % PAGE_SIZE;
    let count = (in_page + len).div_ceil(PAGE_SIZE);
    let mut mdl = vec![0_u64; size_of::<MDL>() / 8 + count].into_boxed_slice();
    let header = MDL {
        Next: std::ptr::null_mut(),
        Size: (size_of::<MDL>() + 8 * count).min(0x7FF8) as i16,
        MdlFlags: MDL_PAGES_LOCKED,
        Process: 0,
        MappedSystemVa: std::ptr::null_mut(),
        StartVa: (address - in_page) as *mut c_void,
        ByteCount: u32::try_from(len).expect("an MDL describes less than 4 GiB"),
        ByteOffset: in_page as u32,
    };
    // SAFETY: the slice has room for a header, aligned to 8.
    unsafe { mdl.as_mut_ptr().cast::<MDL>().write(header) };
    let first = pages.address() + offset - offset % PAGE_SIZE;
    for (n, number) in mdl[size_of::<MDL>() / 8..].iter_mut().enumerate() {
        *number = frame(first + n * PAGE_SIZE);
    }
    mdl
}

impl Buffer {
    /// `len` zeroed bytes from the start of a page.
    ///
    /// # Panics
    /// When the emulated machine is out of memory.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self::at_offset(len, 0)
    }

    /// `len` zeroed bytes that begin `offset` bytes into their first page.
    ///
    /// # Panics
    /// When the emulated machine is out of memory, or `offset` is not inside a page.
    #[must_use]
    pub fn at_offset(len: usize, offset: usize) -> Self {
        Self::in_pieces(offset, &[len])
    }

    /// Zeroed bytes described by a chain of MDLs, one for each length; virtually contiguous.
    ///
    /// # Panics
    /// When the emulated machine is out of memory, or `offset` is not inside a page.
    #[must_use]
    pub fn in_pieces(offset: usize, lens: &[usize]) -> Self {
        assert!(offset < PAGE_SIZE, "an offset in the first page");
        let len = lens.iter().sum::<usize>();
        let pages = Pages::new((offset + len).max(1)).expect("memory for a buffer");
        let base =
            NEXT_ADDRESS.fetch_add(pages.len() + (PAGE_SIZE << 4), Ordering::Relaxed) + offset;
        let mut mdls = Vec::new();
        let mut before = 0;
        for &piece in lens {
            mdls.push(describe(&pages, offset + before, base + before, piece));
            before += piece;
        }
        for n in (1..mdls.len()).rev() {
            let next = mdls[n].as_mut_ptr().cast::<MDL>();
            // SAFETY: the slice begins with a header.
            unsafe { (*mdls[n - 1].as_mut_ptr().cast::<MDL>()).Next = next };
        }
        Self {
            mdls,
            pages,
            offset,
            len,
        }
    }

    /// What the MDLs hold now, page numbers and all.
    #[must_use]
    pub fn mdl_words(&self) -> Vec<Box<[u64]>> {
        self.mdls.clone()
    }

    /// The header of the `n`th MDL.
    pub fn mdl_mut(&mut self, n: usize) -> &mut MDL {
        // SAFETY: the slice begins with a header, which is ours while nobody has it registered.
        unsafe { &mut *self.mdls[n].as_mut_ptr().cast::<MDL>() }
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
        self.mdls[0].as_ptr().cast_mut().cast()
    }

    /// What `MmGetMdlVirtualAddress` says of the MDL: the base of the region's index space.
    #[must_use]
    pub fn virtual_address(&self) -> u64 {
        // SAFETY: the MDL is ours.
        let header = unsafe { &*self.mdl().cast::<MDL>() };
        header.StartVa as u64 + u64::from(header.ByteOffset)
    }

    /// Where the consumer itself reads and writes the memory.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.pages.as_ptr().wrapping_add(self.offset)
    }

    /// Copies `bytes` in at `offset`.
    ///
    /// # Panics
    /// When they do not fit.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        assert!(offset + bytes.len() <= self.len, "write beyond the buffer");
        // SAFETY: the range is inside the pages; the provider may access them at the same time, so no reference is made.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.as_ptr().add(offset), bytes.len())
        }
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

    /// Fills what its pages hold before and after it with `byte`.
    pub fn fill_margins(&self, byte: u8) {
        for (at, len) in self.around() {
            // SAFETY: the range is inside the pages, and nobody is given it.
            unsafe { std::ptr::write_bytes(self.pages.as_ptr().add(at), byte, len) }
        }
    }

    /// What its pages hold before and after it.
    #[must_use]
    pub fn margins(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (at, len) in self.around() {
            let end = bytes.len();
            bytes.resize(end + len, 0);
            // SAFETY: the range is inside the pages; whoever writes there now breaks a rule.
            unsafe {
                let from = self.pages.as_ptr().add(at);
                std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr().add(end), len);
            }
        }
        bytes
    }

    /// Offsets and lengths of what its pages hold beside it.
    fn around(&self) -> [(usize, usize); 2] {
        let end = self.offset + self.len;
        [(0, self.offset), (end, self.pages.len() - end)]
    }
}

// SAFETY: the pages belong to no thread, and the MDL is only read after it was made.
unsafe impl Send for Buffer {}
// SAFETY: as above; the bytes are reached through raw copies.
unsafe impl Sync for Buffer {}
