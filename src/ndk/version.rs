//! Which versions of the interface are spoken, and which one an open gets.
//!
//! Pure: called by [`super::adapter`] when a consumer opens the adapter, tested on any host.

/// A version of NDKPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

impl Version {
    /// What a consumer gets at most.
    pub(crate) const NEWEST: Self = HIGHEST[1];

    /// Whether extended results carry the provider's code (NDK-VER-06, NDK-VER-07).
    pub(crate) fn has_provider_codes(self) -> bool {
        self >= Self { major: 2, minor: 1 }
    }
}

/// The highest minor of each major that is spoken here. NDK-VER-05: every dispatch slot that these
/// versions name is filled. NDK-VER-04: both majors are accepted, because in-box consumers of
/// newer Windows ask for 2.x and older ones for 1.x.
const HIGHEST: [Version; 2] = [
    Version { major: 1, minor: 2 },
    Version { major: 2, minor: 1 },
];

/// The asked version cannot be served: the major is unknown or the minor is above the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsupported;

/// The version an open that asks for `asked` is served with.
///
/// NDK-VER-01: an unknown major, or a minor above the highest, fails. NDK-VER-02 and NDK-LIFE-04:
/// otherwise the adapter behaves as, and reports, the highest minor of that major.
pub(crate) fn negotiate(asked: Version) -> Result<Version, Unsupported> {
    HIGHEST
        .into_iter()
        .find(|highest| highest.major == asked.major && asked.minor <= highest.minor)
        .ok_or(Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(major: u16, minor: u16) -> Result<Version, Unsupported> {
        negotiate(Version { major, minor })
    }

    #[test]
    fn every_minor_up_to_the_highest_is_served_as_the_highest() {
        let highest_1 = Ok(Version { major: 1, minor: 2 });
        let highest_2 = Ok(Version { major: 2, minor: 1 });
        assert_eq!([ask(1, 0), ask(1, 1), ask(1, 2)], [highest_1; 3]);
        assert_eq!([ask(2, 0), ask(2, 1)], [highest_2; 2]);
    }

    #[test]
    fn a_minor_above_the_highest_is_refused() {
        assert_eq!(
            [ask(1, 3), ask(1, u16::MAX), ask(2, 2)],
            [Err(Unsupported); 3]
        );
    }

    #[test]
    fn an_unknown_major_is_refused() {
        assert_eq!(
            [ask(0, 0), ask(3, 0), ask(u16::MAX, 0)],
            [Err(Unsupported); 3]
        );
    }
}
