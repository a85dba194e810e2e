//! How much of its thread's stack a driver takes, and how long it keeps a processor: for each callback that the
//! kernel calls it by, with all that is called from there, back into the driver too.
//!
//! Stack is that of images alone, in bytes: the frames of the kernel and of others are much larger here than on
//! Windows, and are no driver's doing. It is looked at whenever an image calls out (`bridge::exits`), and in a
//! [traced](crate::image::steps) run at every instruction. A DPC begins anew: Windows runs it on a stack of its own.
//!
//! Time is counted in instructions of images, in traced runs only: those between the call of a callback at
//! DISPATCH_LEVEL, or the raise to it, and the return or the fall below it.

use std::env;
use std::ptr::NonNull;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::image::Point;
use crate::thread::{Thread, try_current};
use crate::verifier::{report, stack, violation};

/// The most that a driver may take of a kernel stack, which has 24 KiB: half, for the other half is the kernel's
/// and that of whoever calls the driver or is called by it.
pub const STACK_LIMIT: usize = 12 << 10;

/// The most instructions at DISPATCH_LEVEL without a break: 100 µs, the longest that the documentation allows a
/// DPC, of a processor that executes one instruction a nanosecond.
pub const DISPATCH_LIMIT: u64 = 100_000;

/// The greatest that was seen of one callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The callback.
    pub entry: String,
    /// Bytes of stack.
    pub stack: usize,
    /// The callbacks that were on the stack then, outermost first.
    pub chain: String,
    /// Instructions at DISPATCH_LEVEL; 0 where none was counted.
    pub instructions: u64,
}

/// One call of the kernel's into an image, while it lasts; the thread has a list of them.
pub(crate) struct Entry {
    what: &'static str,
    outer: Option<NonNull<Entry>>,
    /// The thread's: where the outer one left its image, and its floor.
    outer_stack: (usize, usize),
    /// Instructions that the outer ones had executed.
    outer_instructions: u64,
    /// Not more than this far below `base` is this call's alone.
    base: usize,
    /// Bytes that the outer ones take, and not much less.
    before: usize,
    /// That of the outermost.
    slot: &'static Slot,
}

/// What is known of a callback.
struct Slot {
    name: AtomicPtr<u8>,
    length: AtomicUsize,
    /// The greatest estimate whose bytes were counted.
    estimate: AtomicUsize,
    stack: AtomicUsize,
    instructions: AtomicU64,
    chain: Mutex<String>,
}

impl Slot {
    const fn new() -> Self {
        Self {
            name: AtomicPtr::new(std::ptr::null_mut()),
            length: AtomicUsize::new(0),
            estimate: AtomicUsize::new(0),
            stack: AtomicUsize::new(0),
            instructions: AtomicU64::new(0),
            chain: Mutex::new(String::new()),
        }
    }

    fn name(&self) -> Option<&'static str> {
        let name = self.name.load(Ordering::Acquire);
        let length = self.length.load(Ordering::Acquire);
        // SAFETY: the two are those of a static string once the length is there; see `slot`.
        (length != 0).then(|| unsafe {
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(name, length))
        })
    }
}

/// More than there are callbacks; found by the address of the name.
const SLOTS: usize = 512;
static SLOT: [Slot; SLOTS] = [const { Slot::new() }; SLOTS];

