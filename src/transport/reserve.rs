//! Send batches that an adapter's connections share.
//!
//! A connection has one small batch of its own, enough to get on; a busy one borrows large ones
//! from here and returns each as it comes back. So an idle connection costs little, and a busy one
//! keeps TCP's pipe full. New connections bring batches along until there are enough.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::sync::Mailbox;
use crate::wsk::SendBatch;

use super::link::BATCHES;
use super::settings::Settings;

/// Most batches of one adapter: 4 MiB by value.
const MOST: usize = 32;

pub(crate) struct Reserve {
    places: [Mailbox<SendBatch>; MOST],
    made: AtomicUsize,
}

impl Reserve {
    pub(super) fn new() -> Self {
        Self {
            places: core::array::from_fn(|_| Mailbox::new()),
            made: AtomicUsize::new(0),
        }
    }

    /// For one more connection. Without memory it has to do with what there is.
    pub(super) fn grow(&self) {
        for _ in 1..BATCHES {
            let room = |made: usize| (made < MOST).then_some(made + 1);
            let claimed = self
                .made
                .fetch_update(Ordering::AcqRel, Ordering::Acquire, room);
            if claimed.is_err() {
                return;
            }
            let Ok(batch) = SendBatch::try_new(Settings::SHARED) else {
                self.made.fetch_sub(1, Ordering::AcqRel);
                return;
            };
            self.put(batch);
        }
    }

    pub(super) fn take(&self) -> Option<SendBatch> {
        self.places.iter().find_map(Mailbox::take)
    }

    pub(super) fn put(&self, mut batch: SendBatch) {
        for place in &self.places {
            match place.put(batch) {
                Ok(()) => return,
                Err(back) => batch = back,
            }
        }
        // Every place was full or being used at the moment it was looked at: one fewer, until a
        // connection brings another.
        self.made.fetch_sub(1, Ordering::AcqRel);
    }
}
