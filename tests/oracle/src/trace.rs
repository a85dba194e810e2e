//! Recorded connections, kept as text: `traces/README.md` says of what, and why these.
//!
//! A line for each TCP segment that carried something, in the order they were seen: `I` from the
//! initiator, `R` from the responder, then its bytes: hexadecimal digits, `XX*N` for a byte repeated,
//! `~K:N` for N bytes of the pattern both programs filled their memory with, from its K-th on.
//! `fin` and `rst` are TCP's.

use std::fmt::Write as _;
use std::path::PathBuf;

/// An end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Initiator,
    Responder,
}

impl Side {
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Initiator => 'I',
            Self::Responder => 'R',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Responder => "responder",
        }
    }
}

/// What one end's TCP brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Bytes(Vec<u8>),
    Fin,
    Reset,
}

/// One recorded connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub name: String,
    /// The peer's switches, where not as they come.
    pub parameters: String,
    /// Command lines: initiator, responder.
    pub programs: [String; 2],
    /// What the two programs said of completions: `received 20 bytes flags 0x0`.
    pub said: [Vec<String>; 2],
    pub steps: Vec<(Side, Step)>,
}

/// Byte `k` of the pattern.
#[must_use]
pub fn pattern(k: usize) -> u8 {
    (7 * k + (k >> 8)) as u8
}

impl Trace {
    /// The kept trace of this name.
    ///
    /// # Panics
    /// If there is none, or it is malformed.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let path = folder().join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        Self::parse(name, &text).unwrap_or_else(|line| panic!("{name}: {line}"))
    }

    /// All of them, by name.
    ///
    /// # Panics
    /// If one is malformed.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(folder()).expect("the folder is part of the crate");
        let paths = entries.map(|entry| entry.expect("readable").path());
        let texts = paths.filter(|path| path.extension().is_some_and(|end| end == "txt"));
        let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut names: Vec<String> = texts.map(stem).collect();
        names.sort();
        names.iter().map(|name| Self::named(name)).collect()
    }

    /// Is this end the recorded implementation, or one made by hand?
    #[must_use]
    pub fn is_real(&self, side: Side) -> bool {
        !self.programs[side as usize].contains("iwraw")
    }

    /// All bytes from this end.
    #[must_use]
    pub fn stream(&self, side: Side) -> Vec<u8> {
        let mut stream = Vec::new();
        for (from, step) in &self.steps {
            if let (true, Step::Bytes(bytes)) = (*from == side, step) {
                stream.extend(bytes);
            }
        }
        stream
    }

    /// Reads the text form; the line that makes no sense is the error.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut trace = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for line in text.lines() {
            trace.line(line).ok_or(line)?;
        }
        Ok(trace)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "parameters:" => rest.clone_into(&mut self.parameters),
            "initiator:" => rest.clone_into(&mut self.programs[0]),
            "responder:" => rest.clone_into(&mut self.programs[1]),
            "initiator|" => self.said[0].push(rest.to_owned()),
            "responder|" => self.said[1].push(rest.to_owned()),
            "I" => self.steps.push((Side::Initiator, step(rest)?)),
            "R" => self.steps.push((Side::Responder, step(rest)?)),
            _ => return None,
        }
        Some(())
    }

    /// The text form.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("parameters: {}\n", self.parameters);
        for side in [Side::Initiator, Side::Responder] {
            let _ = writeln!(text, "{}: {}", side.name(), self.programs[side as usize]);
        }
        for side in [Side::Initiator, Side::Responder] {
            for said in &self.said[side as usize] {
                let _ = writeln!(text, "{}| {said}", side.name());
            }
        }
        for (side, step) in &self.steps {
            let step = match step {
                Step::Bytes(bytes) => compact(bytes),
                Step::Fin => "fin".to_owned(),
                Step::Reset => "rst".to_owned(),
            };
            let _ = writeln!(text, "{} {step}", side.letter());
        }
        text
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("traces")
}

fn step(text: &str) -> Option<Step> {
    match text {
        "fin" => return Some(Step::Fin),
        "rst" => return Some(Step::Reset),
        _ => {}
    }
    let mut bytes = Vec::new();
    for word in text.split(' ') {
        if let Some((byte, count)) = word.split_once('*') {
            let byte = u8::from_str_radix(byte, 16).ok()?;
            bytes.resize(bytes.len() + count.parse::<usize>().ok()?, byte);
        } else if let Some((from, count)) = word.strip_prefix('~').and_then(|w| w.split_once(':')) {
            let (from, count): (usize, usize) = (from.parse().ok()?, count.parse().ok()?);
            bytes.extend((from..from + count).map(pattern));
        } else {
            for at in (0..word.len()).step_by(2) {
                bytes.push(u8::from_str_radix(word.get(at..at + 2)?, 16).ok()?);
            }
        }
    }
    Some(Step::Bytes(bytes))
}

/// The fewest bytes worth a word of their own.
const REPEATED: usize = 8;
const PATTERNED: usize = 16;

fn compact(bytes: &[u8]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut plain = String::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let repeated = rest.iter().take_while(|byte| *byte == first).count();
        let (from, patterned) = longest(rest);
        let (word, len) = if repeated >= REPEATED {
            (format!("{first:02x}*{repeated}"), repeated)
        } else if patterned >= PATTERNED {
            (format!("~{from}:{patterned}"), patterned)
        } else {
            let _ = write!(plain, "{first:02x}");
            rest = &rest[1..];
            continue;
        };
        if !plain.is_empty() {
            words.push(std::mem::take(&mut plain));
        }
        words.push(word);
        rest = &rest[len..];
    }
    if !plain.is_empty() {
        words.push(plain);
    }
    words.join(" ")
}

/// Where in the pattern (it repeats after 65536 bytes) the most of `bytes` stands, and how much.
fn longest(bytes: &[u8]) -> (usize, usize) {
    let run = |from: usize| {
        let same = |(at, byte): &(usize, &u8)| **byte == pattern(from + at);
        bytes.iter().enumerate().take_while(same).count()
    };
    let better = |best: (usize, usize), from: usize| match run(from) {
        len if len > best.1 => (from, len),
        _ => best,
    };
    (0..65_536).fold((0, 0), better)
}
