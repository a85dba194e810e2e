//! One allocation and what surrounds it.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};

use super::{Request, special, tag_name};
use crate::verifier::stack;
use crate::wdm::PAGE_SIZE;

const RED: u8 = 0xFB;
pub(super) const POISON: u8 = 0xDD;
const GARBAGE: u8 = 0xCD;
const MOST_POISON: usize = 1024;
const ALIGN: usize = 16;
pub(super) const LINE: usize = 64;

/// An allocation, live or freed a while ago.
pub(super) struct Block {
    pub(super) address: usize,
    pub(super) size: usize,
    pub(super) tag: u32,
    pub(super) caller: usize,
    pub(super) freed: bool,
    pub(super) freed_by: usize,
    pub(super) kind: Kind,
}

/// Where the memory is from.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Special(special::Pages),
    Cheap { start: usize, layout: Layout },
}

/// An allocation that a driver never freed.
#[derive(Debug, Clone)]
pub struct Leak {
    pub tag: String,
    pub size: usize,
    pub address: usize,
    /// Where it was allocated.
    pub place: String,
}

impl Block {
    fn new(request: &Request, address: usize, kind: Kind) -> Self {
        Self {
            address,
            size: request.size,
            tag: request.tag,
            caller: request.caller,
            freed: false,
            freed_by: 0,
            kind,
        }
    }

    /// In pages of its own, ending at an inaccessible one.
    pub(super) fn special(request: &Request) -> Option<Self> {
        let pages = special::allocate(request.size)?;
        let address = match request.size < PAGE_SIZE {
            true => pages.end() - request.size.next_multiple_of(ALIGN),
            false => pages.start,
        };
        Some(Self::new(request, address, Kind::Special(pages)))
    }

    /// Between two red zones, in memory that `spare` has for it if there is some.
    pub(super) fn cheap(
        request: &Request,
        spare: impl FnOnce(Layout) -> Option<usize>,
    ) -> Option<Self> {
        let (align, front) = match request.size < PAGE_SIZE {
            true => (ALIGN, ALIGN),
            false => (PAGE_SIZE, PAGE_SIZE),
        };
        let whole = front + request.size.next_multiple_of(ALIGN) + ALIGN;
        let layout = Layout::from_size_align(whole, align).ok()?;
        // SAFETY: the layout's size is not zero; what is spare has this layout, and is ours now.
        let start = unsafe {
            match spare(layout) {
                Some(start) if request.zeroed => {
                    std::ptr::write_bytes((start + front) as *mut u8, 0, request.size);
                    start
                }
                Some(start) => start,
                None if request.zeroed => alloc_zeroed(layout) as usize,
                None => alloc(layout) as usize,
            }
        };
        (start != 0).then(|| Self::new(request, start + front, Kind::Cheap { start, layout }))
    }

    /// The bytes before and behind the allocation that nobody may touch.
    fn zones(&self) -> [(usize, usize); 2] {
        let end = self.address + self.size;
        match &self.kind {
            Kind::Special(pages) => [(pages.start, self.address), (end, pages.end())],
            Kind::Cheap { start, layout } => [
                ((*start).max(self.address - ALIGN), self.address),
                (end, start + layout.size()),
            ],
        }
    }

    /// Gives the memory what a driver may find in it. Memory that is to be zero is so already.
    pub(super) fn fill(&self, zeroed: bool) {
        // SAFETY: memory of this allocation that nobody has seen yet.
        unsafe {
            if !zeroed {
                std::ptr::write_bytes(self.address as *mut u8, GARBAGE, self.size);
            }
            for (from, to) in self.zones() {
                std::ptr::write_bytes(from as *mut u8, RED, to - from);
            }
        }
    }

