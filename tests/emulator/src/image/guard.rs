//! The address region of all images, and the bitmap of their valid indirect-call targets.
//!
//! Images sit in slots of one region, so that the image an address belongs to is found by
//! arithmetic. The bitmap has one bit for each byte of the region; the guard functions of
//! `bridge` read it.

use std::sync::Once;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::Image;

pub const SLOT_SIZE: usize = 16 << 20;
pub const SLOTS: usize = 64;
pub const REGION_SIZE: usize = SLOT_SIZE * SLOTS;

/// Where the region starts.
pub static REGION: AtomicUsize = AtomicUsize::new(0);
/// Where the bitmap starts.
pub static BITMAP: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());

static IMAGES: [AtomicPtr<Image>; SLOTS] = [const { AtomicPtr::new(std::ptr::null_mut()) }; SLOTS];
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

/// A slot for one image: its number and address.
pub(super) fn take_slot() -> Option<(usize, usize)> {
    let base = region();
    let mut free = FREE.lock();
    let slot = free.trailing_zeros() as usize;
    if slot >= SLOTS {
        return None;
    }
    *free &= !(1 << slot);
    Some((slot, base + slot * SLOT_SIZE))
}

/// Gives a slot back: nothing in it can be executed or called any more.
pub(super) fn return_slot(slot: usize, name: &str) {
    UNLOADED.lock()[slot] = Some(name.into());
    IMAGES[slot].store(std::ptr::null_mut(), Ordering::SeqCst);
    let start = slot * SLOT_SIZE;
    for word in start / 64..(start + SLOT_SIZE) / 64 {
        bit_word(word).store(0, Ordering::Relaxed);
    }
    *FREE.lock() |= 1 << slot;
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
    let bit = address - REGION.load(Ordering::Relaxed);
    bit_word(bit / 64).fetch_or(1 << (bit % 64), Ordering::Relaxed);
}

/// The image an address belongs to.
#[must_use]
pub fn image_at(address: usize) -> Option<&'static Image> {
    let offset = address.wrapping_sub(REGION.load(Ordering::Relaxed));
    if offset >= REGION_SIZE {
        return None;
    }
    // SAFETY: published images live until their slot is returned; an address inside one is
    // only held while it is loaded.
    unsafe { IMAGES[offset / SLOT_SIZE].load(Ordering::Acquire).as_ref() }
}

/// The unloaded image that was at an address.
#[must_use]
pub fn unloaded_at(address: usize) -> Option<String> {
    let offset = address.wrapping_sub(REGION.load(Ordering::Relaxed));
    if offset >= REGION_SIZE || image_at(address).is_some() {
        return None;
    }
    UNLOADED.try_lock()?[offset / SLOT_SIZE].clone()
}

/// An indirect call went to an address inside an image that is not one of its call targets.
pub extern "win64" fn invalid_target(target: usize) -> ! {
    crate::verifier::violation(
        "VERIF-CFG",
        &format!("indirect call to {target:#x}, not a target"),
    )
}
