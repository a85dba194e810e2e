//! MDL chains as the transport sees them: pieces of memory, found through the page array (as a
//! NIC would) or the system mapping, and a cursor that walks them.

use std::mem::MaybeUninit;

use super::abi::{MDL, WSK_BUF};
use super::kernel;

/// `MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL`: `MappedSystemVa` can be used.
const MAPPED: i16 = 0x0001 | 0x0004;
const PAGE: usize = 4096;

/// A position in an MDL chain and how many bytes are left from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    mdl: *mut MDL,
    offset: usize,
    pub(super) left: usize,
}

/// What is wrong with a `WSK_BUF`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadChain {
    /// The offset lies beyond the first MDL.
    Offset,
    /// The chain ends before `Length` bytes.
    Short,
}

impl Cursor {
    pub(super) const EMPTY: Self = Self {
        mdl: std::ptr::null_mut(),
        offset: 0,
        left: 0,
    };

    /// # Safety
    /// `buffer` is null or a readable `WSK_BUF` with a valid MDL chain that stays valid as long as
    /// the cursor is used.
    pub(super) unsafe fn new(buffer: *const WSK_BUF) -> Self {
        if buffer.is_null() {
            return Self::EMPTY;
        }
        // SAFETY: the caller vouches for the descriptor.
        let buffer = unsafe { &*buffer };
        Self {
            mdl: buffer.Mdl.cast(),
            offset: buffer.Offset as usize,
            left: buffer.Length,
        }
    }

    /// Checks the geometry: WSK-RX-01, WSK-TX-02.
    pub(super) fn check(&self) -> Result<(), BadChain> {
        if self.left == 0 {
            return Ok(());
        }
        if self.mdl.is_null() {
            return Err(BadChain::Short);
        }
        // SAFETY: the chain is valid by the constructor's contract.
        if self.offset > unsafe { (*self.mdl).ByteCount } as usize {
            return Err(BadChain::Offset);
        }
        let mut have = 0;
        self.each(|_, length| have += length);
        if have == self.left {
            Ok(())
        } else {
            Err(BadChain::Short)
        }
    }

    /// Calls `each(address, length)` for every piece, in order.
    pub(super) fn each(&self, mut each: impl FnMut(*mut u8, usize)) {
        self.pieces(|address, length| {
            each(address, length);
            true
        });
    }

    /// Fills `parts` from the front with the next pieces; those, and their bytes.
    pub(super) fn fill<'a>(
        &self,
        parts: &'a mut [MaybeUninit<libc::iovec>],
    ) -> (&'a [libc::iovec], usize) {
        let (mut used, mut bytes) = (0, 0);
        self.pieces(|address, length| {
            let Some(part) = parts.get_mut(used) else {
                return false;
            };
            part.write(libc::iovec {
                iov_base: address.cast(),
                iov_len: length,
            });
            used += 1;
            bytes += length;
            true
        });
        // SAFETY: so many were written.
        let parts = unsafe { std::slice::from_raw_parts(parts.as_ptr().cast(), used) };
        (parts, bytes)
    }

    /// Moves on by `bytes`, which are at most `left`.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.left -= bytes;
        let mut skip = bytes;
        while !self.mdl.is_null() {
            // SAFETY: the chain is valid by the constructor's contract.
            let mdl = unsafe { &*self.mdl };
            let here = (mdl.ByteCount as usize).saturating_sub(self.offset);
            if skip < here || (skip == here && self.left == 0) {
                self.offset += skip;
                return;
            }
            skip -= here;
            self.mdl = mdl.Next;
            self.offset = 0;
        }
    }

    /// Copies into the chain and moves on; the bytes taken.
    pub(super) fn write(&mut self, from: &[u8]) -> usize {
        let take = from.len().min(self.left);
        let mut done = 0;
        self.pieces(|address, length| {
            let now = length.min(take - done);
            // SAFETY: the piece is memory the MDL describes; `from` has `take` bytes.
            unsafe { std::ptr::copy_nonoverlapping(from[done..].as_ptr(), address, now) };
            done += now;
            done < take
        });
        self.advance(take);
        take
    }

    /// Calls `each(mdl)` for every MDL of the part ahead.
    pub(super) fn each_mdl(&self, mut each: impl FnMut(*mut MDL)) {
        let (mut mdl, mut offset, mut left) = (self.mdl, self.offset, self.left);
        while left > 0 && !mdl.is_null() {
            // SAFETY: the chain is valid by the constructor's contract.
            let (length, next) = unsafe { ((*mdl).ByteCount as usize, (*mdl).Next) };
            each(mdl);
            left -= length.saturating_sub(offset).min(left);
            offset = 0;
            mdl = next;
        }
    }

    /// A checksum over the bytes ahead, to see whether they change (WSK-TX-01).
    pub(super) fn checksum(&self) -> u64 {
        let mut sum = 0x9E37_79B9_7F4A_7C15_u64;
        self.each(|address, length| {
            // SAFETY: the MDL describes this memory; it is the owner's rule not to change it.
            let bytes = unsafe { std::slice::from_raw_parts(address, length) };
            let (words, rest) = bytes.as_chunks::<8>();
            for word in words {
                sum = (sum ^ u64::from_le_bytes(*word))
                    .wrapping_mul(0xFF51_AFD7_ED55_8CCD)
                    .rotate_left(29);
            }
            for &byte in rest {
                sum = (sum ^ u64::from(byte))
                    .wrapping_mul(0xC4CE_B9FE_1A85_EC53)
                    .rotate_left(31);
            }
        });
        sum
    }

    fn pieces(&self, mut each: impl FnMut(*mut u8, usize) -> bool) {
        let (mut mdl, mut offset, mut left) = (self.mdl, self.offset, self.left);
        while left > 0 && !mdl.is_null() {
            // SAFETY: the chain is valid by the constructor's contract.
            let now = unsafe { &*mdl };
            let here = (now.ByteCount as usize).saturating_sub(offset).min(left);
            if here > 0 && !mdl_pieces(now, offset, here, &mut each) {
                return;
            }
            left -= here;
            offset = 0;
            mdl = now.Next;
        }
    }
}

// SAFETY: a cursor is moved between threads only together with the request whose memory it walks.
unsafe impl Send for Cursor {}

/// The pieces of `[offset, offset + length)` of one MDL.
fn mdl_pieces(
    mdl: &MDL,
    offset: usize,
    length: usize,
    each: &mut impl FnMut(*mut u8, usize) -> bool,
) -> bool {
    if mdl.MdlFlags & MAPPED != 0 {
        return each(mdl.MappedSystemVa.cast::<u8>().wrapping_add(offset), length);
    }
    let pages = std::ptr::from_ref(mdl).wrapping_add(1).cast::<usize>();
    let (mut at, end) = (
        mdl.ByteOffset as usize + offset,
        mdl.ByteOffset as usize + offset + length,
    );
    while at < end {
        let now = (PAGE - at % PAGE).min(end - at);
        // SAFETY: an MDL is followed by one page number for each page it describes.
        let pfn = unsafe { *pages.add(at / PAGE) };
        if !each(kernel::page_address(pfn).wrapping_add(at % PAGE), now) {
            return false;
        }
        at += now;
    }
    true
}
