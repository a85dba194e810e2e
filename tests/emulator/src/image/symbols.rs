//! Names and lines of code addresses, from the PDB beside the image.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::sync::Mutex;
use pdb_addr2line::{Context, ContextPdbData, TypeFormatterFlags, pdb::PDB};

/// One source function at an address; inlined ones come before what they are inlined into.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) function: String,
    /// `file:line`, if known.
    pub(super) line: String,
}

type Symbols = Context<'static, 'static>;

/// The PDBs read so far. Reading happens only once a violation is reported, so it may be slow,
/// and what it makes is kept for good.
static CACHE: Mutex<Option<HashMap<PathBuf, Option<Symbols>>>> = Mutex::new(None);

fn read(path: &Path) -> Option<Symbols> {
    let pdb = PDB::open(File::open(path).ok()?).ok()?;
    let contents = Box::leak(Box::new(ContextPdbData::try_from_pdb(pdb).ok()?));
    let flags = TypeFormatterFlags::default() | TypeFormatterFlags::NO_ARGUMENTS;
    contents.make_context_with_formatter_flags(flags).ok()
}

/// What is at `offset` of the image at `image`, innermost first; nothing when there is no PDB.
pub(super) fn places(image: &Path, offset: usize) -> Vec<Place> {
    let mut cache = CACHE.lock();
    let path = image.with_extension("pdb");
    let entry = cache.get_or_insert_default().entry(path);
    let symbols = match entry {
        std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
        std::collections::hash_map::Entry::Vacant(new) => {
            let symbols = read(new.key());
            new.insert(symbols)
        }
    };
    let frames = symbols
        .as_ref()
        .and_then(|s| s.find_frames(offset as u32).ok().flatten());
    let frames = frames.map(|found| found.frames).unwrap_or_default();
    let place = |frame: pdb_addr2line::Frame<'_>| Place {
        function: frame.function.unwrap_or_else(|| "?".into()),
        line: match (frame.file, frame.line) {
            (Some(file), Some(line)) => format!("{}:{line}", file.replace('\\', "/")),
            _ => String::new(),
        },
    };
    frames.into_iter().map(place).collect()
}
