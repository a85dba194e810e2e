//! Shared vocabulary: work requests, completions, STags, queue pair states.

/// A steering tag: the 32-bit name of a memory region. 0 is never a valid one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stag(pub u32);
