//! The inputs that are kept: one text file a target, one input a line, least first.
//!
//! `aa*16` stands for sixteen bytes `aa`. A file is what minimisation left: each input reaches
//! something that those before it do not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::rows;

/// Runs of this length are counted.
const REPEATED: usize = 4;

/// Where the inputs of a target are kept.
#[must_use]
pub fn path(target: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    folder.join(format!("{target}.txt"))
}

/// The inputs of a target; none, if no file is there.
///
/// # Errors
/// When the file cannot be read.
pub fn read(target: &str) -> io::Result<Vec<Vec<u8>>> {
    match fs::read_to_string(path(target)) {
        Ok(text) => Ok(text.lines().map(rows::bytes_of).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The inputs that once broke a rule or a check; minimisation leaves them alone.
///
/// # Errors
/// When the file cannot be read.
pub fn found(target: &str) -> io::Result<Vec<Vec<u8>>> {
    read(&format!("{target}.found"))
}

/// Keeps these and no others.
///
/// # Errors
/// When the file cannot be written.
pub fn write(target: &str, mut inputs: Vec<Vec<u8>>) -> io::Result<()> {
    inputs.retain(|input| !input.is_empty());
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    inputs.dedup();
    let lines: String = inputs.iter().map(|input| line(input) + "\n").collect();
    fs::write(path(target), lines)
}

/// Inputs as files of a folder, which libFuzzer wants.
///
/// # Errors
/// When a file cannot be written.
pub fn unpack(inputs: &[Vec<u8>], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for input in inputs {
        let name = softrnic::crc32c::update(0, input);
        fs::write(folder.join(format!("{}-{name:08x}", input.len())), input)?;
    }
    Ok(())
}

/// The inputs in a folder.
///
/// # Errors
/// When a file cannot be read.
pub fn pack(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let entries = fs::read_dir(folder)?;
    entries.map(|entry| fs::read(entry?.path())).collect()
}

fn line(input: &[u8]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut plain = String::new();
    for run in input.chunk_by(|a, b| a == b) {
        if run.len() < REPEATED {
            run.iter().for_each(|byte| {
                let _ = write!(plain, "{byte:02x}");
            });
            continue;
        }
        if !plain.is_empty() {
            words.push(std::mem::take(&mut plain));
        }
        words.push(format!("{:02x}*{}", run[0], run.len()));
    }
    if !plain.is_empty() {
        words.push(plain);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{line, rows};

    #[test]
    fn a_line_reads_as_what_was_written() {
        for input in [&b"\0"[..], b"ab\0\0\0\0\0cd", b"\xff\xff\xff\xff", b"aaa"] {
            assert_eq!(rows::bytes_of(&line(input)), input);
        }
        assert_eq!(line(b"ab\0\0\0\0\0c"), "6162 00*5 63");
    }
}
