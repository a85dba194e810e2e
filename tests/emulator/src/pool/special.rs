//! Pages for special pool: each allocation in pages of its own with an inaccessible page behind,
//! out of one reserved range so that the host's limit on mappings is the only limit.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sync::Mutex;

use crate::wdm::PAGE_SIZE;

/// Address space for all special pools of the process.
const RANGE: usize = 64 << 30;
/// Each live allocation splits the range into more mappings; the host allows 65530 by default.
const MOST_LIVE: usize = 24_000;

/// Some pages and, behind them, the guard page.
#[derive(Clone, Copy)]
pub(super) struct Pages {
    pub(super) start: usize,
    count: usize,
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
static FREE: Mutex<Option<Free>> = Mutex::new(None);

struct Free {
    next: usize,
    end: usize,
    returned: HashMap<usize, VecDeque<usize>>,
}

impl Free {
    fn reserve() -> Self {
        // SAFETY: a fresh inaccessible mapping.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                RANGE,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        } as usize;
        let size = if base == libc::MAP_FAILED as usize {
            0
        } else {
            RANGE
        };
        Self {
            next: base,
            end: base.wrapping_add(size),
            returned: HashMap::new(),
        }
    }

    fn take(&mut self, count: usize) -> Option<usize> {
        let size = (count + 1) * PAGE_SIZE;
        if self.next.checked_add(size)? <= self.end {
            let start = self.next;
            self.next += size;
            return Some(start);
        }
        self.returned.get_mut(&count)?.pop_front()
    }
}

pub(super) fn allocate(size: usize) -> Option<Pages> {
    if LIVE.fetch_add(1, Ordering::Relaxed) >= MOST_LIVE {
        LIVE.fetch_sub(1, Ordering::Relaxed);
        return None;
    }
    let count = size.div_ceil(PAGE_SIZE);
    let start = FREE.lock().get_or_insert_with(Free::reserve).take(count);
    let pages = start.map(|start| Pages { start, count });
    match pages {
        Some(pages) if pages.protect(libc::PROT_READ | libc::PROT_WRITE) => Some(pages),
        _ => {
            LIVE.fetch_sub(1, Ordering::Relaxed);
            None
        }
    }
}

/// The pages may be used again.
pub(super) fn release(pages: Pages) {
    if let Some(free) = FREE.lock().as_mut() {
        free.returned
            .entry(pages.count)
            .or_default()
            .push_back(pages.start);
    }
}

impl Pages {
    pub(super) fn end(&self) -> usize {
        self.start + self.count * PAGE_SIZE
    }

    fn protect(&self, protection: i32) -> bool {
        // SAFETY: pages of the reserved range that this value owns.
        unsafe { libc::mprotect(self.start as *mut _, self.count * PAGE_SIZE, protection) == 0 }
    }

    /// Freed: every access faults, and the host gets its memory back.
    pub(super) fn close(&self) {
        // SAFETY: as above; what was in the pages is no longer needed.
        unsafe {
            libc::madvise(
                self.start as *mut _,
                self.count * PAGE_SIZE,
                libc::MADV_DONTNEED,
            )
        };
        self.protect(libc::PROT_NONE);
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}
