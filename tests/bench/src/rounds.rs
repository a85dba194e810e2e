//! Rounds: every contender at every point, interleaved.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use softrnic_emulator::sched::Random;

use crate::{
    point::{Kind, Point, Wait},
    statistics::{Spread, median},
};

/// Who a contender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The image that ships.
    Ours,
    /// What nothing on the way to it can beat.
    Reference,
    /// Somebody else's.
    Peer,
}

/// What came of measuring a point.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// In the point's unit.
    Number(f64),
    /// The point means nothing to this contender.
    NotMine,
}

/// Somebody who can be measured.
pub trait Contender {
    /// Its name in tables.
    fn name(&self) -> &str;

    /// Who it is.
    fn role(&self) -> Role;

    /// Measures a point for about `time`.
    ///
    /// # Errors
    ///
    /// Says what went wrong.
    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String>;
}

/// One contender's numbers at a point, one a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Whose.
    pub contender: String,
    /// Who that is.
    pub role: Role,
    /// In the point's unit.
    pub rounds: Vec<f64>,
}

/// A contender that could not be measured, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Who.
    pub contender: String,
    /// What went wrong, or what it needs.
    pub why: String,
}

/// The numbers of one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The point.
    pub point: Point,
    /// Of each contender that has numbers, for as many rounds.
    pub series: Vec<Series>,
    /// Peers that failed here.
    pub missing: Vec<Missing>,
}

impl Row {
    /// The rounds of a contender.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&[f64]> {
        let found = self.series.iter().find(|one| one.contender == name)?;
        Some(&found.rounds)
    }

    /// The median of a contender's rounds.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        median(self.of(name)?)
    }

    /// The ratios of `ours` to `theirs`.
    #[must_use]
    pub fn ratio(&self, ours: &str, theirs: &str) -> Option<Spread> {
        Spread::of_ratios(self.of(ours)?, self.of(theirs)?)
    }

    /// The ratio of `ours` to the peer that comes off best against it, and that peer.
    #[must_use]
    pub fn against_best_peer(&self, ours: &str) -> Option<(&str, Spread)> {
        let peers = self.series.iter().filter(|one| one.role == Role::Peer);
        let ratios = peers
            .filter_map(|peer| Some((peer.contender.as_str(), self.ratio(ours, &peer.contender)?)));
        let order = |a: &(&str, Spread), b: &(&str, Spread)| a.1.median.total_cmp(&b.1.median);
        if self.point.unit.smaller_is_better() {
            ratios.max_by(order)
        } else {
            ratios.min_by(order)
        }
    }

    fn add(&mut self, contender: &dyn Contender, number: f64) {
        let known = self.series.iter_mut();
        match { known }.find(|one| one.contender == contender.name()) {
            Some(one) => one.rounds.push(number),
            None => self.series.push(Series {
                contender: contender.name().to_owned(),
                role: contender.role(),
                rounds: vec![number],
            }),
        }
    }

    /// The same round's number again: the better one of a time counts, which is the smaller.
    fn better(&mut self, contender: &dyn Contender, number: f64) {
        let known = self.series.iter_mut();
        let one = { known }.find(|one| one.contender == contender.name());
        if let Some(last) = one.and_then(|one| one.rounds.last_mut()) {
            *last = last.min(number);
        }
    }

    fn has_failed(&self, contender: &dyn Contender) -> bool {
        let mut missing = self.missing.iter();
        missing.any(|one| one.contender == contender.name())
    }

    /// From now on it does not take part here: its rounds would no longer be those of the others.
    fn forget(&mut self, contender: &dyn Contender, why: String) {
        self.series.retain(|one| one.contender != contender.name());
        self.missing.push(Missing {
            contender: contender.name().to_owned(),
            why,
        });
    }
}

/// Runs `rounds` rounds of `time` a point and contender; `progress` is told what comes.
///
/// # Errors
///
/// The first failure that is not a peer's, with the contender's and the point's name. A peer that fails is left out of
/// the point, and said to be.
pub fn run(
    contenders: &mut [&mut dyn Contender],
    points: Vec<Point>,
    rounds: usize,
    time: Duration,
    mut progress: impl FnMut(usize, &Point),
) -> Result<Vec<Row>, String> {
    let rows = points.into_iter().map(|point| Row {
        point,
        series: Vec::new(),
        missing: Vec::new(),
    });
    let mut rows: Vec<Row> = rows.collect();
    for round in 0..rounds {
        for (number, row) in rows.iter_mut().enumerate() {
            progress(round, &row.point);
            for turn in 0..turns(&row.point) {
                for index in order(contenders.len(), round, number, turn) {
                    measure(contenders[index], row, time, turn)?;
                }
            }
        }
    }
    let place = |series: &Series| {
        let mut all = contenders.iter();
        all.position(|one| one.name() == series.contender)
    };
    for row in &mut rows {
        row.series.sort_by_key(place);
    }
    Ok(rows)
}

/// Any order, and in the next round the same from its end: so each comes before each other one in every second round. For
/// whoever comes late finds what the others have done to the host: of reads of 4 KiB the later ones of a turn get a third of
/// what the first ones get, whoever they are.
fn order(count: usize, round: usize, row: usize, turn: u32) -> Vec<usize> {
    let seed = (round / 2) << 32 | row << 8 | turn as usize;
    let mut random = Random::new(seed as u64);
    let mut order: Vec<usize> = (0..count).collect();
    for left in (1..count).rev() {
        order.swap(left, random.index(left + 1));
    }
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// How often the contenders take turns in a round; the least number counts. Of short times a neighbour on the same hardware
/// makes more than a driver does, for longer than a turn takes.
#[must_use]
pub fn turns(point: &Point) -> u32 {
    let is_short = matches!(point.kind, Kind::Time(_)) && point.size <= 4096;
    if is_short && point.wait == Wait::Poll {
        3
    } else {
        1
    }
}

fn measure(
    contender: &mut dyn Contender,
    row: &mut Row,
    time: Duration,
    turn: u32,
) -> Result<(), String> {
    if row.has_failed(contender) {
        return Ok(());
    }
    match measure_patiently(contender, &row.point, time) {
        Ok(Measured::Number(number)) if turn > 0 => row.better(contender, number),
        Ok(Measured::Number(number)) => row.add(contender, number),
        Ok(Measured::NotMine) => {}
        Err(why) if contender.role() == Role::Peer => row.forget(contender, why),
        Err(why) => return Err(format!("{}: {}: {why}", contender.name(), row.point.name)),
    }
    Ok(())
}

/// On a busy machine nothing may end in so short a time: then it gets longer.
fn measure_patiently(
    contender: &mut dyn Contender,
    point: &Point,
    time: Duration,
) -> Result<Measured, String> {
    const TRIES: u32 = 6;
    for longer in 0..TRIES {
        match contender.measure(point, time * 4_u32.pow(longer))? {
            Measured::Number(number) if !number.is_finite() => {}
            measured => return Ok(measured),
        }
    }
    Err("nothing was done in time".to_owned())
}

#[cfg(test)]
mod tests;
