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

/// The median of `ours[i] / theirs[i]`: a round's noise is in both of its numbers.
#[must_use]
pub fn median_ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    let pairs = ours.iter().zip(theirs).filter(|(_, theirs)| **theirs > 0.0);
    median(
        &pairs
            .map(|(ours, theirs)| ours / theirs)
            .collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::{median, median_ratio};

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_slow_round_slows_both_and_leaves_the_ratio() {
        assert_eq!(
            median_ratio(&[10.0, 30.0, 11.0], &[5.0, 15.0, 5.5]),
            Some(2.0)
        );
    }
}
