//! Which lines of the driver are reached, and by what: simulations say so to one place, and tests to a folder.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use softrnic_emulator::image::reached::{By, Line, Reached};
use softrnic_functional::source;

static REACHED: OnceLock<Reached> = OnceLock::new();

/// From now on runs say what they reach. What is kept in `folder` is added to.
///
/// # Errors
/// When the image's PDB or the folder cannot be used.
///
/// # Panics
/// When the image is not built.
pub fn start(folder: Option<&Path>) -> io::Result<()> {
    let image = softrnic_build::image().expect("the image is built");
    let reached = Reached::open(&image.path, folder)?;
    let _first = REACHED.set(reached);
    Ok(())
}

/// What this process reaches is counted, if anybody wants to know.
pub(crate) fn watch(by: By) {
    if let Some(reached) = REACHED.get() {
        reached.record(by);
    }
}

/// How many lines of the driver there are in the image, and how many of them were reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Lines with code of their own.
    pub lines: usize,
    /// Those that were reached.
    pub reached: usize,
    /// Those of them that nothing reaches unless calls fail.
    pub only_under_faults: usize,
}

/// The lines of the driver so far; nothing unless [`start`]ed.
#[must_use]
pub fn tally() -> Tally {
    own().fold(Tally::default(), |tally, (_, marks)| Tally {
        lines: tally.lines + 1,
        reached: tally.reached + usize::from(marks != 0),
        only_under_faults: tally.only_under_faults + usize::from(is_only_under_faults(marks)),
    })
}

fn is_only_under_faults(marks: u8) -> bool {
    By::Faults.is_in(marks) && !By::Peace.is_in(marks) && !By::Tests.is_in(marks)
}

fn own() -> impl Iterator<Item = (&'static Line, u8)> {
    let all = REACHED.get().map(Reached::lines).unwrap_or_default();
    all.into_iter()
        .filter(|(line, _)| source::of_driver(&line.file).is_some())
}

/// Writes what nothing reaches, and what only faults do, with the text of each line, into `folder`.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("unreached.txt"), list(|marks| marks == 0))?;
    fs::write(
        folder.join("only-under-faults.txt"),
        list(is_only_under_faults),
    )
}

fn list(wanted: impl Fn(u8) -> bool) -> String {
    let (mut text, mut source) = (String::new(), (String::new(), Vec::new()));
    for (line, _) in own().filter(|(_, marks)| wanted(*marks)) {
        let file = source::of_driver(&line.file).unwrap_or_default();
        if source.0 != file {
            let read = fs::read_to_string(softrnic_build::root().join(file));
            let lines = read.unwrap_or_default();
            source = (file.to_owned(), lines.lines().map(str::to_owned).collect());
        }
        let words = source.1.get(line.number as usize - 1);
        let words = words.map_or("", |words| words.trim());
        let _ = writeln!(text, "{file}:{}: {words}", line.number);
    }
    text
}
