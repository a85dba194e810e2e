//! Pool memory of one machine, with its verifier.
//!
//! Special pool ends every allocation at an inaccessible page and makes freed memory
//! inaccessible; it is the default. The cheap mode (and whatever special pool has no room for)
//! has red zones on both sides, poison in freed memory and a quarantine; in the light one that is short.

mod block;
mod spare;
mod special;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::Mutex;

use block::Block;
pub use block::Leak;
use spare::Spare;

use crate::image::{Image, image_at};
use crate::thread::Thread;
use crate::verifier::{violation, violation_of};
use crate::wdm::PAGE_SIZE;

/// How allocations are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// A guard page behind every allocation.
    Special,
    /// Red zones, poison and quarantine.
    Cheap,
    /// The same with so short a quarantine that memory is used again while it is in the processor's cache, as Windows' own pool
    /// does it, and what images take of the stack is not looked at: for measurements.
    Light,
}

/// How many freed blocks are kept before their memory is used again.
const QUARANTINE: usize = 1024;
const SHORT_QUARANTINE: usize = 32;

impl PoolMode {
    fn quarantine(self) -> usize {
        match self {
            Self::Special | Self::Cheap => QUARANTINE,
            Self::Light => SHORT_QUARANTINE,
        }
    }
}

/// The owner of allocations that no image made.
pub const KERNEL: usize = 0;

/// The pool of one machine.
pub struct Pool {
    mode: PoolMode,
    inner: Mutex<Inner>,
    /// Allocations by images until one fails; 0: none will.
    until_failure: AtomicU64,
}

#[derive(Default)]
struct Inner {
    blocks: BTreeMap<usize, Block>,
    quarantine: VecDeque<usize>,
    spare: Spare,
    /// Bytes in use.
    bytes: usize,
    count: usize,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub size: usize,
    /// Four characters, the first in the lowest byte.
    pub tag: u32,
    /// An address in the image that pays for it, or [`KERNEL`].
    pub caller: usize,
    pub zeroed: bool,
}

/// A tag as people write it.
#[must_use]
pub fn tag_name(tag: u32) -> String {
    tag.to_le_bytes()
        .iter()
        .map(|&b| {
            if b.is_ascii_graphic() || b == b' ' {
                b as char
            } else {
                '?'
            }
        })
        .collect()
}

impl Pool {
    pub(crate) fn new(mode: PoolMode) -> Self {
        Self {
            mode,
            inner: Mutex::default(),
            until_failure: AtomicU64::new(0),
        }
    }

    /// Lets the `nth` allocation by a driver from now on fail (1 is the next), and none after it.
    pub fn fail_at(&self, nth: u64) {
        self.until_failure.store(nth, Ordering::SeqCst);
    }

    /// Whether the failure that was asked for is still to come.
    #[must_use]
    pub fn failure_is_due(&self) -> bool {
        self.until_failure.load(Ordering::SeqCst) != 0
    }

    fn fails_now(&self) -> bool {
        self.failure_is_due()
            && self
                .until_failure
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                == Ok(1)
    }

    /// How allocations are watched.
    #[must_use]
    pub fn mode(&self) -> PoolMode {
        self.mode
    }

    /// Allocates. Memory of a page or more starts at a page, as Windows does it.
    pub fn allocate(&self, request: Request) -> *mut u8 {
        if request.size == 0 {
            violation("VERIF-POOL-SIZE", "an allocation of 0 bytes");
        }
        if request.tag == 0 {
            violation("VERIF-POOL-TAG", "an allocation with tag 0");
        }
        let by_image = image_at(request.caller).is_some();
        if by_image && (self.fails_now() || crate::sched::fails("allocation")) {
            return std::ptr::null_mut();
        }
        let block = match self.mode {
            PoolMode::Special => Block::special(&request).or_else(|| self.cheap(&request)),
            PoolMode::Cheap | PoolMode::Light => self.cheap(&request),
        };
        let Some(block) = block else {
            return std::ptr::null_mut();
        };
        let address = block.address;
        block.fill(request.zeroed);
        let mut inner = self.inner.lock();
        inner.bytes += block.size;
        inner.count += 1;
        inner.blocks.insert(address, block);
        address as *mut u8
    }

