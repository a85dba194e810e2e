//! The arguments of `NdkControlCqInterruptModeration` (NDK-CQ-24). Pure.

/// A value that means "no limit" for either argument.
const UNLIMITED: u32 = u32::MAX;

/// What the consumer asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moderation {
    /// Each completion may notify.
    None,
    /// Not later than `interval` microseconds, if given, or `count` completions, if given,
    /// whichever comes first.
    Limits { interval: Option<u32>, count: Option<u32> },
}

/// Neither argument limits anything (`STATUS_INVALID_PARAMETER_MIX`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unbounded;

/// Reads the two arguments for a queue of `depth` entries.
pub(crate) fn read(interval: u32, count: u32, depth: u32) -> Result<Moderation, Unbounded> {
    if interval == 0 || count <= 1 {
        return Ok(Moderation::None);
    }
    let interval = (interval != UNLIMITED).then_some(interval);
    let count = (count != UNLIMITED && count <= depth).then_some(count);
    match (interval, count) {
        (None, None) => Err(Unbounded),
        (interval, count) => Ok(Moderation::Limits { interval, count }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_interval_or_count_below_two_is_no_moderation() {
        for (interval, count) in [(0, 8), (20, 0), (20, 1), (0, UNLIMITED), (UNLIMITED, 1)] {
            assert_eq!(read(interval, count, 64), Ok(Moderation::None));
        }
    }

    #[test]
    fn one_unlimited_argument_leaves_the_other() {
        assert_eq!(read(20, UNLIMITED, 64), Ok(Moderation::Limits { interval: Some(20), count: None }));
        assert_eq!(read(20, 65, 64), Ok(Moderation::Limits { interval: Some(20), count: None }));
        assert_eq!(read(UNLIMITED, 64, 64), Ok(Moderation::Limits { interval: None, count: Some(64) }));
    }

    #[test]
    fn both_unlimited_is_refused() {
        assert_eq!(read(UNLIMITED, UNLIMITED, 64), Err(Unbounded));
        assert_eq!(read(UNLIMITED, 65, 64), Err(Unbounded));
    }
}