fn slot(what: &'static str) -> &'static Slot {
    let address = what.as_ptr().cast_mut();
    let start = address as usize / 8;
    for step in 0..SLOTS {
        let slot = &SLOT[(start + step) % SLOTS];
        let mut name = slot.name.load(Ordering::Acquire);
        if name.is_null() {
            let free = std::ptr::null_mut();
            let taken =
                slot.name
                    .compare_exchange(free, address, Ordering::AcqRel, Ordering::Acquire);
            name = taken.err().unwrap_or(address);
        }
        if name == address {
            slot.length.store(what.len(), Ordering::Release);
            return slot;
        }
    }
    // Full: two callbacks share what is known of them.
    &SLOT[start % SLOTS]
}

impl Entry {
    /// The kernel calls an image; to be [begun](Self::begin) where it stays. What a `fresh` one takes is its own
    /// even when others are below it.
    #[inline]
    pub(crate) fn new(thread: &Thread, what: &'static str, fresh: bool) -> Self {
        let outer = thread.entered.get();
        let outer_stack = thread.processor.stack();
        // SAFETY: entries are on the thread's list while they stay where they are.
        let inherited = outer.filter(|_| !fresh).map(|o| unsafe { o.as_ref() });
        let marker = 0u8;
        Self {
            what,
            outer,
            outer_stack,
            outer_instructions: thread.instructions.get(),
            base: &raw const marker as usize,
            before: inherited.map_or(0, |outer| {
                outer.before + outer.base.saturating_sub(outer_stack.0)
            }),
            slot: inherited.map_or_else(|| slot(what), |outer| outer.slot),
        }
    }

    /// From now on what images do on `thread` is this call's. The entry stays where it is until it is ended.
    #[inline]
    pub(crate) fn begin(&self, thread: &Thread, fresh: bool) {
        if fresh || self.outer.is_none() {
            thread.instructions.set(0);
        }
        let known = self.slot.estimate.load(Ordering::Relaxed);
        let floor = self.base - known.saturating_sub(self.before);
        thread.processor.set_stack((self.base, floor));
        thread.entered.set(Some(NonNull::from(self)));
    }

    /// The call is over.
    #[inline]
    pub(crate) fn end(&self, thread: &Thread, fresh: bool) {
        if fresh {
            thread.instructions.set(self.outer_instructions);
        }
        thread.processor.set_stack(self.outer_stack);
        thread.entered.set(self.outer);
    }

    /// What of the stack is images' from `point`, which is in an image or just outside of it.
    fn count(&self, point: Point) -> usize {
        let mut sum = self.own(point);
        let mut entry = self;
        // SAFETY: as in `new`; the slot is the outermost one's, and where it changes the stack does.
        while let Some(outer) = entry.outer.map(|outer| unsafe { outer.as_ref() })
            && std::ptr::eq(outer.slot, self.slot)
            && entry.before != 0
        {
            // Where it has not called out there was no image between the two: a consumer of the host's.
            if entry.outer_stack.0 != outer.base {
                sum += outer.own(called_out(entry.outer_stack.0));
            }
            entry = outer;
        }
        sum
    }

    /// Bytes of this call alone: by the image's unwind data, or, where that does not lead to the kernel, all of it.
    fn own(&self, point: Point) -> usize {
        /// Frames of the kernel's, between the entry and the image.
        const SLACK: usize = 4 << 10;
        let all = self.base.saturating_sub(point.sp);
        let exact = stack::extent(point, self.base).map(|top| top - point.sp);
        exact
            .filter(|exact| all.saturating_sub(*exact) < SLACK)
            .unwrap_or(all)
    }

    fn chain(&self) -> String {
        let mut names = vec![self.what];
        let mut entry = self;
        // SAFETY: as above.
        while let Some(outer) = entry.outer.map(|outer| unsafe { outer.as_ref() })
            && std::ptr::eq(outer.slot, self.slot)
            && entry.before != 0
        {
            names.push(outer.what);
            entry = outer;
        }
        names.reverse();
        names.join(" > ")
    }
}

/// Where the image was that called out with its stack pointer at `left`.
fn called_out(left: usize) -> Point {
    // SAFETY: the return address, on the stack of the calling thread.
    let ip = unsafe { (left as *const usize).read_volatile() };
    Point { ip, sp: left + 8 }
}

/// The image that calls out has its stack pointer where it has not been before: told by the bridge.
pub(crate) extern "win64" fn deeper() {
    let Some(thread) = try_current() else { return };
    let (left, _) = thread.processor.stack();
    if let Some(broken) = note(thread, left, called_out(left)) {
        violation("VERIF-STACK", &broken);
    }
}

/// As [`deeper`], in a traced run: the stack pointer is at `sp`, and the image will go on at `point`.
pub(crate) fn step(thread: &Thread, sp: usize, point: Point) {
    if sp >= thread.processor.stack().1 {
        return;
    }
    if let Some(broken) = note(thread, sp, point) {
        let ip = point.ip + 1;
        report("VERIF-STACK", &broken, &stack::from(Point { ip, ..point }));
    }
}

/// Notes the depth; what to say when it is too deep.
#[cold]
fn note(thread: &Thread, sp: usize, point: Point) -> Option<String> {
    // SAFETY: as in `Entry::new`.
    let entry = unsafe { thread.entered.get()?.as_ref() };
    thread.processor.set_stack((thread.processor.stack().0, sp));
    let estimate = entry.before + entry.base.saturating_sub(sp);
    entry.slot.estimate.fetch_max(estimate, Ordering::Relaxed);
    let bytes = entry.count(point) + point.sp - sp;
    if bytes <= entry.slot.stack.fetch_max(bytes, Ordering::Relaxed) {
        return None;
    }
    let chain = entry.chain();
    let text = format!(
        "{chain} takes {bytes} bytes of stack; {} are allowed, and a kernel stack has 24 KiB",
        *LIMIT
    );
    *entry.slot.chain.lock() = chain;
    (bytes > *LIMIT).then_some(text)
}

/// [`STACK_LIMIT`], or what `SOFTRNIC_IMAGE_STACK` says: an image that was built in haste, to be tested once, has larger
/// frames than the one that ships.
static LIMIT: LazyLock<usize> = LazyLock::new(|| match env::var("SOFTRNIC_IMAGE_STACK") {
    Ok(said) => said
        .parse()
        .unwrap_or_else(|_| panic!("SOFTRNIC_IMAGE_STACK={said}: a number of bytes is wanted")),
    Err(_) => STACK_LIMIT,
});

/// An image executes the instruction at `point`, in a traced run.
pub(crate) fn instruction(thread: &Thread, point: Point) {
    let Some(entry) = thread.entered.get() else {
        return;
    };
    let count = thread.instructions.get() + 1;
    thread.instructions.set(count);
    // SAFETY: as in `Entry::new`.
    let entry = unsafe { entry.as_ref() };
    entry.slot.instructions.fetch_max(count, Ordering::Relaxed);
    if count > DISPATCH_LIMIT {
        let chain = entry.chain();
        let text = format!(
            "{chain} has executed more than {DISPATCH_LIMIT} instructions at DISPATCH_LEVEL"
        );
        let ip = point.ip + 1;
        report("VERIF-DISPATCH", &text, &stack::from(Point { ip, ..point }));
    }
}

/// What was seen of each callback since the process began, by name.
#[must_use]
pub fn marks() -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for slot in &SLOT {
        let Some(name) = slot.name() else { continue };
        let (stack, instructions) = (
            slot.stack.load(Ordering::Relaxed),
            slot.instructions.load(Ordering::Relaxed),
        );
        if stack == 0 && instructions == 0 {
            continue;
        }
        let mark = Mark {
            entry: name.to_owned(),
            stack,
            chain: slot.chain.lock().clone(),
            instructions,
        };
        merge(&mut marks, mark);
    }
    marks.sort_by(|one, other| one.entry.cmp(&other.entry));
    marks
}

/// Adds `mark` to `marks`, or what is greater in it to the one of the same callback.
pub fn merge(marks: &mut Vec<Mark>, mark: Mark) {
    let Some(known) = marks.iter_mut().find(|known| known.entry == mark.entry) else {
        return marks.push(mark);
    };
    if mark.stack > known.stack {
        known.stack = mark.stack;
        known.chain = mark.chain;
    }
    known.instructions = known.instructions.max(mark.instructions);
}

/// The deepest of all: bytes, and the callbacks that were on the stack.
#[must_use]
pub fn deepest() -> (usize, String) {
    let marks = marks();
    let deepest = marks.into_iter().max_by_key(|mark| mark.stack);
    deepest.map_or((0, String::new()), |mark| (mark.stack, mark.chain))
}
