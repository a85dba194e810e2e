//! The call stack inside images.
//!
//! From the verifier to the image the host's unwind data is followed, within the image the
//! image's own; below that (the driver was called by the kernel, which was called by the driver)
//! the stack is searched for return addresses.

use std::mem::MaybeUninit;

use crate::image::{Point, image_at};

/// How much stack is looked at.
const WINDOW: usize = 256 << 10;
const MAX_FRAMES: usize = 32;

/// The return addresses into images on this thread's stack, innermost first.
#[inline(never)]
#[must_use]
pub fn here() -> Vec<usize> {
    let marker = 0usize;
    here_or_above(&raw const marker as usize)
}

/// As [`here`]; where the host's unwind data leads nowhere, the stack is searched from `sp` up.
pub(crate) fn here_or_above(sp: usize) -> Vec<usize> {
    match innermost() {
        Some(point) => from(point),
        None => search(sp, Vec::new()),
    }
}

/// Where an image called the kernel last.
fn innermost() -> Option<Point> {
    let mut start = None;
    backtrace::trace(|frame| {
        let ip = frame.ip() as usize;
        start = image_at(ip).map(|_| Point {
            ip,
            sp: frame.sp() as usize,
        });
        start.is_none()
    });
    start
}

/// As [`here`], without what is only found by searching: the same for the same calls. Ends where the kernel
/// called the image.
pub(crate) fn unwound() -> Vec<usize> {
    innermost().map_or_else(Vec::new, |point| unwind(point).0)
}

/// The return addresses into images on the stack from `point`, which is in an image.
#[must_use]
pub fn from(point: Point) -> Vec<usize> {
    let (frames, sp) = unwind(point);
    search(sp, frames)
}

/// The return addresses that the unwind data gives, and the stack pointer where it ends.
fn unwind(point: Point) -> (Vec<usize>, usize) {
    let top = top_of_stack();
    let mut frames = Vec::new();
    let mut point = point;
    while let Some(image) = image_at(point.ip)
        && frames.len() < MAX_FRAMES
    {
        frames.push(point.ip);
        match image.caller(point) {
            Some(caller) if caller.sp > point.sp && caller.sp <= top => point = caller,
            _ => break,
        }
    }
    (frames, point.sp)
}

/// Where the frames of the image that `point` is in, or returns into, end: the stack pointer of whoever called it,
/// `top` at most. `None` when the unwind data does not lead out of it.
pub(crate) fn extent(mut point: Point, top: usize) -> Option<usize> {
    while let Some(image) = image_at(point.ip) {
        let caller = image.caller(point)?;
        if caller.sp <= point.sp || caller.sp > top {
            return None;
        }
        point = caller;
    }
    Some(point.sp)
}

/// Adds what looks like return addresses into images from `sp` up.
pub(crate) fn search(sp: usize, mut frames: Vec<usize>) -> Vec<usize> {
    let top = top_of_stack().min(sp + WINDOW);
    let mut at = sp.next_multiple_of(8);
    while at + 8 <= top && frames.len() < MAX_FRAMES {
        // SAFETY: between the stack pointer and the top of this thread's stack.
        let word = unsafe { (at as *const usize).read_volatile() };
        if is_return_address(word) {
            frames.push(word);
        }
        at += 8;
    }
    frames
}

/// The return addresses into images that calls which have returned left below the stack pointer,
/// the latest first.
#[inline(never)]
#[must_use]
pub fn below() -> Vec<usize> {
    const DEEP: usize = 8 << 10;
    let marker = 0usize;
    let here = &raw const marker as usize & !7;
    // SAFETY: a few pages below the stack pointer, within what a callback has just used.
    let words = (1..DEEP / 8).map(|i| unsafe { ((here - i * 8) as *const usize).read_volatile() });
    words.filter(|&word| is_return_address(word)).collect()
}

fn top_of_stack() -> usize {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut base, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: out parameters of the right types; the attributes are destroyed again.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return 0;
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut base, &raw mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    base as usize + size
}

/// Whether `word` points behind a call instruction of an image.
fn is_return_address(word: usize) -> bool {
    let Some(image) = image_at(word) else {
        return false;
    };
    if !image.is_code(word) || !image.is_code(word - 7) {
        return false;
    }
    // SAFETY: seven bytes of mapped code, checked above.
    let before: [u8; 7] = unsafe { ((word - 7) as *const [u8; 7]).read_unaligned() };
    before[2] == 0xE8 || (2..=7).any(|length| is_indirect_call(&before[7 - length..]))
}

/// Whether `code` is exactly one `call r/m64` without prefixes.
fn is_indirect_call(code: &[u8]) -> bool {
    let &[0xFF, modrm, ..] = code else {
        return false;
    };
    let (mode, memory) = (modrm >> 6, modrm & 7);
    let displacement = match (mode, memory) {
        (0, 5) | (2, _) => 4,
        (1, _) => 1,
        _ => 0,
    };
    let scaled = usize::from(mode != 3 && memory == 4);
    modrm >> 3 & 7 == 2 && code.len() == 2 + scaled + displacement
}

/// `image+offset function (file:line)` of a return address, with what is inlined there.
#[must_use]
pub fn describe(address: usize) -> String {
    match image_at(address) {
        Some(image) => image.describe(address),
        None => format!("{address:#x}"),
    }
}

/// The function a return address is in.
#[must_use]
pub fn function(address: usize) -> String {
    match image_at(address) {
        Some(image) => image.function(address),
        None => "-".into(),
    }
}
