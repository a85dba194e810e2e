//! A short run of bytes held by value: the headers of one FPDU, being gathered or being built.

use super::fpdu;

/// The longest header run we handle: length field, and a Terminate that quotes a Read Request.
pub(crate) const HEAD_MAX: usize = fpdu::LENGTH + super::terminate::ULPDU_MAX;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    bytes: [u8; HEAD_MAX],
    len: usize,
}

impl Head {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; HEAD_MAX],
            len: 0,
        }
    }

    /// Appends as much of `bytes` as there is room for, and says how much that was.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> usize {
        let Some(room) = self.bytes.get_mut(self.len..) else {
            return 0;
        };
        let taken = room.len().min(bytes.len());
        if let (Some(to), Some(from)) = (room.get_mut(..taken), bytes.get(..taken)) {
            // PANIC: both are `taken` long.
            to.copy_from_slice(from);
        }
        self.len += taken;
        taken
    }

    /// Takes bytes from the front of `bytes` until `self` has `wanted`; how many were taken.
    #[inline]
    pub(crate) fn fill(&mut self, wanted: usize, bytes: &[u8]) -> usize {
        let missing = wanted.saturating_sub(self.len).min(bytes.len());
        self.push(bytes.get(..missing).unwrap_or_default())
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}
