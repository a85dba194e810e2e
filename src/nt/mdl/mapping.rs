//! A consumer's memory, mapped for the kernel through MDLs of our own.

use super::*;

/// An offset and length that leave the mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

impl From<OutOfRange> for Status {
    fn from(_: OutOfRange) -> Self {
        Self::ACCESS_VIOLATION
    }
}

/// The first `len()` bytes of a chain, readable and writable at any IRQL <= DISPATCH_LEVEL.
///
/// Its memory is shared with the consumer, and for a region open to the network with the whole
/// world: it is only ever copied raw, never seen as a Rust reference.
pub(crate) struct Mapping {
    base: u64,
    length: usize,
    segments: Slice<Segment>,
}

/// A piece of the chain that one MDL of ours describes.
///
/// # Invariants
/// `address` is the system address of `length` bytes, valid while `mdl` is.
struct Segment {
    /// Where it begins in the mapping.
    offset: usize,
    length: usize,
    address: *mut u8,
    /// Our own, partial, over the consumer's.
    mdl: OwnMdl,
}

// SAFETY: the address is the kernel's and good on every processor.
unsafe impl Send for Segment {}
// SAFETY: the bytes behind it are copied raw.
unsafe impl Sync for Segment {}

impl Mapping {
    /// Maps `length` bytes of `chain`. INVALID_PARAMETER by the rule of [`Mapping::check`],
    /// INSUFFICIENT_RESOURCES when it cannot be mapped.
    pub(crate) fn try_new(chain: Chain, length: u64) -> Result<Self> {
        let length = Self::check(chain, length)?;
        let mut pieces = Pieces::new(chain, length);
        let count = Pieces::new(chain, length).count();
        let segments = Slice::try_from_fn(Tag::REGION, count, |_| {
            let piece = pieces.next().ok_or(Status::INVALID_PARAMETER)?;
            Segment::try_new(&piece)
        })?;
        Ok(Self {
            base: chain.base(),
            length,
            segments,
        })
    }

    /// NDK-MR-02: whether `length` bytes of `chain` can be one mapping.
    pub(crate) fn check(chain: Chain, length: u64) -> Result<usize> {
        let length = usize::try_from(length).map_err(|_| Status::INVALID_PARAMETER)?;
        if length == 0 || length as u64 > chain.len() || !is_contiguous(chain, length) {
            return Err(Status::INVALID_PARAMETER);
        }
        Ok(length)
    }

    /// The consumer's virtual address of the first byte: an index only (NDK-MR-03).
    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// Writes `bytes` at `offset`.
    pub(crate) fn copy_in(&self, offset: usize, bytes: &[u8]) -> Result<(), OutOfRange> {
        let mut from = bytes.as_ptr();
        self.walk(offset, bytes.len(), |to, length| {
            // SAFETY: `walk` gives ranges inside the mapping that sum up to `bytes.len()`; a slice
            // of the kernel's does not overlap a mapping made by us.
            unsafe {
                ptr::copy_nonoverlapping(from, to, length);
                from = from.add(length);
            }
        })
    }

    /// Reads at `offset` until `bytes` is full.
    pub(crate) fn copy_out(&self, offset: usize, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        let mut to = bytes.as_mut_ptr();
        self.walk(offset, bytes.len(), |from, length| {
            // SAFETY: as in `copy_in`.
            unsafe {
                ptr::copy_nonoverlapping(from, to, length);
                to = to.add(length);
            }
        })
    }

    /// Continues `crc` over `length` bytes at `offset`.
    pub(crate) fn crc(&self, offset: usize, length: usize, crc: u32) -> Result<u32, OutOfRange> {
        let mut crc = crc;
        self.walk(offset, length, |from, part| {
            // SAFETY: `walk` gives readable ranges of the mapping.
            crc = unsafe { crate::crc32c::update_raw(crc, from, part) };
        })?;
        Ok(crc)
    }

    /// Whether `length` bytes at `offset` are inside.
    pub(crate) fn contains(&self, offset: usize, length: usize) -> bool {
        offset
            .checked_add(length)
            .is_some_and(|end| end <= self.length)
    }

