//! What stands between us and a target that is not met: what of it the references of the same run cannot do either.
//!
//! A reference does a part of our job and nothing else: sockets alone, sockets with frames and CRC, the least driver through the
//! same interface. When one of them misses the target against the same other one, its part alone costs too much, and no driver
//! meets it here. When none does, but we are within the target beside the last of them, both parts together cost it. What is
//! left is nobody's but ours, and is said not to be explained.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    least,
    provider::{self, lent},
    reference::{BUFFERED, FRAMED, PLAIN},
    report::{line, number},
    rounds::Row,
    statistics::Spread,
    targets::{self, Against, Target, Verdict},
};

const INTRODUCTION: &str = "
## What stands in the way

Of every target that is not met: which part of the job alone already misses it, by the figures of this run. `TCP` and `framed
TCP` have no driver; those of `WSK` are the least driver through the same interface, on the same machines, with the same
checks: it moves bytes that nobody looks at, or puts the payload of frames where it belongs, with their CRC or without; its receive event answers, its sends are made before, and it has no queue pairs, no regions and no consumer.
`NDK` is the same driver with both interfaces that a provider lies between: what moves is posted by ours' consumer to a queue pair, and told by completion queues that call back, are polled and armed; what is posted in a callback goes out after it, as
its consumer may hold a spin lock, with which WSK is not called; no region, no token and nothing that ends is looked after.
What ours adds to that part stands behind it, and in a line of its own where it is beyond the target.
*Together*: no part alone misses it, and ours keeps the target's distance to the last of them. *Acknowledgements*: the same image meets it
where the emulated TCP completes sends as it takes them, and not where it does so when they are acknowledged, as Windows does: until then their memory and their IRPs are TCP's. *Not explained*: no measurement
here shows that it must be so.

";

/// What each row is about.
fn subject(row: u8) -> &'static str {
    match row {
        1 => "small messages, one at a time",
        2 => "a page, one at a time",
        3 => "64 KiB sent, one at a time",
        4 => "64 KiB written, one at a time",
        5 => "reads, one at a time",
        6 => "sides that sleep",
        7 => "small messages, many at a time",
        8 => "pages, 16 at a time",
        9 => "pages, 128 at a time",
        10 => "pages, one at a time, at full rate",
        11 => "64 KiB at full rate",
        12 => "1 MiB at full rate",
        13 => "reads at full rate",
        14 => "segments of Ethernet",
        15 => "processor time",
        16 => "connections made and ended",
        17 => "memory of a connection",
        18 => "the checksum",
        20 => "many connections",
        _ => "",
    }
}

/// A reference, and what of our job it does.
struct Bound {
    contender: &'static str,
    part: &'static str,
}

const WITH_CRC: &[Bound] = &[
    Bound {
        contender: FRAMED,
        part: "sockets, frames and CRC",
    },
    Bound {
        contender: BUFFERED,
        part: "sockets, frames, CRC and a copy out of a buffer",
    },
    Bound {
        contender: least::FRAMED,
        part: "the interface, frames and CRC",
    },
    Bound {
        contender: lent::FRAMED,
        part: "both interfaces, frames and CRC",
    },
    // Of connections, where nothing is framed.
    Bound {
        contender: least::WSK,
        part: "the interface",
    },
];

const WITHOUT_CRC: &[Bound] = &[
    Bound {
        contender: PLAIN,
        part: "sockets",
    },
    Bound {
        contender: least::WSK,
        part: "the interface",
    },
    Bound {
        contender: least::PLACED,
        part: "the interface and frames",
    },
    Bound {
        contender: lent::PLACED,
        part: "both interfaces and frames",
    },
];

/// Why a target is not met.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// This reference misses it, too; the ratio is its own.
    Part {
        /// Who.
        contender: &'static str,
        /// What it does of our job.
        part: &'static str,
        /// Its ratio to what we are compared with.
        ratio: f64,
        /// Ours to it.
        ours: f64,
    },
    /// No reference misses it, and we are near enough to this one.
    Together {
        /// Who.
        contender: &'static str,
        /// Its ratio to what we are compared with.
        ratio: f64,
        /// Ours to it.
        ours: f64,
    },
    /// Ours meets it where sends complete as TCP takes them.
    Acknowledged {
        /// Its ratio there.
        ratio: f64,
    },
    /// Nothing measured shows why.
    Unknown {
        /// The last reference at the point and our ratio to it.
        beside: Option<(&'static str, f64)>,
    },
}

impl Cause {
    fn word(&self) -> &'static str {
        match self {
            Self::Part { part, .. } => part,
            Self::Together { .. } => "together",
            Self::Acknowledged { .. } => "acknowledgements",
            Self::Unknown { .. } => "not explained",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Part {
                contender,
                part,
                ratio,
                ours,
            } => format!(
                "{part}: {contender} itself has {}, ours {} of it",
                number(*ratio),
                number(*ours)
            ),
            Self::Together {
                contender,
                ratio,
                ours,
            } => format!(
                "together: {contender} has {}, ours {} of it",
                number(*ratio),
                number(*ours)
            ),
            Self::Acknowledged { ratio } => format!(
                "acknowledgements: {} where the same image's sends complete as TCP takes them",
                number(*ratio)
            ),
            Self::Unknown {
                beside: Some((contender, ours)),
            } => format!("not explained; ours is {} of {contender}", number(*ours)),
            Self::Unknown { beside: None } => "not explained".to_owned(),
        }
    }
}

