//! Memory that is over its quarantine and waits to be used again: who asks for as much gets it without the host's allocator, which
//! would join it with its neighbours, give it back to the host and fetch it again.

use std::alloc::Layout;
use std::collections::BTreeMap;

/// Bytes that wait at most; what is more goes back to the host.
const MOST: usize = 16 << 20;

/// By size and alignment.
#[derive(Default)]
pub(super) struct Spare {
    memory: BTreeMap<(usize, usize), Vec<usize>>,
    bytes: usize,
}

impl Spare {
    /// Memory of this layout, with whatever was in it.
    pub(super) fn take(&mut self, layout: Layout) -> Option<usize> {
        let start = self.memory.get_mut(&key(layout))?.pop()?;
        self.bytes -= layout.size();
        Some(start)
    }

    /// Keeps memory of this layout; `false`: it stays the caller's.
    pub(super) fn keep(&mut self, layout: Layout, start: usize) -> bool {
        let keeps = self.bytes + layout.size() <= MOST;
        if keeps {
            self.bytes += layout.size();
            self.memory.entry(key(layout)).or_default().push(start);
        }
        keeps
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

fn key(layout: Layout) -> (usize, usize) {
    (layout.size(), layout.align())
}
