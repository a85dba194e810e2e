//! Values that many threads take and bring back, each to a place of its own; nobody waits, and a full place is found
//! without looking at the empty ones.

use super::mailbox::Mailbox;
use super::primitive::{AtomicUsize, Ordering};
use super::storage::Allocate;

/// Places of a row.
const ROW: usize = usize::BITS as usize;

/// # Invariants
/// A bit of `full` is set only behind a value that was put in its place. Whoever clears it takes that value.
pub struct Row<T> {
    full: AtomicUsize,
    places: [Mailbox<T>; ROW],
}

/// Rows of 64 places.
pub struct Shelf<T, A: Allocate> {
    rows: A::Slice<Row<T>>,
}

impl<T: Send, A: Allocate> Shelf<T, A> {
    /// So many places, or some more. `None`: no memory.
    pub fn new(places: usize) -> Option<Self> {
        let row = |_| Row {
            full: AtomicUsize::new(0),
            places: core::array::from_fn(|_| Mailbox::new()),
        };
        Some(Self {
            rows: A::slice(places.div_ceil(ROW), row)?,
        })
    }

    /// Puts a value in its place; gives it back when there is one already, or no such place.
    pub fn put(&self, place: usize, value: T) -> Result<(), T> {
        let bit = place % ROW;
        let Some(row) = self.rows.get(place / ROW) else {
            return Err(value);
        };
        let Some(mailbox) = row.places.get(bit) else {
            return Err(value);
        };
        mailbox.put(value)?;
        row.full.fetch_or(1 << bit, Ordering::Release);
        Ok(())
    }

    /// Takes any value, if there is one.
    pub fn take(&self) -> Option<T> {
        self.rows.iter().find_map(Row::take)
    }
}

impl<T> Row<T> {
    fn take(&self) -> Option<T> {
        let mut full = self.full.load(Ordering::Relaxed);
        while full != 0 {
            let place = full.trailing_zeros() as usize;
            let before = self.full.fetch_and(!(1 << place), Ordering::Acquire);
            if before & (1 << place) != 0 {
                return self.places.get(place)?.take();
            }
            full = before;
        }
        None
    }
}
