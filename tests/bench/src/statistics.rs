//! Medians, and ratios round by round.

/// The middle of `values`; none of nothing.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    sorted
        .get(middle.checked_sub(1)?)
        .map(|lower| f64::midpoint(*lower, upper))
}

/// Parts of a measurement's times of which the quickest counts.
pub const PARTS: usize = 10;

/// The least of the medians of [`PARTS`] parts of `times`, which are in the order they were taken: a neighbour of this machine
/// slows whole stretches of them by half, and by chance those of one contender and not of another. None of nothing.
#[must_use]
pub fn quickest(times: &[f64]) -> Option<f64> {
    // Of a few, a median says nothing.
    let part = times.len().div_ceil(PARTS).max(32);
    let parts = times.chunks(part);
    // What is left over at the end is a part if it is as long as the others.
    let whole = parts.filter(|it| it.len() == part || times.len() < part);
    whole.filter_map(median).reduce(f64::min)
}

/// The middle of several numbers, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The smallest.
    pub least: f64,
    /// The one in the middle.
    pub median: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of `values`; none of nothing.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        Some(Self {
            least: values.iter().copied().reduce(f64::min)?,
            median: median(values)?,
            most: values.iter().copied().reduce(f64::max)?,
        })
    }

    /// Of `ours[i] / theirs[i]`: a round's noise is in both of its numbers.
    #[must_use]
    pub fn of_ratios(ours: &[f64], theirs: &[f64]) -> Option<Self> {
        let pairs = ours.iter().zip(theirs).filter(|(_, theirs)| **theirs > 0.0);
        let ratios: Vec<f64> = pairs.map(|(ours, theirs)| ours / theirs).collect();
        Self::of(&ratios)
    }
}

#[cfg(test)]
mod tests {
    use super::{Spread, median, quickest};

    #[test]
    fn the_quickest_part_counts_unless_it_is_short() {
        let mut times = vec![6.0; 640];
        // Less than half a part is not a part's median.
        times[10..30].fill(1.0);
        assert_eq!(quickest(&times), Some(6.0));
        times[128..192].fill(5.0);
        assert_eq!(quickest(&times), Some(5.0));
        // What is left over is shorter than the others.
        times.extend([1.0; 4]);
        assert_eq!(quickest(&times), Some(5.0));
        assert_eq!(quickest(&[7.0, 3.0, 4.0]), Some(4.0));
        assert_eq!(quickest(&[]), None);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_slow_round_slows_both_and_leaves_the_ratio() {
        let same = Spread {
            least: 2.0,
            median: 2.0,
            most: 2.0,
        };
        let ratios = Spread::of_ratios(&[10.0, 30.0, 11.0], &[5.0, 15.0, 5.5]);
        assert_eq!(ratios, Some(same));
    }

    #[test]
    fn a_spread_goes_from_the_least_to_the_most() {
        let spread = Spread::of_ratios(&[1.0, 4.0, 3.0], &[1.0, 2.0, 1.0]);
        let expected = Spread {
            least: 1.0,
            median: 2.0,
            most: 3.0,
        };
        assert_eq!(spread, Some(expected));
        assert_eq!(Spread::of_ratios(&[1.0], &[0.0]), None);
    }
}
