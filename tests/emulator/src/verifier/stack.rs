//! The call stack inside images.

use std::mem::MaybeUninit;

use crate::image::image_at;

/// How much stack is looked at.
const WINDOW: usize = 256 << 10;
const MAX_FRAMES: usize = 24;

/// The return addresses into images on this thread's stack, innermost first.
#[inline(never)]
#[must_use]
pub fn here() -> Vec<usize> {
    let marker = 0usize;
    from(&raw const marker as usize)
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

/// The return addresses into images on the stack from `sp` up.
#[must_use]
pub fn from(sp: usize) -> Vec<usize> {
    let mut frames = Vec::new();
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
    let indirect = |at: usize, length: u8| {
        let modrm = before[at + 1];
        let memory = modrm >> 6 != 3;
        let plain = match (modrm >> 6, modrm & 7) {
            (3, _) => 2,
            (0, 4) | (1, 0..=3 | 5..=7) => 3,
            (0, 5) | (2, 0..=3 | 5..=7) => 6,
            (1, 4) => 4,
            (2, 4) => 7,
            _ => 2,
        };
        before[at] == 0xFF && modrm >> 3 & 7 == 2 && (memory || plain == 2) && plain == length
    };
    before[2] == 0xE8
        || indirect(5, 2)
        || indirect(4, 3)
        || indirect(3, 4)
        || indirect(1, 6)
        || indirect(0, 7)
}

/// `image!function+offset (file:line)` of a return address.
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
