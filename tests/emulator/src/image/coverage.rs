//! What of an image has run: breakpoints at the lines of its PDB, each removed when it is hit first.
//! The image is the one on disk otherwise, so what is measured is what ships.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

use pdb_addr2line::pdb;

use super::Image;

pub(super) const INT3: u8 = 0xCC;

/// Where a place marks that it was reached.
#[derive(Clone, Copy)]
pub struct Marks {
    /// Set to 1; whoever looks may set it back.
    pub now: &'static [AtomicU8],
    /// Set to 1 for good: no later image gets a breakpoint there.
    pub ever: &'static [AtomicU8],
}

struct Planted {
    /// Addresses, sorted, with the byte that was there and the number of the place.
    places: Vec<(usize, u8, usize)>,
    marks: Marks,
    /// The one planted before it, or null.
    before: *const Self,
}

impl Planted {
    /// The byte that belongs at `address`, and the number of the place.
    fn find(&self, address: usize) -> Option<(u8, usize)> {
        let at = self
            .places
            .binary_search_by_key(&address, |place| place.0)
            .ok()?;
        let (_, byte, number) = self.places[at];
        Some((byte, number))
    }
}

/// The breakpoints of all images, those planted last first. A table is never freed: a thread may be in the handler.
static PLANTED: AtomicPtr<Planted> = AtomicPtr::new(std::ptr::null_mut());

/// Offsets in the image at `path` where a line begins whose file `wanted` says yes to; sorted. Not those of functions
/// that were inlined.
///
/// # Errors
/// When there is no PDB beside the image, or it cannot be read.
pub fn lines(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<usize>, pdb::Error> {
    let mut offsets = Vec::new();
    super::lines::each(path, false, |offset, file, _| {
        if wanted(file) {
            offsets.push(offset);
        }
    })?;
    offsets.sort_unstable();
    offsets.dedup();
    Ok(offsets)
}

/// Puts a breakpoint at each of the sorted `offsets` whose mark is not set, and where nobody else has one.
///
/// # Panics
/// When the host does not let its own memory be written, or there are fewer marks than offsets.
pub fn plant(image: &Image, offsets: &[usize], marks: Marks) {
    let fresh = |&(number, _): &(usize, &usize)| marks.ever[number].load(Ordering::SeqCst) == 0;
    let places = offsets.iter().enumerate().filter(fresh);
    let places = places.map(|(number, offset)| (image.base + offset, number));
    let places = places.filter(|(address, _)| image.is_code(*address));
    // SAFETY: the image's code is mapped while the image is borrowed.
    let byte = |address: usize| unsafe { (address as *const u8).read() };
    let places: Vec<_> = places
        .map(|(address, number)| (address, byte(address), number))
        .filter(|(_, byte, _)| *byte != INT3)
        .collect();
    let planted = Box::leak(Box::new(Planted {
        places,
        marks,
        before: std::ptr::null(),
    }));
    let _before = PLANTED.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |before| {
        planted.before = before;
        Some(planted)
    });
    for (address, ..) in &planted.places {
        write(*address, INT3);
    }
}

/// Removes the breakpoint that the registers are just behind, and goes back to it; `false` when there
/// is none. Another thread may have hit it too.
pub(crate) fn hit(registers: &mut [libc::greg_t; 23]) -> bool {
    let ip = registers[libc::REG_RIP as usize] as usize - 1;
    let mut next = PLANTED.load(Ordering::SeqCst).cast_const();
    // SAFETY: null, or a table that is never freed.
    while let Some(planted) = unsafe { next.as_ref() } {
        if let Some((byte, number)) = planted.find(ip) {
            planted.marks.now[number].store(1, Ordering::SeqCst);
            planted.marks.ever[number].store(1, Ordering::SeqCst);
            write(ip, byte);
            registers[libc::REG_RIP as usize] = ip as libc::greg_t;
            return true;
        }
        next = planted.before;
    }
    false
}

/// Writes where pages may not be written, as a debugger does. No lock, no memory: signal handlers may.
pub(super) fn write(address: usize, byte: u8) {
    static MEMORY: OnceLock<File> = OnceLock::new();
    let memory = MEMORY.get_or_init(|| {
        let own = File::options().write(true).open("/proc/self/mem");
        own.expect("the host lets its own memory be written")
    });
    let (byte, offset) = (&raw const byte, address as libc::off_t);
    // SAFETY: one byte of an image's code, which is what it was or a breakpoint.
    let written = unsafe { libc::pwrite(memory.as_raw_fd(), byte.cast(), 1, offset) };
    assert_eq!(written, 1, "the host writes its own memory");
}