    fn cheap(&self, request: &Request) -> Option<Block> {
        Block::cheap(request, |layout| self.inner.lock().spare.take(layout))
    }

    /// Frees what [`allocate`](Self::allocate) returned. `tag` is checked unless it is 0.
    pub fn free(&self, address: usize, tag: u32, caller: usize) {
        let mut inner = self.inner.lock();
        let Some(block) = inner.blocks.get_mut(&address) else {
            let what = inner
                .containing(address)
                .map_or("not pool".into(), |b| b.describe(address));
            drop(inner);
            violation("VERIF-POOL-FREE", &format!("{address:#x} is freed: {what}"));
        };
        let problem = block.check_free(tag);
        if let Some((rule, text)) = problem {
            drop(inner);
            violation(rule, &text);
        }
        block.freed = true;
        block.freed_by = caller;
        let (start, end) = (block.address, block.address + block.size);
        inner.bytes -= end - start;
        inner.count -= 1;
        drop(inner);
        freed(start, end);
        self.retire(address);
    }

    /// Makes freed memory unusable, and lets go of the oldest.
    fn retire(&self, address: usize) {
        let mut inner = self.inner.lock();
        let Some(block) = inner.blocks.get(&address) else {
            return;
        };
        block.make_unusable();
        inner.quarantine.push_back(address);
        if inner.quarantine.len() <= self.mode.quarantine() {
            return;
        }
        let oldest = inner
            .quarantine
            .pop_front()
            .and_then(|a| inner.blocks.remove(&a));
        drop(inner);
        if let Some(oldest) = oldest {
            if let Some(at) = oldest.touched_after_free() {
                violation(
                    "VERIF-POOL-USE-AFTER-FREE",
                    &format!("written at {at:#x}: {}", oldest.describe(at)),
                );
            }
            oldest.release(|layout, start| self.inner.lock().spare.keep(layout, start));
        }
    }

    /// What special pool or a freed block has to say about an address that faulted.
    #[must_use]
    pub fn explain(&self, address: usize) -> Option<(&'static str, String)> {
        self.inner.try_lock()?.explain(address)
    }

    /// The same where the pool's lock may be waited for.
    pub(crate) fn tell(&self, address: usize) -> Option<(&'static str, String)> {
        self.inner.lock().explain(address)
    }

    /// Looks for writes into freed memory that is still in quarantine.
    pub(crate) fn check_quarantine(&self, image: &Image) {
        let found = {
            let inner = self.inner.lock();
            inner.quarantine.iter().find_map(|a| {
                let block = inner.blocks.get(a)?;
                let at = block.touched_after_free()?;
                Some(format!("written at {at:#x}: {}", block.describe(at)))
            })
        };
        if let Some(text) = found {
            violation_of(image, "VERIF-POOL-USE-AFTER-FREE", &text);
        }
    }

    /// What the image at `base` still holds.
    #[must_use]
    pub fn leaks(&self, base: usize) -> Vec<Leak> {
        let inner = self.inner.lock();
        let held = inner
            .blocks
            .values()
            .filter(|b| !b.freed && image_at(b.caller).is_some_and(|image| image.base == base));
        held.map(Block::leak).collect()
    }

    /// Bytes and allocations in use.
    #[must_use]
    pub fn usage(&self) -> (usize, usize) {
        let inner = self.inner.lock();
        (inner.bytes, inner.count)
    }

    /// Bytes and allocations in use that an image paid for.
    #[must_use]
    pub fn usage_of(&self, base: usize) -> (usize, usize) {
        let leaks = self.leaks(base);
        (leaks.iter().map(|l| l.size).sum(), leaks.len())
    }

