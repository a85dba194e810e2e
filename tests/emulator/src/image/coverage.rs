//! What of an image has run: breakpoints at the lines of its PDB, each removed when it is hit first.
//! The image is the one on disk otherwise, so what is measured is what ships.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

use pdb_addr2line::pdb::{self, FallibleIterator as _, PDB, SymbolData};

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
}

/// The breakpoints of the image planted last. A table is never freed: a thread may be in the handler.
static PLANTED: AtomicPtr<Planted> = AtomicPtr::new(std::ptr::null_mut());

/// Offsets in the image at `path` where a line begins whose file `wanted` says yes to; sorted.
///
/// # Errors
/// When there is no PDB beside the image, or it cannot be read.
pub fn lines(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<usize>, pdb::Error> {
    let mut pdb = PDB::open(File::open(path.with_extension("pdb"))?)?;
    let (map, strings) = (pdb.address_map()?, pdb.string_table()?);
    let mut offsets = Vec::new();
    let information = pdb.debug_information()?;
    let mut modules = information.modules()?;
    while let Some(module) = modules.next()? {
        let Some(module) = pdb.module_info(&module)? else {
            continue;
        };
        let program = module.line_program()?;
        let mut symbols = module.symbols()?;
        while let Some(symbol) = symbols.next()? {
            let Ok(SymbolData::Procedure(procedure)) = symbol.parse() else {
                continue;
            };
            let mut lines = program.lines_for_symbol(procedure.offset);
            while let Some(line) = lines.next()? {
                let file = program.get_file_info(line.file_index)?;
                if wanted(&strings.get(file.name)?.to_string()) {
                    offsets.extend(line.offset.to_rva(&map).map(|rva| rva.0 as usize));
                }
            }
        }
    }
    offsets.sort_unstable();
    offsets.dedup();
    Ok(offsets)
}

/// Puts a breakpoint at each of the sorted `offsets` whose mark is not set. Those of an image before it
/// must have gone with that image.
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
        .collect();
    let planted = Box::into_raw(Box::new(Planted { places, marks }));
    PLANTED.store(planted, Ordering::SeqCst);
    // SAFETY: it is never freed.
    for (address, ..) in unsafe { &(*planted).places } {
        write(*address, INT3);
    }
}

/// Removes the breakpoint that the registers are just behind, and goes back to it; `false` when there
/// is none. Another thread may have hit it too.
pub(crate) fn hit(registers: &mut [libc::greg_t; 23]) -> bool {
    // SAFETY: null, or a table that is never freed.
    let Some(planted) = (unsafe { PLANTED.load(Ordering::SeqCst).as_ref() }) else {
        return false;
    };
    let ip = registers[libc::REG_RIP as usize] as usize - 1;
    let Ok(at) = planted.places.binary_search_by_key(&ip, |place| place.0) else {
        return false;
    };
    let (_, byte, number) = planted.places[at];
    planted.marks.now[number].store(1, Ordering::SeqCst);
    planted.marks.ever[number].store(1, Ordering::SeqCst);
    write(ip, byte);
    registers[libc::REG_RIP as usize] = ip as libc::greg_t;
    true
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
