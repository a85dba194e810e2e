//! What is aimed at: ratios to what the machine allows, and to everybody else.
//!
//! A ratio counts, a number only orients. Each row names its points, and for each the limits of the ratio of ours to
//! another's in the same run.

use crate::{
    least,
    point::{Kind, Point, Segment, Unit, Verb, Wait},
    provider::{self, lent},
    reference::{BUFFERED, FRAMED, PLAIN},
    rounds::Row,
    statistics::Spread,
};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// What a figure of ours is divided by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// Framed TCP.
    Framed,
    /// Plain TCP.
    Plain,
    /// The peer that does best at the point.
    BestPeer,
    /// One of somebody's, by name.
    Named(&'static str),
    /// Our own figure at another point.
    Own(String),
    /// Nothing: the figure itself counts.
    Nothing,
}

/// How far a figure may be from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Whether ours computes and checks the CRC.
    pub crc: bool,
    /// What it is compared with.
    pub against: Against,
    /// The ratio: at most where a smaller figure is better, at least where a larger one is.
    pub at: f64,
}

impl Limit {
    fn new(against: Against, at: f64) -> Self {
        Self {
            crc: true,
            against,
            at,
        }
    }

    fn without_crc(mut self) -> Self {
        self.crc = false;
        self
    }
}

fn framed(at: f64) -> Limit {
    Limit::new(Against::Framed, at)
}

fn plain(at: f64) -> Limit {
    Limit::new(Against::Plain, at)
}

/// Where the other one's receiver is spared a copy that the emulated kernel makes and Windows does not.
fn buffered(at: f64) -> Limit {
    Limit::new(Against::Named(BUFFERED), at)
}

/// What the interface leaves to a driver that computes CRCs.
fn wsk_framed(at: f64) -> Limit {
    Limit::new(Against::Named(least::FRAMED), at)
}

/// What it leaves to one that does not.
fn wsk_placed(at: f64) -> Limit {
    Limit::new(Against::Named(least::PLACED), at).without_crc()
}

/// What both interfaces of a provider leave to one that computes CRCs.
fn ndk_framed(at: f64) -> Limit {
    Limit::new(Against::Named(lent::FRAMED), at)
}

/// And to one that does not.
fn ndk_placed(at: f64) -> Limit {
    Limit::new(Against::Named(lent::PLACED), at).without_crc()
}

/// What it leaves to one that only makes connections.
fn wsk_made(at: f64) -> Limit {
    Limit::new(Against::Named(least::WSK), at)
}

fn peers(at: f64) -> Limit {
    Limit::new(Against::BestPeer, at)
}

/// A point and its limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The row of the list of targets it belongs to.
    pub row: u8,
    /// Where.
    pub point: Point,
    /// What is aimed at there.
    pub limits: Vec<Limit>,
}

fn target(row: u8, point: Point, limits: &[Limit]) -> Target {
    Target {
        row,
        point,
        limits: limits.to_vec(),
    }
}

/// Every target, in the order of the table. (Row 19, instructions, is a budget and no ratio: `profile`.)
#[must_use]
pub fn all() -> Vec<Target> {
    let groups = [
        times(),
        read_times(),
        sleeping(),
        small_rates(),
        large_rates(),
        read_rates(),
        frames_and_processor(),
        connections(),
        checksums(),
        scaling(),
    ];
    groups.into_iter().flatten().collect()
}

/// Rows 1 to 4.
fn times() -> Vec<Target> {
    let small = [framed(1.10), ndk_framed(1.10), plain(1.15), peers(1.0)];
    let page = [
        framed(1.10),
        ndk_framed(1.10),
        plain(1.30),
        plain(1.15).without_crc(),
        ndk_placed(1.10),
        peers(1.0).without_crc(),
    ];
    let write = [
        framed(1.10),
        wsk_framed(1.10),
        plain(1.20).without_crc(),
        wsk_placed(1.10),
        peers(1.0).without_crc(),
    ];
    vec![
        target(1, Point::time(Verb::Send, 8), &small),
        target(1, Point::time(Verb::Send, 64), &small),
        target(2, Point::time(Verb::Send, 4 * KIB), &page),
        target(2, Point::time(Verb::Write, 4 * KIB), &page),
        target(
            3,
            Point::time(Verb::Send, 64 * KIB),
            &[framed(1.10), wsk_framed(1.10), plain(1.65), peers(1.0)],
        ),
        target(4, Point::time(Verb::Write, 64 * KIB), &write),
    ]
}

