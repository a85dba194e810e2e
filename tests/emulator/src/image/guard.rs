//! The address region of all images, and the bitmap of their valid indirect-call targets.
//!
//! Images sit in slots of one region, so that the image an address belongs to is found by
//! arithmetic. One without relocations lies where it was linked for instead, and its slot stays
//! empty; its indirect calls are not checked. The bitmap has one bit for each byte of the region; the guard functions of
//! `bridge` read it.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use crate::sync::Mutex;

use super::Image;

pub const SLOT_SIZE: usize = 16 << 20;
pub const SLOTS: usize = 64;
pub const REGION_SIZE: usize = SLOT_SIZE * SLOTS;

/// Where the region starts.
pub static REGION: AtomicUsize = AtomicUsize::new(0);
/// Where the bitmap starts.
pub static BITMAP: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());

static IMAGES: [AtomicPtr<Image>; SLOTS] = [const { AtomicPtr::new(std::ptr::null_mut()) }; SLOTS];
/// Where the image of a slot lies, if that is elsewhere; kept until the slot is taken again.
static ELSEWHERE: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
static ANY_ELSEWHERE: AtomicBool = AtomicBool::new(false);
/// The names of images that were in a slot, for accesses that come too late.
static UNLOADED: Mutex<[Option<String>; SLOTS]> = Mutex::new([const { None }; SLOTS]);
static FREE: Mutex<u64> = Mutex::new(u64::MAX);

fn reserve(size: usize, protection: i32) -> usize {
    // SAFETY: a fresh private mapping at an address the kernel chooses.
    let at = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            size,
            protection,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    assert!(at != libc::MAP_FAILED, "no address space for {size} bytes");
    at as usize
}

fn region() -> usize {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let bitmap = reserve(REGION_SIZE / 8, libc::PROT_READ | libc::PROT_WRITE);
        BITMAP.store(bitmap as *mut AtomicU64, Ordering::SeqCst);
        REGION.store(reserve(REGION_SIZE, libc::PROT_NONE), Ordering::SeqCst);
    });
    REGION.load(Ordering::Relaxed)
}

/// A slot for one image: its number and address, which is `fixed` if there is room.
pub(super) fn take_slot(fixed: Option<usize>) -> Option<(usize, usize)> {
    let base = region();
    let mut free = FREE.lock();
    let slot = free.trailing_zeros() as usize;
    if slot >= SLOTS {
        return None;
    }
    if fixed.is_some_and(|fixed| !reserve_at(fixed)) {
        return None;
    }
    *free &= !(1 << slot);
    ELSEWHERE[slot].store(fixed.unwrap_or(0), Ordering::SeqCst);
    ANY_ELSEWHERE.fetch_or(fixed.is_some(), Ordering::SeqCst);
    Some((slot, fixed.unwrap_or(base + slot * SLOT_SIZE)))
}

/// Reserves a slot's size at `address`; whether nothing was there.
fn reserve_at(address: usize) -> bool {
    // SAFETY: a fresh private mapping that replaces none.
    let at = unsafe {
        libc::mmap(
            address as *mut _,
            SLOT_SIZE,
            libc::PROT_NONE,
            libc::MAP_PRIVATE
                | libc::MAP_ANONYMOUS
                | libc::MAP_NORESERVE
                | libc::MAP_FIXED_NOREPLACE,
            -1,
            0,
        )
    };
    at as usize == address
}

/// Gives a slot back: nothing in it can be executed or called any more.
pub(super) fn return_slot(slot: usize, name: &str) {
    UNLOADED.lock()[slot] = Some(name.into());
    IMAGES[slot].store(std::ptr::null_mut(), Ordering::SeqCst);
    let start = slot * SLOT_SIZE;
    for word in start / 64..(start + SLOT_SIZE) / 64 {
        bit_word(word).store(0, Ordering::Relaxed);
    }
    let elsewhere = ELSEWHERE[slot].load(Ordering::SeqCst);
    if elsewhere != 0 {
        // SAFETY: reserved by `take_slot`; nothing in it is used any more.
        unsafe { libc::munmap(elsewhere as *mut _, SLOT_SIZE) };
    }
    *FREE.lock() |= 1 << slot;
}

/// The slot whose image lies, or lay, around `address`.
fn slot_of(address: usize) -> Option<usize> {
    let offset = address.wrapping_sub(REGION.load(Ordering::Relaxed));
    if offset < REGION_SIZE {
        return Some(offset / SLOT_SIZE);
    }
    if !ANY_ELSEWHERE.load(Ordering::Relaxed) {
        return None;
    }
    let around = |base: &AtomicUsize| {
        let base = base.load(Ordering::Relaxed);
        base != 0 && address.wrapping_sub(base) < SLOT_SIZE
    };
    ELSEWHERE.iter().position(around)
}

pub(super) fn publish(slot: usize, image: *const Image) {
    IMAGES[slot].store(image.cast_mut(), Ordering::SeqCst);
}

fn bit_word(index: usize) -> &'static AtomicU64 {
    // SAFETY: the bitmap covers the region and is never unmapped; callers stay within it.
    unsafe { &*BITMAP.load(Ordering::Relaxed).add(index) }
}

/// Makes the address a valid indirect-call target.
pub(super) fn allow(address: usize) {
    let bit = address.wrapping_sub(REGION.load(Ordering::Relaxed));
    if bit >= REGION_SIZE {
        return;
    }
    bit_word(bit / 64).fetch_or(1 << (bit % 64), Ordering::Relaxed);
}

/// Whether a guarded call may go to the address: as the guard functions of `bridge` see it.
#[must_use]
pub fn is_target(address: usize) -> bool {
    let bit = address.wrapping_sub(REGION.load(Ordering::Relaxed));
    bit >= REGION_SIZE || bit_word(bit / 64).load(Ordering::Relaxed) >> (bit % 64) & 1 != 0
}

/// The image an address belongs to.
#[must_use]
pub fn image_at(address: usize) -> Option<&'static Image> {
    let slot = slot_of(address)?;
    // SAFETY: published images live until their slot is returned; an address inside one is
    // only held while it is loaded.
    unsafe { IMAGES[slot].load(Ordering::Acquire).as_ref() }
}

/// The unloaded image that was at an address.
#[must_use]
pub fn unloaded_at(address: usize) -> Option<String> {
    let slot = slot_of(address)?;
    if image_at(address).is_some() {
        return None;
    }
    UNLOADED.try_lock()?[slot].clone()
}

/// An indirect call went to an address inside an image that is not one of its call targets.
pub extern "win64" fn invalid_target(target: usize) -> ! {
    crate::verifier::violation(
        "VERIF-CFG",
        &format!("indirect call to {target:#x}, not a target"),
    )
}
