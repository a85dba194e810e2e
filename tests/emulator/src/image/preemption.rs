//! Switches between the instructions of an image: breakpoints at instructions the seed picks, most of them
//! atomic ones and those behind them, where races have their windows. A thread that reaches one may lose
//! its turn there; then it goes on, with the instruction as it is on disk: with a copy of it beside the image, or, where
//! that will not do, in its place, while the breakpoint is out.

use std::cell::Cell;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Mnemonic};

use super::coverage::{INT3, write};
use super::displaced::Copies;
use super::{Image, steps};
use crate::sched::{self, Random};

/// The trap flag: one instruction, then SIGTRAP.
const TRAP: libc::greg_t = 1 << 8;
/// Hits after which a breakpoint is removed: hot loops would do nothing else.
const MOST_HITS: u32 = 40;

struct Site {
    address: usize,
    byte: u8,
    /// Where a copy of its instruction runs; 0: nowhere.
    copy: usize,
    hits: AtomicU32,
}

/// The sites of the image planted last. A table is never freed: a thread may be in the handler.
static PLANTED: AtomicPtr<Vec<Site>> = AtomicPtr::new(std::ptr::null_mut());

thread_local! {
    /// The breakpoint that is out while its instruction runs.
    static OUT: Cell<usize> = const { Cell::new(0) };
}

/// Which instructions are picked: one in so many of the atomic ones and those behind them, and of the rest.
#[derive(Clone, Copy, Debug)]
pub struct Density {
    /// 1: each.
    pub atomic: u64,
    /// 0: none.
    pub other: u64,
}

/// Puts breakpoints into `image`, in a simulation.
///
/// # Panics
/// When the host does not let its own memory be written.
pub fn plant(image: &Image, seed: u64, density: Density) {
    let mut random = Random::new(seed);
    let mut sites = Vec::new();
    for (start, end) in image.function_ranges() {
        // SAFETY: a function of the image, whose code is mapped while the image is borrowed.
        let code = unsafe { std::slice::from_raw_parts(start as *const u8, end - start) };
        pick(code, start, density, &mut random, &mut sites);
    }
    sites.sort_unstable_by_key(|site: &Site| site.address);
    sites.dedup_by_key(|site| site.address);
    displace(image, &mut sites);
    let sites = Box::into_raw(Box::new(sites));
    PLANTED.store(sites, Ordering::SeqCst);
    // SAFETY: it is never freed.
    for site in unsafe { &*sites } {
        write(site.address, INT3);
    }
}

/// Gives each instruction its copy, where it can have one.
fn displace(image: &Image, sites: &mut [Site]) {
    let Some(copies) = Copies::near(image.base, image.size, sites.len()) else {
        return;
    };
    for (slot, site) in sites.iter_mut().enumerate() {
        let most = (image.base + image.size - site.address).min(15);
        // SAFETY: code of the image, which is mapped while the image is borrowed.
        let code = unsafe { std::slice::from_raw_parts(site.address as *const u8, most) };
        let at = site.address as u64;
        let instruction = Decoder::with_ip(64, code, at, DecoderOptions::NONE).decode();
        site.copy = copies.put(slot, &instruction).unwrap_or(0);
    }
    copies.seal();
}

fn pick(code: &[u8], start: usize, density: Density, random: &mut Random, sites: &mut Vec<Site>) {
    let mut decoder = Decoder::with_ip(64, code, start as u64, DecoderOptions::NONE);
    let mut behind = false;
    while decoder.can_decode() {
        let instruction = decoder.decode();
        if instruction.code() == Code::INVALID {
            return;
        }
        let atomic = is_atomic(&instruction);
        let every = if atomic || behind {
            density.atomic
        } else {
            density.other
        };
        if random.one_in(every) {
            let address = instruction.ip() as usize;
            sites.push(Site {
                address,
                byte: code[address - start],
                copy: 0,
                hits: AtomicU32::new(0),
            });
        }
        behind = atomic;
    }
}

fn is_atomic(instruction: &Instruction) -> bool {
    let exchanges =
        instruction.mnemonic() == Mnemonic::Xchg && instruction.memory_size().size() > 0;
    instruction.has_lock_prefix() || exchanges
}

fn site(address: usize) -> Option<&'static Site> {
    // SAFETY: null, or a table that is never freed.
    let sites = unsafe { PLANTED.load(Ordering::SeqCst).as_ref() }?;
    let at = sites
        .binary_search_by_key(&address, |site| site.address)
        .ok()?;
    Some(&sites[at])
}

/// A breakpoint that the registers are just behind: the thread may lose its turn, then runs the
/// instruction that belongs there; `false` when there is none.
pub(crate) fn hit(registers: &mut [libc::greg_t; 23]) -> bool {
    let address = registers[libc::REG_RIP as usize] as usize - 1;
    let Some(site) = site(address) else {
        return false;
    };
    let hits = site.hits.fetch_add(1, Ordering::Relaxed);
    sched::preempt();
    if hits < MOST_HITS && site.copy != 0 && !steps::active() {
        registers[libc::REG_RIP as usize] = site.copy as libc::greg_t;
        return true;
    }
    in_place(registers, site, hits < MOST_HITS);
    true
}

/// The instruction runs where it is; then its breakpoint is back, if it is to come `back`.
fn in_place(registers: &mut [libc::greg_t; 23], site: &Site, back: bool) {
    write(site.address, site.byte);
    registers[libc::REG_RIP as usize] = site.address as libc::greg_t;
    if back {
        OUT.set(site.address);
        registers[libc::REG_EFL as usize] |= TRAP;
    }
}

/// A fault of a copy is the original's, which runs in its place then; `false` when it was none.
pub(crate) fn faulted(registers: &mut [libc::greg_t; 23]) -> bool {
    let ip = registers[libc::REG_RIP as usize] as usize;
    // SAFETY: null, or a table that is never freed.
    let sites = unsafe { PLANTED.load(Ordering::SeqCst).as_ref() };
    let Some(site) = sites.and_then(|sites| sites.iter().find(|site| site.copy == ip)) else {
        return false;
    };
    in_place(registers, site, true);
    true
}

/// The instruction under a breakpoint has run: the breakpoint is back; `false` when none was out.
pub(crate) fn stepped(registers: &mut [libc::greg_t; 23]) -> bool {
    let address = OUT.replace(0);
    if address == 0 {
        return false;
    }
    write(address, INT3);
    registers[libc::REG_EFL as usize] &= !TRAP;
    true
}
