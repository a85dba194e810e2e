//! Processors that somebody would like to be called on.

use core::ffi::c_void;

use wdk_sys::{GROUP_AFFINITY, PROCESSOR_NUMBER, ntddk::KeGetCurrentProcessorNumberEx};

/// Processors of one group, one at least. They need not exist.
#[derive(Clone, Copy)]
pub(crate) struct Processors {
    group: u16,
    mask: u64,
}

impl Processors {
    /// Those of a `GROUP_AFFINITY`; none for a null pointer or an empty mask.
    ///
    /// # Safety
    /// `affinity`, unless null, is readable.
    pub(crate) unsafe fn from_raw(affinity: *const c_void) -> Option<Self> {
        let affinity = affinity.cast::<GROUP_AFFINITY>();
        if affinity.is_null() {
            return None;
        }
        // SAFETY: the caller's promise.
        let (group, mask) = unsafe { ((*affinity).Group, (*affinity).Mask) };
        (mask != 0).then_some(Self { group, mask })
    }

    /// Whether this code runs on one of them; it stays there at `DISPATCH_LEVEL`.
    pub(crate) fn has_current(self) -> bool {
        let mut number = PROCESSOR_NUMBER {
            Group: 0,
            Number: 0,
            Reserved: 0,
        };
        // SAFETY: the pointer is to a local; callable at any level.
        unsafe { KeGetCurrentProcessorNumberEx(&raw mut number) };
        number.Group == self.group
            && 1_u64
                .checked_shl(number.Number.into())
                .is_some_and(|bit| self.mask & bit != 0)
    }

    /// All of them, from the `first`th on and around.
    pub(crate) fn starting_at(self, first: u32) -> impl Iterator<Item = PROCESSOR_NUMBER> {
        let members = (0..64_u8).filter(move |number| self.mask & 1 << number != 0);
        let skip = first % self.mask.count_ones().max(1);
        let count = self.mask.count_ones() as usize;
        members
            .cycle()
            .skip(skip as usize)
            .take(count)
            .map(move |number| PROCESSOR_NUMBER {
                Group: self.group,
                Number: number,
                Reserved: 0,
            })
    }
}
