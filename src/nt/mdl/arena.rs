//! Memory made ahead for what a send needs: MDLs, and bytes they describe.

use super::*;

/// Room for a chain of partial MDLs, appended one after the other and thrown away together.
///
/// # Invariants
/// `chain` is null or the first of the MDLs built in the first `used` words of `memory`, linked in
/// order, `last` the last of them; nobody but the holder of the arena's chain uses them.
pub(crate) struct Arena {
    /// Pool memory: 8 bytes are an MDL's alignment.
    memory: Slice<u64>,
    used: usize,
    chain: *mut MDL,
    last: *mut MDL,
}

// SAFETY: the pointers are into its own memory.
unsafe impl Send for Arena {}
// SAFETY: shared references only read.
unsafe impl Sync for Arena {}

/// A point to go back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    used: usize,
    last: *mut MDL,
}

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
        self.rewind(Mark {
            used: 0,
            last: ptr::null_mut(),
        });
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            used: self.used,
            last: self.last,
        }
    }

    /// Throws away what was appended since `mark`, which is of this arena.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        let mut mdl = if mark.last.is_null() {
            core::mem::replace(&mut self.chain, ptr::null_mut())
        } else {
            // SAFETY: an MDL of ours (invariant).
            unsafe { core::mem::replace(&mut (*mark.last).Next, ptr::null_mut()) }
        };
        while !mdl.is_null() {
            // SAFETY: MDLs of ours that nobody uses (invariant). Below us they may have been mapped.
            unsafe {
                prepare_for_reuse(mdl);
                mdl = (*mdl).Next;
            }
        }
        self.used = mark.used;
        self.last = mark.last;
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
