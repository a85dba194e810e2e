//! A bounded queue held by value.

use super::MAX_READS;

#[derive(Clone, Copy, Debug)]
pub(super) struct Fifo<T> {
    /// Those in the queue are from `first` on, around the end; what the others hold means nothing.
    slots: [T; MAX_READS],
    first: usize,
    len: usize,
}

impl<T: Copy + Default> Fifo<T> {
    pub(super) fn new() -> Self {
        Self {
            slots: [T::default(); MAX_READS],
            first: 0,
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends; gives the item back if the queue is full.
    pub(super) fn push(&mut self, item: T) -> Result<(), T> {
        if self.len == MAX_READS {
            return Err(item);
        }
        match self.slots.get_mut((self.first + self.len) % MAX_READS) {
            Some(slot) => *slot = item,
            None => return Err(item),
        }
        self.len += 1;
        Ok(())
    }

    pub(super) fn front(&self) -> Option<&T> {
        self.slots.get(self.first).filter(|_| self.len > 0)
    }

    /// From the front on.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let place = |n: usize| self.slots.get((self.first + n) % MAX_READS);
        (0..self.len).filter_map(place)
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let item = *self.front()?;
        self.first = (self.first + 1) % MAX_READS;
        self.len -= 1;
        Some(item)
    }
}
