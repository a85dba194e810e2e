//! Logical addresses, and lists of pages named by them. Pure.
//!
//! A logical address is a handle, not a place: the token of its mapping, the page in the mapping, the
//! byte in the page. The last page number of a mapping is never given out, so that addresses of two
//! mappings are never neighbours (NDK-LAM-07) and a consumer may join those of one as it likes.

use crate::rdma::{Domain, Stag};

pub(crate) const PAGE: u64 = 4096;

/// Pages of one mapping, at most.
pub(crate) const MAX_PAGES: u64 = (1 << 20) - 1;

/// The domain of logical address mappings, which no protection domain has: a mapping's own token
/// opens nothing to a request or a peer.
pub(crate) const LOGICAL: Domain = Domain(0);

/// The logical address of the first page of `mapping`.
pub(crate) fn first(mapping: Stag) -> u64 {
    u64::from(mapping.0) << 32
}

/// The mapping that a logical address belongs to, if it was ever given out.
pub(crate) fn mapping_of(address: u64) -> Stag {
    Stag((address >> 32) as u32)
}

/// Bytes side by side in one mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) address: u64,
    pub(crate) length: u64,
}

/// `length` bytes that begin `skip` bytes after the start of the first of `pages`, in runs as long
/// as the pages follow each other. Ends early when the pages do.
pub(crate) fn runs(pages: &[u64], skip: u64, length: u64) -> impl Iterator<Item = Run> + '_ {
    let (mut at, mut left) = (skip, length);
    core::iter::from_fn(move || {
        let rest = pages.get(usize::try_from(at / PAGE).ok()?..)?;
        let (&page, within) = (rest.first()?, at % PAGE);
        if left == 0 {
            return None;
        }
        let mut room = PAGE - within;
        for pair in rest.windows(2) {
            let follows = matches!(pair, [a, b] if a.checked_add(PAGE) == Some(*b));
            if !follows || room >= left {
                break;
            }
            room += PAGE;
        }
        let run = Run {
            address: page + within,
            length: room.min(left),
        };
        at += run.length;
        left -= run.length;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pages: &[u64], skip: u64, length: u64) -> Vec<(u64, u64)> {
        runs(pages, skip, length)
            .map(|run| (run.address, run.length))
            .collect()
    }

    // NDK-FR-05: not necessarily consecutive.
    #[test]
    fn pages_that_follow_each_other_are_one_run() {
        let pages = [0x5000, 0x6000, 0x7000, 0x2000];
        assert_eq!(
            all(&pages, 0, 4 * PAGE),
            [(0x5000, 3 * PAGE), (0x2000, PAGE)]
        );
        assert_eq!(all(&pages, 0xfff, 2), [(0x5fff, 2)]);
        assert_eq!(all(&pages, 0x2fff, 2), [(0x7fff, 1), (0x2000, 1)]);
        assert_eq!(all(&pages, 100, 50), [(0x5064, 50)]);
    }

    #[test]
    fn the_same_page_twice_is_two_runs() {
        assert_eq!(all(&[0x5000, 0x5000], 0xffe, 4), [(0x5ffe, 2), (0x5000, 2)]);
    }

    #[test]
    fn runs_end_with_the_pages() {
        assert_eq!(all(&[0x5000], 1, PAGE), [(0x5001, PAGE - 1)]);
        assert_eq!(all(&[], 0, 1), []);
        assert_eq!(all(&[0x5000], 0, 0), []);
    }

    // NDK-LAM-07
    #[test]
    fn mappings_are_never_neighbours() {
        let last = first(Stag(7)) + (MAX_PAGES - 1) * PAGE;
        assert_eq!(mapping_of(last + PAGE - 1), Stag(7));
        assert!(last + PAGE < first(Stag(8)));
        assert_eq!(mapping_of(first(Stag(u32::MAX))), Stag(u32::MAX));
    }
}
