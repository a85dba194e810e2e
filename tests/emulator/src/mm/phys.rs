//! Physical pages. Pages that something outside the drivers owns (a consumer's buffers) are
//! those of one memory file, so that a second mapping of one is a true alias. Everything else
//! (pool, images, stacks) is its own physical memory: the frame number is the address's.

use std::collections::BTreeMap;
use std::ptr::null_mut;
use std::sync::OnceLock;

use crate::sync::Mutex;

use crate::wdm::{PAGE_SHIFT, PAGE_SIZE};

/// Set in the frame numbers of the memory file's pages.
const FILE: u64 = 1 << 40;
/// The size of the memory file; its pages take host memory only once touched. Less where the
/// host has not that much address space (below valgrind).
const SIZE: usize = 64 << 30;
/// Address space for second mappings; less likewise.
const ALIASES: usize = 1 << 40;

/// What no test can do without.
const SMALLEST: usize = 1 << 28;

struct Memory {
    file: i32,
    base: usize,
    size: usize,
    aliases: usize,
    aliases_size: usize,
    ranges: Mutex<Ranges>,
}

struct Ranges {
    next: usize,
    next_alias: usize,
    /// Second mappings by offset: their size with the inaccessible page.
    aliases: BTreeMap<usize, usize>,
    /// Freed ranges by offset: number of pages.
    free: BTreeMap<usize, usize>,
}

fn memory() -> &'static Memory {
    static MEMORY: OnceLock<Memory> = OnceLock::new();
    MEMORY.get_or_init(|| {
        // SAFETY: fresh file and mappings; nothing else knows of them.
        unsafe {
            let file = libc::memfd_create(c"physical".as_ptr(), libc::MFD_CLOEXEC);
            assert!(file >= 0, "no memory file");
            assert!(
                libc::ftruncate(file, SIZE as i64) == 0,
                "no room for a memory file"
            );
            let shared = libc::MAP_SHARED | libc::MAP_NORESERVE;
            let (base, size) = reserve(SIZE, shared, file);
            let private = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
            let (aliases, aliases_size) = reserve(ALIASES, private, -1);
            let ranges = Ranges {
                next: 0,
                next_alias: 0,
                aliases: BTreeMap::new(),
                free: BTreeMap::new(),
            };
            Memory {
                file,
                base,
                size,
                aliases,
                aliases_size,
                ranges: Mutex::new(ranges),
            }
        }
    })
}

/// Address space for `size` bytes, or for the largest half, quarter … of it that there is.
fn reserve(mut size: usize, flags: i32, file: i32) -> (usize, usize) {
    loop {
        // SAFETY: a fresh mapping where the host likes.
        let at = unsafe { libc::mmap(null_mut(), size, libc::PROT_NONE, flags, file, 0) };
        if at != libc::MAP_FAILED {
            return (at as usize, size);
        }
        assert!(size > SMALLEST, "no address space for {size} bytes");
        size /= 2;
    }
}

/// Physical pages mapped once, with an inaccessible page behind.
#[derive(Debug)]
pub struct Pages {
    address: usize,
    count: usize,
}

impl Pages {
    /// Enough zeroed pages for `bytes`.
    #[must_use]
    pub fn new(bytes: usize) -> Option<Self> {
        let count = bytes.div_ceil(PAGE_SIZE).max(1);
        let memory = memory();
        let whole = count + 1;
        let offset = {
            let mut ranges = memory.ranges.lock();
            let fit = ranges
                .free
                .iter()
                .find(|(_, have)| **have == whole)
                .map(|(at, _)| *at);
            match fit {
                Some(at) => {
                    ranges.free.remove(&at);
                    at
                }
                None => {
                    let at = ranges.next;
                    if at + whole * PAGE_SIZE > memory.size {
                        return None;
                    }
                    ranges.next += whole * PAGE_SIZE;
                    at
                }
            }
        };
        let address = memory.base + offset;
        // SAFETY: a range of the memory file's mapping that nobody else has.
        let mapped = unsafe {
            libc::mprotect(
                address as *mut _,
                count * PAGE_SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
            )
        };
        (mapped == 0).then_some(Self { address, count })
    }

