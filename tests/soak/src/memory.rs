//! What a process and its driver hold, at moments when nothing is connected: it must not grow.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use softrnic_emulator::Machine;

/// Bytes at one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Of the pool, by tag.
    pub pool: BTreeMap<String, usize>,
    /// Of the process: the emulated kernel's own, and the host's, are among them.
    pub process: usize,
}

impl Sample {
    /// Now.
    #[must_use]
    pub fn take(machine: &Machine) -> Self {
        Self {
            pool: machine.pool.usage_by_tag(),
            process: resident(),
        }
    }
}

/// Samples of a phase, in order.
#[derive(Clone, Debug, Default)]
pub struct Samples(pub Vec<Sample>);

/// How much more than at first may be held at last.
const FLAT: f64 = 1.10;
/// A share of a page more says nothing.
const GRAIN: f64 = 4096.0;

impl Samples {
    /// The most bytes of the first part and of the last, by what they are for; the pool is `total` and its tags.
    fn ends(&self) -> BTreeMap<String, (f64, f64)> {
        let part = (self.0.len() / 4).max(1);
        let (first, last) = (&self.0[..part], &self.0[self.0.len() - part..]);
        let mut tags: Vec<&String> = self.0.iter().flat_map(|one| one.pool.keys()).collect();
        tags.sort();
        tags.dedup();
        let of = |tag: &str| {
            let bytes = |one: &Sample| one.pool.get(tag).copied().unwrap_or(0);
            (largest(first, bytes), largest(last, bytes))
        };
        let mut ends: BTreeMap<_, _> = tags.into_iter().map(|tag| (tag.clone(), of(tag))).collect();
        let total = |one: &Sample| one.pool.values().sum();
        ends.insert(
            "total".into(),
            (largest(first, total), largest(last, total)),
        );
        ends
    }

    /// Whether the pool is what it was; with no sample it is.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.0.is_empty()
            || self
                .ends()
                .values()
                .all(|(first, last)| *last <= first * FLAT + GRAIN)
    }

    /// For people and programs.
    #[must_use]
    pub fn report(&self) -> Value {
        if self.0.is_empty() {
            return Value::Null;
        }
        let ratio = |(first, last): (f64, f64)| if first == 0.0 { 1.0 } else { last / first };
        let pool: BTreeMap<_, _> = self
            .ends()
            .into_iter()
            .map(|(tag, ends)| {
                let entry = json!({ "first": ends.0, "last": ends.1, "ratio": ratio(ends) });
                (tag, entry)
            })
            .collect();
        let part = (self.0.len() / 4).max(1);
        let process = |samples: &[Sample]| largest(samples, |one| one.process);
        let process = (
            process(&self.0[..part]),
            process(&self.0[self.0.len() - part..]),
        );
        json!({
            "samples": self.0.len(),
            "pool": pool,
            "process": { "first": process.0, "last": process.1, "ratio": ratio(process) },
        })
    }
}

/// A leak grows; what is kept for later goes up and down, and is new when the driver is.
fn largest(samples: &[Sample], bytes: impl Fn(&Sample) -> usize) -> f64 {
    samples.iter().map(bytes).max().unwrap_or(0) as f64
}

/// Bytes of memory that the process has.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(bytes: &[usize]) -> Samples {
        let one = |&bytes: &usize| Sample {
            pool: [("SRnc".to_owned(), bytes)].into(),
            process: bytes,
        };
        Samples(bytes.iter().map(one).collect())
    }

    #[test]
    fn growth_is_seen() {
        assert!(samples(&[90_000, 91_000, 90_500, 90_000]).is_flat());
        assert!(!samples(&[90_000, 100_000, 110_000, 120_000]).is_flat());
        assert!(samples(&[]).is_flat());
    }
}