/// Why each target is not met that is not, in the order of the table.
#[must_use]
pub fn causes(rows: &[Row]) -> Vec<(Verdict, Cause)> {
    let all = targets::all();
    let judged = targets::judge(rows);
    let missed = judged.iter().filter(|it| !it.met());
    let with_cause = missed.filter_map(|verdict| {
        let target = all.iter().find(|it| it.point.name == verdict.point)?;
        let row = rows.iter().find(|row| row.point.name == verdict.point)?;
        let mut cause = cause(rows, row, target, verdict);
        if let (Cause::Unknown { .. }, Some(ratio)) = (&cause, handed_over(&judged, verdict)) {
            cause = Cause::Acknowledged { ratio };
        }
        Some((verdict.clone(), cause))
    });
    with_cause.collect()
}

/// What ours has where sends complete as TCP takes them, if this verdict is of where they are acknowledged and that meets it.
fn handed_over(judged: &[Verdict], verdict: &Verdict) -> Option<f64> {
    let [acknowledged, handed_over] = provider::names(targets::has_crc(verdict.ours));
    let peer = |it: &Verdict| it.against.ends_with(targets::BEST_PEER);
    let same = |it: &&Verdict| {
        let against = it.against == verdict.against || peer(it) && peer(verdict);
        it.ours == handed_over && it.point == verdict.point && it.at == verdict.at && against
    };
    let other = judged.iter().find(same)?;
    (verdict.ours == acknowledged && other.met()).then_some(other.ratio.median)
}

fn cause(rows: &[Row], row: &Row, target: &Target, verdict: &Verdict) -> Cause {
    let with_crc = targets::has_crc(verdict.ours);
    let bounds = if with_crc { WITH_CRC } else { WITHOUT_CRC };
    let misses = |ratio: f64| {
        if verdict.at_most {
            ratio > verdict.at
        } else {
            ratio < verdict.at
        }
    };
    let mut last = None;
    let framed = row.of(least::FRAMED).is_some();
    for bound in bounds {
        if with_crc && framed && bound.contender == least::WSK {
            continue;
        }
        let Some(ours) = row.ratio(verdict.ours, bound.contender) else {
            continue;
        };
        let ratio = ratio_to(rows, row, bound.contender, &verdict.against);
        match ratio {
            Some(ratio) if misses(ratio) => {
                return Cause::Part {
                    contender: bound.contender,
                    part: bound.part,
                    ratio,
                    ours: ours.median,
                };
            }
            ratio => last = Some((bound.contender, ratio, ours.median)),
        }
    }
    match last {
        Some((contender, Some(ratio), ours)) if is_near(target, verdict, contender, ours) => {
            Cause::Together {
                contender,
                ratio,
                ours,
            }
        }
        Some((contender, _, ours)) => Cause::Unknown {
            beside: Some((contender, ours)),
        },
        None => Cause::Unknown { beside: None },
    }
}

/// Whether `ours`, our ratio to `contender`, is within the target's limit for that.
fn is_near(target: &Target, verdict: &Verdict, contender: &str, ours: f64) -> bool {
    let with_crc = targets::has_crc(verdict.ours);
    let mut limits = target.limits.iter().filter(|it| it.crc == with_crc);
    limits.any(|limit| {
        let named = match &limit.against {
            Against::Framed => FRAMED,
            Against::Plain => PLAIN,
            Against::Named(name) => name,
            Against::BestPeer | Against::Own(_) | Against::Nothing => return false,
        };
        let met = if verdict.at_most {
            ours <= limit.at
        } else {
            ours >= limit.at
        };
        named == contender && met
    })
}

/// What `contender` has in our place in the comparison with `against`: another contender or another point. None of itself.
fn ratio_to(rows: &[Row], row: &Row, contender: &str, against: &str) -> Option<f64> {
    if let Some(other) = rows.iter().find(|it| it.point.name == against) {
        return Spread::of_ratios(row.of(contender)?, other.of(contender)?).map(|it| it.median);
    }
    let name = against.strip_suffix(targets::BEST_PEER).unwrap_or(against);
    let itself = name == contender;
    let ratio = row.ratio(contender, name).filter(|_| !itself)?;
    Some(ratio.median)
}

/// The section of the report; empty when every target is met.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let causes = causes(rows);
    if causes.is_empty() {
        return String::new();
    }
    let mut text = INTRODUCTION.to_owned();
    let mut by_row = BTreeMap::<u8, Vec<&Cause>>::new();
    for (verdict, cause) in &causes {
        by_row.entry(verdict.row).or_default().push(cause);
    }
    for (row, causes) in by_row {
        let mut counts = BTreeMap::<&str, usize>::new();
        for cause in &causes {
            *counts.entry(cause.word()).or_default() += 1;
        }
        let counts = counts.iter().map(|(word, count)| format!("{count} {word}"));
        let counts = counts.collect::<Vec<_>>().join("; ");
        let what = subject(row);
        let _ = writeln!(
            text,
            "- Row {row}, {what}: {} not met: {counts}.",
            causes.len()
        );
    }
    text += "\n| row | point | ours | against | target | ratio | what stands in the way |\n|---|---|---|---|---|---|---|\n";
    for (one, cause) in &causes {
        text += &line(one, &number(one.ratio.median), &cause.text());
    }
    text
}

#[cfg(test)]
mod tests;