    /// Appends MDLs for `length` bytes at `offset`; `Ok(false)`, and nothing appended, when the
    /// arena has no room.
    pub(crate) fn describe(
        &self,
        offset: usize,
        length: usize,
        arena: &mut Arena,
    ) -> Result<bool, OutOfRange> {
        let parts = self.parts(offset, length)?;
        let mark = arena.mark();
        for (segment, at, part) in parts {
            // SAFETY: `part` bytes at `at` are inside the segment, whose MDL lives as long as the
            // mapping, which whoever uses the arena's chain keeps (caller pins it).
            if !unsafe { arena.append(segment.mdl.as_ptr(), at, part) } {
                arena.rewind(mark);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn walk(
        &self,
        offset: usize,
        length: usize,
        mut visit: impl FnMut(*mut u8, usize),
    ) -> Result<(), OutOfRange> {
        for (segment, at, part) in self.parts(offset, length)? {
            visit(segment.address.wrapping_add(at), part);
        }
        Ok(())
    }

    /// The segments that hold `length` bytes at `offset`, with offset and length in each.
    fn parts(
        &self,
        offset: usize,
        length: usize,
    ) -> Result<impl Iterator<Item = (&Segment, usize, usize)>, OutOfRange> {
        if !self.contains(offset, length) {
            return Err(OutOfRange);
        }
        let end = offset + length;
        let first = self
            .segments
            .partition_point(|s| s.offset + s.length <= offset);
        Ok(self
            .segments
            .iter()
            .skip(first)
            .take_while(move |segment| segment.offset < end)
            .map(move |segment| {
                let at = offset.saturating_sub(segment.offset);
                let part = segment.length.min(end - segment.offset) - at;
                (segment, at, part)
            }))
    }
}

impl Segment {
    fn try_new(piece: &Piece) -> Result<Self> {
        let bytes = u32::try_from(piece.length).map_err(|_| Status::INVALID_PARAMETER)?;
        let va = virtual_address(piece.source).wrapping_add(piece.skip);
        let mdl = OwnMdl::try_new(va, bytes)?;
        // SAFETY: `source` describes these bytes (`Pieces`); the target has room for their pages.
        // `source` is only read (NDK-MR-05).
        unsafe { IoBuildPartialMdl(piece.source, mdl.as_ptr(), va.cast(), bytes) };
        let address = mdl.map_own()?;
        Ok(Self {
            offset: piece.offset,
            length: piece.length,
            address,
            mdl,
        })
    }
}

/// A part of one MDL of a chain.
struct Piece {
    source: *mut MDL,
    /// Bytes of `source` before it.
    skip: usize,
    /// Bytes of the chain before it.
    offset: usize,
    length: usize,
}

/// The first bytes of a chain in pieces that one MDL of ours can take: its size field counts up to
/// 32 KiB of page numbers, and a smaller one is easier to find room for.
struct Pieces<M> {
    members: M,
    source: *mut MDL,
    skip: usize,
    offset: usize,
    end: usize,
}

/// A multiple of the page size, so that pieces after the first begin on a page.
const PIECE: usize = 8 << 20;

impl Pieces<()> {
    fn new(chain: Chain, length: usize) -> Pieces<impl Iterator<Item = *mut MDL>> {
        Pieces {
            members: chain.iter(),
            source: ptr::null_mut(),
            skip: 0,
            offset: 0,
            end: length,
        }
    }
}

impl<M: Iterator<Item = *mut MDL>> Iterator for Pieces<M> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.offset == self.end {
            return None;
        }
        while self.source.is_null() || self.skip == byte_count(self.source) as usize {
            self.source = self.members.next()?;
            self.skip = 0;
        }
        let (source, skip, offset) = (self.source, self.skip, self.offset);
        let page = (virtual_address(source) as usize + skip) & (PAGE_SIZE as usize - 1);
        let rest = byte_count(source) as usize - skip;
        let length = rest.min(self.end - offset).min(PIECE - page);
        self.skip += length;
        self.offset += length;
        Some(Piece {
            source,
            skip,
            offset,
            length,
        })
    }
}

impl OwnMdl {
    /// A mapping that stays while this MDL does. Pool memory has one already; a mapping the
    /// consumer made of its own MDL is not trusted to stay: it may unmap while we are registered.
    fn map_own(&self) -> Result<*mut u8> {
        let mdl = self.as_ptr();
        if has(mdl, MDL_SOURCE_IS_NONPAGED_POOL) {
            // SAFETY: the flag says that the field is set.
            return Ok(unsafe { (*mdl).MappedSystemVa }.cast());
        }
        // SAFETY: our own MDL over locked pages; after this it is not mapped.
        let address = unsafe {
            (*mdl).MdlFlags &= !(MDL_MAPPED_TO_SYSTEM_VA as i16);
            map(mdl)
        };
        if address.is_null() {
            Err(Status::INSUFFICIENT_RESOURCES)
        } else {
            Ok(address.cast())
        }
    }
}

/// NDK-MR-02: each MDL begins where the one before it ended, over `length` bytes.
fn is_contiguous(chain: Chain, length: usize) -> bool {
    let base = chain.base();
    let mut covered = 0u64;
    for mdl in chain.iter() {
        if covered >= length as u64 {
            break;
        }
        if byte_count(mdl) != 0 && base.checked_add(covered) != Some(virtual_address(mdl) as u64) {
            return false;
        }
        covered += u64::from(byte_count(mdl));
    }
    true
}
