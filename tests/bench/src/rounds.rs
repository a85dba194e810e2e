//! Rounds: every contender at every point, interleaved.

use std::time::Duration;

use crate::{point::Point, statistics};

/// What came of measuring a point.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// In the point's unit.
    Number(f64),
    /// The point means nothing to this contender.
    NotMine,
    /// This machine cannot measure it: why, and what to do about it.
    Missing(String),
}

/// Somebody who can be measured.
pub trait Contender {
    /// Its name in tables.
    fn name(&self) -> &str;

    /// Measures a point for about `time`.
    ///
    /// # Errors
    ///
    /// Says what went wrong.
    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String>;
}

/// The numbers of one point.
#[derive(Clone, Debug)]
pub struct Row {
    /// The point.
    pub point: Point,
    /// For each contender that has numbers: its name, and one number a round.
    pub results: Vec<(String, Vec<f64>)>,
    /// Why the point could not be measured here.
    pub missing: Option<String>,
}

impl Row {
    /// The rounds of a contender.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&[f64]> {
        let found = self
            .results
            .iter()
            .find(|(contender, _)| contender == name)?;
        Some(&found.1)
    }

    /// The median of a contender's rounds.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        statistics::median(self.of(name)?)
    }

    /// The median of the ratios of `ours` to `theirs`.
    #[must_use]
    pub fn ratio(&self, ours: &str, theirs: &str) -> Option<f64> {
        statistics::median_ratio(self.of(ours)?, self.of(theirs)?)
    }
}

/// Runs `rounds` rounds of `time` a point and contender; `progress` is told what comes.
///
/// # Errors
///
/// The first failure, with the contender's and the point's name.
pub fn run(
    contenders: &mut [&mut dyn Contender],
    points: Vec<Point>,
    rounds: usize,
    time: Duration,
    mut progress: impl FnMut(usize, &Point),
) -> Result<Vec<Row>, String> {
    let rows = points.into_iter().map(|point| Row {
        point,
        results: Vec::new(),
        missing: None,
    });
    let mut rows: Vec<Row> = rows.collect();
    for round in 0..rounds {
        for row in rows.iter_mut().filter(|row| row.missing.is_none()) {
            progress(round, &row.point);
            for contender in &mut *contenders {
                let measured = contender.measure(&row.point, time);
                let at = || format!("{}: {}", contender.name(), row.point.name);
                match measured.map_err(|error| format!("{}: {error}", at()))? {
                    Measured::Number(number) => add(&mut row.results, contender.name(), number),
                    Measured::NotMine => {}
                    Measured::Missing(why) => row.missing = Some(why),
                }
            }
        }
    }
    Ok(rows)
}

fn add(results: &mut Vec<(String, Vec<f64>)>, name: &str, number: f64) {
    match results.iter_mut().find(|(contender, _)| contender == name) {
        Some((_, numbers)) => numbers.push(number),
        None => results.push((name.to_owned(), vec![number])),
    }
}
