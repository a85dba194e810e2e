//! Memory made ahead for what a send needs: MDLs, and bytes they describe.

use super::*;

/// Room for a chain of partial MDLs, appended one after the other and thrown away together.
///
/// # Invariants
/// `chain` is null or the first of the MDLs built in the first `used` words of `memory`, linked in
/// order, `last` the last of the `count` of them; nobody but the holder of the arena's chain uses them.
pub(crate) struct Arena {
    /// Pool memory: 8 bytes are an MDL's alignment.
    memory: Slice<u64>,
    used: usize,
    chain: *mut MDL,
    last: *mut MDL,
    count: usize,
}

// SAFETY: the pointers are into its own memory.
unsafe impl Send for Arena {}
// SAFETY: shared references only read.
unsafe impl Sync for Arena {}

/// A point to go back to: so many MDLs.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

const WORD: usize = size_of::<u64>();
const HEADER_WORDS: usize = size_of::<MDL>() / WORD;

/// Words for the MDL of `length` bytes at `va`: its header and a number for each page.
pub(super) fn words_for(va: *const u8, length: usize) -> usize {
    HEADER_WORDS + span(va, length)
}

impl Arena {
    /// Room for `words` 8-byte words: an MDL takes 6 and one more for each page it touches.
    pub(crate) fn try_new(words: usize) -> Result<Self> {
        let memory = Slice::try_from_fn(Tag::SEND, words, |_| Ok(0))?;
        Ok(Self {
            memory,
            used: 0,
            chain: ptr::null_mut(),
            last: ptr::null_mut(),
            count: 0,
        })
    }

    /// Whether MDLs over `parts` ranges of `bytes` in all have room, wherever they lie in pages.
    pub(crate) fn has_room(&self, parts: usize, bytes: usize) -> bool {
        // Each part touches at most one page more than its bytes fill, and one for the remainder.
        let pages = (bytes >> PAGE_SHIFT) + 2 * parts;
        self.memory.len() - self.used >= parts * HEADER_WORDS + pages
    }

    /// The first MDL, null when there is none.
    pub(crate) fn chain(&self) -> PVOID {
        self.chain.cast()
    }

    /// Throws the MDLs away.
    pub(crate) fn reset(&mut self) {
        self.rewind(Mark(0));
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.count)
    }

    /// Throws away what was appended since `mark`.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        if mark.0 >= self.count {
            return;
        }
        let (mut kept, mut mdl) = (ptr::null_mut::<MDL>(), self.chain);
        for _ in 0..mark.0 {
            kept = mdl;
            // SAFETY: fewer than `count`, so an MDL of ours (invariant).
            mdl = unsafe { (*mdl).Next };
        }
        self.discard(mdl);
        if kept.is_null() {
            (self.chain, self.used) = (ptr::null_mut(), 0);
        } else {
            // SAFETY: an MDL of ours (invariant).
            unsafe { (*kept).Next = ptr::null_mut() };
            self.used = self.words_through(kept);
        }
        (self.last, self.count) = (kept, mark.0);
    }

    /// Readies the MDLs from `mdl` on to be forgotten: below us they may have been mapped.
    fn discard(&self, mut mdl: *mut MDL) {
        while !mdl.is_null() {
            // SAFETY: MDLs of ours that nobody uses (invariant).
            unsafe {
                prepare_for_reuse(mdl);
                mdl = (*mdl).Next;
            }
        }
    }

    /// Words from the start of the memory to the end of `mdl`.
    fn words_through(&self, mdl: *mut MDL) -> usize {
        let start = (mdl as usize - self.memory.as_ptr() as usize) / WORD;
        start + words_for(virtual_address(mdl), byte_count(mdl) as usize)
    }

    /// Appends a partial MDL for `length` bytes at `offset` of what `source` describes; `false`
    /// when there is no room.
    ///
    /// # Safety
    ///
    /// The range is inside `source`, which is valid until the arena is reset.
    pub(super) unsafe fn append(&mut self, source: *mut MDL, offset: usize, length: usize) -> bool {
        let va = virtual_address(source).wrapping_add(offset);
        let words = words_for(va, length);
        let Some(memory) = self.memory.get_mut(self.used..self.used + words) else {
            return false;
        };
        let mdl = memory.as_mut_ptr().cast::<MDL>();
        // SAFETY: room for the header and the pages; aligned to 8. These are the fields
        // MmInitializeMdl sets.
        unsafe {
            (*mdl).Next = ptr::null_mut();
            (*mdl).Size = (words * WORD) as i16;
            (*mdl).MdlFlags = 0;
            (*mdl).StartVa = va
                .wrapping_sub(va as usize & (PAGE_SIZE as usize - 1))
                .cast();
            (*mdl).ByteOffset = va as u32 & (PAGE_SIZE - 1);
            (*mdl).ByteCount = length as u32;
        }
        // SAFETY: the range is inside `source` (caller), and the target has room for its pages.
        unsafe { IoBuildPartialMdl(source, mdl, va.cast(), length as u32) };
        if self.last.is_null() {
            self.chain = mdl;
        } else {
            // SAFETY: the last MDL of ours (invariant).
            unsafe { (*self.last).Next = mdl };
        }
        self.last = mdl;
        self.used += words;
        self.count += 1;
        true
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        self.reset();
    }
}

/// Bytes in non-paged pool with an MDL over them.
pub(crate) struct Staging {
    mdl: OwnMdl,
    memory: Slice<u8>,
}

impl Staging {
    pub(crate) fn try_new(length: usize) -> Result<Self> {
        let bytes = u32::try_from(length).map_err(|_| Status::INVALID_PARAMETER)?;
        let memory = Slice::<u8>::try_zeroed(Tag::SEND, length)?;
        let mdl = OwnMdl::try_new(memory.as_ptr(), bytes)?;
        // SAFETY: the MDL describes non-paged pool of ours that outlives it (field order).
        unsafe { MmBuildMdlForNonPagedPool(mdl.as_ptr()) };
        Ok(Self { mdl, memory })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    /// The MDL over all of it.
    pub(crate) fn mdl(&self) -> PVOID {
        self.mdl.as_ptr().cast()
    }

    /// Appends an MDL for `length` bytes at `offset`; `false` when there is no room or no such
    /// range.
    pub(crate) fn describe(&self, offset: usize, length: usize, arena: &mut Arena) -> bool {
        let inside = offset
            .checked_add(length)
            .is_some_and(|end| end <= self.memory.len());
        // SAFETY: inside (checked), and whoever has the arena has the staging memory: they are
        // parts of one batch.
        inside && unsafe { arena.append(self.mdl.as_ptr(), offset, length) }
    }
}
