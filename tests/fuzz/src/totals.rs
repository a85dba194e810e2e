//! What was run so far: one line a target in `totals.txt`, to which each run adds.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// One target's line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The target.
    pub target: String,
    /// Inputs run.
    pub executions: u64,
    /// Seconds of processors that the engine spent on them: of a busy machine it gets fewer.
    pub cpu_seconds: u64,
    /// Places of the code under test that inputs have reached, at the last run.
    pub covered: u64,
    /// All such places.
    pub places: u64,
    /// Inputs kept.
    pub inputs: u64,
}

const HEAD: &str = "# target executions cpu_seconds covered places inputs\n";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("totals.txt")
}

/// Every line.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn read() -> io::Result<Vec<Total>> {
    match fs::read_to_string(path()) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Vec<Total> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Total> {
    let mut words = text.split_whitespace();
    let target = words.next().filter(|word| *word != "#")?.to_owned();
    let mut number = || words.next()?.parse().ok();
    Some(Total {
        target,
        executions: number()?,
        cpu_seconds: number()?,
        covered: number()?,
        places: number()?,
        inputs: number()?,
    })
}

fn text(totals: &[Total]) -> String {
    let line = |t: &Total| {
        let numbers = [t.executions, t.cpu_seconds, t.covered, t.places, t.inputs];
        let numbers = numbers.map(|number| number.to_string()).join(" ");
        format!("{} {numbers}\n", t.target)
    };
    totals
        .iter()
        .fold(HEAD.to_owned(), |text, total| text + &line(total))
}

/// Adds a run: executions and seconds to those before, the rest in their place.
///
/// # Errors
/// When the file cannot be read or written.
pub fn add(run: Total) -> io::Result<Total> {
    let mut totals = read()?;
    let sum = added(&mut totals, run);
    fs::write(path(), text(&totals))?;
    Ok(sum)
}

fn added(totals: &mut Vec<Total>, mut run: Total) -> Total {
    match totals.iter_mut().find(|total| total.target == run.target) {
        Some(total) => {
            run.executions += total.executions;
            run.cpu_seconds += total.cpu_seconds;
            total.clone_from(&run);
        }
        None => totals.push(run.clone()),
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_add_up() {
        let run = |executions, covered| Total {
            target: "one".into(),
            executions,
            cpu_seconds: 7,
            covered,
            places: 100,
            inputs: 3,
        };
        let mut totals = parse("# target\nother 1 2 3 4 5\n");
        added(&mut totals, run(10, 50));
        let sum = added(&mut totals, run(5, 60));
        assert_eq!((sum.executions, sum.cpu_seconds, sum.covered), (15, 14, 60));
        assert_eq!(
            text(&totals),
            format!("{HEAD}other 1 2 3 4 5\none 15 14 60 100 3\n")
        );
        assert_eq!(parse(&text(&totals)), totals);
    }
}