/// Row 5.
fn read_times() -> Vec<Target> {
    let of = |size, interface, raw, beat| {
        let limits = [framed(1.08), interface, plain(raw), beat];
        target(5, Point::time(Verb::Read, size), &limits)
    };
    vec![
        of(8, ndk_framed(1.08), 1.12, peers(1.0)),
        of(64, ndk_framed(1.08), 1.12, peers(1.0)),
        of(4 * KIB, ndk_framed(1.08), 1.20, peers(1.0)),
        of(64 * KIB, wsk_framed(1.08), 1.60, peers(1.0).without_crc()),
    ]
}

/// Row 6.
fn sleeping() -> Vec<Target> {
    let send = || Point::time(Verb::Send, 64);
    let absolute = |at| Limit::new(Against::Nothing, at);
    vec![
        target(
            6,
            send().waiting(Wait::Sleep, ", sleeping"),
            &[plain(1.12), ndk_framed(1.12), peers(1.0)],
        ),
        target(
            6,
            send().waiting(Wait::Hybrid, ", polling 50 µs, then sleeping"),
            &[plain(1.30), ndk_framed(1.10)],
        ),
        target(
            6,
            Point::plain("processor while idle", Kind::Idle, Unit::Percent),
            &[absolute(1.0)],
        ),
    ]
}

/// Rows 7 to 10.
fn small_rates() -> Vec<Target> {
    let many = [plain(8.0), framed(0.30), peers(1.0)];
    let mut targets = vec![target(7, Point::rate(Verb::Send, 64, 128), &many)];
    for (row, window, limits) in [
        (8, 16, [framed(0.80), wsk_framed(0.80), peers(2.5)]),
        (9, 128, [framed(0.85), wsk_framed(0.85), peers(3.5)]),
        (10, 1, [framed(0.95), wsk_framed(0.95), peers(0.95)]),
    ] {
        for verb in [Verb::Send, Verb::Write] {
            targets.push(target(row, Point::rate(verb, 4 * KIB, window), &limits));
        }
    }
    targets
}

/// Rows 11 and 12.
fn large_rates() -> Vec<Target> {
    let middle = [
        framed(0.90),
        wsk_framed(0.90),
        plain(0.92).without_crc(),
        wsk_placed(0.92),
        peers(1.0).without_crc(),
        peers(1.0),
    ];
    let large = [
        framed(0.92),
        buffered(0.92),
        wsk_framed(0.92),
        plain(0.95).without_crc(),
        wsk_placed(0.95),
        peers(0.95).without_crc(),
        peers(0.75),
    ];
    let rows = [
        (11, 64 * KIB, &[16, 128][..], &middle[..]),
        (12, MIB, &[1, 16, 128][..], &large[..]),
    ];
    let mut targets = Vec::new();
    for (row, size, windows, limits) in rows {
        for window in windows {
            for verb in [Verb::Send, Verb::Write] {
                targets.push(target(row, Point::rate(verb, size, *window), limits));
            }
        }
    }
    targets
}

/// Row 13.
fn read_rates() -> Vec<Target> {
    let mut targets = vec![target(
        13,
        Point::rate(Verb::Read, 4 * KIB, 16),
        &[plain(1.2), framed(0.80), wsk_framed(0.80), peers(1.0)],
    )];
    for size in [64 * KIB, MIB] {
        for window in [1, 16] {
            let limits = [
                framed(0.92),
                buffered(0.92),
                wsk_framed(0.92),
                wsk_placed(0.92),
                peers(1.0).without_crc(),
            ];
            targets.push(target(13, Point::rate(Verb::Read, size, window), &limits));
        }
    }
    targets
}

/// Rows 14 and 15.
fn frames_and_processor() -> Vec<Target> {
    let frames = |size| Point::rate(Verb::Write, size, 16).in_frames();
    let both = [framed(1.15), wsk_framed(1.15), peers(1.0)];
    vec![
        target(14, frames(64 * KIB), &[framed(0.90), wsk_framed(0.90)]),
        target(14, frames(MIB), &[framed(0.90), wsk_framed(0.90)]),
        target(15, Point::processor(4 * KIB), &both),
        target(15, Point::processor(64 * KIB), &both),
        target(
            15,
            Point::processor(MIB),
            &[framed(1.15), buffered(1.15), wsk_framed(1.15)],
        ),
    ]
}

