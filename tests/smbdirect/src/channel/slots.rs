//! Registered memory in slots of one message each.

use std::sync::Arc;

use softrnic_consumer::abi::{NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_SGE};
use softrnic_consumer::{Buffer, Mr, NtStatus, Pd};

/// Slots of one message each, under one region.
pub(super) struct Slots {
    mr: Mr,
    buffer: Buffer,
    size: usize,
    count: usize,
    free: Vec<usize>,
}

impl Slots {
    pub(super) fn new(pd: &Arc<Pd>, count: usize, size: usize) -> Result<Self, NtStatus> {
        let buffer = Buffer::new(count * size);
        Ok(Self {
            mr: Mr::of(pd, &buffer, NDK_MR_FLAG_ALLOW_LOCAL_WRITE)?,
            buffer,
            size,
            count,
            free: (0..count).collect(),
        })
    }

    pub(super) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Takes a slot for `bytes`.
    ///
    /// # Panics
    /// When none is free or they do not fit.
    pub(super) fn fill(&mut self, bytes: &[u8]) -> (usize, NDK_SGE) {
        assert!(bytes.len() <= self.size, "a message fits a slot");
        let slot = self.free.pop().expect("a free slot");
        self.buffer.write(slot * self.size, bytes);
        (
            slot,
            self.mr.sge(&self.buffer, slot * self.size, bytes.len()),
        )
    }

    pub(super) fn release(&mut self, slot: usize) {
        self.free.push(slot);
    }

    pub(super) fn in_use(&self) -> usize {
        self.count - self.free.len()
    }

    /// All of `slot`.
    pub(super) fn sge(&self, slot: usize) -> NDK_SGE {
        self.mr.sge(&self.buffer, slot * self.size, self.size)
    }

    /// The first `len` bytes of `slot`.
    pub(super) fn read(&self, slot: usize, len: usize) -> Vec<u8> {
        self.buffer.read(slot * self.size, len)
    }
}
