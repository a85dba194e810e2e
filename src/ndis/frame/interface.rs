//! The GUID of a network interface, as names and keywords spell it.

use core::fmt;

/// `{8 digits-4-4-4-12}`, in UTF-16.
const LENGTH: usize = 38;
/// Where a brace or dash must be; everything else is a digit.
const MARKS: [(usize, u8); 6] = [
    (0, b'{'),
    (9, b'-'),
    (14, b'-'),
    (19, b'-'),
    (24, b'-'),
    (37, b'}'),
];

/// Names an interface for as long as it is installed (its `NetCfgInstanceId`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ndis) struct InterfaceGuid(u128);

impl InterfaceGuid {
    /// What a name ends with: `\DEVICE\{…}` of a binding, or the bare `{…}` of a keyword. Case
    /// makes no difference.
    pub(in crate::ndis) fn at_end_of(name: &[u16]) -> Option<Self> {
        let (before, guid) = name.split_at_checked(name.len().checked_sub(LENGTH)?)?;
        if before.last().is_some_and(|last| *last != u16::from(b'\\')) {
            return None;
        }
        let mut value = 0;
        for (at, letter) in guid.iter().enumerate() {
            let letter = u8::try_from(*letter).ok()?;
            match MARKS.iter().find(|(place, _)| *place == at) {
                Some((_, mark)) if *mark == letter => {}
                Some(_) => return None,
                None => value = value << 4 | u128::from(char::from(letter).to_digit(16)?),
            }
        }
        Some(Self(value))
    }
}

impl fmt::Display for InterfaceGuid {
    /// As keywords spell it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |from: u32, digits: u32| self.0 >> from & ((1 << (4 * digits)) - 1);
        let (first, second, third) = (part(96, 8), part(80, 4), part(64, 4));
        let (fourth, last) = (part(48, 4), part(0, 12));
        write!(
            f,
            "{{{first:08X}-{second:04X}-{third:04X}-{fourth:04X}-{last:012X}}}"
        )
    }
}