    #[must_use]
    pub fn address(&self) -> usize {
        self.address
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.count * PAGE_SIZE
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.address as *mut u8
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let memory = memory();
        // SAFETY: this value's own pages; their content is given up.
        unsafe {
            libc::madvise(self.address as *mut _, self.len(), libc::MADV_REMOVE);
            libc::mprotect(self.address as *mut _, self.len(), libc::PROT_NONE);
        }
        memory
            .ranges
            .lock()
            .free
            .insert(self.address - memory.base, self.count + 1);
    }
}

/// The frame number of the page at `address`.
#[must_use]
#[inline]
pub fn frame(address: usize) -> u64 {
    let memory = memory();
    let offset = address.wrapping_sub(memory.base);
    match offset < memory.size {
        true => FILE | (offset >> PAGE_SHIFT) as u64,
        false => (address >> PAGE_SHIFT) as u64,
    }
}

/// Where the page with this frame number is (its first mapping).
#[must_use]
pub fn address_of(frame: u64) -> usize {
    let page = ((frame & !FILE) << PAGE_SHIFT) as usize;
    if is_file(frame) {
        memory().base + page
    } else {
        page
    }
}

/// Whether a frame is one of the memory file's.
#[must_use]
pub fn is_file(frame: u64) -> bool {
    frame & FILE != 0
}

/// Maps the frames once more; the address of the first. All of one kind: memory file pages get
/// a new mapping, others are where they are and must be contiguous.
#[must_use]
pub fn map_again(frames: &[u64]) -> Option<usize> {
    let (&first, rest) = frames.split_first()?;
    if !is_file(first) {
        let contiguous = rest
            .iter()
            .zip(first + 1..)
            .all(|(frame, expected)| *frame == expected);
        return contiguous.then_some((first as usize) << PAGE_SHIFT);
    }
    if !frames.iter().all(|&f| is_file(f)) {
        return None;
    }
    let at = take_alias(frames.len())?;
    let mut index = 0;
    while index < frames.len() {
        let run = frames[index..]
            .iter()
            .zip(frames[index]..)
            .take_while(|(f, e)| **f == *e)
            .count();
        let offset = (frames[index] & !FILE) << PAGE_SHIFT;
        // SAFETY: a fresh part of the alias range, mapped to pages of the memory file.
        let mapped = unsafe {
            libc::mmap(
                (at + index * PAGE_SIZE) as *mut _,
                run * PAGE_SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_FIXED,
                memory().file,
                offset as i64,
            )
        };
        if mapped == libc::MAP_FAILED {
            unmap(at, frames.len());
            return None;
        }
        index += run;
    }
    Some(at)
}

/// Address space for an alias and an inaccessible page behind it. Addresses come round again
/// only after the whole range was used.
fn take_alias(count: usize) -> Option<usize> {
    let memory = memory();
    let size = (count + 1) * PAGE_SIZE;
    let mut ranges = memory.ranges.lock();
    let start = ranges.next_alias;
    let end = memory.aliases_size;
    let at = ranges
        .gap(start, size, end)
        .or_else(|| ranges.gap(0, size, end))?;
    ranges.aliases.insert(at, size);
    ranges.next_alias = at + size;
    Some(memory.aliases + at)
}

impl Ranges {
    /// The first free place for an alias of that size between `from` and `end`.
    fn gap(&self, from: usize, size: usize, end: usize) -> Option<usize> {
        let mut at = from;
        if let Some((start, length)) = self.aliases.range(..=at).next_back() {
            at = at.max(start + length);
        }
        for (start, length) in self.aliases.range(at..) {
            if at + size <= *start {
                break;
            }
            at = start + length;
        }
        (at + size <= end).then_some(at)
    }
}

/// Whether the address is in the range of second mappings.
#[must_use]
pub fn is_alias(address: usize) -> bool {
    let memory = memory();
    address.wrapping_sub(memory.aliases) < memory.aliases_size
}

/// Takes a second mapping away.
pub fn unmap(at: usize, count: usize) {
    if !is_alias(at) {
        return;
    }
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED;
    // SAFETY: the alias range is this module's; the pages keep their first mapping.
    unsafe {
        libc::mmap(
            at as *mut _,
            count * PAGE_SIZE,
            libc::PROT_NONE,
            flags,
            -1,
            0,
        )
    };
    let memory = memory();
    memory.ranges.lock().aliases.remove(&(at - memory.aliases));
}
