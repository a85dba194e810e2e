//! Values that many threads take and bring back, each to a place of its own; nobody waits, and a full place is found
//! without looking at the empty ones.

use super::mailbox::Mailbox;
use super::primitive::{AtomicUsize, Ordering};
use super::storage::Allocate;

/// Places that a word tells of.
const ROW: usize = usize::BITS as usize;

/// # Invariants
/// A place's bit is set only behind a value that was put there. Whoever clears it takes that value.
pub struct Shelf<T, A: Allocate> {
    full: A::Slice<AtomicUsize>,
    places: A::Slice<Mailbox<T>>,
}

impl<T, A: Allocate> Shelf<T, A> {
    /// So many places. `None`: no memory.
    pub fn new(places: usize) -> Option<Self> {
        Some(Self {
            full: A::slice(places.div_ceil(ROW), |_| AtomicUsize::new(0))?,
            places: A::slice(places, |_| Mailbox::new())?,
        })
    }

    /// Puts a value in its place; gives it back when there is one already, or no such place.
    pub fn put(&self, place: usize, value: T) -> Result<(), T> {
        let (Some(mailbox), Some(full)) = (self.places.get(place), self.full.get(place / ROW))
        else {
            return Err(value);
        };
        mailbox.put(value)?;
        full.fetch_or(1 << (place % ROW), Ordering::Release);
        Ok(())
    }

    /// Takes any value, if there is one.
    pub fn take(&self) -> Option<T> {
        let mut rows = (0..).step_by(ROW).zip(self.full.iter());
        let place = rows.find_map(|(first, full)| Some(first + claim(full)?))?;
        self.places.get(place)?.take()
    }
}

/// Clears one of the bits that are set; which.
fn claim(full: &AtomicUsize) -> Option<usize> {
    let mut bits = full.load(Ordering::Relaxed);
    while bits != 0 {
        let bit = bits.trailing_zeros() as usize;
        let before = full.fetch_and(!(1 << bit), Ordering::Acquire);
        if before & (1 << bit) != 0 {
            return Some(bit);
        }
        bits = before;
    }
    None
}
