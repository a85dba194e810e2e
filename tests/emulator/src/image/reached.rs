//! Which lines of an image were ever reached: by many processes, each of which runs it for a while.
//!
//! The marks are memory that processes share: of a file, or of those that were copied from one.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::coverage::{self, Marks};
use super::{Image, lines};

/// Names a folder: this process adds to what is kept there what it reaches, as [`By::Tests`].
pub const VARIABLE: &str = "SOFTRNIC_COVERAGE";

/// What reached a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A simulation in which no call fails.
    Peace,
    /// One in which some do.
    Faults,
    /// A test.
    Tests,
}

impl By {
    const ALL: [Self; 3] = [Self::Peace, Self::Faults, Self::Tests];

    /// The mark of this.
    #[must_use]
    pub fn is_in(self, marks: u8) -> bool {
        marks & 1 << self as u8 != 0
    }
}

/// A line of source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// As the compiler was given it.
    pub file: String,
    /// From 1.
    pub number: u32,
}

/// The lines of an image, and the marks of those that were reached.
pub struct Reached {
    image: PathBuf,
    /// Where code of a line begins; sorted. Several lines may begin at once, and one many times.
    offsets: Vec<usize>,
    lines: Vec<(usize, Line)>,
    /// The marks of each kind of [`By`], one after the other.
    marks: &'static [AtomicU8],
}

impl Reached {
    /// The lines of the image at `image`, with what is kept in `folder`, or nothing.
    ///
    /// # Errors
    /// When the PDB beside the image cannot be read, or there is no memory.
    pub fn open(image: &Path, folder: Option<&Path>) -> io::Result<Self> {
        let mut all = Vec::new();
        let each = |offset, file: &str, number| {
            // 0: code that is no line's.
            if number != 0 {
                let file = file.replace('\\', "/");
                all.push((offset, Line { file, number }));
            }
        };
        lines::each(image, true, each).map_err(io::Error::other)?;
        all.sort();
        all.dedup();
        let mut offsets: Vec<usize> = all.iter().map(|(offset, _)| *offset).collect();
        offsets.dedup();
        let file = folder.map(|folder| marks_of(image, folder)).transpose()?;
        Ok(Self {
            image: image.into(),
            marks: shared(file.as_ref(), offsets.len() * By::ALL.len())?,
            offsets,
            lines: all,
        })
    }

    /// From now on what this process loads from there is watched. Without effect the second time.
    pub fn record(&'static self, by: By) {
        let _first = RECORDING.set(Some((self, by)));
    }

    /// Each line once, with the marks of [`By`].
    #[must_use]
    pub fn lines(&self) -> Vec<(&Line, u8)> {
        let mut all: Vec<(&Line, u8)> = self.lines.iter().map(|it| self.marked(it)).collect();
        all.sort();
        all.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 |= if same { later.1 } else { 0 };
            same
        });
        all
    }

    fn marked<'a>(&'a self, (offset, line): &'a (usize, Line)) -> (&'a Line, u8) {
        let at = self.offsets.partition_point(|other| other < offset);
        let mark = |by: By| self.section(by)[at].load(Ordering::SeqCst) << by as u8;
        (
            line,
            By::ALL.map(mark).into_iter().fold(0, |all, one| all | one),
        )
    }

    fn section(&self, by: By) -> &'static [AtomicU8] {
        let count = self.offsets.len();
        &self.marks[by as usize * count..][..count]
    }
}

static RECORDING: OnceLock<Option<(&'static Reached, By)>> = OnceLock::new();

/// Watches an image that was just loaded, if somebody wants to know what it reaches.
pub(crate) fn loaded(image: &Image) {
    let recording = RECORDING.get_or_init(|| {
        let folder = std::env::var_os(VARIABLE)?;
        let reached = Reached::open(&image.path, Some(Path::new(&folder)));
        let reached = reached.expect("the folder for what is reached can be used");
        Some((Box::leak(Box::new(reached)), By::Tests))
    });
    if let Some((reached, by)) = recording.filter(|(reached, _)| reached.image == image.path) {
        let marks = reached.section(by);
        let marks = Marks {
            now: marks,
            ever: marks,
        };
        coverage::plant(image, &reached.offsets, marks);
    }
}

/// The file in `folder` for this very image: another build has other lines.
fn marks_of(image: &Path, folder: &Path) -> io::Result<File> {
    let bytes = std::fs::read(image)?;
    let mix = |all: u64, byte: &u8| (all ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3);
    let number = bytes.iter().fold(0xCBF2_9CE4_8422_2325, mix);
    let name = image.file_stem().unwrap_or(OsStr::new("image"));
    let name = format!("{}-{number:016x}.marks", name.display());
    std::fs::create_dir_all(folder)?;
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(folder.join(name))
}

/// Memory of `file`, or of nobody else's but processes that are copied from this one; never given back.
fn shared(file: Option<&File>, length: usize) -> io::Result<&'static [AtomicU8]> {
    let (flags, descriptor) = match file {
        Some(file) => {
            file.set_len(length as u64)?;
            (libc::MAP_SHARED, file.as_raw_fd())
        }
        None => (libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1),
    };
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: maps new memory.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, access, flags, descriptor, 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping has that many bytes, is never removed, and is only reached as atomics.
    Ok(unsafe { std::slice::from_raw_parts(start.cast(), length) })
}