    /// Bytes in use that images paid for, by tag.
    #[must_use]
    pub fn usage_by_tag(&self) -> BTreeMap<String, usize> {
        let mut usage = BTreeMap::new();
        for block in self.inner.lock().blocks.values() {
            if !block.freed && block.caller != KERNEL {
                *usage.entry(tag_name(block.tag)).or_default() += block.size;
            }
        }
        usage
    }

    /// How many allocations are in use, by tag and bytes.
    #[must_use]
    pub fn usage_by_size(&self) -> BTreeMap<(String, usize), usize> {
        let mut usage = BTreeMap::new();
        for block in self.inner.lock().blocks.values() {
            if !block.freed {
                let kind = (tag_name(block.tag), block.size);
                *usage.entry(kind).or_default() += 1;
            }
        }
        usage
    }

    /// The live block around an address: where it starts and how long it is.
    #[must_use]
    pub fn block_at(&self, address: usize) -> Option<(usize, usize)> {
        let inner = self.inner.lock();
        let (_, block) = inner.blocks.range(..=address).next_back()?;
        (!block.freed && address < block.address + block.size)
            .then_some((block.address, block.size))
    }
}

impl Inner {
    fn containing(&self, address: usize) -> Option<&Block> {
        let (_, block) = self.blocks.range(..=address).next_back()?;
        (address < block.address + block.size).then_some(block)
    }

    fn explain(&self, address: usize) -> Option<(&'static str, String)> {
        let block = self.near(address)?;
        let rule = if block.freed {
            "VERIF-POOL-USE-AFTER-FREE"
        } else {
            "VERIF-POOL-OVERRUN"
        };
        Some((rule, block.describe(address)))
    }

    /// The block that an out-of-range access at `address` most likely meant.
    fn near(&self, address: usize) -> Option<&Block> {
        let below = self.blocks.range(..=address).next_back().map(|(_, b)| b);
        let above = self.blocks.range(address..).next().map(|(_, b)| b);
        below
            .filter(|b| address < b.address + b.size + 2 * PAGE_SIZE)
            .or_else(|| above.filter(|b| address + PAGE_SIZE >= b.address))
    }
}

/// Nothing the kernel still uses may lie in freed memory.
fn freed(start: usize, end: usize) {
    let Some(thread) = crate::thread::try_current() else {
        return;
    };
    check_in_use(thread, start, end, None);
    crate::verifier::locks::forget(start, end);
}

/// Reports what the kernel still uses between `start` and `end`: pool that is freed, or an image
/// that is unloaded.
pub(crate) fn check_in_use(thread: &Thread, start: usize, end: usize, image: Option<&Image>) {
    let Some((rule, what)) = in_use(thread, start, end) else {
        return;
    };
    match image {
        Some(image) => violation_of(image, rule, &format!("{what} when the driver is unloaded")),
        None => violation(rule, &format!("{what} when its memory is freed")),
    }
}

fn in_use(thread: &Thread, start: usize, end: usize) -> Option<(&'static str, String)> {
    let machine = thread.machine;
    let held = thread.held_locks().iter();
    let mut held = held.chain(thread.sleeping_locks.all());
    if let Some(held) = held.find(|held| (start..end).contains(&held.lock)) {
        let lock = held.lock;
        return Some(("VERIF-FREE-LOCK", format!("the lock at {lock:#x} is held")));
    }
    if let Some(dpc) = machine
        .processors()
        .iter()
        .find_map(|p| p.queued_within(start, end))
    {
        return Some(("VERIF-FREE-DPC", format!("the DPC at {dpc:#x} is queued")));
    }
    if let Some(timer) = machine.timers.queued_within(start, end) {
        return Some((
            "VERIF-FREE-TIMER",
            format!("the timer at {timer:#x} is set"),
        ));
    }
    let item = machine.work.queued_within(start, end)?;
    Some((
        "VERIF-FREE-WORK",
        format!("the work item at {item:#x} is queued"),
    ))
}

#[cfg(test)]
mod tests;
