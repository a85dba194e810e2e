//! Every instruction of the images, one by one, in a simulation: what they take of their stacks and of the time at
//! DISPATCH_LEVEL is then exact (`verifier::depth`).
//!
//! The trap flag is set when the kernel calls an image, and cleared when that calls out: the kernel runs at full
//! speed. A breakpoint where the call comes back sets it again. Nothing of an image runs unseen, at the price of a
//! signal an instruction.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::coverage::{INT3, write};
use super::{Point, image_at};
use crate::bridge::{aside, cfg_check, cfg_dispatch};
use crate::sched;
use crate::thread::current;
use crate::verifier::depth;
use crate::wdm::DISPATCH_LEVEL;

/// The trap flag: one instruction, then SIGTRAP.
const TRAP: libc::greg_t = 1 << 8;
/// Instructions of the kernel's until it has called the image.
const ON_THE_WAY: u32 = 400;
/// The way through a guard function is about as long; nothing that an image calls lies so near behind its start.
const GUARD: usize = 0x40;

static ACTIVE: AtomicBool = AtomicBool::new(false);
static EXECUTED: AtomicU64 = AtomicU64::new(0);
/// The instructions that calls come back to: their first bytes.
static SITES: Mutex<BTreeMap<usize, u8>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// The kernel runs.
    Off,
    /// It is about to call an image: so many instructions ago.
    OnTheWay(u32),
    /// An image runs.
    Inside,
    /// It was not called: the trap that comes next is the last.
    NotCalled,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Off) };
    /// The stack pointer at the first instruction of the call under way.
    static FIRST: Cell<usize> = const { Cell::new(0) };
    /// The site whose breakpoint is out while its instruction runs.
    static OUT: Cell<usize> = const { Cell::new(0) };
}

/// From now on every instruction of images is looked at.
///
/// # Panics
/// Outside of simulations: others must not run where a breakpoint is out.
pub fn trace() {
    assert!(sched::simulation().is_some(), "only a simulation is traced");
    ACTIVE.store(true, Ordering::SeqCst);
}

/// Whether it is a traced run.
pub(super) fn active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// How many instructions images have executed in this traced run.
#[must_use]
pub fn executed() -> u64 {
    EXECUTED.load(Ordering::Relaxed)
}

/// The kernel calls an image next. What [`disarm`] gets.
#[inline]
pub(crate) fn arm() -> usize {
    if !ACTIVE.load(Ordering::Relaxed) {
        return 0;
    }
    let outer = aside(|| {
        MODE.set(Mode::OnTheWay(0));
        FIRST.replace(0)
    });
    crate::bridge::exits::set_trap_flag();
    outer
}

/// The image has returned.
#[inline]
pub(crate) fn disarm(outer: usize) {
    if ACTIVE.load(Ordering::Relaxed) {
        aside(move || stop(outer));
    }
}

fn stop(outer: usize) {
    if MODE.get() != Mode::Off {
        MODE.set(Mode::NotCalled);
        while MODE.get() != Mode::Off {
            std::hint::spin_loop();
        }
    }
    FIRST.set(outer);
}

/// A trap: whether it was one of these, and the registers are as they have to be.
pub(crate) fn trapped(registers: &mut [libc::greg_t; 23]) -> bool {
    if !ACTIVE.load(Ordering::Relaxed) {
        return false;
    }
    match MODE.get() {
        Mode::Off => comes_back(registers),
        Mode::OnTheWay(count) => {
            arrives(registers, count);
            true
        }
        Mode::NotCalled => {
            leave(registers);
            true
        }
        Mode::Inside => {
            put_back();
            looks(registers);
            true
        }
    }
}

fn point(registers: &[libc::greg_t; 23]) -> Point {
    Point {
        ip: registers[libc::REG_RIP as usize] as usize,
        sp: registers[libc::REG_RSP as usize] as usize,
    }
}

fn leave(registers: &mut [libc::greg_t; 23]) {
    MODE.set(Mode::Off);
    registers[libc::REG_EFL as usize] &= !TRAP;
}

/// The kernel has executed one more instruction on its way into an image.
fn arrives(registers: &mut [libc::greg_t; 23], count: u32) {
    let point = point(registers);
    if image_at(point.ip).is_some() {
        FIRST.set(point.sp);
        MODE.set(Mode::Inside);
        looks(registers);
    } else if count < ON_THE_WAY {
        MODE.set(Mode::OnTheWay(count + 1));
    } else {
        leave(registers);
    }
}

/// A breakpoint: a call that an image made comes back; `false` when it is somebody else's.
fn comes_back(registers: &mut [libc::greg_t; 23]) -> bool {
    let site = registers[libc::REG_RIP as usize] as usize - 1;
    if !SITES.lock().contains_key(&site) {
        return false;
    }
    registers[libc::REG_RIP as usize] = site as libc::greg_t;
    registers[libc::REG_EFL as usize] |= TRAP;
    MODE.set(Mode::Inside);
    looks(registers);
    true
}

/// The breakpoint that is out goes in again.
fn put_back() {
    let site = OUT.replace(0);
    if site != 0 {
        write(site, INT3);
    }
}

/// The thread is about to execute the instruction at the registers, after one of an image's.
fn looks(registers: &mut [libc::greg_t; 23]) {
    let point = point(registers);
    let thread = current();
    if image_at(point.ip).is_some() {
        EXECUTED.fetch_add(1, Ordering::Relaxed);
        if let Some(byte) = SITES.lock().get(&point.ip) {
            write(point.ip, *byte);
            OUT.set(point.ip);
        }
        depth::step(thread, point.sp, point);
        if thread.irql() >= DISPATCH_LEVEL {
            depth::instruction(thread, point);
        }
        return;
    }
    let guard = guard(point.ip);
    if guard.is_some_and(|into| into != 0) {
        return;
    }
    let first = FIRST.get();
    // SAFETY: the top of the stack of the thread that trapped.
    let back = unsafe { (point.sp as *const usize).read_volatile() };
    if first != 0 && point.sp > first || image_at(back).is_none() {
        // Back in the kernel that called it.
        return leave(registers);
    }
    let returns = Point {
        ip: back,
        sp: point.sp + 8,
    };
    depth::step(thread, point.sp, returns);
    if guard.is_none() {
        expect(back);
        leave(registers);
    }
}

/// How far into a function that looks at the targets of indirect calls the image is: it goes on behind it.
fn guard(ip: usize) -> Option<usize> {
    let starts = [cfg_dispatch as *const (), cfg_check as *const ()];
    let into = starts.map(|start| ip.wrapping_sub(start as usize));
    into.into_iter().find(|into| *into < GUARD)
}

/// A breakpoint at the instruction that a call comes back to.
fn expect(site: usize) {
    SITES.lock().entry(site).or_insert_with(|| {
        // SAFETY: a return address of an image's, whose code is mapped while it runs.
        let byte = unsafe { (site as *const u8).read() };
        write(site, INT3);
        byte
    });
}