/// Rows 16 and 17.
fn connections() -> Vec<Target> {
    let made = Point::plain("connections", Kind::Connect, Unit::PerSecond);
    let idle = Point::plain("idle connection memory", Kind::IdleMemory, Unit::Bytes);
    let limit = Limit::new(Against::Nothing, 8192.0);
    vec![
        target(16, made, &[plain(0.80), wsk_made(0.80), peers(1.0)]),
        target(17, idle, &[limit]),
    ]
}

/// Row 18. Three chains joined, as fast as the instruction goes, are so much faster than the crate's.
fn checksums() -> Vec<Target> {
    let of = |size, at| {
        let limit = Limit::new(Against::Named(crate::crc::CRATE), at);
        target(18, Point::crc(size), &[limit])
    };
    vec![of(64, 1.09), of(4 * KIB, 1.02), of(64 * KIB, 1.04)]
}

/// Row 20.
fn scaling() -> Vec<Target> {
    let one = Point::rate(Verb::Write, 4 * KIB, 16);
    let many = |count| {
        let limit = Limit::new(Against::Own(one.name.clone()), 0.85);
        // The same load as row 8's, so the same of the reference.
        target(20, one.clone().on(count), &[limit, framed(0.80)])
    };
    vec![many(16), many(256)]
}

/// A limit and what came of it, for one of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The row of the list of targets.
    pub row: u8,
    /// The point's name.
    pub point: String,
    /// Who of ours.
    pub ours: &'static str,
    /// What it was compared with.
    pub against: String,
    /// The limit.
    pub at: f64,
    /// Whether the ratio is to be at most the limit.
    pub at_most: bool,
    /// The ratio; of the figure itself when there is nothing to compare with.
    pub ratio: Spread,
}

impl Verdict {
    /// Whether the target is met.
    #[must_use]
    pub fn met(&self) -> bool {
        if self.at_most {
            self.ratio.median <= self.at
        } else {
            self.ratio.median >= self.at
        }
    }
}

/// What stands behind the name of the peer that does best.
pub(crate) const BEST_PEER: &str = ", the best peer";

/// Whether this one of ours computes CRCs.
pub(crate) fn has_crc(ours: &str) -> bool {
    provider::names(true).contains(&ours)
}

/// Judges every limit that `rows` have figures for, for both ways of completing sends.
#[must_use]
pub fn judge(rows: &[Row]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for target in all() {
        let Some(row) = rows.iter().find(|row| row.point.name == target.point.name) else {
            continue;
        };
        for limit in &target.limits {
            let ours = provider::names(limit.crc).into_iter();
            verdicts.extend(ours.filter_map(|ours| verdict(rows, row, &target, limit, ours)));
        }
    }
    verdicts
}

fn verdict(
    rows: &[Row],
    row: &Row,
    target: &Target,
    limit: &Limit,
    ours: &'static str,
) -> Option<Verdict> {
    let (against, ratio) = match &limit.against {
        Against::Framed => (FRAMED.to_owned(), row.ratio(ours, FRAMED)?),
        Against::Plain => (PLAIN.to_owned(), row.ratio(ours, PLAIN)?),
        Against::Named(name) => ((*name).to_owned(), row.ratio(ours, name)?),
        Against::BestPeer => {
            let (peer, ratio) = row.against_best_peer(ours)?;
            (format!("{peer}{BEST_PEER}"), ratio)
        }
        Against::Own(point) => {
            let other = rows.iter().find(|row| row.point.name == *point)?;
            (
                point.clone(),
                Spread::of_ratios(row.of(ours)?, other.of(ours)?)?,
            )
        }
        Against::Nothing => ("the figure".to_owned(), Spread::of(row.of(ours)?)?),
    };
    Some(Verdict {
        row: target.row,
        point: target.point.name.clone(),
        ours,
        against,
        at: limit.at,
        at_most: target.point.unit.smaller_is_better(),
        ratio,
    })
}

/// Whether a point is measured without CRC, too.
#[must_use]
pub fn has_crc_off(point: &Point) -> bool {
    let traffic = matches!(point.kind, Kind::Time(_) | Kind::Rate(_));
    traffic
        && point.wait == Wait::Poll
        && point.segment == Segment::Loopback
        && point.connections == 1
}

#[cfg(test)]
mod tests;