    /// The first byte of the range that is not `expected`.
    pub(super) fn differs(from: usize, to: usize, expected: u8) -> Option<usize> {
        let words = from.next_multiple_of(8).min(to)..to & !7;
        let byte = |at: usize| {
            // SAFETY: callers pass ranges of this allocation, which is mapped.
            let found = unsafe { (at as *const u8).read_volatile() };
            (found != expected).then_some(at)
        };
        let word = |at: usize| {
            // SAFETY: as above; the address is aligned.
            let found = unsafe { (at as *const u64).read_volatile() };
            (found != u64::from_ne_bytes([expected; 8])).then(|| (at..at + 8).find_map(byte))?
        };
        // A line at a time: most of what is looked at is as it was.
        let lines = words.start..words.start + words.len() / LINE * LINE;
        let line = |at: usize| {
            // SAFETY: as above.
            let read = |at: usize| unsafe { (at as *const u64).read_volatile() };
            let changed = (at..at + LINE).step_by(8).fold(0, |changed, at| {
                changed | read(at) ^ u64::from_ne_bytes([expected; 8])
            });
            (changed != 0).then(|| (at..at + LINE).step_by(8).find_map(word))?
        };
        (from..words.start)
            .find_map(byte)
            .or_else(|| lines.clone().step_by(LINE).find_map(line))
            .or_else(|| (lines.end..words.end).step_by(8).find_map(word))
            .or_else(|| (words.end.max(words.start)..to).find_map(byte))
    }

    /// How much of a freed block is poisoned: its start, where most of what is used lies.
    fn poisoned(&self) -> usize {
        self.size.min(MOST_POISON)
    }

    /// What is wrong with freeing it now.
    pub(super) fn check_free(&self, tag: u32) -> Option<(&'static str, String)> {
        if self.freed {
            let text = format!("freed twice: {}", self.describe(self.address));
            return Some(("VERIF-POOL-DOUBLE-FREE", text));
        }
        if tag != 0 && tag != self.tag {
            let text = format!(
                "freed with tag '{}': {}",
                tag_name(tag),
                self.describe(self.address)
            );
            return Some(("VERIF-POOL-WRONG-TAG", text));
        }
        self.zones().iter().find_map(|&(from, to)| {
            let at = Self::differs(from, to, RED)?;
            let text = format!("written at {at:#x}: {}", self.describe(at));
            Some(("VERIF-POOL-OVERRUN", text))
        })
    }

    pub(super) fn make_unusable(&self) {
        match &self.kind {
            Kind::Special(pages) => pages.close(),
            // SAFETY: freed memory that this block still owns.
            Kind::Cheap { .. } => unsafe {
                std::ptr::write_bytes(self.address as *mut u8, POISON, self.poisoned());
            },
        }
    }

    pub(super) fn touched_after_free(&self) -> Option<usize> {
        match self.kind {
            Kind::Special(_) => None,
            Kind::Cheap { .. } => {
                Self::differs(self.address, self.address + self.poisoned(), POISON)
            }
        }
    }

    /// Gives the memory back, to `keep` if that takes it.
    pub(super) fn release(self, keep: impl FnOnce(Layout, usize) -> bool) {
        match self.kind {
            Kind::Special(pages) => special::release(pages),
            Kind::Cheap { start, layout } if keep(layout, start) => {}
            // SAFETY: allocated with this layout and out of every table.
            Kind::Cheap { start, layout } => unsafe { dealloc(start as *mut u8, layout) },
        }
    }

    pub(super) fn describe(&self, at: usize) -> String {
        let offset = at as isize - self.address as isize;
        let mut text = format!(
            "offset {offset} of the {} bytes at {:#x} with tag '{}' allocated at {}",
            self.size,
            self.address,
            tag_name(self.tag),
            stack::describe(self.caller)
        );
        if self.freed {
            text += &format!(" and freed at {}", stack::describe(self.freed_by));
            if let Kind::Cheap { .. } = self.kind {
                // SAFETY: freed blocks of this kind stay readable while they are in the tables.
                let now = unsafe { ((at & !7) as *const u64).read_unaligned() };
                text += &format!("; it reads {now:#018x} now");
            }
        }
        text
    }

    pub(super) fn leak(&self) -> Leak {
        Leak {
            tag: tag_name(self.tag),
            size: self.size,
            address: self.address,
            place: stack::describe(self.caller),
        }
    }
}
